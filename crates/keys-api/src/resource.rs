//! What every resource has, and how one declaration becomes a type, a document and a schema.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::date::Date;
use crate::declaration::Declaration;
use crate::resources::{Identity, ProjectMember};

/// Names and absolute URLs.
pub type Links = BTreeMap<String, String>;

/// A type of the dialect.
pub trait Resource: Serialize {
    /// All that is declared of it.
    const DECLARATION: Declaration;
}

/// A field as it is written into a document: one member, or, for a date, two.
pub(crate) trait WireField {
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error>;
}

impl WireField for Option<String> {
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl WireField for Option<i64> {
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl WireField for Option<bool> {
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl WireField for Option<Identity> {
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl WireField for Option<Vec<Identity>> {
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl WireField for Option<BTreeMap<String, String>> {
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl WireField for Option<Vec<ProjectMember>> {
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl WireField for Option<Date> {
    /// A date that is there is followed by its twin.
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, &self.as_ref().map(Date::as_str))?;
        match self.as_ref().and_then(Date::millis) {
            Some(millis) => map.serialize_entry(&format!("{name}TS"), &millis),
            None => Ok(()),
        }
    }
}

/// Writes a resource: `id`, `type`, `links` and `actions`, then the declared fields in their order.
pub(crate) fn write_resource<S: Serializer>(
    serializer: S,
    head: (&str, &str, &Links, &Links),
    fields: impl FnOnce(&mut S::SerializeMap) -> Result<(), S::Error>,
) -> Result<S::Ok, S::Error> {
    let (id, type_name, links, actions) = head;
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("id", id)?;
    map.serialize_entry("type", type_name)?;
    map.serialize_entry("links", links)?;
    map.serialize_entry("actions", actions)?;
    fields(&mut map)?;
    map.end()
}

/// Declares a resource once: its type in Rust, its document, the fields of its schema, and what all of them mean: the
/// documentation in Rust is the help that the dialect gives.
///
/// Fields stand in the order of the document: `name`, `state`, then the rest by alphabet.
macro_rules! resource {
    (
        $(#[doc = $doc:literal])*
        $name:ident {
            $($(#[doc = $field_doc:literal])* $field:ident: $type:ty = $field_spec:expr;)*
        }
        $declaration:expr
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// Its id.
            pub id: String,
            /// The id of its schema.
            #[serde(rename = "type")]
            pub type_name: String,
            /// What it leads to.
            #[serde(default)]
            pub links: $crate::resource::Links,
            /// What can be done with it now, by this caller.
            #[serde(default)]
            pub actions: $crate::resource::Links,
            $($(#[doc = $field_doc])* #[serde(default)] pub $field: $type,)*
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let head = (self.id.as_str(), self.type_name.as_str(), &self.links, &self.actions);
                $crate::resource::write_resource(serializer, head, |map| {
                    let _ = &map;
                    $($crate::resource::WireField::write(&self.$field, $field_spec.name, map)?;)*
                    Ok(())
                })
            }
        }

        impl $crate::resource::Resource for $name {
            const DECLARATION: $crate::declaration::Declaration = $crate::declaration::Declaration {
                fields: &[$($crate::declaration::Field { help: concat!($($field_doc),*), ..$field_spec }),*],
                help: concat!($($doc),*),
                ..$declaration
            };
        }
    };
}
pub(crate) use resource;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro declares what others import; nobody imports these")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Audience, Field, Modifier, openapi};

    resource! {
        /// A thing.
        Thing {
            /// Its name.
            name: Option<String> = Field::text("name", 255).editable();
        }
        Declaration::readable("thing", "things")
    }

    mod later {
        use super::*;

        resource! {
            /// A thing.
            Thing {
                /// Its name.
                name: Option<String> = Field::text("name", 255).editable();
                /// Since when.
                since: Option<Date> = Field::date("since");
            }
            Declaration::readable("thing", "things")
        }
    }

    /// One line in the declaration, and the document, the schema, the filters and the help have it.
    #[test]
    fn a_field_is_one_line() {
        let thing: Thing = serde_json::from_str(r#"{"id":"1t1","type":"thing","name":"x"}"#).unwrap();
        let later: later::Thing =
            serde_json::from_str(r#"{"id":"1t1","type":"thing","name":"x","since":"2016-04-02T10:11:12Z"}"#)
                .unwrap();
        assert_eq!(
            serde_json::to_string(&thing).unwrap(),
            r#"{"id":"1t1","type":"thing","links":{},"actions":{},"name":"x"}"#
        );
        assert_eq!(
            serde_json::to_string(&later).unwrap(),
            r#"{"id":"1t1","type":"thing","links":{},"actions":{},"name":"x","since":"2016-04-02T10:11:12Z"}"#
        );
        let schema = |declaration: &Declaration| declaration.schema(Audience::Member, ToOwned::to_owned);
        let (before, after) = (schema(&Thing::DECLARATION), schema(&later::Thing::DECLARATION));
        let new = |before: BTreeSet<String>, after: BTreeSet<String>| -> Vec<String> {
            after.difference(&before).cloned().collect()
        };
        let fields = |schema: &crate::Schema| schema.resource_fields.keys().cloned().collect();
        let filters = |schema: &crate::Schema| schema.collection_filters.keys().cloned().collect();
        assert_eq!(new(fields(&before), fields(&after)), ["since"]);
        assert_eq!(new(filters(&before), filters(&after)), ["since"]);
        let since = later::Thing::DECLARATION.fields.last().unwrap();
        assert_eq!(
            (since.kind, since.help.trim(), since.filters),
            ("date", "Since when.", Modifier::ORDERED)
        );
    }

    #[test]
    fn the_openapi_document_has_every_field_of_every_type() {
        let document = openapi();
        for declaration in crate::declarations() {
            let shown = &document["components"]["schemas"][declaration.id]["properties"];
            for field in declaration.all_fields() {
                assert!(shown[field.name].is_object(), "{}.{}", declaration.id, field.name);
            }
        }
    }
}
