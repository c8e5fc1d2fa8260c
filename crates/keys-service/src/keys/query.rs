//! Reading keys.

use keys_core::{KeyId, KeyRecord, Owner};
use keys_store::{BackendError, KeyQuery, Page, Reach};

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

    /// One page of the keys of one owner: none where it is beyond the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn keys_of(
        &self,
        context: &Context,
        owner: Owner,
        query: &KeyQuery,
    ) -> Result<Page<KeyRecord>, BackendError> {
        if !context.caller.reach().covers(owner) {
            return Ok(Page { items: Vec::new(), more: false });
        }
        let page = self.store.keys(Reach::Owner(owner), query)?;
        self.settle_all()?;
        Ok(page)
    }
}
