//! Lists longer than what is read at a time.

use keys_core::{HashPolicy, Keyring, Pepper};
use keys_service::AuthorityConfig;
use keys_store::MemoryStore;

use super::*;

/// An authority in memory, and the same as keyctl sees it.
fn authority() -> (keys_service::Authority, Local) {
    let store: Arc<dyn KeyStore> = Arc::new(MemoryStore::new());
    let config = AuthorityConfig {
        keyring: Keyring::new(vec![Pepper::generate(&mut system::rng()).expect("randomness")])
            .expect("a keyring"),
        policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
        hashers: std::num::NonZeroUsize::MIN,
        hash_queue: 0,
        index_capacity: None,
        accept_lost_pepper: false,
    };
    let request_id = "test".parse().expect("a request id");
    let opened = keys_service::Authority::open(
        Arc::clone(&store),
        config,
        request_id,
        Timestamp::MIN,
        &mut system::rng(),
    );
    (
        opened.expect("an authority"),
        Local {
            store,
            path: PathBuf::new(),
            service: Service::None,
            now: Timestamp::MIN,
            url: String::new(),
        },
    )
}

#[test]
fn a_list_of_keys_is_read_to_its_end() {
    let (authority, local) = authority();
    let context = local.context().expect("a context");
    for _ in 0..2 * PAGE + 1 {
        authority.issue_key(&context, KeyRequest::default(), &mut system::rng()).expect("a key");
    }
    let ids: Vec<_> = local.keys().expect("a list").iter().map(|key| key.id.number()).collect();
    assert_eq!(ids, (1..=2 * PAGE as u64 + 1).collect::<Vec<_>>());
}

#[test]
fn a_list_of_environments_is_read_to_its_end() {
    let (authority, local) = authority();
    let context = local.context().expect("a context");
    for _ in 0..2 * PAGE {
        let request = EnvironmentRequest::default();
        authority.create_environment(&context, request, &mut system::rng()).expect("an environment");
    }
    let listed = local.environments().expect("a list");
    let ids: Vec<_> = listed.iter().map(|environment| environment.id.number()).collect();
    assert_eq!(ids, (5..=2 * PAGE as u64 + 5).collect::<Vec<_>>());
}
