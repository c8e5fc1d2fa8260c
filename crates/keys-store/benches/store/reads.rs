//! Reads among many keys: of one key, of pages in every order, and with filters.

use std::sync::Arc;

use keys_bench::{Bench, Clock, Figure, Unit};
use keys_core::{KeyId, KeyRecord, LifecycleState, Owner};
use keys_store::conformance::many;
use keys_store::{
    Cursor, Direction, KeyFilter, KeyOrder, KeyQuery, KeyStore, OpenMode, Order as _, Reach, SqliteStore,
    StateFilter,
};

use crate::large::{self, OWNERS};

const ROUNDS: usize = 9;
/// How many records a page shows.
const PAGE: usize = 100;

pub(crate) fn run(bench: &mut Bench) {
    let keys = std::env::var("KEYS_BENCH_KEYS").ok().and_then(|keys| keys.parse().ok());
    let keys = keys.unwrap_or_else(|| bench.pick(1_000_000, 5_000));
    let clock = Clock::of_wall();
    let path = large::database(keys);
    bench.line(format_args!("\n{keys} keys of {OWNERS} owners (ready after {:.0} s)", clock.seconds()));
    let store: Arc<dyn KeyStore> = Arc::new(SqliteStore::open(&path, OpenMode::ReadOnly).unwrap());
    points(bench, &*store, keys);
    pages(bench, &*store, keys);
}

/// Reads of one key each, anywhere.
fn points(bench: &mut Bench, store: &dyn KeyStore, keys: u64) {
    let reads = bench.pick(10_000, 100);
    let owner = owner();
    let numbers: Vec<u64> =
        (1..=reads).map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % keys + 1).collect();
    let access_keys: Vec<_> = numbers.iter().map(|n| many::new_key(owner, *n).access_key).collect();
    let mut cases = bench.cases(ROUNDS, Unit::Microseconds);
    cases.add("by access key, as a verification that misses the index", || {
        let clock = Clock::of_thread();
        access_keys.iter().for_each(|access_key| assert!(store.load_key(access_key).unwrap().row.is_some()));
        clock.seconds() / access_keys.len() as f64
    });
    cases.add("by id", || {
        let clock = Clock::of_thread();
        for number in &numbers {
            assert!(store.key(Reach::AllOwners, KeyId::new(*number).unwrap()).unwrap().is_some());
        }
        clock.seconds() / numbers.len() as f64
    });
    let figures = cases.run();
    bench.columns(&["read of one key", "processor time"]);
    figures.iter().for_each(|figure| bench.row(&[&figure.name, figure]));
}

/// The first page, and pages anywhere, in every order, both ways, and with filters.
fn pages(bench: &mut Bench, store: &dyn KeyStore, keys: u64) {
    let any = |state| KeyFilter { state, ..KeyFilter::default() };
    let lists = [
        ("all owners, present", Reach::AllOwners, any(StateFilter::Present)),
        ("all owners, Inactive", Reach::AllOwners, any(StateFilter::Is(LifecycleState::Inactive))),
        ("one owner, present", Reach::Owner(owner()), any(StateFilter::Present)),
    ];
    bench.columns(&["pages of 100", "order", "the first", "anywhere", "anywhere ÷ the first"]);
    let mut worst: Option<Figure> = None;
    for (name, reach, filter) in lists {
        let places = anywhere(store, reach, &filter, keys);
        for (order, direction) in
            KeyOrder::all().iter().flat_map(|order| Direction::ALL.map(|way| (*order, way)))
        {
            let query = KeyQuery { order, direction, filter, after: None, limit: PAGE };
            let behind =
                |record: &KeyRecord| KeyQuery { after: Some(Cursor::of(record, order)), ..query.clone() };
            let others: Vec<KeyQuery> = places.iter().map(behind).collect();
            let mut cases = bench.cases(ROUNDS, Unit::Microseconds);
            cases.add("the first", || read(store, reach, &vec![query.clone(); PLACES]));
            cases.add("anywhere", || read(store, reach, &others));
            let figures = cases.run();
            let ratio = figures[1].ratio_to(&figures[0]);
            bench.row(&[&name, &format_args!("{order:?}, {direction:?}"), &figures[0], &figures[1], &ratio]);
            let whole = filter.state == StateFilter::Present;
            if whole && worst.as_ref().is_none_or(|worst| worst.median < ratio.median) {
                worst = Some(ratio);
            }
        }
    }
    bench.line(format_args!(
        "\nThe worst of the last column, of lists that are not filtered: {}",
        worst.unwrap()
    ));
}

/// Seconds for a page, the mean of these; each is read once before, to warm what can be warm.
fn read(store: &dyn KeyStore, reach: Reach, queries: &[KeyQuery]) -> f64 {
    let mut records = 0;
    let mut seconds = 0.0;
    for query in queries {
        store.keys(reach, query).unwrap();
        let clock = Clock::of_thread();
        records += store.keys(reach, query).unwrap().items.len();
        seconds += clock.seconds();
    }
    // Behind a place near the end there may be less than a page: what is measured is the time of a full one.
    seconds / records as f64 * PAGE as f64
}

/// Keys that such a list shows, from anywhere in it.
fn anywhere(store: &dyn KeyStore, reach: Reach, filter: &KeyFilter, keys: u64) -> Vec<KeyRecord> {
    let numbers = (1u64..).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % keys + 1);
    let records = numbers.filter_map(|number| store.key(reach, KeyId::new(number)?).unwrap());
    records.filter(|record| filter.shows(record)).take(PLACES).collect()
}

/// How many places pages are read from.
const PLACES: usize = 20;

/// The first owner of the database.
fn owner() -> Owner {
    "environment/1a1".parse().unwrap()
}
