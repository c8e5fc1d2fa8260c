//! What is declared of each type, and the schema documents made from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::{Links, Resource};
use crate::resources::{ApiKey, Project, Setting};

/// For whom a schema is written: what a caller may not do is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Who acts as the administrator, outside any environment.
    Administrator,
    /// Who acts as an environment or as another account.
    Principal,
}

/// A method of HTTP that the dialect knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    /// Read. `HEAD` goes with it.
    Get,
    /// Create, or act.
    Post,
    /// Edit.
    Put,
    /// Delete.
    Delete,
}

impl Verb {
    /// As it stands in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Which methods a type has for an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Methods {
    /// On its collection.
    pub collection: &'static [Verb],
    /// On one of it.
    pub resource: &'static [Verb],
    /// Whether its actions may be taken.
    pub actions: bool,
}

impl Methods {
    /// Reading only.
    pub const READ: Self = Self { collection: &[Verb::Get], resource: &[Verb::Get], actions: false };
    /// Everything.
    pub const ALL: Self = Self {
        collection: &[Verb::Get, Verb::Post],
        resource: &[Verb::Get, Verb::Put, Verb::Delete],
        actions: true,
    };
}

/// How a filter compares: the part of `name_like=` behind the last underscore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Modifier {
    /// Equal; also meant when there is no modifier.
    Eq,
    /// Different.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Begins with.
    Prefix,
    /// Matches a pattern, `%` for any characters and `_` for one.
    Like,
    /// Does not match a pattern.
    Notlike,
    /// Absent; the value is ignored.
    Null,
    /// There; the value is ignored.
    Notnull,
}

impl Modifier {
    /// What text fields have.
    pub const TEXT: &'static [Self] =
        &[Self::Eq, Self::Ne, Self::Prefix, Self::Like, Self::Notlike, Self::Null, Self::Notnull];
    /// What states and references have.
    pub const WORD: &'static [Self] = &[Self::Eq, Self::Ne, Self::Null, Self::Notnull];
    /// What dates and ids have.
    pub const ORDERED: &'static [Self] =
        &[Self::Eq, Self::Ne, Self::Lt, Self::Lte, Self::Gt, Self::Gte, Self::Null, Self::Notnull];

    /// As it stands in a query.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Prefix => "prefix",
            Self::Like => "like",
            Self::Notlike => "notlike",
            Self::Null => "null",
            Self::Notnull => "notnull",
        }
    }
}

/// All that is declared of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its type, in the dialect's words.
    pub kind: &'static str,
    /// Whether it can be `null`.
    pub nullable: bool,
    /// Whether a create may set it.
    pub create: bool,
    /// Whether an edit may set it.
    pub update: bool,
    /// Whether a create must set it.
    pub required: bool,
    /// Whether only the answer to the create shows it.
    pub read_on_create_only: bool,
    /// The most characters.
    pub max_length: Option<u32>,
    /// The only values it takes, if they are counted.
    pub options: &'static [&'static str],
    /// How lists can be filtered by it; empty when they cannot.
    pub filters: &'static [Modifier],
}

impl Field {
    const fn new(name: &'static str, kind: &'static str, filters: &'static [Modifier]) -> Self {
        Self {
            name,
            kind,
            nullable: true,
            create: false,
            update: false,
            required: false,
            read_on_create_only: false,
            max_length: None,
            options: &[],
            filters,
        }
    }

    /// Text, read-only until said otherwise.
    #[must_use]
    pub const fn text(name: &'static str, max_length: u32) -> Self {
        Self { max_length: Some(max_length), ..Self::new(name, "string", Modifier::TEXT) }
    }

    /// A date.
    #[must_use]
    pub const fn date(name: &'static str) -> Self {
        Self::new(name, "date", Modifier::ORDERED)
    }

    /// A whole number.
    #[must_use]
    pub const fn int(name: &'static str) -> Self {
        Self::new(name, "int", Modifier::ORDERED)
    }

