//! The first administrator of a server that others can reach.

use std::sync::Arc;

use http::{Method, StatusCode};
use keys_core::SetUpToken;
use keys_http::{AppConfig, Clock as _, Exposure};
use keys_service::SetUpDoor;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::json;

use crate::log::logged;
use crate::support::{Ask, TestApp};

const PASSWORD: &str = "correct horse battery staple";

/// A new installation behind a proxy, and the token of its door.
pub(crate) fn new() -> (TestApp, String) {
    let token = SetUpToken::generate(&mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    let text = token.expose_text().to_string();
    // The clock of the application stands at this instant.
    let now = TestApp::new().clock.now();
    let door = Arc::new(SetUpDoor::new(&token, now));
    let config = AppConfig { exposure: Exposure::BehindTlsProxy, set_up: Some(door), ..AppConfig::default() };
    (TestApp::with(config), text)
}

pub(crate) fn posts(body: &str) -> Ask {
    Ask::new(Method::POST, "/setup")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.to_owned())
}

/// As the form in a browser sends it.
fn browser(ask: Ask) -> Ask {
    ask.header("host", "keys.example")
        .header("user-agent", "Mozilla/5.0")
        .header("accept", "text/html,*/*")
        .header("sec-fetch-site", "same-origin")
}

pub(crate) fn form(token: &str, username: &str, password: &str) -> String {
    format!("token={token}&username={username}&name=Ada&password={}", password.replace(' ', "+"))
}

#[test]
fn nothing_else_is_answered_until_somebody_administers() {
    let (app, _) = new();
    for path in ["/", "/v1", "/v1/apikeys", "/v1/token", "/login", "/logout", "/openapi.json", "/v1/schemas"]
    {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let refused = Ask::new(method, path).send(&app);
            assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert!(refused.text().contains("/setup"), "says what to do: {}", refused.text());
            assert_eq!(refused.header("retry-after"), None, "waiting does not help");
        }
    }
    for (path, text) in [("/ping", "pong"), ("/healthz", "ok\n"), ("/readyz", "ready\nset-up\n")] {
        assert_eq!(app.get(path).text(), text);
    }
    let page = browser(Ask::get("/setup")).send(&app);
    assert_eq!(page.status, StatusCode::OK);
    for field in ["token", "name", "username", "password"] {
        assert!(page.text().contains(&format!("name=\"{field}\"")), "{field}");
    }
    assert!(!page.text().contains("<script>"), "a plain form");
    let stylesheet = page
        .text()
        .split("href=\"")
        .find_map(|rest| rest.split('"').next().filter(|to| to.ends_with(".css")));
    assert_eq!(app.get(stylesheet.unwrap()).status, StatusCode::OK, "its looks are there");
}

#[test]
fn a_program_becomes_the_administrator() {
    let (app, token) = new();
    let made = posts(&form(&token, "ada", PASSWORD)).send(&app);
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.json(), json!({"accountId": "1a1", "username": "ada", "security": true}));
    assert_eq!(made.header("set-cookie"), None, "a program keeps no cookie");
    assert_eq!(app.get("/v1").status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get("/readyz").text(), "ready\n");
    let code = format!("ada:{PASSWORD}");
    assert_eq!(app.post("/v1/token", &json!({ "code": code })).status, StatusCode::CREATED);
    for again in [posts(&form(&token, "eve", PASSWORD)), Ask::get("/setup")] {
        assert_eq!(again.send(&app).error(), (409, "AlreadySetUp".into(), None), "closed for good");
    }
}

#[test]
fn a_person_becomes_the_administrator_and_is_logged_in() {
    let (app, token) = new();
    let made = browser(posts(&form(&token, "ada", PASSWORD))).send(&app);
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, Some("/welcome")));
    let cookies: Vec<_> =
        made.headers.get_all("set-cookie").iter().map(|set| set.to_str().unwrap()).collect();
    let session = cookies.iter().find_map(|set| set.strip_prefix("__Host-session=")).unwrap();
    assert!(session.contains("; HttpOnly; SameSite=Strict; Secure"), "{session}");
    let session = session.split(';').next().unwrap();
    for path in ["/v1", "/welcome"] {
        let page = browser(Ask::get(path)).header("cookie", &format!("__Host-session={session}")).send(&app);
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text().contains("Ada"), "the name is shown");
    }
}

