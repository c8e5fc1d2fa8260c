#![doc = include_str!("../README.md")]

mod app;
mod connection;
mod ports;

pub use app::{App, AppConfig, Exposure};
pub use connection::{Drained, Limits, serve};
pub use ports::{Clock, Entropy, EntropyError};
