//! TLS: the certificate that is shown, and the handshake before anything is read of a request.
//!
//! Versions 1.2 and 1.3 with the suites of rustls on ring; no renegotiation, no compression, no early data, no tickets
//! that outlive the process. A connection keeps the certificate it began with; the next has the newest.

mod certificate;

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub use self::certificate::{Certificate, CertificateError};
use super::guarded::PLAIN;
use super::limits::Limits;
use super::unread::Unread;

/// Speaks TLS with the certificate it was last given. Clones share it.
#[derive(Clone)]
pub struct Tls(Arc<RwLock<Certificate>>);

impl Tls {
    /// Speaks TLS with this certificate.
    #[must_use]
    pub fn new(certificate: Certificate) -> Self {
        Self(Arc::new(RwLock::new(certificate)))
    }

    /// Takes another certificate for connections that begin from now on. Those there are go on as they are.
    pub fn replace(&self, certificate: Certificate) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = certificate;
    }

    /// The certificate that the next connection is shown.
    #[must_use]
    pub fn certificate(&self) -> Certificate {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tls").field(&self.certificate()).finish()
    }
}

/// What a TLS record that begins a handshake begins with.
const HANDSHAKE: u8 = 22;

/// Shakes hands, in time. `None`, with a line in the log, when that does not come to its end.
pub(super) async fn accept(
    tls: &Tls,
    stream: TcpStream,
    limits: &Limits,
) -> Option<TlsStream<Unread<TcpStream>>> {
    let acceptor = TlsAcceptor::from(tls.certificate().config());
    let shaking = async {
        let mut first = [0];
        if stream.peek(&mut first).await? > 0 && first != [HANDSHAKE] {
            turn_back(stream).await?;
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the caller does not speak TLS"));
        }
        acceptor.accept(Unread::new(stream, limits.write_stall)).await
    };
    match timeout(limits.handshake_time, shaking).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(target: "connection", %error, "a handshake failed");
            None
        }
        Err(_) => {
            tracing::debug!(target: "connection", "a handshake took too long");
            None
        }
    }
}

/// Tells a caller that sends HTTP in the clear to send it another way. There is no redirect: followed, it would hide
/// that a key has been sent for everybody to read.
async fn turn_back(mut stream: TcpStream) -> io::Result<()> {
    /// As much as is read of what it may still be sending: who is not read to the end loses the answer.
    const MOST: u64 = 64 * 1024;
    stream.write_all(PLAIN.as_bytes()).await?;
    stream.shutdown().await?;
    tokio::io::copy(&mut stream.take(MOST), &mut tokio::io::sink()).await.map(drop)
}
