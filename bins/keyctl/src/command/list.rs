//! `list`.

use crate::authority::Authority;
use crate::cli::List;
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, list: &List) -> Result<Answer, Failure> {
    let environment = list.environment.or_else(|| authority.home());
    let Some(environment) = environment else { return authority.keys().map(Answer::Keys) };
    // One that does not exist is an error, not an empty list.
    authority.environment(environment)?;
    let mut keys = authority.keys()?;
    keys.retain(|key| key.owner.number() == environment.number());
    Ok(Answer::Keys(keys))
}
