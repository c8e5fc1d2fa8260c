//! The list of those who may log in although the mode would not let them: somebody is put on it, or taken off.
//!
//! It is one setting, so each change writes all of it: on the condition that it is still the one that was read, or what
//! another administrator did meanwhile would be undone unseen.

use keys_core::{AccountId, AccountList, Action, Revision, SettingName, SettingValue};
use keys_store::{Requirement, rules};

use super::AccessError;
use super::configure::put;
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure};

impl Authority {
    /// Puts an account on the list, whoever else is put there or taken off meanwhile. One that is there already is no
    /// change.
    ///
    /// # Errors
    ///
    /// See [`AccessError`]; [`AccessError::ListFull`] when there is no room.
    pub fn list_account(&self, context: &Context, id: AccountId) -> Result<(), AccessError> {
        self.change_list(context, |list| {
            if self.store.account(id).map_err(StoreFailure::from)?.is_none() {
                return Err(AccessError::NoSuchAccount { id });
            }
            let more = list.accounts().iter().copied().chain([id]);
            AccountList::new(more).map_err(|_| AccessError::ListFull)
        })
    }

    /// Takes an account off the list, whoever else is put there or taken off meanwhile. One that is not there is no
    /// change. Once this returns `Ok`, whom the list alone let in is out.
    ///
    /// # Errors
    ///
    /// See [`AccessError`].
    pub fn unlist_account(&self, context: &Context, id: AccountId) -> Result<(), AccessError> {
        self.change_list(context, |list| {
            let others = list.accounts().iter().copied().filter(|other| *other != id);
            // One that is shorter is not too long.
            Ok(AccountList::new(others).unwrap_or_default())
        })
    }

    /// Reads the list, decides, writes it if it is still that one, and begins again when another was faster.
    fn change_list(
        &self,
        context: &Context,
        decide: impl Fn(&AccountList) -> Result<AccountList, AccessError>,
    ) -> Result<(), AccessError> {
        if !context.caller.administers() {
            return Err(AccessError::Forbidden);
        }
        let mut refused_at = None;
        for _ in 0..ATTEMPTS {
            let (list, revision) = self.kept_list()?;
            if refused_at == Some(revision) {
                // Nobody was faster: the caller administers no longer.
                return Err(AccessError::Forbidden);
            }
            let decided = decide(&list)?;
            if decided == list {
                return Ok(self.settle(revision).map_err(StoreFailure::from)?);
            }
            let write = put(&SettingValue::AllowedAccounts(decided));
            let as_read = Requirement::SettingAt { name: SettingName::AllowedAccounts, revision };
            match self.change(context, Action::ChangeSetting, write, Some(as_read)) {
                Ok(_) => return Ok(()),
                Err(WriteFailure::Unmet) => refused_at = Some(revision),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(AccessError::Contended)
    }

    /// The list as the store has it, and the revision of its last change.
    fn kept_list(&self) -> Result<(AccountList, Revision), StoreFailure> {
        let kept = self.store.setting(SettingName::AllowedAccounts)?;
        let text = kept.as_ref().map(|setting| &*setting.value);
        let list = match rules::setting_value(SettingName::AllowedAccounts, text) {
            SettingValue::AllowedAccounts(list) => list,
            SettingValue::AccessControl(_)
            | SettingValue::AccessMode(_)
            | SettingValue::LogInProvider(_)
            | SettingValue::Realm(_)
            | SettingValue::ApiUiScript(_)
            | SettingValue::ApiUiStylesheet(_) => AccountList::default(),
        };
        Ok((list, kept.map_or(Revision::ZERO, |setting| setting.revision)))
    }
}
