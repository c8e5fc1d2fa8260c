//! One shard of a table: the rows it holds, what is hidden, and from which revision on a load may land.
//!
//! Plain data without locks: every method is one step of the protocol, taken under the shard's lock.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{BuildHasher as _, Hash, RandomState};

use hashbrown::HashTable;
use keys_core::{OwnerRow, Revision, RowState, VerificationRow};

use super::protocol::Rules;

/// What can be a key of a table.
pub(crate) trait Key: Debug + Copy + Eq + Hash + Send + Sync + 'static {}
impl<T: Debug + Copy + Eq + Hash + Send + Sync + 'static> Key for T {}

/// A key and its hash: computed once, for the choice of the shard and for the place in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hashed<K> {
    key: K,
    hash: u64,
}

impl<K: Key> Hashed<K> {
    /// The key with its hash, by the hasher of the table.
    pub(crate) fn by(hasher: &RandomState, key: K) -> Self {
        Self { key, hash: hasher.hash_one(key) }
    }

    /// The key.
    pub(crate) const fn key(&self) -> K {
        self.key
    }

    /// The hash.
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }
}

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
    /// Where the row of a key is, by the hash of the key. The key itself stands in the slot and nowhere else, so what is
    /// searched is small enough to stay in a processor's cache.
    places: HashTable<u32>,
    hasher: RandomState,
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
    /// An empty shard for at most `capacity` entries, of a table with this hasher; `seed` is where its random numbers begin.
    pub(crate) fn new(capacity: usize, seed: u64, hasher: RandomState, rules: Rules) -> Self {
        Self {
            slots: Vec::new(),
            places: HashTable::new(),
            hasher,
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
    pub(crate) fn find(&self, key: &Hashed<K>) -> Found<V> {
        if let Some(slot) = self.place(key).and_then(|place| self.slots.get(place as usize)) {
            return Found::Row(slot.row);
        }
        let changing = self.hidden.contains_key(&key.key) && self.rules.hidden_is_no_absence;
        if self.completeness == Completeness::Complete && !changing { Found::Absent } else { Found::Unknown }
    }

    /// `key` is about to change: what is known of it leaves, and nothing lands until it is published or revealed.
    pub(crate) fn hide(&mut self, key: Hashed<K>) {
        if self.rules.hide {
            let row = self.remove(&key);
            // Named twice in one batch: the first time took the row.
            self.hidden.entry(key.key).or_insert(row);
        }
    }

    /// `key` has changed: this is its row, at this revision of the store.
    pub(crate) fn publish(&mut self, key: Hashed<K>, row: V, revision: Revision) {
        self.hidden.remove(&key.key);
        self.floor = self.floor.max(revision);
        if !self.frozen {
            self.put(key, Some(row), Room::Make);
        }
    }

    /// `key` has not changed after all.
    pub(crate) fn reveal(&mut self, key: Hashed<K>) {
        if let Some(Some(row)) = self.hidden.remove(&key.key).filter(|_| !self.frozen) {
            self.put(key, Some(row), Room::Make);
        }
    }

    /// Nobody knows what has changed: everything leaves, and nothing lands until [`resume`](Self::resume).
    pub(crate) fn forget(&mut self) {
        if self.rules.forget {
            self.slots = Vec::new();
            self.places = HashTable::new();
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
    pub(crate) fn admits(&self, key: &Hashed<K>, at: Revision) -> bool {
        let current = at >= self.floor || !self.rules.floor;
        current && !self.frozen && !self.hidden.contains_key(&key.key)
    }

    /// Lands what was loaded for `key` at revision `at`, if it may.
    pub(crate) fn land(&mut self, key: Hashed<K>, row: Option<V>, at: Revision, room: Room) -> Landing {
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
    pub(crate) fn put(&mut self, key: Hashed<K>, row: Option<V>, room: Room) -> Landing {
        let Some(row) = row.filter(Row::is_kept) else {
            self.remove(&key);
            return Landing::Landed;
        };
        if let Some(slot) = self.place(&key).and_then(|place| self.slots.get_mut(place as usize)) {
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
        self.append(key, row);
        Landing::Landed
    }

    /// Where the row of a key is.
    fn place(&self, key: &Hashed<K>) -> Option<u32> {
        self.places.find(key.hash, |place| holds(&self.slots, *place, &key.key)).copied()
    }

    fn append(&mut self, Hashed { key, hash }: Hashed<K>, row: V) {
        let Ok(place) = u32::try_from(self.slots.len()) else { return };
        if self.slots.len() == self.slots.capacity() {
            // Doubling would leave up to half of the memory unused.
            self.slots.reserve_exact(self.slots.len().div_ceil(8).max(16));
        }
        self.slots.push(Slot { key, row });
        let Self { slots, places, hasher, .. } = self;
        // Asked when the table grows. Every place is that of a slot, so there is always one to ask.
        let hash_at = |place: &u32| slots.get(*place as usize).map_or(0, |slot| hasher.hash_one(slot.key));
        places.insert_unique(hash, place, hash_at);
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
            self.remove(&Hashed::by(&self.hasher, key));
        }
    }

    fn remove(&mut self, key: &Hashed<K>) -> Option<V> {
        let Self { slots, places, hasher, .. } = self;
        let found = places.find_entry(key.hash, |place| holds(slots, *place, &key.key)).ok()?;
        let (place, _) = found.remove();
        if (place as usize) >= slots.len() {
            return None;
        }
        let gone = slots.swap_remove(place as usize);
        // The last one has moved into the gap.
        if let Some(moved) = slots.get(place as usize) {
            let last = slots.len();
            let its = places.find_mut(hasher.hash_one(moved.key), |other| *other as usize == last);
            its.into_iter().for_each(|its| *its = place);
        }
        Some(gone.row)
    }
}

/// Whether the slot at this place is that of `key`.
fn holds<K: Key, V>(slots: &[Slot<K, V>], place: u32, key: &K) -> bool {
    slots.get(place as usize).is_some_and(|slot| slot.key == *key)
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
        seeded(capacity, 1)
    }

    fn seeded(capacity: usize, seed: u64) -> Owners {
        Shard::new(capacity, seed, RandomState::new(), Rules::ALL)
    }

    /// The steps of the protocol, by bare numbers.
    impl Owners {
        fn hashed(&self, key: u64) -> Hashed<u64> {
            Hashed::by(&self.hasher, key)
        }

        fn find_it(&self, key: u64) -> Found<OwnerRow> {
            self.find(&self.hashed(key))
        }

        fn hide_it(&mut self, key: u64) {
            self.hide(self.hashed(key));
        }

        fn reveal_it(&mut self, key: u64) {
            self.reveal(self.hashed(key));
        }

        fn publish_it(&mut self, key: u64, at: u64) {
            self.publish(self.hashed(key), row(at), Revision::new(at));
        }
    }

    fn revision(shard: &Owners, key: u64) -> Option<u64> {
        match shard.find_it(key) {
            Found::Row(row) => Some(row.revision.number()),
            Found::Absent | Found::Unknown => None,
        }
    }

    fn land(shard: &mut Owners, key: u64, at: u64) -> Landing {
        shard.land(shard.hashed(key), Some(row(at)), Revision::new(at), Room::Make)
    }

    /// What a key costs: its slot in a vector that is at most an eighth too large, and its place in a table that is at
    /// least seven sixteenths full, with one byte more for each bucket.
    #[test]
    fn a_key_costs_at_most_150_bytes() {
        let slot = size_of::<Slot<AccessKey, VerificationRow>>() as f64;
        let place = (size_of::<u32>() + 1) as f64;
        let worst = slot * 9.0 / 8.0 + place * 16.0 / 7.0;
        assert!(worst <= 150.0, "{worst}: slot {slot}, place {place}");
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
        shard.hide_it(1);
        shard.publish_it(1, 5);
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
                shard.hide_it(1);
            }
            assert_eq!(revision(&shard, 1), None);
            assert_eq!(land(&mut shard, 1, 9), Landing::Refused);
            shard.reveal_it(1);
            assert_eq!(revision(&shard, 1), Some(1), "as it was");
        }
    }

    #[test]
    fn nothing_lands_between_forget_and_resume() {
        let mut shard = shard(10);
        land(&mut shard, 1, 1);
        shard.hide_it(1);
        shard.forget();
        assert_eq!(land(&mut shard, 2, 9), Landing::Refused);
        shard.reveal_it(1);
        shard.publish_it(2, 2);
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
            let mut shard = seeded(4, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
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
                0 => shard.hide_it(key),
                1 => shard.reveal_it(key),
                2 => shard.publish_it(key, step),
                _ => drop(land(&mut shard, key, step)),
            }
            assert_eq!(shard.places.len(), shard.slots.len());
            for (place, slot) in shard.slots.iter().enumerate() {
                assert_eq!(shard.place(&shard.hashed(slot.key)), u32::try_from(place).ok());
            }
        }
    }

    #[test]
    fn a_shard_is_complete_only_if_its_filling_lost_nothing() {
        let mut shard = shard(2);
        shard.begin_filling(1);
        land(&mut shard, 1, 1);
        assert!(matches!(shard.find_it(2), Found::Unknown));
        shard.end_filling(1);
        assert!(matches!(shard.find_it(2), Found::Absent));
        shard.hide_it(2);
        assert!(matches!(shard.find_it(2), Found::Unknown), "it may be about to be");
        shard.publish_it(2, 2);
        assert!(shard.is_complete());
        shard.publish_it(3, 3);
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
