//! Lists of keys and environments: one SQL text for each combination of order, direction, reach and filters, each walking
//! one index.
//!
//! The texts differ in fixed fragments only; every value is a parameter. So there is a finite set of them, prepared
//! once and kept.

use std::cmp::Ordering;

use keys_core::{EnvironmentRecord, KeyRecord, LifecycleState, Owner, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use super::fault::{Damage, Fault};
use super::member;
use super::row::{number, optional, read, text, time};
use super::statement::all;
use crate::cursor::{CreatorRank, Expiry, SortValue, StateRank};
use crate::query::{
    Direction, EnvironmentFilter, EnvironmentOrder, EnvironmentQuery, KeyOrder, KeyQuery, Page, Reach,
    StateFilter,
};

/// The columns of a key, in the order the record is read, the seal last.
macro_rules! key_columns {
    () => {
        "id, owner, access_key, state, digest, tag, pepper, deleted, name, description, creator, created, updated, \
         expires, revision, seal"
    };
}
pub(super) use key_columns;

/// The columns of an environment, likewise.
macro_rules! environment_columns {
    () => {
        "id, uuid, name, description, state, removed, creator, created, updated, revision, seal"
    };
}
pub(super) use environment_columns;

/// One page of keys.
pub(super) fn keys(
    connection: &Connection,
    reach: Reach,
    query: &KeyQuery,
) -> Result<Page<KeyRecord>, Fault> {
    let Some(list) = List::of_keys(reach, query) else { return Ok(nothing()) };
    list.page(connection, query.limit, |row| {
        // The index named the owner, but the row decides.
        let record: KeyRecord = read(row)?;
        if reach.covers(record.parts().owner) {
            Ok(record)
        } else {
            Err(Damage { table: "keys", what: "an index leads to a row of another owner" }.into())
        }
    })
}

/// One page of environments.
pub(super) fn environments(
    connection: &Connection,
    reach: Reach,
    query: &EnvironmentQuery,
) -> Result<Page<EnvironmentRecord>, Fault> {
    let Some(list) = List::of_environments(reach, query) else { return Ok(nothing()) };
    list.page(connection, query.limit, |row| {
        let record: EnvironmentRecord = read(row)?;
        match reach {
            // The list named the account, but the rows decide.
            Reach::Owner(Owner::Account(account)) => member::check_shown(connection, account, &record)?,
            Reach::Owner(Owner::Environment(_)) | Reach::AllOwners => {}
        }
        Ok(record)
    })
}

const fn nothing<T>() -> Page<T> {
    Page { items: Vec::new(), more: false }
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

/// A list before it is read: of which table, which rows, in which order.
pub(super) struct List {
    table: &'static Table,
    shown: Shown,
    by: Column,
    direction: Direction,
    after: Option<SortValue>,
    /// What else must hold; each begins with ` AND `.
    conditions: Vec<&'static str>,
    along: Along,
    /// Owner or account, state, id, access key, the sort value behind which the page begins, and its id.
    parameters: [Value; 6],
}

/// What is listed in orders.
struct Table {
    name: &'static str,
    columns: &'static str,
    /// The state of what lists leave out.
    gone: &'static str,
}

const KEYS: Table = Table { name: "keys", columns: key_columns!(), gone: "deleted" };
const ENVIRONMENTS: Table = Table { name: "environments", columns: environment_columns!(), gone: "removed" };

/// The environments that an account is a member of and that are shown to it: see
/// [`shows_to_member`](crate::rules::shows_to_member).
const SHOWN_TO_MEMBER: &str = " AND id IN (SELECT environment FROM members WHERE account = ?1) AND (state = 'active' \
     OR id IN (SELECT environment FROM members WHERE account = ?1 AND role = 'owner'))";

/// Which of the two sets of rows. They are indexed apart, so that what is gone does not stand in the way.
#[derive(Clone, Copy)]
enum Set {
    Present,
    Gone,
}

/// Which sets a list shows.
#[derive(Clone, Copy)]
enum Shown {
    One(Set),
    Both,
}

/// The states of keys that are present.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Live {
    Active,
    Inactive,
}

impl Live {
    const fn rank(self) -> StateRank {
        match self {
            Self::Active => StateRank::Active,
            Self::Inactive => StateRank::Inactive,
        }
    }

    const fn named(self) -> LifecycleState {
        match self {
            Self::Active => LifecycleState::Active,
            Self::Inactive => LifecycleState::Inactive,
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Active => " AND state_order = 0",
            Self::Inactive => " AND state_order = 1",
        }
    }
}

/// What a list is sorted by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    /// The id, among keys of this state alone: along the index of states, in which they stand by their ids. Without it a
    /// list of the few that are Inactive would step over all that are Active.
    IdWithin(Live),
    Name,
    Description,
    AccessKey,
    Created,
    State,
    Expires,
    Creator,
}

