//! What would become of a thing, told from its state alone, in the words that the change itself would be refused with.

use keys_core::{
    AccountId, AccountState, AccountTransition, EnvironmentId, EnvironmentState, EnvironmentTransition,
    LifecycleState, Role, Timestamp, Transition,
};

use super::refusals::{account_refused, environment_refused, key_refusal, key_refused, no_owner};
use crate::exit::Failure;
use crate::model::{Account, Environment, Key, Member};

/// The state of a key after this.
///
/// # Errors
///
/// Why its state does not allow it.
pub(crate) fn key(key: &Key, transition: Transition) -> Result<LifecycleState, Failure> {
    match key_refusal(key.state, transition) {
        Some(refusal) => Err(key_refused(key.id, refusal)),
        None => Ok(match transition {
            Transition::Activate => LifecycleState::Active,
            Transition::Deactivate => LifecycleState::Inactive,
            Transition::Delete => LifecycleState::Deleted,
        }),
    }
}

/// The state of an environment after this.
///
/// # Errors
///
/// Why its state does not allow it.
pub(crate) fn environment(
    environment: &Environment,
    transition: EnvironmentTransition,
) -> Result<EnvironmentState, Failure> {
    let next = environment.state.apply(transition, Timestamp::MIN);
    next.map_err(|refusal| environment_refused(environment.id, refusal))
}

/// The state of an account after this.
///
/// # Errors
///
/// Why its state does not allow it.
pub(crate) fn account(account: &Account, transition: AccountTransition) -> Result<AccountState, Failure> {
    let next = account.state.apply(transition, Timestamp::MIN);
    next.map_err(|refusal| account_refused(account.id, refusal))
}

/// Who stays a member of an environment when these no longer shall be.
///
/// # Errors
///
/// One of them is no member, or nobody would be an owner.
pub(crate) fn without(
    environment: EnvironmentId,
    members: &[Member],
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, Role)>, Failure> {
    let rest = super::without(environment, members, accounts)?;
    if rest.iter().any(|(_, role)| *role == Role::Owner) { Ok(rest) } else { Err(no_owner(environment)) }
}
