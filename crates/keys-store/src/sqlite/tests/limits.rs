//! Ends: of the disk, of a counter, of what others may do with the files.

use keys_core::NewKey;

use super::super::connect;
use super::Bench;
use crate::conformance::sample;
use crate::error::{BackendErrorKind, CommitError};
use crate::store::{KeyStore as _, Write};

#[track_caller]
fn full<T: std::fmt::Debug>(result: Result<T, CommitError>) {
    match result {
        Err(CommitError::Failed(error)) => assert_eq!(error.kind(), BackendErrorKind::Full),
        other => panic!("it was to be full: {other:?}"),
    }
}

#[test]
fn when_nothing_more_fits_nothing_changes_and_a_deactivation_still_goes() {
    let bench = Bench::new();
    let owner = bench.owner();
    let record = sample::key(&bench.store, owner, 1);
    // Not a page more than there are. Large keys, so that it is they that need one and not the audit chain.
    let large = |n| NewKey {
        description: Some(sample::description(&"x".repeat(1_000))),
        ..sample::new_key(owner, n)
    };
    bench.before_next_batch("PRAGMA max_page_count = 1");
    let mut kept = 2;
    let refused = loop {
        let before = sample::store_picture(&bench.store);
        match sample::commit(&bench.store, Write::InsertKey(large(kept))) {
            Ok(_) => kept += 1,
            Err(error) => break (error, before),
        }
        assert!(kept < 10_000, "a file without room takes no end of keys");
    };
    full(Err::<(), _>(refused.0));
    assert_eq!(sample::store_picture(&bench.store), refused.1);
    bench.store.commit(vec![super::deactivation(record)]).unwrap();
    assert_eq!(bench.store.failed(), None);

    bench.before_next_batch("PRAGMA max_page_count = 1000000");
    sample::key(&bench.store, owner, kept);
    let before = sample::store_picture(&bench.store);
    assert_eq!(sample::store_picture(&bench.reopen().store), before);
}

#[test]
fn the_last_number_is_given_and_then_no_more() {
    let bench = Bench::new();
    let owner = bench.owner();
    bench.before_next_batch("UPDATE counters SET last = 9223372036854775806 WHERE family = 'credential'");
    let last = sample::key(&bench.store, owner, 1);
    assert_eq!(last.parts().id.to_string(), "1c9223372036854775807");
    full(sample::commit(&bench.store, Write::InsertKey(sample::new_key(owner, 2))));
    bench.new_environment(2).unwrap();
    let bench = bench.reopen();
    full(sample::commit(&bench.store, Write::InsertKey(sample::new_key(owner, 2))));
    let id = last.parts().id;
    assert!(bench.store.key(crate::Reach::AllOwners, id).unwrap().is_some());
}

#[test]
fn the_last_revision_is_given_and_then_no_more() {
    let bench = Bench::new();
    bench.new_environment(1).unwrap();
    // The head is read anew when somebody else has written.
    let shell = rusqlite::Connection::open(&bench.path).unwrap();
    shell.execute_batch("UPDATE head SET revision = 9223372036854775807").unwrap();
    full(bench.new_environment(2));
}

#[cfg(unix)]
#[test]
fn every_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let bench = Bench::new();
    let owner = bench.owner();
    let record = sample::key(&bench.store, owner, 1);
    bench.store.commit(vec![super::deactivation(record)]).unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(bench.path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let name = entry.file_name().into_string().unwrap();
        assert_eq!(mode, 0o600, "{name}");
        names.push(name);
    }
    names.sort();
    assert_eq!(
        names,
        ["keys.sqlite3", "keys.sqlite3-shm", "keys.sqlite3-wal", "keys.sqlite3.anchor", "keys.sqlite3.lock"]
    );
}

#[test]
fn an_orderly_end_leaves_no_log() {
    let bench = Bench::new();
    bench.new_environment(1).unwrap();
    let Bench { store, path, _folder, .. } = bench;
    drop(store);
    assert!(!crate::files::beside(&path, "-wal").exists());
}

#[test]
fn what_durability_and_safety_rest_on_is_switched_on() {
    let bench = Bench::new();
    let writer = connect::writer(&bench.path).unwrap();
    let reader = connect::reader(&bench.path).unwrap();
    let ask = |connection: &rusqlite::Connection, pragma: &str| {
        connection
            .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, rusqlite::types::Value>(0))
            .unwrap()
    };
    for (pragma, expected) in [
        ("synchronous", 2),
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("busy_timeout", 5000),
    ] {
        assert_eq!(ask(&writer, pragma), expected.into(), "{pragma}");
    }
    assert_eq!(ask(&writer, "journal_mode"), "wal".to_owned().into());
    assert_eq!(ask(&reader, "query_only"), 1.into());
    assert!(reader.execute_batch("UPDATE head SET revision = 7").is_err());
    assert!(writer.execute_batch("ATTACH '' AS other").is_err());
}
