//! The readers: a bounded number of connections that read, lent to one caller at a time.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::connect;
use super::fault::Fault;
use crate::error::{BackendError, BackendErrorKind};

/// How long a reader is waited for before the caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Pool {
    path: PathBuf,
    most: usize,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    lent: usize,
    // Connections of an earlier round are closed when they come back.
    round: u64,
}

impl Pool {
    pub(super) fn new(path: PathBuf, most: usize) -> Self {
        Self { path, most, state: Mutex::default(), returned: Condvar::new() }
    }

    /// Lends a reader to `ask`.
    pub(super) fn with<T>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, BackendError> {
        let (connection, round) = self.borrow()?;
        let loan = Loan { pool: self, connection: Some(connection), round };
        match &loan.connection {
            Some(connection) => ask(connection).map_err(BackendError::from),
            None => Err(BackendError::new(BackendErrorKind::Other)),
        }
    }

    /// Closes every reader: the idle ones now, the lent ones when they come back. The next is opened anew.
    pub(super) fn reset(&self) {
        let mut state = self.state();
        state.round += 1;
        state.idle.clear();
    }

    fn borrow(&self) -> Result<(Connection, u64), BackendError> {
        let full = |state: &mut State| state.idle.is_empty() && state.lent >= self.most;
        let (mut state, waited) = self
            .returned
            .wait_timeout_while(self.state(), PATIENCE, full)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(BackendError::with_source(
                BackendErrorKind::Unavailable,
                "all readers of the database were busy for five seconds",
            ));
        }
        let idle = state.idle.pop();
        let round = state.round;
        state.lent += 1;
        drop(state);
        // Opened outside the lock, so that others are not kept waiting by a slow disk.
        let opened = idle.map_or_else(|| connect::reader(&self.path), Ok);
        opened.map(|connection| (connection, round)).map_err(|error| {
            self.take_back(None, round);
            Fault::from(error).into()
        })
    }

    fn take_back(&self, connection: Option<Connection>, round: u64) {
        let mut state = self.state();
        state.lent -= 1;
        if round == state.round {
            state.idle.extend(connection);
        }
        drop(state);
        self.returned.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No caller's code runs under the lock, so what it guards is whole whatever happened.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lent reader. It comes back even if the one who borrowed it panics.
struct Loan<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
    round: u64,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.pool.take_back(self.connection.take(), self.round);
    }
}
