//! Settings with the values in force.

use crate::declaration::{Declaration, Field};
use crate::resource::resource;

resource! {
    /// A setting with the value in force and where that comes from.
    ActiveSetting {
        /// Its name, which is also its id.
        name: Option<String> = Field::text("name", 255).unfiltered();
        /// The value in force.
        active_value: Option<String> = Field::text("activeValue", 255).unfiltered();
        /// Whether it is kept in the database.
        in_db: Option<bool> = Field::boolean("inDb");
        /// Where the value comes from: `Database` or `Default`.
        source: Option<String> = Field::text("source", 255).unfiltered();
        /// The value as it is set.
        value: Option<String> = Field::text("value", 255).unfiltered();
    }
    Declaration { filtered: false, ..Declaration::readable("activeSetting", "activeSettings") }
}
