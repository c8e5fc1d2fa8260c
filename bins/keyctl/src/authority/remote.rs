//! An authority over HTTP.

mod bulk;
mod events;
mod failures;
mod parse;
mod people;

use std::cell::{Cell, RefCell};
use std::path::Path;

use keys_api::client::{self, BaseUrl, ClientError, Refusal, SecretText};
use keys_api::{ApiKeyInput, EditInput, ProjectInput, SetUpInput};
use keys_core::{
    AccessControl, AccessMode, AccountId, Credential, Description, EnvironmentId, EnvironmentState,
    EnvironmentTransition, EnvironmentTransitionError, IdempotencyKey, KeyId, LifecycleState, LoginName,
    Name, Password, SettingName, Timestamp, Transition, TransitionError,
};

use self::failures::{ClientFailure, refused};
use super::refusals::{
    environment_refusal, environment_refused, key_refusal, key_refused, login_taken, no_administrator,
    no_environment, no_key, no_person, not_enabled, not_enterable, wants_login,
};
use super::{
    Authority, Edit, Endpoint, EventFilter, FirstAdministrator, KeyName, NewKey, NewOwner, People as _,
};
use crate::credentials::Found;
use crate::exit::{Exit, Failure};
use crate::model::{
    BackedUp, Caller, Environment, Event, IssuedKey, Key, LogIn, Presented, Receipt, Session, Verified,
};
use crate::sessions::Sessions;
use crate::system;

/// Asks a person for a credential; `None` when there is nobody to ask.
pub(crate) type Ask = Box<dyn Fn() -> Result<Option<Credential>, Failure>>;

