//! API & Keys: the keys of an environment, or those of the account that asks.

mod add;
mod change;
mod edit;
mod history;
mod list;
mod selected;

pub(super) use add::machine;

use http::Method;
use keys_core::{KeyId, KeyRecord, LifecycleState, Owner, Transition};
use keys_service::KeyChangeError;

pub(super) use list::endpoint;

use super::frame::Section;
use super::notice::Notice;
use super::place::{READ, READ_AND_SEND, SEND, Whose};
use super::table;
use super::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// A place among keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The table; a new key is sent to it.
    List,
    /// The form for a new key.
    Add,
    /// Many keys at once, and what is to become of them.
    Selected(Transition),
    /// One key.
    One(KeyId, Step),
}

/// What is done with one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Its name and description are changed.
    Edit,
    /// It is activated.
    Activate,
    /// It is deactivated.
    Deactivate,
    /// It is deleted, after a question.
    Delete,
    /// Its secret has been taken down, and is shown no more.
    Close,
    /// What was done to it is shown.
    History,
}

impl Place {
    pub(super) fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["new"] => Self::Add,
            ["selected", transition] => Self::Selected(transition.parse().ok()?),
            [id, step] => Self::One(
                id.parse().ok()?,
                match *step {
                    "edit" => Step::Edit,
                    "activate" => Step::Activate,
                    "deactivate" => Step::Deactivate,
                    "delete" => Step::Delete,
                    "close" => Step::Close,
                    "history" => Step::History,
                    _ => return None,
                },
            ),
            _ => return None,
        })
    }

    pub(super) const fn template_inside(self) -> &'static str {
        match self {
            Self::List => "/env/{id}/keys",
            Self::Add => "/env/{id}/keys/new",
            Self::Selected(Transition::Activate) => "/env/{id}/keys/selected/activate",
            Self::Selected(Transition::Deactivate) => "/env/{id}/keys/selected/deactivate",
            Self::Selected(Transition::Delete) => "/env/{id}/keys/selected/delete",
            Self::One(_, Step::Edit) => "/env/{id}/keys/{id}/edit",
            Self::One(_, Step::Activate) => "/env/{id}/keys/{id}/activate",
            Self::One(_, Step::Deactivate) => "/env/{id}/keys/{id}/deactivate",
            Self::One(_, Step::Delete) => "/env/{id}/keys/{id}/delete",
            Self::One(_, Step::Close) => "/env/{id}/keys/{id}/close",
            Self::One(_, Step::History) => "/env/{id}/keys/{id}/history",
        }
    }

    pub(super) const fn template_own(self) -> &'static str {
        match self {
            Self::List => "/account/keys",
            Self::Add => "/account/keys/new",
            Self::Selected(Transition::Activate) => "/account/keys/selected/activate",
            Self::Selected(Transition::Deactivate) => "/account/keys/selected/deactivate",
            Self::Selected(Transition::Delete) => "/account/keys/selected/delete",
            Self::One(_, Step::Edit) => "/account/keys/{id}/edit",
            Self::One(_, Step::Activate) => "/account/keys/{id}/activate",
            Self::One(_, Step::Deactivate) => "/account/keys/{id}/deactivate",
            Self::One(_, Step::Delete) => "/account/keys/{id}/delete",
            Self::One(_, Step::Close) => "/account/keys/{id}/close",
            Self::One(_, Step::History) => "/account/keys/{id}/history",
        }
    }

    pub(super) fn form(self, whose: Whose) -> String {
        match self {
            Self::List | Self::Add => format!("{}/new", whose.path()),
            Self::One(id, Step::Edit) => format!("{}/{id}/edit", whose.path()),
            Self::One(id, Step::Delete) => format!("{}/{id}/delete", whose.path()),
            Self::One(id, Step::History) => history_of(whose, id),
            Self::Selected(_) | Self::One(_, Step::Activate | Step::Deactivate | Step::Close) => whose.path(),
        }
    }

    pub(super) const fn methods(self) -> &'static [Method] {
        match self {
            // What is sent to the form itself is shown in it again.
            Self::List | Self::Add | Self::One(_, Step::Edit | Step::Delete) => READ_AND_SEND,
            Self::Selected(_) | Self::One(_, Step::Activate | Step::Deactivate | Step::Close) => SEND,
            Self::One(_, Step::History) => READ,
        }
    }
}

