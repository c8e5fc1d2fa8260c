//! Records and their states.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::pairs::access_key;
use super::secrets::{stored_secret, tagged};
use super::words::{
    account_id, creator, description, environment_id, key_id, member_id, name, owner, revision, role,
    timestamp, uuid,
};
use crate::account::AccountParts;
use crate::environment::EnvironmentParts;
use crate::record::KeyParts;
use crate::{
    AccountKind, AccountRecord, AccountState, AccountTransition, EnvironmentRecord, EnvironmentState,
    EnvironmentTransition, FirstState, KeyRecord, Lifecycle, LifecycleState, MemberRecord, NewAccount,
    NewEnvironment, NewKey, NewMember, OwnerRow, OwnerStanding, RowState, Timestamp, Transition,
    VerificationRow,
};

/// States of a key.
pub fn lifecycle_state() -> impl Strategy<Value = LifecycleState> + Clone {
    select(LifecycleState::ALL.as_slice())
}

/// Transitions of a key.
pub fn transition() -> impl Strategy<Value = Transition> + Clone {
    select(Transition::ALL.as_slice())
}

/// Keys' states with what they hold.
pub fn lifecycle() -> impl Strategy<Value = Lifecycle> + Clone {
    prop_oneof![
        stored_secret().prop_map(Lifecycle::Active),
        stored_secret().prop_map(Lifecycle::Inactive),
        timestamp().prop_map(|at| Lifecycle::Deleted { at }),
    ]
    .boxed()
}

/// States a key begins in.
pub fn first_state() -> impl Strategy<Value = FirstState> + Clone {
    select([FirstState::Active, FirstState::Inactive].as_slice())
}

/// Keys that no store has numbered.
pub fn new_key() -> impl Strategy<Value = NewKey> + Clone {
    let who = (owner(), access_key(), stored_secret(), first_state(), creator());
    let what = (option::of(name()), option::of(description()), timestamp(), option::of(timestamp()));
    (who, what)
        .prop_map(|(who, (name, description, created, expires_at))| {
            let (owner, access_key, secret, first_state, creator) = who;
            NewKey { owner, access_key, secret, first_state, name, description, creator, created, expires_at }
        })
        .boxed()
}

/// Keys in every state, at every age, expired and not.
pub fn key_record() -> impl Strategy<Value = KeyRecord> + Clone {
    (new_key(), key_id(), revision(), lifecycle(), timestamp())
        .prop_filter_map("times in order", |(new, id, revision, lifecycle, time)| {
            let (created, changed) = in_order(new.created, time);
            let lifecycle = match lifecycle {
                Lifecycle::Active(secret) => Lifecycle::Active(secret),
                Lifecycle::Inactive(secret) => Lifecycle::Inactive(secret),
                Lifecycle::Deleted { .. } => Lifecycle::Deleted { at: changed },
            };
            let parts = new.into_record(id, revision).into_parts();
            KeyRecord::from_parts(KeyParts { lifecycle, created, updated: changed, ..parts }).ok()
        })
        .boxed()
}

/// States of an environment.
pub fn environment_state() -> impl Strategy<Value = EnvironmentState> + Clone {
    prop_oneof![
        Just(EnvironmentState::Active),
        Just(EnvironmentState::Inactive),
        timestamp().prop_map(|at| EnvironmentState::Removed { at }),
    ]
    .boxed()
}

/// Transitions of an environment.
pub fn environment_transition() -> impl Strategy<Value = EnvironmentTransition> + Clone {
    select(EnvironmentTransition::ALL.as_slice())
}

/// Environments that no store has numbered.
pub fn new_environment() -> impl Strategy<Value = NewEnvironment> + Clone {
    (uuid(), option::of(name()), option::of(description()), creator(), timestamp())
        .prop_map(|(uuid, name, description, creator, created)| NewEnvironment {
            uuid,
            name,
            description,
            creator,
            created,
        })
        .boxed()
}

