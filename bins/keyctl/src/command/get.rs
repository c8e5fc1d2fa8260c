//! `get`.

use crate::authority::Authority;
use crate::cli::Get;
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, get: &Get) -> Result<Answer, Failure> {
    authority.key(&get.key).map(|key| Answer::Key(Box::new(key)))
}
