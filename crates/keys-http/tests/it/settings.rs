//! Switching access control over HTTP.

use http::{Method, StatusCode};
use serde_json::json;

use crate::support::{Ask, TestApp};

const PATH: &str = "/v1/settings/api.security.enabled";

#[test]
fn access_control_needs_somebody_who_can_administer() {
    let app = TestApp::new();
    assert_eq!(app.get(PATH).json()["value"], "false");
    let refused = app.put(PATH, &json!({"value": "true"}));
    assert_eq!(refused.error(), (422, "InvalidState".into(), Some("value".into())));
    assert!(refused.json()["detail"].as_str().unwrap().contains("POST /v1/apikeys"));
    // A key of an environment administers nothing.
    app.issue("/v1/projects/1a5/apikeys");
    assert_eq!(app.put(PATH, &json!({"value": "true"})).status, StatusCode::UNPROCESSABLE_ENTITY);
    let admin = app.protect();
    assert_eq!(app.get(PATH).status, StatusCode::UNAUTHORIZED);
    let read = Ask::get("/v1/SETTING/API.security.enabled/").by(&admin).send(&app).json();
    assert_eq!((&read["id"], &read["value"]), (&json!("api.security.enabled"), &json!("true")));
    let off = Ask::new(Method::PUT, PATH).by(&admin).json(&json!({"value": false})).send(&app);
    assert_eq!((off.status, off.json()["value"].as_str()), (StatusCode::OK, Some("false")));
    assert_eq!(app.get(PATH).status, StatusCode::OK);
}

#[test]
fn a_setting_takes_its_values_only() {
    let app = TestApp::new();
    let before = app.revision();
    for (body, code) in [
        (json!({}), "MissingRequired"),
        (json!({"value": null}), "NotNullable"),
        (json!({"value": "yes"}), "InvalidOption"),
        (json!({"value": "TRUE"}), "InvalidOption"),
        (json!({"value": [true]}), "InvalidFormat"),
    ] {
        assert_eq!(app.put(PATH, &body).error(), (422, code.into(), Some("value".into())), "{body}");
    }
    assert_eq!(app.put("/v1/settings/api.nothing", &json!({"value": "x"})).error().0, 404);
    assert_eq!(app.revision(), before);
}

#[test]
fn only_the_administrator_outside_any_environment_switches() {
    let app = TestApp::new();
    let environment = app.issue("/v1/projects/1a5/apikeys");
    let admin = app.protect();
    let put =
        |path: &str, pair| Ask::new(Method::PUT, path).by(pair).json(&json!({"value": "false"})).send(&app);
    assert_eq!(put(PATH, &environment).error().0, 405);
    assert_eq!(put("/v1/projects/1a5/settings/api.security.enabled", &admin).error().0, 405);
    let seen = Ask::get(PATH).by(&environment).send(&app);
    assert_eq!(seen.json()["value"], "true");
}
