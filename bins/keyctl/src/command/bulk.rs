//! `activate --all`, `deactivate --all` and `delete --all`: many keys in one transaction, as they were shown, or none.

use keys_core::{AccountId, EnvironmentId, EnvironmentState, LifecycleState, Timestamp, Transition};
use keys_service::{Authority as Service, SearchText};

use super::change::rehearse;
use super::confirm::confirm;
use crate::authority::bulk::Wanted;
use crate::authority::{Authority, foresee};
use crate::cli::{Change, Which};
use crate::exit::{Exit, Failure};
use crate::model::Key;
use crate::moment::Moment;
use crate::output::Answer;

pub(super) fn keys(
    authority: &dyn Authority,
    change: &Change,
    transition: Transition,
    now: Timestamp,
) -> Result<Answer, Failure> {
    // Of those that match the ones in the state that the transition leads away from: the others would not move.
    let state = match transition {
        Transition::Deactivate => LifecycleState::Active,
        Transition::Activate | Transition::Delete => LifecycleState::Inactive,
    };
    let wanted = wanted(authority, &change.which, Some(state), now)?;
    let seen = authority.keys_matching(&wanted, Service::MOST_AT_ONCE)?;
    if seen.len() > Service::MOST_AT_ONCE {
        return Err(too_many());
    }
    let keys: Vec<Key> = seen.iter().map(|seen| seen.key.clone()).collect();
    if change.rehearsal.dry_run {
        let foresee = |key: &Key| foresee::key(key, transition).map(|state| state.to_string());
        return Ok(rehearse(&keys, false, foresee));
    }
    if keys.is_empty() {
        return Ok(Answer::Keys(keys));
    }
    let does = |keys: &str| match transition {
        Transition::Activate => format!("This activates {keys}: accepted again from then on."),
        Transition::Deactivate => format!("This deactivates {keys}: refused from then on."),
        Transition::Delete => format!("This deletes {keys} for good."),
    };
    confirm(change.consent, &keys, does, now)?;
    authority.change_keys(&wanted, &seen, transition).map(Answer::Keys)
}

/// Which keys are meant by what was typed.
pub(super) fn wanted(
    authority: &dyn Authority,
    which: &Which,
    state: Option<LifecycleState>,
    now: Timestamp,
) -> Result<Wanted, Failure> {
    if which.name.as_deref().is_some_and(|name| SearchText::new(name).is_none()) {
        return Err(Failure::new(Exit::Usage, "--name: there is nothing in it to look for"));
    }
    let (owner, within) = owner(authority, which)?;
    Ok(Wanted {
        state,
        owner,
        creator: which.creator,
        created_from: instant("--created-after", which.created_after, now)?,
        created_before: instant("--created-before", which.created_before, now)?,
        expires_before: which.expires_before.map(|deadline| deadline.at(now)),
        name: which.name.clone(),
        within,
    })
}

fn instant(option: &str, moment: Option<Moment>, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let instant = moment.map(|moment| moment.at(now)).transpose();
    instant.map_err(|error| Failure::new(Exit::Usage, format!("{option}: {error}")))
}

/// Whose keys, and inside which environment they are asked for. Whoever is named must be there: a mistyped id is an error
/// and not an empty list.
fn owner(
    authority: &dyn Authority,
    which: &Which,
) -> Result<(Option<AccountId>, Option<EnvironmentId>), Failure> {
    let named = which.environment.or_else(|| which.owner.is_none().then(|| authority.home()).flatten());
    if let Some(id) = named {
        return in_environment(authority, id);
    }
    let Some(owner) = which.owner else { return Ok((None, None)) };
    let found = match EnvironmentId::new(owner.number()) {
        Some(id) => in_environment(authority, id),
        None => Ok((Some(owner), None)),
    };
    match found {
        // Accounts and environments share one spelling.
        Err(failure) if failure.exit() == Exit::NotFound => match authority.account(owner) {
            Ok(account) => Ok((Some(account.id), None)),
            Err(failure) if failure.exit() == Exit::NotFound => Err(nobody(owner)),
            Err(failure) => Err(failure),
        },
        found => found,
    }
}

/// Nobody enters an environment that is not active; an administrator sees its keys from outside.
fn in_environment(
    authority: &dyn Authority,
    id: EnvironmentId,
) -> Result<(Option<AccountId>, Option<EnvironmentId>), Failure> {
    let environment = authority.environment(id)?;
    let within = (environment.state == EnvironmentState::Active).then_some(environment.id);
    Ok((AccountId::new(id.number()), within))
}

fn nobody(owner: AccountId) -> Failure {
    Failure::new(Exit::NotFound, format!("there is no environment and no person {owner}"))
        .hint("keyctl env list, or keyctl user list")
}

fn too_many() -> Failure {
    let message = format!(
        "more than {} keys match, and no more are moved in one transaction; nothing was done",
        Service::MOST_AT_ONCE
    );
    Failure::new(Exit::Usage, message).hint("narrow it, such as by --created-before, and go on from there")
}
