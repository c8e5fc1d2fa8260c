//! Sessions: what a log-in gives, and how long it is good for.
//!
//! A **session token** is 256 random bits that the client holds; kept is its SHA-256 only, so that a thief of the
//! database can enter nowhere. A fast hash suffices: nobody tries 2^256 tokens. A **device token** is of the same kind and
//! lets nobody in: it says that a browser has logged in before, so that strangers who fail on purpose with somebody's name
//! do not lock out the owner (see [`SoftLock`](crate::SoftLock)).
//!
//! [`judge_session`] decides about a session at an instant. It reads the account last, as it stands **now**: a session
//! outlives nothing of what its account may do.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use rand_core::TryCryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::account::{AccountRecord, AccountState};
use crate::base64url;
use crate::display::pad;
use crate::hex::{self, Hex};
use crate::id::{AccountId, Revision, SessionId};
use crate::rng::{self, RngError};
use crate::time::Timestamp;

macro_rules! token {
    ($(#[$doc:meta])* $name:ident, $(#[$hash_doc:meta])* $hash:ident, $word:literal, $shown:literal, $hash_shown:literal) => {
        $(#[$doc])*
        #[derive(Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; Self::BYTES]);

        impl $name {
            /// How many random bytes a token has.
            pub const BYTES: usize = 32;
            /// How many characters its text form has.
            pub const LENGTH: usize = 43;

            /// A new random token.
            ///
            /// # Errors
            ///
            /// [`RngError`] when the source fails.
            pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RngError> {
                let mut token = Self([0; Self::BYTES]);
                rng::fill(rng, &mut token.0)?;
                Ok(token)
            }

            /// The text form, wiped when dropped: it belongs to the client and nowhere else.
            #[must_use]
            pub fn expose_text(&self) -> Zeroizing<alloc::string::String> {
                base64url::write(&self.0)
            }

            /// What is kept of the token.
            #[must_use]
            pub fn hash(&self) -> $hash {
                $hash(Sha256::new().chain_update($word).chain_update(self.0).finalize().into())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($shown)
            }
        }

        impl FromStr for $name {
            type Err = ParseTokenError;

            fn from_str(text: &str) -> Result<Self, ParseTokenError> {
                let mut token = Self([0; Self::BYTES]);
                base64url::read(text, &mut token.0).ok_or(ParseTokenError)?;
                Ok(token)
            }
        }

        $(#[$hash_doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $hash([u8; Self::LENGTH]);

        impl $hash {
            /// How many bytes a hash has.
            pub const LENGTH: usize = 32;

            /// The hash with these bytes, as a store kept them.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
                Self(bytes)
            }

            /// The bytes, for a store to keep.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
                &self.0
            }
        }

        impl fmt::Debug for $hash {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($hash_shown)
            }
        }

        impl fmt::Display for $hash {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                pad(f, format_args!("{}", Hex(&self.0)))
            }
        }

        impl FromStr for $hash {
            type Err = ParseTokenHashError;

            fn from_str(text: &str) -> Result<Self, ParseTokenHashError> {
                let mut bytes = [0; Self::LENGTH];
                hex::read(text, &mut bytes).ok_or(ParseTokenHashError)?;
                Ok(Self(bytes))
            }
        }
    };
}

pub(crate) use token;

token! {
    /// What a client holds to be in a session: 256 random bits.
    ///
    /// It is wiped from memory when dropped, has no `Display`, no equality and no serialisation; `Debug` shows only the
    /// type's name. Text form, for ever: 43 characters of base64url (RFC 4648 §5) without padding.
    ///
    /// ```
    /// use keys_core::SessionToken;
    ///
    /// let token = SessionToken::generate(&mut getrandom::SysRng)?;
    /// let text = token.expose_text();
    /// assert_eq!(text.len(), SessionToken::LENGTH);
    /// assert_eq!(text.parse::<SessionToken>()?.hash(), token.hash());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    SessionToken,
    /// What is kept of a [`SessionToken`]: SHA-256 of `keys-core/session/1` and its 32 bytes. `Display` and `FromStr` are
    /// its text form for a store, 64 lower-case hexadecimal digits; `Debug` shows nothing of it.
    SessionHash, b"keys-core/session/1", "SessionToken(…)", "SessionHash(…)"
}

token! {
    /// What a browser holds that has logged in before: 256 random bits. It lets nobody in.
    ///
    /// Text form, for ever: as that of a [`SessionToken`].
    ///
    /// ```
    /// use keys_core::DeviceToken;
    ///
    /// let token = DeviceToken::generate(&mut getrandom::SysRng)?;
    /// assert_eq!(token.expose_text().parse::<DeviceToken>()?.hash(), token.hash());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    DeviceToken,
    /// What is kept of a [`DeviceToken`]: SHA-256 of `keys-core/device/1` and its 32 bytes. Text form as that of a
    /// [`SessionHash`].
    DeviceHash, b"keys-core/device/1", "DeviceToken(…)", "DeviceHash(…)"
}

