//! Limits that need no socket.

use std::time::Duration;

use http::StatusCode;
use keys_http::{AppConfig, Limits};
use serde_json::json;

use crate::support::{Ask, TestApp};

fn with(change: impl FnOnce(&mut Limits)) -> TestApp {
    let mut config = AppConfig::default();
    change(&mut config.limits);
    TestApp::with(config)
}

#[test]
fn a_body_has_so_many_bytes_and_not_one_more() {
    let app = with(|limits| limits.body_bytes = 64);
    let body = |length: usize| {
        let empty = r#"{"name":""}"#;
        format!(r#"{{"name":"{}"}}"#, "x".repeat(length - empty.len()))
    };
    assert_eq!(Ask::post("/v1/apikeys").body(body(64)).send(&app).status, StatusCode::CREATED);
    let refused = Ask::post("/v1/apikeys").body(body(65)).send(&app);
    assert_eq!(refused.error(), (413, "Request Entity Too Long".into(), None));
}

#[test]
fn a_target_has_so_many_bytes_and_not_one_more() {
    let app = with(|limits| limits.target_bytes = 40);
    let target =
        |length: usize| format!("/v1/apikeys?name={}", "x".repeat(length - "/v1/apikeys?name=".len()));
    assert_eq!(app.get(&target(40)).status, StatusCode::OK);
    assert_eq!(app.get(&target(41)).error().0, 414);
}

#[test]
fn past_the_bound_of_blocking_callers_are_told_to_come_back() {
    let app = with(|limits| limits.blocking = 0);
    for path in ["/v1/apikeys", "/v1/projects/1a5", "/v1/settings"] {
        let busy = app.get(path);
        assert_eq!(busy.error(), (503, "Service Unavailable".into(), None), "{path}");
        assert_eq!(busy.header("retry-after"), Some("1"));
    }
    assert_eq!(app.post("/v1/apikeys", &json!({})).status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(app.get("/readyz").status, StatusCode::SERVICE_UNAVAILABLE);
    for path in ["/ping", "/healthz", "/", "/v1", "/v1/schemas", "/v1/schemas/apikey"] {
        assert_eq!(app.get(path).status, StatusCode::OK, "{path} never blocks");
    }
}

#[test]
fn a_request_that_takes_too_long_is_given_up() {
    let app = with(|limits| limits.request_time = Duration::from_millis(20));
    // A new pair waits for randomness for as long as this is held.
    let held = app.entropy.0.lock().unwrap();
    let late = app.post("/v1/apikeys", &json!({}));
    drop(held);
    assert_eq!(late.error().0, 503);
    assert!(late.json()["detail"].as_str().unwrap().contains("read before trying again"));
    assert_eq!(late.header("retry-after"), Some("1"));
}
