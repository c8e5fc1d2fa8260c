//! What time is measured by.

use std::time::Instant;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// An instant of one clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock(Begin);

#[derive(Debug, Clone, Copy)]
enum Begin {
    Thread(f64),
    Wall(Instant),
}

impl Clock {
    /// Now, by the time this thread has had a processor: what others do with theirs is not in it.
    #[must_use]
    pub fn of_thread() -> Self {
        Self(Begin::Thread(thread()))
    }

    /// Now, by the clock on the wall: what waits, and what several threads do at once, is measured by it.
    #[must_use]
    pub fn of_wall() -> Self {
        Self(Begin::Wall(Instant::now()))
    }

    /// The seconds since.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        match self.0 {
            Begin::Thread(begin) => thread() - begin,
            Begin::Wall(begin) => begin.elapsed().as_secs_f64(),
        }
    }
}

fn thread() -> f64 {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ThreadCPUTime);
    tv_sec as f64 + tv_nsec as f64 / 1e9
}
