//! The people of a server: their accounts, and the members of its environments.

use keys_api::client::{self, ClientError, MembersTag};
use keys_api::{AccountEditInput, AccountInput, MemberInput};
use keys_core::{
    AccountId, AccountKind, AccountState, AccountTransition, AccountTransitionError, EnvironmentId, Role,
};

use super::failures::{ClientFailure, refused};
use super::{Remote, idempotency_key, parse};
use crate::authority::refusals::{
    account_refusal, account_refused, account_removed, last_administrator, no_account, no_owner,
    no_place_to_begin, nobody,
};
use crate::authority::{AccountEdit, NewAccount, People, Person, without};
use crate::exit::{Exit, Failure};
use crate::model::{Account, Key, Member};

impl People for Remote {
    fn create_account(&self, new: NewAccount) -> Result<Account, Failure> {
        let input = AccountInput {
            name: new.name.map(|name| name.as_str().to_owned()),
            description: new.description.map(|description| description.as_str().to_owned()),
            kind: Some(new.kind.as_str().to_owned()),
        };
        let once = idempotency_key()?;
        parse::person(&self.asked(|client| client.create_account(&input, &once))?)
    }

    /// Environments are accounts to a server, and so are its own: here only people are.
    fn accounts(&self) -> Result<Vec<Account>, Failure> {
        let accounts = self.asked(client::Client::accounts)?;
        let people = accounts.iter().filter(|account| parse::is_person(account));
        let mut accounts = people.map(parse::person).collect::<Result<Vec<_>, _>>()?;
        accounts.retain(|account| account.state.removed_at().is_none());
        accounts.sort_by_key(|account| account.id);
        Ok(accounts)
    }

    fn account(&self, id: AccountId) -> Result<Account, Failure> {
        match self.request(|client| client.account(&id.to_string())) {
            Ok(account) if parse::is_person(&account) => parse::person(&account),
            Ok(_) => Err(no_account(id)),
            Err(error) if error.is_not_found() => Err(no_account(id)),
            Err(error) => Err(self.failure(error)),
        }
    }

    fn edit_account(&self, id: AccountId, edit: AccountEdit) -> Result<Account, Failure> {
        let edit = AccountEditInput {
            name: edit.name.map(|name| name.map(|name| name.as_str().to_owned())),
            description: edit.description.map(|text| text.map(|text| text.as_str().to_owned())),
            kind: None,
            default_project_id: edit.default_environment.map(|id| id.map(|id| id.to_string())),
        };
        self.edited(id, &edit)
    }

    fn set_account_kind(&self, id: AccountId, kind: AccountKind) -> Result<Account, Failure> {
        let edit = AccountEditInput { kind: Some(kind.as_str().to_owned()), ..AccountEditInput::default() };
        let account = self.edited(id, &edit)?;
        if account.kind != kind {
            // From whoever may not say it, it is dropped.
            return Err(Failure::new(Exit::NotAllowed, "only an administrator may do this"));
        }
        Ok(account)
    }

    fn change_account(&self, account: &Account, transition: AccountTransition) -> Result<Account, Failure> {
        let (id, state) = (account.id, account.state);
        // The dialect removes what is removed, and says so with a 200; here that is already so.
        if transition == AccountTransition::Remove && state.removed_at().is_some() {
            return Err(account_refused(id, AccountTransitionError::AlreadySo { state }));
        }
        let change = match transition {
            AccountTransition::Activate => client::Change::Activate,
            AccountTransition::Deactivate => client::Change::Deactivate,
            AccountTransition::Remove => client::Change::Remove,
        };
        match self.request(|client| client.change_account(&id.to_string(), change)) {
            Ok(account) => parse::person(&account),
            Err(ClientFailure::Client(ClientError::Refused(refusal))) if refusal.code == LAST => {
                Err(last_administrator(id))
            }
            Err(ClientFailure::Client(ClientError::Refused(refusal))) => {
                let state = self.account(id)?.state;
                Err(match account_refusal(state, transition) {
                    Some(known) => account_refused(id, known),
                    None => refused(&refusal),
                })
            }
            Err(error) => Err(self.failure(error)),
        }
    }

    fn keys_made_by(&self, id: AccountId) -> Result<Vec<Key>, Failure> {
        parse::keys(&self.asked(|client| client.keys_made_by(&id.to_string()))?)
    }

    fn unlock(&self, person: &Person) -> Result<(), Failure> {
        self.command(person, client::Client::unlock)
    }

    fn end_sessions(&self, person: &Person) -> Result<(), Failure> {
        self.command(person, client::Client::end_sessions)
    }

    fn end_all_sessions(&self) -> Result<(), Failure> {
        self.asked(client::Client::end_all_sessions)
    }

    fn members(&self, environment: EnvironmentId) -> Result<Vec<Member>, Failure> {
        self.tagged_members(environment).map(|(members, _)| members)
    }

