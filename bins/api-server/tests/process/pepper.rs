//! Pepper files that are refused, made, and knowingly given up.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use keys_tests::server::pepper_in;
use keys_tests::{Key, Launch, TestServer, create_key, enable_access_control};
use tempfile::TempDir;

use crate::assert_refused;

/// A data directory with access control on, and the one key that opens it.
fn used() -> (TempDir, Key) {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start_in(dir.path());
    let key = create_key(&server.client(), "/v1/apikeys", "admin");
    enable_access_control(&server.client());
    assert_eq!(server.stop().code(), Some(0));
    (dir, key)
}

fn write_private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn other_pepper() -> String {
    format!("pepper-1-{}\n", "0f".repeat(32))
}

#[test]
fn a_missing_one_is_not_replaced_beside_keys() {
    let (dir, key) = used();
    let pepper = pepper_in(dir.path());
    let kept = fs::read_to_string(&pepper).unwrap();
    fs::remove_file(&pepper).unwrap();
    let said = ["there is no pepper file at", "restore the file", "--accept-lost-pepper"];
    assert_refused(&Launch::in_dir(dir.path()).run(), 3, &said);
    assert!(!pepper.exists());
    write_private(&pepper, &kept);
    let server = TestServer::start_in(dir.path());
    assert_eq!(key.client(&server.client()).get("/v1").status, 200, "nothing was lost");
}

#[test]
fn one_of_another_database_is_refused() {
    let (dir, _) = used();
    write_private(&pepper_in(dir.path()), &other_pepper());
    let said = ["which the pepper file lacks", "--accept-lost-pepper"];
    assert_refused(&Launch::in_dir(dir.path()).run(), 3, &said);
}

#[test]
fn one_that_others_may_read_is_refused() {
    let (dir, _) = used();
    fs::set_permissions(pepper_in(dir.path()), fs::Permissions::from_mode(0o644)).unwrap();
    assert_refused(&Launch::in_dir(dir.path()).run(), 3, &["has mode 644", "chmod 600"]);
}

#[test]
fn garbage_is_refused_and_never_repeated() {
    let (dir, _) = used();
    let pepper = pepper_in(dir.path());
    let kept = fs::read_to_string(&pepper).unwrap();
    let almost = kept.replace("pepper-1-", "pepper-1 ");
    for garbage in ["", "# nothing\n", "hunter2-hunter2\n", &almost, &format!("{kept}{kept}")] {
        write_private(&pepper, garbage);
        let finished = Launch::in_dir(dir.path()).run();
        assert_refused(&finished, 3, &["pepper"]);
        let digits = kept.rsplit('-').next().unwrap().trim();
        assert!(
            !finished.stderr.contains("hunter2") && !finished.stderr.contains(digits),
            "{}",
            finished.stderr
        );
    }
    fs::write(&pepper, [0xff; 100]).unwrap();
    assert_refused(&Launch::in_dir(dir.path()).run(), 3, &["pepper"]);
}

#[test]
fn a_folder_in_its_place_is_refused() {
    let (dir, _) = used();
    fs::remove_file(pepper_in(dir.path())).unwrap();
    fs::create_dir(pepper_in(dir.path())).unwrap();
    assert_refused(&Launch::in_dir(dir.path()).run(), 3, &["is not a file"]);
}

#[test]
fn one_that_stands_beside_an_empty_database_is_used() {
    let dir = tempfile::tempdir().unwrap();
    write_private(&pepper_in(dir.path()), &other_pepper());
    let server = TestServer::start_in(dir.path());
    let key = create_key(&server.client(), "/v1/apikeys", "admin");
    assert_eq!(key.client(&server.client()).get("/v1").status, 200);
    assert_eq!(fs::read_to_string(pepper_in(dir.path())).unwrap(), other_pepper());
}

#[test]
fn a_lost_one_can_be_given_up_and_no_key_is_lost_with_it() {
    let (dir, key) = used();
    fs::remove_file(pepper_in(dir.path())).unwrap();
    let server = Launch::in_dir(dir.path()).arg("--accept-lost-pepper").start();
    let client = server.client();
    assert_eq!(key.client(&client).get("/v1").status, 200, "checked the slow way");
    assert_eq!(key.client(&client).get("/v1").status, 200);
    assert_eq!(client.with_key(&key.access_key, &"x".repeat(40)).get("/v1").status, 401);
    assert_eq!(client.get("/v1").status, 401);
}
