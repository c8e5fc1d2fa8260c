//! What can be asked: one operation for each method of each path.

use serde_json::{Map, Value, json};

use super::answers::{self, reference};
use super::{commands, schemas};
use crate::{Audience, Declaration, Link, Verb};

/// The paths that belong to no declared type.
pub(super) fn fixed() -> Map<String, Value> {
    let mut paths = Map::new();
    let mut get = |path: &str, id: &str, summary: &str, answer: Value, refusals: Map<String, Value>| {
        let mut responses = refusals;
        if responses.contains_key("412") {
            responses.insert("304".to_owned(), answers::not_modified());
        }
        responses.insert("200".to_owned(), answer);
        let operation = json!({"operationId": id, "summary": summary, "responses": responses});
        paths.insert(path.to_owned(), json!({"get": operation}));
    };
    let refusals = || answers::refusals(false, false);
    let list = reference("schemas", "apiVersionCollection");
    get("/", "versions", "The versions", answers::document("The versions.", &list), refusals());
    let version = reference("schemas", "apiVersion");
    let version = answers::document("A link to everything the caller may list.", &version);
    get("/v1", "version", "Where everything is", version, refusals());
    let own = answers::document("This document.", &json!({"type": "object"}));
    get("/openapi.json", "openapi", "This document", own, refusals());
    for (path, id, summary) in [
        ("/ping", "ping", "Whether anybody is there"),
        ("/healthz", "health", "Whether the process works"),
        ("/readyz", "ready", "Whether it can serve"),
    ] {
        let mut failures = Map::new();
        failures.insert("400".to_owned(), reference("responses", "BadRequest"));
        failures.insert("414".to_owned(), reference("responses", "UriTooLong"));
        if path == "/readyz" {
            failures.insert("503".to_owned(), answers::text("It cannot."));
        }
        get(path, id, summary, answers::text("It is so."), failures);
    }
    paths.extend(commands::paths());
    paths
}

/// `Idempotency-Key`, written so that it needs no quotes.
pub(super) fn idempotency_key(description: &str, required: bool) -> Value {
    let schema = json!({"type": "string", "pattern": "^[0-9A-Za-z_-]{22,255}$"});
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": required,
        "description": description,
        "schema": schema,
    })
}

pub(super) fn project_header() -> Value {
    json!({
        "name": "X-API-Project-Id",
        "in": "header",
        "description": "The environment that is entered.",
        "schema": {"type": "string"},
    })
}

/// The operations of a list.
pub(super) fn list(declaration: &Declaration, audience: Audience, inside: bool) -> Map<String, Value> {
    let methods = declaration.methods(audience).collection;
    let mut item = Map::new();
    put_parameters(&mut item, inside, false);
    if methods.contains(&Verb::Get) {
        let schema = reference("schemas", &format!("{}Collection", declaration.id));
        let mut responses = answers::refusals(false, true);
        responses.insert("200".to_owned(), answers::document("A page of the list.", &schema));
        responses.insert("304".to_owned(), answers::not_modified());
        let mut operation = operation("list", declaration, inside, &responses);
        operation.insert("parameters".to_owned(), list_parameters(declaration));
        item.insert("get".to_owned(), Value::Object(operation));
    }
    if methods.contains(&Verb::Post) {
        let schema = reference("schemas", declaration.id);
        let mut responses = answers::refusals(true, true);
        responses.insert("201".to_owned(), answers::created("What was made.", &schema));
        let mut operation = operation("create", declaration, inside, &responses);
        operation.insert("requestBody".to_owned(), body(&schemas::create_name(declaration)));
        let once = "For asking again when the answer was lost: under the same key the same request makes nothing new.";
        operation.insert("parameters".to_owned(), json!([idempotency_key(once, false)]));
        item.insert("post".to_owned(), Value::Object(operation));
    }
    if methods.contains(&Verb::Delete) {
        let mut responses = answers::refusals(true, true);
        responses.insert("204".to_owned(), answers::empty("It is gone."));
        let operation = operation("delete", declaration, inside, &responses);
        item.insert("delete".to_owned(), Value::Object(operation));
    }
    item
}

/// The operations of one.
pub(super) fn one(declaration: &Declaration, audience: Audience, inside: bool) -> Map<String, Value> {
    let methods = declaration.methods(audience);
    let mut item = Map::new();
    put_parameters(&mut item, inside, true);
    let schema = reference("schemas", declaration.id);
    let answered = |description: &str, body: bool| {
        let mut responses = answers::refusals(body, true);
        responses.insert("200".to_owned(), answers::document(description, &schema));
        responses
    };
    for verb in methods.resource {
        let (name, responses) = match verb {
            Verb::Get => ("get", read(answered("As it is.", false))),
            Verb::Put => ("edit", answered("As it is now.", true)),
            Verb::Delete => ("delete", answered("As it is now.", true)),
            Verb::Post => continue,
        };
        let mut operation = operation(name, declaration, inside, &responses);
        if *verb == Verb::Put {
            operation.insert("requestBody".to_owned(), body(&schemas::edit_name(declaration)));
        }
        item.insert(verb.as_str().to_ascii_lowercase(), Value::Object(operation));
    }
    if methods.actions && !declaration.actions.is_empty() {
        item.insert("post".to_owned(), Value::Object(act(declaration, inside)));
    }
    item
}

