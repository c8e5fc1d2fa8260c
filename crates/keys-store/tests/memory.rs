//! What only a store in memory can do: to be forked.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test panics when it fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keys_core::{EnvironmentId, Owner, Revision, SettingValue};
use keys_store::conformance::sample;
use keys_store::{
    ChangeListener, Committed, KeyQuery, KeyStore, MemoryStore, Published, Reach, Touched, Write,
};

/// Counts the batches it hears of.
#[derive(Debug, Default)]
struct Counter(AtomicUsize);

impl ChangeListener for Counter {
    fn hide(&self, _: &[Touched]) {}

    fn publish(&self, _: &[Published], _: Revision) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn reveal(&self, _: &[Touched]) {}

    fn forget(&self) {}

    fn resume(&self, _: Revision, _: &[SettingValue]) {}
}

fn environment(store: &dyn KeyStore, n: u64) -> EnvironmentId {
    let made = sample::commit(store, Write::InsertEnvironment(sample::new_environment(n))).unwrap();
    let Committed::Environment(record) = made else { panic!("an environment was to be made: {made:?}") };
    record.parts().id
}

fn key(store: &dyn KeyStore, environment: EnvironmentId, n: u64) {
    sample::commit(store, Write::InsertKey(sample::new_key(Owner::Environment(environment), n))).unwrap();
}

/// The names of all keys there are.
fn keys(store: &dyn KeyStore) -> Vec<String> {
    let page = store.keys(Reach::AllOwners, &KeyQuery::default()).unwrap();
    page.items.iter().map(|record| record.parts().access_key.to_string()).collect()
}

#[test]
fn a_fork_holds_what_was_there_and_goes_its_own_way() {
    let store = MemoryStore::new();
    let heard = Arc::new(Counter::default());
    store.listen(heard.clone());
    let home = environment(&store, 1);
    key(&store, home, 1);
    let (before, told) = (store.head().unwrap(), heard.0.load(Ordering::SeqCst));

    let fork = store.fork();
    assert_eq!(fork.head().unwrap(), before);
    key(&fork, home, 2);
    let access_key = |n| sample::access_key(n).to_string();
    assert_eq!(keys(&fork), [access_key(1), access_key(2)]);
    assert_eq!((keys(&store), store.head().unwrap()), (vec![access_key(1)], before));
    assert_eq!(heard.0.load(Ordering::SeqCst), told, "nobody listens to a fork");

    key(&store, home, 3);
    assert_eq!((keys(&store), keys(&fork)), ([1, 3].map(access_key).into(), [1, 2].map(access_key).into()));
    assert_eq!(heard.0.load(Ordering::SeqCst), told + 1);
}
