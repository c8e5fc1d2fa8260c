//! Every list walks an index: none sorts, none scans.

use std::str::FromStr;

use keys_core::{LifecycleState, Owner};
use rusqlite::{Connection, params_from_iter};

use super::super::list::List;
use super::super::{connect, read, schema};
use super::Bench;
use crate::conformance::sample;
use crate::cursor::{Cursor, Order, SortKind, SortValue, StateRank};
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
    };
    Cursor { value, id: id.parse().ok().unwrap() }
}

fn plan(connection: &Connection, list: List) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN {}", list.sql().unwrap());
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map(params_from_iter(list.parameters(10)), |row| row.get(3)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn no_list_sorts_and_every_list_seeks_behind_its_cursor() {
    let bench = Bench::new();
    let connection = connect::reader(&bench.path).unwrap();
    for (reach, query) in queries(bench.owner()) {
        let list = List::of_keys(reach, &query).unwrap();
        if list.sql().is_none() {
            continue;
        }
        let plan = plan(&connection, list);
        // What sorts the two short halves of a list of any state is bounded by its limit.
        let sorts = plan.iter().filter(|step| step.contains("TEMP B-TREE")).count();
        assert!(sorts == 0 || query.filter.state == StateFilter::Any, "{query:?}: {plan:#?}");
        let walks = plan.iter().filter(|step| step.contains("INDEX keys_"));
        // Behind a key that is not deleted come, by state, all deleted ones or none.
        let by_state = query.order == KeyOrder::State && query.filter.state == StateFilter::Any;
        let one = query.filter.state != StateFilter::Any
            || by_state && query.after.is_some() && query.direction == Direction::Descending;
        let expected = if one { 1 } else { 2 };
        assert_eq!(walks.clone().count(), expected, "{query:?}: {plan:#?}");
        if query.after.is_some() && !by_state || reach != Reach::AllOwners {
            assert!(walks.clone().all(|step| step.starts_with("SEARCH")), "{query:?}: {plan:#?}");
        }
        if query.after.is_some() && query.order != KeyOrder::Id {
            let column = step_column(query.order);
            let seeks = walks.filter(|step| step.contains(column)).count();
            // All deleted ones are in one state, and so are all of one.
            let constant = query.order == KeyOrder::State && query.filter.state != StateFilter::Present;
            assert!(seeks == expected || constant, "{query:?}: {plan:#?}");
        }
    }
}

#[test]
fn no_list_of_environments_sorts_and_every_one_seeks_behind_its_cursor() {
    let bench = Bench::new();
    let connection = connect::reader(&bench.path).unwrap();
    for order in EnvironmentOrder::ALL {
        for direction in Direction::ALL {
            for removed in [false, true] {
                for after in [None, Some(cursor(order, StateRank::Inactive, "1a1"))] {
                    let filter = EnvironmentFilter { removed, id: None };
                    let behind = after.is_some();
                    let query = EnvironmentQuery { order, direction, filter, after, limit: 10 };
                    let list = List::of_environments(Reach::AllOwners, &query).unwrap();
                    let plan = plan(&connection, list);
                    let what = format!("{query:?}: {plan:#?}");
                    // What sorts the two short halves is bounded by the limit.
                    assert!(removed || plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{what}");
                    let walks = || plan.iter().filter(|step| step.contains("INDEX environments_"));
                    let by_state = order == EnvironmentOrder::State && removed && behind;
                    let halves = match (removed, by_state, direction) {
                        // Behind one that is not removed come, by state, all removed ones or none.
                        (true, true, Direction::Descending) | (false, ..) => 1,
                        (true, ..) => 2,
                    };
                    assert_eq!(walks().count(), halves, "{what}");
                    let seeks = walks().filter(|step| step.starts_with("SEARCH")).count();
                    assert_eq!(
                        seeks,
                        if behind { halves - usize::from(by_state && halves == 2) } else { 0 },
                        "{what}"
                    );
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

const fn step_column(order: KeyOrder) -> &'static str {
    match order {
        KeyOrder::Id => "rowid",
        KeyOrder::Name => "name_order",
        KeyOrder::Description => "description_order",
        KeyOrder::AccessKey => "access_key",
        KeyOrder::Created => "created",
        KeyOrder::State => "state_order",
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
