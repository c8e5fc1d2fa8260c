//! What can be seen from inside only: accidents at the commit, and how the writer groups.

use std::sync::Mutex;

use rusqlite::Connection;

use super::fault::Fault;

/// Accidents that the next commits meet, one each.
#[derive(Debug, Default)]
pub(super) struct Accidents(Mutex<Vec<Accident>>);

/// What happens at a commit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Accident {
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
        let mut accidents = self.0.lock().unwrap();
        if accidents.is_empty() { None } else { Some(accidents.remove(0)) }
    }

    fn arrange(&self, accidents: &[Accident]) {
        self.0.lock().unwrap().extend(accidents);
    }
}

impl Accident {
    pub(super) fn happen(self, connection: &Connection) -> Result<(), Fault> {
        let error =
            |code| Fault::Sqlite(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        let sql = match self {
            Self::CommittedAndError => "COMMIT",
            Self::RolledBackAndError | Self::RolledBackAndFull | Self::Panic => "ROLLBACK",
        };
        connection.execute_batch(sql)?;
        match self {
            Self::CommittedAndError | Self::RolledBackAndError => {
                Err(error(rusqlite::ffi::SQLITE_IOERR_FSYNC))
            }
            Self::RolledBackAndFull => Err(error(rusqlite::ffi::SQLITE_FULL)),
            Self::Panic => panic!("an accident was arranged"),
        }
    }
}
