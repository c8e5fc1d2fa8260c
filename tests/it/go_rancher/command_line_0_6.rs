//! The rancher command line 0.6.14, the last of its kind. It asks for `/v2-beta` whatever address it is given, and in
//! other words than 0.1.0: `all`, `system`, and a list of states as one parameter three times.

use serde_json::{Value, json};

use super::command_line::{administrator, ids};
use super::{GoRancher, text};
use crate::installation::{DEFAULT, Installation};

/// What it lists with, in the order Go writes parameters: by their names.
const LISTED: &str =
    "?limit=-2&removed_null=1&state_ne=inactive&state_ne=stopped&state_ne=removing&system=false";
/// The same with `-a`.
const LISTED_ALL: &str = "?all=true&limit=-2&system=false";

/// The path its client really asks for: the root and `/v1` become `/v2-beta`.
fn normalized(path: &str) -> String {
    match path.strip_prefix("/v1") {
        _ if path.is_empty() || path == "/" => "/v2-beta".to_owned(),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/v2-beta{rest}"),
        _ => path.to_owned(),
    }
}

/// `Lookup`: by id, which must be the one that was asked for, else by name, which must be one.
#[track_caller]
fn look_up(go: &GoRancher, name: &str) -> Value {
    if let Some(found) = go.by_id("project", name).filter(|found| found["id"] == name) {
        return found;
    }
    let mut found = go.list("project", &format!("?all=true&name={name}&removed_null=1"));
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found.remove(0)
}

#[test]
fn cli_0_6_14_env_ls() {
    let installation = Installation::start();
    let production = installation.environment("production");
    let stopped = installation.environment("stopped");
    let _ =
        installation.administrator.post(&format!("/v1/projects/{stopped}/?action=deactivate"), &json!({}));
    let go = GoRancher::open(&installation.stranger(), "/v2-beta", Some(&administrator(&installation)));
    assert_eq!(ids(&go.list("project", LISTED)), [DEFAULT, production.as_str()]);
    assert_eq!(ids(&go.list("project", LISTED_ALL)), [DEFAULT, production.as_str(), stopped.as_str()]);
    // With the key of an environment there is that one only.
    let key = installation.key_of(&production, "command line");
    let go = GoRancher::open(&installation.stranger(), "/v2-beta", Some(&key));
    assert_eq!(ids(&go.list("project", LISTED)), [production.as_str()]);
    assert_eq!(ids(&go.list("project", LISTED_ALL)), [production.as_str()]);
}

#[test]
fn cli_0_6_14_inspect_a_project() {
    let installation = Installation::start();
    let production = installation.environment("production");
    let key = administrator(&installation);
    // First the environment to work in: of several, the one that is named.
    let go = GoRancher::open(&installation.stranger(), &normalized("/v1"), Some(&key));
    assert_eq!(go.list("project", "").len(), 2);
    let current = text(&look_up(&go, "production")["id"]).to_owned();
    assert_eq!(current, production);
    // Then everything inside it, the environment itself included.
    let inside = format!("/v2-beta/projects/{current}/schemas");
    let go = GoRancher::open(&installation.stranger(), &inside, Some(&key));
    for name in [production.as_str(), "production"] {
        let found = look_up(&go, name);
        let whole = go.by_id("project", text(&found["id"])).expect("by id");
        assert_eq!((text(&whole["name"]), text(&whole["state"])), ("production", "active"));
        let own = format!("/v2-beta/projects/{current}/projects/{production}");
        assert!(text(&whole["links"]["self"]).ends_with(&own), "{}", whole["links"]["self"]);
    }
}

#[test]
fn cli_0_6_14_config_keeps_the_address_of_the_schemas_and_the_only_environment() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "config");
    for typed in ["", "/", "/v1", "/v1/", "/v2-beta", "/v1/projects/1a5", "/v2-beta/projects/1a5"] {
        let go = GoRancher::open(&installation.stranger(), &normalized(typed), Some(&key));
        let kept = text(&go.schema("schema")["links"]["collection"]).to_owned();
        assert!(kept.contains("/v2-beta") && kept.ends_with("/schemas"), "{typed}: {kept}");
        let path = kept.split_once("/v2-beta").map(|(_, rest)| format!("/v2-beta{rest}"));
        let go = GoRancher::open(&installation.stranger(), &path.expect("a path"), Some(&key));
        assert_eq!(ids(&go.list("project", "")), [DEFAULT], "{typed}");
    }
}

#[test]
fn cli_0_6_14_changes_environments_by_name() {
    let installation = Installation::start();
    let production = installation.environment("production");
    let go = GoRancher::open(&installation.stranger(), "/v2-beta", Some(&administrator(&installation)));
    // `env deactivate`, `env activate`, `env rm`; an action is sent without a body, though it calls it JSON.
    let inactive = go.act(&look_up(&go, "production"), "deactivate");
    assert_eq!(text(&inactive["state"]), "inactive");
    let active = go.act(&look_up(&go, "production"), "activate");
    assert_eq!((text(&active["id"]), text(&active["state"])), (production.as_str(), "active"));
    go.delete(&look_up(&go, &production));
    assert_eq!(ids(&go.list("project", LISTED)), [DEFAULT]);
    assert_eq!(go.list("project", "?all=true&name=production&removed_null=1"), [] as [Value; 0]);
}
