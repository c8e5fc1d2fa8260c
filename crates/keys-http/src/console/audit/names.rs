//! What the things in a page of the log are called, as far as the caller may know.

use std::collections::BTreeMap;

use keys_core::{
    AccountId, AuditEvent, Creator, EnvironmentId, EnvironmentState, KeyId, KeyRecord, Owner, Target,
};
use keys_service::CreatorNames;
use keys_store::BackendError;

use crate::console::frame::called;
use crate::console::visit::Visit;

/// Each is looked up once for a page. Whoever may not see a thing sees its id.
pub(super) struct Names<'a, 'b> {
    visit: &'a Visit<'b>,
    people: CreatorNames,
    environments: BTreeMap<EnvironmentId, Option<Environment>>,
    keys: BTreeMap<KeyId, Option<Key>>,
}

/// What is shown of an environment.
#[derive(Clone)]
pub(super) struct Environment {
    pub(super) name: String,
    /// Whether it can be entered.
    pub(super) active: bool,
}

/// What is shown of a key.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) owner: Owner,
}

impl<'a, 'b> Names<'a, 'b> {
    /// For a page with these events.
    pub(super) fn of(visit: &'a Visit<'b>, events: &[AuditEvent]) -> Result<Self, BackendError> {
        let people = events.iter().flat_map(people_in).map(by_hand);
        let people = visit.call.authority.names_of(visit.call.context, people)?;
        Ok(Self { visit, people, environments: BTreeMap::new(), keys: BTreeMap::new() })
    }

    pub(super) fn environment(&mut self, id: EnvironmentId) -> Result<Option<Environment>, BackendError> {
        if let Some(known) = self.environments.get(&id) {
            return Ok(known.clone());
        }
        let record = self.visit.call.authority.environment(self.visit.outside, id)?;
        let environment = record.map(|record| Environment {
            name: called(id, record.parts().name.as_ref()),
            active: record.parts().state == EnvironmentState::Active,
        });
        Ok(self.environments.entry(id).or_insert(environment).clone())
    }

    pub(super) fn key(&mut self, id: KeyId) -> Result<Option<Key>, BackendError> {
        if let Some(known) = self.keys.get(&id) {
            return Ok(known.clone());
        }
        let record = self.visit.call.authority.key(self.visit.call.context, id)?;
        let key = record.map(|record| Key { name: name_of_key(&record), owner: record.parts().owner });
        Ok(self.keys.entry(id).or_insert(key).clone())
    }

    /// What an owner is called: by its name, or by its id.
    pub(super) fn owner(&mut self, owner: Owner) -> Result<String, BackendError> {
        Ok(match owner {
            Owner::Account(id) => self.people.of(by_hand(id)).to_string(),
            Owner::Environment(id) => {
                self.environment(id)?.map_or_else(|| id.to_string(), |environment| environment.name)
            }
        })
    }

    /// Whether somebody is the one who asks.
    pub(super) fn is_caller(&self, owner: Owner) -> bool {
        self.visit.outside.caller.principal() == owner
    }
}

/// The accounts that an event names: who did it, and whom it is about.
fn people_in(event: &AuditEvent) -> impl Iterator<Item = AccountId> {
    let about = if let Target::Account(account) | Target::Member(_, account, _) = event.target {
        Some(account)
    } else {
        None
    };
    [event.origin.principal.account(), event.owner.account(), about].into_iter().flatten()
}

const fn by_hand(account: AccountId) -> Creator {
    Creator { principal: Owner::Account(account), key: None }
}

fn name_of_key(record: &KeyRecord) -> String {
    called(record.parts().access_key, record.parts().name.as_ref())
}