const fn section(whose: Whose) -> Section {
    match whose {
        Whose::Environment(_) => Section::Keys,
        Whose::Own => Section::OwnKeys,
    }
}

/// The address of a step of one key, which leads back to the table as it is now.
fn step(visit: &Visit<'_>, whose: Whose, id: KeyId, step: &str) -> String {
    table::carry(visit, &format!("{}/{id}/{step}", whose.path()))
}

/// The address of what was done to a key.
pub(super) fn history_of(whose: Whose, id: KeyId) -> String {
    format!("{}/{id}/history", whose.path())
}

/// The table as somebody came from it.
fn list(visit: &Visit<'_>, whose: Whose) -> String {
    table::carry(visit, &whose.path())
}

/// Back to the table as somebody came from it, with what was done told there; the key it was done to is marked.
fn back(visit: &Visit<'_>, whose: Whose, done: Notice, marked: Option<KeyId>) -> Answer {
    let mut query = table::carried(visit);
    query.push((Notice::PARAMETER, done.word()));
    let marked = marked.map(|id| id.to_string());
    visit.go(&whose.path(), &query, marked.as_deref())
}

pub(super) fn answer(visit: &Visit<'_>, whose: Whose, place: Place) -> Result<Answer, Problem> {
    if whose == Whose::Own && visit.outside.caller.principal().account().is_none() {
        // An environment is no account: its keys are on its own page.
        return Err(Problem::NotFound);
    }
    match place {
        Place::List if visit.sends() => add::create(visit, whose),
        Place::List => list::page(visit, whose),
        Place::Add => add::page(visit, whose),
        Place::Selected(transition) => selected::answer(visit, whose, transition),
        Place::One(id, Step::Edit) => edit::answer(visit, whose, id),
        Place::One(id, Step::Activate) => change::activate(visit, whose, id),
        Place::One(id, Step::Deactivate) => change::deactivate(visit, whose, id),
        Place::One(id, Step::Delete) => change::delete(visit, whose, id),
        Place::One(id, Step::Close) => add::close(visit, whose, id),
        Place::One(id, Step::History) => history::page(visit, whose, id),
    }
}

/// Whose the keys are.
fn owner(visit: &Visit<'_>, whose: Whose) -> Owner {
    match whose {
        Whose::Environment(environment) => Owner::Environment(environment),
        Whose::Own => visit.outside.caller.principal(),
    }
}

/// A key of these. One of another owner is none, even for an administrator: the page says whose keys it shows.
fn load(visit: &Visit<'_>, whose: Whose, id: KeyId) -> Result<KeyRecord, Problem> {
    let record = visit.call.authority.key(visit.call.context, id)?;
    let own = record.filter(|record| record.parts().owner == owner(visit, whose));
    own.filter(|record| record.parts().lifecycle.state() != LifecycleState::Deleted).ok_or(Problem::NotFound)
}

/// A key of these that the caller may change: who may not is told so before they fill in a form.
fn load_to_change(visit: &Visit<'_>, whose: Whose, id: KeyId) -> Result<KeyRecord, Problem> {
    let record = load(visit, whose, id)?;
    if visit.call.context.caller.may_change_keys() {
        Ok(record)
    } else {
        Err(KeyChangeError::Forbidden.into())
    }
}

/// What a key is called: by its name, or by its access key when it has none.
fn called(record: &KeyRecord) -> String {
    super::frame::called(record.parts().access_key, record.parts().name.as_ref())
}
