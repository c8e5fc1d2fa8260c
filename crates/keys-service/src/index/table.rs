//! A map of many shards, each under its own lock.

use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroUsize;

use keys_core::Revision;
use keys_store::Load;

use super::protocol::{Lock, Protocol, Signal as _};
use super::shard::{Found, Hashed, Key, Landing, Room, Row, Shard};
use super::shared_load::{Joined, SharedLoads};

/// A table under the protocol.
#[derive(Debug)]
pub(crate) struct Table<P: Protocol, K: Key, V: Row> {
    first: Cell<P, K, V>,
    others: Box<[Cell<P, K, V>]>,
    hasher: RandomState,
}

/// A shard and the loads under way for it.
#[derive(Debug)]
struct Cell<P: Protocol, K: Key, V: Row> {
    shard: P::Lock<Shard<K, V>>,
    loads: SharedLoads<P, K, V>,
}

impl<P: Protocol, K: Key, V: Row> Table<P, K, V> {
    /// A table of at most `capacity` entries.
    pub(crate) fn new(capacity: Option<NonZeroUsize>) -> Self {
        let hasher = RandomState::new();
        let shards = capacity.map_or(P::SHARDS, |capacity| capacity.get().min(P::SHARDS));
        let each = capacity.map_or(usize::MAX, |capacity| capacity.get() / shards);
        let cell = |number: usize| Cell {
            shard: P::Lock::new(Shard::new(each, hasher.hash_one(number), hasher.clone(), P::RULES)),
            loads: SharedLoads::new(),
        };
        Self { first: cell(0), others: (1..shards).map(cell).collect(), hasher }
    }

    /// What is known of `key` now.
    pub(crate) fn find(&self, key: &K) -> Found<V> {
        let key = self.hashed(*key);
        self.cell(&key).shard.read(|shard| shard.find(&key))
    }

    /// The row of `key`: what is known of it, else what `load` says.
    ///
    /// Requests that miss the same key share one load. The one that began it may decide from it; the others wait, and
    /// may use only what landed, because the load may have begun before a change they were told of.
    pub(crate) fn read_through<E>(
        &self,
        key: K,
        load: impl Fn() -> Result<Load<Option<V>>, E>,
    ) -> Result<Option<V>, E> {
        if let Some(known) = self.find(&key).known() {
            return Ok(known);
        }
        match self.cell(&self.hashed(key)).loads.join(key) {
            Joined::Leading(leading) => {
                let loaded = self.load_and_land(key, load)?;
                leading.finish(loaded);
                Ok(loaded)
            }
            Joined::Following(other) => {
                if let Some(handed_over) = other.wait() {
                    return Ok(handed_over);
                }
                match self.find(&key).known() {
                    Some(landed) => Ok(landed),
                    None => self.load_and_land(key, load),
                }
            }
        }
    }

    /// Loads the row of `key` now, whatever is known, and lands it if it may.
    pub(crate) fn load_and_land<E>(
        &self,
        key: K,
        load: impl Fn() -> Result<Load<Option<V>>, E>,
    ) -> Result<Option<V>, E> {
        let Load { row, at } = load()?;
        self.land(key, row, at, Room::Make);
        Ok(row)
    }

    /// Lands what was loaded for `key` at revision `at`, if it may.
    pub(crate) fn land(&self, key: K, row: Option<V>, at: Revision, room: Room) -> Landing {
        let key = self.hashed(key);
        let shard = &self.cell(&key).shard;
        if P::RULES.one_step {
            return shard.write(|shard| shard.land(key, row, at, room));
        }
        if shard.read(|shard| shard.admits(&key, at)) {
            shard.write(|shard| shard.put(key, row, room))
        } else {
            Landing::Refused
        }
    }

    /// Lands many rows that were loaded at revision `at`, each if it may. Returns those that have not landed, and why.
    ///
    /// Rows of one shard land under one lock: a filling has a million of them.
    pub(crate) fn land_all(&self, rows: &[(K, V)], at: Revision, room: Room) -> Vec<(K, Landing)> {
        let hashed = rows.iter().map(|(key, row)| {
            let key = self.hashed(*key);
            (self.number(&key), key, row)
        });
        let mut hashed: Vec<_> = hashed.collect();
        hashed.sort_by_key(|(number, ..)| *number);
        let mut left = Vec::new();
        for rows in hashed.chunk_by(|(one, ..), (other, ..)| one == other) {
            let Some((number, ..)) = rows.first() else { continue };
            self.at(*number).shard.write(|shard| {
                for (_, key, row) in rows {
                    match shard.land(*key, Some(**row), at, room) {
                        Landing::Landed => {}
                        landing @ (Landing::Refused | Landing::Full) => left.push((key.key(), landing)),
                    }
                }
            });
        }
        left
    }

    /// One step of the protocol on the shard of `key`.
    pub(crate) fn change(&self, key: K, step: impl FnOnce(&mut Shard<K, V>, Hashed<K>)) {
        let key = self.hashed(key);
        self.cell(&key).shard.write(|shard| step(shard, key));
    }

    /// One step of the protocol on every shard, one after the other.
    pub(crate) fn change_all(&self, mut step: impl FnMut(&mut Shard<K, V>)) {
        for cell in self.cells() {
            cell.shard.write(&mut step);
        }
    }

    /// Whether every shard holds every key of its own.
    pub(crate) fn is_complete(&self) -> bool {
        self.cells().all(|cell| cell.shard.read(Shard::is_complete))
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.cells().map(|cell| cell.shard.read(Shard::len)).sum()
    }

    fn cells(&self) -> impl Iterator<Item = &Cell<P, K, V>> {
        std::iter::once(&self.first).chain(&self.others)
    }

    fn hashed(&self, key: K) -> Hashed<K> {
        Hashed::by(&self.hasher, key)
    }

    fn cell(&self, key: &Hashed<K>) -> &Cell<P, K, V> {
        self.at(self.number(key))
    }

    /// The number of a key's shard.
    fn number(&self, key: &Hashed<K>) -> usize {
        // From the middle of the hash: a shard finds places by its lowest bits and tells them apart by its highest, and
        // both would be the same for all keys of a shard that was chosen by them.
        let middle = key.hash() >> 16 & u64::from(u32::MAX);
        usize::try_from((middle * (self.others.len() as u64 + 1)) >> 32).unwrap_or(0)
    }

    fn at(&self, number: usize) -> &Cell<P, K, V> {
        // The number past the end is the first one's.
        self.others.get(number).unwrap_or(&self.first)
    }
}
