//! One text that says which store to use and where it is.

use std::fmt;
use std::path::Path;
#[cfg(feature = "sqlite")]
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use crate::open::{OpenError, OpenMode};
use crate::store::KeyStore;

/// Which store to use.
///
/// Text form: `sqlite:PATH`, the path taken as it is, without escapes; or `memory:`.
///
/// ```
/// use keys_store::StoreUrl;
///
/// let url: StoreUrl = "sqlite:keys-data/keys.sqlite3".parse()?;
/// assert_eq!(url.path(), Some("keys-data/keys.sqlite3".as_ref()));
/// assert_eq!(url.to_string(), "sqlite:keys-data/keys.sqlite3");
/// # Ok::<(), keys_store::ParseStoreUrlError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreUrl {
    /// A database file.
    #[cfg(feature = "sqlite")]
    Sqlite(PathBuf),
    /// The memory of this process: everything is gone when it ends.
    Memory,
}

impl StoreUrl {
    /// Opens the store.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; a store in memory always opens.
    pub fn open(&self, mode: OpenMode) -> Result<Arc<dyn KeyStore>, OpenError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(path) => Ok(Arc::new(crate::SqliteStore::open(path, mode)?)),
            // Nobody else can have written to this memory: to own it and to read it is the same.
            Self::Memory => match mode {
                OpenMode::Own | OpenMode::ReadOnly => Ok(Arc::new(crate::MemoryStore::new())),
            },
        }
    }

    /// The database file, if the store is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(path) => Some(path),
            Self::Memory => None,
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Memory => f.write_str("memory:"),
        }
    }
}

/// Why a text is no [`StoreUrl`]. Holds no part of it, because a URL may carry a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseStoreUrlError {
    /// PostgreSQL is not part of this build.
    #[error("PostgreSQL is not in this build; use `sqlite:PATH`")]
    PostgresNotBuilt,
    /// SQLite is not part of this build.
    #[error("SQLite is not in this build; use `memory:`")]
    SqliteNotBuilt,
    /// `sqlite:` without a path.
    #[error("`sqlite:` needs a path behind it, such as `sqlite:keys-data/keys.sqlite3`")]
    EmptyPath,
    /// `sqlite://` and something that is no absolute path.
    #[error("`sqlite://` reads as a host; write `sqlite:PATH`, and `sqlite:/PATH` from the root")]
    Host,
    /// No scheme that is known here.
    #[error("not a store: expected `sqlite:PATH` or `memory:`")]
    UnknownScheme,
}

impl FromStr for StoreUrl {
    type Err = ParseStoreUrlError;

    fn from_str(text: &str) -> Result<Self, ParseStoreUrlError> {
        match text.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", path)) => sqlite(path),
            Some(("postgres" | "postgresql", _)) => Err(ParseStoreUrlError::PostgresNotBuilt),
            _ => Err(ParseStoreUrlError::UnknownScheme),
        }
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(path: &str) -> Result<StoreUrl, ParseStoreUrlError> {
    if path.is_empty() {
        return Err(ParseStoreUrlError::EmptyPath);
    }
    // `sqlite:///x` is how other programs write the absolute path /x; two slashes alone would be a host.
    match path.strip_prefix("//") {
        None => Ok(StoreUrl::Sqlite(PathBuf::from(path))),
        Some(absolute) if absolute.starts_with('/') => Ok(StoreUrl::Sqlite(PathBuf::from(absolute))),
        Some(_) => Err(ParseStoreUrlError::Host),
    }
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &str) -> Result<StoreUrl, ParseStoreUrlError> {
    Err(ParseStoreUrlError::SqliteNotBuilt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_reads_and_writes() {
        assert_eq!("memory:".parse(), Ok(StoreUrl::Memory));
        assert_eq!(StoreUrl::Memory.to_string(), "memory:");
        assert_eq!(StoreUrl::Memory.path(), None);
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn a_path_is_taken_as_it_is() {
        for (text, path) in [
            ("sqlite:keys.sqlite3", "keys.sqlite3"),
            ("sqlite:./a b/100%?x=1#y", "./a b/100%?x=1#y"),
            ("sqlite:/var/lib/keys.sqlite3", "/var/lib/keys.sqlite3"),
            ("sqlite:///var/lib/keys.sqlite3", "/var/lib/keys.sqlite3"),
            ("sqlite:C:keys", "C:keys"),
        ] {
            assert_eq!(text.parse(), Ok(StoreUrl::Sqlite(PathBuf::from(path))), "{text}");
        }
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        for (text, error) in [
            ("sqlite:", ParseStoreUrlError::EmptyPath),
            ("sqlite://host/keys", ParseStoreUrlError::Host),
            ("postgres://user:secret@host/keys", ParseStoreUrlError::PostgresNotBuilt),
            ("postgresql://host/keys", ParseStoreUrlError::PostgresNotBuilt),
            ("mysql://host/keys", ParseStoreUrlError::UnknownScheme),
            ("keys.sqlite3", ParseStoreUrlError::UnknownScheme),
            ("memory", ParseStoreUrlError::UnknownScheme),
            ("memory:x", ParseStoreUrlError::UnknownScheme),
            ("Sqlite:x", ParseStoreUrlError::UnknownScheme),
            ("", ParseStoreUrlError::UnknownScheme),
        ] {
            assert_eq!(text.parse::<StoreUrl>(), Err(error), "{text}");
            assert!(!error.to_string().contains("secret"));
            assert!(error.to_string().contains("sqlite") || error.to_string().contains("memory"));
        }
    }
}
