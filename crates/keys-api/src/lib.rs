#![doc = include_str!("../README.md")]

#[cfg(feature = "client")]
pub mod client;
mod collection;
mod date;
mod error;
mod input;
mod openapi;
mod resource;
mod resources;
mod schema;

pub use collection::{Applied, Collection, Pagination, Sort};
pub use date::Date;
pub use error::ErrorObject;
pub use input::{ApiKeyInput, EditInput, ProjectInput, SettingInput};
pub use openapi::openapi;
pub use resource::{Links, Resource};
pub use resources::{ApiKey, ApiVersion, Project, Setting};
pub use schema::{
    Action, Audience, Declaration, DeclaredFilter, Field, Methods, Modifier, Schema, SchemaAction,
    SchemaField, SchemaFilter, Verb, declarations,
};
