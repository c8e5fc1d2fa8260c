//! Switching access control, and saying which people are let in.
//!
//! ```text
//!  first start on loopback ──► off ◄────────────────┐
//!                               │ somebody could     │ on loopback, or on the database
//!                               ▼ administer         │
//!  first start on a network ──► on ──────────────────┘
//!        │  a set-up token ▲
//!        └─► closed ───────┘  nothing but this is answered
//! ```
//!
//! Whatever switches access control on says in the same transaction that somebody could administer afterwards: an Active
//! account that administers, with an Active key or a password. A change that fails has changed nothing.

mod admit;
mod configure;
mod door;
mod first_administrator;
mod list;

use keys_core::{
    AccessMode, AccountId, AccountList, HashError, LoginName, Name, Password, RngError, Timestamp,
};

pub use self::door::{SetUpDoor, SetUpRefusal};

use crate::error::StoreFailure;
use crate::hashing::Busy;

/// How an administrator shall log in.
#[derive(Debug)]
pub struct AdministratorLogIn {
    /// What it is called from now on; `None`: as it is.
    pub name: Option<Name>,
    /// Its log-in name.
    pub login: LoginName,
    /// Its password.
    pub password: Password,
}

/// What becomes of access control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Switch {
    /// It stays as it is.
    #[default]
    Keep,
    /// On: if somebody could administer afterwards.
    On,
    /// Off.
    Off,
    /// Off, and people log in no longer.
    GiveUp,
}

/// What shall become of access control and of logging in.
#[derive(Debug, Default)]
pub struct AccessRequest {
    /// Which people are let in.
    pub mode: Option<AccessMode>,
    /// Which are let in although the mode would not.
    pub allowed: Option<AccountList>,
    /// How the administrator who asks logs in.
    pub log_in: Option<AdministratorLogIn>,
    /// Whether access control is on.
    pub switch: Switch,
}

/// Why access was not changed. Nothing was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// The caller does not administer.
    #[error("only an administrator changes this")]
    Forbidden,
    /// Nobody could administer afterwards.
    #[error("no administrator has an Active key or a password, so nobody could administer afterwards")]
    NoAdministrator,
    /// Another account has the log-in name.
    #[error("another account has this log-in name")]
    NameTaken,
    /// An account that shall be listed does not exist.
    #[error("there is no account {id}")]
    NoSuchAccount {
        /// Which.
        id: AccountId,
    },
    /// The list has no room for another.
    #[error("the list has room for {} accounts", AccountList::MAX)]
    ListFull,
    /// The set-up token lets nobody in.
    #[error(transparent)]
    SetUp(#[from] SetUpRefusal),
    /// Somebody has set the installation up before.
    #[error("the installation has been set up")]
    AlreadySetUp,
    /// Too many passwords are being hashed; come back later.
    #[error("too many passwords are being hashed at once")]
    Busy,
    /// Others kept changing the same; come back later.
    #[error("others kept changing it")]
    Contended,
    /// The random source failed.
    #[error("no salt could be generated")]
    Rng(#[from] RngError),
    /// The password could not be hashed.
    #[error("the password could not be hashed")]
    Hash(HashError),
    /// The store failed.
    #[error("it could not be stored")]
    Store(#[from] StoreFailure),
}

impl From<HashError> for AccessError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Rng(error) => Self::Rng(error),
            other @ (HashError::Argon2 | _) => Self::Hash(other),
        }
    }
}

impl From<Busy> for AccessError {
    fn from(Busy: Busy) -> Self {
        Self::Busy
    }
}

/// Until when a set-up token that is made now is good.
#[must_use]
pub fn set_up_until(now: Timestamp) -> Timestamp {
    now.checked_add(keys_core::SetUpToken::LIFETIME).unwrap_or(Timestamp::MAX)
}
