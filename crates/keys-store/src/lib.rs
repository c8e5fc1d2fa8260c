#![doc = include_str!("../README.md")]
//!
//! # Where to read on
//!
//! | modules | tell |
//! |---|---|
//! | [`store`], [`log_in`] | the contract: what is read, what is written, and when it is acknowledged |
//! | [`error`] | the three ways to say no |
//! | [`query`], [`cursor`] | lists: in which order, from where on |
//! | [`listener`], [`batch`] | what the verification index is told, before anybody is answered |
//! | [`rules`] | what follows from a change, the same in every store |
//! | [`url`], [`open`], [`pepper_file`] | which store, how it is opened, and what lies beside it |
//! | [`memory`], `sqlite` | two stores |
//! | `conformance`, `fault` | the contract as tests, and a store that fails on demand |
//!
//! Before this: [`keys_core`], what is true. After this: [`keys_service`](../keys_service/index.html), the use cases over a store.

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