/// The one operation of what one of a type leads to.
pub(super) fn linked(declaration: &Declaration, link: &Link, inside: bool) -> Map<String, Value> {
    let mut item = Map::new();
    put_parameters(&mut item, inside, true);
    let mut responses = answers::refusals(false, true);
    let schema = reference("schemas", link.to);
    responses.insert("200".to_owned(), answers::document("What it leads to.", &schema));
    let name = format!("get{}Of", capital(link.name));
    let operation = operation(&name, declaration, inside, &read(responses));
    item.insert("get".to_owned(), Value::Object(operation));
    item
}

fn read(mut responses: Map<String, Value>) -> Map<String, Value> {
    responses.insert("304".to_owned(), answers::not_modified());
    responses
}

/// The actions, which are one operation with a parameter.
fn act(declaration: &Declaration, inside: bool) -> Map<String, Value> {
    let own = reference("schemas", declaration.id);
    let takes: Vec<&str> = declaration.actions.iter().filter_map(|action| action.input).collect();
    let others = declaration
        .actions
        .iter()
        .filter(|action| action.input.is_some() && action.output != declaration.id)
        .map(|action| reference("schemas", action.output));
    let answers: Vec<Value> = std::iter::once(own.clone()).chain(others).collect();
    let schema = if answers.len() > 1 { json!({"anyOf": answers}) } else { own };
    let mut responses = answers::refusals(true, true);
    for status in ["200", "202"] {
        responses.insert(status.to_owned(), answers::document("As it is now.", &schema));
    }
    let names: Vec<&str> = declaration.actions.iter().map(|action| action.name).collect();
    let mut operation = operation("act", declaration, inside, &responses);
    let parameter = json!({"name": "action", "in": "query", "required": true, "schema": {"enum": names}});
    operation.insert("parameters".to_owned(), json!([parameter]));
    if let [input] = takes.as_slice() {
        let schema = json!({"schema": reference("schemas", input)});
        let body =
            json!({"description": "For the action that takes it.", "content": {"application/json": schema}});
        operation.insert("requestBody".to_owned(), body);
    }
    operation
}

fn operation(
    name: &str,
    declaration: &Declaration,
    inside: bool,
    responses: &Map<String, Value>,
) -> Map<String, Value> {
    let place = if inside { "Inside" } else { "" };
    let (id, summary) = match name {
        "list" => (declaration.plural, format!("List {}", declaration.plural)),
        _ => (declaration.id, format!("{} one {}", capital(name), declaration.id)),
    };
    let members = [
        ("operationId", json!(format!("{name}{}{place}", capital(id)))),
        ("summary", json!(summary)),
        ("tags", json!([declaration.id])),
        ("responses", json!(responses)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn body(schema: &str) -> Value {
    let schema = json!({"schema": reference("schemas", schema)});
    json!({"required": true, "content": {"application/json": schema, "application/x-www-form-urlencoded": schema}})
}

/// The parameters of every method of a path.
fn put_parameters(item: &mut Map<String, Value>, inside: bool, one: bool) {
    let path = |name: &str, description: &str| {
        let schema = json!({"type": "string", "minLength": 1});
        json!({"name": name, "in": "path", "required": true, "description": description, "schema": schema})
    };
    let mut parameters = Vec::new();
    if inside {
        parameters.push(path("projectId", "The environment that is entered."));
    } else {
        parameters.push(project_header());
    }
    for (name, description) in [
        ("If-Match", "Only if it is still in this state."),
        ("If-None-Match", "Only if it is no longer in this state."),
    ] {
        let schema = json!({"type": "string"});
        parameters.push(json!({"name": name, "in": "header", "description": description, "schema": schema}));
    }
    if one {
        parameters.push(path("id", "Which one."));
    }
    item.insert("parameters".to_owned(), Value::Array(parameters));
}

/// Page, order and filters of a list.
fn list_parameters(declaration: &Declaration) -> Value {
    let query = |name: String, description: &str, schema: Value| json!({"name": name, "in": "query", "description": description, "schema": schema});
    let text = || json!({"type": "string"});
    let mut parameters = Vec::new();
    if declaration.filtered {
        let fields: Vec<&str> = declaration.filters().map(|filter| filter.field).collect();
        parameters.extend([
            query("limit".to_owned(), "The most members of a page.", json!({"type": "integer"})),
            query("marker".to_owned(), "Where the page begins, of `pagination.next`.", text()),
            query("sort".to_owned(), "By which field; others are ignored.", json!({"enum": fields})),
            query("order".to_owned(), "Which way.", json!({"enum": ["asc", "desc"]})),
        ]);
    }
    if !declaration.links.is_empty() {
        let names: Vec<&str> = declaration.links.iter().map(|link| link.name).collect();
        parameters.push(query("include".to_owned(), "Which link to nest in each.", json!({"enum": names})));
    }
    for filter in declaration.filters() {
        parameters.push(query(filter.field.to_owned(), "Only what equals this.", text()));
        for modifier in filter.modifiers {
            let name = format!("{}_{}", filter.field, modifier.as_str());
            parameters.push(query(name, "Only what passes this filter.", text()));
        }
    }
    Value::Array(parameters)
}