    fn put_member(
        &self,
        environment: EnvironmentId,
        account: AccountId,
        role: Role,
    ) -> Result<Vec<Member>, Failure> {
        self.change_members(environment, |members| {
            let others = members.iter().filter(|member| member.account != account);
            let mut wanted: Vec<_> = others.map(|member| (member.account, member.role)).collect();
            wanted.push((account, role));
            Ok(wanted)
        })
    }

    fn set_members(
        &self,
        environment: EnvironmentId,
        wanted: &[(AccountId, Role)],
    ) -> Result<Vec<Member>, Failure> {
        self.put_list(environment, wanted, None)?;
        self.members(environment)
    }

    fn remove_members(
        &self,
        environment: EnvironmentId,
        accounts: &[AccountId],
    ) -> Result<Vec<Member>, Failure> {
        self.change_members(environment, |members| without(environment, members, accounts))
    }
}

/// What a server calls it when nobody could administer afterwards.
const LAST: &str = "LastAdminAccount";

/// What became of a list of members that was sent.
enum Put {
    /// It is the list.
    Done,
    /// It was meant to take the place of another.
    Overtaken,
}

/// How often a list of members is read and set before somebody else is said to keep getting in between.
const ATTEMPTS: usize = 8;

impl Remote {
    fn tagged_members(
        &self,
        environment: EnvironmentId,
    ) -> Result<(Vec<Member>, Option<MembersTag>), Failure> {
        let client::Members { members, tag } =
            self.asked(|client| client.members(&environment.to_string()))?;
        let mut members = members.iter().map(parse::member).collect::<Result<Vec<_>, _>>()?;
        members.sort_by_key(|member| member.id);
        Ok((members, tag))
    }

    /// A server takes whole lists only. So the list is read, and set on the condition that it is still that one; where
    /// somebody else was faster, from the beginning.
    fn change_members(
        &self,
        environment: EnvironmentId,
        decide: impl Fn(&[Member]) -> Result<Vec<(AccountId, Role)>, Failure>,
    ) -> Result<Vec<Member>, Failure> {
        for _ in 0..ATTEMPTS {
            let (members, tag) = self.tagged_members(environment)?;
            let wanted = decide(&members)?;
            match self.put_list(environment, &wanted, tag.as_ref())? {
                Put::Done => return self.members(environment),
                Put::Overtaken => {}
            }
        }
        let message = format!("{environment}: others kept changing the members; nothing was changed");
        Err(Failure::new(Exit::Conflict, message).hint("try again"))
    }

    fn put_list(
        &self,
        environment: EnvironmentId,
        wanted: &[(AccountId, Role)],
        instead_of: Option<&MembersTag>,
    ) -> Result<Put, Failure> {
        if !wanted.iter().any(|(_, role)| role.may_set_members()) {
            return Err(no_owner(environment));
        }
        let input =
            |(account, role): &(AccountId, Role)| MemberInput::new(&account.to_string(), role.as_str());
        let inputs: Vec<_> = wanted.iter().map(input).collect();
        let id = environment.to_string();
        match self.request(|client| client.set_members(&id, inputs.clone(), instead_of)) {
            Ok(()) => Ok(Put::Done),
            Err(ClientFailure::Client(ClientError::Refused(refusal))) if refusal.status == 412 => {
                Ok(Put::Overtaken)
            }
            Err(ClientFailure::Client(ClientError::Refused(refusal)))
                if refusal.field_name.as_deref() == Some("members") =>
            {
                let detail = refusal.detail.unwrap_or(refusal.code);
                Err(Failure::new(Exit::NotFound, detail).hint("keyctl user list"))
            }
            Err(error) => Err(self.failure(error)),
        }
    }

    /// Has something done to a person.
    fn command(
        &self,
        person: &Person,
        command: impl Fn(&client::Client, client::Person<'_>) -> Result<(), ClientError>,
    ) -> Result<(), Failure> {
        let name = person.to_string();
        let named = match person {
            Person::Account(_) => client::Person::Account(&name),
            Person::Login(_) => client::Person::Login(&name),
        };
        let done = self.request(|client| command(client, named));
        done.map_err(|error| if error.is_not_found() { nobody(person) } else { self.failure(error) })
    }

    fn edited(&self, id: AccountId, edit: &AccountEditInput) -> Result<Account, Failure> {
        match self.request(|client| client.edit_account(&id.to_string(), edit)) {
            Ok(account) => parse::person(&account),
            Err(ClientFailure::Client(ClientError::Refused(refusal))) => {
                if refusal.code == LAST {
                    return Err(last_administrator(id));
                }
                if refusal.field_name.as_deref() == Some("defaultProjectId") {
                    return Err(no_place_to_begin(id));
                }
                if let AccountState::Removed { .. } = self.account(id)?.state {
                    return Err(account_removed(id));
                }
                Err(refused(&refusal))
            }
            Err(error) => Err(self.failure(error)),
        }
    }
}
