//! The first start, and the peppers.

use keys_core::{
    AccountId, AccountKind, AccountState, Action, Creator, Name, NewAccount, NewEnvironment, NewMember,
    Origin, Owner, PepperId, RequestId, Revision, Role, SettingName, SettingValue, Timestamp, Uuid, Via,
};
use keys_store::{
    BackendError, BackendErrorKind, Change, Cursor, EnvironmentFilter, EnvironmentQuery, Reach, Requirement,
    Write,
};

use crate::authority::{Authority, OpenError};
use crate::error::{StoreFailure, WriteFailure};

/// The accounts every installation begins with: they become `1a1` to `1a4`.
const ACCOUNTS: [(AccountKind, AccountState); 4] = [
    (AccountKind::Admin, AccountState::Active),
    (AccountKind::System, AccountState::Inactive),
    (AccountKind::Superadmin, AccountState::Inactive),
    (AccountKind::Token, AccountState::Active),
];

impl Authority {
    /// Sets an empty store up, or checks that the keyring fits a store that is in use.
    pub(crate) fn set_up(
        &self,
        accept_lost_pepper: bool,
        request_id: RequestId,
        now: Timestamp,
    ) -> Result<(), OpenError> {
        let origin = Origin {
            principal: Owner::Account(AccountId::ADMIN),
            via: Via::System,
            client_address: None,
            request_id,
        };
        if self.store.head().map_err(StoreFailure::from)?.revision == Revision::ZERO {
            self.furnish(&origin, now)?;
        } else {
            self.found_members(&origin, now)?;
        }
        self.check_peppers(accept_lost_pepper)?;
        self.record_current_pepper(origin, now)
    }

    /// Tells the index where it begins.
    pub(crate) fn begin_index(&self) -> Result<(), BackendError> {
        let settings = SettingName::ALL.into_iter().map(|name| self.kept_setting(name));
        let settings = settings.collect::<Result<Vec<_>, _>>()?;
        let revision = self.store.head()?.revision;
        // A writer that is told of this revision has told the index; what comes later is told anyway.
        self.store.barrier()?;
        self.index.begin_at(revision, settings);
        Ok(())
    }

    /// A setting as the store has it, and the revision of its last change.
    fn kept_setting(&self, name: SettingName) -> Result<(SettingValue, Revision), BackendError> {
        let Some(setting) = self.store.setting(name)? else {
            return Ok((SettingValue::default_of(name), Revision::ZERO));
        };
        let value = SettingValue::parse(name, &setting.value)
            .map_err(|error| BackendError::with_source(BackendErrorKind::Corrupt, error))?;
        Ok((value, setting.revision))
    }

    /// Accounts, environment and pepper, all in one transaction.
    fn furnish(&self, origin: &Origin, now: Timestamp) -> Result<(), OpenError> {
        let mut changes = Vec::new();
        for (kind, state) in ACCOUNTS {
            let account = NewAccount {
                uuid: well_known(kind.as_str())?,
                kind,
                state,
                name: Name::new(kind.as_str()).ok(),
                description: None,
                created: now,
            };
            changes.push((Action::CreateAccount, Write::InsertAccount(account)));
        }
        let environment = NewEnvironment {
            uuid: well_known("adminProject")?,
            name: Name::new("Default").ok(),
            description: None,
            creator: Creator { principal: Owner::Account(AccountId::ADMIN), key: None },
            created: now,
        };
        let founder = Write::InsertFounder {
            environment: environment.uuid.clone(),
            account: AccountId::ADMIN,
            role: Role::Owner,
            creator: environment.creator,
            created: now,
        };
        changes.push((Action::CreateEnvironment, Write::InsertEnvironment(environment)));
        changes.push((Action::AddMember, founder));
        changes.push((Action::AddPepper, Write::InsertPepper(self.keyring.current())));
        // The first requires that the store is empty; for those after it, it no longer is.
        let requires = std::iter::once(Some(Requirement::EmptyStore)).chain(std::iter::repeat(None));
        let changes = changes.into_iter().zip(requires).map(|((action, write), requires)| Change {
            write,
            requires: requires.into_iter().collect(),
            at: now,
            origin: origin.clone(),
            action,
            receipt: None,
        });
        match self.store.commit(changes.collect()).map_err(WriteFailure::from) {
            // Unmet: another was first. Its set-up is as good as ours, and its pepper is checked next.
            Ok(_) | Err(WriteFailure::Unmet) => Ok(()),
            Err(failure) => Err(failure.into_store_failure().into()),
        }
    }

    /// A store of the time before there were members gets an owner for each of its environments: the administrator, who
    /// alone could have made them.
    fn found_members(&self, origin: &Origin, now: Timestamp) -> Result<(), OpenError> {
        let members = self.store.members(Reach::AllOwners, None, 1).map_err(StoreFailure::from)?;
        if !members.items.is_empty() {
            return Ok(());
        }
        let mut query = EnvironmentQuery {
            filter: EnvironmentFilter { removed: true, id: None },
            limit: 1_000,
            ..EnvironmentQuery::default()
        };
        let mut changes = Vec::new();
        loop {
            let page = self.store.environments(Reach::AllOwners, &query).map_err(StoreFailure::from)?;
            query.after = page.items.last().map(|record| Cursor::of(record, query.order));
            changes.extend(page.items.iter().map(|record| Change {
                write: Write::InsertMember(NewMember {
                    environment: record.parts().id,
                    account: AccountId::ADMIN,
                    role: Role::Owner,
                    creator: Creator { principal: origin.principal, key: None },
                    created: now,
                }),
                requires: Vec::new(),
                at: now,
                origin: origin.clone(),
                action: Action::AddMember,
                receipt: None,
            }));
            if !page.more {
                break;
            }
        }
        match self.store.commit(changes).map_err(WriteFailure::from) {
            // There already: another was first.
            Ok(_) | Err(WriteFailure::AlreadyExists) => Ok(()),
            Err(failure) => Err(failure.into_store_failure().into()),
        }
    }

    fn check_peppers(&self, accept_lost_pepper: bool) -> Result<(), OpenError> {
        let recorded = self.store.peppers().map_err(StoreFailure::from)?;
        let lost = recorded.into_iter().find(|pepper| !self.keyring.knows(*pepper));
        match lost {
            Some(pepper) if !accept_lost_pepper => Err(OpenError::LostPepper { pepper }),
            _ => Ok(()),
        }
    }

    /// A pepper is recorded before its first use, so that no key can be made under one the store does not know of.
    fn record_current_pepper(&self, origin: Origin, now: Timestamp) -> Result<(), OpenError> {
        let current: PepperId = self.keyring.current();
        if self.store.peppers().map_err(StoreFailure::from)?.contains(&current) {
            return Ok(());
        }
        let change = Change {
            write: Write::InsertPepper(current),
            requires: Vec::new(),
            at: now,
            origin,
            action: Action::AddPepper,
            receipt: None,
        };
        match self.store.commit(vec![change]).map_err(WriteFailure::from) {
            Ok(_) | Err(WriteFailure::AlreadyExists) => Ok(()),
            Err(failure) => Err(failure.into_store_failure().into()),
        }
    }
}

/// A uuid that is a word. All of them are well-formed, so the error is never returned.
fn well_known(word: &str) -> Result<Uuid, StoreFailure> {
    word.parse().map_err(|error| BackendError::with_source(BackendErrorKind::Other, error).into())
}
