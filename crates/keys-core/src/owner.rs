//! Who a key belongs to, and who made it.

use core::fmt;
use core::str::FromStr;

use crate::display::pad;
use crate::id::{AccountId, EnvironmentId, KeyId};

/// What a key belongs to and acts as: one environment, or one person's account.
///
/// Text form, for ever: `environment/1a5`, `account/1a1`.
///
/// ```
/// use keys_core::{EnvironmentId, Owner};
///
/// let owner: Owner = "environment/1a5".parse()?;
/// assert_eq!(owner, Owner::Environment("1a5".parse()?));
/// assert_eq!(owner.to_string(), "environment/1a5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The key acts inside this environment and nowhere else.
    Environment(EnvironmentId),
    /// The key acts as this account.
    Account(AccountId),
}

impl Owner {
    /// The number of the owner's id. Accounts and environments share one counter, so it names one of them only.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::Environment(id) => id.number(),
            Self::Account(id) => id.number(),
        }
    }

    /// The environment, if the owner is one.
    #[must_use]
    pub const fn environment(self) -> Option<EnvironmentId> {
        match self {
            Self::Environment(id) => Some(id),
            Self::Account(_) => None,
        }
    }

    /// The account, if the owner is one.
    #[must_use]
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Self::Environment(_) => None,
            Self::Account(id) => Some(id),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(id) => pad(f, format_args!("environment/{id}")),
            Self::Account(id) => pad(f, format_args!("account/{id}")),
        }
    }
}

/// Why a text is no [`Owner`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an owner: expected `environment/1a…` or `account/1a…`")]
#[non_exhaustive]
pub struct ParseOwnerError;

impl FromStr for Owner {
    type Err = ParseOwnerError;

    fn from_str(text: &str) -> Result<Self, ParseOwnerError> {
        match text.split_once('/') {
            Some(("environment", id)) => id.parse().map(Self::Environment).map_err(|_| ParseOwnerError),
            Some(("account", id)) => id.parse().map(Self::Account).map_err(|_| ParseOwnerError),
            _ => Err(ParseOwnerError),
        }
    }
}

/// Who made something: the principal, and the key it was verified by when there was one.
///
/// Text form, for ever: an [`Owner`], then `#` and the key's id when a key was used: `environment/1a5#1c7`.
///
/// ```
/// use keys_core::Creator;
///
/// let creator: Creator = "account/1a1#1c7".parse()?;
/// assert_eq!(creator.principal, "account/1a1".parse()?);
/// assert_eq!(creator.key, Some("1c7".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Creator {
    /// Who it was made as.
    pub principal: Owner,
    /// The key the request was verified by; `None` for a person, the local database tool, or the system.
    pub key: Option<KeyId>,
}

impl fmt::Display for Creator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key {
            Some(key) => pad(f, format_args!("{}#{key}", self.principal)),
            None => self.principal.fmt(f),
        }
    }
}

/// Why a text is no [`Creator`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a creator: expected an owner, then optionally `#1c…`")]
#[non_exhaustive]
pub struct ParseCreatorError;

impl FromStr for Creator {
    type Err = ParseCreatorError;

    fn from_str(text: &str) -> Result<Self, ParseCreatorError> {
        let (owner, key) = match text.split_once('#') {
            Some((owner, key)) => (owner, Some(key.parse().map_err(|_| ParseCreatorError)?)),
            None => (text, None),
        };
        Ok(Self { principal: owner.parse().map_err(|_| ParseCreatorError)?, key })
    }
}
