//! What most tests begin with: a server with access control on, and the administrator's key.

use keys_tests::{Client, Key, TestServer, create_key, enable_access_control};
use serde_json::json;

/// The environment every installation begins with.
pub(crate) const DEFAULT: &str = "1a5";

/// A running installation with access control on.
pub(crate) struct Installation {
    pub(crate) server: TestServer,
    /// Acts as the administrator, account 1a1.
    pub(crate) administrator: Client,
}

impl Installation {
    /// A server on a fresh data directory, a key of the administrator, access control on.
    pub(crate) fn start() -> Self {
        Self::on(TestServer::start())
    }

    /// The same on a server just started.
    pub(crate) fn on(server: TestServer) -> Self {
        let administrator_key = create_key(&server.client(), "/v1/apikeys", "administrator");
        let administrator = administrator_key.client(&server.client());
        enable_access_control(&administrator);
        Self { server, administrator }
    }

    /// A client without credentials.
    pub(crate) fn stranger(&self) -> Client {
        self.server.client()
    }

    /// A new environment; its id.
    pub(crate) fn environment(&self, name: &str) -> String {
        self.administrator.post("/v1/projects", &json!({ "name": name })).expect(201).field("id")
    }

    /// A new key of an environment.
    pub(crate) fn key_of(&self, environment: &str, name: &str) -> Key {
        create_key(&self.administrator, &format!("/v1/projects/{environment}/apikeys"), name)
    }

    /// The status a key gets when it is used in its own environment.
    pub(crate) fn status_of(&self, key: &Key, environment: &str) -> u16 {
        key.client(&self.stranger()).get(&format!("/v1/projects/{environment}")).status
    }

    /// Asks the administrator for an action on a key.
    #[track_caller]
    pub(crate) fn act(&self, key: &Key, action: &str) {
        let _ = self.administrator.post(&key.action(action), &json!({})).expect(202);
    }
}