/// A server, spoken to with or without a credential.
pub(crate) struct Remote {
    client: RefCell<client::Client>,
    url: BaseUrl,
    home: Option<EnvironmentId>,
    /// Where keys are asked for: inside the environment of the URL, unless that has turned out to be closed.
    inside: Cell<Option<EnvironmentId>>,
    ask: Ask,
    sessions: Option<Sessions>,
    /// What is presented. A session can end by itself.
    presented: Cell<Presented>,
    now: Timestamp,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Remote {
    /// The server of a client that presents nothing yet. Without a credential the first request goes out bare, and `ask`
    /// is asked when the server wants one.
    ///
    /// # Errors
    ///
    /// The URL names an environment by something that is no id, or the credential cannot be sent.
    pub(crate) fn new(
        mut client: client::Client,
        found: Option<&Found>,
        ask: Ask,
        sessions: Option<Sessions>,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let url = client.url().clone();
        let home = match url.project().map(str::parse) {
            None => None,
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => return Err(Failure::new(Exit::Usage, "the URL names no environment")),
        };
        match found {
            None => {}
            Some(Found::Pair(credential)) => client = client.with_credential(presentable(credential)?),
            Some(Found::Session(token)) => client = client.with_credential(presentable_token(token)?),
        }
        let presented = Cell::new(match found {
            None => Presented::Nothing,
            Some(Found::Pair(credential)) => Presented::Key(credential.access_key()),
            Some(Found::Session(_)) => Presented::Session,
        });
        let inside = Cell::new(home);
        Ok(Self { client: RefCell::new(client), url, home, inside, ask, sessions, presented, now })
    }

    /// Makes a request, and once more with a credential when the server wants one and somebody can give it.
    fn request<T>(
        &self,
        request: impl Fn(&client::Client) -> Result<T, ClientError>,
    ) -> Result<T, ClientFailure> {
        let first = request(&self.client.borrow());
        let Err(ClientError::Unauthenticated { presented: false }) = first else {
            return first.map_err(ClientFailure::Client);
        };
        let Some(credential) = (self.ask)().map_err(ClientFailure::Asking)? else {
            return first.map_err(ClientFailure::Client);
        };
        self.presented.set(Presented::Key(credential.access_key()));
        let credential = presentable(&credential).map_err(ClientFailure::Asking)?;
        let client = self.client.borrow().clone().with_credential(credential);
        self.client.replace(client);
        request(&self.client.borrow()).map_err(ClientFailure::Client)
    }

    /// As [`request`](Self::request), about keys: inside the environment that the URL stands for, if it does.
    fn request_inside<T>(
        &self,
        request: impl Fn(&client::Client) -> Result<T, ClientError>,
    ) -> Result<T, ClientFailure> {
        match self.inside.get() {
            Some(id) => self.request(|client| request(&client.inside(&id.to_string())?)),
            None => self.request(request),
        }
    }

    /// As [`request`](Self::request), with every failure in words.
    fn asked<T>(&self, request: impl Fn(&client::Client) -> Result<T, ClientError>) -> Result<T, Failure> {
        self.request(request).map_err(|error| self.failure(error))
    }

    fn failure(&self, error: ClientFailure) -> Failure {
        if self.presented.get() == Presented::Session && error.is_unauthenticated() {
            return Failure::new(Exit::NotAllowed, "the session has ended").hint("keyctl login");
        }
        error.in_words(&self.url)
    }

    /// Refuses to make an account key with an environment's key: the server would make an environment key.
    fn check_is_account(&self) -> Result<(), Failure> {
        let Some(caller) = self.asked(client::Client::account_id)? else { return Ok(()) };
        if caller == AccountId::ADMIN.to_string() {
            return Ok(());
        }
        match self.request(|client| client.project(&caller)) {
            Ok(_) => {
                let message = format!("an API key of environment {caller} cannot make account keys");
                Err(Failure::new(Exit::NotAllowed, message)
                    .hint("use an account key, or leave out --account"))
            }
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(self.failure(error)),
        }
    }
}

impl Authority for Remote {
    fn create_key(&self, owner: NewOwner, new: NewKey) -> Result<IssuedKey, Failure> {
        let (project, account_id) = match owner {
            NewOwner::Environment(id) => (Some(id.to_string()), None),
            NewOwner::Person(id) => (None, Some(id.to_string())),
            NewOwner::Account => {
                self.check_is_account()?;
                (None, None)
            }
        };
        let input = ApiKeyInput {
            name: new.name.map(|name| name.as_str().to_owned()),
            description: new.description.map(|description| description.as_str().to_owned()),
            expires_at: new.expires_at.map(|at| at.to_string()),
            account_id,
        };
        let once = idempotency_key()?;
        let issued = self.request(|client| client.create_key(project.as_deref(), &input, &once));
        let issued = issued.map_err(|error| match (error, owner) {
            (ClientFailure::Client(ClientError::Refused(refusal)), NewOwner::Environment(id)) => {
                self.create_refused(id, &refusal)
            }
            (ClientFailure::Client(ClientError::Refused(refusal)), NewOwner::Person(id)) => {
                self.create_for_person_refused(id, &refusal)
            }
            (error, _) => self.failure(error),
        })?;
        let key = parse::key(&issued.key)?;
        check_belongs(&key, owner)?;
        let secret_key = parse::secret(&key, &issued.secret_key)?;
        let client = self.client.borrow().clone();
        let receipt = Receipt::new(move || drop(client.confirm_receipt(project.as_deref(), &once)));
        Ok(IssuedKey { key, secret_key, owner, endpoint: self.endpoint(), receipt })
    }

    fn keys(&self) -> Result<Vec<Key>, Failure> {
        parse::keys(&self.asked(client::Client::keys)?)
    }

    /// They are asked for inside the environment: elsewhere a person sees its own. Nobody enters one that is not active;
    /// there an administrator sees them from outside.
    fn keys_of(&self, environment: &Environment) -> Result<Vec<Key>, Failure> {
        let id = environment.id;
        if environment.state == EnvironmentState::Active {
            return parse::keys(&self.asked(|client| client.inside(&id.to_string())?.keys())?);
        }
        let mut keys = self.keys()?;
        keys.retain(|key| key.owner.number() == id.number());
        Ok(keys)
    }

    fn key(&self, name: &KeyName) -> Result<Key, Failure> {
        let find = |client: &client::Client| match name {
            KeyName::Id(id) => client.key(&id.to_string()).map(Some),
            KeyName::AccessKey(access_key) => client.key_with_access_key(access_key.as_str()),
        };
        let found = match self.request_inside(find) {
            // An environment that is not active is entered by nobody; an administrator reaches its keys all the same.
            Err(error) if error.is_forbidden() && self.inside.take().is_some() => self.request(find),
            found => found,
        };
        match found {
            Ok(Some(key)) => parse::key(&key),
            Ok(None) => Err(no_key(name)),
            Err(error) if error.is_not_found() => Err(no_key(name)),
            Err(error) => Err(self.failure(error)),
        }
    }

