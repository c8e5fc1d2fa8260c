//! Logging in: what a page asks before anything else.

use crate::declaration::{Declaration, Field, Methods, Verb};
use crate::resource::resource;

resource! {
    /// How one logs in. Answered without authentication.
    Token {
        /// Who checks a log-in: `none` while nobody does.
        auth_provider: Option<String> = Field::text("authProvider", 255).unfiltered();
        /// Whether one can log in.
        enabled: Option<bool> = Field::boolean("enabled");
        /// Whether callers need a credential.
        security: Option<bool> = Field::boolean("security");
    }
    Declaration {
        filtered: false,
        // A list with one in it that has no address of its own.
        administrator: Methods { collection: &[Verb::Get], resource: &[], actions: false },
        principal: Methods { collection: &[Verb::Get], resource: &[], actions: false },
        ..Declaration::readable("token", "tokens")
    }
}
