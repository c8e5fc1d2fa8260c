//! A store that fails when it is told to: for tests of everything that stands on one.

#![deny(clippy::missing_trait_methods, reason = "a wrapper that forgets a method loses the store's own")]

mod hold;
mod log_in;
mod relay;
mod script;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use keys_core::{
    AccessKey, AccountId, AccountRecord, AuditId, Creator, EnvironmentId, EnvironmentRecord, KeyId,
    KeyRecord, MemberId, MemberRecord, Owner, OwnerRow, PepperId, Receipt, ReceiptName, ReceiptSweep,
    SettingName, StoredSecret, Tagged, VerificationRow,
};

pub use self::hold::{Hold, Moment};
pub use self::script::{Call, Calls, Fault};

use self::relay::{Relay, resume, touched_by};
use self::script::{Effect, Script};
use crate::error::{BackendError, BackendErrorKind, CommitError};
use crate::listener::{ChangeListener, Touched};
use crate::query::{EnvironmentQuery, KeyQuery, Page, Reach};
use crate::store::{Change, Committed, Head, KeyStore, LinkedEvent, Load, Setting};

/// Wraps a store; switched off it is that store.
///
/// The listener hears of a fault what it would hear of a real one: a write that is rolled back is hidden and revealed,
/// after one whose outcome is unknown it is told to forget and to resume.
///
/// ```
/// use std::sync::Arc;
///
/// use keys_store::fault::{Call, Calls, Fault, FaultStore};
/// use keys_store::{BackendErrorKind, KeyStore as _, MemoryStore};
///
/// let store = FaultStore::new(Arc::new(MemoryStore::new()));
/// // The second look at the head fails, once.
/// store.inject(Calls::Only(Call::Head), 1, Fault::Failed(BackendErrorKind::Unavailable));
/// assert!(store.head().is_ok());
/// assert!(store.head().is_err());
/// assert!(store.head().is_ok());
/// ```
#[derive(Debug)]
pub struct FaultStore {
    inner: Arc<dyn KeyStore>,
    script: Mutex<Script>,
    // Writes that go well share it, so that the store beneath can put them into one batch. A write that goes wrong has
    // it alone: between `forget` and `resume` nothing else may be told.
    listener: RwLock<Option<Arc<dyn ChangeListener>>>,
    relay: Arc<Relay>,
}

impl FaultStore {
    /// Wraps a store, switched off.
    #[must_use]
    pub fn new(inner: Arc<dyn KeyStore>) -> Self {
        Self { inner, script: Mutex::default(), listener: RwLock::default(), relay: Arc::default() }
    }

    /// Makes one call fail: of those meant by `calls`, the one after `pass` more that go well.
    pub fn inject(&self, calls: Calls, pass: u64, fault: Fault) {
        self.with_script(|script| script.add(calls, pass, Effect::Fault(fault)));
    }

    /// Holds one call up: of those meant by `calls`, the one after `pass` more. It goes on when the [`Hold`] is
    /// released or dropped.
    #[must_use]
    pub fn hold(&self, calls: Calls, pass: u64, moment: Moment) -> Hold {
        let (hold, gate) = Hold::new(moment);
        self.with_script(|script| script.add(calls, pass, Effect::Hold(gate)));
        hold
    }

    /// Makes every call fail, before anything is done, until [`repair`](Self::repair).
    pub fn break_down(&self, kind: BackendErrorKind) {
        self.with_script(|script| script.set_broken(Some(kind)));
    }

    /// Ends what [`break_down`](Self::break_down) began.
    pub fn repair(&self) {
        self.with_script(|script| script.set_broken(None));
    }

