//! `import`.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use keys_core::{EnvironmentId, FirstState};
use keys_service::{ExistingPair, ImportOutcome, ImportProgress};

use super::create::the_environment;
use crate::authority::Authority;
use crate::cli::Import;
use crate::exit::{Exit, Failure};
use crate::imported::Imported;
use crate::output::Answer;
use crate::progress::{self, Progress};
use crate::system;

pub(super) fn run(authority: &dyn Authority, import: Import) -> Result<Answer, Failure> {
    let Some(pairs) = &import.pairs else {
        return Err(Failure::new(Exit::Usage, "there is nothing to import"));
    };
    let environment = match import.environment {
        // One that is not there is said in the same words everywhere.
        Some(id) => authority.environment(id)?.id,
        None => the_environment(authority, "")?,
    };
    let imported = if import.rehearsal.dry_run {
        Imported::rehearsed(pairs, &authority.preview_import(environment, &pairs.pairs)?)
    } else {
        Imported::done(pairs, &carry_out(authority, environment, &pairs.pairs, &import)?)?
    };
    Ok(Answer::Imported(imported))
}

/// Imports the pairs, and shows how far it is; who interrupts it is told how far it came.
fn carry_out(
    authority: &dyn Authority,
    environment: EnvironmentId,
    pairs: &[ExistingPair],
    import: &Import,
) -> Result<Vec<ImportOutcome>, Failure> {
    let interrupted = system::interruption()
        .map_err(|error| Failure::new(Exit::Failure, format!("interruptions cannot be seen: {error}")))?;
    let first_state = if import.inactive { FirstState::Inactive } else { FirstState::Active };
    let mut watcher = Watcher { interrupted: &interrupted, seen: import.watched, bar: None, last: None };
    let outcomes = authority.import(environment, pairs, first_state, &mut |progress| watcher.see(progress));
    watcher.end(outcomes)
}

/// Who is told how far an import is.
struct Watcher<'a> {
    interrupted: &'a AtomicBool,
    seen: bool,
    bar: Option<Progress>,
    last: Option<ImportProgress>,
}

impl Watcher<'_> {
    fn see(&mut self, progress: ImportProgress) -> ControlFlow<()> {
        if progress.new > 0 {
            let bar = self.bar.get_or_insert_with(|| Progress::of(progress.new, self.seen));
            bar.at(progress.digested);
        }
        self.last = Some(progress);
        if self.interrupted.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Takes the bar away before anything else is written, and says of a failure what stays all the same.
    fn end(self, outcomes: Result<Vec<ImportOutcome>, Failure>) -> Result<Vec<ImportOutcome>, Failure> {
        drop(self.bar);
        outcomes.map_err(|failure| match self.last {
            Some(ImportProgress { new, imported, .. }) => failure
                .and(format!("{} of {} imported", progress::number(imported), progress::number(new)))
                .hint("run it again to go on: what is there already is skipped"),
            None => failure,
        })
    }
}
