//! From sockets to requests and back, within limits.

mod door;
mod guarded;
mod limits;
mod scanner;
mod tls;
mod unread;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, TRANSFER_ENCODING};
use http::{HeaderValue, Request};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

pub use limits::Limits;
pub use tls::{Certificate, CertificateError, Tls};

use self::door::{Admission, Door};
use self::guarded::{Guarded, Signals};
use self::unread::Unread;
use crate::app::App;
use crate::flow::{self, Arrival};

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Drained {
    /// How many connections were cut because their requests did not end in time.
    pub cut: usize,
}

/// How long to wait after the system refused to accept: it is out of file descriptors, and hurrying makes it worse.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves `app` on `listener`, over TLS if it was given a certificate, until `shutdown` resolves, then lets the requests that are running end for as long as
/// [`Limits::drain_time`] allows.
///
/// Once `shutdown` resolves the listener is closed, so that nobody waits in its queue for an answer that never comes.
pub async fn serve(listener: TcpListener, app: Arc<App>, shutdown: impl Future<Output = ()>) -> Drained {
    let graceful = GracefulShutdown::new();
    let door = Door::new(&app.config.limits, &app.config.trusted_proxies);
    let mut connections = JoinSet::new();
    // Handshakes end when this is dropped: nothing has been asked behind them yet.
    let (serving, _) = watch::channel(());
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match door.admit(peer.ip()) {
                Some(admission) => {
                    let until = serving.subscribe();
                    let watcher = graceful.watcher();
                    connections.spawn(connect(stream, peer, Arc::clone(&app), (watcher, until), admission));
                }
                // There is no room for a handshake either, and without one there is nothing to say.
                None if app.config.tls.is_some() => {}
                None => turn_away(&stream),
            },
            Err(error) => {
                tracing::warn!(target: "connection", %error, "a connection could not be accepted");
                tokio::select! {
                    biased;
                    () = &mut shutdown => break,
                    () = sleep(ACCEPT_PAUSE) => {}
                }
            }
        }
    }
    drop((listener, serving));
    app.begin_draining();
    let drain = async {
        graceful.shutdown().await;
        // A connection that has ended has a task that is about to: without waiting for it, it would count as cut.
        while connections.join_next().await.is_some() {}
    };
    // Elapsed or not, what counts is who is still there.
    let _ = timeout(app.config.limits.drain_time, drain).await;
    while connections.try_join_next().is_some() {}
    let cut = connections.len();
    connections.shutdown().await;
    Drained { cut }
}

/// One connection, to its end.
async fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    app: Arc<App>,
    (watcher, mut until): (Watcher, watch::Receiver<()>),
    admission: Admission,
) {
    // Answers are small and written whole; waiting to fill a packet only makes them late.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &app.config.tls else {
        converse(Unread::new(stream, app.config.limits.write_stall), peer, app, watcher).await;
        return drop(admission);
    };
    let accepted = tokio::select! {
        accepted = tls::accept(tls, stream, &app.config.limits) => accepted,
        // Nothing is ever sent on it: it changes by ending.
        _ = until.changed() => None,
    };
    if let Some(stream) = accepted {
        converse(stream, peer, app, watcher).await;
    }
    drop(admission);
}

/// Requests and answers, one after the other.
async fn converse<S>(stream: S, peer: SocketAddr, app: Arc<App>, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let signals = Arc::new(Signals::default());
    let limits = app.config.limits.clone();
    let io = TokioIo::new(Guarded::new(stream, Arc::clone(&signals), &limits));
    let service = service_fn(move |request| {
        let (app, signals) = (Arc::clone(&app), Arc::clone(&signals));
        async move { Ok::<_, Infallible>(answer(&app, request, peer, &signals).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // A second net below the deadlines of `Guarded`, which tell a slow head from an idle connection.
        .header_read_timeout(limits.idle_time + limits.header_time)
        .max_headers(limits.headers)
        .max_buf_size(limits.header_bytes)
        // Who has said everything may close its half and wait for the answer.
        .half_close(true)
        .serve_connection(io, service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(target: "connection", %error, "a connection ended early");
    }
}

async fn answer(
    app: &Arc<App>,
    request: Request<Incoming>,
    peer: SocketAddr,
    signals: &Signals,
) -> http::Response<Full<bytes::Bytes>> {
    signals.begin();
    let chunked = request.headers().contains_key(TRANSFER_ENCODING);
    let arrival = Arrival { peer, ambiguous: signals.ambiguous() };
    let mut response = flow::respond(app, request, arrival).await;
    // The scanner does not look for the end of a chunked body, so nothing may follow one.
    if chunked || app.is_draining() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    signals.end();
    response.map(Full::new)
}

/// Tells a caller for whom there is no room to come back. It costs one write that cannot block.
fn turn_away(stream: &TcpStream) {
    let _ = stream.try_write(guarded::FULL.as_bytes());
}
