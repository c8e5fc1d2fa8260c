//! What a run prints: the answer of a command, for people or for programs.

pub(crate) mod caller;
pub(crate) mod escape;
pub(crate) mod json;
pub(crate) mod leak;
mod pair;
pub(crate) mod profile;
mod table;
mod tree;
mod yaml;

use keys_core::{AccessControl, AccessMode, Timestamp};
use zeroize::Zeroizing;

use crate::authority::Person;
use crate::cli::SecretFormat;
use crate::exit::Failure;
use crate::imported::Imported;
use crate::model::{
    Account, BackedUp, Caller, Disabled, Environment, Event, IssuedKey, Key, LogIn, Member, Session,
    ShownProfile, Verified,
};

use crate::outlook::Rehearsed;
use crate::scan::Scanned;

use self::tree::Tree;

/// How an answer is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// Columns, or a line for each field.
    Table {
        /// Whether columns have heads.
        header: bool,
    },
    /// One line of JSON.
    Json,
    /// One document of YAML.
    Yaml,
    /// What names each thing.
    Name,
    /// One field.
    Field(String),
}

impl Form {
    /// Whether programs read it, so that errors are for them too.
    pub(crate) const fn is_for_programs(&self) -> bool {
        match self {
            // A line of JSON is YAML.
            Self::Json | Self::Yaml => true,
            Self::Table { .. } | Self::Name | Self::Field(_) => false,
        }
    }
}

/// The answer of a command.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A key just issued; in one of the forms for other programs, if that was asked.
    Issued(Box<IssuedKey>, Option<SecretFormat>),
    /// One key.
    Key(Box<Key>),
    /// Keys.
    Keys(Vec<Key>),
    /// A pair that is accepted.
    Verified(Verified),
    /// What became of the pairs of an import.
    Imported(Imported),
    /// As whom this run acts.
    Caller(Caller),
    /// One environment.
    Environment(Box<Environment>),
    /// Environments.
    Environments(Vec<Environment>),
    /// What was done, the newest first.
    Events(Vec<Event>),
    /// A copy of the database was made.
    BackedUp(BackedUp),
    /// Access control.
    AccessControl(AccessControl),
    /// A session has begun.
    LoggedIn(Session),
    /// It has ended.
    LoggedOut,
    /// Somebody has another password.
    PasswordSet(LogIn),
    /// Which people may log in.
    AccessMode(AccessMode),
    /// The account of one person.
    Account(Box<Account>),
    /// Accounts of people.
    Accounts(Vec<Account>),
    /// People who were shut out, and what they made.
    Disabled(Vec<Disabled>),
    /// The members of an environment.
    Members(Vec<Member>),
    /// These people need not wait any longer.
    Unlocked(Vec<Person>),
    /// A text for other programs, which has one form.
    Document(String),
    /// What a search of files has come to.
    Scanned(Scanned),
    /// All sessions of these people have ended; without them, everybody's.
    SessionsEnded(Option<Vec<Person>>),
    /// What would become of things.
    Rehearsed(Rehearsed),
    /// A profile.
    Profile(Box<ShownProfile>),
    /// Profiles.
    Profiles(Vec<ShownProfile>),
}

impl Answer {
    /// The text to print, each line ended; wiped when dropped, because it may hold a new secret.
    pub(crate) fn render(&self, form: &Form, now: Timestamp) -> Zeroizing<String> {
        if let Self::Issued(issued, Some(form)) = self {
            return pair::render(issued, *form);
        }
        if let Self::Document(text) = self {
            return Zeroizing::new(text.clone());
        }
        let tree = || Tree::of_json(&json::render(self, now));
        match form {
            Form::Table { header } => table::render(self, *header, now),
            Form::Json => json::render(self, now),
            Form::Yaml => yaml::render(&tree()),
            Form::Name => self.naming_field().map(|field| tree().field(field)).unwrap_or_default(),
            Form::Field(field) => tree().field(field),
        }
    }

