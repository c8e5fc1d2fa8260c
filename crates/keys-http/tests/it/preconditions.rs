//! Entity tags and conditions on them, through the whole application.

use http::{Method, StatusCode};
use serde_json::json;

use crate::support::{Ask, Reply, TestApp};

const PATHS: [&str; 3] = ["/v1/apikeys/1c1", "/v1/projects/1a5", "/v1/settings/api.security.enabled"];

fn tag(reply: &Reply) -> String {
    let tag = reply.header("etag").unwrap_or_else(|| panic!("{reply:?}")).to_owned();
    assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "not a strong tag: {tag}");
    tag
}

fn with_key() -> TestApp {
    let app = TestApp::new();
    assert_eq!(app.issue("/v1/apikeys").id, "1c1");
    app
}

#[test]
fn every_document_has_a_strong_tag_and_errors_have_none() {
    let app = with_key();
    for path in PATHS.into_iter().chain([
        "/",
        "/v1",
        "/v1/schemas",
        "/v1/schemas/apikey",
        "/v1/apikeys",
        "/v1/projects",
    ]) {
        let first = tag(&app.get(path));
        assert_eq!(tag(&app.get(path)), first, "{path}");
        assert_eq!(tag(&Ask::new(Method::HEAD, path).send(&app)), first, "{path}");
        assert_ne!(tag(&Ask::get(path).header("host", "127.0.0.1").send(&app)), first, "{path}: other links");
        let options = Ask::new(Method::OPTIONS, path).send(&app);
        assert_eq!((options.status, options.header("etag")), (StatusCode::OK, None));
    }
    assert_eq!(app.get("/v1/apikeys/1c9").header("etag"), None);
    assert_eq!(app.get("/nothing").header("etag"), None);
}

#[test]
fn every_change_of_a_record_changes_its_tag_and_says_the_new_one() {
    let app = TestApp::new();
    let created = app.post("/v1/apikeys", &json!({"name": "a"}));
    assert_eq!(created.header("location"), Some("http://localhost:8080/v1/apikeys/1c1"));
    let mut tags = vec![tag(&created)];
    for (method, path, body) in [
        (Method::PUT, "/v1/apikeys/1c1", json!({"name": "b"})),
        (Method::POST, "/v1/apikeys/1c1?action=deactivate", json!({})),
        (Method::POST, "/v1/apikeys/1c1?action=activate", json!({})),
        (Method::POST, "/v1/apikeys/1c1?action=deactivate", json!({})),
        (Method::DELETE, "/v1/apikeys/1c1", json!({})),
    ] {
        assert_eq!(tag(&app.get("/v1/apikeys/1c1")), *tags.last().unwrap());
        let reply = Ask::new(method, path).json(&body).send(&app);
        assert!(reply.status.is_success(), "{reply:?}");
        assert!(!tags.contains(&tag(&reply)));
        tags.push(tag(&reply));
    }
    let created = app.post("/v1/projects", &json!({"name": "a"}));
    let path = created.header("location").unwrap().strip_prefix("http://localhost:8080").unwrap().to_owned();
    assert_eq!(tag(&app.get(&path)), tag(&created));
    let edited = app.put(&path, &json!({"name": "b"}));
    assert_eq!(tag(&app.get(&path)), tag(&edited));
    assert_ne!(tag(&created), tag(&edited));
    let list = tag(&app.get("/v1/projects"));
    assert_eq!(app.delete(&path).status, StatusCode::OK);
    assert_ne!(tag(&app.get("/v1/projects")), list);
}

#[test]
fn the_tag_of_a_new_key_says_nothing_of_its_secret() {
    let app = TestApp::new();
    let created = app.post("/v1/apikeys", &json!({}));
    assert_eq!(tag(&created), tag(&app.get("/v1/apikeys/1c1")));
}

#[test]
fn who_has_a_document_is_not_sent_it_again() {
    let app = with_key();
    for path in PATHS.into_iter().chain(["/v1", "/v1/schemas", "/v1/apikeys"]) {
        let current = tag(&app.get(path));
        for value in [current.clone(), format!("W/{current}"), format!("\"x\", {current}"), "*".to_owned()] {
            for method in [Method::GET, Method::HEAD] {
                let reply = Ask::new(method, path).header("if-none-match", &value).send(&app);
                assert_eq!(
                    (reply.status, reply.body.len()),
                    (StatusCode::NOT_MODIFIED, 0),
                    "{path}: {value}"
                );
                assert_eq!(tag(&reply), current);
                assert_eq!(reply.header("cache-control"), Some("no-store"));
                assert!(reply.header("vary").is_some() && reply.header("content-type").is_none());
            }
        }
        let other = Ask::get(path).header("if-none-match", "\"x\", W/\"y\"").send(&app);
        assert_eq!((other.status, tag(&other)), (StatusCode::OK, current.clone()));
        let failed = Ask::get(path).header("if-match", "\"x\"").send(&app);
        assert_eq!(failed.error(), (412, "Precondition Failed".into(), None));
        assert_eq!(Ask::get(path).header("if-match", &current).send(&app).status, StatusCode::OK);
    }
}

