//! Passwords as documents: never what is kept of them.

use keys_api::{Links, Password, Resource as _};
use keys_core::{PasswordRecord, PasswordState};

use super::{Urls, actions, date};

/// A password.
pub(crate) fn password(record: &PasswordRecord, urls: &Urls) -> Password {
    let parts = record.parts();
    let own = urls.of(&format!("passwords/{}", parts.id));
    let (state, removed, acts): (_, _, &[&str]) = match parts.state {
        PasswordState::Active(_) => ("active", None, &["changesecret"]),
        PasswordState::Removed { at } => ("removed", Some(at), &[]),
    };
    Password {
        id: parts.id.to_string(),
        type_name: Password::DECLARATION.id.to_owned(),
        links: Links::from([("self".to_owned(), own.clone())]),
        actions: actions(&own, acts),
        name: None,
        state: Some(state.to_owned()),
        account_id: Some(parts.account.to_string()),
        created: Some(date(parts.created)),
        description: None,
        kind: Some("password".to_owned()),
        public_value: Some(parts.login.to_string()),
        removed: removed.map(date),
        secret_value: None,
    }
}
