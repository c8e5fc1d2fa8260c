//! Where one begins.

use keys_core::{EnvironmentId, EnvironmentState, Owner};
use keys_service::Position;
use keys_store::{EnvironmentOrder, EnvironmentQuery};

use super::environments;
use super::place::Whose;
use super::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// `/`: on to the keys of the environment where the caller begins, or to the list of those it could enter.
pub(super) fn answer(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let path = match (begins(visit)?, visit.outside.caller.position()) {
        (Some(environment), _) => Whose::Environment(environment).path(),
        (None, Position::Environment) => return Err(Problem::NotFound),
        (None, _) => environments::PATH.to_owned(),
    };
    Ok(visit.go(&path, &[], None))
}

/// The environment where the caller begins: its own for an environment's key, the default one for a person, or else
/// the first that it may enter.
pub(super) fn begins(visit: &Visit<'_>) -> Result<Option<EnvironmentId>, Problem> {
    let account = match visit.outside.caller.principal() {
        Owner::Environment(own) => return Ok(Some(own)),
        Owner::Account(account) => account,
    };
    let default = match visit.call.authority.account(visit.outside, account)? {
        Some(record) => visit.call.authority.default_environment(&record)?,
        None => None,
    };
    match default {
        Some(environment) => Ok(Some(environment)),
        None => first_active(visit),
    }
}

fn first_active(visit: &Visit<'_>) -> Result<Option<EnvironmentId>, Problem> {
    // In this order the Active ones come first.
    let query = EnvironmentQuery { order: EnvironmentOrder::State, limit: 1, ..EnvironmentQuery::default() };
    let page = visit.call.authority.environments(visit.outside, &query)?;
    let mut active = page.items.iter().filter(|record| record.parts().state == EnvironmentState::Active);
    Ok(active.next().map(|record| record.parts().id))
}
