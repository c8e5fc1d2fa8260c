//! The orders of lists, so that a page costs what it shows and not what the store holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use keys_core::{KeyId, KeyRecord, Owner};

use crate::cursor::{Cursor, Listed, Order as _};
use crate::query::{Direction, KeyOrder, Reach};

/// Every record of a kind in every order.
#[derive(Debug, Clone)]
pub(super) struct Index<T: Listed>(BTreeMap<T::Order, BTreeSet<Cursor<T::Id>>>);

impl<T: Listed> Default for Index<T> {
    fn default() -> Self {
        Self(T::Order::all().iter().map(|order| (*order, BTreeSet::new())).collect())
    }
}

impl<T: Listed> Index<T> {
    pub(super) fn insert(&mut self, record: &T) {
        for (order, cursors) in &mut self.0 {
            cursors.insert(Cursor::of(record, *order));
        }
    }

    pub(super) fn remove(&mut self, record: &T) {
        for (order, cursors) in &mut self.0 {
            cursors.remove(&Cursor::of(record, *order));
        }
    }

    /// The records in this order and direction, behind `after`.
    pub(super) fn walk(
        &self,
        order: T::Order,
        direction: Direction,
        after: Option<&Cursor<T::Id>>,
    ) -> impl Iterator<Item = T::Id> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = match direction {
            Direction::Ascending => (from, Bound::Unbounded),
            Direction::Descending => (Bound::Unbounded, from),
        };
        let mut walk = self.0.get(&order).map(|cursors| cursors.range::<Cursor<T::Id>, _>(range));
        std::iter::from_fn(move || {
            let walk = walk.as_mut()?;
            let cursor = match direction {
                Direction::Ascending => walk.next(),
                Direction::Descending => walk.next_back(),
            };
            cursor.map(|cursor| cursor.id)
        })
    }
}

/// Every key in every order: once among all keys, once among those of its owner.
#[derive(Debug, Default, Clone)]
pub(super) struct KeyIndex {
    all: Index<KeyRecord>,
    of_owner: HashMap<Owner, Index<KeyRecord>>,
}

impl KeyIndex {
    pub(super) fn insert(&mut self, record: &KeyRecord) {
        self.of_owner.entry(record.parts().owner).or_default().insert(record);
        self.all.insert(record);
    }

    pub(super) fn remove(&mut self, record: &KeyRecord) {
        if let Some(own) = self.of_owner.get_mut(&record.parts().owner) {
            own.remove(record);
        }
        self.all.remove(record);
    }

    /// The keys within reach, in this order and direction, behind `after`.
    pub(super) fn walk(
        &self,
        reach: Reach,
        order: KeyOrder,
        direction: Direction,
        after: Option<&Cursor<KeyId>>,
    ) -> impl Iterator<Item = KeyId> {
        let index = match reach {
            Reach::Owner(owner) => self.of_owner.get(&owner),
            Reach::AllOwners => Some(&self.all),
        };
        index.into_iter().flat_map(move |index| index.walk(order, direction, after))
    }
}
