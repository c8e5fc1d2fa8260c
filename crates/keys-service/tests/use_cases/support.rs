//! What the tests of the use cases share: an authority over a store that can fail, and callers.

use std::num::NonZeroUsize;
use std::sync::Arc;

use keys_core::{
    AccountId, AccountKind, Credential, DenyReason, EnvironmentId, HashPolicy, KeyRecord, Keyring, Name,
    Pepper, Role, Timestamp, Verdict,
};
use keys_service::{
    AccountRequest, Authority, AuthorityConfig, Caller, Context, EnvironmentRequest, KeyRequest,
};
use keys_store::fault::FaultStore;
use keys_store::{KeyStore, MemoryStore};
use rand_chacha::ChaCha12Rng;
use rand_core::{SeedableRng as _, TryCryptoRng, TryRng};

/// The time of every test unless it says another.
pub(crate) const NOW: &str = "2026-11-23T18:30:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    at(NOW)
}

pub(crate) fn rng() -> ChaCha12Rng {
    seeded(7)
}

pub(crate) fn seeded(seed: u64) -> ChaCha12Rng {
    ChaCha12Rng::seed_from_u64(seed)
}

pub(crate) fn pepper(seed: u64) -> Pepper {
    Pepper::generate(&mut seeded(seed)).unwrap()
}

pub(crate) fn config_with(peppers: Vec<Pepper>) -> AuthorityConfig {
    AuthorityConfig {
        keyring: Keyring::new(peppers).unwrap(),
        policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
        hashers: NonZeroUsize::new(2).unwrap(),
        hash_queue: 8,
        index_capacity: None,
        accept_lost_pepper: false,
    }
}

pub(crate) fn config() -> AuthorityConfig {
    config_with(vec![pepper(1)])
}

/// Opens an authority on a store.
pub(crate) fn open(store: Arc<dyn KeyStore>, config: AuthorityConfig) -> Authority {
    Authority::open(store, config, "start".parse().unwrap(), now(), &mut rng()).unwrap()
}

/// An authority on an empty store that can be made to fail, and its generator.
pub(crate) struct House {
    pub(crate) authority: Authority,
    pub(crate) store: Arc<FaultStore>,
    pub(crate) rng: ChaCha12Rng,
}

/// A key and its pair.
pub(crate) struct Issued {
    pub(crate) record: KeyRecord,
    pub(crate) credential: Credential,
}

/// A person, and the account key it acts by.
pub(crate) struct Person {
    pub(crate) id: AccountId,
    pub(crate) key: Issued,
}

impl Issued {
    pub(crate) fn id(&self) -> keys_core::KeyId {
        self.record.parts().id
    }
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    pub(crate) fn with(config: AuthorityConfig) -> Self {
        let store = Arc::new(FaultStore::new(Arc::new(MemoryStore::new())));
        Self { authority: open(Arc::clone(&store) as _, config), store, rng: rng() }
    }

    /// Issues a key to whom the context acts as.
    pub(crate) fn issue(&mut self, context: &Context) -> Issued {
        self.issue_with(context, KeyRequest::default())
    }

    pub(crate) fn issue_with(&mut self, context: &Context, request: KeyRequest) -> Issued {
        issued(self.authority.issue_key(context, request, &mut self.rng).unwrap())
    }

    /// The administrator inside the environment of a fresh installation.
    pub(crate) fn inside(&self) -> Context {
        context(self.authority.enter(Caller::of_database(), environment("1a5")).unwrap())
    }

    /// As [`inside`](Self::inside), or another context while the environment cannot be entered.
    pub(crate) fn inside_or(&self, other: Context) -> Context {
        self.authority.enter(Caller::of_database(), environment("1a5")).map_or(other, context)
    }

    /// The caller that this key makes, outside any environment but its own.
    pub(crate) fn as_key(&self, issued: &Issued) -> Context {
        match self.authority.authenticate(&issued.credential, now()).unwrap() {
            Verdict::Allow(grant) => context(self.authority.caller(&grant)),
            Verdict::Deny(reason) => panic!("refused: {reason}"),
        }
    }

    /// Makes a person with an account key, and says how it acts.
    pub(crate) fn person(&mut self, name: &str) -> Person {
        self.account(name, AccountKind::User)
    }

    /// Makes an account with a key of its own.
    pub(crate) fn account(&mut self, name: &str, kind: AccountKind) -> Person {
        let request = AccountRequest { name: Some(Name::new(name).unwrap()), description: None, kind };
        let record = self.authority.create_account(&administrator(), request, &mut self.rng).unwrap();
        let id = record.parts().id;
        let owner = Some(keys_core::Owner::Account(id));
        let key = self.issue_with(&administrator(), KeyRequest { owner, ..KeyRequest::default() });
        Person { id, key }
    }

