//! Accounts: those of people, and environments seen as accounts.

use super::{STATES, TRANSITIONING};
use crate::date::Date;
use crate::declaration::{Action, Declaration, Field, Methods, Verb};
use crate::resource::resource;

resource! {
    /// Whom a key belongs to: an environment or the account of a person.
    Account {
        /// Its name.
        name: Option<String> = Field::text("name", 255).editable().by_administrators();
        /// `active`, `inactive` or `removed`.
        state: Option<String> = Field::word("state", STATES);
        /// When it was made.
        created: Option<Date> = Field::date("created");
        /// Where the person begins: an environment that the person may enter. Its own to say.
        default_project_id: Option<String> =
            Field::reference("defaultProjectId", "reference[project]").on_edit().unfiltered();
        /// Its description.
        description: Option<String> = Field::text("description", 1024).editable().by_administrators();
        /// What it is called by the one who vouches for it; always `None`.
        external_id: Option<String> = Field::text("externalId", 255);
        /// Who vouches for it; always `None`.
        external_id_type: Option<String> = Field::text("externalIdType", 128);
        /// `project` for an environment; else `admin`, `system`, `superadmin`, `token` or `user`. A person is `user`, or
        /// `admin` when it administers.
        kind: Option<String> = Field::text("kind", 255).editable().by_administrators();
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
            Action::plain("update", "account"),
        ],
        administrator: Methods::ALL,
        person: Some(Methods { resource: &[Verb::Get, Verb::Put], ..Methods::READ }),
        ..Declaration::readable("account", "accounts")
    }
}
