//! Users: the people who may log in, for administrators.
//!
//! An account is edited at one place and its log-in at another: each is one change with its own revision, so that a form
//! is saved whole or not at all.

mod add;
mod change;
mod edit;
mod list;
mod log_in;

use http::Method;
use keys_core::{AccountId, AccountRecord};

use super::notice::Notice;
use super::place::{READ_AND_SEND, SEND};
use super::visit::Visit;
use super::{frame, table};
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// The table.
pub(super) const LIST: &str = "/users";
/// The form for a new one.
pub(super) const ADD: &str = "/users/new";

/// A place among users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The table; a new one is sent to it.
    List,
    /// The form for a new one.
    Add,
    /// One of them.
    One(AccountId, Step),
}

/// What is done with one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// What the account is called, where it begins, and whether it administers.
    Edit,
    /// Its log-in name and its password.
    LogIn,
    /// It is activated.
    Activate,
    /// It is deactivated, after a question.
    Deactivate,
    /// It is deleted, after a question.
    Delete,
    /// Its failed log-ins are forgotten.
    Unlock,
    /// Its sessions are ended.
    EndSessions,
    /// Its password has been taken down, and is shown no more.
    Close,
}

impl Place {
    pub(super) fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["new"] => Self::Add,
            [id, step] => Self::One(
                id.parse().ok()?,
                match *step {
                    "edit" => Step::Edit,
                    "log-in" => Step::LogIn,
                    "activate" => Step::Activate,
                    "deactivate" => Step::Deactivate,
                    "delete" => Step::Delete,
                    "unlock" => Step::Unlock,
                    "end-sessions" => Step::EndSessions,
                    "close" => Step::Close,
                    _ => return None,
                },
            ),
            _ => return None,
        })
    }

    pub(super) const fn template(self) -> &'static str {
        match self {
            Self::List => LIST,
            Self::Add => ADD,
            Self::One(_, Step::Edit) => "/users/{id}/edit",
            Self::One(_, Step::LogIn) => "/users/{id}/log-in",
            Self::One(_, Step::Activate) => "/users/{id}/activate",
            Self::One(_, Step::Deactivate) => "/users/{id}/deactivate",
            Self::One(_, Step::Delete) => "/users/{id}/delete",
            Self::One(_, Step::Unlock) => "/users/{id}/unlock",
            Self::One(_, Step::EndSessions) => "/users/{id}/end-sessions",
            Self::One(_, Step::Close) => "/users/{id}/close",
        }
    }

    pub(super) fn form(self) -> String {
        match self {
            Self::List | Self::Add => ADD.to_owned(),
            Self::One(id, Step::Edit) => step(id, "edit"),
            Self::One(id, Step::LogIn) => step(id, "log-in"),
            Self::One(id, Step::Deactivate) => step(id, "deactivate"),
            Self::One(id, Step::Delete) => step(id, "delete"),
            Self::One(_, Step::Activate | Step::Unlock | Step::EndSessions | Step::Close) => LIST.to_owned(),
        }
    }

    pub(super) const fn methods(self) -> &'static [Method] {
        match self {
            // What is sent to the form itself is shown in it again.
            Self::List
            | Self::Add
            | Self::One(_, Step::Edit | Step::LogIn | Step::Deactivate | Step::Delete) => READ_AND_SEND,
            Self::One(_, Step::Activate | Step::Unlock | Step::EndSessions | Step::Close) => SEND,
        }
    }
}

/// The path of a step of one user.
pub(super) fn step(id: AccountId, step: &str) -> String {
    format!("{LIST}/{id}/{step}")
}

/// The same, from where one comes back to the table as it is now.
fn at(visit: &Visit<'_>, id: AccountId, word: &str) -> String {
    table::carry(visit, &step(id, word))
}

/// The table as somebody came from it.
fn list(visit: &Visit<'_>) -> String {
    table::carry(visit, LIST)
}

/// Back to the table as somebody came from it, with what was done told there; the user it was done to is marked.
fn back(visit: &Visit<'_>, done: Notice, marked: Option<AccountId>) -> Answer {
    let mut query = table::carried(visit);
    query.push((Notice::PARAMETER, done.word()));
    let marked = marked.map(|id| id.to_string());
    visit.go(LIST, &query, marked.as_deref())
}

pub(super) fn answer(visit: &Visit<'_>, place: Place) -> Result<Answer, Problem> {
    if !visit.outside.caller.administers() {
        return Err(Problem::Forbidden("only an administrator sees and changes who may log in"));
    }
    match place {
        Place::List if visit.sends() => add::create(visit),
        Place::List => list::page(visit),
        Place::Add => add::page(visit),
        Place::One(id, Step::Edit) => edit::answer(visit, id),
        Place::One(id, Step::LogIn) => log_in::answer(visit, id),
        Place::One(id, Step::Activate) => change::activate(visit, id),
        Place::One(id, Step::Deactivate) => change::deactivate(visit, id),
        Place::One(id, Step::Delete) => change::delete(visit, id),
        Place::One(id, Step::Unlock) => change::unlock(visit, id),
        Place::One(id, Step::EndSessions) => change::end_sessions(visit, id),
        Place::One(id, Step::Close) => log_in::close(visit, id),
    }
}

/// A person whose account has not been removed. The accounts that stand for nobody are not shown.
fn load(visit: &Visit<'_>, id: AccountId) -> Result<AccountRecord, Problem> {
    let record = visit.call.authority.account(visit.outside, id)?;
    record.filter(is_shown).ok_or(Problem::NotFound)
}

fn is_shown(record: &AccountRecord) -> bool {
    record.parts().kind.is_person() && record.parts().state.removed_at().is_none()
}

/// What a person is called: by name, or by the id of the account without one.
fn called(record: &AccountRecord) -> String {
    frame::called(record.parts().id, record.parts().name.as_ref())
}

/// Whether it is the account that asks.
fn is_own(visit: &Visit<'_>, id: AccountId) -> bool {
    visit.outside.caller.principal().account() == Some(id)
}

/// What is said where nobody could administer afterwards.
const LAST: &str = "Nobody else who administers could enter, and access control is on: make another user an \
     administrator, with a log-in or an API key, and then do this. Nothing was changed.";
