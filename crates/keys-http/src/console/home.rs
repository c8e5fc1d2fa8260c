//! Where one begins.

use keys_core::{EnvironmentState, Owner};
use keys_service::Position;
use keys_store::EnvironmentQuery;

use super::place::Whose;
use super::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// `/`: on to the keys of the environment where the caller begins, or of the first that it may enter.
pub(super) fn answer(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let first = match visit.outside.caller.principal() {
        Owner::Environment(own) => Some(own),
        Owner::Account(account) => {
            let record = visit.call.authority.account(visit.outside, account)?;
            let default = match record {
                Some(record) => visit.call.authority.default_environment(&record)?,
                None => None,
            };
            match default {
                Some(environment) => Some(environment),
                None => first_active(visit)?,
            }
        }
    };
    let path = match (first, visit.outside.caller.position()) {
        (Some(environment), _) => Whose::Environment(environment).path(),
        (None, Position::Environment) => return Err(Problem::NotFound),
        (None, _) => "/environments".to_owned(),
    };
    Ok(visit.go(&path, &[], None))
}

fn first_active(visit: &Visit<'_>) -> Result<Option<keys_core::EnvironmentId>, Problem> {
    let query = EnvironmentQuery { limit: 100, ..EnvironmentQuery::default() };
    let page = visit.call.authority.environments(visit.outside, &query)?;
    let mut active = page.items.iter().filter(|record| record.parts().state == EnvironmentState::Active);
    Ok(active.next().map(|record| record.parts().id))
}
