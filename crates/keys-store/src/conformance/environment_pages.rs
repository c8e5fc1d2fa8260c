//! Lists of environments: order, filters, limits, and pages that lose nothing.

use keys_core::{
    AccountId, EnvironmentId, EnvironmentRecord, EnvironmentState, EnvironmentTransition, NewEnvironment,
    Owner,
};

use super::sample;
use crate::cursor::{Cursor, SortValue};
use crate::query::{Direction, EnvironmentFilter, EnvironmentOrder, EnvironmentQuery, KeyQuery, Page, Reach};
use crate::store::{Committed, KeyStore, Write};

fn insert(store: &dyn KeyStore, new: NewEnvironment) -> EnvironmentRecord {
    let made = sample::commit(store, Write::InsertEnvironment(new)).unwrap();
    let Committed::Environment(record) = made else { panic!("an environment was to be made: {made:?}") };
    record
}

fn move_on(
    store: &dyn KeyStore,
    record: EnvironmentRecord,
    transition: EnvironmentTransition,
) -> EnvironmentRecord {
    let now = record.parts().updated;
    sample::update_environment(store, record.transition(transition, now).unwrap())
}

/// Environments that sort differently in every order, with ties in most, and in every state.
fn assorted(store: &dyn KeyStore) -> Vec<EnvironmentRecord> {
    let texts = ["Zebra", "apple", "", "Äpfel", "apple", "a", "ab", "🍏", "Z", "\u{FFFD}"];
    let mut records = Vec::new();
    for (n, text) in (0..).zip(texts) {
        let mut new = sample::new_environment(n);
        new.name = (n != 2).then(|| sample::name(text));
        new.description = (n % 3 != 0).then(|| sample::description(&text.chars().rev().collect::<String>()));
        new.created = sample::instant(i64::try_from(n * 7 % 4).unwrap());
        let mut record = insert(store, new);
        if n % 3 > 0 {
            record = move_on(store, record, EnvironmentTransition::Deactivate);
        }
        if n % 3 > 1 {
            record = move_on(store, record, EnvironmentTransition::Remove);
        }
        records.push(record);
    }
    records
}

/// Reads a whole list, page by page.
fn read_in_pages(store: &dyn KeyStore, mut query: EnvironmentQuery) -> Vec<EnvironmentRecord> {
    let mut records = Vec::new();
    loop {
        let Page { items, more } = store.environments(Reach::AllOwners, &query).unwrap();
        assert!(items.len() <= query.limit);
        query.after = items.last().map(|last| Cursor::of(last, query.order));
        records.extend(items);
        if !more {
            return records;
        }
        assert!(query.after.is_some(), "an empty page cannot have more behind it");
        assert!(records.len() < 10_000, "the list does not end");
    }
}

/// What a record is sorted by, said once more: a cursor must not be its own judge.
fn sort_value(record: &EnvironmentRecord, order: EnvironmentOrder) -> (&[u8], i64) {
    let parts = record.parts();
    match order {
        EnvironmentOrder::Id => (&[], 0),
        EnvironmentOrder::Name => (parts.name.as_ref().map_or(b"", |name| name.as_str().as_bytes()), 0),
        EnvironmentOrder::Description => {
            (parts.description.as_ref().map_or(b"", |description| description.as_str().as_bytes()), 0)
        }
        EnvironmentOrder::Created => (&[], parts.created.as_millis()),
        EnvironmentOrder::State => match parts.state {
            EnvironmentState::Active => (&[], 0),
            EnvironmentState::Inactive => (&[], 1),
            EnvironmentState::Removed { .. } => (&[], 2),
        },
    }
}

/// By value, ties by id, all of it the other way round when descending; whatever the pages' length; removed ones only
/// when asked for.
pub fn environments_sort_by_value_and_then_by_id(store: &dyn KeyStore) {
    let records = assorted(store);
    for order in EnvironmentOrder::ALL {
        for direction in Direction::ALL {
            for removed in [false, true] {
                let filter = EnvironmentFilter { removed, id: None };
                let mut expected = records.clone();
                expected.retain(|record| removed || record.parts().state.removed_at().is_none());
                expected.sort_by(|one, two| {
                    let place = |record| (sort_value(record, order), EnvironmentRecord::parts(record).id);
                    place(one).cmp(&place(two))
                });
                if direction == Direction::Descending {
                    expected.reverse();
                }
                for limit in [1, 2, 3, records.len(), 1_000] {
                    let query = EnvironmentQuery { order, direction, filter, after: None, limit };
                    let read = read_in_pages(store, query);
                    assert_eq!(read, expected, "{order:?}, {direction:?}, {removed}, pages of {limit}");
                }
            }
        }
    }
}

/// Not by any language's rules.
pub fn names_of_environments_are_sorted_by_bytes(store: &dyn KeyStore) {
    let sorted = ["", "10", "9", "Z", "_", "a", "aa", "b", "z", "~", "é", "\u{FFFD}", "🍏"];
    for (n, text) in (1..).zip(sorted.iter().rev()) {
        insert(store, NewEnvironment { name: Some(sample::name(text)), ..sample::new_environment(n) });
    }
    let query = EnvironmentQuery { order: EnvironmentOrder::Name, ..EnvironmentQuery::default() };
    let page = store.environments(Reach::AllOwners, &query).unwrap();
    let names: Vec<_> =
        page.items.iter().map(|record| record.parts().name.as_ref().unwrap().as_str()).collect();
    assert_eq!(names, sorted);
}

