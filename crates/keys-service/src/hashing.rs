//! The hashers: how many digests may be computed at once, and how many callers may wait for one.
//!
//! A digest costs about 25 ms and 19 MiB. Without a bound, a flood of callers who ask for one would take all memory
//! and all processors; with one, those past it are told to come back later.

use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use keys_core::Hasher;

/// A fixed number of hashers, each with memory it keeps.
#[derive(Debug)]
pub(crate) struct HashPool {
    state: Mutex<State>,
    returned: Condvar,
    size: NonZeroUsize,
    queue: usize,
}

#[derive(Debug)]
struct State {
    free: Vec<Hasher>,
    waiting: usize,
}

/// All hashers are at work, and as many callers wait as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busy;

impl HashPool {
    /// A pool of `hashers`, for which `queue` callers may wait.
    pub(crate) fn new(hashers: NonZeroUsize, queue: usize) -> Self {
        let free = (0..hashers.get()).map(|_| Hasher::new()).collect();
        Self { state: Mutex::new(State { free, waiting: 0 }), returned: Condvar::new(), size: hashers, queue }
    }

    /// Runs `work` with a hasher, after waiting for one if the queue has room.
    pub(crate) fn run<R>(&self, work: impl FnOnce(&mut Hasher) -> R) -> Result<R, Busy> {
        let mut borrowed = self.borrow()?;
        Ok(work(&mut borrowed.hasher))
    }

    /// How many hashers there are, at work or not.
    pub(crate) const fn size(&self) -> NonZeroUsize {
        self.size
    }

    /// How many callers wait.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting
    }

    fn borrow(&self) -> Result<Borrowed<'_>, Busy> {
        let mut state = self.lock();
        if let Some(hasher) = state.free.pop() {
            return Ok(Borrowed { pool: self, hasher });
        }
        if state.waiting >= self.queue {
            return Err(Busy);
        }
        state.waiting += 1;
        loop {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
            if let Some(hasher) = state.free.pop() {
                state.waiting -= 1;
                return Ok(Borrowed { pool: self, hasher });
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A hasher that goes back when this is dropped, after a panic too.
struct Borrowed<'a> {
    pool: &'a HashPool,
    hasher: Hasher,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        self.pool.lock().free.push(std::mem::take(&mut self.hasher));
        self.pool.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn pool(hashers: usize, queue: usize) -> HashPool {
        HashPool::new(NonZeroUsize::new(hashers).unwrap(), queue)
    }

    #[test]
    fn past_the_queue_a_caller_is_told_to_come_back() {
        let pool = pool(1, 0);
        let outcome = pool.run(|_| pool.run(|_| ()));
        assert_eq!(outcome, Ok(Err(Busy)));
        assert_eq!(pool.run(|_| ()), Ok(()), "the hasher is free again");
    }

    #[test]
    fn a_caller_in_the_queue_gets_the_hasher() {
        let pool = pool(1, 1);
        let (release, released) = mpsc::channel::<()>();
        let (started, has_started) = mpsc::channel();
        let pool = &pool;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                pool.run(|_| {
                    started.send(()).unwrap();
                    released.recv().unwrap();
                })
            });
            has_started.recv().unwrap();
            let waiter = scope.spawn(|| pool.run(|_| 7));
            while pool.waiting() == 0 {
                std::thread::yield_now();
            }
            assert_eq!(pool.run(|_| ()), Err(Busy), "the queue has one place");
            release.send(()).unwrap();
            assert_eq!(waiter.join().unwrap(), Ok(7));
        });
        assert_eq!(pool.waiting(), 0);
    }

    #[test]
    fn a_panic_gives_the_hasher_back() {
        let pool = pool(1, 0);
        let panicked =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| pool.run(|_| panic!("on purpose"))));
        assert!(panicked.is_err());
        assert_eq!(pool.run(|_| ()), Ok(()));
    }
}
