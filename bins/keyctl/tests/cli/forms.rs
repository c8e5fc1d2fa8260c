//! The forms of an answer besides a table and JSON: they say what the JSON says.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::{Ran, keyctl};

const CI: &str = "KCYCP6PE3RBCXJXGN0EX";
const ADMIN: &str = "KC3WGDQEWDX5FPHDKNP9";

/// Commands of every kind of answer that a database gives, in an order in which they can be carried out.
const COMMANDS: [&str; 14] = [
    "list",
    "get 1c1",
    "edit 1c1 --description second",
    "deactivate 1c1",
    "env list",
    "access-control status",
    "access-control mode",
    "user add --name ada",
    "user list",
    "user password 1a6 --login ada --password-stdin",
    "user end-sessions --all",
    "user end-sessions 1a6",
    "member add 1a5 1a6",
    "user disable 1a6",
];

fn run(installation: &Installation, line: &str, more: &[&str]) -> Ran {
    let words = line.split_whitespace().chain(more.iter().copied());
    installation.keyctl(words).stdin("correct horse battery staple\n").run()
}

fn parsed(ran: &Ran) -> Value {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    serde_json::from_str(&ran.stdout).expect("JSON")
}

#[test]
fn yaml_says_what_json_says() {
    let (one, other) = (Installation::new(), Installation::new());
    for line in COMMANDS {
        let mut json = parsed(&run(&one, line, &["-o", "json"]));
        let yaml = run(&other, line, &["-o", "yaml"]);
        assert_eq!((yaml.code, yaml.stderr.as_str()), (0, ""), "{line}: {yaml:?}");
        let mut yaml: Value = serde_saphyr::from_str(&yaml.stdout).expect("YAML");
        // The two installations live at different moments.
        forget_when(&mut json);
        forget_when(&mut yaml);
        assert_eq!(yaml, json, "{line}");
    }
}

fn forget_when(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_when),
        Value::Object(fields) => {
            fields.remove("created");
            fields.values_mut().for_each(forget_when);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_fields_that_can_be_asked_for_are_those_of_the_json() {
    let installation = Installation::new();
    let create = "create --account --name x";
    for line in COMMANDS.into_iter().chain([create]) {
        let refused = run(&installation, line, &["--field", "nonsense"]);
        refused.failed(2, &["--field: the answer has no field nonsense (hint: one of "]);
        let hint = refused.stderr.split_once("one of ").expect("a hint").1;
        let offered: BTreeSet<_> =
            hint.trim_end().trim_end_matches(')').split(", ").map(str::to_owned).collect();
        // Had the refused one been carried out, some of these would be refused now.
        let answer = parsed(&run(&installation, line, &["-o", "json"]));
        let thing = answer.get(0).unwrap_or(&answer).as_object().expect("a thing");
        assert_eq!(offered, thing.keys().cloned().collect(), "{line}");
    }
}

#[test]
fn a_field_is_a_line_for_each_thing() {
    let installation = Installation::new();
    let table = [
        ("list --field accessKey", format!("{CI}\n{ADMIN}\n")),
        ("list --field name", "ci\n\n".to_owned()),
        ("list --field expired", "false\nfalse\n".to_owned()),
        ("get 1c1 --field description", "first\\nsecond\n".to_owned()),
        ("access-control status --field enabled", "false\n".to_owned()),
    ];
    for (line, expected) in table {
        installation.run(line).is(0, &expected, "");
    }
    let made = installation.run("create --account --field secretKey");
    assert_eq!((made.code, made.stderr.as_str()), (0, ""), "{made:?}");
    assert!(
        keys_core::SecretKey::parse_shape(made.stdout.trim_end(), keys_core::access_key::Shape::Native)
            .is_ok()
    );
}

#[test]
fn names_are_what_other_commands_take() {
    let installation = Installation::new();
    installation.run("list -o name").is(0, "1c1\n1c2\n", "");
    installation.run("list -q").is(0, "1c1\n1c2\n", "");
    installation.keyctl(["list"]).variable("KEYCTL_OUTPUT", "name").run().is(0, "1c1\n1c2\n", "");
    installation.run("env list -o name").is(0, "1a5\n", "");
    installation.run("member list 1a5 -o name").is(0, "1a1\n", "");
    installation.run("access-control status -q").is(0, "false\n", "");
    installation.run("deactivate 1c1 --quiet").is(0, "1c1\n", "");
    installation.run("get 1c99 --quiet").failed(3, &["1c99"]);
}

#[test]
fn columns_can_do_without_heads() {
    let installation = Installation::new();
    let with = installation.run("list").stdout;
    let without = installation.run("list --no-header");
    let rows = without.stdout.lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
    let rest = with.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>());
    assert!(rows.eq(rest), "{without:?}");
    assert_eq!((without.stdout.lines().count(), without.code), (2, 0));
}

#[test]
fn a_form_that_would_lose_the_new_secret_is_refused_before_the_key_is_made() {
    let installation = Installation::new();
    let words = ["the secret of the new key would be lost, so none was made", "--format"];
    for line in ["create --account -o name", "create --account -q", "create --account --field id"] {
        installation.run(line).failed(2, &words);
    }
    installation.keyctl(["create", "--account"]).variable("KEYCTL_OUTPUT", "name").run().failed(2, &words);
    installation.run("list -o name").is(0, "1c1\n1c2\n", "");
    let made = installation.run("create --account --format curl -q");
    assert!(made.code == 0 && made.stdout.starts_with("curl -u KC"), "{made:?}");
    installation.run("list -o name").is(0, "1c1\n1c2\n1c3\n", "");
}

#[test]
fn the_forms_are_the_same_over_http() {
    let key = format!(
        "{{\"id\":\"1c1\",\"type\":\"apiKey\",\"name\":\"ci\",\"description\":\"first\\nsecond\",\"state\":\"active\",\
         \"accountId\":\"1a5\",\"created\":\"2026-01-02T03:04:05Z\",\"expiresAt\":\"2099-01-01T00:00:00Z\",\
         \"publicValue\":\"{CI}\"}}"
    );
    let installation = Installation::new();
    for form in ["-o yaml", "-o name", "-q", "--field accessKey", "--field expiresAt", "--no-header"] {
        let server = CannedServer::start([(200, key.clone())]);
        let url = server.url();
        let line = format!("get 1c1 {form}");
        let over_http = keyctl(["--url", &url].into_iter().chain(line.split(' '))).run();
        assert_eq!(over_http, installation.run(&line), "{line}");
        assert_eq!(over_http.code, 0, "{over_http:?}");
    }
}

#[test]
fn a_new_pair_comes_as_other_programs_want_it() {
    let installation = Installation::new();
    let bare = installation.run("create --environment 1a5 --format docker-secret").stdout;
    assert!(keys_core::Credential::parse_joined(&bare).is_ok(), "the pair and nothing else: {bare:?}");
    installation
        .keyctl(["verify", "--secret-stdin", "--field", "owner"])
        .stdin(&bare)
        .run()
        .is(0, "1a5\n", "");
    let json = parsed(&installation.run("create --environment 1a5 --format json"));
    let field = |name: &str| json[name].as_str().expect("a text").to_owned();
    assert!(keys_core::Credential::parse(&field("accessKey"), &field("secretKey")).is_ok());
    assert_eq!(field("url"), "http://127.0.0.1:8080/v1/projects/1a5");
    assert_eq!(json.as_object().expect("an object").len(), 3);
}
