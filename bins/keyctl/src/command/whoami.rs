//! `whoami`.

use crate::authority::Authority;
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority) -> Result<Answer, Failure> {
    authority.who().map(Answer::Caller)
}
