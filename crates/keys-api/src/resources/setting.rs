//! Settings of the whole installation.

use crate::declaration::{Declaration, Field, Methods, Verb};
use crate::resource::resource;

resource! {
    /// A setting of the whole installation.
    Setting {
        /// Its name, which is also its id.
        name: Option<String> = Field::text("name", 255).unfiltered();
        /// Its value.
        value: Option<String> = Field::text("value", 255).update_only().unfiltered();
    }
    Declaration {
        filtered: false,
        administrator: Methods {
            collection: &[Verb::Get],
            resource: &[Verb::Get, Verb::Put],
            actions: false,
        },
        ..Declaration::readable("setting", "settings")
    }
}
