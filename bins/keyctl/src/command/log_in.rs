//! `login`, `logout` and `user password`: a password is asked for, or read from standard input or a file.

use keys_core::{LoginName, Password};

use crate::authority::Authority;
use crate::cli::{LogIn, PasswordSource, UserPassword};
use crate::credentials::{self, Surroundings};
use crate::exit::{Exit, Failure};
use crate::output::Answer;

/// What a new password is asked for with.
pub(super) const TWICE: [&str; 2] = ["New password: ", "The same again: "];

pub(super) fn log_in(
    authority: &dyn Authority,
    log_in: LogIn,
    surroundings: &Surroundings<'_>,
) -> Result<Answer, Failure> {
    let login = login_name(log_in.name, "NAME")?;
    let password = password(&log_in.password, &["Password: "], surroundings)?;
    authority.log_in(&login, &password).map(Answer::LoggedIn)
}

pub(super) fn log_out(authority: &dyn Authority) -> Result<Answer, Failure> {
    authority.log_out().map(|()| Answer::LoggedOut)
}

pub(super) fn set_password(
    authority: &dyn Authority,
    user: UserPassword,
    surroundings: &Surroundings<'_>,
) -> Result<Answer, Failure> {
    let login = user.login.map(|login| {
        login.parse::<LoginName>().map_err(|error| Failure::new(Exit::Usage, format!("--login: {error}")))
    });
    let login = login.transpose()?;
    let password = password(&user.password, &TWICE, surroundings)?;
    authority.set_password(user.account, login, password).map(Answer::PasswordSet)
}

/// A log-in name, typed as an argument or when it is asked for.
pub(super) fn login_name(given: Option<String>, argument: &str) -> Result<LoginName, Failure> {
    let name = match given {
        Some(name) => name,
        None => {
            let wanted = || nobody_to_ask(&format!("a {argument}"));
            credentials::ask_line("Log-in name: ")?.ok_or_else(wanted)?
        }
    };
    name.parse().map_err(|error| Failure::new(Exit::Usage, format!("{argument}: {error}")))
}

/// A password, of standard input, of a file, or of a person who is asked for it as often as there are prompts.
pub(super) fn password(
    source: &PasswordSource,
    prompts: &[&str],
    surroundings: &Surroundings<'_>,
) -> Result<Password, Failure> {
    let text = match &source.password_file {
        Some(file) => credentials::line_of_file(file, "no password")?,
        None if source.password_stdin => credentials::line_of_stdin(surroundings, "no password")?,
        None => {
            let wanted = || nobody_to_ask("--password-stdin or --password-file");
            credentials::ask_secretly(prompts)?.ok_or_else(wanted)?
        }
    };
    Password::new(&text).map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

fn nobody_to_ask(wanted: &str) -> Failure {
    Failure::new(Exit::Usage, format!("there is no terminal to ask at: {wanted} is wanted"))
}
