//! Reading the audit chain: all of it in order, what is looked for in it, and the history of one key.
//!
//! A caller sees what was done to what is within its reach, whoever did it, and nothing else.

mod chain;
mod filter;
mod history;
mod page;

pub use chain::AuditPage;
pub use filter::{About, AuditFilter, By};
pub use history::KeyHistory;
pub use page::{AuditPlace, AuditRequest, FoundEvents};
