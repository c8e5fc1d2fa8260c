//! The use cases of environments.

use keys_core::{
    Description, EnvironmentId, EnvironmentRecord, EnvironmentTransition, EnvironmentTransitionError, Name,
    Revision, RngError,
};
use keys_store::{BackendError, EnvironmentQuery, Page};
use rand_core::TryCryptoRng;

use crate::Edit;
use crate::authority::Authority;
use crate::context::{Caller, Context};
use crate::error::StoreFailure;

/// What a caller says of an environment to be made.
#[derive(Debug, Clone, Default)]
pub struct EnvironmentRequest {
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
}

/// Why an environment was not made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentChangeError {
    /// The caller sees the environment but may not change it, or may not make one.
    #[error("only the administrator may do this")]
    Forbidden,
    /// There is no such environment within the caller's reach.
    #[error("there is no such environment")]
    NotFound,
    /// The environment's state does not allow it.
    #[error("the environment's state does not allow it")]
    Refused(#[from] EnvironmentTransitionError),
    /// The environment is not at the revision the caller expects.
    #[error("the environment has changed since: it is at revision {current}")]
    Conflict {
        /// Its revision now.
        current: Revision,
    },
    /// Others kept changing the environment; come back later.
    #[error("others kept changing the environment")]
    Contended,
    /// The random source failed; nothing was made.
    #[error("no uuid could be generated")]
    Rng(#[from] RngError),
    /// The store failed.
    #[error("the environment could not be stored")]
    Store(#[from] StoreFailure),
}

/// Why a caller may not enter an environment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnterError {
    /// It does not exist, is not active, or is not the caller's to enter. Which of them is not told.
    #[error("the environment cannot be entered")]
    Refused,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] BackendError),
}

impl Authority {
    /// The caller, acting inside an environment from now on: the administrator in any active one, an environment's
    /// key in its own.
    ///
    /// # Errors
    ///
    /// See [`EnterError`].
    pub fn enter(&self, caller: Caller, environment: EnvironmentId) -> Result<Caller, EnterError> {
        let _ = (caller, environment);
        todo!()
    }

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
        let _ = (context, request, rng);
        todo!()
    }

    /// Changes name and description of an environment. `expected`: only if it is at this revision.
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
        let _ = (context, id, edit, expected);
        todo!()
    }

    /// Moves an environment to its next state. Once this returns `Ok` for a deactivate or a remove, no verification that
    /// begins afterwards accepts any of its keys; the keys themselves are not touched.
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
        let _ = (context, id, transition, expected);
        todo!()
    }

    /// An environment within the caller's reach, removed ones included.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn environment(
        &self,
        context: &Context,
        id: EnvironmentId,
    ) -> Result<Option<EnvironmentRecord>, BackendError> {
        let _ = (context, id);
        todo!()
    }

    /// One page of the environments within the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn environments(
        &self,
        context: &Context,
        query: &EnvironmentQuery,
    ) -> Result<Page<EnvironmentRecord>, BackendError> {
        let _ = (context, query);
        todo!()
    }
}
