//! What is declared of each type: the one place documents, schemas, filters, links and method checks come from.

use serde::{Deserialize, Serialize};

/// For whom a schema is written: what a caller may not do is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Who acts as an administrator, outside any environment.
    Administrator,
    /// Another person, outside any environment.
    Person,
    /// Who has entered an environment as an owner of it.
    Owner,
    /// Who has entered an environment as a member of it, and an environment's own key.
    Member,
    /// Who has entered an environment to read.
    Reader,
}

impl Audience {
    /// Every audience, the one that may most first.
    pub const ALL: [Self; 5] = [Self::Administrator, Self::Person, Self::Owner, Self::Member, Self::Reader];
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
    /// Nothing: the type is not there for the audience.
    pub const NONE: Self = Self { collection: &[], resource: &[], actions: false };
    /// As an environment is seen from inside by those who may change it.
    pub const CHANGE: Self =
        Self { collection: &[Verb::Get], resource: &[Verb::Get, Verb::Put, Verb::Delete], actions: true };
    /// Everything.
    pub const ALL: Self = Self {
        collection: &[Verb::Get, Verb::Post],
        resource: &[Verb::Get, Verb::Put, Verb::Delete],
        actions: true,
    };

    /// What is left of it for who may read only.
    #[must_use]
    pub const fn reading(self) -> Self {
        const fn read(verbs: &[Verb]) -> &'static [Verb] {
            if verbs.is_empty() { &[] } else { &[Verb::Get] }
        }
        Self { collection: read(self.collection), resource: read(self.resource), actions: false }
    }
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
    /// Whether only an administrator may set it.
    pub by_administrators: bool,
    /// The most characters.
    pub max_length: Option<u32>,
    /// The only values it takes, if they are counted.
    pub options: &'static [&'static str],
    /// How lists can be filtered by it; empty when they cannot.
    pub filters: &'static [Modifier],
    /// What it means, for people.
    pub help: &'static str,
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
            by_administrators: false,
            max_length: None,
            options: &[],
            filters,
            help: "",
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

    /// Yes or no.
    #[must_use]
    pub const fn boolean(name: &'static str) -> Self {
        Self::new(name, "boolean", &[])
    }

    /// Texts by name.
    #[must_use]
    pub const fn map(name: &'static str) -> Self {
        Self::new(name, "map[string]", &[])
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

    /// A secret that is never shown.
    #[must_use]
    pub const fn hidden(name: &'static str) -> Self {
        Self::new(name, "password", &[])
    }

    /// Documents of another type inside this one; `kind` is its name, or `array[…]`.
    #[must_use]
    pub const fn document(name: &'static str, kind: &'static str) -> Self {
        Self::new(name, kind, &[])
    }

    /// The field, which a create must set.
    #[must_use]
    pub const fn demanded(self) -> Self {
        Self { required: true, ..self }
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

    /// The field, settable by administrators only.
    #[must_use]
    pub const fn by_administrators(self) -> Self {
        Self { by_administrators: true, ..self }
    }

    /// The field, settable on edit only.
    #[must_use]
    pub const fn on_edit(self) -> Self {
        Self { update: true, ..self }
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
    /// The type of what it takes; `None` when it takes nothing.
    pub input: Option<&'static str>,
    /// The type of its answer.
    pub output: &'static str,
}

impl Action {
    /// An action that takes nothing.
    #[must_use]
    pub const fn plain(name: &'static str, output: &'static str) -> Self {
        Self { name, input: None, output }
    }
}

/// A link of a type to one other resource: `GET {self}/{name}` gives it, and `?include={name}` nests it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link {
    /// Its name in `links`.
    pub name: &'static str,
    /// The type it leads to.
    pub to: &'static str,
    /// The field that holds the id of what it leads to.
    pub field: &'static str,
}

impl Link {
    /// To the account or environment that something belongs to.
    pub const ACCOUNT: Self = Self { name: "account", to: "account", field: "accountId" };
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
    /// What an administrator may do.
    pub administrator: Methods,
    /// What another person may do, outside any environment; `None` when as `principal`.
    pub person: Option<Methods>,
    /// What an owner may do, inside the environment; `None` when as `principal`.
    pub owner: Option<Methods>,
    /// What may do who has entered an environment to read; `None` when what is left of `principal` for one who reads.
    pub reader: Option<Methods>,
    /// What other principals may do.
    pub principal: Methods,
    /// Whether it is only what an action takes, and nothing that can be asked for.
    pub is_input: bool,
    /// What each of it leads to, one resource each.
    pub links: &'static [Link],
    /// What it is, for people.
    pub help: &'static str,
}

/// The field every type has.
const ID: Field = Field { nullable: true, help: "Its id.", ..Field::new("id", "int", Modifier::ORDERED) };

impl Declaration {
    /// A type that everybody may list, filter and read, without fields, links and actions.
    #[must_use]
    pub const fn readable(id: &'static str, plural: &'static str) -> Self {
        Self {
            id,
            plural,
            fields: &[],
            filtered: true,
            actions: &[],
            administrator: Methods::READ,
            person: None,
            owner: None,
            reader: None,
            principal: Methods::READ,
            is_input: false,
            links: &[],
            help: "",
        }
    }

    /// Whether the type is there for this audience at all.
    #[must_use]
    pub const fn is_offered(&self, audience: Audience) -> bool {
        let methods = self.methods(audience);
        !methods.collection.is_empty() || !methods.resource.is_empty()
    }

    /// The link of this name, in any letter case.
    #[must_use]
    pub fn link(&self, name: &str) -> Option<&'static Link> {
        self.links.iter().find(|link| link.name.eq_ignore_ascii_case(name))
    }

    /// What this audience may do.
    #[must_use]
    pub const fn methods(&self, audience: Audience) -> Methods {
        let other = match audience {
            Audience::Administrator => return self.administrator,
            Audience::Reader => match self.reader {
                Some(methods) => return methods,
                None => return self.principal.reading(),
            },
            Audience::Member => None,
            Audience::Person => self.person,
            Audience::Owner => self.owner,
        };
        match other {
            Some(methods) => methods,
            None => self.principal,
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
}
