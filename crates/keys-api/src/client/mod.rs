//! A typed, blocking client for the `/v1` dialect.
//!
//! One request at a time, no runtime. Nothing is tried twice but a create, whose answer may hold a secret that is lost with
//! it: that is asked for again under the same idempotency key, which makes nothing new. Whether doing another thing twice
//! is harm, only the caller knows. Redirects are not followed, so that a credential goes nowhere but to the
//! address it was given for; the addresses in answers are not followed either, but for the place where a list goes on.
//!
//! ```
//! # // A server of canned answers, so that this runs.
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let address = format!("http://{}", listener.local_addr()?);
//! # std::thread::spawn(move || {
//! #     use std::io::{BufRead as _, Read as _, Write as _};
//! #     let created = r#"{"id":"1c7","type":"apiKey","state":"active","secretValue":"…","publicValue":"KC…"}"#;
//! #     let created = format!("HTTP/1.1 201 Created\r\nContent-Length: {}\r\n\r\n{created}", created.len());
//! #     for answer in [created.as_str(), "HTTP/1.1 204 No Content\r\n\r\n"] {
//! #         let mut stream = std::io::BufReader::new(listener.accept().expect("a client").0);
//! #         let (mut line, mut length) = (String::new(), 0);
//! #         while stream.read_line(&mut line).expect("a request") > 2 {
//! #             let header = line.to_lowercase();
//! #             length = header.strip_prefix("content-length: ").map_or(length, |n| n.trim().parse().expect("a number"));
//! #             line.clear();
//! #         }
//! #         stream.read_exact(&mut vec![0; length]).expect("a body");
//! #         stream.into_inner().write_all(answer.as_bytes()).expect("a reader");
//! #     }
//! # });
//! use keys_api::ApiKeyInput;
//! use keys_api::client::{BaseUrl, Client, Credential, IdempotencyKey};
//!
//! # let stands_for = "http://127.0.0.1:8080";
//! let url: BaseUrl = "http://127.0.0.1:8080".parse()?;
//! # assert_eq!(url, stands_for.parse()?);
//! # let url: BaseUrl = address.parse()?;
//! let client = Client::new(url).with_credential(Credential::new("KC7Q0WVN3TZ5H8RJ2M4X", "its-secret-key")?);
//! // Random, and another for each create.
//! let once = IdempotencyKey::new("8e03978e-40d5-43dd-bc93-6894a57f9324")?;
//! let input = ApiKeyInput { name: Some("ci".into()), ..Default::default() };
//! let issued = client.create_key(Some("1a5"), &input, &once)?;
//! assert_eq!(issued.key.id, "1c7");
//! // The secret is kept where it belongs: nobody need be shown it again.
//! client.confirm_receipt(Some("1a5"), &once)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | ask |
//! |---|---|
//! | make, list, edit, activate, deactivate and delete keys | [`Client::create_key`], [`Client::keys`], [`Client::edit_key`], [`Client::change_key`] |
//! | ask whether a pair is good | [`Client::verify`] |
//! | the same with environments | [`Client::create_project`], [`Client::projects`], [`Client::edit_project`], [`Client::change_project`] |
//! | manage people, members and passwords | [`Client::create_account`], [`Client::members`], [`Client::set_members`], [`Client::set_password`] |
//! | log in and out | [`Client::log_in`], [`Client::log_out`], [`Client::end_sessions`] |
//! | read what was done | [`Client::audit_logs`] |
//! | read and change settings | [`Client::setting`], [`Client::set_setting`] |
//!
//! `examples/replace_key.rs` is a whole program: it gives a program another key and takes the old one away.

mod audit;
mod base_url;
mod credential;
mod error;
mod log_in;
mod once;
mod resources;
mod roots;
#[cfg(test)]
mod tests;
mod transport;

pub use audit::AuditQuery;
pub use base_url::{BaseUrl, ParseBaseUrlError};
pub use credential::{Credential, InvalidCredential, SecretText};
pub use error::{ClientError, Refusal};
pub use log_in::{Person, Session};
pub use once::{IdempotencyKey, InvalidIdempotencyKey};
pub use resources::{Change, IssuedApiKey, KeysChange, Members, MembersTag};
pub use roots::{ParseRootsError, Roots};
pub use transport::Client;
