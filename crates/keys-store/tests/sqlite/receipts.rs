//! Receipts in a file: what is erased is nowhere any more, and what is damaged is not believed.

use std::fs;
use std::path::{Path, PathBuf};

use keys_core::{KeyId, Owner, ReceiptSweep, Timestamp, Transition};
use keys_store::conformance::sample;
use keys_store::{BackendErrorKind, Change, KeyStore, OpenMode, Reach, SqliteStore, Write};

use crate::{own, transition};

/// A database in a folder of its own.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn database(&self) -> PathBuf {
        self.0.path().join("keys.sqlite3")
    }

    /// The files in which a text is found.
    fn found_in(&self, text: &str) -> Vec<String> {
        let files = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
        let holds =
            |path: &PathBuf| fs::read(path).unwrap().windows(text.len()).any(|at| at == text.as_bytes());
        let mut found: Vec<_> = files.filter(holds).map(|path| name(&path)).collect();
        found.sort();
        found
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// Makes key number `n` with receipt number `n`.
fn key(store: &dyn KeyStore, owner: Owner, n: u64) {
    let change = sample::change(Write::InsertKey(sample::new_key(owner, n)));
    store.commit(vec![Change { receipt: Some(sample::new_receipt(n)), ..change }]).unwrap();
}

/// The digits of a sealed secret by which it could be opened.
fn canary(n: u64) -> String {
    sample::sealed_secret(n).to_string()
}

const NOTHING_DUE: ReceiptSweep =
    ReceiptSweep { secrets_before: Timestamp::MIN, receipts_before: Timestamp::MIN };

#[test]
fn a_secret_that_was_erased_is_in_no_file_after_the_next_sweep() {
    let folder = Folder::new();
    let store = own(&folder.database());
    let owner = sample::owner(&store, 1);
    for n in 1..5 {
        key(&store, owner, n);
    }
    // Written to the database and to the log, so that both are to be cleaned.
    assert_eq!(store.sweep_receipts(&NOTHING_DUE).unwrap(), 0);
    assert_eq!(folder.found_in(&canary(1)), ["keys.sqlite3"]);
    key(&store, owner, 5);
    assert_eq!(folder.found_in(&canary(5)), ["keys.sqlite3-wal"]);

    // One is confirmed, one goes with its key, two are too old, one stays.
    assert!(store.erase_receipt_secret(&sample::receipt_name(1)).unwrap());
    let record = store.key(Reach::AllOwners, KeyId::new(2).unwrap()).unwrap().unwrap();
    let inactive = transition(&store, record, Transition::Deactivate);
    transition(&store, inactive, Transition::Delete);
    assert!(store.erase_receipt_secret(&sample::receipt_name(5)).unwrap());
    assert!(!folder.found_in(&canary(5)).is_empty(), "it is still in the log: the next line has a reason");
    assert_eq!(store.sweep_receipts(&NOTHING_DUE).unwrap(), 0);
    for n in [1, 2, 5] {
        assert_eq!(folder.found_in(&canary(n)), [] as [&str; 0], "{n}");
    }
    assert_eq!(folder.found_in(&canary(3)), ["keys.sqlite3"]);
    let all = ReceiptSweep { secrets_before: Timestamp::MAX, receipts_before: Timestamp::MIN };
    assert_eq!(store.sweep_receipts(&all).unwrap(), 2);
    for n in 1..6 {
        assert_eq!(folder.found_in(&canary(n)), [] as [&str; 0], "{n}");
    }
}

#[test]
fn a_receipt_that_was_dropped_is_in_no_file() {
    let folder = Folder::new();
    let store = own(&folder.database());
    let owner = sample::owner(&store, 1);
    (1..20).for_each(|n| key(&store, owner, n));
    let all = ReceiptSweep { secrets_before: Timestamp::MAX, receipts_before: Timestamp::MAX };
    assert_eq!(store.sweep_receipts(&all).unwrap(), 19);
    for n in 1..20 {
        assert_eq!(folder.found_in(&canary(n)), [] as [&str; 0], "{n}");
    }
}

#[test]
fn while_somebody_reads_a_sweep_leaves_the_log_to_the_next() {
    let folder = Folder::new();
    let store = own(&folder.database());
    let owner = sample::owner(&store, 1);
    key(&store, owner, 1);
    let reader = rusqlite::Connection::open(folder.database()).unwrap();
    let snapshot = reader.unchecked_transaction().unwrap();
    snapshot.query_row("SELECT count(*) FROM receipts", [], |_| Ok(())).unwrap();
    assert!(store.erase_receipt_secret(&sample::receipt_name(1)).unwrap());
    assert_eq!(store.sweep_receipts(&NOTHING_DUE).unwrap(), 0);
    assert!(!folder.found_in(&canary(1)).is_empty());
    drop(snapshot);
    assert_eq!(store.sweep_receipts(&NOTHING_DUE).unwrap(), 0);
    assert_eq!(folder.found_in(&canary(1)), [] as [&str; 0]);
}

#[test]
fn what_a_process_that_was_killed_has_erased_is_gone_after_the_first_sweep_of_the_next() {
    let folder = Folder::new();
    let store = own(&folder.database());
    let owner = sample::owner(&store, 1);
    key(&store, owner, 1);
    assert!(store.erase_receipt_secret(&sample::receipt_name(1)).unwrap());
    // What is on the disk now is what a kill leaves.
    let left = Folder::new();
    for suffix in ["", "-wal", ".anchor"] {
        let from = folder.0.path().join(format!("keys.sqlite3{suffix}"));
        if from.exists() {
            fs::copy(&from, left.0.path().join(name(&from))).unwrap();
        }
    }
    assert!(!left.found_in(&canary(1)).is_empty(), "the log holds it still");
    let store = own(&left.database());
    assert_eq!(store.sweep_receipts(&NOTHING_DUE).unwrap(), 0);
    assert_eq!(left.found_in(&canary(1)), [] as [&str; 0]);
    assert!(store.receipt(&sample::receipt_name(1)).unwrap().is_some_and(|receipt| receipt.secret.is_none()));
}

#[test]
fn a_receipt_that_is_not_what_was_written_is_not_believed() {
    let corrupt = |sql: &str| {
        let folder = Folder::new();
        let path = folder.database();
        let store = own(&path);
        let owner = sample::owner(&store, 1);
        key(&store, owner, 1);
        drop(store);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let store = SqliteStore::open(&path, OpenMode::ReadOnly).unwrap();
        store.receipt(&sample::receipt_name(1)).err().map(|error| error.kind())
    };
    assert_eq!(corrupt("UPDATE receipts SET at = at"), None);
    for sql in [
        "UPDATE receipts SET at = at + 1",
        "UPDATE receipts SET made = 'key/1c2'",
        "UPDATE receipts SET fingerprint = randomblob(32)",
        "UPDATE receipts SET seal = seal + 1",
        "UPDATE receipts SET secret = replace(secret, 'sealed-1-', 'sealed-2-')",
    ] {
        assert_eq!(corrupt(sql), Some(BackendErrorKind::Corrupt), "{sql}");
    }
}
