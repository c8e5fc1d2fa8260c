//! Moving many keys at once: first what would become of each, then all of it in one transaction, or none.

use std::collections::BTreeSet;

use keys_core::{KeyId, KeyRecord, Revision, Timestamp, Transition, TransitionError};
use keys_store::{Committed, Write};

use super::change::action_of;
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};

/// What becomes of one of many keys.
#[derive(Debug, Clone)]
pub enum BulkOutcome {
    /// It moves: as it is before that in a preview, and as it is now once it is done.
    Moves(Box<KeyRecord>),
    /// It is where it was to go.
    AlreadySo(Box<KeyRecord>),
    /// Its state does not allow it; it stays.
    Refused(Box<KeyRecord>, TransitionError),
    /// There is no such key within the caller's reach.
    NotFound(KeyId),
}

/// Why many keys were not moved. None of them was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BulkError {
    /// The caller may read here, and no more.
    #[error("the caller may change no key here")]
    Forbidden,
    /// What the caller may was taken away while the change was made.
    #[error("the caller's right to this was taken away meanwhile")]
    Revoked,
    /// More keys than are moved at once.
    #[error("at most {} keys are moved at once", Authority::MOST_AT_ONCE)]
    TooMany,
    /// These are not what they were when it was asked what would become of them.
    #[error("{} of the keys have changed since", .keys.len())]
    Outdated {
        /// Which, in the order they were given.
        keys: Vec<KeyId>,
    },
    /// Others kept changing the keys; come back later.
    #[error("others kept changing the keys")]
    Contended,
    /// The store failed.
    #[error("the keys could not be changed")]
    Store(#[from] StoreFailure),
}

/// What is to be done with keys as they were read, each once.
#[derive(Default)]
struct Plan {
    outcomes: Vec<BulkOutcome>,
    /// One for each outcome that moves, in the same order.
    writes: Vec<Write>,
    outdated: Vec<KeyId>,
}

impl Authority {
    /// The most keys that are moved at once. As many events are written in one transaction, and others wait for that long.
    pub const MOST_AT_ONCE: usize = 1_000;

    /// What would become of these keys, in the order they are given, each once. Nothing is changed.
    ///
    /// The revisions of the records are what to give [`transition_keys`](Self::transition_keys), so that what was seen is what
    /// is done.
    ///
    /// # Errors
    ///
    /// See [`BulkError`].
    pub fn preview_transition(
        &self,
        context: &Context,
        keys: &[KeyId],
        transition: Transition,
    ) -> Result<Vec<BulkOutcome>, BulkError> {
        let keys = keys.iter().map(|key| (*key, None));
        Ok(self.plan_bulk(context, keys, transition)?.outcomes)
    }

    /// Moves these keys, each read at this revision, in one transaction: those that would move, and of the others nothing. If
    /// any has changed since, none is moved. Once this returns `Ok` for a deactivate or a delete, no verification that
    /// begins afterwards accepts a key that moved.
    ///
    /// # Errors
    ///
    /// See [`BulkError`].
    pub fn transition_keys(
        &self,
        context: &Context,
        keys: &[(KeyId, Revision)],
        transition: Transition,
    ) -> Result<Vec<BulkOutcome>, BulkError> {
        for _ in 0..ATTEMPTS {
            let read_at = keys.iter().map(|(key, revision)| (*key, Some(*revision)));
            let Plan { outcomes, writes, outdated } = self.plan_bulk(context, read_at, transition)?;
            if !outdated.is_empty() {
                return Err(BulkError::Outdated { keys: outdated });
            }
            let changes = writes.into_iter().map(|write| (action_of(transition), write, None));
            match self.change_all(context, None, changes.collect(), None) {
                Ok(committed) => return Ok(moved(outcomes, committed)?),
                // The next round tells which.
                Err(WriteFailure::Conflict(_) | WriteFailure::NotFound) => {}
                Err(WriteFailure::Unmet) => return Err(BulkError::Revoked),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(BulkError::Contended)
    }

    /// Reads the keys, and returns once what they are may be told.
    fn plan_bulk(
        &self,
        context: &Context,
        keys: impl ExactSizeIterator<Item = (KeyId, Option<Revision>)>,
        transition: Transition,
    ) -> Result<Plan, BulkError> {
        if !context.caller.may_change_keys() {
            return Err(BulkError::Forbidden);
        }
        if keys.len() > Self::MOST_AT_ONCE {
            return Err(BulkError::TooMany);
        }
        let mut plan = Plan::default();
        let mut seen = BTreeSet::new();
        for (key, expected) in keys {
            let record = self.store.key(context.caller.reach(), key).map_err(StoreFailure::from)?;
            let revision = record.as_ref().map(|record| record.parts().revision);
            if expected.is_some() && expected != revision {
                plan.outdated.push(key);
            } else if seen.insert(key) {
                plan.add(key, record, transition, context.now);
            }
        }
        self.settle_all().map_err(StoreFailure::from)?;
        Ok(plan)
    }
}

impl Plan {
    fn add(&mut self, key: KeyId, record: Option<KeyRecord>, transition: Transition, now: Timestamp) {
        let Some(record) = record.map(Box::new) else {
            self.outcomes.push(BulkOutcome::NotFound(key));
            return;
        };
        let expected = record.parts().revision;
        self.outcomes.push(match KeyRecord::clone(&record).transition(transition, now) {
            Ok(moved) => {
                self.writes.push(Write::UpdateKey { record: moved, expected });
                BulkOutcome::Moves(record)
            }
            Err(TransitionError::AlreadySo { .. }) => BulkOutcome::AlreadySo(record),
            Err(refusal) => BulkOutcome::Refused(record, refusal),
        });
    }
}

/// The outcomes with what became of the keys that moved, which come in the same order.
fn moved(
    mut outcomes: Vec<BulkOutcome>,
    committed: Vec<Committed>,
) -> Result<Vec<BulkOutcome>, StoreFailure> {
    let mut committed = committed.into_iter();
    for outcome in &mut outcomes {
        if let BulkOutcome::Moves(record) = outcome {
            match committed.next() {
                Some(Committed::Key(now)) if now.parts().id == record.parts().id => *record = now,
                _ => return Err(wrong_acknowledgement()),
            }
        }
    }
    Ok(outcomes)
}
