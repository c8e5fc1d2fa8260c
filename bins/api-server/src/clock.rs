//! The wall clock, made to never go back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keys_core::Timestamp;
use keys_http::Clock;

/// Tells the latest of: the wall clock, the last change in the database, and what it told before.
///
/// A wall clock steps back when it is corrected. Were time to follow, a key that has expired would be good again and
/// the audit chain would tell its story in the wrong order.
#[derive(Debug)]
pub(crate) struct ServerClock {
    told: AtomicI64,
    wall: fn() -> Timestamp,
}

impl ServerClock {
    /// A clock that begins no earlier than the last change in the database.
    pub(crate) fn new(latest: Option<Timestamp>) -> Self {
        Self::with_wall(latest, wall_clock)
    }

    fn with_wall(latest: Option<Timestamp>, wall: fn() -> Timestamp) -> Self {
        Self { told: AtomicI64::new(latest.unwrap_or(Timestamp::MIN).as_millis()), wall }
    }

    /// How far the wall clock is behind what this clock tells; zero when it is not.
    pub(crate) fn behind(&self) -> Duration {
        self.now().since((self.wall)())
    }
}

impl Clock for ServerClock {
    fn now(&self) -> Timestamp {
        let wall = (self.wall)();
        let told = self.told.fetch_max(wall.as_millis(), Ordering::AcqRel);
        // Only what a Timestamp held has ever been stored, so the fallback is never taken.
        Timestamp::from_millis(told).unwrap_or(wall).max(wall)
    }
}

/// What the clock of this machine says.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub(crate) fn wall_clock() -> Timestamp {
    // A clock before 1970 or after 9999 is not set; either end is as good.
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).ok().and_then(Timestamp::from_millis).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static WALL: Cell<i64> = const { Cell::new(0) };
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    fn test_clock(latest: Option<Timestamp>) -> ServerClock {
        ServerClock::with_wall(latest, || at(WALL.get()))
    }

    #[test]
    fn it_follows_the_wall_clock_forward_and_never_back() {
        let clock = test_clock(None);
        for (wall, told) in [(1_000, 1_000), (5_000, 5_000), (2_000, 5_000), (5_001, 5_001)] {
            WALL.set(wall);
            assert_eq!(clock.now(), at(told), "wall clock at {wall}");
        }
    }

    #[test]
    fn it_begins_no_earlier_than_the_last_change() {
        WALL.set(1_000);
        let clock = test_clock(Some(at(9_000)));
        assert_eq!(clock.now(), at(9_000));
        assert_eq!(clock.behind(), Duration::from_secs(8));
        WALL.set(10_000);
        assert_eq!(clock.now(), at(10_000));
        assert_eq!(clock.behind(), Duration::ZERO);
    }

    #[test]
    fn threads_see_one_order() {
        let clock = ServerClock::new(None);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut last = Timestamp::MIN;
                    for _ in 0..10_000 {
                        let now = clock.now();
                        assert!(now >= last);
                        last = now;
                    }
                });
            }
        });
    }

    #[test]
    fn the_wall_clock_is_read() {
        let year_2026: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert!(ServerClock::new(None).now() > year_2026);
    }
}
