//! Commits that fail, and a writer that dies.

use std::sync::Arc;

use keys_core::{Revision, SettingName, SettingValue};

use super::{Accident, Bench};
use crate::conformance::sample;
use crate::error::{BackendErrorKind, CommitError, Refusal};
use crate::listener::{ChangeListener, Published, Touched};
use crate::query::{KeyQuery, Reach};
use crate::store::{Change, KeyStore, Write};

fn unknown<T: std::fmt::Debug>(result: Result<T, CommitError>) {
    assert!(matches!(result, Err(CommitError::Unknown(_))), "{result:?}");
}

#[test]
fn a_commit_of_unknown_outcome_that_happened_is_found_after_opening_again() {
    let bench = Bench::new();
    let name = SettingName::AccessControl;
    sample::commit(&bench.store, Write::PutSetting { name, value: "true".into() }).unwrap();
    bench.heard.take();

    bench.arrange(&[Accident::CommittedAndError]);
    unknown(bench.new_environment(1));
    let heard = bench.heard.take();
    assert_eq!(heard.first().map(String::as_str), Some("hide 1"));
    assert_eq!(heard.last().map(String::as_str), Some("resume at 2, api.security.enabled=true"));
    assert!(heard.iter().skip(1).any(|word| word == "forget"), "{heard:?}");
    assert!(!heard.iter().any(|word| word.starts_with("publish")), "{heard:?}");
    assert_eq!(bench.revision(), 2, "what happened is read");

    bench.new_environment(2).unwrap();
    assert_eq!(bench.heard.take(), ["hide 1", "publish 1 at 3"]);
    assert!(bench.reopen().store.head().unwrap().audit.is_some_and(|(id, _)| id.number() == 3));
}

#[test]
fn a_commit_of_unknown_outcome_that_did_not_happen_is_found_after_opening_again() {
    let bench = Bench::new();
    bench.new_environment(1).unwrap();
    bench.heard.take();

    bench.arrange(&[Accident::RolledBackAndError]);
    unknown(bench.new_environment(2));
    assert_eq!(bench.heard.take().last().map(String::as_str), Some("resume at 1"));
    assert_eq!(bench.revision(), 1);
    bench.new_environment(2).unwrap();
    assert_eq!(bench.reopen().revision(), 2);
}

#[test]
fn who_asks_again_under_one_receipt_after_an_accident_gets_one_key() {
    for (accident, happened) in [
        (Accident::CommittedAndError, true),
        (Accident::RolledBackAndError, false),
        (Accident::RolledBackAndFull, false),
        (Accident::Panic, false),
    ] {
        let bench = Bench::new();
        let owner = bench.owner();
        let ask = |bench: &Bench, n| {
            let change = sample::change(Write::InsertKey(sample::new_key(owner, n)));
            bench.store.commit(vec![Change { receipt: Some(sample::new_receipt(1)), ..change }])
        };
        bench.arrange(&[accident]);
        assert!(ask(&bench, 1).is_err(), "{accident:?}");
        let bench = if bench.store.failed().is_some() { bench.reopen() } else { bench };
        let receipt = bench.store.receipt(&sample::receipt_name(1)).unwrap();
        assert_eq!(receipt.is_some(), happened, "{accident:?}");
        match ask(&bench, 2) {
            Ok(_) => assert!(!happened, "{accident:?}"),
            refused => assert_eq!(sample::refusal(refused), (0, Refusal::ReceiptExists), "{accident:?}"),
        }
        let keys = bench.store.keys(Reach::AllOwners, &KeyQuery::default()).unwrap().items;
        assert_eq!(keys.len(), 1, "{accident:?}");
    }
}

#[test]
fn a_full_disk_changes_nothing_and_ends_nothing() {
    let bench = Bench::new();
    bench.new_environment(1).unwrap();
    let before = sample::store_picture(&bench.store);
    for _ in 0..4 {
        bench.arrange(&[Accident::RolledBackAndFull]);
        let result = bench.new_environment(2);
        let full = |error: &crate::BackendError| error.kind() == BackendErrorKind::Full;
        assert!(matches!(&result, Err(CommitError::Failed(error)) if full(error)), "{result:?}");
        assert_eq!(sample::store_picture(&bench.store), before);
    }
    bench.new_environment(2).unwrap();
}

#[test]
fn two_failures_in_a_row_end_the_store_and_opening_it_anew_begins_again() {
    let bench = Bench::new();
    let owner = bench.owner();
    bench.arrange(&[Accident::RolledBackAndError, Accident::CommittedAndError]);
    unknown(bench.new_environment(2));
    bench.heard.take();
    unknown(bench.new_environment(3));
    assert_eq!(bench.heard.take(), ["hide 1", "forget"], "nothing may land any more");

    assert!(bench.store.failed().is_some_and(|why| why.contains("two commits in a row")));
    assert!(matches!(bench.new_environment(4), Err(CommitError::Failed(_))));
    assert!(bench.store.load_owner(owner).is_err());
    assert!(bench.store.barrier().is_err());
    assert!(bench.store.head().is_err());

    let bench = bench.reopen();
    assert_eq!(bench.revision(), 2, "the second one did happen");
    bench.new_environment(4).unwrap();
}

