//! Settings of the whole installation: a closed set of names.

use core::fmt;
use core::str::FromStr;

/// The settings there are. Their text forms are the names Rancher v1 gave them.
///
/// ```
/// use keys_core::SettingName;
///
/// assert_eq!("api.security.enabled".parse(), Ok(SettingName::AccessControl));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SettingName {
    /// `api.security.enabled`: whether callers need a credential. Its value is an [`AccessControl`].
    AccessControl,
}

impl SettingName {
    /// Every setting.
    pub const ALL: [Self; 1] = [Self::AccessControl];

    /// The name, for ever.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessControl => "api.security.enabled",
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
    #[error("no such setting; there is `api.security.enabled`")]
    UnknownName,
    /// The value is not one this setting takes.
    #[error("not a value of this setting: expected `true` or `false`")]
    InvalidValue,
}

impl FromStr for SettingName {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or(ParseSettingError::UnknownName)
    }
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
            _ => Err(ParseSettingError::InvalidValue),
        }
    }
}
