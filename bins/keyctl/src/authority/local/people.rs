//! The people of a database: their accounts, and the members of its environments.

use keys_core::{
    AccountId, AccountKind, AccountRecord, AccountTransition, EnvironmentId, EnvironmentState, MemberRecord,
    Owner, Role,
};
use keys_service::{AccountRequest, Patch, Whom};
use keys_store::Reach;

use super::failures::{
    account_not_changed, account_not_made, backend_failed, members_not_changed, not_unlocked,
    sessions_not_ended,
};
use super::{Local, PAGE, key_of};
use crate::authority::refusals::no_account;
use crate::authority::{AccountEdit, NewAccount, People, Person, without};
use crate::exit::Failure;
use crate::model::{Account, Key, Member};
use crate::system;

impl People for Local {
    fn create_account(&self, new: NewAccount) -> Result<Account, Failure> {
        let NewAccount { name, description, kind } = new;
        let request = AccountRequest { name, description, kind };
        let made = self.maintenance()?.create_account(&self.context()?, request, &mut system::rng());
        self.account_of(made.map_err(account_not_made)?)
    }

    fn accounts(&self) -> Result<Vec<Account>, Failure> {
        let (mut accounts, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.accounts(after, PAGE).map_err(backend_failed)?;
            after = page.items.last().map(|record| record.parts().id);
            let people = page.items.into_iter().filter(|record| {
                let parts = record.parts();
                parts.kind.is_person() && parts.state.removed_at().is_none()
            });
            for record in people {
                accounts.push(self.account_of(record)?);
            }
            if !page.more || after.is_none() {
                return Ok(accounts);
            }
        }
    }

    fn account(&self, id: AccountId) -> Result<Account, Failure> {
        let found = self.store.account(id).map_err(backend_failed)?;
        let person = found.filter(|record| record.parts().kind.is_person());
        self.account_of(person.ok_or_else(|| no_account(id))?)
    }

    fn edit_account(&self, id: AccountId, edit: AccountEdit) -> Result<Account, Failure> {
        let edit = keys_service::AccountEdit {
            name: edit.name.map_or(Patch::Keep, Patch::Set),
            description: edit.description.map_or(Patch::Keep, Patch::Set),
            default_environment: edit.default_environment.map_or(Patch::Keep, Patch::Set),
            kind: None,
        };
        let edited = self.maintenance()?.edit_account(&self.context()?, id, edit);
        self.account_of(edited.map_err(|error| account_not_changed(id, error))?)
    }

    fn set_account_kind(&self, id: AccountId, kind: AccountKind) -> Result<Account, Failure> {
        let edit = keys_service::AccountEdit::kind(kind);
        let changed = self.maintenance()?.edit_account(&self.context()?, id, edit);
        self.account_of(changed.map_err(|error| account_not_changed(id, error))?)
    }

    fn change_account(&self, account: &Account, transition: AccountTransition) -> Result<Account, Failure> {
        let id = account.id;
        let changed = self.maintenance()?.transition_account(&self.context()?, id, transition);
        self.account_of(changed.map_err(|error| account_not_changed(id, error))?)
    }

    fn keys_made_by(&self, id: AccountId) -> Result<Vec<Key>, Failure> {
        let made = self.maintenance()?.keys_made_by(&self.context()?, id).map_err(backend_failed)?;
        Ok(made.ok_or_else(|| no_account(id))?.items.into_iter().map(key_of).collect())
    }

    /// A server that runs has the database, so that there is no lock here: none is left when the next one starts.
    fn unlock(&self, person: &Person) -> Result<(), Failure> {
        let unlocked = self.maintenance()?.unlock(&self.context()?, &whom(person));
        unlocked.map(drop).map_err(|error| not_unlocked(person, error))
    }

    fn end_sessions(&self, person: &Person) -> Result<(), Failure> {
        let ended = self.maintenance()?.end_sessions(&self.context()?, &whom(person));
        ended.map_err(|error| sessions_not_ended(Some(person), error))
    }

    fn end_all_sessions(&self) -> Result<(), Failure> {
        let ended = self.maintenance()?.end_all_sessions(&self.context()?);
        ended.map_err(|error| sessions_not_ended(None, error))
    }

    fn members(&self, environment: EnvironmentId) -> Result<Vec<Member>, Failure> {
        let reach = Reach::Owner(Owner::Environment(environment));
        let (mut members, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.members(reach, after, PAGE).map_err(backend_failed)?;
            after = page.items.last().map(|member| member.id);
            members.extend(page.items.into_iter().map(member_of));
            if !page.more || after.is_none() {
                return Ok(members);
            }
        }
    }

    fn put_member(
        &self,
        environment: EnvironmentId,
        account: AccountId,
        role: Role,
    ) -> Result<Vec<Member>, Failure> {
        let put = self.maintenance()?.put_member(&self.context()?, environment, account, role);
        put.map_err(|error| members_not_changed(environment, error))?;
        self.members(environment)
    }

    fn set_members(
        &self,
        environment: EnvironmentId,
        wanted: &[(AccountId, Role)],
    ) -> Result<Vec<Member>, Failure> {
        let set = self.maintenance()?.set_members(&self.context()?, environment, wanted);
        set.map_err(|error| members_not_changed(environment, error))?;
        self.members(environment)
    }

    /// A database has no other owner, so nobody comes in between.
    fn remove_members(
        &self,
        environment: EnvironmentId,
        accounts: &[AccountId],
    ) -> Result<Vec<Member>, Failure> {
        let wanted = without(environment, &self.members(environment)?, accounts)?;
        self.set_members(environment, &wanted)
    }
}

impl Local {
    /// An account as it is shown: with the default environment as long as the person may enter it.
    fn account_of(&self, record: AccountRecord) -> Result<Account, Failure> {
        let parts = record.into_parts();
        let default_environment = match parts.default_environment {
            Some(id) if self.may_enter(id, parts.id, parts.kind)? => Some(id),
            Some(_) | None => None,
        };
        Ok(Account {
            id: parts.id,
            kind: parts.kind,
            name: parts.name.map(|name| name.as_str().to_owned()),
            description: parts.description.map(|text| text.as_str().to_owned()),
            state: parts.state,
            default_environment,
            created: parts.created,
        })
    }

    fn may_enter(&self, id: EnvironmentId, account: AccountId, kind: AccountKind) -> Result<bool, Failure> {
        let found = self.store.environment(Reach::AllOwners, id).map_err(backend_failed)?;
        if found.is_none_or(|record| record.parts().state != EnvironmentState::Active) {
            return Ok(false);
        }
        let membership = self.store.membership(id, account).map_err(backend_failed)?;
        Ok(kind.administers() || membership.is_some())
    }
}

fn whom(person: &Person) -> Whom {
    match person {
        Person::Account(id) => Whom::Account(*id),
        Person::Login(login) => Whom::Login(login.clone()),
    }
}

const fn member_of(record: MemberRecord) -> Member {
    Member {
        id: record.id,
        environment: record.environment,
        account: record.account,
        role: record.role,
        created: record.created,
    }
}
