//! Commits of many changes: all or nothing, in order, whoever else writes.

use std::collections::BTreeSet;

use keys_core::{KeyId, Owner, PepperId, Revision, SettingName, Transition};

use super::sample;
use crate::error::{CommitError, Refusal};
use crate::query::{KeyQuery, Reach};
use crate::store::{Change, Committed, KeyStore, Requirement, Write};

/// Nothing happens, so nothing is told and nothing is counted.
pub fn no_changes_are_no_commit(store: &dyn KeyStore) {
    assert!(store.commit(Vec::new()).unwrap().is_empty());
    let head = store.head().unwrap();
    assert_eq!((head.revision, head.audit, head.latest), (Revision::ZERO, None, None));
}

/// Every change takes the next revision of the whole store, and its record carries it.
pub fn revisions_grow_by_one_with_every_change(store: &dyn KeyStore) {
    let name = SettingName::AccessControl;
    let owner = sample::owner(store, 1);
    let changes = [
        Write::InsertKey(sample::new_key(owner, 1)),
        Write::PutSetting { name, value: "true".into() },
        Write::InsertPepper(PepperId::from_number(1)),
        Write::InsertAccount(sample::new_account(1)),
        Write::InsertEnvironment(sample::new_environment(2)),
    ];
    let committed = store.commit(changes.map(sample::change).into()).unwrap();
    let revisions: Vec<_> = committed.iter().filter_map(revision_of).map(Revision::number).collect();
    assert_eq!(revisions, [2, 3, 5, 6]);
    assert_eq!(sample::head_revision(store).number(), 6);
}

fn revision_of(committed: &Committed) -> Option<Revision> {
    match committed {
        Committed::Account(record) => Some(record.parts().revision),
        Committed::Environment(record) => Some(record.parts().revision),
        Committed::Key(record) => Some(record.parts().revision),
        Committed::Setting(setting) => Some(setting.revision),
        Committed::Member(member) => Some(member.revision),
        Committed::Password(record) => Some(record.parts().revision),
        Committed::Session(record) => Some(record.parts().revision),
        Committed::MemberRemoved(_)
        | Committed::Pepper(_)
        | Committed::SessionsEnded(_)
        | Committed::Unlocked(_) => None,
    }
}

/// Wherever among the changes the refused one stands.
pub fn a_refused_change_undoes_the_whole_commit(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    let before = sample::store_picture(store);
    for refused in 0..5 {
        let mut changes: Vec<_> = [
            Write::InsertAccount(sample::new_account(7)),
            Write::UpdateKey { expected: record.parts().revision, record: record.clone() },
            Write::PutSetting { name: SettingName::AccessControl, value: "true".into() },
            Write::InsertKey(sample::new_key(owner, 2)),
        ]
        .map(sample::change)
        .into();
        changes.insert(refused, sample::change(Write::InsertKey(sample::new_key(owner, 1))));
        assert_eq!(sample::refusal(store.commit(changes)), (refused, Refusal::AlreadyExists));
        assert_eq!(sample::store_picture(store), before);
    }
    assert!(store.load_key(&sample::access_key(2)).unwrap().row.is_none());
}

/// A later change of a commit builds on an earlier one.
pub fn each_change_sees_those_before_it(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let first = sample::key(store, owner, 1);
    let second = first.clone().with_revision(sample::head_revision(store).next());
    let updates = [sample::renamed(first, "first"), sample::renamed(second, "second")];
    store.commit(updates.map(sample::update_of).into()).unwrap();
    let read = store.key(Reach::AllOwners, KeyId::new(1).unwrap()).unwrap().unwrap();
    assert_eq!(read.parts().name, Some(sample::name("second")));
    let twice = || sample::change(Write::InsertKey(sample::new_key(owner, 2)));
    assert_eq!(sample::refusal(store.commit(vec![twice(), twice()])), (1, Refusal::AlreadyExists));
    let twice = || sample::change(Write::InsertPepper(PepperId::from_number(2)));
    assert_eq!(sample::refusal(store.commit(vec![twice(), twice()])), (1, Refusal::AlreadyExists));
    let twice = || sample::change(Write::InsertEnvironment(sample::new_environment(2)));
    assert_eq!(sample::refusal(store.commit(vec![twice(), twice()])), (1, Refusal::AlreadyExists));
}

/// An environment and its first key may come together, if the id is known.
pub fn a_key_may_belong_to_an_owner_of_the_same_commit(store: &dyn KeyStore) {
    let last = sample::environment(store, 1).parts().id.number();
    let next = Owner::Environment(keys_core::EnvironmentId::new(last + 1).unwrap());
    let writes =
        [Write::InsertEnvironment(sample::new_environment(2)), Write::InsertKey(sample::new_key(next, 1))];
    store.commit(writes.map(sample::change).into()).unwrap();
    assert_eq!(store.load_key(&sample::access_key(1)).unwrap().row.map(|row| row.owner), Some(next));
}

/// Neither a refused commit nor a deletion gives a number back to somebody else.
pub fn ids_are_never_given_twice(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let mut seen = BTreeSet::new();
    for n in 1..=5 {
        let record = sample::key(store, owner, n);
        assert!(seen.insert(record.parts().id), "{} was given twice", record.parts().id);
        let doomed = [n + 100, n].map(|n| sample::change(Write::InsertKey(sample::new_key(owner, n))));
        sample::refusal(store.commit(doomed.into()));
        let id = sample::delete(store, record).parts().id;
        assert_eq!(seen.last(), Some(&id), "ids grow");
    }
}

