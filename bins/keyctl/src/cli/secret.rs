//! What was typed about where a secret comes from. The secret itself never is.

use std::path::PathBuf;

use clap::Args;

/// Where a password comes from.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PasswordSource {
    /// Read the password from standard input, its first line
    #[arg(long, conflicts_with = "password_file")]
    pub(crate) password_stdin: bool,

    /// Read the password from a file, its first line
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}
