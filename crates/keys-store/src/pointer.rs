//! A pointer to a store is a store.

use std::sync::Arc;

use keys_core::{
    AccessKey, AccountId, AccountRecord, AuditId, Creator, DeviceHash, DeviceRecord, EnvironmentId,
    EnvironmentRecord, FoldedLogin, KeyId, KeyRecord, MemberId, MemberRecord, Owner, OwnerRow, PasswordId,
    PasswordRecord, PepperId, Receipt, ReceiptName, ReceiptSweep, SessionHash, SettingName, StoredSecret,
    Tagged, VerificationRow,
};

use crate::error::{BackendError, CommitError};
use crate::listener::ChangeListener;
use crate::log_in::{KnownSession, LogInStore, Note, PasswordQuery};
use crate::query::{EnvironmentQuery, KeyQuery, Page, Reach};
use crate::store::{Change, Committed, Head, KeyStore, LinkedEvent, Load, Setting};

#[deny(clippy::missing_trait_methods, reason = "a pointer forwards everything")]
impl<S: LogInStore + ?Sized> LogInStore for Arc<S> {
    fn password(&self, reach: Reach, id: PasswordId) -> Result<Option<PasswordRecord>, BackendError> {
        (**self).password(reach, id)
    }

    fn passwords(&self, reach: Reach, query: &PasswordQuery) -> Result<Page<PasswordRecord>, BackendError> {
        (**self).passwords(reach, query)
    }

    fn password_named(&self, login: &FoldedLogin) -> Result<Option<PasswordRecord>, BackendError> {
        (**self).password_named(login)
    }

    fn session(&self, hash: &SessionHash) -> Result<Option<KnownSession>, BackendError> {
        (**self).session(hash)
    }

    fn device(&self, hash: &DeviceHash) -> Result<Option<DeviceRecord>, BackendError> {
        (**self).device(hash)
    }

    fn devices(&self, account: AccountId) -> Result<Vec<DeviceRecord>, BackendError> {
        (**self).devices(account)
    }

    fn note(&self, note: Note) -> Result<u64, CommitError> {
        (**self).note(note)
    }
}

/// A shared store is a store: the same one.
#[deny(clippy::missing_trait_methods, reason = "a pointer forwards everything")]
impl<S: KeyStore + ?Sized> KeyStore for Arc<S> {
    fn commit(&self, changes: Vec<Change>) -> Result<Vec<Committed>, CommitError> {
        (**self).commit(changes)
    }

    fn replace_tag(&self, key: KeyId, expected: &Tagged, new: &Tagged) -> Result<bool, CommitError> {
        (**self).replace_tag(key, expected, new)
    }

    fn erase_receipt_secret(&self, name: &ReceiptName) -> Result<bool, CommitError> {
        (**self).erase_receipt_secret(name)
    }

    fn sweep_receipts(&self, sweep: &ReceiptSweep) -> Result<usize, CommitError> {
        (**self).sweep_receipts(sweep)
    }

    fn barrier(&self) -> Result<(), BackendError> {
        (**self).barrier()
    }

    fn is_settled(&self) -> bool {
        (**self).is_settled()
    }

    fn listen(&self, listener: Arc<dyn ChangeListener>) {
        (**self).listen(listener);
    }

    fn load_key(&self, access_key: &AccessKey) -> Result<Load<Option<VerificationRow>>, BackendError> {
        (**self).load_key(access_key)
    }

    fn load_owner(&self, owner: Owner) -> Result<Load<Option<OwnerRow>>, BackendError> {
        (**self).load_owner(owner)
    }

    fn load_keys(
        &self,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Load<Vec<(AccessKey, VerificationRow)>>, BackendError> {
        (**self).load_keys(after, limit)
    }

    fn stored_secret(&self, key: KeyId) -> Result<Option<StoredSecret>, BackendError> {
        (**self).stored_secret(key)
    }

    fn key(&self, reach: Reach, id: KeyId) -> Result<Option<KeyRecord>, BackendError> {
        (**self).key(reach, id)
    }

    fn keys(&self, reach: Reach, query: &KeyQuery) -> Result<Page<KeyRecord>, BackendError> {
        (**self).keys(reach, query)
    }

    fn environment(
        &self,
        reach: Reach,
        id: EnvironmentId,
    ) -> Result<Option<EnvironmentRecord>, BackendError> {
        (**self).environment(reach, id)
    }

    fn environments(
        &self,
        reach: Reach,
        query: &EnvironmentQuery,
    ) -> Result<Page<EnvironmentRecord>, BackendError> {
        (**self).environments(reach, query)
    }

    fn account(&self, id: AccountId) -> Result<Option<AccountRecord>, BackendError> {
        (**self).account(id)
    }

    fn accounts(&self, after: Option<AccountId>, limit: usize) -> Result<Page<AccountRecord>, BackendError> {
        (**self).accounts(after, limit)
    }

    fn member(&self, reach: Reach, id: MemberId) -> Result<Option<MemberRecord>, BackendError> {
        (**self).member(reach, id)
    }

    fn membership(
        &self,
        environment: EnvironmentId,
        account: AccountId,
    ) -> Result<Option<MemberRecord>, BackendError> {
        (**self).membership(environment, account)
    }

    fn members(
        &self,
        reach: Reach,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        (**self).members(reach, after, limit)
    }

    fn memberships(
        &self,
        account: AccountId,
        after: Option<EnvironmentId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        (**self).memberships(account, after, limit)
    }

    fn keys_made_by(
        &self,
        creator: Creator,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Page<KeyRecord>, BackendError> {
        (**self).keys_made_by(creator, after, limit)
    }

    fn setting(&self, name: SettingName) -> Result<Option<Setting>, BackendError> {
        (**self).setting(name)
    }

    fn peppers(&self) -> Result<Vec<PepperId>, BackendError> {
        (**self).peppers()
    }

    fn audit(&self, after: Option<AuditId>, limit: usize) -> Result<Vec<LinkedEvent>, BackendError> {
        (**self).audit(after, limit)
    }

    fn receipt(&self, name: &ReceiptName) -> Result<Option<Receipt>, BackendError> {
        (**self).receipt(name)
    }

    fn head(&self) -> Result<Head, BackendError> {
        (**self).head()
    }
}