/// Only the very first change finds an empty store.
pub fn an_empty_store_can_be_required(store: &dyn KeyStore) {
    let first = |n| Change {
        requires: vec![Requirement::EmptyStore],
        ..sample::change(Write::InsertAccount(sample::new_account(n)))
    };
    assert_eq!(sample::refusal(store.commit(vec![first(1), first(2)])), (1, Refusal::Unmet));
    store.commit(vec![first(1)]).unwrap();
    assert_eq!(sample::refusal(store.commit(vec![first(2)])), (0, Refusal::Unmet));
}

/// Active, not expired, of this owner, at this point of the commit.
pub fn an_active_key_can_be_required(store: &dyn KeyStore) {
    let [owner, other] = [1, 2].map(|n| sample::owner(store, n));
    let now = sample::instant(50);
    let put = || Change {
        requires: vec![Requirement::ActiveKeyOf { owner, now }],
        ..sample::change(Write::PutSetting { name: SettingName::AccessControl, value: "true".into() })
    };
    let unmet = || assert_eq!(sample::refusal(store.commit(vec![put()])), (0, Refusal::Unmet));
    unmet();
    sample::key(store, other, 1);
    let mut expiring = sample::new_key(owner, 2);
    expiring.expires_at = Some(now);
    sample::insert(store, expiring);
    unmet();
    let record = sample::key(store, owner, 3);
    store.commit(vec![put()]).unwrap();
    let inactive = sample::transition(store, record, Transition::Deactivate);
    unmet();
    let active = inactive.transition(Transition::Activate, now).unwrap();
    store.commit(vec![sample::update_of(active.clone()), put()]).unwrap();
    let active = store.key(Reach::AllOwners, active.parts().id).unwrap().unwrap();
    let inactive = active.transition(Transition::Deactivate, now).unwrap();
    assert_eq!(sample::refusal(store.commit(vec![sample::update_of(inactive), put()])), (1, Refusal::Unmet));
}

/// A key that expires a moment later is still good.
pub fn a_required_key_may_expire_later(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let mut new = sample::new_key(owner, 1);
    new.expires_at = Some(sample::instant(51));
    sample::insert(store, new);
    let requires = vec![Requirement::ActiveKeyOf { owner, now: sample::instant(50) }];
    let put = Write::PutSetting { name: SettingName::AccessControl, value: "true".into() };
    store.commit(vec![Change { requires, ..sample::change(put) }]).unwrap();
}

/// Read, change, write at the revision that was read, again on conflict: every one of the changes is there.
pub fn n_writers_with_retry_lose_no_update(store: &dyn KeyStore) {
    const WRITERS: usize = 5;
    const UPDATES: usize = 8;
    let owner = sample::owner(store, 1);
    let mut new = sample::new_key(owner, 1);
    new.name = Some(sample::name(""));
    let id = sample::insert(store, new).parts().id;
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| (0..UPDATES).for_each(|_| add_a_letter(store, owner, id)));
        }
    });
    let read = store.key(Reach::AllOwners, id).unwrap().unwrap();
    assert_eq!(read.parts().name.as_ref().unwrap().as_str().len(), WRITERS * UPDATES);
    let changes = u64::try_from(WRITERS * UPDATES).unwrap();
    assert_eq!(sample::head_revision(store).number(), 2 + changes, "each took one revision");
}

fn add_a_letter(store: &dyn KeyStore, owner: Owner, id: KeyId) {
    loop {
        let record = store.key(Reach::Owner(owner), id).unwrap().unwrap();
        let longer = format!("{}x", record.parts().name.as_ref().unwrap());
        match sample::commit_change(store, sample::update_of(sample::renamed(record, &longer))) {
            Ok(_) => return,
            Err(CommitError::Refused { refusal: Refusal::Conflict { .. }, .. }) => {}
            Err(error) => panic!("an update failed: {error:?}"),
        }
    }
}

/// Two who want the same access key: one gets it.
pub fn one_of_many_gets_an_access_key(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    for n in 0..10 {
        let winners: usize = std::thread::scope(|scope| {
            let claim = || sample::commit(store, Write::InsertKey(sample::new_key(owner, n))).is_ok();
            let claims: Vec<_> = (0..4).map(|_| scope.spawn(claim)).collect();
            claims.into_iter().map(|claim| usize::from(claim.join().unwrap())).sum()
        });
        assert_eq!(winners, 1);
    }
}

/// Who reads while others write sees all of a commit or nothing of it.
pub fn readers_see_whole_commits_only(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let pair =
        |n: u64| [2 * n, 2 * n + 1].map(|n| sample::change(Write::InsertKey(sample::new_key(owner, n))));
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (0..50).for_each(|n| drop(store.commit(pair(n).into()).unwrap())));
        let mut reads = 0;
        while reads == 0 || !writer.is_finished() {
            let query = KeyQuery { limit: KeyQuery::MAX_LIMIT, ..KeyQuery::default() };
            let keys = store.keys(Reach::Owner(owner), &query).unwrap().items.len();
            assert_eq!(keys % 2, 0, "half a commit was seen");
            reads += 1;
        }
    });
}
