//! The private half of a pair: shown once, kept only as a [`Digest`](crate::Digest) and a [`Tag`](crate::Tag).
//!
//! Ours is 40 base62 characters: 34 random ones (202 bits) and the CRC-32 of those 34 in 6 more. The checksum is no
//! security: it lets a typing error die before any lookup, and lets a scanner recognise a lone secret in a leak.
//! Secrets brought over from Rancher v1 are 40 base58 characters without a checksum. Which rule holds is decided by
//! the access key beside it.

use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::access_key::{AccessKey, Shape};
use crate::rng::{self, RngError};

/// A secret key, the password of a pair, in the clear.
///
/// It lives from its generation to the one answer that shows it, or from a request's header to its verification,
/// and is wiped from memory when dropped. It has no `Display`, no equality and no serialisation on purpose; `Debug`
/// shows only the type's name. [`expose`](Self::expose) is the one way to the text.
///
/// ```
/// use keys_core::{AccessKey, SecretKey};
///
/// let secret = SecretKey::generate(&mut getrandom::SysRng)?;
/// assert_eq!(secret.expose().len(), SecretKey::LENGTH);
/// assert_eq!(format!("{secret:?}"), "SecretKey(…)");
/// # Ok::<(), keys_core::RngError>(())
/// ```
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey([u8; Self::LENGTH]);

impl SecretKey {
    /// How many characters a secret key has, whatever its shape.
    pub const LENGTH: usize = 40;
    /// How many of them are random in our shape; the rest is the checksum.
    pub const RANDOM_LENGTH: usize = 34;

    /// A new secret key of our shape.
    ///
    /// # Errors
    ///
    /// [`RngError`] when the source fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RngError> {
        let mut secret = Self([0; Self::LENGTH]);
        if let Some((random, check)) = secret.0.split_first_chunk_mut::<{ Self::RANDOM_LENGTH }>() {
            rng::fill_symbols(rng, BASE62, random)?;
            check.copy_from_slice(&checksum(random));
        }
        Ok(secret)
    }

    /// The secret key of these random characters, for strategies: they have no source to generate from.
    #[cfg(feature = "proptest")]
    pub(crate) fn with_checksum(random: &[u8; Self::RANDOM_LENGTH]) -> Self {
        let mut secret = Self([0; Self::LENGTH]);
        if let Some((own, check)) = secret.0.split_first_chunk_mut::<{ Self::RANDOM_LENGTH }>() {
            *own = *random;
            check.copy_from_slice(&checksum(random));
        }
        secret
    }

    /// Reads a secret key presented beside `access_key`, whose shape decides the alphabet and the checksum.
    ///
    /// ```
    /// use keys_core::{ParseSecretKeyError, SecretKey};
    ///
    /// let access_key = "KC7Q0WVN3TZ5H8RJ2M4X".parse()?;
    /// assert!(SecretKey::parse("Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq", &access_key).is_ok());
    /// // A typing error dies here, before anything is looked up.
    /// let mistyped = SecretKey::parse("Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mp", &access_key);
    /// assert_eq!(mistyped.err(), Some(ParseSecretKeyError::Checksum));
    /// # Ok::<(), keys_core::ParseAccessKeyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ParseSecretKeyError::Length`], [`Character`](ParseSecretKeyError::Character), or
    /// [`Checksum`](ParseSecretKeyError::Checksum). None of them holds any part of the text.
    pub fn parse(text: &str, access_key: &AccessKey) -> Result<Self, ParseSecretKeyError> {
        Self::parse_shape(text, access_key.shape())
    }

    /// Reads a secret key of a known shape, for tools that find a lone secret.
    ///
    /// ```
    /// use keys_core::{SecretKey, Shape};
    ///
    /// assert!(SecretKey::parse_shape("Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq", Shape::Native).is_ok());
    /// assert!(SecretKey::parse_shape("a word of forty letters is no secret key", Shape::Native).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_shape(text: &str, shape: Shape) -> Result<Self, ParseSecretKeyError> {
        let bytes: &[u8; Self::LENGTH] =
            text.as_bytes().try_into().map_err(|_| ParseSecretKeyError::Length)?;
        // Copied once, into memory that is wiped.
        let secret = Self(*bytes);
        let spells = match shape {
            Shape::Native => is_base62,
            Shape::Rancher => is_base58,
        };
        // All of them, so that the time does not tell where the first wrong one stands.
        if !secret.0.iter().fold(true, |good, byte| good & spells(*byte)) {
            return Err(ParseSecretKeyError::Character);
        }
        match (shape, secret.0.split_first_chunk::<{ Self::RANDOM_LENGTH }>()) {
            (Shape::Native, Some((random, check))) if check != checksum(random) => {
                Err(ParseSecretKeyError::Checksum)
            }
            _ => Ok(secret),
        }
    }

    /// The text. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        // Only ASCII is ever stored, so the fallback is never taken.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

pub(crate) const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Whether [`BASE62`] has this byte: asked for each byte of each request, where a search of it takes longer than the tag.
const fn is_base62(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// Whether [`BASE58`] has this byte: not those that look alike.
const fn is_base58(byte: u8) -> bool {
    is_base62(byte) && !matches!(byte, b'0' | b'O' | b'I' | b'l')
}

/// CRC-32 (IEEE) of the random part as six base62 digits, most significant first (62^6 > 2^32).
fn checksum(random: &[u8; SecretKey::RANDOM_LENGTH]) -> [u8; 6] {
    let mut rest = crc32fast::hash(random);
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        // The remainder is below 62, so the fallback is never taken.
        *digit = BASE62.get((rest % 62) as usize).copied().unwrap_or(b'0');
        rest /= 62;
    }
    digits
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Why a text is no [`SecretKey`]. Says nothing of the text but which rule it broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseSecretKeyError {
    /// Not 40 bytes long.
    #[error("a secret key has 40 characters")]
    Length,
    /// A character outside the shape's alphabet.
    #[error("a secret key has letters and digits only, one of Rancher's without 0, I, O and l")]
    Character,
    /// The last six characters do not fit the others: a typing error, or a text that was never a secret key.
    #[error("the secret key's checksum does not match: a character is wrong")]
    Checksum,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabets_are_what_they_are_said_to_be() {
        for byte in 0..=u8::MAX {
            assert_eq!(is_base62(byte), BASE62.contains(&byte), "{byte}");
            assert_eq!(is_base58(byte), BASE58.contains(&byte), "{byte}");
        }
    }
}
