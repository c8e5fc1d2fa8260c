#![doc = include_str!("../README.md")]

mod bench;
mod cases;
mod clock;
mod figure;
pub mod machine;

pub use bench::Bench;
pub use cases::Cases;
pub use clock::Clock;
pub use figure::{Figure, Unit};
