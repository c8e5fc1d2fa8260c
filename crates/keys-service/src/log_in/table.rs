//! Tables of a fixed size, for what is remembered of strangers: however many come, no memory is taken for them (T71).
//!
//! A key belongs to one bucket of eight places. When all are taken, the one whose memory fades first makes room. Which
//! keys share a bucket depends on numbers drawn at random when the table is made, so nobody can choose names that crowd
//! another's out.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};

use keys_core::Timestamp;

/// What can be remembered: something that means nothing any longer after an instant.
pub(super) trait Fades: Copy + PartialEq {
    /// What is known of somebody nothing is remembered of.
    const FRESH: Self;

    /// From when on it matters least whether this is remembered.
    fn fades(&self) -> Timestamp;
}

const WAYS: usize = 8;

/// Two hashes under different random numbers: two keys that agree in both are not met with.
type Fingerprint = (u64, u64);

type Bucket<V> = [Option<(Fingerprint, V)>; WAYS];

/// A table of a fixed size.
pub(super) struct Table<V> {
    buckets: Box<[Mutex<Bucket<V>>]>,
    spare: Mutex<Bucket<V>>,
    states: [RandomState; 2],
}

impl<V: Fades> Table<V> {
    /// A table with room for `buckets` times eight.
    pub(super) fn new(buckets: usize) -> Self {
        let buckets = (0..buckets.max(1)).map(|_| Mutex::new([None; WAYS])).collect();
        Self { buckets, spare: Mutex::new([None; WAYS]), states: [RandomState::new(), RandomState::new()] }
    }

    /// What is remembered under a key.
    pub(super) fn get(&self, key: impl Hash) -> V {
        let fingerprint = self.fingerprint(key);
        let bucket = self.bucket(fingerprint);
        let found = bucket.iter().flatten().find(|(other, _)| *other == fingerprint);
        found.map_or(V::FRESH, |(_, value)| *value)
    }

    /// Changes what is remembered under a key, under the bucket's lock.
    pub(super) fn change<R>(&self, key: impl Hash, change: impl FnOnce(&mut V) -> R) -> R {
        let fingerprint = self.fingerprint(key);
        let mut bucket = self.bucket(fingerprint);
        let place = bucket.iter().position(|slot| slot.is_some_and(|(other, _)| other == fingerprint));
        let mut value =
            place.and_then(|place| bucket.get(place).copied().flatten()).map_or(V::FRESH, |(_, value)| value);
        let result = change(&mut value);
        let place = place.or_else(|| {
            let free = bucket.iter().position(Option::is_none);
            let fades = |slot: &Option<(Fingerprint, V)>| slot.map(|(_, value)| value.fades());
            let first = bucket.iter().enumerate().min_by_key(|(_, slot)| fades(slot)).map(|(place, _)| place);
            free.or(first)
        });
        if let Some(slot) = place.and_then(|place| bucket.get_mut(place)) {
            // What says nothing takes no place from others.
            if value != V::FRESH {
                *slot = Some((fingerprint, value));
            } else if slot.is_some_and(|(other, _)| other == fingerprint) {
                *slot = None;
            }
        }
        result
    }

    fn fingerprint(&self, key: impl Hash) -> Fingerprint {
        let [one, other] = &self.states;
        (one.hash_one(&key), other.hash_one(&key))
    }

    fn bucket(&self, (first, _): Fingerprint) -> MutexGuard<'_, Bucket<V>> {
        let number = (first as usize) % self.buckets.len();
        // The remainder is always within the table, so the spare one is never used.
        let bucket = self.buckets.get(number).unwrap_or(&self.spare);
        bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> std::fmt::Debug for Table<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("places", &(self.buckets.len() * WAYS)).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    struct Until(i64);

    impl Fades for Until {
        const FRESH: Self = Self(0);

        fn fades(&self) -> Timestamp {
            Timestamp::from_millis(self.0).unwrap()
        }
    }

    fn remembered(table: &Table<Until>) -> usize {
        table.buckets.iter().map(|bucket| bucket.lock().unwrap().iter().flatten().count()).sum()
    }

    #[test]
    fn what_is_remembered_comes_back_and_what_is_forgotten_takes_no_place() {
        let table = Table::new(4);
        assert_eq!(table.get("ada"), Until(0));
        assert_eq!(table.change("ada", |until| std::mem::replace(until, Until(7))), Until(0));
        assert_eq!((table.get("ada"), table.get("grace"), remembered(&table)), (Until(7), Until(0), 1));
        table.change("ada", |until| *until = Until::FRESH);
        assert_eq!((table.get("ada"), remembered(&table)), (Until(0), 0));
        table.change("grace", |_| ());
        assert_eq!(remembered(&table), 0);
    }

    #[test]
    fn a_million_strangers_take_no_more_room_than_a_few_and_the_first_to_fade_goes() {
        let table = Table::new(2);
        table.change("latest", |until| *until = Until(i64::from(u32::MAX)));
        for stranger in 1..1_000_000i64 {
            table.change(stranger, |until| *until = Until(stranger));
        }
        assert_eq!(remembered(&table), 2 * WAYS);
        assert_eq!(table.get("latest"), Until(i64::from(u32::MAX)), "what fades last stays");
        assert_eq!(table.get(1i64), Until(0));
    }
}
