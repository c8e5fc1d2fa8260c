#![doc = include_str!("../README.md")]

// The tests' application names this crate as callers do.
#[cfg(test)]
extern crate self as keys_http;

mod app;
mod auth;
#[cfg(test)]
mod authorization;
mod connection;
mod console;
mod dialect;
mod flow;
mod guard;
mod hop;
mod host;
mod idempotency;
mod log;
mod ops;
mod origin;
mod pages;
mod ports;
mod precondition;
mod problem;
mod proxies;
mod reply;
mod request_id;

pub use app::{App, AppConfig, Exposure};
pub use connection::{Certificate, CertificateError, Drained, Limits, Tls, serve};
pub use origin::{ParsePublicUrlError, PublicUrl};
pub use ports::{Clock, Entropy, EntropyError};
pub use proxies::{Network, ParseNetworkError};
