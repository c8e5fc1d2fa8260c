//! Keeps the verification index full: at start, and again after it had to be emptied.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use keys_service::Authority;

use crate::exit::with_causes;

/// How often it is looked whether the index had to be emptied. Until it is filled again nothing is wrong: what it
/// lacks is read from the database.
const LOOK: Duration = Duration::from_secs(5);

/// A thread that fills the index. It ends when this is dropped, or a little later when it is just reading.
#[derive(Debug)]
pub(crate) struct IndexKeeper {
    stop: Option<Sender<()>>,
    ended: Receiver<()>,
}

impl IndexKeeper {
    /// Begins to fill the index of an authority.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub(crate) fn begin(authority: Arc<Authority>) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let (end, ended) = channel();
        thread::Builder::new().name("index-keeper".to_owned()).spawn(move || {
            keep(&authority, &stopped);
            drop(authority);
            drop(end);
        })?;
        Ok(Self { stop: Some(stop), ended })
    }

    /// Asks the thread to end and waits for it as long as `patience`. Returns whether it has let go of the authority.
    pub(crate) fn end(mut self, patience: Duration) -> bool {
        self.stop = None;
        self.ended.recv_timeout(patience) == Err(RecvTimeoutError::Disconnected)
    }
}

/// Fills the index whenever it is not complete, until told to stop.
fn keep(authority: &Authority, stopped: &Receiver<()>) {
    loop {
        if !authority.index_is_complete() {
            fill(authority);
        }
        if stopped.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

fn fill(authority: &Authority) {
    let begun = Instant::now();
    match authority.fill_index() {
        Ok(()) => {
            let keys = authority.indexed_keys();
            tracing::info!(keys, elapsed = ?begun.elapsed(), "the index is filled");
        }
        Err(error) => tracing::error!(
            error = with_causes(&error),
            "the index is not filled: keys are read from the database one by one"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use getrandom::SysRng;
    use keys_core::{HashPolicy, Keyring, Pepper, Timestamp};
    use keys_service::AuthorityConfig;
    use keys_store::MemoryStore;

    use super::*;

    #[test]
    fn it_fills_the_index_and_ends_when_told() {
        let config = AuthorityConfig {
            keyring: Keyring::new(vec![Pepper::generate(&mut SysRng).unwrap()]).unwrap(),
            policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
            hashers: NonZeroUsize::MIN,
            hash_queue: 1,
            index_capacity: None,
            accept_lost_pepper: false,
        };
        let store = Arc::new(MemoryStore::new());
        let now = Timestamp::from_millis(1).unwrap();
        let authority = Authority::open(store, config, "test".parse().unwrap(), now, &mut SysRng).unwrap();
        let authority = Arc::new(authority);
        let keeper = IndexKeeper::begin(Arc::clone(&authority)).unwrap();
        assert!(keeper.end(Duration::from_secs(60)));
        assert!(authority.index_is_complete(), "filled before it looked whether to stop");
        assert_eq!(Arc::strong_count(&authority), 1, "nothing is held any more");
    }
}