    /// The field that names each thing to other commands, or says how things stand.
    const fn naming_field(&self) -> Option<&'static str> {
        match self {
            Self::Issued(..)
            | Self::Key(_)
            | Self::Keys(_)
            | Self::Environment(_)
            | Self::Environments(_)
            | Self::Events(_)
            | Self::Account(_)
            | Self::Accounts(_)
            | Self::Disabled(_)
            | Self::Rehearsed(_) => Some("id"),
            Self::Members(_) | Self::LoggedIn(_) | Self::PasswordSet(_) => Some("account"),
            Self::Verified(_) | Self::Imported(_) => Some("accessKey"),
            Self::BackedUp(_) => Some("path"),
            Self::Caller(_) => Some("owner"),
            Self::Profile(_) | Self::Profiles(_) => Some("name"),
            Self::AccessControl(_) => Some("enabled"),
            Self::AccessMode(_) => Some("mode"),
            Self::Unlocked(_) => Some("unlocked"),
            Self::SessionsEnded(_) => Some("people"),
            Self::Scanned(_) => Some("place"),
            Self::LoggedOut | Self::Document(_) => None,
        }
    }

    /// Says, once it is printed, that what it holds has arrived.
    pub(crate) fn confirm(self) {
        match self {
            Self::Issued(issued, _) => issued.receipt.confirm(),
            Self::Key(_)
            | Self::Keys(_)
            | Self::Verified(_)
            | Self::Imported(_)
            | Self::Caller(_)
            | Self::Profile(_)
            | Self::Profiles(_)
            | Self::Environment(_)
            | Self::Environments(_)
            | Self::Events(_)
            | Self::BackedUp(_)
            | Self::AccessControl(_)
            | Self::LoggedIn(_)
            | Self::LoggedOut
            | Self::PasswordSet(_)
            | Self::AccessMode(_)
            | Self::Account(_)
            | Self::Accounts(_)
            | Self::Disabled(_)
            | Self::Members(_)
            | Self::Unlocked(_)
            | Self::SessionsEnded(_)
            | Self::Rehearsed(_)
            | Self::Document(_)
            | Self::Scanned(_) => {}
        }
    }

    /// How a run ends, once the answer is printed: a rehearsal as what it rehearses would, a search that found something as
    /// one that did.
    ///
    /// # Errors
    ///
    /// The refusal, or what was found.
    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        let refusal = match self {
            Self::Scanned(scanned) => return scanned.verdict(),
            Self::Rehearsed(rehearsed) => &rehearsed.refusal,
            Self::Imported(imported) => &imported.refusal,
            Self::Issued(..)
            | Self::Key(_)
            | Self::Keys(_)
            | Self::Verified(_)
            | Self::Document(_)
            | Self::Caller(_)
            | Self::Profile(_)
            | Self::Profiles(_)
            | Self::Environment(_)
            | Self::Environments(_)
            | Self::Events(_)
            | Self::BackedUp(_)
            | Self::AccessControl(_)
            | Self::LoggedIn(_)
            | Self::LoggedOut
            | Self::PasswordSet(_)
            | Self::AccessMode(_)
            | Self::Account(_)
            | Self::Accounts(_)
            | Self::Disabled(_)
            | Self::Members(_)
            | Self::Unlocked(_)
            | Self::SessionsEnded(_) => return Ok(()),
        };
        refusal.clone().map_or(Ok(()), Err)
    }

    /// What is said beside a table, so that nobody has to count its lines.
    pub(crate) fn summary(&self, form: &Form) -> Option<String> {
        match (self, form) {
            (Self::Imported(imported), Form::Table { .. }) => Some(imported.summary()),
            _ => None,
        }
    }

    /// What is lost when the answer cannot be printed, if it is more than a look.
    pub(crate) fn loss(&self) -> Option<String> {
        match self {
            Self::Issued(issued, _) => Some(format!(
                "key {} was made, but its secret was not shown and cannot be shown again",
                issued.key.id
            )),
            Self::Key(_)
            | Self::Keys(_)
            | Self::Verified(_)
            | Self::Imported(_)
            | Self::Caller(_)
            | Self::Profile(_)
            | Self::Profiles(_)
            | Self::Environment(_)
            | Self::Environments(_)
            | Self::Events(_)
            | Self::BackedUp(_)
            | Self::AccessControl(_)
            | Self::LoggedIn(_)
            | Self::LoggedOut
            | Self::PasswordSet(_)
            | Self::AccessMode(_)
            | Self::Account(_)
            | Self::Accounts(_)
            | Self::Disabled(_)
            | Self::Members(_)
            | Self::Unlocked(_)
            | Self::SessionsEnded(_)
            | Self::Rehearsed(_)
            | Self::Document(_)
            | Self::Scanned(_) => None,
        }
    }
}

/// An instant to the second, as the API writes it.
pub(crate) fn seconds(at: Timestamp) -> String {
    let text = at.to_string();
    text.split_once('.').map_or_else(|| text.clone(), |(whole, _)| format!("{whole}Z"))
}
