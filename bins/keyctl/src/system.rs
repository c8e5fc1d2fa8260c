//! What only the machine can tell: the time, randomness, and what surrounds the process. Read here and nowhere else.

use keys_core::Timestamp;

/// The time of this run: read once, so that all its decisions agree.
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the one reading of the clock")]
    let now = std::time::SystemTime::now();
    let millis = now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis());
    i64::try_from(millis).ok().and_then(Timestamp::from_millis).unwrap_or(Timestamp::MIN)
}

/// The random source of the operating system.
pub(crate) const fn rng() -> getrandom::SysRng {
    getrandom::SysRng
}
