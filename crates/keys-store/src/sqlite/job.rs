//! What the writer is asked to do, and how it answers.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use keys_core::{KeyId, ReceiptName, ReceiptSweep, Tagged};

use super::fault::Cause;
use crate::error::{BackendError, CommitError, Refusal};
use crate::log_in::Note;
use crate::store::{Change, Committed};

/// What is asked.
pub(super) enum Job {
    /// These changes, all or none.
    Commit(Vec<Change>, Answer<Result<Vec<Committed>, CommitError>>),
    /// Another tag for a key.
    ReplaceTag(KeyId, Tagged, Tagged, Answer<Result<bool, CommitError>>),
    /// No secret for a receipt any more.
    EraseReceiptSecret(ReceiptName, Answer<Result<bool, CommitError>>),
    /// No receipts and secrets past their time any more.
    SweepReceipts(ReceiptSweep, Answer<Result<usize, CommitError>>),
    /// Something that changes nobody's rights.
    Note(Note, Answer<Result<u64, CommitError>>),
    /// Nothing but an answer once everything before is published.
    Barrier(Answer<Result<(), BackendError>>),
}

/// Where an answer goes. A caller who is gone does not matter.
pub(super) type Answer<T> = SyncSender<T>;

/// A place for one answer.
pub(super) fn answer<T>() -> (Answer<T>, Receiver<T>) {
    sync_channel(1)
}

/// A job that was tried inside the transaction and waits for its batch to end.
pub(super) enum Tried {
    /// Changes, what became of them, and whether one of them takes a right away.
    Commit {
        outcome: Outcome<Vec<Committed>>,
        narrows: bool,
        answer: Answer<Result<Vec<Committed>, CommitError>>,
    },
    /// A tag.
    ReplaceTag { outcome: Outcome<bool>, answer: Answer<Result<bool, CommitError>> },
    /// The secret of a receipt.
    EraseReceiptSecret { outcome: Outcome<bool>, answer: Answer<Result<bool, CommitError>> },
    /// Receipts past their time.
    SweepReceipts { outcome: Outcome<usize>, answer: Answer<Result<usize, CommitError>> },
    /// A note.
    Note { outcome: Outcome<u64>, answer: Answer<Result<u64, CommitError>> },
    /// A barrier.
    Barrier { answer: Answer<Result<(), BackendError>> },
}

/// What became of a job inside its transaction.
pub(super) enum Outcome<T> {
    /// It was done.
    Done(T),
    /// It does not fit what is stored.
    Refused { index: usize, refusal: Refusal },
    /// It could not be carried out, and only it was undone.
    Failed(Cause),
}

/// How a batch ended.
pub(super) enum Ending {
    /// It is committed and published.
    Settled,
    /// It is committed and published, but its anchor could not be written: what takes a right away may not be
    /// acknowledged yet.
    Unanchored(Cause),
    /// It was rolled back, certainly.
    Undone(Cause),
    /// It was rolled back, and an earlier batch still waits for its anchor.
    UndoneUnanchored(Cause),
    /// Nobody can tell.
    Unknown(Cause),
}

/// A second hold on the place of an answer: as long as it lives, the one who waits goes on waiting.
#[expect(dead_code, reason = "it is there to be held, not to be used")]
pub(super) enum Hold {
    Commit(Answer<Result<Vec<Committed>, CommitError>>),
    ReplaceTag(Answer<Result<bool, CommitError>>),
    EraseReceiptSecret(Answer<Result<bool, CommitError>>),
    SweepReceipts(Answer<Result<usize, CommitError>>),
    Note(Answer<Result<u64, CommitError>>),
    Barrier(Answer<Result<(), BackendError>>),
}

impl Job {
    /// Keeps the one who waits from hearing that nobody answers.
    pub(super) fn hold(&self) -> Hold {
        match self {
            Self::Commit(_, answer) => Hold::Commit(answer.clone()),
            Self::ReplaceTag(_, _, _, answer) => Hold::ReplaceTag(answer.clone()),
            Self::EraseReceiptSecret(_, answer) => Hold::EraseReceiptSecret(answer.clone()),
            Self::SweepReceipts(_, answer) => Hold::SweepReceipts(answer.clone()),
            Self::Note(_, answer) => Hold::Note(answer.clone()),
            Self::Barrier(answer) => Hold::Barrier(answer.clone()),
        }
    }

    /// The job, not carried out because of something that struck the whole batch.
    pub(super) fn failed(self, cause: &Cause) -> Tried {
        match self {
            Self::Commit(_, answer) => {
                Tried::Commit { outcome: Outcome::Failed(cause.clone()), narrows: false, answer }
            }
            Self::ReplaceTag(_, _, _, answer) => {
                Tried::ReplaceTag { outcome: Outcome::Failed(cause.clone()), answer }
            }
            Self::EraseReceiptSecret(_, answer) => {
                Tried::EraseReceiptSecret { outcome: Outcome::Failed(cause.clone()), answer }
            }
            Self::SweepReceipts(_, answer) => {
                Tried::SweepReceipts { outcome: Outcome::Failed(cause.clone()), answer }
            }
            Self::Note(_, answer) => Tried::Note { outcome: Outcome::Failed(cause.clone()), answer },
            Self::Barrier(answer) => Tried::Barrier { answer },
        }
    }
}

impl Tried {
    /// Releases the answer.
    pub(super) fn release(self, ending: &Ending) {
        // A caller who no longer waits is no failure of ours.
        match self {
            Self::Commit { outcome, narrows, answer } => {
                let _ = answer.send(settle(outcome, ending, narrows));
            }
            Self::ReplaceTag { outcome, answer } | Self::EraseReceiptSecret { outcome, answer } => {
                let _ = answer.send(settle(outcome, ending, false));
            }
            Self::SweepReceipts { outcome, answer } => {
                let _ = answer.send(settle(outcome, ending, false));
            }
            Self::Note { outcome, answer } => {
                let _ = answer.send(settle(outcome, ending, false));
            }
            Self::Barrier { answer } => {
                let _ = answer.send(match ending {
                    Ending::Settled | Ending::Undone(_) => Ok(()),
                    Ending::Unanchored(cause) | Ending::UndoneUnanchored(cause) | Ending::Unknown(cause) => {
                        Err(cause.error())
                    }
                });
            }
        }
    }
}

fn settle<T>(outcome: Outcome<T>, ending: &Ending, narrows: bool) -> Result<T, CommitError> {
    match (outcome, ending) {
        (Outcome::Failed(cause), _) => Err(CommitError::Failed(cause.error())),
        (Outcome::Done(_), Ending::Unanchored(cause)) if narrows => Err(CommitError::Unknown(cause.error())),
        (Outcome::Done(done), Ending::Settled | Ending::Unanchored(_)) => Ok(done),
        (Outcome::Refused { index, refusal }, Ending::Settled | Ending::Unanchored(_)) => {
            Err(CommitError::Refused { index, refusal })
        }
        // A refusal may rest on a change of the same batch; it stands only if that does.
        (
            Outcome::Refused { .. },
            Ending::Undone(cause) | Ending::UndoneUnanchored(cause) | Ending::Unknown(cause),
        )
        | (Outcome::Done(_), Ending::Undone(cause) | Ending::UndoneUnanchored(cause)) => {
            Err(CommitError::Failed(cause.error()))
        }
        (Outcome::Done(_), Ending::Unknown(cause)) => Err(CommitError::Unknown(cause.error())),
    }
}
