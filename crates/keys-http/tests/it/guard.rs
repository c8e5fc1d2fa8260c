//! The safe defaults and the cross-site rule, through the whole application.

use http::{Method, StatusCode};
use keys_http::{AppConfig, Exposure};
use serde_json::json;

use crate::support::{Ask, TestApp};

fn behind_a_proxy() -> AppConfig {
    AppConfig { exposure: Exposure::BehindTlsProxy, ..AppConfig::default() }
}

#[test]
fn an_open_server_tells_strangers_how_to_switch_access_control_on() {
    let app = TestApp::new();
    for ask in [
        Ask::get("/v1").header("host", "keys.example.com"),
        Ask::get("/v1").header("x-forwarded-for", "10.0.0.1"),
        Ask::get("/v1").header("via", "1.1 proxy"),
        Ask::post("/v1/apikeys").header("forwarded", "for=1"),
    ] {
        let reply = ask.send(&app);
        assert_eq!(reply.error(), (421, "Misdirected Request".into(), None));
        assert!(reply.json()["detail"].as_str().unwrap().contains("access-control enable"), "{reply:?}");
    }
    assert_eq!(Ask::get("/ping").header("host", "keys.example.com").send(&app).status, StatusCode::OK);
    assert_eq!(app.get("/v1/apikeys").ids(), Vec::<String>::new());
    let admin = app.protect();
    let protected = Ask::get("/v1").header("host", "keys.example.com").header("via", "x").by(&admin);
    assert_eq!(protected.send(&app).status, StatusCode::OK);
}

#[test]
fn a_server_behind_a_proxy_serves_nothing_while_open() {
    let store = std::sync::Arc::new(keys_store::MemoryStore::new());
    let app = TestApp::over(store, behind_a_proxy());
    for path in ["/", "/v1", "/v1/apikeys", "/nothing"] {
        let reply = app.get(path);
        assert_eq!(reply.error().0, 503);
        assert!(reply.json()["detail"].as_str().unwrap().contains("access-control enable"), "{reply:?}");
        assert_eq!(reply.header("retry-after"), None, "waiting does not help");
    }
    for path in ["/ping", "/healthz", "/readyz"] {
        assert_eq!(app.get(path).status, StatusCode::OK, "{path}");
    }
}

#[test]
fn a_server_behind_a_proxy_does_not_open_itself() {
    let store = std::sync::Arc::new(keys_store::MemoryStore::new());
    let admin = TestApp::over(store.clone(), AppConfig::default()).protect();
    let app = TestApp::over(store, behind_a_proxy());
    let put = |value: &str| {
        let ask = Ask::new(Method::PUT, "/v1/settings/api.security.enabled").by(&admin);
        ask.json(&json!({ "value": value })).send(&app)
    };
    assert_eq!(put("false").error().0, 403);
    assert_eq!(put("true").status, StatusCode::OK);
    let list = Ask::get("/v1").by(&admin).send(&app);
    assert_eq!(list.header("x-api-schemas"), Some("https://localhost:8080/v1/schemas"));
}

#[test]
fn a_page_of_another_site_changes_nothing_with_or_without_access_control() {
    let app = TestApp::new();
    let admin = app.issue("/v1/apikeys");
    for protected in [false, true] {
        if protected {
            app.protect();
        }
        let before = app.revision();
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"),
            ("cookie", "CSRF=0123456789ABCDEF0123456789ABCDEF"),
        ] {
            for (method, path) in [
                (Method::POST, "/v1/apikeys"),
                (Method::POST, "/v1/apikeys/1c1?action=deactivate"),
                (Method::POST, "/v1/apikeys/1c1?_method=PUT&name=x"),
                (Method::PUT, "/v1/apikeys/1c1?name=x"),
                (Method::DELETE, "/v1/apikeys/1c1"),
                (Method::PUT, "/v1/settings/api.security.enabled?value=false"),
            ] {
                let reply = Ask::new(method, path)
                    .by(&admin)
                    .header("accept", "application/json")
                    .header(name, value)
                    .send(&app);
                assert_eq!(reply.error().1, "InvalidCSRFToken", "{name}: {value}: {path}");
                assert_eq!(reply.status, StatusCode::FORBIDDEN);
            }
        }
        assert_eq!(app.revision(), before);
    }
}

#[test]
fn a_get_is_never_another_method() {
    let app = TestApp::new();
    let key = app.issue("/v1/apikeys");
    let before = app.revision();
    for path in [
        "",
        "?_method=DELETE",
        "?_method=PUT&name=x",
        "?action=deactivate",
        "?_method=POST&action=deactivate",
    ] {
        assert_eq!(app.get(&format!("/v1/apikeys/{}{path}", key.id)).status, StatusCode::OK, "{path}");
    }
    assert_eq!(app.revision(), before);
    let put =
        Ask::post(&format!("/v1/apikeys/{}?_method=PUT", key.id)).json(&json!({"name": "put"})).send(&app);
    assert_eq!((put.status, put.json()["name"].as_str()), (StatusCode::OK, Some("put")));
}

#[test]
fn browsers_are_given_the_cookie_that_their_pages_repeat() {
    let app = TestApp::new();
    let agent = "Mozilla/5.0";
    assert_eq!(app.get("/v1").header("set-cookie"), None);
    let first = Ask::get("/v1").header("user-agent", agent).send(&app);
    let cookie = first.header("set-cookie").unwrap().to_owned();
    let (cookie, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; SameSite=Strict");
    let token = cookie.strip_prefix("CSRF=").unwrap();
    assert!(token.len() == 32 && token.bytes().all(|byte| b"0123456789ABCDEF".contains(&byte)), "{token}");
    let create = || {
        let ask = Ask::post("/v1/apikeys").header("accept", "application/json");
        ask.header("user-agent", agent).header("cookie", cookie)
    };
    assert_eq!(create().send(&app).error().1, "InvalidCSRFToken");
    let repeated = create().header("x-api-csrf", token).send(&app);
    assert_eq!(repeated.status, StatusCode::CREATED);
    assert!(repeated.header("set-cookie").unwrap().starts_with(cookie), "the cookie is sent again");
}