/// How rows are found.
#[derive(Clone, Copy)]
enum Along {
    /// Along the index of the order, among the rows of one owner.
    Owner,
    /// Along the index of the order, among all rows.
    All,
    /// Through the few memberships of an account, to be sorted afterwards.
    Memberships,
    /// One row at most, by an index of its own.
    Unique,
}

impl List {
    /// A list of keys; `None` when it can show nothing.
    pub(super) fn of_keys(reach: Reach, query: &KeyQuery) -> Option<Self> {
        let KeyQuery { order, direction, filter, after, .. } = query;
        if after.as_ref().is_some_and(|after| !after.fits(*order)) {
            return None;
        }
        let (owner, along) = match reach {
            Reach::Owner(owner) => (Some(owner), Along::Owner),
            Reach::AllOwners => (None, Along::All),
        };
        let (shown, state) = match filter.state {
            StateFilter::Present => (Shown::One(Set::Present), None),
            StateFilter::Any => (Shown::Both, None),
            StateFilter::Is(LifecycleState::Active) => (Shown::One(Set::Present), Some(Live::Active)),
            StateFilter::Is(LifecycleState::Inactive) => (Shown::One(Set::Present), Some(Live::Inactive)),
            StateFilter::Is(LifecycleState::Deleted) => (Shown::One(Set::Gone), None),
        };
        let unique = filter.id.is_some() || filter.access_key.is_some();
        let along_states = !unique && matches!(order, KeyOrder::Id | KeyOrder::State);
        let within = state.filter(|_| along_states);
        let conditions = [
            owner.map(|_| " AND owner = ?1"),
            state.map(|_| " AND state = ?2"),
            within.map(Live::condition),
            filter.id.map(|_| " AND id = ?3"),
            filter.access_key.map(|_| " AND access_key = ?4"),
        ];
        Some(Self {
            table: &KEYS,
            shown,
            by: within.map_or(Column::of_key(*order), Column::IdWithin),
            direction: *direction,
            after: after.as_ref().map(|after| after.value.clone()),
            conditions: conditions.into_iter().flatten().collect(),
            along: if unique { Along::Unique } else { along },
            parameters: [
                optional(owner, text),
                optional(state, |state| text(state.named())),
                optional(filter.id, |id| number(id.number())),
                optional(filter.access_key, text),
                optional(after.as_ref(), |after| place(&after.value)),
                optional(after.as_ref(), |after| number(after.id.number())),
            ],
        })
    }

    /// A list of environments; `None` when it can show nothing.
    pub(super) fn of_environments(reach: Reach, query: &EnvironmentQuery) -> Option<Self> {
        let EnvironmentQuery { order, direction, filter, after, .. } = query;
        if after.as_ref().is_some_and(|after| !after.fits(*order)) {
            return None;
        }
        let EnvironmentFilter { removed, id } = filter.within(reach)?;
        let (account, along) = match reach {
            Reach::Owner(Owner::Account(account)) => (Some(account), Along::Memberships),
            Reach::Owner(Owner::Environment(_)) | Reach::AllOwners => (None, Along::All),
        };
        let conditions = [id.map(|_| " AND id = ?3"), account.map(|_| SHOWN_TO_MEMBER)];
        Some(Self {
            table: &ENVIRONMENTS,
            shown: if removed { Shown::Both } else { Shown::One(Set::Present) },
            by: Column::of_environment(*order),
            direction: *direction,
            after: after.as_ref().map(|after| after.value.clone()),
            conditions: conditions.into_iter().flatten().collect(),
            along: if id.is_some() { Along::Unique } else { along },
            parameters: [
                optional(account, |id| number(id.number())),
                Value::Null,
                optional(id, |id| number(id.number())),
                Value::Null,
                optional(after.as_ref(), |after| place(&after.value)),
                optional(after.as_ref(), |after| number(after.id.number())),
            ],
        })
    }

