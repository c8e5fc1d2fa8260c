//! What is in an installation before anything is asked: the same each time, so it is made once for each kind and copied.

use std::num::NonZeroUsize;
use std::sync::Arc;

use keys_core::{
    AccessControl, AccountId, AccountTransition, Credential, EnvironmentTransition, HashPolicy, Keyring,
    LoginName, Owner, Password, Pepper, RequestId, Role, SessionKind, SetUpToken, Timestamp, Transition,
};
use keys_service::{
    AccountRequest, Authority, AuthorityConfig, Context, EnvironmentRequest, KeyRequest, LogInRequest,
    Visitor,
};
use keys_store::{KeyStore, MemoryStore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::kind::Kind;
use crate::world::{Key, Session};

/// When everything is asked: 2026-11-23T18:30:00.250Z.
const NOW: i64 = 1_795_458_600_250;
/// When everything was made.
const BEFORE: i64 = NOW - 2_000;

/// The password of everybody who has one.
const PASSWORD: &str = "correct horse";

/// Every installation of a kind before it is asked anything.
pub(crate) struct Origin {
    pub(crate) kind: Kind,
    pub(crate) keys: Vec<Arc<Key>>,
    pub(crate) sessions: Vec<Arc<Session>>,
    store: MemoryStore,
    rng: ChaCha20Rng,
}

impl Origin {
    pub(crate) fn new(kind: Kind) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let store = Arc::new(MemoryStore::new());
        let authority = open(store.clone(), &mut rng);
        let mut keys = furnish(&authority, &mut rng);
        let mut sessions = Vec::new();
        if kind == Kind::Inhabited {
            inhabit(&authority, &mut keys, &mut sessions, &mut rng);
        }
        if kind.is_protected() {
            let switched = authority.set_access_control(&context(&authority, None), AccessControl::On);
            switched.expect("the administrator has a key");
        }
        Self { kind, keys, sessions, store: store.fork(), rng }
    }

    /// A copy of the store, an authority over it, and the randomness that comes next.
    pub(crate) fn copy(&self) -> (Arc<dyn KeyStore>, Arc<Authority>, ChaCha20Rng) {
        let store: Arc<dyn KeyStore> = Arc::new(self.store.fork());
        // The pepper is the first that is random.
        let authority = open(Arc::clone(&store), &mut ChaCha20Rng::seed_from_u64(7));
        authority.fill_index().expect("a store in memory does not fail");
        (store, Arc::new(authority), self.rng.clone())
    }
}

fn open(store: Arc<dyn KeyStore>, rng: &mut ChaCha20Rng) -> Authority {
    let config = AuthorityConfig {
        keyring: Keyring::new(vec![Pepper::generate(rng).expect("a pepper")]).expect("a keyring"),
        policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
        hashers: NonZeroUsize::MIN,
        hash_queue: 64,
        index_capacity: None,
        accept_lost_pepper: false,
    };
    Authority::open(store, config, request_id(), time(BEFORE), rng).expect("an authority")
}

/// The token that opens the door of an installation without an administrator.
pub(crate) fn set_up_token() -> SetUpToken {
    SetUpToken::generate(&mut ChaCha20Rng::seed_from_u64(8)).expect("a token")
}

/// The keys of an installation in the order of their ids: name, whose, and what becomes of it. Environment `1a7` is
/// inactive.
const KEYS: [(&str, Option<&str>, Fate); 7] = [
    ("administrator", None, Fate::Active),
    ("environment", Some("1a5"), Fate::Active),
    ("other", Some("1a6"), Fate::Active),
    ("stopped", Some("1a7"), Fate::Active),
    ("inactive", Some("1a5"), Fate::Inactive),
    ("removed", Some("1a5"), Fate::Removed),
    ("expired", Some("1a5"), Fate::Expired),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Active,
    Inactive,
    Removed,
    Expired,
}

impl Fate {
    const fn transitions(self) -> &'static [Transition] {
        match self {
            Self::Active | Self::Expired => &[],
            Self::Inactive => &[Transition::Deactivate],
            Self::Removed => &[Transition::Deactivate, Transition::Delete],
        }
    }
}

