//! How a request ends when it does not end well.

use std::error::Error;

use crate::{ErrorObject, ProblemDetails};

/// A "no" of the server, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    /// What went wrong, in a word that does not change.
    pub code: String,
    /// The status in words.
    pub message: Option<String>,
    /// What happened and what to do, for people.
    pub detail: Option<String>,
    /// Which field is to be corrected.
    pub field_name: Option<String>,
    /// The id of the request, for whoever looks into the server's log.
    pub request_id: String,
}

impl From<ErrorObject> for Refusal {
    fn from(error: ErrorObject) -> Self {
        let ErrorObject { id, status, code, message, detail, field_name, .. } = error;
        Self { status, code, message, detail, field_name: field_name.flatten(), request_id: id }
    }
}

impl From<ProblemDetails> for Refusal {
    fn from(problem: ProblemDetails) -> Self {
        let ProblemDetails { title, status, detail, code, request_id } = problem;
        Self { status, code, message: Some(title), detail, field_name: None, request_id }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.code)?;
        if let Some(field) = &self.field_name {
            write!(f, " in {field}")?;
        }
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

/// Why a request did not end well. Never holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The server said no.
    #[error("the server refused: {0}")]
    Refused(Box<Refusal>),
    /// The server wants a credential, or another one.
    #[error("{}", if *presented { "the server does not accept the API key" } else { "the server asks for an API key" })]
    Unauthenticated {
        /// Whether one was presented.
        presented: bool,
    },
    /// No connection was made, so nothing happened.
    #[error("the server cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// The connection ended before an answer: a change may have happened or not. Read before deciding anything.
    #[error("the server did not answer; it is unknown whether the request was carried out")]
    NoAnswer(#[source] Box<dyn Error + Send + Sync>),
    /// The key was made by an earlier request under the same idempotency key, and its secret is no longer shown. Delete
    /// it and make another.
    #[error("key {id} was made before, and its secret is no longer shown")]
    SecretGone {
        /// The id of the key.
        id: String,
    },
    /// Something answered, but it does not speak this dialect: another server, a proxy, or another version.
    #[error("what answers there is not an API-key authority: it sent {found}")]
    NotTheAuthority {
        /// The status of the answer, when it was HTTP.
        status: Option<u16>,
        /// What was found instead.
        found: &'static str,
    },
    /// The text cannot be an id, so nothing was asked.
    #[error("not an id")]
    InvalidId,
}

impl ClientError {
    pub(super) const fn not_the_authority(status: Option<u16>, found: &'static str) -> Self {
        Self::NotTheAuthority { status, found }
    }
}
