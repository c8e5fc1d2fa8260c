//! Certificates that are made for one test, and clients that trust them.

use std::fs::{self, Permissions};
use std::io;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// A certificate for `localhost` and 127.0.0.1 that vouches for itself, and its private key.
#[derive(Debug)]
pub struct Issued {
    /// The certificate in PEM.
    pub certificate: String,
    /// The private key in PEM.
    pub key: String,
    der: CertificateDer<'static>,
}

/// The files of a certificate and its key.
#[derive(Debug, Clone)]
pub struct CertificateFiles {
    /// Where the certificate is.
    pub certificate: PathBuf,
    /// Where the key is.
    pub key: PathBuf,
}

impl Issued {
    /// One that is valid, long before and long after now.
    #[must_use]
    pub fn new() -> Self {
        Self::until(4000)
    }

    /// One that is valid from 1975 to the begin of this year.
    ///
    /// # Panics
    ///
    /// When none can be made.
    #[must_use]
    pub fn until(year: i32) -> Self {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).expect("names");
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { certificate: certificate.pem(), key: key.serialize_pem(), der: certificate.der().clone() }
    }

    /// Writes both into a directory, over what is there.
    ///
    /// # Panics
    ///
    /// When they cannot be written.
    #[must_use]
    pub fn write(&self, dir: &Path) -> CertificateFiles {
        let files = CertificateFiles { certificate: dir.join("cert.pem"), key: dir.join("key.pem") };
        fs::write(&files.certificate, &self.certificate).expect("the certificate can be written");
        fs::write(&files.key, &self.key).expect("the key can be written");
        fs::set_permissions(&files.key, Permissions::from_mode(0o600)).expect("a mode can be set");
        files
    }
}

impl Default for Issued {
    fn default() -> Self {
        Self::new()
    }
}

impl CertificateFiles {
    /// The flags that name them.
    #[must_use]
    pub fn flags(&self) -> [String; 4] {
        let path = |path: &Path| path.display().to_string();
        ["--tls-cert".to_owned(), path(&self.certificate), "--tls-key".to_owned(), path(&self.key)]
    }
}

/// The certificates a client trusts, and no others.
#[derive(Debug, Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Trust in servers with these certificates.
    ///
    /// # Panics
    ///
    /// When one of them is none.
    #[must_use]
    pub fn in_these(certificates: &[&Issued]) -> Self {
        let mut roots = RootCertStore::empty();
        for issued in certificates {
            roots.add(issued.der.clone()).expect("a certificate");
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().expect("versions");
        Self(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
    }

    /// Shakes hands with `localhost`.
    pub(crate) fn handshake(
        &self,
        mut stream: TcpStream,
    ) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let name = ServerName::try_from("localhost").expect("a name");
        let mut connection = ClientConnection::new(Arc::clone(&self.0), name).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        Ok(StreamOwned::new(connection, stream))
    }
}