    /// A reference to a resource; `kind` is `reference[…]`.
    #[must_use]
    pub const fn reference(name: &'static str, kind: &'static str) -> Self {
        Self::new(name, kind, Modifier::WORD)
    }

    /// One of a few words.
    #[must_use]
    pub const fn word(name: &'static str, options: &'static [&'static str]) -> Self {
        Self { nullable: false, options, ..Self::new(name, "enum", Modifier::WORD) }
    }

    /// The one field whose value is shown once.
    #[must_use]
    pub const fn secret(name: &'static str) -> Self {
        Self { read_on_create_only: true, ..Self::new(name, "password", &[]) }
    }

    /// The field, settable on create.
    #[must_use]
    pub const fn on_create(self) -> Self {
        Self { create: true, ..self }
    }

    /// The field, settable on create and edit.
    #[must_use]
    pub const fn editable(self) -> Self {
        Self { create: true, update: true, ..self }
    }

    /// The field, settable on edit only and never null.
    #[must_use]
    pub const fn update_only(self) -> Self {
        Self { update: true, required: true, nullable: false, ..self }
    }

    /// The field, never used to filter.
    #[must_use]
    pub const fn unfiltered(self) -> Self {
        Self { filters: &[], ..self }
    }
}

/// An action of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// Its name: `?action=name`.
    pub name: &'static str,
    /// The type of its answer.
    pub output: &'static str,
}

/// A filter by name and modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeclaredFilter {
    /// The field.
    pub field: &'static str,
    /// How it can be compared.
    pub modifiers: &'static [Modifier],
}

/// All that is declared of a type: the one place documents, filters and method checks come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declaration {
    /// Its id in camel case; what `type` of a resource says.
    pub id: &'static str,
    /// Its plural in camel case; in URLs, lower case.
    pub plural: &'static str,
    /// Its fields, without `id`.
    pub fields: &'static [Field],
    /// Whether its list can be filtered and sorted.
    pub filtered: bool,
    /// Its actions.
    pub actions: &'static [Action],
    /// What the administrator may do.
    pub administrator: Methods,
    /// What other principals may do.
    pub principal: Methods,
}

/// The field every type has.
const ID: Field = Field { nullable: true, ..Field::new("id", "int", Modifier::ORDERED) };

impl Declaration {
    /// What this audience may do.
    #[must_use]
    pub const fn methods(&self, audience: Audience) -> Methods {
        match audience {
            Audience::Administrator => self.administrator,
            Audience::Principal => self.principal,
        }
    }

    /// Every field, `id` included.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        std::iter::once(&ID).chain(self.fields)
    }

    /// Every filter of its list.
    pub fn filters(&self) -> impl Iterator<Item = DeclaredFilter> + use<> {
        let filtered = self.filtered;
        self.all_fields()
            .filter(move |field| filtered && !field.filters.is_empty())
            .map(|field| DeclaredFilter { field: field.name, modifiers: field.filters })
    }

    /// Whether it is meant by this segment of a path: its id or its plural, in any letter case.
    #[must_use]
    pub fn is_named(&self, segment: &str) -> bool {
        segment.eq_ignore_ascii_case(self.id) || segment.eq_ignore_ascii_case(self.plural)
    }

    /// The schema document for an audience; `url` makes the absolute URL of a path behind the version.
    #[must_use]
    pub fn schema(&self, audience: Audience, url: impl Fn(&str) -> String) -> Schema {
        let methods = self.methods(audience);
        let mut links =
            Links::from([("self".to_owned(), url(&format!("schemas/{}", self.id.to_ascii_lowercase())))]);
        if methods.collection.contains(&Verb::Get) {
            links.insert("collection".to_owned(), url(&self.plural.to_ascii_lowercase()));
        }
        let creates = methods.collection.contains(&Verb::Post);
        let edits = methods.resource.contains(&Verb::Put);
        Schema {
            id: self.id.to_owned(),
            type_name: "schema".to_owned(),
            links,
            actions: Links::new(),
            plural_name: self.plural.to_owned(),
            resource_fields: self
                .all_fields()
                .map(|field| (field.name.to_owned(), SchemaField::new(field, creates, edits)))
                .collect(),
            collection_filters: self
                .filters()
                .map(|filter| (filter.field.to_owned(), SchemaFilter::new(filter.modifiers)))
                .collect(),
            includeable_links: Vec::new(),
            resource_actions: self
                .actions
                .iter()
                .filter(|_| methods.actions)
                .map(|action| {
                    let output = Some(action.output.to_owned());
                    (action.name.to_owned(), SchemaAction { input: None, output })
                })
                .collect(),
            collection_actions: BTreeMap::new(),
            collection_fields: BTreeMap::new(),
            resource_methods: methods.resource.to_vec(),
            collection_methods: methods.collection.to_vec(),
        }
    }
}

