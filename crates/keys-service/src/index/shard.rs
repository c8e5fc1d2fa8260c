//! One shard of a table: the rows it holds, what is hidden, and from which revision on a load may land.
//!
//! Plain data without locks: every method is one step of the protocol, taken under the shard's lock.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

use keys_core::{OwnerRow, Revision, RowState, VerificationRow};

use super::protocol::Rules;

/// What can be a key of a table.
pub(crate) trait Key: Debug + Copy + Eq + Hash + Send + Sync + 'static {}
impl<T: Debug + Copy + Eq + Hash + Send + Sync + 'static> Key for T {}

/// What can be a row of a table.
pub(crate) trait Row: Debug + Copy + Send + Sync + 'static {
    /// Whether the row takes a place. One that says no is treated as if there were none.
    fn is_kept(&self) -> bool;
}

impl Row for VerificationRow {
    /// A deleted key is refused like one that never was, so it needs no place.
    fn is_kept(&self) -> bool {
        !matches!(self.state, RowState::Deleted)
    }
}

impl Row for OwnerRow {
    fn is_kept(&self) -> bool {
        true
    }
}

/// What a shard knows of a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<V> {
    /// Its row.
    Row(V),
    /// There is no such key: the shard holds every key there is.
    Absent,
    /// Nothing: ask the store.
    Unknown,
}

impl<V> Found<V> {
    /// What the store would answer, when the shard knows.
    pub(crate) fn known(self) -> Option<Option<V>> {
        match self {
            Self::Row(row) => Some(Some(row)),
            Self::Absent => Some(None),
            Self::Unknown => None,
        }
    }
}

/// What became of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Landing {
    /// It landed.
    Landed,
    /// It may be older than what is known, or its key is being changed.
    Refused,
    /// There was no room and none was to be made.
    Full,
}

/// What a landing does in a full shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Another entry leaves, at random.
    Make,
    /// The landing is given up.
    Leave,
}

/// Whether the shard holds every key there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Completeness {
    Partial,
    /// It is being filled, in the filling with this number, and has lost nothing since that began.
    Filling(u64),
    Complete,
}

/// One shard.
#[derive(Debug)]
pub(crate) struct Shard<K, V> {
    /// The rows, without gaps, so that one can be drawn at random.
    slots: Vec<Slot<K, V>>,
    /// Where the row of a key is.
    places: HashMap<K, u32>,
    /// What is about to change, and its row as it was, for the case that it is rolled back.
    hidden: HashMap<K, Option<V>>,
    /// Nothing read before this revision may land.
    floor: Revision,
    /// Whether everything was forgotten and the store not yet read again.
    frozen: bool,
    completeness: Completeness,
    capacity: usize,
    random: u64,
    rules: Rules,
}

/// A row and its key: with its place in the map, what one key costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot<K, V> {
    key: K,
    row: V,
}

impl<K: Key, V: Row> Shard<K, V> {
    /// An empty shard for at most `capacity` entries; `seed` is where its random numbers begin.
    pub(crate) fn new(capacity: usize, seed: u64, rules: Rules) -> Self {
        Self {
            slots: Vec::new(),
            places: HashMap::new(),
            hidden: HashMap::new(),
            floor: Revision::ZERO,
            frozen: false,
            completeness: Completeness::Partial,
            capacity: capacity.clamp(1, MAX_ENTRIES),
            random: seed | 1,
            rules,
        }
    }

    /// What is known of `key` now.
    pub(crate) fn find(&self, key: &K) -> Found<V> {
        if let Some(slot) = self.places.get(key).and_then(|place| self.slots.get(*place as usize)) {
            return Found::Row(slot.row);
        }
        let changing = self.hidden.contains_key(key) && self.rules.hidden_is_no_absence;
        if self.completeness == Completeness::Complete && !changing { Found::Absent } else { Found::Unknown }
    }

    /// `key` is about to change: what is known of it leaves, and nothing lands until it is published or revealed.
    pub(crate) fn hide(&mut self, key: K) {
        if self.rules.hide {
            let row = self.remove(&key);
            // Named twice in one batch: the first time took the row.
            self.hidden.entry(key).or_insert(row);
        }
    }

    /// `key` has changed: this is its row, at this revision of the store.
    pub(crate) fn publish(&mut self, key: K, row: V, revision: Revision) {
        self.hidden.remove(&key);
        self.floor = self.floor.max(revision);
        if !self.frozen {
            self.put(key, Some(row), Room::Make);
        }
    }

    /// `key` has not changed after all.
    pub(crate) fn reveal(&mut self, key: K) {
        if let Some(Some(row)) = self.hidden.remove(&key).filter(|_| !self.frozen) {
            self.put(key, Some(row), Room::Make);
        }
    }

