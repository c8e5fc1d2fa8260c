//! The verification index: rows of keys and standings of owners, ready to decide from.
//!
//! A yes needs a key's row and its owner's standing, the owner read last. The index keeps *rows*, never *verdicts*, and
//! has **no time to live**: it is right because the store's writer tells it of every change before anybody else hears
//! of it.
//!
//! ```text
//!  writer:   hide ──► commit ──► publish ──► answers are released
//!                        └─ outcome unknown: forget ──► store read again ──► resume
//!                        └─ rolled back:     reveal
//!  request:  find ──► (miss) join or begin a load ──► land, if the shard admits it ──► decide
//! ```
//!
//! `docs/VERIFICATION-INDEX.md` has the rules, why each is there, and what the model checker finds without it.
//!
//! - `shard`: the steps of the protocol on plain data,
//! - `table`: shards under locks, and reading through them,
//! - `shared_load`: one load for all who miss the same key,
//! - `settings`: the settings of the installation; `switch`: access control, the one that every request asks for,
//! - `listener`: the writer's side; `fill`: reading everything in at the start,
//! - `protocol`: locks and rules, exchanged by the model checker.

mod fill;
mod listener;
#[cfg(test)]
mod model;
mod protocol;
mod settings;
mod shard;
mod shared_load;
mod switch;
mod table;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

use keys_core::{
    AccessControl, AccessKey, Owner, OwnerRow, Revision, SettingName, SettingValue, VerificationRow,
};
use keys_store::{BackendError, KeyStore};

use self::protocol::{Production, Protocol};
use self::settings::Settings;
pub(crate) use self::shard::Found;
use self::table::Table;

/// The index of one authority. It listens to the store; see [`ChangeListener`](keys_store::ChangeListener).
#[derive(Debug)]
pub(crate) struct Index<P: Protocol = Production> {
    keys: Table<P, AccessKey, VerificationRow>,
    owners: Table<P, Owner, OwnerRow>,
    settings: Settings<P>,
    published: AtomicU64,
    fillings: AtomicU64,
}

impl<P: Protocol> Index<P> {
    /// An empty index of at most `capacity` keys.
    pub(crate) fn new(capacity: Option<NonZeroUsize>) -> Self {
        Self {
            keys: Table::new(capacity),
            // Owners are few, and each verification needs one.
            owners: Table::new(None),
            settings: Settings::new(),
            published: AtomicU64::new(0),
            fillings: AtomicU64::new(0),
        }
    }

    /// What is known of a key now. Never blocks for longer than a look-up.
    pub(crate) fn find_key(&self, access_key: &AccessKey) -> Found<VerificationRow> {
        self.keys.find(access_key)
    }

    /// What is known of an owner now. Never blocks for longer than a look-up.
    pub(crate) fn find_owner(&self, owner: Owner) -> Found<OwnerRow> {
        self.owners.find(&owner)
    }

    /// The row of a key, read through.
    pub(crate) fn key(
        &self,
        store: &dyn KeyStore,
        access_key: &AccessKey,
    ) -> Result<Option<VerificationRow>, BackendError> {
        self.keys.read_through(*access_key, || store.load_key(access_key))
    }

    /// The row of a key as the store has it now, whatever is known.
    pub(crate) fn reload_key(
        &self,
        store: &dyn KeyStore,
        access_key: &AccessKey,
    ) -> Result<Option<VerificationRow>, BackendError> {
        self.keys.load_and_land(*access_key, || store.load_key(access_key))
    }

    /// The standing of an owner, read through.
    pub(crate) fn owner(&self, store: &dyn KeyStore, owner: Owner) -> Result<Option<OwnerRow>, BackendError> {
        self.owners.read_through(owner, || store.load_owner(owner))
    }

    /// Access control as it was last published.
    pub(crate) fn access_control(&self) -> AccessControl {
        self.settings.access_control()
    }

    /// A setting as it was last published.
    pub(crate) fn setting(&self, name: SettingName) -> SettingValue {
        self.settings.get(name)
    }

    /// Takes what the store said before the first change was told: its revision, and each setting with the revision of
    /// its last change.
    pub(crate) fn begin_at(&self, revision: Revision, settings: Vec<(SettingValue, Revision)>) {
        for (value, changed) in settings {
            self.settings.set(value, changed);
        }
        self.note_published(revision);
    }

    /// Up to which revision of the store everything has been published here.
    pub(crate) fn published(&self) -> Revision {
        Revision::new(self.published.load(Ordering::Acquire))
    }

    /// Whether every key there is is held, so that a key not held does not exist.
    pub(crate) fn is_complete(&self) -> bool {
        self.keys.is_complete()
    }

    /// How many keys are held.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    fn note_published(&self, revision: Revision) {
        self.published.fetch_max(revision.number(), Ordering::AcqRel);
    }
}
