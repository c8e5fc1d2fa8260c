//! The contract between the authority and where it keeps its records.

use std::fmt::Debug;
use std::sync::Arc;

use keys_core::{
    AccessKey, AccountId, AccountRecord, Action, AuditEvent, AuditId, AuditLink, Creator, DeviceHash, Digest,
    EnvironmentId, EnvironmentRecord, KeyId, KeyRecord, LoginName, MemberId, MemberRecord, MembersRevision,
    NewAccount, NewEnvironment, NewKey, NewMember, NewPassword, NewReceipt, NewSession, Origin, Owner,
    OwnerRow, PasswordId, PasswordRecord, PepperId, Receipt, ReceiptName, ReceiptSweep, Revision, Role,
    SessionId, SessionRecord, SettingName, StoredSecret, Tagged, Timestamp, Uuid, VerificationRow,
};

use crate::error::{BackendError, CommitError};
use crate::listener::ChangeListener;
use crate::log_in::{EndSessions, LogInStore};
use crate::query::{EnvironmentQuery, KeyQuery, Page, Reach};

/// Keeps the records of an authority: accounts, environments and their members, API keys, settings, peppers in use, and the audit chain.
///
/// A store knows uniqueness, revisions and pages, and nothing of lifecycle rules. It is **synchronous**: what waits
/// for a disk should not pretend otherwise, and straight-line code is easier to trust. Share it as
/// `Arc<dyn KeyStore>`; two handles are one store.
///
/// # What an implementation promises
///
/// - **All or nothing.** The changes of one [`commit`](Self::commit), their audit events and the counters they
///   advance become visible and durable together, or not at all.
/// - **Revisions.** Every change takes the next [`Revision`] of the whole store and writes it into its record.
/// - **Audit.** Every change has one event, and nothing else has one. Events are numbered from 1 without gaps, in commit
///   order, each linked to the one before by [`keys_core::link`], the first to [`AuditLink::GENESIS`]. So the number of an
///   event is that of the revision its change took, and what is known of a record leads back through its events.
/// - **Ids.** One counter for accounts and environments, one for keys and passwords, one for members, one for sessions;
///   never given twice, not even after a rollback is followed by a crash. Gaps are allowed.
/// - **Access keys** are unique for ever, deleted ones included; **uuids** among accounts and environments together;
///   an account is a member of an environment **once**.
/// - **Receipts.** A receipt lands with the change that it is about, or neither does; there is one of each name. What a
///   receipt holds of the secret of a key is erased with the key. They have no revision and no audit event.
/// - **Limits.** No read returns more than [`KeyQuery::MAX_LIMIT`] records, whatever limit it is given.
/// - **The listener** is told of every batch as [`ChangeListener`] says, before any answer of the batch is released.
/// - **Acknowledged is durable.** A change whose `commit` returned `Ok` survives the end of the process at any
///   instant.
///
/// Every method is required, so that a wrapper cannot forget one. The module `conformance` (feature
/// `conformance`) is the contract as tests.
pub trait KeyStore: LogInStore + Debug + Send + Sync + 'static {
    /// Makes all of `changes` in this order in one transaction, or none of them. Returns what each became.
    ///
    /// Each change sees what those before it have made. No changes are no transaction: nothing happens.
    ///
    /// # Errors
    ///
    /// [`CommitError::Refused`] when a change does not fit; [`CommitError::Failed`] when nothing was changed;
    /// [`CommitError::Unknown`] when only a later read can tell.
    fn commit(&self, changes: Vec<Change>) -> Result<Vec<Committed>, CommitError>;

    /// Replaces the tag of a key if its tag is still `expected`'s bytes and pepper. State, revision and audit chain
    /// stay as they are: the new tag says nothing new. `Ok(false)` when it was another, or the key has none.
    ///
    /// The listener is told as for a change, with the key's row at its old revision.
    ///
    /// # Errors
    ///
    /// As [`commit`](Self::commit).
    fn replace_tag(&self, key: KeyId, expected: &Tagged, new: &Tagged) -> Result<bool, CommitError>;

    /// Erases the secret of a receipt. `Ok(false)` when it holds none any more, or is not there. Like a replaced tag this is
    /// no change of anything that has a revision.
    ///
    /// # Errors
    ///
    /// As [`commit`](Self::commit).
    fn erase_receipt_secret(&self, name: &ReceiptName) -> Result<bool, CommitError>;

    /// Drops receipts and erases secrets of receipts that are past their time, the oldest first and at most
    /// [`MOST_SWEPT`] of each, so that others need not wait for long. Returns how many receipts that were; none when
    /// nothing is left to do.
    ///
    /// What was erased is gone from wherever the store keeps what it has done, too, or will be after the next call.
    ///
    /// # Errors
    ///
    /// As [`commit`](Self::commit).
    fn sweep_receipts(&self, sweep: &ReceiptSweep) -> Result<usize, CommitError>;

    /// Returns once everything that was visible when it was called has been published to the listener. What a
    /// caller has read before may then be told to others.
    ///
    /// # Errors
    ///
    /// [`BackendError`] when the writer cannot answer.
    fn barrier(&self) -> Result<(), BackendError>;

    /// Whether everything that has been published may be told at once. While not, because something of it is not yet as
    /// durable as an acknowledgement has to be, only [`barrier`](Self::barrier) says when. Never blocks.
    fn is_settled(&self) -> bool;

    /// Sets the one listener, replacing any before. Every batch committed after this returns is told to it.
    fn listen(&self, listener: Arc<dyn ChangeListener>);

    /// The verification row of an access key. One of the two statements without an owner.
    ///
    /// # Errors
    ///
    /// [`BackendError`]; an unknown access key is `Ok` with `None` inside.
    fn load_key(&self, access_key: &AccessKey) -> Result<Load<Option<VerificationRow>>, BackendError>;

    /// Whether keys of this owner are accepted. An owner that does not exist is `None`.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn load_owner(&self, owner: Owner) -> Result<Load<Option<OwnerRow>>, BackendError>;

    /// The verification rows of up to `limit` keys that are not deleted, in order of id, behind `after`: for filling an
    /// index.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn load_keys(
        &self,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Load<Vec<(AccessKey, VerificationRow)>>, BackendError>;

    /// What is kept of the secret of a key that is not deleted: for the slow proof and for nothing else.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn stored_secret(&self, key: KeyId) -> Result<Option<StoredSecret>, BackendError>;

    /// The key with this id, deleted ones included, if `reach` covers it.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn key(&self, reach: Reach, id: KeyId) -> Result<Option<KeyRecord>, BackendError>;

    /// One page of keys.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn keys(&self, reach: Reach, query: &KeyQuery) -> Result<Page<KeyRecord>, BackendError>;

    /// The environment with this id, removed ones included, if `reach` covers it: an environment reaches itself, an
    /// account those that [`rules::shows_to_member`](crate::rules::shows_to_member) says.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn environment(&self, reach: Reach, id: EnvironmentId)
    -> Result<Option<EnvironmentRecord>, BackendError>;

    /// One page of environments.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn environments(
        &self,
        reach: Reach,
        query: &EnvironmentQuery,
    ) -> Result<Page<EnvironmentRecord>, BackendError>;

    /// The account with this id.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn account(&self, id: AccountId) -> Result<Option<AccountRecord>, BackendError>;

    /// Up to `limit` accounts behind `after`, in order of id.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn accounts(&self, after: Option<AccountId>, limit: usize) -> Result<Page<AccountRecord>, BackendError>;

    /// The member with this id, if `reach` covers its [`environment`](Self::environment).
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn member(&self, reach: Reach, id: MemberId) -> Result<Option<MemberRecord>, BackendError>;

    /// The account as a member of the environment, whatever the states of both: what a person may there is decided
    /// from this, at that moment.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn membership(
        &self,
        environment: EnvironmentId,
        account: AccountId,
    ) -> Result<Option<MemberRecord>, BackendError>;

    /// Up to `limit` members behind `after`, in order of id, of the environments that `reach` covers.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn members(
        &self,
        reach: Reach,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError>;

    /// What an account is a member of, whatever the states of both: up to `limit` behind `after`, in order of the
    /// environment.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn memberships(
        &self,
        account: AccountId,
        after: Option<EnvironmentId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError>;

    /// Up to `limit` keys that were made by `creator`, whomever they belong to, deleted ones included, behind `after`,
    /// in order of id. A creator without a key stands for everything made as that principal, by whichever key.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn keys_made_by(
        &self,
        creator: Creator,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Page<KeyRecord>, BackendError>;

    /// A setting; `None` until it is first put.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn setting(&self, name: SettingName) -> Result<Option<Setting>, BackendError>;

    /// The peppers recorded as in use, in the order they came.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn peppers(&self) -> Result<Vec<PepperId>, BackendError>;

    /// Up to `limit` audit events behind `after`, in order, with their links.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn audit(&self, after: Option<AuditId>, limit: usize) -> Result<Vec<LinkedEvent>, BackendError>;

    /// The receipt of this name, which says whose it is.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn receipt(&self, name: &ReceiptName) -> Result<Option<Receipt>, BackendError>;

    /// Where the store stands.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    fn head(&self) -> Result<Head, BackendError>;
}

