//! The HTTP library in process: an application over a store in memory, with a clock that stands, cheap digests and
//! seeded randomness. Only what is about sockets opens one.

mod documents;
mod keys;
mod support;
