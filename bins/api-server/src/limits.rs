//! What the process asks of the operating system for itself.

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};

/// Enough for the connections the server accepts, and its files.
const OPEN_FILES: u64 = 16_384;

/// Makes new files private whatever the caller's umask, forbids core dumps (one would hold the peppers), and lifts
/// the soft limit on open files to what the connection limit needs. Call it while there is one thread.
///
/// A refusal is no reason not to start: files are made with their modes, and a low limit on open files makes the
/// server accept fewer connections, not break.
pub(crate) fn harden_process() {
    umask(Mode::RWXG | Mode::RWXO);
    let core = getrlimit(Resource::Core);
    if setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: core.maximum }).is_err() {
        tracing::warn!("core dumps could not be switched off");
    }
    let files = getrlimit(Resource::Nofile);
    let wanted = files.maximum.map_or(OPEN_FILES, |maximum| maximum.min(OPEN_FILES));
    if files.current.is_some_and(|current| current < wanted) {
        let lifted = Rlimit { current: Some(wanted), maximum: files.maximum };
        if setrlimit(Resource::Nofile, lifted).is_err() {
            tracing::warn!(limit = files.current, "the limit on open files could not be lifted");
        }
    }
}
