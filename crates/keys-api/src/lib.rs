#![doc = include_str!("../README.md")]

#[cfg(feature = "client")]
pub mod client;
mod collection;
mod date;
mod declaration;
mod error;
mod input;
mod openapi;
mod resource;
mod resources;
mod schema;

pub use collection::{Applied, Collection, Pagination, Sort};
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
