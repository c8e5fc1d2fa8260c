//! Installations to ask: each with the same keys and environments, a clock that stands, and seeded randomness, so that
//! one script always has the same answers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use keys_core::{
    AccessControl, AccountId, AccountState, Credential, KeyId, KeyRecord, LifecycleState, Owner,
    OwnerStanding, SessionToken, Target, Timestamp, Verdict,
};
use keys_http::{App, Clock, Entropy, EntropyError};
use keys_service::{Authority, SessionOutcome, SetUpDoor};
use keys_store::{Head, KeyStore, Reach};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng as _;
use tokio::runtime::Runtime;

use crate::bounds::Bounds;
use crate::furnish::{Origin, now, set_up_token};
use crate::kind::Kind;

/// A key of the installation.
#[derive(Debug)]
pub struct Key {
    /// As scripts name it.
    pub name: &'static str,
    pub(crate) id: KeyId,
    pub(crate) credential: Credential,
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

/// A session of somebody.
#[derive(Debug)]
pub(crate) struct Session {
    /// As scripts name it.
    pub(crate) name: &'static str,
    pub(crate) account: AccountId,
    pub(crate) token: SessionToken,
}

impl Session {
    /// As a header says it.
    fn presented(&self, basic: bool) -> String {
        let token = self.token.expose_text();
        if basic { STANDARD.encode(format!("x-api-bearer:{}", *token)) } else { token.to_string() }
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
        now()
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
    pub keys: Vec<Arc<Key>>,
    sessions: Vec<Arc<Session>>,
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

/// What scripts call the token by which somebody becomes the first administrator.
const SET_UP: &str = "set-up";

impl World {
    /// A fresh installation.
    pub(crate) fn new(origin: &Origin, runtime: &Arc<Runtime>) -> Self {
        let Origin { kind, keys, sessions, .. } = origin;
        let (store, authority, rng) = origin.copy();
        let entropy: Arc<dyn Entropy> = Arc::new(Seeded(Mutex::new(rng)));
        let config = kind.config(|| SetUpDoor::new(&set_up_token(), now()));
        let app = App::new(Arc::clone(&authority), Arc::new(Standing), entropy, config);
        let (keys, sessions) = (keys.clone(), sessions.clone());
        Self { kind: *kind, keys, sessions, authority, store, app, runtime: Arc::clone(runtime) }
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

    /// What was changed since, and whose it is.
    #[must_use]
    pub fn changed_since(&self, before: &Head) -> Vec<(Owner, Target)> {
        let after = before.audit.map(|(id, _)| id);
        let events = self.store.audit(after, 1_000).expect("a store in memory does not fail");
        events.into_iter().map(|linked| (linked.event.owner, linked.event.target)).collect()
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
        self.keys.push(Arc::new(Key { name: "new", id, credential }));
    }

    /// Remembers a log-in: scripts may present its token as `<session>`.
    pub fn remember_session(&mut self, token: &str) {
        let Ok(token) = token.parse::<SessionToken>() else { return };
        let known = self.store.session(&token.hash()).expect("a store in memory does not fail");
        let account = known.expect("a session that was begun is there").session.parts().account;
        self.sessions.push(Arc::new(Session { name: SESSION, account, token }));
    }

    /// The tokens of all sessions.
    pub fn session_tokens(&self) -> impl Iterator<Item = String> {
        self.sessions.iter().map(|session| session.presented(false))
    }

    /// Whose the credential is that scripts call so, if it may be accepted.
    #[must_use]
    pub fn accepted_owner(&self, name: &str) -> Option<Owner> {
        match self.session(name) {
            Some(session) => self.may_accept(session).then_some(Owner::Account(session.account)),
            None => self.named(name).filter(|key| self.must_accept(key)).map(|key| self.owner(key)),
        }
    }

    /// The credential that scripts call so, as a header says it.
    #[must_use]
    pub fn presented(&self, name: &str, basic: bool) -> Option<String> {
        if name == SET_UP {
            return Some(set_up_token().expose_text().to_string());
        }
        match self.session(name) {
            Some(session) => Some(session.presented(basic)),
            None => self.named(name).map(|key| key.presented(basic)),
        }
    }

    /// The session that scripts call so; of several, the last.
    fn session(&self, name: &str) -> Option<&Session> {
        self.sessions.iter().rev().find(|session| session.name == name).map(|session| &**session)
    }

    /// The key that scripts call so; of several, the last.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Key> {
        self.keys.iter().rev().find(|key| key.name == name).map(|key| &**key)
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
            && parts.expires_at.is_none_or(|end| end > now())
    }

    /// Whether a session may be accepted: it has not ended, and its account is active. It need not be, as the access
    /// mode may keep its account out.
    fn may_accept(&self, session: &Session) -> bool {
        let known = self.store.session(&session.token.hash()).expect("a store in memory does not fail");
        let account = known.and_then(|known| known.account);
        account.is_some_and(|account| account.parts().state == AccountState::Active)
    }

    /// The promise: every key is accepted if it must be, and refused otherwise; no session is accepted that may not be.
    pub fn keeps_its_promise(&self) {
        for key in &self.keys {
            let verdict = self.authority.authenticate(&key.credential, now());
            let accepted = matches!(verdict.expect("a verdict"), Verdict::Allow(_));
            assert_eq!(accepted, self.must_accept(key), "{} ({}): {:?}", key.id, key.name, self.record(key));
        }
        for session in &self.sessions {
            let outcome = self.authority.authenticate_session(&session.token, now()).expect("an outcome");
            let accepted = matches!(outcome, SessionOutcome::Entered(_));
            assert!(!accepted || self.may_accept(session), "{} of {}", session.name, session.account);
        }
    }

    /// What whoever acts as this owner may see and change now; `None` for an administrator, who may everything.
    #[must_use]
    pub fn bounds(&self, owner: Owner) -> Option<Bounds> {
        Bounds::of(&*self.store, owner)
    }

    fn record(&self, key: &Key) -> KeyRecord {
        let record = self.store.key(Reach::AllOwners, key.id).expect("a store in memory does not fail");
        record.expect("a key stays, deleted or not")
    }
}
