//! What the action `setmembers` of an environment takes.

use super::ProjectMember;
use crate::declaration::{Declaration, Field, Methods};
use crate::resource::resource;

resource! {
    /// The members an environment shall have, and nobody else. Of each `externalId`, `externalIdType` and `role` count; one
    /// of them must be an owner.
    SetProjectMembersInput {
        /// Who shall be a member.
        members: Option<Vec<ProjectMember>> =
            Field::document("members", "array[projectMember]").on_create().demanded();
    }
    Declaration {
        filtered: false,
        administrator: Methods::NONE,
        principal: Methods::NONE,
        is_input: true,
        ..Declaration::readable("setProjectMembersInput", "setProjectMembersInputs")
    }
}
