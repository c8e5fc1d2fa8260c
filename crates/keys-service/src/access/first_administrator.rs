//! Making somebody the first administrator.

use keys_core::{
    AccessControl, AccountId, Action, LogInProvider, Owner, Revision, SetUpToken, SettingName, SettingValue,
    Via,
};
use keys_store::{BackendError, Change, CommitError, EndSessions, Refusal, Requirement};
use rand_core::TryCryptoRng;

use super::configure::{Planned, put};
use super::{AccessError, AdministratorLogIn, SetUpDoor};
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::{Caller, Context};
use crate::error::{StoreFailure, WriteFailure};
use crate::log_in::Visitor;

impl Authority {
    /// Whether nobody has ever said whether access control is on or off.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn is_new(&self) -> Result<bool, BackendError> {
        Ok(self.store.setting(SettingName::AccessControl)?.is_none())
    }

    /// Makes the holder of the set-up token the administrator: account `1a1` gets its log-in, and access control is on, in
    /// one transaction that needs that nobody has ever put it. So there is one such change in the life of an
    /// installation, whatever races, restarts or copies of the server there are. The audit chain has it as done by that
    /// account, by way of the set-up. Returns which account it is.
    ///
    /// # Errors
    ///
    /// [`AccessError::SetUp`], [`AccessError::AlreadySetUp`], and what hashing and storing fail with.
    pub fn claim<R: TryCryptoRng + ?Sized>(
        &self,
        door: &SetUpDoor,
        token: &SetUpToken,
        log_in: &AdministratorLogIn,
        visitor: &Visitor,
        rng: &mut R,
    ) -> Result<AccountId, AccessError> {
        let passage = door.pass(token, visitor.now)?;
        if !self.is_new().map_err(StoreFailure::from)? {
            return Err(AccessError::AlreadySetUp);
        }
        let context = Context {
            caller: Caller::new(Owner::Account(AccountId::ADMIN), Via::SetUp, true),
            client_address: visitor.client_address,
            request_id: visitor.request_id.clone(),
            now: visitor.now,
        };
        for _ in 0..ATTEMPTS {
            let ends = EndSessions::AllOf(AccountId::ADMIN);
            let planned = self.plan_log_in(&context, AccountId::ADMIN, log_in, ends, rng)?;
            match self.store.commit(first_changes(&context, planned)) {
                Ok(_) => {
                    passage.close();
                    return Ok(AccountId::ADMIN);
                }
                Err(CommitError::Refused { index: 0, refusal: Refusal::Unmet }) => {
                    return Err(AccessError::AlreadySetUp);
                }
                Err(error) => match WriteFailure::from(error) {
                    // Account 1a1 was disabled while everybody was the administrator.
                    WriteFailure::Unmet => return Err(AccessError::NoAdministrator),
                    WriteFailure::AlreadyExists => return Err(AccessError::NameTaken),
                    WriteFailure::Conflict(_) | WriteFailure::NotFound => {}
                    failure @ (WriteFailure::ReceiptExists | WriteFailure::Store(_)) => {
                        return Err(failure.into_store_failure().into());
                    }
                },
            }
        }
        Err(AccessError::Contended)
    }
}

/// The switch first, because it must be the first ever; the log-in; and last what needs that the log-in is there.
fn first_changes(context: &Context, log_in: Planned) -> Vec<Change> {
    let on = SettingValue::AccessControl(AccessControl::On);
    let first = Requirement::SettingAt { name: SettingName::AccessControl, revision: Revision::ZERO };
    let local = SettingValue::LogInProvider(LogInProvider::Local);
    let enters = Requirement::AdministratorCanEnter { now: context.now };
    let mut changes = vec![(Action::ChangeSetting, put(&on), vec![first])];
    changes.extend(log_in.into_iter().map(|(action, write)| (action, write, Vec::new())));
    changes.push((Action::ChangeSetting, put(&local), vec![enters]));
    let change = |(action, write, requires)| Change {
        write,
        requires,
        receipt: None,
        at: context.now,
        origin: context.origin(),
        action,
    };
    changes.into_iter().map(change).collect()
}