    fn verify(&self, presented: &Credential) -> Result<Option<Verified>, Failure> {
        let client = self.client.borrow().clone().with_credential(presentable(presented)?);
        match client.verify() {
            Ok(Some(account_id)) => {
                Ok(Some(Verified { access_key: presented.access_key(), owner: parse::account(&account_id)? }))
            }
            Ok(None) => Err(Failure::new(
                Exit::Failure,
                format!("{} does not say whom it takes the key for", self.url),
            )),
            Err(ClientError::Unauthenticated { .. }) => Ok(None),
            Err(error) => Err(ClientFailure::Client(error).in_words(&self.url)),
        }
    }

    /// A server shows everybody the account they act as; environments are accounts to it.
    fn who(&self) -> Result<Caller, Failure> {
        let silent = || Failure::new(Exit::Failure, format!("{} does not say as whom you act", self.url));
        let id = self.asked(client::Client::account_id)?.ok_or_else(silent)?;
        let account = self.asked(|client| client.account(&id))?;
        Ok(Caller {
            presented: self.presented.get(),
            owner: parse::account(&id)?,
            is_environment: parse::is_environment(&account),
            administrator: parse::administers(&account),
            name: account.name,
            url: self.url.api(),
        })
    }

    fn edit_key(&self, id: KeyId, edit: Edit) -> Result<Key, Failure> {
        let edit = edit_input(edit);
        let edited = self.request_inside(|client| client.edit_key(&id.to_string(), &edit));
        parse::key(&edited.map_err(|error| self.failure(error))?)
    }

    fn change_key(&self, key: &Key, transition: Transition) -> Result<Key, Failure> {
        let id = key.id;
        // The dialect deletes what is deleted, and says so with a 200; here that is already so.
        if transition == Transition::Delete && key.state == LifecycleState::Deleted {
            return Err(key_refused(id, TransitionError::AlreadySo { state: key.state }));
        }
        let change = match transition {
            Transition::Activate => client::Change::Activate,
            Transition::Deactivate => client::Change::Deactivate,
            Transition::Delete => client::Change::Remove,
        };
        match self.request_inside(|client| client.change_key(&id.to_string(), change)) {
            Ok(key) => parse::key(&key),
            Err(ClientFailure::Client(ClientError::Refused(refusal))) => {
                let state = self.key(&KeyName::Id(id))?.state;
                Err(match key_refusal(state, transition) {
                    Some(known) => key_refused(id, known),
                    None => refused(&refusal),
                })
            }
            Err(error) => Err(self.failure(error)),
        }
    }

    fn create_environment(
        &self,
        name: Option<Name>,
        description: Option<Description>,
    ) -> Result<Environment, Failure> {
        let input = ProjectInput {
            name: name.map(|name| name.as_str().to_owned()),
            description: description.map(|description| description.as_str().to_owned()),
            members: None,
        };
        let once = idempotency_key()?;
        parse::environment(&self.asked(|client| client.create_project(&input, &once))?)
    }

    fn environments(&self) -> Result<Vec<Environment>, Failure> {
        let projects = self.asked(client::Client::projects)?;
        let mut environments = projects.iter().map(parse::environment).collect::<Result<Vec<_>, _>>()?;
        environments.retain(|environment| environment.state.removed_at().is_none());
        environments.sort_by_key(|environment| environment.id);
        Ok(environments)
    }

    fn environment(&self, id: EnvironmentId) -> Result<Environment, Failure> {
        match self.request(|client| client.project(&id.to_string())) {
            Ok(project) => parse::environment(&project),
            Err(error) if error.is_not_found() => Err(no_environment(id)),
            Err(error) => Err(self.failure(error)),
        }
    }

    fn edit_environment(&self, id: EnvironmentId, edit: Edit) -> Result<Environment, Failure> {
        let edit = edit_input(edit);
        parse::environment(&self.asked(|client| client.edit_project(&id.to_string(), &edit))?)
    }

    fn change_environment(
        &self,
        environment: &Environment,
        transition: EnvironmentTransition,
    ) -> Result<Environment, Failure> {
        let (id, state) = (environment.id, environment.state);
        if transition == EnvironmentTransition::Remove && state.removed_at().is_some() {
            return Err(environment_refused(id, EnvironmentTransitionError::AlreadySo { state }));
        }
        let change = match transition {
            EnvironmentTransition::Activate => client::Change::Activate,
            EnvironmentTransition::Deactivate => client::Change::Deactivate,
            EnvironmentTransition::Remove => client::Change::Remove,
            EnvironmentTransition::Restore => client::Change::Restore,
        };
        match self.request(|client| client.change_project(&id.to_string(), change)) {
            Ok(project) => parse::environment(&project),
            Err(ClientFailure::Client(ClientError::Refused(refusal))) => {
                let state = self.environment(id)?.state;
                Err(match environment_refusal(state, transition) {
                    Some(known) => environment_refused(id, known),
                    None => refused(&refusal),
                })
            }
            Err(error) => Err(self.failure(error)),
        }
    }

