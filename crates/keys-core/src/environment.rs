//! Environments: the boundary a key belongs to and acts within.
//!
//! ```text
//!            deactivate              remove
//!  (Active) ───────────► (Inactive) ───────► (Removed)
//!    │ ▲                   │   ▲                │
//!    │ └───── activate ────┘   └──── restore ───┘
//!    └───────────────── remove ─────────────────►
//! ```
//!
//! A transition of an environment touches none of its keys: a key is accepted only while its owner is Active, so
//! they stop at once and work again, unchanged, when the environment is activated.

use core::fmt;
use core::str::FromStr;

use crate::id::{EnvironmentId, Revision};
use crate::owner::Creator;
use crate::record::InvalidRecord;
use crate::text::{Description, Name};
use crate::time::Timestamp;
use crate::uuid::Uuid;

/// The state of an environment.
///
/// ```
/// use keys_core::{EnvironmentState, Timestamp};
///
/// let removed = EnvironmentState::Removed { at: Timestamp::MIN };
/// assert_eq!(removed.to_string(), "removed");
/// assert_eq!(removed.removed_at(), Some(Timestamp::MIN));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EnvironmentState {
    /// Its keys are accepted, each by its own state.
    Active,
    /// None of its keys is accepted.
    Inactive,
    /// Gone from lists; none of its keys is accepted; can be restored until it is purged.
    Removed {
        /// When it was removed.
        at: Timestamp,
    },
}

/// A requested change of an environment's state.
///
/// ```
/// use keys_core::EnvironmentTransition;
///
/// assert_eq!("remove".parse(), Ok(EnvironmentTransition::Remove));
/// assert!(EnvironmentTransition::Remove.narrows() && !EnvironmentTransition::Restore.narrows());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvironmentTransition {
    /// Accept its keys again.
    Activate,
    /// Accept none of its keys.
    Deactivate,
    /// Take it away, from either state.
    Remove,
    /// Bring it back, Inactive.
    Restore,
}

impl EnvironmentTransition {
    /// Every transition.
    pub const ALL: [Self; 4] = [Self::Activate, Self::Deactivate, Self::Remove, Self::Restore];

    /// The text form, for ever: `activate`, `deactivate`, `remove`, `restore`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Remove => "remove",
            Self::Restore => "restore",
        }
    }

    /// Whether it takes a right away, so that its acknowledgement is a promise.
    #[must_use]
    pub const fn narrows(self) -> bool {
        match self {
            Self::Activate | Self::Restore => false,
            Self::Deactivate | Self::Remove => true,
        }
    }
}

impl fmt::Display for EnvironmentTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl EnvironmentState {
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
    /// use keys_core::{EnvironmentState, Timestamp};
    ///
    /// let removed = EnvironmentState::Removed { at: Timestamp::MIN };
    /// assert_eq!(EnvironmentState::from_kept(removed.as_str(), removed.removed_at())?, removed);
    /// assert!(EnvironmentState::from_kept("removed", None).is_err());
    /// # Ok::<(), keys_core::ParseEnvironmentStateError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ParseEnvironmentStateError`] for any other word, and when word and time contradict each other.
    pub fn from_kept(word: &str, removed_at: Option<Timestamp>) -> Result<Self, ParseEnvironmentStateError> {
        match (word, removed_at) {
            ("active", None) => Ok(Self::Active),
            ("inactive", None) => Ok(Self::Inactive),
            ("removed", Some(at)) => Ok(Self::Removed { at }),
            _ => Err(ParseEnvironmentStateError),
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
    /// use keys_core::{EnvironmentState, EnvironmentTransition, Timestamp};
    ///
    /// let now = Timestamp::MIN;
    /// let removed = EnvironmentState::Active.apply(EnvironmentTransition::Remove, now)?;
    /// assert_eq!(removed.apply(EnvironmentTransition::Restore, now)?, EnvironmentState::Inactive);
    /// # Ok::<(), keys_core::EnvironmentTransitionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EnvironmentTransitionError::AlreadySo`] or [`EnvironmentTransitionError::NotAllowed`].
    pub fn apply(
        self,
        transition: EnvironmentTransition,
        now: Timestamp,
    ) -> Result<Self, EnvironmentTransitionError> {
        use EnvironmentTransition::{Activate, Deactivate, Remove, Restore};

        let already = Err(EnvironmentTransitionError::AlreadySo { state: self });
        let refused = Err(EnvironmentTransitionError::NotAllowed { transition, from: self });
        match (self, transition) {
            (Self::Active, Activate) => already,
            (Self::Active, Deactivate) => Ok(Self::Inactive),
            (Self::Active, Remove) => Ok(Self::Removed { at: now }),
            (Self::Active, Restore) => refused,
            (Self::Inactive, Activate) => Ok(Self::Active),
            (Self::Inactive, Deactivate) => already,
            (Self::Inactive, Remove) => Ok(Self::Removed { at: now }),
            (Self::Inactive, Restore) => refused,
            (Self::Removed { .. }, Activate) => refused,
            (Self::Removed { .. }, Deactivate) => refused,
            (Self::Removed { .. }, Remove) => already,
            (Self::Removed { .. }, Restore) => Ok(Self::Inactive),
        }
    }
}

impl fmt::Display for EnvironmentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a word and a time are no [`EnvironmentState`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state of an environment: expected `active` or `inactive`, or `removed` and a time")]
#[non_exhaustive]
pub struct ParseEnvironmentStateError;

/// A refusal: the environment stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentTransitionError {
    /// The environment is already where the transition leads.
    #[error("the environment is already {state}")]
    AlreadySo {
        /// Where it is.
        state: EnvironmentState,
    },
    /// The transition does not start from this state.
    #[error("cannot {transition} an environment that is {from}")]
    NotAllowed {
        /// What was asked.
        transition: EnvironmentTransition,
        /// Where the environment is.
        from: EnvironmentState,
    },
}

/// An environment that no store has numbered yet. It begins Active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEnvironment {
    /// Its universal name.
    pub uuid: Uuid,
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
    /// Who makes it.
    pub creator: Creator,
    /// When.
    pub created: Timestamp,
}

impl NewEnvironment {
    /// The record, once the store has given it an id and a revision.
    #[must_use]
    pub fn into_record(self, id: EnvironmentId, revision: Revision) -> EnvironmentRecord {
        let Self { uuid, name, description, creator, created } = self;
        EnvironmentRecord(EnvironmentParts {
            id,
            uuid,
            name,
            description,
            state: EnvironmentState::Active,
            creator,
            created,
            updated: created,
            revision,
        })
    }
}

/// The fields of an [`EnvironmentRecord`], for a store to write and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentParts {
    /// Its id.
    pub id: EnvironmentId,
    /// Its universal name.
    pub uuid: Uuid,
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
    /// Its state.
    pub state: EnvironmentState,
    /// Who made it.
    pub creator: Creator,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// The revision of its last change.
    pub revision: Revision,
}

