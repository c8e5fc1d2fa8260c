//! What of an authority is about pairs that exist already: of a database only.

use std::ops::ControlFlow;

use keys_core::{EnvironmentId, FirstState};
use keys_service::{ExistingPair, ImportOutcome, ImportProgress};

use super::remote::Remote;
use crate::exit::{Exit, Failure};

/// What becomes of pairs that exist already.
pub(crate) trait Imports {
    /// What would become of these pairs in an environment; nothing is changed.
    fn preview_import(
        &self,
        environment: EnvironmentId,
        pairs: &[ExistingPair],
    ) -> Result<Vec<ImportOutcome>, Failure>;

    /// Makes keys of these pairs, unless one of them is refused: then of none. `watch` is told how far it is and may stop it.
    fn import(
        &self,
        environment: EnvironmentId,
        pairs: &[ExistingPair],
        first_state: FirstState,
        watch: &mut dyn FnMut(ImportProgress) -> ControlFlow<()>,
    ) -> Result<Vec<ImportOutcome>, Failure>;
}

/// Nobody imports over HTTP.
pub(crate) fn imports_are_for_databases() -> Failure {
    Failure::new(
        Exit::Usage,
        "import wants --database: nobody chooses a secret over HTTP, an administrator included",
    )
    .hint("stop the server, then on its machine: keyctl --database sqlite:keys-data/keys.sqlite3 import FILE")
}

impl Imports for Remote {
    fn preview_import(&self, _: EnvironmentId, _: &[ExistingPair]) -> Result<Vec<ImportOutcome>, Failure> {
        Err(imports_are_for_databases())
    }

    fn import(
        &self,
        _: EnvironmentId,
        _: &[ExistingPair],
        _: FirstState,
        _: &mut dyn FnMut(ImportProgress) -> ControlFlow<()>,
    ) -> Result<Vec<ImportOutcome>, Failure> {
        Err(imports_are_for_databases())
    }
}
