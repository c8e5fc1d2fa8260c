//! `activate`, `deactivate` and `delete`, of keys and of environments; and how several are changed.

use std::fmt;

use keys_core::{EnvironmentTransition, Timestamp, Transition};

use super::bulk;
use super::confirm::confirm;
use super::thing::Thing;
use crate::authority::{Authority, KeyName, foresee};
use crate::cli::{Change, EnvChange, EnvDelete};
use crate::exit::Failure;
use crate::model::{Environment, Key};
use crate::outlook::{Outlook, Rehearsed};
use crate::output::Answer;

pub(super) fn keys(
    authority: &dyn Authority,
    change: &Change,
    transition: Transition,
    now: Timestamp,
) -> Result<Answer, Failure> {
    if change.all {
        return bulk::keys(authority, change, transition, now);
    }
    let keys = each_once(change.keys.iter().map(|name| authority.key(name)), |key| key.id)?;
    let foresee = |key: &Key| foresee::key(key, transition).map(|state| state.to_string());
    if change.rehearsal.dry_run {
        return Ok(rehearse(&keys, change.idempotent, foresee));
    }
    if transition == Transition::Delete && !change.consent.yes {
        check_first(&keys, change.idempotent, foresee)?;
        confirm(change.consent, &keys, |keys| format!("This deletes {keys} for good."), now)?;
    }
    let read = |key: &Key| authority.key(&KeyName::Id(key.id));
    let change_key = |key: &Key| authority.change_key(key, transition);
    each(&keys, |key| key.id, change.idempotent, change_key, read).map(Answer::Keys)
}

pub(super) fn environments(
    authority: &dyn Authority,
    change: &EnvChange,
    transition: EnvironmentTransition,
) -> Result<Answer, Failure> {
    let environments = named_environments(authority, change)?;
    if change.rehearsal.dry_run {
        return Ok(rehearse(&environments, change.idempotent, foresee_environment(transition)));
    }
    change_environments(authority, &environments, transition, change.idempotent)
}

pub(super) fn delete_environments(
    authority: &dyn Authority,
    delete: &EnvDelete,
    now: Timestamp,
) -> Result<Answer, Failure> {
    let EnvDelete { change, consent } = delete;
    let transition = EnvironmentTransition::Remove;
    let foresee = foresee_environment(transition);
    let environments = named_environments(authority, change)?;
    if change.rehearsal.dry_run {
        return Ok(rehearse(&environments, change.idempotent, foresee));
    }
    if !consent.yes {
        check_first(&environments, change.idempotent, foresee)?;
        let does = |these: &str| format!("This removes {these}: the keys there are refused from then on.");
        confirm(*consent, &environments, does, now)?;
    }
    change_environments(authority, &environments, transition, change.idempotent)
}

fn named_environments(authority: &dyn Authority, change: &EnvChange) -> Result<Vec<Environment>, Failure> {
    let found = change.environments.iter().map(|id| authority.environment(*id));
    each_once(found, |environment| environment.id)
}

fn foresee_environment(
    transition: EnvironmentTransition,
) -> impl Fn(&Environment) -> Result<String, Failure> + Copy {
    move |environment| foresee::environment(environment, transition).map(|state| state.to_string())
}

fn change_environments(
    authority: &dyn Authority,
    environments: &[Environment],
    transition: EnvironmentTransition,
    idempotent: bool,
) -> Result<Answer, Failure> {
    let read = |environment: &Environment| authority.environment(environment.id);
    let change_one = |environment: &Environment| authority.change_environment(environment, transition);
    each(environments, |environment| environment.id, idempotent, change_one, read).map(Answer::Environments)
}

/// What would become of these, one after the other.
pub(super) fn rehearse<T: Thing>(
    things: &[T],
    idempotent: bool,
    foresee: impl Fn(&T) -> Result<String, Failure>,
) -> Answer {
    let as_it_is = |thing: &T| Outlook::of(thing.id(), thing.name(), thing.state());
    Answer::Rehearsed(Rehearsed::each(things, idempotent, as_it_is, foresee))
}

/// Refuses what would fail at its first thing: nobody need confirm that.
pub(super) fn check_first<T>(
    things: &[T],
    idempotent: bool,
    foresee: impl Fn(&T) -> Result<String, Failure>,
) -> Result<(), Failure> {
    match things.first().map(foresee) {
        Some(Err(refusal)) if !(refusal.is_already_so() && idempotent) => Err(refusal),
        Some(_) | None => Ok(()),
    }
}

/// What was named, in its order; what was named twice, once.
pub(super) fn each_once<T, I: PartialEq>(
    found: impl Iterator<Item = Result<T, Failure>>,
    id: impl Fn(&T) -> I,
) -> Result<Vec<T>, Failure> {
    let mut things: Vec<T> = Vec::new();
    for thing in found {
        let thing = thing?;
        if !things.iter().any(|other| id(other) == id(&thing)) {
            things.push(thing);
        }
    }
    Ok(things)
}

/// Changes one after the other, until one fails. All have been looked up before, so that a mistyped id changes nothing;
/// what was changed before a failure is said with it, because standard output stays empty then.
pub(super) fn each<T, I: fmt::Display>(
    things: &[T],
    id: impl Fn(&T) -> I,
    idempotent: bool,
    change: impl Fn(&T) -> Result<T, Failure>,
    read: impl Fn(&T) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut changed = Vec::with_capacity(things.len());
    for thing in things {
        let result = match change(thing) {
            Err(failure) if failure.is_already_so() && idempotent => read(thing),
            other => other,
        };
        match result {
            Ok(thing) => changed.push(thing),
            Err(failure) => return Err(with_done(failure, changed.iter().map(id))),
        }
    }
    Ok(changed)
}

fn with_done(failure: Failure, done: impl Iterator<Item = impl fmt::Display>) -> Failure {
    let done: Vec<_> = done.map(|id| id.to_string()).collect();
    if done.is_empty() { failure } else { failure.and(format!("done before: {}", done.join(" "))) }
}
