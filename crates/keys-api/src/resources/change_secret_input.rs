//! What the action `changesecret` of a password takes.

use crate::declaration::{Declaration, Field, Methods};
use crate::resource::resource;

resource! {
    /// The password a person has, and the one it shall have.
    ChangeSecretInput {
        /// The password it shall have, 8 to 256 characters.
        new_secret: Option<String> = Field::hidden("newSecret").on_create().demanded();
        /// The password it has.
        old_secret: Option<String> = Field::hidden("oldSecret").on_create().demanded();
    }
    Declaration {
        filtered: false,
        administrator: Methods::NONE,
        principal: Methods::NONE,
        is_input: true,
        ..Declaration::readable("changeSecretInput", "changeSecretInputs")
    }
}
