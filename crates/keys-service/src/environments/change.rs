//! Editing an environment, and moving it through its states.

use keys_core::{
    Action, EnvironmentId, EnvironmentRecord, EnvironmentTransition, EnvironmentTransitionError, Revision,
};
use keys_store::{Committed, Write};

use super::EnvironmentChangeError;
use crate::authority::{Authority, first};
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::{ATTEMPTS, Edit};

impl Authority {
    /// Changes name and description of an environment: for its owners and for administrators. `expected`: only if it is at this revision.
    ///
    /// # Errors
    ///
    /// See [`EnvironmentChangeError`].
    pub fn edit_environment(
        &self,
        context: &Context,
        id: EnvironmentId,
        edit: Edit,
        expected: Option<Revision>,
    ) -> Result<EnvironmentRecord, EnvironmentChangeError> {
        self.change_environment(context, id, Action::EditEnvironment, expected, |record| {
            let Edit { name, description } = edit.clone();
            let name = name.apply(record.parts().name.clone());
            let description = description.apply(record.parts().description.clone());
            Ok(record.edit(name, description, context.now))
        })
    }

    /// Moves an environment to its next state: for its owners and for administrators. Once this returns `Ok` for a deactivate or a remove, no verification that
    /// begins afterwards accepts any of its keys; the keys themselves are not touched.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::{Credential, EnvironmentTransition, Verdict};
    /// use keys_service::{Context, KeyRequest};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let environment = "1a5".parse()?;
    /// let inside = Context { caller: authority.enter(context.caller, environment)?, ..context.clone() };
    /// let issued = authority.issue_key(&inside, KeyRequest::default(), &mut rng)?;
    /// let presented = Credential::from((issued.record.parts().access_key, issued.secret_key));
    ///
    /// let go = |transition| authority.transition_environment(&context, environment, transition, None);
    /// go(EnvironmentTransition::Deactivate)?;
    /// assert!(matches!(authority.authenticate(&presented, context.now)?, Verdict::Deny(_)));
    /// // The key was not touched, so it comes back with its environment.
    /// go(EnvironmentTransition::Activate)?;
    /// assert!(matches!(authority.authenticate(&presented, context.now)?, Verdict::Allow(_)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`EnvironmentChangeError`].
    pub fn transition_environment(
        &self,
        context: &Context,
        id: EnvironmentId,
        transition: EnvironmentTransition,
        expected: Option<Revision>,
    ) -> Result<EnvironmentRecord, EnvironmentChangeError> {
        let action = match transition {
            EnvironmentTransition::Activate => Action::ActivateEnvironment,
            EnvironmentTransition::Deactivate => Action::DeactivateEnvironment,
            EnvironmentTransition::Remove => Action::RemoveEnvironment,
            EnvironmentTransition::Restore => Action::RestoreEnvironment,
        };
        self.change_environment(context, id, action, expected, |record| {
            record.transition(transition, context.now)
        })
    }

    /// Loads, decides, writes with the revision it was read at, and begins again when another was faster.
    fn change_environment(
        &self,
        context: &Context,
        id: EnvironmentId,
        action: Action,
        expected: Option<Revision>,
        decide: impl Fn(EnvironmentRecord) -> Result<EnvironmentRecord, EnvironmentTransitionError>,
    ) -> Result<EnvironmentRecord, EnvironmentChangeError> {
        for _ in 0..ATTEMPTS {
            let found = self.store.environment(context.caller.reach(), id).map_err(StoreFailure::from)?;
            let record = found.ok_or(EnvironmentChangeError::NotFound)?;
            let role = self.role_of(context, id)?.filter(|role| role.may_change_environment());
            let role = role.ok_or(EnvironmentChangeError::Forbidden)?;
            let read_at = record.parts().revision;
            if expected.is_some_and(|expected| expected != read_at) {
                self.settle(read_at).map_err(StoreFailure::from)?;
                return Err(EnvironmentChangeError::Conflict { current: read_at });
            }
            let record = match decide(record) {
                Ok(record) => record,
                Err(refusal) => {
                    self.settle(read_at).map_err(StoreFailure::from)?;
                    return Err(refusal.into());
                }
            };
            let write = Write::UpdateEnvironment { record, expected: read_at };
            match self
                .change_all(context, Some((id, role)), vec![(action, write, None)], None)
                .and_then(first)
            {
                Ok(Committed::Environment(record)) => return Ok(record),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::Unmet) => return Err(EnvironmentChangeError::Revoked),
                Err(WriteFailure::Conflict(_)) => {}
                Err(WriteFailure::NotFound) => return Err(EnvironmentChangeError::NotFound),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(EnvironmentChangeError::Contended)
    }
}
