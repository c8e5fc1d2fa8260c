//! An authority reached by opening its database.
//!
//! Reading commands read beside a running server. Changing ones own the database while they run, so no server may; what
//! they do is in the audit chain as done by way of the database.

mod bulk;
mod events;
mod failures;
mod import;
mod open;
mod people;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys_core::{
    AccessControl, AccessMode, AccountId, Credential, Description, EnvironmentId, EnvironmentRecord,
    EnvironmentTransition, KeyId, KeyRecord, Keyring, Lifecycle, LoginName, Name, Owner, Password, Proof,
    SettingName, SettingValue, Timestamp, Transition, Uuid, Verdict,
};
use keys_service::{
    Caller, Context, EnterError, EnvironmentRequest, IssueError, KeyRequest, Maintenance, PasswordEdit, Patch,
};
use keys_store::sqlite::back_up;
use keys_store::{
    Cursor, EnvironmentQuery, KeyFilter, KeyQuery, KeyStore, PasswordQuery, Reach, SortValue, StateFilter,
};

use self::failures::{
    backend_failed, changes_need_ownership, environment_not_changed, issue_failed, key_not_changed,
    not_backed_up, not_switched, password_not_set, sessions_are_of_servers,
};
use super::refusals::{no_environment, no_key, not_enabled, not_enterable, wants_login};
use super::{
    Authority, Edit, Endpoint, EventFilter, FirstAdministrator, KeyName, NewKey, NewOwner, People as _,
};
use crate::exit::{Exit, Failure};
use crate::model::{
    self, BackedUp, Environment, Event, IssuedKey, Key, LogIn, Presented, Receipt, Session, Verified,
};
use crate::system;

pub(crate) use self::open::open;

/// An open database.
#[derive(Debug)]
pub(crate) struct Local {
    store: Arc<dyn KeyStore>,
    /// Where it is.
    path: PathBuf,
    service: Service,
    now: Timestamp,
    /// As it was named.
    url: String,
}

/// What of the service is open: as much as the command needs.
#[derive(Debug)]
enum Service {
    /// Nothing: the database is only read.
    None,
    /// What takes no pepper.
    Maintenance(Maintenance),
    /// What tells a right secret from a wrong one.
    Keyring(Keyring),
    /// Everything.
    Whole(keys_service::Authority),
}

/// How many records are read at a time.
const PAGE: usize = 1_000;

impl Local {
    fn context(&self) -> Result<Context, Failure> {
        let random = |error: &dyn std::error::Error| Failure::new(Exit::Failure, error.to_string());
        let request_id = Uuid::generate(&mut system::rng()).map_err(|error| random(&error))?;
        Ok(Context {
            caller: Caller::of_database(),
            client_address: None,
            request_id: request_id.as_str().parse().map_err(|error| random(&error))?,
            now: self.now,
        })
    }

    /// The context of who has entered an environment.
    fn inside(&self, service: &keys_service::Authority, id: EnvironmentId) -> Result<Context, Failure> {
        let context = self.context()?;
        let caller = service.enter(context.caller, id).map_err(|error| match error {
            EnterError::Store(error) => backend_failed(error),
            EnterError::Refused | _ => {
                self.environment(id).map_or_else(|failure| failure, |_| not_enterable(id))
            }
        })?;
        Ok(Context { caller, ..context })
    }

    fn maintenance(&self) -> Result<&Maintenance, Failure> {
        match &self.service {
            Service::Maintenance(maintenance) => Ok(maintenance),
            Service::None | Service::Keyring(_) | Service::Whole(_) => Err(changes_need_ownership()),
        }
    }

    fn keys_matching(&self, reach: Reach, filter: KeyFilter) -> Result<Vec<Key>, Failure> {
        let mut query = KeyQuery { filter, limit: PAGE, ..KeyQuery::default() };
        let mut keys = Vec::new();
        loop {
            let page = self.store.keys(reach, &query).map_err(backend_failed)?;
            let last = page.items.last().map(|record| record.parts().id);
            keys.extend(page.items.into_iter().map(key_of));
            match last {
                Some(id) if page.more => query.after = Some(Cursor { value: SortValue::Id, id }),
                _ => return Ok(keys),
            }
        }
    }
}

impl Authority for Local {
    fn create_key(&self, owner: NewOwner, new: NewKey) -> Result<IssuedKey, Failure> {
        let Service::Whole(service) = &self.service else { return Err(changes_need_ownership()) };
        let context = match owner {
            NewOwner::Environment(id) => self.inside(service, id)?,
            NewOwner::Account | NewOwner::Person(_) => self.context()?,
        };
        let given_to = match owner {
            NewOwner::Person(account) => Some(Owner::Account(account)),
            NewOwner::Account | NewOwner::Environment(_) => None,
        };
        let NewKey { name, description, expires_at } = new;
        let request = KeyRequest { name, description, expires_at, owner: given_to };
        let issued = service.issue_key(&context, request, &mut system::rng()).map_err(|error| {
            match (error, owner) {
                (IssueError::OwnerInactive, NewOwner::Person(account)) => not_enabled(account),
                (error, _) => issue_failed(error),
            }
        })?;
        let (key, secret_key) = (key_of(issued.record), issued.secret_key);
        // No answer can be lost here.
        let receipt = Receipt::default();
        Ok(IssuedKey { key, secret_key, owner, endpoint: self.endpoint(), receipt })
    }

