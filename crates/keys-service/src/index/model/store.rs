//! The store in memory, made fit for a scheduler that runs one task at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keys_core::{
    AccessKey, AccountId, AccountRecord, AuditId, Creator, DeviceHash, DeviceRecord, EnvironmentId,
    EnvironmentRecord, FoldedLogin, KeyId, KeyRecord, MemberId, MemberRecord, Owner, OwnerRow, PasswordId,
    PasswordRecord, PepperId, Receipt, ReceiptName, ReceiptSweep, SessionHash, SettingName, StoredSecret,
    Tagged, VerificationRow,
};
use keys_store::fault::FaultStore;
use keys_store::{
    BackendError, Change, ChangeListener, CommitError, Committed, EnvironmentQuery, Head, KeyQuery, KeyStore,
    KnownSession, LinkedEvent, Load, LogInStore, MemoryStore, Note, Page, PasswordQuery, Reach, Setting,
};

/// A store in memory that can be made to fail, for **one** writing task.
///
/// Its locks are the standard library's, which the scheduler does not know: a task that waited for one would stop all.
/// The writer is the only one to hold a lock while the scheduler may switch, so that only [`barrier`](Self::barrier)
/// needs another way to wait.
#[derive(Debug)]
pub(super) struct ModelStore {
    inner: FaultStore,
    writing: AtomicBool,
    one_snapshot: bool,
}

impl ModelStore {
    /// An empty store. Without `one_snapshot` it breaks the contract of [`Load`].
    pub(super) fn new(one_snapshot: bool) -> Self {
        let inner = FaultStore::new(Arc::new(MemoryStore::new()));
        Self { inner, writing: AtomicBool::new(false), one_snapshot }
    }

    /// To make it fail.
    pub(super) fn faults(&self) -> &FaultStore {
        &self.inner
    }

    fn loaded<T>(&self, load: Load<T>) -> Result<Load<T>, BackendError> {
        if self.one_snapshot {
            return Ok(load);
        }
        shuttle::thread::yield_now();
        Ok(Load { at: self.inner.head()?.revision, ..load })
    }
}

impl KeyStore for ModelStore {
    fn commit(&self, changes: Vec<Change>) -> Result<Vec<Committed>, CommitError> {
        self.writing.store(true, Ordering::SeqCst);
        let committed = self.inner.commit(changes);
        self.writing.store(false, Ordering::SeqCst);
        committed
    }

    fn erase_receipt_secret(&self, name: &ReceiptName) -> Result<bool, CommitError> {
        self.inner.erase_receipt_secret(name)
    }

    fn sweep_receipts(&self, sweep: &ReceiptSweep) -> Result<usize, CommitError> {
        self.inner.sweep_receipts(sweep)
    }

    fn barrier(&self) -> Result<(), BackendError> {
        while self.writing.load(Ordering::SeqCst) {
            shuttle::thread::yield_now();
        }
        Ok(())
    }

    fn is_settled(&self) -> bool {
        self.inner.is_settled()
    }

    fn load_key(&self, access_key: &AccessKey) -> Result<Load<Option<VerificationRow>>, BackendError> {
        self.loaded(self.inner.load_key(access_key)?)
    }

    fn load_owner(&self, owner: Owner) -> Result<Load<Option<OwnerRow>>, BackendError> {
        self.loaded(self.inner.load_owner(owner)?)
    }

    fn load_keys(
        &self,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Load<Vec<(AccessKey, VerificationRow)>>, BackendError> {
        self.loaded(self.inner.load_keys(after, limit)?)
    }

    fn listen(&self, listener: Arc<dyn ChangeListener>) {
        self.inner.listen(listener);
    }

    fn replace_tag(&self, key: KeyId, expected: &Tagged, new: &Tagged) -> Result<bool, CommitError> {
        self.inner.replace_tag(key, expected, new)
    }

    fn stored_secret(&self, key: KeyId) -> Result<Option<StoredSecret>, BackendError> {
        self.inner.stored_secret(key)
    }

    fn key(&self, reach: Reach, id: KeyId) -> Result<Option<KeyRecord>, BackendError> {
        self.inner.key(reach, id)
    }

    fn keys(&self, reach: Reach, query: &KeyQuery) -> Result<Page<KeyRecord>, BackendError> {
        self.inner.keys(reach, query)
    }

    fn environment(
        &self,
        reach: Reach,
        id: EnvironmentId,
    ) -> Result<Option<EnvironmentRecord>, BackendError> {
        self.inner.environment(reach, id)
    }

    fn environments(
        &self,
        reach: Reach,
        query: &EnvironmentQuery,
    ) -> Result<Page<EnvironmentRecord>, BackendError> {
        self.inner.environments(reach, query)
    }

    fn account(&self, id: AccountId) -> Result<Option<AccountRecord>, BackendError> {
        self.inner.account(id)
    }

    fn accounts(&self, after: Option<AccountId>, limit: usize) -> Result<Page<AccountRecord>, BackendError> {
        self.inner.accounts(after, limit)
    }

    fn member(&self, reach: Reach, id: MemberId) -> Result<Option<MemberRecord>, BackendError> {
        self.inner.member(reach, id)
    }

    fn membership(
        &self,
        environment: EnvironmentId,
        account: AccountId,
    ) -> Result<Option<MemberRecord>, BackendError> {
        self.inner.membership(environment, account)
    }

    fn members(
        &self,
        reach: Reach,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        self.inner.members(reach, after, limit)
    }

    fn memberships(
        &self,
        account: AccountId,
        after: Option<EnvironmentId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        self.inner.memberships(account, after, limit)
    }

    fn keys_made_by(
        &self,
        creator: Creator,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Page<KeyRecord>, BackendError> {
        self.inner.keys_made_by(creator, after, limit)
    }

    fn setting(&self, name: SettingName) -> Result<Option<Setting>, BackendError> {
        self.inner.setting(name)
    }

    fn peppers(&self) -> Result<Vec<PepperId>, BackendError> {
        self.inner.peppers()
    }

    fn audit(&self, after: Option<AuditId>, limit: usize) -> Result<Vec<LinkedEvent>, BackendError> {
        self.inner.audit(after, limit)
    }

    fn receipt(&self, name: &ReceiptName) -> Result<Option<Receipt>, BackendError> {
        self.inner.receipt(name)
    }

    fn head(&self) -> Result<Head, BackendError> {
        self.inner.head()
    }
}

impl LogInStore for ModelStore {
    fn password(&self, reach: Reach, id: PasswordId) -> Result<Option<PasswordRecord>, BackendError> {
        self.inner.password(reach, id)
    }

    fn passwords(&self, reach: Reach, query: &PasswordQuery) -> Result<Page<PasswordRecord>, BackendError> {
        self.inner.passwords(reach, query)
    }

    fn password_named(&self, login: &FoldedLogin) -> Result<Option<PasswordRecord>, BackendError> {
        self.inner.password_named(login)
    }

    fn session(&self, hash: &SessionHash) -> Result<Option<KnownSession>, BackendError> {
        self.inner.session(hash)
    }

    fn device(&self, hash: &DeviceHash) -> Result<Option<DeviceRecord>, BackendError> {
        self.inner.device(hash)
    }

    fn devices(&self, account: AccountId) -> Result<Vec<DeviceRecord>, BackendError> {
        self.inner.devices(account)
    }

    fn note(&self, note: Note) -> Result<u64, CommitError> {
        self.inner.note(note)
    }
}