/// Makes environments and keys, and what becomes of them.
fn furnish(authority: &Authority, rng: &mut ChaCha20Rng) -> Vec<Arc<Key>> {
    let administrator = context(authority, None);
    for name in ["other", "stopped"] {
        let request = EnvironmentRequest { name: name.parse().ok(), description: None, members: None };
        authority.create_environment(&administrator, request, rng).expect("an environment");
    }
    let mut keys = Vec::new();
    for (name, environment, fate) in KEYS {
        let context = context(authority, environment);
        let expires_at = (fate == Fate::Expired).then(|| time(NOW - 1_000));
        let request =
            KeyRequest { name: name.parse().ok(), description: "d".parse().ok(), expires_at, owner: None };
        let key = issue(authority, &context, name, request, rng);
        for transition in fate.transitions() {
            authority.transition_key(&context, key.id, *transition, None).expect("a transition");
        }
        keys.push(Arc::new(key));
    }
    let stopped = "1a7".parse().expect("an id");
    let stop = EnvironmentTransition::Deactivate;
    authority.transition_environment(&administrator, stopped, stop, None).expect("a transition");
    keys
}

/// The people of an inhabited installation in the order of their ids, `1a8` and so on. The account of the last is inactive.
const PEOPLE: [Person; 5] = [
    Person { name: "owner", role: Some(Role::Owner), sessions: &["owner-session", "owner-cookie"] },
    Person { name: "member", role: Some(Role::Member), sessions: &["member-session", "member-cookie"] },
    Person { name: "reader", role: Some(Role::ReadOnly), sessions: &["reader-session", "reader-cookie"] },
    Person { name: "nomad", role: None, sessions: &[] },
    Person { name: "disabled", role: Some(Role::Member), sessions: &["disabled-session", "disabled-cookie"] },
];

struct Person {
    /// Their log-in, and what scripts call their account key.
    name: &'static str,
    /// What they are in `1a5`.
    role: Option<Role>,
    /// What scripts call their sessions, of a program and of a browser. Who is in none has no password.
    sessions: &'static [&'static str],
}

/// Makes people, their keys, passwords and sessions, and members of `1a5`.
fn inhabit(
    authority: &Authority,
    keys: &mut Vec<Arc<Key>>,
    sessions: &mut Vec<Arc<Session>>,
    rng: &mut ChaCha20Rng,
) {
    let administrator = context(authority, None);
    let mut members = vec![(AccountId::ADMIN, Role::Owner)];
    let mut gone = Vec::new();
    for Person { name, role, sessions: of_person } in PEOPLE {
        let request = AccountRequest { name: name.parse().ok(), ..AccountRequest::default() };
        let account = authority.create_account(&administrator, request, rng).expect("an account").parts().id;
        members.extend(role.map(|role| (account, role)));
        let owner = Some(Owner::Account(account));
        let request = KeyRequest { name: name.parse().ok(), description: None, expires_at: None, owner };
        keys.push(Arc::new(issue(authority, &administrator, name, request, rng)));
        if of_person.is_empty() {
            continue;
        }
        let login = || LoginName::new(name).expect("a log-in name");
        let password = || Password::new(PASSWORD).expect("a password");
        authority.set_password(&administrator, account, login(), &password(), rng).expect("a password");
        for (name, kind) in of_person.iter().zip([SessionKind::Bearer, SessionKind::Cookie]) {
            let request = LogInRequest { login: login(), password: password(), device: None, kind };
            let visitor = Visitor { client_address: None, request_id: request_id(), now: time(BEFORE) };
            let logged_in = authority.log_in(&request, &visitor, rng).expect("a session");
            sessions.push(Arc::new(Session { name, account, token: logged_in.token }));
        }
        gone.extend((name == "disabled").then_some(account));
    }
    authority.set_members(&administrator, "1a5".parse().expect("an id"), &members, None).expect("members");
    for account in gone {
        let stop = AccountTransition::Deactivate;
        authority.transition_account(&administrator, account, stop, None).expect("a transition");
    }
}

fn issue(
    authority: &Authority,
    context: &Context,
    name: &'static str,
    request: KeyRequest,
    rng: &mut ChaCha20Rng,
) -> Key {
    let issued = authority.issue_key(context, request, rng).expect("a key");
    let (id, access_key) = (issued.record.parts().id, issued.record.parts().access_key.to_string());
    let credential = Credential::parse(&access_key, issued.secret_key.expose()).expect("a pair");
    Key { name, id, credential }
}

/// Of the administrator, in this environment.
fn context(authority: &Authority, environment: Option<&str>) -> Context {
    let caller = authority.open_access_caller().expect("access control is off at first");
    let caller = match environment {
        None => caller,
        Some(id) => authority.enter(caller, id.parse().expect("an id")).expect("an environment"),
    };
    Context { caller, client_address: None, request_id: request_id(), now: time(BEFORE) }
}

fn request_id() -> RequestId {
    "start-1".parse().expect("a request id")
}

/// When everything is asked.
pub(crate) fn now() -> Timestamp {
    time(NOW)
}

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("a time")
}
