//! Creating once, although an answer can be lost: a create names itself by a key, and is asked for again under it.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::Method;
use ureq::http::header::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::credential::SecretText;
use super::error::ClientError;
use super::resources::id;
use super::transport::{Answer, Client, to_json};

/// How often a create is asked for again whose answer was lost.
const AGAIN: usize = 2;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const PROJECT_ID: HeaderName = HeaderName::from_static("x-api-project-id");

/// What one create is named by, chosen at random for it and for no other: 22 to 255 printable characters of ASCII.
///
/// It is a secret as long as what was made is: with it the same caller is shown the secret key again, for ten minutes or
/// until [`Client::confirm_receipt`].
///
/// ```
/// use keys_api::client::IdempotencyKey;
///
/// assert!(IdempotencyKey::new("8e03978e-40d5-43dd-bc93-6894a57f9324").is_ok());
/// assert!(IdempotencyKey::new("1").is_err());
/// ```
#[derive(Clone)]
pub struct IdempotencyKey(SecretText);

/// Why a text is no [`IdempotencyKey`]. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 22 to 255 printable characters of ASCII")]
#[non_exhaustive]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// Takes a text.
    ///
    /// # Errors
    ///
    /// [`InvalidIdempotencyKey`] when a server would not take it.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidIdempotencyKey> {
        let text = SecretText::new(text);
        let printable = text.expose().bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if printable && (22..=255).contains(&text.expose().len()) {
            Ok(Self(text))
        } else {
            Err(InvalidIdempotencyKey)
        }
    }

    /// As the header writes it: a string of structured fields.
    fn header(&self) -> Result<HeaderValue, ClientError> {
        let escaped = Zeroizing::new(self.0.expose().replace('\\', "\\\\").replace('"', "\\\""));
        let quoted = Zeroizing::new(format!("\"{}\"", escaped.as_str()));
        let mut value =
            HeaderValue::from_str(&quoted).map_err(|error| ClientError::Unreachable(error.into()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

impl Client {
    /// Says that the secret of a new key has arrived, so that nobody is shown it again: `project` and `key` as it was
    /// created with. May be repeated. Who does not say so leaves it to the server, which waits ten minutes.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; `Refused` with status 404 when there is no such create of this caller.
    pub fn confirm_receipt(&self, project: Option<&str>, key: &IdempotencyKey) -> Result<(), ClientError> {
        let mut headers = vec![(IDEMPOTENCY_KEY, key.header()?)];
        if let Some(project) = project {
            let project = HeaderValue::from_str(id(project)?).map_err(|_| ClientError::InvalidId)?;
            headers.push((PROJECT_ID, project));
        }
        let url = format!("{}/receipts/confirm", self.url());
        self.command(Method::POST, url, &headers, None)
    }

    /// Creates. When the answer is lost it is asked for again under the same key, which makes nothing new.
    pub(super) fn create<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        key: &IdempotencyKey,
    ) -> Result<Answer<T>, ClientError> {
        let headers = [(IDEMPOTENCY_KEY, key.header()?)];
        let body = Zeroizing::new(to_json(body));
        let attempt = || self.exchange(Method::POST, path, &headers, Some(body.to_vec()));
        let mut answer = attempt();
        for _ in 0..AGAIN {
            let lost = match answer {
                Err(lost) if is_lost(&lost) => lost,
                answered => return answered,
            };
            answer = match attempt() {
                // The first was sent, so this does not mean that nothing happened.
                Err(ClientError::Unreachable(_)) => Err(lost),
                again => again,
            };
        }
        answer
    }
}

/// Whether the request may have been carried out and nobody said so: the connection broke, or a proxy has no answer.
fn is_lost(error: &ClientError) -> bool {
    matches!(error, ClientError::NoAnswer(_) | ClientError::NotTheAuthority { status: Some(502..=504), .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_becomes_a_structured_string() {
        let header = |text: &str| IdempotencyKey::new(text).map(|key| key.header().expect("a header"));
        let plain = "8e03978e-40d5-43dd-bc93-6894a57f9324";
        assert_eq!(header(plain).expect("a key"), format!("\"{plain}\"").as_str());
        let odd = r#"a "quoted" \ and long key"#;
        assert_eq!(header(odd).expect("a key"), r#""a \"quoted\" \\ and long key""#);
        assert!(header(plain).expect("a key").is_sensitive());
        for text in
            ["", "short", "8e03978e-40d5-43dd-bc93-6894a57f\r\nX: y", "8e03978e-40d5-43dd-bc93-é6894a57f"]
        {
            assert_eq!(header(text).err(), Some(InvalidIdempotencyKey), "{text:?}");
        }
        assert_eq!(header(&"x".repeat(256)).err(), Some(InvalidIdempotencyKey));
        assert!(!format!("{:?}", IdempotencyKey::new(plain)).contains("8e03978e"));
    }
}
