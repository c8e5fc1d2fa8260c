//! The members of an environment: who may enter it, as what.

mod add;
mod list;
mod remove;
mod role;

use http::Method;
use keys_core::{AccountId, AccountRecord, EnvironmentId, EnvironmentRecord, MemberId, MemberRecord, Role};
use keys_service::MembersError;

use super::{called, is_removed, load, role_words};
use crate::console::frame;
use crate::console::place::READ_AND_SEND;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// A place among the members of one environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The table; a new member is sent to it.
    List,
    /// The form for a new one.
    Add,
    /// One member.
    One(MemberId, Step),
}

/// What is done with one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It gets another role.
    Role,
    /// It is a member no longer, after a question.
    Remove,
}

impl Place {
    pub(super) fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["new"] => Self::Add,
            [id, "role"] => Self::One(id.parse().ok()?, Step::Role),
            [id, "remove"] => Self::One(id.parse().ok()?, Step::Remove),
            _ => return None,
        })
    }

    pub(super) const fn template(self) -> &'static str {
        match self {
            Self::List => "/environments/{id}/members",
            Self::Add => "/environments/{id}/members/new",
            Self::One(_, Step::Role) => "/environments/{id}/members/{id}/role",
            Self::One(_, Step::Remove) => "/environments/{id}/members/{id}/remove",
        }
    }

    pub(super) fn form(self, environment: EnvironmentId) -> String {
        match self {
            Self::List | Self::Add => format!("{}/new", path(environment)),
            Self::One(id, step) => path_of(environment, id, step),
        }
    }

    pub(super) const fn methods(self) -> &'static [Method] {
        match self {
            Self::List | Self::Add | Self::One(_, Step::Role | Step::Remove) => READ_AND_SEND,
        }
    }
}

/// The path of the list.
pub(super) fn path(environment: EnvironmentId) -> String {
    format!("{}/{environment}/members", super::PATH)
}

/// The path of a step of one member.
fn path_of(environment: EnvironmentId, id: MemberId, step: Step) -> String {
    let word = match step {
        Step::Role => "role",
        Step::Remove => "remove",
    };
    format!("{}/{id}/{word}", path(environment))
}

pub(super) fn answer(visit: &Visit<'_>, environment: EnvironmentId, place: Place) -> Result<Answer, Problem> {
    match place {
        Place::List if visit.sends() => add::save(visit, environment),
        Place::List => list::page(visit, environment),
        Place::Add => add::page(visit, environment),
        Place::One(id, Step::Role) => role::answer(visit, environment, id),
        Place::One(id, Step::Remove) => remove::answer(visit, environment, id),
    }
}

/// The roles, strongest first, with what each may.
const ROLES: [(Role, &str); 4] = [
    (Role::Owner, "Owner: everything, the environment and its members included"),
    (Role::Member, "Member: its API keys"),
    (Role::Restricted, "Restricted: its API keys, as a member"),
    (Role::ReadOnly, "Read only: looks, and changes nothing"),
];

/// A role as a form offers it.
struct Choice {
    word: &'static str,
    words: &'static str,
    selected: bool,
}

fn choices(selected: Option<Role>) -> Vec<Choice> {
    let choice = |(role, words): (Role, &'static str)| Choice {
        word: role.as_str(),
        words,
        selected: selected == Some(role),
    };
    ROLES.into_iter().map(choice).collect()
}

/// An environment whose members the caller may set.
fn load_to_set(visit: &Visit<'_>, id: EnvironmentId) -> Result<EnvironmentRecord, Problem> {
    let record = load(visit, id)?;
    if !may_set(visit, id)? {
        return Err(MembersError::Forbidden.into());
    }
    if is_removed(&record) { Err(super::change::removed()) } else { Ok(record) }
}

fn may_set(visit: &Visit<'_>, id: EnvironmentId) -> Result<bool, Problem> {
    let role = visit.call.authority.role_in(visit.outside, id)?;
    // An environment's own key acts as the environment, and that sets nobody's role.
    let is_somebody = visit.outside.caller.principal().account().is_some();
    Ok(is_somebody && role.is_some_and(Role::may_set_members))
}

/// A member of this environment. One of another is none, even for an administrator: the page says whose it shows.
fn member(visit: &Visit<'_>, environment: EnvironmentId, id: MemberId) -> Result<MemberRecord, Problem> {
    let record = visit.call.authority.member(visit.outside, id)?;
    record.filter(|record| record.environment == environment).ok_or(Problem::NotFound)
}

/// The account of a member, if the caller may know who it is.
fn account(visit: &Visit<'_>, id: AccountId) -> Result<Option<AccountRecord>, Problem> {
    Ok(visit.call.authority.nameable_account(visit.outside, id)?)
}

/// What a member is called.
fn person(visit: &Visit<'_>, id: AccountId) -> Result<String, Problem> {
    let record = account(visit, id)?;
    Ok(frame::called(id, record.as_ref().and_then(|record| record.parts().name.as_ref())))
}

/// The members could not be set; the last owner is the one thing that is said beside the form.
enum Refused {
    /// Nobody would be left who can change the environment.
    LastOwner,
    /// Somebody else was quicker.
    Conflict,
    /// Anything else.
    Problem(Problem),
}

impl From<MembersError> for Refused {
    fn from(error: MembersError) -> Self {
        if matches!(error, MembersError::Refused(keys_core::MembersError::NoOwner)) {
            Self::LastOwner
        } else if matches!(error, MembersError::MemberChanged { .. }) {
            Self::Conflict
        } else {
            Self::Problem(error.into())
        }
    }
}

/// The only owner stays one.
const LAST_OWNER: &str =
    "This is the only owner, and an environment always has one: make another member an owner first.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_offered_with_what_it_may() {
        assert_eq!(ROLES.map(|(role, _)| role), Role::ALL);
        for (role, words) in ROLES {
            assert!(words.starts_with(role_words(role)), "{words}");
        }
        assert!(choices(None).iter().all(|choice| !choice.selected));
        let chosen: Vec<_> = choices(Some(Role::Member)).iter().map(|choice| choice.selected).collect();
        assert_eq!(chosen, [false, true, false, false]);
    }
}
