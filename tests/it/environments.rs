//! Environments: they hold keys, and their state decides for all of them at once.

use keys_tests::Response;
use serde_json::{Value, json};

use crate::installation::{DEFAULT, Installation};

impl Installation {
    /// Asks the administrator for an action on an environment.
    #[track_caller]
    fn act_on_environment(&self, environment: &str, action: &str) -> Response {
        let path = format!("/v1/projects/{environment}/?action={action}");
        let answer = self.administrator.post(&path, &json!({}));
        assert!((200..300).contains(&answer.status), "{action}: {}", answer.text());
        answer
    }
}

#[test]
fn deactivating_an_environment_stops_its_keys_at_once_and_does_not_touch_them() {
    let installation = Installation::start();
    let environment = installation.environment("production");
    let keys = ["one", "two", "three"].map(|name| installation.key_of(&environment, name));
    installation.act(&keys[2], "deactivate");
    let elsewhere = installation.key_of(DEFAULT, "elsewhere");
    let records = || {
        let read =
            |key: &keys_tests::Key| installation.administrator.get(&format!("/v1/apikeys/{}", key.id)).json();
        keys.iter().map(read).collect::<Vec<_>>()
    };
    let statuses = || keys.each_ref().map(|key| installation.status_of(key, &environment));
    let before = records();
    assert_eq!(statuses(), [200, 200, 401]);

    for _ in 0..20 {
        let answer = installation.act_on_environment(&environment, "deactivate");
        assert_eq!((answer.status, answer.field("state").as_str()), (200, "inactive"));
        assert_eq!(statuses(), [401, 401, 401]);
        assert_eq!(records(), before, "no key was touched");
        assert_eq!(installation.status_of(&elsewhere, DEFAULT), 200);

        let answer = installation.act_on_environment(&environment, "activate");
        assert_eq!((answer.status, answer.field("state").as_str()), (202, "active"));
        assert_eq!(statuses(), [200, 200, 401]);
    }
}

#[test]
fn an_inactive_environment_cannot_be_entered() {
    let installation = Installation::start();
    let environment = installation.environment("production");
    let _ = installation.act_on_environment(&environment, "deactivate");
    let inside = format!("/v1/projects/{environment}/apikeys");
    let _ = installation.administrator.get(&inside).expect(403);
    let _ = installation.administrator.post(&inside, &json!({ "name": "late" })).expect(403);
    let entered = installation.administrator.with_header("x-api-project-id", &environment);
    let _ = entered.get("/v1/apikeys").expect(403);
}

#[test]
fn a_removed_environment_can_be_restored_with_its_keys() {
    let installation = Installation::start();
    let environment = installation.environment("production");
    let key = installation.key_of(&environment, "ci");
    let path = format!("/v1/projects/{environment}");
    let removed = installation.administrator.delete(&path).expect(200);
    assert_eq!(removed.field("state"), "removed");
    assert_eq!(installation.status_of(&key, &environment), 401);

    assert_eq!(installation.act_on_environment(&environment, "restore").field("state"), "inactive");
    assert_eq!(installation.status_of(&key, &environment), 401);
    let _ = installation.act_on_environment(&environment, "activate");
    assert_eq!(installation.status_of(&key, &environment), 200);
}

#[test]
fn an_environment_is_edited_like_a_key() {
    let installation = Installation::start();
    let environment = installation.environment("production");
    let path = format!("/v1/projects/{environment}");
    let edit = json!({ "name": "staging", "description": "not yet" });
    let answer = installation.administrator.put(&path, &edit).expect(200).json();
    assert_eq!((&answer["name"], &answer["description"]), (&edit["name"], &edit["description"]));
    let kept = installation.administrator.put(&path, &json!({ "description": null })).expect(200).json();
    assert_eq!((&kept["name"], &kept["description"]), (&json!("staging"), &Value::Null));
}

#[test]
fn a_key_of_an_environment_sees_that_one_and_administers_none() {
    let installation = Installation::start();
    let other = installation.environment("other");
    let client = installation.key_of(DEFAULT, "ci").client(&installation.stranger());

    let listed = client.get("/v1/projects").expect(200).json();
    let ids: Vec<&Value> = listed["data"].as_array().expect("data").iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, [DEFAULT]);
    let own = client.get("/v1/projects/1a5").expect(200).json();
    assert_eq!(own["actions"], json!({}));

    let _ = client.post("/v1/projects", &json!({ "name": "mine" })).expect(405);
    for action in ["deactivate", "remove", "activate"] {
        let refused = client.post(&format!("/v1/projects/1a5/?action={action}"), &json!({}));
        assert_eq!(refused.status, 422, "{action}: {}", refused.text());
        // By name, before anything is looked up: the other environment is not given away.
        let foreign = client.post(&format!("/v1/projects/{other}/?action={action}"), &json!({}));
        assert_eq!(foreign.status, 422, "{action}: {}", foreign.text());
    }
    let refused = client.put("/v1/projects/1a5", &json!({ "name": "mine" }));
    assert!(matches!(refused.status, 403 | 405), "{}", refused.text());
    let refused = client.put("/v1/settings/api.security.enabled", &json!({ "value": "false" }));
    assert!((400..500).contains(&refused.status), "{}", refused.text());
    assert_eq!(installation.stranger().get("/v1").status, 401, "access control is still on");
    let names = installation.administrator.get("/v1/projects/1a5").expect(200).json();
    assert_eq!(names["name"], "Default");
}

#[test]
fn a_key_of_an_environment_manages_the_keys_of_its_environment() {
    let installation = Installation::start();
    let parent = installation.key_of(DEFAULT, "parent");
    let client = parent.client(&installation.stranger());
    let child = keys_tests::create_key(&client, "/v1/apikeys", "child");
    let record = installation.administrator.get(&format!("/v1/apikeys/{}", child.id)).expect(200).json();
    assert_eq!(record["accountId"], DEFAULT);
    assert_eq!(record["creatorId"], DEFAULT);

    let _ = client.post(&child.action("deactivate"), &json!({})).expect(202);
    assert_eq!(installation.status_of(&child, DEFAULT), 401);
    let _ = client.delete(&child.path).expect(200);
}
