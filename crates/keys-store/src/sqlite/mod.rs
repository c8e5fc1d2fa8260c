//! A store in one SQLite file: what a server keeps its keys in when nothing else is asked for.
//!
//! # Files
//!
//! | file | what it is |
//! |---|---|
//! | `keys.sqlite3` | the database, format below |
//! | `keys.sqlite3-wal`, `-shm` | SQLite's write-ahead log and its index; gone after an orderly end |
//! | `keys.sqlite3.lock` | locked by the process that owns the database, whose number it holds |
//! | `keys.sqlite3.anchor` | the last audit event whose right-taking was acknowledged; not part of a backup |
//!
//! All are 0600, and a folder made for them is 0700.
//!
//! # Durability
//!
//! One thread writes. It takes every commit that waits (at most 256), makes them in one transaction, each under a
//! savepoint of its own, and answers them after the one fsync that `synchronous=FULL` does at the end. When one of
//! them takes a right away, the anchor is replaced durably too before anybody is answered. Readers have connections
//! of their own, which cannot write, and see whole commits only.
//!
//! An error **at** COMMIT leaves open what is kept: SQLite rolls back, but the log may hold the commit and a later
//! start would find it. So the answer is [`CommitError::Unknown`], the listener forgets everything, every connection
//! is closed, the log is emptied, and the head is read again. A second such error in a row ends the store: see
//! [`SqliteStore::failed`].
//!
//! # Format
//!
//! `application_id` is `KCDB` (0x4B434442), `user_version` the number of the last migration, and the schema is, to
//! the letter, what the files in `migrations/` make; anything else is refused. Rows are made of stable text forms and
//! numbers:
//!
//! | value | column |
//! |---|---|
//! | id | INTEGER, the bare number: 7 for `1c7` |
//! | time | INTEGER, milliseconds since 1970 |
//! | revision | INTEGER |
//! | owner, creator, state, digest, pepper id, uuid, action, … | TEXT, their `Display` |
//! | name, description | TEXT as written, NULL when absent |
//! | tag, link, hash, fingerprint | BLOB of 32 bytes |
//!
//! Every row of accounts, environments, members, keys, settings, passwords, sessions and devices ends in a **seal**:
//! FNV-1a (64 bits) over kind, length and bytes of each value before it. Those of receipts have one too, and behind it
//! the sealed secret, which has an authenticator of its own and is erased alone. A row whose seal does not fit is
//! damaged and is never used. The rows of the audit chain have their links instead.
//!
//! `head` has one row: the revision of the store and the latest time of a change. `counters` has one row for each
//! family of ids, with the last number that was given. A setting has its row from its migration on, so that a
//! lost row is not taken for a setting that was never put.

mod anchor;
mod audit;
mod backup;
mod connect;
mod fault;
mod holds;
mod job;
mod list;
mod lock;
mod log_in;
mod member;
mod network;
mod open;
mod pool;
mod read;
mod receipt;
mod row;
mod schema;
mod seal;
mod shared;
mod statement;
#[cfg(test)]
mod tests;
mod upgrade;
mod write;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use keys_core::{
    AccessKey, AccountId, AccountRecord, AuditId, Creator, DeviceHash, DeviceRecord, EnvironmentId,
    EnvironmentRecord, FoldedLogin, KeyId, KeyRecord, MemberId, MemberRecord, Owner, OwnerRow, PasswordId,
    PasswordRecord, PepperId, Receipt, ReceiptName, ReceiptSweep, SessionHash, SettingName, StoredSecret,
    Tagged, VerificationRow,
};
use rusqlite::Connection;

pub use self::backup::{BackUpError, BackedUp, back_up};
use self::fault::Fault;
use self::job::{Answer, Job, answer};
use self::lock::Lock;
use self::shared::Shared;
use self::writer::Writer;
use crate::error::{BackendError, BackendErrorKind, CommitError};
use crate::listener::ChangeListener;
use crate::log_in::{KnownSession, LogInStore, Note, PasswordQuery};
use crate::open::{OpenError, OpenMode};
use crate::query::{EnvironmentQuery, KeyQuery, Page, Reach};
use crate::store::{Change, Committed, Head, KeyStore, LinkedEvent, Load, Setting};

