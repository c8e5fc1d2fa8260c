//! The body of a request as the fields it sets.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::multipart;
use super::query::Query;
use crate::idempotency::{FORM_FIELD, Idempotency};
use crate::problem::Problem;

/// The fields a request sets: those of its body, and beneath them those of its query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields {
    fields: Map<String, Value>,
    form_method: Option<String>,
    form_idempotency: Idempotency,
}

/// What a request says of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// Nothing.
    Absent,
    /// That it is nothing.
    Null,
    /// This text.
    Text(String),
}

impl Fields {
    /// Reads a body: JSON whatever the content type says, or a form (in parts or not) when it says so and the body does
    /// not begin like JSON. An empty body sets nothing; a bare scalar is ignored.
    ///
    /// # Errors
    ///
    /// [`Problem::InvalidBody`].
    pub(crate) fn read(body: &[u8], content_type: Option<&str>, query: &Query) -> Result<Self, Problem> {
        let mut fields: Map<String, Value> =
            query.pairs().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        let mut body = read_body(body, content_type)?;
        let form_idempotency = match body.get(FORM_FIELD) {
            Some(Value::String(key)) if is_form(content_type) => Idempotency::of_form(key),
            _ => Idempotency::Absent,
        };
        // It is no field of anything, and a secret.
        body.remove(FORM_FIELD);
        let form_method = match (is_form(content_type), body.get("_method")) {
            (true, Some(Value::String(method))) => Some(method.clone()),
            _ => None,
        };
        fields.extend(body);
        Ok(Self { fields, form_method, form_idempotency })
    }

    /// The method that a form asks for in a field `_method`, for pages whose forms can only POST.
    pub(crate) fn form_method(&self) -> Option<&str> {
        self.form_method.as_deref()
    }

    /// The idempotency key that a form brings in a field `_idempotencyKey`.
    pub(crate) fn form_idempotency(&self) -> Idempotency {
        self.form_idempotency.clone()
    }

    /// Says it in other words: what `meaning` gives for a field and its text stands in its place.
    pub(crate) fn translate(&mut self, meaning: impl Fn(&str, &str) -> Option<Value>) {
        for (name, value) in &mut self.fields {
            if let Some(other) = value.as_str().and_then(|text| meaning(name, text)) {
                *value = other;
            }
        }
    }

    /// The fields whose names begin so, by the rest of their names, as far as they are text.
    pub(crate) fn named<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let fields = self.fields.iter();
        fields.filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str()?)))
    }

    /// What is said of a field that is no text.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// What is said of a field of text. Numbers and booleans are taken as text.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] (`InvalidFormat`) for an object or a list, and for a number of which digits were lost.
    pub(crate) fn text(&self, name: &str) -> Result<Given, Problem> {
        match self.fields.get(name) {
            None => Ok(Given::Absent),
            Some(Value::Null) => Ok(Given::Null),
            Some(Value::String(text)) => Ok(Given::Text(text.clone())),
            Some(Value::Number(number)) if is_inexact(number) => Err(Problem::field(
                "InvalidFormat",
                name.to_owned(),
                "expected text: a number of this size would not keep its digits",
            )),
            Some(scalar @ (Value::Bool(_) | Value::Number(_))) => Ok(Given::Text(scalar.to_string())),
            Some(Value::Array(_) | Value::Object(_)) => Err(Problem::field(
                "InvalidFormat",
                name.to_owned(),
                "expected text, not a list or an object",
            )),
        }
    }
}

impl Fields {
    /// What is said of a field that is a list. A form says one with commas between its items, and nothing at all by an empty
    /// text.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] (`InvalidFormat`) for what is neither.
    pub(crate) fn list(&self, name: &'static str) -> Result<Option<Vec<Value>>, Problem> {
        match self.fields.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(Vec::new())),
            Some(Value::Array(items)) => Ok(Some(items.clone())),
            Some(Value::String(text)) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Ok(Some(items.map(Value::from).collect()))
            }
            Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {
                Err(Problem::field("InvalidFormat", name, "expected a list"))
            }
        }
    }
}

/// Whether a number has lost digits when it was read: what is no integer of 64 bits is kept as a binary fraction.
fn is_inexact(number: &Number) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    !number.is_i64() && !number.is_u64() && number.as_f64().is_none_or(|value| value.abs() >= EXACT)
}

const URL_ENCODED: &str = "application/x-www-form-urlencoded";

fn read_body(body: &[u8], content_type: Option<&str>) -> Result<Map<String, Value>, Problem> {
    let body = body.trim_ascii();
    // curl calls everything given with -d a form, JSON included.
    let looks_like_json = matches!(body.first(), Some(b'{' | b'['));
    if body.is_empty() {
        return Ok(Map::new());
    }
    if is(content_type, URL_ENCODED) && !looks_like_json {
        return read_form(form_urlencoded::parse(body).into_owned());
    }
    if let Some(boundary) = content_type.and_then(multipart::boundary).filter(|_| !looks_like_json) {
        let parts = boundary.and_then(|boundary| multipart::parse(body, boundary));
        return read_form(parts.map_err(|wrong| Problem::InvalidBody(wrong.into()))?);
    }
    match serde_json::from_slice::<Strict>(body) {
        Ok(Strict(Value::Object(fields))) => Ok(fields),
        Ok(Strict(Value::Array(_))) => Err(Problem::InvalidBody("expected a JSON object, not a list".into())),
        Ok(Strict(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_))) => Ok(Map::new()),
        Err(error) => Err(Problem::InvalidBody(describe(&error).into())),
    }
}

