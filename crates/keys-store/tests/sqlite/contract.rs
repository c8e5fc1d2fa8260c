//! The conformance suite, on files.

use keys_store::{OpenMode, SqliteStore, conformance_tests};
use tempfile::TempDir;

type Kept = (SqliteStore, TempDir);

fn open(folder: TempDir) -> Kept {
    let store = SqliteStore::open(&folder.path().join("keys.sqlite3"), OpenMode::Own).unwrap();
    (store, folder)
}

fn new() -> Kept {
    open(tempfile::tempdir().unwrap())
}

fn reopen((store, folder): Kept) -> Kept {
    drop(store);
    open(folder)
}

conformance_tests!(sqlite, new, reopen: reopen);
