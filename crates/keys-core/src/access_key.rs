//! The public half of a pair: it identifies a key, is unique for ever, and is no secret.
//!
//! Ours is 20 characters: `KC` and 18 of Crockford's base32 in upper case, so 90 random bits. Keys brought over
//! from Rancher v1 have 20 upper-case hexadecimal characters. The two shapes share no text, because `K` is no
//! hexadecimal digit. Neither contains a character that needs quoting in a shell, URL, YAML or `.netrc`, and
//! neither contains `:`, at which HTTP Basic splits (RFC 7617 §2).

use core::fmt;
use core::str::FromStr;

use rand_core::TryCryptoRng;

use crate::rng::{self, RngError};

/// An access key, the username of a pair. `Display` and `FromStr` are its stable text form.
///
/// ```
/// use keys_core::{AccessKey, Shape};
///
/// let key: AccessKey = "KC7Q0WVN3TZ5H8RJ2M4X".parse()?;
/// assert_eq!(key.shape(), Shape::Native);
/// assert_eq!(key.to_string(), "KC7Q0WVN3TZ5H8RJ2M4X");
/// # Ok::<(), keys_core::ParseAccessKeyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessKey([u8; Self::LENGTH]);

impl AccessKey {
    /// How many characters an access key has, whatever its shape.
    pub const LENGTH: usize = 20;
    /// What an access key of ours begins with.
    pub const PREFIX: &'static str = "KC";

    /// A new access key of our shape.
    ///
    /// ```
    /// use keys_core::AccessKey;
    ///
    /// let key = AccessKey::generate(&mut getrandom::SysRng)?;
    /// assert!(key.as_str().starts_with(AccessKey::PREFIX));
    /// # Ok::<(), keys_core::RngError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RngError`] when the source fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RngError> {
        let mut bytes = [b'K'; Self::LENGTH];
        if let Some((prefix, body)) = bytes.split_first_chunk_mut::<2>() {
            *prefix = *b"KC";
            rng::fill_symbols(rng, CROCKFORD, body)?;
        }
        Ok(Self(bytes))
    }

    /// Which of the two shapes this is.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        // `K` is no hexadecimal digit, so the first byte decides.
        if self.0[0] == b'K' { Shape::Native } else { Shape::Rancher }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the fallback is never taken.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The text as its 20 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

/// Where a pair's syntax comes from.
///
/// ```
/// use keys_core::{AccessKey, Shape};
///
/// let shape = |text: &str| text.parse().map(|key: AccessKey| key.shape());
/// assert_eq!(shape("KC7Q0WVN3TZ5H8RJ2M4X")?, Shape::Native);
/// assert_eq!(shape("8B7D2A6C0F1E4D5A9C3B")?, Shape::Rancher);
/// # Ok::<(), keys_core::ParseAccessKeyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Made here: `KC…`, and a secret key with a checksum.
    Native,
    /// Brought over from Rancher v1: 20 hexadecimal characters, and a secret key of 40 base58 characters.
    Rancher,
}

pub(crate) const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Whether [`CROCKFORD`] has this byte, without a search of it for each byte of each request.
const fn is_crockford(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'Z') && !matches!(byte, b'I' | b'L' | b'O' | b'U')
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKey({})", self.as_str())
    }
}

impl fmt::Display for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no [`AccessKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseAccessKeyError {
    /// Not 20 bytes long.
    #[error("an access key has 20 characters, this text has {length} bytes")]
    Length {
        /// How many bytes were given.
        length: usize,
    },
    /// A character outside the shape's alphabet.
    #[error("an access key is `KC` and 18 characters of 0-9 and A-Z without I, L, O, U, or 20 of 0-9 and A-F; character {} is neither", position + 1)]
    Character {
        /// How many characters stand before the first wrong one.
        position: usize,
    },
}

impl FromStr for AccessKey {
    type Err = ParseAccessKeyError;

    fn from_str(text: &str) -> Result<Self, ParseAccessKeyError> {
        let bytes: [u8; Self::LENGTH] =
            text.as_bytes().try_into().map_err(|_| ParseAccessKeyError::Length { length: text.len() })?;
        let wrong = match bytes.strip_prefix(Self::PREFIX.as_bytes()) {
            Some(body) => body.iter().position(|byte| !is_crockford(*byte)).map(|at| at + Self::PREFIX.len()),
            None => bytes.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'A'..=b'F')),
        };
        match wrong {
            Some(position) => Err(ParseAccessKeyError::Character { position }),
            None => Ok(Self(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_is_what_it_is_said_to_be() {
        for byte in 0..=u8::MAX {
            assert_eq!(is_crockford(byte), CROCKFORD.contains(&byte), "{byte}");
        }
    }
}
