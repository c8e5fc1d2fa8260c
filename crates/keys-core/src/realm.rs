//! What a challenge asks people for.

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

/// The text a browser shows when it asks for a user name and a password: 1 to 255 printable characters of ASCII.
///
/// ```
/// use keys_core::Realm;
///
/// assert_eq!("keys of the build farm".parse::<Realm>()?.as_str(), "keys of the build farm");
/// assert!(Realm::default().as_str().contains("access key"));
/// # Ok::<(), keys_core::ParseRealmError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Realm(
    /// `None` is the default text, which needs no room of its own.
    Option<Box<str>>,
);

impl Realm {
    /// The longest, in bytes.
    pub const MAX_BYTES: usize = 255;
    /// The one of Rancher v1.
    pub const DEFAULT: Self = Self(None);

    const DEFAULT_TEXT: &'static str = "Enter API access key and secret key as username and password";

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or(Self::DEFAULT_TEXT)
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no [`Realm`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a text for a challenge: expected 1 to 255 printable characters of ASCII")]
#[non_exhaustive]
pub struct ParseRealmError;

impl FromStr for Realm {
    type Err = ParseRealmError;

    fn from_str(text: &str) -> Result<Self, ParseRealmError> {
        let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if text.trim().is_empty() || text.len() > Self::MAX_BYTES || !printable {
            return Err(ParseRealmError);
        }
        Ok(Self((text != Self::DEFAULT_TEXT).then(|| text.into())))
    }
}
