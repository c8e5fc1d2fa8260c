//! `login`, `logout` and `user password`: a password is asked for, or read from standard input.

use keys_core::{LoginName, Password};

use crate::authority::Authority;
use crate::cli::{LogIn, UserPassword};
use crate::credentials::{self, Surroundings};
use crate::exit::{Exit, Failure};
use crate::output::Answer;

pub(super) fn log_in(
    authority: &dyn Authority,
    log_in: LogIn,
    surroundings: &Surroundings<'_>,
) -> Result<Answer, Failure> {
    let name = match log_in.name {
        Some(name) => name,
        None => credentials::ask_line("Log-in name: ")?.ok_or_else(|| nobody_to_ask("a NAME"))?,
    };
    let login: LoginName =
        name.parse().map_err(|error| Failure::new(Exit::Usage, format!("NAME: {error}")))?;
    let password = password(log_in.password_stdin, &["Password: "], surroundings)?;
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
    let password = password(user.password_stdin, &["New password: ", "The same again: "], surroundings)?;
    authority.set_password(user.account, login, password).map(Answer::PasswordSet)
}

/// A password, of standard input or of a person who is asked for it as often as there are prompts.
fn password(
    from_stdin: bool,
    prompts: &[&str],
    surroundings: &Surroundings<'_>,
) -> Result<Password, Failure> {
    let text = if from_stdin {
        credentials::line_of_stdin(surroundings, "no password")?
    } else {
        credentials::ask_secretly(prompts)?.ok_or_else(|| nobody_to_ask("--password-stdin"))?
    };
    Password::new(&text).map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

fn nobody_to_ask(wanted: &str) -> Failure {
    Failure::new(Exit::Usage, format!("there is no terminal to ask at: {wanted} is wanted"))
}
