//! A store in memory: a real one, and the model the others are compared with.

mod holds;
mod index;
mod log_in;
mod members;
mod plan;
mod state;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use keys_core::{
    AccessKey, AccountId, AccountRecord, AuditId, Creator, DeviceHash, DeviceRecord, EnvironmentId,
    EnvironmentRecord, FoldedLogin, KeyId, KeyRecord, MemberId, MemberRecord, Owner, OwnerRow, PasswordId,
    PasswordRecord, PepperId, Receipt, ReceiptName, ReceiptSweep, SessionHash, SettingName, StoredSecret,
    Tagged, VerificationRow,
};

use self::plan::Plan;
use self::state::State;
use crate::batch::Batch;
use crate::error::{BackendError, CommitError};
use crate::listener::ChangeListener;
use crate::log_in::{KnownSession, LogInStore, Note, PasswordQuery};
use crate::query::{EnvironmentQuery, KeyQuery, Page, Reach};
use crate::rules::retag_key;
use crate::store::{Change, Committed, Head, KeyStore, LinkedEvent, Load, Setting};

/// Keeps everything in memory and nothing longer than the process.
///
/// It keeps every promise of [`KeyStore`] but the one about the end of the process, and it cannot fail. Readers see
/// one consistent state at a time; a commit makes them wait only while its changes, already checked, are put in.
///
/// ```
/// use keys_store::{KeyStore as _, MemoryStore};
///
/// let store = MemoryStore::new();
/// assert_eq!(store.head()?.revision, keys_core::Revision::ZERO);
/// # Ok::<(), keys_store::BackendError>(())
/// ```
#[derive(Default)]
pub struct MemoryStore {
    // Held for the whole of a commit, the calls to the listener included: there is one writer. What it guards is
    // the listener; the state has a lock of its own, so that readers go on meanwhile.
    writer: Mutex<Writer>,
    state: RwLock<State>,
}

type Writer = Option<Arc<dyn ChangeListener>>;

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another store, which holds what this one holds now and goes its own way from here: for those who try many things
    /// from one beginning. Nobody listens to it yet.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { writer: Mutex::default(), state: RwLock::new(self.state().clone()) }
    }

    // A lock is poisoned when a thread panics with it in hand. Here that can be a listener only: between the locks of
    // the state no caller's code runs. So what the locks guard is whole, and refusing to go on would help nobody.
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts changes that were found to fit in, between the calls to the listener. The caller holds the writer.
    fn apply(&self, writer: &Writer, batch: &Batch, put: impl FnOnce(&mut State)) {
        if let Some(listener) = writer {
            listener.hide(batch.touched());
        }
        let revision = {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            put(&mut state);
            state.revision()
        };
        if let Some(listener) = writer {
            listener.publish(batch.published(), revision);
        }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Where it stands, not what it holds.
        f.debug_struct("MemoryStore").field("head", &self.state().head()).finish_non_exhaustive()
    }
}

impl KeyStore for MemoryStore {
    fn commit(&self, changes: Vec<Change>) -> Result<Vec<Committed>, CommitError> {
        let writer = self.writer();
        // Only the writer changes the state, so what the plan is made on is what it is put into.
        let delta = Plan::of(&self.state(), changes)?;
        if delta.is_empty() {
            return Ok(Vec::new());
        }
        let (batch, committed) = delta.outcome();
        self.apply(&writer, &batch, |state| state.put(delta));
        Ok(committed)
    }

    fn replace_tag(&self, key: KeyId, expected: &Tagged, new: &Tagged) -> Result<bool, CommitError> {
        let writer = self.writer();
        let retagged = self.state().key(Reach::AllOwners, key).and_then(|row| retag_key(row, expected, new));
        let Some(record) = retagged else { return Ok(false) };
        let mut batch = Batch::new();
        batch.add_key(&record);
        self.apply(&writer, &batch, |state| state.put_key(record));
        Ok(true)
    }

    fn erase_receipt_secret(&self, name: &ReceiptName) -> Result<bool, CommitError> {
        let writer = self.writer();
        if self.state().receipt(name).is_none_or(|receipt| receipt.secret.is_none()) {
            return Ok(false);
        }
        self.apply(&writer, &Batch::new(), |state| state.erase_receipt_secret(name));
        Ok(true)
    }

    fn sweep_receipts(&self, sweep: &ReceiptSweep) -> Result<usize, CommitError> {
        let writer = self.writer();
        let due = self.state().due(sweep);
        if due.is_empty() {
            return Ok(0);
        }
        let swept = due.len();
        self.apply(&writer, &Batch::new(), |state| state.sweep(due));
        Ok(swept)
    }

    fn barrier(&self) -> Result<(), BackendError> {
        // What is visible was put in by a commit that either is over or holds the writer until it is published.
        drop(self.writer());
        Ok(())
    }

    fn is_settled(&self) -> bool {
        true
    }

    fn listen(&self, listener: Arc<dyn ChangeListener>) {
        *self.writer() = Some(listener);
    }

