//! Accounts: the people, and the four accounts every installation begins with.
//!
//! ```text
//!            deactivate              remove
//!  (Active) ───────────► (Inactive) ───────► (Removed)
//!      ▲                   │
//!      └───── activate ────┘
//! ```
//!
//! An account that is not Active acts no more: none of its keys is accepted. It is removed from Inactive only, so
//! that an accident takes two steps, and for good. The accounts that do not stand for a person never change.

use core::fmt;
use core::str::FromStr;

use crate::id::{AccountId, EnvironmentId, Revision};
use crate::record::InvalidRecord;
use crate::text::{Description, Name};
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

    /// Whether it stands for a person, so that it can act, change and be changed.
    ///
    /// ```
    /// use keys_core::AccountKind;
    ///
    /// assert!(AccountKind::Admin.is_person() && AccountKind::User.is_person());
    /// assert!(!AccountKind::System.is_person());
    /// ```
    #[must_use]
    pub const fn is_person(self) -> bool {
        match self {
            Self::Admin | Self::User => true,
            Self::System | Self::Superadmin | Self::Token => false,
        }
    }

    /// Whether it administers the installation.
    #[must_use]
    pub const fn administers(self) -> bool {
        match self {
            Self::Admin => true,
            Self::System | Self::Superadmin | Self::Token | Self::User => false,
        }
    }
}

impl fmt::Display for AccountKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no kind of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of an account: expected `admin`, `system`, `superadmin`, `token` or `user`")]
#[non_exhaustive]
pub struct ParseAccountKindError;

impl FromStr for AccountKind {
    type Err = ParseAccountKindError;

    fn from_str(text: &str) -> Result<Self, ParseAccountKindError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseAccountKindError)
    }
}

/// The state of an account.
///
/// ```
/// use keys_core::{AccountState, Timestamp};
///
/// let removed = AccountState::Removed { at: Timestamp::MIN };
/// assert_eq!(removed.to_string(), "removed");
/// assert_eq!(removed.removed_at(), Some(Timestamp::MIN));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// It acts, and its keys are accepted, each by its own state.
    Active,
    /// It does not act; none of its keys is accepted.
    Inactive,
    /// Gone for good; what it made stays.
    Removed {
        /// When it was removed.
        at: Timestamp,
    },
}

/// A requested change of an account's state.
///
/// ```
/// use keys_core::AccountTransition;
///
/// assert_eq!("remove".parse(), Ok(AccountTransition::Remove));
/// assert!(AccountTransition::Deactivate.narrows() && !AccountTransition::Activate.narrows());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountTransition {
    /// Let it act again.
    Activate,
    /// Let it act no more.
    Deactivate,
    /// Take it away, from Inactive only.
    Remove,
}

impl AccountTransition {
    /// Every transition.
    pub const ALL: [Self; 3] = [Self::Activate, Self::Deactivate, Self::Remove];

    /// The text form, for ever: `activate`, `deactivate`, `remove`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Remove => "remove",
        }
    }

    /// Whether it takes a right away, so that its acknowledgement is a promise.
    #[must_use]
    pub const fn narrows(self) -> bool {
        match self {
            Self::Activate => false,
            Self::Deactivate | Self::Remove => true,
        }
    }
}