/// In every order and both directions, while others are made and removed around it.
pub fn an_environment_present_throughout_is_paged_exactly_once(store: &dyn KeyStore) {
    let named = |n: u64| NewEnvironment {
        name: Some(sample::name(&format!("{n:05}"))),
        ..sample::new_environment(n)
    };
    let mut present: Vec<_> = (0..20).map(|n| insert(store, named(1_000 * n)).parts().id).collect();
    present.sort();
    for (round, order) in (0..).zip(EnvironmentOrder::ALL) {
        for (turn, direction) in (0..).zip(Direction::ALL) {
            std::thread::scope(|scope| {
                let first = 20_001 + 100 * (2 * round + turn);
                let writer = scope.spawn(move || {
                    for n in (first..first + 10).map(|n| 997 * n % 20_000) {
                        let record = insert(store, named(n));
                        move_on(store, record, EnvironmentTransition::Remove);
                    }
                });
                let mut passes = 0;
                while passes == 0 || !writer.is_finished() {
                    let query =
                        EnvironmentQuery { order, direction, limit: 3, ..EnvironmentQuery::default() };
                    let read = read_in_pages(store, query);
                    let mut seen: Vec<_> = read.iter().map(|record| record.parts().id).collect();
                    seen.retain(|id| present.binary_search(id).is_ok());
                    seen.sort();
                    assert_eq!(seen, present, "{order:?}, {direction:?}");
                    passes += 1;
                }
            });
        }
    }
}

/// A cursor holds the value of one order; for another it is no place at all.
pub fn a_cursor_of_another_order_shows_no_environment(store: &dyn KeyStore) {
    let record = sample::environment(store, 1);
    for order in EnvironmentOrder::ALL {
        for other in EnvironmentOrder::ALL {
            let before = Cursor::of(&record, other);
            if before.fits(order) {
                continue;
            }
            for direction in Direction::ALL {
                let after = Some(before.clone());
                let query = EnvironmentQuery { order, direction, after, ..EnvironmentQuery::default() };
                let page = store.environments(Reach::AllOwners, &query).unwrap();
                assert_eq!((page.items.len(), page.more), (0, false), "{order:?} after one of {other:?}");
            }
        }
    }
}

/// A cursor is a place, not a record: what stood there may be gone, or may never have been.
pub fn a_cursor_need_not_name_an_environment(store: &dyn KeyStore) {
    let named = |n: u64, text: &str| {
        insert(store, NewEnvironment { name: Some(sample::name(text)), ..sample::new_environment(n) })
            .parts()
            .id
    };
    let [one, two, three] = [named(1, "a"), named(2, "c"), named(3, "d")];
    let read = |direction| {
        let order = EnvironmentOrder::Name;
        let after = Some(Cursor { value: SortValue::Text("b".into()), id: three });
        let query = EnvironmentQuery { order, direction, after, ..EnvironmentQuery::default() };
        let page = store.environments(Reach::AllOwners, &query).unwrap();
        page.items.iter().map(|record| record.parts().id).collect::<Vec<_>>()
    };
    assert_eq!(read(Direction::Ascending), [two, three]);
    assert_eq!(read(Direction::Descending), [one]);
}

/// All filters must hold, the cursor and the reach as well, in every order.
pub fn filters_of_environments_hold_together(store: &dyn KeyStore) {
    let [one, two] = [1, 2].map(|n| sample::environment(store, n).parts().id);
    let removed = move_on(store, sample::environment(store, 3), EnvironmentTransition::Remove).parts().id;
    let own = |id| Reach::Owner(Owner::Environment(id));
    let account = Reach::Owner(Owner::Account(AccountId::new(one.number()).unwrap()));
    for order in EnvironmentOrder::ALL {
        let count = |reach, removed, id: Option<EnvironmentId>| {
            let filter = EnvironmentFilter { removed, id };
            let query = EnvironmentQuery { order, filter, ..EnvironmentQuery::default() };
            let page = store.environments(reach, &query).unwrap();
            assert!(!page.more);
            page.items.len()
        };
        assert_eq!(count(Reach::AllOwners, false, None), 2);
        assert_eq!(count(Reach::AllOwners, true, None), 3);
        assert_eq!(count(Reach::AllOwners, false, Some(one)), 1);
        assert_eq!(count(Reach::AllOwners, false, Some(removed)), 0);
        assert_eq!(count(Reach::AllOwners, true, Some(removed)), 1);
        assert_eq!(count(own(one), false, None), 1);
        assert_eq!(count(own(one), false, Some(two)), 0);
        assert_eq!(count(own(removed), false, None), 0);
        assert_eq!(count(own(removed), true, None), 1);
        assert_eq!(count(account, true, None), 0);
    }
    let place = |id| Some(Cursor { value: SortValue::Id, id });
    for (direction, passed, ahead) in [(Direction::Ascending, one, two), (Direction::Descending, two, one)] {
        let count = |id, after| {
            let filter = EnvironmentFilter { removed: false, id: Some(id) };
            let query = EnvironmentQuery { direction, filter, after, ..EnvironmentQuery::default() };
            store.environments(Reach::AllOwners, &query).unwrap().items.len()
        };
        assert_eq!((count(passed, place(passed)), count(ahead, place(passed))), (0, 1));
    }
}

/// A store gives no more than [`KeyQuery::MAX_LIMIT`], whatever it is asked for.
pub fn no_page_of_environments_is_longer_than_the_most(store: &dyn KeyStore) {
    let most = KeyQuery::MAX_LIMIT;
    let new = |n: usize| Write::InsertEnvironment(sample::new_environment(u64::try_from(n).unwrap()));
    store.commit((0..=most).map(|n| sample::change(new(n))).collect()).unwrap();
    let query = EnvironmentQuery { limit: usize::MAX, ..EnvironmentQuery::default() };
    let page = store.environments(Reach::AllOwners, &query).unwrap();
    assert_eq!((page.items.len(), page.more), (most, true));
}
