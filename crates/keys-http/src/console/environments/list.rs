//! The table of environments.

use askama::Template;
use http::StatusCode;
use keys_core::{EnvironmentId, EnvironmentRecord, EnvironmentState};
use keys_store::{EnvironmentFilter, EnvironmentOrder};

use super::{PATH, Step, address, called, members, removed, role_words, visible};
use crate::console::frame::{Frame, Section};
use crate::console::instant::Instant;
use crate::console::place::Whose;
use crate::console::table::{self, Column, Head, Pager, Table};
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// Rows of one page.
const ROWS: usize = 50;

const NAME: Column<EnvironmentOrder> = Column { text: "Name", word: "name", order: EnvironmentOrder::Name };
const COLUMNS: &[Column<EnvironmentOrder>] = &[
    Column { text: "State", word: "state", order: EnvironmentOrder::State },
    NAME,
    Column { text: "Description", word: "description", order: EnvironmentOrder::Description },
    Column { text: "Created", word: "created", order: EnvironmentOrder::Created },
];

#[derive(Template)]
#[template(path = "console/environments/list.html")]
struct EnvironmentsPage {
    frame: Frame,
    list: &'static str,
    add: String,
    may_add: bool,
    removed: &'static str,
    searched: String,
    sorted: [(&'static str, &'static str); 2],
    heads: Vec<Head>,
    rows: Vec<Row>,
    pager: Pager,
    counted: String,
}

struct Row {
    id: String,
    called: String,
    more: String,
    description: Option<String>,
    state: &'static str,
    active: bool,
    role: &'static str,
    created: Instant,
    /// Whether the caller begins here.
    is_default: bool,
    /// Whether it could.
    may_be_default: bool,
    may_change: bool,
    keys: String,
    edit: String,
    activate: String,
    deactivate: String,
    delete: String,
    make_default: String,
    members: String,
    view: String,
}

pub(super) fn page(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let table: Table<EnvironmentRecord> = Table::read(visit, PATH.to_owned(), COLUMNS, &NAME);
    let (context, authority) = (visit.outside, visit.call.authority);
    let page = authority.environment_page(context, EnvironmentFilter::default(), &table.request(ROWS))?;
    let begins = begins(visit)?;
    let rows = page.items.iter().map(|record| row(visit, record, begins)).collect::<Result<_, _>>()?;
    let page = EnvironmentsPage {
        frame: Frame::new(visit, Section::Environments, "Environments")?,
        list: PATH,
        add: table::carry(visit, &format!("{PATH}/new")),
        may_add: context.caller.may_make_environments(),
        removed: removed::PATH,
        searched: table.searched().to_owned(),
        sorted: table.sorted(),
        heads: table.heads(),
        pager: table.pager(&page),
        counted: match page.items.len() {
            1 => "1 environment on this page".to_owned(),
            rows => format!("{rows} environments on this page"),
        },
        rows,
    };
    Answer::page(StatusCode::OK, page.render())
}

/// Where the caller begins, if it is a person: `None` for an environment's key, which can begin nowhere else.
fn begins(visit: &Visit<'_>) -> Result<Option<Begins>, Problem> {
    let Some(account) = visit.outside.caller.principal().account() else { return Ok(None) };
    let record = visit.call.authority.account(visit.outside, account)?;
    Ok(record.map(|record| Begins { at: record.parts().default_environment }))
}

/// Where a person begins.
#[derive(Clone, Copy)]
struct Begins {
    at: Option<EnvironmentId>,
}

fn row(visit: &Visit<'_>, record: &EnvironmentRecord, begins: Option<Begins>) -> Result<Row, Problem> {
    let parts = record.parts();
    let role = visit.call.authority.role_in(visit.outside, parts.id)?;
    let active = parts.state == EnvironmentState::Active;
    let called = called(record);
    let is_default = begins.is_some_and(|begins| begins.at == Some(parts.id));
    Ok(Row {
        id: parts.id.to_string(),
        more: format!("More for {called}"),
        called,
        description: visible(parts.description.as_ref()),
        state: parts.state.as_str(),
        active,
        role: match role {
            Some(_) if visit.outside.caller.administers() => "Administrator",
            Some(role) => role_words(role),
            // Taken away between the list and this row.
            None => "None",
        },
        created: parts.created.into(),
        is_default,
        may_be_default: active && begins.is_some() && !is_default,
        may_change: role.is_some_and(|role| role.may_change_environment()),
        keys: Whose::Environment(parts.id).path(),
        edit: address(visit, parts.id, Step::Edit),
        activate: address(visit, parts.id, Step::Activate),
        deactivate: address(visit, parts.id, Step::Deactivate),
        delete: address(visit, parts.id, Step::Delete),
        make_default: address(visit, parts.id, Step::MakeDefault),
        members: members::path(parts.id),
        view: visit.call.urls.of_environment(parts.id),
    })
}
