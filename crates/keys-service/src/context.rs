//! Who asks, from where, and when: what every use case is given.

use std::net::IpAddr;

use keys_core::{AccountId, Creator, EnvironmentId, Origin, Owner, RequestId, Role, Timestamp, Via};
use keys_store::{Reach, Standing};

/// A verified caller: the principal, how it was established, and where it stands.
///
/// Made by [`Authority`](crate::Authority) only, from a grant, from open access, or for a tool that holds the
/// database; so a handler cannot invent one. Every question what a caller may is answered here: use cases and handlers
/// ask, and never compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    principal: Owner,
    via: Via,
    administrator: bool,
    within: Option<(EnvironmentId, Role)>,
}

/// Where a caller stands, which decides what it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Position {
    /// An account that administers, outside any environment.
    Administrator,
    /// Another account, outside any environment.
    Person,
    /// Inside an environment: an environment's key in its own, as a member; a person with the role it has there; an
    /// administrator as an owner.
    Inside {
        /// Which.
        environment: EnvironmentId,
        /// With which rights.
        role: Role,
    },
    /// An environment's key that has entered none.
    Environment,
}

impl Caller {
    pub(crate) const fn new(principal: Owner, via: Via, administrator: bool) -> Self {
        Self { principal, via, administrator, within: None }
    }

    pub(crate) const fn entered(self, environment: EnvironmentId, role: Role) -> Self {
        Self { within: Some((environment, role)), ..self }
    }

    /// A tool that opened the database itself: it acts as the administrator, because whoever holds the database
    /// could write to it anyway.
    #[must_use]
    pub const fn of_database() -> Self {
        Self::new(Owner::Account(AccountId::ADMIN), Via::Database, true)
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

    /// Where the caller stands.
    #[must_use]
    pub const fn position(&self) -> Position {
        match (self.within, self.principal) {
            (Some((environment, role)), _) => Position::Inside { environment, role },
            (None, Owner::Environment(_)) => Position::Environment,
            (None, Owner::Account(_)) if self.administrator => Position::Administrator,
            (None, Owner::Account(_)) => Position::Person,
        }
    }

    /// Whom the caller acts as now: the environment it entered, else its principal. New keys belong to it.
    #[must_use]
    pub fn effective(&self) -> Owner {
        self.within.map_or(self.principal, |(environment, _)| Owner::Environment(environment))
    }

    /// Whose records the caller may touch. For environments, an account reaches those it is a member of.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.administers() { Reach::AllOwners } else { Reach::Owner(self.effective()) }
    }

    /// Whether the caller acts as an administrator, outside any environment.
    #[must_use]
    pub const fn administers(&self) -> bool {
        match self.position() {
            Position::Administrator => true,
            Position::Person | Position::Inside { .. } | Position::Environment => false,
        }
    }

    /// Whether the caller may issue keys, and change those within its reach.
    #[must_use]
    pub const fn may_change_keys(&self) -> bool {
        match self.position() {
            Position::Administrator | Position::Person | Position::Environment => true,
            Position::Inside { role, .. } => role.may_change_keys(),
        }
    }

    /// Whether the caller may make environments.
    #[must_use]
    pub const fn may_make_environments(&self) -> bool {
        match self.position() {
            Position::Administrator | Position::Person => true,
            Position::Inside { .. } | Position::Environment => false,
        }
    }

    /// Whether the caller may see who there is, to name them as members.
    #[must_use]
    pub const fn may_name_people(&self) -> bool {
        match self.position() {
            // Whoever may make an environment may own one.
            Position::Administrator | Position::Person => true,
            Position::Inside { role, .. } => role.may_set_members(),
            Position::Environment => false,
        }
    }

    /// The role the caller has in an environment without being one of its members: an environment's key in its own,
    /// and an administrator in any.
    pub(crate) fn given_role(&self, environment: EnvironmentId) -> Option<Role> {
        match self.principal {
            Owner::Environment(own) => (own == environment).then_some(Role::Member),
            Owner::Account(_) => self.administrator.then_some(Role::Owner),
        }
    }

