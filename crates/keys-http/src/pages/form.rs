//! Forms made from the caller's schema.

use serde_json::Value;

use super::View;
use super::schemas::TypeSchema;

/// A form that sends what its inputs hold to an action.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) action: String,
    /// What it repeats of the cookie.
    pub(super) token: Option<String>,
    /// What it is sent with, so that sending it twice makes one thing.
    pub(super) once: Option<String>,
    pub(super) inputs: Vec<Input>,
    pub(super) submit: String,
}

/// One labelled input.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) kind: InputKind,
    pub(super) value: String,
    pub(super) max_length: Option<u64>,
    pub(super) required: bool,
    pub(super) help: Option<String>,
    /// What is wrong with the value.
    pub(super) error: Option<String>,
}

/// How something is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum InputKind {
    Line,
    Area,
    Number,
    Date,
    Secret,
    Choice(Vec<String>),
}

/// Where the first values of a form come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Filled<'a> {
    /// Nowhere.
    Empty,
    /// A document.
    From(&'a Value),
    /// What was typed before, and what was wrong with it.
    Typed {
        /// The field that was wrong.
        field: Option<&'a str>,
        /// What was wrong.
        problem: &'a str,
    },
}

/// What a form may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Create,
    Edit,
}

impl Form {
    /// A form of one button.
    pub(super) fn button(view: &View, action: String, submit: String) -> Self {
        Self { action, token: view.token().map(ToOwned::to_owned), once: None, inputs: Vec::new(), submit }
    }

    /// The form that creates one of a type, if the caller may.
    pub(super) fn create(view: &View, schema: &TypeSchema, list: &str, filled: Filled<'_>) -> Option<Self> {
        if !schema.list_takes("POST") {
            return None;
        }
        let inputs = inputs(view, schema, Purpose::Create, filled);
        let once = view.idempotency_key().map(ToOwned::to_owned);
        Some(Self { inputs, once, ..Self::button(view, list.to_owned(), "Create".to_owned()) })
    }

    /// The form that edits one of a type, if the caller may and there is something to edit.
    pub(super) fn edit(view: &View, schema: &TypeSchema, itself: &str, filled: Filled<'_>) -> Option<Self> {
        let inputs = inputs(view, schema, Purpose::Edit, filled);
        if !schema.one_takes("PUT") || inputs.is_empty() {
            return None;
        }
        Some(Self { inputs, ..Self::button(view, format!("{itself}?_method=PUT"), "Save".to_owned()) })
    }

    /// The form that deletes one of a type, if the caller may now.
    pub(super) fn delete(view: &View, schema: &TypeSchema, itself: &str, may_now: bool) -> Option<Self> {
        let may = schema.one_takes("DELETE") && (may_now || !schema.has_action("remove"));
        may.then(|| Self::button(view, format!("{itself}?_method=DELETE"), "Delete".to_owned()))
    }
}

fn inputs(view: &View, schema: &TypeSchema, purpose: Purpose, filled: Filled<'_>) -> Vec<Input> {
    let may = match purpose {
        Purpose::Create => "create",
        Purpose::Edit => "update",
    };
    let mut inputs: Vec<Input> = schema
        .fields()
        .filter(|(_, field)| says(field, may))
        .filter_map(|(name, field)| input(view, name, field, purpose, filled))
        .collect();
    // The name comes first, then what else describes it, then the rest as the schema has it.
    inputs
        .sort_by_key(|input| ["name", "description"].iter().position(|own| *own == input.name).unwrap_or(2));
    inputs
}

fn says(field: &Value, word: &str) -> bool {
    field.get(word).and_then(Value::as_bool).unwrap_or_default()
}

/// The input of a field; `None` for what no input can hold.
fn input(view: &View, name: &str, field: &Value, purpose: Purpose, filled: Filled<'_>) -> Option<Input> {
    let max_length = field.get("maxLength").and_then(Value::as_u64);
    let options = field.get("options").and_then(Value::as_array);
    let kind = match (field.get("type")?.as_str()?, options) {
        ("enum", Some(options)) => {
            InputKind::Choice(options.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
        }
        ("boolean", _) => InputKind::Choice(vec!["true".to_owned(), "false".to_owned()]),
        ("string", _) if name == "description" => InputKind::Area,
        ("string" | "enum", _) => InputKind::Line,
        ("date", _) => InputKind::Date,
        ("int" | "float", _) => InputKind::Number,
        ("password", _) => InputKind::Secret,
        (kind, _) if kind.starts_with("reference[") => InputKind::Line,
        _ => return None,
    };
    let (value, error) = match filled {
        Filled::Empty => (String::new(), None),
        Filled::From(document) => (text(document.get(name)), None),
        Filled::Typed { field, problem } => {
            let typed = if kind == InputKind::Secret { None } else { view.typed_into(name) };
            (typed.unwrap_or_default(), (field == Some(name)).then(|| problem.to_owned()))
        }
    };
    let described = field.get("description").and_then(Value::as_str).map(ToOwned::to_owned);
    let help = match kind {
        InputKind::Date => Some("In UTC. Empty: never.".to_owned()),
        InputKind::Line | InputKind::Area | InputKind::Number | InputKind::Secret | InputKind::Choice(_) => {
            described
        }
    };
    Some(Input {
        name: name.to_owned(),
        kind,
        value,
        max_length,
        // What a create must set, an edit may leave as it is.
        required: says(field, "required") && !(purpose == Purpose::Edit && says(field, "create")),
        help,
        error,
    })
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Bool(_) | Value::Number(_))) => value.to_string(),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => String::new(),
    }
}
