//! What is known of a request for a page beside the document that answers it.

use http::request::Parts;
use http::{Method, header};
use keys_api::{Audience, Declaration, Resource as _, TypeDocumentation};
use keys_core::IdempotencyKey;
use serde_json::Value;

use super::schemas::TypeSchema;
use super::{Shell, wants_page};
use crate::dialect::body::{Fields, Given};
use crate::dialect::grammar::{Kind, Route};
use crate::dialect::query::Query;
use crate::dialect::urls::Urls;

/// Somebody who is shown a page, and what they asked for.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// The path that was asked for.
    path: String,
    /// Its parameters.
    query: Query,
    /// Makes addresses; `None` when the request named no host.
    urls: Option<Urls>,
    /// The method, after `_method`.
    method: Method,
    /// Whether the body is a form.
    is_form: bool,
    /// What the path is about.
    about: Option<About>,
    /// What was typed into a form.
    typed: Fields,
    /// For whom the document is written, once that is known.
    audience: Option<Audience>,
    /// As whom the caller acts, once that is known.
    account: Option<String>,
    /// What they are called, if a page is wanted that says it.
    name: Option<String>,
    /// What the person is called who has logged in.
    person: Option<String>,
    /// What forms repeat of the cookie.
    token: Option<String>,
    /// The page to be shown in place of ours.
    shell: Option<Shell>,
    /// Whether everybody who reaches the server has the API.
    open_to_all: bool,
    /// What a form that creates is sent with, so that sending it twice makes one thing.
    idempotency_key: Option<IdempotencyKey>,
}

/// What a path is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    /// A type.
    pub(super) declaration: &'static Declaration,
    /// One of it, or its list.
    pub(super) one: bool,
}

impl View {
    /// A view if a page is wanted, and `None` for programs.
    pub(crate) fn wanted(parts: &Parts) -> Option<Self> {
        let query = Query::parse(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        if !wants_page(&parts.headers, query.get("_format")) {
            return None;
        }
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let is_form = content_type
            .is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        Some(Self {
            path: parts.uri.path().to_owned(),
            query,
            urls: None,
            method: parts.method.clone(),
            is_form,
            about: None,
            typed: Fields::default(),
            audience: None,
            account: None,
            name: None,
            person: None,
            token: None,
            shell: None,
            open_to_all: false,
            idempotency_key: None,
        })
    }

    /// Learns what the head of the request says.
    pub(crate) fn asked(&mut self, method: &Method, route: Option<&Route>, urls: &Urls) {
        self.method = method.clone();
        self.urls = Some(urls.clone());
        self.about = match route.map(Route::kind) {
            Some(Kind::Collection(declaration)) => Some(About { declaration, one: false }),
            Some(Kind::Resource(declaration)) => Some(About { declaration, one: true }),
            _ => None,
        };
    }

    /// Learns who asks.
    pub(crate) fn answered(&mut self, audience: Audience, account: &str) {
        self.audience = Some(audience);
        self.account = Some(account.to_owned());
    }

    /// Learns what the caller is called.
    pub(crate) fn called(&mut self, name: Option<String>) {
        self.name = name;
    }

    /// Learns what the person is called who is in a session.
    pub(crate) fn logged_in(&mut self, person: Option<String>) {
        self.person = person;
    }

    /// Learns that another page is shown in place of ours.
    pub(crate) fn shown_in(&mut self, shell: Option<Shell>) {
        self.shell = shell;
    }

    /// Learns whether access control is off.
    pub(crate) fn opened_to_all(&mut self, open: bool) {
        self.open_to_all = open;
    }

    /// Whether everybody who reaches the server has the API.
    pub(super) const fn is_open_to_all(&self) -> bool {
        self.open_to_all
    }

    /// Whether the page says what the caller is called.
    pub(crate) const fn names_caller(&self) -> bool {
        self.shell.is_some()
    }

    /// Learns what forms of the page must repeat.
    pub(crate) fn protected(&mut self, token: &str, idempotency_key: Option<IdempotencyKey>) {
        self.token = Some(token.to_owned());
        self.idempotency_key = idempotency_key;
    }

    /// Learns what was typed, and says in the dialect what the form means: a browser cannot leave a field out or send
    /// `null`, writes line breaks as two characters, and knows no zone of time.
    pub(crate) fn typed(&mut self, fields: &mut Fields) {
        if !self.is_form {
            return;
        }
        self.typed = fields.clone();
        let Some(schema) = self.schema_of_path() else { return };
        fields.translate(|name, text| {
            let field = schema.field(name)?;
            let nullable = field.get("nullable").and_then(Value::as_bool).unwrap_or_default();
            Some(match field.get("type").and_then(Value::as_str) {
                _ if text.is_empty() && nullable => Value::Null,
                Some("date") => Value::from(in_utc(text)),
                _ => Value::from(text.replace("\r\n", "\n")),
            })
        });
    }

    /// What was typed into a field, if a form was sent.
    pub(super) fn typed_into(&self, name: &str) -> Option<String> {
        match self.typed.text(name) {
            Ok(Given::Text(text)) => Some(text),
            Ok(Given::Absent | Given::Null) | Err(_) => None,
        }
    }

    /// Whether it asks for a change.
    pub(super) fn changes(&self) -> bool {
        !matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }

    /// The method, after `_method`.
    pub(super) const fn method(&self) -> &Method {
        &self.method
    }

    /// What the path is about.
    pub(super) const fn about(&self) -> Option<About> {
        self.about
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) const fn query(&self) -> &Query {
        &self.query
    }

    pub(super) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    /// Where one logs in to come back to this page.
    pub(super) fn log_in(&self) -> String {
        let query = self.query.rewritten(&[], &[]);
        let address = if query.is_empty() || self.changes() {
            self.path.clone()
        } else {
            format!("{}?{query}", self.path)
        };
        let next: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
        format!("/login?next={next}")
    }

    pub(super) const fn shell(&self) -> Option<&Shell> {
        self.shell.as_ref()
    }

    /// Where the caller's schemas are.
    pub(super) fn schemas(&self) -> Option<String> {
        self.urls.as_ref().map(Urls::schemas)
    }

    /// Where types and fields are described, if the caller may read that.
    pub(super) fn descriptions(&self) -> Option<String> {
        let schema = self.schema(TypeDocumentation::DECLARATION.id);
        let urls = self.urls.as_ref().filter(|_| schema.list_takes("GET"))?;
        Some(urls.of(&TypeDocumentation::DECLARATION.plural.to_ascii_lowercase()))
    }

    /// Whether the page itself is at this origin.
    pub(super) fn is_at(&self, origin: &str) -> bool {
        self.urls.as_ref().is_some_and(|urls| urls.root().strip_suffix('/') == Some(origin))
    }

    /// The same request for JSON; `None` for what is answered once only.
    pub(super) fn raw(&self) -> Option<String> {
        let address = self.address().filter(|_| !self.changes())?;
        Some(format!("{address}?{}", self.query.rewritten(&["_format"], &[("_format", "json")])))
    }

    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(super) fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_ref().map(IdempotencyKey::expose)
    }

