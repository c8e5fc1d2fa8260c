//! The table of users.

use askama::Template;
use http::StatusCode;
use keys_core::{AccountId, AccountRecord, AccountState};

use super::{ADD, LIST, at, called, is_own, is_shown};
use crate::console::frame::{Frame, Section};
use crate::console::instant::Instant;
use crate::console::table;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// Rows of one page.
const ROWS: usize = 50;
/// The most accounts that are read for one page of a search; what is left is behind its link.
const MOST_READ: usize = 10_000;

#[derive(Template)]
#[template(path = "console/users.html")]
struct UsersPage {
    frame: Frame,
    list: &'static str,
    add: String,
    searched: String,
    /// What is read aloud of the table.
    said: String,
    rows: Vec<Row>,
    /// Back to the beginning, from where one has gone on.
    begin: Option<String>,
    next: Option<String>,
}

struct Row {
    id: String,
    /// What the menu is called to those who do not see it.
    more: String,
    name: Option<String>,
    description: Option<String>,
    login: Option<String>,
    administrator: bool,
    own: bool,
    state: &'static str,
    active: bool,
    /// Until when attempts to log in have to wait.
    locked: Option<Instant>,
    created: Instant,
    edit: String,
    log_in: String,
    activate: String,
    deactivate: String,
    delete: String,
    unlock: String,
    end_sessions: String,
    view: String,
}

/// A person, and the name it logs in with.
type Found = (AccountRecord, Option<String>);

pub(super) fn page(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let searched = visit.call.query.get("search").unwrap_or_default().trim().to_owned();
    // What an address says wrongly does not count.
    let after = visit.call.query.get("after").and_then(|id| id.parse::<AccountId>().ok());
    let (found, next) = find(visit, &searched, after)?;
    let said = match (found.len(), &next) {
        (1, None) => "1 user".to_owned(),
        (count, None) => format!("{count} users"),
        (count, Some(_)) => format!("{count} users, and more on the next page"),
    };
    let page = UsersPage {
        frame: Frame::new(visit, Section::Users, "Users")?,
        list: LIST,
        add: table::carry(visit, ADD),
        said,
        rows: found.iter().map(|found| row(visit, found)).collect(),
        begin: after.map(|_| address(&searched, None)),
        next: next.map(|next| address(&searched, Some(next))),
        searched,
    };
    Answer::page(StatusCode::OK, page.render())
}

fn address(searched: &str, after: Option<AccountId>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !searched.is_empty() {
        query.append_pair("search", searched);
    }
    if let Some(after) = after {
        query.append_pair("after", &after.to_string());
    }
    let query = query.finish();
    if query.is_empty() { LIST.to_owned() } else { format!("{LIST}?{query}") }
}

/// The people of one page in the order they were added, and the place behind which there are more.
fn find(
    visit: &Visit<'_>,
    searched: &str,
    mut after: Option<AccountId>,
) -> Result<(Vec<Found>, Option<AccountId>), Problem> {
    let needle = searched.to_lowercase();
    let (mut found, mut read) = (Vec::new(), 0);
    loop {
        let page = visit.call.authority.accounts(visit.outside, after, ROWS + 1)?;
        for record in page.items {
            let id = record.parts().id;
            if is_shown(&record) {
                let password = visit.call.authority.password_of(visit.outside, id)?;
                let login = password.map(|password| password.parts().login.to_string());
                if matches(&needle, &record, login.as_deref()) {
                    if found.len() == ROWS {
                        return Ok((found, after));
                    }
                    found.push((record, login));
                }
            }
            after = Some(id);
            read += 1;
        }
        if !page.more {
            return Ok((found, None));
        }
        if read >= MOST_READ {
            return Ok((found, after));
        }
    }
}

/// Whether what is searched for stands in what a person is called by, in any letter case.
fn matches(needle: &str, record: &AccountRecord, login: Option<&str>) -> bool {
    let parts = record.parts();
    let texts = [
        parts.name.as_ref().map(|name| name.as_str()),
        parts.description.as_ref().map(|description| description.as_str()),
        login,
    ];
    let inside = |text: &str| text.to_lowercase().contains(needle);
    texts.into_iter().flatten().any(inside) || parts.id.to_string() == needle || needle.is_empty()
}

fn row(visit: &Visit<'_>, (record, login): &Found) -> Row {
    let parts = record.parts();
    let id = parts.id;
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let locked = visit.call.authority.locked_until(visit.outside, id);
    let urls = visit.call.urls;
    Row {
        id: id.to_string(),
        more: format!("More for {}", called(record)),
        name: parts.name.as_ref().and_then(|name| text(name.as_str())),
        description: parts.description.as_ref().and_then(|description| text(description.as_str())),
        login: login.clone(),
        administrator: record.administers(),
        own: is_own(visit, id),
        state: parts.state.as_str(),
        active: parts.state == AccountState::Active,
        locked: locked.map(Instant::from),
        created: parts.created.into(),
        edit: at(visit, id, "edit"),
        log_in: at(visit, id, "log-in"),
        activate: at(visit, id, "activate"),
        deactivate: at(visit, id, "deactivate"),
        delete: at(visit, id, "delete"),
        unlock: at(visit, id, "unlock"),
        end_sessions: at(visit, id, "end-sessions"),
        view: format!("{}/accounts/{id}", urls.of_version(urls.version())),
    }
}
