//! Many keys at once: what would become of each, and then that.

use askama::Template;
use http::StatusCode;
use keys_core::{KeyId, KeyRecord, Revision, Transition};
use keys_service::{BulkError, BulkOutcome};

use super::{called, owner};
use crate::console::frame::Frame;
use crate::console::notice::Notice;
use crate::console::place::Whose;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// What every field of a chosen key begins with; its id stands behind it, and the revision it was seen at is its value.
const CHOSEN: &str = "id.";
/// The field by which what was foreseen is asked for.
const CONFIRMED: &str = "confirmed";

#[derive(Template)]
#[template(path = "console/keys_selected.html")]
struct SelectedPage {
    frame: Frame,
    list: String,
    action: String,
    verb: &'static str,
    kind: &'static str,
    summary: String,
    problem: Option<String>,
    rows: Vec<Row>,
    /// The keys that will change, at the revision they were seen at.
    changing: Vec<(String, String)>,
}

struct Row {
    called: String,
    access_key: String,
    state: &'static str,
    outcome: String,
}

/// Shows what would become of the keys, or does it once that was seen.
pub(super) fn answer(visit: &Visit<'_>, whose: Whose, transition: Transition) -> Result<Answer, Problem> {
    let chosen = visit.call.fields.named(CHOSEN);
    let keys: Vec<(KeyId, Option<Revision>)> =
        chosen.filter_map(|(id, value)| Some((id.parse().ok()?, revision(value)))).collect();
    if visit.call.fields.value(CONFIRMED).is_none() {
        let ids = keys.iter().map(|(id, _)| *id).collect();
        return preview(visit, whose, transition, ids, None);
    }
    let seen: Vec<(KeyId, Revision)> =
        keys.iter().filter_map(|(id, revision)| Some((*id, (*revision)?))).collect();
    of_the_owner(visit, whose, &foreseen(visit, &ids(&seen), transition)?)?;
    match visit.call.authority.transition_keys(visit.call.context, &seen, transition) {
        Ok(_) => Ok(super::back(visit, whose, done(transition), None)),
        Err(BulkError::Outdated { keys }) => {
            let said = match keys.len() {
                1 => "One of the keys has changed since you looked. Nothing was done; this is how it is now."
                    .to_owned(),
                many => format!(
                    "{many} of the keys have changed since you looked. Nothing was done; this is how it is now."
                ),
            };
            preview(visit, whose, transition, ids(&seen), Some(said))
        }
        Err(error) => Err(error.into()),
    }
}

fn ids(seen: &[(KeyId, Revision)]) -> Vec<KeyId> {
    seen.iter().map(|(id, _)| *id).collect()
}

fn revision(value: &str) -> Option<Revision> {
    value.parse().ok().map(Revision::new)
}

fn foreseen(visit: &Visit<'_>, keys: &[KeyId], transition: Transition) -> Result<Vec<BulkOutcome>, Problem> {
    Ok(visit.call.authority.preview_transition(visit.call.context, keys, transition)?)
}

/// The page says whose keys it shows, so a key of another owner is none here, even for an administrator.
fn of_the_owner(visit: &Visit<'_>, whose: Whose, outcomes: &[BulkOutcome]) -> Result<(), Problem> {
    let own = |record: &KeyRecord| record.parts().owner == owner(visit, whose);
    let all = outcomes.iter().all(|outcome| record(outcome).is_some_and(own));
    if all { Ok(()) } else { Err(Problem::NotFound) }
}

const fn record(outcome: &BulkOutcome) -> Option<&KeyRecord> {
    match outcome {
        BulkOutcome::Moves(record) | BulkOutcome::AlreadySo(record) | BulkOutcome::Refused(record, _) => {
            Some(record)
        }
        BulkOutcome::NotFound(_) => None,
    }
}

fn preview(
    visit: &Visit<'_>,
    whose: Whose,
    transition: Transition,
    keys: Vec<KeyId>,
    problem: Option<String>,
) -> Result<Answer, Problem> {
    let outcomes = foreseen(visit, &keys, transition)?;
    of_the_owner(visit, whose, &outcomes)?;
    let (title, verb, kind) = match transition {
        Transition::Activate => ("Activate keys", "Activate", "primary"),
        Transition::Deactivate => ("Deactivate keys", "Deactivate", "primary"),
        Transition::Delete => ("Delete inactive keys", "Delete", "danger"),
    };
    let moving = outcomes.iter().filter_map(|outcome| match outcome {
        BulkOutcome::Moves(record) => {
            Some((record.parts().id.to_string(), record.parts().revision.to_string()))
        }
        BulkOutcome::AlreadySo(_) | BulkOutcome::Refused(..) | BulkOutcome::NotFound(_) => None,
    });
    let changing: Vec<_> = moving.collect();
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let page = SelectedPage {
        frame: Frame::new(visit, super::section(whose), title)?,
        list: super::list(visit, whose),
        action: crate::console::table::carry(visit, &format!("{}/selected/{transition}", whose.path())),
        verb,
        kind,
        summary: summary(transition, changing.len(), outcomes.len()),
        problem,
        rows: outcomes.iter().filter_map(|outcome| row(outcome, transition)).collect(),
        changing,
    };
    Answer::page(status, page.render())
}

fn summary(transition: Transition, changing: usize, chosen: usize) -> String {
    let will = match transition {
        Transition::Activate => "become Active: their credentials are accepted again",
        Transition::Deactivate => "become Inactive: their credentials are refused at once, everywhere",
        Transition::Delete => "are deleted for good: their credentials are never accepted again",
    };
    match (chosen, changing) {
        (0, _) => "No key is selected: go back and tick the keys that are meant.".to_owned(),
        (_, 0) => "None of the keys changes.".to_owned(),
        (_, changing) if changing == chosen => format!("All {chosen} of the keys {will}."),
        (_, changing) => format!("{changing} of the {chosen} keys {will}. The others stay as they are."),
    }
}

fn row(outcome: &BulkOutcome, transition: Transition) -> Option<Row> {
    let record = record(outcome)?;
    let will = match outcome {
        BulkOutcome::Moves(_) => match transition {
            Transition::Activate => "Becomes Active".to_owned(),
            Transition::Deactivate => "Becomes Inactive".to_owned(),
            Transition::Delete => "Is deleted".to_owned(),
        },
        BulkOutcome::AlreadySo(_) => "Nothing: it is so already".to_owned(),
        BulkOutcome::Refused(..) | BulkOutcome::NotFound(_) => {
            "Nothing: an Active key is deactivated before it is deleted".to_owned()
        }
    };
    Some(Row {
        called: called(record),
        access_key: record.parts().access_key.to_string(),
        state: record.parts().lifecycle.state().as_str(),
        outcome: will,
    })
}

const fn done(transition: Transition) -> Notice {
    match transition {
        Transition::Activate => Notice::KEYS_ACTIVATED,
        Transition::Deactivate => Notice::KEYS_DEACTIVATED,
        Transition::Delete => Notice::KEYS_DELETED,
    }
}