/// Environments in every state, at every age.
pub fn environment_record() -> impl Strategy<Value = EnvironmentRecord> + Clone {
    (new_environment(), environment_id(), revision(), environment_state(), timestamp())
        .prop_filter_map("times in order", |(new, id, revision, state, time)| {
            let (created, changed) = in_order(new.created, time);
            let state = match state {
                EnvironmentState::Active => EnvironmentState::Active,
                EnvironmentState::Inactive => EnvironmentState::Inactive,
                EnvironmentState::Removed { .. } => EnvironmentState::Removed { at: changed },
            };
            let parts = new.into_record(id, revision).into_parts();
            EnvironmentRecord::from_parts(EnvironmentParts { state, created, updated: changed, ..parts }).ok()
        })
        .boxed()
}

/// Kinds of accounts.
pub fn account_kind() -> impl Strategy<Value = AccountKind> + Clone {
    select(AccountKind::ALL.as_slice())
}

/// States of an account.
pub fn account_state() -> impl Strategy<Value = AccountState> + Clone {
    prop_oneof![
        Just(AccountState::Active),
        Just(AccountState::Inactive),
        timestamp().prop_map(|at| AccountState::Removed { at }),
    ]
    .boxed()
}

/// Transitions of an account.
pub fn account_transition() -> impl Strategy<Value = AccountTransition> + Clone {
    select(AccountTransition::ALL.as_slice())
}

/// Accounts that no store has numbered, Active or Inactive.
pub fn new_account() -> impl Strategy<Value = NewAccount> + Clone {
    let state = select([AccountState::Active, AccountState::Inactive].as_slice());
    (uuid(), account_kind(), state, option::of(name()), option::of(description()), timestamp())
        .prop_map(|(uuid, kind, state, name, description, created)| NewAccount {
            uuid,
            kind,
            state,
            name,
            description,
            created,
        })
        .boxed()
}

/// Accounts of every kind in every state, at every age.
pub fn account_record() -> impl Strategy<Value = AccountRecord> + Clone {
    let numbers = (account_id(), revision(), option::of(environment_id()));
    (new_account(), numbers, account_state(), timestamp())
        .prop_filter_map("times in order", |(new, (id, revision, default_environment), state, time)| {
            let (created, changed) = in_order(new.created, time);
            let state = match state {
                AccountState::Active => AccountState::Active,
                AccountState::Inactive => AccountState::Inactive,
                AccountState::Removed { .. } => AccountState::Removed { at: changed },
            };
            let parts = new.into_record(id, revision).into_parts();
            let parts = AccountParts { state, default_environment, created, updated: changed, ..parts };
            AccountRecord::from_parts(parts).ok()
        })
        .boxed()
}

/// Members that no store has numbered.
pub fn new_member() -> impl Strategy<Value = NewMember> + Clone {
    (environment_id(), account_id(), role(), creator(), timestamp())
        .prop_map(|(environment, account, role, creator, created)| NewMember {
            environment,
            account,
            role,
            creator,
            created,
        })
        .boxed()
}

/// Members of every role.
pub fn member_record() -> impl Strategy<Value = MemberRecord> + Clone {
    (new_member(), member_id(), revision()).prop_map(|(new, id, revision)| new.into_record(id, revision))
}

/// Views of keys in every state, of no pair in particular.
pub fn verification_row() -> impl Strategy<Value = VerificationRow> + Clone {
    let state = prop_oneof![
        tagged().prop_map(RowState::Active),
        tagged().prop_map(RowState::Inactive),
        Just(RowState::Deleted)
    ];
    (key_id(), owner(), state, option::of(timestamp()), revision())
        .prop_map(|(key, owner, state, expires_at, revision)| VerificationRow {
            key,
            owner,
            state,
            expires_at,
            revision,
        })
        .boxed()
}

/// Standings of an owner.
pub fn owner_standing() -> impl Strategy<Value = OwnerStanding> + Clone {
    prop_oneof![Just(OwnerStanding::Active), Just(OwnerStanding::Inactive)]
}

/// Views of owners in both standings, those that administer among them.
pub fn owner_row() -> impl Strategy<Value = OwnerRow> + Clone {
    (owner_standing(), any::<bool>(), revision()).prop_map(|(standing, administers, revision)| OwnerRow {
        standing,
        administers,
        revision,
    })
}

pub(super) fn in_order(one: Timestamp, other: Timestamp) -> (Timestamp, Timestamp) {
    (one.min(other), one.max(other))
}
