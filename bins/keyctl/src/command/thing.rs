//! What can be named, listed and asked about, whatever it is.

use crate::model::{Account, Environment, Key};
use crate::output::Answer;

/// A key, an environment or an account.
pub(super) trait Thing: Clone {
    /// What one is called.
    const ONE: &'static str;
    /// What several are called.
    const MANY: &'static str;

    /// Which.
    fn id(&self) -> String;

    /// What people call it.
    fn name(&self) -> Option<&str>;

    /// How it is.
    fn state(&self) -> String;

    /// What tells it from others when it has no name that could be typed, and what that is.
    fn otherwise(&self) -> (&'static str, String) {
        ("its id", self.id())
    }

    /// These as a table.
    fn listed(things: &[Self]) -> Answer;
}

impl Thing for Key {
    const ONE: &'static str = "API key";
    const MANY: &'static str = "API keys";

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn state(&self) -> String {
        self.state.to_string()
    }

    fn otherwise(&self) -> (&'static str, String) {
        ("its access key", self.access_key.to_string())
    }

    fn listed(things: &[Self]) -> Answer {
        Answer::Keys(things.to_vec())
    }
}

impl Thing for Environment {
    const ONE: &'static str = "environment";
    const MANY: &'static str = "environments";

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn state(&self) -> String {
        self.state.to_string()
    }

    fn listed(things: &[Self]) -> Answer {
        Answer::Environments(things.to_vec())
    }
}

impl Thing for Account {
    const ONE: &'static str = "account";
    const MANY: &'static str = "accounts";

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn state(&self) -> String {
        self.state.to_string()
    }

    fn listed(things: &[Self]) -> Answer {
        Answer::Accounts(things.to_vec())
    }
}
