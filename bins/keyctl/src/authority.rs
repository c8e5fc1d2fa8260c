//! What the commands need of an authority, whichever way it is reached.

pub(crate) mod bulk;
mod events;
pub(crate) mod foresee;
mod imports;
pub(crate) mod local;
mod refusals;
pub(crate) mod remote;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use keys_core::{
    AccessControl, AccessKey, AccessMode, AccountId, AccountKind, AccountTransition, Credential, Description,
    EnvironmentId, EnvironmentTransition, KeyId, LoginName, LoginNameError, Name, Password, Role, Timestamp,
    Transition,
};
use zeroize::Zeroizing;

use self::bulk::ManyKeys;
pub(crate) use self::events::EventFilter;
pub(crate) use self::imports::{Imports, imports_are_for_databases};
use crate::exit::Failure;
use crate::model::{
    Account, BackedUp, Caller, Environment, Event, IssuedKey, Key, LogIn, Member, Session, Verified,
};

/// An authority, reached over HTTP or by opening its database: the same questions get the same answers.
///
/// Every method fails with a [`Failure`] that says for the reader what was not done.
pub(crate) trait Authority: People + Imports + ManyKeys {
    /// Issues a key.
    fn create_key(&self, owner: NewOwner, new: NewKey) -> Result<IssuedKey, Failure>;

    /// Every key within reach that is not deleted, in order of id.
    fn keys(&self) -> Result<Vec<Key>, Failure>;

    /// The keys of an environment, as it was just read, that are not deleted, in order of id.
    fn keys_of(&self, environment: &Environment) -> Result<Vec<Key>, Failure>;

    /// One key: of the environment that the way of reaching the authority stands for, if it does.
    fn key(&self, name: &KeyName) -> Result<Key, Failure>;

    /// Whether a pair is accepted now, and for whom; `None` when it is not, whatever is wrong with it.
    fn verify(&self, presented: &Credential) -> Result<Option<Verified>, Failure>;

    /// As whom this run acts.
    fn who(&self) -> Result<Caller, Failure>;

    /// Changes name and description of a key.
    fn edit_key(&self, id: KeyId, edit: Edit) -> Result<Key, Failure>;

    /// Moves a key, as it was just read, to its next state.
    fn change_key(&self, key: &Key, transition: Transition) -> Result<Key, Failure>;

    /// Makes an environment.
    fn create_environment(
        &self,
        name: Option<Name>,
        description: Option<Description>,
    ) -> Result<Environment, Failure>;

    /// Every environment within reach that is not removed, in order of id.
    fn environments(&self) -> Result<Vec<Environment>, Failure>;

    /// One environment.
    fn environment(&self, id: EnvironmentId) -> Result<Environment, Failure>;

    /// Changes name and description of an environment.
    fn edit_environment(&self, id: EnvironmentId, edit: Edit) -> Result<Environment, Failure>;

    /// Moves an environment, as it was just read, to its next state.
    fn change_environment(
        &self,
        environment: &Environment,
        transition: EnvironmentTransition,
    ) -> Result<Environment, Failure>;

    /// The newest events that are looked for and may be seen, the newest first, at most this many.
    fn events(&self, filter: &EventFilter, most: usize) -> Result<Vec<Event>, Failure>;

    /// Copies the database, as it is at one moment, into a file that is not there yet.
    fn back_up(&self, to: &Path) -> Result<BackedUp, Failure>;

    /// Whether callers need a key.
    fn access_control(&self) -> Result<AccessControl, Failure>;

    /// Switches access control. Switching it on may be refused for want of an administrator's key.
    fn set_access_control(&self, access_control: AccessControl) -> Result<(), Failure>;

    /// Begins a session, and keeps it for later runs.
    fn log_in(&self, login: &LoginName, password: &Password) -> Result<Session, Failure>;

    /// Ends the session that was kept.
    fn log_out(&self) -> Result<(), Failure>;

    /// Gives an account a password, and the name to log in by, which one that has a password may keep.
    fn set_password(
        &self,
        account: AccountId,
        login: Option<LoginName>,
        password: Password,
    ) -> Result<LogIn, Failure>;

    /// Which people may log in.
    fn access_mode(&self) -> Result<AccessMode, Failure>;

    /// Says which people may log in.
    fn set_access_mode(&self, mode: AccessMode) -> Result<(), Failure>;

    /// Makes somebody the first administrator of an authority that nobody administers.
    fn set_up(&self, wishes: FirstAdministrator) -> Result<(), Failure>;

    /// The environment that the way of reaching the authority stands for, if it does.
    fn home(&self) -> Option<EnvironmentId>;

    /// Where clients find the authority.
    fn endpoint(&self) -> Endpoint;
}

/// Who becomes the first administrator.
#[derive(Debug)]
pub(crate) struct FirstAdministrator {
    /// What the server has left in its data directory.
    pub(crate) token: Zeroizing<String>,
    /// The name to log in by.
    pub(crate) login: LoginName,
    /// The password.
    pub(crate) password: Password,
    /// What to call it.
    pub(crate) name: Option<Name>,
}

/// What of an authority is about people: its accounts, and the members of its environments.
pub(crate) trait People: fmt::Debug {
    /// Makes the account of a person.
    fn create_account(&self, new: NewAccount) -> Result<Account, Failure>;

    /// The account of every person within reach that is not removed, in order of id.
    fn accounts(&self) -> Result<Vec<Account>, Failure>;

    /// The account of one person.
    fn account(&self, id: AccountId) -> Result<Account, Failure>;

