//! Logging in: passwords, sessions, and what keeps strangers from guessing.
//!
//! ```text
//!  name ─► lock open? ─► hasher of the log-ins ─► count as a failure ─► compare ─► account may? ─► session
//!            │ too soon      │ none free, queue full     (a decoy for a name          │ no           │ only if the
//!            ▼               ▼                            that nobody has)            ▼              │ password is
//!         Locked           Busy                                                    Refused ◄─────────┘ still that one
//! ```
//!
//! Comparing a password costs 25 ms and 19 MiB, on purpose. It is done by hashers of its own: however many log in at once,
//! the hashers that keys may need are free.

mod begin;
mod guard;
mod password;
mod session;
mod table;
mod unlock;

use std::net::IpAddr;
use std::num::NonZeroUsize;

use keys_core::{
    AccountRecord, DeviceToken, HashError, LoginName, Password, RequestId, RngError, SessionDenyReason,
    SessionGrant, SessionKind, SessionPolicy, SessionRecord, SessionToken, Timestamp,
};

pub(crate) use self::password::others_of;
pub use self::password::{PasswordChangeError, PasswordEdit};
pub use self::session::EndSessionsError;
pub use self::unlock::{UnlockError, Whom};

use self::guard::{Guard, TooSoon};
use crate::context::Caller;
use crate::error::StoreFailure;
use crate::hashing::HashPool;

/// What logging in needs besides the store.
#[derive(Debug)]
pub(crate) struct LogIns {
    pub(crate) hashers: HashPool,
    guard: Guard,
    policy: SessionPolicy,
}

impl LogIns {
    /// The most callers that wait for a hasher of the log-ins: at 25 ms each, nobody waits for long.
    const MOST_WAITING: usize = 16;

    /// Half as many hashers as keys have, and a queue no longer than theirs.
    pub(crate) fn beside(hashers: NonZeroUsize, queue: usize) -> Self {
        let share = NonZeroUsize::new(hashers.get().div_ceil(2)).unwrap_or(NonZeroUsize::MIN);
        Self {
            hashers: HashPool::new(share, queue.min(Self::MOST_WAITING)),
            guard: Guard::new(),
            policy: SessionPolicy::STANDARD,
        }
    }
}

/// Somebody who has not been verified: from where, in which request, and when.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// From which address, when there is a network.
    pub client_address: Option<IpAddr>,
    /// In which request.
    pub request_id: RequestId,
    /// When.
    pub now: Timestamp,
}

/// What somebody says to be let in.
#[derive(Debug)]
pub struct LogInRequest {
    /// The log-in name.
    pub login: LoginName,
    /// The password.
    pub password: Password,
    /// What the browser remembers of an earlier log-in.
    pub device: Option<DeviceToken>,
    /// How the client will keep its token.
    pub kind: SessionKind,
}

/// A session just begun: the only place its token leaves the authority.
#[derive(Debug)]
pub struct LoggedIn {
    /// What the client presents from now on.
    pub token: SessionToken,
    /// The session as it is kept.
    pub session: SessionRecord,
    /// Who is in it.
    pub account: AccountRecord,
    /// What a browser shall remember, to be known next time.
    pub device: Option<DeviceToken>,
}

/// Why somebody was not let in. To the outside all of them say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogInRefusal {
    /// Nobody has this log-in name.
    UnknownName,
    /// The password is another, or has just been changed.
    WrongPassword,
    /// The account is not Active.
    AccountInactive,
    /// The authority does not let this account in.
    NotAdmitted,
}

impl LogInRefusal {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::UnknownName, Self::WrongPassword, Self::AccountInactive, Self::NotAdmitted];

    /// The word for the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownName => "unknown-name",
            Self::WrongPassword => "wrong-password",
            Self::AccountInactive => "account-inactive",
            Self::NotAdmitted => "not-admitted",
        }
    }
}

impl std::fmt::Display for LogInRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why no session has begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogInError {
    /// Name and password let nobody in; the reason is for the log only.
    #[error("the log-in was refused: {0}")]
    Refused(LogInRefusal),
    /// Too many failures with this name or from this address: nothing was compared.
    #[error("too many log-ins failed; the next may be tried at {until}")]
    Locked {
        /// From when on.
        until: Timestamp,
    },
    /// Too many passwords are being compared; come back later.
    #[error("too many log in at once")]
    Busy,
    /// The random source failed; no session was made.
    #[error("no token could be generated")]
    Rng(#[from] RngError),
    /// The password could not be compared.
    #[error("the password could not be compared")]
    Hash(#[from] HashError),
    /// The store failed.
    #[error("the session could not be begun")]
    Store(#[from] StoreFailure),
}

impl From<TooSoon> for LogInError {
    fn from(TooSoon { until }: TooSoon) -> Self {
        Self::Locked { until }
    }
}

/// What a session token is worth now.
#[derive(Debug)]
pub enum SessionOutcome {
    /// It is good.
    Entered(Entered),
    /// It is not; the reason is for the log only.
    Denied(SessionDenyReason),
}

/// Somebody in a session.
#[derive(Debug)]
pub struct Entered {
    /// As a caller.
    pub caller: Caller,
    /// The session.
    pub grant: SessionGrant,
    /// The account.
    pub account: AccountRecord,
}
