//! An error as a page: what happened, what to do, and the form as it was filled in.

use askama::Template;
use http::Method;
use serde_json::Value;

use super::View;
use super::form::{Filled, Form, InputKind};
use super::frame::Frame;
use super::value::{Cell, cell};

#[derive(Template)]
#[template(path = "error.html")]
struct Page {
    frame: Frame,
    status: String,
    code: String,
    /// What is wrong and what to do.
    problem: String,
    fields: Vec<(String, Cell)>,
    form: Option<Form>,
    /// Where one logs in, if that may help.
    log_in: Option<String>,
}

/// Writes an error.
pub(super) fn page(view: &View, document: &Value) -> Result<String, askama::Error> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let status = document.get("status").map(ToString::to_string).unwrap_or_default();
    let code = text("code").unwrap_or("Error").to_owned();
    let problem = text("detail").map_or_else(|| advice(&status).to_owned(), ToOwned::to_owned);
    let form = again(view, text("fieldName"), &problem);
    let schema = view.schema("error");
    let shown = document.as_object().into_iter().flatten();
    let page = Page {
        frame: Frame::of_request(view, code.clone()),
        fields: shown
            .filter(|(name, _)| !matches!(name.as_str(), "links" | "actions" | "type" | "detail"))
            .map(|(name, value)| (name.clone(), cell(&schema, name, value)))
            .collect(),
        form,
        log_in: (status == "401").then(|| view.log_in()),
        status,
        code,
        problem,
    };
    page.render()
}

/// The form that was refused, with what was typed.
fn again(view: &View, field: Option<&str>, problem: &str) -> Option<Form> {
    let about = view.about()?;
    let schema = view.schema(about.declaration.id);
    let address = view.address()?;
    let filled = Filled::Typed { field, problem };
    match *view.method() {
        Method::POST if !about.one => Form::create(view, &schema, &address, filled),
        Method::PUT if about.one => Form::edit(view, &schema, &address, filled),
        _ => None,
    }
}

fn advice(status: &str) -> &'static str {
    match status {
        "401" => {
            "This needs an API key or a log-in. Load the page again and enter an access key as user name and its secret \
             key as password, or log in."
        }
        "404" => "There is nothing here, or nothing you may see.",
        "405" => "This cannot be done here, by you, or in this state.",
        _ => "The request was not carried out.",
    }
}
