//! Refusals in one wording, whichever way the authority was reached.

use std::fmt;

use keys_core::{
    AccountId, AccountState, AccountTransition, AccountTransitionError, EnvironmentId, EnvironmentState,
    EnvironmentTransition, EnvironmentTransitionError, KeyId, LifecycleState, Transition, TransitionError,
};

use super::Person;
use crate::exit::{Exit, Failure};

/// There is no such key, or it is not the caller's to see.
pub(super) fn no_key(name: impl fmt::Display) -> Failure {
    Failure::new(Exit::NotFound, format!("there is no key {name}")).hint("keyctl list")
}

/// There is no such environment, or it is not the caller's to see.
pub(super) fn no_environment(id: EnvironmentId) -> Failure {
    Failure::new(Exit::NotFound, format!("there is no environment {id}")).hint("keyctl env list")
}

/// A key's state does not allow a transition.
pub(super) fn key_refused(id: KeyId, refusal: TransitionError) -> Failure {
    let message = format!("{id}: {refusal}");
    match refusal {
        TransitionError::AlreadySo { .. } => Failure::already_so(message),
        TransitionError::NotAllowed { transition: Transition::Delete, from: LifecycleState::Active } => {
            Failure::new(Exit::Conflict, message).hint(format!("first: keyctl deactivate {id}"))
        }
        TransitionError::NotAllowed { .. } | _ => {
            Failure::new(Exit::Conflict, message).hint("a deleted key stays deleted: keyctl create")
        }
    }
}

/// An environment's state does not allow a transition.
pub(super) fn environment_refused(id: EnvironmentId, refusal: EnvironmentTransitionError) -> Failure {
    let message = format!("{id}: {refusal}");
    match refusal {
        EnvironmentTransitionError::AlreadySo { .. } => Failure::already_so(message),
        EnvironmentTransitionError::NotAllowed { transition: EnvironmentTransition::Restore, .. } => {
            Failure::new(Exit::Conflict, message).hint("only what was removed can be restored")
        }
        EnvironmentTransitionError::NotAllowed { .. } | _ => {
            Failure::new(Exit::Conflict, message).hint(format!("first: keyctl env restore {id}"))
        }
    }
}

/// Why a key in this state does not take this transition, if it does not.
pub(super) fn key_refusal(state: LifecycleState, transition: Transition) -> Option<TransitionError> {
    let leads_to = match transition {
        Transition::Activate => LifecycleState::Active,
        Transition::Deactivate => LifecycleState::Inactive,
        Transition::Delete => LifecycleState::Deleted,
    };
    if state.transitions().contains(&transition) {
        None
    } else if state == leads_to {
        Some(TransitionError::AlreadySo { state })
    } else {
        Some(TransitionError::NotAllowed { transition, from: state })
    }
}

/// Why an environment in this state does not take this transition, if it does not.
pub(super) fn environment_refusal(
    state: EnvironmentState,
    transition: EnvironmentTransition,
) -> Option<EnvironmentTransitionError> {
    state.apply(transition, keys_core::Timestamp::MIN).err()
}

/// A key is to be made in an environment that is not active, or not the caller's.
pub(super) fn not_enterable(id: EnvironmentId) -> Failure {
    Failure::new(Exit::Conflict, format!("no key can be made in environment {id}: it is not active"))
        .hint(format!("keyctl env activate {id}"))
}

/// There is no such account, it is not that of a person, or it is not the caller's to see.
pub(super) fn no_account(id: AccountId) -> Failure {
    Failure::new(Exit::NotFound, format!("there is no account {id} of a person")).hint("keyctl user list")
}

/// An account's state does not allow a transition.
pub(super) fn account_refused(id: AccountId, refusal: AccountTransitionError) -> Failure {
    let message = format!("{id}: {refusal}");
    match refusal {
        AccountTransitionError::AlreadySo { .. } => Failure::already_so(message),
        AccountTransitionError::NotAllowed { from: AccountState::Active, .. } => {
            Failure::new(Exit::Conflict, message).hint(format!("first: keyctl user disable {id}"))
        }
        AccountTransitionError::NotAllowed { .. } | _ => {
            Failure::new(Exit::Conflict, message).hint("a removed account stays removed: keyctl user add")
        }
    }
}

/// Why an account in this state does not take this transition, if it does not.
pub(super) fn account_refusal(
    state: AccountState,
    transition: AccountTransition,
) -> Option<AccountTransitionError> {
    state.apply(transition, keys_core::Timestamp::MIN).err()
}

/// An account that was removed is edited.
pub(super) fn account_removed(id: AccountId) -> Failure {
    Failure::new(Exit::Conflict, format!("{id}: the account was removed"))
}

/// Nobody could administer afterwards.
pub(super) fn last_administrator(id: AccountId) -> Failure {
    let message = format!("{id}: nobody else who administers could enter, and access control is on");
    Failure::new(Exit::Conflict, message)
        .hint("first: keyctl user admin another ACCOUNT, and keyctl create --owner that ACCOUNT")
}

