//! What was typed about a backup.

use std::path::PathBuf;

use clap::Args;

/// `backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to make; nothing may be there yet
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}
