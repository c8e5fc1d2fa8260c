//! Who asks, from where, and when: what every use case is given.

use std::net::IpAddr;

use keys_core::{AccountId, Creator, EnvironmentId, Origin, Owner, RequestId, Timestamp, Via};
use keys_store::Reach;

/// A verified caller: the principal, how it was established, and the environment it has entered, if any.
///
/// Made by [`Authority`](crate::Authority) only, from a grant, from open access, or for a tool that holds the
/// database; so a handler cannot invent one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    principal: Owner,
    via: Via,
    within: Option<EnvironmentId>,
}

impl Caller {
    pub(crate) const fn new(principal: Owner, via: Via) -> Self {
        Self { principal, via, within: None }
    }

    pub(crate) const fn entered(self, environment: EnvironmentId) -> Self {
        Self { within: Some(environment), ..self }
    }

    /// A tool that opened the database itself: it acts as the administrator, because whoever holds the database
    /// could write to it anyway.
    #[must_use]
    pub const fn of_database() -> Self {
        Self::new(Owner::Account(AccountId::ADMIN), Via::Database)
    }

    /// Who the caller was verified as.
    #[must_use]
    pub const fn principal(&self) -> Owner {
        self.principal
    }

    /// How.
    #[must_use]
    pub const fn via(&self) -> Via {
        self.via
    }

    /// Whom the caller acts as now: the environment it entered, else its principal. New keys belong to it.
    #[must_use]
    pub fn effective(&self) -> Owner {
        self.within.map_or(self.principal, Owner::Environment)
    }

    /// Whose records the caller may touch.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.administers() { Reach::AllOwners } else { Reach::Owner(self.effective()) }
    }

    /// Whether the caller acts as the administrator, outside any environment.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.effective() == Owner::Account(AccountId::ADMIN)
    }

    /// The caller as the maker of something.
    #[must_use]
    pub const fn creator(&self) -> Creator {
        let key = match self.via {
            Via::Key(key) => Some(key),
            Via::OpenAccess | Via::Database | Via::System | _ => None,
        };
        Creator { principal: self.principal, key }
    }
}

/// One request: the caller, its address, the request's id, and the one reading of the clock all its decisions use.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who asks.
    pub caller: Caller,
    /// From which address, when there is a network.
    pub client_address: Option<IpAddr>,
    /// In which request.
    pub request_id: RequestId,
    /// When.
    pub now: Timestamp,
}

impl Context {
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            principal: self.caller.principal(),
            via: self.caller.via(),
            client_address: self.client_address,
            request_id: self.request_id.clone(),
        }
    }
}
