//! What became of the pairs of an import, or would become of them: its answer.

use keys_service::ImportOutcome;

use crate::exit::{Exit, Failure};
use crate::model::{ImportResult, ImportedPair};
use crate::pairs::{Pairs, Problem, Problems};

/// What became of each, and how the run ends.
#[derive(Debug)]
pub(crate) struct Imported {
    /// Each, in the order of the file.
    pub(crate) pairs: Vec<ImportedPair>,
    /// How many lines said again what others had said.
    repeated: usize,
    /// Why it would fail, if it was only tried and would.
    pub(crate) refusal: Option<Failure>,
}

impl Imported {
    /// What became of the pairs; of none, if any was refused.
    ///
    /// # Errors
    ///
    /// [`Exit::Conflict`], with each pair that was refused.
    pub(crate) fn done(pairs: &Pairs, outcomes: &[ImportOutcome]) -> Result<Self, Failure> {
        let imported = Self::of(pairs, outcomes);
        let mut problems = Problems::default();
        for (line, access_key, why) in imported.refused() {
            problems.add(Problem::new(line, format!("{access_key}: {why}")));
        }
        match imported.failure("so none is") {
            None => Ok(imported),
            Some(failure) => Err(failure.with_problems(problems.told())),
        }
    }

    /// What would become of them.
    pub(crate) fn rehearsed(pairs: &Pairs, outcomes: &[ImportOutcome]) -> Self {
        let imported = Self::of(pairs, outcomes);
        let refusal = imported.failure("so none would be");
        let refusal = refusal.map(|failure| failure.and("this was a --dry-run, which changes nothing"));
        Self { refusal, ..imported }
    }

    fn of(pairs: &Pairs, outcomes: &[ImportOutcome]) -> Self {
        let each = pairs.lines.iter().zip(&pairs.pairs).zip(outcomes);
        let each = each.map(|((line, pair), outcome)| {
            let (id, result, refusal) = match *outcome {
                ImportOutcome::New(None) => (None, ImportResult::WouldImport, None),
                ImportOutcome::New(id) => (id, ImportResult::Imported, None),
                ImportOutcome::AlreadyThere(id) => (Some(id), ImportResult::AlreadyThere, None),
                ImportOutcome::Refused(why) => (None, ImportResult::Refused, Some(why.to_string())),
            };
            ImportedPair { line: *line, access_key: pair.credential.access_key(), id, result, refusal }
        });
        Self { pairs: each.collect(), repeated: pairs.repeated, refusal: None }
    }

    /// Says in a line what nobody shall have to count.
    pub(crate) fn summary(&self) -> String {
        let counts = [
            (self.count(ImportResult::Imported), "imported"),
            (self.count(ImportResult::WouldImport), "would be imported"),
            (self.count(ImportResult::AlreadyThere), "already there"),
            (self.count(ImportResult::Refused), "refused"),
            (self.repeated, "said twice"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        counts.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
    }

    fn count(&self, result: ImportResult) -> usize {
        self.pairs.iter().filter(|pair| pair.result == result).count()
    }

    fn refused(&self) -> impl Iterator<Item = (u64, keys_core::AccessKey, &str)> {
        self.pairs.iter().filter_map(|pair| Some((pair.line, pair.access_key, pair.refusal.as_deref()?)))
    }

    fn failure(&self, consequence: &str) -> Option<Failure> {
        let refused = self.count(ImportResult::Refused);
        let message = format!("{refused} of {} pairs cannot be imported, {consequence}", self.pairs.len());
        let hint = "take their lines out, and import the rest";
        (refused > 0).then(|| Failure::new(Exit::Conflict, message).hint(hint))
    }
}
