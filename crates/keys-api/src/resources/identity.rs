//! Identities: who somebody is.

use crate::declaration::{Declaration, Field};
use crate::resource::resource;

resource! {
    /// Who somebody is: the caller itself, and for whoever may name members all who can be one.
    Identity {
        /// The name to show.
        name: Option<String> = Field::text("name", 255);
        /// The id in the words of `externalIdType`.
        external_id: Option<String> = Field::text("externalId", 255);
        /// Who vouches: always `rancher_id`, the accounts of this installation.
        external_id_type: Option<String> = Field::text("externalIdType", 255);
        /// The name to log in by; `None` while nobody logs in.
        login: Option<String> = Field::text("login", 255);
        /// Always `None`.
        profile_picture: Option<String> = Field::text("profilePicture", 255).unfiltered();
        /// Always `None`.
        profile_url: Option<String> = Field::text("profileUrl", 255).unfiltered();
        /// Whether it is a person, not a group; always `true`.
        user: Option<bool> = Field::boolean("user");
    }
    Declaration::readable("identity", "identities")
}
