//! Pairs that exist already, brought into the database.

use std::ops::ControlFlow;

use keys_core::{EnvironmentId, FirstState};
use keys_service::{ExistingPair, ImportError, ImportOutcome, ImportProgress};

use super::failures::{backend_failed, chain, changes_need_ownership};
use super::{Local, Service};
use crate::authority::Imports;
use crate::authority::refusals::not_enterable;
use crate::exit::{Exit, Failure};
use crate::system;

impl Imports for Local {
    fn preview_import(
        &self,
        environment: EnvironmentId,
        pairs: &[ExistingPair],
    ) -> Result<Vec<ImportOutcome>, Failure> {
        let Service::Keyring(keyring) = &self.service else { return Err(changes_need_ownership()) };
        keys_service::preview_import(&*self.store, keyring, environment, pairs, self.now)
            .map_err(|error| not_imported(environment, error))
    }

    fn import(
        &self,
        environment: EnvironmentId,
        pairs: &[ExistingPair],
        first_state: FirstState,
        watch: &mut dyn FnMut(ImportProgress) -> ControlFlow<()>,
    ) -> Result<Vec<ImportOutcome>, Failure> {
        let Service::Whole(service) = &self.service else { return Err(changes_need_ownership()) };
        let context = self.inside(service, environment)?;
        match service.import_keys(&context, pairs, first_state, system::rng, watch) {
            Ok(outcomes) | Err(ImportError::Refused { outcomes }) => Ok(outcomes),
            Err(error) => Err(not_imported(environment, error)),
        }
    }
}

/// What was imported before is for whoever watched to say.
fn not_imported(environment: EnvironmentId, error: ImportError) -> Failure {
    match error {
        ImportError::OwnerInactive => not_enterable(environment),
        ImportError::Stopped => Failure::new(Exit::Interrupted, "interrupted"),
        ImportError::Contended => Failure::new(Exit::Conflict, chain(&error)),
        ImportError::Store(keys_service::StoreFailure::Failed(error)) => backend_failed(error),
        ImportError::Forbidden
        | ImportError::Refused { .. }
        | ImportError::Busy
        | ImportError::Hash(_)
        | ImportError::Thread(_)
        | ImportError::Store(_)
        | _ => Failure::new(Exit::Failure, chain(&error)),
    }
}
