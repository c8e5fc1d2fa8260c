//! Databases that are refused, and that a refusal changes nothing.

use std::fs::{self, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use keys_tests::server::database_in;
use keys_tests::{Launch, TestServer, create_key};
use tempfile::TempDir;

use crate::assert_refused;

/// Where the header of an SQLite file keeps the number a program marks its schema's version with.
const USER_VERSION: u64 = 60;
/// And the one it marks the file as its own with.
const APPLICATION_ID: u64 = 68;

/// A data directory with one key in it, left by a server that stopped well.
fn used() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start_in(dir.path());
    let _ = create_key(&server.client(), "/v1/apikeys", "kept");
    assert_eq!(server.stop().code(), Some(0));
    dir
}

fn overwrite(path: &Path, offset: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(bytes).unwrap();
}

#[track_caller]
fn assert_refused_and_untouched(data_dir: &Path, code: i32, said: &[&str]) {
    let database = database_in(data_dir);
    let before = fs::read(&database).unwrap();
    assert_refused(&Launch::in_dir(data_dir).run(), code, said);
    assert!(fs::read(&database).unwrap() == before, "the database was changed");
}

#[test]
fn one_that_is_in_use_is_refused_and_its_server_unharmed() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start_in(dir.path());
    assert_refused(&Launch::in_dir(dir.path()).run(), 4, &["in use by another process", "keyctl --url"]);
    let key = create_key(&server.client(), "/v1/apikeys", "still here");
    assert_eq!(key.client(&server.client()).get("/v1").status, 200);
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn one_of_a_later_release_is_refused() {
    let dir = used();
    overwrite(&database_in(dir.path()), USER_VERSION, &999u32.to_be_bytes());
    assert_refused_and_untouched(dir.path(), 3, &["schema version 999", "release"]);
}

#[test]
fn one_of_another_program_is_refused() {
    let dir = used();
    overwrite(&database_in(dir.path()), APPLICATION_ID, b"else");
    assert_refused_and_untouched(dir.path(), 3, &["not a database of API keys"]);
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(database_in(dir.path()), "Dear diary, today I made an API key.\n".repeat(200)).unwrap();
    assert_refused_and_untouched(dir.path(), 3, &["not a database of API keys"]);
    assert!(!keys_tests::server::pepper_in(dir.path()).exists(), "no pepper is made for what is refused");
}

#[test]
fn a_damaged_one_is_refused() {
    let dir = used();
    // Behind the header of the first page lies the schema.
    overwrite(&database_in(dir.path()), 100, &[0xa5; 3000]);
    assert_refused_and_untouched(dir.path(), 3, &["is damaged"]);
}

#[test]
fn an_older_copy_is_refused() {
    let dir = used();
    let database = database_in(dir.path());
    let copy = fs::read(&database).unwrap();
    let server = TestServer::start_in(dir.path());
    let key = create_key(&server.client(), "/v1/apikeys", "deactivated after the copy");
    let _ = server.client().post(&key.action("deactivate"), &serde_json::json!({})).expect(202);
    assert_eq!(server.stop().code(), Some(0));
    fs::write(&database, copy).unwrap();
    assert_refused_and_untouched(dir.path(), 3, &["anchor", "review"]);
}

#[test]
fn a_folder_in_its_place_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(database_in(dir.path())).unwrap();
    assert_refused(&Launch::in_dir(dir.path()).run(), 3, &["is not a file"]);
}

#[test]
fn a_data_directory_that_cannot_be_made_is_a_failure() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let said = ["data directory", "choose another with --data-dir"];
    assert_refused(&Launch::in_dir(&file.join("keys-data")).run(), 1, &said);
}
