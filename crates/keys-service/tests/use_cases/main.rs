//! The use cases, over a store in memory that can be made to fail.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests, which are not marked as tests themselves"
)]

mod authenticate;
mod keys;
mod start;
mod support;
