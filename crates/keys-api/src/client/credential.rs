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

/// An access key and its secret key, presented by HTTP Basic, or the token of a session, presented as a bearer.
#[derive(Debug, Clone)]
pub struct Credential(Presented);

#[derive(Debug, Clone)]
enum Presented {
    Pair { access_key: String, secret_key: SecretText },
    Session(SecretText),
}

/// Why texts are no [`Credential`]. Holds no part of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "access keys, secret keys and tokens are printable ASCII without blanks, and an access key has no colon"
)]
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
        if is_plain(&access_key) && is_plain(secret_key.expose()) && !access_key.contains(':') {
            Ok(Self(Presented::Pair { access_key, secret_key }))
        } else {
            Err(InvalidCredential)
        }
    }

    /// Takes the token of a session, as a log-in gives it.
    ///
    /// # Errors
    ///
    /// [`InvalidCredential`] when a header could not carry it unchanged.
    pub fn session(token: impl Into<String>) -> Result<Self, InvalidCredential> {
        let token = SecretText::new(token);
        if is_plain(token.expose()) { Ok(Self(Presented::Session(token))) } else { Err(InvalidCredential) }
    }

    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self) -> Zeroizing<String> {
        match &self.0 {
            Presented::Pair { access_key, secret_key } => {
                let pair = Zeroizing::new(format!("{access_key}:{}", secret_key.expose()));
                let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
                Zeroizing::new(format!("Basic {}", encoded.as_str()))
            }
            Presented::Session(token) => Zeroizing::new(format!("Bearer {}", token.expose())),
        }
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_becomes_a_basic_header() {
        let credential = Credential::new("Aladdin", "opensesame").expect("a pair");
        assert_eq!(credential.authorization().as_str(), "Basic QWxhZGRpbjpvcGVuc2VzYW1l");
    }

    #[test]
    fn a_token_becomes_a_bearer_header() {
        let credential = Credential::session("ks_1").expect("a token");
        assert_eq!(credential.authorization().as_str(), "Bearer ks_1");
        for token in ["", "a b", "a\r\nX: y", "é"] {
            assert_eq!(Credential::session(token).err(), Some(InvalidCredential), "{token:?}");
        }
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
        assert!(!format!("{:?}", Credential::session("hush")).contains("hush"));
    }
}
