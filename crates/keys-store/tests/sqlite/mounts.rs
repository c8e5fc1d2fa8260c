//! File systems that are full or cannot be written to, for real.

use std::path::{Path, PathBuf};
use std::process::Command;

use keys_core::Transition;
use keys_store::conformance::sample;
use keys_store::{BackendErrorKind, CommitError, KeyStore as _, OpenError, OpenMode, SqliteStore, Write};
use tempfile::TempDir;

use crate::{moved, own};

/// A file system of one mebibyte in memory, gone when dropped.
struct Small {
    folder: TempDir,
}

impl Small {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        run("mount", &["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path().to_str().unwrap()]);
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("keys.sqlite3")
    }

    fn remount(&self, how: &str) {
        let options = format!("remount,{how}");
        run("mount", &["-o", &options, self.folder.path().to_str().unwrap()]);
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}

fn run(program: &str, arguments: &[&str]) {
    assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program} {arguments:?}");
}

#[test]
#[ignore = "needs the right to mount"]
fn a_disk_that_is_full_refuses_and_goes_on_once_there_is_room() {
    let small = Small::new();
    let store = own(&small.path());
    let owner = sample::owner(&store, 1);
    let first = sample::key(&store, owner, 1);
    let (mut kept, mut before);
    kept = 2;
    let error = loop {
        before = sample::store_picture(&store);
        match sample::commit(&store, Write::InsertKey(sample::new_key(owner, kept))) {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 10_000, "a mebibyte takes no end of keys");
    };
    let (CommitError::Failed(cause) | CommitError::Unknown(cause)) = &error else { panic!("{error:?}") };
    assert_eq!(cause.kind(), BackendErrorKind::Full, "{error:?}");
    if matches!(error, CommitError::Failed(_)) {
        assert_eq!(sample::store_picture(&store), before);
    }
    assert_eq!(store.failed(), None);

    small.remount("size=2m");
    match sample::commit(&store, Write::InsertKey(sample::new_key(owner, kept))) {
        // An unknown one may have happened.
        Ok(_) | Err(CommitError::Refused { .. }) => {}
        Err(error) => panic!("{error:?}"),
    }
    store.commit(vec![moved(first, Transition::Deactivate)]).unwrap();
    let before = sample::store_picture(&store);
    drop(store);
    assert_eq!(sample::store_picture(&own(&small.path())), before);
}

#[test]
#[ignore = "needs the right to mount"]
fn a_start_on_a_full_disk_says_so() {
    let small = Small::new();
    std::fs::write(small.folder.path().join("ballast"), vec![0; 1024 * 1024]).unwrap();
    let error = SqliteStore::open(&small.path(), OpenMode::Own).unwrap_err();
    assert!(matches!(error, OpenError::Full { .. }), "{error}");
}

#[test]
#[ignore = "needs the right to mount"]
fn a_file_system_that_cannot_be_written_to_is_said() {
    let small = Small::new();
    drop(own(&small.path()));
    small.remount("ro");
    let error = SqliteStore::open(&small.path(), OpenMode::Own).unwrap_err();
    assert!(matches!(error, OpenError::ReadOnlyFile { .. }), "{error}");
    assert!(SqliteStore::open(Path::new(&small.path()), OpenMode::Own).is_err());
}
