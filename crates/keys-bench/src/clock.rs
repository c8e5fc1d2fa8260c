//! What time is measured by.

use rustix::time::{ClockId, Timespec, clock_gettime};

/// An instant of one clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    id: Id,
    begin: f64,
}

#[derive(Debug, Clone, Copy)]
enum Id {
    Thread,
    Process,
    Wall,
}

impl Clock {
    /// Now, by the time this thread has had a processor: what others do with theirs is not in it.
    #[must_use]
    pub fn of_thread() -> Self {
        Self::begin(Id::Thread)
    }

    /// Now, by the time all threads of this process have had a processor.
    #[must_use]
    pub fn of_process() -> Self {
        Self::begin(Id::Process)
    }

    /// Now, by the clock on the wall: what waits, and what several threads do at once, is measured by it.
    #[must_use]
    pub fn of_wall() -> Self {
        Self::begin(Id::Wall)
    }

    fn begin(id: Id) -> Self {
        Self { id, begin: now(id) }
    }

    /// The seconds since.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        now(self.id) - self.begin
    }
}

fn now(id: Id) -> f64 {
    let id = match id {
        Id::Thread => ClockId::ThreadCPUTime,
        Id::Process => ClockId::ProcessCPUTime,
        Id::Wall => ClockId::Monotonic,
    };
    let Timespec { tv_sec, tv_nsec } = clock_gettime(id);
    tv_sec as f64 + tv_nsec as f64 / 1e9
}