    /// Changes name, description and default environment of an account.
    fn edit_account(&self, id: AccountId, edit: AccountEdit) -> Result<Account, Failure>;

    /// Makes an account an administrator, or no longer one.
    fn set_account_kind(&self, id: AccountId, kind: AccountKind) -> Result<Account, Failure>;

    /// Moves an account, as it was just read, to its next state.
    fn change_account(&self, account: &Account, transition: AccountTransition) -> Result<Account, Failure>;

    /// The keys that a person made and that are not deleted, and those that these made in turn, in order of id.
    fn keys_made_by(&self, id: AccountId) -> Result<Vec<Key>, Failure>;

    /// Forgets the failed log-ins of a person.
    fn unlock(&self, person: &Person) -> Result<(), Failure>;

    /// Ends all sessions of a person.
    fn end_sessions(&self, person: &Person) -> Result<(), Failure>;

    /// Ends every session there is.
    fn end_all_sessions(&self) -> Result<(), Failure>;

    /// The members of an environment, in order of id.
    fn members(&self, environment: EnvironmentId) -> Result<Vec<Member>, Failure>;

    /// Makes a person a member, or gives a member another role; the members there are then.
    fn put_member(
        &self,
        environment: EnvironmentId,
        account: AccountId,
        role: Role,
    ) -> Result<Vec<Member>, Failure>;

    /// Makes these, and nobody else, the members; the members there are then.
    fn set_members(
        &self,
        environment: EnvironmentId,
        wanted: &[(AccountId, Role)],
    ) -> Result<Vec<Member>, Failure>;

    /// Makes these members no longer; the members there are then.
    fn remove_members(
        &self,
        environment: EnvironmentId,
        accounts: &[AccountId],
    ) -> Result<Vec<Member>, Failure>;
}

/// Who stays a member of an environment when these no longer shall be; all of them must be one.
fn without(
    environment: EnvironmentId,
    members: &[Member],
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, Role)>, Failure> {
    let is_member = |account: &&AccountId| members.iter().any(|member| member.account == **account);
    if let Some(stranger) = accounts.iter().find(|account| !is_member(account)) {
        return Err(refusals::no_member(environment, *stranger));
    }
    let rest = members.iter().filter(|member| !accounts.contains(&member.account));
    Ok(rest.map(|member| (member.account, member.role)).collect())
}

/// How a key is named: by its id, or by its access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyName {
    /// Such as `1c7`.
    Id(KeyId),
    /// Such as `KC…`.
    AccessKey(AccessKey),
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::AccessKey(access_key) => access_key.fmt(f),
        }
    }
}

/// Why a text names no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an id such as 1c7, or an access key of 20 characters")]
pub(crate) struct ParseKeyNameError;

impl FromStr for KeyName {
    type Err = ParseKeyNameError;

    fn from_str(text: &str) -> Result<Self, ParseKeyNameError> {
        let id = text.parse().map(Self::Id).ok();
        id.or_else(|| text.parse().map(Self::AccessKey).ok()).ok_or(ParseKeyNameError)
    }
}

/// How a person is named: by the account, or by the name they log in with. What looks like an account is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Person {
    /// Such as `1a7`.
    Account(AccountId),
    /// Such as `ada`.
    Login(LoginName),
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => id.fmt(f),
            Self::Login(login) => login.fmt(f),
        }
    }
}

impl FromStr for Person {
    type Err = LoginNameError;

    fn from_str(text: &str) -> Result<Self, LoginNameError> {
        let id = text.parse().map(Self::Account);
        id.or_else(|_| text.parse().map(Self::Login))
    }
}

/// Whom a new key shall belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NewOwner {
    /// The account that asks.
    Account,
    /// An environment.
    Environment(EnvironmentId),
    /// The account of a person, whoever asks.
    Person(AccountId),
}

/// What is said of a new account.
#[derive(Debug, Clone)]
pub(crate) struct NewAccount {
    /// Its name.
    pub(crate) name: Option<Name>,
    /// Its description.
    pub(crate) description: Option<Description>,
    /// Whether it administers.
    pub(crate) kind: AccountKind,
}

/// An edit of an account, as [`Edit`].
#[derive(Debug, Clone, Default)]
pub(crate) struct AccountEdit {
    /// The name.
    pub(crate) name: Option<Option<Name>>,
    /// The description.
    pub(crate) description: Option<Option<Description>>,
    /// Where the person begins.
    pub(crate) default_environment: Option<Option<EnvironmentId>>,
}

/// What is said of a new key.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewKey {
    /// Its name.
    pub(crate) name: Option<Name>,
    /// Its description.
    pub(crate) description: Option<Description>,
    /// From when on it is refused.
    pub(crate) expires_at: Option<Timestamp>,
}

/// An edit: for each text `None` to keep it, `Some(None)` to take it away, else the new one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edit {
    /// The name.
    pub(crate) name: Option<Option<Name>>,
    /// The description.
    pub(crate) description: Option<Option<Description>>,
}

/// Where clients find an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The host without its port, as `.netrc` names it.
    pub(crate) host: String,
    /// The base of its API, such as `http://127.0.0.1:8080/v1`.
    pub(crate) api: String,
}

impl Endpoint {
    /// The API as a key of this owner sees it.
    pub(crate) fn of_owner(&self, owner: NewOwner) -> String {
        match owner {
            NewOwner::Account | NewOwner::Person(_) => self.api.clone(),
            NewOwner::Environment(id) => format!("{}/projects/{id}", self.api),
        }
    }
}
