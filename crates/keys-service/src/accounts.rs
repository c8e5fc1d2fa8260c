//! Reading accounts.

use keys_core::{AccountId, AccountRecord, Owner};
use keys_store::{BackendError, Page};

use crate::authority::Authority;
use crate::context::Context;

impl Authority {
    /// An account within the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn account(&self, context: &Context, id: AccountId) -> Result<Option<AccountRecord>, BackendError> {
        if !context.caller.reach().covers(Owner::Account(id)) {
            return Ok(None);
        }
        let record = self.store.account(id)?;
        if let Some(record) = &record {
            self.settle(record.parts().revision)?;
        }
        Ok(record)
    }

    /// Up to `limit` accounts within the caller's reach behind `after`, in order of id: all of them for the
    /// administrator, its own for anybody else, none for an environment.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn accounts(
        &self,
        context: &Context,
        after: Option<AccountId>,
        limit: usize,
    ) -> Result<Page<AccountRecord>, BackendError> {
        if context.caller.administers() {
            let page = self.store.accounts(after, limit)?;
            self.settle_all()?;
            return Ok(page);
        }
        let own = context.caller.effective().account().filter(|own| after.is_none_or(|after| *own > after));
        let own = own.map(|own| self.account(context, own)).transpose()?.flatten();
        Ok(Page { items: own.into_iter().take(limit).collect(), more: false })
    }
}
