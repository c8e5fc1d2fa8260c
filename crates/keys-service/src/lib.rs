#![doc = include_str!("../README.md")]
//!
//! # Where to read on
//!
//! Every use case is a method of [`Authority`]; each group has its requests, answers and errors in a module:
//!
//! | to | ask | with |
//! |---|---|---|
//! | verify a pair | [`Authority::authenticate`], [`Authority::authenticate_indexed`] | [`keys`] |
//! | issue, find, edit, activate, deactivate and delete keys | [`Authority::issue_key`], [`Authority::key_page`], [`Authority::edit_key`], [`Authority::transition_key`], [`Authority::transition_keys`] | [`keys`] |
//! | manage environments and their members | [`Authority::create_environment`], [`Authority::transition_environment`], [`Authority::enter`], [`Authority::set_members`] | [`environments`] |
//! | manage people | [`Authority::add_person`], [`Authority::edit_account`], [`Authority::transition_account`] | [`people`] |
//! | let people in and out | [`Authority::log_in`], [`Authority::authenticate_session`], [`Authority::set_password`], [`Authority::end_sessions`] | [`log_in`] |
//! | switch access control, and say who may log in | [`Authority::set_access_control`], [`Authority::change_access`], [`Authority::claim`] | [`access`] |
//! | read what was done | [`Authority::find_events`], [`Authority::key_history`] | [`AuditRequest`], [`KeyHistory`] |
//!
//! [`Maintenance`] is what of it can be done without the pepper: what takes rights away, and what nobody should be kept from by a lost file.
//!
//! Before this: [`keys_core`], what is true, and [`keys_store`], where it is kept. Beside it: [`keys_http`](../keys_http/index.html), the server
//! that puts these use cases on a network.

pub mod access;
mod audit;
mod authority;
mod context;
mod creators;
pub mod environments;
mod error;
mod hashing;
mod index;
pub mod keys;
pub mod log_in;
mod maintenance;
mod pages;
pub mod people;
mod receipts;
mod search;
mod settings;
mod setup;
mod tick;

pub use access::{AccessError, AccessRequest, AdministratorLogIn, SetUpDoor, SetUpRefusal, Switch};
pub use audit::{About, AuditFilter, AuditPage, AuditPlace, AuditRequest, By, FoundEvents, KeyHistory};
pub use authority::{Authority, AuthorityConfig, OpenError};
pub use context::{Caller, Context, Position};
pub use creators::{CreatorName, CreatorNames, KeyLabel};
pub use environments::{Counted, EnterError, EnvironmentChangeError, EnvironmentRequest, MembersError};
pub use error::StoreFailure;
pub use keys::{
    AuthenticateError, BulkError, BulkOutcome, ExistingPair, ImportError, ImportOutcome, ImportProgress,
    ImportRefusal, IssueError, IssuedKey, KeyChangeError, KeyMatch, KeyRequest, MatchingKeys, ReceivedKey,
    preview_import,
};
pub use log_in::{
    EndSessionsError, Entered, LogInError, LogInRefusal, LogInRequest, LoggedIn, PasswordChangeError,
    PasswordEdit, SessionOutcome, UnlockError, Visitor, Whom,
};
pub use maintenance::Maintenance;
pub use pages::{PageRequest, Place, TwoWayPage};
pub use people::{AccountEdit, AccountError, AccountRequest, FirstLogIn, PeopleQuery, PersonRequest};
pub use receipts::{AnotherRequest, Once};
pub use search::SearchText;
pub use settings::{ApiUi, SettingError};

/// How often a use case reads, decides and writes before it says that others keep getting in between.
const ATTEMPTS: usize = 3;

/// What an edit does to one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Leave it as it is.
    #[default]
    Keep,
    /// Make it this; `None` clears it.
    Set(Option<T>),
}

impl<T> Patch<T> {
    /// The field after the edit.
    #[must_use]
    pub fn apply(self, field: Option<T>) -> Option<T> {
        match self {
            Self::Keep => field,
            Self::Set(value) => value,
        }
    }
}

/// An edit of a key or an environment: name and description, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edit {
    /// The name.
    pub name: Patch<keys_core::Name>,
    /// The description.
    pub description: Patch<keys_core::Description>,
}
