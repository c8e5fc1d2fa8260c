#![doc = include_str!("../README.md")]
//!
//! # Where to read on
//!
//! [`App`] answers requests, [`serve`] puts it on a listener. What it needs from outside is a [`Clock`] and [`Entropy`]; how it is reached is
//! its [`AppConfig`], [`Limits`] and [`Tls`].
//!
//! Before this: [`keys_service`], the use cases it calls, and [`keys_api`], the words it answers in. What a client sees is in `docs/HTTP.md`.

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
