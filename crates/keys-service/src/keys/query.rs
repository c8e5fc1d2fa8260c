//! Reading keys.

use keys_core::{KeyId, KeyRecord, Owner};
use keys_store::{BackendError, KeyFilter, KeyQuery, Page, Reach};

use crate::authority::Authority;
use crate::context::Context;
use crate::pages::{PageRequest, Reader, TwoWayPage};

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

    /// A page of the keys within the caller's reach, or of one owner within it, that leads both ways and shows what is
    /// searched for.
    ///
    /// ```
    /// # use keys_service::{Authority, Context};
    /// use keys_service::{PageRequest, Place};
    /// use keys_store::{BackendError, Direction, KeyFilter, KeyOrder};
    ///
    /// # fn example(authority: &Authority, context: &Context) -> Result<(), BackendError> {
    /// let first = PageRequest::first(KeyOrder::Name, Direction::Ascending, 50);
    /// let page = authority.key_page(context, None, KeyFilter::default(), &first)?;
    /// if let Some(after) = page.after {
    ///     let next = PageRequest { place: Place::After(after), ..first };
    ///     let page = authority.key_page(context, None, KeyFilter::default(), &next)?;
    ///     assert!(page.before.is_some());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn key_page(
        &self,
        context: &Context,
        owner: Option<Owner>,
        filter: KeyFilter,
        request: &PageRequest<KeyRecord>,
    ) -> Result<TwoWayPage<KeyRecord>, BackendError> {
        let reach = context.caller.reach();
        let reach = match owner {
            Some(owner) if !reach.covers(owner) => return Ok(TwoWayPage::nothing()),
            Some(owner) => Reach::Owner(owner),
            None => reach,
        };
        let read = |direction, after, limit| {
            let query = KeyQuery { order: request.order, direction, filter, after, limit };
            self.store.keys(reach, &query)
        };
        let found = request.search.as_ref().map(|text| |record: &KeyRecord| text.finds_key(record));
        let page = Reader::new(request, read, found).page()?;
        self.settle_all()?;
        Ok(page)
    }
}
