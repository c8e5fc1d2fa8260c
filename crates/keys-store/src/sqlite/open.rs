//! Opening: who may, whether it is ours, whether it is whole, whether it is the newest. Nothing is changed before all
//! of that is known.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use keys_core::{AuditLink, Revision, link};
use rusqlite::{Connection, ErrorCode};

use super::anchor::{self, Anchor};
use super::fault::Fault;
use super::lock::Lock;
use super::schema::{self, Kind};
use super::{audit, connect, network, read};
use crate::files;
use crate::open::OpenError;
use crate::store::Head;

/// A database that is owned and was found good.
pub(super) struct Owned {
    pub(super) path: PathBuf,
    pub(super) lock: Lock,
    pub(super) connection: Connection,
    pub(super) head: Head,
    /// The anchor that a process which ended between a commit and its anchor has left to write.
    pub(super) due: Option<Anchor>,
}

/// Opens a database to own it; makes it if it is not there.
pub(super) fn own(path: &Path) -> Result<Owned, OpenError> {
    check_version()?;
    let folder = files::folder_of(path);
    files::create_folder(folder).map_err(|source| OpenError::of_io(folder, source))?;
    let path = resolve(path)?;
    if let Some(kind) = network::file_system(&path) {
        return Err(OpenError::NetworkFileSystem { path, kind });
    }
    // Before the lock file is made, so that nothing is left beside a folder that was named by mistake.
    if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(OpenError::NotAFile { path });
    }
    let lock = Lock::take(&path)?;
    make_private_file(&path)?;
    // A file that is not ours must not be touched, and setting up a writer touches it: so a reader looks first.
    let version = look(&path)?;
    let sorted = |error: rusqlite::Error| sort(&path, error.into());
    let mut connection = connect::writer(&path).map_err(sorted)?;
    schema::migrate(&mut connection, version).map_err(|fault| sort(&path, fault))?;
    let head = check(&path, &connection)?;
    let due = check_anchor(&path, &connection, &head)?;
    Ok(Owned { lock, connection, head, due, path })
}

/// Finds a database to read beside its owner, or without one.
pub(super) fn find(path: &Path) -> Result<PathBuf, OpenError> {
    check_version()?;
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(OpenError::NotAFile { path: path.into() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(OpenError::Missing { path: path.into() });
        }
        Err(error) => return Err(OpenError::of_io(path, error)),
    }
    let path = resolve(path)?;
    match look(&path)? {
        0 => Err(OpenError::Missing { path }),
        version if version < schema::VERSION => {
            Err(OpenError::Older { path, found: version, supported: schema::VERSION })
        }
        _ => {
            let connection = connect::reader(&path).map_err(|error| sort(&path, error.into()))?;
            check(&path, &connection)?;
            Ok(path)
        }
    }
}

/// Closes the writer after its commit has failed and opens it again, so that what is read is what is kept: the log is
/// emptied, so that nothing half-written in it can come back. Whether that succeeded is the second value.
pub(super) fn reopen(path: &Path, old: &mut Connection) -> Result<(Connection, bool), Fault> {
    // Closed before the file is opened again. Something has to stand in its place until then.
    drop(std::mem::replace(old, Connection::open_in_memory()?));
    let connection = connect::writer(path)?;
    let settled = empty_log(&connection).unwrap_or(false);
    Ok((connection, settled))
}

/// Moves everything from the log into the database and empties the log. `false` when somebody still reads from it.
pub(super) fn empty_log(connection: &Connection) -> Result<bool, Fault> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// Empties the log if nobody reads from it just now; `false` if somebody does.
pub(super) fn try_to_empty_log(connection: &Connection) -> Result<bool, Fault> {
    // Who reads for long, such as a backup, must not hold up everybody who writes.
    connection.busy_timeout(Duration::ZERO)?;
    let emptied = empty_log(connection);
    connection.busy_timeout(connect::BUSY_TIMEOUT)?;
    emptied
}

fn check_version() -> Result<(), OpenError> {
    match connect::too_old() {
        Some(found) => Err(OpenError::OldSqlite { found, needed: connect::NEEDED }),
        None => Ok(()),
    }
}

/// One name for each file, whatever links lead to it: two names would have two locks.
fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    let failed = |source| OpenError::of_io(path, source);
    match fs::canonicalize(path) {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = path.file_name().ok_or_else(|| OpenError::NotAFile { path: path.into() })?;
            Ok(fs::canonicalize(files::folder_of(path)).map_err(failed)?.join(name))
        }
        Err(error) => Err(failed(error)),
    }
}

