//! Rows 26 and 27: what can be edited, and what cannot.

use serde_json::{Value, json};

use crate::installation::{DEFAULT, Installation};

#[test]
fn row_26_any_key_can_be_edited() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    for state in ["active", "inactive"] {
        let edit = json!({ "name": format!("ci, {state}"), "description": "build box" });
        let answer = installation.administrator.put(&key.path, &edit).expect(200).json();
        assert_eq!((&answer["name"], &answer["description"]), (&edit["name"], &edit["description"]));
        assert_eq!(answer["state"], state);
        if state == "active" {
            installation.act(&key, "deactivate");
        }
    }
}

#[test]
fn row_26_what_an_edit_does_not_name_stays() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let put = |body: Value| installation.administrator.put(&key.path, &body).expect(200).json();
    let _ = put(json!({ "description": "build box" }));
    let renamed = put(json!({ "name": "renamed" }));
    assert_eq!((&renamed["name"], &renamed["description"]), (&json!("renamed"), &json!("build box")));
    let cleared = put(json!({ "description": null }));
    assert_eq!((&cleared["name"], &cleared["description"]), (&json!("renamed"), &Value::Null));
    assert_eq!(put(json!({})), installation.administrator.get(&key.path).expect(200).json());
}

#[test]
fn row_27_the_pair_cannot_be_edited() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let before = installation.administrator.get(&key.path).expect(200).json();
    let edit = json!({
        "publicValue": "KC000000000000000000", "secretValue": "chosen", "state": "inactive", "accountId": "1a1",
        "id": "1c999", "uuid": "chosen", "created": "2000-01-01T00:00:00Z", "removed": "2000-01-01T00:00:00Z",
    });
    let _ = installation.administrator.put(&key.path, &edit).expect(200);
    assert_eq!(installation.administrator.get(&key.path).expect(200).json(), before);
    assert_eq!(installation.status_of(&key, DEFAULT), 200);
}

#[test]
fn row_27_the_whole_resource_can_be_sent_back() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let mut whole = installation.administrator.get(&key.path).expect(200).json();
    whole["name"] = json!("renamed");
    let answer = installation.administrator.put(&key.path, &whole).expect(200).json();
    assert_eq!(answer, whole);
    assert_eq!(installation.status_of(&key, DEFAULT), 200);
}
