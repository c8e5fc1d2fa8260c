//! The types of the dialect, each declared once.

use crate::date::Date;
use crate::resource::resource;
use crate::schema::{Action, Declaration, Field, Methods};

/// The states Rancher v1 declares. Ours are `active`, `inactive` and `removed`: transitions complete at once.
const STATES: &[&str] = &[
    "activating",
    "active",
    "deactivating",
    "inactive",
    "purged",
    "purging",
    "registering",
    "removed",
    "removing",
    "requested",
    "updating-active",
    "updating-inactive",
];

const TRANSITIONING: &[&str] = &["yes", "no", "error"];

resource! {
    /// An API key. The access key is `public_value`; the secret key is `secret_value`, in the answer to the create and
    /// nowhere else.
    ApiKey {
        /// Its name.
        name: Option<String> = Field::text("name", 255).editable();
        /// `active`, `inactive` or `removed`.
        state: Option<String> = Field::word("state", STATES);
        /// Whom it belongs to: an environment or an account.
        account_id: Option<String> = Field::reference("accountId", "reference[account]");
        /// When it was made.
        created: Option<Date> = Field::date("created");
        /// Who made it.
        creator_id: Option<String> = Field::reference("creatorId", "reference[account]").unfiltered();
        /// Its description.
        description: Option<String> = Field::text("description", 1024).editable();
        /// From when on it is refused.
        expires_at: Option<Date> = Field::date("expiresAt").on_create().unfiltered();
        /// Always `apiKey`.
        kind: Option<String> = Field::text("kind", 255);
        /// The access key.
        public_value: Option<String> = Field::text("publicValue", 4096);
        /// When it was deleted.
        removed: Option<Date> = Field::date("removed");
        /// The secret key, once.
        secret_value: Option<String> = Field::secret("secretValue");
        /// Always `no`.
        transitioning: Option<String> = Field::word("transitioning", TRANSITIONING).unfiltered();
        /// Always `None`.
        transitioning_message: Option<String> = Field::text("transitioningMessage", 255).unfiltered();
        /// Always `None`.
        transitioning_progress: Option<i64> = Field::int("transitioningProgress").unfiltered();
        /// Its universal name.
        uuid: Option<String> = Field::text("uuid", 128);
    }
    Declaration {
        id: "apiKey",
        plural: "apiKeys",
        fields: &[],
        filtered: true,
        actions: &[
            Action { name: "activate", output: "apiKey" },
            Action { name: "deactivate", output: "apiKey" },
            Action { name: "remove", output: "apiKey" },
            Action { name: "update", output: "apiKey" },
        ],
        administrator: Methods::ALL,
        principal: Methods::ALL,
    }
}

resource! {
    /// An environment.
    Project {
        /// Its name.
        name: Option<String> = Field::text("name", 255).editable();
        /// `active`, `inactive` or `removed`.
        state: Option<String> = Field::word("state", STATES);
        /// When it was made.
        created: Option<Date> = Field::date("created");
        /// Who made it.
        creator_id: Option<String> = Field::reference("creatorId", "reference[account]").unfiltered();
        /// Its description.
        description: Option<String> = Field::text("description", 1024).editable();
        /// Always `project`.
        kind: Option<String> = Field::text("kind", 255);
        /// When it was removed.
        removed: Option<Date> = Field::date("removed");
        /// Always `no`.
        transitioning: Option<String> = Field::word("transitioning", TRANSITIONING).unfiltered();
        /// Always `None`.
        transitioning_message: Option<String> = Field::text("transitioningMessage", 255).unfiltered();
        /// Always `None`.
        transitioning_progress: Option<i64> = Field::int("transitioningProgress").unfiltered();
        /// Its universal name.
        uuid: Option<String> = Field::text("uuid", 128);
    }
    Declaration {
        id: "project",
        plural: "projects",
        fields: &[],
        filtered: true,
        actions: &[
            Action { name: "activate", output: "project" },
            Action { name: "deactivate", output: "project" },
            Action { name: "remove", output: "project" },
            Action { name: "restore", output: "project" },
            Action { name: "update", output: "project" },
        ],
        administrator: Methods::ALL,
        principal: Methods::READ,
    }
}

resource! {
    /// A setting of the whole installation.
    Setting {
        /// Its name, which is also its id.
        name: Option<String> = Field::text("name", 255).unfiltered();
        /// Its value.
        value: Option<String> = Field::text("value", 255).update_only().unfiltered();
    }
    Declaration {
        id: "setting",
        plural: "settings",
        fields: &[],
        filtered: false,
        actions: &[],
        administrator: Methods {
            collection: &[crate::schema::Verb::Get],
            resource: &[crate::schema::Verb::Get, crate::schema::Verb::Put],
            actions: false,
        },
        principal: Methods::READ,
    }
}

resource! {
    /// A version of the API, with a link to everything the caller may list.
    ApiVersion {}
    Declaration {
        id: "apiVersion",
        plural: "apiVersions",
        fields: &[],
        filtered: false,
        actions: &[],
        administrator: Methods::READ,
        principal: Methods::READ,
    }
}
