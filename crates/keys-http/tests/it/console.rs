//! The web page for people, as plain documents and forms.

use http::StatusCode;

use crate::support::{Ask, Pair, Reply, TestApp};

/// A browser that asks for a page as somebody.
fn open(app: &TestApp, path: &str, key: Option<&Pair>) -> Reply {
    by(Ask::get(path), key).send(app)
}

/// A browser that sends a form as somebody.
fn send(app: &TestApp, path: &str, fields: &[(&str, &str)], key: Option<&Pair>) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let ask = Ask::post(path).header("content-type", "application/x-www-form-urlencoded").body(body);
    by(ask.header("sec-fetch-site", "same-origin"), key).send(app)
}

fn by(ask: Ask, key: Option<&Pair>) -> Ask {
    let ask = ask.header("user-agent", "Mozilla/5.0").header("accept", "text/html,*/*;q=0.8");
    match key {
        Some(key) => ask.by(key),
        None => ask,
    }
}

#[test]
fn a_browser_begins_at_the_keys_of_an_environment_and_a_program_at_the_versions() {
    let app = TestApp::new();
    let begins = open(&app, "/", None);
    assert_eq!(begins.status, StatusCode::SEE_OTHER);
    assert_eq!(begins.header("location"), Some("/env/1a5/keys"));
    assert_eq!(app.get("/").json()["type"], "collection");
    let page = open(&app, "/env/1a5/keys", None);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Add Environment API Key"));
    assert!(page.text().contains("http://localhost:8080/v1/projects/1a5"));
}

#[test]
fn a_key_lives_its_life_in_forms() {
    let app = TestApp::new();
    let once = "once-and-for-all-4c1d0e5e8b2f";
    let fields = [("name", "ci"), ("description", "build box"), ("_idempotencyKey", once)];
    let added = send(&app, "/env/1a5/keys", &fields, None);
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    let key = app.get("/v1/projects/1a5/apikeys").json()["data"][0].clone();
    let (id, access_key) = (key["id"].as_str().unwrap(), key["publicValue"].as_str().unwrap());
    assert!(added.text().contains(access_key) && added.text().contains("curl -u"));
    // Sent again, as by the browser's button to load anew: the same key.
    assert!(send(&app, "/env/1a5/keys", &fields, None).text().contains(access_key));
    let path = format!("/env/1a5/keys/{id}");
    let closed = send(&app, &format!("{path}/close"), &[("_idempotencyKey", once)], None);
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    // And once it was closed, without its secret.
    let again = send(&app, "/env/1a5/keys", &fields, None);
    assert!(!again.text().contains("curl -u"), "{}", again.text());
    assert!(open(&app, "/env/1a5/keys?done=key-added", None).text().contains("The key was added"));

    let refused = send(&app, &format!("{path}/delete"), &[], None);
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("deactivate it first"));
    for step in ["deactivate", "activate", "deactivate", "delete"] {
        let done = send(&app, &format!("{path}/{step}"), &[], None);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {done:?}");
    }
    assert_eq!(open(&app, &format!("{path}/edit"), None).status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/v1/projects/1a5/apikeys").json()["data"].as_array().unwrap().len(), 0);
}

#[test]
fn a_stranger_is_led_to_the_log_in_and_back() {
    let app = TestApp::new();
    let key = app.protect();
    let led = open(&app, "/env/1a5/keys?sort=created", None);
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert_eq!(led.header("location"), Some("/login?next=%2Fenv%2F1a5%2Fkeys%3Fsort%3Dcreated"));
    assert_eq!(led.header("www-authenticate"), None);
    // What was typed is kept beside the log-in, and is no secret.
    let asked = send(&app, "/env/1a5/keys", &[("name", "ci & co"), ("password", "hush")], None);
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.text().contains("name=ci+%26#38; co") || asked.text().contains("name=ci+%26+co"));
    assert!(!asked.text().contains("hush"));
    assert_eq!(open(&app, "/env/1a5/keys", Some(&key)).status, StatusCode::OK);
}
