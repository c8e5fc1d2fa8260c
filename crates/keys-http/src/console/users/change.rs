//! Users through their life: activate, deactivate, delete; and what keeps them out, or in.

use std::collections::BTreeMap;

use askama::Template;
use http::StatusCode;
use keys_core::{
    AccountChangeError, AccountId, AccountState, AccountTransition, AccountTransitionError, EnvironmentId,
    EnvironmentState, KeyRecord, LifecycleState, Owner,
};
use keys_service::{AccountError, Whom};

use super::{LAST, at, back, called, is_own, list, load};
use crate::console::frame::{self, Frame, Section};
use crate::console::keys;
use crate::console::notice::Notice;
use crate::console::place::Whose;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// The most keys that a question lists.
const MOST: usize = 100;

#[derive(Template)]
#[template(path = "console/user_deactivate.html")]
struct DeactivatePage {
    frame: Frame,
    list: String,
    action: String,
    called: String,
    own: bool,
    keys: Vec<MadeKey>,
    /// How many more there are, if there are.
    others: Option<String>,
    problem: Option<&'static str>,
}

/// A key that the person made: it goes on as it is.
struct MadeKey {
    called: String,
    access_key: String,
    state: &'static str,
    /// To whom it belongs.
    whose: String,
    path: String,
}

#[derive(Template)]
#[template(path = "console/user_delete.html")]
struct DeletePage {
    frame: Frame,
    list: String,
    action: String,
    deactivate: String,
    called: String,
    active: bool,
    problem: Option<&'static str>,
}

pub(super) fn activate(visit: &Visit<'_>, id: AccountId) -> Result<Answer, Problem> {
    load(visit, id)?;
    match transition(visit, id, AccountTransition::Activate)? {
        Outcome::Done => Ok(back(visit, Notice::USER_ACTIVATED, Some(id))),
        Outcome::LastAdministrator | Outcome::NotNow => Err(Problem::NotFound),
    }
}

/// The question, which says what goes on as it is, and its answer.
pub(super) fn deactivate(visit: &Visit<'_>, id: AccountId) -> Result<Answer, Problem> {
    load(visit, id)?;
    if !visit.sends() || visit.resumes() {
        return ask_to_deactivate(visit, id, StatusCode::OK, None);
    }
    match transition(visit, id, AccountTransition::Deactivate)? {
        Outcome::Done => Ok(back(visit, Notice::USER_DEACTIVATED, Some(id))),
        Outcome::LastAdministrator => ask_to_deactivate(visit, id, StatusCode::CONFLICT, Some(LAST)),
        Outcome::NotNow => Err(Problem::NotFound),
    }
}

/// The question, and its answer.
pub(super) fn delete(visit: &Visit<'_>, id: AccountId) -> Result<Answer, Problem> {
    load(visit, id)?;
    if !visit.sends() || visit.resumes() {
        return ask_to_delete(visit, id, StatusCode::OK, None);
    }
    match transition(visit, id, AccountTransition::Remove)? {
        Outcome::Done => Ok(back(visit, Notice::USER_DELETED, None)),
        Outcome::LastAdministrator => ask_to_delete(visit, id, StatusCode::CONFLICT, Some(LAST)),
        Outcome::NotNow => ask_to_delete(visit, id, StatusCode::CONFLICT, None),
    }
}

/// Forgets failed log-ins.
pub(super) fn unlock(visit: &Visit<'_>, id: AccountId) -> Result<Answer, Problem> {
    load(visit, id)?;
    visit.call.authority.unlock(visit.outside, &Whom::Account(id))?;
    Ok(back(visit, Notice::USER_UNLOCKED, Some(id)))
}

/// Ends the sessions, the caller's own as well if it is the caller's account.
pub(super) fn end_sessions(visit: &Visit<'_>, id: AccountId) -> Result<Answer, Problem> {
    load(visit, id)?;
    visit.call.authority.end_sessions(visit.outside, &Whom::Account(id))?;
    Ok(back(visit, Notice::SESSIONS_ENDED, Some(id)))
}

/// What became of a transition that is not simply refused.
enum Outcome {
    /// It is so, or was so already: whoever wanted it has it.
    Done,
    /// Nobody could administer afterwards.
    LastAdministrator,
    /// Not from the state it is in.
    NotNow,
}