/// A person shall begin where it may not enter.
pub(super) fn no_place_to_begin(id: AccountId) -> Failure {
    let message = format!("{id}: the person may not enter this environment, or it is not active");
    Failure::new(Exit::Conflict, message).hint("keyctl member add ENVIRONMENT ACCOUNT")
}

/// Nobody could change an environment or its members afterwards.
pub(super) fn no_owner(id: EnvironmentId) -> Failure {
    Failure::new(Exit::Conflict, format!("{id}: an environment needs a member that is its owner"))
        .hint(format!("first: keyctl member add {id} ACCOUNT --role owner"))
}

/// Somebody is no member of an environment.
pub(super) fn no_member(id: EnvironmentId, account: AccountId) -> Failure {
    Failure::new(Exit::NotFound, format!("account {account} is no member of environment {id}"))
        .hint(format!("keyctl member list {id}"))
}

/// A key is to be made for a person who is not Active.
pub(super) fn not_enabled(id: AccountId) -> Failure {
    Failure::new(Exit::Conflict, format!("no key can be made for account {id}: it is not active"))
        .hint(format!("keyctl user enable {id}"))
}

/// There is no such person.
pub(super) fn nobody(person: &Person) -> Failure {
    let message = match person {
        Person::Account(id) => return no_account(*id),
        Person::Login(login) => format!("nobody logs in as {login}"),
    };
    Failure::new(Exit::NotFound, message).hint("keyctl user list, and give the account")
}

/// There is no such account, or nobody stands behind it.
pub(super) fn no_person(account: AccountId) -> Failure {
    Failure::new(Exit::NotFound, format!("there is no account {account} that somebody can log in as"))
}

/// A first password comes with a name.
pub(super) fn wants_login(account: AccountId) -> Failure {
    Failure::new(
        Exit::Usage,
        format!("account {account} has no password yet, so it has no name to log in by"),
    )
    .hint("--login NAME")
}

/// Somebody else logs in by this name.
pub(super) fn login_taken() -> Failure {
    Failure::new(Exit::Conflict, "another account has this log-in name").hint("--login with another")
}

/// Access control cannot be switched on for want of a key to switch it off with.
pub(super) fn no_administrator() -> Failure {
    let message = "access control stays off: no administrator has an Active API key or a password, so nobody could \
         administer afterwards";
    Failure::new(Exit::Conflict, message).hint("keyctl create --account --name admin")
}

#[cfg(test)]
mod tests {
    use keys_core::{Lifecycle, Timestamp};

    use super::*;

    #[test]
    fn the_refusals_of_deleted_keys_are_those_of_the_core() {
        for transition in Transition::ALL {
            let refused = Lifecycle::Deleted { at: Timestamp::MIN }.apply(transition, Timestamp::MIN).err();
            assert_eq!(key_refusal(LifecycleState::Deleted, transition), refused);
        }
    }

    #[test]
    fn every_cell_of_the_table_has_its_answer() {
        use LifecycleState::{Active, Deleted, Inactive};
        use Transition::{Activate, Deactivate, Delete};
        let legal = [(Active, Deactivate), (Inactive, Activate), (Inactive, Delete)];
        let already = [(Active, Activate), (Inactive, Deactivate), (Deleted, Delete)];
        for (state, transition) in
            LifecycleState::ALL.into_iter().flat_map(|s| Transition::ALL.map(|t| (s, t)))
        {
            let expected = if legal.contains(&(state, transition)) {
                None
            } else if already.contains(&(state, transition)) {
                Some(TransitionError::AlreadySo { state })
            } else {
                Some(TransitionError::NotAllowed { transition, from: state })
            };
            assert_eq!(key_refusal(state, transition), expected, "{state} {transition}");
        }
    }

    #[test]
    fn the_texts_say_what_to_do() {
        let id = KeyId::new(7).expect("an id");
        let active =
            TransitionError::NotAllowed { transition: Transition::Delete, from: LifecycleState::Active };
        assert_eq!(
            key_refused(id, active).to_string(),
            "keyctl: 1c7: cannot delete a key that is active (hint: first: keyctl deactivate 1c7)"
        );
        let already = TransitionError::AlreadySo { state: LifecycleState::Inactive };
        assert_eq!(
            key_refused(id, already).to_string(),
            "keyctl: 1c7: the key is already inactive (hint: --idempotent takes that as success)"
        );
        let removed = EnvironmentState::Removed { at: Timestamp::MIN };
        let refusal = environment_refusal(removed, EnvironmentTransition::Activate).expect("a refusal");
        let id = EnvironmentId::new(6).expect("an id");
        let text = environment_refused(id, refusal).to_string();
        assert!(text.contains("keyctl env restore 1a6"), "{text}");
        let account = AccountId::new(7).expect("an id");
        let active = account_refusal(AccountState::Active, AccountTransition::Remove).expect("a refusal");
        assert_eq!(
            account_refused(account, active).to_string(),
            "keyctl: 1a7: cannot remove an account that is active (hint: first: keyctl user disable 1a7)"
        );
        assert!(no_administrator().to_string().contains("keyctl create --account --name admin"));
    }
}
