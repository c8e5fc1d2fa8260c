//! A typed, blocking client for the `/v1` dialect.
//!
//! One request at a time, no runtime. Nothing is tried twice but a create, whose answer may hold a secret that is lost with
//! it: that is asked for again under the same idempotency key, which makes nothing new. Whether doing another thing twice
//! is harm, only the caller knows. Redirects are not followed, so that a credential goes nowhere but to the
//! address it was given for; the addresses in answers are not followed either, but for the place where a list goes on.
//!
//! ```no_run
//! use keys_api::ApiKeyInput;
//! use keys_api::client::{BaseUrl, Client, Credential, IdempotencyKey};
//!
//! let url: BaseUrl = "http://127.0.0.1:8080".parse()?;
//! let client = Client::new(url).with_credential(Credential::new("KC…", "…")?);
//! // Random, and another for each create.
//! let once = IdempotencyKey::new("8e03978e-40d5-43dd-bc93-6894a57f9324")?;
//! let input = ApiKeyInput { name: Some("ci".into()), ..Default::default() };
//! let issued = client.create_key(Some("1a5"), &input, &once)?;
//! println!("{}", issued.key.id);
//! // The secret is kept where it belongs: nobody need be shown it again.
//! client.confirm_receipt(Some("1a5"), &once)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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

pub use base_url::{BaseUrl, ParseBaseUrlError};
pub use credential::{Credential, InvalidCredential, SecretText};
pub use error::{ClientError, Refusal};
pub use log_in::{Person, Session};
pub use once::{IdempotencyKey, InvalidIdempotencyKey};
pub use resources::{Change, IssuedApiKey, Members, MembersTag};
pub use roots::{ParseRootsError, Roots};
pub use transport::Client;
