//! The absolute addresses in documents: all of them begin where the caller is.

use keys_core::EnvironmentId;

use super::grammar::Version;
use crate::origin::PublicUrl;

/// Makes addresses that begin like the request's.
#[derive(Debug, Clone)]
pub(crate) struct Urls {
    /// Scheme and host.
    origin: String,
    /// The name of the version that was asked for.
    version: Version,
    /// `/v1`, or `/v1/projects/{pid}` inside an environment.
    prefix: String,
}

impl Urls {
    /// For a request to `origin`, within an environment if its path said so.
    pub(crate) fn new(origin: &PublicUrl, version: Version, within: Option<&str>) -> Self {
        // What is no id of an environment leads nowhere and is not repeated.
        let environment = within.and_then(|id| id.parse::<EnvironmentId>().ok());
        let prefix = environment.map_or_else(String::new, |id| format!("/projects/{id}"));
        let prefix = format!("/{}{prefix}", version.as_str());
        Self { origin: origin.to_string(), version, prefix }
    }

    /// `/`.
    pub(crate) fn root(&self) -> String {
        format!("{}/", self.origin)
    }

    /// The version that was asked for.
    pub(crate) const fn version(&self) -> Version {
        self.version
    }

    /// A path beside the dialect.
    pub(crate) fn beside(&self, path: &str) -> String {
        format!("{}/{path}", self.origin)
    }

    /// A version itself.
    pub(crate) fn of_version(&self, version: Version) -> String {
        format!("{}/{}", self.origin, version.as_str())
    }

    /// A path behind the version, or behind the environment of the request.
    pub(crate) fn of(&self, path: &str) -> String {
        format!("{}{}/{path}", self.origin, self.prefix)
    }

    /// An environment, and everything inside it, wherever the request is.
    pub(crate) fn of_environment(&self, environment: EnvironmentId) -> String {
        format!("{}/projects/{environment}", self.of_version(self.version))
    }

    /// A path inside an environment, wherever the request is.
    pub(crate) fn inside(&self, environment: EnvironmentId, path: &str) -> String {
        format!("{}/{path}", self.of_environment(environment))
    }

    /// The schemas the caller should read.
    pub(crate) fn schemas(&self) -> String {
        self.of("schemas")
    }
}
