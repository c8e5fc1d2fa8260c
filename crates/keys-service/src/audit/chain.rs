//! Reading the chain itself, forwards and backwards.

use keys_core::{AuditEvent, AuditId};
use keys_store::{BackendError, Direction, KeyQuery};

use crate::authority::Authority;
use crate::context::Context;

/// A part of the audit chain, as far as the caller may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The events within the caller's reach, in the order asked for.
    pub events: Vec<AuditEvent>,
    /// How many events were read for it.
    pub rows: usize,
    /// The last event that was read, the caller's or not: where to go on.
    pub end: Option<AuditId>,
    /// Whether there is more behind it.
    pub more: bool,
}

impl Authority {
    /// An event within the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn audit_event(&self, context: &Context, id: AuditId) -> Result<Option<AuditEvent>, BackendError> {
        let reach = context.caller.reach();
        Ok(self.event(id)?.filter(|event| reach.covers(event.owner)))
    }

    /// An event, whoever it is of.
    pub(super) fn event(&self, id: AuditId) -> Result<Option<AuditEvent>, BackendError> {
        let before = AuditId::new(id.number() - 1);
        let found = self.store.audit(before, 1)?.into_iter().next().map(|linked| linked.event);
        Ok(found.filter(|event| event.id == id))
    }

    /// Reads up to `limit` events behind `after`, oldest or newest first, and gives those within the caller's reach:
    /// what was done to what belongs to it. The work is bounded by `limit`, however few of them that are.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn audit(
        &self,
        context: &Context,
        direction: Direction,
        after: Option<AuditId>,
        limit: usize,
    ) -> Result<AuditPage, BackendError> {
        let Some((last, _)) = self.store.head()?.audit else {
            return Ok(AuditPage { events: Vec::new(), rows: 0, end: None, more: false });
        };
        let limit = limit.min(KeyQuery::MAX_LIMIT);
        let mut read = match direction {
            Direction::Ascending => self.store.audit(after, limit)?,
            Direction::Descending => {
                // Events are numbered without gaps, so where a page begins can be computed.
                let top = after.map_or(last.number(), |after| (after.number() - 1).min(last.number()));
                let low = top.saturating_sub(u64::try_from(limit).unwrap_or(u64::MAX));
                let mut read =
                    self.store.audit(AuditId::new(low), usize::try_from(top - low).unwrap_or(limit))?;
                read.reverse();
                read
            }
        };
        // An event may be newer than what has been published.
        self.settle_all()?;
        let (rows, end) = (read.len(), read.last().map(|linked| linked.event.id));
        let more = end.is_some_and(|end| match direction {
            Direction::Ascending => end < last,
            Direction::Descending => end > AuditId::FIRST,
        });
        let reach = context.caller.reach();
        read.retain(|linked| reach.covers(linked.event.owner));
        Ok(AuditPage { events: read.into_iter().map(|linked| linked.event).collect(), rows, end, more })
    }
}
