//! What can be seen from inside only: accidents at the commit, how the writer groups, which index a list walks.

mod accidents;
mod anchoring;
mod cost;
mod grouping;
mod limits;
mod lists;
mod log_in;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use keys_core::{Action, KeyRecord, Owner, Revision, SettingName, SettingValue, Transition};
use rusqlite::Connection;
use tempfile::TempDir;

use super::SqliteStore;
use super::fault::Fault;
use crate::conformance::sample;
use crate::error::CommitError;
use crate::listener::{ChangeListener, Published, Touched};
use crate::open::OpenMode;
use crate::store::{Change, Committed, KeyStore as _, Write};

/// What is arranged to go wrong: accidents at the next commits, and SQL that the writer runs before its next batch.
#[derive(Debug, Default)]
pub(super) struct Accidents {
    commits: Mutex<Vec<Accident>>,
    sql: Mutex<Vec<String>>,
}

/// What happens at a commit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Accident {
    /// It goes well.
    None,
    /// It is committed, and an error is told all the same.
    CommittedAndError,
    /// It is rolled back with an I/O error.
    RolledBackAndError,
    /// It is rolled back because the disk is full.
    RolledBackAndFull,
    /// The thread panics.
    Panic,
}

impl Accidents {
    pub(super) fn next(&self) -> Option<Accident> {
        let mut accidents = self.commits.lock().unwrap();
        if accidents.is_empty() { None } else { Some(accidents.remove(0)) }
    }

    pub(super) fn before_batch(&self, connection: &Connection) {
        for sql in self.sql.lock().unwrap().drain(..) {
            connection.execute_batch(&sql).unwrap();
        }
    }
}

impl Accident {
    pub(super) fn happen(self, connection: &Connection) -> Result<(), Fault> {
        let error =
            |code| Fault::Sqlite(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        let sql = match self {
            Self::None | Self::CommittedAndError => "COMMIT",
            Self::RolledBackAndError | Self::RolledBackAndFull | Self::Panic => "ROLLBACK",
        };
        connection.execute_batch(sql)?;
        match self {
            Self::None => Ok(()),
            Self::CommittedAndError | Self::RolledBackAndError => {
                Err(error(rusqlite::ffi::SQLITE_IOERR_FSYNC))
            }
            Self::RolledBackAndFull => Err(error(rusqlite::ffi::SQLITE_FULL)),
            Self::Panic => panic!("an accident was arranged"),
        }
    }
}

/// A store on a file of its own, with a listener that writes down what it hears.
struct Bench {
    store: SqliteStore,
    heard: Arc<Heard>,
    path: PathBuf,
    _folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.sqlite3");
        let store = SqliteStore::open(&path, OpenMode::Own).unwrap();
        let heard = Arc::new(Heard::default());
        store.listen(heard.clone());
        Self { store, heard, path, _folder: folder }
    }

    fn reopen(self) -> Self {
        let Self { store, path, _folder, .. } = self;
        drop(store);
        let store = SqliteStore::open(&path, OpenMode::Own).unwrap();
        let heard = Arc::new(Heard::default());
        store.listen(heard.clone());
        Self { store, heard, path, _folder }
    }

    fn arrange(&self, accidents: &[Accident]) {
        self.store.shared.accidents.commits.lock().unwrap().extend(accidents);
    }

    /// The writer runs this before its next batch.
    fn before_next_batch(&self, sql: &str) {
        self.store.shared.accidents.sql.lock().unwrap().push(sql.to_owned());
    }

    fn owner(&self) -> Owner {
        sample::owner(&self.store, 1)
    }

    fn new_environment(&self, n: u64) -> Result<Committed, CommitError> {
        sample::commit(&self.store, Write::InsertEnvironment(sample::new_environment(n)))
    }

    fn revision(&self) -> u64 {
        sample::head_revision(&self.store).number()
    }
}

/// The change that deactivates a key, called what it is.
fn deactivation(record: KeyRecord) -> Change {
    let expected = record.parts().revision;
    let record = record.transition(Transition::Deactivate, sample::instant(2)).unwrap();
    Change { action: Action::DeactivateKey, ..sample::change(Write::UpdateKey { record, expected }) }
}

/// What a listener was told, one word for each call.
#[derive(Debug, Default)]
struct Heard(Mutex<Vec<String>>);

impl Heard {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    /// What was heard since the last time it was asked.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl ChangeListener for Heard {
    fn hide(&self, batch: &[Touched]) {
        self.note(format!("hide {}", batch.len()));
    }

    fn publish(&self, batch: &[Published], revision: Revision) {
        self.note(format!("publish {} at {revision}", batch.len()));
    }

    fn reveal(&self, batch: &[Touched]) {
        self.note(format!("reveal {}", batch.len()));
    }

    fn forget(&self) {
        self.note("forget".to_owned());
    }

    fn resume(&self, revision: Revision, settings: &[SettingValue]) {
        assert_eq!(settings.iter().map(SettingValue::name).collect::<Vec<_>>(), SettingName::ALL);
        let put = settings.iter().filter(|value| **value != SettingValue::default_of(value.name()));
        let put: String = put.map(|value| format!(", {}={value}", value.name())).collect();
        self.note(format!("resume at {revision}{put}"));
    }
}
