//! What every use case that writes can fail with.

use keys_store::BackendError;

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
