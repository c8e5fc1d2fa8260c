//! What needs no question: activate, restore, and where one begins.

use keys_core::{EnvironmentId, EnvironmentState, EnvironmentTransition, EnvironmentTransitionError};
use keys_service::{AccountEdit, AccountError, EnvironmentChangeError, Patch};

use super::{PATH, back, load};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

pub(super) fn activate(visit: &Visit<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    transition(visit, id, EnvironmentTransition::Activate, Notice::ENVIRONMENT_ACTIVATED)
}

pub(super) fn restore(visit: &Visit<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    transition(visit, id, EnvironmentTransition::Restore, Notice::ENVIRONMENT_RESTORED)
}

fn transition(
    visit: &Visit<'_>,
    id: EnvironmentId,
    transition: EnvironmentTransition,
    notice: Notice,
) -> Result<Answer, Problem> {
    let done = visit.call.authority.transition_environment(visit.outside, id, transition, None);
    let notice = match done.map_err(|error| (refusal(&error), error)) {
        Ok(_) | Err((Some(Refusal::AlreadySo), _)) => Some(notice),
        // Somebody brought it back before.
        Err((Some(Refusal::IsThere), _)) => None,
        Err((Some(Refusal::Removed), _)) => return Err(removed()),
        Err((None, error)) => return Err(error.into()),
    };
    // What was restored is in the list of the others, wherever that stands.
    if transition == EnvironmentTransition::Restore {
        let said = notice.map(|notice| (Notice::PARAMETER, notice.word()));
        return Ok(visit.go(PATH, said.as_slice(), Some(&id.to_string())));
    }
    Ok(back(visit, notice, Some(id)))
}

/// Why a transition does not begin where the environment is.
pub(super) enum Refusal {
    /// It is where the transition leads.
    AlreadySo,
    /// It was not removed, so there is nothing to restore.
    IsThere,
    /// It was removed.
    Removed,
}

/// What was refused because of the environment's state, if that is it.
pub(super) const fn refusal(error: &EnvironmentChangeError) -> Option<Refusal> {
    let EnvironmentChangeError::Refused(refused) = error else { return None };
    Some(match refused {
        EnvironmentTransitionError::NotAllowed { from: EnvironmentState::Removed { .. }, .. } => {
            Refusal::Removed
        }
        EnvironmentTransitionError::NotAllowed { .. } => Refusal::IsThere,
        EnvironmentTransitionError::AlreadySo { .. } | _ => Refusal::AlreadySo,
    })
}

/// Nothing is done with an environment that was deleted, but to restore it.
pub(super) fn removed() -> Problem {
    let said = "the environment was deleted: restore it first, under “Removed environments”";
    Problem::field("ActionNotAvailable", "action", said)
}

/// Where a person begins is its own to say.
pub(super) fn make_default(visit: &Visit<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    load(visit, id)?;
    let account =
        visit.outside.caller.principal().account().ok_or(Problem::Forbidden(
            "an environment's key begins in its own environment, and nowhere else",
        ))?;
    let edit = AccountEdit { default_environment: Patch::Set(Some(id)), ..AccountEdit::default() };
    match visit.call.authority.edit_account(visit.outside, account, edit, None) {
        Ok(_) => Ok(back(visit, Some(Notice::ENVIRONMENT_DEFAULT), Some(id))),
        Err(AccountError::NotEnterable) => {
            let said = "only an Active environment can be where you begin: activate it first";
            Err(Problem::field("ActionNotAvailable", "action", said))
        }
        Err(error) => Err(error.into()),
    }
}
