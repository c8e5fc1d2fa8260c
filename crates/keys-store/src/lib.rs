#![doc = include_str!("../README.md")]

pub mod batch;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod cursor;
pub mod error;
#[cfg(feature = "conformance")]
pub mod fault;
mod files;
pub mod listener;
pub mod log_in;
pub mod memory;
pub mod open;
pub mod pepper_file;
mod pointer;
pub mod query;
pub mod rules;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod store;
pub mod url;

pub use cursor::{CreatorRank, Cursor, Expiry, Listed, Order, SortKind, SortValue, StateRank};
pub use error::{BackendError, BackendErrorKind, CommitError, Refusal};
pub use listener::{ChangeListener, Published, Touched};
pub use log_in::{EndSessions, KnownSession, LogInStore, Note, PasswordQuery};
pub use memory::MemoryStore;
pub use open::{OpenError, OpenMode};
pub use query::{
    Direction, EnvironmentFilter, EnvironmentOrder, EnvironmentQuery, KeyFilter, KeyOrder, KeyQuery, Page,
    Reach, StateFilter,
};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
pub use store::{
    Change, Committed, Head, KeyStore, LinkedEvent, Load, MOST_SWEPT, Requirement, Setting, Standing, Write,
};
pub use url::{ParseStoreUrlError, StoreUrl};
