//! The table of keys.

use askama::Template;
use http::StatusCode;
use keys_core::{KeyRecord, LifecycleState};
use keys_store::{KeyFilter, KeyOrder};

use super::{called, owner, step};
use crate::console::frame::Frame;
use crate::console::instant::Instant;
use crate::console::place::Whose;
use crate::console::table::{self, Column, Head, Pager, Table};
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// Rows of one page.
const ROWS: usize = 50;

const NAME: Column<KeyOrder> = Column { text: "Name", word: "name", order: KeyOrder::Name };
const COLUMNS: &[Column<KeyOrder>] = &[
    Column { text: "State", word: "state", order: KeyOrder::State },
    NAME,
    Column { text: "Description", word: "description", order: KeyOrder::Description },
    Column { text: "Access key", word: "access-key", order: KeyOrder::AccessKey },
    Column { text: "Created", word: "created", order: KeyOrder::Created },
    Column { text: "Expires", word: "expires", order: KeyOrder::Expires },
    Column { text: "Made by", word: "made-by", order: KeyOrder::Creator },
];

#[derive(Template)]
#[template(path = "console/keys.html")]
struct KeysPage {
    frame: Frame,
    texts: &'static Texts,
    list: String,
    add: String,
    /// What a selection is sent to, by what is done with it.
    selected: Selected,
    endpoint: String,
    may_change: bool,
    searched: String,
    sorted: [(&'static str, &'static str); 2],
    heads: Vec<Head>,
    rows: Vec<Row>,
    pager: Pager,
    counted: String,
}

struct Selected {
    activate: String,
    deactivate: String,
    delete: String,
}

struct Row {
    id: String,
    name: Option<String>,
    called: String,
    more: String,
    description: Option<String>,
    access_key: String,
    state: &'static str,
    active: bool,
    expired: bool,
    created: Instant,
    expires: Option<Instant>,
    maker: String,
    edit: String,
    switch: String,
    delete: String,
    history: String,
    view: String,
}

/// What differs between the keys of an environment and those of an account.
struct Texts {
    title: &'static str,
    add: &'static str,
    lead: &'static str,
    rest: &'static str,
    empty: &'static str,
}

const OF_ENVIRONMENT: Texts = Texts {
    title: "API & Keys",
    add: "Add Environment API Key",
    lead: "These keys act in the environment",
    rest: ", and nowhere else. Programs send them as user name and password.",
    empty: "A program that shall use the API here needs one: add a key, and give the program its pair.",
};
const OWN: Texts = Texts {
    title: "Account API Keys",
    add: "Add Account API Key",
    lead: "These keys act as you, in every environment that you may enter. For one environment alone, use a key of its own.",
    rest: "",
    empty: "Add one for what shall do as you do, such as a tool on your own machine.",
};

pub(super) fn page(visit: &Visit<'_>, whose: Whose) -> Result<Answer, Problem> {
    let asked: Table<KeyRecord> = Table::read(visit, whose.path(), COLUMNS, &NAME);
    let owner = owner(visit, whose);
    let (context, authority) = (visit.call.context, visit.call.authority);
    let page = authority.key_page(context, Some(owner), KeyFilter::default(), &asked.request(ROWS))?;
    let texts = match whose {
        Whose::Environment(_) => &OF_ENVIRONMENT,
        Whose::Own => &OWN,
    };
    let makers = authority.names_of(context, page.items.iter().map(|record| record.parts().creator))?;
    let rows = page.items.iter().map(|record| {
        let maker = makers.of(record.parts().creator).to_string();
        Row { maker, ..row(visit, whose, record) }
    });
    let selected = |what: &str| table::carry(visit, &format!("{}/selected/{what}", whose.path()));
    let page = KeysPage {
        frame: Frame::new(visit, super::section(whose), texts.title)?,
        texts,
        list: whose.path(),
        add: format!("{}/new", whose.path()),
        selected: Selected {
            activate: selected("activate"),
            deactivate: selected("deactivate"),
            delete: selected("delete"),
        },
        endpoint: endpoint(visit, whose),
        may_change: context.caller.may_change_keys(),
        searched: asked.searched().to_owned(),
        sorted: asked.sorted(),
        heads: asked.heads(),
        pager: asked.pager(&page),
        counted: counted(page.items.len()),
        rows: rows.collect(),
    };
    Answer::page(StatusCode::OK, page.render())
}

fn counted(keys: usize) -> String {
    match keys {
        0 => "No key on this page".to_owned(),
        1 => "1 key on this page".to_owned(),
        keys => format!("{keys} keys on this page"),
    }
}

/// Where the API of these keys begins.
pub(in crate::console) fn endpoint(visit: &Visit<'_>, whose: Whose) -> String {
    let urls = visit.call.urls;
    match whose {
        Whose::Environment(environment) => urls.of_environment(environment),
        Whose::Own => urls.of_version(urls.version()),
    }
}

fn row(visit: &Visit<'_>, whose: Whose, record: &KeyRecord) -> Row {
    let parts = record.parts();
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let active = parts.lifecycle.state() == LifecycleState::Active;
    let called = called(record);
    Row {
        id: parts.id.to_string(),
        name: parts.name.as_ref().and_then(|name| text(name.as_str())),
        more: format!("More for {called}"),
        called,
        description: parts.description.as_ref().and_then(|description| text(description.as_str())),
        access_key: parts.access_key.to_string(),
        state: parts.lifecycle.state().as_str(),
        active,
        expired: record.is_expired(visit.call.context.now),
        created: parts.created.into(),
        expires: parts.expires_at.map(Instant::from),
        maker: String::new(),
        edit: step(visit, whose, parts.id, "edit"),
        switch: step(visit, whose, parts.id, if active { "deactivate" } else { "activate" }),
        delete: step(visit, whose, parts.id, "delete"),
        history: step(visit, whose, parts.id, "history"),
        view: format!("{}/apikeys/{}", endpoint(visit, whose), parts.id),
    }
}
