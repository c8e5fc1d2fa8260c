//! What can go wrong in SQLite, sorted by what a caller can do about it.

use rusqlite::ErrorCode;

use crate::error::{BackendError, BackendErrorKind};

/// Why a statement could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// SQLite said so.
    #[error("SQLite refused")]
    Sqlite(#[from] rusqlite::Error),
    /// What was read cannot have been written.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// A counter is at its end.
    #[error("no more numbers are left to give")]
    Exhausted,
}

/// A row that cannot have been written by us as it is.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a row of the table `{table}` is damaged: {what}")]
pub(super) struct Damage {
    pub(super) table: &'static str,
    pub(super) what: &'static str,
}

impl Fault {
    /// What kind of failure this is to callers.
    pub(super) fn kind(&self) -> BackendErrorKind {
        match self {
            Self::Sqlite(error) => kind_of(error),
            Self::Damage(_) => BackendErrorKind::Corrupt,
            Self::Exhausted => BackendErrorKind::Full,
        }
    }

    /// The code SQLite gave, if it was SQLite.
    pub(super) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            Self::Damage(_) | Self::Exhausted => None,
        }
    }
}

impl From<Fault> for BackendError {
    fn from(fault: Fault) -> Self {
        let kind = fault.kind();
        match fault {
            Fault::Sqlite(error) => Self::with_source(kind, error),
            Fault::Damage(damage) => Self::with_source(kind, damage),
            Fault::Exhausted => Self::with_source(kind, fault),
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the errors of SQLite are not ours to list")]
fn kind_of(error: &rusqlite::Error) -> BackendErrorKind {
    match error {
        // A column of another type than every row of ours has.
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..) => BackendErrorKind::Corrupt,
        other => match other.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OutOfMemory) => {
                BackendErrorKind::Unavailable
            }
            Some(ErrorCode::DiskFull) => BackendErrorKind::Full,
            Some(ErrorCode::ReadOnly) => BackendErrorKind::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => BackendErrorKind::Corrupt,
            _ => BackendErrorKind::Other,
        },
    }
}

/// A failure that several answers share: kind and text, because an error itself cannot be copied.
#[derive(Debug, Clone)]
pub(super) struct Cause {
    pub(super) kind: BackendErrorKind,
    pub(super) text: String,
}

impl Cause {
    pub(super) fn new(kind: BackendErrorKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    pub(super) fn error(&self) -> BackendError {
        BackendError::with_source(self.kind, self.text.clone())
    }
}

impl From<&Fault> for Cause {
    fn from(fault: &Fault) -> Self {
        let text = match fault {
            Fault::Sqlite(error) => error.to_string(),
            Fault::Damage(damage) => damage.to_string(),
            Fault::Exhausted => fault.to_string(),
        };
        Self { kind: fault.kind(), text }
    }
}
