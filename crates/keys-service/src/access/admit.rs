//! Which people are let in.

use keys_core::{AccountId, AccountRecord, Admission, Owner, OwnerStanding};
use keys_store::{BackendError, KeyQuery};

use crate::authority::Authority;

impl Authority {
    /// Whether the access mode lets an account in. Mode and list are read as they were last published, which is before
    /// their change was acknowledged; memberships from the store, like those of every request.
    pub(crate) fn admits(&self, account: &AccountRecord) -> Result<bool, BackendError> {
        match self.access_mode().admission(&self.allowed_accounts(), account) {
            Admission::Always => Ok(true),
            Admission::AsMember => self.belongs_to_an_active_environment(account.parts().id),
            Admission::Never => Ok(false),
        }
    }

    fn belongs_to_an_active_environment(&self, account: AccountId) -> Result<bool, BackendError> {
        let mut after = None;
        loop {
            let page = self.store.memberships(account, after, KeyQuery::MAX_LIMIT)?;
            for member in &page.items {
                let row = self.index.owner(&*self.store, Owner::Environment(member.environment))?;
                if row.is_some_and(|row| row.standing == OwnerStanding::Active) {
                    return Ok(true);
                }
            }
            after = page.items.last().map(|member| member.environment);
            if !page.more {
                return Ok(false);
            }
        }
    }
}