    fn page<T>(
        self,
        connection: &Connection,
        limit: usize,
        read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Page<T>, Fault> {
        let Some(sql) = self.sql() else { return Ok(nothing()) };
        let limit = limit.min(KeyQuery::MAX_LIMIT);
        Ok(page(all(connection, &sql, self.parameters(limit), read)?, limit))
    }

    /// The values of the text, in the order of their numbers.
    pub(super) fn parameters(self, limit: usize) -> impl Iterator<Item = Value> {
        self.parameters.into_iter().chain([one_more(limit)])
    }

    /// The text; `None` when the cursor is behind everything that could be shown.
    ///
    /// It is a merge of walks, each in the order of the list. What comes behind a place is two of them: the rows with the same
    /// value behind its id, and those with a greater one. Said as one comparison of pairs, SQLite would find the value
    /// and then step over every row that has it: all keys, when they are sorted by state and all are Active.
    pub(super) fn sql(&self) -> Option<String> {
        let sets = match self.shown {
            Shown::One(set) => vec![set],
            Shown::Both => vec![Set::Present, Set::Gone],
        };
        let walks: Vec<String> = sets
            .into_iter()
            .flat_map(|set| self.places(set).into_iter().map(move |place| self.walk(set, &place)))
            .collect();
        if walks.is_empty() {
            return None;
        }
        let direction = self.direction();
        let by = match self.by {
            Column::Id | Column::IdWithin(_) => String::new(),
            Column::Name
            | Column::Description
            | Column::AccessKey
            | Column::Created
            | Column::State
            | Column::Expires
            | Column::Creator => format!("place {direction}, "),
        };
        Some(format!("{} ORDER BY {by}id {direction} LIMIT ?7", walks.join(" UNION ALL ")))
    }

    const fn direction(&self) -> &'static str {
        match self.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        }
    }

    /// One walk along one index.
    fn walk(&self, set: Set, place: &str) -> String {
        let Table { name, columns, gone } = self.table;
        let walk = format!(
            "SELECT {columns}, {column} AS place FROM {name} {index} WHERE state {is} '{gone}'{conditions}{place}",
            column = self.by.name(set),
            index = self.index(set),
            is = match set {
                Set::Present => "<>",
                Set::Gone => "=",
            },
            conditions = self.conditions.concat(),
        );
        match (self.by, set) {
            // All of it is in one state, so it is in order by its ids. SQLite cannot know that, and would sort all of it.
            (Column::State, Set::Gone) => {
                format!("SELECT * FROM ({walk} ORDER BY id {} LIMIT ?7)", self.direction())
            }
            (
                Column::Id
                | Column::IdWithin(_)
                | Column::Name
                | Column::Description
                | Column::AccessKey
                | Column::Created
                | Column::State
                | Column::Expires
                | Column::Creator,
                Set::Present | Set::Gone,
            ) => walk,
        }
    }

    /// The conditions for what of a set comes behind the cursor, one for each walk.
    fn places(&self, set: Set) -> Vec<String> {
        let comparison = match self.direction {
            Direction::Ascending => ">",
            Direction::Descending => "<",
        };
        let by_id = format!(" AND id {comparison} ?6");
        let column = self.by.name(set);
        match (self.by, set, &self.after) {
            (_, _, None) => vec![String::new()],
            (Column::Id, _, _) => vec![by_id],
            (Column::IdWithin(state), _, Some(SortValue::State(rank))) => {
                match (state.rank().cmp(rank), self.direction) {
                    (Ordering::Equal, _) => vec![by_id],
                    (Ordering::Greater, Direction::Ascending) | (Ordering::Less, Direction::Descending) => {
                        vec![String::new()]
                    }
                    (Ordering::Less, Direction::Ascending) | (Ordering::Greater, Direction::Descending) => {
                        Vec::new()
                    }
                }
            }
            (Column::IdWithin(_), _, Some(_)) => vec![by_id],
            (
                Column::Name
                | Column::Description
                | Column::AccessKey
                | Column::Created
                | Column::Expires
                | Column::Creator,
                _,
                _,
            )
            | (Column::State, Set::Present, _) => {
                vec![format!(" AND {column} = ?5{by_id}"), format!(" AND {column} {comparison} ?5")]
            }
            // Every row of this set is in the last state: behind its own kind by id, behind the others all or none.
            (Column::State, Set::Gone, Some(SortValue::State(StateRank::Gone))) => vec![by_id],
            (Column::State, Set::Gone, Some(_)) => match self.direction {
                Direction::Ascending => vec![String::new()],
                Direction::Descending => Vec::new(),
            },
        }
    }

    /// Names the index to walk, so that a list can never become a scan unnoticed: SQLite refuses a text it cannot walk
    /// that way.
    fn index(&self, set: Set) -> String {
        let reach = match self.along {
            Along::Memberships | Along::Unique => return String::new(),
            Along::Owner => "owner",
            Along::All => "all",
        };
        let Table { name, gone, .. } = self.table;
        let order = self.by.index(set);
        let set = match set {
            Set::Present => "present",
            Set::Gone => gone,
        };
        format!("INDEXED BY {name}_{set}_{reach}_{order}")
    }
}

