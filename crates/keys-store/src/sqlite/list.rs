//! Lists of keys: one SQL text for each combination of order, direction, reach and filters, each walking one index.
//!
//! The texts differ in fixed fragments only; every value is a parameter. So there is a finite set of them, prepared
//! once and kept.

use keys_core::{KeyRecord, LifecycleState};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use super::fault::{Damage, Fault};
use super::row::{number, optional, read, text, time};
use super::statement::all;
use crate::query::{Direction, KeyCursor, KeyCursorValue, KeyOrder, KeyQuery, Page, Reach, StateFilter};

/// The columns of a key, in the order the record is read, the seal last.
macro_rules! key_columns {
    () => {
        "id, owner, access_key, state, digest, tag, pepper, deleted, name, description, creator, created, updated, \
         expires, revision, seal"
    };
}
pub(super) use key_columns;

/// One page of keys.
pub(super) fn keys(
    connection: &Connection,
    reach: Reach,
    query: &KeyQuery,
) -> Result<Page<KeyRecord>, Fault> {
    if query.after.as_ref().is_some_and(|after| !after.value.fits(query.order)) {
        return Ok(Page { items: Vec::new(), more: false });
    }
    let Some(sql) = sql(reach, query) else { return Ok(Page { items: Vec::new(), more: false }) };
    let limit = query.limit.min(KeyQuery::MAX_LIMIT);
    let items = all(connection, &sql, parameters(reach, query, limit), |row| within(reach, row))?;
    Ok(page(items, limit))
}

/// The first `limit` of `limit + 1` items, and whether there was one more.
pub(super) fn page<T>(mut items: Vec<T>, limit: usize) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    Page { items, more }
}

/// One more than the limit, to see whether there is more.
pub(super) fn one_more(limit: usize) -> Value {
    Value::Integer(i64::try_from(limit).map_or(i64::MAX, |limit| limit.saturating_add(1)))
}

/// The index named the owner, but the row decides.
fn within(reach: Reach, row: &Row<'_>) -> Result<KeyRecord, Fault> {
    let record: KeyRecord = read(row)?;
    if reach.covers(record.parts().owner) {
        Ok(record)
    } else {
        Err(Damage { table: "keys", what: "an index leads to a row of another owner" }.into())
    }
}

pub(super) fn parameters(reach: Reach, query: &KeyQuery, limit: usize) -> [Value; 7] {
    let KeyQuery { filter, after, .. } = query;
    let owner = match reach {
        Reach::Owner(owner) => text(owner),
        Reach::AllOwners => Value::Null,
    };
    let state = match filter.state {
        StateFilter::Is(state) => text(state),
        StateFilter::Present | StateFilter::Any => Value::Null,
    };
    [
        owner,
        state,
        optional(filter.id, |id| number(id.number())),
        optional(filter.access_key, text),
        optional(after.as_ref(), |after| place(&after.value)),
        optional(after.as_ref(), |after| number(after.id.number())),
        one_more(limit),
    ]
}

fn place(value: &KeyCursorValue) -> Value {
    match value {
        // The id itself is the next parameter.
        KeyCursorValue::Id => Value::Null,
        KeyCursorValue::Text(value) => text(value),
        KeyCursorValue::Time(value) => time(*value),
        KeyCursorValue::State(state) => Value::Integer(match state {
            LifecycleState::Active => 0,
            LifecycleState::Inactive => 1,
            LifecycleState::Deleted => 2,
        }),
    }
}

/// Rows are indexed in two sets, so that the deleted ones do not stand in the way of the others.
#[derive(Clone, Copy)]
enum Set {
    Present,
    Deleted,
}

/// The text of a query; `None` when its cursor is behind everything it could show.
pub(super) fn sql(reach: Reach, query: &KeyQuery) -> Option<String> {
    match query.filter.state {
        StateFilter::Present | StateFilter::Is(LifecycleState::Active | LifecycleState::Inactive) => {
            part(Set::Present, reach, query)
        }
        StateFilter::Is(LifecycleState::Deleted) => part(Set::Deleted, reach, query),
        StateFilter::Any => {
            let direction = direction(query.direction);
            match (part(Set::Present, reach, query), part(Set::Deleted, reach, query)) {
                (Some(present), Some(deleted)) => Some(format!(
                    "SELECT * FROM ({present}) UNION ALL SELECT * FROM ({deleted}) \
                     ORDER BY place {direction}, id {direction} LIMIT ?7"
                )),
                (one, other) => one.or(other),
            }
        }
    }
}