/// Makes the file, empty, if it is not there, and takes every right at it from group and others: SQLite gives the
/// files it makes beside it the same rights.
fn make_private_file(path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::of_io(path, source);
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(OpenError::NotAFile { path: path.into() }),
        Ok(_) => files::restrict(path).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            files::create_new(path).map_err(failed)?;
            files::sync_folder(files::folder_of(path)).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// The schema version of a database of ours, 0 for an empty file; an error for anything else.
fn look(path: &Path) -> Result<u32, OpenError> {
    let sorted = |error: rusqlite::Error| sort(path, error.into());
    let connection = connect::reader(path).map_err(sorted)?;
    match schema::kind(&connection).map_err(sorted)? {
        Kind::Empty => Ok(0),
        Kind::Foreign => Err(OpenError::Foreign { path: path.into() }),
        Kind::Ours(found) if found > schema::VERSION => {
            Err(OpenError::Newer { path: path.into(), found, supported: schema::VERSION })
        }
        Kind::Ours(version) => Ok(version),
    }
}

/// Whether what holds everything together fits: the schema, the head, the end of the audit chain, the counters.
pub(super) fn check(path: &Path, connection: &Connection) -> Result<Head, OpenError> {
    let sorted = |fault: Fault| sort(path, fault);
    let damaged = |what: &str| OpenError::Corrupt { path: path.into(), what: what.to_owned() };
    // One transaction, so that a reader beside a busy owner compares what belongs together.
    let snapshot = connection.unchecked_transaction().map_err(|error| sorted(error.into()))?;
    if !schema::is_ours(&snapshot).map_err(sorted)? {
        return Err(damaged("its tables are not those of its version"));
    }
    let head = read::head(&snapshot).map_err(sorted)?;
    let last = audit::last_two(&snapshot).map_err(sorted)?;
    let after = match last.as_slice() {
        [] => Revision::ZERO,
        [only] if link(&AuditLink::GENESIS, &only.event) == only.link => only.event.after,
        [last, before, ..] if link(&before.link, &last.event) == last.link => last.event.after,
        _ => return Err(damaged("the last event of its audit chain is not what it was")),
    };
    if after != head.revision {
        return Err(damaged("its revision is not that of its last audit event"));
    }
    if !read::counters_are_ahead(&snapshot).map_err(sorted)? {
        return Err(damaged("a number would be given twice"));
    }
    Ok(head)
}

/// Whether the database is at least as new as what was acknowledged from it. Returns the anchor that is due, if a right
/// was taken away after the one there is.
fn check_anchor(path: &Path, connection: &Connection, head: &Head) -> Result<Option<Anchor>, OpenError> {
    let due = |anchored| match head.audit.map(|(id, link)| Anchor { id, link }) {
        Some(last) => {
            let narrowed = audit::narrows_after(connection, anchored).map_err(|fault| sort(path, fault))?;
            Ok(narrowed.then_some(last))
        }
        None => Ok(None),
    };
    let Some(Anchor { id, link }) = anchor::read(path)? else { return due(None) };
    let anchor = anchor::path_of(path);
    let found = head.audit.map(|(id, _)| id);
    if found.is_none_or(|found| found < id) {
        return Err(OpenError::RolledBack { path: path.into(), anchor, found, anchored: id });
    }
    match read::link_at(connection, id).map_err(|fault| sort(path, fault))? {
        Some(kept) if kept == link => due(Some(id)),
        _ => Err(OpenError::Forked { path: path.into(), anchor, anchored: id }),
    }
}

/// What a failure while opening means to the one who opens.
pub(super) fn sort(path: &Path, fault: Fault) -> OpenError {
    let text = match &fault {
        Fault::Sqlite(error) => error.to_string(),
        Fault::Damage(damage) => damage.to_string(),
        Fault::Exhausted => fault.to_string(),
    };
    let path = path.to_owned();
    match fault.code() {
        Some(ErrorCode::NotADatabase) => OpenError::Foreign { path },
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Corrupt { path, what: text },
        Some(ErrorCode::DiskFull) => OpenError::Full { path },
        Some(ErrorCode::ReadOnly) => {
            OpenError::ReadOnlyFile { path, source: io::Error::new(io::ErrorKind::ReadOnlyFilesystem, text) }
        }
        Some(ErrorCode::PermissionDenied) => OpenError::Permissions { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            OpenError::Locked { path, process: None }
        }
        Some(_) => OpenError::Io { path, source: text.into() },
        None => OpenError::Corrupt { path, what: text },
    }
}
