//! The filter form: one choice of field and comparison, one value.
//!
//! The dialect's filters have the comparison in the parameter's name (`name_like=…`), which no form without a script
//! can write. So the form sends `_filter=name_like&_value=…`, and is answered with the address that means.

use serde_json::Value;

use super::View;
use super::schemas::TypeSchema;

const FILTER: &str = "_filter";
const VALUE: &str = "_value";

/// The choices of one field.
#[derive(Debug)]
pub(super) struct Choices {
    pub(super) field: String,
    /// Parameter and words.
    pub(super) choices: Vec<(String, String)>,
}

/// A filter that counts now.
#[derive(Debug)]
pub(super) struct Counting {
    /// In words.
    pub(super) label: String,
    /// The list without it.
    pub(super) without: String,
}

/// All that can be filtered by.
pub(super) fn choices(schema: &TypeSchema) -> Vec<Choices> {
    schema
        .filters()
        .map(|(field, modifiers)| Choices {
            field: field.clone(),
            choices: modifiers
                .into_iter()
                .map(|modifier| (format!("{field}_{modifier}"), format!("{field} {}", words(modifier))))
                .collect(),
        })
        .collect()
}

/// The filters of the request.
pub(super) fn counting(view: &View, schema: &TypeSchema, list: &str) -> Vec<Counting> {
    view.query()
        .pairs()
        .filter_map(|(parameter, value)| {
            let (field, modifier) = parse(schema, parameter)?;
            let without = view.query().rewritten(&[parameter, "marker"], &[]);
            let label = match modifier {
                "null" | "notnull" => format!("{field} {}", words(modifier)),
                _ => format!("{field} {} “{value}”", words(modifier)),
            };
            Some(Counting { label, without: format!("{list}?{without}") })
        })
        .collect()
}

/// The parameters the filter form keeps.
pub(super) fn kept(view: &View) -> Vec<(String, String)> {
    let pairs =
        view.query().pairs().filter(|(name, _)| !matches!(*name, FILTER | VALUE | "marker" | "_format"));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The query that a filter form means; `None` if none was sent.
pub(super) fn meant(view: &View, document: &Value) -> Option<String> {
    let filter = view.query().get(FILTER)?;
    let schema = view.schema(document.get("resourceType")?.as_str()?);
    let value = view.query().get(VALUE).unwrap_or_default();
    let added = parse(&schema, filter).map(|_| (filter, value));
    Some(view.query().rewritten(&[FILTER, VALUE, "marker"], added.as_slice()))
}

/// Field and modifier of a parameter, if it is a filter.
fn parse<'a>(schema: &TypeSchema, parameter: &'a str) -> Option<(&'a str, &'a str)> {
    let (field, modifier) = parameter.rsplit_once('_').unwrap_or((parameter, "eq"));
    let mut filters = schema.filters();
    filters.find(|(own, modifiers)| *own == field && modifiers.contains(&modifier)).map(|_| (field, modifier))
}

fn words(modifier: &str) -> &str {
    match modifier {
        "eq" => "is",
        "ne" => "is not",
        "lt" => "is before",
        "lte" => "is at most",
        "gt" => "is after",
        "gte" => "is at least",
        "prefix" => "begins with",
        "like" => "is like (% any, _ one)",
        "notlike" => "is not like",
        "null" => "is empty",
        "notnull" => "is not empty",
        other => other,
    }
}
