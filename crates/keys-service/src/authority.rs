//! The authority: store, index, peppers and hashers, wired.

use std::num::NonZeroUsize;
use std::sync::Arc;

use keys_core::{AccessControl, Grant, HashPolicy, Keyring, PepperId, RequestId, Timestamp};
use keys_store::KeyStore;
use rand_core::TryCryptoRng;

use crate::context::Caller;
use crate::error::StoreFailure;

/// Issues, verifies and manages API keys. Share it as `Arc<Authority>`; every method takes `&self`.
#[derive(Debug)]
pub struct Authority {
    _store: Arc<dyn KeyStore>,
}

/// How an [`Authority`] works.
#[derive(Debug, Clone)]
pub struct AuthorityConfig {
    /// The peppers, the current one first.
    pub keyring: Keyring,
    /// The cost of new digests.
    pub policy: HashPolicy,
    /// How many digests may be computed at once.
    pub hashers: NonZeroUsize,
    /// How many callers may wait for a hasher before the next is told to come back later.
    pub hash_queue: usize,
    /// The most keys the index holds; over it, entries leave at random and are read again. `None`: all of them.
    pub index_capacity: Option<NonZeroUsize>,
    /// Start although a pepper the store has recorded as in use is not in the keyring: its keys fall back to argon2.
    pub accept_lost_pepper: bool,
}

/// Why an authority cannot be opened on a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Keys were made under a pepper that the keyring lacks.
    #[error("keys were made under pepper {pepper}, which the keyring lacks")]
    LostPepper {
        /// Which.
        pepper: PepperId,
    },
    /// The store failed.
    #[error("the store could not be opened")]
    Store(#[from] StoreFailure),
    /// The random source failed.
    #[error("the random source failed")]
    Rng(#[from] keys_core::RngError),
}

impl Authority {
    /// Opens an authority on a store: sets an empty one up (accounts `1a1` to `1a4`, environment `1a5`, the current
    /// pepper), checks the peppers, and listens to its changes. The index is empty until [`fill_index`](Self::fill_index).
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub fn open<R: TryCryptoRng + ?Sized>(
        store: Arc<dyn KeyStore>,
        config: AuthorityConfig,
        request_id: RequestId,
        now: Timestamp,
        rng: &mut R,
    ) -> Result<Self, OpenError> {
        let _ = (config, request_id, now, rng);
        Ok(Self { _store: store })
    }

    /// Reads every key into the index, in small steps; verifications that miss read through meanwhile. Returns when
    /// the index is complete or at its capacity. Run it on a thread of its own.
    ///
    /// # Errors
    ///
    /// [`StoreFailure::Failed`]; the index stays incomplete and verifications read through.
    pub fn fill_index(&self) -> Result<(), StoreFailure> {
        todo!()
    }

    /// The store beneath, for reads that decide nothing.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn KeyStore> {
        &self._store
    }

    /// Whether callers need a credential now. Never blocks.
    #[must_use]
    pub fn access_control(&self) -> AccessControl {
        todo!()
    }

    /// The caller a grant stands for.
    #[must_use]
    pub fn caller(&self, grant: &Grant) -> Caller {
        let _ = grant;
        todo!()
    }

    /// The caller everybody is while access control is off: the administrator. `None` while it is on.
    #[must_use]
    pub fn open_access_caller(&self) -> Option<Caller> {
        todo!()
    }
}
