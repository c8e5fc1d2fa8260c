//! A certificate and its private key, from their files' text to what a handshake needs.

use std::fmt;
use std::sync::Arc;

use keys_core::Timestamp;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use rustls::{Error as TlsError, InconsistentKeys, ServerConfig};
use x509_cert::der::Decode as _;
use x509_cert::time::Time;

/// The one protocol spoken behind a handshake.
const ALPN: &[u8] = b"http/1.1";

/// A chain of certificates, the server's own first, and its private key: read, and checked to belong together.
#[derive(Clone)]
pub struct Certificate {
    config: Arc<ServerConfig>,
    valid_from: Timestamp,
    valid_until: Timestamp,
}

impl Certificate {
    /// Reads both from PEM. What is neither certificate nor key in either is passed over, so one file may hold both.
    ///
    /// Whether anybody trusts the certificate is not asked, nor whether it is valid now; see
    /// [`valid_from`](Self::valid_from) and [`valid_until`](Self::valid_until).
    ///
    /// # Errors
    ///
    /// See [`CertificateError`].
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let provider = Arc::new(ring::default_provider());
        let chain = read_chain(chain)?;
        let (valid_from, valid_until) = validity(&chain)?;
        let key = read_key(&provider, key)?;
        let certified = CertifiedKey::new(chain, key);
        certified.keys_match().map_err(|source| {
            let mismatch = source == TlsError::InconsistentKeys(InconsistentKeys::KeyMismatch);
            if mismatch { CertificateError::Mismatch } else { CertificateError::Unusable { source } }
        })?;
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|source| CertificateError::Unusable { source })?;
        let resolver = Arc::new(SingleCertAndKey::from(certified));
        let mut config = builder.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Self { config: Arc::new(config), valid_from, valid_until })
    }

    /// The first instant it is valid at.
    #[must_use]
    pub const fn valid_from(&self) -> Timestamp {
        self.valid_from
    }

    /// The last instant it is valid at.
    #[must_use]
    pub const fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// What a handshake needs.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("valid_from", &self.valid_from)
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

/// Why there is no [`Certificate`]. Holds no part of the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// There is none.
    #[error("no certificate is in it: one begins with `-----BEGIN CERTIFICATE-----`, the server's own first")]
    NoCertificate,
    /// One of the chain cannot be read.
    #[error("certificate {number} in it cannot be read: it is cut off or altered")]
    Malformed {
        /// Which, counted from 1.
        number: usize,
    },
    /// There is no private key.
    #[error("no private key is in it: one begins with `-----BEGIN PRIVATE KEY-----`")]
    NoKey,
    /// The key is encrypted, and nobody is there to type a passphrase.
    #[error("the private key is encrypted: write it without a passphrase, `openssl pkey -in OLD -out NEW`")]
    EncryptedKey,
    /// The key cannot be read, or is of a kind that is not spoken.
    #[error(
        "the private key cannot be used: it must be RSA of at least 2048 bits, ECDSA on P-256 or P-384, or Ed25519"
    )]
    UnusableKey,
    /// The key is another certificate's.
    #[error("certificate and private key do not belong together")]
    Mismatch,
    /// The TLS library refuses them for another reason.
    #[error("certificate and private key cannot be used together")]
    Unusable {
        /// What it says.
        source: TlsError,
    },
}

fn read_chain(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let mut chain = Vec::new();
    for read in CertificateDer::pem_slice_iter(text) {
        let malformed = || CertificateError::Malformed { number: chain.len().saturating_add(1) };
        chain.push(read.map_err(|_| malformed())?);
    }
    if chain.is_empty() { Err(CertificateError::NoCertificate) } else { Ok(chain) }
}

/// From when until when the server's own certificate is valid. The others are read too: what clients would stumble over
/// is better found here.
fn validity(chain: &[CertificateDer<'_>]) -> Result<(Timestamp, Timestamp), CertificateError> {
    let mut own = None;
    for (place, der) in chain.iter().enumerate() {
        let read = x509_cert::Certificate::from_der(der)
            .map_err(|_| CertificateError::Malformed { number: place.saturating_add(1) })?;
        let validity = read.tbs_certificate().validity();
        own = own.or(Some((timestamp(validity.not_before), timestamp(validity.not_after))));
    }
    own.ok_or(CertificateError::NoCertificate)
}

fn timestamp(time: Time) -> Timestamp {
    let millis = i64::try_from(time.to_unix_duration().as_millis()).ok();
    millis.and_then(Timestamp::from_millis).unwrap_or(Timestamp::MAX)
}

fn read_key(provider: &CryptoProvider, text: &[u8]) -> Result<Arc<dyn SigningKey>, CertificateError> {
    let unusable =
        || if is_encrypted(text) { CertificateError::EncryptedKey } else { CertificateError::UnusableKey };
    let key = PrivateKeyDer::from_pem_slice(text).map_err(|error| {
        let none = matches!(error, pem::Error::NoItemsFound) && !is_encrypted(text);
        if none { CertificateError::NoKey } else { unusable() }
    })?;
    provider.key_provider.load_private_key(key).map_err(|_| unusable())
}

/// By its first line, or in the old form by a header of its own.
fn is_encrypted(text: &[u8]) -> bool {
    ["BEGIN ENCRYPTED PRIVATE KEY", "Proc-Type: 4,ENCRYPTED"]
        .iter()
        .any(|mark| text.windows(mark.len()).any(|window| window == mark.as_bytes()))
}
