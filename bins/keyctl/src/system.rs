//! What only the machine can tell: the time, randomness, and what surrounds the process. Read here and nowhere else.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use keys_core::Timestamp;
use signal_hook::consts::SIGINT;
use signal_hook::{flag, low_level};

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

/// How many digests can be made at once: one on each processor. Each takes 19 MiB, so there is an end to it.
pub(crate) fn processors() -> NonZeroUsize {
    const MOST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(15);
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN).min(MOST)
}

/// Asks at a terminal whose ways of showing are changed meanwhile, so that they are changed back before Ctrl-C ends the
/// process: it would leave a terminal that shows nothing of what is typed.
///
/// # Errors
///
/// What asking fails with, and what the system says against it.
pub(crate) fn undisturbed<T>(ask: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    static ENDS: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let ends = match ENDS.get() {
        Some(ends) => ends,
        None => {
            let ends = Arc::new(AtomicBool::new(true));
            flag::register_conditional_default(SIGINT, Arc::clone(&ends))?;
            ENDS.get_or_init(|| ends)
        }
    };
    ends.store(false, Ordering::SeqCst);
    let answer = ask();
    ends.store(true, Ordering::SeqCst);
    if matches!(&answer, Err(error) if error.kind() == io::ErrorKind::Interrupted) {
        low_level::emulate_default_handler(SIGINT)?;
    }
    answer
}

/// From now on Ctrl-C raises a flag, and the process is left to end in good order. Pressed again it ends it at once.
///
/// # Errors
///
/// What the system says against it.
pub(crate) fn interruption() -> io::Result<Arc<AtomicBool>> {
    let asked = Arc::new(AtomicBool::new(false));
    // The first to be registered is the first to act, so that the first signal finds the flag down.
    flag::register_conditional_default(SIGINT, Arc::clone(&asked))?;
    flag::register(SIGINT, Arc::clone(&asked))?;
    Ok(asked)
}
