//! The files of the certificate: read at the start, and again whenever SIGHUP says that there are others.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use keys_core::Timestamp;
use keys_http::{Certificate, CertificateError, Tls};
use zeroize::Zeroizing;

use crate::clock;
use crate::exit::with_causes;

/// Where the certificate and its key are, and what was read there.
#[derive(Debug, Clone)]
pub(crate) struct TlsFiles {
    certificate_file: PathBuf,
    key_file: PathBuf,
    certificate: Certificate,
}

/// Why there is no certificate. Holds no part of the key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// A file cannot be read.
    #[error("{setting}: {} cannot be read", path.display())]
    Unreadable {
        /// The setting that names it.
        setting: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is a folder, a device, or far too long.
    #[error("{setting}: {} is no PEM file", path.display())]
    NotAFile {
        /// The setting that names it.
        setting: &'static str,
        /// Which.
        path: PathBuf,
    },
    /// The key can be read by everybody, or written by others than its owner.
    #[error(
        "tls-key: {} has mode {mode:03o}, so others may reach it; run: chmod 600 '{}', or 640 for a group that reads it",
        path.display(),
        path.display()
    )]
    TooOpen {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// What was read is no certificate with its key.
    #[error("{setting}: {} cannot be used", path.display())]
    Refused {
        /// The setting that is most likely at fault.
        setting: &'static str,
        /// Its file.
        path: PathBuf,
        /// Why.
        source: CertificateError,
    },
}

impl TlsFiles {
    /// Reads both files.
    ///
    /// # Errors
    ///
    /// See [`TlsError`].
    pub(crate) fn read(certificate_file: PathBuf, key_file: PathBuf) -> Result<Self, TlsError> {
        let certificate = read(&certificate_file, &key_file)?;
        Ok(Self { certificate_file, key_file, certificate })
    }

    /// Speaks TLS with what was read.
    pub(crate) fn tls(&self) -> Tls {
        tell_validity(&self.certificate, clock::wall_clock());
        Tls::new(self.certificate.clone())
    }

    /// Reads both files again and speaks TLS with what they hold now; with what it had, if that cannot be used.
    pub(crate) fn reload(&self, tls: &Tls) {
        match read(&self.certificate_file, &self.key_file) {
            Ok(certificate) => {
                tell_validity(&certificate, clock::wall_clock());
                tls.replace(certificate);
            }
            Err(error) => tracing::error!(
                error = with_causes(&error),
                kept_until = %tls.certificate().valid_until(),
                "the new certificate is not used, the old one is kept: mend the files and send SIGHUP again"
            ),
        }
    }

    /// Until when the certificate is valid, and whether it is now.
    pub(crate) fn validity(&self, now: Timestamp) -> String {
        let (from, until) = (self.certificate.valid_from(), self.certificate.valid_until());
        let state = match standing(&self.certificate, now) {
            Standing::Early => "warning: the certificate is not valid yet",
            Standing::Valid => "the certificate is valid",
            Standing::Expired => "warning: the certificate has expired",
        };
        format!("{state}: from {from} until {until}")
    }
}

enum Standing {
    Early,
    Valid,
    Expired,
}

fn standing(certificate: &Certificate, now: Timestamp) -> Standing {
    if now < certificate.valid_from() {
        Standing::Early
    } else if now <= certificate.valid_until() {
        Standing::Valid
    } else {
        Standing::Expired
    }
}

/// One line in the log. What is wrong with the time does not stop a server: its clock may be what is wrong.
fn tell_validity(certificate: &Certificate, now: Timestamp) {
    let (from, until) = (certificate.valid_from(), certificate.valid_until());
    match standing(certificate, now) {
        Standing::Early => {
            tracing::warn!(%from, %until, "the certificate is not valid yet, so callers will refuse it");
        }
        Standing::Valid => tracing::info!(%from, %until, "TLS is spoken with this certificate"),
        Standing::Expired => {
            tracing::warn!(%from, %until, "the certificate has expired, so callers will refuse it");
        }
    }
}

fn read(certificate_file: &Path, key_file: &Path) -> Result<Certificate, TlsError> {
    let (chain, _) = contents("tls-cert", certificate_file)?;
    let (key, metadata) = contents("tls-key", key_file)?;
    if let Some(mode) = too_open(&metadata) {
        return Err(TlsError::TooOpen { path: key_file.into(), mode });
    }
    Certificate::from_pem(&chain, &key).map_err(|source| {
        let of_the_key = matches!(
            source,
            CertificateError::NoKey | CertificateError::EncryptedKey | CertificateError::UnusableKey
        );
        let (setting, path) = if of_the_key { ("tls-key", key_file) } else { ("tls-cert", certificate_file) };
        TlsError::Refused { setting, path: path.into(), source }
    })
}

/// The bytes of a file and what is known of it. A symbolic link is followed; what counts is the file it leads to.
fn contents(setting: &'static str, path: &Path) -> Result<(Zeroizing<Vec<u8>>, Metadata), TlsError> {
    /// More than any chain has; a file past this is something else.
    const LONGEST: u64 = 1024 * 1024;
    let failed = |source| TlsError::Unreadable { setting, path: path.into(), source };
    // Before it is opened, because opening a pipe waits for its writer.
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() || metadata.len() > LONGEST {
        return Err(TlsError::NotAFile { setting, path: path.into() });
    }
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    // Reserved at once: a buffer that grows leaves unwiped copies behind.
    let mut bytes =
        Zeroizing::new(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1));
    file.take(LONGEST).read_to_end(&mut bytes).map_err(failed)?;
    Ok((bytes, metadata))
}

/// The permission bits of a key that others than its owner and a group that reads it have a right at.
fn too_open(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o037 != 0).then_some(mode)
}
