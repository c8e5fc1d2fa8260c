//! Names and passwords of people.

use super::STATES;
use crate::date::Date;
use crate::declaration::{Action, Declaration, Field, Methods, Verb};
use crate::resource::resource;

resource! {
    /// The name and password by which a person logs in. Changing it ends the sessions of its account.
    Password {
        /// Always `None`.
        name: Option<String> = Field::text("name", 255);
        /// `active`, `inactive` or `removed`.
        state: Option<String> = Field::word("state", STATES);
        /// Whose it is.
        account_id: Option<String> = Field::reference("accountId", "reference[account]").on_create();
        /// When it was made.
        created: Option<Date> = Field::date("created");
        /// Always `None`.
        description: Option<String> = Field::text("description", 1024);
        /// Always `password`.
        kind: Option<String> = Field::text("kind", 255);
        /// The name to log in by.
        public_value: Option<String> = Field::text("publicValue", 255).editable().demanded();
        /// When it was deleted.
        removed: Option<Date> = Field::date("removed");
        /// The password, 8 to 256 characters; never shown.
        secret_value: Option<String> = Field::hidden("secretValue").editable().demanded();
    }
    Declaration {
        actions: &[Action {
            name: "changesecret",
            input: Some("changeSecretInput"),
            output: "password",
        }],
        administrator: Methods {
            collection: &[Verb::Get, Verb::Post],
            resource: &[Verb::Get, Verb::Put, Verb::Delete],
            actions: true,
        },
        principal: Methods { collection: &[Verb::Get], resource: &[Verb::Get], actions: true },
        ..Declaration::readable("password", "passwords")
    }
}
