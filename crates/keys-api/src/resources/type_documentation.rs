//! Help for people: what types and fields mean.

use std::collections::BTreeMap;

use crate::declaration::{Declaration, Field};
use crate::resource::resource;

resource! {
    /// What a type and its fields mean, for people.
    TypeDocumentation {
        /// What the type is.
        description: Option<String> = Field::text("description", 1024).unfiltered();
        /// What each field means.
        resource_fields: Option<BTreeMap<String, String>> = Field::map("resourceFields");
    }
    Declaration { filtered: false, ..Declaration::readable("typeDocumentation", "typeDocumentations") }
}
