//! Installations to ask: each with the same keys and environments, a clock that stands, and seeded randomness, so that
//! one script always has the same answers.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use keys_core::{
    AccessControl, Credential, EnvironmentTransition, HashPolicy, KeyId, KeyRecord, Keyring, LifecycleState,
    Owner, OwnerStanding, Pepper, RequestId, Timestamp, Transition, Verdict,
};
use keys_http::{App, AppConfig, Clock, Entropy, EntropyError, Exposure};
use keys_service::{Authority, AuthorityConfig, Context, EnvironmentRequest, KeyRequest};
use keys_store::{Head, KeyStore, MemoryStore, Reach};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use tokio::runtime::Runtime;

/// When everything is asked: 2026-11-23T18:30:00.250Z.
const NOW: i64 = 1_795_458_600_250;
/// When everything was made.
const BEFORE: i64 = NOW - 2_000;

/// How an installation is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// On loopback, access control on.
    #[default]
    Closed,
    /// On loopback, access control off: everybody is the administrator.
    Open,
    /// On a network behind a trusted proxy, access control on.
    Proxied,
    /// On a network, access control off: nothing is answered.
    Exposed,
}

impl Kind {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Closed, Self::Open, Self::Proxied, Self::Exposed];

    /// As scripts name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Proxied => "proxied",
            Self::Exposed => "exposed",
        }
    }

    /// Whether a caller needs a credential.
    #[must_use]
    pub const fn is_protected(self) -> bool {
        match self {
            Self::Closed | Self::Proxied => true,
            Self::Open | Self::Exposed => false,
        }
    }

    /// Whether a network reaches it.
    #[must_use]
    pub const fn is_exposed(self) -> bool {
        match self {
            Self::Closed | Self::Open => false,
            Self::Proxied | Self::Exposed => true,
        }
    }

    fn config(self) -> AppConfig {
        match self {
            Self::Closed | Self::Open => AppConfig::default(),
            Self::Exposed => AppConfig { exposure: Exposure::BehindTlsProxy, ..AppConfig::default() },
            Self::Proxied => AppConfig {
                exposure: Exposure::BehindTlsProxy,
                trusted_proxies: vec!["127.0.0.0/8".parse().expect("a network")],
                ..AppConfig::default()
            },
        }
    }
}

/// A key of the installation.
#[derive(Debug)]
pub struct Key {
    /// As scripts name it.
    pub name: &'static str,
    id: KeyId,
    credential: Credential,
}

impl Key {
    /// The public half.
    #[must_use]
    pub fn access_key(&self) -> String {
        self.credential.access_key().to_string()
    }

    /// The secret half.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        self.credential.secret_key().expose()
    }

    /// As a header says it.
    #[must_use]
    pub fn presented(&self, basic: bool) -> String {
        if basic {
            STANDARD.encode(format!("{}:{}", self.access_key(), self.secret_key()))
        } else {
            self.credential.expose_joined().to_string()
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Reply {
    /// A header, when it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        time(NOW)
    }
}

struct Seeded(Mutex<ChaCha20Rng>);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.lock().expect("nobody panics").fill_bytes(bytes);
        Ok(())
    }
}

/// An installation.
pub struct World {
    /// How it is run.
    pub kind: Kind,
    /// Its keys.
    pub keys: Vec<Key>,
    /// The token of the last log-in, and whose session it is.
    session: Option<(String, Owner)>,
    authority: Arc<Authority>,
    store: Arc<dyn KeyStore>,
    app: Arc<App>,
    runtime: Arc<Runtime>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What scripts call the token of the last log-in.
const SESSION: &str = "session";

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

impl World {
    /// A fresh installation.
    #[must_use]
    pub fn new(kind: Kind, runtime: &Arc<Runtime>) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let store: Arc<dyn KeyStore> = Arc::new(MemoryStore::new());
        let config = AuthorityConfig {
            keyring: Keyring::new(vec![Pepper::generate(&mut rng).expect("a pepper")]).expect("a keyring"),
            policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
            hashers: NonZeroUsize::MIN,
            hash_queue: 64,
            index_capacity: None,
            accept_lost_pepper: false,
        };
        let authority = Authority::open(Arc::clone(&store), config, request_id(), time(BEFORE), &mut rng);
        let authority = Arc::new(authority.expect("an authority"));
        let keys = furnish(&authority, &mut rng);
        if kind.is_protected() {
            let switched = authority.set_access_control(&context(&authority, None), AccessControl::On);
            switched.expect("the administrator has a key");
        }
        authority.fill_index().expect("a store in memory does not fail");
        let entropy: Arc<dyn Entropy> = Arc::new(Seeded(Mutex::new(rng)));
        let app = App::new(Arc::clone(&authority), Arc::new(Standing), entropy, kind.config());
        Self { kind, keys, session: None, authority, store, app, runtime: Arc::clone(runtime) }
    }

