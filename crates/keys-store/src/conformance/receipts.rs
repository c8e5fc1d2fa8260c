//! Receipts: with their change or not at all, one of each name, and gone when it is time.

use keys_core::{
    EnvironmentTransition, Owner, Receipt, ReceiptName, ReceiptSweep, Target, Timestamp, Transition,
};

use super::sample;
use crate::error::Refusal;
use crate::store::{Change, Committed, KeyStore, MOST_SWEPT, Requirement, Write};

/// A change with receipt number `n`, at an instant.
fn receipted(write: Write, n: u64, at: Timestamp) -> Change {
    Change { receipt: Some(sample::new_receipt(n)), at, ..sample::change(write) }
}

/// Makes key number `n` with receipt number `n`, at an instant.
#[track_caller]
fn key(store: &dyn KeyStore, owner: Owner, n: u64, at: Timestamp) -> keys_core::KeyRecord {
    let write = Write::InsertKey(sample::new_key(owner, n));
    match sample::commit_change(store, receipted(write, n, at)) {
        Ok(Committed::Key(record)) => *record,
        other => panic!("a key was to be made: {other:?}"),
    }
}

#[track_caller]
fn receipt(store: &dyn KeyStore, n: u64) -> Option<Receipt> {
    store.receipt(&sample::receipt_name(n)).expect("a receipt can be read")
}

/// Whether receipt number `n` is there, and whether it holds a secret.
#[track_caller]
fn holds(store: &dyn KeyStore, n: u64) -> Option<bool> {
    receipt(store, n).map(|receipt| receipt.secret.is_some())
}

/// It names what the change made, whatever that is, and costs neither a revision nor an audit event.
pub fn a_receipt_is_found_as_it_was_given(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let without_secret = keys_core::NewReceipt { secret: None, ..sample::new_receipt(2) };
    let environment = Write::InsertEnvironment(sample::new_environment(2));
    let changes = vec![
        receipted(Write::InsertKey(sample::new_key(owner, 1)), 1, sample::instant(1)),
        Change { receipt: Some(without_secret.clone()), ..sample::change(environment) },
        receipted(Write::InsertAccount(sample::new_account(3)), 3, sample::instant(3)),
    ];
    let committed = store.commit(changes).unwrap();
    let targets: Vec<_> =
        committed.iter().map(|committed| crate::rules::owner_and_target(committed).1).collect();
    let at = sample::instant;
    assert_eq!(receipt(store, 1), Some(sample::new_receipt(1).into_receipt(targets[0], at(1))));
    assert_eq!(receipt(store, 2), Some(without_secret.into_receipt(targets[1], at(1))));
    assert_eq!(receipt(store, 3), Some(sample::new_receipt(3).into_receipt(targets[2], at(3))));
    assert_eq!(receipt(store, 4), None);
    assert_eq!(sample::head_revision(store).number(), 4);
    assert_eq!(store.audit(None, 10).unwrap().len(), 4);
}

/// Each part of its name has to be right.
pub fn a_receipt_of_another_is_not_found(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    key(store, owner, 1, sample::instant(1));
    let (own, other) = (sample::receipt_name(1), sample::receipt_name(2));
    for name in [
        ReceiptName { principal: other.principal, ..own },
        ReceiptName { owner: other.owner, ..own },
        ReceiptName { hash: other.hash, ..own },
        ReceiptName { principal: own.owner, owner: own.principal, ..own },
    ] {
        assert_eq!(store.receipt(&name).unwrap(), None, "{name:?}");
        assert!(!store.erase_receipt_secret(&name).unwrap(), "{name:?}");
    }
    assert_eq!(holds(store, 1), Some(true));
    // And under each of them something else can be made.
    let others =
        [ReceiptName { principal: other.principal, ..own }, ReceiptName { owner: other.owner, ..own }];
    for (n, name) in (2..).zip(others) {
        let receipt = Some(keys_core::NewReceipt { name, ..sample::new_receipt(n) });
        let change = sample::change(Write::InsertKey(sample::new_key(owner, n)));
        store.commit(vec![Change { receipt, ..change }]).unwrap();
        assert!(store.receipt(&name).unwrap().is_some());
    }
    assert_eq!(holds(store, 1), Some(true));
}

