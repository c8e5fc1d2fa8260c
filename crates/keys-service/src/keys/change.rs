//! Editing a key, and moving it through its life.

use keys_core::{Action, KeyId, KeyRecord, Revision, Transition, TransitionError};
use keys_store::{Committed, Write};

use super::KeyChangeError;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::{ATTEMPTS, Edit};

impl Authority {
    /// Changes name and description of a key, whatever its state. `expected`: only if it is at this revision.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::Name;
    /// use keys_service::{Edit, KeyRequest, Patch};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let key = authority.issue_key(&context, KeyRequest::default(), &mut rng)?.record;
    /// let edit = Edit { name: Patch::Set(Some(Name::new("ci")?)), description: Patch::Keep };
    /// // Only if nobody else has changed it since it was read.
    /// let read_at = Some(key.parts().revision);
    /// let edited = authority.edit_key(&context, key.parts().id, edit.clone(), read_at)?;
    /// assert_eq!(edited.parts().name, Some(Name::new("ci")?));
    /// assert!(authority.edit_key(&context, key.parts().id, edit, read_at).is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`KeyChangeError`].
    pub fn edit_key(
        &self,
        context: &Context,
        id: KeyId,
        edit: Edit,
        expected: Option<Revision>,
    ) -> Result<KeyRecord, KeyChangeError> {
        self.change_key(context, id, Action::EditKey, expected, |record| {
            let Edit { name, description } = edit.clone();
            let name = name.apply(record.parts().name.clone());
            let description = description.apply(record.parts().description.clone());
            Ok(record.edit(name, description, context.now))
        })
    }

    /// Moves a key to its next state. Once this returns `Ok` for a deactivate or a delete, no verification that begins
    /// afterwards accepts the key.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::{LifecycleState, Transition};
    /// use keys_service::{KeyChangeError, KeyRequest};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let key = authority.issue_key(&context, KeyRequest::default(), &mut rng)?.record.parts().id;
    /// let go = |transition| authority.transition_key(&context, key, transition, None);
    /// // An Active key is not deleted: an accident should need two steps.
    /// assert!(matches!(go(Transition::Delete), Err(KeyChangeError::Refused(_))));
    /// go(Transition::Deactivate)?;
    /// let deleted = go(Transition::Delete)?;
    /// assert_eq!(deleted.parts().lifecycle.state(), LifecycleState::Deleted);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`KeyChangeError`]. [`KeyChangeError::Refused`] too is only returned once the state it names has been
    /// published to the index.
    pub fn transition_key(
        &self,
        context: &Context,
        id: KeyId,
        transition: Transition,
        expected: Option<Revision>,
    ) -> Result<KeyRecord, KeyChangeError> {
        self.change_key(context, id, action_of(transition), expected, |record| {
            record.transition(transition, context.now)
        })
    }

    /// Loads, decides, writes with the revision it was read at, and begins again when another was faster.
    fn change_key(
        &self,
        context: &Context,
        id: KeyId,
        action: Action,
        expected: Option<Revision>,
        decide: impl Fn(KeyRecord) -> Result<KeyRecord, TransitionError>,
    ) -> Result<KeyRecord, KeyChangeError> {
        if !context.caller.may_change_keys() {
            return Err(KeyChangeError::Forbidden);
        }
        for _ in 0..ATTEMPTS {
            let Some(record) = self.store.key(context.caller.reach(), id).map_err(StoreFailure::from)? else {
                return Err(KeyChangeError::NotFound);
            };
            let read_at = record.parts().revision;
            if expected.is_some_and(|expected| expected != read_at) {
                self.settle(read_at).map_err(StoreFailure::from)?;
                return Err(KeyChangeError::Conflict { current: read_at });
            }
            let record = match decide(record) {
                Ok(record) => record,
                Err(refusal) => {
                    self.settle(read_at).map_err(StoreFailure::from)?;
                    return Err(refusal.into());
                }
            };
            match self.change(context, action, Write::UpdateKey { record, expected: read_at }, None) {
                Ok(Committed::Key(record)) => return Ok(*record),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::Conflict(_)) => {}
                Err(WriteFailure::NotFound) => return Err(KeyChangeError::NotFound),
                Err(WriteFailure::Unmet) => return Err(KeyChangeError::Revoked),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(KeyChangeError::Contended)
    }
}

/// What the audit chain calls it.
pub(super) const fn action_of(transition: Transition) -> Action {
    match transition {
        Transition::Activate => Action::ActivateKey,
        Transition::Deactivate => Action::DeactivateKey,
        Transition::Delete => Action::DeleteKey,
    }
}
