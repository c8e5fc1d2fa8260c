//! Opening the soft lock of a person before its time: by an administrator, who has been asked to.
//!
//! What failed log-ins have closed is remembered in memory only, so that nothing is left of it where the authority is
//! opened anew. Who opened it, and when, is in the audit chain all the same: whoever looks back at an attack asks.

use keys_core::{AccountId, Action, DeviceRecord, LoginName};
use keys_store::Write;

use super::guard::Lane;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure};

/// Whom an administrator means: a person has an account, and a name to log in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Whose account this is.
    Account(AccountId),
    /// Who logs in with this name.
    Login(LoginName),
}

/// Why a lock was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnlockError {
    /// The caller does not administer.
    #[error("only an administrator opens a lock")]
    Forbidden,
    /// What the caller may was taken away while the lock was opened.
    #[error("the caller's right to this was taken away meanwhile")]
    Revoked,
    /// There is no such person.
    #[error("there is no such person")]
    NotFound,
    /// The store failed.
    #[error("the lock could not be opened")]
    Store(#[from] StoreFailure),
}

impl Authority {
    /// Forgets the failed log-ins of a person, on every device of theirs too, so that the next attempt need not wait: by an
    /// administrator. What an address has failed with stays. Returns whose account it is.
    ///
    /// # Errors
    ///
    /// See [`UnlockError`].
    pub fn unlock(&self, context: &Context, whom: &Whom) -> Result<AccountId, UnlockError> {
        if !context.caller.administers() {
            return Err(UnlockError::Forbidden);
        }
        let account = self.account_meant(whom)?.ok_or(UnlockError::NotFound)?;
        let devices = self.store.devices(account).map_err(StoreFailure::from)?;
        match self.change(context, Action::UnlockAccount, Write::Unlock(account), None) {
            Ok(_) => {}
            Err(WriteFailure::NotFound) => return Err(UnlockError::NotFound),
            Err(WriteFailure::Unmet) => return Err(UnlockError::Revoked),
            Err(failure) => return Err(failure.into_store_failure().into()),
        }
        self.open_lanes(account, &devices);
        Ok(account)
    }

    /// The account of the person who is meant, if there is one that has not been removed.
    pub(super) fn account_meant(&self, whom: &Whom) -> Result<Option<AccountId>, StoreFailure> {
        let id = match whom {
            Whom::Account(id) => Some(*id),
            Whom::Login(login) => {
                let record = self.store.password_named(&login.folded())?;
                record.map(|record| record.parts().account)
            }
        };
        let account = id.map(|id| self.store.account(id)).transpose()?.flatten();
        self.settle_all()?;
        let person = account.filter(|account| {
            let parts = account.parts();
            parts.kind.is_person() && parts.state.removed_at().is_none()
        });
        Ok(person.map(|account| account.parts().id))
    }

    /// As [`unlock`](Self::unlock), once another password has made the failures with the old one meaningless. That the
    /// devices could not be read takes nothing back from that: a lock opens by itself.
    pub(super) fn unlock_for_new_password(&self, account: AccountId) {
        let devices = self.store.devices(account).unwrap_or_default();
        self.open_lanes(account, &devices);
    }

    fn open_lanes(&self, account: AccountId, devices: &[DeviceRecord]) {
        let of_devices = devices.iter().map(|device| Lane::Device(account, device.hash));
        for lane in std::iter::once(Lane::Account(account)).chain(of_devices) {
            self.log_ins.guard.open(&lane);
        }
    }
}