fn part(set: Set, reach: Reach, query: &KeyQuery) -> Option<String> {
    let after = match &query.after {
        Some(after) => behind(set, after, query)?,
        None => "",
    };
    let (order, direction) = (column(set, query.order), direction(query.direction));
    let by = match (query.order, set) {
        // Nothing but the id tells these apart.
        (KeyOrder::Id, _) | (KeyOrder::State, Set::Deleted) => String::new(),
        (KeyOrder::Name | KeyOrder::Description | KeyOrder::AccessKey | KeyOrder::Created, _)
        | (KeyOrder::State, Set::Present) => format!("{order} {direction}, "),
    };
    Some(format!(
        "SELECT {columns}, {order} AS place FROM keys {index} WHERE {set}{owner}{state}{id}{access_key}{after} \
         ORDER BY {by}id {direction} LIMIT ?7",
        columns = key_columns!(),
        index = index(set, reach, query),
        set = match set {
            Set::Present => "state <> 'deleted'",
            Set::Deleted => "state = 'deleted'",
        },
        owner = match reach {
            Reach::Owner(_) => " AND owner = ?1",
            Reach::AllOwners => "",
        },
        state = match query.filter.state {
            StateFilter::Is(_) => " AND state = ?2",
            StateFilter::Present | StateFilter::Any => "",
        },
        id = if query.filter.id.is_some() { " AND id = ?3" } else { "" },
        access_key = if query.filter.access_key.is_some() { " AND access_key = ?4" } else { "" },
    ))
}

const fn column(set: Set, order: KeyOrder) -> &'static str {
    match order {
        KeyOrder::Id => "id",
        KeyOrder::Name => "name_order",
        KeyOrder::Description => "description_order",
        KeyOrder::AccessKey => "access_key",
        KeyOrder::Created => "created",
        KeyOrder::State => match set {
            Set::Present => "state_order",
            Set::Deleted => "2",
        },
    }
}

const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    }
}

/// The condition for what comes behind a cursor; `None` when nothing of this set does.
const fn behind(set: Set, after: &KeyCursor, query: &KeyQuery) -> Option<&'static str> {
    let by_id = match query.direction {
        Direction::Ascending => " AND id > ?6",
        Direction::Descending => " AND id < ?6",
    };
    Some(match (query.order, query.direction) {
        (KeyOrder::Id, _) => by_id,
        (KeyOrder::Name, Direction::Ascending) => " AND (name_order, id) > (?5, ?6)",
        (KeyOrder::Name, Direction::Descending) => " AND (name_order, id) < (?5, ?6)",
        (KeyOrder::Description, Direction::Ascending) => " AND (description_order, id) > (?5, ?6)",
        (KeyOrder::Description, Direction::Descending) => " AND (description_order, id) < (?5, ?6)",
        (KeyOrder::AccessKey, Direction::Ascending) => " AND (access_key, id) > (?5, ?6)",
        (KeyOrder::AccessKey, Direction::Descending) => " AND (access_key, id) < (?5, ?6)",
        (KeyOrder::Created, Direction::Ascending) => " AND (created, id) > (?5, ?6)",
        (KeyOrder::Created, Direction::Descending) => " AND (created, id) < (?5, ?6)",
        (KeyOrder::State, direction) => match (set, direction, &after.value) {
            (Set::Present, Direction::Ascending, _) => " AND (state_order, id) > (?5, ?6)",
            (Set::Present, Direction::Descending, _) => " AND (state_order, id) < (?5, ?6)",
            // Every row of this set is in the last state: behind its own kind by id, behind the others all or none.
            (Set::Deleted, _, KeyCursorValue::State(LifecycleState::Deleted)) => by_id,
            (Set::Deleted, Direction::Ascending, _) => "",
            (Set::Deleted, Direction::Descending, _) => return None,
        },
    })
}

/// Names the index to walk, so that a list can never become a scan unnoticed: SQLite refuses a text it cannot walk
/// that way. One key by id or access key is found by its own index instead.
fn index(set: Set, reach: Reach, query: &KeyQuery) -> String {
    if query.filter.id.is_some() || query.filter.access_key.is_some() {
        return String::new();
    }
    let set_name = match set {
        Set::Present => "present",
        Set::Deleted => "deleted",
    };
    let reach = match reach {
        Reach::Owner(_) => "owner",
        Reach::AllOwners => "all",
    };
    let order = match (query.order, set) {
        (KeyOrder::Id, _) => "id",
        (KeyOrder::Name, _) => "name",
        (KeyOrder::Description, _) => "description",
        (KeyOrder::AccessKey, _) => "access_key",
        (KeyOrder::Created, _) => "created",
        (KeyOrder::State, Set::Present) => "state",
        // All deleted ones are in one state, so the order is that of their ids.
        (KeyOrder::State, Set::Deleted) => "id",
    };
    format!("INDEXED BY keys_{set_name}_{reach}_{order}")
}
