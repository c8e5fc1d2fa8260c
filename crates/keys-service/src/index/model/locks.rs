//! Shuttle's locks, and rules switched off by number.

use std::fmt::Debug;

use shuttle::sync::{Condvar, Mutex, RwLock};

use crate::index::protocol::{Lock, Protocol, Rules, Signal};

/// A protocol on shuttle's locks with rule number `OFF` switched off; 0 is none.
#[derive(Debug)]
pub(super) struct Checked<const OFF: usize>;

impl<const OFF: usize> Checked<OFF> {
    /// How many rules can be switched off: seven of the index, one of the store.
    pub(super) const SWITCHES: usize = 8;
    /// Whether a load reads row and revision in one snapshot.
    pub(super) const ONE_SNAPSHOT: bool = OFF != 8;
}

impl<const OFF: usize> Protocol for Checked<OFF> {
    type Lock<T: Debug + Send + Sync + 'static> = RwLock<T>;
    type Signal<T: Debug + Clone + Send + Sync + 'static> = ShuttleSignal<T>;
    // All keys share one, so that a change of one refuses loads of the other, and steps on all shards are few.
    const SHARDS: usize = 1;
    const RULES: Rules = Rules {
        hide: OFF != 1,
        floor: OFF != 2,
        one_step: OFF != 3,
        joiners_use_landed: OFF != 4,
        forget: OFF != 5,
        hidden_is_no_absence: OFF != 6,
        loss_ends_completeness: OFF != 7,
    };
}

impl<T: Debug + Send + Sync> Lock<T> for RwLock<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.read().unwrap())
    }

    fn write<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.write().unwrap())
    }
}

#[derive(Debug)]
pub(super) struct ShuttleSignal<T> {
    value: Mutex<Option<T>>,
    raised: Condvar,
}

impl<T: Debug + Clone + Send + Sync> Signal<T> for ShuttleSignal<T> {
    fn new() -> Self {
        Self { value: Mutex::new(None), raised: Condvar::new() }
    }

    fn raise(&self, value: T) {
        *self.value.lock().unwrap() = Some(value);
        self.raised.notify_all();
    }

    fn wait(&self) -> T {
        let mut value = self.value.lock().unwrap();
        while value.is_none() {
            value = self.raised.wait(value).unwrap();
        }
        value.clone().unwrap()
    }
}