/// Whether it is said to be a form, of either kind.
fn is_form(content_type: Option<&str>) -> bool {
    is(content_type, URL_ENCODED) || content_type.and_then(multipart::boundary).is_some()
}

/// Whether a content type is this one, whatever its parameters.
fn is(content_type: Option<&str>, essence: &str) -> bool {
    let own = content_type.and_then(|content_type| content_type.split(';').next());
    own.is_some_and(|own| own.trim().eq_ignore_ascii_case(essence))
}

fn read_form(given: impl IntoIterator<Item = (String, String)>) -> Result<Map<String, Value>, Problem> {
    let mut fields = Map::new();
    for (name, value) in given {
        if fields.insert(name, Value::from(value)).is_some() {
            return Err(Problem::InvalidBody("the form sets a field twice".into()));
        }
    }
    Ok(fields)
}

/// Where the JSON is wrong, without repeating any of it: a secret may stand there.
fn describe(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Data => {
            format!("the body has a member twice, at line {line} column {column}")
        }
        serde_json::error::Category::Eof => {
            format!("the body ends too early, at line {line} column {column}")
        }
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
            format!("the body is not JSON at line {line} column {column}")
        }
    }
}

/// A JSON value in which no object has a member twice: two readers could understand two different things.
/// Depth is bounded by `serde_json`.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let Strict(value) = access.next_value()?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Option<&str> = Some("application/x-www-form-urlencoded; charset=utf-8");

    fn read(body: &str) -> Result<Fields, Problem> {
        Fields::read(body.as_bytes(), None, &Query::default())
    }

    #[test]
    fn json_is_read_whatever_its_type_is_said_to_be() {
        for content_type in [None, FORM, Some("text/plain"), Some("application/json")] {
            let fields = Fields::read(br#" {"name":"ci"} "#, content_type, &Query::default()).unwrap();
            assert_eq!(fields.text("name").unwrap(), Given::Text("ci".into()));
        }
    }

    #[test]
    fn a_form_is_read_when_it_is_one() {
        let fields = Fields::read(b"name=a+b%21&description=", FORM, &Query::default()).unwrap();
        assert_eq!(fields.text("name").unwrap(), Given::Text("a b!".into()));
        assert_eq!(fields.text("description").unwrap(), Given::Text(String::new()));
        assert!(Fields::read(b"name=a&name=b", FORM, &Query::default()).is_err());
    }

    #[test]
    fn a_form_in_parts_is_read_like_one_in_a_line() {
        let parts = Some("multipart/form-data; boundary=X");
        let part = "--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na b!\r\n";
        let read = |body: &str, content_type| Fields::read(body.as_bytes(), content_type, &Query::default());
        let fields = read(&format!("{part}--X--\r\n"), parts).unwrap();
        assert_eq!(fields.text("name").unwrap(), Given::Text("a b!".into()));
        assert!(read(&format!("{part}{part}--X--"), parts).is_err(), "a field twice");
        assert!(read(part, parts).is_err(), "no end");
        assert!(read(&format!("{part}--X--"), Some("multipart/form-data")).is_err(), "no boundary");
        let json = read("{\"name\":\"json\"}", parts).unwrap();
        assert_eq!(json.text("name").unwrap(), Given::Text("json".into()));
    }

    #[test]
    fn the_body_wins_over_the_query() {
        let query = Query::parse("name=query&description=query").unwrap();
        let fields = Fields::read(br#"{"name":"body"}"#, None, &query).unwrap();
        assert_eq!(fields.text("name").unwrap(), Given::Text("body".into()));
        assert_eq!(fields.text("description").unwrap(), Given::Text("query".into()));
    }

    #[test]
    fn nothing_and_scalars_set_nothing() {
        for body in ["", "  \n", "null", "7", "\"text\"", "true"] {
            assert_eq!(read(body).unwrap().text("name").unwrap(), Given::Absent, "{body}");
        }
    }

    #[test]
    fn scalars_become_text_and_lists_are_refused() {
        let fields = read(r#"{"a":7,"b":true,"c":null,"d":[1],"e":{}}"#).unwrap();
        assert_eq!(fields.text("a").unwrap(), Given::Text("7".into()));
        assert_eq!(fields.text("b").unwrap(), Given::Text("true".into()));
        assert_eq!(fields.text("c").unwrap(), Given::Null);
        assert!(matches!(fields.text("d"), Err(Problem::Invalid { code: "InvalidFormat", .. })));
        assert!(matches!(fields.text("e"), Err(Problem::Invalid { code: "InvalidFormat", .. })));
    }

    #[test]
    fn what_is_not_json_is_refused_without_repeating_it() {
        let deep = "[".repeat(60_000);
        for body in [
            "{",
            "{\"name\":}",
            "s3cret",
            "{\"s3cret\":1,\"s3cret\":2}",
            "[]",
            "{\"a\":{\"b\":1,\"b\":2}}",
            "{}{}",
            &deep,
        ] {
            let problem = read(body).unwrap_err();
            assert!(matches!(problem, Problem::InvalidBody(_)), "{problem:?}");
            assert!(!format!("{problem:?}").contains("s3cret"));
        }
        assert!(Fields::read(b"\xff\xfe", None, &Query::default()).is_err());
    }
}
