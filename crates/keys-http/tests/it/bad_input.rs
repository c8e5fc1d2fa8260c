//! What is malformed is told so with its 4xx, and changes nothing.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Ask, TestApp};

#[test]
fn fields_that_cannot_be_taken_are_named() {
    let app = TestApp::new();
    app.issue("/v1/apikeys");
    let before = app.revision();
    let long = |length: usize| "ü".repeat(length);
    for (body, code, field) in [
        (json!({"name": long(256)}), "MaxLengthExceeded", "name"),
        (json!({"description": long(1025)}), "MaxLengthExceeded", "description"),
        (json!({"name": "a\u{7}b"}), "InvalidCharacters", "name"),
        (json!({"name": "a\u{202e}b"}), "InvalidCharacters", "name"),
        (json!({"description": "a\u{0}b"}), "InvalidCharacters", "description"),
        (json!({"name": ["a"]}), "InvalidFormat", "name"),
        (json!({"description": {}}), "InvalidFormat", "description"),
        (json!({"name": 1e22}), "InvalidFormat", "name"),
    ] {
        for path in ["/v1/apikeys", "/v1/projects"] {
            assert_eq!(
                app.post(path, &body).error(),
                (422, code.into(), Some(field.into())),
                "{path} {body}"
            );
        }
        for path in ["/v1/apikeys/1c1", "/v1/projects/1a5"] {
            assert_eq!(app.put(path, &body).error(), (422, code.into(), Some(field.into())), "{path} {body}");
        }
    }
    for (value, code) in [
        (json!("tomorrow"), "InvalidDateFormat"),
        (json!("2026-02-30T00:00:00Z"), "InvalidDateFormat"),
        (json!(1_900_000_000), "InvalidDateFormat"),
        (json!(" "), "InvalidDateFormat"),
        (json!([]), "InvalidFormat"),
        (json!("2026-11-23T18:30:00Z"), "MinLimitExceeded"),
    ] {
        let reply = app.post("/v1/apikeys", &json!({ "expiresAt": value }));
        assert_eq!(reply.error(), (422, code.into(), Some("expiresAt".into())), "{value}");
    }
    assert_eq!(app.revision(), before);
}

