//! What to call who made something: the names of all makers on a page, read in one go.

use std::collections::HashMap;
use std::fmt;

use keys_core::{AccessKey, AccountId, Creator, EnvironmentId, KeyId, Name, Owner};
use keys_store::BackendError;

use crate::authority::Authority;
use crate::context::Context;

/// What to call some creators, as far as a caller may know them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreatorNames {
    accounts: HashMap<AccountId, Option<Name>>,
    keys: HashMap<KeyId, Option<KeyLabel>>,
}

/// What people call a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLabel {
    /// Its name.
    pub name: Option<Name>,
    /// Its access key.
    pub access_key: AccessKey,
}

/// What to call one creator.
///
/// Its `Display` is for people: `Ada`, `environment key build box`, and the id of what has no name that the caller may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreatorName<'a> {
    /// An account, by whichever of its keys.
    Account {
        /// Which.
        id: AccountId,
        /// Its name.
        name: Option<&'a Name>,
    },
    /// An environment itself, by none of its keys.
    Environment {
        /// Which.
        id: EnvironmentId,
    },
    /// A key of an environment.
    Key {
        /// Whose.
        environment: EnvironmentId,
        /// Which.
        id: KeyId,
        /// What it is called.
        label: Option<&'a KeyLabel>,
    },
}

impl Authority {
    /// What to call these creators: for each account and each key among them at most one read, however often it comes.
    ///
    /// Who may name people as members knows all their names, anybody else the own; a key's name is known to whom the key is
    /// within reach. Of the others the id is what there is.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn names_of(
        &self,
        context: &Context,
        creators: impl IntoIterator<Item = Creator>,
    ) -> Result<CreatorNames, BackendError> {
        let mut names = CreatorNames::default();
        for creator in creators {
            match (creator.principal, creator.key) {
                (Owner::Account(id), _) if !names.accounts.contains_key(&id) => {
                    names.accounts.insert(id, self.name_of_account(context, id)?);
                }
                (Owner::Environment(_), Some(key)) if !names.keys.contains_key(&key) => {
                    names.keys.insert(key, self.label_of_key(context, key)?);
                }
                (Owner::Account(_) | Owner::Environment(_), _) => {}
            }
        }
        // A key that was renamed or deleted is told as it is.
        self.settle_all()?;
        Ok(names)
    }

    fn name_of_account(&self, context: &Context, id: AccountId) -> Result<Option<Name>, BackendError> {
        let caller = &context.caller;
        if !caller.may_name_people() && caller.principal() != Owner::Account(id) {
            return Ok(None);
        }
        Ok(self.store.account(id)?.and_then(|record| record.parts().name.clone()))
    }

    fn label_of_key(&self, context: &Context, id: KeyId) -> Result<Option<KeyLabel>, BackendError> {
        let record = self.store.key(context.caller.reach(), id)?;
        Ok(record.map(|record| {
            let parts = record.parts();
            KeyLabel { name: parts.name.clone(), access_key: parts.access_key }
        }))
    }
}

impl CreatorNames {
    /// What to call this one; by its id, if it was not among those that were asked for.
    #[must_use]
    pub fn of(&self, creator: Creator) -> CreatorName<'_> {
        match (creator.principal, creator.key) {
            (Owner::Account(id), _) => {
                CreatorName::Account { id, name: self.accounts.get(&id).and_then(Option::as_ref) }
            }
            (Owner::Environment(environment), Some(id)) => {
                CreatorName::Key { environment, id, label: self.keys.get(&id).and_then(Option::as_ref) }
            }
            (Owner::Environment(id), None) => CreatorName::Environment { id },
        }
    }
}

impl fmt::Display for CreatorName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { id, name } => match shown(*name) {
                Some(name) => f.write_str(name),
                None => write!(f, "{id}"),
            },
            Self::Environment { id } => write!(f, "environment {id}"),
            Self::Key { id, label: None, .. } => write!(f, "environment key {id}"),
            Self::Key { label: Some(KeyLabel { name, access_key }), .. } => {
                let name = shown(name.as_ref()).unwrap_or(access_key.as_str());
                write!(f, "environment key {name}")
            }
        }
    }
}

/// A name that can be seen.
fn shown(name: Option<&Name>) -> Option<&str> {
    name.map(Name::as_str).filter(|name| !name.trim().is_empty())
}
