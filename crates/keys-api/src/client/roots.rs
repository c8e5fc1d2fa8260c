//! Whom a client believes when a server says who it is.

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

/// The certificates of a certificate authority of one's own, or of one server that vouches for itself.
#[derive(Debug, Clone)]
pub struct Roots(Vec<Certificate<'static>>);

/// Why a text is no [`Roots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseRootsError {
    /// There is no certificate in it.
    #[error("no certificate is in it: one begins with `-----BEGIN CERTIFICATE-----`")]
    NoCertificate,
    /// It is cut off or altered.
    #[error("a certificate in it is cut off or altered")]
    Malformed,
}

impl Roots {
    /// Reads one or more certificates in PEM; what else is in it is passed over.
    ///
    /// # Errors
    ///
    /// See [`ParseRootsError`].
    pub fn from_pem(text: &[u8]) -> Result<Self, ParseRootsError> {
        let mut certificates = Vec::new();
        for item in parse_pem(text) {
            if let PemItem::Certificate(certificate) = item.map_err(|_| ParseRootsError::Malformed)? {
                certificates.push(certificate);
            }
        }
        if certificates.is_empty() { Err(ParseRootsError::NoCertificate) } else { Ok(Self(certificates)) }
    }

    pub(super) fn certificates(&self) -> RootCerts {
        RootCerts::new_with_certs(&self.0)
    }
}
