//! When the anchor is written, and what is told while it cannot be.

use std::fs;

use super::super::anchor;
use super::grouping::in_one_batch;
use super::{Accident, Bench, deactivation};
use crate::conformance::sample;
use crate::error::CommitError;
use crate::files;
use crate::store::{KeyStore as _, Write};

fn anchored(bench: &Bench) -> Option<u64> {
    anchor::read(&bench.path).unwrap().map(|anchor| anchor.id.number())
}

#[test]
fn the_anchor_follows_what_takes_a_right_away_and_nothing_else() {
    let bench = Bench::new();
    let owner = bench.owner();
    let record = sample::key(&bench.store, owner, 1);
    assert_eq!(anchored(&bench), None);
    bench.store.commit(vec![deactivation(record)]).unwrap();
    assert_eq!(anchored(&bench), Some(3));
    bench.new_environment(2).unwrap();
    assert_eq!(anchored(&bench), Some(3));
    let record = sample::key(&bench.store, owner, 2);
    bench.store.commit(vec![deactivation(record.clone())]).unwrap();
    assert_eq!(anchored(&bench), Some(6));
    // A refused one takes nothing away.
    sample::refusal(bench.store.commit(vec![deactivation(record)]));
    assert_eq!(anchored(&bench), Some(6));
    assert_eq!(bench.reopen().revision(), 6);
}

#[test]
fn nobody_is_told_of_a_deactivation_whose_anchor_cannot_be_written() {
    let bench = Bench::new();
    let owner = bench.owner();
    let first = sample::key(&bench.store, owner, 1);
    bench.heard.take();
    let obstacle = files::beside(&bench.path, ".anchor.new");
    fs::create_dir(&obstacle).unwrap();

    let result = bench.store.commit(vec![deactivation(first)]);
    assert!(matches!(result, Err(CommitError::Unknown(_))), "{result:?}");
    assert_eq!(bench.heard.take(), ["hide 1", "publish 1 at 3"], "it did happen, and the index must know");
    assert!(!bench.store.is_settled(), "who finds it so has to ask for the barrier");
    assert!(bench.store.barrier().is_err(), "and must not be told yet");
    bench.new_environment(2).unwrap();
    assert!(!bench.store.is_settled());
    assert_eq!(anchored(&bench), None);

    fs::remove_dir(&obstacle).unwrap();
    bench.store.barrier().unwrap();
    assert!(bench.store.is_settled());
    assert_eq!(anchored(&bench), Some(3));
}

#[test]
fn an_anchor_that_a_killed_process_did_not_write_is_due_at_the_next_start() {
    let bench = Bench::new();
    let owner = bench.owner();
    let record = sample::key(&bench.store, owner, 1);
    assert!(bench.store.is_settled());
    bench.store.commit(vec![deactivation(record)]).unwrap();
    let bench = bench.reopen();
    assert!(bench.store.is_settled(), "there was nothing left to write");

    // As if it had been killed between the commit and the anchor.
    fs::remove_file(anchor::path_of(&bench.path)).unwrap();
    let bench = bench.reopen();
    assert!(!bench.store.is_settled());
    bench.store.barrier().unwrap();
    assert!(bench.store.is_settled());
    assert_eq!(anchored(&bench), Some(3));
}

#[test]
fn a_batch_that_was_undone_settles_no_anchor_that_is_due() {
    let bench = Bench::new();
    let owner = bench.owner();
    let record = sample::key(&bench.store, owner, 1);
    let obstacle = files::beside(&bench.path, ".anchor.new");
    fs::create_dir(&obstacle).unwrap();
    bench.store.commit(vec![deactivation(record)]).unwrap_err();

    bench.arrange(&[Accident::None, Accident::RolledBackAndFull]);
    let store = &bench.store;
    let insert =
        |n| move || sample::commit(store, Write::InsertEnvironment(sample::new_environment(n))).is_ok();
    let barrier = || bench.store.barrier().is_ok();
    let (_, told) = in_one_batch(&bench, insert(2), vec![Box::new(insert(3)), Box::new(barrier)]);
    assert_eq!(told, [false, false], "neither the change nor who finds the key Inactive");
    fs::remove_dir(&obstacle).unwrap();
    bench.store.barrier().unwrap();
}

#[test]
fn an_unknown_commit_that_happened_is_anchored_too() {
    let bench = Bench::new();
    let owner = bench.owner();
    let record = sample::key(&bench.store, owner, 1);
    bench.arrange(&[Accident::CommittedAndError]);
    bench.store.commit(vec![deactivation(record)]).unwrap_err();
    // Whoever reads it and finds it so asks for the barrier before telling anybody.
    assert!(!bench.store.is_settled());
    bench.store.barrier().unwrap();
    assert_eq!(anchored(&bench), Some(3));
}

#[test]
fn what_a_killed_process_left_of_an_anchor_is_replaced() {
    let bench = Bench::new();
    let owner = bench.owner();
    fs::write(files::beside(&bench.path, ".anchor.new"), "half").unwrap();
    let record = sample::key(&bench.store, owner, 1);
    bench.store.commit(vec![deactivation(record)]).unwrap();
    assert_eq!(anchored(&bench), Some(3));
}
