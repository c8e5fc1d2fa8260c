#![doc = include_str!("../README.md")]

mod app;
mod auth;
mod connection;
mod dialect;
mod flow;
mod guard;
mod hop;
mod host;
mod log;
mod ops;
mod ports;
mod problem;
mod reply;
mod request_id;

pub use app::{App, AppConfig, Exposure};
pub use connection::{Drained, Limits, serve};
pub use ports::{Clock, Entropy, EntropyError};
