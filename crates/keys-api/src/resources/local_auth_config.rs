//! Logging in with names and passwords kept here.

use super::Identity;
use crate::declaration::{Declaration, Field, Methods, Verb};
use crate::resource::resource;

resource! {
    /// How people log in with names and passwords kept here.
    LocalAuthConfig {
        /// The name to show of the first administrator.
        name: Option<String> = Field::text("name", 255).on_create().unfiltered();
        /// Which people may log in: `unrestricted` is all of them; `restricted` administrators, those who are listed, and
        /// members of an active environment; `required` administrators and those who are listed.
        access_mode: Option<String> = Field::text("accessMode", 255).on_create().unfiltered();
        /// Those who are listed: identities, or their ids.
        allowed_identities: Option<Vec<Identity>> =
            Field::document("allowedIdentities", "array[identity]").on_create();
        /// Whether access control is on. `true` switches it on, `false` off, `null` off and logging in as well.
        enabled: Option<bool> = Field::boolean("enabled").on_create();
        /// The password of the administrator who asks, 8 to 256 characters; never shown.
        password: Option<String> = Field::hidden("password").on_create();
        /// The name that administrator logs in by; never shown.
        username: Option<String> = Field::text("username", 255).on_create().unfiltered();
    }
    Declaration {
        filtered: false,
        administrator: Methods {
            collection: &[Verb::Get, Verb::Post],
            resource: &[Verb::Get],
            actions: false,
        },
        principal: Methods::NONE,
        ..Declaration::readable("localAuthConfig", "localAuthConfigs")
    }
}
