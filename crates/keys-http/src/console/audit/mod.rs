//! The audit log: what was done, to whom, by whom and how; all of it, or that of one environment.
//!
//! ```text
//! list.rs     the page, and where it goes on       events.rs   events as rows
//! filter.rs   what is looked for                   names.rs    what the things in them are called
//! words.rs    actions in words
//! ```

mod events;
mod filter;
mod list;
mod names;
mod words;

use keys_core::EnvironmentId;

pub(super) use events::{Row, rows};
pub(super) use list::page;

/// Whose log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All that the caller may see.
    All,
    /// What was done to one environment and what belongs to it.
    Environment(EnvironmentId),
}

impl Scope {
    /// The address of the log.
    pub(crate) fn path(self) -> String {
        match self {
            Self::All => "/audit".to_owned(),
            Self::Environment(environment) => format!("/env/{environment}/audit"),
        }
    }

    /// The address of the log with only what was done to somebody or something.
    pub(super) fn about(self, id: impl std::fmt::Display) -> String {
        format!("{}?whom={id}", self.path())
    }

    /// The address of the log with only what somebody did.
    pub(super) fn by(self, id: impl std::fmt::Display) -> String {
        format!("{}?who={id}", self.path())
    }
}
