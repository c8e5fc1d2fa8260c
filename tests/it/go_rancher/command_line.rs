//! The rancher command line 0.1.0: no version of it has a command for keys; what it needs is a way in, schemas and
//! environments.

use serde_json::{Value, json};

use super::{GoRancher, decode_collection, text};
use crate::installation::{DEFAULT, Installation};

/// What it sends with every list.
const LISTED: &str = "?limit=-2&removed_null=1&state_ne=inactive&state_ne=stopped&state_ne=removing";

pub(super) fn ids(found: &[Value]) -> Vec<&str> {
    found.iter().map(|item| text(&item["id"])).collect()
}

pub(super) fn administrator(installation: &Installation) -> keys_tests::Key {
    keys_tests::create_key(&installation.administrator, "/v1/apikeys", "command line")
}

#[test]
fn cli_0_1_0_env_ls() {
    let installation = Installation::start();
    let production = installation.environment("production");
    let stopped = installation.environment("stopped");
    let removed = installation.environment("removed");
    let act = |id: &str, action: &str| {
        let answer =
            installation.administrator.post(&format!("/v1/projects/{id}/?action={action}"), &json!({}));
        assert!(answer.status < 300, "{}", answer.text());
    };
    act(&stopped, "deactivate");
    act(&removed, "remove");

    let go = GoRancher::open(&installation.stranger(), "/v1", Some(&administrator(&installation)));
    let found = go.list("project", LISTED);
    assert_eq!(ids(&found), [DEFAULT, production.as_str()]);
    // `env ls -a` leaves the states out.
    let all = go.list("project", "?limit=-2&removed_null=1");
    assert_eq!(ids(&all), [DEFAULT, production.as_str(), stopped.as_str()]);
    // It turns accounts into environments by their type.
    assert!(found.iter().all(|item| item["type"] == "project"));
}

#[test]
fn cli_0_1_0_looks_up_by_name_what_is_no_id() {
    let installation = Installation::start();
    let production = installation.environment("production");
    let go = GoRancher::open(&installation.stranger(), "/v1", Some(&administrator(&installation)));
    assert_eq!(go.by_id("project", "production"), None);
    assert_eq!(ids(&go.list("project", "?name=production&removed_null=1")), [production.as_str()]);
    assert_eq!(go.list("project", "?name=nothing&removed_null=1"), [] as [Value; 0]);
    assert_eq!(text(&go.by_id("project", &production).expect("by id")["name"]), "production");
    let uuid = text(&go.by_id("project", &production).expect("by id")["uuid"]).to_owned();
    assert_eq!(ids(&go.list("project", &format!("?uuid={uuid}"))), [production.as_str()]);
}

#[test]
fn cli_0_1_0_makes_the_client_of_an_environment() {
    let installation = Installation::start();
    let production = installation.environment("production");
    let key = administrator(&installation);
    // `<url>/projects/<id>/schemas/schemas`: one schema, and the header that leads to all of them.
    let path = format!("/v1/projects/{production}/schemas/schemas");
    let go = GoRancher::open(&installation.stranger(), &path, Some(&key));
    let inside = format!("/v1/projects/{production}/apikeys");
    assert!(go.collection("apiKey", "POST").ends_with(&inside));
    assert_eq!(text(&go.create("apiKey", &json!({ "name": "inside" }))["accountId"]), production);
}

#[test]
fn cli_0_1_0_config_finds_the_only_environment() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "config");
    // What it stores is the address of the schemas, so that the header equals it and nothing is read twice.
    let go = GoRancher::open(&installation.stranger(), "/v1/schemas", Some(&key));
    assert_eq!(ids(&go.list("project", LISTED)), [DEFAULT]);
}

#[test]
fn rancher_compose_connects_by_the_endpoint_address() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "compose");
    let client = key.client(&installation.stranger());
    // RANCHER_URL may be the root, the version or the environment.
    for path in ["/", "/v1", "/v1/", "/v1/projects/1a5", "/v1/projects/1a5/"] {
        let answer = client.get(path).expect(200);
        let schemas = answer.header("x-api-schemas").expect("X-API-Schemas").to_owned();
        assert!(!decode_collection(&client.get(&schemas).expect(200)).is_empty(), "{path}");
    }
}
