//! The use cases, over a store in memory that can be made to fail.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests, which are not marked as tests themselves"
)]

mod access;
mod allowed;
mod audit;
mod authenticate;
mod bulk;
mod creators;
mod environments;
mod find;
mod import;
mod keys;
mod log_in;
mod maintenance;
mod matching;
mod member;
mod members;
mod outage;
mod pages;
mod people;
mod receipts;
mod reference;
mod removed_meanwhile;
mod settings;
mod start;
mod support;
mod threads;
