//! Loads that many requests share: whoever misses a key while it is being loaded waits for that load.

use std::collections::HashMap;
use std::sync::Arc;

use super::protocol::{Lock, Protocol, Signal};
use super::shard::{Key, Row};

/// The loads under way for one shard.
#[derive(Debug)]
pub(crate) struct SharedLoads<P: Protocol, K: Key, V: Row> {
    under_way: P::Lock<HashMap<K, Arc<End<P, V>>>>,
}

/// The end of a load. It hands nothing over: what a joiner may use is in the index. Only the model checker, with that
/// rule off, hands over the row itself.
type End<P, V> = <P as Protocol>::Signal<Option<Option<V>>>;

/// A request's part in a load.
pub(crate) enum Joined<'a, P: Protocol, K: Key, V: Row> {
    /// It loads.
    Leading(Leading<'a, P, K, V>),
    /// It waits for another's load.
    Following(Arc<End<P, V>>),
}

/// The duty to end a load: done when this is dropped, so that an error or a panic leaves nobody waiting.
pub(crate) struct Leading<'a, P: Protocol, K: Key, V: Row> {
    loads: &'a SharedLoads<P, K, V>,
    key: K,
    end: Arc<End<P, V>>,
    row: Option<Option<V>>,
}

impl<P: Protocol, K: Key, V: Row> SharedLoads<P, K, V> {
    /// None.
    pub(crate) fn new() -> Self {
        Self { under_way: P::Lock::new(HashMap::new()) }
    }

    /// Joins the load of `key`, or begins it.
    pub(crate) fn join(&self, key: K) -> Joined<'_, P, K, V> {
        self.under_way.write(|under_way| {
            if let Some(end) = under_way.get(&key) {
                return Joined::Following(Arc::clone(end));
            }
            let end = Arc::new(End::<P, V>::new());
            under_way.insert(key, Arc::clone(&end));
            Joined::Leading(Leading { loads: self, key, end, row: None })
        })
    }
}

impl<P: Protocol, K: Key, V: Row> Leading<'_, P, K, V> {
    /// Ends the load. What landed has landed before.
    pub(crate) fn finish(mut self, row: Option<V>) {
        if !P::RULES.joiners_use_landed {
            self.row = Some(row);
        }
    }
}

impl<P: Protocol, K: Key, V: Row> Drop for Leading<'_, P, K, V> {
    fn drop(&mut self) {
        self.loads.under_way.write(|under_way| under_way.remove(&self.key));
        self.end.raise(self.row.take());
    }
}
