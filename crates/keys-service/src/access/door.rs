//! The one door of an installation that has not been set up: a token opens it, once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use keys_core::{SetUpHash, SetUpToken, Timestamp};

use super::set_up_until;

/// Why a set-up token lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetUpRefusal {
    /// It is another.
    #[error("the set-up token is wrong")]
    Wrong,
    /// Too many others were tried: this one was not looked at closer than to see that it is wrong.
    #[error("too many wrong set-up tokens; the next may be tried at {until}")]
    TooMany {
        /// From when on.
        until: Timestamp,
    },
    /// It was good once.
    #[error("the set-up token has expired")]
    Expired,
    /// Somebody is just being made the administrator with it.
    #[error("the set-up token is being used")]
    InUse,
    /// It was used.
    #[error("the set-up token has been used")]
    Used,
}

/// The set-up token of this start, as far as it is kept: its hash.
#[derive(Debug)]
pub struct SetUpDoor {
    hash: SetUpHash,
    until: Timestamp,
    used: AtomicBool,
    taken: AtomicBool,
    wrong: Mutex<Wrong>,
}

/// The wrong tokens of the minute that began then.
#[derive(Debug)]
struct Wrong {
    since: Timestamp,
    count: u32,
}

/// Whoever is going through. The door is free again when this is dropped, unless they have arrived.
#[derive(Debug)]
pub(super) struct Passage<'a>(&'a SetUpDoor);

impl SetUpDoor {
    /// Wrong tokens that are answered as such within a minute. Nobody guesses 256 bits; this keeps noise out of the log.
    const MOST_WRONG: u32 = 20;
    const MINUTE: Duration = Duration::from_secs(60);

    /// The door that this token opens from `now` on.
    #[must_use]
    pub fn new(token: &SetUpToken, now: Timestamp) -> Self {
        Self {
            hash: token.hash(),
            until: set_up_until(now),
            used: AtomicBool::new(false),
            taken: AtomicBool::new(false),
            wrong: Mutex::new(Wrong { since: now, count: 0 }),
        }
    }

    /// Until when the token is good.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether the token could still be used at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.used.load(Ordering::Acquire) && now < self.until
    }

    /// Whether a token opens the door now. The right one always does, however many wrong ones came before: strangers must
    /// not be able to keep the owner out.
    ///
    /// # Errors
    ///
    /// [`SetUpRefusal`].
    pub fn check(&self, token: &SetUpToken, now: Timestamp) -> Result<(), SetUpRefusal> {
        if !self.hash.is_of(token) {
            return Err(self.count_wrong(now));
        }
        if self.used.load(Ordering::Acquire) {
            return Err(SetUpRefusal::Used);
        }
        if now >= self.until {
            return Err(SetUpRefusal::Expired);
        }
        Ok(())
    }

    /// Goes through, alone: a password is hashed behind the door, and a thousand at once must not be.
    pub(super) fn pass(&self, token: &SetUpToken, now: Timestamp) -> Result<Passage<'_>, SetUpRefusal> {
        self.check(token, now)?;
        if self.taken.swap(true, Ordering::AcqRel) {
            return Err(if self.used.load(Ordering::Acquire) {
                SetUpRefusal::Used
            } else {
                SetUpRefusal::InUse
            });
        }
        Ok(Passage(self))
    }

    fn count_wrong(&self, now: Timestamp) -> SetUpRefusal {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if now.since(wrong.since) >= Self::MINUTE {
            *wrong = Wrong { since: now, count: 0 };
        }
        wrong.count = wrong.count.saturating_add(1);
        if wrong.count > Self::MOST_WRONG {
            let until = wrong.since.checked_add(Self::MINUTE).unwrap_or(Timestamp::MAX);
            return SetUpRefusal::TooMany { until };
        }
        SetUpRefusal::Wrong
    }
}

impl Passage<'_> {
    /// The token has been used: the door is closed for good.
    pub(super) fn close(self) {
        self.0.used.store(true, Ordering::Release);
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        if !self.0.used.load(Ordering::Acquire) {
            self.0.taken.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_458_600_000 + seconds * 1_000).unwrap()
    }

    fn door() -> (SetUpDoor, SetUpToken) {
        let token = SetUpToken::generate(&mut SysRng).unwrap();
        (SetUpDoor::new(&token, at(0)), token)
    }

    #[test]
    fn the_right_token_opens_for_thirty_minutes_whatever_was_tried_before() {
        let (door, token) = door();
        for n in 0..1_000 {
            let wrong = SetUpToken::generate(&mut SysRng).unwrap();
            let expected = if n < 20 { SetUpRefusal::Wrong } else { SetUpRefusal::TooMany { until: at(60) } };
            assert_eq!(door.check(&wrong, at(1)), Err(expected), "{n}");
        }
        assert_eq!(door.check(&token, at(1)), Ok(()), "the owner gets in all the same");
        let wrong = SetUpToken::generate(&mut SysRng).unwrap();
        assert_eq!(door.check(&wrong, at(61)), Err(SetUpRefusal::Wrong), "a new minute");
        assert_eq!(door.check(&token, at(1_799)), Ok(()));
        assert!(door.is_open(at(1_799)) && !door.is_open(at(1_800)));
        assert_eq!(door.check(&token, at(1_800)), Err(SetUpRefusal::Expired));
        assert_eq!(door.check(&wrong, at(1_800)), Err(SetUpRefusal::Wrong), "a stranger learns nothing");
    }

    #[test]
    fn one_goes_through_at_a_time_and_who_fails_leaves_it_open() {
        let (door, token) = door();
        let first = door.pass(&token, at(1)).unwrap();
        assert_eq!(door.pass(&token, at(1)).unwrap_err(), SetUpRefusal::InUse);
        drop(first);
        door.pass(&token, at(2)).unwrap().close();
        assert_eq!(door.pass(&token, at(2)).unwrap_err(), SetUpRefusal::Used);
        assert!(!door.is_open(at(2)));
    }
}
