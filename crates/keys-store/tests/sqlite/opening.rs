//! What opening refuses, what it says, and that it leaves what it refuses as it was.

use std::fs;
use std::path::{Path, PathBuf};

use keys_store::conformance::sample;
use keys_store::{
    BackendErrorKind, CommitError, KeyStore as _, OpenError, OpenMode, SqliteStore, StoreUrl, Write,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::child::{self, Part, WORD};
use crate::own;

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    (folder, path)
}

/// The refusal, after checking that the file was left byte for byte and that the message says what to do.
#[track_caller]
fn refused(path: &Path, mode: OpenMode) -> OpenError {
    let before = fs::read(path).ok();
    let error = SqliteStore::open(path, mode).unwrap_err();
    assert_eq!(fs::read(path).ok(), before, "{error}");
    let text = error.to_string();
    assert!(text.contains(path.file_name().unwrap().to_str().unwrap()), "{text}");
    assert!(text.contains([';', ':', '.']), "no advice in: {text}");
    error
}

#[test]
fn an_empty_place_and_an_empty_file_become_a_database() {
    let (folder, path) = place();
    let deep = folder.path().join("a/b/keys.sqlite3");
    drop(own(&deep));
    fs::write(&path, "").unwrap();
    sample::environment(&own(&path), 1);
    assert_eq!(sample::head_revision(&own(&path)).number(), 1);

    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(deep.parent().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600, "a file that was open to others is closed");
}

