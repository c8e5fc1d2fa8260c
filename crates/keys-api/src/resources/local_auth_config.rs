//! Logging in with names and passwords kept here.

use crate::declaration::{Declaration, Field, Methods};
use crate::resource::resource;

resource! {
    /// How people log in with names and passwords kept here.
    LocalAuthConfig {
        /// The name to show of the first administrator.
        name: Option<String> = Field::text("name", 255).unfiltered();
        /// Who may log in: `unrestricted` is everybody with a password.
        access_mode: Option<String> = Field::text("accessMode", 255).unfiltered();
        /// Whether people can log in so.
        enabled: Option<bool> = Field::boolean("enabled");
        /// Never shown.
        password: Option<String> = Field::secret("password");
        /// Never shown.
        username: Option<String> = Field::text("username", 255).unfiltered();
    }
    Declaration {
        filtered: false,
        principal: Methods::NONE,
        ..Declaration::readable("localAuthConfig", "localAuthConfigs")
    }
}