impl fmt::Display for AccountTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl AccountState {
    /// The text form of the state alone: `active`, `inactive`, `removed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Removed { .. } => "removed",
        }
    }

    /// The state of a text form and the time of removal, as a store kept them: [`as_str`](Self::as_str) and
    /// [`removed_at`](Self::removed_at) taken back.
    ///
    /// ```
    /// use keys_core::{AccountState, Timestamp};
    ///
    /// let removed = AccountState::Removed { at: Timestamp::MIN };
    /// assert_eq!(AccountState::from_kept(removed.as_str(), removed.removed_at())?, removed);
    /// assert!(AccountState::from_kept("removed", None).is_err());
    /// # Ok::<(), keys_core::ParseAccountStateError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ParseAccountStateError`] for any other word, and when word and time contradict each other.
    pub fn from_kept(word: &str, removed_at: Option<Timestamp>) -> Result<Self, ParseAccountStateError> {
        match (word, removed_at) {
            ("active", None) => Ok(Self::Active),
            ("inactive", None) => Ok(Self::Inactive),
            ("removed", Some(at)) => Ok(Self::Removed { at }),
            _ => Err(ParseAccountStateError),
        }
    }

    /// When it was removed, if it was.
    #[must_use]
    pub const fn removed_at(self) -> Option<Timestamp> {
        match self {
            Self::Active | Self::Inactive => None,
            Self::Removed { at } => Some(at),
        }
    }

    /// Moves to the next state.
    ///
    /// ```
    /// use keys_core::{AccountState, AccountTransition, AccountTransitionError, Timestamp};
    ///
    /// let now = Timestamp::MIN;
    /// assert!(AccountState::Active.apply(AccountTransition::Remove, now).is_err());
    /// let inactive = AccountState::Active.apply(AccountTransition::Deactivate, now)?;
    /// assert_eq!(inactive.apply(AccountTransition::Remove, now)?, AccountState::Removed { at: now });
    /// # Ok::<(), AccountTransitionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AccountTransitionError::AlreadySo`] or [`AccountTransitionError::NotAllowed`].
    pub fn apply(
        self,
        transition: AccountTransition,
        now: Timestamp,
    ) -> Result<Self, AccountTransitionError> {
        use AccountTransition::{Activate, Deactivate, Remove};

        let already = Err(AccountTransitionError::AlreadySo { state: self });
        let refused = Err(AccountTransitionError::NotAllowed { transition, from: self });
        match (self, transition) {
            (Self::Active, Activate) => already,
            (Self::Active, Deactivate) => Ok(Self::Inactive),
            (Self::Active, Remove) => refused,
            (Self::Inactive, Activate) => Ok(Self::Active),
            (Self::Inactive, Deactivate) => already,
            (Self::Inactive, Remove) => Ok(Self::Removed { at: now }),
            (Self::Removed { .. }, Activate) => refused,
            (Self::Removed { .. }, Deactivate) => refused,
            (Self::Removed { .. }, Remove) => already,
        }
    }
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a word and a time are no [`AccountState`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state of an account: expected `active` or `inactive`, or `removed` and a time")]
#[non_exhaustive]
pub struct ParseAccountStateError;

impl FromStr for AccountTransition {
    type Err = ParseAccountTransitionError;

    fn from_str(text: &str) -> Result<Self, ParseAccountTransitionError> {
        Self::ALL
            .into_iter()
            .find(|transition| transition.as_str() == text)
            .ok_or(ParseAccountTransitionError)
    }
}

/// Why a text is no [`AccountTransition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a transition of an account: expected `activate`, `deactivate` or `remove`")]
#[non_exhaustive]
pub struct ParseAccountTransitionError;

/// A refusal: the account stays in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountTransitionError {
    /// The account is already where the transition leads.
    #[error("the account is already {state}")]
    AlreadySo {
        /// Where it is.
        state: AccountState,
    },
    /// The transition does not start from this state.
    #[error("cannot {transition} an account that is {from}")]
    NotAllowed {
        /// What was asked.
        transition: AccountTransition,
        /// Where the account is.
        from: AccountState,
    },
}

/// A refusal: the account stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountChangeError {
    /// It stands for no person, and such an account never changes.
    #[error("an account of kind {kind} never changes")]
    NotAPerson {
        /// What it is for.
        kind: AccountKind,
    },
    /// It was removed, and stays as it was then.
    #[error("the account was removed")]
    Removed,
    /// Its state does not allow it.
    #[error(transparent)]
    State(#[from] AccountTransitionError),
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
    /// Its description.
    pub description: Option<Description>,
    /// When it is made.
    pub created: Timestamp,
}

