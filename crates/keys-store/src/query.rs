//! Lists: whose records, in which order, from where on, how many.

use keys_core::{
    AccessKey, EnvironmentId, EnvironmentRecord, EnvironmentState, KeyId, KeyRecord, LifecycleState, Owner,
};

use crate::cursor::Cursor;

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
    /// By expiry; a key without one comes behind all that have one.
    Expires,
    /// By who made it: the number of the principal, then that of the key that was used; none comes first.
    Creator,
}

impl KeyOrder {
    /// Every order.
    pub const ALL: [Self; 8] = [
        Self::Id,
        Self::Name,
        Self::Description,
        Self::AccessKey,
        Self::Created,
        Self::State,
        Self::Expires,
        Self::Creator,
    ];
}

/// What a list of environments is ordered by; all that is said of [`KeyOrder`] holds here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum EnvironmentOrder {
    /// By number.
    #[default]
    Id,
    /// By name.
    Name,
    /// By description.
    Description,
    /// By the time of creation.
    Created,
    /// By state: active, inactive, removed.
    State,
}

impl EnvironmentOrder {
    /// Every order.
    pub const ALL: [Self; 5] = [Self::Id, Self::Name, Self::Description, Self::Created, Self::State];
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

    /// The other one.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
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

/// A request for one page of keys.
///
/// ```
/// use keys_store::{Cursor, KeyOrder, KeyQuery, KeyStore as _, MemoryStore, Reach};
///
/// let store = MemoryStore::new();
/// let mut query = KeyQuery { order: KeyOrder::Name, limit: 50, ..KeyQuery::default() };
/// loop {
///     let page = store.keys(Reach::AllOwners, &query)?;
///     // … show page.items …
///     query.after = page.items.last().map(|last| Cursor::of(last, query.order));
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
    pub after: Option<Cursor<KeyId>>,
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

/// The filters a store itself applies to a list of environments; all of them must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct EnvironmentFilter {
    /// Removed ones as well.
    pub removed: bool,
    /// This id only.
    pub id: Option<EnvironmentId>,
}

impl EnvironmentFilter {
    /// Whether an environment passes all of the filters.
    #[must_use]
    pub fn shows(&self, record: &EnvironmentRecord) -> bool {
        let parts = record.parts();
        let present = match parts.state {
            EnvironmentState::Active | EnvironmentState::Inactive => true,
            EnvironmentState::Removed { .. } => false,
        };
        (self.removed || present) && self.id.is_none_or(|id| id == parts.id)
    }

    /// The filter for those of a reach: an environment reaches itself and nothing else. Which ones an account reaches is
    /// for its memberships to say. `None` when nothing can pass.
    #[must_use]
    pub fn within(self, reach: Reach) -> Option<Self> {
        match reach {
            Reach::AllOwners | Reach::Owner(Owner::Account(_)) => Some(self),
            Reach::Owner(Owner::Environment(own)) => {
                self.id.is_none_or(|id| id == own).then_some(Self { id: Some(own), ..self })
            }
        }
    }
}

/// A request for one page of environments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnvironmentQuery {
    /// The order.
    pub order: EnvironmentOrder,
    /// Which way.
    pub direction: Direction,
    /// Only these.
    pub filter: EnvironmentFilter,
    /// Only what comes behind this place; `None` for the first page. A cursor of another order shows nothing.
    pub after: Option<Cursor<EnvironmentId>>,
    /// At most this many; a store gives no more than [`KeyQuery::MAX_LIMIT`].
    pub limit: usize,
}

impl Default for EnvironmentQuery {
    fn default() -> Self {
        Self {
            order: EnvironmentOrder::default(),
            direction: Direction::default(),
            filter: EnvironmentFilter::default(),
            after: None,
            limit: 100,
        }
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
