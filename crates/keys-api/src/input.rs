//! What callers send.

use serde::{Deserialize, Serialize};

/// The body of a create of an API key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiKeyInput {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// From when on it is refused, as RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// To whom it shall belong, an administrator's choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
}

/// The body of a create of the account of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccountInput {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `user`, or `admin` for one that administers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// The body of an edit of an account: what is absent stays, `Some(None)` clears.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountEditInput {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Option<String>>,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Option<String>>,
    /// `user` or `admin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where the person begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_project_id: Option<Option<String>>,
}

/// A member as a list of members names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberInput {
    /// Who: the id of an account.
    pub external_id: String,
    /// Who vouches: `rancher_id`, the accounts of this installation.
    pub external_id_type: String,
    /// `owner`, `member`, `restricted` or `readonly`.
    pub role: String,
}

impl MemberInput {
    /// An account of this installation with a role.
    #[must_use]
    pub fn new(account: &str, role: &str) -> Self {
        Self {
            external_id: account.to_owned(),
            external_id_type: "rancher_id".to_owned(),
            role: role.to_owned(),
        }
    }
}

/// The body of the action `setmembers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersInput {
    /// Who shall be a member, and nobody else.
    pub members: Vec<MemberInput>,
}

/// The body of a create of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectInput {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who shall be a member; without it whoever makes it is its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<MemberInput>>,
}

/// The body of an edit: what is absent stays, `Some(None)` clears.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct EditInput {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Option<String>>,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Option<String>>,
}

/// The body of a change of a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingInput {
    /// The new value.
    pub value: String,
}

/// What makes somebody the first administrator: `POST /setup`, beside the dialect. It is borrowed, so that nothing of it
/// is left behind in memory that nobody wipes.
#[derive(Clone, Copy, Serialize)]
pub struct SetUpInput<'a> {
    /// The set-up token, which stands in the server's data directory.
    pub token: &'a str,
    /// The name to log in by.
    pub username: &'a str,
    /// The password.
    pub password: &'a str,
    /// What to call the administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
}

impl std::fmt::Debug for SetUpInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetUpInput(…)")
    }
}
