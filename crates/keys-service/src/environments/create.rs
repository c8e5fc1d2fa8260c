//! Making an environment.

use keys_core::{Action, EnvironmentRecord, IdempotencyKey, NewEnvironment, Receipt, Target, Uuid};
use keys_store::{Committed, Reach, Write};
use rand_core::TryCryptoRng;

use super::{EnvironmentChangeError, EnvironmentRequest};
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::receipts::{Asked, Once, contradiction};

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
        // Without a receipt there is none in the way.
        self.create(context, &request, None, rng)?.ok_or_else(|| wrong_acknowledgement().into())
    }

    /// As [`create_environment`](Self::create_environment), but only once under one idempotency key: whoever asks for the
    /// same again is told of the same environment as it is then.
    ///
    /// # Errors
    ///
    /// See [`EnvironmentChangeError`]. What was refused left no receipt, so it can be asked for again.
    pub fn create_environment_once<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: EnvironmentRequest,
        key: &IdempotencyKey,
        rng: &mut R,
    ) -> Result<Once<EnvironmentRecord>, EnvironmentChangeError> {
        let fields = [
            ("name", request.name.as_ref().map(|name| name.as_str())),
            ("description", request.description.as_ref().map(|description| description.as_str())),
        ];
        let asked = Asked::new(context, key, "environment", &fields);
        self.once(
            &asked,
            |receipt| self.replay_environment(receipt),
            || self.create(context, &request, Some(&asked), rng),
        )
    }

    /// The environment that a receipt is about. Nobody but an administrator has made one.
    fn replay_environment(&self, receipt: &Receipt) -> Result<EnvironmentRecord, EnvironmentChangeError> {
        let Target::Environment(id) = receipt.made else {
            return Err(contradiction("the receipt of an environment is about something else").into());
        };
        let record = self.store.environment(Reach::AllOwners, id).map_err(StoreFailure::from)?;
        let record = record.ok_or_else(|| contradiction("the receipt of an environment is about none"))?;
        self.settle(record.parts().revision).map_err(StoreFailure::from)?;
        Ok(record)
    }

    /// Makes an environment, with a receipt if it was asked for under an idempotency key. `Ok(None)` when there is such a
    /// receipt already.
    fn create<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: &EnvironmentRequest,
        asked: Option<&Asked<'_>>,
        rng: &mut R,
    ) -> Result<Option<EnvironmentRecord>, EnvironmentChangeError> {
        if !context.caller.administers() {
            return Err(EnvironmentChangeError::Forbidden);
        }
        for _ in 0..ATTEMPTS {
            let uuid = Uuid::generate(rng)?;
            let EnvironmentRequest { name, description } = request.clone();
            let creator = context.caller.creator();
            let environment = NewEnvironment { uuid, name, description, creator, created: context.now };
            let write = Write::InsertEnvironment(environment);
            let receipt = asked.map(Asked::receipt);
            match self.change_with_receipt(context, Action::CreateEnvironment, write, receipt) {
                Ok(Committed::Environment(record)) => return Ok(Some(record)),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::ReceiptExists) => return Ok(None),
                Err(WriteFailure::AlreadyExists) => {}
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(EnvironmentChangeError::Repeated)
    }
}