#[test]
fn a_change_of_another_state_changes_nothing() {
    let app = with_key();
    for path in PATHS {
        let current = tag(&app.get(path));
        let before = app.revision();
        for (name, value) in [
            ("if-match", "\"0-0123456789abcdef\""),
            ("if-match", "\"x\""),
            ("if-match", ""),
            ("if-match", &format!("W/{current}")),
            ("if-none-match", "*"),
            ("if-none-match", &current),
        ] {
            let changes = [
                (Method::PUT, path.to_owned()),
                (Method::DELETE, path.to_owned()),
                (Method::POST, format!("{path}?action=deactivate")),
                (Method::POST, format!("{path}?action=update")),
            ];
            // A setting can only be put.
            let kinds = if path.contains("settings") { 1 } else { changes.len() };
            for (method, target) in changes.into_iter().take(kinds) {
                let ask = Ask::new(method, &target)
                    .header(name, value)
                    .json(&json!({"name": "b", "value": "true"}));
                assert_eq!(
                    ask.send(&app).error(),
                    (412, "Precondition Failed".into(), None),
                    "{target}: {value}"
                );
            }
        }
        assert_eq!(app.revision(), before);
        assert_eq!(tag(&app.get(path)), current);
    }
}

#[test]
fn a_change_of_the_state_that_was_read_is_made_once() {
    let app = with_key();
    for path in ["/v1/apikeys/1c1", "/v1/projects/1a5"] {
        let read = tag(&app.get(path));
        let edit = || Ask::new(Method::PUT, path).header("if-match", &read).json(&json!({"name": "b"}));
        let edited = edit().send(&app);
        assert_eq!(edited.status, StatusCode::OK);
        assert_eq!(edit().send(&app).error().0, 412, "the second comes too late");
        let act =
            |tag: &str| Ask::post(&format!("{path}?action=deactivate")).header("if-match", tag).send(&app);
        assert_eq!(act(&read).error().0, 412);
        assert!(act(&tag(&edited)).status.is_success());
        let delete = |tag: &str| Ask::new(Method::DELETE, path).header("if-match", tag).send(&app);
        assert_eq!(delete(&tag(&edited)).error().0, 412);
        assert_eq!(delete("*").status, StatusCode::OK);
    }
    let path = "/v1/settings/api.security.enabled";
    let read = tag(&app.get(path));
    app.issue("/v1/apikeys");
    let put =
        Ask::new(Method::PUT, path).header("if-match", &read).json(&json!({"value": "true"})).send(&app);
    assert_eq!(put.status, StatusCode::OK);
}

#[test]
fn a_tag_read_at_another_address_or_as_another_caller_is_as_good() {
    let app = TestApp::new();
    let inside = app.issue("/v1/projects/1a5/apikeys");
    let read = tag(&app.get(&format!("/v1/projects/1a5/apikeys/{}", inside.id)));
    let admin = app.protect();
    let path = format!("/v1/apikeys/{}", inside.id);
    let edit = Ask::new(Method::PUT, &path).by(&inside).header("if-match", &read).json(&json!({"name": "b"}));
    assert_eq!(edit.send(&app).status, StatusCode::OK);
    let as_inside = tag(&Ask::get("/v1/projects/1a5").by(&inside).send(&app));
    let reply = Ask::get("/v1/projects/1a5").by(&admin).header("if-none-match", &as_inside).send(&app);
    assert_eq!(reply.status, StatusCode::OK, "the administrator's has actions");
    let edit = Ask::new(Method::PUT, "/v1/projects/1a5").by(&admin).header("if-match", &as_inside);
    assert_eq!(edit.json(&json!({"name": "b"})).send(&app).status, StatusCode::OK);
}

#[test]
fn what_is_no_condition_is_refused_to_those_who_may_ask() {
    let app = with_key();
    let before = app.revision();
    for name in ["if-match", "if-none-match"] {
        for value in ["x", "\"x", "*, \"x\"", "w/\"x\"", "\"x\" \"y\""] {
            for (method, path) in [
                (Method::GET, "/v1/apikeys"),
                (Method::PUT, "/v1/apikeys/1c1"),
                (Method::POST, "/v1/apikeys"),
            ] {
                let reply = Ask::new(method, path).header(name, value).send(&app);
                assert_eq!(reply.error(), (400, "Bad Request".into(), None), "{name}: {value}");
            }
        }
    }
    assert_eq!(app.revision(), before);
    app.protect();
    assert_eq!(Ask::get("/v1/apikeys").header("if-match", "x").send(&app).error().0, 401);
}

#[test]
fn refusals_that_would_come_anyway_come_first() {
    let app = with_key();
    let ask = |method, path: &str| Ask::new(method, path).header("if-match", "\"x\"").send(&app).error();
    assert_eq!(ask(Method::PUT, "/v1/apikeys/1c9").0, 404);
    assert_eq!(ask(Method::PUT, "/v1/apikeys").0, 405);
    assert_eq!(ask(Method::POST, "/v1/apikeys/1c1?action=nothing").1, "InvalidAction");
}