/// How many jobs may wait for the writer; the next is told to come back.
const QUEUE: usize = 1024;

/// A store in one SQLite file, owned by this process or read beside its owner.
///
/// ```
/// use keys_store::{KeyStore as _, OpenMode, SqliteStore};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("keys.sqlite3");
/// let store = SqliteStore::open(&path, OpenMode::Own)?;
/// assert_eq!(store.head()?.revision, keys_core::Revision::ZERO);
/// assert!(SqliteStore::open(&path, OpenMode::Own).is_err());
/// assert!(SqliteStore::open(&path, OpenMode::ReadOnly).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteStore {
    shared: Arc<Shared>,
    owned: Option<Ownership>,
}

/// What only the owner has.
struct Ownership {
    // Dropped first, which ends the writer.
    jobs: Option<SyncSender<Job>>,
    writer: Option<JoinHandle<()>>,
    // Released last, when the writer has ended.
    _lock: Lock,
}

impl SqliteStore {
    /// Opens the database at `path`, and to own it makes it if it is not there.
    ///
    /// # Errors
    ///
    /// [`OpenError`], each variant with what to do. A file that is not ours is left as it was.
    pub fn open(path: &Path, mode: OpenMode) -> Result<Self, OpenError> {
        match mode {
            OpenMode::Own => Self::own(path),
            OpenMode::ReadOnly => {
                let path = open::find(path)?;
                Ok(Self { shared: Arc::new(Shared::new(path, readers())), owned: None })
            }
        }
    }

    fn own(path: &Path) -> Result<Self, OpenError> {
        let open::Owned { path, lock, connection, head, due } = open::own(path)?;
        let failed =
            |source: Box<dyn std::error::Error + Send + Sync>| OpenError::Io { path: path.clone(), source };
        let shared = Arc::new(Shared::new(path.clone(), readers()));
        let writer = Writer::new(Arc::clone(&shared), connection, head, due)
            .map_err(|fault| failed(Box::new(fault)))?;
        let (jobs, received) = sync_channel(QUEUE);
        let writer = thread::Builder::new()
            .name("keys-store-writer".to_owned())
            .spawn(move || writer.run(&received))
            .map_err(|error| failed(Box::new(error)))?;
        Ok(Self { shared, owned: Some(Ownership { jobs: Some(jobs), writer: Some(writer), _lock: lock }) })
    }

    /// Why every call fails, once the store no longer knows what is kept: two commits in a row failed, or the writer
    /// panicked. Open it anew, which reads what is kept.
    #[must_use]
    pub fn failed(&self) -> Option<&str> {
        self.shared.failed()
    }

    /// How many batches have been committed since the store was opened: each cost one fsync.
    #[must_use]
    pub fn batches(&self) -> u64 {
        self.shared.batches.load(Ordering::Relaxed)
    }

    /// How many jobs wait for the writer now.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.shared.queued.load(Ordering::Relaxed)
    }

    /// Reads the whole database and says what is wrong with it; nothing, when it is sound. Takes about a second for
    /// every few hundred megabytes, beside everything else.
    ///
    /// # Errors
    ///
    /// [`BackendError`] when it could not be read to its end.
    pub fn quick_check(&self) -> Result<Vec<String>, BackendError> {
        self.read(read::quick_check)
    }

    fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, BackendError> {
        self.shared.check()?;
        self.shared.readers.with(ask)
    }

    /// Has the writer do a job and waits for its answer.
    fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, Unasked> {
        self.shared.check().map_err(Unasked::Before)?;
        let jobs = self.owned.as_ref().and_then(|owned| owned.jobs.as_ref());
        let jobs = jobs.ok_or_else(|| {
            Unasked::Before(BackendError::with_source(
                BackendErrorKind::ReadOnly,
                "the database was opened for reading only",
            ))
        })?;
        let (answer, answered) = answer();
        // Counted first: the writer may take it before this thread goes on.
        self.shared.queued.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = jobs.try_send(job(answer)) {
            self.shared.queued.fetch_sub(1, Ordering::Relaxed);
            return Err(Unasked::Before(match error {
                TrySendError::Full(_) => BackendError::with_source(
                    BackendErrorKind::Unavailable,
                    "too many changes wait for the writer",
                ),
                TrySendError::Disconnected(_) => self.gone(),
            }));
        }
        answered.recv().map_err(|_| Unasked::After(self.gone()))
    }

    /// What is said when the writer has ended without an answer.
    fn gone(&self) -> BackendError {
        let ended = || BackendError::with_source(BackendErrorKind::Other, "the writer has ended");
        self.shared.check().err().unwrap_or_else(ended)
    }
}

