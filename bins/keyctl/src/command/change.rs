//! `activate`, `deactivate` and `delete`, of keys and of environments; and how several are changed.

use std::fmt;

use keys_core::{EnvironmentTransition, Transition};

use crate::authority::{Authority, KeyName};
use crate::cli::{Change, EnvChange};
use crate::exit::Failure;
use crate::model::{Environment, Key};
use crate::output::Answer;

pub(super) fn keys(
    authority: &dyn Authority,
    change: &Change,
    transition: Transition,
) -> Result<Answer, Failure> {
    let keys = each_once(change.keys.iter().map(|name| authority.key(name)), |key| key.id)?;
    let read = |key: &Key| authority.key(&KeyName::Id(key.id));
    let change_key = |key: &Key| authority.change_key(key, transition);
    each(&keys, |key| key.id, change.idempotent, change_key, read).map(Answer::Keys)
}

pub(super) fn environments(
    authority: &dyn Authority,
    change: &EnvChange,
    transition: EnvironmentTransition,
) -> Result<Answer, Failure> {
    let found = change.environments.iter().map(|id| authority.environment(*id));
    let environments = each_once(found, |environment| environment.id)?;
    let read = |environment: &Environment| authority.environment(environment.id);
    let change_one = |environment: &Environment| authority.change_environment(environment, transition);
    each(&environments, |environment| environment.id, change.idempotent, change_one, read)
        .map(Answer::Environments)
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
