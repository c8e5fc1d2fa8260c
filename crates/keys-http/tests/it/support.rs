//! An application to ask, and ways to ask it.

#[path = "support/log_in.rs"]
pub(crate) mod log_in;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use keys_core::{HashPolicy, Keyring, Pepper, Timestamp};
use keys_http::{App, AppConfig, Clock, Entropy, EntropyError};
use keys_service::{Authority, AuthorityConfig};
use keys_store::{KeyStore, MemoryStore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// 2026-11-23T18:30:00.250Z.
pub(crate) const NOW: i64 = 1_795_458_600_250;

/// A clock that stands until it is moved.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    /// Moves the clock.
    pub(crate) fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Seeded randomness. Who holds the lock makes everybody wait who makes a pair.
pub(crate) struct Seeded(pub(crate) Mutex<ChaCha20Rng>);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.lock().unwrap().fill_bytes(bytes);
        Ok(())
    }
}

/// An application to ask.
pub(crate) struct TestApp {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) store: Arc<dyn KeyStore>,
    pub(crate) entropy: Arc<Seeded>,
}

impl TestApp {
    /// A fresh installation on loopback, access control off.
    pub(crate) fn new() -> Self {
        Self::with(AppConfig::default())
    }

    /// A fresh installation.
    pub(crate) fn with(config: AppConfig) -> Self {
        Self::over(Arc::new(MemoryStore::new()), config)
    }

    /// An installation on this store.
    pub(crate) fn over(store: Arc<dyn KeyStore>, config: AppConfig) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let clock = Arc::new(TestClock(AtomicI64::new(NOW)));
        let authority_config = AuthorityConfig {
            keyring: Keyring::new(vec![Pepper::generate(&mut rng).unwrap()]).unwrap(),
            policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
            hashers: NonZeroUsize::new(2).unwrap(),
            hash_queue: 64,
            index_capacity: None,
            accept_lost_pepper: false,
        };
        let request = "start-1".parse().unwrap();
        let authority =
            Authority::open(Arc::clone(&store), authority_config, request, clock.now(), &mut rng).unwrap();
        let entropy = Arc::new(Seeded(Mutex::new(rng)));
        let given: (Arc<dyn Clock>, Arc<dyn Entropy>) = (clock.clone(), entropy.clone());
        Self { app: App::new(Arc::new(authority), given.0, given.1, config), clock, store, entropy }
    }

    /// Asks, and waits for the answer.
    pub(crate) fn send(&self, request: Request<Bytes>) -> Reply {
        let runtime = runtime();
        let reply = self.send_on(&runtime, request);
        // What still runs there is not waited for.
        runtime.shutdown_background();
        reply
    }

    /// Asks on a runtime that is kept, for those who ask a lot.
    pub(crate) fn send_on(&self, runtime: &Runtime, request: Request<Bytes>) -> Reply {
        let peer = SocketAddr::from(([127, 0, 0, 1], 4000));
        let (parts, body) = runtime.block_on(self.app.respond(request, peer)).into_parts();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        Ask::new(Method::GET, path).send(self)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        Ask::new(Method::POST, path).json(body).send(self)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Reply {
        Ask::new(Method::PUT, path).json(body).send(self)
    }

    pub(crate) fn delete(&self, path: &str) -> Reply {
        Ask::new(Method::DELETE, path).send(self)
    }

    /// Makes an administrator's key and switches access control on. Returns the pair.
    pub(crate) fn protect(&self) -> Pair {
        let pair = self.issue("/v1/apikeys");
        let switched = self.put("/v1/settings/api.security.enabled", &json!({"value": "true"}));
        assert_eq!(switched.status, StatusCode::OK, "{switched:?}");
        pair
    }

    /// Makes a key while access control is off.
    pub(crate) fn issue(&self, path: &str) -> Pair {
        let reply = self.post(path, &json!({"name": "test"}));
        assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
        Pair::of(&reply)
    }

    /// Where the store stands: the same before and after what changes nothing.
    pub(crate) fn revision(&self) -> u64 {
        self.store.head().unwrap().revision.number()
    }
}

/// A pair, and the id of its key.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) id: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
}

impl Pair {
    /// The pair in the answer to a create.
    pub(crate) fn of(reply: &Reply) -> Self {
        let key = reply.json();
        let text = |name: &str| key[name].as_str().unwrap().to_owned();
        Self { id: text("id"), access_key: text("publicValue"), secret_key: text("secretValue") }
    }

    /// As HTTP Basic.
    pub(crate) fn basic(&self) -> String {
        basic(&self.access_key, &self.secret_key)
    }

    /// As one word.
    pub(crate) fn joined(&self) -> String {
        format!("kc_{}_{}", self.access_key, self.secret_key)
    }
}

/// A user and a password as HTTP Basic.
pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// A runtime to ask on.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A request in the making.
pub(crate) struct Ask(pub(crate) Request<Bytes>);

impl Ask {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        let request = Request::builder().method(method).uri(path).header("host", "localhost:8080");
        Self(request.body(Bytes::new()).unwrap())
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    /// Sets a header, in place of any before.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.0.headers_mut().insert(name, value.parse().unwrap());
        self
    }

    pub(crate) fn also(mut self, name: &'static str, value: &str) -> Self {
        self.0.headers_mut().append(name, value.parse().unwrap());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.headers_mut().remove(name);
        self
    }

    pub(crate) fn by(self, pair: &Pair) -> Self {
        let basic = pair.basic();
        self.header("authorization", &basic)
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        *self.0.body_mut() = body.into();
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body(body.to_string())
    }

    pub(crate) fn send(self, app: &TestApp) -> Reply {
        app.send(self.0)
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status, code and field of an error, of the dialect or beside it.
    pub(crate) fn error(&self) -> (u16, String, Option<String>) {
        let error = self.json();
        if self.header("content-type") != Some("application/problem+json") {
            assert_eq!(error["type"], "error", "{self:?}");
        }
        assert_eq!(error["status"], self.status.as_u16());
        let field = error.get("fieldName").and_then(Value::as_str).map(str::to_owned);
        (self.status.as_u16(), error["code"].as_str().unwrap().to_owned(), field)
    }

    /// The ids of a list.
    pub(crate) fn ids(&self) -> Vec<String> {
        let list = self.json();
        let data = list["data"].as_array().unwrap_or_else(|| panic!("{self:?}"));
        data.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }
}