    /// How many calls there have been: every one of them can be made to fail in another run.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.with_script(|script| script.calls())
    }

    fn with_script<T>(&self, act: impl FnOnce(&mut Script) -> T) -> T {
        act(&mut self.script.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A call that changes nothing.
    fn read<T>(
        &self,
        call: Call,
        read: impl FnOnce(&dyn KeyStore) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let due = self.with_script(|script| script.next(call));
        due.pass(Moment::BeforeTheCall);
        let answer = match due.fault {
            Some(fault) => Err(BackendError::new(fault.kind())),
            None => read(&*self.inner),
        };
        due.pass(Moment::BeforeTheAnswer);
        answer
    }

    /// A call that changes something; `touched` is what would be hidden for it, as far as that can be told.
    fn write<T>(
        &self,
        call: Call,
        touched: &[Touched],
        write: impl FnOnce(&dyn KeyStore) -> Result<T, CommitError>,
    ) -> Result<T, CommitError> {
        let due = self.with_script(|script| script.next(call));
        due.pass(Moment::BeforeTheCall);
        let answer = match due.fault {
            Some(fault) => self.fail(fault, touched, write),
            None => {
                let _shared = self.listener.read().unwrap_or_else(PoisonError::into_inner);
                write(&*self.inner)
            }
        };
        due.pass(Moment::BeforeTheAnswer);
        answer
    }

    fn fail<T>(
        &self,
        fault: Fault,
        touched: &[Touched],
        write: impl FnOnce(&dyn KeyStore) -> Result<T, CommitError>,
    ) -> Result<T, CommitError> {
        let listener = self.listener.write().unwrap_or_else(PoisonError::into_inner);
        let listener = listener.as_deref();
        let error = BackendError::new(fault.kind());
        match fault {
            Fault::Failed(_) => Err(CommitError::Failed(error)),
            Fault::RolledBack(_) => {
                if let Some(listener) = listener {
                    listener.hide(touched);
                    listener.reveal(touched);
                }
                Err(CommitError::Failed(error))
            }
            Fault::Unknown { happened: true } => {
                // The relay keeps what is published from the listener: nobody knows it yet.
                self.relay.while_lost(|| write(&*self.inner))?;
                resume(&*self.inner, listener);
                Err(CommitError::Unknown(error))
            }
            Fault::Unknown { happened: false } => {
                if let Some(listener) = listener {
                    listener.hide(touched);
                    listener.forget();
                }
                resume(&*self.inner, listener);
                Err(CommitError::Unknown(error))
            }
        }
    }
}

impl KeyStore for FaultStore {
    fn commit(&self, changes: Vec<Change>) -> Result<Vec<Committed>, CommitError> {
        let touched = touched_by(&changes);
        self.write(Call::Commit, &touched, |store| store.commit(changes))
    }

    fn replace_tag(&self, key: KeyId, expected: &Tagged, new: &Tagged) -> Result<bool, CommitError> {
        self.write(Call::ReplaceTag, &[], |store| store.replace_tag(key, expected, new))
    }

    fn erase_receipt_secret(&self, name: &ReceiptName) -> Result<bool, CommitError> {
        self.write(Call::EraseReceiptSecret, &[], |store| store.erase_receipt_secret(name))
    }

    fn sweep_receipts(&self, sweep: &ReceiptSweep) -> Result<usize, CommitError> {
        self.write(Call::SweepReceipts, &[], |store| store.sweep_receipts(sweep))
    }

    fn barrier(&self) -> Result<(), BackendError> {
        self.read(Call::Barrier, |store| {
            // A write that went wrong is published once the listener has resumed.
            drop(self.listener.read().unwrap_or_else(PoisonError::into_inner));
            store.barrier()
        })
    }

    fn is_settled(&self) -> bool {
        self.inner.is_settled()
    }

    fn listen(&self, listener: Arc<dyn ChangeListener>) {
        let mut own = self.listener.write().unwrap_or_else(PoisonError::into_inner);
        self.relay.listen(listener.clone());
        self.inner.listen(self.relay.clone());
        *own = Some(listener);
    }

    fn load_key(&self, access_key: &AccessKey) -> Result<Load<Option<VerificationRow>>, BackendError> {
        self.read(Call::LoadKey, |store| store.load_key(access_key))
    }

    fn load_owner(&self, owner: Owner) -> Result<Load<Option<OwnerRow>>, BackendError> {
        self.read(Call::LoadOwner, |store| store.load_owner(owner))
    }

    fn load_keys(
        &self,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Load<Vec<(AccessKey, VerificationRow)>>, BackendError> {
        self.read(Call::LoadKeys, |store| store.load_keys(after, limit))
    }

    fn stored_secret(&self, key: KeyId) -> Result<Option<StoredSecret>, BackendError> {
        self.read(Call::StoredSecret, |store| store.stored_secret(key))
    }

    fn key(&self, reach: Reach, id: KeyId) -> Result<Option<KeyRecord>, BackendError> {
        self.read(Call::Key, |store| store.key(reach, id))
    }

    fn keys(&self, reach: Reach, query: &KeyQuery) -> Result<Page<KeyRecord>, BackendError> {
        self.read(Call::Keys, |store| store.keys(reach, query))
    }

    fn environment(
        &self,
        reach: Reach,
        id: EnvironmentId,
    ) -> Result<Option<EnvironmentRecord>, BackendError> {
        self.read(Call::Environment, |store| store.environment(reach, id))
    }

    fn environments(
        &self,
        reach: Reach,
        query: &EnvironmentQuery,
    ) -> Result<Page<EnvironmentRecord>, BackendError> {
        self.read(Call::Environments, |store| store.environments(reach, query))
    }

    fn account(&self, id: AccountId) -> Result<Option<AccountRecord>, BackendError> {
        self.read(Call::Account, |store| store.account(id))
    }

    fn accounts(&self, after: Option<AccountId>, limit: usize) -> Result<Page<AccountRecord>, BackendError> {
        self.read(Call::Accounts, |store| store.accounts(after, limit))
    }

    fn member(&self, reach: Reach, id: MemberId) -> Result<Option<MemberRecord>, BackendError> {
        self.read(Call::Member, |store| store.member(reach, id))
    }

    fn membership(
        &self,
        environment: EnvironmentId,
        account: AccountId,
    ) -> Result<Option<MemberRecord>, BackendError> {
        self.read(Call::Membership, |store| store.membership(environment, account))
    }

    fn members(
        &self,
        reach: Reach,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        self.read(Call::Members, |store| store.members(reach, after, limit))
    }

    fn memberships(
        &self,
        account: AccountId,
        after: Option<EnvironmentId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        self.read(Call::Memberships, |store| store.memberships(account, after, limit))
    }

    fn keys_made_by(
        &self,
        creator: Creator,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Page<KeyRecord>, BackendError> {
        self.read(Call::KeysMadeBy, |store| store.keys_made_by(creator, after, limit))
    }

    fn setting(&self, name: SettingName) -> Result<Option<Setting>, BackendError> {
        self.read(Call::Setting, |store| store.setting(name))
    }

    fn peppers(&self) -> Result<Vec<PepperId>, BackendError> {
        self.read(Call::Peppers, |store| store.peppers())
    }

    fn audit(&self, after: Option<AuditId>, limit: usize) -> Result<Vec<LinkedEvent>, BackendError> {
        self.read(Call::Audit, |store| store.audit(after, limit))
    }

    fn receipt(&self, name: &ReceiptName) -> Result<Option<Receipt>, BackendError> {
        self.read(Call::Receipt, |store| store.receipt(name))
    }

    fn head(&self) -> Result<Head, BackendError> {
        self.read(Call::Head, |store| store.head())
    }
}
