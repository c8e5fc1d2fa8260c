//! The orders of a list of keys, so that a page costs what it shows and not what the store holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use keys_core::{KeyId, KeyRecord, Owner};

use crate::query::{Direction, KeyCursor, KeyOrder, Reach};

/// Every key in every order: once among all keys, once among those of its owner.
#[derive(Debug, Default)]
pub(super) struct KeyIndex {
    all: Orders,
    of_owner: HashMap<Owner, Orders>,
}

type Orders = BTreeMap<KeyOrder, BTreeSet<KeyCursor>>;

impl KeyIndex {
    pub(super) fn insert(&mut self, record: &KeyRecord) {
        let own = self.of_owner.entry(record.parts().owner).or_default();
        for order in KeyOrder::ALL {
            let cursor = KeyCursor::of(record, order);
            own.entry(order).or_default().insert(cursor.clone());
            self.all.entry(order).or_default().insert(cursor);
        }
    }

    pub(super) fn remove(&mut self, record: &KeyRecord) {
        let mut own = self.of_owner.get_mut(&record.parts().owner);
        for order in KeyOrder::ALL {
            let cursor = KeyCursor::of(record, order);
            for orders in own.iter_mut().map(|own| &mut **own).chain([&mut self.all]) {
                orders.get_mut(&order).map(|cursors| cursors.remove(&cursor));
            }
        }
    }

    /// The keys within reach, in this order and direction, behind `after`.
    pub(super) fn walk(
        &self,
        reach: Reach,
        order: KeyOrder,
        direction: Direction,
        after: Option<&KeyCursor>,
    ) -> impl Iterator<Item = KeyId> {
        let orders = match reach {
            Reach::Owner(owner) => self.of_owner.get(&owner),
            Reach::AllOwners => Some(&self.all),
        };
        let cursors = orders.and_then(|orders| orders.get(&order));
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = match direction {
            Direction::Ascending => (from, Bound::Unbounded),
            Direction::Descending => (Bound::Unbounded, from),
        };
        let mut walk = cursors.map(|cursors| cursors.range::<KeyCursor, _>(range));
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