#[test]
fn a_success_between_two_failures_counts() {
    let bench = Bench::new();
    for n in 0..3 {
        bench.arrange(&[Accident::RolledBackAndError]);
        unknown(bench.new_environment(n));
        bench.new_environment(n).unwrap();
    }
    assert_eq!(bench.store.failed(), None);
}

#[test]
fn a_writer_that_panics_answers_and_ends_the_store() {
    let bench = Bench::new();
    bench.arrange(&[Accident::Panic]);
    unknown(bench.new_environment(1));
    assert_eq!(bench.heard.take(), ["hide 1", "forget"]);
    assert!(bench.store.failed().is_some_and(|why| why.contains("panicked")));
    assert!(matches!(bench.new_environment(1), Err(CommitError::Failed(_))));
    assert_eq!(bench.reopen().revision(), 0);
}

#[derive(Debug)]
struct Thrower;

impl ChangeListener for Thrower {
    fn hide(&self, _: &[Touched]) {
        panic!("a listener that panics");
    }

    fn publish(&self, _: &[Published], _: Revision) {}

    fn reveal(&self, _: &[Touched]) {}

    fn forget(&self) {}

    fn resume(&self, _: Revision, _: &[SettingValue]) {}
}

#[test]
fn a_listener_that_panics_ends_the_store_and_nothing_was_changed() {
    let bench = Bench::new();
    bench.store.listen(Arc::new(Thrower));
    unknown(bench.new_environment(1));
    assert!(bench.store.failed().is_some());
    assert_eq!(bench.reopen().revision(), 0);
}

#[test]
fn a_foreign_writer_is_noticed_before_the_next_change() {
    let bench = Bench::new();
    bench.new_environment(1).unwrap();
    bench.heard.take();
    let shell = rusqlite::Connection::open(&bench.path).unwrap();
    shell.execute_batch("UPDATE head SET latest = 1").unwrap();

    bench.new_environment(2).unwrap();
    assert_eq!(bench.heard.take(), ["forget", "resume at 1", "hide 1", "publish 1 at 2"]);
    bench.new_environment(3).unwrap();
    assert_eq!(bench.heard.take(), ["hide 1", "publish 1 at 3"]);
}

#[test]
fn nothing_is_built_on_what_a_foreign_writer_has_left_unreadable() {
    let bench = Bench::new();
    bench.new_environment(1).unwrap();
    let shell = rusqlite::Connection::open(&bench.path).unwrap();
    shell.execute_batch("UPDATE settings SET value = 'nonsense', revision = 1").unwrap();
    for _ in 0..2 {
        let result = bench.new_environment(2);
        assert!(matches!(result, Err(CommitError::Failed(_))), "{result:?}");
    }
    assert_eq!(bench.revision(), 1);
}

#[test]
fn a_lock_held_by_another_process_is_waited_for_and_then_said() {
    let bench = Bench::new();
    bench.before_next_batch("PRAGMA busy_timeout = 1");
    let shell = rusqlite::Connection::open(&bench.path).unwrap();
    shell.execute_batch("BEGIN IMMEDIATE").unwrap();
    let result = bench.new_environment(1);
    let busy = |error: &crate::BackendError| error.kind() == BackendErrorKind::Unavailable;
    assert!(matches!(&result, Err(CommitError::Failed(error)) if busy(error)), "{result:?}");
    assert_eq!(bench.revision(), 0, "reading goes on");
    bench.store.barrier().unwrap();
    shell.execute_batch("ROLLBACK").unwrap();
    bench.new_environment(1).unwrap();
    assert_eq!(bench.heard.take(), ["hide 1", "publish 1 at 1"], "what did not begin was not told");
}

#[test]
fn what_is_unknown_is_not_what_the_listener_still_has() {
    // The heart of it: after an unknown commit that did happen, no load from before it may be used. The listener is
    // told to forget before the answer, so whoever hears «unknown» and reads again reads what is kept.
    let bench = Bench::new();
    let owner = bench.owner();
    let record = sample::key(&bench.store, owner, 1);
    let access_key = record.parts().access_key;
    bench.arrange(&[Accident::CommittedAndError]);
    bench.heard.take();
    unknown(bench.store.commit(vec![super::deactivation(record)]));
    assert!(bench.heard.take().contains(&"forget".to_owned()));
    let row = bench.store.load_key(&access_key).unwrap().row.unwrap();
    assert!(matches!(row.state, keys_core::RowState::Inactive(_)));
}
