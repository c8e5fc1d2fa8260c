//! Random histories on two stores: every answer, and everything the listener hears, must be the same.
//!
//! The store in memory is the model. `KEYS_DIFFERENTIAL_CASES` sets how many histories are tried.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test panics when it fails")]

mod answer;
mod step;
mod world;

use std::sync::Arc;

use keys_store::conformance::sample;
use keys_store::fault::FaultStore;
use keys_store::{KeyStore, MemoryStore};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::answer::Recorder;
use self::step::Step;
use self::world::World;

/// A store that can be closed and opened again, with everything in it.
trait Durable {
    /// Opens it; whatever was opened before is closed.
    fn open(&mut self) -> Arc<dyn KeyStore>;
}

/// A store in memory lives as long as it is held.
#[derive(Default)]
struct Held(Arc<MemoryStore>);

impl Durable for Held {
    fn open(&mut self) -> Arc<dyn KeyStore> {
        self.0.clone()
    }
}

/// A store under test, open: faults in front of it, a listener on it.
struct Side<D> {
    durable: D,
    store: FaultStore,
    recorder: Arc<Recorder>,
}

impl<D: Durable> Side<D> {
    fn new(mut durable: D) -> Self {
        let store = FaultStore::new(durable.open());
        let recorder = Recorder::on(&store);
        Self { durable, store, recorder }
    }

    fn reopen(&mut self) {
        // What was opened first must be gone: a store has one process, and one handle in it.
        self.store = FaultStore::new(Arc::new(MemoryStore::new()));
        self.store = FaultStore::new(self.durable.open());
        self.recorder = Recorder::on(&self.store);
    }

    /// Takes a step, and says what was answered and what was heard.
    fn take(&mut self, step: &Step, world: &World) -> (String, Vec<String>) {
        let store = &self.store;
        let answer = match step {
            Step::Commit(edits) => {
                let changes = edits.iter().map(|edit| world.change(edit)).collect();
                answer::committed(store.commit(changes))
            }
            Step::UpdateTwice(first, second) => {
                answer::committed(store.commit(world.update_twice(first, second)))
            }
            Step::ReplaceTag { key, expected, new } => {
                let record = world.key(key);
                let expected = world.tag(&record, *expected);
                answer::written(store.replace_tag(record.parts().id, &expected, &sample::tagged(*new)))
            }
            Step::Read(read) => answer::read(store, world, read),
            Step::Inject(calls, pass, fault) => {
                store.inject(*calls, *pass, *fault);
                String::new()
            }
            Step::Reopen => {
                self.reopen();
                String::new()
            }
        };
        (answer, self.recorder.take())
    }
}

/// Takes all steps on both sides and compares after each.
fn compare(mut other: Side<impl Durable>, steps: &[Step]) -> Result<(), TestCaseError> {
    let memory = Arc::new(MemoryStore::new());
    let mut model = Side::new(Held(memory.clone()));
    let mut world = World::default();
    for side in [&model.store, &other.store] {
        side.commit(World::beginning()).unwrap();
    }
    world.look(&*memory);
    for step in steps {
        let expected = model.take(step, &world);
        prop_assert_eq!(other.take(step, &world), expected, "at {:?}", step);
        world.look(&*memory);
    }
    other.reopen();
    prop_assert_eq!(sample::store_picture(&other.store), sample::store_picture(&*memory));
    Ok(())
}

fn run<D: Durable>(make: impl Fn() -> D) {
    let cases =
        std::env::var("KEYS_DIFFERENTIAL_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(200);
    let config = Config { cases, max_shrink_iters: 4_096, source_file: Some(file!()), ..Config::default() };
    let steps = prop::collection::vec(step::step(), 1..60);
    let result = TestRunner::new(config).run(&steps, |steps| compare(Side::new(make()), &steps));
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

#[test]
fn a_store_in_memory_answers_like_itself() {
    run(Held::default);
}

/// A database in a folder of its own.
#[cfg(feature = "sqlite")]
struct Folder(tempfile::TempDir);

#[cfg(feature = "sqlite")]
impl Durable for Folder {
    fn open(&mut self) -> Arc<dyn KeyStore> {
        let path = self.0.path().join("keys.sqlite3");
        Arc::new(keys_store::SqliteStore::open(&path, keys_store::OpenMode::Own).unwrap())
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn a_store_in_sqlite_answers_like_one_in_memory() {
    run(|| Folder(tempfile::tempdir().unwrap()));
}
