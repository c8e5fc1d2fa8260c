//! Random histories on two stores: every answer, and everything the listener hears, must be the same.
//!
//! The store in memory is the model. `KEYS_DIFFERENTIAL_CASES` sets how many histories are tried.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test panics when it fails")]

mod answer;
mod log_in;
mod step;
mod world;

use std::sync::Arc;

use keys_store::conformance::sample;
use keys_store::fault::{Call, Calls, Fault, FaultStore};
use keys_store::{BackendErrorKind, KeyStore, LogInStore as _, MemoryStore};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use self::answer::Recorder;
use self::step::{Read, Step};
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
    fn take(&mut self, step: &Step, world: &World) -> String {
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
            Step::EraseReceiptSecret(n) => {
                answer::written(store.erase_receipt_secret(&sample::receipt_name(*n)))
            }
            Step::SweepReceipts(sweep) => answer::written(store.sweep_receipts(sweep)),
            Step::Note(note) => answer::written(store.note(world.log_ins.note(note))),
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
        format!("{answer}\nheard:\n{}", self.recorder.take().join("\n"))
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
        same(&other.take(step, &world), &expected)?;
        world.look(&*memory);
    }
    other.reopen();
    for n in 0..step::RECEIPTS {
        let expected = answer::read(&*memory, &world, &Read::Receipt(n));
        same(&answer::read(&other.store, &world, &Read::Receipt(n)), &expected)?;
    }
    same(&sample::store_picture(&other.store), &sample::store_picture(&*memory))
}

/// Says where two answers part, rather than all of both.
fn same(answer: &str, expected: &str) -> Result<(), TestCaseError> {
    if answer == expected {
        return Ok(());
    }
    let differing = answer.lines().zip(expected.lines()).find(|(line, expected)| line != expected);
    let (line, expected) = differing.unwrap_or((answer, expected));
    Err(TestCaseError::fail(format!("the model answers\n{expected}\nand the other\n{line}\n")))
}

/// Tries random histories, each on a new store.
fn try_histories<D: Durable>(config: Config, make: impl Fn() -> D) -> Result<(), String> {
    let steps = prop::collection::vec(step::step(), 1..60);
    let tried = TestRunner::new(config).run(&steps, |steps| compare(Side::new(make()), &steps));
    tried.map_err(|failure| failure.to_string())
}

/// Otherwise the comparison below would say nothing.
#[test]
fn one_answer_that_differs_is_found() {
    /// A store in memory that cannot load an owner, the first time it is asked.
    struct Flawed(Arc<FaultStore>);

    impl Durable for Flawed {
        fn open(&mut self) -> Arc<dyn KeyStore> {
            self.0.clone()
        }
    }

    // The same histories each time: that one of them asks must not be left to chance.
    let rng_seed = RngSeed::Fixed(1);
    let config = Config { max_shrink_iters: 0, failure_persistence: None, rng_seed, ..Config::default() };
    let found = try_histories(config, || {
        let store = FaultStore::new(Arc::new(MemoryStore::new()));
        store.inject(Calls::Only(Call::LoadOwner), 0, Fault::Failed(BackendErrorKind::Other));
        Flawed(Arc::new(store))
    });
    assert!(found.is_err_and(|found| found.contains("the model answers")));
}

#[cfg(feature = "sqlite")]
#[test]
fn a_store_in_sqlite_answers_like_one_in_memory() {
    /// A database in a folder of its own.
    struct Folder(tempfile::TempDir);

    impl Durable for Folder {
        fn open(&mut self) -> Arc<dyn KeyStore> {
            let path = self.0.path().join("keys.sqlite3");
            Arc::new(keys_store::SqliteStore::open(&path, keys_store::OpenMode::Own).unwrap())
        }
    }

    let cases = std::env::var("KEYS_DIFFERENTIAL_CASES").map_or(200, |cases| cases.parse().unwrap());
    let config = Config { cases, max_shrink_iters: 4_096, source_file: Some(file!()), ..Config::default() };
    // Answers are compared here, not what survives a power cut: memory is as good as a disk, and twice as fast.
    let folder = || tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    if let Err(failure) = try_histories(config, || Folder(folder().unwrap())) {
        panic!("{failure}");
    }
}