fn transition(visit: &Visit<'_>, id: AccountId, transition: AccountTransition) -> Result<Outcome, Problem> {
    use AccountChangeError::State;

    match visit.call.authority.transition_account(visit.outside, id, transition, None) {
        Ok(_) | Err(AccountError::Refused(State(AccountTransitionError::AlreadySo { .. }))) => {
            Ok(Outcome::Done)
        }
        Err(AccountError::LastAdministrator) => Ok(Outcome::LastAdministrator),
        Err(AccountError::Refused(State(_))) => Ok(Outcome::NotNow),
        Err(error) => Err(error.into()),
    }
}

fn ask_to_delete(
    visit: &Visit<'_>,
    id: AccountId,
    status: StatusCode,
    problem: Option<&'static str>,
) -> Result<Answer, Problem> {
    let record = load(visit, id)?;
    let page = DeletePage {
        frame: Frame::new(visit, Section::Users, "Delete user")?,
        list: list(visit),
        action: at(visit, id, "delete"),
        deactivate: at(visit, id, "deactivate"),
        called: called(&record),
        active: record.parts().state == AccountState::Active,
        problem,
    };
    Answer::page(status, page.render())
}

fn ask_to_deactivate(
    visit: &Visit<'_>,
    id: AccountId,
    status: StatusCode,
    problem: Option<&'static str>,
) -> Result<Answer, Problem> {
    let record = load(visit, id)?;
    let made = visit.call.authority.keys_made_by(visit.outside, id)?.ok_or(Problem::NotFound)?;
    let others = made.items.len().saturating_sub(MOST);
    let others = match (others, made.more) {
        (0, _) => None,
        (others, false) => Some(format!("{others} more")),
        (others, true) => Some(format!("more than {others} more")),
    };
    let mut places = BTreeMap::new();
    let keys = made.items.iter().take(MOST).map(|key| made_key(visit, id, key, &mut places));
    let page = DeactivatePage {
        frame: Frame::new(visit, Section::Users, "Deactivate user")?,
        list: list(visit),
        action: at(visit, id, "deactivate"),
        called: called(&record),
        own: is_own(visit, id),
        keys: keys.collect::<Result<_, Problem>>()?,
        others,
        problem,
    };
    Answer::page(status, page.render())
}

/// An environment, as far as the list of keys wants to know it: what it is called, and whether it can be entered.
type Places = BTreeMap<EnvironmentId, (String, bool)>;

fn made_key(
    visit: &Visit<'_>,
    maker: AccountId,
    record: &KeyRecord,
    places: &mut Places,
) -> Result<MadeKey, Problem> {
    let parts = record.parts();
    let urls = visit.call.urls;
    let in_api = format!("{}/apikeys/{}", urls.of_version(urls.version()), parts.id);
    let (whose, path) = match parts.owner {
        Owner::Account(owner) if owner == maker => ("the user's own".to_owned(), in_api),
        Owner::Account(owner) => {
            let account = visit.call.authority.account(visit.outside, owner)?;
            (account.map_or_else(|| owner.to_string(), |account| called(&account)), in_api)
        }
        Owner::Environment(id) => {
            let (name, enterable) = match places.get(&id) {
                Some(known) => known.clone(),
                None => places.entry(id).or_insert(place(visit, id)?).clone(),
            };
            let own = keys::Place::One(parts.id, keys::Step::Edit).form(Whose::Environment(id));
            (name, if enterable { own } else { in_api })
        }
    };
    Ok(MadeKey {
        called: frame::called(parts.access_key, parts.name.as_ref()),
        access_key: parts.access_key.to_string(),
        state: match parts.lifecycle.state() {
            LifecycleState::Active => "active",
            LifecycleState::Inactive | LifecycleState::Deleted => "inactive",
        },
        whose,
        path,
    })
}

fn place(visit: &Visit<'_>, id: EnvironmentId) -> Result<(String, bool), Problem> {
    let record = visit.call.authority.environment(visit.outside, id)?;
    let name = record.as_ref().and_then(|record| record.parts().name.as_ref());
    let active = record.as_ref().is_some_and(|record| record.parts().state == EnvironmentState::Active);
    Ok((frame::called(id, name), active))
}