    fn events(&self, filter: &EventFilter, most: usize) -> Result<Vec<Event>, Failure> {
        self.find_events(filter, most)
    }

    fn back_up(&self, _: &Path) -> Result<BackedUp, Failure> {
        Err(Failure::new(Exit::Usage, "a server does not hand out its database")
            .hint("on its machine, beside it: keyctl --database sqlite:keys-data/keys.sqlite3 backup FILE"))
    }

    fn access_control(&self) -> Result<AccessControl, Failure> {
        let setting = self.asked(|client| client.setting(SettingName::AccessControl.as_str()))?;
        parse::access_control(&setting)
    }

    fn set_access_control(&self, access_control: AccessControl) -> Result<(), Failure> {
        let name = SettingName::AccessControl.as_str();
        match self.request(|client| client.set_setting(name, access_control.as_str())) {
            Ok(_) => Ok(()),
            Err(ClientFailure::Client(ClientError::Refused(_)))
                if access_control == AccessControl::On && !self.has_administrator_key()? =>
            {
                Err(no_administrator())
            }
            Err(error) => Err(self.failure(error)),
        }
    }

    fn log_in(&self, login: &LoginName, password: &Password) -> Result<Session, Failure> {
        let sessions = self.sessions()?;
        // It presents no credential: see `Command::is_about_session`.
        let bare = self.client.borrow().clone();
        let begun = bare.log_in(login.as_str(), &SecretText::new(password.expose()));
        let begun = begun.map_err(|error| {
            if matches!(error, ClientError::Unauthenticated { .. }) {
                return Failure::new(
                    Exit::NotAllowed,
                    "name and password are not those of anybody who may log in",
                );
            }
            ClientFailure::Client(error).in_words(&self.url)
        })?;
        let account = parse::account(&begun.account_id)?;
        let before = sessions.token(&self.url).and_then(|before| {
            sessions.keep(&self.url, login.as_str(), &begun.token)?;
            Ok(before)
        });
        // It would stay open, and nobody would know it any longer.
        let forgotten = before.as_ref().map_or(Some(&begun.token), Option::as_ref);
        if let Some(token) = forgotten {
            drop(bare.clone().with_credential(presentable_token(token)?).log_out());
        }
        before?;
        Ok(Session { login: login.as_str().to_owned(), account, api: self.url.api() })
    }

    fn log_out(&self) -> Result<(), Failure> {
        let sessions = self.sessions()?;
        let Some(token) = sessions.token(&self.url)? else {
            let message = format!("there is no session with {}", self.url);
            return Err(Failure::new(Exit::NotFound, message));
        };
        let client = self.client.borrow().clone().with_credential(presentable_token(&token)?);
        match client.log_out() {
            // It had ended by itself.
            Ok(()) | Err(ClientError::Unauthenticated { .. }) => sessions.forget(&self.url),
            Err(error) => Err(ClientFailure::Client(error).in_words(&self.url)),
        }
    }

    fn set_password(
        &self,
        account: AccountId,
        login: Option<LoginName>,
        password: Password,
    ) -> Result<LogIn, Failure> {
        let (of, secret) = (account.to_string(), SecretText::new(password.expose()));
        let known = self.asked(|client| client.password_of(&of))?;
        let set = match (known, login) {
            (Some(known), login) => self.request(|client| {
                client.edit_password(&known.id, login.as_ref().map(LoginName::as_str), &secret)
            }),
            (None, Some(login)) => self.request(|client| client.set_password(&of, login.as_str(), &secret)),
            (None, None) => return Err(wants_login(account)),
        };
        let set = set.map_err(|error| {
            if let ClientFailure::Client(ClientError::Refused(refusal)) = &error {
                return password_refused(account, refusal);
            }
            self.failure(error)
        })?;
        Ok(LogIn { account, login: set.public_value.unwrap_or_default() })
    }

