//! The public strategies reach what matters: both ends of every range, every variant, both shapes.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

use std::collections::HashSet;

use keys_core::{
    AccessKey, AccountKind, Action, Description, EnvironmentState, HashPolicy, LifecycleState, Name,
    OwnerStanding, Revision, Role, Shape, Timestamp, Via, strategies,
};
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;

/// Six hundred values, the same in every run.
fn sample<S: Strategy>(strategy: S) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..600).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn different<T, K: Eq + std::hash::Hash>(values: &[T], key: impl Fn(&T) -> K) -> usize {
    values.iter().map(key).collect::<HashSet<_>>().len()
}

#[test]
fn texts_reach_both_lengths_and_more_than_ascii() {
    let names = sample(strategies::name());
    let length = |text: &str| text.chars().count();
    assert!(names.iter().any(|name| name.as_str().is_empty()));
    assert!(names.iter().any(|name| length(name.as_str()) == Name::MAX_CHARS));
    assert!(names.iter().any(|name| !name.as_str().is_ascii()));
    let descriptions = sample(strategies::description());
    assert!(descriptions.iter().any(|description| description.as_str().is_empty()));
    assert!(descriptions.iter().any(|description| length(description.as_str()) == Description::MAX_CHARS));
    assert!(descriptions.iter().any(|description| description.as_str().contains('\n')));
    assert!(descriptions.iter().any(|description| description.as_str().contains('\t')));
}

#[test]
fn numbers_reach_both_ends() {
    let ids = sample(strategies::key_id());
    assert!(ids.iter().any(|id| id.number() == 1));
    assert!(ids.iter().any(|id| id.number() == i64::MAX as u64));
    let revisions = sample(strategies::revision());
    assert!(revisions.contains(&Revision::ZERO) && revisions.contains(&Revision::new(u64::MAX)));
    let instants = sample(strategies::timestamp());
    assert!(instants.contains(&Timestamp::MIN) && instants.contains(&Timestamp::MAX));
    // Instants meet often enough for comparisons to be tried at equality.
    assert!(different(&instants, |instant| *instant) < instants.len());
    let policies = sample(strategies::hash_policy());
    assert!(policies.iter().any(|policy| policy.memory_kib() == HashPolicy::MAX_MEMORY_KIB));
    assert!(policies.contains(&HashPolicy::STANDARD));
    assert!(policies.contains(&HashPolicy::DANGER_CHEAP_FOR_TESTS));
}

#[test]
fn every_variant_comes_up() {
    let keys = sample(strategies::key_record());
    assert_eq!(different(&keys, |key| key.parts().lifecycle.state()), LifecycleState::ALL.len());
    assert_eq!(different(&keys, |key| key.parts().access_key.shape()), 2);
    assert_eq!(different(&keys, |key| key.parts().owner.environment().is_some()), 2);
    assert_eq!(different(&keys, |key| key.parts().creator.key.is_some()), 2);
    let expiry =
        |key: &keys_core::KeyRecord| key.parts().expires_at.map(|_| key.is_expired(key.parts().updated));
    assert_eq!(different(&keys, expiry), 3);
    let states = sample(strategies::environment_record());
    assert_eq!(different(&states, |record| record.parts().state.as_str()), 3);
    assert!(states.iter().any(|record| matches!(record.parts().state, EnvironmentState::Removed { .. })));
    let accounts = sample(strategies::account_record());
    assert_eq!(different(&accounts, |account| account.parts().kind), AccountKind::ALL.len());
    assert_eq!(different(&accounts, |account| account.parts().state.as_str()), 3);
    assert_eq!(different(&accounts, |account| account.parts().default_environment.is_some()), 2);
    assert_eq!(different(&sample(strategies::member_record()), |member| member.role), Role::ALL.len());
    assert_eq!(different(&sample(strategies::account_transition()), |one| *one), 3);
    let events = sample(strategies::audit_event());
    assert_eq!(different(&events, |event| event.action), Action::ALL.len());
    assert_eq!(different(&events, |event| std::mem::discriminant(&event.target)), 9);
    assert_eq!(different(&events, |event| std::mem::discriminant(&event.origin.via)), 7);
    assert!(events.iter().any(|event| matches!(event.origin.via, Via::Key(_))));
    assert_eq!(different(&events, |event| event.origin.client_address.map(|one| one.is_ipv4())), 3);
    assert_eq!(different(&events, |event| event.before.is_some()), 2);
    let rows = sample(strategies::verification_row());
    assert_eq!(different(&rows, |row| std::mem::discriminant(&row.state)), 3);
    let owners = sample(strategies::owner_row());
    assert_eq!(different(&owners, |row| row.standing == OwnerStanding::Active), 2);
    assert_eq!(different(&owners, |row| row.administers), 2);
    assert_eq!(different(&sample(strategies::keyring()), |ring| ring.ids().count()), 3);
    assert_eq!(different(&sample(strategies::transition()), |one| *one), 3);
    assert_eq!(different(&sample(strategies::environment_transition()), |one| *one), 4);
    assert_eq!(different(&sample(strategies::access_control()), |one| *one), 2);
}

#[test]
fn pairs_have_one_shape_in_both_halves_and_hardly_meet() {
    let pairs = sample(strategies::credential());
    assert_eq!(different(&pairs, |pair| pair.access_key().shape()), 2);
    assert_eq!(different(&pairs, keys_core::Credential::access_key), pairs.len());
    for pair in &pairs {
        let shape = pair.access_key().shape();
        assert!(keys_core::SecretKey::parse_shape(pair.secret_key().expose(), shape).is_ok());
    }
    let native = |key: &AccessKey| key.shape() == Shape::Native;
    assert!(sample(strategies::native_access_key()).iter().all(native));
    assert!(!sample(strategies::rancher_access_key()).iter().any(native));
}
