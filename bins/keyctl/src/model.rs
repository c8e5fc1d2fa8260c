//! Keys, environments and people as keyctl shows them, whichever way they came.

use std::path::PathBuf;

use keys_core::{
    AccessKey, AccountId, AccountKind, AccountState, AuditId, EnvironmentId, EnvironmentState, KeyId,
    LifecycleState, MemberId, Role, SecretKey, Timestamp,
};

use crate::authority::{Endpoint, NewOwner};

/// An API key.
///
/// Texts are kept as they came, not parsed: another server's may break our rules, and output escapes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its id.
    pub(crate) id: KeyId,
    /// Its public half.
    pub(crate) access_key: AccessKey,
    /// Its name.
    pub(crate) name: Option<String>,
    /// Its description.
    pub(crate) description: Option<String>,
    /// Its state.
    pub(crate) state: LifecycleState,
    /// The account or environment it belongs to. Both are written `1a…`, and share one counter.
    pub(crate) owner: AccountId,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// From when on it is refused, if ever.
    pub(crate) expires_at: Option<Timestamp>,
    /// When it was deleted, if it was.
    pub(crate) deleted_at: Option<Timestamp>,
}

impl Key {
    /// Whether it is refused because its time is over.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

/// What became of one pair of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportedPair {
    /// The line where it begins.
    pub(crate) line: u64,
    /// Its public half.
    pub(crate) access_key: AccessKey,
    /// The key that is made of it, if there is one.
    pub(crate) id: Option<KeyId>,
    /// What was done, or would be.
    pub(crate) result: ImportResult,
    /// Why it would be refused, if it would be.
    pub(crate) refusal: Option<String>,
}

/// What is done with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImportResult {
    /// It is a key now.
    Imported,
    /// It was one before.
    AlreadyThere,
    /// It would be made one.
    WouldImport,
    /// It would be refused.
    Refused,
}

impl ImportResult {
    /// The word for it in JSON, for ever.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::AlreadyThere => "alreadyThere",
            Self::WouldImport => "wouldImport",
            Self::Refused => "refused",
        }
    }
}

/// A key just issued, with its secret and where to use it.
#[derive(Debug)]
pub(crate) struct IssuedKey {
    /// The key.
    pub(crate) key: Key,
    /// Its private half.
    pub(crate) secret_key: SecretKey,
    /// Whom it belongs to.
    pub(crate) owner: NewOwner,
    /// Where clients find the authority.
    pub(crate) endpoint: Endpoint,
    /// What is to be said once the secret is where it belongs.
    pub(crate) receipt: Receipt,
}

/// That an authority keeps the secret of a new key sealed, in case its answer was lost.
#[derive(Default)]
pub(crate) struct Receipt(Option<Box<dyn FnOnce()>>);

impl Receipt {
    /// One that is confirmed in this way.
    pub(crate) fn new(confirm: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(confirm)))
    }

    /// Says that the secret has arrived. Nothing hangs on whether that arrives: after ten minutes nobody is shown the
    /// secret anyway.
    pub(crate) fn confirm(self) {
        if let Some(confirm) = self.0 {
            confirm();
        }
    }
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Receipt").field(&self.0.is_some()).finish()
    }
}

/// A pair that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Its public half.
    pub(crate) access_key: AccessKey,
    /// The account or environment it acts as.
    pub(crate) owner: AccountId,
}

/// As whom a run acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// By what.
    pub(crate) presented: Presented,
    /// The account or environment it acts as.
    pub(crate) owner: AccountId,
    /// Whether that is an environment.
    pub(crate) is_environment: bool,
    /// Its name.
    pub(crate) name: Option<String>,
    /// Whether it administers the installation.
    pub(crate) administrator: bool,
    /// The authority that says so.
    pub(crate) url: String,
}

/// By what a run is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    /// By an API key.
    Key(AccessKey),
    /// By a session.
    Session,
    /// By nothing: access control is off.
    Nothing,
    /// By having the database.
    Database,
}

