//! What was done to one key, deleted or not.

use askama::Template;
use http::StatusCode;
use keys_core::{AuditId, KeyId, Lifecycle};

use super::{called, history_of, list, owner, section};
use crate::console::audit::{self, Row, Scope};
use crate::console::frame::Frame;
use crate::console::instant::Instant;
use crate::console::place::Whose;
use crate::console::table;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// Rows of one page.
const ROWS: usize = 50;
/// The parameter that says with which event a page begins.
const FROM: &str = "from";

#[derive(Template)]
#[template(path = "console/key_history.html")]
struct HistoryPage {
    frame: Frame,
    list: String,
    id: String,
    called: String,
    access_key: String,
    state: &'static str,
    /// When it was deleted.
    deleted: Option<Instant>,
    rows: Vec<Row>,
    /// All are about the key.
    names_whom: bool,
    newest: Option<String>,
    older: Option<String>,
}

/// The page, from the newest event or from the one that the address names.
pub(super) fn page(visit: &Visit<'_>, whose: Whose, id: KeyId) -> Result<Answer, Problem> {
    let from = match visit.call.query.get(FROM) {
        Some(from) => Some(from.parse::<AuditId>().map_err(|_| Problem::NotFound)?),
        None => None,
    };
    let history = visit.call.authority.key_history(visit.call.context, id, from, ROWS)?;
    let owner = owner(visit, whose);
    let history = history.filter(|history| history.record.parts().owner == owner);
    let history = history.ok_or(Problem::NotFound)?;
    let scope = match whose {
        Whose::Environment(environment) => Scope::Environment(environment),
        Whose::Own => Scope::All,
    };
    let parts = history.record.parts();
    let path = history_of(whose, id);
    let called = called(&history.record);
    let page = HistoryPage {
        frame: Frame::new(visit, section(whose), &format!("History of {called}"))?,
        list: list(visit, whose),
        id: id.to_string(),
        called,
        access_key: parts.access_key.to_string(),
        state: match parts.lifecycle {
            Lifecycle::Active(_) => "active",
            Lifecycle::Inactive(_) => "inactive",
            Lifecycle::Deleted { .. } => "removed",
        },
        deleted: match parts.lifecycle {
            Lifecycle::Deleted { at } => Some(at.into()),
            Lifecycle::Active(_) | Lifecycle::Inactive(_) => None,
        },
        rows: audit::rows(visit, scope, &history.events)?,
        names_whom: false,
        newest: from.map(|_| table::carry(visit, &path)),
        older: history.older.map(|event| {
            let mut query = table::carried(visit);
            let event = event.to_string();
            query.push((FROM, &event));
            format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish())
        }),
    };
    Answer::page(StatusCode::OK, page.render())
}
