//! The audit chain: one event for each change, each linked to the one before by a hash.
//!
//! [`link`] is pure, so anyone who holds the events can check that none was altered, removed or swapped: an event's
//! link covers its content and the previous link. A store writes event and change in one transaction.

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::display::pad;
use crate::hex::{self, Hex};
use crate::id::{AccountId, AuditId, EnvironmentId, KeyId, MemberId, PasswordId, Revision, SessionId};
use crate::member::Role;
use crate::owner::Owner;
use crate::pepper::PepperId;
use crate::setting::SettingName;
use crate::time::Timestamp;

/// Where a change came from: who, how, from which address, in which request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Who it was made as.
    pub principal: Owner,
    /// How the principal was established.
    pub via: Via,
    /// The client's address, when there was a network.
    pub client_address: Option<IpAddr>,
    /// The request.
    pub request_id: RequestId,
}

/// How a principal was established.
///
/// Text form, for ever: `key/1c7`, `password/1c9`, `session/1s7`, `open-access`, `set-up`, `database`, `system`.
///
/// ```
/// use keys_core::Via;
///
/// assert_eq!("key/1c7".parse::<Via>()?, Via::Key("1c7".parse()?));
/// assert_eq!(Via::Database.to_string(), "database");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Via {
    /// By an API key.
    Key(KeyId),
    /// By a password: a person logs in.
    Password(PasswordId),
    /// By a session: a person had logged in.
    Session(SessionId),
    /// Not at all: access control was off.
    OpenAccess,
    /// By the set-up token: whoever can read the server's files becomes its first administrator.
    SetUp,
    /// By holding the database: a local tool opened it.
    Database,
    /// The system itself, at first start.
    System,
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => pad(f, format_args!("key/{key}")),
            Self::Password(id) => pad(f, format_args!("password/{id}")),
            Self::Session(session) => pad(f, format_args!("session/{session}")),
            Self::OpenAccess => f.pad("open-access"),
            Self::SetUp => f.pad("set-up"),
            Self::Database => f.pad("database"),
            Self::System => f.pad("system"),
        }
    }
}

/// Why a text is no [`Via`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a way a principal is established: expected `key/1c…`, `password/1c…`, `session/1s…`, `open-access`, `set-up`, `database` or `system`"
)]
#[non_exhaustive]
pub struct ParseViaError;

impl FromStr for Via {
    type Err = ParseViaError;

    fn from_str(text: &str) -> Result<Self, ParseViaError> {
        match text {
            "open-access" => Ok(Self::OpenAccess),
            "set-up" => Ok(Self::SetUp),
            "database" => Ok(Self::Database),
            "system" => Ok(Self::System),
            other => match other.split_once('/') {
                Some(("key", key)) => key.parse().map(Self::Key).map_err(|_| ParseViaError),
                Some(("password", id)) => id.parse().map(Self::Password).map_err(|_| ParseViaError),
                Some(("session", id)) => id.parse().map(Self::Session).map_err(|_| ParseViaError),
                _ => Err(ParseViaError),
            },
        }
    }
}

/// The name of one request: 1 to 64 letters, digits and dashes.
///
/// ```
/// use keys_core::RequestId;
///
/// assert_eq!("0f8e7d6c".parse::<RequestId>()?.as_str(), "0f8e7d6c");
/// assert!("two words".parse::<RequestId>().is_err());
/// # Ok::<(), keys_core::ParseRequestIdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(Box<str>);

