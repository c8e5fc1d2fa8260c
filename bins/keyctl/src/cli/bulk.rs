//! What was typed about many keys at once: which are meant, named by what they are.

use clap::Args;
use keys_core::{AccountId, EnvironmentId};

use crate::deadline::Deadline;
use crate::moment::Moment;

/// Which keys are listed, or which `--all` means. Every option narrows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[group(id = "which", multiple = true)]
pub(crate) struct Which {
    /// Those of this environment [default: that of the --url]
    #[arg(long, value_name = "ID", conflicts_with = "owner")]
    pub(crate) environment: Option<EnvironmentId>,

    /// Those that belong to this environment or account, such as 1a5
    #[arg(long, value_name = "ID")]
    pub(crate) owner: Option<AccountId>,

    /// Those that were made as this account, or as this environment by one of its keys
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) creator: Option<AccountId>,

    /// Those made before: 90d (so long ago), or 2026-08-01T00:00:00Z
    #[arg(long, value_name = "WHEN")]
    pub(crate) created_before: Option<Moment>,

    /// Those made since: 12h (so long ago), or 2026-08-01T00:00:00Z
    #[arg(long, value_name = "WHEN")]
    pub(crate) created_after: Option<Moment>,

    /// Those that expire before: 30d (from now on), 0d (have expired), or 2027-01-01T00:00:00Z
    #[arg(long, value_name = "WHEN")]
    pub(crate) expires_before: Option<Deadline>,

    /// Those with this in their names, in any letter case
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
}
