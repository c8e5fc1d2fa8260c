//! Signals: the first SIGTERM or SIGINT asks for a graceful stop, the second ends the process at once; SIGHUP asks to
//! read the certificate again.

use std::future::Future;
use std::io;
use std::process;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::Failure;

/// Listens to the signals, and returns what resolves when the first of them asks for a stop.
///
/// Ending at once is safe: what was acknowledged is on the disk, and what was not may happen or not.
///
/// # Errors
///
/// When the operating system refuses a handler. Call it within a runtime.
pub(crate) fn stop_requested() -> io::Result<impl Future<Output = ()>> {
    let mut signals = Signals::new()?;
    Ok(async move {
        let name = signals.next().await;
        tracing::info!(
            signal = name,
            "stopping: requests that are running may end; a second signal ends at once"
        );
        tokio::spawn(async move {
            let name = signals.next().await;
            tracing::warn!(signal = name, "ending at once");
            end_now();
        });
    })
}

/// Runs `reload` on a thread that may wait for a disk, whenever SIGHUP asks for it, one after the other.
///
/// # Errors
///
/// When the operating system refuses a handler. Call it within a runtime.
pub(crate) fn on_reload(reload: impl Fn() + Send + Sync + 'static) -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let reload = Arc::new(reload);
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            let reload = Arc::clone(&reload);
            // A reload that panics is told of on stderr; the next may go well.
            let _ = tokio::task::spawn_blocking(move || reload()).await;
        }
    });
    Ok(())
}

#[expect(clippy::exit, reason = "a second signal means: without waiting for anything")]
fn end_now() -> ! {
    process::exit(i32::from(Failure::FAILED))
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    // Held for its effect: with a handler in place a write past the limit on file sizes fails instead of killing the
    // process, and the store answers as for a full disk.
    _file_size: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            _file_size: signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
