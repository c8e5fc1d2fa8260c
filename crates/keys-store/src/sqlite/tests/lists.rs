//! Every list walks an index: none sorts, none scans.

use keys_core::{LifecycleState, Owner};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::super::{connect, list, read, schema};
use super::Bench;
use crate::conformance::sample;
use crate::query::{Direction, KeyCursor, KeyCursorValue, KeyFilter, KeyOrder, KeyQuery, Reach, StateFilter};

const ORDERS: [KeyOrder; 6] = [
    KeyOrder::Id,
    KeyOrder::Name,
    KeyOrder::Description,
    KeyOrder::AccessKey,
    KeyOrder::Created,
    KeyOrder::State,
];

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
    for order in ORDERS {
        for direction in [Direction::Ascending, Direction::Descending] {
            for state in STATES {
                for reach in [Reach::AllOwners, Reach::Owner(owner)] {
                    for after in [None, Some(cursor(order, state_of(state)))] {
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

fn cursor(order: KeyOrder, state: LifecycleState) -> KeyCursor {
    let value = match order {
        KeyOrder::Id => KeyCursorValue::Id,
        KeyOrder::Name | KeyOrder::Description | KeyOrder::AccessKey => KeyCursorValue::Text("k".into()),
        KeyOrder::Created => KeyCursorValue::Time(sample::instant(0)),
        KeyOrder::State => KeyCursorValue::State(state),
    };
    KeyCursor { value, id: "1c1".parse().unwrap() }
}

fn plan(connection: &Connection, reach: Reach, query: &KeyQuery) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN {}", list::sql(reach, query).unwrap());
    let mut statement = connection.prepare(&sql).unwrap();
    let parameters: [Value; 7] = list::parameters(reach, query, query.limit);
    let rows = statement.query_map(params_from_iter(parameters), |row| row.get(3)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn no_list_sorts_and_every_list_seeks_behind_its_cursor() {
    let bench = Bench::new();
    let connection = connect::reader(&bench.path).unwrap();
    for (reach, query) in queries(bench.owner()) {
        if list::sql(reach, &query).is_none() {
            continue;
        }
        let plan = plan(&connection, reach, &query);
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
        let by_id = plan(&connection, reach, &query);
        assert!(by_id.iter().all(|step| !step.contains("SCAN keys")), "{by_id:#?}");
        query.filter = KeyFilter { id: None, access_key: Some(sample::access_key(1)), ..query.filter };
        let by_name = plan(&connection, reach, &query);
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
