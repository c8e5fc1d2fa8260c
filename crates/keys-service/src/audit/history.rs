//! What was done to one key.

use keys_core::{AuditEvent, AuditId, KeyId, KeyRecord, Target};
use keys_store::{BackendError, BackendErrorKind};

use crate::authority::Authority;
use crate::context::Context;

/// A key, and what was done to it.
#[derive(Debug, Clone)]
pub struct KeyHistory {
    /// The key, which may be deleted.
    pub record: KeyRecord,
    /// The events, the newest first.
    pub events: Vec<AuditEvent>,
    /// The event that comes behind them, if there are more.
    pub older: Option<AuditId>,
}

impl Authority {
    /// The history of a key within the caller's reach, deleted or not, newest first: up to `limit` events, from the last
    /// or from another of its own. `None` when there is no such key, or no such event of it.
    ///
    /// A key knows its last event and each event the one before, so this costs a read for each event that is shown,
    /// however long the chain is and whatever else was done meanwhile.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::{Action, Transition};
    /// use keys_service::KeyRequest;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let key = authority.issue_key(&context, KeyRequest::default(), &mut rng)?.record.parts().id;
    /// authority.transition_key(&context, key, Transition::Deactivate, None)?;
    /// let history = authority.key_history(&context, key, None, 50)?.ok_or("within reach")?;
    /// let actions: Vec<_> = history.events.iter().map(|event| event.action).collect();
    /// assert_eq!(actions, [Action::DeactivateKey, Action::IssueKey], "the newest first");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn key_history(
        &self,
        context: &Context,
        id: KeyId,
        from: Option<AuditId>,
        limit: usize,
    ) -> Result<Option<KeyHistory>, BackendError> {
        let Some(record) = self.key(context, id)? else { return Ok(None) };
        let mut next = from.or_else(|| AuditId::new(record.parts().revision.number()));
        let mut events: Vec<AuditEvent> = Vec::new();
        while let Some(at) = next.filter(|_| events.len() < limit) {
            let Some(event) = self.event(at)? else {
                // What is older has been dropped from the chain.
                next = None;
                continue;
            };
            if event.target != Target::Key(id) {
                // An address can name any event; a key leads to its own.
                let asked = from == Some(at);
                return if asked { Ok(None) } else { Err(led_astray(at)) };
            }
            next = event.before.and_then(|before| AuditId::new(before.number()));
            events.push(event);
        }
        Ok(Some(KeyHistory { record, events, older: next }))
    }
}

fn led_astray(at: AuditId) -> BackendError {
    BackendError::with_source(
        BackendErrorKind::Corrupt,
        format!("the history of a key leads to event {at}, which is of something else"),
    )
}
