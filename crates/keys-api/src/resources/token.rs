//! Logging in: what a page asks before anything else.

use super::Identity;
use crate::declaration::{Declaration, Field, Methods, Verb};
use crate::resource::resource;

resource! {
    /// How one logs in, told without authentication; and, in the answer to a log-in, who one is then. DELETE the list to log
    /// out.
    Token {
        /// Who has logged in.
        account_id: Option<String> = Field::reference("accountId", "reference[account]").unfiltered();
        /// Who checks a log-in: `localauthconfig` for passwords that are kept here, `none` while nobody does.
        auth_provider: Option<String> = Field::text("authProvider", 255).unfiltered();
        /// The log-in name, a colon, and the password; never shown.
        code: Option<String> = Field::text("code", 1024).on_create().demanded().unfiltered();
        /// Whether one can log in.
        enabled: Option<bool> = Field::boolean("enabled");
        /// Who one is.
        identities: Option<Vec<Identity>> = Field::document("identities", "array[identity]");
        /// What to present from now on, as `Authorization: Bearer` or as the cookie `token`; shown in the answer to the
        /// log-in and nowhere else.
        jwt: Option<String> = Field::text("jwt", 255).unfiltered();
        /// Whether callers need a credential.
        security: Option<bool> = Field::boolean("security");
        /// The log-in name.
        user: Option<String> = Field::text("user", 255).unfiltered();
        /// Who one is.
        user_identity: Option<Identity> = Field::document("userIdentity", "identity");
        /// `admin` or `user`.
        user_type: Option<String> = Field::text("userType", 255).unfiltered();
    }
    Declaration {
        filtered: false,
        // A list with one in it that has no address of its own.
        administrator: Methods { collection: &[Verb::Get, Verb::Post, Verb::Delete], resource: &[], actions: false },
        principal: Methods { collection: &[Verb::Get, Verb::Post, Verb::Delete], resource: &[], actions: false },
        // Logging out is everybody's own.
        reader: Some(Methods {
            collection: &[Verb::Get, Verb::Post, Verb::Delete],
            resource: &[],
            actions: false,
        }),
        ..Declaration::readable("token", "tokens")
    }
}
