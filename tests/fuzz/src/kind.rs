//! The ways in which an installation is run.

use std::sync::Arc;

use keys_http::{AppConfig, Exposure};
use keys_service::SetUpDoor;

/// How an installation is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// On loopback, access control on.
    #[default]
    Closed,
    /// On loopback, access control off: everybody is the administrator.
    Open,
    /// On a network behind a trusted proxy, access control on.
    Proxied,
    /// On a network, access control off: nothing is answered.
    Exposed,
    /// On a network, before its first administrator: whoever has the token becomes it.
    Unclaimed,
    /// On loopback, access control on, with people who are members, have passwords and are in sessions.
    Inhabited,
}

impl Kind {
    /// All there are.
    pub const ALL: [Self; 6] =
        [Self::Closed, Self::Open, Self::Proxied, Self::Exposed, Self::Unclaimed, Self::Inhabited];

    /// As scripts name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Proxied => "proxied",
            Self::Exposed => "exposed",
            Self::Unclaimed => "unclaimed",
            Self::Inhabited => "inhabited",
        }
    }

    /// Whether a caller needs a credential.
    #[must_use]
    pub const fn is_protected(self) -> bool {
        match self {
            Self::Closed | Self::Proxied | Self::Inhabited => true,
            Self::Open | Self::Exposed | Self::Unclaimed => false,
        }
    }

    /// Whether a network reaches it.
    #[must_use]
    pub const fn is_exposed(self) -> bool {
        match self {
            Self::Closed | Self::Open | Self::Inhabited => false,
            Self::Proxied | Self::Exposed | Self::Unclaimed => true,
        }
    }

    /// Its application's configuration, with the door of a first administrator where there is one.
    pub(crate) fn config(self, door: impl FnOnce() -> SetUpDoor) -> AppConfig {
        let exposure = Exposure::BehindTlsProxy;
        match self {
            Self::Closed | Self::Open | Self::Inhabited => AppConfig::default(),
            Self::Exposed => AppConfig { exposure, ..AppConfig::default() },
            Self::Unclaimed => AppConfig { exposure, set_up: Some(Arc::new(door())), ..AppConfig::default() },
            Self::Proxied => AppConfig {
                exposure,
                trusted_proxies: vec!["127.0.0.0/8".parse().expect("a network")],
                ..AppConfig::default()
            },
        }
    }
}
