//! A list as a page.

use askama::Template;
use serde_json::Value;

use super::View;
use super::filters::{self, Choices, Counting};
use super::form::{Filled, Form, InputKind};
use super::frame::Frame;
use super::schemas::{TypeSchema, members};
use super::value::{Cell, cell};

/// What people look for in a list, in the order they do.
const COLUMNS: [&str; 15] = [
    "state",
    "name",
    "description",
    "publicValue",
    "value",
    "pluralName",
    "externalIdType",
    "role",
    "eventType",
    "resourceType",
    "resourceId",
    "authenticatedAsAccountId",
    "clientIp",
    "created",
    "expiresAt",
];

/// What a list shows of types it knows nothing of.
const FEW: usize = 4;

#[derive(Template)]
#[template(path = "collection.html")]
struct Page {
    frame: Frame,
    list: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    create: Option<Form>,
    choices: Vec<Choices>,
    counting: Vec<Counting>,
    kept: Vec<(String, String)>,
    pages: Vec<(&'static str, &'static str, String)>,
    links: Vec<(String, String)>,
}

struct Column {
    name: String,
    /// The same list in this order.
    sorted: Option<String>,
    /// How it is sorted by this column now.
    order: Option<&'static str>,
}

struct Row {
    id: String,
    /// What a reader is told it is.
    called: String,
    link: Option<String>,
    cells: Vec<(String, Cell)>,
    actions: Vec<Form>,
}

/// Writes a list.
pub(super) fn page(view: &View, document: &Value) -> Result<String, askama::Error> {
    let kind = document.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    let schema = view.schema(kind);
    let list = address(view, document);
    let items: Vec<&Value> = document.get("data").and_then(Value::as_array).into_iter().flatten().collect();
    let names = columns(&schema, &items);
    let columns = std::iter::once("id").chain(names.iter().map(String::as_str));
    let page = Page {
        frame: Frame::of_request(view, title(&schema, kind)),
        columns: columns.map(|name| column(view, document, name)).collect(),
        rows: items.iter().map(|item| row(view, &schema, &names, item)).collect(),
        create: Form::create(view, &schema, &list, Filled::Empty),
        choices: filters::choices(&schema),
        counting: filters::counting(view, &schema, &list),
        kept: filters::kept(view),
        pages: pages(view, document, &list),
        links: links(view, document),
        list,
    };
    page.render()
}

fn title(schema: &TypeSchema, kind: &str) -> String {
    schema.plural().unwrap_or(if kind == "apiVersion" { "versions" } else { kind }).to_owned()
}

/// The address of a document itself.
fn address(view: &View, document: &Value) -> String {
    let itself = document.get("links").and_then(|links| links.get("self"));
    itself.and_then(|itself| view.link(itself)).unwrap_or_default()
}

/// Links of a list beside its own: the list of versions has one to the latest.
fn links(view: &View, document: &Value) -> Vec<(String, String)> {
    members(document, "links")
        .filter(|(name, _)| *name != "self")
        .filter_map(|(name, address)| Some((name.clone(), view.link(address)?)))
        .collect()
}

fn columns(schema: &TypeSchema, items: &[&Value]) -> Vec<String> {
    // What nobody can fill in, and nothing here has, would be an empty column; what only repeats the id, a second one.
    let says_more = |item: &&Value, name: &str| {
        item.get(name).is_some_and(|value| !value.is_null() && Some(value) != item.get("id"))
    };
    let has = |name: &str| schema.is_settable(name) || items.iter().any(|item| says_more(item, name));
    let known: Vec<String> = COLUMNS.into_iter().filter(|name| has(name)).map(ToOwned::to_owned).collect();
    if known.len() > 1 {
        return known;
    }
    let others = schema.fields().map(|(name, _)| name);
    let others = others.filter(|name| *name != "id" && has(name) && !known.contains(name));
    known.iter().chain(others).take(FEW).cloned().collect()
}

fn column(view: &View, document: &Value, name: &str) -> Column {
    let sort = document.get("sort").filter(|sort| sort.get("name").and_then(Value::as_str) == Some(name));
    let offered = match sort {
        Some(sort) => sort.get("reverse"),
        None => document.get("sortLinks").and_then(|links| links.get(name)),
    };
    let order = sort.map(|sort| match sort.get("order").and_then(Value::as_str) {
        Some("desc") => "descending",
        _ => "ascending",
    });
    Column { name: name.to_owned(), sorted: offered.and_then(|address| view.link(address)), order }
}

fn row(view: &View, schema: &TypeSchema, names: &[String], item: &Value) -> Row {
    let text = |name: &str| item.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let id = text("id").unwrap_or_default().to_owned();
    Row {
        called: text("name").or_else(|| text("publicValue")).unwrap_or(&id).to_owned(),
        id,
        link: item.get("links").and_then(|links| links.get("self")).and_then(|link| view.link(link)),
        cells: names
            .iter()
            .map(|name| (name.clone(), cell(schema, name, item.get(name).unwrap_or(&Value::Null))))
            .collect(),
        actions: super::resource::actions(view, schema, item),
    }
}

fn pages(view: &View, document: &Value, list: &str) -> Vec<(&'static str, &'static str, String)> {
    let pagination = document.get("pagination");
    let link =
        |name: &str| pagination.and_then(|pagination| pagination.get(name)).and_then(|link| view.link(link));
    let first = link("first").or_else(|| {
        let query = view.query().rewritten(&["marker"], &[]);
        view.query().get("marker").map(|_| format!("{list}?{query}"))
    });
    [
        ("First page", "first", first),
        ("Previous page", "prev", link("previous")),
        ("Next page", "next", link("next")),
    ]
    .into_iter()
    .filter_map(|(words, relation, link)| Some((words, relation, link?)))
    .collect()
}
