//! Another role for a member.

use askama::Template;
use http::StatusCode;
use keys_core::{EnvironmentId, MemberId, MemberRecord, Revision, Role};

use super::{
    Choice, LAST_OWNER, Refused, Step, called, choices, load_to_set, member, path, path_of, person,
    role_words,
};
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/environments/member_role.html")]
struct RolePage {
    frame: Frame,
    list: String,
    called: String,
    person: String,
    action: String,
    roles: Vec<Choice>,
    /// What is wrong with the role that was chosen.
    error: Option<&'static str>,
    /// What the form was made from.
    revision: String,
    /// The role that somebody else gave it meanwhile, and the one that was chosen.
    conflict: Option<(&'static str, &'static str)>,
}

/// What is wrong with what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    NoRole,
    LastOwner,
    /// Somebody else gave it another role meanwhile.
    Conflict,
}

pub(super) fn answer(visit: &Visit<'_>, environment: EnvironmentId, id: MemberId) -> Result<Answer, Problem> {
    load_to_set(visit, environment)?;
    let record = member(visit, environment, id)?;
    if !visit.sends() {
        return form(visit, &record, Some(record.role), record.revision.to_string(), Wrong::Nothing);
    }
    let (chosen, revision) = (visit.typed("role")?.parse::<Role>().ok(), visit.typed("revision")?);
    if visit.resumes() {
        return form(visit, &record, chosen, revision, Wrong::Nothing);
    }
    let Some(role) = chosen else {
        return form(visit, &record, None, revision, Wrong::NoRole);
    };
    // A form without a revision was made from nothing, so it is shown what there is.
    let expected = Revision::new(revision.parse().unwrap_or(0));
    let changed = visit.call.authority.change_member(visit.outside, environment, id, role, expected);
    match changed.map_err(Refused::from) {
        Ok(_) => Ok(done(visit, environment, id)?),
        Err(Refused::LastOwner) => form(visit, &record, chosen, revision, Wrong::LastOwner),
        Err(Refused::Conflict) => {
            let now = member(visit, environment, id)?;
            form(visit, &now, chosen, now.revision.to_string(), Wrong::Conflict)
        }
        Err(Refused::Problem(problem)) => Err(problem),
    }
}

/// Back to the list, unless whoever was an owner has just taken that from itself: the list is still its to see then, as
/// long as it is a member and the environment Active.
fn done(visit: &Visit<'_>, environment: EnvironmentId, id: MemberId) -> Result<Answer, Problem> {
    let said = [(Notice::PARAMETER, Notice::MEMBER_CHANGED.word())];
    let sees = visit.call.authority.environment(visit.outside, environment)?.is_some();
    let (path, fragment) =
        if sees { (path(environment), Some(id.to_string())) } else { (super::super::PATH.to_owned(), None) };
    Ok(visit.go(&path, &said, fragment.as_deref()))
}

fn form(
    visit: &Visit<'_>,
    record: &MemberRecord,
    chosen: Option<Role>,
    revision: String,
    wrong: Wrong,
) -> Result<Answer, Problem> {
    let environment = super::load(visit, record.environment)?;
    let (status, error) = match wrong {
        Wrong::Nothing => (StatusCode::OK, None),
        Wrong::NoRole => (StatusCode::UNPROCESSABLE_ENTITY, Some("choose one of these roles")),
        Wrong::LastOwner => (StatusCode::UNPROCESSABLE_ENTITY, Some(LAST_OWNER)),
        Wrong::Conflict => (StatusCode::CONFLICT, None),
    };
    let theirs = chosen.filter(|_| wrong == Wrong::Conflict);
    let page = RolePage {
        frame: Frame::new(visit, Section::Environments, "Change role")?,
        list: path(record.environment),
        called: called(&environment),
        person: person(visit, record.account)?,
        action: path_of(record.environment, record.id, Step::Role),
        roles: choices(chosen),
        error,
        revision,
        conflict: theirs.map(|chosen| (role_words(record.role), role_words(chosen))),
    };
    Answer::page(status, page.render())
}
