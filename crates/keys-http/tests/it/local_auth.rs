//! Switching access control on and off as the pages of Rancher v1 do, and saying who may log in.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Ask, TestApp};

const PATH: &str = "/v1/localauthconfig";
const PASSWORD: &str = "correct horse battery staple";

fn config(enabled: &Value) -> Value {
    json!({
        "type": "localAuthConfig", "accessMode": "unrestricted", "name": "Ada", "username": "admin",
        "password": PASSWORD, "enabled": enabled,
    })
}

/// Logs in as a program; the status.
fn log_in(app: &TestApp, code: &str) -> u16 {
    app.post("/v1/token", &json!({ "code": code })).status.as_u16()
}

fn token(app: &TestApp, code: &str) -> String {
    let answer = app.post("/v1/token", &json!({ "code": code })).json();
    format!("Bearer {}", answer["jwt"].as_str().unwrap())
}

#[test]
fn a_page_stores_the_log_in_tries_it_and_switches_on() {
    let app = TestApp::new();
    let shown = app.get(PATH).json();
    let shown = &shown["data"][0];
    assert_eq!(
        (&shown["username"], &shown["password"], &shown["accessMode"], &shown["enabled"]),
        (&json!(""), &json!(""), &json!("unrestricted"), &json!(false))
    );
    assert_eq!(log_in(&app, &format!("admin:{PASSWORD}")), 422, "no provider is configured");

    let stored = app.post(PATH, &config(&json!(false)));
    assert_eq!((stored.status, &stored.json()["enabled"]), (StatusCode::CREATED, &json!(false)));
    assert!(!format!("{stored:?}").contains(PASSWORD), "it is never shown");
    assert_eq!(app.get("/v1").status, StatusCode::OK, "still open");
    assert_eq!(log_in(&app, &format!("admin:{PASSWORD}")), 201);

    let switched = app.post(PATH, &config(&json!(true)));
    assert_eq!((switched.status, &switched.json()["enabled"]), (StatusCode::CREATED, &json!(true)));
    assert_eq!(app.get("/v1").status, StatusCode::UNAUTHORIZED);
    let bearer = token(&app, &format!("admin:{PASSWORD}"));
    let as_admin = |ask: Ask| ask.header("authorization", &bearer).send(&app);
    let account = as_admin(Ask::get("/v1/accounts/1a1")).json();
    assert_eq!(account["name"], "Ada");
    let provider = as_admin(Ask::get("/v1/settings/api.auth.provider.configured")).json();
    assert_eq!(provider["value"], "localauthconfig");

    let off = json!({"enabled": false, "username": "", "password": "", "accessMode": "unrestricted"});
    let off = as_admin(Ask::new(Method::POST, PATH).json(&off));
    assert_eq!((off.status, &off.json()["enabled"]), (StatusCode::CREATED, &json!(false)));
    assert_eq!(app.get("/v1").status, StatusCode::OK);
    assert_eq!(log_in(&app, &format!("admin:{PASSWORD}")), 201, "logging in goes on");
    app.post(PATH, &json!({"enabled": null}));
    assert_eq!(app.get("/v1/settings/api.auth.provider.configured").json()["value"], "none");
    assert_eq!(log_in(&app, &format!("admin:{PASSWORD}")), 422);
}

#[test]
fn what_is_wrong_is_said_and_changes_nothing() {
    let app = TestApp::new();
    let before = app.revision();
    for (body, code, field) in [
        (json!({"enabled": true}), "InvalidState", "enabled"),
        (json!({"enabled": "yes"}), "InvalidFormat", "enabled"),
        (json!({"enabled": true, "username": "admin"}), "MissingRequired", "password"),
        (json!({"enabled": true, "password": PASSWORD}), "MissingRequired", "username"),
        (json!({"username": "a:b", "password": PASSWORD}), "InvalidCharacters", "username"),
        (json!({"username": "admin", "password": "short"}), "MinLengthExceeded", "password"),
        (json!({"username": "admin", "password": "x".repeat(257)}), "MaxLengthExceeded", "password"),
        (json!({"name": "a\u{7}", "username": "admin", "password": PASSWORD}), "InvalidCharacters", "name"),
        (json!({"accessMode": "everybody"}), "InvalidOption", "accessMode"),
        (json!({"accessMode": "closed"}), "InvalidOption", "accessMode"),
        (json!({"allowedIdentities": ["1i!rancher_id:1a999"]}), "InvalidReference", "allowedIdentities"),
        (json!({"allowedIdentities": ["1i!github_user:1a1"]}), "InvalidFormat", "allowedIdentities"),
        (json!({"allowedIdentities": [1]}), "InvalidFormat", "allowedIdentities"),
        (json!({"allowedIdentities": {}}), "InvalidFormat", "allowedIdentities"),
    ] {
        let refused = app.post(PATH, &body);
        assert_eq!(refused.error(), (422, code.into(), Some(field.into())), "{body}");
        assert!(!format!("{refused:?}").contains("xxx"), "what was typed is not repeated");
    }
    assert_eq!(app.revision(), before);
    assert_eq!(app.get("/v1").status, StatusCode::OK);
}

#[test]
fn only_an_administrator_outside_any_environment_asks_and_switches() {
    let app = TestApp::new();
    let environment = app.issue("/v1/projects/1a5/apikeys");
    let admin = app.protect();
    for method in [Method::GET, Method::POST] {
        let ask = |path: &str| Ask::new(method.clone(), path).json(&json!({"enabled": false}));
        assert_eq!(ask(PATH).by(&environment).send(&app).error().0, 404);
        assert_eq!(ask("/v1/projects/1a5/localauthconfig").by(&admin).send(&app).error().0, 404);
        assert_eq!(ask(PATH).send(&app).error().0, 401);
    }
}

#[test]
fn identities_are_listed_by_document_or_by_id_and_a_mode_shuts_the_others_out() {
    let app = TestApp::new();
    app.post(PATH, &config(&json!(true)));
    let bearer = token(&app, &format!("admin:{PASSWORD}"));
    let post = |body: &Value| {
        Ask::new(Method::POST, PATH).header("authorization", &bearer).json(body).send(&app).json()
    };
    for listed in [
        json!(["1i!rancher_id:1a1"]),
        json!(["1a1"]),
        json!([{"id": "1i!rancher_id:1a1", "type": "identity"}]),
        json!([{"externalId": "1a1", "externalIdType": "rancher_id"}]),
    ] {
        let told = post(&json!({"accessMode": "required", "allowedIdentities": listed}));
        assert_eq!(told["accessMode"], "required");
        assert_eq!(told["allowedIdentities"][0]["id"], "1i!rancher_id:1a1", "{listed}");
        assert_eq!(post(&json!({"allowedIdentities": []}))["allowedIdentities"], json!([]));
    }
    assert_eq!(post(&json!({}))["accessMode"], "required", "what is not said stays");
    assert_eq!(log_in(&app, &format!("admin:{PASSWORD}")), 201, "an administrator always gets in");
}

#[test]
fn the_last_password_of_the_last_administrator_stays() {
    let app = TestApp::new();
    app.post(PATH, &config(&json!(true)));
    let bearer = token(&app, &format!("admin:{PASSWORD}"));
    let passwords = Ask::get("/v1/passwords").header("authorization", &bearer).send(&app).ids();
    let path = format!("/v1/passwords/{}", passwords[0]);
    let refused = Ask::new(Method::DELETE, &path).header("authorization", &bearer).send(&app);
    assert_eq!(refused.error(), (405, "LastAdminAccount".into(), None));
    assert_eq!(log_in(&app, &format!("admin:{PASSWORD}")), 201);
}
