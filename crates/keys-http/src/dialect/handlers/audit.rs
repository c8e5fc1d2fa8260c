//! The audit chain.

use keys_api::{AuditLog, Link, Resource as _};
use keys_core::{AuditEvent, AuditId};

use super::{Answer, Call};
use crate::dialect::include::{self, Refers};
use crate::dialect::paging::{Paging, Sorting};
use crate::dialect::scan::{Batch, Wanted, scan};
use crate::dialect::{filter, marker, views};
use crate::problem::Problem;

/// The chain is a line: it is read forwards or backwards.
const SORTING: &[Sorting<()>] = &[Sorting { field: "id", order: () }];

/// An event.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<AuditLog, Problem> {
    let id: AuditId = id.parse().map_err(|_| Problem::NotFound)?;
    let event = call.authority.audit_event(call.context, id)?.ok_or(Problem::NotFound)?;
    Ok(views::event(&event, call.urls))
}

/// `GET /v1/auditlogs`: what was done to what belongs to the caller; to everything, for the administrator.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let paging = Paging::read(call.query, SORTING);
    let declaration = &AuditLog::DECLARATION;
    let filters = filter::read(declaration, call.query);
    let after = paging.marker.as_deref().map(marker::read_id::<AuditId>).transpose()?;
    // The chain is one for all, so most of it may be others'.
    let sparse = !filters.is_empty() || !call.context.caller.administers();
    let read = |after: Option<&AuditId>, limit: usize| {
        let page = call.authority.audit(call.context, paging.direction, after.copied(), limit)?;
        Ok(Batch { items: page.events, rows: page.rows, end: page.end, more: page.more })
    };
    let passes = |event: &AuditEvent| filter::passes(&filters, &views::event(event, call.urls));
    let wanted = Wanted { limit: paging.limit, after, sparse };
    let (found, next) = scan(wanted, read, |event| event.id, passes)?;
    let events = found.iter().map(|event| views::event(event, call.urls)).collect();
    let events = include::include(call, events)?;
    let next = next.map(marker::write_id);
    Answer::ok(&paging.collection(declaration, call.urls, call.query, &filters, events, next))
}

impl Refers for AuditLog {
    fn reference(&self, link: &Link) -> Option<&str> {
        self.account_id.as_deref().filter(|_| *link == Link::ACCOUNT)
    }
}
