//! Peppers and tags: the fast, keyed half of what is kept of a secret key.
//!
//! A **pepper** is 256 random bits that live in a file outside the database. A **tag** is HMAC-SHA-256 (RFC 2104,
//! FIPS 180-4) under a pepper of a pair. A thief of the database without the pepper has nothing to test guesses
//! against; a verification costs under a microsecond. A tag under a known pepper decides alone, both ways.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::TryCryptoRng;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::access_key::AccessKey;
use crate::credential::Credential;
use crate::display::pad;
use crate::hex::{self, Hex};
use crate::rng::{self, RngError};

/// A server secret that keys the tags. Wiped when dropped; `Debug` shows its id only.
///
/// Text form, for ever: `pepper-1-` and 64 lower-case hexadecimal digits.
///
/// ```
/// use keys_core::Pepper;
///
/// let pepper = Pepper::generate(&mut getrandom::SysRng)?;
/// let text = pepper.expose_text();
/// assert_eq!(text.parse::<Pepper>()?.id(), pepper.id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pepper([u8; Self::LENGTH]);

impl Pepper {
    /// How many bytes a pepper has.
    pub const LENGTH: usize = 32;
    /// What the text form begins with.
    pub const PREFIX: &'static str = "pepper-1-";

    /// A new random pepper.
    ///
    /// # Errors
    ///
    /// [`RngError`] when the source fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RngError> {
        let mut pepper = Self([0; Self::LENGTH]);
        rng::fill(rng, &mut pepper.0)?;
        Ok(pepper)
    }

    /// The id, derived from the bytes: it names the pepper beside every tag and tells nothing of it.
    #[must_use]
    pub fn id(&self) -> PepperId {
        let hash = Sha256::new().chain_update(b"keys-core/pepper-id/").chain_update(self.0).finalize();
        PepperId(hash.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    /// The text form, wiped when dropped. It belongs into the pepper file and nowhere else.
    #[must_use]
    pub fn expose_text(&self) -> Zeroizing<String> {
        use fmt::Write as _;

        let mut text = Zeroizing::new(String::with_capacity(Self::PREFIX.len() + 2 * Self::LENGTH));
        text.push_str(Self::PREFIX);
        // Writing to a String cannot fail.
        let _ = write!(text, "{}", Hex(&self.0));
        text
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pepper({})", self.id())
    }
}

/// Why a text is no [`Pepper`]. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a pepper: expected `pepper-1-` and 64 lower-case hexadecimal digits")]
#[non_exhaustive]
pub struct ParsePepperError;

impl FromStr for Pepper {
    type Err = ParsePepperError;

    fn from_str(text: &str) -> Result<Self, ParsePepperError> {
        let digits = text.strip_prefix(Self::PREFIX).ok_or(ParsePepperError)?;
        let mut pepper = Self([0; Self::LENGTH]);
        hex::read(digits, &mut pepper.0).ok_or(ParsePepperError)?;
        Ok(pepper)
    }
}

/// The name of a pepper: 64 bits derived from it. Text form, for ever: 16 lower-case hexadecimal digits.
///
/// ```
/// use keys_core::{Pepper, PepperId};
///
/// let pepper: Pepper = "pepper-1-000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".parse()?;
/// assert_eq!(pepper.id().to_string(), "dcf9477869a5d977");
/// assert_eq!(PepperId::from_number(pepper.id().number()), pepper.id());
/// # Ok::<(), keys_core::ParsePepperError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PepperId(u64);

impl PepperId {
    /// The id with this number.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The bare number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for PepperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PepperId({self})")
    }
}

impl fmt::Display for PepperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pad(f, format_args!("{:016x}", self.0))
    }
}

/// Why a text is no [`PepperId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a pepper: expected 16 lower-case hexadecimal digits")]
#[non_exhaustive]
pub struct ParsePepperIdError;

impl FromStr for PepperId {
    type Err = ParsePepperIdError;

    fn from_str(text: &str) -> Result<Self, ParsePepperIdError> {
        let mut bytes = [0; 8];
        hex::read(text, &mut bytes).ok_or(ParsePepperIdError)?;
        Ok(Self(u64::from_be_bytes(bytes)))
    }
}