    /// The role the caller has in an environment from where it stands; `member` asks for the role of an account there.
    pub(crate) fn role_in<E>(
        &self,
        environment: EnvironmentId,
        member: impl FnOnce(AccountId) -> Result<Option<Role>, E>,
    ) -> Result<Option<Role>, E> {
        match (self.position(), self.principal) {
            (Position::Inside { environment: own, role }, _) => Ok((own == environment).then_some(role)),
            (Position::Person, Owner::Account(account)) => member(account),
            (Position::Administrator | Position::Person | Position::Environment, _) => {
                Ok(self.given_role(environment))
            }
        }
    }

    /// What the caller's right to a change rests on, to be looked at again when the change is made; `role` is what was
    /// asked of a person outside. Nothing, for one who needs no credential: whoever holds the database, and everybody
    /// while access control is off.
    pub(crate) fn standing(&self, role: Option<(EnvironmentId, Role)>, now: Timestamp) -> Option<Standing> {
        let (key, session) = match self.via {
            Via::Key(key) => (Some(key), None),
            Via::Session(session) => (None, Some(session)),
            Via::OpenAccess | Via::SetUp | Via::Database | Via::System => return None,
            Via::Password(_) | _ => (None, None),
        };
        let is_a_member = self.principal.account().is_some() && !self.administrator;
        let role = role.or(self.within).filter(|_| is_a_member);
        Some(Standing { principal: self.principal, administers: self.administrator, key, role, session, now })
    }

    /// The caller as the maker of something.
    #[must_use]
    pub const fn creator(&self) -> Creator {
        let key = match self.via {
            Via::Key(key) => Some(key),
            Via::OpenAccess | Via::SetUp | Via::Database | Via::System | _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody there can be, and what each may: administer, change keys, make environments, and reach everything.
    #[test]
    fn every_position_may_what_the_table_says() {
        let account: Owner = "account/1a7".parse().unwrap();
        let own: Owner = "environment/1a5".parse().unwrap();
        let environment: EnvironmentId = "1a5".parse().unwrap();
        let key = Via::Key("1c7".parse().unwrap());
        let outside = |principal, administrator| Caller::new(principal, key, administrator);
        let inside = |role| outside(account, false).entered(environment, role);
        for (caller, position, administers, keys, environments) in [
            (outside(account, true), Position::Administrator, true, true, true),
            (outside(account, false), Position::Person, false, true, true),
            (outside(own, false), Position::Environment, false, true, false),
            (inside(Role::Owner), Position::Inside { environment, role: Role::Owner }, false, true, false),
            (inside(Role::Member), Position::Inside { environment, role: Role::Member }, false, true, false),
            (
                inside(Role::Restricted),
                Position::Inside { environment, role: Role::Restricted },
                false,
                true,
                false,
            ),
            (
                inside(Role::ReadOnly),
                Position::Inside { environment, role: Role::ReadOnly },
                false,
                false,
                false,
            ),
        ] {
            assert_eq!(caller.position(), position);
            assert_eq!(caller.administers(), administers, "{position:?}");
            assert_eq!(caller.may_change_keys(), keys, "{position:?}");
            assert_eq!(caller.may_make_environments(), environments, "{position:?}");
            let names = environments || matches!(position, Position::Inside { role: Role::Owner, .. });
            assert_eq!(caller.may_name_people(), names, "{position:?}");
            let reach = if administers { Reach::AllOwners } else { Reach::Owner(caller.effective()) };
            assert_eq!(caller.reach(), reach, "{position:?}");
        }
        assert_eq!(inside(Role::Owner).effective(), own);
        assert_eq!(inside(Role::Owner).principal(), account);
    }

    #[test]
    fn a_role_without_being_a_member_has_the_administrator_and_the_environments_own_key() {
        let environment: EnvironmentId = "1a5".parse().unwrap();
        let role = |principal: &str, administrator| {
            Caller::new(principal.parse().unwrap(), Via::System, administrator).given_role(environment)
        };
        assert_eq!(role("account/1a7", true), Some(Role::Owner));
        assert_eq!(role("account/1a7", false), None);
        assert_eq!(role("environment/1a5", false), Some(Role::Member));
        assert_eq!(role("environment/1a6", false), None);
    }
}