    fn load_key(&self, access_key: &AccessKey) -> Result<Load<Option<VerificationRow>>, BackendError> {
        let state = self.state();
        let row = state.key_named(access_key).map(KeyRecord::verification_row);
        Ok(Load { row, at: state.revision() })
    }

    fn load_owner(&self, owner: Owner) -> Result<Load<Option<OwnerRow>>, BackendError> {
        let state = self.state();
        Ok(Load { row: state.owner(owner), at: state.revision() })
    }

    fn load_keys(
        &self,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Load<Vec<(AccessKey, VerificationRow)>>, BackendError> {
        let state = self.state();
        Ok(Load { row: state.live_keys(after, limit), at: state.revision() })
    }

    fn stored_secret(&self, key: KeyId) -> Result<Option<StoredSecret>, BackendError> {
        let state = self.state();
        Ok(state.key(Reach::AllOwners, key).and_then(|record| record.parts().lifecycle.secret()).cloned())
    }

    fn key(&self, reach: Reach, id: KeyId) -> Result<Option<KeyRecord>, BackendError> {
        Ok(self.state().key(reach, id).cloned())
    }

    fn keys(&self, reach: Reach, query: &KeyQuery) -> Result<Page<KeyRecord>, BackendError> {
        Ok(self.state().keys(reach, query))
    }

    fn environment(
        &self,
        reach: Reach,
        id: EnvironmentId,
    ) -> Result<Option<EnvironmentRecord>, BackendError> {
        Ok(self.state().environment(reach, id).cloned())
    }

    fn environments(
        &self,
        reach: Reach,
        query: &EnvironmentQuery,
    ) -> Result<Page<EnvironmentRecord>, BackendError> {
        Ok(self.state().environments(reach, query))
    }

    fn account(&self, id: AccountId) -> Result<Option<AccountRecord>, BackendError> {
        Ok(self.state().account(id).cloned())
    }

    fn accounts(&self, after: Option<AccountId>, limit: usize) -> Result<Page<AccountRecord>, BackendError> {
        Ok(self.state().accounts(after, limit))
    }

    fn member(&self, reach: Reach, id: MemberId) -> Result<Option<MemberRecord>, BackendError> {
        Ok(self.state().member(reach, id).copied())
    }

    fn membership(
        &self,
        environment: EnvironmentId,
        account: AccountId,
    ) -> Result<Option<MemberRecord>, BackendError> {
        Ok(self.state().members().membership(environment, account).copied())
    }

    fn members(
        &self,
        reach: Reach,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        Ok(self.state().members_within(reach, after, limit))
    }

    fn memberships(
        &self,
        account: AccountId,
        after: Option<EnvironmentId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        Ok(self.state().memberships(account, after, limit))
    }

    fn keys_made_by(
        &self,
        creator: Creator,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Page<KeyRecord>, BackendError> {
        Ok(self.state().keys_made_by(creator, after, limit))
    }

    fn setting(&self, name: SettingName) -> Result<Option<Setting>, BackendError> {
        Ok(self.state().setting(name).cloned())
    }

    fn peppers(&self) -> Result<Vec<PepperId>, BackendError> {
        Ok(self.state().peppers().to_vec())
    }

    fn audit(&self, after: Option<AuditId>, limit: usize) -> Result<Vec<LinkedEvent>, BackendError> {
        Ok(self.state().audit(after, limit))
    }

    fn receipt(&self, name: &ReceiptName) -> Result<Option<Receipt>, BackendError> {
        Ok(self.state().receipt(name).cloned())
    }

    fn head(&self) -> Result<Head, BackendError> {
        Ok(self.state().head())
    }
}

impl LogInStore for MemoryStore {
    fn password(&self, reach: Reach, id: PasswordId) -> Result<Option<PasswordRecord>, BackendError> {
        Ok(self.state().log_ins().password(reach, id).cloned())
    }

    fn passwords(&self, reach: Reach, query: &PasswordQuery) -> Result<Page<PasswordRecord>, BackendError> {
        Ok(self.state().log_ins().passwords(reach, query))
    }

    fn password_named(&self, login: &FoldedLogin) -> Result<Option<PasswordRecord>, BackendError> {
        Ok(self.state().log_ins().password_named(login).cloned())
    }

    fn session(&self, hash: &SessionHash) -> Result<Option<KnownSession>, BackendError> {
        let state = self.state();
        Ok(state.log_ins().session(hash).map(|session| KnownSession {
            account: state.account(session.parts().account).cloned(),
            session: session.clone(),
        }))
    }

    fn device(&self, hash: &DeviceHash) -> Result<Option<DeviceRecord>, BackendError> {
        Ok(self.state().log_ins().device(hash))
    }

    fn devices(&self, account: AccountId) -> Result<Vec<DeviceRecord>, BackendError> {
        Ok(self.state().log_ins().devices(account))
    }

    fn note(&self, note: Note) -> Result<u64, CommitError> {
        let writer = self.writer();
        let delta = self.state().log_ins().noted(note);
        let rows = delta.len();
        if rows > 0 {
            self.apply(&writer, &Batch::new(), |state| state.put_log_ins(delta));
        }
        Ok(rows)
    }
}