#[test]
fn what_fits_is_taken_byte_for_byte() {
    let app = TestApp::new();
    let (name, description) = ("ü".repeat(255), "tab\tline\r\n\u{1f511}".to_owned());
    let made = app.post("/v1/apikeys", &json!({"name": name, "description": description})).json();
    assert_eq!((made["name"].as_str(), made["description"].as_str()), (Some(&*name), Some(&*description)));
    let nothing = app.post("/v1/apikeys", &json!({"name": null, "description": "", "links": null})).json();
    assert_eq!((&nothing["name"], &nothing["description"]), (&Value::Null, &json!("")));
    for (scalar, text) in [
        ("7", "7"),
        ("true", "true"),
        ("-0.5", "-0.5"),
        ("9223372036854775808", "9223372036854775808"),
        ("18446744073709551615", "18446744073709551615"),
    ] {
        let body = format!(r#"{{"name":{scalar},"description":{scalar}}}"#);
        let key = Ask::post("/v1/apikeys").body(body).send(&app).json();
        assert_eq!((&key["name"], &key["description"]), (&json!(text), &json!(text)));
    }
    // Not as 1.2345678901234568e+22.
    let lost = Ask::post("/v1/apikeys").body(r#"{"name":12345678901234567890123}"#).send(&app);
    assert_eq!(lost.error(), (422, "InvalidFormat".into(), Some("name".into())));
}

#[test]
fn nobody_chooses_a_pair_or_a_state() {
    let app = TestApp::new();
    let chosen = json!({
        "id": "1c99", "uuid": "mine", "publicValue": "KC00000000000000000", "secretValue": "mine", "state": "inactive",
        "kind": "x", "created": "2000-01-01T00:00:00Z", "removed": "2000-01-01T00:00:00Z",
        "creatorId": "1a5", "transitioning": "yes", "actions": null, "links": {"self": "http://evil.example"}
    });
    let made = app.post("/v1/apikeys", &chosen).json();
    let check = |key: &Value| {
        assert_eq!(
            (&key["id"], &key["state"], &key["accountId"]),
            (&json!("1c1"), &json!("active"), &json!("1a1"))
        );
        assert_eq!(key["publicValue"], made["publicValue"]);
        assert_eq!(key["created"], "2026-11-23T18:30:00Z");
        assert_ne!(key["secretValue"], "mine");
    };
    check(&made);
    let mut whole = made.clone();
    whole["name"] = json!("edited");
    let edited = app.put("/v1/apikeys/1c1", &whole);
    assert_eq!(edited.status, 200, "a client may send back all it was given");
    assert_eq!(edited.json()["name"], "edited");
    check(&edited.json());
    check(&app.put("/v1/apikeys/1c1", &chosen).json());
}

#[test]
fn the_owner_may_be_named_when_it_is_the_one() {
    let app = TestApp::new();
    // As Rancher's own page sends it.
    let body =
        json!({"type": "apiKey", "name": "x", "accountId": "1a5", "description": null, "publicValue": null});
    for ask in
        [Ask::post("/v1/projects/1a5/apikeys"), Ask::post("/v1/apikey").header("x-api-project-id", "1a5")]
    {
        let made = ask.json(&body).send(&app);
        assert_eq!((made.status.as_u16(), made.json()["accountId"].as_str()), (201, Some("1a5")));
    }
    let own = app.post("/v1/apikeys", &json!({"accountId": "1a1"}));
    assert_eq!((own.status.as_u16(), own.json()["accountId"].as_str()), (201, Some("1a1")));
}

#[test]
fn a_whole_environment_may_be_sent_back() {
    let app = TestApp::new();
    let mut whole = app.get("/v1/projects/1a5").json();
    whole["name"] = json!("renamed");
    let edited = app.put("/v1/projects/1a5", &whole);
    assert_eq!((edited.status.as_u16(), edited.json()), (200, whole));
}

/// Version, id and type, action, method, fields; one error for each answer, the first.
#[test]
fn what_is_wrong_is_told_in_the_order_of_the_contract() {
    let app = TestApp::new();
    app.issue("/v1/apikeys");
    let wrong = json!({"expiresAt": "tomorrow", "description": [], "name": {}});
    let error = |method: Method, path: &str| Ask::new(method, path).json(&wrong).send(&app).error();
    let field = |code: &str, field: &str| (422, code.to_owned(), Some(field.to_owned()));
    let plain = |status: u16, code: &str| (status, code.to_owned(), None);
    let before = app.revision();
    for (method, path, expected) in [
        (Method::POST, "/v1foo/hosts/x?action=explode", plain(422, "UnsupportedVersion")),
        (Method::POST, "/v1/hosts/1h1?action=explode", plain(404, "Not Found")),
        (Method::PATCH, "/v1/hosts", plain(404, "Not Found")),
        (Method::POST, "/v1/apikeys/1c99?action=explode", field("InvalidAction", "action")),
        (Method::POST, "/v1/apikeys/1c99?action=activate", plain(404, "Not Found")),
        (Method::POST, "/v1/apikeys/1c1?action=activate", field("ActionNotAvailable", "action")),
        (Method::POST, "/v1/apikeys?action=activate", field("InvalidAction", "action")),
        (Method::PUT, "/v1/apikeys", plain(405, "Method not allowed")),
        (Method::DELETE, "/v1/apikeys/1c99", plain(404, "Not Found")),
        (Method::POST, "/v1/apikeys", field("InvalidFormat", "name")),
        (Method::PUT, "/v1/apikeys/1c1", field("InvalidFormat", "name")),
    ] {
        assert_eq!(error(method.clone(), path), expected, "{method} {path}");
    }
    assert_eq!(app.revision(), before);
}

#[test]
fn an_edit_changes_what_it_names_only() {
    let app = TestApp::new();
    app.post("/v1/apikeys", &json!({"name": "n", "description": "d"}));
    let texts = |body: Value| {
        let key = app.put("/v1/apikeys/1c1", &body).json();
        (key["name"].clone(), key["description"].clone())
    };
    assert_eq!(texts(json!({})), (json!("n"), json!("d")));
    assert_eq!(texts(json!({"name": "m"})), (json!("m"), json!("d")));
    assert_eq!(texts(json!({"description": null})), (json!("m"), Value::Null));
    app.post("/v1/apikeys/1c1?action=deactivate", &json!({}));
    assert_eq!(texts(json!({"name": "inactive"})).0, json!("inactive"));
}

#[test]
fn bodies_that_are_none_are_refused() {
    let app = TestApp::new();
    app.issue("/v1/apikeys");
    let before = app.revision();
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let wide = format!("{{\"a\":0{}}}", ",\"b\":0".repeat(2));
    let bodies: [&[u8]; 9] = [
        b"{",
        b"{\"name\"",
        b"[1]",
        b"{\"name\":\"\xff\"}",
        b"{\"name\":\"a\",\"name\":\"b\"}",
        b"name",
        b"{}x",
        deep.as_bytes(),
        wide.as_bytes(),
    ];
    for body in bodies {
        for (method, path) in [
            (Method::POST, "/v1/apikeys"),
            (Method::PUT, "/v1/apikeys/1c1"),
            (Method::POST, "/v1/apikeys/1c1?action=deactivate"),
        ] {
            let reply = Ask::new(method, path).body(body.to_vec()).send(&app);
            assert_eq!(
                reply.error(),
                (400, "InvalidBodyContent".into(), None),
                "{:?}",
                String::from_utf8_lossy(body)
            );
        }
    }
    assert_eq!(app.revision(), before);
}

#[test]
fn a_body_may_be_a_form() {
    let app = TestApp::new();
    let form = |body: &'static str| {
        let ask = Ask::post("/v1/apikeys").header("content-type", "application/x-www-form-urlencoded");
        ask.body(body).send(&app)
    };
    assert_eq!(form("name=a+b&description=%C3%BC").json()["description"], "ü");
    assert_eq!(form(r#"{"name":"as curl sends it"}"#).json()["name"], "as curl sends it");
    assert_eq!(form("name=a&name=b").error().1, "InvalidBodyContent");
    assert_eq!(Ask::post("/v1/apikeys?name=query").send(&app).json()["name"], "query");
    let both =
        Ask::post("/v1/apikeys?name=query&description=query").body(r#"{"name":"body"}"#).send(&app).json();
    assert_eq!((&both["name"], &both["description"]), (&json!("body"), &json!("query")), "the body wins");
}

#[test]
fn ids_that_are_none_are_not_found() {
    let app = TestApp::new();
    app.issue("/v1/apikeys");
    let before = app.revision();
    let ids = [
        "1",
        "7",
        "1c",
        "1c0",
        "1c01",
        "1c-1",
        "1C1",
        "1c1x",
        "1a1",
        "1c9223372036854775808",
        "1c2",
        "%31c1%20",
        "null",
        "1i!1",
    ];
    for id in ids {
        for kind in ["apikeys", "projects"] {
            let path = format!("/v1/{kind}/{id}");
            for method in [Method::GET, Method::PUT, Method::DELETE] {
                assert_eq!(
                    Ask::new(method.clone(), &path).send(&app).error(),
                    (404, "Not Found".into(), None),
                    "{method} {path}"
                );
            }
            let act = app.post(&format!("{path}?action=deactivate"), &json!({}));
            assert_eq!(act.error(), (404, "Not Found".into(), None), "{path}");
            let unknown = app.post(&format!("{path}?action=explode"), &json!({}));
            assert_eq!(unknown.error(), (422, "InvalidAction".into(), Some("action".into())), "{path}");
        }
    }
    assert_eq!(app.revision(), before);
}

#[test]
fn actions_obey_the_state() {
    let app = TestApp::new();
    app.issue("/v1/apikeys");
    let act = |action: &str| {
        let reply = app.post(&format!("/v1/apikeys/1c1?action={action}"), &json!({}));
        if reply.status.is_success() {
            (reply.status.as_u16(), String::new())
        } else {
            (reply.error().0, reply.error().1)
        }
    };
    let yes = (202, String::new());
    let unavailable = (422, "ActionNotAvailable".to_owned());
    let unknown = (422, "InvalidAction".to_owned());
    let table = [
        ("active", [("activate", false), ("remove", false), ("update", true), ("deactivate", true)]),
        ("inactive", [("deactivate", false), ("update", true), ("activate", true), ("remove", true)]),
        ("removed", [("activate", false), ("deactivate", false), ("remove", false), ("update", false)]),
    ];
    for (state, rows) in table {
        for action in ["purge", "create", "ACTIVATE", "delete", "x"] {
            assert_eq!(act(action), unknown, "{state} {action}");
        }
        for (action, allowed) in rows {
            if state == "inactive" && action == "remove" {
                assert_eq!(act("deactivate"), yes);
            }
            let offered = app.get("/v1/apikeys/1c1").json()["actions"].get(action).is_some();
            assert_eq!(offered, allowed, "{state} offers {action}");
            assert_eq!(
                act(action),
                if allowed { yes.clone() } else { unavailable.clone() },
                "{state} {action}"
            );
        }
    }
    assert_eq!(app.post("/v1/apikeys?action=activate", &json!({})).error().1, "InvalidAction");
    assert_eq!(app.post("/v1/apikeys/1c1", &json!({})).error().0, 405, "a post without an action");
}

#[test]
fn heads_that_break_the_rules_are_refused() {
    let app = TestApp::new();
    let before = app.revision();
    let status = |ask: Ask| ask.send(&app).error().0;
    assert_eq!(status(Ask::post("/v1/apikeys").without("host")), 400);
    assert_eq!(status(Ask::post("/v1/apikeys").also("host", "localhost:8080")), 400);
    for host in ["", "a b", "h/x", "u@h", "h:99999", "[::1"] {
        assert_eq!(status(Ask::post("/v1/apikeys").header("host", host)), 400, "{host}");
    }
    assert_eq!(status(Ask::post("/v1/apikeys?name=%00")), 400);
    assert_eq!(status(Ask::get(&format!("/v1/{}", "x".repeat(8_300)))), 414);
    assert_eq!(Ask::get("/v1/apikeys").header("host", "[::1]:80").send(&app).status, 200);
    assert_eq!(app.revision(), before);
}