/// Why a text is no token of a session or a device. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token: expected 43 characters of base64url")]
#[non_exhaustive]
pub struct ParseTokenError;

/// Why a text is no hash of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the hash of a token: expected 64 lower-case hexadecimal digits")]
#[non_exhaustive]
pub struct ParseTokenHashError;

/// How a client keeps its session token.
///
/// ```
/// use keys_core::SessionKind;
///
/// assert_eq!("cookie".parse(), Ok(SessionKind::Cookie));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionKind {
    /// In a browser, as a cookie: it ends when it is idle, because people walk away from browsers.
    Cookie,
    /// In a tool, which presents it itself.
    Bearer,
}

impl SessionKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Cookie, Self::Bearer];

    /// The text form, for ever: `cookie`, `bearer`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Bearer => "bearer",
        }
    }
}

impl fmt::Display for SessionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no [`SessionKind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of session: expected `cookie` or `bearer`")]
#[non_exhaustive]
pub struct ParseSessionKindError;

impl FromStr for SessionKind {
    type Err = ParseSessionKindError;

    fn from_str(text: &str) -> Result<Self, ParseSessionKindError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseSessionKindError)
    }
}

/// A session that no store has numbered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// What is kept of its token.
    pub hash: SessionHash,
    /// Who logged in.
    pub account: AccountId,
    /// How its token is kept by the client.
    pub kind: SessionKind,
    /// When it begins.
    pub created: Timestamp,
}

impl NewSession {
    /// The record, once the store has given it an id and a revision.
    #[must_use]
    pub fn into_record(self, id: SessionId, revision: Revision) -> SessionRecord {
        let Self { hash, account, kind, created } = self;
        SessionRecord(SessionParts { id, hash, account, kind, created, last_seen: created, revision })
    }
}

/// The fields of a [`SessionRecord`], for a store to write and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionParts {
    /// Its id.
    pub id: SessionId,
    /// What is kept of its token.
    pub hash: SessionHash,
    /// Who logged in.
    pub account: AccountId,
    /// How its token is kept by the client.
    pub kind: SessionKind,
    /// When it began.
    pub created: Timestamp,
    /// When it was used last, to the minute: noting each use would be a write for each read.
    pub last_seen: Timestamp,
    /// The revision it began at.
    pub revision: Revision,
}

/// A session as it is kept. One that has ended is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord(SessionParts);

impl SessionRecord {
    /// Takes fields that a store read.
    #[must_use]
    pub const fn from_parts(parts: SessionParts) -> Self {
        Self(parts)
    }

    /// The fields.
    #[must_use]
    pub const fn parts(&self) -> &SessionParts {
        &self.0
    }

    /// Takes the record apart.
    #[must_use]
    pub fn into_parts(self) -> SessionParts {
        self.0
    }

    /// The session as it is kept after a use. A clock that went back takes nothing away.
    #[must_use]
    pub fn seen(self, now: Timestamp) -> Self {
        let last_seen = self.0.last_seen.max(now);
        Self(SessionParts { last_seen, ..self.0 })
    }
}

/// A browser that has logged in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceRecord {
    /// What is kept of its token.
    pub hash: DeviceHash,
    /// Who logged in with it.
    pub account: AccountId,
    /// When that was last.
    pub last_seen: Timestamp,
}

/// How long sessions and devices are good for.
///
/// ```
/// use keys_core::SessionPolicy;
///
/// assert_eq!(SessionPolicy::STANDARD.absolute.as_secs(), 16 * 60 * 60);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// How long after its beginning a session ends, whatever happens.
    pub absolute: Duration,
    /// How long after its last use a [`Cookie`](SessionKind::Cookie) session ends.
    pub idle: Duration,
    /// How long after its last log-in a device is forgotten.
    pub device: Duration,
}

impl SessionPolicy {
    /// 16 hours, as Rancher v1; an hour idle; a device for 90 days.
    pub const STANDARD: Self = Self {
        absolute: Duration::from_secs(16 * 60 * 60),
        idle: Duration::from_secs(60 * 60),
        device: Duration::from_secs(90 * 24 * 60 * 60),
    };
    /// How far [`last_seen`](SessionParts::last_seen) may fall behind before a use is noted.
    pub const TOUCH: Duration = Duration::from_secs(60);