/// Whatever it is for, and whatever else would be wrong with it; nothing happens.
pub fn a_second_receipt_of_a_name_is_refused_and_changes_nothing(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    key(store, owner, 1, sample::instant(1));
    let (before, first) = (sample::store_picture(store), receipt(store, 1));
    let unmet = Change {
        requires: vec![Requirement::EmptyStore],
        ..receipted(Write::InsertAccount(sample::new_account(1)), 1, sample::instant(2))
    };
    for change in [
        receipted(Write::InsertKey(sample::new_key(owner, 2)), 1, sample::instant(2)),
        receipted(Write::InsertKey(sample::new_key(owner, 1)), 1, sample::instant(2)),
        receipted(Write::InsertEnvironment(sample::new_environment(2)), 1, sample::instant(2)),
        unmet,
    ] {
        let refused = sample::refusal(store.commit(vec![change]));
        assert_eq!(refused, (0, Refusal::ReceiptExists));
        assert_eq!(sample::store_picture(store), before);
        assert_eq!(receipt(store, 1), first);
    }
    let twice =
        [2, 3].map(|n| receipted(Write::InsertKey(sample::new_key(owner, n)), 2, sample::instant(2))).into();
    assert_eq!(sample::refusal(store.commit(twice)), (1, Refusal::ReceiptExists));
    assert_eq!(sample::store_picture(store), before);
    assert_eq!(receipt(store, 2), None);
}

/// A receipt without what it is about would be a lie, wherever in the commit the refused change stands.
pub fn a_refused_commit_leaves_no_receipt(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    sample::key(store, owner, 1);
    let good = || receipted(Write::InsertKey(sample::new_key(owner, 2)), 2, sample::instant(2));
    let bad = || receipted(Write::InsertKey(sample::new_key(owner, 1)), 1, sample::instant(2));
    for changes in [vec![bad()], vec![good(), bad()], vec![bad(), good()]] {
        store.commit(changes).unwrap_err();
        assert_eq!((receipt(store, 1), receipt(store, 2)), (None, None));
    }
    store.commit(vec![good()]).unwrap();
    assert_eq!(holds(store, 2), Some(true));
}

/// The receipt stays, and so does everything else.
pub fn the_secret_of_a_receipt_is_erased_once(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    for n in [1, 2] {
        key(store, owner, n, sample::instant(1));
    }
    let (before, whole) = (sample::store_picture(store), receipt(store, 1).unwrap());
    assert!(store.erase_receipt_secret(&sample::receipt_name(1)).unwrap());
    assert_eq!(receipt(store, 1), Some(Receipt { secret: None, ..whole }));
    assert_eq!(holds(store, 2), Some(true));
    assert!(!store.erase_receipt_secret(&sample::receipt_name(1)).unwrap());
    assert!(!store.erase_receipt_secret(&sample::receipt_name(9)).unwrap());
    assert_eq!(sample::store_picture(store), before);
    let again = receipted(Write::InsertKey(sample::new_key(owner, 3)), 1, sample::instant(2));
    assert_eq!(sample::refusal(store.commit(vec![again])), (0, Refusal::ReceiptExists));
}

/// In the same commit, and of this key only. One that is merely Inactive keeps its secret, and so does its receipt.
pub fn a_deleted_key_takes_the_secret_of_its_receipt_with_it(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = key(store, owner, 1, sample::instant(1));
    key(store, owner, 2, sample::instant(1));
    let whole = receipt(store, 1).unwrap();
    assert_eq!(whole.made, Target::Key(record.parts().id));
    let inactive = sample::transition(store, record, Transition::Deactivate);
    assert_eq!(receipt(store, 1).as_ref(), Some(&whole));
    sample::transition(store, inactive, Transition::Delete);
    assert_eq!(receipt(store, 1), Some(Receipt { secret: None, ..whole }));
    assert_eq!(holds(store, 2), Some(true));

    // Made and deleted in one commit.
    let id = keys_core::KeyId::new(3).unwrap();
    let made = sample::new_key(owner, 3).into_record(id, sample::head_revision(store).next());
    let deactivated = made.clone().transition(Transition::Deactivate, sample::instant(2)).unwrap();
    let deleted = deactivated.transition(Transition::Delete, sample::instant(2)).unwrap();
    let expected = made.parts().revision;
    let changes = vec![
        receipted(Write::InsertKey(sample::new_key(owner, 3)), 3, sample::instant(2)),
        sample::change(Write::UpdateKey { record: deleted, expected }),
    ];
    store.commit(changes).unwrap();
    assert_eq!(holds(store, 3), Some(false));
}

/// A delete that does not happen erases nothing.
pub fn a_refused_delete_leaves_the_secret_of_the_receipt(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = key(store, owner, 1, sample::instant(1));
    let inactive = sample::transition(store, record, Transition::Deactivate);
    let expected = inactive.parts().revision;
    let deleted = inactive.transition(Transition::Delete, sample::instant(2)).unwrap();
    let delete = sample::change(Write::UpdateKey { record: deleted, expected });
    let bad = sample::change(Write::InsertKey(sample::new_key(owner, 1)));
    store.commit(vec![delete, bad]).unwrap_err();
    assert_eq!(holds(store, 1), Some(true));
}

