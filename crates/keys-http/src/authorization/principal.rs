//! Who asks.

use keys_core::Role;
use keys_service::Position;

use crate::auth::Presented;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Principal {
    /// Nobody, while access control is off.
    AnybodyOpen,
    /// A key of environment A, while access control is off.
    KeyOfAOpen,
    /// A deactivated key, while access control is off.
    DeactivatedOpen,
    /// Nobody.
    Nobody,
    /// Who presents what can be no key.
    Malformed,
    /// The administrator, by an account key.
    Administrator,
    /// A key of environment A.
    KeyOfA,
    /// A key of environment B.
    KeyOfB,
    /// An Active key of the environment that is not active.
    KeyOfInactive,
    /// A deactivated key of environment A.
    Deactivated,
    /// A deleted key of environment A.
    Deleted,
    /// The access key of the administrator with the secret key of another.
    WrongSecret,
    /// A person who administers, in a session, by its token.
    InSession,
    /// The same, by its cookie.
    InSessionByCookie,
    /// The member of A, in a session, by its token.
    MemberInSession,
    /// The same, by its cookie.
    MemberInSessionByCookie,
    /// A person who has logged out.
    SessionEnded,
    /// A person who was disabled while in a session.
    SessionOfDisabled,
    /// A person, by an account key: the owner of A.
    OwnsA,
    /// A member of A.
    MemberOfA,
    /// A restricted member of A.
    RestrictedInA,
    /// Who reads in A.
    ReaderOfA,
    /// A person who is a member of nothing.
    Stranger,
    /// A person whose account is not active.
    Disabled,
    /// A person who was an administrator when its key was made.
    Demoted,
}

impl Principal {
    pub(super) const ALL: [Self; 25] = [
        Self::AnybodyOpen,
        Self::KeyOfAOpen,
        Self::DeactivatedOpen,
        Self::Nobody,
        Self::Malformed,
        Self::Administrator,
        Self::KeyOfA,
        Self::KeyOfB,
        Self::KeyOfInactive,
        Self::Deactivated,
        Self::Deleted,
        Self::WrongSecret,
        Self::InSession,
        Self::InSessionByCookie,
        Self::MemberInSession,
        Self::MemberInSessionByCookie,
        Self::SessionEnded,
        Self::SessionOfDisabled,
        Self::OwnsA,
        Self::MemberOfA,
        Self::RestrictedInA,
        Self::ReaderOfA,
        Self::Stranger,
        Self::Disabled,
        Self::Demoted,
    ];

    /// Somebody who stands there, inside A if inside of anything. A new place to stand, and a new role, does not compile
    /// without.
    pub(super) const fn at(position: Position) -> Self {
        match position {
            Position::Administrator => Self::Administrator,
            Position::Person => Self::Stranger,
            Position::Environment => Self::KeyOfA,
            Position::Inside { role: Role::Owner, .. } => Self::OwnsA,
            Position::Inside { role: Role::Member, .. } => Self::MemberOfA,
            Position::Inside { role: Role::Restricted, .. } => Self::RestrictedInA,
            Position::Inside { role: Role::ReadOnly, .. } => Self::ReaderOfA,
        }
    }

    /// Somebody who presents such a thing. A new way to say who one is does not compile without.
    pub(super) const fn presenting(presented: &Presented) -> Self {
        match presented {
            Presented::Nothing => Self::Nobody,
            Presented::Malformed => Self::Malformed,
            Presented::Pair(_) => Self::Administrator,
            Presented::Session { .. } => Self::MemberInSession,
        }
    }

    /// Whether access control is on for them.
    pub(super) const fn access_control(self) -> bool {
        !matches!(self, Self::AnybodyOpen | Self::KeyOfAOpen | Self::DeactivatedOpen)
    }

    /// Whether a token of a session is presented, beside which an environment can be named.
    pub(super) const fn presents_token(self) -> bool {
        matches!(self, Self::InSession | Self::MemberInSession | Self::SessionEnded | Self::SessionOfDisabled)
    }

    /// Whether it is in a session, which it can leave.
    pub(super) const fn is_in_session(self) -> bool {
        matches!(
            self,
            Self::InSession | Self::InSessionByCookie | Self::MemberInSession | Self::MemberInSessionByCookie
        )
    }
}
