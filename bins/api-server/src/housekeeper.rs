//! Work beside the serving: keeps the verification index full, looks whether the store still knows what it keeps, says
//! when access control has been switched, has done what is to be done from time to time, and reads the whole database
//! once.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use keys_core::AccessControl;
use keys_http::Clock;
use keys_service::Authority;
use keys_store::SqliteStore;
use tokio::sync::oneshot;

use crate::exit::with_causes;

/// How often it is looked. Until then nothing is wrong: what an index lacks is read from the database, and a store
/// that has failed refuses everything.
const LOOK: Duration = Duration::from_secs(1);

/// At how many looks the authority is given the time, to do what is to be done from time to time. Nothing waits for it:
/// what is past its time is not given out meanwhile.
const LOOKS_PER_TICK: u32 = 5;

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
        clock: Arc<dyn Clock>,
        database: Option<Arc<SqliteStore>>,
    ) -> io::Result<(Self, oneshot::Receiver<String>)> {
        let (stop, stopped) = channel();
        let (end, ended) = channel();
        let (fail, failed) = oneshot::channel();
        if let Some(database) = database.clone() {
            thread::Builder::new().name("quick-check".to_owned()).spawn(move || quick_check(&database))?;
        }
        thread::Builder::new().name("housekeeper".to_owned()).spawn(move || {
            if let Some(reason) = look_after(&authority, &*clock, database.as_deref(), &stopped) {
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
    clock: &dyn Clock,
    database: Option<&SqliteStore>,
    stopped: &Receiver<()>,
) -> Option<String> {
    let mut known = authority.access_control();
    let mut ticks = Ticks::default();
    loop {
        if let Some(reason) = database.and_then(SqliteStore::failed) {
            return Some(reason.to_owned());
        }
        if !authority.index_is_complete() {
            fill_index(authority);
        }
        ticks.look(authority, clock);
        let told = stopped.recv_timeout(LOOK);
        tell_of_access_control(&mut known, authority.access_control());
        if told != Err(RecvTimeoutError::Timeout) {
            return None;
        }
    }
}

/// When the authority is given the time, and how that went.
#[derive(Debug, Default)]
struct Ticks {
    looks: u32,
    failing: bool,
}

impl Ticks {
    /// Gives the authority the time, at one look of several.
    fn look(&mut self, authority: &Authority, clock: &dyn Clock) {
        let due = self.looks == 0;
        self.looks = (self.looks + 1) % LOOKS_PER_TICK;
        if !due {
            return;
        }
        let ticked = authority.tick(clock.now());
        // Said when it begins and when it ends, not all the time between.
        match (&ticked, self.failing) {
            (Err(error), false) => tracing::error!(
                error = with_causes(error),
                "receipts and sessions that are past their time are not swept: they stay in the database, and nobody is given or let in by them"
            ),
            (Ok(_), true) => tracing::info!("receipts and sessions are swept again"),
            (Ok(_), false) | (Err(_), true) => {}
        }
        self.failing = ticked.is_err();
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
    use keys_core::{HashPolicy, IdempotencyKey, Keyring, Pepper, Receipt, Timestamp};
    use keys_service::{AuthorityConfig, Caller, Context, KeyRequest};
    use keys_store::MemoryStore;

    use super::*;

    /// The clock of a server when the first secrets of receipts are past their time.
    #[derive(Debug)]
    struct Later;

    impl Clock for Later {
        fn now(&self) -> Timestamp {
            let just = Timestamp::MIN.checked_add(Receipt::SECRET_LIFETIME).unwrap();
            just.checked_add(Duration::from_millis(1)).unwrap()
        }
    }

    #[test]
    fn it_fills_the_index_sweeps_and_ends_when_told() {
        let config = AuthorityConfig {
            keyring: Keyring::new(vec![Pepper::generate(&mut SysRng).unwrap()]).unwrap(),
            policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
            hashers: NonZeroUsize::MIN,
            hash_queue: 1,
            index_capacity: None,
            accept_lost_pepper: false,
        };
        let store = Arc::new(MemoryStore::new());
        let now = Timestamp::MIN;
        let authority = Authority::open(store, config, "test".parse().unwrap(), now, &mut SysRng).unwrap();
        let authority = Arc::new(authority);
        let context = Context {
            caller: Caller::of_database(),
            client_address: None,
            request_id: "test".parse().unwrap(),
            now,
        };
        let key = IdempotencyKey::generate(&mut SysRng).unwrap();
        let ask = || authority.issue_key_once(&context, KeyRequest::default(), &key, &mut SysRng).unwrap();
        assert!(ask().made.secret_key.is_some() && ask().made.secret_key.is_some());
        let (keeper, failed) = Housekeeper::begin(Arc::clone(&authority), Arc::new(Later), None).unwrap();
        assert!(keeper.end(Duration::from_secs(60)));
        assert!(authority.index_is_complete(), "filled before it looked whether to stop");
        assert!(ask().made.secret_key.is_none(), "swept before it looked whether to stop");
        assert_eq!(Arc::strong_count(&authority), 1, "nothing is held any more");
        assert!(failed.blocking_recv().is_err(), "nothing had failed");
    }
}
