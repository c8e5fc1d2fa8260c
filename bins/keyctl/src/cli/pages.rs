//! What was typed for the commands that print what others read: completions and manual pages.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// `completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell that shall complete what is typed
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,

    /// The name that keyctl is installed by, such as apikeyctl
    #[arg(long, value_name = "NAME", default_value = "keyctl", value_parser = command_name)]
    pub(crate) command: String,
}

/// `man`.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command that the page is about, such as env create [default: all of them]
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Vec<String>,

    /// Write the pages of all commands into this folder, and print their names
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(crate) dir: Option<PathBuf>,
}

/// A name that means nothing else to a shell.
fn command_name(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if begins && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("a name has letters, digits, -, _ and . only")
    }
}
