//! How a store is opened, and why it could not be.

use std::io;
use std::path::PathBuf;

use keys_core::AuditId;

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OpenMode {
    /// To own it: read and write, alone. The store is made if it is not there.
    Own,
    /// To read it only, beside the process that owns it or without one.
    ReadOnly,
}

/// Why a store could not be opened. Nothing was changed. Each message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process owns the database.
    #[error(
        "{} is in use by another process{}; stop that process first, or reach it over HTTP (keyctl --url)",
        path.display(),
        process.map(|id| format!(" ({id})")).unwrap_or_default()
    )]
    Locked {
        /// The database.
        path: PathBuf,
        /// The process that owns it, if it said so.
        process: Option<u32>,
    },
    /// There is no database to read.
    #[error("there is no database at {}; check the path, or start api-server once to make one", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is something else.
    #[error(
        "{} is not a database of API keys; it was left as it is: choose another path, or move the file away",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The path is a folder, a device, or anything else but a file.
    #[error("{} is not a file; give the path of the database file itself", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The database was written by a later release.
    #[error(
        "{} has schema version {found}, and this program knows versions up to {supported}; \
         use the release that wrote it, or a later one",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// The latest this program knows.
        supported: u32,
    },
    /// The database was written by an earlier release and is opened only for reading, so it cannot be brought up.
    #[error(
        "{} has schema version {found}, and reading needs {supported}; start api-server of this release once, \
         which brings it up to date",
        path.display()
    )]
    Older {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// The version this program reads.
        supported: u32,
    },
    /// The database is damaged.
    #[error(
        "{} is damaged: {what}; it was left as it is: keep a copy of it and restore the last backup",
        path.display()
    )]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The database, its folder or its file system cannot be written to.
    #[error(
        "{} cannot be written to; give this user the right to write to the file and its folder, \
         and see that the file system is not mounted read-only",
        path.display()
    )]
    ReadOnlyFile {
        /// The database.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No space is left.
    #[error("no space is left where {} is kept; free some and start again", path.display())]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// The database is older than what was acknowledged from it: a backup or a snapshot was restored, and keys that
    /// were deactivated or deleted since may be Active in it.
    #[error(
        "{} is behind its anchor {}: {found}, but {anchored} was acknowledged. An older copy has taken the \
         database's place, so keys that were deactivated or deleted since may be Active again. Put the newer database \
         back; or, to go on with this one, review its keys (keyctl --database sqlite:{} list), remove {}, and \
         deactivate with keyctl what must not come back before a server starts",
        path.display(), anchor.display(), path.display(), anchor.display(),
        found = found.map_or_else(|| "it has no audit event".to_owned(), |id| format!("it ends at audit event {id}")),
        anchored = format_args!("audit event {anchored}"),
    )]
    RolledBack {
        /// The database.
        path: PathBuf,
        /// Its anchor.
        anchor: PathBuf,
        /// The last audit event of the database.
        found: Option<AuditId>,
        /// The audit event that the anchor names.
        anchored: AuditId,
    },
    /// The database has another history than the one that was acknowledged from it.
    #[error(
        "{} has another history than its anchor {}: audit event {anchored} differs. Another copy has taken the \
         database's place, so keys that were deactivated or deleted may be Active in it. Put the right database back; \
         or, to go on with this one, review its keys (keyctl --database sqlite:{} list), remove {}, and deactivate \
         with keyctl what must not come back before a server starts",
        path.display(), anchor.display(), path.display(), anchor.display(),
    )]
    Forked {
        /// The database.
        path: PathBuf,
        /// Its anchor.
        anchor: PathBuf,
        /// The audit event that differs.
        anchored: AuditId,
    },
    /// The anchor cannot be read, so it cannot be told whether the database is the newest.
    #[error(
        "the anchor {} is not readable as one, so it cannot be told whether the database is the newest; review the \
         keys (keyctl --database sqlite:PATH list) and remove the anchor to go on",
        anchor.display()
    )]
    Anchor {
        /// The anchor.
        anchor: PathBuf,
    },
    /// The database is on a file system that is shared between machines, where locks do not hold.
    #[error(
        "{} is on a network file system ({kind}), where another machine could write to it at the same time; \
         keep it on a local disk",
        path.display()
    )]
    NetworkFileSystem {
        /// The database.
        path: PathBuf,
        /// The file system.
        kind: String,
    },
    /// The SQLite library this program was linked with is too old to be trusted with it.
    #[error("SQLite {found} is linked in, and at least {needed} is needed; build with the bundled SQLite")]
    OldSqlite {
        /// The version that is there.
        found: String,
        /// The version that is needed.
        needed: &'static str,
    },
    /// Rights are missing.
    #[error("{} cannot be opened: access is denied; run as the user who owns it", path.display())]
    Permissions {
        /// The file or folder.
        path: PathBuf,
    },
    /// Anything else the system refused.
    #[error("{} cannot be opened; see the cause, and try again", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

#[cfg(feature = "sqlite")]
impl OpenError {
    /// Sorts what the system said about a path.
    pub(crate) fn of_io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the kinds of errors of the system are not ours to list"
        )]
        match source.kind() {
            io::ErrorKind::PermissionDenied => Self::Permissions { path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnlyFile { path, source },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            _ => Self::Io { path, source: source.into() },
        }
    }
}
