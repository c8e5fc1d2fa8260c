//! `list`.

use keys_core::Timestamp;

use super::bulk::wanted;
use crate::authority::Authority;
use crate::cli::{List, Which};
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, list: &List, now: Timestamp) -> Result<Answer, Failure> {
    let Which { environment, .. } = list.which;
    // Any server of the dialect lists by owner; the rest is ours.
    if list.state.is_none() && list.which == (Which { environment, ..Which::default() }) {
        let Some(environment) = environment.or_else(|| authority.home()) else {
            return authority.keys().map(Answer::Keys);
        };
        // One that does not exist is an error, not an empty list.
        let environment = authority.environment(environment)?;
        return authority.keys_of(&environment).map(Answer::Keys);
    }
    let wanted = wanted(authority, &list.which, list.state, now)?;
    let found = authority.keys_matching(&wanted, usize::MAX)?;
    Ok(Answer::Keys(found.into_iter().map(|seen| seen.key).collect()))
}
