//! The absolute addresses in documents: all of them begin where the caller is.

use keys_core::EnvironmentId;

use crate::origin::PublicUrl;

/// Makes addresses that begin like the request's.
#[derive(Debug, Clone)]
pub(crate) struct Urls {
    /// Scheme and host.
    origin: String,
    /// `/v1`, or `/v1/projects/{pid}` inside an environment.
    prefix: String,
}

impl Urls {
    /// For a request to `origin`, within an environment if its path said so.
    pub(crate) fn new(origin: &PublicUrl, within: Option<&str>) -> Self {
        // What is no id of an environment leads nowhere and is not repeated.
        let environment = within.and_then(|id| id.parse::<EnvironmentId>().ok());
        let prefix = environment.map_or_else(|| "/v1".to_owned(), |id| format!("/v1/projects/{id}"));
        Self { origin: origin.to_string(), prefix }
    }

    /// `/`.
    pub(crate) fn root(&self) -> String {
        format!("{}/", self.origin)
    }

    /// The version itself.
    pub(crate) fn version(&self) -> String {
        format!("{}/v1", self.origin)
    }

    /// A path behind the version, or behind the environment of the request.
    pub(crate) fn of(&self, path: &str) -> String {
        format!("{}{}/{path}", self.origin, self.prefix)
    }

    /// A path inside an environment, wherever the request is.
    pub(crate) fn inside(&self, environment: EnvironmentId, path: &str) -> String {
        format!("{}/v1/projects/{environment}/{path}", self.origin)
    }

    /// The schemas the caller should read.
    pub(crate) fn schemas(&self) -> String {
        self.of("schemas")
    }
}