    fn keys(&self) -> Result<Vec<Key>, Failure> {
        self.keys_matching(Reach::AllOwners, KeyFilter::default())
    }

    fn keys_of(&self, environment: &Environment) -> Result<Vec<Key>, Failure> {
        let reach = Reach::Owner(Owner::Environment(environment.id));
        self.keys_matching(reach, KeyFilter::default())
    }

    fn key(&self, name: &KeyName) -> Result<Key, Failure> {
        let filter = match name {
            KeyName::Id(id) => KeyFilter { id: Some(*id), ..KeyFilter::default() },
            KeyName::AccessKey(access_key) => {
                KeyFilter { access_key: Some(*access_key), ..KeyFilter::default() }
            }
        };
        let found = self.keys_matching(Reach::AllOwners, KeyFilter { state: StateFilter::Any, ..filter })?;
        found.into_iter().next().ok_or_else(|| no_key(name))
    }

    fn verify(&self, presented: &Credential) -> Result<Option<Verified>, Failure> {
        let Service::Keyring(keyring) = &self.service else { return Err(changes_need_ownership()) };
        let row = self.store.load_key(&presented.access_key()).map_err(backend_failed)?.row;
        let possession = match keys_core::prove(row.as_ref(), presented, keyring) {
            Proof::Possession(possession) => possession,
            Proof::Mismatch(_) => return Ok(None),
            Proof::NeedsDigest(_) => {
                let message = "the pepper under which this key was made is not in the pepper file";
                return Err(Failure::new(Exit::Failure, message).hint("--pepper-file names another"));
            }
        };
        let owner = match &row {
            Some(row) => self.store.load_owner(row.owner).map_err(backend_failed)?.row,
            None => None,
        };
        Ok(match keys_core::judge(row.as_ref(), owner.as_ref(), possession, self.now) {
            Verdict::Allow(grant) => Some(Verified {
                access_key: grant.access_key(),
                owner: AccountId::new(grant.owner().number()).unwrap_or(AccountId::ADMIN),
            }),
            Verdict::Deny(_) => None,
        })
    }

    fn who(&self) -> Result<model::Caller, Failure> {
        Ok(model::Caller {
            presented: Presented::Database,
            owner: AccountId::ADMIN,
            is_environment: false,
            name: self.account(AccountId::ADMIN)?.name,
            administrator: true,
            url: self.url.clone(),
        })
    }

    fn edit_key(&self, id: KeyId, edit: Edit) -> Result<Key, Failure> {
        let edited = self.maintenance()?.edit_key(&self.context()?, id, edit_of(edit));
        edited.map(key_of).map_err(|error| key_not_changed(id, error))
    }

    fn change_key(&self, key: &Key, transition: Transition) -> Result<Key, Failure> {
        let changed = self.maintenance()?.transition_key(&self.context()?, key.id, transition);
        changed.map(key_of).map_err(|error| key_not_changed(key.id, error))
    }

    fn create_environment(
        &self,
        name: Option<Name>,
        description: Option<Description>,
    ) -> Result<Environment, Failure> {
        let request = EnvironmentRequest { name, description, members: None };
        let made = self.maintenance()?.create_environment(&self.context()?, request, &mut system::rng());
        made.map(environment_of).map_err(|error| environment_not_changed(None, error))
    }

    fn environments(&self) -> Result<Vec<Environment>, Failure> {
        let mut query = EnvironmentQuery { limit: PAGE, ..EnvironmentQuery::default() };
        let mut environments = Vec::new();
        loop {
            let page = self.store.environments(Reach::AllOwners, &query).map_err(backend_failed)?;
            query.after = page.items.last().map(|last| Cursor::of(last, query.order));
            environments.extend(page.items.into_iter().map(environment_of));
            if !page.more || query.after.is_none() {
                return Ok(environments);
            }
        }
    }

    fn environment(&self, id: EnvironmentId) -> Result<Environment, Failure> {
        let found = self.store.environment(Reach::AllOwners, id).map_err(backend_failed)?;
        found.map(environment_of).ok_or_else(|| no_environment(id))
    }

    fn edit_environment(&self, id: EnvironmentId, edit: Edit) -> Result<Environment, Failure> {
        let edited = self.maintenance()?.edit_environment(&self.context()?, id, edit_of(edit));
        edited.map(environment_of).map_err(|error| environment_not_changed(Some(id), error))
    }

