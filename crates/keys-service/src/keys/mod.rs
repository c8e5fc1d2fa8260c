//! The use cases of API keys.

mod authenticate;
mod bulk;
mod change;
mod import;
mod issue;
mod matching;
mod query;

use keys_core::{
    Description, HashError, KeyRecord, Name, Owner, Revision, RngError, SealError, SecretKey, Timestamp,
    TransitionError,
};
use keys_store::BackendError;

pub use self::bulk::{BulkError, BulkOutcome};
pub use self::import::{
    ExistingPair, ImportError, ImportOutcome, ImportProgress, ImportRefusal, preview_import,
};
pub use self::matching::{KeyMatch, MatchingKeys};
use crate::error::StoreFailure;
use crate::receipts::AnotherRequest;

/// What a caller says of a key to be issued.
#[derive(Debug, Clone, Default)]
pub struct KeyRequest {
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
    /// To whom it shall belong, an administrator's choice; without it, to whom the caller acts as.
    pub owner: Option<Owner>,
}

/// A key just issued: the only place a secret key leaves the authority.
#[derive(Debug)]
pub struct IssuedKey {
    /// The key as it is kept.
    pub record: KeyRecord,
    /// Its secret, shown once.
    pub secret_key: SecretKey,
}

/// A key that was asked for under an idempotency key.
#[derive(Debug)]
pub struct ReceivedKey {
    /// The key as it is kept now.
    pub record: KeyRecord,
    /// Its secret, if it can still be had: for ten minutes, and not once its receipt was confirmed or it was deleted.
    pub secret_key: Option<SecretKey>,
}

impl From<IssuedKey> for ReceivedKey {
    fn from(IssuedKey { record, secret_key }: IssuedKey) -> Self {
        Self { record, secret_key: Some(secret_key) }
    }
}

/// Why no key was issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// Too many digests are being computed; come back later. Nothing was made.
    #[error("too many keys are being made at once")]
    Busy,
    /// The caller may read here, and no more.
    #[error("the caller may change no key here")]
    Forbidden,
    /// What the caller may was taken away while the key was made; it was not stored.
    #[error("the caller's right to this was taken away meanwhile")]
    Revoked,
    /// The expiry is not in the future.
    #[error("the expiry is not in the future")]
    ExpiryPassed,
    /// The owner is gone or inactive.
    #[error("the owner is not active")]
    OwnerInactive,
    /// The idempotency key was used for another request; nothing was made.
    #[error("the key is not issued")]
    AnotherRequest(#[from] AnotherRequest),
    /// The random source failed; nothing was made.
    #[error("no pair could be generated")]
    Rng(#[from] RngError),
    /// The random source keeps giving access keys that are taken; nothing was made. An honest one never does.
    #[error("the random source repeats itself: every access key it gave is taken")]
    Repeated,
    /// The digest could not be made; nothing was stored.
    #[error("the secret could not be hashed")]
    Hash(#[from] HashError),
    /// The secret could not be sealed; nothing was stored.
    #[error("the secret could not be sealed")]
    Seal(#[from] SealError),
    /// The store failed.
    #[error("the key could not be stored")]
    Store(#[from] StoreFailure),
}

/// Why a key was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyChangeError {
    /// The caller may read here, and no more.
    #[error("the caller may change no key here")]
    Forbidden,
    /// What the caller may was taken away while the change was made.
    #[error("the caller's right to this was taken away meanwhile")]
    Revoked,
    /// There is no such key within the caller's reach.
    #[error("there is no such key")]
    NotFound,
    /// The key's state does not allow it.
    #[error("the key's state does not allow it")]
    Refused(#[from] TransitionError),
    /// The key is not at the revision the caller expects.
    #[error("the key has changed since: it is at revision {current}")]
    Conflict {
        /// Its revision now.
        current: Revision,
    },
    /// Others kept changing the key; come back later.
    #[error("others kept changing the key")]
    Contended,
    /// The store failed.
    #[error("the key could not be changed")]
    Store(#[from] StoreFailure),
}

/// Why it could not be told whether a credential is good. Never a refusal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthenticateError {
    /// Too many digests are being computed; come back later.
    #[error("too many credentials are being checked at once")]
    Busy,
    /// The digest could not be checked.
    #[error("the digest could not be checked")]
    Hash(#[from] HashError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] BackendError),
}