    /// Asks, and waits for the answer.
    #[must_use]
    pub fn send(&self, request: Request<Bytes>) -> Reply {
        let peer = SocketAddr::from(([127, 0, 0, 1], 4000));
        let (parts, body) = self.runtime.block_on(self.app.respond(request, peer)).into_parts();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// Whether callers need a credential now.
    #[must_use]
    pub fn access_control(&self) -> bool {
        self.authority.access_control() == AccessControl::On
    }

    /// Where the store stands: the same before and after what changes nothing.
    #[must_use]
    pub fn head(&self) -> Head {
        self.store.head().expect("a store in memory does not fail")
    }

    /// The owners of what was changed since.
    #[must_use]
    pub fn changed_since(&self, before: &Head) -> Vec<Owner> {
        let after = before.audit.map(|(id, _)| id);
        let events = self.store.audit(after, 1_000).expect("a store in memory does not fail");
        events.into_iter().map(|linked| linked.event.owner).collect()
    }

    /// Whose a key is.
    #[must_use]
    pub fn owner(&self, key: &Key) -> Owner {
        self.record(key).parts().owner
    }

    /// Remembers a pair that an answer has shown: scripts may present it as `<new>`, and its acceptance is watched.
    pub fn remember(&mut self, id: &str, access_key: &str, secret_key: &str) {
        let credential = Credential::parse(access_key, secret_key).expect("a new pair has its form");
        let id = id.parse().expect("a new key has an id");
        self.keys.push(Key { name: "new", id, credential });
    }

    /// Remembers a log-in: scripts may present its token as `<session>`.
    pub fn remember_session(&mut self, token: &str, account: &str) {
        let account = account.parse().expect("a session has an account");
        self.session = Some((token.to_owned(), Owner::Account(account)));
    }

    /// The token of the last log-in.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.session.as_ref().map(|(token, _)| token.as_str())
    }

    /// Whose the credential is that scripts call so, if it may be accepted.
    #[must_use]
    pub fn accepted_owner(&self, name: &str) -> Option<Owner> {
        if name == SESSION {
            // It may have ended meanwhile; then more is allowed here than should be, and nothing less.
            return self.session.as_ref().map(|(_, owner)| *owner);
        }
        self.named(name).filter(|key| self.must_accept(key)).map(|key| self.owner(key))
    }

    /// The credential that scripts call so, as a header says it.
    #[must_use]
    pub fn presented(&self, name: &str, basic: bool) -> Option<String> {
        match &self.session {
            Some((token, _)) if name == SESSION && basic => {
                Some(STANDARD.encode(format!("x-api-bearer:{token}")))
            }
            Some((token, _)) if name == SESSION => Some(token.clone()),
            Some(_) | None => self.named(name).map(|key| key.presented(basic)),
        }
    }

    /// The key that scripts call so; of several, the last.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Key> {
        self.keys.iter().rev().find(|key| key.name == name)
    }

    /// Whether a key must be accepted: it is Active, not expired, and its owner is active. Read from the store, not
    /// asked of what is under test.
    #[must_use]
    pub fn must_accept(&self, key: &Key) -> bool {
        let record = self.record(key);
        let parts = record.parts();
        let owner = self.store.load_owner(parts.owner).expect("a store in memory does not fail").row;
        owner.is_some_and(|row| row.standing == OwnerStanding::Active)
            && parts.lifecycle.state() == LifecycleState::Active
            && parts.expires_at.is_none_or(|end| end > time(NOW))
    }

    /// The promise: every key is accepted if it must be, and refused otherwise.
    pub fn keeps_its_promise(&self) {
        for key in &self.keys {
            let verdict = self.authority.authenticate(&key.credential, time(NOW));
            let accepted = matches!(verdict.expect("a verdict"), Verdict::Allow(_));
            assert_eq!(accepted, self.must_accept(key), "{} ({}): {:?}", key.id, key.name, self.record(key));
        }
    }

    fn record(&self, key: &Key) -> KeyRecord {
        let record = self.store.key(Reach::AllOwners, key.id).expect("a store in memory does not fail");
        record.expect("a key stays, deleted or not")
    }
}

/// Makes environments and keys, and what becomes of them.
fn furnish(authority: &Authority, rng: &mut ChaCha20Rng) -> Vec<Key> {
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
        let issued = authority.issue_key(&context, request, rng).expect("a key");
        let (id, access_key) = (issued.record.parts().id, issued.record.parts().access_key.to_string());
        let credential = Credential::parse(&access_key, issued.secret_key.expose()).expect("a pair");
        for transition in fate.transitions() {
            authority.transition_key(&context, id, *transition, None).expect("a transition");
        }
        keys.push(Key { name, id, credential });
    }
    let stopped = "1a7".parse().expect("an id");
    let stop = EnvironmentTransition::Deactivate;
    authority.transition_environment(&administrator, stopped, stop, None).expect("a transition");
    keys
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

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("a time")
}
