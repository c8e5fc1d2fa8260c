//! Environments that were deleted and can be restored.

use askama::Template;
use http::StatusCode;
use keys_core::{EnvironmentId, EnvironmentRecord};
use keys_service::{PageRequest, Place};
use keys_store::{Cursor, Direction, EnvironmentFilter, EnvironmentOrder};

use super::{Step, address, called, is_removed, visible};
use crate::console::frame::{Frame, Section};
use crate::console::instant::Instant;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::dialect::marker;
use crate::problem::Problem;

/// The path of this list.
pub(super) const PATH: &str = "/environments/removed";
/// Rows of one page.
const ROWS: usize = 50;
/// What brings them together.
const ORDER: EnvironmentOrder = EnvironmentOrder::State;

#[derive(Template)]
#[template(path = "console/environments/removed.html")]
struct RemovedPage {
    frame: Frame,
    list: &'static str,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    counted: String,
}

struct Row {
    id: String,
    called: String,
    description: Option<String>,
    removed: Option<Instant>,
    may_restore: bool,
    restore: String,
}

pub(super) fn page(visit: &Visit<'_>) -> Result<Answer, Problem> {
    // Backwards by state the removed ones come first, the newest before the others; what follows them is not shown.
    let filter = EnvironmentFilter { removed: true, ..EnvironmentFilter::default() };
    let request =
        PageRequest { place: place(visit), ..PageRequest::first(ORDER, Direction::Descending, ROWS) };
    let page = visit.call.authority.environment_page(visit.outside, filter, &request)?;
    let removed: Vec<_> = page.items.iter().take_while(|record| is_removed(record)).collect();
    let more = removed.len() == page.items.len();
    let to = |name: &str, cursor: &Cursor<EnvironmentId>| format!("{PATH}?{name}={}", marker::write(cursor));
    let page = RemovedPage {
        frame: Frame::new(visit, Section::Environments, "Removed environments")?,
        list: super::PATH,
        rows: removed.iter().map(|record| row(visit, record)).collect::<Result<_, _>>()?,
        previous: page.before.as_ref().map(|cursor| to("before", cursor)),
        next: page.after.as_ref().filter(|_| more).map(|cursor| to("after", cursor)),
        counted: match removed.len() {
            1 => "1 environment on this page".to_owned(),
            rows => format!("{rows} environments on this page"),
        },
    };
    Answer::page(StatusCode::OK, page.render())
}

/// Where in the list the page is. An address that is wrong, or old, shows the beginning.
fn place(visit: &Visit<'_>) -> Place<EnvironmentId> {
    let cursor = |name| visit.call.query.get(name).and_then(|text| marker::parse(text, ORDER));
    match (cursor("after"), cursor("before")) {
        (Some(after), _) => Place::After(after),
        (None, Some(before)) => Place::Before(before),
        (None, None) => Place::Start,
    }
}

fn row(visit: &Visit<'_>, record: &EnvironmentRecord) -> Result<Row, Problem> {
    let parts = record.parts();
    Ok(Row {
        id: parts.id.to_string(),
        called: called(record),
        description: visible(parts.description.as_ref()),
        removed: parts.state.removed_at().map(Instant::from),
        may_restore: visit.call.authority.may_change_environment(visit.outside, parts.id)?,
        restore: address(visit, parts.id, Step::Restore),
    })
}
