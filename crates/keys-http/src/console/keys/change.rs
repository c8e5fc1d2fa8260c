//! Keys through their life: activate, deactivate, delete.

use askama::Template;
use http::StatusCode;
use keys_core::{KeyId, LifecycleState, Transition, TransitionError};
use keys_service::KeyChangeError;

use super::{load, load_to_change};
use crate::console::frame::Frame;
use crate::console::notice::Notice;
use crate::console::place::Whose;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/key_delete.html")]
struct DeletePage {
    frame: Frame,
    list: String,
    action: String,
    called: String,
    access_key: String,
    active: bool,
    deactivate: String,
}

pub(super) fn activate(visit: &Visit<'_>, whose: Whose, id: KeyId) -> Result<Answer, Problem> {
    transition(visit, whose, id, Transition::Activate, Notice::KEY_ACTIVATED)
}

pub(super) fn deactivate(visit: &Visit<'_>, whose: Whose, id: KeyId) -> Result<Answer, Problem> {
    transition(visit, whose, id, Transition::Deactivate, Notice::KEY_DEACTIVATED)
}

/// The question, and its answer.
pub(super) fn delete(visit: &Visit<'_>, whose: Whose, id: KeyId) -> Result<Answer, Problem> {
    if visit.sends() {
        return transition(visit, whose, id, Transition::Delete, Notice::KEY_DELETED);
    }
    question(visit, whose, id, StatusCode::OK)
}

/// An Active key is not deleted: the question says so, and offers to deactivate it.
fn question(visit: &Visit<'_>, whose: Whose, id: KeyId, status: StatusCode) -> Result<Answer, Problem> {
    let record = load_to_change(visit, whose, id)?;
    let page = DeletePage {
        frame: Frame::new(visit, super::section(whose), "Delete API Key")?,
        list: super::list(visit, whose),
        action: super::step(visit, whose, id, "delete"),
        called: super::called(&record),
        access_key: record.parts().access_key.to_string(),
        active: record.parts().lifecycle.state() == LifecycleState::Active,
        deactivate: super::step(visit, whose, id, "deactivate"),
    };
    Answer::page(status, page.render())
}

fn transition(
    visit: &Visit<'_>,
    whose: Whose,
    id: KeyId,
    transition: Transition,
    notice: Notice,
) -> Result<Answer, Problem> {
    load(visit, whose, id)?;
    match visit.call.authority.transition_key(visit.call.context, id, transition, None) {
        // Whoever wanted it has it.
        Ok(_) | Err(KeyChangeError::Refused(TransitionError::AlreadySo { .. })) => {
            Ok(super::back(visit, whose, notice, (transition != Transition::Delete).then_some(id)))
        }
        Err(KeyChangeError::Refused(_)) => question(visit, whose, id, StatusCode::CONFLICT),
        Err(error) => Err(error.into()),
    }
}
