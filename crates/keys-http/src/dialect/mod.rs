//! The `/v1` dialect: from an address to a document.

pub(crate) mod body;
mod filter;
pub(crate) mod grammar;
pub(crate) mod handlers;
mod include;
pub(crate) mod marker;
pub(crate) mod methods;
mod multipart;
mod paging;
mod problems;
pub(crate) mod query;
mod scan;
pub(crate) mod types;
pub(crate) mod urls;
pub(crate) mod views;
