//! A copy of a database as it is at one moment, made beside the process that owns it.
//!
//! The copy is one file in its own right: no write-ahead log, no lock, no anchor. It gets its name when it is whole and
//! durable and has been looked through, so a file of that name is a backup and not a part of one. (On a file system without
//! links the name is taken by an empty file for an instant before.)

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{connect, open, read};
use crate::files;
use crate::open::OpenError;
use crate::store::Head;

/// A copy that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// How long it is.
    pub bytes: u64,
    /// Up to where it tells.
    pub head: Head,
}

/// Why no copy was made. None is left behind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackUpError {
    /// The database cannot be read.
    #[error("the database cannot be read")]
    Source(#[from] OpenError),
    /// There is something of this name already.
    #[error("{} is there already; give a name that nothing has", path.display())]
    Taken {
        /// The name.
        path: PathBuf,
    },
    /// An unfinished copy is in the way.
    #[error("{} is there: another backup is being made, or one was interrupted; remove it then", path.display())]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
    /// The copy cannot be written.
    #[error("{} cannot be written", path.display())]
    Target {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What was copied is damaged, and so is the database.
    #[error("the database is damaged: {what}")]
    Damaged {
        /// What was found.
        what: String,
    },
}

/// Copies the database at `database`, as it is at one moment, into the file `to`, which must not be there yet and is then
/// readable by its owner alone.
///
/// Whoever owns the database goes on writing meanwhile. The anchor is not copied: it stays behind, so that a copy in
/// the database's place is known for one.
///
/// ```
/// use keys_store::sqlite::back_up;
/// use keys_store::{OpenMode, SqliteStore};
///
/// let folder = tempfile::tempdir()?;
/// let (path, copy) = (folder.path().join("keys.sqlite3"), folder.path().join("copy.sqlite3"));
/// let owner = SqliteStore::open(&path, OpenMode::Own)?;
/// let made = back_up(&path, &copy)?;
/// assert_eq!(std::fs::metadata(&copy)?.len(), made.bytes);
/// assert!(back_up(&path, &copy).is_err(), "a backup is never written over");
/// assert!(SqliteStore::open(&copy, OpenMode::ReadOnly).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// See [`BackUpError`].
pub fn back_up(database: &Path, to: &Path) -> Result<BackedUp, BackUpError> {
    let database = open::find(database)?;
    if to.symlink_metadata().is_ok() {
        return Err(BackUpError::Taken { path: to.into() });
    }
    let part = files::beside(to, ".part");
    match files::create_new(&part) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(BackUpError::Unfinished { path: part });
        }
        Err(error) => return Err(target(&part, error)),
    }
    let made = copy(&database, &part).and_then(|head| finish(&part, to, head));
    if made.is_err() {
        // What cannot be removed is told by the next backup.
        let _ = fs::remove_file(&part);
        let _ = fs::remove_file(files::beside(&part, "-journal"));
    }
    made
}

/// Copies every page out of one snapshot, and looks through what came of it.
fn copy(database: &Path, part: &Path) -> Result<Head, BackUpError> {
    let failed = |error: rusqlite::Error| target(part, error);
    let source = connect::reader(database).map_err(|error| open::sort(database, error.into()))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut copy = Connection::open_with_flags(part, flags).map_err(failed)?;
    copy.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    all_pages(&source, &mut copy).map_err(|error| match error.sqlite_error_code() {
        // The database is what was locked or could not be read; the copy is what could not be written.
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DatabaseCorrupt) => {
            BackUpError::Source(open::sort(database, error.into()))
        }
        _ => failed(error),
    })?;
    // With its log it would be three files.
    let journal: String =
        copy.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0)).map_err(failed)?;
    if journal != "delete" {
        return Err(target(part, io::Error::other("the copy could not be made one file")));
    }
    let found = open::check(part, &copy).and_then(|head| {
        let problems = read::quick_check(&copy).map_err(|fault| open::sort(part, fault))?;
        Ok((head, problems))
    });
    match found {
        Ok((head, problems)) if problems.is_empty() => Ok(head),
        Ok((_, problems)) => Err(BackUpError::Damaged { what: problems.join("; ") }),
        Err(OpenError::Corrupt { what, .. }) => Err(BackUpError::Damaged { what }),
        Err(other) => Err(other.into()),
    }
}

fn all_pages(source: &Connection, copy: &mut Connection) -> Result<(), rusqlite::Error> {
    let backup = Backup::new(source, copy)?;
    // In one step, so that it is one snapshot and never begins again however much is written meanwhile. A lock is waited
    // for as long as any statement waits.
    match backup.step(-1)? {
        StepResult::Done => Ok(()),
        StepResult::More | StepResult::Busy | StepResult::Locked | _ => Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
            Some("the database was locked for too long".to_owned()),
        )),
    }
}

/// Makes the copy durable and gives it its name.
fn finish(part: &Path, to: &Path, head: Head) -> Result<BackedUp, BackUpError> {
    let failed = |error: io::Error| target(to, error);
    let file = File::open(part).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    match name(part, to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(BackUpError::Taken { path: to.into() });
        }
        Err(error) => return Err(failed(error)),
    }
    files::sync_folder(files::folder_of(to)).map_err(|error| {
        // A copy that a power cut may take away is none.
        let _ = fs::remove_file(to);
        failed(error)
    })?;
    Ok(BackedUp { bytes, head })
}

/// Gives the copy its name in one step, if nobody has it; a rename would take it from whoever has.
fn name(part: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(part, to) {
        Ok(()) => {
            // The copy has its name. Another name that cannot be removed is told by the next backup.
            let _ = fs::remove_file(part);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system has links: there the name is taken by an empty file first.
        Err(_) => {
            files::create_new(to)?;
            fs::rename(part, to).inspect_err(|_| {
                let _ = fs::remove_file(to);
            })
        }
    }
}

fn target(path: &Path, source: impl std::error::Error + Send + Sync + 'static) -> BackUpError {
    BackUpError::Target { path: path.into(), source: Box::new(source) }
}
