//! Settings of the installation: read as they were last published, changed by the administrator.

use keys_core::{
    AccessControl, AccessMode, AccountList, Action, AssetUrl, LogInProvider, Realm, Revision, SettingName,
    SettingValue,
};
use keys_store::{BackendError, PasswordQuery, Reach, Requirement, Write};

use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure};

/// Why a setting was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// The caller does not act as the administrator.
    #[error("only the administrator changes settings")]
    Forbidden,
    /// Nobody could administer afterwards: no Active account that administers has an Active key or a password.
    #[error(
        "no administrator has an Active API key or a password, so nobody could administer afterwards: make one first"
    )]
    NoAdministrator,
    /// The store failed.
    #[error("the setting could not be changed")]
    Store(#[from] StoreFailure),
}

/// Where the script and the stylesheet of another API page are, which are shown in place of our own pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUi {
    /// The script.
    pub script: AssetUrl,
    /// The stylesheet, if it has one.
    pub stylesheet: Option<AssetUrl>,
}

impl Authority {
    /// A setting as it was last published. Never waits for the store.
    #[must_use]
    pub fn setting(&self, name: SettingName) -> SettingValue {
        self.index.setting(name)
    }

    /// The other API page, if one is set. Never waits for the store.
    #[must_use]
    pub fn api_ui(&self) -> Option<ApiUi> {
        let SettingValue::ApiUiScript(Some(script)) = self.setting(SettingName::ApiUiScript) else {
            return None;
        };
        let stylesheet = match self.setting(SettingName::ApiUiStylesheet) {
            SettingValue::ApiUiStylesheet(stylesheet) => stylesheet,
            SettingValue::AccessControl(_)
            | SettingValue::AccessMode(_)
            | SettingValue::AllowedAccounts(_)
            | SettingValue::LogInProvider(_)
            | SettingValue::Realm(_)
            | SettingValue::ApiUiScript(_) => None,
        };
        Some(ApiUi { script, stylesheet })
    }

    /// What a challenge asks people for. Never waits for the store.
    #[must_use]
    pub fn realm(&self) -> Realm {
        if let SettingValue::Realm(realm) = self.setting(SettingName::Realm) { realm } else { Realm::DEFAULT }
    }

    /// Who checks the passwords of people: nobody, as long as nobody has one. That log-ins were given up counts only
    /// while access control is off: a server that needs them must not be without.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn log_in_provider(&self) -> Result<LogInProvider, BackendError> {
        let given_up = self.access_control() == AccessControl::Off
            && self.setting(SettingName::LogInProvider) == SettingValue::LogInProvider(LogInProvider::None);
        let query = PasswordQuery { limit: 1, ..PasswordQuery::default() };
        if given_up || self.store.passwords(Reach::AllOwners, &query)?.items.is_empty() {
            Ok(LogInProvider::None)
        } else {
            Ok(LogInProvider::Local)
        }
    }

    /// Which people may log in. Never waits for the store.
    #[must_use]
    pub fn access_mode(&self) -> AccessMode {
        if let SettingValue::AccessMode(mode) = self.setting(SettingName::AccessMode) {
            mode
        } else {
            AccessMode::Closed
        }
    }

    /// Which people may log in although the mode would not let them. Never waits for the store.
    #[must_use]
    pub fn allowed_accounts(&self) -> AccountList {
        if let SettingValue::AllowedAccounts(list) = self.setting(SettingName::AllowedAccounts) {
            list
        } else {
            AccountList::default()
        }
    }

    /// Gives a setting a value; one that it has already changes nothing and succeeds. Switching access control on needs
    /// an administrator with an Active key, checked in the same transaction.
    ///
    /// # Errors
    ///
    /// See [`SettingError`].
    pub fn change_setting(&self, context: &Context, value: &SettingValue) -> Result<(), SettingError> {
        if !context.caller.administers() {
            return Err(SettingError::Forbidden);
        }
        if self.holds(value)? {
            return Ok(());
        }
        let write = Write::PutSetting { name: value.name(), value: value.as_str().into() };
        let requires = match value {
            SettingValue::AccessControl(AccessControl::On) => {
                Some(Requirement::AdministratorCanEnter { now: context.now })
            }
            SettingValue::AccessControl(AccessControl::Off)
            | SettingValue::AccessMode(_)
            | SettingValue::AllowedAccounts(_)
            | SettingValue::LogInProvider(_)
            | SettingValue::Realm(_)
            | SettingValue::ApiUiScript(_)
            | SettingValue::ApiUiStylesheet(_) => None,
        };
        let needs_an_administrator = requires.is_some();
        match self.change(context, Action::ChangeSetting, write, requires) {
            Ok(_) => Ok(()),
            Err(WriteFailure::Unmet) if needs_an_administrator && self.still_administers(context)? => {
                Err(SettingError::NoAdministrator)
            }
            // The caller administers no longer.
            Err(WriteFailure::Unmet) => Err(SettingError::Forbidden),
            Err(failure) => Err(failure.into_store_failure().into()),
        }
    }

    /// Switches access control on or off, as [`change_setting`](Self::change_setting) does.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::AccessControl;
    /// use keys_service::{KeyRequest, SettingError};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// // Nobody could come in afterwards.
    /// let on = || authority.set_access_control(&context, AccessControl::On);
    /// assert!(matches!(on(), Err(SettingError::NoAdministrator)));
    /// authority.issue_key(&context, KeyRequest::default(), &mut rng)?;
    /// on()?;
    /// assert_eq!(authority.access_control(), AccessControl::On);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`SettingError`].
    pub fn set_access_control(
        &self,
        context: &Context,
        access_control: AccessControl,
    ) -> Result<(), SettingError> {
        self.change_setting(context, &SettingValue::AccessControl(access_control))
    }

    /// Whether the stored setting has this value, and that has been published.
    fn holds(&self, wanted: &SettingValue) -> Result<bool, StoreFailure> {
        let (holds, changed) = match self.store.setting(wanted.name())? {
            Some(setting) => (&*setting.value == wanted.as_str(), setting.revision),
            None => (SettingValue::default_of(wanted.name()) == *wanted, Revision::ZERO),
        };
        if holds {
            self.settle(changed)?;
        }
        Ok(holds)
    }
}