impl NewAccount {
    /// The record, once the store has given it an id and a revision.
    #[must_use]
    pub fn into_record(self, id: AccountId, revision: Revision) -> AccountRecord {
        let Self { uuid, kind, state, name, description, created } = self;
        AccountRecord(AccountParts {
            id,
            uuid,
            kind,
            state,
            name,
            description,
            default_environment: None,
            created,
            updated: created,
            revision,
        })
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
    /// Its description.
    pub description: Option<Description>,
    /// Where the person begins. Whether the person may still enter it is asked whenever it is shown.
    pub default_environment: Option<EnvironmentId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// The revision of its last change.
    pub revision: Revision,
}

/// An account as it is kept. Changed only by the methods here, and only while it stands for a person.
///
/// ```
/// use keys_core::{AccountKind, AccountRecord, AccountState, AccountTransition, Name, NewAccount, Revision, Timestamp};
///
/// let now: Timestamp = "2026-11-23T18:30:00Z".parse()?;
/// let new = NewAccount {
///     uuid: "ada".parse()?,
///     kind: AccountKind::User,
///     state: AccountState::Active,
///     name: Some(Name::new("Ada")?),
///     description: None,
///     created: now,
/// };
/// let account = new.into_record("1a7".parse()?, Revision::new(1));
/// let account = account.with_kind(AccountKind::Admin, now)?.transition(AccountTransition::Deactivate, now)?;
/// assert_eq!(account.parts().state, AccountState::Inactive);
///
/// // A store keeps the parts and gives them back.
/// assert_eq!(AccountRecord::from_parts(account.clone().into_parts())?, account);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRecord(AccountParts);

impl AccountRecord {
    /// Takes fields that a store read.
    ///
    /// # Errors
    ///
    /// [`InvalidRecord::Times`] when it changed, or was removed, before it was made.
    pub fn from_parts(parts: AccountParts) -> Result<Self, InvalidRecord> {
        let removed = parts.state.removed_at().unwrap_or(parts.created);
        if parts.updated < parts.created || removed < parts.created {
            return Err(InvalidRecord::Times);
        }
        Ok(Self(parts))
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

    /// Whether it acts, and administers the installation when it does.
    #[must_use]
    pub const fn administers(&self) -> bool {
        matches!(self.0.state, AccountState::Active) && self.0.kind.administers()
    }

    /// The record with another name, description and default environment. Nothing else can be edited.
    ///
    /// # Errors
    ///
    /// [`AccountChangeError::NotAPerson`] or [`AccountChangeError::Removed`].
    pub fn edit(
        self,
        name: Option<Name>,
        description: Option<Description>,
        default_environment: Option<EnvironmentId>,
        now: Timestamp,
    ) -> Result<Self, AccountChangeError> {
        let Self(parts) = self.of_a_person()?.present()?;
        let updated = parts.updated.max(now);
        Ok(Self(AccountParts { name, description, default_environment, updated, ..parts }))
    }

    /// The record as one that administers, or no longer does.
    ///
    /// # Errors
    ///
    /// [`AccountChangeError::NotAPerson`], of the account or of `kind`, or [`AccountChangeError::Removed`].
    pub fn with_kind(self, kind: AccountKind, now: Timestamp) -> Result<Self, AccountChangeError> {
        let Self(parts) = self.of_a_person()?.present()?;
        if !kind.is_person() {
            return Err(AccountChangeError::NotAPerson { kind });
        }
        let updated = parts.updated.max(now);
        Ok(Self(AccountParts { kind, updated, ..parts }))
    }

    /// The record in its next state.
    ///
    /// # Errors
    ///
    /// [`AccountChangeError::NotAPerson`], or [`AccountChangeError::State`] as [`AccountState::apply`] says.
    pub fn transition(
        self,
        transition: AccountTransition,
        now: Timestamp,
    ) -> Result<Self, AccountChangeError> {
        let Self(parts) = self.of_a_person()?;
        // A clock that went back must not make a record that was removed before it was made.
        let updated = parts.updated.max(now);
        let state = parts.state.apply(transition, updated)?;
        Ok(Self(AccountParts { state, updated, ..parts }))
    }

    /// The record as the store keeps it after a change.
    #[must_use]
    pub fn with_revision(self, revision: Revision) -> Self {
        Self(AccountParts { revision, ..self.0 })
    }

    fn of_a_person(self) -> Result<Self, AccountChangeError> {
        if self.0.kind.is_person() {
            Ok(self)
        } else {
            Err(AccountChangeError::NotAPerson { kind: self.0.kind })
        }
    }

    fn present(self) -> Result<Self, AccountChangeError> {
        match self.0.state {
            AccountState::Active | AccountState::Inactive => Ok(self),
            AccountState::Removed { .. } => Err(AccountChangeError::Removed),
        }
    }
}
