//! Members of environments.

use super::{STATES, TRANSITIONING};
use crate::date::Date;
use crate::declaration::{Declaration, Field, Link};
use crate::resource::resource;

/// What a member may be, the strongest first.
const ROLES: &[&str] = &["owner", "member", "restricted", "readonly"];

resource! {
    /// Who may enter an environment, and as what.
    ProjectMember {
        /// Always `None`.
        name: Option<String> = Field::text("name", 255);
        /// Always `active`.
        state: Option<String> = Field::word("state", STATES);
        /// Since when.
        created: Option<Date> = Field::date("created");
        /// Always `None`.
        description: Option<String> = Field::text("description", 1024);
        /// Who it is, in the words of `externalIdType`: for `rancher_id`, the id of an account.
        external_id: Option<String> = Field::text("externalId", 255);
        /// Who vouches for the member: `rancher_id` for the accounts of this installation.
        external_id_type: Option<String> = Field::text("externalIdType", 255);
        /// Always `projectMember`.
        kind: Option<String> = Field::text("kind", 255);
        /// The environment.
        project_id: Option<String> = Field::reference("projectId", "reference[project]");
        /// Always `None`: who is no member any more is not shown.
        removed: Option<Date> = Field::date("removed");
        /// `owner`, `member`, `restricted` or `readonly`.
        role: Option<String> = Field::word("role", ROLES);
        /// Always `no`.
        transitioning: Option<String> = Field::word("transitioning", TRANSITIONING).unfiltered();
        /// Always `None`.
        transitioning_message: Option<String> = Field::text("transitioningMessage", 255).unfiltered();
        /// Always `None`.
        transitioning_progress: Option<i64> = Field::int("transitioningProgress").unfiltered();
    }
    Declaration {
        links: &[Link { name: "project", to: "project", field: "projectId" }],
        ..Declaration::readable("projectMember", "projectMembers")
    }
}
