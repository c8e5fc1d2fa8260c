//! The life of a key.
//!
//! ```text
//!            deactivate            delete
//!  (Active) ───────────► (Inactive) ─────► (Deleted)
//!      ▲                     │
//!      └─────────────────────┘
//!             activate
//! ```
//!
//! An issued key begins Active, an imported one where its importer says. An Active key cannot be deleted: an accident
//! should need two steps. A Deleted key holds no secret, so verifying one cannot be written down.

use core::fmt;
use core::str::FromStr;

use crate::stored_secret::StoredSecret;
use crate::time::Timestamp;

/// The state of a key, with what exists only in that state.
///
/// ```
/// use keys_core::{Lifecycle, LifecycleState, Timestamp};
///
/// let deleted = Lifecycle::Deleted { at: Timestamp::MIN };
/// assert_eq!(deleted.state(), LifecycleState::Deleted);
/// assert!(deleted.secret().is_none());
/// ```
#[derive(Debug, Clone)]
pub enum Lifecycle {
    /// The pair is accepted.
    Active(StoredSecret),
    /// The pair is refused until the key is activated.
    Inactive(StoredSecret),
    /// The pair is refused for good; what was kept of its secret is gone.
    Deleted {
        /// When it was deleted.
        at: Timestamp,
    },
}

/// The state of a key without what it holds: for lists, filters, and messages.
///
/// ```
/// use keys_core::{LifecycleState, Transition};
///
/// let state: LifecycleState = "inactive".parse()?;
/// assert_eq!(state.transitions(), [Transition::Activate, Transition::Delete]);
/// # Ok::<(), keys_core::ParseStateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LifecycleState {
    /// See [`Lifecycle::Active`].
    Active,
    /// See [`Lifecycle::Inactive`].
    Inactive,
    /// See [`Lifecycle::Deleted`].
    Deleted,
}

/// A requested change of state.
///
/// ```
/// use keys_core::Transition;
///
/// assert_eq!("deactivate".parse(), Ok(Transition::Deactivate));
/// assert!(Transition::Delete.narrows() && !Transition::Activate.narrows());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transition {
    /// Let the pair be accepted again.
    Activate,
    /// Refuse the pair until it is activated.
    Deactivate,
    /// Refuse the pair for good.
    Delete,
}

impl Transition {
    /// Every transition.
    pub const ALL: [Self; 3] = [Self::Activate, Self::Deactivate, Self::Delete];

    /// Whether it takes a right away, so that its acknowledgement is a promise.
    #[must_use]
    pub const fn narrows(self) -> bool {
        match self {
            Self::Activate => false,
            Self::Deactivate | Self::Delete => true,
        }
    }
}

impl Lifecycle {
    /// The state alone.
    #[must_use]
    pub const fn state(&self) -> LifecycleState {
        match self {
            Self::Active(_) => LifecycleState::Active,
            Self::Inactive(_) => LifecycleState::Inactive,
            Self::Deleted { .. } => LifecycleState::Deleted,
        }
    }

    /// What is kept of the secret; `None` once deleted.
    #[must_use]
    pub const fn secret(&self) -> Option<&StoredSecret> {
        match self {
            Self::Active(secret) | Self::Inactive(secret) => Some(secret),
            Self::Deleted { .. } => None,
        }
    }

    /// Moves to the next state, consuming this one.
    ///
    /// ```
    /// use keys_core::{Lifecycle, LifecycleState, Timestamp, Transition, TransitionError};
    ///
    /// let deleted = Lifecycle::Deleted { at: Timestamp::MIN };
    /// let refused = deleted.apply(Transition::Activate, Timestamp::MIN);
    /// assert!(matches!(refused, Err(TransitionError::NotAllowed { from: LifecycleState::Deleted, .. })));
    /// ```
    ///
    /// # Errors
    ///
    /// [`TransitionError::AlreadySo`] when the key is where the transition leads;
    /// [`TransitionError::NotAllowed`] when the transition does not start from this state.
    pub fn apply(self, transition: Transition, now: Timestamp) -> Result<Self, TransitionError> {
        let from = self.state();
        let already = Err(TransitionError::AlreadySo { state: from });
        let refused = Err(TransitionError::NotAllowed { transition, from });
        match (self, transition) {
            (Self::Active(_), Transition::Activate) => already,
            (Self::Active(secret), Transition::Deactivate) => Ok(Self::Inactive(secret)),
            (Self::Active(_), Transition::Delete) => refused,
            (Self::Inactive(secret), Transition::Activate) => Ok(Self::Active(secret)),
            (Self::Inactive(_), Transition::Deactivate) => already,
            (Self::Inactive(_), Transition::Delete) => Ok(Self::Deleted { at: now }),
            (Self::Deleted { .. }, Transition::Activate) => refused,
            (Self::Deleted { .. }, Transition::Deactivate) => refused,
            (Self::Deleted { .. }, Transition::Delete) => already,
        }
    }
}

impl LifecycleState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::Deleted];

    /// The text form, for ever: `active`, `inactive`, `deleted`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Deleted => "deleted",
        }
    }

    /// The transitions that start from here.
    #[must_use]
    pub const fn transitions(self) -> &'static [Transition] {
        match self {
            Self::Active => &[Transition::Deactivate],
            Self::Inactive => &[Transition::Activate, Transition::Delete],
            Self::Deleted => &[],
        }
    }
}

impl fmt::Display for LifecycleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for LifecycleState {
    type Err = ParseStateError;

    fn from_str(text: &str) -> Result<Self, ParseStateError> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(ParseStateError)
    }
}

/// Why a text is no [`LifecycleState`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state of a key: expected `active`, `inactive` or `deleted`")]
#[non_exhaustive]
pub struct ParseStateError;

impl Transition {
    /// The text form, for ever: `activate`, `deactivate`, `delete`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no [`Transition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a transition of a key: expected `activate`, `deactivate` or `delete`")]
#[non_exhaustive]
pub struct ParseTransitionError;

impl FromStr for Transition {
    type Err = ParseTransitionError;

    fn from_str(text: &str) -> Result<Self, ParseTransitionError> {
        Self::ALL.into_iter().find(|transition| transition.as_str() == text).ok_or(ParseTransitionError)
    }
}

/// A refusal: the state stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransitionError {
    /// The key is already where the transition leads.
    #[error("the key is already {state}")]
    AlreadySo {
        /// Where it is.
        state: LifecycleState,
    },
    /// The transition does not start from this state.
    #[error("cannot {transition} a key that is {from}")]
    NotAllowed {
        /// What was asked.
        transition: Transition,
        /// Where the key is.
        from: LifecycleState,
    },
}
