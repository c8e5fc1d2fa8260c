//! API keys.

use super::{STATES, TRANSITIONING};
use crate::date::Date;
use crate::declaration::{Action, Declaration, Field, Link, Methods};
use crate::resource::resource;

resource! {
    /// An API key. The access key is `publicValue`; the secret key is `secretValue`, in the answer to the create and
    /// nowhere else.
    ApiKey {
        /// Its name.
        name: Option<String> = Field::text("name", 255).editable();
        /// `active`, `inactive` or `removed`.
        state: Option<String> = Field::word("state", STATES);
        /// Whom it belongs to: an environment or an account. An administrator outside any environment may say it; from
        /// anybody else it is ignored, and the key belongs to whom its maker acts as.
        account_id: Option<String> =
            Field::reference("accountId", "reference[account]").on_create().by_administrators();
        /// When it was made.
        created: Option<Date> = Field::date("created");
        /// Who made it.
        creator_id: Option<String> = Field::reference("creatorId", "reference[account]");
        /// Its description.
        description: Option<String> = Field::text("description", 1024).editable();
        /// From when on it is refused.
        expires_at: Option<Date> = Field::date("expiresAt").on_create();
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
        links: &[Link::ACCOUNT],
        actions: &[
            Action::plain("activate", "credential"),
            Action::plain("deactivate", "credential"),
            Action::plain("remove", "credential"),
            Action::plain("update", "credential"),
        ],
        administrator: Methods::ALL,
        principal: Methods::ALL,
        ..Declaration::readable("apiKey", "apiKeys")
    }
}
