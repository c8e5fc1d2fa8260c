//! The disk stops taking writes while the server runs: nothing is acknowledged that is not kept, no deactivated key
//! comes back, and afterwards the server goes on or says what to do.
//!
//! The outage is a limit on the size of files, put on the running server from outside: every write past it fails, as
//! on a full disk, and it needs no rights and no file system of its own.

use std::fs;
use std::io;
use std::time::{Duration, Instant};

use keys_tests::server::database_in;
use keys_tests::{Client, Key, Response, TestServer, create_key, enable_access_control};
use rustix::process::{Resource, Rlimit, prlimit};
use serde_json::json;
use tempfile::TempDir;

/// An authority with access control on, and keys whose states were acknowledged.
struct Installation {
    dir: TempDir,
    admin: Key,
    active: Key,
    inactive: Key,
    deleted: Key,
    /// Asked to be deactivated during the outage, so that nobody can say what it is afterwards.
    wavering: Key,
}

impl Installation {
    fn begin() -> (Self, TestServer) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let server = TestServer::start_in(dir.path());
        let open = server.client();
        let create = |name| create_key(&open, "/v1/apikeys", name);
        let (admin, active, wavering) = (create("admin"), create("active"), create("wavering"));
        let (inactive, deleted) = (create("inactive"), create("deleted"));
        enable_access_control(&open);
        let client = admin.client(&open);
        for key in [&inactive, &deleted] {
            let _ = client.post(&key.action("deactivate"), &json!({})).expect(202);
        }
        let _ = client.delete(&deleted.path).expect(200);
        (Self { dir, admin, active, inactive, deleted, wavering }, server)
    }

    /// What was acknowledged holds, whatever happened.
    fn assert_kept(&self, server: &TestServer) {
        let open = server.client();
        let client = self.admin.client(&open);
        assert_eq!(open.get("/v1").status, 401);
        assert_eq!(self.active.client(&open).get("/v1").status, 200);
        assert_eq!(self.inactive.client(&open).get("/v1").status, 401);
        assert_eq!(self.deleted.client(&open).get("/v1").status, 401);
        assert_eq!(client.get(&self.inactive.path).field("state"), "inactive");
        assert_eq!(client.get(&self.deleted.path).field("state"), "removed");
    }

    /// Nobody who was shut out is let in; who is not may be told to come back.
    fn assert_no_false_yes(&self, open: &Client) {
        for key in [&self.inactive, &self.deleted] {
            if let Ok(answer) = open.with_key_once("GET", "/v1", key).try_send() {
                assert!(answer.status == 401 || is_outage(&answer), "{}", answer.text());
            }
        }
        if let Ok(answer) = open.with_key_once("GET", "/v1", &self.active).try_send() {
            assert!(
                answer.status == 200 || is_outage(&answer),
                "never a no for want of a disk: {}",
                answer.text()
            );
        }
    }
}

/// Whether an answer says that the server, not the caller, is at fault, in the words of the API.
fn is_outage(answer: &Response) -> bool {
    if !matches!(answer.status, 500 | 503 | 507) {
        return false;
    }
    let body = answer.json();
    assert_eq!(body["type"], "error", "{body}");
    assert_eq!(body["status"], answer.status, "{body}");
    assert!(body["code"].is_string(), "{body}");
    true
}

/// No file of the server may grow past this; `None` ends the outage.
fn limit_files(server: &TestServer, bytes: Option<u64>) -> io::Result<()> {
    let limit = Rlimit { current: bytes, maximum: None };
    prlimit(Some(server.pid()), Resource::Fsize, limit)?;
    Ok(())
}

/// Tries to change something until it is done or the server has ended. Returns whether it was done.
fn changes_again(client: &Client, key: &Key) -> bool {
    let patience = Instant::now() + Duration::from_secs(30);
    loop {
        match client.request("PUT", &key.path).json(&json!({ "name": "after" })).try_send() {
            Ok(answer) if answer.status == 200 => return true,
            Ok(answer) => assert!(is_outage(&answer), "{}", answer.text()),
            Err(_) => return false,
        }
        assert!(Instant::now() < patience, "it neither goes on nor ends");
    }
}

/// An outage in which `attempts` changes are tried, then its end.
fn outage(attempts: usize, limit: impl FnOnce(&Installation) -> u64) {
    let (installation, server) = Installation::begin();
    let open = server.client();
    let client = installation.admin.client(&open);
    limit_files(&server, Some(limit(&installation))).expect("the limit of a child can be set");
    for attempt in 0..attempts {
        let description = json!({ "description": "x".repeat(1000) });
        let change = match attempt % 3 {
            0 => client.request("PUT", &installation.inactive.path).json(&description),
            1 => client.request("POST", "/v1/apikeys").json(&json!({ "name": "never kept" })),
            _ => client.request("POST", &installation.wavering.action("deactivate")).json(&json!({})),
        };
        match change.try_send() {
            Ok(answer) => {
                assert!(is_outage(&answer), "attempt {attempt}: {} {}", answer.status, answer.text())
            }
            // The server has ended, which it may once it can trust nothing it reads.
            Err(_) => break,
        }
        installation.assert_no_false_yes(&open);
    }
    // A server that has ended meanwhile has no limits any more.
    let _ = limit_files(&server, None);
    let server = if changes_again(&client, &installation.active) {
        server
    } else {
        let finished = server.wait();
        assert_eq!(finished.code(), Some(1), "{}", finished.stderr);
        assert!(finished.stderr.contains("start again"), "it says what to do: {}", finished.stderr);
        TestServer::start_in(installation.dir.path())
    };
    installation.assert_kept(&server);
    assert_eq!(server.stop().code(), Some(0));
    installation.assert_kept(&TestServer::start_in(installation.dir.path()));
}

#[test]
fn one_change_that_finds_no_room_is_an_outage_and_no_end() {
    outage(1, |installation| {
        let log = database_in(installation.dir.path()).with_extension("sqlite3-wal");
        fs::metadata(log).map_or(0, |metadata| metadata.len())
    });
}

#[test]
fn a_disk_that_takes_nothing_any_more_never_yields_a_false_yes() {
    outage(12, |_| 0);
}

#[test]
fn reading_goes_on_while_nothing_can_be_written() {
    let (installation, server) = Installation::begin();
    limit_files(&server, Some(0)).expect("the limit of a child can be set");
    installation.assert_kept(&server);
    let listed = installation.admin.client(&server.client()).get("/v1/apikeys").expect(200).json();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(4), "{listed}");
}

/// A deactivation that happened and is not yet safe from an older copy of the database is told to nobody: not to who
/// asked for it, and not to who asks again.
#[test]
fn a_deactivation_without_its_anchor_is_told_to_nobody() {
    let (installation, server) = Installation::begin();
    let open = server.client();
    let client = installation.admin.client(&open);
    let key = &installation.wavering;
    let deactivate = || client.post(&key.action("deactivate"), &json!({}));
    let obstacle = database_in(installation.dir.path()).with_extension("sqlite3.anchor.new");
    fs::create_dir(&obstacle).expect("a folder where the anchor is made");

    let _ = deactivate().expect(503);
    assert_eq!(key.client(&open).get("/v1").status, 401, "it did happen");
    let _ = deactivate().expect(503);
    let _ = client.get(&key.path).expect(503);
    installation.assert_no_false_yes(&open);

    fs::remove_dir(&obstacle).expect("it was empty");
    assert_eq!(client.get(&key.path).field("state"), "inactive");
    assert_eq!(deactivate().status / 100, 4, "it is so already");
    installation.assert_kept(&server);
}
