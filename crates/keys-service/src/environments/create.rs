//! Making an environment.

use keys_core::{
    AccountId, Action, EnvironmentRecord, IdempotencyKey, NewEnvironment, Receipt, Role, Target, Uuid,
};
use keys_store::{Committed, Requirement, Write};
use rand_core::TryCryptoRng;

use super::{EnvironmentChangeError, EnvironmentRequest, MembersError};
use crate::ATTEMPTS;
use crate::authority::{Authority, first};
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::receipts::{Asked, Once, contradiction};

impl Authority {
    /// Makes an environment, Active: for administrators and other people, outside any environment. Whoever makes it
    /// becomes its owner unless the request says who shall be its members.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::{Name, Owner};
    /// use keys_service::{EnvironmentRequest, KeyRequest};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let request = EnvironmentRequest { name: Some(Name::new("production")?), ..EnvironmentRequest::default() };
    /// let environment = authority.create_environment(&context, request, &mut rng)?.parts().id;
    /// // Inside it, keys belong to it.
    /// let inside = keys_service::Context { caller: authority.enter(context.caller, environment)?, ..context };
    /// let issued = authority.issue_key(&inside, KeyRequest::default(), &mut rng)?;
    /// assert_eq!(issued.record.parts().owner, Owner::Environment(environment));
    /// # Ok(())
    /// # }
    /// ```
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
        let member = |(account, role): &(AccountId, Role)| format!("{account} {role}");
        let members = request.members.as_ref();
        let members = members.map(|members| members.iter().map(member).collect::<Vec<_>>().join(","));
        let fields = [
            ("name", request.name.as_ref().map(|name| name.as_str())),
            ("description", request.description.as_ref().map(|description| description.as_str())),
            ("members", members.as_deref()),
        ];
        let asked = Asked::new(context, key, "environment", &fields);
        self.once(
            &asked,
            |receipt| self.replay_environment(context, receipt),
            || self.create(context, &request, Some(&asked), rng),
        )
    }

    /// The environment that a receipt is about, if whoever made it may still see it.
    fn replay_environment(
        &self,
        context: &Context,
        receipt: &Receipt,
    ) -> Result<EnvironmentRecord, EnvironmentChangeError> {
        let Target::Environment(id) = receipt.made else {
            return Err(contradiction("the receipt of an environment is about something else").into());
        };
        let record = self.store.environment(context.caller.reach(), id).map_err(StoreFailure::from)?;
        let record = record.ok_or(EnvironmentChangeError::NotFound)?;
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
        let maker = context.caller.principal().account().filter(|_| context.caller.may_make_environments());
        let maker = maker.ok_or(EnvironmentChangeError::Forbidden)?;
        let members = request.members.clone().unwrap_or_else(|| vec![(maker, Role::Owner)]);
        // The steps from nobody to them: nothing but additions, and refused if they cannot be.
        keys_core::member_steps(&[], &members).map_err(MembersError::from)?;
        if request.members.is_some() {
            self.check_people(&[], &members)?;
        }
        for _ in 0..ATTEMPTS {
            let changes = founding(context, request, &members, Uuid::generate(rng)?);
            match self.change_all(context, None, changes, asked.map(Asked::receipt)).and_then(first) {
                Ok(Committed::Environment(record)) => return Ok(Some(record)),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::ReceiptExists) => return Ok(None),
                Err(WriteFailure::AlreadyExists) => {}
                Err(WriteFailure::Unmet) => {
                    // Somebody was removed meanwhile: who was to become a member, or else the caller.
                    if request.members.is_some() {
                        self.check_people(&[], &members)?;
                    }
                    return Err(EnvironmentChangeError::Revoked);
                }
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(EnvironmentChangeError::Repeated)
    }
}

/// An environment and its first members.
fn founding(
    context: &Context,
    request: &EnvironmentRequest,
    members: &[(AccountId, Role)],
    uuid: Uuid,
) -> Vec<(Action, Write, Option<Requirement>)> {
    let EnvironmentRequest { name, description, .. } = request.clone();
    let (creator, created) = (context.caller.creator(), context.now);
    let founder = |(account, role): &(AccountId, Role)| {
        let (environment, account, role) = (uuid.clone(), *account, *role);
        let founder = Write::InsertFounder { environment, account, role, creator, created };
        // Looked at already, but since then somebody may have been removed.
        (Action::AddMember, founder, Some(Requirement::NotRemoved(account)))
    };
    let founders: Vec<_> = members.iter().map(founder).collect();
    let environment = NewEnvironment { uuid, name, description, creator, created };
    std::iter::once((Action::CreateEnvironment, Write::InsertEnvironment(environment), None))
        .chain(founders)
        .collect()
}