    /// The caller's schema of a type; empty for who may see none.
    pub(super) fn schema(&self, id: &str) -> TypeSchema {
        match (self.audience, &self.urls) {
            (Some(audience), Some(urls)) => TypeSchema::of(id, audience, urls),
            _ => TypeSchema::default(),
        }
    }

    /// The schema of what the path is about, as the administrator has it: enough to read a form by.
    fn schema_of_path(&self) -> Option<TypeSchema> {
        let (about, urls) = self.about.zip(self.urls.as_ref())?;
        Some(TypeSchema::of(about.declaration.id, Audience::Administrator, urls))
    }

    /// The whole address of the request without its query.
    pub(super) fn address(&self) -> Option<String> {
        let root = self.urls.as_ref()?.root();
        Some(format!("{}{}", root.strip_suffix('/').unwrap_or(&root), self.path))
    }

    /// An address of ours as a link; what leads elsewhere is none.
    pub(super) fn link(&self, address: &Value) -> Option<String> {
        let (address, urls) = address.as_str().zip(self.urls.as_ref())?;
        address.starts_with(&urls.root()).then(|| address.to_owned())
    }
}

/// What a browser's date field gives is meant in UTC; the page says so.
fn in_utc(text: &str) -> String {
    match (text.len(), text.contains('T')) {
        (16, true) => format!("{text}:00Z"),
        (19..=23, true) if !text.ends_with('Z') => format!("{text}Z"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_a_browser_is_meant_in_utc() {
        assert_eq!(in_utc("2027-01-01T10:30"), "2027-01-01T10:30:00Z");
        assert_eq!(in_utc("2027-01-01T10:30:15"), "2027-01-01T10:30:15Z");
        assert_eq!(in_utc("2027-01-01T10:30:15.250"), "2027-01-01T10:30:15.250Z");
        assert_eq!(in_utc("2027-01-01T10:30:15Z"), "2027-01-01T10:30:15Z");
        assert_eq!(in_utc("2027-01-01T10:30:15+01:00"), "2027-01-01T10:30:15+01:00");
        assert_eq!(in_utc("tomorrow"), "tomorrow");
    }
}
