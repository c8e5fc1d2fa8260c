//! Environments: which there are, their life, and who may enter them as what.
//!
//! Everything here is asked for from outside any environment: one that is not Active cannot be entered, and its owners
//! must still be able to bring it back.
//!
//! ```text
//! list.rs     which there are            change.rs   activate, restore, make default
//! removed.rs  those that were deleted    stop.rs     the questions before deactivate and delete
//! add.rs      a new one                  edit.rs     name and description
//! members/    who may enter, as what
//! ```

mod add;
mod change;
mod edit;
mod list;
mod members;
mod removed;
mod stop;

#[cfg(test)]
pub(crate) use members::{Place as MemberPlace, Step as MemberStep};

use http::Method;
use keys_core::{EnvironmentId, EnvironmentRecord, EnvironmentState, Role};

use super::notice::Notice;
use super::place::{READ, READ_AND_SEND, SEND};
use super::visit::Visit;
use super::{frame, table};
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// The path of the list.
pub(super) const PATH: &str = "/environments";

/// A place among environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The table; a new environment is sent to it.
    List,
    /// Those that were deleted and can be restored.
    Removed,
    /// The form for a new one.
    Add,
    /// One environment.
    One(EnvironmentId, Step),
    /// The members of one.
    Members(EnvironmentId, members::Place),
}

/// What is done with one environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Its name and description are changed.
    Edit,
    /// It is activated.
    Activate,
    /// It is deactivated, after a question.
    Deactivate,
    /// It is deleted, after a question.
    Delete,
    /// It is brought back.
    Restore,
    /// The caller begins there from now on.
    MakeDefault,
}

impl Step {
    /// The word in an address.
    const fn word(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::MakeDefault => "default",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        let all =
            [Self::Edit, Self::Activate, Self::Deactivate, Self::Delete, Self::Restore, Self::MakeDefault];
        all.into_iter().find(|step| step.word() == word)
    }
}

impl Place {
    pub(super) fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["removed"] => Self::Removed,
            ["new"] => Self::Add,
            [id, "members", rest @ ..] => Self::Members(id.parse().ok()?, members::Place::parse(rest)?),
            [id, step] => Self::One(id.parse().ok()?, Step::parse(step)?),
            _ => return None,
        })
    }

    pub(super) const fn template(self) -> &'static str {
        match self {
            Self::List => "/environments",
            Self::Removed => "/environments/removed",
            Self::Add => "/environments/new",
            Self::One(_, Step::Edit) => "/environments/{id}/edit",
            Self::One(_, Step::Activate) => "/environments/{id}/activate",
            Self::One(_, Step::Deactivate) => "/environments/{id}/deactivate",
            Self::One(_, Step::Delete) => "/environments/{id}/delete",
            Self::One(_, Step::Restore) => "/environments/{id}/restore",
            Self::One(_, Step::MakeDefault) => "/environments/{id}/default",
            Self::Members(_, place) => place.template(),
        }
    }

    pub(super) fn form(self) -> String {
        match self {
            Self::List | Self::Add => format!("{PATH}/new"),
            Self::Removed | Self::One(_, Step::Restore) => removed::PATH.to_owned(),
            Self::One(_, Step::Activate | Step::MakeDefault) => PATH.to_owned(),
            Self::One(id, step @ (Step::Edit | Step::Deactivate | Step::Delete)) => {
                format!("{PATH}/{id}/{}", step.word())
            }
            Self::Members(id, place) => place.form(id),
        }
    }

    pub(super) const fn methods(self) -> &'static [Method] {
        match self {
            Self::Removed => READ,
            // What is sent to the form itself is shown in it again.
            Self::List | Self::Add | Self::One(_, Step::Edit | Step::Deactivate | Step::Delete) => {
                READ_AND_SEND
            }
            Self::One(_, Step::Activate | Step::Restore | Step::MakeDefault) => SEND,
            Self::Members(_, place) => place.methods(),
        }
    }
}

