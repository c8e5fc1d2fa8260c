//! A name for an object that outlives this installation.

use alloc::boxed::Box;
use alloc::format;
use core::fmt;
use core::str::FromStr;

use rand_core::TryCryptoRng;
use sha2::{Digest as _, Sha256};

use crate::access_key::AccessKey;
use crate::rng::{self, RngError};

/// A universally unique name: 1 to 128 letters, digits and dashes.
///
/// New ones are UUIDs (RFC 9562, version 4). The accounts and the environment of a fresh installation carry
/// well-known words instead, such as `adminProject`, which clients written for Rancher look up.
///
/// ```
/// use keys_core::Uuid;
///
/// let access_key = "KC7Q0WVN3TZ5H8RJ2M4X".parse()?;
/// assert_eq!(Uuid::of_key(&access_key).as_str(), "6d1927f0-f7c2-8d25-962f-48d258cbf557");
/// assert_eq!("adminProject".parse::<Uuid>()?.to_string(), "adminProject");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(Box<str>);

impl Uuid {
    /// A new random UUID of version 4.
    ///
    /// # Errors
    ///
    /// [`RngError`] when the source fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RngError> {
        let mut bytes = [0u8; 16];
        rng::fill(rng, &mut bytes)?;
        Ok(Self::formatted(u128::from_be_bytes(bytes), 4))
    }

    /// The UUID of an API key, of version 8: the first half of SHA-256 over `keys-core/uuid/` and the access key.
    ///
    /// An access key is unique for ever, so nothing need be kept to have a UUID.
    #[must_use]
    pub fn of_key(access_key: &AccessKey) -> Self {
        let hash =
            Sha256::new().chain_update(b"keys-core/uuid/").chain_update(access_key.as_str()).finalize();
        let high = hash.iter().take(16).fold(0u128, |number, byte| (number << 8) | u128::from(*byte));
        Self::formatted(high, 8)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Sets version and variant (RFC 9562 §4) and writes the five groups.
    fn formatted(number: u128, version: u128) -> Self {
        let number = number & !(0xf << 76) | (version << 76);
        let number = number & !(0b11 << 62) | (0b10 << 62);
        Self(
            format!(
                "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
                number >> 96,
                (number >> 80) & 0xffff,
                (number >> 64) & 0xffff,
                (number >> 48) & 0xffff,
                number & 0xffff_ffff_ffff
            )
            .into(),
        )
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is no [`Uuid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a uuid: expected 1 to 128 letters, digits and dashes")]
#[non_exhaustive]
pub struct ParseUuidError;

impl FromStr for Uuid {
    type Err = ParseUuidError;

    fn from_str(text: &str) -> Result<Self, ParseUuidError> {
        let fits = (1..=128).contains(&text.len());
        let clean = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits && clean { Ok(Self(text.into())) } else { Err(ParseUuidError) }
    }
}
