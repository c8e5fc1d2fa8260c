//! What the index is made of: its locks, and the rules it keeps.
//!
//! The protocol code is written once and runs twice: in production on the standard library's locks with every rule
//! on, and in the model checker on locks of its own scheduler, with single rules switched off to see that it finds
//! what then goes wrong. Everything here is decided at compile time and costs production nothing.

use std::fmt::Debug;
use std::sync::{Condvar, Mutex, PoisonError};

use crossbeam_utils::sync::ShardedLock;

/// Locks and rules of an index.
pub(crate) trait Protocol: Debug + Send + Sync + 'static {
    /// A lock for many readers or one writer.
    type Lock<T: Debug + Send + Sync + 'static>: Lock<T>;
    /// What a request waits for that joined another's load.
    type Signal<T: Debug + Clone + Send + Sync + 'static>: Signal<T>;
    /// The rules that are on.
    const RULES: Rules = Rules::ALL;
    /// How many shards a table has unless it is bounded to fewer entries. A change hides and floors its own shard only,
    /// so more shards mean fewer loads that a change elsewhere refuses.
    const SHARDS: usize = 64;
}

/// The rules of the protocol. See `docs/VERIFICATION-INDEX.md` for what goes wrong without each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// What is about to change leaves the index before the commit, and nothing lands for it until it is published.
    pub(crate) hide: bool,
    /// A load lands only if its shard has published nothing later.
    pub(crate) floor: bool,
    /// The check whether a load may land, and the landing, are one step.
    pub(crate) one_step: bool,
    /// A request that waited for another's load uses only what landed.
    pub(crate) joiners_use_landed: bool,
    /// After an unknown outcome everything is forgotten and nothing lands until the store was read again.
    pub(crate) forget: bool,
    /// A key that is being changed is never taken for one that does not exist.
    pub(crate) hidden_is_no_absence: bool,
    /// A shard that lost an entry is no longer complete.
    pub(crate) loss_ends_completeness: bool,
}

impl Rules {
    /// Every rule.
    pub(crate) const ALL: Self = Self {
        hide: true,
        floor: true,
        one_step: true,
        joiners_use_landed: true,
        forget: true,
        hidden_is_no_absence: true,
        loss_ends_completeness: true,
    };
}

/// A lock whose guard cannot leave the closure, so no look-up can hold one across another.
pub(crate) trait Lock<T>: Debug + Send + Sync {
    /// A lock round `value`.
    fn new(value: T) -> Self;

    /// Looks at the value, beside other readers.
    fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R;

    /// Changes the value, alone.
    fn write<R>(&self, change: impl FnOnce(&mut T) -> R) -> R;
}

/// Something that happens once, and hands a value to all who wait for it.
pub(crate) trait Signal<T>: Debug + Send + Sync {
    /// Not yet.
    fn new() -> Self;

    /// Now.
    fn raise(&self, value: T);

    /// Returns once it happened.
    fn wait(&self) -> T;
}

/// Production: every rule on.
///
/// Every verification takes two locks to read, and the second is the same one for all keys of an owner. To take the
/// standard library's is to write to it, so that threads on different processors would take its line of cache from
/// each other for each request; here threads are spread over eight lines. A change, which takes all of them, has a disk
/// to wait for.
#[derive(Debug)]
pub(crate) struct Production;

impl Protocol for Production {
    type Lock<T: Debug + Send + Sync + 'static> = ShardedLock<T>;
    type Signal<T: Debug + Clone + Send + Sync + 'static> = StdSignal<T>;
}

// A panic inside a closure cannot leave a shard half-changed: each step there leaves it right. So a poisoned lock is
// taken as it is, instead of ending every verification after it.
impl<T: Debug + Send + Sync> Lock<T> for ShardedLock<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A [`Signal`] on the standard library.
#[derive(Debug)]
pub(crate) struct StdSignal<T> {
    value: Mutex<Option<T>>,
    raised: Condvar,
}

impl<T: Debug + Clone + Send + Sync> Signal<T> for StdSignal<T> {
    fn new() -> Self {
        Self { value: Mutex::new(None), raised: Condvar::new() }
    }

    fn raise(&self, value: T) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        self.raised.notify_all();
    }

    fn wait(&self) -> T {
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(value) = &*value {
                return value.clone();
            }
            value = self.raised.wait(value).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
