//! A large database, made once and kept.

use std::fs;
use std::path::{Path, PathBuf};

use keys_store::conformance::{many, sample};
use keys_store::{OpenMode, SqliteStore};

/// So many owners share the keys.
pub(crate) const OWNERS: u64 = 100;

/// Where a database of so many keys is; made if it is not there. Takes a minute for every million.
pub(crate) fn database(keys: u64) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{keys}-keys"));
    let done = folder.join("done");
    let path = folder.join("keys.sqlite3");
    if !done.exists() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let store = SqliteStore::open(&path, OpenMode::Own).unwrap();
        let owners: Vec<_> = (1..=OWNERS).map(|n| sample::owner(&store, n)).collect();
        many::keys(&store, &owners, keys);
        drop(store);
        fs::write(&done, "").unwrap();
    }
    path
}