#[test]
fn what_is_no_database_of_ours_is_left_as_it_is() {
    let (_folder, path) = place();
    fs::write(&path, "once upon a time there was a text\n".repeat(300)).unwrap();
    for mode in [OpenMode::Own, OpenMode::ReadOnly] {
        assert!(matches!(refused(&path, mode), OpenError::Foreign { .. }));
    }
    fs::write(&path, "short").unwrap();
    assert!(matches!(refused(&path, OpenMode::Own), OpenError::Foreign { .. }));

    for sql in [
        "CREATE TABLE keys (id); INSERT INTO keys VALUES (1)",
        "PRAGMA application_id = 7",
        "PRAGMA user_version = 1",
        "PRAGMA journal_mode = WAL; CREATE TABLE others (id)",
    ] {
        fs::remove_file(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        for mode in [OpenMode::Own, OpenMode::ReadOnly] {
            assert!(matches!(refused(&path, mode), OpenError::Foreign { .. }), "{sql}");
        }
    }
}

#[test]
fn a_later_schema_is_refused() {
    let (_folder, path) = place();
    drop(own(&path));
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 999").unwrap();
    for mode in [OpenMode::Own, OpenMode::ReadOnly] {
        let error = refused(&path, mode);
        assert!(matches!(error, OpenError::Newer { found: 999, supported: ..999, .. }), "{error}");
    }
}

#[test]
fn a_schema_that_was_altered_is_refused() {
    let (_folder, path) = place();
    drop(own(&path));
    Connection::open(&path).unwrap().execute_batch("DROP INDEX keys_present_all_id").unwrap();
    assert!(matches!(refused(&path, OpenMode::Own), OpenError::Corrupt { .. }));
}

#[test]
fn an_audit_chain_that_was_shortened_or_altered_at_its_end_is_refused() {
    for sql in [
        "DELETE FROM audit WHERE id = 3",
        "DELETE FROM audit",
        "UPDATE audit SET action = 'key.edit' WHERE id = 3",
        "UPDATE audit SET link = zeroblob(32) WHERE id = 2",
        "UPDATE head SET revision = 2",
        "UPDATE counters SET last = 0 WHERE family = 'credential'",
        "UPDATE counters SET last = 0 WHERE family = 'account'",
        "DELETE FROM head",
        "DELETE FROM counters",
    ] {
        let (_folder, path) = place();
        let store = own(&path);
        let owner = sample::owner(&store, 1);
        sample::key(&store, owner, 1);
        sample::key(&store, owner, 2);
        drop(store);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let error = refused(&path, OpenMode::Own);
        assert!(matches!(error, OpenError::Corrupt { .. }), "{sql}: {error}");
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let (outer, path) = place();
    let folder = tempfile::tempdir_in(&outer).unwrap();
    assert!(matches!(refused(folder.path(), OpenMode::Own), OpenError::NotAFile { .. }));
    assert!(matches!(refused(folder.path(), OpenMode::ReadOnly), OpenError::NotAFile { .. }));
    assert_eq!(fs::read_dir(&outer).unwrap().count(), 1, "nothing is made beside it");
    fs::write(&path, "").unwrap();
    let below = path.join("keys.sqlite3");
    let error = SqliteStore::open(&below, OpenMode::Own).unwrap_err();
    assert!(matches!(error, OpenError::Io { .. }), "{error}");
    for path in ["", "/", ".."] {
        assert!(SqliteStore::open(Path::new(path), OpenMode::Own).is_err(), "{path:?}");
        assert!(SqliteStore::open(Path::new(path), OpenMode::ReadOnly).is_err(), "{path:?}");
    }
}

#[test]
fn where_nothing_can_be_written_that_is_said() {
    // Not even root may make a file there.
    let error = SqliteStore::open(Path::new("/proc/self/keys.sqlite3"), OpenMode::Own).unwrap_err();
    let sorted = matches!(
        error,
        OpenError::Permissions { .. } | OpenError::ReadOnlyFile { .. } | OpenError::Io { .. }
    );
    assert!(sorted, "{error}");
}

#[test]
fn nothing_is_made_for_a_reader() {
    let (folder, path) = place();
    assert!(matches!(refused(&path, OpenMode::ReadOnly), OpenError::Missing { .. }));
    fs::write(&path, "").unwrap();
    assert!(matches!(refused(&path, OpenMode::ReadOnly), OpenError::Missing { .. }));
    assert!(!folder.path().join("keys.sqlite3.lock").exists());
}

#[test]
fn a_second_owner_is_refused_whatever_name_it_uses() {
    let (folder, path) = place();
    let first = own(&path);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for name in [&path, &link, &folder.path().join("./keys.sqlite3")] {
        let error = SqliteStore::open(name, OpenMode::Own).unwrap_err();
        let here = std::process::id();
        assert!(matches!(error, OpenError::Locked { process: Some(id), .. } if id == here), "{error}");
    }
    sample::environment(&first, 1);
    drop(first);
    drop(own(&link));
}

#[test]
#[ignore = "the process that holds the lock; started by `a_lock_dies_with_its_process`"]
fn owns_until_it_is_killed() {
    let Some(database) = child::database() else { return };
    let store = own(&database);
    sample::environment(&store, 1);
    println!("{WORD}open");
    // Nothing comes: the other process holds the other end until it kills this one.
    std::io::read_to_string(std::io::stdin()).unwrap();
}

#[test]
fn a_lock_dies_with_its_process() {
    let (_folder, path) = place();
    let mut part = Part::play("opening::owns_until_it_is_killed", &path);
    assert_eq!(part.hear().as_deref(), Some("open"));
    let error = SqliteStore::open(&path, OpenMode::Own).unwrap_err();
    assert!(matches!(error, OpenError::Locked { process: Some(id), .. } if id == part.id()), "{error}");
    assert!(error.to_string().contains("stop that process"), "{error}");
    let reader = SqliteStore::open(&path, OpenMode::ReadOnly).unwrap();
    assert_eq!(sample::head_revision(&reader).number(), 1);
    part.kill();
    assert_eq!(sample::head_revision(&own(&path)).number(), 1);
}

#[test]
fn a_reader_follows_its_owner_and_writes_nothing() {
    let (_folder, path) = place();
    let owner = own(&path);
    sample::environment(&owner, 1);
    let reader = SqliteStore::open(&path, OpenMode::ReadOnly).unwrap();
    for n in 2..10 {
        sample::environment(&owner, n);
        assert_eq!(sample::store_picture(&reader), sample::store_picture(&owner));
    }
    let result = sample::commit(&reader, Write::InsertEnvironment(sample::new_environment(99)));
    let Err(CommitError::Failed(error)) = result else { panic!("{result:?}") };
    assert_eq!(error.kind(), BackendErrorKind::ReadOnly);
    reader.barrier().unwrap();
    drop(owner);
    assert_eq!(sample::head_revision(&reader).number(), 9);
    let next = own(&path);
    sample::environment(&next, 10);
    assert_eq!(sample::head_revision(&reader).number(), 10);
}

#[test]
fn a_store_url_opens_its_store() {
    let (_folder, path) = place();
    let url: StoreUrl = format!("sqlite:{}", path.display()).parse().unwrap();
    assert!(matches!(url.open(OpenMode::ReadOnly), Err(OpenError::Missing { .. })));
    let store = url.open(OpenMode::Own).unwrap();
    sample::environment(&*store, 1);
    assert!(matches!(url.open(OpenMode::Own), Err(OpenError::Locked { .. })));
    assert_eq!(sample::head_revision(&*url.open(OpenMode::ReadOnly).unwrap()).number(), 1);
    assert_eq!(sample::head_revision(&*StoreUrl::Memory.open(OpenMode::Own).unwrap()).number(), 0);
}

#[test]
fn names_that_sqlite_would_read_otherwise_are_names() {
    let folder = tempfile::tempdir().unwrap();
    for name in [":memory:", "file:x?mode=memory", "a b%20c#d", "ключи"] {
        let path = folder.path().join(name);
        sample::environment(&own(&path), 1);
        assert!(path.is_file(), "{name}");
        assert_eq!(sample::head_revision(&own(&path)).number(), 1);
    }
}
