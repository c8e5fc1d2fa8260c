//! Lists of keys: order, filters, limits, and pages that lose nothing.

use keys_core::{Creator, KeyId, KeyRecord, LifecycleState, Owner, Timestamp, Transition};

use super::sample;
use crate::cursor::{Cursor, SortValue};
use crate::query::{Direction, KeyFilter, KeyOrder, KeyQuery, Page, Reach, StateFilter};
use crate::store::{KeyStore, Write};

/// Keys that sort differently in every order, with ties in most, and in every state.
fn assorted(store: &dyn KeyStore, owner: Owner) -> Vec<KeyRecord> {
    let texts = ["Zebra", "apple", "", "Äpfel", "apple", "a", "ab", "🍏", "Z", "\u{FFFD}"];
    let mut records = Vec::new();
    for (n, text) in (0..).zip(texts) {
        // Access keys run against the ids.
        let mut new = sample::new_key(owner, 100 - n);
        new.name = (n != 2).then(|| sample::name(text));
        new.description = (n % 3 != 0).then(|| sample::description(&text.chars().rev().collect::<String>()));
        new.created = sample::instant(i64::try_from(n * 7 % 4).unwrap());
        new.expires_at = [None, Some(sample::instant(9)), Some(Timestamp::MAX), Some(Timestamp::MIN)]
            [usize::try_from(n * 5 % 4).unwrap()];
        new.creator = maker(n);
        let mut record = sample::insert(store, new);
        if n % 3 > 0 {
            record = sample::transition(store, record, Transition::Deactivate);
        }
        if n % 3 > 1 {
            record = sample::transition(store, record, Transition::Delete);
        }
        records.push(record);
    }
    records
}

/// Makers whose numbers sort otherwise than their texts do, and other than the kinds of who they are.
fn maker(n: u64) -> Creator {
    let makers = [
        "account/1a10#1c2",
        "environment/1a9",
        "account/1a1",
        "account/1a10",
        "environment/1a9#1c30",
        "account/1a1#1c9223372036854775807",
        "environment/1a9#1c4",
    ];
    makers[usize::try_from(n).unwrap() % makers.len()].parse().unwrap()
}

const ANY: KeyFilter = KeyFilter { state: StateFilter::Any, id: None, access_key: None };

