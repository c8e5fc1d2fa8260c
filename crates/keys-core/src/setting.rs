//! Settings of the whole installation: a closed set of names, each with values of its own.

use core::fmt;
use core::str::FromStr;

use crate::admission::{AccessMode, AccountList, ParseAccessModeError, ParseAccountListError};
use crate::asset_url::{AssetUrl, ParseAssetUrlError};
use crate::realm::{ParseRealmError, Realm};

/// The settings there are. Their text forms are the names Rancher v1 gave them.
///
/// A new one is a variant here and in [`SettingValue`], a row in a migration of the database, and a line wherever the
/// compiler then asks.
///
/// ```
/// use keys_core::SettingName;
///
/// assert_eq!("api.security.enabled".parse(), Ok(SettingName::AccessControl));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettingName {
    /// `api.security.enabled`: whether callers need a credential.
    AccessControl,
    /// `api.auth.local.access.mode`: which people may log in.
    AccessMode,
    /// `api.auth.local.allowed.identities`: which people may log in although the mode would not let them.
    AllowedAccounts,
    /// `api.auth.provider.configured`: who checks the passwords of people.
    LogInProvider,
    /// `api.auth.realm`: what a challenge asks for.
    Realm,
    /// `api.ui.js.url`: the script that makes a page of a document in place of our own pages.
    ApiUiScript,
    /// `api.ui.css.url`: the stylesheet beside that script.
    ApiUiStylesheet,
}

impl SettingName {
    /// Every setting.
    pub const ALL: [Self; 7] = [
        Self::AccessControl,
        Self::AccessMode,
        Self::AllowedAccounts,
        Self::LogInProvider,
        Self::Realm,
        Self::ApiUiScript,
        Self::ApiUiStylesheet,
    ];

    /// The name, for ever.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessControl => "api.security.enabled",
            Self::AccessMode => "api.auth.local.access.mode",
            Self::AllowedAccounts => "api.auth.local.allowed.identities",
            Self::LogInProvider => "api.auth.provider.configured",
            Self::Realm => "api.auth.realm",
            Self::ApiUiScript => "api.ui.js.url",
            Self::ApiUiStylesheet => "api.ui.css.url",
        }
    }
}