    /// Nobody knows what has changed: everything leaves, and nothing lands until [`resume`](Self::resume).
    pub(crate) fn forget(&mut self) {
        if self.rules.forget {
            self.slots = Vec::new();
            self.places = HashMap::new();
            self.frozen = true;
            self.completeness = Completeness::Partial;
        }
    }

    /// The store was read again at this revision: loads from then on may land.
    pub(crate) fn resume(&mut self, revision: Revision) {
        self.hidden.clear();
        self.frozen = false;
        if self.rules.forget {
            self.floor = self.floor.max(revision);
        }
    }

    /// Whether something loaded for `key` at revision `at` may land.
    pub(crate) fn admits(&self, key: &K, at: Revision) -> bool {
        let current = at >= self.floor || !self.rules.floor;
        current && !self.frozen && !self.hidden.contains_key(key)
    }

    /// Lands what was loaded for `key` at revision `at`, if it may.
    pub(crate) fn land(&mut self, key: K, row: Option<V>, at: Revision, room: Room) -> Landing {
        if self.admits(&key, at) { self.put(key, row, room) } else { Landing::Refused }
    }

    /// A filling begins.
    pub(crate) fn begin_filling(&mut self, filling: u64) {
        if self.completeness != Completeness::Complete {
            self.completeness = Completeness::Filling(filling);
        }
    }

    /// The filling has landed every key the store had: if nothing was lost meanwhile, the shard is complete.
    pub(crate) fn end_filling(&mut self, filling: u64) {
        if self.completeness == Completeness::Filling(filling) {
            self.completeness = Completeness::Complete;
        }
    }

    /// Whether the shard holds every key there is, so that one it does not hold does not exist.
    pub(crate) fn is_complete(&self) -> bool {
        self.completeness == Completeness::Complete
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Stores the row as it is. Callers other than the model checker ask [`admits`](Self::admits) in the same step.
    pub(crate) fn put(&mut self, key: K, row: Option<V>, room: Room) -> Landing {
        let Some(row) = row.filter(Row::is_kept) else {
            self.remove(&key);
            return Landing::Landed;
        };
        if let Some(slot) = self.places.get(&key).and_then(|place| self.slots.get_mut(*place as usize)) {
            slot.row = row;
            return Landing::Landed;
        }
        if self.slots.len() >= self.capacity {
            if self.rules.loss_ends_completeness {
                self.completeness = Completeness::Partial;
            }
            if room == Room::Leave {
                return Landing::Full;
            }
            self.evict();
        }
        self.append(Slot { key, row });
        Landing::Landed
    }

    fn append(&mut self, slot: Slot<K, V>) {
        let Ok(place) = u32::try_from(self.slots.len()) else { return };
        if self.slots.len() == self.slots.capacity() {
            // Doubling would leave up to half of the memory unused.
            self.slots.reserve_exact(self.slots.len().div_ceil(8).max(16));
        }
        self.places.insert(slot.key, place);
        self.slots.push(slot);
    }

    /// An entry leaves, whichever.
    fn evict(&mut self) {
        // xorshift64: quick, and good enough that no pattern of use can keep an entry out or in.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let count = self.slots.len().max(1) as u64;
        let place = usize::try_from(self.random % count).unwrap_or(0);
        if let Some(key) = self.slots.get(place).map(|slot| slot.key) {
            self.remove(&key);
        }
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.places.remove(key)?;
        if (place as usize) >= self.slots.len() {
            return None;
        }
        let gone = self.slots.swap_remove(place as usize);
        // The last one has moved into the gap.
        if let Some(moved) = self.slots.get(place as usize) {
            self.places.insert(moved.key, place);
        }
        Some(gone.row)
    }
}

/// The most entries of one shard: their places are 32-bit numbers.
const MAX_ENTRIES: usize = u32::MAX as usize;

#[cfg(test)]
mod tests {
    use std::mem::size_of;

    use keys_core::{AccessKey, OwnerStanding};

    use super::*;

    type Owners = Shard<u64, OwnerRow>;

    fn row(revision: u64) -> OwnerRow {
        OwnerRow { standing: OwnerStanding::Active, administers: false, revision: Revision::new(revision) }
    }

    fn shard(capacity: usize) -> Owners {
        Shard::new(capacity, 1, Rules::ALL)
    }

    fn revision(shard: &Owners, key: u64) -> Option<u64> {
        match shard.find(&key) {
            Found::Row(row) => Some(row.revision.number()),
            Found::Absent | Found::Unknown => None,
        }
    }

    fn land(shard: &mut Owners, key: u64, at: u64) -> Landing {
        shard.land(key, Some(row(at)), Revision::new(at), Room::Make)
    }

