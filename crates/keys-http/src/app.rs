//! The application behind the door: an authority, a clock, randomness, and how they are exposed.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keys_service::{Authority, SetUpDoor};
use tokio::sync::Semaphore;

use crate::connection::{Limits, Tls};
use crate::origin::PublicUrl;
use crate::ports::{Clock, Entropy};
use crate::proxies::Network;
use crate::request_id::RequestIds;

/// Who can reach the listening address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exposure {
    /// This machine only. Access control may be off; while it is, requests that a web page of somebody else could
    /// have caused, or that came through a proxy, are refused.
    #[default]
    Loopback,
    /// A network, over the TLS that [`AppConfig::tls`] speaks. Nothing is served while access control is off.
    Network,
    /// A network, through a proxy that speaks TLS to the callers. Nothing is served while access control is off.
    BehindTlsProxy,
}

/// How an [`App`] behaves.
#[derive(Debug, Clone, Default)]
pub struct AppConfig {
    /// Who can reach the listening address.
    pub exposure: Exposure,
    /// Speaks TLS to whoever connects; `None`: what comes is read as it is.
    pub tls: Option<Tls>,
    /// The proxies whose `X-Forwarded-*` are believed; from anybody else they count for nothing.
    pub trusted_proxies: Vec<Network>,
    /// What addresses in answers begin with; `None`: where the request was sent to.
    pub public_url: Option<PublicUrl>,
    /// How much one caller, and all of them together, may take.
    pub limits: Limits,
    /// The door of an installation that has not been set up: while access control is off, and somebody else than this
    /// machine can ask, nothing but the page behind it is answered.
    pub set_up: Option<Arc<SetUpDoor>>,
}

impl AppConfig {
    /// Whether browsers are told to speak TLS to this host always. On loopback they are not: they would hold every other
    /// server of this machine to it. A proxy in front speaks for itself.
    pub(crate) fn is_https_only(&self) -> bool {
        self.tls.is_some() && self.exposure == Exposure::Network
    }
}

/// An authority that can be served: [`serve`](crate::serve) puts it on a listener.
pub struct App {
    pub(crate) authority: Arc<Authority>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) config: AppConfig,
    /// One permit for each request that may block; see the `hop` module.
    pub(crate) blocking: Arc<Semaphore>,
    /// One permit for each log-in, beside the others: those who wait for a slow comparison take none from anybody else.
    pub(crate) log_ins: Arc<Semaphore>,
    pub(crate) request_ids: RequestIds,
    draining: AtomicBool,
}

impl App {
    /// Wires an application. It does nothing until it is served.
    #[must_use]
    pub fn new(
        authority: Arc<Authority>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        config: AppConfig,
    ) -> Arc<Self> {
        let blocking = Arc::new(Semaphore::new(config.limits.blocking));
        let log_ins = Arc::new(Semaphore::new(config.limits.log_ins));
        let request_ids = RequestIds::new(&*entropy, clock.now().as_millis().unsigned_abs());
        let draining = AtomicBool::new(false);
        Arc::new(Self { authority, clock, entropy, config, blocking, log_ins, request_ids, draining })
    }

    /// From now on `/readyz` says that this server is going away.
    pub(crate) fn begin_draining(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether this server is going away.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("config", &self.config).finish_non_exhaustive()
    }
}
