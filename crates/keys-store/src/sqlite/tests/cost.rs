//! What a page costs: as many steps of SQLite's machine at the end of a list as at its beginning.
//!
//! Steps are counted, not time, so the figures are the same on every machine.
//! `KEYS_LISTED=100000 cargo test -p keys-store --all-features --lib cost -- --nocapture` prints them for 100,000 keys and
//! 10,000 environments, with the time of a page beside them.

use std::time::{Duration, Instant};

use keys_core::{EnvironmentTransition, KeyId, KeyRecord, Owner, Transition};
use rusqlite::{Connection, StatementStatus, params_from_iter};

use super::super::list::List;
use super::super::{connect, read};
use super::Bench;
use crate::conformance::sample;
use crate::cursor::{Cursor, Listed, Order as _, SortValue};
use crate::query::{
    Direction, EnvironmentFilter, EnvironmentOrder, EnvironmentQuery, KeyFilter, KeyOrder, KeyQuery, Reach,
    StateFilter,
};
use crate::store::{Committed, KeyStore as _, Write};

/// How many records a page shows.
const PAGE: usize = 100;

/// How many keys there are; a tenth as many environments.
fn listed() -> u64 {
    std::env::var("KEYS_LISTED").map_or(3_000, |listed| listed.parse().unwrap())
}

/// Keys of two owners, in every state, with names that come again and again.
fn with_keys(count: u64) -> (Bench, Owner) {
    let bench = Bench::new();
    let owners = [1, 2].map(|n| sample::owner(&bench.store, n));
    let change = |write| sample::change(write);
    for first in (0..count).step_by(5_000) {
        let numbers = first..count.min(first + 5_000);
        let new = |n: u64| {
            let mut new = sample::new_key(owners[usize::from(n.is_multiple_of(4))], n);
            new.name = (!n.is_multiple_of(7)).then(|| sample::name(&format!("name {}", n % 1_000)));
            new.description = Some(sample::description(&format!("{}", n % 100)));
            new.created = sample::instant(i64::try_from(n / 3).unwrap());
            new.expires_at = (!n.is_multiple_of(3)).then(|| sample::instant(i64::try_from(n / 10).unwrap()));
            new.creator.key = KeyId::new(n % 10);
            change(Write::InsertKey(new))
        };
        let mut made = keys(bench.store.commit(numbers.map(new).collect()).unwrap());
        for (transition, every) in [(Transition::Deactivate, 3), (Transition::Delete, 9)] {
            let updates =
                made.iter().filter(|record| record.parts().id.number() % every == 0).map(|record| {
                    let (expected, now) = (record.parts().revision, record.parts().updated);
                    let record = record.clone().transition(transition, now).unwrap();
                    change(Write::UpdateKey { record, expected })
                });
            made = keys(bench.store.commit(updates.collect()).unwrap());
        }
    }
    (bench, owners[0])
}

fn keys(committed: Vec<Committed>) -> Vec<KeyRecord> {
    let record = |committed| if let Committed::Key(record) = committed { Some(*record) } else { None };
    committed.into_iter().filter_map(record).collect()
}

/// Environments in every state, with names that come again.
fn with_environments(count: u64) -> Bench {
    let bench = Bench::new();
    let new = |n: u64| {
        let mut new = sample::new_environment(n);
        new.name = (!n.is_multiple_of(7)).then(|| sample::name(&format!("name {}", n % 100)));
        new.created = sample::instant(i64::try_from(n / 3).unwrap());
        sample::change(Write::InsertEnvironment(new))
    };
    let made = bench.store.commit((0..count).map(new).collect()).unwrap();
    let updates = made.into_iter().enumerate().filter_map(|(n, committed)| {
        let Committed::Environment(record) = committed else { return None };
        let transition = match n % 9 {
            0 => EnvironmentTransition::Remove,
            3 | 6 => EnvironmentTransition::Deactivate,
            _ => return None,
        };
        let (expected, now) = (record.parts().revision, record.parts().updated);
        let record = record.transition(transition, now).unwrap();
        Some(sample::change(Write::UpdateEnvironment { record, expected }))
    });
    bench.store.commit(updates.collect()).unwrap();
    bench
}

/// What one page cost.
struct Cost {
    steps: i32,
    time: Duration,
}

/// Reads a page to its end.
fn cost(connection: &Connection, list: List) -> Cost {
    let sql = list.sql().unwrap();
    let mut statement = connection.prepare_cached(&sql).unwrap();
    statement.reset_status(StatementStatus::VmStep);
    let begin = Instant::now();
    let mut rows = statement.query(params_from_iter(list.parameters(PAGE))).unwrap();
    let mut count = 0;
    while rows.next().unwrap().is_some() {
        count += 1;
    }
    drop(rows);
    assert_eq!(count, PAGE + 1, "a whole page, and one more: {sql}");
    assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "compiled anew for other values: {sql}");
    Cost { steps: statement.get_status(StatementStatus::VmStep), time: begin.elapsed() }
}

