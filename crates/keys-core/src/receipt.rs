//! Receipts: what is kept of a create that was asked for under an idempotency key.
//!
//! ```text
//!  made, with its secret ──► without its secret ──► dropped
//!        confirmed, or ten minutes, or                24 hours
//!        what was made is deleted                     after it was made
//! ```
//!
//! The secret is **sealed** under a key that comes from two: the caller's idempotency key, which is kept nowhere, and
//! the pepper, which is outside the database. So neither the server alone nor a thief of the database can open it. The
//! sealed secret names its pepper: it opens for as long as that is in the keyring, whichever is current.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut as _, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::access_key::AccessKey;
use crate::audit::Target;
use crate::credential::Credential;
use crate::display::pad;
use crate::hex::{self, Hex};
use crate::idempotency::{Fingerprint, IdempotencyKey, ReceiptName};
use crate::pepper::{Keyring, PepperId};
use crate::rng::{self, RngError};
use crate::secret_key::SecretKey;
use crate::time::Timestamp;

/// A receipt before what it is about has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReceipt {
    /// Whose, and under which key.
    pub name: ReceiptName,
    /// What was asked for.
    pub fingerprint: Fingerprint,
    /// The secret that goes with what was made, if one does.
    pub secret: Option<SealedSecret>,
}

impl NewReceipt {
    /// The receipt of what was made, and when.
    #[must_use]
    pub fn into_receipt(self, made: Target, at: Timestamp) -> Receipt {
        let Self { name, fingerprint, secret } = self;
        Receipt { name, fingerprint, made, at, secret }
    }
}

/// That a create was carried out, for whoever asks for it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Whose, and under which key.
    pub name: ReceiptName,
    /// What was asked for.
    pub fingerprint: Fingerprint,
    /// What was made.
    pub made: Target,
    /// When.
    pub at: Timestamp,
    /// Its secret, until that is erased.
    pub secret: Option<SealedSecret>,
}

impl Receipt {
    /// How long its secret can be had again.
    pub const SECRET_LIFETIME: Duration = Duration::from_secs(10 * 60);
    /// How long it is kept.
    pub const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

    /// The secret of the key with this access key, if it can still be had: not confirmed, not too old, and sealed under a
    /// pepper of this keyring for the holder of this idempotency key.
    #[must_use]
    pub fn open(
        &self,
        access_key: &AccessKey,
        key: &IdempotencyKey,
        keyring: &Keyring,
        now: Timestamp,
    ) -> Option<SecretKey> {
        let sealed = self.secret.as_ref().filter(|_| now.since(self.at) < Self::SECRET_LIFETIME)?;
        sealed.open(access_key, &self.name, key, keyring)
    }
}

/// What of all receipts is past its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptSweep {
    /// The secrets of receipts made before this are to be erased.
    pub secrets_before: Timestamp,
    /// Receipts made before this are to be dropped.
    pub receipts_before: Timestamp,
}

impl ReceiptSweep {
    /// What is past its time now.
    ///
    /// ```
    /// use keys_core::ReceiptSweep;
    ///
    /// let sweep = ReceiptSweep::at("2026-11-25T18:30:00Z".parse()?);
    /// assert_eq!(sweep.secrets_before, "2026-11-25T18:20:00Z".parse()?);
    /// assert_eq!(sweep.receipts_before, "2026-11-24T18:30:00Z".parse()?);
    /// # Ok::<(), keys_core::ParseTimestampError>(())
    /// ```
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let before = |span: Duration| {
            let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
            Timestamp::from_millis(now.as_millis().saturating_sub(millis)).unwrap_or(Timestamp::MIN)
        };
        Self { secrets_before: before(Receipt::SECRET_LIFETIME), receipts_before: before(Receipt::LIFETIME) }
    }
}

/// A secret key, sealed for whoever holds both its pepper and the idempotency key it was asked for under.
///
/// XChaCha20-Poly1305 with a random nonce, under a key of HKDF-SHA-256: the pepper is the salt, the input is
/// `keys-core/receipt/1` and the idempotency key, the info `keys-core/sealed/1`. What it is bound to (who asked, as whom,
/// and the access key) is authenticated with it: moved to another row it does not open.
///
/// Text form, for ever: `sealed-1-`, the pepper's id, `-`, and nonce, ciphertext and authenticator in 160 lower-case
/// hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    pepper: PepperId,
    nonce: [u8; Self::NONCE_LENGTH],
    ciphertext: [u8; SecretKey::LENGTH],
    authenticator: [u8; Self::AUTHENTICATOR_LENGTH],
}

impl SealedSecret {
    /// What the text form begins with.
    pub const PREFIX: &'static str = "sealed-1-";
    const NONCE_LENGTH: usize = 24;
    const AUTHENTICATOR_LENGTH: usize = 16;

