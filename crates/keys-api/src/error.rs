//! What every refusal and failure looks like.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The body of every answer whose status is 400 or above.
///
/// ```
/// use keys_api::ErrorObject;
///
/// let error = ErrorObject::new("0d0f-1", 404, "Not Found");
/// let body = r#"{"id":"0d0f-1","type":"error","links":{},"actions":{},"status":404,"code":"Not Found","message":"Not Found","detail":null}"#;
/// assert_eq!(serde_json::to_string(&error)?, body);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorObject {
    /// The id of the request that failed, for whoever looks into the server's log.
    #[serde(default)]
    pub id: String,
    /// Always `error`.
    #[serde(rename = "type", default)]
    pub type_name: String,
    /// Always empty.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Always empty.
    #[serde(default)]
    pub actions: BTreeMap<String, String>,
    /// The status of the answer.
    pub status: u16,
    /// What went wrong, in a word that does not change.
    pub code: String,
    /// The status in words; `None` when the code says what to correct.
    #[serde(default)]
    pub message: Option<String>,
    /// What happened and what to do, for people.
    #[serde(default)]
    pub detail: Option<String>,
    /// Which field is to be corrected. `Some(None)` is an explicit `null`.
    #[serde(
        rename = "fieldName",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub field_name: Option<Option<String>>,
}

/// Keeps `null` apart from an absent member: serde reads both as `None` otherwise.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

impl ErrorObject {
    /// An error whose code is the status in words.
    #[must_use]
    pub fn new(id: impl Into<String>, status: u16, code: &str) -> Self {
        Self {
            id: id.into(),
            type_name: "error".to_owned(),
            links: BTreeMap::new(),
            actions: BTreeMap::new(),
            status,
            code: code.to_owned(),
            message: Some(code.to_owned()),
            detail: None,
            field_name: None,
        }
    }

    /// An error of validation: a code of its own, no message, and the field to correct if there is one.
    #[must_use]
    pub fn validation(id: impl Into<String>, status: u16, code: &str, field_name: Option<&str>) -> Self {
        Self { message: None, field_name: Some(field_name.map(str::to_owned)), ..Self::new(id, status, code) }
    }

    /// The error with a text for people.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }
}

/// The body of a refusal or failure beside the dialect: problem details (RFC 9457). Its `type` is left out, which means
/// `about:blank`: the status says what kind of problem it is.
///
/// ```
/// use keys_api::ProblemDetails;
///
/// let problem = ProblemDetails::new("0d0f-1", 404, "Not Found", None);
/// let body = r#"{"title":"Not Found","status":404,"code":"Not Found","requestId":"0d0f-1"}"#;
/// assert_eq!(serde_json::to_string(&problem)?, body);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemDetails {
    /// The status in words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What happened and what to do, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What went wrong, in a word that does not change.
    pub code: String,
    /// The id of the request that failed, for whoever looks into the server's log.
    #[serde(rename = "requestId")]
    pub request_id: String,
}

impl ProblemDetails {
    /// A problem of this status, with the code an error object would have.
    #[must_use]
    pub fn new(request_id: impl Into<String>, status: u16, code: &str, detail: Option<&str>) -> Self {
        Self {
            title: code.to_owned(),
            status,
            detail: detail.map(str::to_owned),
            code: code.to_owned(),
            request_id: request_id.into(),
        }
    }
}
