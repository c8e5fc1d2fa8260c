//! A store that has as many keys as it is told to and keeps none of them: each is made when it is asked for.
//!
//! So a bench can fill an index with ten million keys in seconds, and what the process then holds is the index and
//! nothing else. Everything but the reading of keys is the store in memory.

use std::sync::Arc;

use keys_core::{
    AccessKey, AccountId, AccountRecord, AuditId, Creator, Credential, DeviceHash, DeviceRecord,
    EnvironmentId, EnvironmentRecord, FoldedLogin, KeyId, KeyRecord, Keyring, MemberId, MemberRecord, Owner,
    OwnerRow, PasswordId, PasswordRecord, PepperId, Receipt, ReceiptName, ReceiptSweep, Revision, RowState,
    SessionHash, SettingName, StoredSecret, Tagged, VerificationRow,
};
use keys_store::{
    BackendError, Change, ChangeListener, CommitError, Committed, EnvironmentQuery, Head, KeyQuery, KeyStore,
    KnownSession, LinkedEvent, Load, LogInStore, MemoryStore, Note, Page, PasswordQuery, Reach, Setting,
};
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng as _;

/// See the module.
#[derive(Debug)]
pub(crate) struct Endless {
    inner: MemoryStore,
    keys: u64,
    keyring: Keyring,
    owners: Vec<Owner>,
}

impl Endless {
    /// So many keys, with tags of this keyring, of these owners in turn.
    pub(crate) fn new(keys: u64, keyring: Keyring, owners: Vec<Owner>) -> Self {
        Self { inner: MemoryStore::new(), keys, keyring, owners }
    }

    /// The pair of a key, by its number.
    pub(crate) fn pair(number: u64) -> Credential {
        Credential::generate(&mut ChaCha12Rng::seed_from_u64(number)).unwrap()
    }

    fn row(&self, number: u64) -> (AccessKey, VerificationRow) {
        let pair = Self::pair(number);
        let row = VerificationRow {
            key: KeyId::new(number).unwrap(),
            owner: self.owners[number as usize % self.owners.len()],
            state: RowState::Active(self.keyring.tag(&pair)),
            expires_at: None,
            revision: Revision::new(1),
        };
        (pair.access_key(), row)
    }
}

impl KeyStore for Endless {
    fn load_keys(
        &self,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Load<Vec<(AccessKey, VerificationRow)>>, BackendError> {
        let first = after.map_or(1, |id| id.number() + 1);
        let row = (first..=self.keys).take(limit).map(|number| self.row(number)).collect();
        Ok(Load { row, at: self.inner.head()?.revision })
    }

    fn commit(&self, changes: Vec<Change>) -> Result<Vec<Committed>, CommitError> {
        self.inner.commit(changes)
    }

    fn replace_tag(&self, key: KeyId, expected: &Tagged, new: &Tagged) -> Result<bool, CommitError> {
        self.inner.replace_tag(key, expected, new)
    }

    fn erase_receipt_secret(&self, name: &ReceiptName) -> Result<bool, CommitError> {
        self.inner.erase_receipt_secret(name)
    }

    fn sweep_receipts(&self, sweep: &ReceiptSweep) -> Result<usize, CommitError> {
        self.inner.sweep_receipts(sweep)
    }

    fn barrier(&self) -> Result<(), BackendError> {
        self.inner.barrier()
    }

    fn is_settled(&self) -> bool {
        self.inner.is_settled()
    }

    fn listen(&self, listener: Arc<dyn ChangeListener>) {
        self.inner.listen(listener);
    }

    fn load_key(&self, access_key: &AccessKey) -> Result<Load<Option<VerificationRow>>, BackendError> {
        self.inner.load_key(access_key)
    }

    fn load_owner(&self, owner: Owner) -> Result<Load<Option<OwnerRow>>, BackendError> {
        self.inner.load_owner(owner)
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

impl LogInStore for Endless {
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
