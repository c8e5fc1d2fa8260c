//! What a store keeps so that people can log in: passwords, sessions, and the devices they were begun on.
//!
//! Sessions live by rules of their own. Beginning and ending one is a change like any other, with its place in the
//! audit chain. A session that has ended is not kept: nothing is left that a token could name. What changes nobody's
//! rights is a [`Note`]: it takes no revision and leaves no trace in the chain.

use keys_core::{
    AccountId, AccountRecord, DeviceHash, DeviceRecord, Digest, FoldedLogin, NewPassword, Owner, PasswordId,
    PasswordRecord, PasswordState, Revision, SessionHash, SessionId, SessionRecord, Target, Timestamp,
};

use crate::error::{BackendError, CommitError, Refusal};
use crate::query::{Page, Reach};

/// The part of a [`KeyStore`](crate::KeyStore) by which people log in.
///
/// # What an implementation promises
///
/// - **One password.** An account has one Active password at most, and a folded log-in name belongs to one Active
///   password at most; both are seen to inside the transaction.
/// - **Ended is gone.** What [`session`](Self::session) is asked after an end was acknowledged finds nothing.
/// - **Bounds.** An account has [`MAX_SESSIONS`] sessions at most and [`MAX_DEVICES`] devices; where another begins, the
///   oldest end.
pub trait LogInStore {
    /// The password with this id, removed ones included, if `reach` covers its account.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn password(&self, reach: Reach, id: PasswordId) -> Result<Option<PasswordRecord>, BackendError>;

    /// One page of passwords within reach, in order of id.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn passwords(&self, reach: Reach, query: &PasswordQuery) -> Result<Page<PasswordRecord>, BackendError>;

    /// The Active password under this log-in name: for a log-in and for nothing else.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn password_named(&self, login: &FoldedLogin) -> Result<Option<PasswordRecord>, BackendError>;

    /// The session whose token has this hash, and its account **in the same snapshot**. Called after a commit was
    /// acknowledged it sees that commit.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn session(&self, hash: &SessionHash) -> Result<Option<KnownSession>, BackendError>;

    /// The device whose token has this hash.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn device(&self, hash: &DeviceHash) -> Result<Option<DeviceRecord>, BackendError>;

    /// The devices of an account, the one that was used last first.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn devices(&self, account: AccountId) -> Result<Vec<DeviceRecord>, BackendError>;

    /// Writes something down that changes nobody's rights: no revision, no audit event. Returns how many rows it
    /// changed.
    ///
    /// # Errors
    ///
    /// As [`commit`](crate::KeyStore::commit), never refused.
    fn note(&self, note: Note) -> Result<u64, CommitError>;
}

/// The most sessions of one account.
pub const MAX_SESSIONS: usize = 1_000;
/// The most devices of one account.
pub const MAX_DEVICES: usize = 16;

/// A session and the account it acts as, read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSession {
    /// The session.
    pub session: SessionRecord,
    /// Its account.
    pub account: Option<AccountRecord>,
}

/// A request for one page of passwords, by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PasswordQuery {
    /// Removed ones as well.
    pub removed: bool,
    /// Only what comes behind this one.
    pub after: Option<PasswordId>,
    /// At most this many; a store gives no more than [`KeyQuery::MAX_LIMIT`](crate::KeyQuery::MAX_LIMIT).
    pub limit: usize,
}

impl Default for PasswordQuery {
    fn default() -> Self {
        Self { removed: false, after: None, limit: 100 }
    }
}

/// Which sessions end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndSessions {
    /// This one. One that is not there, or is another account's, is [`Refusal::NotFound`].
    One {
        /// Whose it is.
        account: AccountId,
        /// Which.
        session: SessionId,
    },
    /// All of everybody, be there any or not.
    All,
    /// All of an account, be there any or not.
    AllOf(AccountId),
    /// All of an account but this one.
    AllBut {
        /// Whose.
        account: AccountId,
        /// The one that goes on.
        session: SessionId,
    },
}