    fn change_environment(
        &self,
        environment: &Environment,
        transition: EnvironmentTransition,
    ) -> Result<Environment, Failure> {
        let id = environment.id;
        let changed = self.maintenance()?.transition_environment(&self.context()?, id, transition);
        changed.map(environment_of).map_err(|error| environment_not_changed(Some(id), error))
    }

    fn events(&self, filter: &EventFilter, most: usize) -> Result<Vec<Event>, Failure> {
        self.find_events(filter, most)
    }

    fn back_up(&self, to: &Path) -> Result<BackedUp, Failure> {
        let made = back_up(&self.path, to).map_err(not_backed_up)?;
        let last_event = made.head.audit.map(|(id, _)| id);
        Ok(BackedUp { path: to.to_owned(), bytes: made.bytes, last_event })
    }

    fn access_control(&self) -> Result<AccessControl, Failure> {
        match self.store.setting(SettingName::AccessControl).map_err(backend_failed)? {
            None => Ok(AccessControl::default()),
            Some(setting) => setting.value.parse().map_err(|error| {
                Failure::new(Exit::Failure, format!("the database is damaged: {}: {error}", setting.name))
            }),
        }
    }

    fn set_access_control(&self, access_control: AccessControl) -> Result<(), Failure> {
        self.maintenance()?.set_access_control(&self.context()?, access_control).map_err(not_switched)
    }

    fn log_in(&self, _: &LoginName, _: &Password) -> Result<Session, Failure> {
        Err(sessions_are_of_servers())
    }

    fn log_out(&self) -> Result<(), Failure> {
        Err(sessions_are_of_servers())
    }

    fn set_password(
        &self,
        account: AccountId,
        login: Option<LoginName>,
        password: Password,
    ) -> Result<LogIn, Failure> {
        let (maintenance, context) = (self.maintenance()?, self.context()?);
        let of_account = Reach::Owner(Owner::Account(account));
        let page = self.store.passwords(of_account, &PasswordQuery::default()).map_err(backend_failed)?;
        let set = match page.items.first() {
            Some(record) => {
                let edit = PasswordEdit { login, password: Some(password) };
                maintenance.edit_password(&context, record.parts().id, &edit, &mut system::rng())
            }
            None => {
                let login = login.ok_or_else(|| wants_login(account))?;
                maintenance.set_password(&context, account, login, &password, &mut system::rng())
            }
        };
        let record = set.map_err(|error| password_not_set(account, error))?;
        Ok(LogIn { account, login: record.parts().login.as_str().to_owned() })
    }

    fn access_mode(&self) -> Result<AccessMode, Failure> {
        match self.store.setting(SettingName::AccessMode).map_err(backend_failed)? {
            None => Ok(AccessMode::default()),
            Some(setting) => setting.value.parse().map_err(|error| {
                Failure::new(Exit::Failure, format!("the database is damaged: {}: {error}", setting.name))
            }),
        }
    }

    fn set_access_mode(&self, mode: AccessMode) -> Result<(), Failure> {
        let value = SettingValue::AccessMode(mode);
        self.maintenance()?.change_setting(&self.context()?, &value).map_err(not_switched)
    }

    fn set_up(&self, _: FirstAdministrator) -> Result<(), Failure> {
        Err(sessions_are_of_servers())
    }

    fn home(&self) -> Option<EnvironmentId> {
        None
    }

    /// Where a server of this database listens unless it is told otherwise.
    fn endpoint(&self) -> Endpoint {
        Endpoint { host: "127.0.0.1".to_owned(), api: "http://127.0.0.1:8080/v1".to_owned() }
    }
}

fn key_of(record: KeyRecord) -> Key {
    let parts = record.into_parts();
    // Accounts and environments share one counter and one spelling, so this names either.
    let owner = AccountId::new(parts.owner.number()).unwrap_or(AccountId::ADMIN);
    Key {
        id: parts.id,
        access_key: parts.access_key,
        name: parts.name.map(|name| name.as_str().to_owned()),
        description: parts.description.map(|text| text.as_str().to_owned()),
        state: parts.lifecycle.state(),
        owner,
        created: parts.created,
        expires_at: parts.expires_at,
        deleted_at: match parts.lifecycle {
            Lifecycle::Deleted { at } => Some(at),
            Lifecycle::Active(_) | Lifecycle::Inactive(_) => None,
        },
    }
}

fn environment_of(record: EnvironmentRecord) -> Environment {
    let parts = record.into_parts();
    Environment {
        id: parts.id,
        name: parts.name.map(|name| name.as_str().to_owned()),
        description: parts.description.map(|text| text.as_str().to_owned()),
        state: parts.state,
        created: parts.created,
    }
}

fn edit_of(edit: Edit) -> keys_service::Edit {
    keys_service::Edit {
        name: edit.name.map_or(Patch::Keep, Patch::Set),
        description: edit.description.map_or(Patch::Keep, Patch::Set),
    }
}
