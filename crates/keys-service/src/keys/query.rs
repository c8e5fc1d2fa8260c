//! Reading keys.

use keys_core::{KeyId, KeyRecord};
use keys_store::{BackendError, KeyQuery, Page};

use crate::authority::Authority;
use crate::context::Context;

impl Authority {
    /// A key within the caller's reach, deleted ones included.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn key(&self, context: &Context, id: KeyId) -> Result<Option<KeyRecord>, BackendError> {
        let record = self.store.key(context.caller.reach(), id)?;
        if let Some(record) = &record {
            self.settle(record.parts().revision)?;
        }
        Ok(record)
    }

    /// One page of the keys within the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn keys(&self, context: &Context, query: &KeyQuery) -> Result<Page<KeyRecord>, BackendError> {
        let page = self.store.keys(context.caller.reach(), query)?;
        // A key that a list no longer shows was deleted: that too is something told.
        self.settle_all()?;
        Ok(page)
    }
}
