//! Asking once, however often it is said: the key a caller gives to a create, and what is kept of it.
//!
//! An answer can be lost on its way. Who then asks again under the same **idempotency key** is given what the first
//! request made. The key itself is kept nowhere: a hash of it finds the [receipt](crate::receipt), a fingerprint under
//! it tells a repeated request from another, and a key derived from it opens the secret.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::TryCryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::display::pad;
use crate::hex::{self, Hex};
use crate::owner::Owner;
use crate::rng::{self, RngError};
use crate::secret_key::BASE62;

/// What a caller names one create by, so that asking for it twice makes one thing: 22 to 255 printable characters of
/// ASCII, chosen at random.
///
/// It is a secret: with the pepper it opens what was answered. So it has no `Display` and no equality, `Debug` shows
/// only the type's name, and it is wiped when dropped.
///
/// ```
/// use keys_core::IdempotencyKey;
///
/// let key: IdempotencyKey = "8e03978e-40d5-43dd-bc93-6894a57f9324".parse()?;
/// assert_eq!(format!("{key:?}"), "IdempotencyKey(…)");
/// assert!("1".parse::<IdempotencyKey>().is_err());
/// # Ok::<(), keys_core::ParseIdempotencyKeyError>(())
/// ```
#[derive(Clone)]
pub struct IdempotencyKey(Zeroizing<String>);

impl IdempotencyKey {
    /// The least characters: of base64, 22 hold 128 random bits. A shorter one cannot have been chosen at random well
    /// enough for what it protects.
    pub const MIN_LENGTH: usize = 22;
    /// The most characters.
    pub const MAX_LENGTH: usize = 255;
    /// How many characters a [generated](Self::generate) one has: letters and digits, 190 random bits.
    pub const GENERATED_LENGTH: usize = 32;

    /// A new random one.
    ///
    /// # Errors
    ///
    /// [`RngError`] when the source fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RngError> {
        let mut symbols = Zeroizing::new([0; Self::GENERATED_LENGTH]);
        rng::fill_symbols(rng, BASE62, symbols.as_mut_slice())?;
        let mut text = Zeroizing::new(String::with_capacity(Self::GENERATED_LENGTH));
        text.extend(symbols.iter().copied().map(char::from));
        Ok(Self(text))
    }

    /// The text. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it, to find a receipt by.
    #[must_use]
    pub fn hash(&self) -> IdempotencyHash {
        let hash = Sha256::new().chain_update(b"keys-core/idempotency/1").chain_update(self.0.as_bytes());
        IdempotencyHash(hash.finalize().into())
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

/// Why a text is no [`IdempotencyKey`]. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseIdempotencyKeyError {
    /// Too short or too long.
    #[error("an idempotency key has 22 to 255 characters")]
    Length,
    /// A character that is not printable ASCII.
    #[error("an idempotency key has printable characters of ASCII only")]
    Character,
}

impl FromStr for IdempotencyKey {
    type Err = ParseIdempotencyKeyError;

    fn from_str(text: &str) -> Result<Self, ParseIdempotencyKeyError> {
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(ParseIdempotencyKeyError::Character);
        }
        if !(Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&text.len()) {
            return Err(ParseIdempotencyKeyError::Length);
        }
        Ok(Self(Zeroizing::new(text.into())))
    }
}

/// SHA-256 of an idempotency key: all that is kept of it. Text form, for ever: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyHash([u8; Self::LENGTH]);

/// What a create asked for: HMAC-SHA-256, under the idempotency key, of everything that was understood of it. Two
/// spellings of one request have one fingerprint. Under the caller's key, because a request may hold what a thief of the
/// database must not be able to guess at.
///
/// Text form, for ever: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; Self::LENGTH]);

impl Fingerprint {
    /// The fingerprint of a request for one of `kind`, with these fields in this order. A field that is absent and one
    /// that is empty are two things.
    ///
    /// In bytes: `keys-core/fingerprint/1`, then each text with its length in front in 8 bytes, most significant first:
    /// the kind, and for each field its name, then a byte 0 when it is absent, or a byte 1 and its value.
    ///
    /// ```
    /// use keys_core::{Fingerprint, IdempotencyKey};
    ///
    /// let key: IdempotencyKey = "8e03978e-40d5-43dd-bc93-6894a57f9324".parse()?;
    /// let named = Fingerprint::of(&key, "key", &[("name", Some("ci"))]);
    /// assert_eq!(named, Fingerprint::of(&key, "key", &[("name", Some("ci"))]));
    /// assert_ne!(named, Fingerprint::of(&key, "key", &[("name", None)]));
    /// # Ok::<(), keys_core::ParseIdempotencyKeyError>(())
    /// ```
    #[must_use]
    pub fn of(key: &IdempotencyKey, kind: &str, fields: &[(&str, Option<&str>)]) -> Self {
        let text = |mac: Hmac<Sha256>, text: &str| {
            mac.chain_update((text.len() as u64).to_be_bytes()).chain_update(text.as_bytes())
        };
        // HMAC takes a key of any length, so there is always one.
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(key.0.as_bytes()) else {
            return Self([0; Self::LENGTH]);
        };
        let mut mac = text(mac.chain_update(b"keys-core/fingerprint/1"), kind);
        for (name, value) in fields {
            mac = text(mac, name);
            mac = match value {
                None => mac.chain_update([0]),
                Some(value) => text(mac.chain_update([1]), value),
            };
        }
        Self(mac.finalize().into_bytes().into())
    }
}

/// The bytes, the text form and the silence of what is kept of an idempotency key.
macro_rules! kept {
    ($type:ident, $error:ident, $what:literal) => {
        impl $type {
            /// How many bytes it has.
            pub const LENGTH: usize = 32;

            /// The one with these bytes, as a store kept them.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
                Self(bytes)
            }

            /// The bytes, for a store to keep.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
                &self.0
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                pad(f, format_args!("{}", Hex(&self.0)))
            }
        }

        #[doc = concat!("Why a text is no [`", stringify!($type), "`].")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error("not {}: expected 64 lower-case hexadecimal digits", $what)]
        #[non_exhaustive]
        pub struct $error;

        impl FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                let mut bytes = [0; Self::LENGTH];
                hex::read(text, &mut bytes).ok_or($error)?;
                Ok(Self(bytes))
            }
        }
    };
}

kept!(IdempotencyHash, ParseIdempotencyHashError, "the hash of an idempotency key");
kept!(Fingerprint, ParseFingerprintError, "the fingerprint of a request");

/// What a receipt is found by: who asked, as whom, and under which key. Nobody else finds it, whatever key they name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptName {
    /// Who the caller was verified as.
    pub principal: Owner,
    /// Whom the caller acted as.
    pub owner: Owner,
    /// The hash of the caller's key.
    pub hash: IdempotencyHash,
}
