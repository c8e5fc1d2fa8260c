//! The whole system from outside.

mod start;
mod tidy;
