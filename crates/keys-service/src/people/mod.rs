//! The use cases of people: their accounts, and what becomes of what they made.

mod change;
mod create;
mod find;
mod query;

pub use find::PeopleQuery;

use keys_core::{
    AccountChangeError, AccountKind, Description, EnvironmentId, HashError, LoginName, Name, Password,
    Revision, RngError,
};

use crate::Patch;
use crate::error::StoreFailure;
use crate::hashing::Busy;
use crate::receipts::AnotherRequest;

/// What a caller says of an account to be made.
#[derive(Debug, Clone)]
pub struct AccountRequest {
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
    /// Whether it administers.
    pub kind: AccountKind,
}

impl Default for AccountRequest {
    /// A person without a name who administers nothing.
    fn default() -> Self {
        Self { name: None, description: None, kind: AccountKind::User }
    }
}

/// How a person logs in from the beginning.
#[derive(Debug)]
pub struct FirstLogIn {
    /// The log-in name.
    pub login: LoginName,
    /// The password.
    pub password: Password,
}

/// A person to be added: an account, and the way it logs in, if it shall.
#[derive(Debug, Default)]
pub struct PersonRequest {
    /// The account.
    pub account: AccountRequest,
    /// The way it logs in.
    pub log_in: Option<FirstLogIn>,
}

/// An edit of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountEdit {
    /// The name.
    pub name: Patch<Name>,
    /// The description.
    pub description: Patch<Description>,
    /// Where the person begins.
    pub default_environment: Patch<EnvironmentId>,
    /// Whether the person administers; `None` leaves it as it is.
    pub kind: Option<AccountKind>,
}

impl AccountEdit {
    /// Makes the account an administrator, or no longer one, and nothing else.
    #[must_use]
    pub fn kind(kind: AccountKind) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// Whether it says no more than a person may say of itself.
    fn is_ones_own(&self) -> bool {
        self.name == Patch::Keep && self.description == Patch::Keep && self.kind.is_none()
    }
}

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Only an administrator may.
    #[error("only an administrator may do this")]
    Forbidden,
    /// The idempotency key was used for another request; nothing was made.
    #[error("the account is not made")]
    AnotherRequest(#[from] AnotherRequest),
    /// What the caller may was taken away while the change was made.
    #[error("the caller's right to this was taken away meanwhile")]
    Revoked,
    /// There is no such account within the caller's reach.
    #[error("there is no such account")]
    NotFound,
    /// The account does not allow it.
    #[error("the account does not allow it")]
    Refused(#[from] AccountChangeError),
    /// Nobody could administer afterwards, while access control is on.
    #[error("nobody else who administers could enter, and access control is on")]
    LastAdministrator,
    /// Another account has this log-in name; nothing was made.
    #[error("another account has this log-in name")]
    NameTaken,
    /// Too many passwords are being hashed; nothing was made, come back later.
    #[error("too many passwords are being hashed at once")]
    Busy,
    /// The person may not enter the environment that shall be its default.
    #[error("the person may not enter this environment")]
    NotEnterable,
    /// The account is not at the revision the caller expects.
    #[error("the account has changed since: it is at revision {current}")]
    Conflict {
        /// Its revision now.
        current: Revision,
    },
    /// Others kept changing the account; come back later.
    #[error("others kept changing the account")]
    Contended,
    /// The random source failed; nothing was made.
    #[error("no uuid could be generated")]
    Rng(#[from] RngError),
    /// The random source keeps giving uuids that are taken; nothing was made. An honest one never does.
    #[error("the random source repeats itself: every uuid it gave is taken")]
    Repeated,
    /// The password could not be hashed; nothing was made.
    #[error("the password could not be hashed")]
    Hash(HashError),
    /// The store failed.
    #[error("the account could not be stored")]
    Store(#[from] StoreFailure),
}

impl From<HashError> for AccountError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Rng(error) => Self::Rng(error),
            other @ (HashError::Argon2 | _) => Self::Hash(other),
        }
    }
}

impl From<Busy> for AccountError {
    fn from(Busy: Busy) -> Self {
        Self::Busy
    }
}