/// What was made of an environment is no secret; its receipts stay through all it goes through.
pub fn a_removed_environment_leaves_its_receipts(store: &dyn KeyStore) {
    let change = receipted(Write::InsertEnvironment(sample::new_environment(1)), 1, sample::instant(1));
    let Committed::Environment(record) = sample::commit_change(store, change).unwrap() else {
        panic!("an environment was to be made")
    };
    let whole = receipt(store, 1);
    let removed = record.transition(EnvironmentTransition::Remove, sample::instant(2)).unwrap();
    sample::update_environment(store, removed);
    assert_eq!(receipt(store, 1), whole);
}

/// Before the one instant they are dropped, before the other their secrets are erased, at it they stay.
pub fn receipts_are_swept_by_their_age(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    for n in 0..6 {
        key(store, owner, n, sample::instant(i64::try_from(n).unwrap()));
    }
    assert!(store.erase_receipt_secret(&sample::receipt_name(2)).unwrap());
    let before = sample::store_picture(store);
    let sweep = |receipts, secrets| ReceiptSweep {
        receipts_before: sample::instant(receipts),
        secrets_before: sample::instant(secrets),
    };
    assert_eq!(store.sweep_receipts(&sweep(-1, 0)).unwrap(), 0);
    assert_eq!(store.sweep_receipts(&sweep(1, 4)).unwrap(), 3, "0 is dropped, 1 and 3 lose their secret");
    let all = |store| (0..6).map(|n| holds(store, n)).collect::<Vec<_>>();
    let left = [None, Some(false), Some(false), Some(false), Some(true), Some(true)];
    assert_eq!(all(store), left);
    assert_eq!(store.sweep_receipts(&sweep(1, 4)).unwrap(), 0);
    assert_eq!(all(store), left);
    assert_eq!(store.sweep_receipts(&sweep(6, 0)).unwrap(), 5);
    assert_eq!(all(store), [None; 6]);
    assert_eq!(sample::store_picture(store), before, "nothing else has changed");
    // The names are free again.
    key(store, owner, 10, sample::instant(10));
    let change = receipted(Write::InsertKey(sample::new_key(owner, 11)), 1, sample::instant(11));
    store.commit(vec![change]).unwrap();
    assert_eq!(holds(store, 1), Some(true));
}

/// A long absence must not hold up everybody who writes.
pub fn one_sweep_takes_so_many_and_the_oldest_first(store: &dyn KeyStore) {
    let many = u64::try_from(MOST_SWEPT).unwrap() + 5;
    // The oldest last, so that they are not simply the first.
    let made = (0..many).rev().map(|n| {
        let write = Write::InsertAccount(sample::new_account(n));
        receipted(write, n, sample::instant(i64::try_from(n).unwrap()))
    });
    store.commit(made.collect()).unwrap();
    let end = sample::instant(1_000_000);
    let secrets = ReceiptSweep { receipts_before: Timestamp::MIN, secrets_before: end };
    assert_eq!(store.sweep_receipts(&secrets).unwrap(), MOST_SWEPT);
    let last = many - 5;
    assert_eq!((holds(store, 0), holds(store, last - 1)), (Some(false), Some(false)));
    assert_eq!((holds(store, last), holds(store, many - 1)), (Some(true), Some(true)));
    assert_eq!(store.sweep_receipts(&secrets).unwrap(), 5);
    let both = ReceiptSweep { receipts_before: end, secrets_before: end };
    assert_eq!(store.sweep_receipts(&both).unwrap(), MOST_SWEPT);
    assert_eq!((holds(store, last - 1), holds(store, last)), (None, Some(false)));
    assert_eq!(store.sweep_receipts(&both).unwrap(), 5);
    assert_eq!(store.sweep_receipts(&both).unwrap(), 0);
}

/// Many who ask for one thing under one name: it is made once, and all others are told so.
pub fn one_of_many_gets_a_receipt(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let winners: usize = std::thread::scope(|scope| {
        let ask = |n| {
            let change = receipted(Write::InsertKey(sample::new_key(owner, n)), 1, sample::instant(1));
            move || match store.commit(vec![change]) {
                Ok(_) => 1,
                refused => {
                    assert_eq!(sample::refusal(refused), (0, Refusal::ReceiptExists));
                    // Who is told that it is there finds it.
                    assert_eq!(holds(store, 1), Some(true));
                    0
                }
            }
        };
        let asking: Vec<_> = (0..6).map(|n| scope.spawn(ask(n))).collect();
        asking.into_iter().map(|asked| asked.join().unwrap()).sum()
    });
    assert_eq!(winners, 1);
    assert_eq!(sample::head_revision(store).number(), 2);
}
