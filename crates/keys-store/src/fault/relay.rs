//! Between the store beneath and the listener: passes on what the listener may know.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use keys_core::{Owner, Revision, SettingName, SettingValue};

use crate::error::BackendError;
use crate::listener::{ChangeListener, Published, Touched};
use crate::rules::setting_value;
use crate::store::{Change, KeyStore, Write};

/// Passes everything on, except that while an outcome is lost what is published is forgotten instead.
#[derive(Debug, Default)]
pub(super) struct Relay {
    listener: RwLock<Option<Arc<dyn ChangeListener>>>,
    lost: AtomicBool,
}

impl Relay {
    pub(super) fn listen(&self, listener: Arc<dyn ChangeListener>) {
        *self.listener.write().unwrap_or_else(PoisonError::into_inner) = Some(listener);
    }

    /// Makes a write whose outcome nobody is to learn. The caller lets no other write happen meanwhile.
    pub(super) fn while_lost<T>(&self, write: impl FnOnce() -> T) -> T {
        self.lost.store(true, Ordering::SeqCst);
        let answer = write();
        self.lost.store(false, Ordering::SeqCst);
        answer
    }

    fn pass_on(&self, tell: impl FnOnce(&dyn ChangeListener)) {
        if let Some(listener) = &*self.listener.read().unwrap_or_else(PoisonError::into_inner) {
            tell(&**listener);
        }
    }
}

impl ChangeListener for Relay {
    fn hide(&self, batch: &[Touched]) {
        self.pass_on(|listener| listener.hide(batch));
    }

    fn publish(&self, batch: &[Published], revision: Revision) {
        if self.lost.load(Ordering::SeqCst) {
            self.pass_on(|listener| listener.forget());
        } else {
            self.pass_on(|listener| listener.publish(batch, revision));
        }
    }

    fn reveal(&self, batch: &[Touched]) {
        self.pass_on(|listener| listener.reveal(batch));
    }

    fn forget(&self) {
        self.pass_on(|listener| listener.forget());
    }

    fn resume(&self, revision: Revision, settings: &[SettingValue]) {
        self.pass_on(|listener| listener.resume(revision, settings));
    }
}

/// Reads the store again and tells the listener where it stands. While that cannot be read, nothing may land.
pub(super) fn resume(store: &dyn KeyStore, listener: Option<&dyn ChangeListener>) {
    if let (Some(listener), Ok(head), Ok(settings)) = (listener, store.head(), settings(store)) {
        listener.resume(head.revision, &settings);
    }
}

fn settings(store: &dyn KeyStore) -> Result<Vec<SettingValue>, BackendError> {
    let read = |name| {
        let setting = store.setting(name)?;
        Ok(setting_value(name, setting.as_ref().map(|setting| &*setting.value)))
    };
    SettingName::ALL.into_iter().map(read).collect()
}

/// What would be hidden for these changes. The owners they would make are not among it: they have no number yet.
pub(super) fn touched_by(changes: &[Change]) -> Vec<Touched> {
    let touched = changes.iter().filter_map(|change| match &change.write {
        Write::InsertKey(new) => Some(Touched::Key(new.access_key)),
        Write::UpdateKey { record, .. } => Some(Touched::Key(record.parts().access_key)),
        Write::UpdateEnvironment { record, .. } => {
            Some(Touched::Owner(Owner::Environment(record.parts().id)))
        }
        Write::UpdateAccount { record, .. } => Some(Touched::Owner(Owner::Account(record.parts().id))),
        Write::PutSetting { name, .. } => Some(Touched::Setting(*name)),
        Write::InsertAccount(_)
        | Write::InsertEnvironment(_)
        | Write::InsertMember(_)
        | Write::InsertFounder { .. }
        | Write::UpdateMember { .. }
        | Write::RemoveMember(_)
        | Write::InsertPepper(_)
        | Write::InsertPassword(_)
        | Write::InsertFirstPassword { .. }
        | Write::UpdatePassword { .. }
        | Write::BeginSession { .. }
        | Write::EndSessions(_)
        | Write::Unlock(_) => None,
    });
    touched.collect()
}