    /// Makes an environment with these members.
    pub(crate) fn environment(&mut self, members: &[(AccountId, Role)]) -> EnvironmentId {
        let request = EnvironmentRequest { members: Some(members.to_vec()), ..EnvironmentRequest::default() };
        let made = self.authority.create_environment(&administrator(), request, &mut self.rng).unwrap();
        made.parts().id
    }

    /// A person, outside any environment.
    pub(crate) fn as_person(&self, person: &Person) -> Context {
        self.as_key(&person.key)
    }

    /// A person inside an environment.
    pub(crate) fn person_inside(&self, person: &Person, environment: EnvironmentId) -> Context {
        context(self.authority.enter(self.as_person(person).caller, environment).unwrap())
    }

    /// What verification says, from the index if it knows and by the whole way, which must agree.
    pub(crate) fn verdict(&self, credential: &Credential) -> Result<(), DenyReason> {
        let indexed = self.authority.authenticate_indexed(credential, now()).map(outcome);
        let whole = outcome(self.authority.authenticate(credential, now()).unwrap());
        if let Some(indexed) = indexed {
            // A complete index does not tell a deleted key from one that never was.
            assert_eq!(indexed.is_ok(), whole.is_ok());
        }
        whole
    }
}

pub(crate) fn issued(issued: keys_service::IssuedKey) -> Issued {
    let credential = Credential::from((issued.record.parts().access_key, issued.secret_key));
    Issued { record: issued.record, credential }
}

pub(crate) fn outcome(verdict: Verdict) -> Result<(), DenyReason> {
    match verdict {
        Verdict::Allow(_) => Ok(()),
        Verdict::Deny(reason) => Err(reason),
    }
}

pub(crate) fn environment(id: &str) -> EnvironmentId {
    id.parse().unwrap()
}

pub(crate) fn context(caller: Caller) -> Context {
    Context { caller, client_address: None, request_id: "request-1".parse().unwrap(), now: now() }
}

/// The administrator, outside any environment.
pub(crate) fn administrator() -> Context {
    context(Caller::of_database())
}

/// The administrator's account.
pub(crate) fn administrator_account() -> keys_core::Owner {
    keys_core::Owner::Account(AccountId::ADMIN)
}

/// A source that works this often, then fails.
pub(crate) struct FailingRng<R> {
    left: usize,
    inner: R,
}

/// A source that says the same each time it is asked for a pair.
pub(crate) struct RepeatingRng;

/// A source that does something whenever it is asked.
pub(crate) struct CallingRng<R, F: FnMut() -> T, T> {
    inner: R,
    call: F,
    pub(crate) outcomes: Vec<T>,
}

/// The source failed, on purpose.
#[derive(Debug)]
pub(crate) struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("failed on purpose")
    }
}

impl std::error::Error for Failed {}

impl<R> FailingRng<R> {
    pub(crate) fn after(left: usize, inner: R) -> Self {
        Self { left, inner }
    }
}

impl<R, F: FnMut() -> T, T> CallingRng<R, F, T> {
    pub(crate) fn new(inner: R, call: F) -> Self {
        Self { inner, call, outcomes: Vec::new() }
    }
}

macro_rules! words_from_bytes {
    () => {
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            let mut bytes = [0; 4];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u32::from_le_bytes(bytes))
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            let mut bytes = [0; 8];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u64::from_le_bytes(bytes))
        }
    };
}

impl<R: TryCryptoRng> TryRng for FailingRng<R> {
    type Error = Failed;
    words_from_bytes!();

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Failed> {
        self.left = self.left.checked_sub(1).ok_or(Failed)?;
        self.inner.try_fill_bytes(bytes).map_err(|_| Failed)
    }
}
impl<R: TryCryptoRng> TryCryptoRng for FailingRng<R> {}

impl TryRng for RepeatingRng {
    type Error = std::convert::Infallible;
    words_from_bytes!();

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(7);
        Ok(())
    }
}
impl TryCryptoRng for RepeatingRng {}

impl<R: TryCryptoRng, F: FnMut() -> T, T> TryRng for CallingRng<R, F, T> {
    type Error = Failed;
    words_from_bytes!();

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Failed> {
        let outcome = (self.call)();
        self.outcomes.push(outcome);
        self.inner.try_fill_bytes(bytes).map_err(|_| Failed)
    }
}
impl<R: TryCryptoRng, F: FnMut() -> T, T> TryCryptoRng for CallingRng<R, F, T> {}
