//! Connections: how they are opened and what is switched on for each.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

/// How long a statement waits for a lock that another process holds.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 64;

/// A connection that reads and never writes, not even when it is the last to close.
pub(super) fn reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    harden(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// The one connection that writes. What durability rests on is read back.
pub(super) fn writer(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    harden(&connection)?;
    if connection.is_readonly("main")? {
        return Err(refusal(rusqlite::ffi::SQLITE_READONLY, "the file cannot be written to"));
    }
    let journal: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if journal != "wal" {
        return Err(refusal(rusqlite::ffi::SQLITE_ERROR, "the file system does not allow a write-ahead log"));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    if synchronous != FULL {
        return Err(refusal(rusqlite::ffi::SQLITE_ERROR, "synchronous=FULL was not taken"));
    }
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    Ok(connection)
}

/// How much of the database the writer keeps in its own memory at most. A new key goes anywhere into the indexes over
/// access keys; with SQLite's 2 MB it reads those pages again, and writes them out early, for every insert among a
/// million.
const WRITER_CACHE_KIB: i64 = 64 * 1024;

const FULL: i64 = 2;

fn harden(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    // A plan that has looked at a parameter, to see whether it fits a partial index, is thrown away with each new value:
    // the statement would be compiled anew for every question. Ours say themselves which index they walk.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // Nothing of ours is ever written to a temporary file.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The pragma answers with the size that holds.
    connection.query_row("PRAGMA mmap_size = 0", [], |_| Ok(())).optional()?;
    Ok(())
}

fn refusal(code: std::ffi::c_int, text: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(text.to_owned()))
}

/// What SQLite is linked in, if it is too old: before 3.51.3 a checkpoint could lose what was written meanwhile.
pub(super) fn too_old() -> Option<String> {
    (rusqlite::version_number() < 3_051_003).then(|| rusqlite::version().to_owned())
}

/// What [`too_old`] asks for.
pub(super) const NEEDED: &str = "3.51.3";
