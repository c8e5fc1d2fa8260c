//! Acting inside an environment.

use keys_core::{EnvironmentId, Owner, OwnerStanding};

use super::EnterError;
use crate::authority::Authority;
use crate::context::Caller;

impl Authority {
    /// The caller, acting inside an environment from now on: an administrator in any Active one as its owner, an
    /// environment's key in its own, another account in those it is a member of, with the role it has at this moment.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::Role;
    /// use keys_service::Position;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, _) = authority()?;
    /// let environment = "1a5".parse()?;
    /// let inside = authority.enter(context.caller, environment)?;
    /// assert_eq!(inside.position(), Position::Inside { environment, role: Role::Owner });
    /// assert!(!inside.administers(), "inside, an administrator reaches no further than its owner");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`EnterError`].
    pub fn enter(&self, caller: Caller, environment: EnvironmentId) -> Result<Caller, EnterError> {
        let role = match caller.principal() {
            Owner::Account(account) if caller.given_role(environment).is_none() => {
                self.store.membership(environment, account)?.map(|member| member.role)
            }
            Owner::Account(_) | Owner::Environment(_) => caller.given_role(environment),
        };
        let role = role.ok_or(EnterError::Refused)?;
        let row = self.index.owner(&*self.store, Owner::Environment(environment))?;
        if row.is_some_and(|row| row.standing == OwnerStanding::Active) {
            Ok(caller.entered(environment, role))
        } else {
            Err(EnterError::Refused)
        }
    }
}
