//! Values of a document as people read them.

use serde_json::Value;

use super::schemas::TypeSchema;

/// A value, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing.
    Nothing,
    /// Text people wrote.
    Text(String),
    /// What machines wrote: ids, numbers, keys.
    Code(String),
    /// A state.
    Badge {
        /// Which kind of state; the name of a class.
        tone: &'static str,
        /// A sign for those who do not see colours.
        sign: &'static str,
        /// The state in words.
        label: String,
    },
    /// An instant.
    Time {
        /// As the document has it.
        exact: String,
        /// As people read it.
        shown: String,
    },
    /// An object or a list, written with indentation.
    Block(String),
    /// An object of objects: a row for each.
    Grid {
        /// The names of their members.
        columns: Vec<String>,
        /// Their own name, and a text for each column.
        rows: Vec<(String, Vec<String>)>,
    },
}

/// The value of a field.
pub(super) fn cell(schema: &TypeSchema, name: &str, value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Nothing,
        Value::String(text) if text.is_empty() => Cell::Nothing,
        Value::String(text) => text_cell(schema.kind(name), name, text),
        Value::Bool(_) | Value::Number(_) => Cell::Code(value.to_string()),
        Value::Object(members) if members.is_empty() => Cell::Nothing,
        Value::Array(items) if items.is_empty() => Cell::Nothing,
        Value::Array(items) if items.iter().all(Value::is_string) => {
            Cell::Code(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
        }
        Value::Object(_) => grid(value).unwrap_or_else(|| block(value)),
        Value::Array(_) => block(value),
    }
}

fn text_cell(kind: Option<&str>, name: &str, text: &str) -> Cell {
    match (kind, name) {
        (_, "state") => badge(text),
        (Some("date"), _) => time(text),
        (_, "name" | "description" | "message" | "detail") => Cell::Text(text.to_owned()),
        _ => Cell::Code(text.to_owned()),
    }
}

fn block(value: &Value) -> Cell {
    Cell::Block(serde_json::to_string_pretty(value).unwrap_or_default())
}

/// An instant: the document's RFC 3339 in UTC, without its letters.
fn time(exact: &str) -> Cell {
    let shown = match exact.strip_suffix('Z').and_then(|instant| instant.split_once('T')) {
        Some((day, time)) => format!("{day} {time} UTC"),
        None => exact.to_owned(),
    };
    Cell::Time { exact: exact.to_owned(), shown }
}

/// A state as a badge: an open circle for what works, a filled one for what does not.
fn badge(state: &str) -> Cell {
    let (tone, sign) = match state {
        "active" => ("good", "○"),
        "inactive" => ("bad", "●"),
        "removed" | "purged" => ("bad", "✕"),
        "deactivating" => ("info", "◐"),
        _ => ("info", "◌"),
    };
    Cell::Badge { tone, sign, label: capitalised(state) }
}

fn capitalised(state: &str) -> String {
    let capitalise = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    state.split('-').map(capitalise).collect::<Vec<_>>().join("-")
}

fn grid(value: &Value) -> Option<Cell> {
    let members = value.as_object()?;
    let mut columns: Vec<String> = Vec::new();
    for member in members.values() {
        for column in member.as_object()?.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name) {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
    }
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(true)) => "yes".to_owned(),
        Some(Value::Bool(false)) => "no".to_owned(),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string(),
    };
    let rows = members
        .iter()
        .map(|(name, member)| (name.clone(), columns.iter().map(|column| text(member.get(column))).collect()))
        .collect();
    Some(Cell::Grid { columns, rows })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(name: &str, value: &Value) -> Cell {
        cell(&TypeSchema::default(), name, value)
    }

    #[test]
    fn a_state_is_told_by_sign_and_word_and_not_by_colour_alone() {
        for (state, sign, word) in [
            ("active", "○", "Active"),
            ("inactive", "●", "Inactive"),
            ("removed", "✕", "Removed"),
            ("updating-active", "◌", "Updating-Active"),
        ] {
            let Cell::Badge { sign: own, label, .. } = shown("state", &json!(state)) else {
                panic!("{state}")
            };
            assert_eq!((own, label.as_str()), (sign, word));
        }
    }

    #[test]
    fn values_are_shown_by_what_they_are() {
        assert_eq!(shown("name", &json!(null)), Cell::Nothing);
        assert_eq!(shown("name", &json!("")), Cell::Nothing);
        assert_eq!(shown("name", &json!("ci")), Cell::Text("ci".into()));
        assert_eq!(shown("methods", &json!(["GET", "PUT"])), Cell::Code("GET, PUT".into()));
        assert_eq!(shown("any", &json!([{"a": 1}])), Cell::Block("[\n  {\n    \"a\": 1\n  }\n]".into()));
        assert_eq!(
            time("2026-11-23T18:30:00Z"),
            Cell::Time { exact: "2026-11-23T18:30:00Z".into(), shown: "2026-11-23 18:30:00 UTC".into() }
        );
        assert_eq!(
            shown("fields", &json!({"a": {"type": "int", "create": false}, "b": {"type": "date"}})),
            Cell::Grid {
                columns: vec!["create".into(), "type".into()],
                rows: vec![
                    ("a".into(), vec!["no".into(), "int".into()]),
                    ("b".into(), vec![String::new(), "date".into()]),
                ]
            }
        );
    }
}
