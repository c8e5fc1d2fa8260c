//! `activate`, `deactivate` and `delete`, of keys and of environments.

use keys_core::{EnvironmentTransition, Transition};

use crate::authority::{Authority, KeyName};
use crate::cli::{Change, EnvChange};
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn keys(
    authority: &dyn Authority,
    change: &Change,
    transition: Transition,
) -> Result<Answer, Failure> {
    let ids = each_once(change.keys.iter().map(|name| authority.key(name).map(|key| key.id)))?;
    let read = |id: &_| authority.key(&KeyName::Id(*id));
    each(&ids, change.idempotent, |id| authority.change_key(*id, transition), read).map(Answer::Keys)
}

pub(super) fn environments(
    authority: &dyn Authority,
    change: &EnvChange,
    transition: EnvironmentTransition,
) -> Result<Answer, Failure> {
    let found = change.environments.iter().map(|id| authority.environment(*id).map(|found| found.id));
    let ids = each_once(found)?;
    let read = |id: &_| authority.environment(*id);
    each(&ids, change.idempotent, |id| authority.change_environment(*id, transition), read)
        .map(Answer::Environments)
}

/// The ids in their order, those named twice once.
fn each_once<I: PartialEq>(found: impl Iterator<Item = Result<I, Failure>>) -> Result<Vec<I>, Failure> {
    let mut ids = Vec::new();
    for id in found {
        let id = id?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Changes one after the other, until one fails. Every id has been looked up before, so that a mistyped one changes
/// nothing; what was changed before a failure is said with it, because standard output stays empty then.
fn each<I: std::fmt::Display, T>(
    ids: &[I],
    idempotent: bool,
    change: impl Fn(&I) -> Result<T, Failure>,
    read: impl Fn(&I) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut changed = Vec::with_capacity(ids.len());
    for (done, id) in ids.iter().enumerate() {
        let result = match change(id) {
            Err(failure) if failure.is_already_so() && idempotent => read(id),
            other => other,
        };
        changed.push(result.map_err(|failure| with_done(failure, ids.get(..done).unwrap_or_default()))?);
    }
    Ok(changed)
}

fn with_done<I: std::fmt::Display>(failure: Failure, done: &[I]) -> Failure {
    if done.is_empty() {
        return failure;
    }
    let done: Vec<_> = done.iter().map(ToString::to_string).collect();
    failure.and(format!("done before: {}", done.join(" ")))
}
