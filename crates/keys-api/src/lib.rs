#![doc = include_str!("../README.md")]
//!
//! # Where to read on
//!
//! | to | read |
//! |---|---|
//! | talk to a server | `client` (feature `client`) |
//! | know a type of the dialect | [`ApiKey`], [`Project`], [`Account`], [`ProjectMember`], [`Setting`], [`AuditLog`], [`Token`] and the others |
//! | send something | [`ApiKeyInput`], [`ProjectInput`], [`EditInput`] and the others |
//! | read a list, or an error | [`Collection`], [`ErrorObject`], [`ProblemDetails`] |
//! | describe the interface | [`Declaration`], [`Schema`], [`openapi()`] |
//!
//! The crate knows nothing of the others: [`keys_http`](../keys_http/index.html) translates between these words and
//! [`keys_core`](../keys_core/index.html), where it is said what they mean.

#[cfg(feature = "client")]
pub mod client;
mod collection;
mod commands;
mod date;
mod declaration;
mod error;
mod input;
mod openapi;
mod resource;
mod resources;
mod schema;

pub use collection::{Applied, Collection, Pagination, Sort};
pub use commands::{KeyAtRevision, KeysTransitionInput, RevisedKey};
pub use date::Date;
pub use declaration::{Action, Audience, Declaration, DeclaredFilter, Field, Link, Methods, Modifier, Verb};
pub use error::{ErrorObject, ProblemDetails};
pub use input::{
    AccountEditInput, AccountInput, ApiKeyInput, EditInput, MemberInput, MembersInput, ProjectInput,
    SetUpInput, SettingInput,
};
pub use openapi::openapi;
pub use resource::{Links, Resource};
pub use resources::{
    Account, ActiveSetting, ApiKey, ApiVersion, AuditLog, ChangeSecretInput, Credential, Identity,
    LocalAuthConfig, Password, Project, ProjectMember, SetProjectMembersInput, Setting, Token,
    TypeDocumentation,
};
pub use schema::{Schema, SchemaAction, SchemaField, SchemaFilter, declarations};