impl RequestId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is no [`RequestId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a request id: expected 1 to 64 letters, digits and dashes")]
#[non_exhaustive]
pub struct ParseRequestIdError;

impl FromStr for RequestId {
    type Err = ParseRequestIdError;

    fn from_str(text: &str) -> Result<Self, ParseRequestIdError> {
        let fits = (1..=64).contains(&text.len());
        let clean = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits && clean { Ok(Self(text.into())) } else { Err(ParseRequestIdError) }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident => $text:literal,)*) => {
        /// What was done. The text forms are for ever.
        ///
        /// ```
        /// use keys_core::Action;
        ///
        /// assert_eq!("key.deactivate".parse(), Ok(Action::DeactivateKey));
        /// assert!(Action::DeactivateKey.narrows() && !Action::IssueKey.narrows());
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The text form, such as `key.issue`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

actions! {
    /// An account was made.
    CreateAccount => "account.create",
    /// Name, description or default environment of an account changed.
    EditAccount => "account.edit",
    /// An account was activated.
    ActivateAccount => "account.activate",
    /// An account was deactivated.
    DeactivateAccount => "account.deactivate",
    /// An account was removed.
    RemoveAccount => "account.remove",
    /// An account administers from now on. What else was edited with it changed as well.
    PromoteAccount => "account.promote",
    /// An account administers no longer. What else was edited with it changed as well.
    DemoteAccount => "account.demote",
    /// The failed log-ins of an account were forgotten before their time.
    UnlockAccount => "account.unlock",
    /// An environment was made.
    CreateEnvironment => "environment.create",
    /// Name or description of an environment changed.
    EditEnvironment => "environment.edit",
    /// An environment was activated.
    ActivateEnvironment => "environment.activate",
    /// An environment was deactivated.
    DeactivateEnvironment => "environment.deactivate",
    /// An environment was removed.
    RemoveEnvironment => "environment.remove",
    /// An environment was restored.
    RestoreEnvironment => "environment.restore",
    /// An account became a member of an environment.
    AddMember => "member.add",
    /// A member got another role.
    ChangeMember => "member.change",
    /// A member was removed.
    RemoveMember => "member.remove",
    /// A key was issued.
    IssueKey => "key.issue",
    /// A key was made of a pair that existed already.
    ImportKey => "key.import",
    /// Name or description of a key changed.
    EditKey => "key.edit",
    /// A key was activated.
    ActivateKey => "key.activate",
    /// A key was deactivated.
    DeactivateKey => "key.deactivate",
    /// A key was deleted.
    DeleteKey => "key.delete",
    /// An account was given a password.
    SetPassword => "password.set",
    /// A password or its log-in name changed.
    ChangePassword => "password.change",
    /// A password was removed.
    RemovePassword => "password.remove",
    /// Somebody logged in.
    BeginSession => "session.begin",
    /// A session was ended, or all of an account were, or all there were.
    EndSession => "session.end",
    /// A setting changed.
    ChangeSetting => "setting.change",
    /// A pepper came into use.
    AddPepper => "pepper.add",
}

impl Action {
    /// Whether the action takes a right away, so that its acknowledgement is a promise that must outlive even a
    /// restored backup.
    #[must_use]
    pub const fn narrows(self) -> bool {
        match self {
            Self::DeactivateAccount
            | Self::RemoveAccount
            | Self::DemoteAccount
            | Self::DeactivateEnvironment
            | Self::RemoveEnvironment
            | Self::RemoveMember
            | Self::DeactivateKey
            | Self::DeleteKey => true,
            // Access control may be switched on by it: a right of everybody is taken away. A member may have a weaker
            // role.
            Self::ChangeSetting | Self::ChangeMember => true,
            // The old password, and the sessions it began, let nobody in any longer.
            Self::ChangePassword | Self::RemovePassword | Self::EndSession => true,
            Self::CreateAccount
            | Self::EditAccount
            | Self::ActivateAccount
            | Self::PromoteAccount
            | Self::UnlockAccount
            | Self::CreateEnvironment
            | Self::EditEnvironment
            | Self::ActivateEnvironment
            | Self::RestoreEnvironment
            | Self::AddMember
            | Self::IssueKey
            | Self::ImportKey
            | Self::EditKey
            | Self::ActivateKey
            | Self::SetPassword
            | Self::BeginSession
            | Self::AddPepper => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no [`Action`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an action of the audit chain: expected a word such as `key.issue`")]
#[non_exhaustive]
pub struct ParseActionError;

impl FromStr for Action {
    type Err = ParseActionError;

    fn from_str(text: &str) -> Result<Self, ParseActionError> {
        Self::ALL.iter().copied().find(|action| action.as_str() == text).ok_or(ParseActionError)
    }
}

/// What was changed.
///
/// Text form, for ever: `key/1c7`, `environment/1a5`, `account/1a1`, `member/1pm1/1a7/readonly`,
/// `setting/api.security.enabled`, `pepper/0123456789abcdef`, `sessions` for all sessions of everybody. A member is named with its account and its role after the
/// change, before it where it is removed: nothing else remembers them once it is gone.
///
/// ```
/// use keys_core::Target;
///
/// assert_eq!("key/1c7".parse::<Target>()?, Target::Key("1c7".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Target {
    /// A key.
    Key(KeyId),
    /// An environment.
    Environment(EnvironmentId),
    /// An account.
    Account(AccountId),
    /// A member of an environment: whose it is, and as what.
    Member(MemberId, AccountId, Role),
    /// A password.
    Password(PasswordId),
    /// A session.
    Session(SessionId),
    /// Every session there is.
    Sessions,
    /// A setting.
    Setting(SettingName),
    /// A pepper.
    Pepper(PepperId),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => pad(f, format_args!("key/{id}")),
            Self::Environment(id) => pad(f, format_args!("environment/{id}")),
            Self::Account(id) => pad(f, format_args!("account/{id}")),
            Self::Member(id, account, role) => pad(f, format_args!("member/{id}/{account}/{role}")),
            Self::Password(id) => pad(f, format_args!("password/{id}")),
            Self::Session(id) => pad(f, format_args!("session/{id}")),
            Self::Sessions => f.pad("sessions"),
            Self::Setting(name) => pad(f, format_args!("setting/{name}")),
            Self::Pepper(id) => pad(f, format_args!("pepper/{id}")),
        }
    }
}

/// Why a text is no [`Target`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a target: expected `key/`, `environment/`, `account/`, `member/`, `password/`, `session/`, `setting/` or `pepper/` and its name, or `sessions`"
)]
#[non_exhaustive]
pub struct ParseTargetError;

impl FromStr for Target {
    type Err = ParseTargetError;