/// An environment as it is kept. Changed only by the methods here.
///
/// ```
/// use keys_core::{EnvironmentRecord, EnvironmentState, EnvironmentTransition, Name, NewEnvironment, Revision};
/// use keys_core::{Timestamp, Uuid};
///
/// let now: Timestamp = "2026-11-23T18:30:00Z".parse()?;
/// let new = NewEnvironment {
///     uuid: Uuid::generate(&mut getrandom::SysRng)?,
///     name: Some(Name::new("staging")?),
///     description: None,
///     creator: "account/1a1".parse()?,
///     created: now,
/// };
/// let environment = new.into_record("1a7".parse()?, Revision::new(1));
/// let environment = environment.transition(EnvironmentTransition::Deactivate, now)?;
/// assert_eq!(environment.parts().state, EnvironmentState::Inactive);
///
/// // A store keeps the parts and gives them back.
/// let read = EnvironmentRecord::from_parts(environment.clone().into_parts())?;
/// assert_eq!(read, environment);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentRecord(EnvironmentParts);

impl EnvironmentRecord {
    /// Takes fields that a store read.
    ///
    /// # Errors
    ///
    /// [`InvalidRecord::Times`] when it changed before it was made.
    pub fn from_parts(parts: EnvironmentParts) -> Result<Self, InvalidRecord> {
        let removed = parts.state.removed_at().unwrap_or(parts.created);
        if parts.updated < parts.created || removed < parts.created {
            return Err(InvalidRecord::Times);
        }
        Ok(Self(parts))
    }

    /// The fields.
    #[must_use]
    pub const fn parts(&self) -> &EnvironmentParts {
        &self.0
    }

    /// Takes the record apart.
    #[must_use]
    pub fn into_parts(self) -> EnvironmentParts {
        self.0
    }

    /// The record with another name and description. Nothing else can be edited.
    #[must_use]
    pub fn edit(self, name: Option<Name>, description: Option<Description>, now: Timestamp) -> Self {
        let updated = self.0.updated.max(now);
        Self(EnvironmentParts { name, description, updated, ..self.0 })
    }

    /// The record in its next state.
    ///
    /// # Errors
    ///
    /// As [`EnvironmentState::apply`].
    pub fn transition(
        self,
        transition: EnvironmentTransition,
        now: Timestamp,
    ) -> Result<Self, EnvironmentTransitionError> {
        // A clock that went back must not make a record that was removed before it was made.
        let updated = self.0.updated.max(now);
        let state = self.0.state.apply(transition, updated)?;
        Ok(Self(EnvironmentParts { state, updated, ..self.0 }))
    }

    /// The record as the store keeps it after a change.
    #[must_use]
    pub fn with_revision(self, revision: Revision) -> Self {
        Self(EnvironmentParts { revision, ..self.0 })
    }
}

impl FromStr for EnvironmentTransition {
    type Err = ParseEnvironmentTransitionError;

    fn from_str(text: &str) -> Result<Self, ParseEnvironmentTransitionError> {
        Self::ALL
            .into_iter()
            .find(|transition| transition.as_str() == text)
            .ok_or(ParseEnvironmentTransitionError)
    }
}

/// Why a text is no [`EnvironmentTransition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a transition of an environment: expected `activate`, `deactivate`, `remove` or `restore`")]
#[non_exhaustive]
pub struct ParseEnvironmentTransitionError;
