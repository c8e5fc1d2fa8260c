//! `list`.

use crate::authority::Authority;
use crate::cli::List;
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, list: &List) -> Result<Answer, Failure> {
    let environment = list.environment.or_else(|| authority.home());
    let Some(environment) = environment else { return authority.keys().map(Answer::Keys) };
    // One that does not exist is an error, not an empty list.
    let environment = authority.environment(environment)?;
    authority.keys_of(&environment).map(Answer::Keys)
}
