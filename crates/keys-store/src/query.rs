//! Lists: whose records, in which order, from where on, how many.

use keys_core::{AccessKey, EnvironmentId, KeyId, KeyRecord, LifecycleState, Owner, Timestamp};

/// Whose records a statement may touch.
///
/// Every statement made for a caller carries it into the query itself, so a wrong id cannot reach another owner's
/// record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// The records of this owner only.
    Owner(Owner),
    /// The records of all owners: for the administrator.
    AllOwners,
}

impl Reach {
    /// Whether records of this owner may be touched.
    #[must_use]
    pub fn covers(self, owner: Owner) -> bool {
        match self {
            Self::Owner(own) => own == owner,
            Self::AllOwners => true,
        }
    }
}

/// What a list of keys is ordered by. Text is compared by bytes on every engine; absent text sorts as empty; ties go
/// by id, in the direction of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum KeyOrder {
    /// By number.
    #[default]
    Id,
    /// By name.
    Name,
    /// By description.
    Description,
    /// By access key.
    AccessKey,
    /// By the time of issue.
    Created,
    /// By state: active, inactive, deleted.
    State,
}

impl KeyOrder {
    /// Every order.
    pub const ALL: [Self; 6] =
        [Self::Id, Self::Name, Self::Description, Self::AccessKey, Self::Created, Self::State];
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Greatest first.
    Descending,
}

impl Direction {
    /// Both directions.
    pub const ALL: [Self; 2] = [Self::Ascending, Self::Descending];
}

/// Which states a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StateFilter {
    /// Every state but deleted.
    #[default]
    Present,
    /// Every state, deleted included.
    Any,
    /// This state only.
    Is(LifecycleState),
}

impl StateFilter {
    /// Whether a record in this state is shown.
    #[must_use]
    pub fn shows(self, state: LifecycleState) -> bool {
        match self {
            Self::Present => state != LifecycleState::Deleted,
            Self::Any => true,
            Self::Is(wanted) => state == wanted,
        }
    }
}

/// The filters a store itself applies to a list of keys; all of them must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct KeyFilter {
    /// By state.
    pub state: StateFilter,
    /// This id only.
    pub id: Option<KeyId>,
    /// This access key only.
    pub access_key: Option<AccessKey>,
}

impl KeyFilter {
    /// Whether a key passes all of the filters.
    #[must_use]
    pub fn shows(&self, record: &KeyRecord) -> bool {
        let parts = record.parts();
        self.state.shows(parts.lifecycle.state())
            && self.id.is_none_or(|id| id == parts.id)
            && self.access_key.is_none_or(|access_key| access_key == parts.access_key)
    }
}

/// A place in an ordered list: just behind the record with this sort value and id.
///
/// A cursor holds values, not an offset, so a list that is read page by page shows each record exactly once while
/// others are inserted and deleted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyCursor {
    /// The value of the record in the list's order.
    pub value: KeyCursorValue,
    /// Its id.
    pub id: KeyId,
}

/// The sort value in a [`KeyCursor`]; which variant belongs to which order is fixed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyCursorValue {
    /// For [`KeyOrder::Id`].
    Id,
    /// For [`KeyOrder::Name`], [`KeyOrder::Description`] and [`KeyOrder::AccessKey`].
    Text(Box<str>),
    /// For [`KeyOrder::Created`].
    Time(Timestamp),
    /// For [`KeyOrder::State`].
    State(LifecycleState),
}

/// A request for one page of keys.
///
/// ```
/// use keys_store::{KeyCursor, KeyOrder, KeyQuery, KeyStore as _, MemoryStore, Reach};
///
/// let store = MemoryStore::new();
/// let mut query = KeyQuery { order: KeyOrder::Name, limit: 50, ..KeyQuery::default() };
/// loop {
///     let page = store.keys(Reach::AllOwners, &query)?;
///     // … show page.items …
///     query.after = page.items.last().map(|last| KeyCursor::of(last, query.order));
///     if !page.more {
///         break;
///     }
/// }
/// # Ok::<(), keys_store::BackendError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyQuery {
    /// The order.
    pub order: KeyOrder,
    /// Which way.
    pub direction: Direction,
    /// Only these.
    pub filter: KeyFilter,
    /// Only what comes behind this place; `None` for the first page. A cursor of another order shows nothing.
    pub after: Option<KeyCursor>,
    /// At most this many; a store gives no more than [`MAX_LIMIT`](Self::MAX_LIMIT).
    pub limit: usize,
}

impl KeyQuery {
    /// The most records in one page.
    pub const MAX_LIMIT: usize = 10_000;
}

impl Default for KeyQuery {
    fn default() -> Self {
        Self {
            order: KeyOrder::default(),
            direction: Direction::default(),
            filter: KeyFilter::default(),
            after: None,
            limit: 100,
        }
    }
}

/// A request for one page of environments, by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnvironmentQuery {
    /// Removed ones as well.
    pub removed: bool,
    /// Which way.
    pub direction: Direction,
    /// Only what comes behind this one.
    pub after: Option<EnvironmentId>,
    /// At most this many; a store gives no more than [`KeyQuery::MAX_LIMIT`].
    pub limit: usize,
}

impl Default for EnvironmentQuery {
    fn default() -> Self {
        Self { removed: false, direction: Direction::default(), after: None, limit: 100 }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The records, in order.
    pub items: Vec<T>,
    /// Whether there is more behind them.
    pub more: bool,
}
