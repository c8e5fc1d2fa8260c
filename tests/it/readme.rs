//! The README's walk, copied line by line as a newcomer would.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use keys_tests::TestServer;
use serde_json::Value;

/// The commands of the walk, in order.
fn commands() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the repository");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("a README");
    let walk = readme.split("## A first key").nth(1).expect("the walk");
    let walk = walk.split("A test runs this page").next().expect("the end of the walk");
    let mut inside = false;
    let mut commands = Vec::new();
    for line in walk.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            commands.push(line.to_owned());
        }
    }
    commands
}

/// What one fills in for `NAME=…`, from the last answer that held a secret.
fn filled_in(name: &str, answer: &Value) -> String {
    let field = match name {
        "ADMIN" | "KEY" => "publicValue",
        "ADMIN_SECRET" | "SECRET" => "secretValue",
        "ID" => "id",
        other => panic!("the README asks for {other}, which this test does not know"),
    };
    answer[field].as_str().unwrap_or_else(|| panic!("no {field} in {answer}")).to_owned()
}

#[test]
#[ignore = "needs curl"]
fn the_walk_of_the_readme_works_as_it_stands() {
    let server = TestServer::start();
    let home = tempfile::tempdir().unwrap();
    let mut variables = BTreeMap::new();
    let mut last = Value::Null;
    let mut seen = Vec::new();
    for line in commands() {
        if let Some((name, _)) =
            line.split_once('=').filter(|(name, _)| name.chars().all(|c| c == '_' || c.is_ascii_uppercase()))
        {
            variables.insert(name.to_owned(), filled_in(name, &last));
            continue;
        }
        let output = Command::new("sh")
            .args(["-c", &line.replace("http://127.0.0.1:8080", &server.url())])
            .env("HOME", home.path())
            .envs(&variables)
            .output()
            .expect("a shell");
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        if line.starts_with("curl -i") {
            assert!(text.starts_with("HTTP/1.1 401 "), "{line}: {text}");
            seen.push("401".to_owned());
        } else if line.starts_with("curl") {
            last = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}: {text}"));
            seen.push(last["state"].as_str().or(last["value"].as_str()).unwrap_or("no state").to_owned());
        }
    }
    let walk = "active true 401 active active active inactive 401 active active inactive removed";
    assert_eq!(seen.join(" "), walk);
}
