//! From an authority to a server that runs, and back to nothing, in an order that loses nothing.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use keys_core::AccessControl;
use keys_http::{App, AppConfig, Tls};
use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;

use crate::config::Config;
use crate::entropy::OsEntropy;
use crate::exit::Failure;
use crate::housekeeper::Housekeeper;
use crate::set_up::SetUp;
use crate::start::{self, Opened};
use crate::tls::TlsFiles;
use crate::{limits, logging, signals};

/// Threads beyond those that requests may block: look-ups of the runtime itself.
const SPARE_BLOCKING_THREADS: usize = 8;

/// How long a request that nobody waits for any more may still use the store.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// Runs the server until it is asked to stop.
///
/// The store is opened before the runtime exists and dropped after it has ended: it waits for a disk, and nothing
/// that waits may do so on a thread that serves others.
///
/// # Errors
///
/// See [`Failure`].
pub(crate) fn run(config: Config) -> Result<(), Failure> {
    logging::install(config.log_format, config.log_level)
        .map_err(|error| Failure::system("the log cannot be written", error))?;
    limits::harden_process();
    for variable in &config.unknown_variables {
        tracing::warn!(variable, "no setting has this variable, so it has no effect");
    }
    let mut opened = start::open(&config)?;
    let (keeper, store_failed) =
        Housekeeper::begin(Arc::clone(&opened.authority), opened.clock.clone(), opened.database.clone())
            .map_err(no_threads)?;
    let app = AppConfig {
        exposure: config.exposure,
        tls: config.tls.as_ref().map(TlsFiles::tls),
        trusted_proxies: config.trusted_proxies.clone(),
        public_url: config.public_url.clone(),
        set_up: opened.set_up.as_ref().map(SetUp::door),
        ..AppConfig::default()
    };
    let runtime = build_runtime(app.limits.blocking.saturating_add(app.limits.log_ins))?;
    let ended = runtime.block_on(serve(&config, app, &mut opened, store_failed));
    runtime.shutdown_timeout(LAST_WRITES);
    if !keeper.end(LAST_WRITES) {
        tracing::warn!("the index was still being filled");
    }
    // The last owner of the store: it is closed here, where waiting for the disk holds up nobody.
    drop(opened);
    tracing::info!("stopped");
    ended
}

fn build_runtime(blocking: usize) -> Result<Runtime, Failure> {
    runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(blocking.saturating_add(SPARE_BLOCKING_THREADS))
        .thread_name("serve")
        .build()
        .map_err(no_threads)
}

fn no_threads(error: io::Error) -> Failure {
    Failure::system("no threads can be started", error)
}

/// Serves until a signal asks for a stop, or until the store has failed.
async fn serve(
    config: &Config,
    app: AppConfig,
    opened: &mut Opened,
    store_failed: oneshot::Receiver<String>,
) -> Result<(), Failure> {
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        let what =
            format!("{} cannot be listened on; choose another address or port with --listen", config.listen);
        Failure::system(what, error)
    })?;
    let stop = signals::stop_requested().map_err(no_signals)?;
    signals::on_reload(reload(config.tls.clone().zip(app.tls.clone()))).map_err(no_signals)?;
    let scheme = if app.tls.is_some() { "https" } else { "http" };
    let app = App::new(opened.authority.clone(), opened.clock.clone(), Arc::new(OsEntropy), app);
    let token = opened.set_up.as_ref().map(SetUp::path);
    tell_ready(&listener, scheme, opened.authority.access_control(), token)?;
    if let Some(set_up) = opened.set_up.take() {
        // Ends with the runtime, and takes the file away then.
        tokio::spawn(set_up.watch(Arc::clone(&opened.authority), Arc::clone(&opened.clock)));
    }
    let mut failed = None;
    let drained = keys_http::serve(listener, app, until(stop, store_failed, &mut failed)).await;
    if drained.cut > 0 {
        tracing::warn!(connections = drained.cut, "requests that did not end in time were cut");
    }
    match failed {
        None => Ok(()),
        Some(reason) => Err(Failure::system(
            "the database could not be written to, and what it keeps must be read anew: see to the disk it is on, and \
             start again; everything acknowledged is kept",
            reason,
        )),
    }
}

/// Resolves when a signal asks for a stop, or when the store has failed, and then puts down why.
async fn until(
    stop: impl Future<Output = ()>,
    store_failed: oneshot::Receiver<String>,
    failed: &mut Option<String>,
) {
    let never_if_ended = async {
        match store_failed.await {
            Ok(reason) => reason,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = stop => {}
        reason = never_if_ended => {
            tracing::error!(reason, "the store has failed: stopping");
            *failed = Some(reason);
        }
    }
}

fn no_signals(error: io::Error) -> Failure {
    Failure::system("signals cannot be listened to", error)
}

/// What SIGHUP makes the server do: nothing else is read again while it runs.
fn reload(tls: Option<(TlsFiles, Tls)>) -> impl Fn() + Send + Sync + 'static {
    move || match &tls {
        Some((files, tls)) => files.reload(tls),
        None => tracing::info!("SIGHUP: there is no certificate to read again, and nothing else is"),
    }
}

/// The one line on stdout: that the server listens, where, and what to do first.
fn tell_ready(
    listener: &TcpListener,
    scheme: &str,
    access_control: AccessControl,
    set_up_token: Option<&Path>,
) -> Result<(), Failure> {
    let address =
        listener.local_addr().map_err(|error| Failure::system("the listener has no address", error))?;
    tracing::info!(%address, "listening");
    let root = format!("{scheme}://{address}/v1");
    let next = match (access_control, set_up_token) {
        (AccessControl::Off, Some(token)) => {
            format!("open {scheme}://{address}/setup with the token in {}", token.display())
        }
        (AccessControl::Off, None) => format!("curl -X POST {root}/apikeys -d '{{\"name\":\"admin\"}}'"),
        // Without a password curl asks for it, so that the secret key is in no argument.
        (AccessControl::On, _) => format!("curl -u ACCESS_KEY {root}/apikeys"),
    };
    let line = format!("api-server listens on {root} - next: {next}\n");
    let mut stdout = io::stdout();
    // Whoever closed stdout does not want the line; it is no reason to refuse to serve.
    if let Err(error) = stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush()) {
        tracing::warn!(%error, "stdout cannot be written to");
    }
    Ok(())
}
