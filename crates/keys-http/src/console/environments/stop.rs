//! What stops an environment, each after a question: deactivate and delete.

use askama::Template;
use http::StatusCode;
use keys_core::{EnvironmentId, EnvironmentRecord, EnvironmentState, EnvironmentTransition};
use keys_service::{Counted, EnvironmentChangeError};

use super::change::{Refusal, refusal, removed};
use super::{Step, address, back, called, list, load_to_change};
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// How far the keys of an environment are counted.
const MOST: usize = 1_000;

#[derive(Template)]
#[template(path = "console/environments/stop.html")]
struct StopPage {
    frame: Frame,
    list: String,
    called: String,
    id: String,
    /// How many keys are Active, in words.
    keys: String,
    /// What is asked.
    question: Question,
    action: String,
}

/// What is asked before an environment stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    /// Whether to deactivate it.
    Deactivate,
    /// Whether to delete it.
    Delete,
    /// It shall be deleted and is Active: whether to deactivate it first.
    DeactivateFirst,
}

impl Question {
    /// The title of the page.
    const fn title(self) -> &'static str {
        match self {
            Self::Deactivate => "Deactivate environment",
            Self::Delete | Self::DeactivateFirst => "Delete environment",
        }
    }

    /// What its button does.
    const fn step(self) -> Step {
        match self {
            Self::Deactivate | Self::DeactivateFirst => Step::Deactivate,
            Self::Delete => Step::Delete,
        }
    }
}

pub(super) fn deactivate(visit: &Visit<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    let record = load_to_change(visit, id)?;
    if asks(visit) {
        return match record.parts().state {
            EnvironmentState::Active => page(visit, StatusCode::OK, &record, Question::Deactivate),
            EnvironmentState::Inactive => Ok(deactivated(visit, id)),
            EnvironmentState::Removed { .. } => Err(removed()),
        };
    }
    let stopped = visit.call.authority.transition_environment(
        visit.outside,
        id,
        EnvironmentTransition::Deactivate,
        None,
    );
    match stopped.map_err(|error| (refusal(&error), error)) {
        // Whoever wanted it has it.
        Ok(_) | Err((Some(Refusal::AlreadySo), _)) => Ok(deactivated(visit, id)),
        Err((Some(Refusal::Removed | Refusal::IsThere), _)) => Err(removed()),
        Err((None, error)) => Err(error.into()),
    }
}

/// An Active environment is not deleted: the question says so, and offers to deactivate it. An accident takes two steps.
pub(super) fn delete(visit: &Visit<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    let record = load_to_change(visit, id)?;
    let status = if asks(visit) { StatusCode::OK } else { StatusCode::CONFLICT };
    match record.parts().state {
        EnvironmentState::Active => return page(visit, status, &record, Question::DeactivateFirst),
        EnvironmentState::Inactive if asks(visit) => return page(visit, status, &record, Question::Delete),
        EnvironmentState::Inactive => {}
        EnvironmentState::Removed { .. } => return Ok(deleted(visit)),
    }
    // As it is here: one that somebody activates at this moment is asked about again.
    let expected = Some(record.parts().revision);
    let removal = EnvironmentTransition::Remove;
    match visit.call.authority.transition_environment(visit.outside, id, removal, expected) {
        Ok(_) => Ok(deleted(visit)),
        Err(EnvironmentChangeError::Conflict { .. }) => {
            let record = load_to_change(visit, id)?;
            match record.parts().state {
                EnvironmentState::Active => page(visit, status, &record, Question::DeactivateFirst),
                EnvironmentState::Inactive => page(visit, status, &record, Question::Delete),
                EnvironmentState::Removed { .. } => Ok(deleted(visit)),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the question is wanted, and not its answer.
fn asks(visit: &Visit<'_>) -> bool {
    !visit.sends() || visit.resumes()
}

fn page(
    visit: &Visit<'_>,
    status: StatusCode,
    record: &EnvironmentRecord,
    question: Question,
) -> Result<Answer, Problem> {
    let id = record.parts().id;
    let counted = visit.call.authority.active_keys(visit.outside, id, MOST)?;
    let page = StopPage {
        frame: Frame::new(visit, Section::Environments, question.title())?,
        list: list(visit),
        called: called(record),
        id: id.to_string(),
        keys: in_words(counted.unwrap_or(Counted { number: 0, more: false })),
        question,
        action: address(visit, id, question.step()),
    };
    Answer::page(status, page.render())
}

/// A number of keys that are Active.
fn in_words(counted: Counted) -> String {
    match counted {
        Counted { more: true, .. } => "more than 1,000 API keys are Active".to_owned(),
        Counted { number: 0, .. } => "no API key is Active".to_owned(),
        Counted { number: 1, .. } => "1 API key is Active".to_owned(),
        Counted { number: 1_000, .. } => "1,000 API keys are Active".to_owned(),
        Counted { number, .. } => format!("{number} API keys are Active"),
    }
}

fn deactivated(visit: &Visit<'_>, id: EnvironmentId) -> Answer {
    back(visit, Some(Notice::ENVIRONMENT_DEACTIVATED), Some(id))
}

fn deleted(visit: &Visit<'_>) -> Answer {
    back(visit, Some(Notice::ENVIRONMENT_DELETED), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_counted_as_far_as_they_are() {
        for (number, more, words) in [
            (0, false, "no API key is Active"),
            (1, false, "1 API key is Active"),
            (17, false, "17 API keys are Active"),
            (MOST, false, "1,000 API keys are Active"),
            (MOST, true, "more than 1,000 API keys are Active"),
        ] {
            assert_eq!(in_words(Counted { number, more }), words);
        }
    }
}