/// What a pepper makes of a pair: 32 bytes that only its holder can compute.
///
/// There is no `==` on tags: comparison is [`matches`](Self::matches), in constant time.
///
/// ```
/// use keys_core::Tag;
///
/// let kept = Tag::from_bytes([7; Tag::LENGTH]);
/// assert!(kept.matches(&Tag::from_bytes(*kept.as_bytes())));
/// assert!(!kept.matches(&Tag::from_bytes([8; Tag::LENGTH])));
/// ```
#[derive(Clone, Copy)]
pub struct Tag([u8; Self::LENGTH]);

impl Tag {
    /// How many bytes a tag has.
    pub const LENGTH: usize = 32;

    /// The tag with these bytes, as a store kept them.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a store to keep.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// Whether two tags are the same, in time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.ct_matches(other).into()
    }

    pub(crate) fn ct_matches(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(…)")
    }
}

/// A tag and the pepper it was made under.
///
/// Text form, for ever: `tag-1-`, the pepper's id, `-`, and the tag in 64 lower-case hexadecimal digits. It is for a
/// store to keep; `Debug` does not show the tag.
///
/// ```
/// use keys_core::Tagged;
///
/// let text = format!("tag-1-00c0ffee00c0ffee-{}", "5a".repeat(32));
/// let tagged: Tagged = text.parse()?;
/// assert_eq!(tagged.pepper, "00c0ffee00c0ffee".parse()?);
/// assert_eq!(tagged.to_string(), text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Tagged {
    /// The tag.
    pub tag: Tag,
    /// The id of its pepper.
    pub pepper: PepperId,
}

impl Tagged {
    /// What the text form begins with.
    pub const PREFIX: &'static str = "tag-1-";
}

impl fmt::Display for Tagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pad(f, format_args!("{}{}-{}", Self::PREFIX, self.pepper, Hex(&self.tag.0)))
    }
}

/// Why a text is no [`Tagged`]. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tag: expected `tag-1-`, 16 lower-case hexadecimal digits, `-`, and 64 more")]
#[non_exhaustive]
pub struct ParseTaggedError;

impl FromStr for Tagged {
    type Err = ParseTaggedError;

    fn from_str(text: &str) -> Result<Self, ParseTaggedError> {
        let (pepper, digits) =
            text.strip_prefix(Self::PREFIX).and_then(|rest| rest.split_once('-')).ok_or(ParseTaggedError)?;
        let mut tag = Tag([0; Tag::LENGTH]);
        hex::read(digits, &mut tag.0).ok_or(ParseTaggedError)?;
        Ok(Self { tag, pepper: pepper.parse().map_err(|_| ParseTaggedError)? })
    }
}

/// The peppers a server knows; the first is current and makes new tags, the others still verify.
///
/// Text form (the pepper file): one pepper a line, blank lines and lines that begin with `#` ignored.
///
/// ```
/// use keys_core::{Credential, Keyring, Pepper};
///
/// let keyring = Keyring::new(vec![Pepper::generate(&mut getrandom::SysRng)?])?;
/// let credential = Credential::generate(&mut getrandom::SysRng)?;
/// let kept = keyring.tag(&credential);
/// assert!(keyring.tag_under(kept.pepper, &credential).is_some_and(|tag| tag.matches(&kept.tag)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Keyring {
    current: Keyed,
    others: Vec<Keyed>,
}

#[derive(Clone)]
struct Keyed {
    id: PepperId,
    // The key is already mixed in: cloning costs a copy, not a key schedule.
    mac: Hmac<Sha256>,
}

impl Keyed {
    fn new(pepper: &Pepper) -> Option<Self> {
        // HMAC takes a key of any length, so this is always Some.
        Hmac::new_from_slice(&pepper.0).ok().map(|mac| Self { id: pepper.id(), mac })
    }

