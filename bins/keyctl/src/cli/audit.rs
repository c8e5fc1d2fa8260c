//! What was typed about what was done.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use keys_core::{AccountId, Action};

use crate::authority::KeyName;
use crate::moment::Moment;

/// `audit`.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only what was done to this key: an id such as 1c7, or an access key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<KeyName>,

    /// Only what was done to this environment or account, and to what belongs to it
    #[arg(long, value_name = "ID")]
    pub(crate) owner: Option<AccountId>,

    /// Only what was done as this account or environment
    #[arg(long, value_name = "ID")]
    pub(crate) by: Option<AccountId>,

    /// Only what was done with this key
    #[arg(long, value_name = "KEY")]
    pub(crate) with: Option<KeyName>,

    /// Only this, such as key.deactivate
    #[arg(long, value_name = "ACTION", value_parser = actions())]
    pub(crate) action: Option<Action>,

    /// From when on: an instant such as 2026-11-01T00:00:00Z, or how long ago, such as 90d, 12h, 30m
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<Moment>,

    /// Before when, likewise
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<Moment>,

    /// At most this many, the newest
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
}

/// Each action by its name; help shows them all.
fn actions() -> impl TypedValueParser<Value = Action> {
    PossibleValuesParser::new(Action::ALL.iter().map(|action| action.as_str()))
        .try_map(|name| name.parse::<Action>())
}