/// Whoever looks back sees who did it and how, in the audit log and in the server's.
#[test]
fn a_set_up_is_told_as_done_by_the_account_and_not_by_the_system() {
    for from_browser in [true, false] {
        let (app, token) = new();
        let ask = posts(&form(&token, "ada", PASSWORD)).header("user-agent", "curl/8");
        let lines = logged(|| {
            assert!(if from_browser { browser(ask) } else { ask }.send(&app).status.as_u16() < 400);
        });
        let line = lines.iter().find(|line| line.contains("route=\"/setup\"")).unwrap();
        assert!(line.contains("account/1a1") && line.contains("set-up"), "{line}");
        assert!(!lines.concat().contains(&token), "{lines:?}");
        let session = bearer(&app);
        let log = Ask::get("/v1/auditlogs?limit=100").header("authorization", &session).send(&app).json();
        let told: Vec<_> =
            log["data"].as_array().unwrap().iter().filter(|event| event["authType"] == "AdminAuth").collect();
        let types: Vec<_> = told.iter().map(|event| event["eventType"].as_str().unwrap()).collect();
        let expected =
            ["api.setting.update", "api.account.update", "api.password.create", "api.setting.update"];
        assert_eq!(types, expected);
        for event in told {
            assert_eq!(
                (&event["authenticatedAsAccountId"], &event["credentialId"]),
                (&json!("1a1"), &json!(null))
            );
        }
    }
}

fn bearer(app: &TestApp) -> String {
    let made = app.post("/v1/token", &json!({"code": format!("ada:{PASSWORD}")})).json();
    format!("Bearer {}", made["jwt"].as_str().unwrap())
}

#[test]
fn what_is_wrong_is_said_beside_its_field_and_changes_nothing() {
    let (app, token) = new();
    let other = SetUpToken::generate(&mut ChaCha20Rng::seed_from_u64(2)).unwrap();
    let other = other.expose_text().to_string();
    let before = app.revision();
    for (body, status, field, said) in [
        (form("short", "ada", PASSWORD), 422, Some("token"), "43 characters"),
        (form(&token, "", PASSWORD), 422, Some("username"), "username-error"),
        (form(&token, "a%3Ab", PASSWORD), 422, Some("username"), "username-error"),
        (form(&token, "ada", "short"), 422, Some("password"), "password-error"),
        (form(&other, "ada", PASSWORD), 403, None, "setup-token"),
        (String::new(), 422, Some("token"), "token-error"),
    ] {
        let refused = posts(&body).send(&app);
        assert_eq!((refused.status.as_u16(), refused.error().2.as_deref()), (status, field), "{body}");
        let page = browser(posts(&body)).send(&app);
        assert_eq!(page.status.as_u16(), status, "{body}");
        assert!(page.text().contains(said), "{body}: {}", page.text());
        for secret in [token.as_str(), other.as_str(), PASSWORD] {
            assert!(!page.text().contains(secret) && !refused.text().contains(secret), "never repeated");
        }
    }
    let foreign = posts(&form(&token, "ada", PASSWORD)).header("origin", "https://evil.example");
    assert_eq!(foreign.send(&app).error().1, "InvalidCSRFToken");
    assert_eq!(app.revision(), before);
}

#[test]
fn wrong_tokens_make_strangers_wait_and_the_owner_does_not() {
    let (app, token) = new();
    let other = SetUpToken::generate(&mut ChaCha20Rng::seed_from_u64(2)).unwrap();
    let guess = form(&other.expose_text(), "eve", PASSWORD);
    let statuses: Vec<_> = (0..30).map(|_| posts(&guess).send(&app).status.as_u16()).collect();
    assert!(statuses.starts_with(&[403; 20]) && statuses.ends_with(&[429; 10]), "{statuses:?}");
    assert_eq!(posts(&form(&token, "ada", PASSWORD)).send(&app).status, StatusCode::CREATED);
}

#[test]
fn after_thirty_minutes_the_token_is_worth_nothing() {
    let (app, token) = new();
    app.clock.advance(30 * 60 * 1_000);
    let refused = posts(&form(&token, "ada", PASSWORD)).send(&app);
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("start the server again"), "{}", refused.text());
}

#[test]
fn a_server_that_was_set_up_otherwise_has_no_such_page() {
    let app = TestApp::new();
    assert_eq!(app.get("/setup").error().0, 404);
    assert_eq!(posts("token=x").send(&app).error().0, 404);
}