/// Why there is no answer.
enum Unasked {
    /// The writer was not asked.
    Before(BackendError),
    /// It was, and ended before it answered.
    After(BackendError),
}

impl From<Unasked> for CommitError {
    fn from(unasked: Unasked) -> Self {
        match unasked {
            Unasked::Before(error) => Self::Failed(error),
            Unasked::After(error) => Self::Unknown(error),
        }
    }
}

impl From<Unasked> for BackendError {
    fn from(unasked: Unasked) -> Self {
        match unasked {
            Unasked::Before(error) | Unasked::After(error) => error,
        }
    }
}

/// As many readers as there are processors, within reason: a read takes microseconds.
fn readers() -> usize {
    thread::available_parallelism().map_or(4, |processors| processors.get().clamp(4, 16))
}

impl Drop for SqliteStore {
    /// Waits until what is queued is done, then empties the log and releases the database.
    fn drop(&mut self) {
        if let Some(owned) = &mut self.owned {
            drop(owned.jobs.take());
            if let Some(writer) = owned.writer.take() {
                // It catches its own panics, so there is nothing to pass on.
                let _ = writer.join();
            }
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.shared.path)
            .field("owned", &self.owned.is_some())
            .field("failed", &self.failed())
            .finish_non_exhaustive()
    }
}

impl KeyStore for SqliteStore {
    fn commit(&self, changes: Vec<Change>) -> Result<Vec<Committed>, CommitError> {
        self.ask(|answer| Job::Commit(changes, answer))?
    }

    fn replace_tag(&self, key: KeyId, expected: &Tagged, new: &Tagged) -> Result<bool, CommitError> {
        self.ask(|answer| Job::ReplaceTag(key, *expected, *new, answer))?
    }

    fn erase_receipt_secret(&self, name: &ReceiptName) -> Result<bool, CommitError> {
        self.ask(|answer| Job::EraseReceiptSecret(*name, answer))?
    }

    fn sweep_receipts(&self, sweep: &ReceiptSweep) -> Result<usize, CommitError> {
        self.ask(|answer| Job::SweepReceipts(*sweep, answer))?
    }

    fn barrier(&self) -> Result<(), BackendError> {
        if self.owned.is_none() {
            // Nothing is published here, so nothing is left to be.
            return Ok(());
        }
        self.ask(Job::Barrier)?
    }

    fn is_settled(&self) -> bool {
        !self.shared.anchor_is_due.load(Ordering::Acquire)
    }

    fn listen(&self, listener: Arc<dyn ChangeListener>) {
        *self.shared.listener() = Some(listener);
    }

    fn load_key(&self, access_key: &AccessKey) -> Result<Load<Option<VerificationRow>>, BackendError> {
        let Load { row, at } = self.read(|connection| read::key_named(connection, access_key))?;
        Ok(Load { row: row.as_ref().map(KeyRecord::verification_row), at })
    }

    fn load_owner(&self, owner: Owner) -> Result<Load<Option<OwnerRow>>, BackendError> {
        self.read(|connection| read::owner(connection, owner))
    }

