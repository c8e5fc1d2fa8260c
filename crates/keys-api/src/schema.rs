//! The schema documents, made from what is declared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::declaration::{Audience, Declaration, Field, Modifier, Verb};
use crate::resource::{Links, Resource};
use crate::resources::{
    Account, ActiveSetting, ApiKey, AuditLog, ChangeSecretInput, Credential, Identity, LocalAuthConfig,
    Password, Project, ProjectMember, SetProjectMembersInput, Setting, Token, TypeDocumentation,
};

impl Declaration {
    /// The schema document for an audience; `url` makes the absolute URL of a path behind the version.
    #[must_use]
    pub fn schema(&self, audience: Audience, url: impl Fn(&str) -> String) -> Schema {
        let methods = self.methods(audience);
        let mut links =
            Links::from([("self".to_owned(), url(&format!("schemas/{}", self.id.to_ascii_lowercase())))]);
        if methods.collection.contains(&Verb::Get) {
            links.insert("collection".to_owned(), url(&self.plural.to_ascii_lowercase()));
        }
        let creates = methods.collection.contains(&Verb::Post) || self.is_input;
        let edits = methods.resource.contains(&Verb::Put);
        Schema {
            id: self.id.to_owned(),
            type_name: "schema".to_owned(),
            links,
            actions: Links::new(),
            plural_name: self.plural.to_owned(),
            resource_fields: self
                .all_fields()
                .map(|field| {
                    let may = !field.by_administrators || audience == Audience::Administrator;
                    (field.name.to_owned(), SchemaField::new(field, creates && may, edits && may))
                })
                .collect(),
            collection_filters: self
                .filters()
                .map(|filter| (filter.field.to_owned(), SchemaFilter::new(filter.modifiers)))
                .collect(),
            includeable_links: self.links.iter().map(|link| link.name.to_owned()).collect(),
            resource_actions: self
                .actions
                .iter()
                .filter(|_| methods.actions)
                .map(|action| {
                    let output = Some(action.output.to_owned());
                    let input = action.input.map(ToOwned::to_owned);
                    (action.name.to_owned(), SchemaAction { input, output })
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
pub const fn declarations() -> [&'static Declaration; 16] {
    [
        &Account::DECLARATION,
        &ActiveSetting::DECLARATION,
        &ApiKey::DECLARATION,
        &AuditLog::DECLARATION,
        &ChangeSecretInput::DECLARATION,
        &Credential::DECLARATION,
        &Identity::DECLARATION,
        &LocalAuthConfig::DECLARATION,
        &Password::DECLARATION,
        &Project::DECLARATION,
        &ProjectMember::DECLARATION,
        &Schema::DECLARATION,
        &SetProjectMembersInput::DECLARATION,
        &Setting::DECLARATION,
        &Token::DECLARATION,
        &TypeDocumentation::DECLARATION,
    ]
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
    /// Which links can be included.
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
        fields: &[Field {
            nullable: false,
            help: "The plural of the type.",
            ..Field::text("pluralName", 128).unfiltered()
        }],
        filtered: false,
        help: "A type: what it has, and what the caller may do with it.",
        ..Declaration::readable("schema", "schemas")
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
