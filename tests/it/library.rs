//! The typed client, in a program of its own: `crates/keys-api/examples/replace_key.rs`.

use std::process::{Command, Output};

use keys_tests::Key;
use keys_tests::binaries::example;

use crate::installation::{DEFAULT, Installation};

fn replace(installation: &Installation, by: &Key, old: &Key) -> Output {
    Command::new(example("replace_key"))
        .args([&installation.server.url(), &old.id])
        .env("KEYS_ACCESS_KEY", &by.access_key)
        .env("KEYS_SECRET_KEY", &by.secret_key)
        .output()
        .expect("the example runs")
}

/// The pair that it printed.
#[track_caller]
fn replacement(old: &Key, output: &Output) -> Key {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    let (access_key, secret_key) = text.trim_end().split_once(' ').expect("a pair");
    Key { access_key: access_key.to_owned(), secret_key: secret_key.to_owned(), ..old.clone() }
}

#[test]
fn a_program_replaces_the_key_it_uses() {
    let installation = Installation::start();
    let old = installation.key_of(DEFAULT, "build box");
    let new = replacement(&old, &replace(&installation, &old, &old));
    assert_eq!(installation.status_of(&old, DEFAULT), 401);
    assert_eq!(installation.status_of(&new, DEFAULT), 200);
    let keys =
        installation.administrator.get(&format!("/v1/projects/{DEFAULT}/apikeys?state=active")).expect(200);
    let named: Vec<_> =
        keys.json()["data"].as_array().expect("keys").iter().map(|key| key["name"].clone()).collect();
    assert_eq!(named, ["build box"], "one is as good as the other was");
}

#[test]
fn an_administrator_replaces_the_key_of_an_environment() {
    let installation = Installation::start();
    let administrator = installation.administrator.post("/v1/apikeys", &serde_json::json!({})).expect(201);
    let administrator = Key {
        id: administrator.field("id"),
        access_key: administrator.field("publicValue"),
        secret_key: administrator.field("secretValue"),
        path: String::new(),
    };
    let old = installation.key_of(DEFAULT, "ci");
    let new = replacement(&old, &replace(&installation, &administrator, &old));
    assert_eq!(installation.status_of(&old, DEFAULT), 401);
    assert_eq!(installation.status_of(&new, DEFAULT), 200, "it is the environment's, not its maker's");
    assert_eq!(installation.status_of(&administrator, DEFAULT), 200);
}

#[test]
fn what_is_not_there_is_not_replaced() {
    let installation = Installation::start();
    let own = installation.key_of(DEFAULT, "own");
    let nobody = Key { id: "1c99".to_owned(), ..own.clone() };
    let output = replace(&installation, &own, &nobody);
    assert!(!output.status.success() && output.stdout.is_empty());
    assert_eq!(installation.status_of(&own, DEFAULT), 200);
    let keys = installation.administrator.get(&format!("/v1/projects/{DEFAULT}/apikeys")).expect(200);
    assert_eq!(keys.json()["data"].as_array().map(Vec::len), Some(1), "nothing was made");
}
