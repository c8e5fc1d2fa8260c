//! One of each type and its list, whole, as the administrator and as an environment's key see them.
//! `INSTA_UPDATE=always cargo test -p keys-http` writes the snapshots anew.

use std::collections::BTreeSet;

use keys_api::declarations;
use serde_json::json;

use crate::support::{Ask, Pair, Reply, TestApp};
use crate::written::written;

/// A type, and the id of one of it.
const TYPES: &[(&str, Option<&str>)] = &[
    ("accounts", Some("1a5")),
    ("activeSettings", Some("api.security.enabled")),
    ("apiKeys", Some("1c1")),
    ("auditLogs", Some("1al10")),
    ("credentials", Some("1c1")),
    ("identities", Some("1i!rancher_id:1a1")),
    ("localAuthConfigs", Some("local")),
    // None are kept.
    ("passwords", None),
    ("projects", Some("1a5")),
    ("projectMembers", Some("1pm1")),
    // The list of schemas is in `documents.rs`.
    ("schemas", Some("apiKey")),
    ("settings", Some("api.security.enabled")),
    // A list with one in it that has no address of its own.
    ("tokens", None),
    ("typeDocumentations", Some("apiKey")),
];

/// An installation with something of every kind, and the keys of two who look at it.
fn furnished() -> (TestApp, Pair, Pair) {
    let app = TestApp::new();
    let environment = app.post(
        "/v1/projects/1a5/apikeys",
        &json!({"name": "ci", "description": "build box", "expiresAt": "2027-01-01T00:00:00Z"}),
    );
    app.clock.advance(1_000);
    app.post("/v1/projects", &json!({"name": "production", "description": "the real one"}));
    let admin = app.protect();
    (app, admin, Pair::of(&environment))
}

/// What both are told; once, when it is the same.
fn asked(path: &str, (app, admin, environment): &(TestApp, Pair, Pair)) -> String {
    let ask = |pair| Ask::get(path).by(pair).send(app);
    let told = [ask(admin), ask(environment)].map(|reply| without_request_ids(&reply));
    match told {
        [all, own] if all == own => format!("GET {path}, whoever asks\n{all}\n\n"),
        [all, own] => {
            format!("GET {path}, as the administrator\n{all}\n\nGET {path}, as a key of 1a5\n{own}\n\n")
        }
    }
}

/// The ids of requests are random.
fn without_request_ids(reply: &Reply) -> String {
    let mut parts = Vec::new();
    for part in written(reply).split("\"requestId\":\"") {
        let rest = if parts.is_empty() { part } else { part.split_once('"').unwrap().1 };
        parts.push(rest.to_owned());
    }
    parts.join("\"requestId\":\"<request id>\"")
}

#[test]
fn one_of_each_type_and_its_list() {
    let addressed = declarations().into_iter().filter(|declaration| !declaration.is_input);
    let declared: BTreeSet<_> = addressed.map(|declaration| declaration.plural).collect();
    let written: BTreeSet<_> = TYPES.iter().map(|(plural, _)| *plural).collect();
    assert_eq!(written, declared, "a type is missing here");
    let house = furnished();
    for (plural, id) in TYPES {
        let address = plural.to_ascii_lowercase();
        let list = match *plural {
            "schemas" => String::new(),
            "auditLogs" => asked("/v1/auditlogs?sort=id&order=desc&limit=2", &house),
            "typeDocumentations" => asked("/v1/projects/1a5/typedocumentations", &house),
            _ => asked(&format!("/v1/{address}"), &house),
        };
        let one = id.map_or_else(String::new, |id| asked(&format!("/v1/{address}/{id}"), &house));
        // Inside an environment the addresses are others.
        let inside =
            id.map_or_else(String::new, |id| asked(&format!("/v1/projects/1a5/{address}/{id}"), &house));
        insta::assert_snapshot!(format!("type_{plural}"), format!("{list}{one}{inside}"));
    }
}
