//! Changing what is there while no pepper is at hand.

use std::num::NonZeroUsize;
use std::sync::Arc;

use keys_core::{
    AccessControl, AccountId, AccountRecord, AccountTransition, EnvironmentId, EnvironmentRecord,
    EnvironmentTransition, HashPolicy, KeyId, KeyRecord, Keyring, LoginName, MemberRecord, Password,
    PasswordId, PasswordRecord, Pepper, Revision, Role, SettingValue, Transition,
};
use keys_store::{BackendError, BackendErrorKind, KeyStore, Page};
use rand_core::TryCryptoRng;

use crate::Edit;
use crate::authority::{Authority, OpenError};
use crate::context::Context;
use crate::environments::{EnvironmentChangeError, EnvironmentRequest, MembersError};
use crate::error::StoreFailure;
use crate::hashing::HashPool;
use crate::index::Index;
use crate::keys::{BulkError, BulkOutcome, KeyChangeError};
use crate::log_in::{EndSessionsError, LogIns, PasswordChangeError, PasswordEdit, UnlockError, Whom};
use crate::people::{AccountEdit, AccountError, AccountRequest};
use crate::settings::SettingError;

/// The use cases that take no pepper, for a tool that owns the store of an installation and lacks its pepper file:
/// whoever has lost that must still be able to deactivate a key and to switch access control off.
///
/// It issues and verifies nothing, and sets nothing up: the pepper it holds is known to nobody, so a key made or a tag
/// written under it would be lost. That is why it is a type of its own and not a way to open an [`Authority`].
#[derive(Debug)]
pub struct Maintenance(Authority);

impl Maintenance {
    /// Opens a store that has been set up.
    ///
    /// # Errors
    ///
    /// [`OpenError::Store`] or [`OpenError::Rng`].
    pub fn open<R: TryCryptoRng + ?Sized>(store: Arc<dyn KeyStore>, rng: &mut R) -> Result<Self, OpenError> {
        let keyring = Keyring::new(vec![Pepper::generate(rng)?])
            .map_err(|error| StoreFailure::from(BackendError::with_source(BackendErrorKind::Other, error)))?;
        let index = Arc::new(Index::new(None));
        store.listen(Arc::clone(&index) as _);
        let hashers = HashPool::new(NonZeroUsize::MIN, 0);
        let log_ins = LogIns::beside(NonZeroUsize::MIN, 0);
        let authority = Authority { store, index, keyring, policy: HashPolicy::STANDARD, hashers, log_ins };
        authority.begin_index().map_err(StoreFailure::from)?;
        Ok(Self(authority))
    }

    /// As [`Authority::edit_key`].
    ///
    /// # Errors
    ///
    /// See [`KeyChangeError`].
    pub fn edit_key(&self, context: &Context, id: KeyId, edit: Edit) -> Result<KeyRecord, KeyChangeError> {
        self.0.edit_key(context, id, edit, None)
    }

    /// As [`Authority::transition_key`].
    ///
    /// # Errors
    ///
    /// See [`KeyChangeError`].
    pub fn transition_key(
        &self,
        context: &Context,
        id: KeyId,
        transition: Transition,
    ) -> Result<KeyRecord, KeyChangeError> {
        self.0.transition_key(context, id, transition, None)
    }

    /// As [`Authority::transition_keys`].
    ///
    /// # Errors
    ///
    /// See [`BulkError`].
    pub fn transition_keys(
        &self,
        context: &Context,
        keys: &[(KeyId, Revision)],
        transition: Transition,
    ) -> Result<Vec<BulkOutcome>, BulkError> {
        self.0.transition_keys(context, keys, transition)
    }

