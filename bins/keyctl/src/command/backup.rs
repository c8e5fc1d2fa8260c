//! `backup`.

use crate::authority::Authority;
use crate::cli::Backup;
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, backup: &Backup) -> Result<Answer, Failure> {
    authority.back_up(&backup.file).map(Answer::BackedUp)
}