impl fmt::Display for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no setting, or no value of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseSettingError {
    /// There is no setting of this name.
    #[error(
        "no such setting; there are `api.security.enabled`, `api.auth.local.access.mode`, \
         `api.auth.local.allowed.identities`, `api.auth.provider.configured`, `api.auth.realm`, `api.ui.js.url` and \
         `api.ui.css.url`"
    )]
    UnknownName,
    /// The setting is a switch, and the value neither of its positions.
    #[error("not a value of this setting: expected `true` or `false`")]
    NotASwitch,
    /// The setting is an access mode, and the value none that can be chosen.
    #[error("not a value of this setting")]
    NotAMode(#[source] ParseAccessModeError),
    /// The setting is a list of accounts, and the value none.
    #[error("not a value of this setting")]
    NotAccounts(#[source] ParseAccountListError),
    /// The setting is a provider of log-ins, and the value none.
    #[error("not a value of this setting: expected `none` or `localauthconfig`")]
    NotAProvider,
    /// The setting is the text of a challenge, and the value none.
    #[error("not a value of this setting")]
    NotARealm(#[source] ParseRealmError),
    /// The setting is the address of a file, and the value none.
    #[error("not a value of this setting: expected the address of a file, or nothing")]
    NotAnAddress(#[source] ParseAssetUrlError),
}

impl FromStr for SettingName {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or(ParseSettingError::UnknownName)
    }
}

/// A setting with its value. Its `Display` is the value alone, in the form it is kept in.
///
/// ```
/// use keys_core::{AccessControl, SettingName, SettingValue};
///
/// let off = SettingValue::default_of(SettingName::AccessControl);
/// assert_eq!(off, SettingValue::AccessControl(AccessControl::Off));
/// assert_eq!(SettingValue::parse(off.name(), &off.to_string()), Ok(off));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SettingValue {
    /// Of [`SettingName::AccessControl`].
    AccessControl(AccessControl),
    /// Of [`SettingName::AccessMode`].
    AccessMode(AccessMode),
    /// Of [`SettingName::AllowedAccounts`].
    AllowedAccounts(AccountList),
    /// Of [`SettingName::LogInProvider`].
    LogInProvider(LogInProvider),
    /// Of [`SettingName::Realm`].
    Realm(Realm),
    /// Of [`SettingName::ApiUiScript`]; the empty text is `None`: our own pages.
    ApiUiScript(Option<AssetUrl>),
    /// Of [`SettingName::ApiUiStylesheet`]; the empty text is `None`: no stylesheet.
    ApiUiStylesheet(Option<AssetUrl>),
}

impl SettingValue {
    /// The value of a setting that nobody has put.
    #[must_use]
    pub fn default_of(name: SettingName) -> Self {
        match name {
            SettingName::AccessControl => Self::AccessControl(AccessControl::Off),
            SettingName::AccessMode => Self::AccessMode(AccessMode::Unrestricted),
            SettingName::AllowedAccounts => Self::AllowedAccounts(AccountList::default()),
            SettingName::LogInProvider => Self::LogInProvider(LogInProvider::Local),
            SettingName::Realm => Self::Realm(Realm::DEFAULT),
            SettingName::ApiUiScript => Self::ApiUiScript(None),
            SettingName::ApiUiStylesheet => Self::ApiUiStylesheet(None),
        }
    }

    /// The value that a text means for a setting.
    ///
    /// # Errors
    ///
    /// [`ParseSettingError`], never of an unknown name.
    pub fn parse(name: SettingName, text: &str) -> Result<Self, ParseSettingError> {
        Ok(match name {
            SettingName::AccessControl => Self::AccessControl(text.parse()?),
            SettingName::AccessMode => Self::AccessMode(text.parse().map_err(ParseSettingError::NotAMode)?),
            SettingName::AllowedAccounts => {
                Self::AllowedAccounts(text.parse().map_err(ParseSettingError::NotAccounts)?)
            }
            SettingName::LogInProvider => Self::LogInProvider(text.parse()?),
            SettingName::Realm => Self::Realm(text.parse().map_err(ParseSettingError::NotARealm)?),
            SettingName::ApiUiScript => Self::ApiUiScript(address(text)?),
            SettingName::ApiUiStylesheet => Self::ApiUiStylesheet(address(text)?),
        })
    }

    /// Which setting this is a value of.
    #[must_use]
    pub const fn name(&self) -> SettingName {
        match self {
            Self::AccessControl(_) => SettingName::AccessControl,
            Self::AccessMode(_) => SettingName::AccessMode,
            Self::AllowedAccounts(_) => SettingName::AllowedAccounts,
            Self::LogInProvider(_) => SettingName::LogInProvider,
            Self::Realm(_) => SettingName::Realm,
            Self::ApiUiScript(_) => SettingName::ApiUiScript,
            Self::ApiUiStylesheet(_) => SettingName::ApiUiStylesheet,
        }
    }

    /// The value as it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::AccessControl(value) => value.as_str(),
            Self::AccessMode(value) => value.as_str(),
            Self::AllowedAccounts(value) => value.as_str(),
            Self::LogInProvider(value) => value.as_str(),
            Self::Realm(value) => value.as_str(),
            Self::ApiUiScript(url) | Self::ApiUiStylesheet(url) => {
                url.as_ref().map_or("", |url| url.as_str())
            }
        }
    }
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

fn address(text: &str) -> Result<Option<AssetUrl>, ParseSettingError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(ParseSettingError::NotAnAddress)
}
/// Whether callers need a credential. Off at first start, which is why a fresh server listens on loopback only.
///
/// Text form, for ever: `true` for on, `false` for off.
///
/// ```
/// use keys_core::AccessControl;
///
/// assert_eq!("true".parse(), Ok(AccessControl::On));
/// assert_eq!(AccessControl::default(), AccessControl::Off);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AccessControl {
    /// Who reaches the address has the API.
    #[default]
    Off,
    /// A caller who is not logged in needs an API key.
    On,
}

impl AccessControl {
    /// The value, for ever.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "false",
            Self::On => "true",
        }
    }
}

impl fmt::Display for AccessControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for AccessControl {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        match text {
            "true" => Ok(Self::On),
            "false" => Ok(Self::Off),
            _ => Err(ParseSettingError::NotASwitch),
        }
    }
}

/// Who checks the passwords of people.
///
/// Text form, for ever: `none`, `localauthconfig`.
///
/// ```
/// use keys_core::LogInProvider;
///
/// assert_eq!("localauthconfig".parse(), Ok(LogInProvider::Local));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LogInProvider {
    /// Nobody.
    None,
    /// The authority itself, by the passwords it keeps, once somebody has one.
    #[default]
    Local,
}

impl LogInProvider {
    /// The value, for ever.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Local => "localauthconfig",
        }
    }
}

impl fmt::Display for LogInProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for LogInProvider {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        match text {
            "none" => Ok(Self::None),
            "localauthconfig" => Ok(Self::Local),
            _ => Err(ParseSettingError::NotAProvider),
        }
    }
}
