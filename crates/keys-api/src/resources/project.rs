//! Environments, which the dialect calls projects.

use super::{STATES, TRANSITIONING};
use crate::date::Date;
use crate::declaration::{Action, Declaration, Field, Methods};
use crate::resource::resource;

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
        actions: &[
            Action { name: "activate", input: None, output: "account" },
            Action { name: "deactivate", input: None, output: "account" },
            Action { name: "remove", input: None, output: "account" },
            Action { name: "restore", input: None, output: "account" },
            Action { name: "update", input: None, output: "account" },
        ],
        administrator: Methods::ALL,
        ..Declaration::readable("project", "projects")
    }
}
