//! One resource as a page.

use askama::Template;
use serde_json::Value;

use super::View;
use super::form::{Filled, Form, InputKind};
use super::frame::Frame;
use super::schemas::{TypeSchema, members};
use super::value::{Cell, cell};

#[derive(Template)]
#[template(path = "resource.html")]
struct Page {
    frame: Frame,
    kind: String,
    /// Its state.
    state: Option<Cell>,
    /// Access key and secret key, the one time they are shown.
    pair: Option<(String, String)>,
    /// Whether it was created before, and its secret is not shown again.
    told_before: bool,
    fields: Vec<(String, Cell)>,
    links: Vec<(String, String)>,
    actions: Vec<Form>,
    edit: Option<Form>,
    delete: Option<Form>,
}

/// Writes a resource; `created` the first time it is shown.
pub(super) fn page(view: &View, document: &Value, created: bool) -> Result<String, askama::Error> {
    let text = |name: &str| document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let kind = text("type").unwrap_or_default();
    let schema = view.schema(kind);
    let itself = document.get("links").and_then(|links| links.get("self")).and_then(|link| view.link(link));
    let title =
        text("name").or_else(|| text("publicValue")).or_else(|| text("id")).unwrap_or(kind).to_owned();
    let frame =
        if created { Frame::new(view, title, itself.as_deref()) } else { Frame::of_request(view, title) };
    let pair = text("publicValue").zip(text("secretValue")).filter(|_| created);
    let is_removed = text("state") == Some("removed");
    let may_remove = document.get("actions").is_some_and(|actions| actions.get("remove").is_some());
    let itself = itself.filter(|_| !is_removed);
    let page = Page {
        frame,
        kind: kind.to_owned(),
        state: document.get("state").map(|state| cell(&schema, "state", state)),
        pair: pair.map(|(access, secret)| (access.to_owned(), secret.to_owned())),
        told_before: created && text("publicValue").is_some() && text("secretValue").is_none(),
        fields: fields(&schema, document),
        links: members(document, "links")
            .filter_map(|(name, address)| Some((name.clone(), view.link(address)?)))
            .collect(),
        actions: actions(view, &schema, document),
        edit: itself.as_deref().and_then(|itself| Form::edit(view, &schema, itself, Filled::From(document))),
        delete: itself.as_deref().and_then(|itself| Form::delete(view, &schema, itself, may_remove)),
    };
    page.render()
}

/// Everything but what has a place of its own. The secret stands in its panel or nowhere.
fn fields(schema: &TypeSchema, document: &Value) -> Vec<(String, Cell)> {
    document
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !matches!(name.as_str(), "links" | "actions" | "type" | "secretValue"))
        .map(|(name, value)| (name.clone(), cell(schema, name, value)))
        .collect()
}

/// A button for each action that needs nothing more than to be asked for. Editing and deleting have forms.
pub(super) fn actions(view: &View, schema: &TypeSchema, document: &Value) -> Vec<Form> {
    members(document, "actions")
        .filter(|(name, _)| !matches!(name.as_str(), "update" | "remove") && schema.acts_alone(name))
        .filter_map(|(name, address)| Some(Form::button(view, view.link(address)?, capitalised(name))))
        .collect()
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
