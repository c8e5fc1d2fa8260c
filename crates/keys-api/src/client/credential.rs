//! What the client presents.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A secret as text: wiped from memory when dropped, never shown by `Debug`.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes a text as a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// An access key and its secret key, presented by HTTP Basic.
#[derive(Debug, Clone)]
pub struct Credential {
    access_key: String,
    secret_key: SecretText,
}

/// Why two texts are no [`Credential`]. Holds no part of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an access key and a secret key are printable ASCII without blanks, and the access key has no colon")]
#[non_exhaustive]
pub struct InvalidCredential;

impl Credential {
    /// Takes a pair.
    ///
    /// # Errors
    ///
    /// [`InvalidCredential`] when HTTP Basic could not carry it unchanged.
    pub fn new(
        access_key: impl Into<String>,
        secret_key: impl Into<String>,
    ) -> Result<Self, InvalidCredential> {
        let (access_key, secret_key) = (access_key.into(), SecretText::new(secret_key));
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain(&access_key) && plain(secret_key.expose()) && !access_key.contains(':') {
            Ok(Self { access_key, secret_key })
        } else {
            Err(InvalidCredential)
        }
    }

    /// The public half.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The value of the `Authorization` header.
    pub(crate) fn basic(&self) -> Zeroizing<String> {
        let pair = Zeroizing::new(format!("{}:{}", self.access_key, self.secret_key.expose()));
        let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        Zeroizing::new(format!("Basic {}", encoded.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_becomes_a_basic_header() {
        let credential = Credential::new("Aladdin", "opensesame").expect("a pair");
        assert_eq!(credential.basic().as_str(), "Basic QWxhZGRpbjpvcGVuc2VzYW1l");
    }

    #[test]
    fn what_basic_cannot_carry_is_refused() {
        for (access_key, secret_key) in
            [("", "s"), ("a", ""), ("a:b", "s"), ("a b", "s"), ("a", "s\r\nX: y"), ("é", "s")]
        {
            assert_eq!(
                Credential::new(access_key, secret_key).err(),
                Some(InvalidCredential),
                "{access_key:?}"
            );
        }
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let credential = Credential::new("KC1", "hush").expect("a pair");
        assert!(!format!("{credential:?}").contains("hush"));
    }
}