impl EndSessions {
    /// Whose sessions end; `None` for everybody's.
    #[must_use]
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Self::One { account, .. } | Self::AllOf(account) | Self::AllBut { account, .. } => Some(account),
            Self::All => None,
        }
    }

    /// Whether this session is among them, if it is one of the account's.
    #[must_use]
    pub fn ends(self, id: SessionId) -> bool {
        match self {
            Self::One { session, .. } => id == session,
            Self::All | Self::AllOf(_) => true,
            Self::AllBut { session, .. } => id != session,
        }
    }

    /// To whom the event in the audit chain belongs, and what it calls what ended.
    #[must_use]
    pub const fn owner_and_target(self) -> (Owner, Target) {
        match self {
            Self::One { account, session } => (Owner::Account(account), Target::Session(session)),
            Self::AllOf(account) | Self::AllBut { account, .. } => {
                (Owner::Account(account), Target::Account(account))
            }
            // What belongs to nobody belongs to the administrator.
            Self::All => (Owner::Account(AccountId::ADMIN), Target::Sessions),
        }
    }
}

/// Something to write down that changes nobody's rights.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// Another digest of the same password, if the digest is still `expected` and the password Active.
    Digest {
        /// Which password.
        password: PasswordId,
        /// The digest it was compared with.
        expected: Digest,
        /// The one it shall have.
        new: Digest,
    },
    /// A use of a session. What is kept never goes back.
    Seen {
        /// Which session.
        session: SessionId,
        /// When.
        at: Timestamp,
    },
    /// The end of what has ended by time: takes out up to `limit` rows. Each instant is compared with "at or before";
    /// `None` takes out nothing.
    Forget {
        /// Sessions that began then.
        begun: Option<Timestamp>,
        /// Cookie sessions that were used then last.
        unused: Option<Timestamp>,
        /// Devices that were used then last.
        devices: Option<Timestamp>,
        /// The most rows taken out at once.
        limit: usize,
    },
}

/// The password that an update leaves behind, or why it is refused. Id, account and time of setting are part of the
/// statement; one that is removed stays so.
///
/// # Errors
///
/// [`Refusal::NotFound`] when one of these differs; [`Refusal::Conflict`] when the stored password is not at
/// `expected`.
pub fn update_password(
    stored: &PasswordRecord,
    wanted: PasswordRecord,
    expected: Revision,
    revision: Revision,
) -> Result<PasswordRecord, Refusal> {
    let (old, new) = (stored.parts(), wanted.parts());
    if old.id != new.id || old.account != new.account || old.created != new.created {
        return Err(Refusal::NotFound);
    }
    if old.revision != expected {
        return Err(Refusal::Conflict { current: old.revision });
    }
    match (&old.state, &new.state) {
        (PasswordState::Removed { .. }, PasswordState::Active(_)) => Err(Refusal::NotFound),
        _ => Ok(wanted.with_revision(revision)),
    }
}

/// The password with another digest, if its digest is `expected`; `None` if it is another or there is none. The revision
/// stays.
#[must_use]
pub fn redigest(stored: &PasswordRecord, expected: &Digest, new: &Digest) -> Option<PasswordRecord> {
    if stored.digest()? != expected {
        return None;
    }
    let mut parts = stored.clone().into_parts();
    parts.state = PasswordState::Active(new.clone());
    PasswordRecord::from_parts(parts).ok()
}

/// What a new password takes for itself alone.
pub(crate) fn claims(record: &PasswordRecord) -> Option<(AccountId, FoldedLogin)> {
    record.digest().map(|_| (record.parts().account, record.parts().login.folded()))
}

/// Whether a reach covers the passwords of this account.
pub(crate) fn covers(reach: Reach, account: AccountId) -> bool {
    reach.covers(Owner::Account(account))
}

/// The claims of a password that is not yet a record.
pub(crate) fn claims_of_new(new: &NewPassword) -> (AccountId, FoldedLogin) {
    (new.account, new.login.folded())
}
