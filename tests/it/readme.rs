//! The README's walk, copied line by line as a newcomer would.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use keys_tests::TestServer;
use keys_tests::binaries::binary;
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

#[test]
fn the_commands_of_the_servers_own_readme_work() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the repository");
    let readme = std::fs::read_to_string(root.join("bins/api-server/README.md")).expect("a README");
    let mut commands = readme.lines().filter_map(|line| line.strip_prefix("api-server "));
    let directory = tempfile::tempdir().unwrap();
    let server = |line: &str| {
        let mut command = Command::new(binary("api-server"));
        command.args(line.split(' ')).current_dir(directory.path());
        command
    };
    let checked = server(commands.next().expect("a check")).output().expect("it runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert!(String::from_utf8_lossy(&checked.stdout).contains("keys-data"));
    assert!(!directory.path().join("keys-data").exists(), "it makes nothing");

    let started = commands.next().expect("a start").replace("127.0.0.1:8080", "127.0.0.1:0");
    let mut running = server(&started).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
    let mut line = String::new();
    BufReader::new(running.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    running.kill().expect("it was running");
    running.wait().expect("it ends");
    assert!(line.contains("http://127.0.0.1:"), "{line}");
    assert!(directory.path().join("keys-data/keys.sqlite3").exists());
}
