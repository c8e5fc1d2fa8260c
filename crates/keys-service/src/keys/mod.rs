//! The use cases of API keys.

use keys_core::{
    Credential, Description, HashError, KeyId, KeyRecord, Name, Revision, RngError, SecretKey, Timestamp,
    Transition, TransitionError, Verdict,
};
use keys_store::{BackendError, KeyQuery, Page};
use rand_core::TryCryptoRng;

use crate::Edit;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::StoreFailure;

/// What a caller says of a key to be issued.
#[derive(Debug, Clone, Default)]
pub struct KeyRequest {
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
}

/// A key just issued: the only place a secret key leaves the authority.
#[derive(Debug)]
pub struct IssuedKey {
    /// The key as it is kept.
    pub record: KeyRecord,
    /// Its secret, shown once.
    pub secret_key: SecretKey,
}

/// Why no key was issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// Too many digests are being computed; come back later. Nothing was made.
    #[error("too many keys are being made at once")]
    Busy,
    /// The expiry is not in the future.
    #[error("the expiry is not in the future")]
    ExpiryPassed,
    /// The owner is gone or inactive.
    #[error("the owner is not active")]
    OwnerInactive,
    /// The random source failed; nothing was made.
    #[error("no pair could be generated")]
    Rng(#[from] RngError),
    /// The digest could not be made; nothing was stored.
    #[error("the secret could not be hashed")]
    Hash(#[from] HashError),
    /// The store failed.
    #[error("the key could not be stored")]
    Store(#[from] StoreFailure),
}

/// Why a key was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyChangeError {
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

impl Authority {
    /// Issues a key to whom the caller acts as. Waits for a hasher, computes a digest, and waits for the disk.
    ///
    /// # Errors
    ///
    /// See [`IssueError`].
    pub fn issue_key<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: KeyRequest,
        rng: &mut R,
    ) -> Result<IssuedKey, IssueError> {
        let _ = (context, request, rng);
        todo!()
    }

    /// Changes name and description of a key, whatever its state. `expected`: only if it is at this revision.
    ///
    /// # Errors
    ///
    /// See [`KeyChangeError`].
    pub fn edit_key(
        &self,
        context: &Context,
        id: KeyId,
        edit: Edit,
        expected: Option<Revision>,
    ) -> Result<KeyRecord, KeyChangeError> {
        let _ = (context, id, edit, expected);
        todo!()
    }

    /// Moves a key to its next state. Once this returns `Ok` for a deactivate or a delete, no verification that begins
    /// afterwards accepts the key.
    ///
    /// # Errors
    ///
    /// See [`KeyChangeError`]. [`KeyChangeError::Refused`] too is only returned once the state it names has been
    /// published to the index.
    pub fn transition_key(
        &self,
        context: &Context,
        id: KeyId,
        transition: Transition,
        expected: Option<Revision>,
    ) -> Result<KeyRecord, KeyChangeError> {
        let _ = (context, id, transition, expected);
        todo!()
    }

    /// A key within the caller's reach, deleted ones included.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn key(&self, context: &Context, id: KeyId) -> Result<Option<KeyRecord>, BackendError> {
        let _ = (context, id);
        todo!()
    }

    /// One page of the keys within the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn keys(&self, context: &Context, query: &KeyQuery) -> Result<Page<KeyRecord>, BackendError> {
        let _ = (context, query);
        todo!()
    }

    /// Decides whether a credential is good, from the index alone; `None` when that takes the store or argon2. Never
    /// blocks for longer than a map look-up.
    #[must_use]
    pub fn authenticate_indexed(&self, credential: &Credential, now: Timestamp) -> Option<Verdict> {
        let _ = (credential, now);
        todo!()
    }

    /// Decides whether a credential is good. May read the store, and may wait for a hasher when its key's pepper is lost.
    ///
    /// # Errors
    ///
    /// See [`AuthenticateError`]: it could not be told, which is never a yes.
    pub fn authenticate(
        &self,
        credential: &Credential,
        now: Timestamp,
    ) -> Result<Verdict, AuthenticateError> {
        let _ = (credential, now);
        todo!()
    }
}
