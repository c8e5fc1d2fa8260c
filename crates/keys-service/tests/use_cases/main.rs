//! The use cases, over a store in memory that can be made to fail.

mod authenticate;
mod keys;
mod start;
mod support;
