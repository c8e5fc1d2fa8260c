//! Work beside the serving: keeps the verification index full, looks whether the store still knows what it keeps, says
//! when access control has been switched, and reads the whole database once.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use keys_core::AccessControl;
use keys_service::Authority;
use keys_store::SqliteStore;
use tokio::sync::oneshot;

use crate::exit::with_causes;

/// How often it is looked. Until then nothing is wrong: what an index lacks is read from the database, and a store
/// that has failed refuses everything.
const LOOK: Duration = Duration::from_secs(1);

/// A thread that looks after an authority. Told to end, it does, or a little later when it is just reading.
#[derive(Debug)]
pub(crate) struct Housekeeper {
    stop: Sender<()>,
    ended: Receiver<()>,
}

impl Housekeeper {
    /// Begins to look after an authority and its database, if it has one. What is returned beside it resolves to the
    /// reason when the store has failed for good: the process can then only be started again.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub(crate) fn begin(
        authority: Arc<Authority>,
        database: Option<Arc<SqliteStore>>,
    ) -> io::Result<(Self, oneshot::Receiver<String>)> {
        let (stop, stopped) = channel();
        let (end, ended) = channel();
        let (fail, failed) = oneshot::channel();
        if let Some(database) = database.clone() {
            thread::Builder::new().name("quick-check".to_owned()).spawn(move || quick_check(&database))?;
        }
        thread::Builder::new().name("housekeeper".to_owned()).spawn(move || {
            if let Some(reason) = look_after(&authority, database.as_deref(), &stopped) {
                // Nobody listens when the process is ending anyway.
                let _ = fail.send(reason);
            }
            drop((authority, database));
            drop(end);
        })?;
        Ok((Self { stop, ended }, failed))
    }

    /// Asks the thread to end and waits for it as long as `patience`. Returns whether it has let go of the authority.
    pub(crate) fn end(self, patience: Duration) -> bool {
        drop(self.stop);
        self.ended.recv_timeout(patience) == Err(RecvTimeoutError::Disconnected)
    }
}

/// Looks until told to stop, or until the store has failed: then why.
fn look_after(
    authority: &Authority,
    database: Option<&SqliteStore>,
    stopped: &Receiver<()>,
) -> Option<String> {
    let mut known = authority.access_control();
    loop {
        if let Some(reason) = database.and_then(SqliteStore::failed) {
            return Some(reason.to_owned());
        }
        if !authority.index_is_complete() {
            fill_index(authority);
        }
        let told = stopped.recv_timeout(LOOK);
        tell_of_access_control(&mut known, authority.access_control());
        if told != Err(RecvTimeoutError::Timeout) {
            return None;
        }
    }
}

/// Says in the log that access control has been switched: off, it is everybody's business.
fn tell_of_access_control(known: &mut AccessControl, now: AccessControl) {
    if *known == now {
        return;
    }
    *known = now;
    match now {
        AccessControl::On => tracing::info!("access control is on"),
        AccessControl::Off => tracing::warn!(
            "access control has been switched off: whoever reaches this address administers every key"
        ),
    }
}

fn fill_index(authority: &Authority) {
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

/// Reads the whole database once. What is found is said and no more: what is sound still serves.
fn quick_check(database: &SqliteStore) {
    let begun = Instant::now();
    match database.quick_check() {
        Ok(problems) if problems.is_empty() => {
            tracing::info!(elapsed = ?begun.elapsed(), "the database is sound");
        }
        Ok(problems) => {
            for problem in problems {
                tracing::error!(
                    problem,
                    "the database is damaged: keep a copy of it and restore the last backup"
                );
            }
        }
        Err(error) => {
            tracing::error!(error = with_causes(&error), "the database could not be read to its end")
        }
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
        let (keeper, failed) = Housekeeper::begin(Arc::clone(&authority), None).unwrap();
        assert!(keeper.end(Duration::from_secs(60)));
        assert!(authority.index_is_complete(), "filled before it looked whether to stop");
        assert_eq!(Arc::strong_count(&authority), 1, "nothing is held any more");
        assert!(failed.blocking_recv().is_err(), "nothing had failed");
    }
}
