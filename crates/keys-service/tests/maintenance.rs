//! What can be done to an installation whose pepper file is lost.

#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

use std::num::NonZeroUsize;
use std::sync::Arc;

use keys_core::{
    AccessControl, HashPolicy, Keyring, LifecycleState, Pepper, RequestId, Timestamp, Transition,
};
use keys_service::{
    Authority, AuthorityConfig, BulkError, Caller, Context, KeyRequest, Maintenance, SettingError,
};
use keys_store::{KeyStore, MemoryStore, Reach};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

fn request_id() -> RequestId {
    "test".parse().expect("a request id")
}

fn context() -> Context {
    Context {
        caller: Caller::of_database(),
        client_address: None,
        request_id: request_id(),
        now: Timestamp::MIN,
    }
}

fn installation(rng: &mut ChaCha20Rng) -> (Arc<dyn KeyStore>, Authority) {
    let store: Arc<dyn KeyStore> = Arc::new(MemoryStore::new());
    let config = AuthorityConfig {
        keyring: Keyring::new(vec![Pepper::generate(rng).expect("randomness")]).expect("a keyring"),
        policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
        hashers: NonZeroUsize::MIN,
        hash_queue: 1,
        index_capacity: None,
        accept_lost_pepper: false,
    };
    let authority =
        Authority::open(Arc::clone(&store), config, request_id(), Timestamp::MIN, rng).expect("it opens");
    (store, authority)
}

#[test]
fn without_a_pepper_keys_change_and_access_control_is_switched() {
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let (store, authority) = installation(&mut rng);
    let key = authority.issue_key(&context(), KeyRequest::default(), &mut rng).expect("a key").record;
    let id = key.parts().id;
    drop(authority);

    let maintenance = Maintenance::open(Arc::clone(&store), &mut rng).expect("it opens");
    maintenance.set_access_control(&context(), AccessControl::On).expect("an Active key is there");
    maintenance.transition_key(&context(), id, Transition::Deactivate).expect("it is Active");
    maintenance.set_access_control(&context(), AccessControl::Off).expect("nothing is required");
    let refused = maintenance.set_access_control(&context(), AccessControl::On);
    assert!(matches!(refused, Err(SettingError::NoAdministrator)), "{refused:?}");

    let key = store.key(Reach::AllOwners, id).expect("a read").expect("the key");
    assert_eq!(key.parts().lifecycle.state(), LifecycleState::Inactive);
}

#[test]
fn without_a_pepper_many_keys_are_deactivated_at_once_or_none() {
    let mut rng = ChaCha20Rng::from_seed([9; 32]);
    let (store, authority) = installation(&mut rng);
    let mut issue =
        || authority.issue_key(&context(), KeyRequest::default(), &mut rng).expect("a key").record;
    let keys = [issue(), issue()].map(|record| (record.parts().id, record.parts().revision));
    drop(authority);

    let maintenance = Maintenance::open(Arc::clone(&store), &mut rng).expect("it opens");
    let states =
        || keys.map(|(id, _)| Some(store.key(Reach::AllOwners, id).ok()??.parts().lifecycle.state()));
    let [first, (second, _)] = keys;
    let outdated =
        maintenance.transition_keys(&context(), &[first, (second, first.1)], Transition::Deactivate);
    assert!(matches!(outdated, Err(BulkError::Outdated { keys }) if keys == [second]));
    assert_eq!(states(), [Some(LifecycleState::Active); 2]);
    maintenance
        .transition_keys(&context(), &keys, Transition::Deactivate)
        .expect("they are as they were seen");
    assert_eq!(states(), [Some(LifecycleState::Inactive); 2]);
}

#[test]
fn opening_without_a_pepper_writes_nothing() {
    let mut rng = ChaCha20Rng::from_seed([8; 32]);
    let (store, authority) = installation(&mut rng);
    drop(authority);
    let before = (store.head().expect("a head"), store.peppers().expect("the peppers"));

    drop(Maintenance::open(Arc::clone(&store), &mut rng).expect("it opens"));

    assert_eq!((store.head().expect("a head"), store.peppers().expect("the peppers")), before);
}