impl Column {
    const fn of_key(order: KeyOrder) -> Self {
        match order {
            KeyOrder::Id => Self::Id,
            KeyOrder::Name => Self::Name,
            KeyOrder::Description => Self::Description,
            KeyOrder::AccessKey => Self::AccessKey,
            KeyOrder::Created => Self::Created,
            KeyOrder::State => Self::State,
            KeyOrder::Expires => Self::Expires,
            KeyOrder::Creator => Self::Creator,
        }
    }

    const fn of_environment(order: EnvironmentOrder) -> Self {
        match order {
            EnvironmentOrder::Id => Self::Id,
            EnvironmentOrder::Name => Self::Name,
            EnvironmentOrder::Description => Self::Description,
            EnvironmentOrder::Created => Self::Created,
            EnvironmentOrder::State => Self::State,
        }
    }

    const fn name(self, set: Set) -> &'static str {
        match (self, set) {
            (Self::Id | Self::IdWithin(_), _) => "id",
            (Self::Name, _) => "name_order",
            (Self::Description, _) => "description_order",
            (Self::AccessKey, _) => "access_key",
            (Self::Created, _) => "created",
            (Self::State, Set::Present) => "state_order",
            (Self::State, Set::Gone) => "2",
            (Self::Expires, _) => "expires_order",
            (Self::Creator, _) => "creator_order",
        }
    }

    const fn index(self, set: Set) -> &'static str {
        match (self, set) {
            // All that are gone are in one state, so the order is that of their ids.
            (Self::Id, _) | (Self::State | Self::IdWithin(_), Set::Gone) => "id",
            (Self::Name, _) => "name",
            (Self::Description, _) => "description",
            (Self::AccessKey, _) => "access_key",
            (Self::Created, _) => "created",
            (Self::State | Self::IdWithin(_), Set::Present) => "state",
            (Self::Expires, _) => "expires",
            (Self::Creator, _) => "creator",
        }
    }
}

fn place(value: &SortValue) -> Value {
    match value {
        // The id itself is the next parameter.
        SortValue::Id => Value::Null,
        SortValue::Text(value) => text(value),
        SortValue::Time(value) => time(*value),
        SortValue::State(rank) => Value::Integer(match rank {
            StateRank::Active => 0,
            StateRank::Inactive => 1,
            StateRank::Gone => 2,
        }),
        SortValue::Expiry(Expiry::At(instant)) => time(*instant),
        SortValue::Expiry(Expiry::Never) => Value::Integer(Timestamp::MAX.as_millis().saturating_add(1)),
        SortValue::Creator(CreatorRank { principal, key }) => {
            let key = key.map(|key| key.number().to_string()).unwrap_or_default();
            Value::Text(counted(&principal.to_string()) + &counted(&key))
        }
    }
}

/// A number as the column has it, behind a letter that says how many digits it has.
fn counted(digits: &str) -> String {
    let length = ('`'..).nth(digits.len());
    length.into_iter().chain(digits.chars()).collect()
}
