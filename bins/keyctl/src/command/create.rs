//! `create`.

use keys_core::{EnvironmentId, EnvironmentState, Timestamp};

use crate::authority::{Authority, NewKey, NewOwner};
use crate::cli::Create;
use crate::exit::{Exit, Failure};
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, create: Create, now: Timestamp) -> Result<Answer, Failure> {
    let expires_at = create.expires.map(|expiry| expiry.at(now)).transpose();
    let new = NewKey {
        name: create.name.map(super::name).transpose()?.flatten(),
        description: create.description.map(super::description).transpose()?.flatten(),
        expires_at: expires_at.map_err(|error| Failure::new(Exit::Usage, format!("--expires: {error}")))?,
    };
    let owner = match (create.owner, create.account, create.environment) {
        // One that is not there is said in the same words everywhere.
        (Some(person), _, _) => NewOwner::Person(authority.account(person)?.id),
        (None, true, _) => NewOwner::Account,
        (None, false, Some(environment)) => NewOwner::Environment(environment),
        (None, false, None) => NewOwner::Environment(the_environment(authority, ", or --account")?),
    };
    let issued = authority.create_key(owner, new)?;
    Ok(Answer::Issued(Box::new(issued), create.format))
}

/// The environment that is meant when none is named: that of the endpoint, else the only active one.
///
/// A key in the wrong environment is found out late, so where there is a choice it must be made; `otherwise` says what else
/// could be.
pub(super) fn the_environment(authority: &dyn Authority, otherwise: &str) -> Result<EnvironmentId, Failure> {
    if let Some(home) = authority.home() {
        return Ok(home);
    }
    let mut environments = authority.environments()?;
    environments.retain(|environment| environment.state == EnvironmentState::Active);
    match environments.as_slice() {
        [only] => Ok(only.id),
        [] => Err(Failure::new(Exit::Usage, "no environment is active")
            .hint(format!("keyctl env activate ID{otherwise}"))),
        [first, ..] => {
            let message = format!("which of {} environments shall the key belong to?", environments.len());
            Err(Failure::new(Exit::Usage, message)
                .hint(format!("--environment {}, or another of `keyctl env list`{otherwise}", first.id)))
        }
    }
}
