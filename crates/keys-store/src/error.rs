//! How a store says no, and how it says that it could not tell.

use std::error::Error;
use std::fmt;

use keys_core::Revision;

/// The store failed: nothing is known to have been read, and nothing was changed unless the operation says otherwise.
///
/// Opaque on purpose: callers cannot act on what is inside, only log it. The cause is kept as
/// [`source`](Error::source).
#[derive(Debug)]
pub struct BackendError {
    kind: BackendErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What kind of failure it was, as far as a caller can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BackendErrorKind {
    /// Try again later: busy, closed for a moment, or the queue is full.
    Unavailable,
    /// No space is left where the store is kept.
    Full,
    /// The store cannot be written to.
    ReadOnly,
    /// What was read contradicts itself: damage, or a foreign writer.
    Corrupt,
    /// Anything else.
    Other,
}

impl BackendError {
    /// A failure of this kind.
    #[must_use]
    pub const fn new(kind: BackendErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// A failure of this kind with its cause.
    pub fn with_source(kind: BackendErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, source: Some(source.into()) }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> BackendErrorKind {
        self.kind
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BackendErrorKind::Unavailable => "the store is not available now",
            BackendErrorKind::Full => "no space is left where the store is kept",
            BackendErrorKind::ReadOnly => "the store cannot be written to",
            BackendErrorKind::Corrupt => "the store contradicts itself",
            BackendErrorKind::Other => "the store failed",
        })
    }
}

impl Error for BackendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}

/// A legitimate "no": the changes do not fit what is stored. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// What was to be inserted is there already: this access key, uuid or pepper.
    #[error("it is there already")]
    AlreadyExists,
    /// What was to be changed is not there, or not within the owner the change names.
    #[error("it is not there")]
    NotFound,
    /// It changed since it was read.
    #[error("it has changed since: it is at revision {current}")]
    Conflict {
        /// Its revision now.
        current: Revision,
    },
    /// There is a receipt of this name already: the change, or another under the same name, was made before.
    #[error("there is a receipt of this name already")]
    ReceiptExists,
    /// A [`Requirement`](crate::Requirement) of the change does not hold.
    #[error("a requirement of the change does not hold")]
    Unmet,
}

/// Why changes were not acknowledged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Nothing was changed.
    #[error("change {index} was refused")]
    Refused {
        /// Which of the changes, from 0.
        index: usize,
        /// Why.
        #[source]
        refusal: Refusal,
    },
    /// The store failed before the commit: nothing was changed.
    #[error("nothing was changed")]
    Failed(#[source] BackendError),
    /// The store failed **at** the commit: the changes may have happened or not. Read before deciding anything.
    #[error("it is unknown whether the changes happened")]
    Unknown(#[source] BackendError),
}