/// The most receipts that one call of [`KeyStore::sweep_receipts`] drops, and of which it erases the secret.
pub const MOST_SWEPT: usize = 1_000;

/// One change: what to write, what must hold, and who wants it.
#[derive(Debug, Clone)]
pub struct Change {
    /// What to write.
    pub write: Write,
    /// What must hold in the same transaction, all of it, or the change is refused.
    pub requires: Vec<Requirement>,
    /// When: the time of the audit event.
    pub at: Timestamp,
    /// Who, how, from where: the origin of the audit event.
    pub origin: Origin,
    /// What the audit event calls it.
    pub action: Action,
    /// What is kept for whoever asks for it again. When there is one of its name already, the change is
    /// [`Refusal::ReceiptExists`](crate::Refusal::ReceiptExists), whatever else would be wrong with it.
    pub receipt: Option<NewReceipt>,
}

/// What a change writes. Owner, target and revisions of the audit event follow from it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Write {
    /// A new account.
    InsertAccount(NewAccount),
    /// An account that was read at revision `expected`. Id, uuid and creation time are part of the statement. See
    /// [`rules::update_account`](crate::rules::update_account).
    UpdateAccount {
        /// The record as it shall be; its own revision is ignored.
        record: AccountRecord,
        /// The revision it was read at.
        expected: Revision,
    },
    /// A new environment.
    InsertEnvironment(NewEnvironment),
    /// An environment that was read at revision `expected`. Id, uuid, creator and creation time are part of the
    /// statement: where they differ, it is [`Refusal::NotFound`](crate::Refusal::NotFound). See
    /// [`rules::update_environment`](crate::rules::update_environment).
    UpdateEnvironment {
        /// The record as it shall be; its own revision is ignored.
        record: EnvironmentRecord,
        /// The revision it was read at.
        expected: Revision,
    },
    /// A new member. Environment and account must exist, in whatever state, or it is
    /// [`Refusal::NotFound`](crate::Refusal::NotFound); the account must not be one already.
    InsertMember(NewMember),
    /// A member of an environment that is made in the same commit and has no number yet, so that it is named by its
    /// uuid. Otherwise as [`InsertMember`](Self::InsertMember).
    InsertFounder {
        /// The uuid of the environment.
        environment: Uuid,
        /// Who.
        account: AccountId,
        /// As what.
        role: Role,
        /// Who makes it one.
        creator: Creator,
        /// When.
        created: Timestamp,
    },
    /// A member that was read at revision `expected`. All but the role is part of the statement. See
    /// [`rules::update_member`](crate::rules::update_member).
    UpdateMember {
        /// The record as it shall be; its own revision is ignored.
        record: MemberRecord,
        /// The revision it was read at.
        expected: Revision,
    },
    /// A member that shall be one no longer, at the revision it was read at. The whole record is part of the
    /// statement.
    RemoveMember(MemberRecord),
    /// A new key. Its owner must exist, in whatever state, or it is
    /// [`Refusal::NotFound`](crate::Refusal::NotFound).
    InsertKey(NewKey),
    /// A key that was read at revision `expected`. Id, owner, access key, creator and time of issue are part of the
    /// statement. The secret is not: what is stored stays, until the key is deleted. See
    /// [`rules::update_key`](crate::rules::update_key).
    UpdateKey {
        /// The record as it shall be; its own revision is ignored.
        record: KeyRecord,
        /// The revision it was read at.
        expected: Revision,
    },
    /// A setting, whatever it was.
    ///
    /// A value that nobody can have meant is published as what opens no door: see
    /// [`rules::setting_value`](crate::rules::setting_value).
    PutSetting {
        /// Which.
        name: SettingName,
        /// Its value.
        value: Box<str>,
    },
    /// A pepper that comes into use.
    InsertPepper(PepperId),
    /// A new password. Its account must exist, or it is [`Refusal::NotFound`](crate::Refusal::NotFound); where the account
    /// has an Active one, or another has the log-in name, it is
    /// [`Refusal::AlreadyExists`](crate::Refusal::AlreadyExists).
    InsertPassword(NewPassword),
    /// A password of an account that is made in the same commit and has no number yet, so that it is named by its uuid.
    /// Otherwise as [`InsertPassword`](Self::InsertPassword).
    InsertFirstPassword {
        /// The uuid of the account.
        account: Uuid,
        /// What the person logs in with.
        login: LoginName,
        /// The password.
        digest: Digest,
        /// When.
        created: Timestamp,
    },
    /// A password that was read at revision `expected`. Id, account and time of setting are part of the statement; one
    /// that is removed stays so. See [`log_in::update_password`](crate::log_in::update_password).
    UpdatePassword {
        /// The record as it shall be; its own revision is ignored.
        record: PasswordRecord,
        /// The revision it was read at.
        expected: Revision,
    },
    /// A session begins, on a device that is known from then on. Its account must exist, or it is
    /// [`Refusal::NotFound`](crate::Refusal::NotFound).
    BeginSession {
        /// The session.
        session: NewSession,
        /// The device. One of another account is [`Refusal::AlreadyExists`](crate::Refusal::AlreadyExists).
        device: Option<DeviceHash>,
    },
    /// Sessions end.
    EndSessions(EndSessions),
    /// The failed log-ins of this account are forgotten, by those who remember them: a store keeps nothing of it but its
    /// audit event. The account must exist, or it is [`Refusal::NotFound`](crate::Refusal::NotFound).
    Unlock(AccountId),
}