    fn access_mode(&self) -> Result<AccessMode, Failure> {
        let setting = self.asked(|client| client.setting(SettingName::AccessMode.as_str()))?;
        parse::access_mode(&setting)
    }

    fn set_access_mode(&self, mode: AccessMode) -> Result<(), Failure> {
        self.asked(|client| client.set_setting(SettingName::AccessMode.as_str(), mode.as_str())).map(drop)
    }

    fn set_up(&self, wishes: FirstAdministrator) -> Result<(), Failure> {
        if !self.url.is_secure() && !self.url.is_loopback() {
            return Err(Failure::new(
                Exit::Usage,
                "a set-up token and a password do not travel unencrypted: use https://",
            ));
        }
        let FirstAdministrator { token, login, password, name } = wishes;
        let name = name.as_ref().map(ToString::to_string);
        let input = SetUpInput {
            token: &token,
            username: login.as_str(),
            password: password.expose(),
            name: name.as_deref(),
        };
        self.asked(|client| client.set_up(&input))
    }

    fn home(&self) -> Option<EnvironmentId> {
        self.home
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint { host: self.url.host().to_owned(), api: self.url.api() }
    }
}

impl Remote {
    fn sessions(&self) -> Result<&Sessions, Failure> {
        self.sessions.as_ref().ok_or_else(|| {
            Failure::new(Exit::Usage, "there is no place to keep a session")
                .hint("set XDG_CONFIG_HOME or HOME")
        })
    }

    /// Why a key was not made in an environment: most likely because of the environment.
    fn create_refused(&self, id: EnvironmentId, refusal: &Refusal) -> Failure {
        match self.environment(id) {
            Ok(environment) if environment.state != EnvironmentState::Active => not_enterable(id),
            Ok(_) => refused(refusal),
            Err(failure) => failure,
        }
    }

    /// Why a key was not made for a person: most likely because of the person.
    fn create_for_person_refused(&self, id: AccountId, refusal: &Refusal) -> Failure {
        match self.account(id) {
            Ok(account) if account.state != keys_core::AccountState::Active => not_enabled(id),
            Ok(_) => refused(refusal),
            Err(failure) => failure,
        }
    }

    fn has_administrator_key(&self) -> Result<bool, Failure> {
        let keys = self.keys()?;
        let administers = |key: &Key| {
            key.owner == AccountId::ADMIN && key.state == LifecycleState::Active && !key.is_expired(self.now)
        };
        Ok(keys.iter().any(administers))
    }
}

/// Checks that a key belongs to the person it was made for: a server that does not let the caller choose makes one for
/// the caller.
fn check_belongs(key: &Key, owner: NewOwner) -> Result<(), Failure> {
    match owner {
        NewOwner::Person(id) if key.owner != id => {
            let message = format!("the server made key {} for {}, not for {id}", key.id, key.owner);
            Err(Failure::new(Exit::NotAllowed, message)
                .hint("deactivate and delete it; an administrator may"))
        }
        NewOwner::Person(_) | NewOwner::Account | NewOwner::Environment(_) => Ok(()),
    }
}

/// What one create is named by, so that asking for it again makes nothing new.
fn idempotency_key() -> Result<client::IdempotencyKey, Failure> {
    let failed =
        |error: &dyn std::error::Error| Failure::new(Exit::Failure, format!("{error}; nothing was created"));
    let key = IdempotencyKey::generate(&mut system::rng()).map_err(|error| failed(&error))?;
    client::IdempotencyKey::new(key.expose()).map_err(|error| failed(&error))
}

fn presentable(credential: &Credential) -> Result<client::Credential, Failure> {
    client::Credential::new(credential.access_key().as_str(), credential.secret_key().expose())
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

fn presentable_token(token: &SecretText) -> Result<client::Credential, Failure> {
    client::Credential::session(token.expose())
        .map_err(|error| Failure::new(Exit::Usage, format!("the session that was kept: {error}")))
}

fn password_refused(account: AccountId, refusal: &Refusal) -> Failure {
    match (refusal.code.as_str(), refusal.field_name.as_deref()) {
        ("InvalidReference", Some("accountId")) => no_person(account),
        ("NotUnique", Some("publicValue")) => login_taken(),
        _ => refused(refusal),
    }
}

fn edit_input(edit: Edit) -> EditInput {
    EditInput {
        name: edit.name.map(|name| name.map(|name| name.as_str().to_owned())),
        description: edit.description.map(|text| text.map(|text| text.as_str().to_owned())),
    }
}
