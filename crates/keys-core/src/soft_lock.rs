//! Soft locks: how fast one may guess, without anybody being shut out for good.
//!
//! Each failure makes the next attempt wait: 1 second, doubling to an hour. After 100 failures in a row
//! (NIST SP 800-63B-4 §3.2.2) each further attempt waits a day. A success forgets them, or whoever
//! keeps the lock, for an administrator; time alone does not.
//!
//! ```text
//!            begin                begin, and now ≥ until
//!   Open ───────────► Locked ◄──────────────────────────┐
//!    ▲                │    └───────────────────────────►┘
//!    └──── success ───┘      begin, and now < until: refused, nothing changes
//! ```
//!
//! An attempt counts as a failure **from its beginning**, before the slow comparison: a thousand attempts at once are one
//! attempt and 999 refusals. Its success takes the count back.

use core::time::Duration;

use crate::time::Timestamp;

/// What is remembered of the failures in a row with one name.
///
/// ```
/// use keys_core::{SoftLock, Timestamp};
///
/// let now: Timestamp = "2026-11-23T18:30:00.000Z".parse()?;
/// let mut lock = SoftLock::OPEN;
/// assert!(lock.begin(now).is_ok());
/// // The next has to wait for a second from then, however often it is tried.
/// let refused = lock.begin(now);
/// assert_eq!(refused.err().map(|locked| locked.until), Some("2026-11-23T18:30:01.000Z".parse()?));
/// lock.succeed();
/// assert!(lock.begin(now).is_ok());
/// # Ok::<(), keys_core::ParseTimestampError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoftLock {
    failures: u32,
    until: Timestamp,
}

impl SoftLock {
    /// No failures.
    pub const OPEN: Self = Self { failures: 0, until: Timestamp::MIN };
    /// The first wait.
    pub const FIRST_WAIT: Duration = Duration::from_secs(1);
    /// The longest wait before [`MANY`](Self::MANY) failures.
    pub const LONG_WAIT: Duration = Duration::from_secs(60 * 60);
    /// The wait from then on. Every day has its attempt: nobody is locked out for good.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
    /// How many failures in a row are guessing and no longer forgetting.
    pub const MANY: u32 = 100;

    /// Whether an attempt may begin at `now`; changes nothing.
    ///
    /// # Errors
    ///
    /// [`Locked`] while the last failure is too recent.
    pub fn check(&self, now: Timestamp) -> Result<(), Locked> {
        // A clock that went back must not lengthen a wait beyond what the failures earned.
        let waits = self.until.since(now);
        if waits.is_zero() || waits > self.wait() { Ok(()) } else { Err(Locked { until: self.until }) }
    }

    /// Begins an attempt, which counts as a failure until it [succeeds](Self::succeed).
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check); nothing is counted then.
    pub fn begin(&mut self, now: Timestamp) -> Result<(), Locked> {
        self.check(now)?;
        self.failures = self.failures.saturating_add(1);
        self.until = now.checked_add(self.wait()).unwrap_or(Timestamp::MAX);
        Ok(())
    }

    /// The attempt succeeded: all failures are forgotten.
    pub const fn succeed(&mut self) {
        *self = Self::OPEN;
    }

    /// How many failures in a row there were.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// Until when the next attempt has to wait.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// The wait that this many failures earn.
    fn wait(&self) -> Duration {
        match self.failures {
            0 => Duration::ZERO,
            failures if failures >= Self::MANY => Self::LONGEST_WAIT,
            failures => {
                let doubled =
                    1u32.checked_shl(failures - 1).map(|factor| Self::FIRST_WAIT.saturating_mul(factor));
                doubled.map_or(Self::LONG_WAIT, |wait| wait.min(Self::LONG_WAIT))
            }
        }
    }
}

impl Default for SoftLock {
    fn default() -> Self {
        Self::OPEN
    }
}

/// An attempt has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many failures: the next attempt may begin at {until}")]
pub struct Locked {
    /// Until when.
    pub until: Timestamp,
}
