//! Making an environment.

use keys_core::{Action, EnvironmentRecord, NewEnvironment, Uuid};
use keys_store::{Committed, Write};
use rand_core::TryCryptoRng;

use super::{EnvironmentChangeError, EnvironmentRequest};
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{WriteFailure, wrong_acknowledgement};

impl Authority {
    /// Makes an environment, Active.
    ///
    /// # Errors
    ///
    /// See [`EnvironmentChangeError`].
    pub fn create_environment<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: EnvironmentRequest,
        rng: &mut R,
    ) -> Result<EnvironmentRecord, EnvironmentChangeError> {
        if !context.caller.administers() {
            return Err(EnvironmentChangeError::Forbidden);
        }
        for _ in 0..ATTEMPTS {
            let uuid = Uuid::generate(rng)?;
            let EnvironmentRequest { name, description } = request.clone();
            let creator = context.caller.creator();
            let environment = NewEnvironment { uuid, name, description, creator, created: context.now };
            let write = Write::InsertEnvironment(environment);
            match self.change(context, Action::CreateEnvironment, write, None) {
                Ok(Committed::Environment(record)) => return Ok(record),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::AlreadyExists) => {}
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(EnvironmentChangeError::Repeated)
    }
}