    /// Whether a session is too old or too long unused at `now`.
    #[must_use]
    pub fn has_ended(&self, session: &SessionRecord, now: Timestamp) -> bool {
        let SessionParts { kind, created, last_seen, .. } = session.parts();
        let idle = match kind {
            SessionKind::Cookie => now.since(*last_seen) >= self.idle,
            SessionKind::Bearer => false,
        };
        idle || now.since(*created) >= self.absolute
    }

    /// Whether a device is still known at `now`.
    #[must_use]
    pub fn knows(&self, device: &DeviceRecord, now: Timestamp) -> bool {
        now.since(device.last_seen) < self.device
    }
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// Proof that a session is good and its account may act. Only [`judge_session`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionGrant {
    session: SessionId,
    account: AccountId,
    kind: SessionKind,
    touch: bool,
}

impl SessionGrant {
    /// The session.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Whom it acts as.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// How the client keeps its token.
    #[must_use]
    pub const fn kind(&self) -> SessionKind {
        self.kind
    }

    /// Whether this use should be noted: the last one noted is a minute old.
    #[must_use]
    pub const fn wants_touch(&self) -> bool {
        self.touch
    }
}

/// The outcome of [`judge_session`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionVerdict {
    /// It is good.
    Allow(SessionGrant),
    /// It is not; the reason is for the log only.
    Deny(SessionDenyReason),
}

/// Why a session is refused. Outside all look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SessionDenyReason {
    /// There is no such session, or it has been ended.
    Unknown,
    /// It is too old, or was idle too long.
    Ended,
    /// Its account is not Active, or of a kind that acts for nobody.
    AccountInactive,
    /// Whom the authority lets in has changed, and this account is no longer among them.
    NotAdmitted,
}

impl SessionDenyReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Ended, Self::AccountInactive, Self::NotAdmitted];

    /// The word for the log, for ever.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown-session",
            Self::Ended => "session-ended",
            Self::AccountInactive => "account-inactive",
            Self::NotAdmitted => "not-admitted",
        }
    }
}

impl fmt::Display for SessionDenyReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Decides about a session, from a record and an account that were read together.
///
/// `admitted` says whether the authority lets this account in at all.
///
/// ```
/// use keys_core::{
///     AccountId, AccountKind, AccountState, NewAccount, NewSession, Revision, SessionDenyReason, SessionKind,
///     SessionPolicy, SessionToken, SessionVerdict, Timestamp, judge_session,
/// };
///
/// let now: Timestamp = "2026-11-23T18:30:00Z".parse()?;
/// let new = NewSession {
///     hash: SessionToken::generate(&mut getrandom::SysRng)?.hash(),
///     account: AccountId::ADMIN,
///     kind: SessionKind::Cookie,
///     created: now,
/// };
/// let session = new.into_record("1s1".parse()?, Revision::new(9));
/// let account = NewAccount {
///     uuid: "admin".parse()?,
///     kind: AccountKind::Admin,
///     state: AccountState::Active,
///     name: None,
///     description: None,
///     created: now,
/// };
/// let account = account.into_record(AccountId::ADMIN, Revision::new(1));
/// let policy = SessionPolicy::STANDARD;
/// let verdict = judge_session(Some(&session), Some(&account), true, &policy, now);
/// assert!(matches!(verdict, SessionVerdict::Allow(grant) if grant.account() == AccountId::ADMIN));
///
/// let later = now.checked_add(policy.idle).ok_or("the end of time")?;
/// let verdict = judge_session(Some(&session), Some(&account), true, &policy, later);
/// assert_eq!(verdict, SessionVerdict::Deny(SessionDenyReason::Ended));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn judge_session(
    session: Option<&SessionRecord>,
    account: Option<&AccountRecord>,
    admitted: bool,
    policy: &SessionPolicy,
    now: Timestamp,
) -> SessionVerdict {
    let Some(session) = session else {
        return SessionVerdict::Deny(SessionDenyReason::Unknown);
    };
    if policy.has_ended(session, now) {
        return SessionVerdict::Deny(SessionDenyReason::Ended);
    }
    let SessionParts { id, account: of, kind, last_seen, .. } = *session.parts();
    if !account.is_some_and(|account| account.parts().id == of && may_log_in(account)) {
        return SessionVerdict::Deny(SessionDenyReason::AccountInactive);
    }
    if !admitted {
        return SessionVerdict::Deny(SessionDenyReason::NotAdmitted);
    }
    let touch = now.since(last_seen) >= SessionPolicy::TOUCH;
    SessionVerdict::Allow(SessionGrant { session: id, account: of, kind, touch })
}

/// Whether somebody can be in a session of this account at all: it is Active and stands for a person.
#[must_use]
pub fn may_log_in(account: &AccountRecord) -> bool {
    account.parts().kind.is_person() && account.parts().state == AccountState::Active
}