    /// As [`Authority::create_environment`].
    ///
    /// # Errors
    ///
    /// See [`EnvironmentChangeError`].
    pub fn create_environment<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: EnvironmentRequest,
        rng: &mut R,
    ) -> Result<EnvironmentRecord, EnvironmentChangeError> {
        self.0.create_environment(context, request, rng)
    }

    /// As [`Authority::edit_environment`].
    ///
    /// # Errors
    ///
    /// See [`EnvironmentChangeError`].
    pub fn edit_environment(
        &self,
        context: &Context,
        id: EnvironmentId,
        edit: Edit,
    ) -> Result<EnvironmentRecord, EnvironmentChangeError> {
        self.0.edit_environment(context, id, edit, None)
    }

    /// As [`Authority::transition_environment`].
    ///
    /// # Errors
    ///
    /// See [`EnvironmentChangeError`].
    pub fn transition_environment(
        &self,
        context: &Context,
        id: EnvironmentId,
        transition: EnvironmentTransition,
    ) -> Result<EnvironmentRecord, EnvironmentChangeError> {
        self.0.transition_environment(context, id, transition, None)
    }

    /// As [`Authority::set_members`].
    ///
    /// # Errors
    ///
    /// See [`MembersError`].
    pub fn set_members(
        &self,
        context: &Context,
        environment: EnvironmentId,
        wanted: &[(AccountId, Role)],
    ) -> Result<Vec<MemberRecord>, MembersError> {
        self.0.set_members(context, environment, wanted, None)
    }

    /// As [`Authority::put_member`].
    ///
    /// # Errors
    ///
    /// See [`MembersError`].
    pub fn put_member(
        &self,
        context: &Context,
        environment: EnvironmentId,
        account: AccountId,
        role: Role,
    ) -> Result<Vec<MemberRecord>, MembersError> {
        self.0.put_member(context, environment, account, role)
    }

    /// As [`Authority::remove_member`].
    ///
    /// # Errors
    ///
    /// See [`MembersError`].
    pub fn remove_member(
        &self,
        context: &Context,
        environment: EnvironmentId,
        account: AccountId,
    ) -> Result<Vec<MemberRecord>, MembersError> {
        self.0.remove_member(context, environment, account)
    }

    /// As [`Authority::create_account`].
    ///
    /// # Errors
    ///
    /// See [`AccountError`].
    pub fn create_account<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: AccountRequest,
        rng: &mut R,
    ) -> Result<AccountRecord, AccountError> {
        self.0.create_account(context, request, rng)
    }

    /// As [`Authority::edit_account`].
    ///
    /// # Errors
    ///
    /// See [`AccountError`].
    pub fn edit_account(
        &self,
        context: &Context,
        id: AccountId,
        edit: AccountEdit,
    ) -> Result<AccountRecord, AccountError> {
        self.0.edit_account(context, id, edit, None)
    }

    /// As [`Authority::transition_account`].
    ///
    /// # Errors
    ///
    /// See [`AccountError`].
    pub fn transition_account(
        &self,
        context: &Context,
        id: AccountId,
        transition: AccountTransition,
    ) -> Result<AccountRecord, AccountError> {
        self.0.transition_account(context, id, transition, None)
    }

    /// As [`Authority::keys_made_by`].
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn keys_made_by(
        &self,
        context: &Context,
        id: AccountId,
    ) -> Result<Option<Page<KeyRecord>>, BackendError> {
        self.0.keys_made_by(context, id)
    }

    /// As [`Authority::set_password`]: the way back for an administrator who has forgotten theirs.
    ///
    /// # Errors
    ///
    /// See [`PasswordChangeError`].
    pub fn set_password<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        account: AccountId,
        login: LoginName,
        password: &Password,
        rng: &mut R,
    ) -> Result<PasswordRecord, PasswordChangeError> {
        self.0.set_password(context, account, login, password, rng)
    }

    /// As [`Authority::edit_password`].
    ///
    /// # Errors
    ///
    /// See [`PasswordChangeError`].
    pub fn edit_password<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        id: PasswordId,
        edit: &PasswordEdit,
        rng: &mut R,
    ) -> Result<PasswordRecord, PasswordChangeError> {
        self.0.edit_password(context, id, edit, None, rng)
    }

    /// As [`Authority::unlock`]. Whoever opens the store has no locks to open yet: what is left of it is the event.
    ///
    /// # Errors
    ///
    /// See [`UnlockError`].
    pub fn unlock(&self, context: &Context, whom: &Whom) -> Result<AccountId, UnlockError> {
        self.0.unlock(context, whom)
    }

    /// As [`Authority::end_sessions`].
    ///
    /// # Errors
    ///
    /// See [`EndSessionsError`].
    pub fn end_sessions(&self, context: &Context, whom: &Whom) -> Result<(), EndSessionsError> {
        self.0.end_sessions(context, whom)
    }

    /// As [`Authority::end_all_sessions`].
    ///
    /// # Errors
    ///
    /// See [`EndSessionsError`].
    pub fn end_all_sessions(&self, context: &Context) -> Result<(), EndSessionsError> {
        self.0.end_all_sessions(context)
    }

    /// As [`Authority::change_setting`].
    ///
    /// # Errors
    ///
    /// See [`SettingError`].
    pub fn change_setting(&self, context: &Context, value: &SettingValue) -> Result<(), SettingError> {
        self.0.change_setting(context, value)
    }

    /// As [`Authority::set_access_control`].
    ///
    /// # Errors
    ///
    /// See [`SettingError`].
    pub fn set_access_control(
        &self,
        context: &Context,
        access_control: AccessControl,
    ) -> Result<(), SettingError> {
        self.0.set_access_control(context, access_control)
    }
}
