#![doc = include_str!("../README.md")]
//!
//! [`machine`] says on what machine the figures were taken, since they are nothing without it.

mod bench;
mod cases;
mod clock;
mod figure;
pub mod machine;

pub use bench::Bench;
pub use cases::Cases;
pub use clock::Clock;
pub use figure::{Figure, Unit};
