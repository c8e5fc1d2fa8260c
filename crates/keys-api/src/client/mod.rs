//! A typed, blocking client for the `/v1` dialect.
//!
//! One request at a time, no runtime, no retries: a caller that wants another try makes it, because only the caller
//! knows whether doing a thing twice is harm. Redirects are not followed, so that a credential goes nowhere but to the
//! address it was given for; the addresses in answers are not followed either, but for the place where a list goes on.
//!
//! ```no_run
//! use keys_api::ApiKeyInput;
//! use keys_api::client::{BaseUrl, Client, Credential};
//!
//! let url: BaseUrl = "http://127.0.0.1:8080".parse()?;
//! let client = Client::new(url).with_credential(Credential::new("KC…", "…")?);
//! let issued = client.create_key(Some("1a5"), &ApiKeyInput { name: Some("ci".into()), ..Default::default() })?;
//! println!("{}", issued.key.id);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod base_url;
mod credential;
mod error;
mod resources;
#[cfg(test)]
mod tests;
mod transport;

pub use base_url::{BaseUrl, ParseBaseUrlError};
pub use credential::{Credential, InvalidCredential, SecretText};
pub use error::{ClientError, Refusal};
pub use resources::{Change, IssuedApiKey};
pub use transport::Client;