    /// What a key costs: its slot in a vector that is at most an eighth too large, and its place in a map whose table
    /// is at least seven sixteenths full, with one byte more for each bucket.
    #[test]
    fn a_key_costs_at_most_200_bytes() {
        let slot = size_of::<Slot<AccessKey, VerificationRow>>() as f64;
        let place = (size_of::<(AccessKey, u32)>() + 1) as f64;
        let worst = slot * 9.0 / 8.0 + place * 16.0 / 7.0;
        assert!(worst <= 200.0, "{worst}: slot {slot}, place {place}");
    }

    #[test]
    fn memory_grows_by_an_eighth() {
        let mut shard = shard(usize::MAX);
        for key in 0..10_000 {
            land(&mut shard, key, 1);
            let (used, held) = (shard.slots.len(), shard.slots.capacity());
            assert!(held <= used + (used / 8).max(16) + 1, "{held} for {used}");
        }
    }

    #[test]
    fn a_load_older_than_what_was_published_lands_nowhere_in_the_shard() {
        let mut shard = shard(10);
        shard.hide(1);
        shard.publish(1, row(5), Revision::new(5));
        assert_eq!(land(&mut shard, 1, 4), Landing::Refused);
        assert_eq!(land(&mut shard, 2, 4), Landing::Refused);
        assert_eq!(land(&mut shard, 2, 5), Landing::Landed);
        assert_eq!((revision(&shard, 1), revision(&shard, 2)), (Some(5), Some(5)));
    }

    #[test]
    fn what_is_hidden_is_unknown_until_it_is_published_or_revealed() {
        let mut shard = shard(10);
        land(&mut shard, 1, 1);
        for times_hidden in [1, 2] {
            for _ in 0..times_hidden {
                shard.hide(1);
            }
            assert_eq!(revision(&shard, 1), None);
            assert_eq!(land(&mut shard, 1, 9), Landing::Refused);
            shard.reveal(1);
            assert_eq!(revision(&shard, 1), Some(1), "as it was");
        }
    }

    #[test]
    fn nothing_lands_between_forget_and_resume() {
        let mut shard = shard(10);
        land(&mut shard, 1, 1);
        shard.hide(1);
        shard.forget();
        assert_eq!(land(&mut shard, 2, 9), Landing::Refused);
        shard.reveal(1);
        shard.publish(2, row(2), Revision::new(2));
        assert_eq!((revision(&shard, 1), revision(&shard, 2)), (None, None));
        shard.resume(Revision::new(3));
        assert_eq!(land(&mut shard, 2, 2), Landing::Refused, "it may be from before");
        assert_eq!(land(&mut shard, 2, 3), Landing::Landed);
    }

    #[test]
    fn a_full_shard_makes_room_at_random() {
        let mut survivors = std::collections::HashSet::new();
        for seed in 0..50u64 {
            // Seeds are hashes, so they differ in more than their lowest bits.
            let mut shard: Owners = Shard::new(4, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), Rules::ALL);
            for key in 0..5 {
                land(&mut shard, key, 1);
            }
            assert_eq!(shard.len(), 4);
            assert_eq!(revision(&shard, 4), Some(1), "the new one is there");
            survivors.insert((0..5).map(|key| revision(&shard, key).is_some()).collect::<Vec<_>>());
        }
        assert_eq!(survivors.len(), 4, "each of the old ones has left at some time");
    }

    #[test]
    fn places_stay_right_while_entries_come_and_go() {
        let mut shard = shard(8);
        for step in 0..10_000u64 {
            let key = step * 31 % 23;
            match step % 5 {
                0 => shard.hide(key),
                1 => shard.reveal(key),
                2 => shard.publish(key, row(step), Revision::new(step)),
                _ => drop(land(&mut shard, key, step)),
            }
            assert_eq!(shard.places.len(), shard.slots.len());
            for (place, slot) in shard.slots.iter().enumerate() {
                assert_eq!(shard.places.get(&slot.key).copied(), u32::try_from(place).ok());
            }
        }
    }

    #[test]
    fn a_shard_is_complete_only_if_its_filling_lost_nothing() {
        let mut shard = shard(2);
        shard.begin_filling(1);
        land(&mut shard, 1, 1);
        assert!(matches!(shard.find(&2), Found::Unknown));
        shard.end_filling(1);
        assert!(matches!(shard.find(&2), Found::Absent));
        shard.hide(2);
        assert!(matches!(shard.find(&2), Found::Unknown), "it may be about to be");
        shard.publish(2, row(2), Revision::new(2));
        assert!(shard.is_complete());
        shard.publish(3, row(3), Revision::new(3));
        assert!(!shard.is_complete(), "one had to leave");

        // A second filling takes the first one's place.
        shard.begin_filling(2);
        shard.begin_filling(3);
        shard.end_filling(2);
        assert!(!shard.is_complete());
        shard.end_filling(3);
        assert!(shard.is_complete());
        shard.begin_filling(4);
        shard.forget();
        shard.end_filling(4);
        assert!(!shard.is_complete());
    }
}