/// The place nine tenths down a list of these records.
fn far_down<T: Listed>(records: &[T], order: T::Order, direction: Direction) -> Cursor<T::Id> {
    let mut places: Vec<_> = records.iter().map(|record| Cursor::of(record, order)).collect();
    places.sort();
    if direction == Direction::Descending {
        places.reverse();
    }
    places.swap_remove((places.len() - 2 * PAGE) * 9 / 10)
}

/// A page behind a place merges two walks, which is some steps more for each row it shows. What grows with the place
/// would be several times as many.
#[track_caller]
fn compare(what: &str, first: &Cost, far: &Cost) {
    println!(
        "{what:60} {:6} steps {:6.0?}   {:6} steps {:6.0?}",
        first.steps, first.time, far.steps, far.time
    );
    let (first, far) = (f64::from(first.steps), f64::from(far.steps));
    assert!(far <= first * 1.75, "{what}: {far} steps far down, {first} at the beginning");
}

#[test]
fn a_page_of_keys_costs_the_same_wherever_it_is() {
    let (bench, owner) = with_keys(listed());
    let connection = connect::reader(&bench.path).unwrap();
    for (reach, of) in [(Reach::AllOwners, "all"), (Reach::Owner(owner), "one owner")] {
        for state in [StateFilter::Present, StateFilter::Any] {
            let filter = KeyFilter { state, ..KeyFilter::default() };
            let query = KeyQuery { filter, limit: KeyQuery::MAX_LIMIT, ..KeyQuery::default() };
            let read = |after| bench.store.keys(reach, &KeyQuery { after, ..query.clone() }).unwrap().items;
            let records = everything(read);
            for (order, direction) in both_ways(KeyOrder::all()) {
                let page = |after| {
                    let query = KeyQuery { order, direction, after, ..query.clone() };
                    cost(&connection, List::of_keys(reach, &query).unwrap())
                };
                let far = page(Some(far_down(&records, order, direction)));
                compare(&format!("keys of {of}, {state:?}, {order:?}, {direction:?}"), &page(None), &far);
            }
        }
    }
}

#[test]
fn a_page_of_environments_costs_the_same_wherever_it_is() {
    let bench = with_environments((listed() / 10).max(1_000));
    let connection = connect::reader(&bench.path).unwrap();
    for removed in [false, true] {
        let filter = EnvironmentFilter { removed, id: None };
        let query = EnvironmentQuery { filter, limit: KeyQuery::MAX_LIMIT, ..EnvironmentQuery::default() };
        let records = everything(|after| {
            bench
                .store
                .environments(Reach::AllOwners, &EnvironmentQuery { after, ..query.clone() })
                .unwrap()
                .items
        });
        for (order, direction) in both_ways(EnvironmentOrder::all()) {
            let page = |after| {
                let query = EnvironmentQuery { order, direction, after, ..query.clone() };
                cost(&connection, List::of_environments(Reach::AllOwners, &query).unwrap())
            };
            let far = page(Some(far_down(&records, order, direction)));
            let shown = if removed { "removed as well" } else { "present" };
            compare(&format!("environments, {shown}, {order:?}, {direction:?}"), &page(None), &far);
        }
    }
}

/// To compile a statement costs several times what it does.
#[test]
fn a_statement_is_compiled_once_whatever_it_is_asked() {
    let (bench, _) = with_keys(20);
    let connection = connect::reader(&bench.path).unwrap();
    for n in 0..10 {
        assert!(read::key_named(&connection, &sample::access_key(n)).unwrap().row.is_some());
    }
    let statement = connection.prepare_cached(read::KEY_NAMED).unwrap();
    assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
}

fn both_ways<O: Copy>(orders: &[O]) -> Vec<(O, Direction)> {
    orders.iter().flat_map(|order| Direction::ALL.map(|direction| (*order, direction))).collect()
}

/// All records of a list.
fn everything<T: Listed>(mut read: impl FnMut(Option<Cursor<T::Id>>) -> Vec<T>) -> Vec<T> {
    let mut records: Vec<T> = Vec::new();
    loop {
        let after = records.last().map(|last| Cursor { value: SortValue::Id, id: last.id() });
        let page = read(after);
        if page.is_empty() {
            return records;
        }
        records.extend(page);
    }
}
