//! What was typed about asking first: `--yes` and `--dry-run`.

use clap::Args;

/// Whether to ask.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Consent {
    /// Do not ask whether it is meant; wanted where there is no terminal to ask at
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// Whether to do it at all.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Rehearsal {
    /// Show what would become of each, change nothing, and end with the exit code that it would end with
    #[arg(long)]
    pub(crate) dry_run: bool,
}
