//! Every list walks an index: none sorts, none scans.

use std::str::FromStr;

use keys_core::{LifecycleState, Owner};
use rusqlite::{Connection, params_from_iter};

use super::super::list::List;
use super::super::{connect, read, schema};
use super::Bench;
use crate::conformance::sample;
use crate::cursor::{CreatorRank, Cursor, Expiry, Order, SortKind, SortValue, StateRank};
use crate::query::{
    Direction, EnvironmentFilter, EnvironmentOrder, EnvironmentQuery, KeyFilter, KeyOrder, KeyQuery, Reach,
    StateFilter,
};

const STATES: [StateFilter; 5] = [
    StateFilter::Present,
    StateFilter::Any,
    StateFilter::Is(LifecycleState::Active),
    StateFilter::Is(LifecycleState::Inactive),
    StateFilter::Is(LifecycleState::Deleted),
];

/// Every query there is, but for its values.
fn queries(owner: Owner) -> Vec<(Reach, KeyQuery)> {
    let mut queries = Vec::new();
    for order in KeyOrder::ALL {
        for direction in Direction::ALL {
            for state in STATES {
                for reach in [Reach::AllOwners, Reach::Owner(owner)] {
                    for after in [None, Some(cursor(order, state_of(state).into(), "1c1"))] {
                        let filter = KeyFilter { state, ..KeyFilter::default() };
                        queries.push((reach, KeyQuery { order, direction, filter, after, limit: 10 }));
                    }
                }
            }
        }
    }
    queries
}

/// A state that a list with this filter can show.
const fn state_of(filter: StateFilter) -> LifecycleState {
    match filter {
        StateFilter::Present | StateFilter::Any => LifecycleState::Inactive,
        StateFilter::Is(state) => state,
    }
}

fn cursor<Id: FromStr>(order: impl Order, rank: StateRank, id: &str) -> Cursor<Id> {
    let value = match order.sorts_by() {
        SortKind::Id => SortValue::Id,
        SortKind::Text => SortValue::Text("k".into()),
        SortKind::Time => SortValue::Time(sample::instant(0)),
        SortKind::State => SortValue::State(rank),
        SortKind::Expiry => SortValue::Expiry(Expiry::Never),
        SortKind::Creator => SortValue::Creator(CreatorRank { principal: 1, key: None }),
    };
    Cursor { value, id: id.parse().ok().unwrap() }
}