/// What must hold for a change, once the changes before it in the same commit are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Requirement {
    /// This owner has at least one Active key that has not expired at `now`.
    ActiveKeyOf {
        /// Whose key.
        owner: Owner,
        /// The instant expiry is compared with.
        now: Timestamp,
    },
    /// Nothing has ever been written to the store.
    EmptyStore,
    /// This setting is as it was read: it was last put at this revision, or never, which is [`Revision::ZERO`].
    SettingAt {
        /// Which.
        name: SettingName,
        /// The revision it was read at.
        revision: Revision,
    },
    /// An account that administers has an Active key that has not expired at `now`, or a password.
    AdministratorCanEnter {
        /// The instant expiry is compared with.
        now: Timestamp,
    },
    /// Access control is off, or an account other than this one administers and has an Active key that has not
    /// expired at `now`, or a password.
    AdministratorRemains {
        /// Who is to administer no longer.
        without: AccountId,
        /// The instant expiry is compared with.
        now: Timestamp,
    },
    /// The members of the environment are those that were read: none has come, gone or changed.
    MembersAre {
        /// Which environment.
        environment: EnvironmentId,
        /// Of those that were read.
        revision: MembersRevision,
    },
    /// What the account is a member of is what was read: no membership has come, gone or changed.
    MembershipsAre {
        /// Which account.
        account: AccountId,
        /// Of those that were read.
        revision: MembersRevision,
    },
    /// This account is there and has not been removed.
    NotRemoved(AccountId),
    /// Whoever wants the change may still want it.
    CallerStands(Standing),
    /// This password is Active and at this revision, so it is the one that was compared, and its account is Active.
    PasswordIs {
        /// Which.
        password: PasswordId,
        /// The revision it was read at.
        revision: Revision,
    },
}

