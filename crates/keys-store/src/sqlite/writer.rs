//! The one writer: a thread that takes all jobs that wait, makes them in one transaction, and answers them after its
//! one fsync.
//!
//! ```text
//!  jobs ─► BEGIN ─► each job under a savepoint ─► hide ─► COMMIT ─► anchor ─► publish ─► answers
//!                      │ refused: only it           │        │ error
//!                      ▼                            ▼        ▼
//!                    its answer waits too        rolled    forget ─► open again ─► resume ─► «unknown»
//!                                                back
//! ```

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use keys_core::{KeyId, ReceiptName, ReceiptSweep, SettingName, Tagged};
use rusqlite::Connection;

use super::anchor::{self, Anchor};
use super::fault::{Cause, Fault};
use super::job::{Ending, Job, Outcome, Tried};
use super::shared::Shared;
use super::write::{self, Stop};
use super::{log_in, open, read, receipt};
use crate::batch::Batch;
use crate::error::BackendErrorKind;
use crate::listener::ChangeListener;
use crate::log_in::Note;
use crate::rules::setting_value;
use crate::store::{Change, Committed, Head};

/// The most jobs in one batch: enough to share a fsync among all who wait, few enough that none waits long.
const MOST_JOBS: usize = 256;

/// The thread's own side of the store.
pub(super) struct Writer {
    shared: Arc<Shared>,
    connection: Connection,
    head: Head,
    // What `PRAGMA data_version` said last: it moves only when another connection has written.
    data_version: i64,
    // An anchor that is due: its batch is committed, its file not yet written.
    due: Option<Anchor>,
    // Commits that failed, one after the other.
    failures: u32,
    // Whether the log may still hold what has been erased from the database.
    log_holds_erased: bool,
}

/// What a batch has come to before its commit.
struct Made {
    head: Head,
    batch: Batch,
    changed: bool,
    narrows: bool,
    // A secret was erased.
    erased: bool,
    // The log is to hold nothing that has been erased.
    sweeps: bool,
    // SQLite has rolled everything back by itself: nothing of the batch is left.
    lost: Option<Cause>,
}

impl Made {
    fn on(head: Head) -> Self {
        Self {
            head,
            batch: Batch::new(),
            changed: false,
            narrows: false,
            erased: false,
            sweeps: false,
            lost: None,
        }
    }
}

type Listener<'a> = Option<&'a dyn ChangeListener>;

impl Writer {
    pub(super) fn new(
        shared: Arc<Shared>,
        connection: Connection,
        head: Head,
        due: Option<Anchor>,
    ) -> Result<Self, Fault> {
        let data_version = data_version(&connection)?;
        shared.anchor_is_due.store(due.is_some(), Ordering::Release);
        // What an earlier process has erased may be in the log that it left.
        Ok(Self { shared, connection, head, data_version, due, failures: 0, log_holds_erased: true })
    }

