//! `access-control`.

use keys_core::AccessControl as State;

use crate::authority::Authority;
use crate::cli::AccessControl;
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, command: AccessControl) -> Result<Answer, Failure> {
    let wanted = match command {
        AccessControl::Status => return authority.access_control().map(Answer::AccessControl),
        AccessControl::Enable => State::On,
        AccessControl::Disable => State::Off,
        AccessControl::Mode { mode: None } => return authority.access_mode().map(Answer::AccessMode),
        AccessControl::Mode { mode: Some(mode) } => {
            authority.set_access_mode(mode)?;
            return Ok(Answer::AccessMode(mode));
        }
    };
    authority.set_access_control(wanted)?;
    Ok(Answer::AccessControl(wanted))
}
