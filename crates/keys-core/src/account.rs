//! Accounts: the people, and the four accounts every installation begins with.

use core::fmt;
use core::str::FromStr;

use crate::id::{AccountId, Revision};
use crate::text::Name;
use crate::time::Timestamp;
use crate::uuid::Uuid;

/// What an account is for.
///
/// ```
/// use keys_core::AccountKind;
///
/// assert_eq!("admin".parse(), Ok(AccountKind::Admin));
/// assert_eq!(AccountKind::User.to_string(), "user");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    /// Administers the installation; `1a1` is one from the first start.
    Admin,
    /// Held back for the system itself, `1a2`; never acts for a caller.
    System,
    /// Held back, `1a3`, as Rancher v1 does; never acts for a caller.
    Superadmin,
    /// Stands for callers who are about to log in, `1a4`.
    Token,
    /// A person.
    User,
}

impl AccountKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Admin, Self::System, Self::Superadmin, Self::Token, Self::User];

    /// The text form, for ever: `admin`, `system`, `superadmin`, `token`, `user`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::System => "system",
            Self::Superadmin => "superadmin",
            Self::Token => "token",
            Self::User => "user",
        }
    }
}

impl fmt::Display for AccountKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether an account's keys are accepted.
///
/// ```
/// use keys_core::AccountState;
///
/// assert_eq!("inactive".parse(), Ok(AccountState::Inactive));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountState {
    /// Its keys are accepted, each by its own state.
    Active,
    /// None of its keys is accepted.
    Inactive,
}

impl AccountState {
    /// Both states.
    pub const ALL: [Self; 2] = [Self::Active, Self::Inactive];

    /// The text form, for ever: `active`, `inactive`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no kind or state of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a kind or state of an account: expected `admin`, `system`, `superadmin`, `token` or `user`, or `active` or `inactive`"
)]
#[non_exhaustive]
pub struct ParseAccountError;

impl FromStr for AccountKind {
    type Err = ParseAccountError;

    fn from_str(text: &str) -> Result<Self, ParseAccountError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseAccountError)
    }
}

impl FromStr for AccountState {
    type Err = ParseAccountError;

    fn from_str(text: &str) -> Result<Self, ParseAccountError> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(ParseAccountError)
    }
}

/// An account that no store has numbered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its universal name.
    pub uuid: Uuid,
    /// What it is for.
    pub kind: AccountKind,
    /// Its state.
    pub state: AccountState,
    /// Its name.
    pub name: Option<Name>,
    /// When it is made.
    pub created: Timestamp,
}

impl NewAccount {
    /// The record, once the store has given it an id and a revision.
    #[must_use]
    pub fn into_record(self, id: AccountId, revision: Revision) -> AccountRecord {
        let Self { uuid, kind, state, name, created } = self;
        AccountRecord(AccountParts { id, uuid, kind, state, name, created, revision })
    }
}

/// The fields of an [`AccountRecord`], for a store to write and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountParts {
    /// Its id.
    pub id: AccountId,
    /// Its universal name.
    pub uuid: Uuid,
    /// What it is for.
    pub kind: AccountKind,
    /// Its state.
    pub state: AccountState,
    /// Its name.
    pub name: Option<Name>,
    /// When it was made.
    pub created: Timestamp,
    /// The revision of its last change.
    pub revision: Revision,
}

/// An account as it is kept.
///
/// ```
/// use keys_core::{AccountId, AccountKind, AccountRecord, AccountState, NewAccount, Revision, Timestamp};
///
/// let new = NewAccount {
///     uuid: "admin".parse()?,
///     kind: AccountKind::Admin,
///     state: AccountState::Active,
///     name: None,
///     created: Timestamp::MIN,
/// };
/// let account = new.into_record(AccountId::ADMIN, Revision::new(1));
/// assert_eq!(AccountRecord::from_parts(account.parts().clone()), account);
/// # Ok::<(), keys_core::ParseUuidError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRecord(AccountParts);

impl AccountRecord {
    /// Takes fields that a store read.
    #[must_use]
    pub const fn from_parts(parts: AccountParts) -> Self {
        Self(parts)
    }

    /// The fields.
    #[must_use]
    pub const fn parts(&self) -> &AccountParts {
        &self.0
    }

    /// Takes the record apart.
    #[must_use]
    pub fn into_parts(self) -> AccountParts {
        self.0
    }
}