/// Reads a whole list, page by page.
fn read_in_pages(store: &dyn KeyStore, reach: Reach, mut query: KeyQuery) -> Vec<KeyRecord> {
    let mut records = Vec::new();
    loop {
        let Page { items, more } = store.keys(reach, &query).unwrap();
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

fn cursors(records: &[KeyRecord], order: KeyOrder) -> Vec<Cursor<KeyId>> {
    records.iter().map(|record| Cursor::of(record, order)).collect()
}

/// What a record is sorted by, said once more: a cursor must not be its own judge.
fn sort_value(record: &KeyRecord, order: KeyOrder) -> (&[u8], i64, u64) {
    fn text(text: Option<&str>) -> (&[u8], i64, u64) {
        (text.unwrap_or_default().as_bytes(), 0, 0)
    }
    let number = |number| ([].as_slice(), number, 0);
    let parts = record.parts();
    match order {
        KeyOrder::Id => number(0),
        KeyOrder::Name => text(parts.name.as_ref().map(|name| name.as_str())),
        KeyOrder::Description => text(parts.description.as_ref().map(|description| description.as_str())),
        KeyOrder::AccessKey => text(Some(parts.access_key.as_str())),
        KeyOrder::Created => number(parts.created.as_millis()),
        KeyOrder::State => number(match parts.lifecycle.state() {
            LifecycleState::Active => 0,
            LifecycleState::Inactive => 1,
            LifecycleState::Deleted => 2,
        }),
        KeyOrder::Expires => number(parts.expires_at.map_or(i64::MAX, Timestamp::as_millis)),
        KeyOrder::Creator => {
            let Creator { principal, key } = parts.creator;
            (&[], i64::try_from(principal.number()).unwrap(), key.map_or(0, KeyId::number))
        }
    }
}

/// A cursor may be of a key in any state: behind it come those of the filter's, all of them, some, or none.
pub fn a_place_in_one_state_leads_to_the_keys_of_another(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let records = assorted(store, owner);
    for state in [LifecycleState::Active, LifecycleState::Inactive, LifecycleState::Deleted] {
        let filter = KeyFilter { state: StateFilter::Is(state), ..ANY };
        for order in KeyOrder::ALL {
            for direction in Direction::ALL {
                let query = KeyQuery { order, direction, filter, limit: 100, after: None };
                let all = store.keys(Reach::AllOwners, &query).unwrap().items;
                for place in &records {
                    let after = Some(Cursor::of(place, order));
                    let behind = store.keys(Reach::AllOwners, &KeyQuery { after, ..query.clone() }).unwrap();
                    let own = (sort_value(place, order), place.parts().id);
                    let expected = all.iter().filter(|record| {
                        let other = (sort_value(record, order), record.parts().id);
                        if direction == Direction::Ascending { other > own } else { other < own }
                    });
                    let expected: Vec<_> = expected.map(|record| record.parts().id).collect();
                    let found: Vec<_> = behind.items.iter().map(|record| record.parts().id).collect();
                    assert_eq!(found, expected, "{state}, {order:?}, {direction:?}, behind {place:?}");
                }
            }
        }
    }
}

/// By value, ties by id, all of it the other way round when descending; whatever the pages' length.
pub fn every_order_sorts_by_value_and_then_by_id(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let records = assorted(store, owner);
    for order in KeyOrder::ALL {
        for direction in Direction::ALL {
            let mut sorted = records.clone();
            sorted.sort_by(|one, two| {
                let place = |record| (sort_value(record, order), KeyRecord::parts(record).id);
                place(one).cmp(&place(two))
            });
            if direction == Direction::Descending {
                sorted.reverse();
            }
            let expected = cursors(&sorted, order);
            for limit in [1, 2, 3, records.len(), 1_000] {
                let query = KeyQuery { order, direction, filter: ANY, after: None, limit };
                let read = read_in_pages(store, Reach::Owner(owner), query);
                assert_eq!(cursors(&read, order), expected, "{order:?}, {direction:?}, pages of {limit}");
            }
        }
    }
}

/// Not by any language's rules.
pub fn text_is_sorted_by_bytes(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let sorted = ["", "10", "9", "Z", "_", "a", "aa", "b", "z", "~", "é", "\u{FFFD}", "🍏"];
    for (n, text) in (1..).zip(sorted.iter().rev()) {
        let mut new = sample::new_key(owner, n);
        new.name = Some(sample::name(text));
        sample::insert(store, new);
    }
    let query = KeyQuery { order: KeyOrder::Name, ..KeyQuery::default() };
    let page = store.keys(Reach::Owner(owner), &query).unwrap();
    let names: Vec<_> = page.items.iter().map(|key| key.parts().name.as_ref().unwrap().as_str()).collect();
    assert_eq!(names, sorted);
}

/// In every order and both directions, while others come and go around it.
pub fn a_record_present_throughout_is_paged_exactly_once(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let mut present: Vec<_> =
        (0..20).map(|n| sample::key(store, owner, 1_000 * n).parts().access_key).collect();
    present.sort();
    let passing = |n: u64| {
        let record = sample::key(store, owner, n);
        sample::delete(store, record);
    };
    for (round, order) in (0..).zip(KeyOrder::ALL) {
        for (turn, direction) in (0..).zip(Direction::ALL) {
            std::thread::scope(|scope| {
                let first = 20_001 + 100 * (2 * round + turn);
                let writer =
                    scope.spawn(move || (first..first + 10).map(|n| 997 * n % 20_000).for_each(passing));
                let mut passes = 0;
                while passes == 0 || !writer.is_finished() {
                    let query = KeyQuery { order, direction, limit: 3, ..KeyQuery::default() };
                    let read = read_in_pages(store, Reach::Owner(owner), query);
                    let mut seen: Vec<_> = read.iter().map(|key| key.parts().access_key).collect();
                    seen.retain(|access_key| present.binary_search(access_key).is_ok());
                    seen.sort();
                    assert_eq!(seen, present, "{order:?}, {direction:?}");
                    passes += 1;
                }
            });
        }
    }
}

/// `more` is about what is behind the page, not about its length.
pub fn a_page_says_whether_there_is_more(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    for n in 1..=4 {
        sample::key(store, owner, n);
    }
    let read = |limit| store.keys(Reach::Owner(owner), &KeyQuery { limit, ..KeyQuery::default() }).unwrap();
    for (limit, length, more) in [(0, 0, true), (3, 3, true), (4, 4, false), (5, 4, false)] {
        let page = read(limit);
        assert_eq!((page.items.len(), page.more), (length, more), "limit {limit}");
    }
    let hidden = KeyFilter { state: StateFilter::Is(LifecycleState::Deleted), ..KeyFilter::default() };
    let page = store.keys(Reach::Owner(owner), &KeyQuery { filter: hidden, ..KeyQuery::default() }).unwrap();
    assert_eq!((page.items.len(), page.more), (0, false));
}

/// A store gives no more than [`KeyQuery::MAX_LIMIT`], whatever it is asked for.
pub fn no_page_is_longer_than_the_most(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let most = KeyQuery::MAX_LIMIT;
    let changes = (0..=most)
        .map(|n| sample::change(Write::InsertKey(sample::new_key(owner, u64::try_from(n).unwrap()))))
        .collect();
    store.commit(changes).unwrap();
    let page = store.keys(Reach::AllOwners, &KeyQuery { limit: usize::MAX, ..KeyQuery::default() }).unwrap();
    assert_eq!((page.items.len(), page.more), (most, true));
    assert_eq!(store.load_keys(None, usize::MAX).unwrap().row.len(), most);
    assert_eq!(store.audit(None, usize::MAX).unwrap().len(), most);
}

/// A cursor holds the value of one order; for another it is no place at all.
pub fn a_cursor_of_another_order_shows_nothing(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    for order in KeyOrder::ALL {
        for other in KeyOrder::ALL {
            let before = Cursor { id: record.parts().id, ..Cursor::of(&record, other) };
            if before.fits(order) {
                continue;
            }
            for direction in Direction::ALL {
                let query = KeyQuery { order, direction, after: Some(before.clone()), ..KeyQuery::default() };
                let page = store.keys(Reach::Owner(owner), &query).unwrap();
                assert_eq!((page.items.len(), page.more), (0, false), "{order:?} after one of {other:?}");
            }
        }
    }
}

/// A cursor is a place, not a record: what stood there may be gone, or may never have been.
pub fn a_cursor_need_not_name_a_record(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let records: Vec<_> = (1..=3).map(|n| sample::key(store, owner, 10 * n)).collect();
    let between = Cursor {
        value: SortValue::Text(sample::access_key(15).as_str().into()),
        id: records.last().unwrap().parts().id,
    };
    let read = |direction| {
        let order = KeyOrder::AccessKey;
        let query = KeyQuery { order, direction, after: Some(between.clone()), ..KeyQuery::default() };
        let page = store.keys(Reach::Owner(owner), &query).unwrap();
        page.items.iter().map(|key| key.parts().access_key).collect::<Vec<_>>()
    };
    assert_eq!(read(Direction::Ascending), [sample::access_key(20), sample::access_key(30)]);
    assert_eq!(read(Direction::Descending), [sample::access_key(10)]);
}

/// Present is everything but deleted, any is everything, and each state by itself.
pub fn state_filters_show_what_they_say(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let records = assorted(store, owner);
    let [active, inactive, deleted] = LifecycleState::ALL.map(StateFilter::Is);
    for order in KeyOrder::ALL {
        for state in [StateFilter::Present, StateFilter::Any, active, inactive, deleted] {
            let filter = KeyFilter { state, ..KeyFilter::default() };
            let read = read_in_pages(
                store,
                Reach::AllOwners,
                KeyQuery { order, filter, limit: 2, ..KeyQuery::default() },
            );
            let mut expected = cursors(&records, order);
            let shown = |id| records.iter().any(|key| key.parts().id == id && filter.shows(key));
            expected.retain(|cursor| shown(cursor.id));
            expected.sort();
            assert_eq!(cursors(&read, order), expected, "{order:?}, {state:?}");
        }
    }
}

/// All filters must hold, the cursor and the reach as well.
pub fn filters_hold_together(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let [one, two] = [1, 2].map(|n| sample::key(store, owner, n).into_parts());
    let other = sample::owner(store, 2);
    let count = |reach, id, access_key, after, direction| {
        let filter = KeyFilter { state: StateFilter::Present, id, access_key };
        let page = store.keys(reach, &KeyQuery { filter, after, direction, ..KeyQuery::default() }).unwrap();
        assert!(!page.more);
        page.items.len()
    };
    let (own, up, down) = (Reach::Owner(owner), Direction::Ascending, Direction::Descending);
    assert_eq!(count(own, Some(one.id), None, None, up), 1);
    assert_eq!(count(own, None, Some(one.access_key), None, up), 1);
    assert_eq!(count(own, Some(one.id), Some(one.access_key), None, up), 1);
    assert_eq!(count(own, Some(one.id), Some(two.access_key), None, up), 0);
    assert_eq!(count(own, None, Some(sample::access_key(9)), None, up), 0);
    assert_eq!(count(Reach::Owner(other), Some(one.id), None, None, up), 0);
    let behind = |id| Some(Cursor { value: SortValue::Id, id });
    for (direction, passed, ahead) in [(up, &one, &two), (down, &two, &one)] {
        assert_eq!(count(own, Some(passed.id), None, behind(passed.id), direction), 0);
        assert_eq!(count(own, Some(ahead.id), None, behind(passed.id), direction), 1);
        assert_eq!(count(own, None, Some(passed.access_key), behind(ahead.id), direction), 0);
    }
}

/// A list for one owner shows that owner's keys; the administrator's shows all.
pub fn a_list_stays_within_its_reach(store: &dyn KeyStore) {
    let [one, two, none] = [1, 2, 3].map(|n| sample::owner(store, n));
    for n in 0..6 {
        sample::key(store, if n % 2 == 0 { one } else { two }, n);
    }
    for order in KeyOrder::ALL {
        let owners = |reach| {
            let read = read_in_pages(store, reach, KeyQuery { order, limit: 2, ..KeyQuery::default() });
            read.iter().map(|key| key.parts().owner).collect::<Vec<_>>()
        };
        assert_eq!(owners(Reach::Owner(one)), [one; 3]);
        assert_eq!(owners(Reach::Owner(two)), [two; 3]);
        assert_eq!(owners(Reach::Owner(none)), []);
        assert_eq!(owners(Reach::AllOwners).len(), 6);
    }
}
