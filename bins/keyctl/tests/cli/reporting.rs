//! Where answers go when nobody reads them, and what they must not carry.

use std::fs::File;
use std::process::Stdio;

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::keyctl;

/// A pipe whose reader is gone.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

#[test]
fn who_stops_reading_has_seen_enough() {
    let installation = Installation::new();
    let database = installation.url();
    let ran = keyctl(["--database", &database, "list"]).stdout(closed_pipe()).run();
    ran.is(0, "", "");
    keyctl(["--help"]).stdout(closed_pipe()).run().is(0, "", "");
}

#[test]
fn a_secret_that_nobody_saw_is_a_loss() {
    let installation = Installation::new();
    let database = installation.url();
    let ran = keyctl(["--database", &database, "create", "--account"]).stdout(closed_pipe()).run();
    ran.failed(1, &["key 1c3 was made, but its secret was not shown", "create another"]);
}

#[test]
fn a_full_disk_is_said() {
    let installation = Installation::new();
    let database = installation.url();
    for line in
        [["--database", &database, "list"].as_slice(), &["--help"], &["--version"], &["list", "--help"]]
    {
        let full = File::options().write(true).open("/dev/full").expect("/dev/full");
        keyctl(line.iter().copied()).stdout(full).run().failed(1, &["could not be written"]);
    }
}

#[test]
fn nothing_a_name_contains_moves_the_cursor() {
    let name = "a\\u001b[2Jb\\u202ec\\u0007\\u009b\\r\\nd";
    let key = format!(
        "{{\"id\":\"1c7\",\"type\":\"apiKey\",\"name\":\"{name}\",\"description\":\"{name}\",\"state\":\"active\",\
         \"accountId\":\"1a5\",\"created\":\"2026-01-02T03:04:05Z\",\"publicValue\":\"KC83G4MYSK0KX3K94XX8\"}}"
    );
    let list =
        format!("{{\"type\":\"collection\",\"resourceType\":\"apiKey\",\"links\":{{}},\"data\":[{key}]}}");
    for (line, answer) in
        [("get 1c7", &key), ("list", &list), ("get 1c7 -o json", &key), ("list -o json", &list)]
    {
        let server = CannedServer::start([(200, answer.clone())]);
        let url = server.url();
        let ran = keyctl(["--url", &url].into_iter().chain(line.split(' '))).run();
        assert_eq!(ran.code, 0, "{ran:?}");
        let dangerous =
            |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
        assert!(!ran.stdout.contains(dangerous), "{ran:?}");
        if line.contains("json") {
            assert!(ran.stdout.contains(name), "JSON means the same: {ran:?}");
            assert_eq!(ran.stdout.lines().count(), 1);
        } else {
            assert!(ran.stdout.contains(r"a\u{1b}[2Jb\u{202e}c\u{7}\u{9b}\r\nd"), "{ran:?}");
        }
    }
}

#[test]
fn nothing_a_server_refuses_with_moves_the_cursor() {
    let refusal = "{\"id\":\"r\",\"type\":\"error\",\"status\":500,\"code\":\"x\\u001b[2J\",\"detail\":\"y\\n\\u202e\"}";
    let server = CannedServer::start([(500, refusal.to_owned())]);
    let ran = keyctl(["--url", &server.url(), "list"]).run();
    ran.failed(1, &[r"500 x\u{1b}[2J: y\n\u{202e}"]);
}