/// Every type there is, by id.
#[must_use]
pub const fn declarations() -> [&'static Declaration; 4] {
    [&ApiKey::DECLARATION, &Project::DECLARATION, &Schema::DECLARATION, &Setting::DECLARATION]
}

/// A schema: what a type has and what the caller may do with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// The type's id.
    pub id: String,
    /// Always `schema`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// `self`, and `collection` when it can be listed.
    pub links: Links,
    /// Always empty.
    pub actions: Links,
    /// The plural of the type.
    pub plural_name: String,
    /// Its fields.
    pub resource_fields: BTreeMap<String, SchemaField>,
    /// How its list can be filtered.
    pub collection_filters: BTreeMap<String, SchemaFilter>,
    /// Which links can be included; none yet.
    pub includeable_links: Vec<String>,
    /// What can be done with one of it, its state permitting.
    pub resource_actions: BTreeMap<String, SchemaAction>,
    /// Always empty.
    pub collection_actions: BTreeMap<String, Value>,
    /// Always empty.
    pub collection_fields: BTreeMap<String, Value>,
    /// The methods of one.
    pub resource_methods: Vec<Verb>,
    /// The methods of its list.
    pub collection_methods: Vec<Verb>,
}

impl Resource for Schema {
    const DECLARATION: Declaration = Declaration {
        id: "schema",
        plural: "schemas",
        fields: &[Field { nullable: false, ..Field::text("pluralName", 128) }],
        filtered: false,
        actions: &[],
        administrator: Methods::READ,
        principal: Methods::READ,
    };
}

/// A field in a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaField {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Always `None`.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether a create may set it.
    #[serde(default)]
    pub create: bool,
    /// Whether an edit may set it.
    #[serde(default)]
    pub update: bool,
    /// Whether only the answer to the create shows it.
    #[serde(default)]
    pub read_on_create_only: bool,
    /// Whether it can be `null`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// Whether it must be given.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// The only values it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<String>>,
    /// The most characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
}

impl SchemaField {
    fn new(field: &Field, creates: bool, edits: bool) -> Self {
        Self {
            kind: field.kind.to_owned(),
            description: None,
            create: field.create && creates,
            update: field.update && edits,
            read_on_create_only: field.read_on_create_only,
            nullable: field.nullable,
            required: field.required && (creates || edits),
            options: (!field.options.is_empty())
                .then(|| field.options.iter().map(|option| (*option).to_owned()).collect()),
            max_length: field.max_length,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// A filter in a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaFilter {
    /// How the field can be compared.
    pub modifiers: Vec<String>,
}

impl SchemaFilter {
    fn new(modifiers: &[Modifier]) -> Self {
        Self { modifiers: modifiers.iter().map(|modifier| modifier.as_str().to_owned()).collect() }
    }
}

/// An action in a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaAction {
    /// The type of its input; `None` when it takes none.
    #[serde(default)]
    pub input: Option<String>,
    /// The type of its answer.
    #[serde(default)]
    pub output: Option<String>,
}
