//! The authority: store, index, peppers and hashers, wired.

use std::num::NonZeroUsize;
use std::sync::Arc;

use keys_core::{
    AccessControl, AccountId, Action, EnvironmentId, Grant, HashPolicy, Keyring, NewReceipt, Owner, PepperId,
    RequestId, Revision, Role, Timestamp, Via,
};
use keys_store::{BackendError, Change, Committed, KeyStore, Requirement, Write};
use rand_core::TryCryptoRng;

use crate::context::{Caller, Context};
use crate::error::{StoreFailure, WriteFailure};
use crate::hashing::HashPool;
use crate::index::Index;
use crate::log_in::LogIns;

/// Issues, verifies and manages API keys. Share it as `Arc<Authority>`; every method takes `&self`.
#[derive(Debug)]
pub struct Authority {
    pub(crate) store: Arc<dyn KeyStore>,
    pub(crate) index: Arc<Index>,
    pub(crate) keyring: Keyring,
    pub(crate) policy: HashPolicy,
    pub(crate) hashers: HashPool,
    pub(crate) log_ins: LogIns,
}

/// How an [`Authority`] works.
#[derive(Debug, Clone)]
pub struct AuthorityConfig {
    /// The peppers, the current one first.
    pub keyring: Keyring,
    /// The cost of new digests.
    pub policy: HashPolicy,
    /// How many digests of keys may be computed at once. Log-ins have half as many hashers of their own beside them.
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
    #[error(
        "keys were made under pepper {pepper}, which the keyring lacks: add it, or accept that each of its keys is \
         checked by its digest once"
    )]
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
        // Nothing is random in a set-up yet; what comes (a one-time token) will be.
        let _ = rng;
        let index = Arc::new(Index::new(config.index_capacity));
        store.listen(Arc::clone(&index) as _);
        let AuthorityConfig { keyring, policy, hashers, hash_queue, accept_lost_pepper, .. } = config;
        let log_ins = LogIns::beside(hashers, hash_queue);
        let hashers = HashPool::new(hashers, hash_queue);
        let authority = Self { store, index, keyring, policy, hashers, log_ins };
        authority.set_up(accept_lost_pepper, request_id, now)?;
        authority.begin_index().map_err(StoreFailure::from)?;
        Ok(authority)
    }

    /// Reads every key into the index, in small steps; verifications that miss read through meanwhile. Returns when
    /// the index is complete or at its capacity. Run it on a thread of its own.
    ///
    /// # Errors
    ///
    /// [`StoreFailure::Failed`]; the index stays incomplete and verifications read through.
    pub fn fill_index(&self) -> Result<(), StoreFailure> {
        Ok(self.index.fill(&*self.store)?)
    }

    /// Whether the index holds every key there is, so that no verification needs the store. It stops being so when the
    /// outcome of a write is unknown; [`fill_index`](Self::fill_index) may then be run again.
    #[must_use]
    pub fn index_is_complete(&self) -> bool {
        self.index.is_complete()
    }

    /// How many keys the index holds.
    #[must_use]
    pub fn indexed_keys(&self) -> usize {
        self.index.len()
    }

    /// The store beneath, for reads that decide nothing.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn KeyStore> {
        &self.store
    }

    /// Whether callers need a credential now. Never blocks.
    #[must_use]
    pub fn access_control(&self) -> AccessControl {
        self.index.access_control()
    }

    /// The caller a grant stands for.
    #[must_use]
    pub fn caller(&self, grant: &Grant) -> Caller {
        Caller::new(grant.owner(), Via::Key(grant.key()), grant.administers())
    }

    /// The caller everybody is while access control is off: the administrator. `None` while it is on.
    #[must_use]
    pub fn open_access_caller(&self) -> Option<Caller> {
        match self.access_control() {
            AccessControl::Off => Some(Caller::new(Owner::Account(AccountId::ADMIN), Via::OpenAccess, true)),
            AccessControl::On => None,
        }
    }

    /// Waits until everything up to `revision` has been published to the index. What a use case read may be told to
    /// its caller only after this: to the caller, "already Inactive" is as good as an acknowledgement.
    pub(crate) fn settle(&self, revision: Revision) -> Result<(), BackendError> {
        if self.index.published() >= revision && self.store.is_settled() {
            Ok(())
        } else {
            self.store.barrier()
        }
    }

    /// As [`settle`](Self::settle), for what was read of more than one record, and for what was not found.
    pub(crate) fn settle_all(&self) -> Result<(), BackendError> {
        self.settle(self.store.head()?.revision)
    }

    /// Whether a caller who administered still does: not, when it was its own right that a change was refused for.
    pub(crate) fn still_administers(&self, context: &Context) -> Result<bool, StoreFailure> {
        let standing = context.caller.standing(None, context.now);
        // Whose right rests on nothing cannot have lost it.
        let Some(account) = standing.and_then(|standing| standing.principal.account()) else {
            return Ok(true);
        };
        let record = self.store.account(account)?;
        Ok(record.is_some_and(|record| record.administers()))
    }

    /// Makes one change for a caller. Whatever it requires, it requires that the caller still stands.
    pub(crate) fn change(
        &self,
        context: &Context,
        action: Action,
        write: Write,
        requires: Option<Requirement>,
    ) -> Result<Committed, WriteFailure> {
        first(self.change_all(context, None, vec![(action, write, requires)], None)?)
    }

    /// Makes one change for a caller, and leaves a receipt if one is given.
    pub(crate) fn change_with_receipt(
        &self,
        context: &Context,
        action: Action,
        write: Write,
        receipt: Option<NewReceipt>,
    ) -> Result<Committed, WriteFailure> {
        first(self.change_all(context, None, vec![(action, write, None)], receipt)?)
    }

    /// Makes several changes for a caller, or none; `role` is the role they were allowed for. The first of them finds the
    /// caller as it is: a later one may come after the end of its own right, made by the changes before. A receipt is of
    /// the first.
    pub(crate) fn change_all<Q: IntoIterator<Item = Requirement>>(
        &self,
        context: &Context,
        role: Option<(EnvironmentId, Role)>,
        changes: Vec<(Action, Write, Q)>,
        receipt: Option<NewReceipt>,
    ) -> Result<Vec<Committed>, WriteFailure> {
        let stands = context.caller.standing(role, context.now).map(Requirement::CallerStands);
        let of_the_first = std::iter::once((stands, receipt)).chain(std::iter::repeat((None, None)));
        let changes = changes.into_iter().zip(of_the_first);
        let changes = changes.map(|((action, write, requires), (stands, receipt))| Change {
            write,
            requires: requires.into_iter().chain(stands).collect(),
            at: context.now,
            origin: context.origin(),
            action,
            receipt,
        });
        Ok(self.store.commit(changes.collect())?)
    }
}

/// What the first change of a commit became.
pub(crate) fn first(committed: Vec<Committed>) -> Result<Committed, WriteFailure> {
    let acknowledged = committed.into_iter().next();
    acknowledged.ok_or_else(|| WriteFailure::Store(crate::error::wrong_acknowledgement()))
}
