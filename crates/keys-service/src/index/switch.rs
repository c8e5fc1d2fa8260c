//! Access control of the installation, readable without a lock.

use std::sync::atomic::{AtomicU64, Ordering};

use keys_core::{AccessControl, Revision};

/// Access control and the revision of its last change, in one word: the revision above, the switch in the lowest bit.
/// The greatest wins, so a late reader of an old value cannot undo a newer one.
#[derive(Debug)]
pub(crate) struct Switch(AtomicU64);

impl Switch {
    /// Off, as at the first start.
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// The value of the latest change.
    pub(crate) fn get(&self) -> AccessControl {
        if self.0.load(Ordering::Acquire) & 1 == 0 { AccessControl::Off } else { AccessControl::On }
    }

    /// It is `value` since `revision`.
    pub(crate) fn set(&self, value: AccessControl, revision: Revision) {
        let bit = match value {
            AccessControl::Off => 0,
            AccessControl::On => 1,
        };
        self.0.fetch_max(revision.number() << 1 | bit, Ordering::AcqRel);
    }
}
