//! What a run prints: the answer of a command, for people or for programs.

pub(crate) mod escape;
pub(crate) mod json;
mod pair;
mod table;

use keys_core::{AccessControl, AccessMode, Timestamp};
use zeroize::Zeroizing;

use crate::authority::Person;
use crate::cli::{OutputFormat, SecretFormat};
use crate::model::{Account, Disabled, Environment, IssuedKey, Key, LogIn, Member, Session};

/// The answer of a command.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A key just issued; in one of the forms for other programs, if that was asked.
    Issued(Box<IssuedKey>, Option<SecretFormat>),
    /// One key.
    Key(Box<Key>),
    /// Keys.
    Keys(Vec<Key>),
    /// One environment.
    Environment(Box<Environment>),
    /// Environments.
    Environments(Vec<Environment>),
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
    /// All sessions of these people have ended; without them, everybody's.
    SessionsEnded(Option<Vec<Person>>),
}

impl Answer {
    /// The text to print, each line ended; wiped when dropped, because it may hold a new secret.
    pub(crate) fn render(&self, format: OutputFormat, now: Timestamp) -> Zeroizing<String> {
        if let Self::Issued(issued, Some(form)) = self {
            return pair::render(issued, *form);
        }
        match format {
            OutputFormat::Table => table::render(self, now),
            OutputFormat::Json => json::render(self, now),
        }
    }

    /// Says, once it is printed, that what it holds has arrived.
    pub(crate) fn confirm(self) {
        match self {
            Self::Issued(issued, _) => issued.receipt.confirm(),
            Self::Key(_)
            | Self::Keys(_)
            | Self::Environment(_)
            | Self::Environments(_)
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
            | Self::SessionsEnded(_) => {}
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
            | Self::Environment(_)
            | Self::Environments(_)
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
            | Self::SessionsEnded(_) => None,
        }
    }
}

/// An instant to the second, as the API writes it.
fn seconds(at: Timestamp) -> String {
    let text = at.to_string();
    text.split_once('.').map_or_else(|| text.clone(), |(whole, _)| format!("{whole}Z"))
}
