#![doc = include_str!("../README.md")]

pub mod batch;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod cursor;
pub mod error;
#[cfg(feature = "conformance")]
pub mod fault;
pub mod listener;
pub mod memory;
pub mod query;
pub mod rules;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod store;

pub use error::{BackendError, BackendErrorKind, CommitError, Refusal};
pub use listener::{ChangeListener, Published, Touched};
pub use memory::MemoryStore;
pub use query::{
    Direction, EnvironmentQuery, KeyCursor, KeyCursorValue, KeyFilter, KeyOrder, KeyQuery, Page, Reach,
    StateFilter,
};
pub use store::{Change, Committed, Head, KeyStore, LinkedEvent, Load, Requirement, Setting, Write};