    /// Works until the last sender of jobs is gone, or the store has failed.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut batch = vec![first];
            batch.extend(jobs.try_iter().take(MOST_JOBS - 1));
            self.shared.queued.fetch_sub(batch.len(), Ordering::Relaxed);
            // A panic here is a defect. What must not follow from it is an answer that never comes, or an index that
            // goes on with what it had: nobody learns that there is no answer before the index has forgotten.
            let held: Vec<_> = batch.iter().map(Job::hold).collect();
            if catch_unwind(AssertUnwindSafe(|| self.work(batch))).is_err() {
                self.shared.fail("its writer panicked");
                let forget = || self.shared.listener().as_deref().map(ChangeListener::forget);
                let _ = catch_unwind(AssertUnwindSafe(forget));
            }
            drop(held);
            if self.shared.failed().is_some() {
                return;
            }
        }
        self.shared.readers.reset();
        // What fails here is done by the next start: the log is durable as it is.
        let _ = open::empty_log(&self.connection);
    }

    /// Makes a batch and releases its answers.
    fn work(&mut self, jobs: Vec<Job>) {
        let shared = Arc::clone(&self.shared);
        let listener = shared.listener();
        let (tried, ending) = self.settle(jobs, listener.as_deref());
        for tried in tried {
            tried.release(&ending);
        }
    }

    fn settle(&mut self, jobs: Vec<Job>, listener: Listener<'_>) -> (Vec<Tried>, Ending) {
        if jobs.iter().all(|job| matches!(job, Job::Barrier(_))) {
            let mut made = Made::on(self.head);
            let tried = jobs.into_iter().map(|job| self.attempt(job, &mut made)).collect();
            return (tried, self.write_due_anchor());
        }
        if let Err(fault) = self.begin(listener) {
            let _ = self.connection.execute_batch("ROLLBACK");
            let cause = Cause::from(&fault);
            let tried = jobs.into_iter().map(|job| job.failed(&cause)).collect();
            return (tried, self.undone(cause));
        }
        let mut made = Made::on(self.head);
        let tried = jobs.into_iter().map(|job| self.attempt(job, &mut made)).collect();
        let ending = self.finish(&made, listener);
        if made.sweeps && self.log_holds_erased {
            // Not now means at the next sweep.
            self.log_holds_erased = !open::try_to_empty_log(&self.connection).unwrap_or(false);
        }
        (tried, ending)
    }

    /// How a batch ends of which nothing is left. Who only waits is told so all the same, unless an anchor is still
    /// due: then nobody may be told that a right has been taken away.
    fn undone(&mut self, cause: Cause) -> Ending {
        if matches!(self.write_due_anchor(), Ending::Unanchored(_)) {
            Ending::UndoneUnanchored(cause)
        } else {
            Ending::Undone(cause)
        }
    }

    /// Begins the transaction of a batch.
    fn begin(&mut self, listener: Listener<'_>) -> Result<(), Fault> {
        #[cfg(test)]
        self.shared.accidents.before_batch(&self.connection);
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let version = data_version(&self.connection)?;
        if version != self.data_version {
            // Somebody has written to the file behind our back, with a database shell perhaps. Noted once it has been
            // read: until then what is known here is not what is kept, and nothing may be built on it.
            self.read_again(listener)?;
            self.data_version = version;
        }
        Ok(())
    }

    fn attempt(&self, job: Job, made: &mut Made) -> Tried {
        if let Some(cause) = &made.lost {
            return job.failed(cause);
        }
        match job {
            Job::Commit(changes, answer) => {
                let narrows = changes.iter().any(|change| change.action.narrows());
                let outcome = self.attempt_changes(changes, made);
                if matches!(outcome, Outcome::Done(_)) {
                    made.narrows |= narrows;
                }
                Tried::Commit { outcome, narrows, answer }
            }
            Job::ReplaceTag(key, expected, new, answer) => {
                let outcome = self.attempt_tag(key, &expected, &new, made);
                Tried::ReplaceTag { outcome, answer }
            }
            Job::EraseReceiptSecret(name, answer) => {
                let outcome = self.attempt_erasure(&name, made);
                Tried::EraseReceiptSecret { outcome, answer }
            }
            Job::SweepReceipts(sweep, answer) => {
                let outcome = self.attempt_sweep(&sweep, made);
                Tried::SweepReceipts { outcome, answer }
            }
            Job::Note(note, answer) => {
                let outcome = self.attempt_note(&note, made);
                Tried::Note { outcome, answer }
            }
            Job::Barrier(answer) => Tried::Barrier { answer },
        }
    }

    /// Makes the changes of one job, or none of them.
    fn attempt_changes(&self, changes: Vec<Change>, made: &mut Made) -> Outcome<Vec<Committed>> {
        let mut head = made.head;
        let mut erased = false;
        let mut index = 0;
        let changes = || {
            self.connection.execute_batch("SAVEPOINT job")?;
            let mut done = Vec::with_capacity(changes.len());
            for change in changes {
                let one = write::change(&self.connection, &mut head, change)?;
                erased |= one.erased;
                done.push(one.committed);
                index += 1;
            }
            self.connection.execute_batch("RELEASE job")?;
            Ok(done)
        };
        match changes() {
            Ok(done) => {
                done.iter().for_each(|committed| made.batch.add(committed));
                made.changed |= !done.is_empty();
                made.erased |= erased;
                made.head = head;
                Outcome::Done(done)
            }
            Err(stop) => self.undo(index, stop, made),
        }
    }

    fn attempt_tag(&self, key: KeyId, expected: &Tagged, new: &Tagged, made: &mut Made) -> Outcome<bool> {
        match write::replace_tag(&self.connection, key, expected, new) {
            Ok(Some(record)) => {
                made.batch.add_key(&record);
                made.changed = true;
                Outcome::Done(true)
            }
            Ok(None) => Outcome::Done(false),
            // One statement is undone by itself when it fails; what is to be found out is whether more was.
            Err(fault) => self.failed(&fault, made),
        }
    }

    fn attempt_erasure(&self, name: &ReceiptName, made: &mut Made) -> Outcome<bool> {
        match receipt::erase(&self.connection, name) {
            Ok(erased) => {
                made.changed |= erased > 0;
                made.erased |= erased > 0;
                Outcome::Done(erased > 0)
            }
            Err(fault) => self.failed(&fault, made),
        }
    }

    fn attempt_note(&self, note: &Note, made: &mut Made) -> Outcome<u64> {
        match log_in::note(&self.connection, note) {
            Ok(rows) => {
                made.changed |= rows > 0;
                Outcome::Done(rows)
            }
            // Rows that are gone because their time is over may be gone though others of the note are not.
            Err(fault) => self.failed(&fault, made),
        }
    }

    fn attempt_sweep(&self, sweep: &ReceiptSweep, made: &mut Made) -> Outcome<usize> {
        let swept = || {
            self.connection.execute_batch("SAVEPOINT job")?;
            let swept = receipt::sweep(&self.connection, sweep)?;
            self.connection.execute_batch("RELEASE job")?;
            Ok(swept)
        };
        made.sweeps = true;
        match swept() {
            Ok(swept) => {
                made.changed |= swept > 0;
                made.erased |= swept > 0;
                Outcome::Done(swept)
            }
            Err(fault) => self.undo(0, Stop::Failed(fault), made),
        }
    }

    /// Undoes what one job has done so far.
    fn undo<T>(&self, index: usize, stop: Stop, made: &mut Made) -> Outcome<T> {
        let undone = self.connection.execute_batch("ROLLBACK TO job; RELEASE job");
        match (stop, undone) {
            (Stop::Refused(refusal), Ok(())) => Outcome::Refused { index, refusal },
            (Stop::Failed(fault), Ok(())) => self.failed(&fault, made),
            (stop, Err(error)) => {
                // Half a job must not be committed with the others.
                let _ = self.connection.execute_batch("ROLLBACK");
                let fault = if let Stop::Failed(fault) = stop { fault } else { error.into() };
                self.failed(&fault, made)
            }
        }
    }

    fn failed<T>(&self, fault: &Fault, made: &mut Made) -> Outcome<T> {
        let cause = Cause::from(fault);
        if self.connection.is_autocommit() {
            made.lost = Some(cause.clone());
        }
        Outcome::Failed(cause)
    }

    /// Ends the transaction of a batch, telling the listener.
    fn finish(&mut self, made: &Made, listener: Listener<'_>) -> Ending {
        if let Some(cause) = &made.lost {
            return self.undone(cause.clone());
        }
        if !made.changed {
            let _ = self.connection.execute_batch("ROLLBACK");
            return self.write_due_anchor();
        }
        if let Err(fault) = write::put_head(&self.connection, &made.head) {
            let _ = self.connection.execute_batch("ROLLBACK");
            return self.undone(Cause::from(&fault));
        }
        if let Some(listener) = listener {
            listener.hide(made.batch.touched());
        }
        if let Err(fault) = self.commit() {
            return self.recover(&fault, made, listener);
        }
        self.head = made.head;
        self.log_holds_erased |= made.erased;
        self.failures = 0;
        self.shared.batches.fetch_add(1, Ordering::Relaxed);
        if made.narrows {
            self.due = self.head.audit.map(|(id, link)| Anchor { id, link });
        }
        let ending = self.write_due_anchor();
        // Said before it is published, so that whoever finds it published knows that it is not to be told yet.
        self.shared.anchor_is_due.store(self.due.is_some(), Ordering::Release);
        if let Some(listener) = listener {
            listener.publish(made.batch.published(), self.head.revision);
        }
        ending
    }

    /// The instant at which everything of a batch becomes durable.
    fn commit(&self) -> Result<(), Fault> {
        #[cfg(test)]
        if let Some(accident) = self.shared.accidents.next() {
            return accident.happen(&self.connection);
        }
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// After a commit that failed: nobody knows what is kept until the database has been opened and read again. Once
    /// is an accident; twice in a row is a disk that cannot be trusted.
    fn recover(&mut self, fault: &Fault, made: &Made, listener: Listener<'_>) -> Ending {
        let cause = Cause::from(fault);
        if let Some(listener) = listener {
            listener.forget();
        }
        self.failures += 1;
        if self.failures > 1 {
            self.shared.fail(format!("two commits in a row failed, the second with: {}", cause.text));
            return Ending::Unknown(cause);
        }
        let before = self.head;
        // Before the listener resumes: what it then has may hold what this batch has taken away.
        self.shared.anchor_is_due.store(made.narrows || self.due.is_some(), Ordering::Release);
        let settled = match self.open_again(listener) {
            Ok(settled) => settled,
            Err(fault) => {
                let again = Cause::from(&fault).text;
                self.shared
                    .fail(format!("a commit failed ({}), and opening again failed ({again})", cause.text));
                return Ending::Unknown(cause);
            }
        };
        if made.narrows && self.head.revision >= made.head.revision {
            self.due = self.head.audit.map(|(id, link)| Anchor { id, link });
        }
        self.shared.anchor_is_due.store(self.due.is_some(), Ordering::Release);
        // A full disk is no mystery: once the log is empty and the head is where it was, nothing happened.
        let undone = made.head.revision > before.revision && self.head == before;
        if cause.kind == BackendErrorKind::Full && settled && undone {
            self.failures = 0;
            return self.undone(cause);
        }
        Ending::Unknown(cause)
    }

    /// Closes every connection and opens the writer anew. Whether the log could be emptied.
    fn open_again(&mut self, listener: Listener<'_>) -> Result<bool, Fault> {
        self.shared.readers.reset();
        let (connection, settled) = open::reopen(&self.shared.path, &mut self.connection)?;
        self.connection = connection;
        self.data_version = data_version(&self.connection)?;
        self.read_again(listener)?;
        Ok(settled)
    }

    /// Reads where the store stands and lets the listener begin anew from there.
    fn read_again(&mut self, listener: Listener<'_>) -> Result<(), Fault> {
        if let Some(listener) = listener {
            listener.forget();
        }
        self.head = read::head(&self.connection)?;
        let settings = SettingName::ALL.into_iter().map(|name| {
            let setting = read::setting(&self.connection, name)?;
            Ok(setting_value(name, setting.value.as_deref()))
        });
        let settings = settings.collect::<Result<Vec<_>, Fault>>()?;
        if let Some(listener) = listener {
            listener.resume(self.head.revision, &settings);
        }
        Ok(())
    }

    /// Writes the anchor that is due, if one is. Nobody is told of a right that was taken away before that.
    fn write_due_anchor(&mut self) -> Ending {
        let Some(anchor) = self.due else { return Ending::Settled };
        match anchor::write(&self.shared.path, anchor) {
            Ok(()) => {
                self.due = None;
                self.shared.anchor_is_due.store(false, Ordering::Release);
                Ending::Settled
            }
            Err(error) => {
                let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&error.kind());
                let kind = if full { BackendErrorKind::Full } else { BackendErrorKind::Unavailable };
                Ending::Unanchored(Cause::new(kind, format!("the anchor could not be written: {error}")))
            }
        }
    }
}

fn data_version(connection: &Connection) -> Result<i64, Fault> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}
