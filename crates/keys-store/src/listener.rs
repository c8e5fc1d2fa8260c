//! How a store tells the verification index about changes, in an order that cannot serve a stale yes.

use std::fmt::Debug;

use keys_core::{AccessKey, Owner, OwnerRow, Revision, SettingName, SettingValue, VerificationRow};

/// What a batch of changes is about to touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Touched {
    /// The verification row of this key.
    Key(AccessKey),
    /// The standing of this owner.
    Owner(Owner),
    /// This setting of the installation.
    Setting(SettingName),
}

/// What a batch of changes has made of what it touched.
#[derive(Debug, Clone)]
pub enum Published {
    /// This key's row.
    Key(AccessKey, VerificationRow),
    /// This owner's standing.
    Owner(Owner, OwnerRow),
    /// This setting, and the revision of that change.
    Setting(SettingValue, Revision),
}

/// Told about every batch of changes by the one writer of a store, in commit order.
///
/// For each batch the writer calls, and waits for each call to return:
///
/// 1. [`hide`](Self::hide) before the commit;
/// 2. after the commit, [`publish`](Self::publish), and only then releases any answer of the batch;
///    or, when the commit's outcome is unknown, [`forget`](Self::forget), and [`resume`](Self::resume) once the store
///    has been read again; or, when the batch was certainly rolled back, [`reveal`](Self::reveal).
///
/// A batch names each thing once, at what its last change made of it; `hide` and `publish` name the same things in the
/// same order. A batch that touches nothing of theirs is told too, with nothing in it, so that the revision is known.
///
/// A listener must not call back into the store from here: the writer waits for it. The order is enumerated with
/// each step left out in `keys-service`'s model checker.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use keys_core::{Revision, SettingValue};
/// use keys_store::{ChangeListener, KeyStore as _, MemoryStore, Published, Touched};
///
/// /// Knows how far what was told goes.
/// #[derive(Debug, Default)]
/// struct Progress(AtomicU64);
///
/// impl ChangeListener for Progress {
///     fn hide(&self, _: &[Touched]) {}
///     fn publish(&self, _: &[Published], revision: Revision) {
///         self.0.store(revision.number(), Ordering::SeqCst);
///     }
///     fn reveal(&self, _: &[Touched]) {}
///     fn forget(&self) {}
///     fn resume(&self, revision: Revision, _: &[SettingValue]) {
///         self.0.store(revision.number(), Ordering::SeqCst);
///     }
/// }
///
/// MemoryStore::new().listen(Arc::new(Progress::default()));
/// ```
pub trait ChangeListener: Debug + Send + Sync {
    /// These are about to change: forget them, and let nothing loaded for them land until they are published.
    fn hide(&self, batch: &[Touched]);

    /// They have changed: this is what they are now, at this revision of the store. Ends the hiding.
    fn publish(&self, batch: &[Published], revision: Revision);

    /// The batch was rolled back, certainly: nothing changed. Ends the hiding.
    fn reveal(&self, batch: &[Touched]);

    /// The outcome of a commit is unknown: forget everything, and let nothing land until [`resume`](Self::resume).
    fn forget(&self);

    /// The store has been opened and read again and stands at this revision, with these settings, each once: loads may
    /// land again.
    fn resume(&self, revision: Revision, settings: &[SettingValue]);
}
