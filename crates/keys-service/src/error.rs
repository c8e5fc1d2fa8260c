//! What every use case that writes can fail with.

use keys_core::Revision;
use keys_store::{BackendError, BackendErrorKind, CommitError, Refusal};

/// The store failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreFailure {
    /// Nothing was changed.
    #[error("the store failed; nothing was changed")]
    Failed(#[from] BackendError),
    /// It is not known whether the change happened: read before deciding anything.
    #[error("the store failed while it wrote; it is unknown whether the change happened")]
    Unknown(#[source] BackendError),
}

/// Why a change of one record did not happen, as far as a use case acts on it.
pub(crate) enum WriteFailure {
    /// The record has changed since it was read.
    Conflict(Revision),
    /// It is not there.
    NotFound,
    /// It is there already.
    AlreadyExists,
    /// There is a receipt of its name already.
    ReceiptExists,
    /// What the change requires does not hold.
    Unmet,
    /// The store failed.
    Store(StoreFailure),
}

impl From<CommitError> for WriteFailure {
    fn from(error: CommitError) -> Self {
        let refusal = match error {
            CommitError::Refused { refusal, .. } => refusal,
            CommitError::Failed(cause) => return Self::Store(StoreFailure::Failed(cause)),
            CommitError::Unknown(cause) => return Self::Store(StoreFailure::Unknown(cause)),
            // Whatever else there may be one day: assume the worst.
            other => return Self::Store(StoreFailure::Unknown(as_backend_error(other))),
        };
        match refusal {
            Refusal::Conflict { current } => Self::Conflict(current),
            Refusal::NotFound => Self::NotFound,
            Refusal::AlreadyExists => Self::AlreadyExists,
            Refusal::ReceiptExists => Self::ReceiptExists,
            Refusal::Unmet => Self::Unmet,
            other => Self::Store(broken_contract(other)),
        }
    }
}

impl WriteFailure {
    /// The failure of a store that gave a refusal which does not belong to the change.
    pub(crate) fn into_store_failure(self) -> StoreFailure {
        match self {
            Self::Store(failure) => failure,
            Self::Conflict(current) => broken_contract(Refusal::Conflict { current }),
            Self::NotFound => broken_contract(Refusal::NotFound),
            Self::AlreadyExists => broken_contract(Refusal::AlreadyExists),
            Self::ReceiptExists => broken_contract(Refusal::ReceiptExists),
            Self::Unmet => broken_contract(Refusal::Unmet),
        }
    }
}

/// A store answered what it must not answer here.
fn broken_contract(answer: impl std::error::Error + Send + Sync + 'static) -> StoreFailure {
    StoreFailure::Failed(as_backend_error(answer))
}

fn as_backend_error(answer: impl std::error::Error + Send + Sync + 'static) -> BackendError {
    BackendError::with_source(BackendErrorKind::Other, answer)
}

/// A store acknowledged a change with something that is not what the change makes.
pub(crate) fn wrong_acknowledgement() -> StoreFailure {
    let cause = "the store acknowledged a change with something else";
    StoreFailure::Unknown(BackendError::with_source(BackendErrorKind::Other, cause))
}
