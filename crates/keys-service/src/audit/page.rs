//! Pages of the audit chain that lead both ways, with what is looked for.

use keys_core::{AuditEvent, AuditId};
use keys_store::{BackendError, Direction, KeyQuery};

use super::filter::AuditFilter;
use crate::authority::Authority;
use crate::context::Context;

/// The most events that are read for a page that leaves some of them out; what is left is behind its places.
const MAX_ROWS: usize = 10_000;
/// How many events such a page reads at a time.
const BATCH: usize = 1_000;

/// Where in the chain a page is: at its end, or on one side of a place between two events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuditPlace {
    /// The newest there are.
    #[default]
    Newest,
    /// The newest of those before this one.
    Before(AuditId),
    /// The oldest from this one on.
    From(AuditId),
}

/// A request for one page of events, the newest first.
#[derive(Debug, Clone, Default)]
pub struct AuditRequest {
    /// Which of them.
    pub filter: AuditFilter,
    /// Where.
    pub place: AuditPlace,
    /// At most this many, between 1 and [`KeyQuery::MAX_LIMIT`].
    pub limit: usize,
}

/// A page of events, and where the pages on both sides of it are.
///
/// Unless something is looked for, or most may be beyond the caller's reach, no more events are read than a page may
/// show. Otherwise at most 10,000 are, so a page may show few or none and still have others beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEvents {
    /// Those within the caller's reach, the newest first.
    pub events: Vec<AuditEvent>,
    /// Newer ones are [`From`](AuditPlace::From) here; `None` when these are the newest.
    pub newer: Option<AuditId>,
    /// Older ones are [`Before`](AuditPlace::Before) here; `None` when these are the oldest.
    pub older: Option<AuditId>,
    /// How many events were read.
    pub rows: usize,
}

/// Reads on in the chain until a page is full or no more may be read.
struct Reader<'a> {
    authority: &'a Authority,
    context: &'a Context,
    request: &'a AuditRequest,
    rows: usize,
}

/// Events that follow one another, as they were read.
struct Stretch {
    events: Vec<AuditEvent>,
    /// The last event that was read, shown or not; `None` when there was none.
    last: Option<AuditId>,
    more: bool,
}

impl Authority {
    /// A page of the audit chain, newest first: what is looked for, as far as it is within the caller's reach.
    ///
    /// Events are in the order in which they came about. Their times are as the clock had it, which may have been set
    /// back; so a time that is looked for ends no page early.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::Action;
    /// use keys_service::{AuditFilter, AuditRequest, KeyRequest};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let key = authority.issue_key(&context, KeyRequest::default(), &mut rng)?.record.parts().id;
    /// let filter = AuditFilter { actions: vec![Action::IssueKey], ..AuditFilter::default() };
    /// let found = authority.find_events(&context, &AuditRequest { filter, limit: 50, ..AuditRequest::default() })?;
    /// assert_eq!(found.events.first().map(|event| event.target), Some(keys_core::Target::Key(key)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn find_events(
        &self,
        context: &Context,
        request: &AuditRequest,
    ) -> Result<FoundEvents, BackendError> {
        let mut reader = Reader { authority: self, context, request, rows: 0 };
        match request.place {
            AuditPlace::Newest => reader.before(None),
            AuditPlace::Before(place) => reader.before(Some(place)),
            AuditPlace::From(place) => reader.from(place),
        }
    }
}

impl Reader<'_> {
    fn before(&mut self, place: Option<AuditId>) -> Result<FoundEvents, BackendError> {
        let found = self.read(Direction::Descending, place, self.limit())?;
        let older = found.last.filter(|_| found.more);
        Ok(FoundEvents { events: found.events, newer: place, older, rows: self.rows })
    }

    /// Where the end is nearer than a page is long, the page goes on before the place: the newest page is whole, however
    /// it was come to.
    fn from(&mut self, place: AuditId) -> Result<FoundEvents, BackendError> {
        let behind = AuditId::new(place.number() - 1);
        let found = self.read(Direction::Ascending, behind, self.limit())?;
        let newer = found.last.filter(|_| found.more).and_then(AuditId::next);
        let mut events = found.events;
        events.reverse();
        let missing = self.limit() - events.len();
        if newer.is_some() || missing == 0 || self.left() == 0 {
            let older = Some(place).filter(|place| *place > AuditId::FIRST);
            return Ok(FoundEvents { events, newer, older, rows: self.rows });
        }
        let rest = self.read(Direction::Descending, Some(place), missing)?;
        events.extend(rest.events);
        Ok(FoundEvents { events, newer, older: rest.last.filter(|_| rest.more), rows: self.rows })
    }

    fn read(
        &mut self,
        direction: Direction,
        mut last: Option<AuditId>,
        wanted: usize,
    ) -> Result<Stretch, BackendError> {
        let mut events = Vec::new();
        loop {
            let batch = if self.is_sparse() { BATCH.min(self.left()) } else { wanted };
            let page = self.authority.audit(self.context, direction, last, batch)?;
            self.rows += page.rows;
            let mut left = page.events.into_iter();
            while events.len() < wanted
                && let Some(event) = left.next()
            {
                last = Some(event.id);
                if self.request.filter.passes(&event) {
                    events.push(event);
                }
            }
            let unseen = left.next().is_some();
            if !unseen && page.end.is_some() {
                last = page.end;
            }
            let more = unseen || page.more;
            if !more || events.len() >= wanted || self.left() == 0 || page.rows == 0 {
                return Ok(Stretch { events, last, more });
            }
        }
    }

    /// Whether events are left out, so that more must be read than are shown: the chain is one for all.
    fn is_sparse(&self) -> bool {
        !self.request.filter.is_empty() || !self.context.caller.administers()
    }

    fn left(&self) -> usize {
        MAX_ROWS.saturating_sub(self.rows)
    }

    fn limit(&self) -> usize {
        self.request.limit.clamp(1, KeyQuery::MAX_LIMIT)
    }
}
