//! The page of the first steps on a network, copied line by line.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use keys_tests::Launch;
use serde_json::Value;

/// The commands of the page, in order: those of curl, or those of keyctl behind them.
fn commands(of_keyctl: bool) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the repository");
    let page = std::fs::read_to_string(root.join("docs/FIRST-STEPS.md")).expect("the page");
    let (curl, keyctl) = page.split_once("## The same with keyctl").expect("both ways");
    let mut inside = false;
    let mut commands = Vec::new();
    for line in if of_keyctl { keyctl } else { curl }.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            commands.push(line.to_owned());
        }
    }
    commands
}

/// The variable a line asks to be filled in.
fn assigned(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    name.chars().all(|c| c == '_' || c.is_ascii_uppercase()).then_some(name)
}

/// What one fills in for `NAME=…`: a password of one's own, or something of the last answer that had it.
fn filled_in(name: &str, answer: &Value) -> String {
    let field = match name {
        "PASSWORD" | "ADA_PASSWORD" | "GRACE_PASSWORD" => return format!("{name} & 100 % horses"),
        "TOKEN" | "ADA_TOKEN" | "GRACE_TOKEN" => "jwt",
        "ADA" | "GRACE" | "BUILD" | "SHOP" => "id",
        "KEY" => "publicValue",
        "SECRET" => "secretValue",
        other => panic!("the page asks for {other}, which this test does not know"),
    };
    answer[field].as_str().unwrap_or_else(|| panic!("no {field} in {answer}")).to_owned()
}

#[test]
#[ignore = "needs curl"]
fn the_first_steps_work_as_they_stand() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("keys-data");
    let server = Launch::in_dir(&data_dir).arg("--behind-tls-proxy").start();
    let mut variables = BTreeMap::new();
    let mut last = Value::Null;
    let mut seen = Vec::new();
    for line in commands(false) {
        if let Some(name) = assigned(&line) {
            variables.insert(name.to_owned(), filled_in(name, &last));
            continue;
        }
        // The test stands where the proxy would.
        let output = Command::new("sh")
            .args(["-c", &line.replace("https://keys.example.com", &server.url())])
            .current_dir(dir.path())
            .env("HOME", dir.path())
            .envs(&variables)
            .output()
            .expect("a shell");
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        if line.starts_with("curl -i") {
            seen.push(text.split(' ').nth(1).unwrap_or("no status").to_owned());
            continue;
        }
        let answer: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}: {text}"));
        assert_ne!(answer["type"], "error", "{line}: {answer}");
        seen.push(answer["type"].as_str().unwrap_or("administrator").to_owned());
        last = answer;
    }
    let steps = "administrator token account password account password project project token apiKey project token apiKey \
                 collection 405 403";
    assert_eq!(seen.join(" "), steps);
    assert_eq!(last["data"][0]["secretValue"], Value::Null, "a reader sees no secret");
    assert_eq!(server.stop().code(), Some(0));
}

/// What a table for people says of a field.
fn told<'a>(field: &str, table: &'a str) -> &'a str {
    let line = table.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {field} in {table}")).trim()
}

#[test]
fn keyctl_takes_the_same_steps() {
    let dir = tempfile::tempdir().unwrap();
    let server = Launch::in_dir(&dir.path().join("keys-data")).arg("--behind-tls-proxy").start();
    let binaries = keys_tests::binaries::binary("keyctl");
    let binaries = binaries.parent().expect("a folder").display().to_string();
    let path = format!("{binaries}:{}", std::env::var("PATH").unwrap_or_default());
    let mut variables = BTreeMap::from([("KEYCTL_URL".to_owned(), server.url())]);
    let mut last = String::new();
    for line in commands(true) {
        if line.starts_with("export ") {
            continue;
        }
        if let Some(name) = assigned(&line) {
            let value = if name.ends_with("PASSWORD") {
                filled_in(name, &Value::Null)
            } else {
                told("id", &last).to_owned()
            };
            variables.insert(name.to_owned(), value);
            continue;
        }
        let output = Command::new("sh")
            .args(["-c", &line])
            .current_dir(dir.path())
            .env_clear()
            .env("PATH", &path)
            .env("HOME", dir.path())
            .envs(&variables)
            .output()
            .expect("a shell");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{line}: {said}");
        last = String::from_utf8(output.stdout).expect("text");
        if line == "keyctl env list" {
            let both = last.contains("build") && last.contains("shop");
            assert!(both && !last.contains("Default"), "those she is a member of: {last}");
        }
        if line.ends_with("|| echo refused") {
            assert_eq!(last, "refused\n", "{said}");
        }
    }
    let list = keys_tests::Client::new(server.address()).get("/v1/apikeys");
    assert_eq!(list.status, 401, "access control is on");
    assert_eq!(server.stop().code(), Some(0));
}
