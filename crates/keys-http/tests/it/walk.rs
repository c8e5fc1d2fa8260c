//! A walk over everything that can be reached by following addresses.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Value, json};

use crate::support::{Ask, Pair, TestApp};

const ORIGIN: &str = "http://localhost:8080";

/// Every address in a document: those in `links`, `sortLinks`, of the next page and of the other order, of everything in
/// it; and those its actions are at, without the action.
fn addresses(document: &Value, found: &mut Vec<String>) {
    match document {
        Value::Array(items) => items.iter().for_each(|item| addresses(item, found)),
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("links" | "sortLinks" | "actions", Value::Object(links)) => {
                        found.extend(links.values().map(|url| url.as_str().unwrap().to_owned()));
                    }
                    ("next" | "first" | "reverse", Value::String(url)) => found.push(url.clone()),
                    _ => addresses(value, found),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Follows every address from these on. Returns the paths seen, without their queries.
fn walk(app: &TestApp, caller: Option<&Pair>, from: &[&str]) -> BTreeSet<String> {
    let mut waiting: VecDeque<String> = from.iter().map(|path| (*path).to_owned()).collect();
    let (mut asked, mut paths) = (BTreeSet::new(), BTreeSet::new());
    while let Some(target) = waiting.pop_front() {
        if !asked.insert(target.clone()) {
            continue;
        }
        assert!(asked.len() < 2_000, "the walk does not end: {target}");
        let ask = Ask::get(&target);
        let reply = caller.into_iter().fold(ask, |ask, pair| ask.by(pair)).send(app);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        paths.insert(target.split('?').next().unwrap().to_owned());
        let mut found = Vec::new();
        addresses(&reply.json(), &mut found);
        for url in found {
            let target = url.strip_prefix(ORIGIN).unwrap_or_else(|| panic!("{target} leads to {url}"));
            let target = target.split_once("/?action=").map_or(target, |(resource, _)| resource);
            waiting.push_back(target.to_owned());
        }
    }
    paths
}

/// An installation with something of every kind, its administrator's key, and an environment's key.
fn furnished() -> (TestApp, Pair, Pair) {
    let app = TestApp::new();
    let environment = app.issue("/v1/projects/1a5/apikeys");
    for name in ["a", "b", "c"] {
        app.post("/v1/projects/1a5/apikeys", &json!({ "name": name }));
    }
    app.post("/v1/projects/1a5/apikeys/1c2?action=deactivate", &json!({}));
    let other = app.post("/v1/projects", &json!({"name": "off"})).json()["id"].as_str().unwrap().to_owned();
    app.post(&format!("/v1/projects/{other}?action=deactivate"), &json!({}));
    let removed =
        app.post("/v1/projects", &json!({"name": "gone"})).json()["id"].as_str().unwrap().to_owned();
    app.issue(&format!("/v1/projects/{removed}/apikeys"));
    app.delete(&format!("/v1/projects/{removed}"));
    let admin = app.protect();
    (app, admin, environment)
}

#[test]
fn the_administrator_finds_no_dead_link() {
    let (app, admin, _) = furnished();
    let seen =
        walk(&app, Some(&admin), &["/", "/v1/apikeys?limit=1", "/v1/auditlogs?limit=3&sort=id&order=desc"]);
    for path in [
        "/v1/apikeys/1c1/account",
        "/v1/projectmembers/1pm1/project",
        "/v1/projects/1a5/projectmembers",
        "/v1/projects/1a5/auditlogs",
        "/v1/localauthconfigs/local",
        "/v1/schemas/auditlog",
        "/v1/typedocumentations/apikey",
        "/v1/identities/1i!rancher_id:1a1",
        "/v1/tokens",
        "/v2-beta/accounts/1a5",
    ] {
        assert!(seen.contains(path), "{path} is not reached: {seen:#?}");
    }
}

#[test]
fn an_environments_key_finds_no_dead_link_and_nothing_of_others() {
    let (app, _, environment) = furnished();
    let seen = walk(&app, Some(&environment), &["/", "/v1/apikeys?limit=1", "/v1/auditlogs?limit=1"]);
    assert!(
        seen.contains("/v1/accounts/1a5") && seen.contains("/v1/projects/1a5/apikeys/1c1/account"),
        "{seen:#?}"
    );
    assert!(!seen.iter().any(|path| path.contains("localauthconfig")), "{seen:#?}");
    for other in ["/1a1", "/1a6", "/1a7"] {
        assert!(!seen.iter().any(|path| path.contains(other)), "{other}: {seen:#?}");
    }
}

#[test]
fn a_stranger_is_told_how_to_log_in_and_nothing_else() {
    let (app, ..) = furnished();
    assert_eq!(
        walk(&app, None, &["/v1/token"]),
        BTreeSet::from(["/v1/token".to_owned(), "/v1/tokens".to_owned()])
    );
    for path in ["/", "/v1", "/v2-beta", "/v1/schemas", "/v1/accounts", "/v1/nothing"] {
        assert_eq!(app.get(path).status, 401, "{path}");
    }
}

#[test]
fn without_access_control_everybody_walks_as_the_administrator() {
    let app = TestApp::new();
    app.issue("/v1/projects/1a5/apikeys");
    assert!(walk(&app, None, &["/"]).contains("/v1/localauthconfigs"));
}
