//! The table of keys.

use askama::Template;
use keys_core::{KeyRecord, LifecycleState};
use keys_store::{Direction, KeyOrder, KeyQuery};

use super::{called, owner, step};
use crate::console::frame::{Frame, Section};
use crate::console::place::Whose;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// Rows of one page.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "console/keys.html")]
struct KeysPage {
    frame: Frame,
    own: bool,
    add: Option<String>,
    endpoint: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

struct Column {
    text: &'static str,
    path: String,
    order: Option<&'static str>,
}

struct Row {
    id: String,
    name: Option<String>,
    called: String,
    description: Option<String>,
    access_key: String,
    state: &'static str,
    active: bool,
    expired: bool,
    created: String,
    expires: Option<String>,
    creator: String,
    edit: String,
    switch: String,
    delete: String,
    view: String,
}

pub(super) fn page(visit: &Visit<'_>, whose: Whose) -> Result<Answer, Problem> {
    let (order, direction) = sorted_by(visit);
    let query = KeyQuery { order, direction, limit: ROWS, ..KeyQuery::default() };
    let page = visit.call.authority.keys_of(visit.call.context, owner(visit, whose), &query)?;
    let (section, title) = match whose {
        Whose::Environment(_) => (Section::Keys, "API & Keys"),
        Whose::Own => (Section::OwnKeys, "Account API Keys"),
    };
    let may_change = visit.call.context.caller.may_change_keys();
    let columns = COLUMNS.iter().map(|(text, word, of)| column(whose, text, word, *of == order, direction));
    let page = KeysPage {
        frame: Frame::new(visit, section, title)?,
        own: whose == Whose::Own,
        add: may_change.then(|| format!("{}/new", whose.path())),
        endpoint: endpoint(visit, whose),
        columns: columns.collect(),
        rows: page.items.iter().map(|record| row(visit, whose, record)).collect(),
    };
    Answer::page(http::StatusCode::OK, page.render())
}

const COLUMNS: &[(&str, &str, KeyOrder)] = &[
    ("State", "state", KeyOrder::State),
    ("Name", "name", KeyOrder::Name),
    ("Description", "description", KeyOrder::Description),
    ("Access key", "access-key", KeyOrder::AccessKey),
    ("Created", "created", KeyOrder::Created),
];

/// By name unless the address says otherwise; what it says wrongly does not count.
fn sorted_by(visit: &Visit<'_>) -> (KeyOrder, Direction) {
    let wanted = visit.call.query.get("sort");
    let order = COLUMNS.iter().find(|(_, word, _)| Some(*word) == wanted);
    let direction = match visit.call.query.get("order") {
        Some("desc") => Direction::Descending,
        _ => Direction::Ascending,
    };
    (order.map_or(KeyOrder::Name, |(.., order)| *order), direction)
}

fn column(whose: Whose, text: &'static str, word: &str, sorts: bool, direction: Direction) -> Column {
    let order = sorts.then_some(match direction {
        Direction::Ascending => "ascending",
        Direction::Descending => "descending",
    });
    let next = if order == Some("ascending") { "desc" } else { "asc" };
    Column { text, path: format!("{}?sort={word}&order={next}", whose.path()), order }
}

/// Where the API of these keys begins.
pub(super) fn endpoint(visit: &Visit<'_>, whose: Whose) -> String {
    let urls = visit.call.urls;
    let version = urls.of_version(urls.version());
    match whose {
        Whose::Environment(environment) => format!("{version}/projects/{environment}"),
        Whose::Own => version,
    }
}

fn row(visit: &Visit<'_>, whose: Whose, record: &KeyRecord) -> Row {
    let parts = record.parts();
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let active = parts.lifecycle.state() == LifecycleState::Active;
    Row {
        id: parts.id.to_string(),
        name: parts.name.as_ref().and_then(|name| text(name.as_str())),
        called: called(record),
        description: parts.description.as_ref().and_then(|description| text(description.as_str())),
        access_key: parts.access_key.to_string(),
        state: if active { "Active" } else { "Inactive" },
        active,
        expired: record.is_expired(visit.call.context.now),
        created: parts.created.to_string(),
        expires: parts.expires_at.map(|instant| instant.to_string()),
        creator: parts.creator.principal.to_string(),
        edit: step(whose, parts.id, "edit"),
        switch: step(whose, parts.id, if active { "deactivate" } else { "activate" }),
        delete: step(whose, parts.id, "delete"),
        view: format!("{}/apikeys/{}", endpoint(visit, whose), parts.id),
    }
}
