//! What the caller's schema says of a type: the same document `/v1/schemas/{type}` shows, read for forms and tables.

use keys_api::{Audience, declarations};
use serde_json::{Map, Value};

use crate::dialect::urls::Urls;

/// The schema of a type, as a caller may use it.
#[derive(Debug, Clone, Default)]
pub(super) struct TypeSchema(Value);

impl TypeSchema {
    /// The schema of the type with this id; an empty one if there is none.
    pub(super) fn of(id: &str, audience: Audience, urls: &Urls) -> Self {
        let declaration = declarations().into_iter().find(|declaration| declaration.id == id);
        let document = declaration.and_then(|declaration| {
            serde_json::to_value(declaration.schema(audience, |path| urls.of(path))).ok()
        });
        Self(document.unwrap_or_default())
    }

    /// What many of it are called.
    pub(super) fn plural(&self) -> Option<&str> {
        self.0.get("pluralName").and_then(Value::as_str)
    }

    /// What is said of a field.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.0.get("resourceFields")?.get(name)
    }

    /// The type of a field.
    pub(super) fn kind(&self, name: &str) -> Option<&str> {
        self.field(name)?.get("type")?.as_str()
    }

    /// Whether anybody can fill a field in, when one is made or later.
    pub(super) fn is_settable(&self, name: &str) -> bool {
        let says = |word| self.field(name).and_then(|field| field.get(word)).and_then(Value::as_bool);
        says("create") == Some(true) || says("update") == Some(true)
    }

    /// All fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&String, &Value)> {
        members(&self.0, "resourceFields")
    }

    /// Every filter with its modifiers.
    pub(super) fn filters(&self) -> impl Iterator<Item = (&String, Vec<&str>)> {
        members(&self.0, "collectionFilters").map(|(name, filter)| {
            let modifiers = filter.get("modifiers").and_then(Value::as_array);
            (name, modifiers.into_iter().flatten().filter_map(Value::as_str).collect())
        })
    }

    /// Whether its list takes a method.
    pub(super) fn list_takes(&self, method: &str) -> bool {
        self.has("collectionMethods", method)
    }

    /// Whether one of it takes a method.
    pub(super) fn one_takes(&self, method: &str) -> bool {
        self.has("resourceMethods", method)
    }

    /// Whether an action can be taken without saying more.
    pub(super) fn acts_alone(&self, action: &str) -> bool {
        let declared = self.0.get("resourceActions").and_then(|actions| actions.get(action));
        declared.is_some_and(|action| action.get("input").is_none_or(Value::is_null))
    }

    /// Whether there is an action of this name, in whatever state.
    pub(super) fn has_action(&self, action: &str) -> bool {
        self.0.get("resourceActions").and_then(|actions| actions.get(action)).is_some()
    }

    fn has(&self, list: &str, method: &str) -> bool {
        let methods = self.0.get(list).and_then(Value::as_array);
        methods.is_some_and(|methods| methods.iter().any(|own| own.as_str() == Some(method)))
    }
}

/// The members of an object in a document; of anything else, none.
pub(super) fn members<'a>(document: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    document.get(name).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}
