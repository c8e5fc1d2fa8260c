//! Names and passwords of people.

use super::STATES;
use crate::date::Date;
use crate::declaration::{Declaration, Field};
use crate::resource::resource;

resource! {
    /// The name and password of a person. There are none while people cannot log in.
    Password {
        /// Its name.
        name: Option<String> = Field::text("name", 255).unfiltered();
        /// `active`, `inactive` or `removed`.
        state: Option<String> = Field::word("state", STATES).unfiltered();
        /// Whose it is.
        account_id: Option<String> = Field::reference("accountId", "reference[account]").unfiltered();
        /// When it was made.
        created: Option<Date> = Field::date("created").unfiltered();
        /// Its description.
        description: Option<String> = Field::text("description", 1024).unfiltered();
        /// Always `password`.
        kind: Option<String> = Field::text("kind", 255).unfiltered();
        /// The name to log in by.
        public_value: Option<String> = Field::text("publicValue", 4096).unfiltered();
        /// When it was deleted.
        removed: Option<Date> = Field::date("removed").unfiltered();
        /// Never shown.
        secret_value: Option<String> = Field::secret("secretValue");
    }
    Declaration { filtered: false, ..Declaration::readable("password", "passwords") }
}
