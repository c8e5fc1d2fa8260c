//! What the tests of the whole system share: real binaries in a directory of their own, and a small HTTP client.
//!
//! Everything here talks to the authority as a stranger would: by starting `api-server` as a process and by speaking
//! HTTP to it over a socket. Nothing of the server is linked in.
//!
//! The binaries are those beside the running test executable, so they must have been built: `cargo test --workspace`
//! does, `cargo test -p keys-tests` alone does not.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "this is test code: a test that cannot go on panics"
)]

pub mod binaries;
pub mod client;
pub mod dialect;
pub mod server;
pub mod tls;
pub mod tool;

pub use client::{Client, Response};
pub use dialect::{Key, create_key, disable_access_control, enable_access_control};
pub use server::{Finished, Launch, TestServer};
pub use tls::{CertificateFiles, Issued, Trust};
pub use tool::{Keyctl, Ran};
