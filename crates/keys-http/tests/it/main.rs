//! The HTTP library in process: an application over a store in memory, with a clock that stands, cheap digests and
//! seeded randomness. Only what is about sockets opens one.

mod arbitrary;
mod auth;
mod bad_input;
mod documents;
mod environments;
mod guard;
mod keys;
mod limits;
mod lists;
mod server;
mod settings;
mod support;
mod wire;