    fn load_keys(
        &self,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Load<Vec<(AccessKey, VerificationRow)>>, BackendError> {
        self.read(|connection| read::live_keys(connection, after, limit))
    }

    fn stored_secret(&self, key: KeyId) -> Result<Option<StoredSecret>, BackendError> {
        let record = self.read(|connection| read::key(connection, Reach::AllOwners, key))?;
        Ok(record.and_then(|record| record.parts().lifecycle.secret().cloned()))
    }

    fn key(&self, reach: Reach, id: KeyId) -> Result<Option<KeyRecord>, BackendError> {
        self.read(|connection| read::key(connection, reach, id))
    }

    fn keys(&self, reach: Reach, query: &KeyQuery) -> Result<Page<KeyRecord>, BackendError> {
        self.read(|connection| list::keys(connection, reach, query))
    }

    fn environment(
        &self,
        reach: Reach,
        id: EnvironmentId,
    ) -> Result<Option<EnvironmentRecord>, BackendError> {
        self.read(|connection| read::environment(connection, reach, id))
    }

    fn environments(
        &self,
        reach: Reach,
        query: &EnvironmentQuery,
    ) -> Result<Page<EnvironmentRecord>, BackendError> {
        self.read(|connection| list::environments(connection, reach, query))
    }

    fn account(&self, id: AccountId) -> Result<Option<AccountRecord>, BackendError> {
        self.read(|connection| read::account(connection, id))
    }

    fn accounts(&self, after: Option<AccountId>, limit: usize) -> Result<Page<AccountRecord>, BackendError> {
        self.read(|connection| read::accounts(connection, after, limit))
    }

    fn member(&self, reach: Reach, id: MemberId) -> Result<Option<MemberRecord>, BackendError> {
        self.read(|connection| member::member(connection, reach, id))
    }

    fn membership(
        &self,
        environment: EnvironmentId,
        account: AccountId,
    ) -> Result<Option<MemberRecord>, BackendError> {
        self.read(|connection| member::membership(connection, environment, account))
    }

    fn members(
        &self,
        reach: Reach,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        self.read(|connection| member::members(connection, reach, after, limit))
    }

    fn memberships(
        &self,
        account: AccountId,
        after: Option<EnvironmentId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        self.read(|connection| member::memberships(connection, account, after, limit))
    }

    fn keys_made_by(
        &self,
        creator: Creator,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<Page<KeyRecord>, BackendError> {
        self.read(|connection| read::keys_made_by(connection, creator, after, limit))
    }

    fn setting(&self, name: SettingName) -> Result<Option<Setting>, BackendError> {
        self.read(|connection| read::setting(connection, name).map(read::SettingRow::into_setting))
    }

    fn peppers(&self) -> Result<Vec<PepperId>, BackendError> {
        self.read(read::peppers)
    }

    fn audit(&self, after: Option<AuditId>, limit: usize) -> Result<Vec<LinkedEvent>, BackendError> {
        let limit = i64::try_from(limit.min(KeyQuery::MAX_LIMIT)).unwrap_or(i64::MAX);
        self.read(|connection| audit::events(connection, after, limit))
    }

    fn receipt(&self, name: &ReceiptName) -> Result<Option<Receipt>, BackendError> {
        self.read(|connection| receipt::find(connection, name))
    }

    fn head(&self) -> Result<Head, BackendError> {
        self.read(read::head)
    }
}

impl LogInStore for SqliteStore {
    fn password(&self, reach: Reach, id: PasswordId) -> Result<Option<PasswordRecord>, BackendError> {
        self.read(|connection| log_in::password(connection, reach, id))
    }

    fn passwords(&self, reach: Reach, query: &PasswordQuery) -> Result<Page<PasswordRecord>, BackendError> {
        self.read(|connection| log_in::passwords(connection, reach, query))
    }

    fn password_named(&self, login: &FoldedLogin) -> Result<Option<PasswordRecord>, BackendError> {
        self.read(|connection| log_in::password_named(connection, login))
    }

    fn session(&self, hash: &SessionHash) -> Result<Option<KnownSession>, BackendError> {
        self.read(|connection| log_in::session(connection, hash))
    }

    fn device(&self, hash: &DeviceHash) -> Result<Option<DeviceRecord>, BackendError> {
        self.read(|connection| log_in::device(connection, hash))
    }

    fn devices(&self, account: AccountId) -> Result<Vec<DeviceRecord>, BackendError> {
        self.read(|connection| log_in::devices(connection, account))
    }

    fn note(&self, note: Note) -> Result<u64, CommitError> {
        self.ask(|answer| Job::Note(note, answer))?
    }
}
