//! Many keys at once: which are meant, and all of them moved or none.

use std::fmt;

use keys_core::{AccountId, EnvironmentId, KeyId, LifecycleState, Revision, Timestamp, Transition};

use crate::exit::{Exit, Failure};
use crate::model::Key;

/// What of an authority is about many keys at once.
pub(crate) trait ManyKeys: fmt::Debug {
    /// The keys that are wanted, in order of id: all of them, or more than so many.
    fn keys_matching(&self, wanted: &Wanted, most: usize) -> Result<Vec<SeenKey>, Failure>;

    /// Moves these keys, each as it was seen, in one transaction, or none of them.
    fn change_keys(
        &self,
        wanted: &Wanted,
        keys: &[SeenKey],
        transition: Transition,
    ) -> Result<Vec<Key>, Failure>;
}

/// Which keys are wanted. All that is said must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Those in this state.
    pub(crate) state: Option<LifecycleState>,
    /// Those of this environment or account.
    pub(crate) owner: Option<AccountId>,
    /// Those made as this account or environment.
    pub(crate) creator: Option<AccountId>,
    /// Those made at this instant or later.
    pub(crate) created_from: Option<Timestamp>,
    /// Those made before this instant.
    pub(crate) created_before: Option<Timestamp>,
    /// Those that expire before this instant.
    pub(crate) expires_before: Option<Timestamp>,
    /// Those in whose name this is.
    pub(crate) name: Option<String>,
    /// Inside which environment they are asked for: a person sees the keys of an environment there.
    pub(crate) within: Option<EnvironmentId>,
}

/// A key as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenKey {
    /// The key.
    pub(crate) key: Key,
    /// The revision it was seen at.
    pub(crate) revision: Revision,
}

impl SeenKey {
    /// Which, and as what it was seen.
    pub(crate) const fn id(&self) -> (KeyId, Revision) {
        (self.key.id, self.revision)
    }
}

/// Some of the keys are not what they were when they were shown.
pub(super) fn keys_changed() -> Failure {
    Failure::new(Exit::Conflict, "some of the keys have changed meanwhile, so that nothing was done")
        .hint("look again with --dry-run")
}
