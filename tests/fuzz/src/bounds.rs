//! What a caller may see and change, read from the store and from nothing that is under test.

use std::collections::BTreeSet;

use keys_core::{AccountId, EnvironmentId, Owner, OwnerStanding, Role, Target};
use keys_store::{EnvironmentFilter, EnvironmentQuery, KeyQuery, KeyStore, Reach};

/// What somebody who is no administrator may see and change, as it was before a request.
#[derive(Debug)]
pub struct Bounds {
    /// Whose keys it may see.
    sees: BTreeSet<Owner>,
    /// Whose keys it may change.
    changes: BTreeSet<Owner>,
    /// Which environments and members it may change.
    rules: BTreeSet<Owner>,
    /// The environments there were: another is one that it makes.
    environments: BTreeSet<EnvironmentId>,
}

impl Bounds {
    /// Of an environment: its keys. Of a person: what is its own, and what its roles say.
    pub(crate) fn of(store: &dyn KeyStore, owner: Owner) -> Option<Self> {
        let filter = EnvironmentFilter { removed: true, ..EnvironmentFilter::default() };
        let all = EnvironmentQuery { filter, limit: KeyQuery::MAX_LIMIT, ..EnvironmentQuery::default() };
        let page = store.environments(Reach::AllOwners, &all).expect("a store in memory does not fail");
        let environments: BTreeSet<_> = page.items.iter().map(|record| record.parts().id).collect();
        let own = BTreeSet::from([owner]);
        let mut bounds = Self { sees: own.clone(), changes: own, rules: BTreeSet::new(), environments };
        let Owner::Account(account) = owner else { return Some(bounds) };
        let record = store.account(account).expect("a store in memory does not fail");
        if record.is_some_and(|record| record.administers()) {
            return None;
        }
        for environment in bounds.environments.clone() {
            bounds.add(store, account, environment);
        }
        Some(bounds)
    }

    fn add(&mut self, store: &dyn KeyStore, account: AccountId, environment: EnvironmentId) {
        let member = store.membership(environment, account).expect("a store in memory does not fail");
        let owner = Owner::Environment(environment);
        let row = store.load_owner(owner).expect("a store in memory does not fail").row;
        let is_active = row.is_some_and(|row| row.standing == OwnerStanding::Active);
        let Some(role) = member.map(|member| member.role) else { return };
        self.sees.extend(is_active.then_some(owner));
        match role {
            Role::Owner => {
                self.changes.insert(owner);
                self.rules.insert(owner);
            }
            Role::Member | Role::Restricted => self.changes.extend(is_active.then_some(owner)),
            Role::ReadOnly => {}
        }
    }

    /// Whether it may see the keys of an owner.
    #[must_use]
    pub fn shows(&self, owner: Owner) -> bool {
        self.sees.contains(&owner)
    }

    /// Whether it may change such a thing of such an owner.
    #[must_use]
    pub fn allows(&self, owner: Owner, target: Target) -> bool {
        let is_new = |environment| !self.environments.contains(&environment);
        match (owner, target) {
            (Owner::Environment(environment), Target::Environment(_) | Target::Member(..)) => {
                self.rules.contains(&owner) || is_new(environment)
            }
            (owner, _) => self.changes.contains(&owner),
        }
    }
}
