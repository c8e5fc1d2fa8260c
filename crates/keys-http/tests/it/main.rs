//! The HTTP library in process: an application over a store in memory, with a clock that stands, cheap digests and
//! seeded randomness. Only what is about sockets opens one.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that meets what it does not expect should stop there"
)]

mod arbitrary;
mod auth;
mod bad_input;
mod bulk;
mod commands;
mod console;
mod console_audit;
mod console_environments;
mod console_help;
mod console_members;
mod documents;
mod environments;
mod errors;
mod guard;
mod idempotency;
mod keys;
mod limits;
mod lists;
mod local_auth;
mod log;
mod log_in;
mod pages;
mod people;
mod preconditions;
mod proxies;
mod server;
mod set_up;
mod settings;
mod shell;
mod support;
mod tls;
mod types;
mod types_written;
mod walk;
mod wire;
mod written;
