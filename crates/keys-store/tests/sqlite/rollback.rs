//! A restored backup, a snapshot, a database of somebody else: what was taken away must not come back unnoticed.

use std::fs;
use std::path::{Path, PathBuf};

use keys_core::{KeyRecord, Transition};
use keys_store::conformance::sample;
use keys_store::{KeyStore as _, OpenError, OpenMode, Reach, SqliteStore};
use tempfile::TempDir;

use crate::{own, transition};

struct Place {
    _folder: TempDir,
    path: PathBuf,
    anchor: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.sqlite3");
        let anchor = folder.path().join("keys.sqlite3.anchor");
        Self { _folder: folder, path, anchor }
    }

    fn refused(&self) -> OpenError {
        SqliteStore::open(&self.path, OpenMode::Own).unwrap_err()
    }
}

/// A database with one Active key, and a backup of it.
fn backed_up(place: &Place) -> (KeyRecord, Vec<u8>) {
    let store = own(&place.path);
    let owner = sample::owner(&store, 1);
    let record = sample::key(&store, owner, 1);
    drop(store);
    (record, fs::read(&place.path).unwrap())
}

fn deactivate(path: &Path, record: KeyRecord) {
    transition(&own(path), record, Transition::Deactivate);
}

#[test]
fn yesterdays_copy_is_refused_and_the_way_out_is_said() {
    let place = Place::new();
    let (record, backup) = backed_up(&place);
    deactivate(&place.path, record.clone());
    fs::write(&place.path, &backup).unwrap();

    let error = place.refused();
    assert!(matches!(error, OpenError::RolledBack { found: Some(_), .. }), "{error}");
    let text = error.to_string();
    for part in ["1al2", "1al3", "keyctl", "list", place.anchor.to_str().unwrap(), "Active again"] {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
    assert_eq!(fs::read(&place.path).unwrap(), backup);

    // The review: reading goes, and shows the key that came back.
    let reader = SqliteStore::open(&place.path, OpenMode::ReadOnly).unwrap();
    let id = record.parts().id;
    assert!(reader.key(Reach::AllOwners, id).unwrap().is_some());
    drop(reader);
    // Knowingly.
    fs::remove_file(&place.anchor).unwrap();
    deactivate(&place.path, record);
    drop(own(&place.path));
}

#[test]
fn a_database_that_is_gone_is_not_made_anew_over_its_anchor() {
    let place = Place::new();
    let (record, _) = backed_up(&place);
    deactivate(&place.path, record);
    fs::remove_file(&place.path).unwrap();
    assert!(matches!(place.refused(), OpenError::RolledBack { found: None, .. }));
    fs::write(&place.path, "").unwrap();
    assert!(matches!(place.refused(), OpenError::RolledBack { found: None, .. }));
}

#[test]
fn a_copy_that_went_another_way_is_refused() {
    let place = Place::new();
    let (record, backup) = backed_up(&place);
    deactivate(&place.path, record);
    let anchor = fs::read(&place.anchor).unwrap();

    let other = Place::new();
    fs::write(&other.path, &backup).unwrap();
    let store = own(&other.path);
    sample::environment(&store, 2);
    sample::environment(&store, 3);
    drop(store);
    fs::write(&other.anchor, anchor).unwrap();
    let error = other.refused();
    assert!(matches!(error, OpenError::Forked { .. }), "{error}");
    assert!(error.to_string().contains("keyctl"));
}

#[test]
fn what_takes_nothing_away_may_be_rolled_back() {
    // Losing what widened or renamed is a loss, not a danger; no start is refused for it.
    let place = Place::new();
    let (_, backup) = backed_up(&place);
    sample::environment(&own(&place.path), 2);
    fs::write(&place.path, &backup).unwrap();
    assert_eq!(sample::head_revision(&own(&place.path)).number(), 2);
}

#[test]
fn a_backup_that_is_newer_than_its_anchor_opens() {
    let place = Place::new();
    let (record, _) = backed_up(&place);
    deactivate(&place.path, record);
    let anchor = fs::read(&place.anchor).unwrap();
    sample::environment(&own(&place.path), 2);
    fs::write(&place.anchor, anchor).unwrap();
    drop(own(&place.path));
}

#[test]
fn an_anchor_that_cannot_be_read_is_not_ignored() {
    let place = Place::new();
    let (record, _) = backed_up(&place);
    deactivate(&place.path, record);
    let good = fs::read_to_string(&place.anchor).unwrap();
    assert!(good.starts_with("keys-anchor-1 1al3 ") && good.ends_with('\n'), "{good}");
    for bad in ["", "\n", "keys-anchor-2 1al3 00\n", &good.to_uppercase(), &good.repeat(2), good.trim_end()] {
        fs::write(&place.anchor, bad).unwrap();
        let error = place.refused();
        assert!(matches!(error, OpenError::Anchor { .. }), "{bad:?}: {error}");
        assert!(error.to_string().contains("remove"), "{error}");
    }
    fs::write(&place.anchor, vec![0xff; 5000]).unwrap();
    assert!(matches!(place.refused(), OpenError::Anchor { .. }));
    fs::remove_file(&place.anchor).unwrap();
    fs::create_dir(&place.anchor).unwrap();
    assert!(matches!(place.refused(), OpenError::Anchor { .. }));
}