#[test]
fn a_list_that_has_changed_gets_no_new_key() {
    let app = with_key();
    let list = tag(&app.get("/v1/apikeys"));
    let create = |name, value: &str| Ask::post("/v1/apikeys").header(name, value).send(&app).status;
    assert_eq!(create("if-none-match", "*"), StatusCode::PRECONDITION_FAILED);
    assert_eq!(create("if-match", &list), StatusCode::CREATED);
    assert_eq!(create("if-match", &list), StatusCode::PRECONDITION_FAILED);
    assert_eq!(app.get("/v1/apikeys").ids().len(), 2);
}

/// Two people: `1a6` and `1a7`.
fn with_people() -> TestApp {
    let app = TestApp::new();
    for id in ["1a6", "1a7"] {
        assert_eq!(app.post("/v1/accounts", &json!({"kind": "user"})).json()["id"], id);
    }
    app
}

/// Makes `1a1` the owner and these the members of `1a5`, if it is in this state.
fn set_members(app: &TestApp, condition: Option<(&'static str, &str)>, others: &[&str]) -> Reply {
    let member =
        |id: &str, role: &str| json!({"externalId": id, "externalIdType": "rancher_id", "role": role});
    let mut members = vec![member("1a1", "owner")];
    members.extend(others.iter().map(|id| member(id, "member")));
    let ask = Ask::post("/v1/projects/1a5?action=setmembers").json(&json!({ "members": members }));
    let ask = match condition {
        Some((name, value)) => ask.header(name, value),
        None => ask,
    };
    ask.send(app)
}

/// Each page of the list, each filter and each address of it, and the answer to a change.
#[test]
fn members_are_set_only_if_they_are_those_that_were_read() {
    let app = with_people();
    let lists = [
        "/v1/projects/1a5/projectmembers",
        "/v1/projects/1a5/projectmembers?limit=1",
        "/v1/projects/1a5/projectmembers?role=owner&include=project",
        "/v1/projectmembers?projectId=1a5",
        "/v2-beta/projects/1a5/projectMembers",
    ];
    let mut others: &[&str] = &[];
    for path in lists {
        let read = tag(&app.get(path));
        let changed = set_members(&app, None, if others.is_empty() { &["1a6"] } else { &[] });
        assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
        let late = set_members(&app, Some(("if-match", &read)), &["1a6", "1a7"]);
        assert_eq!(late.error().0, 412, "{path}");
        let now = tag(&app.get(path));
        let members = app.get("/v1/projects/1a5/projectmembers").json();
        let set = set_members(&app, Some(("if-match", &now)), &["1a6", "1a7"]);
        assert_eq!(set.status, StatusCode::OK, "{path}: {set:?}");
        assert_ne!(app.get("/v1/projects/1a5/projectmembers").json(), members);
        // An edit can follow an edit.
        let again = set_members(&app, Some(("if-match", &tag(&set))), others);
        assert_eq!(again.status, StatusCode::OK, "{path}: {again:?}");
        others = if others.is_empty() { &["1a6"] } else { &[] };
        set_members(&app, None, others);
    }
}

/// The tag is of the members of one environment and of nothing else.
#[test]
fn a_tag_of_something_else_sets_no_members() {
    let app = with_people();
    let read = tag(&app.get("/v1/projects/1a5/projectmembers"));
    app.put("/v1/projects/1a5", &json!({"name": "renamed"}));
    app.post("/v1/projects", &json!({"name": "another"}));
    let before = app.revision();
    let strangers = [
        tag(&app.get("/v1/projects/1a5")),
        tag(&app.get("/v1/projects/1a8/projectmembers")),
        tag(&app.get("/v1/projectmembers")),
        tag(&app.get("/v1/projectmembers/1pm1")),
        format!("W/{read}"),
        "\"1.1\"".to_owned(),
    ];
    for stranger in &strangers {
        assert_eq!(set_members(&app, Some(("if-match", stranger)), &["1a6"]).error().0, 412, "{stranger}");
    }
    for refused in [&read, "*"] {
        assert_eq!(set_members(&app, Some(("if-none-match", refused)), &["1a6"]).error().0, 412);
    }
    assert_eq!(app.revision(), before);
    // An environment is edited whoever its members are.
    let environment = tag(&app.get("/v1/projects/1a5"));
    assert_eq!(set_members(&app, Some(("if-match", "*")), &["1a6"]).status, StatusCode::OK);
    let edit = Ask::new(Method::PUT, "/v1/projects/1a5").header("if-match", &environment);
    assert_eq!(edit.json(&json!({"name": "again"})).send(&app).status, StatusCode::OK);
    let unchanged = Ask::get("/v1/projects/1a5/projectmembers").header("if-none-match", &read).send(&app);
    assert_eq!(unchanged.status, StatusCode::OK, "it is another list by now");
}