    fn tag(&self, access_key: &AccessKey, secret_key: &[u8]) -> Tag {
        // Both halves have one fixed length, so their concatenation can be read in one way only.
        let mac = self.mac.clone().chain_update(access_key.as_bytes()).chain_update(secret_key);
        Tag(mac.finalize().into_bytes().into())
    }
}

impl Keyring {
    /// A keyring of one or more peppers, the first current.
    ///
    /// # Errors
    ///
    /// [`KeyringError::Empty`] without a pepper, [`KeyringError::Repeated`] when one is given twice.
    pub fn new(peppers: Vec<Pepper>) -> Result<Self, KeyringError> {
        let mut keyed = peppers.iter().filter_map(Keyed::new);
        let current = keyed.next().ok_or(KeyringError::Empty)?;
        let mut ring = Self { current, others: Vec::new() };
        for pepper in keyed {
            if ring.knows(pepper.id) {
                return Err(KeyringError::Repeated { pepper: pepper.id });
            }
            ring.others.push(pepper);
        }
        Ok(ring)
    }

    /// The id of the pepper that makes new tags.
    #[must_use]
    pub const fn current(&self) -> PepperId {
        self.current.id
    }

    /// The ids of all peppers, the current one first.
    pub fn ids(&self) -> impl Iterator<Item = PepperId> + '_ {
        core::iter::once(&self.current).chain(&self.others).map(|keyed| keyed.id)
    }

    /// Whether a pepper is in this keyring.
    #[must_use]
    pub fn knows(&self, pepper: PepperId) -> bool {
        self.ids().any(|id| id == pepper)
    }

    /// The tag of a pair under the current pepper.
    #[must_use]
    pub fn tag(&self, credential: &Credential) -> Tagged {
        let tag = self.current.tag(&credential.access_key(), credential.secret_key().as_bytes());
        Tagged { tag, pepper: self.current.id }
    }

    /// The tag of a pair under a certain pepper; `None` if it is not in this keyring.
    #[must_use]
    pub fn tag_under(&self, pepper: PepperId, credential: &Credential) -> Option<Tag> {
        let keyed = self.keyed(pepper)?;
        Some(keyed.tag(&credential.access_key(), credential.secret_key().as_bytes()))
    }

    /// A key of HKDF-SHA-256 (RFC 5869) for one purpose: the pepper is the salt, `label` and `input` the input, `info` the
    /// info. `None` if the pepper is not in this keyring.
    ///
    /// The label keeps the input apart from everything else the pepper is a key for: no pair begins with it.
    pub(crate) fn derive_under(
        &self,
        pepper: PepperId,
        label: &[u8],
        input: &str,
        info: &[u8],
    ) -> Option<Zeroizing<[u8; 32]>> {
        // Extracting is HMAC under the salt, and that key is already mixed in.
        let extract = self.keyed(pepper)?.mac.clone().chain_update(label).chain_update(input);
        let extracted = Zeroizing::new(<[u8; 32]>::from(extract.finalize().into_bytes()));
        let mut derived = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::from_prk(extracted.as_slice()).ok()?.expand(info, derived.as_mut_slice()).ok()?;
        Some(derived)
    }

    fn keyed(&self, pepper: PepperId) -> Option<&Keyed> {
        core::iter::once(&self.current).chain(&self.others).find(|keyed| keyed.id == pepper)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

/// Why there is no [`Keyring`]. Holds no part of a pepper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// No pepper at all.
    #[error("there is no pepper; one line `pepper-1-…` is needed")]
    Empty,
    /// One pepper twice.
    #[error("pepper {pepper} is there twice")]
    Repeated {
        /// Which one.
        pepper: PepperId,
    },
    /// A line that is no pepper.
    #[error("line {line} is no pepper")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        source: ParsePepperError,
    },
}

impl FromStr for Keyring {
    type Err = KeyringError;

    fn from_str(text: &str) -> Result<Self, KeyringError> {
        let mut peppers = Vec::new();
        for (number, line) in text.lines().map(str::trim).enumerate() {
            if !line.is_empty() && !line.starts_with('#') {
                peppers.push(line.parse().map_err(|source| KeyringError::Line { line: number + 1, source })?);
            }
        }
        Self::new(peppers)
    }
}
