//! Whole documents, as snapshots. `INSTA_UPDATE=always cargo test -p keys-http` writes them anew.

use http::Method;
use serde_json::json;

use crate::support::{Ask, TestApp};
use crate::written::written;

#[test]
fn root() {
    insta::assert_snapshot!(written(&TestApp::new().get("/")));
}

#[test]
fn version() {
    insta::assert_snapshot!(written(&TestApp::new().get("/v1/")));
}

#[test]
fn schemas_of_the_administrator() {
    insta::assert_snapshot!(written(&TestApp::new().get("/v1/schemas")));
}

#[test]
fn schemas_inside_an_environment() {
    insta::assert_snapshot!(written(&TestApp::new().get("/v1/projects/1a5/schemas")));
}

#[test]
fn a_schema_is_found_by_id_and_plural_in_any_letter_case() {
    let app = TestApp::new();
    let one = app.get("/v1/schemas/apiKey");
    assert_eq!(one.status, 200);
    for name in ["apikey", "APIKEYS", "apiKeys/"] {
        assert_eq!(app.get(&format!("/v1/schemas/{name}")).body, one.body);
    }
    assert_eq!(app.get("/v1/projects/1a5/schemas/schemas").status, 200);
    assert_eq!(app.get("/v1/schemas/host").error().0, 404);
}

#[test]
fn a_key_created_shows_its_secret_once() {
    let app = TestApp::new();
    let body = json!({"name": "ci", "description": "build box", "expiresAt": "2027-01-01T00:00:00Z"});
    let created = app.post("/v1/projects/1a5/apikeys", &body);
    let secret = created.json()["secretValue"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(written(&created).replace(&secret, "<secret>"));
    let own = "/v1/projects/1a5/apikeys/1c1";
    for reply in [
        app.get(own),
        app.get("/v1/apikeys"),
        app.put(own, &json!({"name": "ci"})),
        app.post(&format!("{own}?action=update"), &json!({})),
        app.post(&format!("{own}?action=deactivate"), &json!({})),
        app.post(&format!("{own}?action=activate"), &json!({})),
    ] {
        assert!(reply.status.is_success());
        assert!(!reply.text().contains(&secret));
        assert!(reply.text().contains(r#""secretValue":null"#));
    }
}

#[test]
fn a_list_of_keys() {
    let app = TestApp::new();
    for name in ["one", "two", "three"] {
        app.post("/v1/apikeys", &json!({ "name": name }));
    }
    insta::assert_snapshot!(written(&app.get("/v1/APIKEY?limit=2&sort=id")));
}

#[test]
fn a_removed_key() {
    let app = TestApp::new();
    app.issue("/v1/apikeys");
    app.post("/v1/apikeys/1c1?action=deactivate", &json!({}));
    app.clock.advance(1_500);
    insta::assert_snapshot!(written(&app.delete("/v1/apikeys/1c1")));
}

#[test]
fn a_project() {
    insta::assert_snapshot!(written(&TestApp::new().get("/v1/projects/1a5")));
}

#[test]
fn a_setting() {
    insta::assert_snapshot!(written(&TestApp::new().get("/v1/settings")));
}

#[test]
fn every_answer_of_the_api_says_where_the_schemas_are_and_is_not_kept() {
    let app = TestApp::new();
    let plain = "http://localhost:8080/v1/schemas";
    for (path, schemas) in [
        ("/", plain),
        ("/v1", plain),
        ("/v1/apikeys", plain),
        ("/v1/nothing", plain),
        ("/v1/projects/1a5", plain),
        ("/v1/projects/1a5/apikeys", "http://localhost:8080/v1/projects/1a5/schemas"),
        ("/v1/projects/1a5/apikeys/1c9", "http://localhost:8080/v1/projects/1a5/schemas"),
        ("/v1/projects/1a5/hosts", "http://localhost:8080/v1/projects/1a5/schemas"),
        ("/v1/projects/1a9/hosts", "http://localhost:8080/v1/projects/1a9/schemas"),
        ("/v1/projects/xyz/apikeys", plain),
    ] {
        let reply = app.get(path);
        assert_eq!(reply.header("x-api-schemas"), Some(schemas), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(reply.header("x-api-client-ip"), Some("127.0.0.1"));
        assert!(reply.header("vary").is_some() && reply.header("x-request-id").is_some());
    }
    let upper = Ask::get("/v1").header("host", "LOCALHOST:8080").send(&app);
    assert_eq!(upper.header("x-api-schemas"), Some(plain), "addresses are in lower case");
}

#[test]
fn head_and_options_answer_for_every_address() {
    let app = TestApp::new();
    app.issue("/v1/apikeys");
    for (path, allow) in [
        ("/", "GET, HEAD, OPTIONS"),
        ("/v1", "GET, HEAD, OPTIONS"),
        ("/v1/schemas", "GET, HEAD, OPTIONS"),
        ("/v1/apikeys", "GET, HEAD, POST, OPTIONS"),
        ("/v1/apikeys/1c1", "GET, HEAD, PUT, DELETE, OPTIONS, POST"),
        ("/v1/projects", "GET, HEAD, POST, OPTIONS"),
        ("/v1/projects/1a5", "GET, HEAD, PUT, DELETE, OPTIONS, POST"),
        ("/v1/settings", "GET, HEAD, OPTIONS"),
        ("/v1/settings/api.security.enabled", "GET, HEAD, PUT, OPTIONS"),
        ("/v1/projects/1a5/projects/1a5", "GET, HEAD, PUT, DELETE, OPTIONS, POST"),
        ("/v1/projects/1a5/projects", "GET, HEAD, OPTIONS"),
        ("/v1/accounts", "GET, HEAD, POST, OPTIONS"),
        ("/v1/accounts/1a1", "GET, HEAD, PUT, DELETE, OPTIONS, POST"),
    ] {
        let ask = |method: Method| Ask::new(method, path).send(&app);
        assert_eq!(ask(Method::HEAD).status, 200, "{path}");
        let options = ask(Method::OPTIONS);
        assert_eq!((options.status.as_u16(), options.header("allow")), (200, Some(allow)), "{path}");
        assert!(options.body.is_empty());
        for method in [Method::PATCH, Method::TRACE, Method::from_bytes(b"BREW").unwrap()] {
            let refused = ask(method);
            assert_eq!(refused.error(), (405, "Method not allowed".into(), None));
            assert_eq!(refused.header("allow"), Some(allow));
        }
    }
    for path in ["/ping", "/healthz", "/readyz"] {
        assert_eq!(Ask::new(Method::POST, path).send(&app).error().0, 405);
    }
    assert_eq!(app.get("/ping").text(), "pong");
    assert_eq!(app.get("/healthz").text(), "ok\n");
    assert_eq!(app.get("/readyz").text(), "ready\nopen\n");
}
