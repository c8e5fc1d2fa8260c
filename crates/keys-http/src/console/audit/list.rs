//! A page of the log, newest first, and where it goes on in both directions.

use askama::Template;
use http::StatusCode;
use keys_core::AuditId;
use keys_service::{AuditFilter, AuditPlace, AuditRequest, Context, FoundEvents, Position};

use super::filter::{Form, Group};
use super::{Row, Scope, rows};
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// Rows of one page.
const ROWS: usize = 50;

/// The parameters that say where a page is: older than an event, or not.
const OLDER: &str = "older";
const NEWER: &str = "newer";

#[derive(Template)]
#[template(path = "console/audit.html")]
struct AuditPage {
    frame: Frame,
    /// What this is the log of.
    of: Of,
    /// The log, with nothing looked for.
    path: String,
    /// The log of everything the caller may see, where this is one of an environment.
    whole: Option<String>,
    form: Form,
    groups: Vec<Group>,
    rows: Vec<Row>,
    names_whom: bool,
    newer: Option<String>,
    older: Option<String>,
    /// Where to look on, when the page stopped before it was full.
    further: Option<String>,
}

/// What a log is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Everything,
    Person,
    Environment,
}

/// A page of the log.
pub(in crate::console) fn page(visit: &Visit<'_>, scope: Scope) -> Result<Answer, Problem> {
    let mut form = Form::asked(visit);
    let Some(filter) = form.read(visit)? else {
        let nothing = FoundEvents { events: Vec::new(), newer: None, older: None, rows: 0 };
        return answer(visit, scope, StatusCode::UNPROCESSABLE_ENTITY, form, &nothing);
    };
    let found = find(visit, filter)?;
    answer(visit, scope, StatusCode::OK, form, &found)
}

fn find(visit: &Visit<'_>, filter: AuditFilter) -> Result<FoundEvents, Problem> {
    // A place that is none is where everybody begins: people change addresses, programs do not read pages.
    let place = |name| visit.call.query.get(name).and_then(|id| id.parse::<AuditId>().ok());
    let place = place(OLDER).map(AuditPlace::Before).or_else(|| place(NEWER).map(AuditPlace::From));
    let request = AuditRequest { filter, place: place.unwrap_or_default(), limit: ROWS };
    Ok(visit.call.authority.find_events(visit.call.context, &request)?)
}

fn answer(
    visit: &Visit<'_>,
    scope: Scope,
    status: StatusCode,
    form: Form,
    found: &FoundEvents,
) -> Result<Answer, Problem> {
    let address = |name: &str, place: Option<AuditId>| {
        place.map(|id| {
            let query =
                visit.call.query.rewritten(&[OLDER, NEWER, Notice::PARAMETER], &[(name, &id.to_string())]);
            format!("{}?{query}", scope.path())
        })
    };
    let (newer, older) = (address(NEWER, found.newer), address(OLDER, found.older));
    let is_full = found.events.len() >= ROWS;
    let upwards = visit.call.query.get(NEWER).is_some() && found.newer.is_some();
    let further = if upwards { newer.clone() } else { older.clone() };
    let page = AuditPage {
        frame: Frame::new(visit, Section::Audit, "Audit log")?,
        of: of(visit.call.context),
        path: scope.path(),
        whole: (scope != Scope::All && of(visit.outside) != Of::Environment).then(|| Scope::All.path()),
        groups: form.groups(),
        rows: rows(visit, scope, &found.events)?,
        names_whom: true,
        newer,
        older,
        further: further.filter(|_| !is_full),
        form,
    };
    Answer::page(status, page.render())
}

const fn of(context: &Context) -> Of {
    match context.caller.position() {
        Position::Administrator => Of::Everything,
        Position::Person => Of::Person,
        Position::Inside { .. } | Position::Environment => Of::Environment,
    }
}