/// The address of a step of one environment, which leads back to the table as it is now.
fn address(visit: &Visit<'_>, id: EnvironmentId, step: Step) -> String {
    table::carry(visit, &format!("{PATH}/{id}/{}", step.word()))
}

/// The table as somebody came from it.
fn list(visit: &Visit<'_>) -> String {
    table::carry(visit, PATH)
}

/// Back to the table as somebody came from it, with what was done told there; the environment it was done to is marked.
fn back(visit: &Visit<'_>, done: Option<Notice>, marked: Option<EnvironmentId>) -> Answer {
    let mut query = table::carried(visit);
    query.extend(done.map(|done| (Notice::PARAMETER, done.word())));
    let marked = marked.map(|id| id.to_string());
    visit.go(PATH, &query, marked.as_deref())
}

pub(super) fn answer(visit: &Visit<'_>, place: Place) -> Result<Answer, Problem> {
    match place {
        Place::List if visit.sends() => add::create(visit),
        Place::List => list::page(visit),
        Place::Removed => removed::page(visit),
        Place::Add => add::page(visit),
        Place::One(id, Step::Edit) => edit::answer(visit, id),
        Place::One(id, Step::Activate) => change::activate(visit, id),
        Place::One(id, Step::Deactivate) => stop::deactivate(visit, id),
        Place::One(id, Step::Delete) => stop::delete(visit, id),
        Place::One(id, Step::Restore) => change::restore(visit, id),
        Place::One(id, Step::MakeDefault) => change::make_default(visit, id),
        Place::Members(id, place) => members::answer(visit, id, place),
    }
}

/// An environment that the caller sees, whatever its state.
fn load(visit: &Visit<'_>, id: EnvironmentId) -> Result<EnvironmentRecord, Problem> {
    visit.call.authority.environment(visit.outside, id)?.ok_or(Problem::NotFound)
}

/// An environment that the caller may change: what is refused at the end is not begun.
fn load_to_change(visit: &Visit<'_>, id: EnvironmentId) -> Result<EnvironmentRecord, Problem> {
    let record = load(visit, id)?;
    if visit.call.authority.may_change_environment(visit.outside, id)? {
        Ok(record)
    } else {
        Err(keys_service::EnvironmentChangeError::Forbidden.into())
    }
}

/// What an environment is called: by its name, or by its id when it has none.
fn called(record: &EnvironmentRecord) -> String {
    frame::called(record.parts().id, record.parts().name.as_ref())
}

/// Whether it was deleted.
const fn is_removed(record: &EnvironmentRecord) -> bool {
    match record.parts().state {
        EnvironmentState::Removed { .. } => true,
        EnvironmentState::Active | EnvironmentState::Inactive => false,
    }
}

/// A role in words.
const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Member => "Member",
        Role::Restricted => "Restricted",
        Role::ReadOnly => "Read only",
    }
}

/// A text that is shown, unless there is nothing to see in it.
fn visible(text: Option<impl ToString>) -> Option<String> {
    text.map(|text| text.to_string()).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_their_paths_and_by_no_others() {
        let found =
            |path: &str| Place::parse(&path.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>());
        let id: EnvironmentId = "1a5".parse().unwrap();
        for (path, place) in [
            ("", Place::List),
            ("removed", Place::Removed),
            ("new", Place::Add),
            ("1a5/edit", Place::One(id, Step::Edit)),
            ("1a5/default", Place::One(id, Step::MakeDefault)),
            ("1a5/members", Place::Members(id, members::Place::List)),
        ] {
            assert_eq!(found(path), Some(place), "{path}");
            let template = place.template().replace("{id}", "1a5");
            assert_eq!(template, format!("{PATH}/{path}").trim_end_matches('/'));
        }
        for path in ["1a5", "x/edit", "1a5/purge", "1a5/edit/x", "new/x", "1a5/members/x", "1a5/members/1pm1"]
        {
            assert_eq!(found(path), None, "{path}");
        }
    }
}
