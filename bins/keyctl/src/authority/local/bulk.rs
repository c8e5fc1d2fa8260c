//! Many keys of a database at once.

use keys_core::Transition;
use keys_service::{BulkError, BulkOutcome, KeyMatch, SearchText};
use keys_store::Reach;

use super::failures::{backend_failed, chain, store_failed};
use super::{Local, key_of};
use crate::authority::bulk::{ManyKeys, SeenKey, Wanted, keys_changed};
use crate::exit::{Exit, Failure};
use crate::model::Key;

impl ManyKeys for Local {
    fn keys_matching(&self, wanted: &Wanted, most: usize) -> Result<Vec<SeenKey>, Failure> {
        let wanted = KeyMatch {
            owner: wanted.owner,
            creator: wanted.creator,
            state: wanted.state,
            created_from: wanted.created_from,
            created_before: wanted.created_before,
            expires_before: wanted.expires_before,
            name: wanted.name.as_deref().and_then(SearchText::new),
        };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let found = wanted.find(&*self.store, Reach::AllOwners, after).map_err(backend_failed)?;
            seen.extend(
                found
                    .items
                    .into_iter()
                    .map(|record| SeenKey { revision: record.parts().revision, key: key_of(record) }),
            );
            after = found.next;
            if after.is_none() || seen.len() > most {
                return Ok(seen);
            }
        }
    }

    fn change_keys(&self, _: &Wanted, keys: &[SeenKey], transition: Transition) -> Result<Vec<Key>, Failure> {
        let keys: Vec<_> = keys.iter().map(SeenKey::id).collect();
        let moved = self.maintenance()?.transition_keys(&self.context()?, &keys, transition);
        let records = moved.map_err(keys_not_changed)?.into_iter().filter_map(|outcome| match outcome {
            BulkOutcome::Moves(record) | BulkOutcome::AlreadySo(record) | BulkOutcome::Refused(record, _) => {
                Some(*record)
            }
            BulkOutcome::NotFound(_) => None,
        });
        Ok(records.map(key_of).collect())
    }
}

fn keys_not_changed(error: BulkError) -> Failure {
    match error {
        BulkError::Outdated { .. } => keys_changed(),
        BulkError::Store(failure) => store_failed(failure),
        BulkError::TooMany | BulkError::Contended | _ => {
            Failure::new(Exit::Conflict, chain(&error)).hint("try again")
        }
    }
}
