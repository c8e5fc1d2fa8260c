//! Rows 20–25: deactivate, activate, delete.

use keys_tests::{Client, Response};
use serde_json::{Value, json};

use crate::installation::{DEFAULT, Installation};

/// The names of the actions a resource offers.
fn actions(resource: &Response) -> Vec<String> {
    let document = resource.json();
    let actions: Vec<String> = document["actions"].as_object().expect("actions").keys().cloned().collect();
    actions
}

fn get(client: &Client, path: &str) -> Response {
    client.get(path).expect(200)
}

#[test]
fn row_20_an_active_key_can_be_deactivated() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    assert_eq!(actions(&get(&installation.administrator, &key.path)), ["deactivate", "update"]);
    let answer = installation.administrator.post(&key.action("deactivate"), &json!({})).expect(202);
    assert_eq!(answer.field("id"), key.id);
    assert_eq!(answer.field("state"), "inactive");
}

#[test]
fn row_20_the_link_of_an_action_can_be_followed() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let document = get(&installation.administrator, &key.path).json();
    let link = document["actions"]["deactivate"].as_str().expect("a link");
    assert_eq!(link, format!("{}{}/?action=deactivate", installation.server.url(), key.path));
    let _ = installation.administrator.post(link, &json!({})).expect(202);
    // With and without the slash before the question mark.
    let activate = format!("{}?action=activate", key.path);
    let _ = installation.administrator.post(&activate, &json!({})).expect(202);
}

#[test]
fn row_21_deactivation_prohibits_the_use_of_the_pair_at_the_next_request() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let client = key.client(&installation.stranger());
    for _ in 0..50 {
        let _ = client.get("/v1/projects/1a5").expect(200);
        installation.act(&key, "deactivate");
        let _ = client.get("/v1/projects/1a5").expect(401);
        installation.act(&key, "activate");
    }
}

#[test]
fn row_22_it_is_labelled_inactive() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    installation.act(&key, "deactivate");
    assert_eq!(get(&installation.administrator, &key.path).field("state"), "inactive");
    let listed = get(&installation.administrator, "/v1/projects/1a5/apikeys").json();
    assert_eq!(listed["data"][0]["state"], "inactive");
}

#[test]
fn row_23_an_inactive_key_can_be_activated_and_works_again() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    installation.act(&key, "deactivate");
    assert_eq!(installation.status_of(&key, DEFAULT), 401);
    assert_eq!(actions(&get(&installation.administrator, &key.path)), ["activate", "remove", "update"]);
    installation.act(&key, "activate");
    assert_eq!(installation.status_of(&key, DEFAULT), 200);
}

#[test]
fn row_24_an_inactive_key_can_be_deleted_and_is_gone() {
    let installation = Installation::start();
    for by_action in [false, true] {
        let key = installation.key_of(DEFAULT, "ci");
        installation.act(&key, "deactivate");
        let answer = if by_action {
            installation.administrator.post(&key.action("remove"), &json!({})).expect(202)
        } else {
            installation.administrator.delete(&key.path).expect(200)
        };
        assert_eq!(answer.field("state"), "removed");

        assert_eq!(installation.status_of(&key, DEFAULT), 401);
        let listed = get(&installation.administrator, "/v1/projects/1a5/apikeys").json();
        assert_eq!(listed["data"], json!([]));
        let tombstone = get(&installation.administrator, &key.path);
        assert_eq!(tombstone.field("state"), "removed");
        assert_ne!(tombstone.json()["removed"], Value::Null);
        assert_eq!(actions(&tombstone), Vec::<String>::new());

        let refused = installation.administrator.post(&key.action("activate"), &json!({})).expect(422);
        assert_eq!(refused.field("code"), "ActionNotAvailable");
        assert_eq!(installation.status_of(&key, DEFAULT), 401);
    }
}

#[test]
fn row_24_deleting_twice_changes_nothing() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    installation.act(&key, "deactivate");
    let first = installation.administrator.delete(&key.path).expect(200).json();
    let second = installation.administrator.delete(&key.path).expect(200).json();
    assert_eq!(first, second);
}

#[test]
fn row_25_an_active_key_cannot_be_deleted() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let refused = installation.administrator.delete(&key.path).expect(405);
    assert_eq!(refused.field("code"), "Method not allowed");
    assert!(refused.field("detail").contains("deactivate"), "{}", refused.text());
    let refused = installation.administrator.post(&key.action("remove"), &json!({})).expect(422);
    assert_eq!(refused.field("code"), "ActionNotAvailable");
    assert_eq!(refused.field("fieldName"), "action");
    assert_eq!(installation.status_of(&key, DEFAULT), 200);
}

#[test]
fn row_25_what_a_key_is_already_it_cannot_become() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    for (action, next) in [("activate", "deactivate"), ("deactivate", "activate")] {
        let refused = installation.administrator.post(&key.action(action), &json!({})).expect(422);
        assert_eq!(refused.field("code"), "ActionNotAvailable");
        installation.act(&key, next);
    }
}
