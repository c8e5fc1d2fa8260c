//! Where a record stands in an ordered list. One definition, so that every store sorts and resumes alike, whatever is
//! listed.

use keys_core::{
    Creator, Description, EnvironmentId, EnvironmentRecord, EnvironmentState, KeyId, KeyRecord,
    LifecycleState, Name, Timestamp,
};

use crate::query::{Direction, EnvironmentOrder, KeyOrder};

/// A place in an ordered list: just behind the record with this sort value and id.
///
/// A cursor holds values, not an offset, so a list that is read page by page shows each record exactly once while
/// others are inserted and deleted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor<Id> {
    /// The value of the record in the list's order.
    pub value: SortValue,
    /// Its id.
    pub id: Id,
}

/// What a record is sorted by; which variant belongs to which order is fixed: [`Order::sorts_by`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SortValue {
    /// Nothing but its id.
    Id,
    /// A text, compared by bytes. Absent text sorts as empty.
    Text(Box<str>),
    /// An instant.
    Time(Timestamp),
    /// A state.
    State(StateRank),
    /// An expiry, or none.
    Expiry(Expiry),
    /// Who made it.
    Creator(CreatorRank),
}

/// The place of a state among states: active, inactive, and last what lists leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateRank {
    /// Active.
    Active,
    /// Inactive.
    Inactive,
    /// A deleted key, a removed environment.
    Gone,
}

/// The place of an expiry among expiries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expiry {
    /// At this instant.
    At(Timestamp),
    /// Never, which is later than any instant.
    Never,
}

/// The place of a creator among creators: by number, as ids are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreatorRank {
    /// The number of the principal. Accounts and environments share one counter, so it names one of them only.
    pub principal: u64,
    /// The key that was used. What was made without one comes first.
    pub key: Option<KeyId>,
}

/// The kinds of [`SortValue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKind {
    /// [`SortValue::Id`].
    Id,
    /// [`SortValue::Text`].
    Text,
    /// [`SortValue::Time`].
    Time,
    /// [`SortValue::State`].
    State,
    /// [`SortValue::Expiry`].
    Expiry,
    /// [`SortValue::Creator`].
    Creator,
}

/// A closed set of orders: [`KeyOrder`], [`EnvironmentOrder`].
pub trait Order: Copy + Ord + 'static {
    /// Every order of the set.
    fn all() -> &'static [Self];

    /// The kind of value that a list of this order is sorted by.
    fn sorts_by(self) -> SortKind;
}

/// What is listed in orders.
pub trait Listed {
    /// Its id.
    type Id: Copy + Ord;
    /// The orders its lists come in.
    type Order: Order;

    /// The id of this one.
    fn id(&self) -> Self::Id;

    /// What it is sorted by in a list of this order.
    fn sort_value(&self, order: Self::Order) -> SortValue;
}

impl<Id: Ord> Cursor<Id> {
    /// The place of a record in a list of this order: what to give as
    /// [`KeyQuery::after`](crate::KeyQuery::after) to go on behind it.
    #[must_use]
    pub fn of<T: Listed<Id = Id>>(record: &T, order: T::Order) -> Self {
        Self { value: record.sort_value(order), id: record.id() }
    }

    /// Whether this place comes behind `other` in a list that runs in this direction.
    #[must_use]
    pub fn is_behind(&self, other: &Self, direction: Direction) -> bool {
        match direction {
            Direction::Ascending => self > other,
            Direction::Descending => self < other,
        }
    }

    /// Whether this is a place in a list of that order. A list shows nothing behind a cursor that does not fit it.
    #[must_use]
    pub fn fits(&self, order: impl Order) -> bool {
        self.value.kind() == order.sorts_by()
    }
}

impl SortValue {
    /// Which kind this is.
    #[must_use]
    pub const fn kind(&self) -> SortKind {
        match self {
            Self::Id => SortKind::Id,
            Self::Text(_) => SortKind::Text,
            Self::Time(_) => SortKind::Time,
            Self::State(_) => SortKind::State,
            Self::Expiry(_) => SortKind::Expiry,
            Self::Creator(_) => SortKind::Creator,
        }
    }

    fn name(name: Option<&Name>) -> Self {
        Self::Text(name.map_or("", Name::as_str).into())
    }

    fn description(description: Option<&Description>) -> Self {
        Self::Text(description.map_or("", Description::as_str).into())
    }
}

impl StateRank {
    /// Every rank, in order.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::Gone];
}

impl From<LifecycleState> for StateRank {
    fn from(state: LifecycleState) -> Self {
        match state {
            LifecycleState::Active => Self::Active,
            LifecycleState::Inactive => Self::Inactive,
            LifecycleState::Deleted => Self::Gone,
        }
    }
}

impl From<EnvironmentState> for StateRank {
    fn from(state: EnvironmentState) -> Self {
        match state {
            EnvironmentState::Active => Self::Active,
            EnvironmentState::Inactive => Self::Inactive,
            EnvironmentState::Removed { .. } => Self::Gone,
        }
    }
}

impl From<Option<Timestamp>> for Expiry {
    fn from(expires_at: Option<Timestamp>) -> Self {
        expires_at.map_or(Self::Never, Self::At)
    }
}

impl From<Creator> for CreatorRank {
    fn from(Creator { principal, key }: Creator) -> Self {
        Self { principal: principal.number(), key }
    }
}

impl Order for KeyOrder {
    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn sorts_by(self) -> SortKind {
        match self {
            Self::Id => SortKind::Id,
            Self::Name | Self::Description | Self::AccessKey => SortKind::Text,
            Self::Created => SortKind::Time,
            Self::State => SortKind::State,
            Self::Expires => SortKind::Expiry,
            Self::Creator => SortKind::Creator,
        }
    }
}

impl Order for EnvironmentOrder {
    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn sorts_by(self) -> SortKind {
        match self {
            Self::Id => SortKind::Id,
            Self::Name | Self::Description => SortKind::Text,
            Self::Created => SortKind::Time,
            Self::State => SortKind::State,
        }
    }
}

impl Listed for KeyRecord {
    type Id = KeyId;
    type Order = KeyOrder;

    fn id(&self) -> KeyId {
        self.parts().id
    }

    fn sort_value(&self, order: KeyOrder) -> SortValue {
        let parts = self.parts();
        match order {
            KeyOrder::Id => SortValue::Id,
            KeyOrder::Name => SortValue::name(parts.name.as_ref()),
            KeyOrder::Description => SortValue::description(parts.description.as_ref()),
            KeyOrder::AccessKey => SortValue::Text(parts.access_key.as_str().into()),
            KeyOrder::Created => SortValue::Time(parts.created),
            KeyOrder::State => SortValue::State(parts.lifecycle.state().into()),
            KeyOrder::Expires => SortValue::Expiry(parts.expires_at.into()),
            KeyOrder::Creator => SortValue::Creator(parts.creator.into()),
        }
    }
}

impl Listed for EnvironmentRecord {
    type Id = EnvironmentId;
    type Order = EnvironmentOrder;

    fn id(&self) -> EnvironmentId {
        self.parts().id
    }

    fn sort_value(&self, order: EnvironmentOrder) -> SortValue {
        let parts = self.parts();
        match order {
            EnvironmentOrder::Id => SortValue::Id,
            EnvironmentOrder::Name => SortValue::name(parts.name.as_ref()),
            EnvironmentOrder::Description => SortValue::description(parts.description.as_ref()),
            EnvironmentOrder::Created => SortValue::Time(parts.created),
            EnvironmentOrder::State => SortValue::State(parts.state.into()),
        }
    }
}
