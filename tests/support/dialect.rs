//! The few requests of the `/v1` dialect that most tests begin with.

use std::fmt;

use serde_json::json;

use crate::client::Client;

/// A key as its creation answered it: the only time its secret is shown. `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Its id, `1c7`.
    pub id: String,
    /// Its access key.
    pub access_key: String,
    /// Its secret key.
    pub secret_key: String,
    /// Its path, `/v1/apikeys/1c7` or within a project.
    pub path: String,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} at {})", self.access_key, self.path)
    }
}

impl Key {
    /// A client like `client` that presents this key.
    #[must_use]
    pub fn client(&self, client: &Client) -> Client {
        client.with_key(&self.access_key, &self.secret_key)
    }

    /// The path of an action on it.
    #[must_use]
    pub fn action(&self, action: &str) -> String {
        format!("{}/?action={action}", self.path)
    }
}

/// Creates a key in a collection (`/v1/apikeys`, `/v1/projects/1a5/apikeys`).
///
/// # Panics
///
/// When the answer is not 201.
#[must_use]
#[track_caller]
pub fn create_key(client: &Client, collection: &str, name: &str) -> Key {
    let created = client.post(collection, &json!({ "name": name })).expect(201);
    let id = created.field("id");
    Key {
        path: format!("{collection}/{id}"),
        id,
        access_key: created.field("publicValue"),
        secret_key: created.field("secretValue"),
    }
}

/// Switches access control on; `client` must act as the administrator, and account 1a1 must have an Active key.
///
/// # Panics
///
/// When the answer is not 200.
#[track_caller]
pub fn enable_access_control(client: &Client) {
    switch_access_control(client, "true");
}

/// Switches access control off.
///
/// # Panics
///
/// When the answer is not 200.
#[track_caller]
pub fn disable_access_control(client: &Client) {
    switch_access_control(client, "false");
}

#[track_caller]
fn switch_access_control(client: &Client, value: &str) {
    let answer = client.put("/v1/settings/api.security.enabled", &json!({ "value": value })).expect(200);
    assert_eq!(answer.field("value"), value);
}
