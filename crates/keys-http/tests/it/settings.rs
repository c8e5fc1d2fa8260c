//! Access control and the other settings over HTTP.

use http::{Method, StatusCode};
use serde_json::{Value, json};

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

#[test]
fn while_access_control_is_off_every_answer_and_readiness_say_so() {
    let app = TestApp::new();
    let told = |ask: Ask| ask.send(&app).header("x-api-access-control").map(str::to_owned);
    let all = ["/v1", "/v1/apikeys", "/v1/apikeys/1c999", "/nothing", "/ping", "/readyz", "/v1/tokens"];
    for path in all {
        assert_eq!(told(Ask::get(path)).as_deref(), Some("off"), "{path}");
    }
    assert_eq!(app.get("/readyz").text(), "ready\nopen\n");
    let foreign = Ask::get("/v1").header("host", "keys.example.org");
    assert_eq!(told(foreign).as_deref(), Some("off"), "a refusal warns as well");

    let admin = app.protect();
    for path in all {
        assert_eq!(told(Ask::get(path)), None, "{path}");
        assert_eq!(told(Ask::get(path).by(&admin)), None, "{path}");
    }
    assert_eq!(app.get("/readyz").text(), "ready\n");
    let off = Ask::new(Method::PUT, PATH).by(&admin).json(&json!({"value": "false"})).send(&app);
    assert_eq!(
        off.header("x-api-access-control"),
        Some("off"),
        "the answer that opens the door is the first"
    );
}

#[test]
fn the_settings_of_log_in_take_their_values_only() {
    let app = TestApp::new();
    for (name, good, bad) in [
        (
            "api.auth.local.access.mode",
            vec!["restricted", "required", "unrestricted"],
            ("closed", "InvalidOption"),
        ),
        ("api.auth.local.allowed.identities", vec!["1a7", "1a7,1a9", ""], ("1c7", "InvalidFormat")),
        ("api.auth.realm", vec!["the \"build\" farm"], ("ü", "InvalidFormat")),
    ] {
        let path = format!("/v1/settings/{name}");
        for value in good {
            assert_eq!(app.put(&path, &json!({ "value": value })).json()["value"], value, "{name}");
            assert_eq!(app.get(&path).json()["value"], value, "{name}");
        }
        let before = app.revision();
        let refused = app.put(&path, &json!({ "value": bad.0 })).error();
        assert_eq!(refused, (422, bad.1.into(), Some("value".into())), "{name}");
        assert_eq!(app.put(&path, &json!({})).error().1, "MissingRequired", "{name}");
        assert_eq!(app.revision(), before, "{name}");
    }
    let most = vec!["1a1"; 257].join(",");
    let refused = app.put("/v1/settings/api.auth.local.allowed.identities", &json!({ "value": most }));
    assert_eq!(refused.error().1, "MaxLengthExceeded");

    let environment = app.issue("/v1/projects/1a5/apikeys");
    app.protect();
    let asked = app.get("/v1");
    assert_eq!(
        asked.header("www-authenticate"),
        Some(r#"Basic realm="the \"build\" farm", charset="UTF-8""#),
        "a challenge asks in the words of the setting"
    );
    for list in ["/v1/settings", "/v1/activesettings"] {
        let ids = Ask::get(list).by(&environment).send(&app).ids();
        assert!(!ids.iter().any(|id| id == "api.auth.local.allowed.identities"), "{ids:?}");
    }
    let hidden = Ask::get("/v1/settings/api.auth.local.allowed.identities").by(&environment).send(&app);
    assert_eq!(hidden.error().0, 404, "who is listed is the administrator's to know");
}

const SCRIPT: &str = "/v1/settings/api.ui.js.url";

#[test]
fn the_address_of_a_file_is_put_read_and_taken_back() {
    let app = TestApp::new();
    let put = |body: &Value| app.put(SCRIPT, body).json()["value"].clone();
    for value in ["https://files.example:8443/api-ui/1.0.4/ui.min.js?v=1", "/ui.js"] {
        assert_eq!(put(&json!({ "value": value })), value);
        assert_eq!(app.get(SCRIPT).json()["value"], value);
        let active = app.get("/v1/activesettings/api.ui.js.url").json();
        assert_eq!(
            (&active["activeValue"], &active["source"], &active["inDb"]),
            (&json!(value), &json!("Database"), &json!(true))
        );
    }
    for nothing in [json!({"value": ""}), json!({"value": null})] {
        assert_eq!(put(&json!({"value": "/ui.js"})), "/ui.js");
        assert_eq!(put(&nothing), "");
    }
    assert_eq!(app.get("/v1/settings/api.ui.css.url").json()["value"], "", "each is a setting of its own");
    let events = app.get("/v1/auditlogs?eventType=api.setting.update&resourceId=api.ui.js.url");
    assert_eq!(events.ids().len(), 5, "what was there already is no event");
}

#[test]
fn what_is_no_address_of_a_file_is_refused_and_changes_nothing() {
    let app = TestApp::new();
    let before = app.revision();
    for (body, code) in [
        (json!({}), "MissingRequired"),
        (json!({"value": {}}), "InvalidFormat"),
        (json!({"value": "javascript:alert(1)"}), "InvalidFormat"),
        (json!({"value": "//evil.example/ui.js"}), "InvalidFormat"),
        (json!({"value": "https://evil.example; script-src *"}), "InvalidFormat"),
        (json!({"value": "https://*/"}), "InvalidFormat"),
        (json!({"value": "ui.js"}), "InvalidFormat"),
        (json!({"value": format!("/{}", "a".repeat(255))}), "MaxLengthExceeded"),
    ] {
        assert_eq!(app.put(SCRIPT, &body).error(), (422, code.into(), Some("value".into())), "{body}");
    }
    assert_eq!(app.revision(), before);
    let kept = json!({"value": format!("/{}", "a".repeat(254))});
    assert_eq!(app.put(SCRIPT, &kept).json()["value"], kept["value"]);
}

#[test]
fn only_the_administrator_says_which_script_runs() {
    let app = TestApp::new();
    let environment = app.issue("/v1/projects/1a5/apikeys");
    let admin = app.protect();
    let before = app.revision();
    let body = json!({"value": "https://evil.example/ui.js"});
    for (path, pair) in [(SCRIPT, &environment), ("/v1/projects/1a5/settings/api.ui.js.url", &admin)] {
        assert_eq!(Ask::new(Method::PUT, path).by(pair).json(&body).send(&app).error().0, 405);
    }
    assert_eq!(Ask::new(Method::PUT, SCRIPT).json(&body).send(&app).error().0, 401);
    assert_eq!(app.revision(), before);
}
