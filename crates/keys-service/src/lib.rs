#![doc = include_str!("../README.md")]

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
    AuthenticateError, BulkError, BulkOutcome, IssueError, IssuedKey, KeyChangeError, KeyRequest, ReceivedKey,
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
