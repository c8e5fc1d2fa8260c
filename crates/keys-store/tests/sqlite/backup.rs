//! Copies made beside the owner: one moment, whole, private, and never in the way of another file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use keys_core::Transition;
use keys_store::conformance::sample;
use keys_store::sqlite::{BackUpError, back_up};
use keys_store::{KeyQuery, KeyStore, OpenError, OpenMode, Reach, SqliteStore};

use crate::{own, transition};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn keys(store: &dyn KeyStore) -> usize {
    store.keys(Reach::AllOwners, &KeyQuery { limit: 10_000, ..KeyQuery::default() }).unwrap().items.len()
}

#[test]
fn a_copy_is_a_database_of_one_moment_beside_a_busy_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    let copies = tempfile::tempdir().unwrap();
    let owner = own(&path);
    let environment = sample::owner(&owner, 1);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut n = 0;
            while !done.load(Ordering::Relaxed) {
                sample::key(&owner, environment, n);
                n += 1;
            }
            n
        });
        for n in 0..5 {
            let copy = copies.path().join(format!("copy-{n}.sqlite3"));
            let made = back_up(&path, &copy).unwrap();
            assert_eq!(fs::metadata(&copy).unwrap().len(), made.bytes);
            assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
            let store = SqliteStore::open(&copy, OpenMode::ReadOnly).unwrap();
            assert_eq!(store.head().unwrap(), made.head);
            assert_eq!(store.quick_check().unwrap(), [""; 0]);
            // Each key has its event, behind that of the environment.
            let events = store.audit(None, 10_000).unwrap().len();
            assert_eq!(keys(&store) + 1, events, "of one moment");
        }
        done.store(true, Ordering::Relaxed);
        assert!(writing.join().unwrap() > 0);
    });
    assert_eq!(names(copies.path()), (0..5).map(|n| format!("copy-{n}.sqlite3")).collect::<Vec<_>>());
}

#[test]
fn a_copy_takes_the_place_of_a_lost_database_and_the_anchor_knows_an_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    let copy = folder.path().join("copy.sqlite3");
    let owner = own(&path);
    let environment = sample::owner(&owner, 1);
    let key = sample::key(&owner, environment, 1);
    back_up(&path, &copy).unwrap();
    // Beside a lost database it is the database.
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("keys.sqlite3");
    fs::copy(&copy, &moved).unwrap();
    let store = own(&moved);
    assert_eq!((keys(&store), store.head().unwrap()), (1, owner.head().unwrap()));
    sample::key(&store, environment, 2);
    // What was taken back since is what the anchor remembers.
    transition(&owner, key, Transition::Deactivate);
    drop(owner);
    fs::rename(&copy, &path).unwrap();
    let refused = SqliteStore::open(&path, OpenMode::Own).unwrap_err();
    assert!(matches!(refused, OpenError::RolledBack { .. }), "{refused}");
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    let copy = folder.path().join("copy.sqlite3");
    let missing = back_up(&path, &copy).unwrap_err();
    assert!(matches!(missing, BackUpError::Source(OpenError::Missing { .. })), "{missing:?}");
    let owner = own(&path);
    sample::owner(&owner, 1);

    fs::write(&copy, "mine").unwrap();
    let taken = back_up(&path, &copy).unwrap_err();
    assert!(matches!(taken, BackUpError::Taken { .. }), "{taken:?}");
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");
    assert!(matches!(back_up(&path, &path), Err(BackUpError::Taken { .. })), "nor over itself");
    fs::remove_file(&copy).unwrap();
    std::os::unix::fs::symlink("nowhere", &copy).unwrap();
    assert!(matches!(back_up(&path, &copy), Err(BackUpError::Taken { .. })), "a link is something, too");
    fs::remove_file(&copy).unwrap();

    let part = folder.path().join("copy.sqlite3.part");
    fs::write(&part, "half").unwrap();
    let unfinished = back_up(&path, &copy).unwrap_err();
    assert!(unfinished.to_string().contains("copy.sqlite3.part"), "{unfinished}");
    assert_eq!(fs::read_to_string(&part).unwrap(), "half", "it may be another's");
    fs::remove_file(&part).unwrap();
    let before = names(folder.path());
    let nowhere = back_up(&path, &folder.path().join("no/folder/copy.sqlite3")).unwrap_err();
    assert!(matches!(nowhere, BackUpError::Target { .. }), "{nowhere:?}");
    assert_eq!(names(folder.path()), before);
}

#[test]
fn a_damaged_database_makes_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    let owner = own(&path);
    let environment = sample::owner(&owner, 1);
    for n in 0..40 {
        sample::key(&owner, environment, n);
    }
    drop(owner);
    // A bit of the tag of one key.
    let connection = rusqlite::Connection::open(&path).unwrap();
    let turned = "UPDATE keys SET tag = zeroblob(32) WHERE id = 17";
    assert_eq!(connection.execute(turned, []).unwrap(), 1);
    drop(connection);
    let copy = folder.path().join("copy.sqlite3");
    let damaged = back_up(&path, &copy).unwrap_err();
    assert!(matches!(&damaged, BackUpError::Damaged { what } if what.contains("keys")), "{damaged:?}");
    // Reading leaves files of its own beside the database.
    assert!(!names(folder.path()).iter().any(|name| name.starts_with("copy")), "{:?}", names(folder.path()));
}