    /// Seals the secret of a pair under the current pepper.
    ///
    /// ```
    /// use keys_core::{Credential, IdempotencyKey, Keyring, Pepper, ReceiptName, SealedSecret};
    ///
    /// let rng = &mut getrandom::SysRng;
    /// let keyring = Keyring::new(vec![Pepper::generate(rng)?])?;
    /// let pair = Credential::generate(rng)?;
    /// let key = IdempotencyKey::generate(rng)?;
    /// let name = ReceiptName { principal: "account/1a1".parse()?, owner: "environment/1a5".parse()?, hash: key.hash() };
    ///
    /// let sealed = SealedSecret::seal(&pair, &name, &key, &keyring, rng)?;
    /// let opened = sealed.open(&pair.access_key(), &name, &key, &keyring);
    /// assert_eq!(opened.as_ref().map(|secret| secret.expose()), Some(pair.secret_key().expose()));
    ///
    /// let another = IdempotencyKey::generate(rng)?;
    /// assert!(sealed.open(&pair.access_key(), &name, &another, &keyring).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SealError::Rng`] when the source fails.
    pub fn seal<R: TryCryptoRng + ?Sized>(
        credential: &Credential,
        name: &ReceiptName,
        key: &IdempotencyKey,
        keyring: &Keyring,
        rng: &mut R,
    ) -> Result<Self, SealError> {
        let pepper = keyring.current();
        let mut nonce = [0; Self::NONCE_LENGTH];
        rng::fill(rng, &mut nonce)?;
        let mut text = Zeroizing::new(*credential.secret_key().as_bytes());
        let cipher = cipher(keyring, pepper, key).ok_or(SealError::Cipher)?;
        let bound = bound_to(name, &credential.access_key());
        let buffer = InOutBuf::from(text.as_mut_slice());
        let authenticator = cipher
            .encrypt_inout_detached(&XNonce::from(nonce), &bound, buffer)
            .map_err(|_| SealError::Cipher)?;
        Ok(Self { pepper, nonce, ciphertext: *text, authenticator: authenticator.into() })
    }

    /// The secret of the key with this access key; `None` without the pepper, with another idempotency key, or when
    /// anything it is bound to differs.
    #[must_use]
    pub fn open(
        &self,
        access_key: &AccessKey,
        name: &ReceiptName,
        key: &IdempotencyKey,
        keyring: &Keyring,
    ) -> Option<SecretKey> {
        let mut text = Zeroizing::new(self.ciphertext);
        let buffer = InOutBuf::from(text.as_mut_slice());
        let authenticator = Tag::from(self.authenticator);
        cipher(keyring, self.pepper, key)?
            .decrypt_inout_detached(
                &XNonce::from(self.nonce),
                &bound_to(name, access_key),
                buffer,
                &authenticator,
            )
            .ok()?;
        SecretKey::parse(core::str::from_utf8(text.as_slice()).ok()?, access_key).ok()
    }

    /// The pepper without which it stays sealed.
    #[must_use]
    pub const fn pepper(&self) -> PepperId {
        self.pepper
    }
}

fn cipher(keyring: &Keyring, pepper: PepperId, key: &IdempotencyKey) -> Option<XChaCha20Poly1305> {
    let derived =
        keyring.derive_under(pepper, b"keys-core/receipt/1", key.expose(), b"keys-core/sealed/1")?;
    XChaCha20Poly1305::new_from_slice(derived.as_slice()).ok()
}

/// What a sealed secret is bound to: each text with its length in front.
fn bound_to(name: &ReceiptName, access_key: &AccessKey) -> Vec<u8> {
    let texts: [String; 3] = [name.principal.to_string(), name.owner.to_string(), access_key.to_string()];
    texts.iter().flat_map(|text| [&(text.len() as u64).to_be_bytes(), text.as_bytes()].concat()).collect()
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedSecret(pepper {})", self.pepper)
    }
}

impl fmt::Display for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pepper, nonce, ciphertext, authenticator } = self;
        let digits = format_args!("{}{}{}", Hex(nonce), Hex(ciphertext), Hex(authenticator));
        pad(f, format_args!("{}{pepper}-{digits}", Self::PREFIX))
    }
}

/// Why a text is no [`SealedSecret`]. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a sealed secret: expected `sealed-1-`, 16 lower-case hexadecimal digits, `-`, and 160 more")]
#[non_exhaustive]
pub struct ParseSealedSecretError;

impl FromStr for SealedSecret {
    type Err = ParseSealedSecretError;

    fn from_str(text: &str) -> Result<Self, ParseSealedSecretError> {
        let malformed = ParseSealedSecretError;
        let (pepper, digits) =
            text.strip_prefix(Self::PREFIX).and_then(|rest| rest.split_once('-')).ok_or(malformed)?;
        let (nonce, rest) = digits.split_at_checked(2 * Self::NONCE_LENGTH).ok_or(malformed)?;
        let (ciphertext, authenticator) = rest.split_at_checked(2 * SecretKey::LENGTH).ok_or(malformed)?;
        let mut sealed = Self {
            pepper: pepper.parse().map_err(|_| malformed)?,
            nonce: [0; Self::NONCE_LENGTH],
            ciphertext: [0; SecretKey::LENGTH],
            authenticator: [0; Self::AUTHENTICATOR_LENGTH],
        };
        hex::read(nonce, &mut sealed.nonce).ok_or(malformed)?;
        hex::read(ciphertext, &mut sealed.ciphertext).ok_or(malformed)?;
        hex::read(authenticator, &mut sealed.authenticator).ok_or(malformed)?;
        Ok(sealed)
    }
}

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The random source failed.
    #[error("no nonce could be generated")]
    Rng(#[from] RngError),
    /// The cipher refused its input. It has no reason to.
    #[error("the cipher refused its input")]
    Cipher,
}
