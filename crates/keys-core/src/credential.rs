//! What a caller presents: an access key and a secret key.

use alloc::string::String;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::access_key::{AccessKey, ParseAccessKeyError};
use crate::rng::RngError;
use crate::secret_key::{ParseSecretKeyError, SecretKey};

/// A pair as it is presented, well-formed but not yet verified.
///
/// It comes as two parts (HTTP Basic, `.netrc`) or as the **joined form** `kc_<access key>_<secret key>` (Bearer,
/// `X-API-Key`), which is one word to select and one pattern for secret scanners.
///
/// ```
/// use keys_core::Credential;
///
/// let credential = Credential::generate(&mut getrandom::SysRng)?;
/// let joined = credential.expose_joined();
/// assert_eq!(Credential::parse_joined(&joined)?.access_key(), credential.access_key());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Credential {
    access_key: AccessKey,
    secret_key: SecretKey,
}

impl Credential {
    /// What the joined form begins with.
    pub const JOINED_PREFIX: &'static str = "kc_";
    /// How many characters the joined form has.
    pub const JOINED_LENGTH: usize = Self::JOINED_PREFIX.len() + AccessKey::LENGTH + 1 + SecretKey::LENGTH;

    /// A new random pair of our shape.
    ///
    /// # Errors
    ///
    /// [`RngError`] when the source fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RngError> {
        Ok(Self { access_key: AccessKey::generate(rng)?, secret_key: SecretKey::generate(rng)? })
    }

    /// Reads a pair given as two texts: username and password.
    ///
    /// ```
    /// use keys_core::{Credential, ParseCredentialError};
    ///
    /// let (access_key, secret_key) = ("KC7Q0WVN3TZ5H8RJ2M4X", "Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq");
    /// assert_eq!(Credential::parse(access_key, secret_key)?.access_key().as_str(), access_key);
    /// let swapped = Credential::parse(secret_key, access_key);
    /// assert!(matches!(swapped, Err(ParseCredentialError::AccessKey(_))));
    /// # Ok::<(), ParseCredentialError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ParseCredentialError::AccessKey`] or [`ParseCredentialError::SecretKey`], for the half that is malformed.
    pub fn parse(access_key: &str, secret_key: &str) -> Result<Self, ParseCredentialError> {
        let access_key = access_key.parse()?;
        let secret_key = SecretKey::parse(secret_key, &access_key)?;
        Ok(Self { access_key, secret_key })
    }

    /// Reads the joined form.
    ///
    /// ```
    /// use keys_core::{Credential, ParseCredentialError};
    ///
    /// let joined = "kc_KC7Q0WVN3TZ5H8RJ2M4X_Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq";
    /// assert_eq!(Credential::parse_joined(joined)?.access_key().as_str(), "KC7Q0WVN3TZ5H8RJ2M4X");
    /// assert!(matches!(Credential::parse_joined("hello"), Err(ParseCredentialError::NotJoined)));
    /// # Ok::<(), ParseCredentialError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ParseCredentialError::NotJoined`] without the prefix or the second underscore, else as
    /// [`parse`](Self::parse).
    pub fn parse_joined(text: &str) -> Result<Self, ParseCredentialError> {
        let (access_key, secret_key) = text
            .strip_prefix(Self::JOINED_PREFIX)
            .and_then(|pair| pair.split_once('_'))
            .ok_or(ParseCredentialError::NotJoined)?;
        Self::parse(access_key, secret_key)
    }

    /// The public half.
    #[must_use]
    pub const fn access_key(&self) -> AccessKey {
        self.access_key
    }

    /// The private half.
    #[must_use]
    pub const fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }

    /// Takes the pair apart.
    #[must_use]
    pub fn into_parts(self) -> (AccessKey, SecretKey) {
        (self.access_key, self.secret_key)
    }

    /// The joined form, wiped when dropped. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose_joined(&self) -> Zeroizing<String> {
        let mut joined = Zeroizing::new(String::with_capacity(Self::JOINED_LENGTH));
        joined.push_str(Self::JOINED_PREFIX);
        joined.push_str(self.access_key.as_str());
        joined.push('_');
        joined.push_str(self.secret_key.expose());
        joined
    }
}

/// Joins two halves as they are. Halves of two shapes make a pair that no parser would read again.
impl From<(AccessKey, SecretKey)> for Credential {
    fn from((access_key, secret_key): (AccessKey, SecretKey)) -> Self {
        Self { access_key, secret_key }
    }
}

/// Why a text is no [`Credential`]. Holds no part of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseCredentialError {
    /// Not of the joined form.
    #[error("not of the form kc_<access key>_<secret key>")]
    NotJoined,
    /// The access key is malformed.
    #[error("the access key is malformed")]
    AccessKey(#[from] ParseAccessKeyError),
    /// The secret key is malformed.
    #[error("the secret key is malformed")]
    SecretKey(#[from] ParseSecretKeyError),
}

const _: () = assert!(Credential::JOINED_LENGTH == 64, "the joined form is promised to have 64 characters");
