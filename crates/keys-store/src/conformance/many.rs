//! Many keys at once, for benches: as those of a large installation, and as quickly as the store takes them.

use keys_core::{KeyId, NewKey, Owner, Transition};

use super::sample;
use crate::store::{Change, Committed, KeyStore, Write};

/// How many keys are made in one commit: so many that a page of an index is written for several of them.
const AT_ONCE: u64 = 50_000;

/// Key number `n` of a large installation. Access keys lie anywhere, as random ones do; names come again, some keys
/// have none; some expire, and each was made by one of ten others.
#[must_use]
pub fn new_key(owner: Owner, n: u64) -> NewKey {
    let mut new = sample::new_key(owner, n);
    new.access_key = sample::access_key(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    new.name = (!n.is_multiple_of(7)).then(|| sample::name(&format!("name {}", n % 1_000)));
    new.description = n.is_multiple_of(2).then(|| sample::description(&format!("description {}", n % 100)));
    new.created = sample::instant(i64::try_from(n / 3).unwrap_or(0));
    new.expires_at = n.is_multiple_of(3).then(|| sample::instant(i64::try_from(n).unwrap_or(0) + 1));
    new.creator.key = KeyId::new(n % 10);
    new
}

/// Makes the keys from number 1 to `count`, of these owners in turn. Of ten, one is Inactive; of a hundred, one is
/// Deleted.
#[track_caller]
pub fn keys(store: &dyn KeyStore, owners: &[Owner], count: u64) {
    for first in (1..=count).step_by(usize::try_from(AT_ONCE).unwrap_or(1)) {
        let numbers = first..=count.min(first + AT_ONCE - 1);
        let owner = |n: u64| owners[usize::try_from(n).unwrap_or(0) % owners.len()];
        let changes = numbers.map(|n| sample::change(Write::InsertKey(new_key(owner(n), n))));
        let made = store.commit(changes.collect()).expect("the keys fit");
        let inactive = store.commit(moved(made, Transition::Deactivate, 10)).expect("they are Active");
        store.commit(moved(inactive, Transition::Delete, 100)).expect("they are Inactive");
    }
}

/// The changes that move one of so many keys on.
fn moved(keys: Vec<Committed>, transition: Transition, every: u64) -> Vec<Change> {
    let record = |committed| if let Committed::Key(record) = committed { Some(*record) } else { None };
    let chosen =
        keys.into_iter().filter_map(record).filter(|record| record.parts().id.number() / 128 % every == 0);
    let change = |record: keys_core::KeyRecord| {
        let (expected, now) = (record.parts().revision, record.parts().updated);
        let record = record.transition(transition, now).expect("a legal transition");
        sample::change(Write::UpdateKey { record, expected })
    };
    chosen.map(change).collect()
}