fn plan(connection: &Connection, list: List) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN {}", list.sql().unwrap());
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map(params_from_iter(list.parameters(10)), |row| row.get(3)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// How many walks a set of rows takes: one, or behind a place two, for what has the same value and for what has a greater.
fn walks(sorts_by: SortKind, gone: bool, rank: Option<StateRank>, direction: Direction) -> usize {
    match (sorts_by, gone, rank) {
        (_, _, None) | (SortKind::Id, ..) | (SortKind::State, true, Some(StateRank::Gone)) => 1,
        // Behind one that is present come, by state, all that are gone or none.
        (SortKind::State, true, Some(_)) => usize::from(direction == Direction::Ascending),
        (SortKind::Text | SortKind::Time | SortKind::State | SortKind::Expiry | SortKind::Creator, ..) => 2,
    }
}

/// Holds a plan to what a list may cost: so many walks, each along an index of the table, each behind the place.
#[track_caller]
fn check(plan: &[String], table: &str, expected: usize, unbounded: usize, sorts_gone: bool) {
    // What is gone has one state and is in order by its ids. It is cut to the limit before it is merged.
    let sorts = plan.iter().filter(|step| step.contains("TEMP B-TREE")).count();
    assert!(sorts <= usize::from(sorts_gone), "{plan:#?}");
    let of_table = |step: &&String| step.split(' ').nth(1) == Some(table);
    let walks: Vec<&String> = plan.iter().filter(of_table).collect();
    assert_eq!(walks.len(), expected, "{plan:#?}");
    assert!(walks.iter().all(|step| step.contains(&format!(" INDEX {table}_"))), "{plan:#?}");
    let whole = walks.iter().filter(|step| step.starts_with("SCAN")).count();
    assert!(whole <= unbounded, "{plan:#?}");
}

#[test]
fn no_list_sorts_and_every_list_seeks_behind_its_cursor() {
    let bench = Bench::new();
    let connection = connect::reader(&bench.path).unwrap();
    for (reach, query) in queries(bench.owner()) {
        let rank = query.after.as_ref().map(|_| StateRank::from(state_of(query.filter.state)));
        let walks = |gone| walks(query.order.sorts_by(), gone, rank, query.direction);
        let one_state =
            matches!(query.filter.state, StateFilter::Is(LifecycleState::Active | LifecycleState::Inactive));
        if one_state && matches!(query.order, KeyOrder::Id | KeyOrder::State) {
            // Along the index of states, to those of this one alone.
            let list = List::of_keys(reach, &query).unwrap();
            check(&plan(&connection, list), "keys", 1, 0, false);
            continue;
        }
        let (present, gone) = match query.filter.state {
            StateFilter::Present | StateFilter::Is(LifecycleState::Active | LifecycleState::Inactive) => {
                (walks(false), 0)
            }
            StateFilter::Is(LifecycleState::Deleted) => (0, walks(true)),
            StateFilter::Any => (walks(false), walks(true)),
        };
        let by_state = query.order == KeyOrder::State;
        // A first page begins at an end of the index; all that are gone come behind those that are not.
        let unbounded = match (reach, &query.after) {
            (Reach::Owner(_), _) => 0,
            (Reach::AllOwners, None) => present + gone,
            (Reach::AllOwners, Some(_)) => usize::from(by_state && query.filter.state == StateFilter::Any),
        };
        let list = List::of_keys(reach, &query).unwrap();
        check(&plan(&connection, list), "keys", present + gone, unbounded, by_state);
    }
}

#[test]
fn no_list_of_environments_sorts_and_every_one_seeks_behind_its_cursor() {
    let bench = Bench::new();
    let connection = connect::reader(&bench.path).unwrap();
    for order in EnvironmentOrder::ALL {
        for direction in Direction::ALL {
            for removed in [false, true] {
                for rank in [None, Some(StateRank::Inactive), Some(StateRank::Gone)] {
                    let filter = EnvironmentFilter { removed, id: None };
                    let after = rank.map(|rank| cursor(order, rank, "1a1"));
                    let query = EnvironmentQuery { order, direction, filter, after, limit: 10 };
                    let list = List::of_environments(Reach::AllOwners, &query).unwrap();
                    let walks = |gone| walks(order.sorts_by(), gone, rank, direction);
                    let walks = walks(false) + if removed { walks(true) } else { 0 };
                    let by_state = order == EnvironmentOrder::State;
                    let unbounded = if rank.is_none() { walks } else { usize::from(by_state && removed) };
                    check(&plan(&connection, list), "environments", walks, unbounded, by_state && removed);
                }
            }
        }
    }
}

#[test]
fn one_environment_is_found_by_its_id() {
    let bench = Bench::new();
    let connection = connect::reader(&bench.path).unwrap();
    let id = "1a1".parse().unwrap();
    let of = [Reach::AllOwners, Reach::Owner(Owner::Environment(id))];
    for (reach, order) in of.into_iter().flat_map(|reach| EnvironmentOrder::ALL.map(|order| (reach, order))) {
        let filter = EnvironmentFilter { removed: true, id: Some(id) };
        let query = EnvironmentQuery { order, filter, ..EnvironmentQuery::default() };
        let plan = plan(&connection, List::of_environments(reach, &query).unwrap());
        assert!(plan.iter().all(|step| !step.contains("SCAN environments")), "{plan:#?}");
    }
}

#[test]
fn one_key_by_id_or_access_key_is_found_by_its_own_index() {
    let bench = Bench::new();
    let connection = connect::reader(&bench.path).unwrap();
    let owner = bench.owner();
    for (reach, mut query) in queries(owner).into_iter().filter(|(_, query)| query.order != KeyOrder::State) {
        query.filter.id = Some("1c1".parse().unwrap());
        let by_id = plan(&connection, List::of_keys(reach, &query).unwrap());
        assert!(by_id.iter().all(|step| !step.contains("SCAN keys")), "{by_id:#?}");
        query.filter = KeyFilter { id: None, access_key: Some(sample::access_key(1)), ..query.filter };
        let by_name = plan(&connection, List::of_keys(reach, &query).unwrap());
        assert!(by_name.iter().all(|step| !step.contains("SCAN keys")), "{by_name:#?}");
    }
}

#[test]
fn a_verification_reads_one_row_by_its_access_key() {
    let bench = Bench::new();
    let connection = connect::reader(&bench.path).unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {}", read::KEY_NAMED);
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map(["KC7Q0WVN3TZ5H8RJ2M4X"], |row| row.get::<_, String>(3)).unwrap();
    let plan: Vec<_> = rows.map(Result::unwrap).collect();
    let search = "SEARCH keys USING INDEX sqlite_autoindex_keys_1 (access_key=?)";
    assert!(plan.iter().any(|step| step.starts_with(search)), "{plan:#?}");
    assert!(plan.iter().all(|step| !step.contains("SCAN keys")), "{plan:#?}");
}

#[test]
fn the_schema_is_what_the_migrations_make() {
    let bench = Bench::new();
    let connection = Connection::open(&bench.path).unwrap();
    assert!(schema::is_ours(&connection).unwrap());
    connection.execute_batch("CREATE INDEX another ON keys (created)").unwrap();
    assert!(!schema::is_ours(&connection).unwrap());
}