/// A session just begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// By which name.
    pub(crate) login: String,
    /// Who has logged in.
    pub(crate) account: AccountId,
    /// The API that it holds for.
    pub(crate) api: String,
}

/// How somebody logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogIn {
    /// Who.
    pub(crate) account: AccountId,
    /// By which name.
    pub(crate) login: String,
}

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Environment {
    /// Its id.
    pub(crate) id: EnvironmentId,
    /// Its name.
    pub(crate) name: Option<String>,
    /// Its description.
    pub(crate) description: Option<String>,
    /// Its state.
    pub(crate) state: EnvironmentState,
    /// When it was made.
    pub(crate) created: Timestamp,
}

/// The account of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its id.
    pub(crate) id: AccountId,
    /// `user`, or `admin` for one that administers.
    pub(crate) kind: AccountKind,
    /// Its name.
    pub(crate) name: Option<String>,
    /// Its description.
    pub(crate) description: Option<String>,
    /// Its state.
    pub(crate) state: AccountState,
    /// Where the person begins.
    pub(crate) default_environment: Option<EnvironmentId>,
    /// When it was made.
    pub(crate) created: Timestamp,
}

/// The account of a person who was shut out, and what the person made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Disabled {
    /// The account.
    pub(crate) account: Account,
    /// The keys that the person made and that are not deleted.
    pub(crate) keys: Vec<Key>,
}

/// A member of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its id.
    pub(crate) id: MemberId,
    /// Where.
    pub(crate) environment: EnvironmentId,
    /// Who.
    pub(crate) account: AccountId,
    /// As what.
    pub(crate) role: Role,
    /// Since when.
    pub(crate) created: Timestamp,
}

/// Something that was done.
///
/// Words and ids are texts: a newer server may know more of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its id. They follow one another in the order in which things were done.
    pub(crate) id: AuditId,
    /// When.
    pub(crate) at: Timestamp,
    /// What, such as `key.deactivate`.
    pub(crate) action: String,
    /// To what, such as `key/1c7`.
    pub(crate) target: String,
    /// What else is to be known of it: of a member, who and as what.
    pub(crate) note: Option<String>,
    /// The account or environment that it belongs to.
    pub(crate) owner: String,
    /// As whom.
    pub(crate) by: String,
    /// How that was known.
    pub(crate) via: EventVia,
    /// The key or the password it was done with.
    pub(crate) credential: Option<String>,
    /// From which address.
    pub(crate) address: Option<String>,
    /// In which request.
    pub(crate) request: String,
}

/// How it was known who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventVia {
    /// By an API key.
    Key,
    /// By a password, which is how a session begins.
    LogIn,
    /// In a session.
    Session,
    /// Nobody was asked: access control was off, or it was done on the server's machine.
    NoCredential,
    /// The authority did it by itself.
    System,
}

impl EventVia {
    /// The word, for ever.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::LogIn => "log-in",
            Self::Session => "session",
            Self::NoCredential => "no-credential",
            Self::System => "system",
        }
    }
}

/// A copy of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackedUp {
    /// The file.
    pub(crate) path: PathBuf,
    /// How long it is.
    pub(crate) bytes: u64,
    /// The last thing that was done before it was made.
    pub(crate) last_event: Option<AuditId>,
}

/// A profile, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownProfile {
    /// What it is called.
    pub(crate) name: String,
    /// Whether it is in force unless another is chosen.
    pub(crate) is_default: bool,
    /// Its server.
    pub(crate) url: Option<String>,
    /// Its database.
    pub(crate) database: Option<String>,
    /// The environment that the server stands for.
    pub(crate) environment: Option<String>,
    /// The certificates that vouch for the server.
    pub(crate) ca_file: Option<String>,
    /// The pepper file of the database.
    pub(crate) pepper_file: Option<String>,
    /// The access key to use.
    pub(crate) access_key: Option<String>,
    /// Where its secret is: `kept`, or told by a `command`.
    pub(crate) secret: Option<&'static str>,
    /// The program that tells it.
    pub(crate) secret_command: Option<String>,
    /// How answers are printed.
    pub(crate) output: Option<String>,
}
