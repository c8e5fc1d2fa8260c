//! `setup`.

use std::fs;
use std::path::Path;

use keys_core::Name;
use zeroize::Zeroizing;

use super::log_in;
use crate::authority::{Authority, FirstAdministrator};
use crate::cli::SetUp;
use crate::credentials::Surroundings;
use crate::exit::{Exit, Failure};
use crate::output::Answer;

pub(super) fn run(
    authority: &dyn Authority,
    command: SetUp,
    surroundings: &Surroundings<'_>,
) -> Result<Answer, Failure> {
    let SetUp { token_file, login, password, name } = command;
    let name = name.filter(|name| !name.is_empty()).map(Name::new).transpose();
    let name = name.map_err(|error| Failure::new(Exit::Usage, format!("--name: {error}")))?;
    let token = token(&token_file)?;
    let login = log_in::login_name(login, "--login")?;
    let password = log_in::password(&password, &log_in::TWICE, surroundings)?;
    authority.set_up(FirstAdministrator { token, login, password, name })?;
    Ok(Answer::AccessControl(keys_core::AccessControl::On))
}

/// The file holds one line; what is no token is the server's to say, without the text in any message.
fn token(path: &Path) -> Result<Zeroizing<String>, Failure> {
    const LONGEST: u64 = 1_024;
    let refused = |why: String| Failure::new(Exit::Usage, format!("--token-file: {} {why}", path.display()));
    let length = fs::metadata(path).map_err(|error| refused(format!("cannot be read: {error}")))?.len();
    if length > LONGEST {
        return Err(refused("is too long to hold a set-up token".to_owned()));
    }
    let text = fs::read_to_string(path).map_err(|error| refused(format!("cannot be read: {error}")))?;
    Ok(Zeroizing::new(Zeroizing::new(text).trim().to_owned()))
}
