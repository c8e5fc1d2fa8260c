//! Asking a person at a terminal: for a line, or for a secret, which is not shown.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

use crate::exit::{Exit, Failure};
use crate::system;

/// Whether there is a person at a terminal to ask.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a person at a terminal for a line; `None` when there is no terminal.
///
/// # Errors
///
/// The terminal failed.
pub(crate) fn ask_line(prompt: &str) -> Result<Option<String>, Failure> {
    if !can_ask() {
        return Ok(None);
    }
    let mut stderr = io::stderr();
    write!(stderr, "{prompt}").and_then(|()| stderr.flush()).map_err(terminal_failed)?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(terminal_failed)?;
    if !line.ends_with('\n') {
        // The input has ended, and the cursor stands behind the prompt.
        writeln!(stderr).map_err(terminal_failed)?;
    }
    Ok(Some(line.trim().to_owned()))
}

/// Asks a person at a terminal for a secret, which is not shown while it is typed, once for each prompt; `None` when there
/// is no terminal.
///
/// # Errors
///
/// The terminal failed, or what was typed is not always the same.
pub(crate) fn ask_secretly(prompts: &[&str]) -> Result<Option<Zeroizing<String>>, Failure> {
    if !can_ask() {
        return Ok(None);
    }
    let mut typed: Option<Zeroizing<String>> = None;
    for prompt in prompts {
        let asked = system::undisturbed(|| rpassword::prompt_password(prompt));
        let secret = Zeroizing::new(asked.map_err(terminal_failed)?);
        if typed.replace(secret.clone()).is_some_and(|before| before != secret) {
            return Err(Failure::new(Exit::Usage, "what was typed differs, so nothing was done"));
        }
    }
    Ok(typed)
}

/// The terminal failed.
pub(crate) fn terminal_failed(error: io::Error) -> Failure {
    Failure::new(Exit::Failure, format!("the terminal failed: {error}"))
}