/// What the right to a change was found on, to be looked at again in the transaction of the change: between the two
/// a digest may be computed, which takes long enough for somebody to take the right away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Who was verified: it must be Active.
    pub principal: Owner,
    /// Whether it must administer.
    pub administers: bool,
    /// The key it was verified by, which must be Active and not expired at `now`.
    pub key: Option<KeyId>,
    /// Where it must be a member, with this role or a stronger one.
    pub role: Option<(EnvironmentId, Role)>,
    /// The session it was verified by, which must not have been ended.
    pub session: Option<SessionId>,
    /// The instant expiry is compared with.
    pub now: Timestamp,
}

/// What a change became.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Committed {
    /// The account as it is now.
    Account(AccountRecord),
    /// The environment as it is now.
    Environment(EnvironmentRecord),
    /// The member as it is now.
    Member(MemberRecord),
    /// The member as it last was: it is one no longer.
    MemberRemoved(MemberRecord),
    /// The key as it is now.
    Key(Box<KeyRecord>),
    /// The setting as it is now.
    Setting(Setting),
    /// The pepper.
    Pepper(PepperId),
    /// The password as it is now.
    Password(PasswordRecord),
    /// The session that has begun.
    Session(SessionRecord),
    /// These sessions have ended.
    SessionsEnded(EndSessions),
    /// The failed log-ins of this account are to be forgotten.
    Unlocked(AccountId),
}

/// A setting as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Which.
    pub name: SettingName,
    /// Its value.
    pub value: Box<str>,
    /// The revision of its last change.
    pub revision: Revision,
}

/// Something loaded, and the revision of the whole store **in the same snapshot**.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load<T> {
    /// What was loaded.
    pub row: T,
    /// The revision of the store it was loaded at.
    pub at: Revision,
}

/// An audit event and its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedEvent {
    /// The event.
    pub event: AuditEvent,
    /// Its link.
    pub link: AuditLink,
}

/// Where a store stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The revision of the whole store.
    pub revision: Revision,
    /// The last audit event; `None` in an empty store.
    pub audit: Option<(AuditId, AuditLink)>,
    /// The latest time any change was made at.
    pub latest: Option<Timestamp>,
}
