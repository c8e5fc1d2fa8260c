//! How the writer groups what waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use keys_core::{Revision, SettingValue};

use super::{Accident, Bench, deactivation};
use crate::conformance::sample;
use crate::error::CommitError;
use crate::listener::{ChangeListener, Published, Touched};
use crate::store::{KeyStore, Write};

/// A listener that holds the writer in its first batch until it is let go.
#[derive(Debug, Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
    reached: AtomicBool,
}

impl Gate {
    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    fn reached(&self) -> bool {
        self.reached.load(Ordering::SeqCst)
    }
}

impl ChangeListener for Gate {
    fn hide(&self, _: &[Touched]) {
        self.reached.store(true, Ordering::SeqCst);
        drop(self.opened.wait_while(self.open.lock().unwrap(), |open| !*open).unwrap());
    }

    fn publish(&self, _: &[Published], _: Revision) {}

    fn reveal(&self, _: &[Touched]) {}

    fn forget(&self) {}

    fn resume(&self, _: Revision, _: &[SettingValue]) {}
}

/// Runs all at the same time, so that the first is one batch and the others are the next.
pub(super) fn in_one_batch<T: Send>(
    bench: &Bench,
    first: impl FnOnce() -> T + Send,
    others: Vec<Box<dyn FnOnce() -> T + Send + '_>>,
) -> (T, Vec<T>) {
    let gate = Arc::new(Gate::default());
    bench.store.listen(gate.clone());
    thread::scope(|scope| {
        let first = scope.spawn(first);
        while !gate.reached() {
            thread::yield_now();
        }
        let mut waiting = Vec::new();
        for other in others {
            let before = bench.store.queued();
            waiting.push(scope.spawn(other));
            // One after the other, so that their order in the batch is the order here.
            while bench.store.queued() == before {
                thread::yield_now();
            }
        }
        gate.open();
        (first.join().unwrap(), waiting.into_iter().map(|other| other.join().unwrap()).collect())
    })
}

#[test]
fn all_who_wait_share_one_commit() {
    let bench = Bench::new();
    let store = &bench.store;
    let insert = |n| sample::commit(store, Write::InsertEnvironment(sample::new_environment(n))).is_ok();
    let others = (1..=50).map(|n| Box::new(move || insert(n)) as Box<dyn FnOnce() -> bool + Send>).collect();
    let before = store.batches();
    let (first, others) = in_one_batch(&bench, || insert(0), others);
    assert!(first && others.into_iter().all(|inserted| inserted));
    assert_eq!(store.batches() - before, 2, "51 changes, 2 commits");
    assert_eq!(bench.revision(), 51);
    assert_eq!(bench.store.queued(), 0);
}

#[test]
fn a_refusal_in_a_batch_leaves_the_others_alone() {
    let bench = Bench::new();
    let store = &bench.store;
    let commit = |numbers: Vec<u64>| {
        let insert = |n| sample::change(Write::InsertEnvironment(sample::new_environment(n)));
        store.commit(numbers.into_iter().map(insert).collect())
    };
    let jobs = [vec![1, 2], vec![3, 1], vec![3, 4], vec![4], vec![5]];
    let others = jobs
        .into_iter()
        .map(|numbers| Box::new(move || commit(numbers)) as Box<dyn FnOnce() -> _ + Send>)
        .collect();
    let (_, others) = in_one_batch(&bench, || commit(vec![0]), others);
    let refused: Vec<_> = others
        .iter()
        .map(|result| match result {
            Ok(_) => None,
            Err(CommitError::Refused { index, .. }) => Some(*index),
            Err(other) => panic!("{other}"),
        })
        .collect();
    assert_eq!(refused, [None, Some(1), None, Some(0), None]);
    let before = sample::store_picture(store);
    assert_eq!(bench.revision(), 6);
    assert_eq!(sample::store_picture(&bench.reopen().store), before);
}

#[test]
fn every_answer_of_a_batch_is_as_uncertain_as_its_commit() {
    let bench = Bench::new();
    let owner = bench.owner();
    let change = deactivation(sample::key(&bench.store, owner, 1));
    let store = &bench.store;
    bench.arrange(&[Accident::None, Accident::RolledBackAndError]);
    // The second finds what the first has done, in the same batch: its refusal rests on a change nobody is sure of.
    let others = [change.clone(), change]
        .map(|change| Box::new(move || store.commit(vec![change])) as Box<dyn FnOnce() -> _ + Send>);
    let first = || store.commit(vec![sample::change(Write::InsertEnvironment(sample::new_environment(2)))]);
    let (first, others) = in_one_batch(&bench, first, others.into());
    first.unwrap();
    let [changed, refused] = others.as_slice() else { panic!("there were two") };
    assert!(matches!(changed, Err(CommitError::Unknown(_))), "{changed:?}");
    assert!(matches!(refused, Err(CommitError::Failed(_))), "{refused:?}");
    assert_eq!(bench.revision(), 3);
}
