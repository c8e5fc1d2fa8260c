//! A member no longer, after a question.

use askama::Template;
use http::StatusCode;
use keys_core::{EnvironmentId, MemberId, MemberRecord, Revision};

use super::{LAST_OWNER, Refused, Step, called, load_to_set, member, path, path_of, person, role_words};
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/environments/member_remove.html")]
struct RemovePage {
    frame: Frame,
    list: String,
    called: String,
    person: String,
    role: &'static str,
    /// Whether it is the caller itself.
    own: bool,
    action: String,
    revision: String,
    problem: Option<&'static str>,
    /// Whether it can be removed as things are.
    removable: bool,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Obstacle {
    None,
    LastOwner,
    /// Somebody else gave it another role meanwhile.
    Conflict,
}

pub(super) fn answer(visit: &Visit<'_>, environment: EnvironmentId, id: MemberId) -> Result<Answer, Problem> {
    load_to_set(visit, environment)?;
    let record = match member(visit, environment, id) {
        Ok(record) => record,
        // Sent twice, or removed by somebody else: whoever wanted it has it.
        Err(Problem::NotFound) if visit.sends() => return done(visit, environment),
        Err(problem) => return Err(problem),
    };
    if !visit.sends() || visit.resumes() {
        return question(visit, &record, Obstacle::None);
    }
    let expected = Revision::new(visit.typed("revision")?.parse().unwrap_or(0));
    let ended = visit.call.authority.end_member(visit.outside, environment, id, expected);
    match ended.map_err(Refused::from) {
        Ok(_) | Err(Refused::Problem(Problem::NotFound)) => done(visit, environment),
        Err(Refused::LastOwner) => question(visit, &record, Obstacle::LastOwner),
        Err(Refused::Conflict) => question(visit, &member(visit, environment, id)?, Obstacle::Conflict),
        Err(Refused::Problem(problem)) => Err(problem),
    }
}

/// Back to the list, if it is still the caller's to see: one can remove oneself.
fn done(visit: &Visit<'_>, environment: EnvironmentId) -> Result<Answer, Problem> {
    let said = [(Notice::PARAMETER, Notice::MEMBER_REMOVED.word())];
    let sees = visit.call.authority.environment(visit.outside, environment)?.is_some();
    let path = if sees { path(environment) } else { super::super::PATH.to_owned() };
    Ok(visit.go(&path, &said, None))
}

fn question(visit: &Visit<'_>, record: &MemberRecord, obstacle: Obstacle) -> Result<Answer, Problem> {
    let environment = super::load(visit, record.environment)?;
    let obstacle = if is_last_owner(visit, record)? { Obstacle::LastOwner } else { obstacle };
    let status = match obstacle {
        Obstacle::None => StatusCode::OK,
        // What was asked for cannot be; the question alone is no request.
        Obstacle::LastOwner if !visit.sends() => StatusCode::OK,
        Obstacle::LastOwner | Obstacle::Conflict => StatusCode::CONFLICT,
    };
    let page = RemovePage {
        frame: Frame::new(visit, Section::Environments, "Remove member")?,
        list: path(record.environment),
        called: called(&environment),
        person: person(visit, record.account)?,
        role: role_words(record.role),
        own: visit.outside.caller.principal().account() == Some(record.account),
        action: path_of(record.environment, record.id, Step::Remove),
        revision: record.revision.to_string(),
        problem: match obstacle {
            Obstacle::None => None,
            Obstacle::LastOwner => Some(LAST_OWNER),
            Obstacle::Conflict => Some(
                "Somebody else changed the role of this member while you were asked. Nothing was done: look at the role \
                 below, and say again what you want.",
            ),
        },
        removable: obstacle != Obstacle::LastOwner,
    };
    Answer::page(status, page.render())
}

fn is_last_owner(visit: &Visit<'_>, record: &MemberRecord) -> Result<bool, Problem> {
    if !record.role.may_set_members() {
        return Ok(false);
    }
    let members = visit.call.authority.members_of(visit.outside, record.environment)?.unwrap_or_default();
    Ok(!members.iter().any(|other| other.id != record.id && other.role.may_set_members()))
}
