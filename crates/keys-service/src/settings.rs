//! Switching access control.

use keys_core::{AccessControl, AccountId, Action, Owner, Revision, SettingName};
use keys_store::{Requirement, Write};

use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure};

/// Why access control was not switched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessControlError {
    /// The caller does not act as the administrator.
    #[error("only the administrator switches access control")]
    Forbidden,
    /// Nobody could administer afterwards: account `1a1` has no Active key.
    #[error("account 1a1 has no Active API key, so nobody could administer afterwards: make one first")]
    NoAdministratorKey,
    /// The store failed.
    #[error("access control could not be switched")]
    Store(#[from] StoreFailure),
}

impl Authority {
    /// Switches access control on or off. Switching it on needs an Active key of account `1a1`, checked in the same
    /// transaction; switching to what already holds changes nothing and succeeds.
    ///
    /// # Errors
    ///
    /// See [`AccessControlError`].
    pub fn set_access_control(
        &self,
        context: &Context,
        access_control: AccessControl,
    ) -> Result<(), AccessControlError> {
        if !context.caller.administers() {
            return Err(AccessControlError::Forbidden);
        }
        if self.holds(access_control)? {
            return Ok(());
        }
        let write =
            Write::PutSetting { name: SettingName::AccessControl, value: access_control.as_str().into() };
        let requires = match access_control {
            AccessControl::On => {
                Some(Requirement::ActiveKeyOf { owner: Owner::Account(AccountId::ADMIN), now: context.now })
            }
            AccessControl::Off => None,
        };
        match self.change(context, Action::ChangeSetting, write, requires) {
            Ok(_) => Ok(()),
            Err(WriteFailure::Unmet) => Err(AccessControlError::NoAdministratorKey),
            Err(failure) => Err(failure.into_store_failure().into()),
        }
    }

    /// Whether the stored setting has this value, and that has been published.
    fn holds(&self, access_control: AccessControl) -> Result<bool, StoreFailure> {
        let (value, changed) = match self.store.setting(SettingName::AccessControl)? {
            Some(setting) => (setting.value, setting.revision),
            None => (AccessControl::default().as_str().into(), Revision::ZERO),
        };
        let holds = &*value == access_control.as_str();
        if holds {
            self.settle(changed)?;
        }
        Ok(holds)
    }
}