    fn from_str(text: &str) -> Result<Self, ParseTargetError> {
        let target = match text.split_once('/') {
            Some(("key", id)) => id.parse().ok().map(Self::Key),
            Some(("environment", id)) => id.parse().ok().map(Self::Environment),
            Some(("account", id)) => id.parse().ok().map(Self::Account),
            Some(("member", name)) => member(name),
            Some(("password", id)) => id.parse().ok().map(Self::Password),
            Some(("session", id)) => id.parse().ok().map(Self::Session),
            Some(("setting", name)) => name.parse().ok().map(Self::Setting),
            Some(("pepper", id)) => id.parse().ok().map(Self::Pepper),
            None if text == "sessions" => Some(Self::Sessions),
            _ => None,
        };
        target.ok_or(ParseTargetError)
    }
}

/// Reads `1pm1/1a7/readonly`.
fn member(name: &str) -> Option<Target> {
    let (id, rest) = name.split_once('/')?;
    let (account, role) = rest.split_once('/')?;
    Some(Target::Member(id.parse().ok()?, account.parse().ok()?, role.parse().ok()?))
}

/// One change, complete: who, how, from where, whose, what, to what, from which version to which, in which request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its number in the chain.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who, how, from where, in which request.
    pub origin: Origin,
    /// To whom the changed thing belongs.
    pub owner: Owner,
    /// What was done.
    pub action: Action,
    /// To what.
    pub target: Target,
    /// The target's revision before; `None` when it did not exist.
    pub before: Option<Revision>,
    /// The target's revision after.
    pub after: Revision,
}

/// The hash of an event and of all before it. Text form, for ever: 64 lower-case hexadecimal digits.
///
/// ```
/// use keys_core::AuditLink;
///
/// assert_eq!(AuditLink::GENESIS.to_string(), "0".repeat(64));
/// assert_eq!("0".repeat(64).parse(), Ok(AuditLink::GENESIS));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditLink([u8; Self::LENGTH]);

impl AuditLink {
    /// How many bytes a link has.
    pub const LENGTH: usize = 32;
    /// What the first event is linked to.
    pub const GENESIS: Self = Self([0; Self::LENGTH]);

    /// The link with these bytes, as a store kept them.
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

impl fmt::Display for AuditLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pad(f, format_args!("{}", Hex(&self.0)))
    }
}

/// Why a text is no [`AuditLink`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an audit link: expected 64 lower-case hexadecimal digits")]
#[non_exhaustive]
pub struct ParseAuditLinkError;

impl FromStr for AuditLink {
    type Err = ParseAuditLinkError;

    fn from_str(text: &str) -> Result<Self, ParseAuditLinkError> {
        let mut bytes = [0; Self::LENGTH];
        hex::read(text, &mut bytes).ok_or(ParseAuditLinkError)?;
        Ok(Self(bytes))
    }
}

/// Links an event to the one before it: SHA-256 over a fixed word, the previous link, and every field.
///
/// Each field is written as its text form with its length in front, so no two events share an encoding. The
/// encoding is for ever: it is what an auditor recomputes. In bytes, and in this order: `keys-core/audit/1`, the 32 of
/// the previous link, then for each field its length in 8 bytes, most significant first, and its text in UTF-8: id, time,
/// principal, via, client address, request id, owner, action, target, revision before, revision after. What is absent is
/// an empty text.
///
/// ```
/// use keys_core::{Action, AuditEvent, AuditId, AuditLink, Origin, Revision, Timestamp, Via, link};
///
/// let event = AuditEvent {
///     id: AuditId::FIRST,
///     at: "2026-11-23T18:30:00.250Z".parse()?,
///     origin: Origin {
///         principal: "account/1a1".parse()?,
///         via: Via::System,
///         client_address: None,
///         request_id: "bootstrap".parse()?,
///     },
///     owner: "account/1a1".parse()?,
///     action: Action::CreateAccount,
///     target: "account/1a1".parse()?,
///     before: None,
///     after: Revision::new(1),
/// };
/// let kept = link(&AuditLink::GENESIS, &event);
///
/// // Whoever alters an event breaks its link, and with it every later one.
/// let altered = AuditEvent { at: Timestamp::MIN, ..event.clone() };
/// assert_eq!(link(&AuditLink::GENESIS, &event), kept);
/// assert_ne!(link(&AuditLink::GENESIS, &altered), kept);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn link(previous: &AuditLink, event: &AuditEvent) -> AuditLink {
    let AuditEvent { id, at, origin, owner, action, target, before, after } = event;
    let Origin { principal, via, client_address, request_id } = origin;
    let mut hash = Sha256::new().chain_update(b"keys-core/audit/1").chain_update(previous.0);
    let fields: [String; 11] = [
        id.to_string(),
        at.to_string(),
        principal.to_string(),
        via.to_string(),
        client_address.map(|address| address.to_string()).unwrap_or_default(),
        request_id.to_string(),
        owner.to_string(),
        action.to_string(),
        target.to_string(),
        before.map(|revision| revision.to_string()).unwrap_or_default(),
        after.to_string(),
    ];
    for field in &fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    AuditLink(hash.finalize().into())
}
