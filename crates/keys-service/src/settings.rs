//! Switching access control.

use keys_core::AccessControl;

use crate::authority::Authority;
use crate::context::Context;
use crate::error::StoreFailure;

/// Why access control was not switched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessControlError {
    /// The caller does not act as the administrator.
    #[error("only the administrator switches access control")]
    Forbidden,
    /// Nobody could administer afterwards: account `1a1` has no Active key.
    #[error("account 1a1 has no Active API key, so nobody could administer afterwards")]
    NoAdministratorKey,
    /// The store failed.
    #[error("access control could not be switched")]
    Store(#[from] StoreFailure),
}

impl Authority {
    /// Switches access control on or off. Switching it on needs an Active key of account `1a1`, checked in the same
    /// transaction; switching to what already holds changes nothing and succeeds.
    ///
    /// # Errors
    ///
    /// See [`AccessControlError`].
    pub fn set_access_control(
        &self,
        context: &Context,
        access_control: AccessControl,
    ) -> Result<(), AccessControlError> {
        let _ = (context, access_control);
        todo!()
    }
}
