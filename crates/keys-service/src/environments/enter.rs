//! Acting inside an environment.

use keys_core::{EnvironmentId, Owner, OwnerStanding};

use super::EnterError;
use crate::authority::Authority;
use crate::context::Caller;

impl Authority {
    /// The caller, acting inside an environment from now on: an administrator in any active one, an environment's
    /// key in its own.
    ///
    /// # Errors
    ///
    /// See [`EnterError`].
    pub fn enter(&self, caller: Caller, environment: EnvironmentId) -> Result<Caller, EnterError> {
        let role = caller.given_role(environment).ok_or(EnterError::Refused)?;
        let row = self.index.owner(&*self.store, Owner::Environment(environment))?;
        if row.is_some_and(|row| row.standing == OwnerStanding::Active) {
            Ok(caller.entered(environment, role))
        } else {
            Err(EnterError::Refused)
        }
    }
}
