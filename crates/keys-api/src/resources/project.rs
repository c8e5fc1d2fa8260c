//! Environments, which the dialect calls projects.

use super::{ProjectMember, STATES, TRANSITIONING};
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
        /// Who is a member, as what, when it is made; without it whoever makes it is its owner. Never shown: see
        /// `projectMembers`.
        members: Option<Vec<ProjectMember>> = Field::document("members", "array[projectMember]").on_create();
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
            Action::plain("activate", "account"),
            Action::plain("deactivate", "account"),
            Action::plain("remove", "account"),
            Action::plain("restore", "account"),
            Action {
                name: "setmembers",
                input: Some("setProjectMembersInput"),
                output: "setProjectMembersInput",
            },
            Action::plain("update", "account"),
        ],
        administrator: Methods::ALL,
        person: Some(Methods::ALL),
        owner: Some(Methods::CHANGE),
        ..Declaration::readable("project", "projects")
    }
}
