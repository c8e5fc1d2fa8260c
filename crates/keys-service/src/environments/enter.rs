//! Acting inside an environment.

use keys_core::{AccountId, EnvironmentId, Owner, OwnerStanding};

use super::EnterError;
use crate::authority::Authority;
use crate::context::Caller;

impl Authority {
    /// The caller, acting inside an environment from now on: the administrator in any active one, an environment's
    /// key in its own.
    ///
    /// # Errors
    ///
    /// See [`EnterError`].
    pub fn enter(&self, caller: Caller, environment: EnvironmentId) -> Result<Caller, EnterError> {
        let owner = Owner::Environment(environment);
        let may = caller.principal() == Owner::Account(AccountId::ADMIN) || caller.principal() == owner;
        if !may {
            return Err(EnterError::Refused);
        }
        let row = self.index.owner(&*self.store, owner)?;
        if row.is_some_and(|row| row.standing == OwnerStanding::Active) {
            Ok(caller.entered(environment))
        } else {
            Err(EnterError::Refused)
        }
    }
}
