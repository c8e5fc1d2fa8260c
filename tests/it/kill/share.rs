//! What one worker changes and nobody else does, and what it believes of it.

use keys_tests::Key;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;
use serde_json::json;

use super::belief::Belief;
use super::session::Session;

/// The states of a key that is not deleted, and the deleted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Active,
    Inactive,
    Deleted,
}

impl State {
    /// As the wire says it.
    pub(super) fn parse(text: &str) -> Self {
        match text {
            "active" => Self::Active,
            "inactive" => Self::Inactive,
            "removed" => Self::Deleted,
            other => panic!("a key in state {other}"),
        }
    }
}

/// A key and what is believed of it.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) key: Key,
    /// Whether it belongs to the share's environment; else it is an account key.
    pub(super) of_environment: bool,
    pub(super) state: Belief<State>,
    pub(super) name: Belief<String>,
}

/// An environment, its keys, and a few account keys.
#[derive(Debug)]
pub(super) struct Share {
    pub(super) number: u64,
    pub(super) rng: ChaCha8Rng,
    pub(super) environment: String,
    pub(super) environment_active: Belief<bool>,
    pub(super) keys: Vec<Subject>,
    /// Acknowledged as deleted: refused for ever.
    pub(super) deleted: Vec<Key>,
    /// The names of keys whose creation nobody answered.
    pub(super) unanswered: Vec<String>,
    names: u64,
}

impl Share {
    pub(super) fn begin(session: &Session, number: u64, seed: u64) -> Self {
        let name = json!({ "name": format!("share {number}") });
        let made = session.change("POST", "/v1/projects", &name).expect("an answer");
        Self {
            number,
            rng: ChaCha8Rng::seed_from_u64(seed.wrapping_add(1 + number)),
            environment: made.field("id"),
            environment_active: Belief::new(true),
            keys: Vec::new(),
            deleted: Vec::new(),
            unanswered: Vec::new(),
            names: 0,
        }
    }

    /// A name that no key has had.
    pub(super) fn new_name(&mut self) -> String {
        self.names += 1;
        format!("share {} name {}", self.number, self.names)
    }
}
