//! Bringing over pairs that exist already, such as Rancher's: first what would become of each, then all that are new.
//!
//! ```text
//!  pairs ─► is its access key known? ─┬─► of any: with another secret, owner, or deleted ─► nothing is made
//!                                     ├─► with this secret, here: already there, left as it is
//!                                     └─► no: new ─► digests, on all hashers ─► in their order, so many a transaction
//! ```
//!
//! Digests are what an import takes its time for, and a transaction is made for many of them. Whatever stops it in
//! between, what was committed stays, and an import of the same pairs goes on behind it: what is already there is told by
//! its tag, and costs no digest.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::{io, thread};

use keys_core::{
    Action, Credential, Description, EnvironmentId, EnvironmentState, FirstState, HashError, Hasher, KeyId,
    Keyring, Name, NewKey, Owner, Proof, StoredSecret, Timestamp, Via, prove,
};
use keys_store::{Committed, KeyStore, Reach, Write};
use rand_core::TryCryptoRng;

use crate::authority::Authority;
use crate::context::{Context, Position};
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::hashing::Busy;

/// A pair that was made elsewhere, and what is said of it.
#[derive(Debug, Clone)]
pub struct ExistingPair {
    /// The pair.
    pub credential: Credential,
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
    /// When it was made, if that is known; now, otherwise.
    pub created: Option<Timestamp>,
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
}

/// What becomes of one of many pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It is new: which key it has become, once that is done.
    New(Option<KeyId>),
    /// This key of the environment is made of it. It stays as it is, whatever its state, name and description.
    AlreadyThere(KeyId),
    /// It cannot be imported.
    Refused(ImportRefusal),
}

/// Why a pair cannot be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportRefusal {
    /// A key has its access key, and another secret.
    #[error("key {0} has this access key, and another secret")]
    AnotherSecret(KeyId),
    /// A key is made of it, and belongs to somebody else.
    #[error("key {0} is made of this pair, and belongs to {1}")]
    AnotherOwner(KeyId, Owner),
    /// A key with its access key was deleted, which is for ever.
    #[error("key {0} had this access key, and was deleted")]
    Deleted(KeyId),
    /// One of the pairs before it has its access key.
    #[error("a pair before it has this access key")]
    Repeated,
    /// It is said to have been made in the future.
    #[error("it would have been created in the future")]
    CreatedLater,
    /// It would be refused from the beginning.
    #[error("its expiry has passed")]
    ExpiryPassed,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportProgress {
    /// How many pairs are new.
    pub new: usize,
    /// Of how many of them the digest is there.
    pub digested: usize,
    /// How many of them are keys now, whatever comes.
    pub imported: usize,
}

/// Why pairs were not imported, or not all of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Only a tool that holds the database imports, inside an environment: no other caller chooses a secret.
    #[error("only who holds the database imports keys, and into an environment")]
    Forbidden,
    /// The environment is gone or not active. Nothing was imported.
    #[error("the environment is not active")]
    OwnerInactive,
    /// At least one of the pairs cannot be imported, so none was.
    #[error("not all of the pairs can be imported")]
    Refused {
        /// What would have become of each.
        outcomes: Vec<ImportOutcome>,
    },
    /// Whoever watched said that it is enough. What was imported stays.
    #[error("the import was stopped")]
    Stopped,
    /// Another made keys of the same pairs meanwhile; begin again. What was imported stays.
    #[error("another imports the same pairs")]
    Contended,
    /// Others use the hashers. What was imported stays.
    #[error("too many digests are made at once")]
    Busy,
    /// No digest could be made. What was imported stays.
    #[error("a secret could not be hashed")]
    Hash(#[from] HashError),
    /// There is no thread to make digests on. What was imported stays.
    #[error("no thread could be started")]
    Thread(#[source] io::Error),
    /// The store failed. What was imported before stays.
    #[error("the keys could not be stored")]
    Store(#[from] StoreFailure),
}

/// What would become of these pairs in an environment. Reads only, so it may be asked beside whoever owns the store.
///
/// A pair whose key was made under a pepper that the keyring lacks takes a digest to recognise.
///
/// # Errors
///
/// [`ImportError::OwnerInactive`], [`Hash`](ImportError::Hash) or [`Store`](ImportError::Store).
pub fn preview_import(
    store: &dyn KeyStore,
    keyring: &Keyring,
    environment: EnvironmentId,
    pairs: &[ExistingPair],
    now: Timestamp,
) -> Result<Vec<ImportOutcome>, ImportError> {
    let record = store.environment(Reach::AllOwners, environment).map_err(StoreFailure::from)?;
    match record.map(|record| record.parts().state) {
        Some(EnvironmentState::Active) => {}
        Some(EnvironmentState::Inactive | EnvironmentState::Removed { .. }) | None => {
            return Err(ImportError::OwnerInactive);
        }
    }
    let owner = Owner::Environment(environment);
    let mut look = Look { store, keyring, owner, now, hasher: Hasher::new(), seen: HashSet::new() };
    pairs.iter().map(|pair| look.at(pair)).collect()
}

/// Looking what there is of pairs, one after the other.
struct Look<'a> {
    store: &'a dyn KeyStore,
    keyring: &'a Keyring,
    owner: Owner,
    now: Timestamp,
    hasher: Hasher,
    seen: HashSet<keys_core::AccessKey>,
}

impl Look<'_> {
    fn at(&mut self, pair: &ExistingPair) -> Result<ImportOutcome, ImportError> {
        let access_key = pair.credential.access_key();
        if !self.seen.insert(access_key) {
            return Ok(ImportOutcome::Refused(ImportRefusal::Repeated));
        }
        let row = self.store.load_key(&access_key).map_err(StoreFailure::from)?.row;
        let Some(row) = row else { return Ok(self.new_pair(pair)) };
        let is_its_own = match prove(Some(&row), &pair.credential, self.keyring) {
            Proof::Possession(_) => true,
            Proof::Mismatch(_) => false,
            Proof::NeedsDigest(evidence) => {
                match self.store.stored_secret(row.key).map_err(StoreFailure::from)? {
                    Some(stored) => evidence.check(&stored.digest, self.keyring, &mut self.hasher)?.is_some(),
                    None => false,
                }
            }
        };
        Ok(match (row.state.tagged(), is_its_own) {
            (None, _) => ImportOutcome::Refused(ImportRefusal::Deleted(row.key)),
            (Some(_), false) => ImportOutcome::Refused(ImportRefusal::AnotherSecret(row.key)),
            (Some(_), true) if row.owner == self.owner => ImportOutcome::AlreadyThere(row.key),
            (Some(_), true) => ImportOutcome::Refused(ImportRefusal::AnotherOwner(row.key, row.owner)),
        })
    }

    /// Times are looked at of new pairs only: one that is there already may have expired since.
    fn new_pair(&self, pair: &ExistingPair) -> ImportOutcome {
        if pair.created.is_some_and(|created| created > self.now) {
            ImportOutcome::Refused(ImportRefusal::CreatedLater)
        } else if pair.expires_at.is_some_and(|expiry| expiry <= self.now) {
            ImportOutcome::Refused(ImportRefusal::ExpiryPassed)
        } else {
            ImportOutcome::New(None)
        }
    }
}

impl Authority {
    /// How many keys are imported in one transaction. So many digests are lost, at most, when the process ends in between.
    pub const IMPORTED_AT_ONCE: usize = 100;

    /// Makes keys of these pairs in the environment that the caller has entered, those that are new, in their order; none
    /// of them if any is refused. `rng` gives each thread its source, and `watch` is told how far it is and may stop it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use std::ops::ControlFlow;
    ///
    /// use keys_core::{Credential, FirstState, Verdict};
    /// use keys_service::{Context, ExistingPair, ImportOutcome};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, rng) = authority()?;
    /// // As Rancher made it.
    /// let pair = Credential::parse("8B7D2A6C0F1E4D5A9C3B", "6m9KzAbCdEfGhJkLmNpQrStUvWxYz123456789ab")?;
    /// let pairs = [ExistingPair {
    ///     credential: pair.clone(),
    ///     name: None,
    ///     description: None,
    ///     created: None,
    ///     expires_at: None,
    /// }];
    /// let inside = Context { caller: authority.enter(context.caller, "1a5".parse()?)?, ..context.clone() };
    /// let import = || {
    ///     let mut watch = |_| ControlFlow::Continue(());
    ///     authority.import_keys(&inside, &pairs, FirstState::Active, || getrandom::SysRng, &mut watch)
    /// };
    /// let ImportOutcome::New(Some(key)) = import()?[0] else { panic!("it is new") };
    /// assert_eq!(import()?, [ImportOutcome::AlreadyThere(key)]);
    /// assert!(matches!(authority.authenticate(&pair, context.now)?, Verdict::Allow(_)));
    /// # let _ = rng;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`ImportError`]. Whatever stops it, the same pairs can be imported again.
    pub fn import_keys<R: TryCryptoRng>(
        &self,
        context: &Context,
        pairs: &[ExistingPair],
        first_state: FirstState,
        rng: impl Fn() -> R + Sync,
        watch: &mut dyn FnMut(ImportProgress) -> ControlFlow<()>,
    ) -> Result<Vec<ImportOutcome>, ImportError> {
        let (Via::Database, Position::Inside { environment, .. }) =
            (context.caller.via(), context.caller.position())
        else {
            return Err(ImportError::Forbidden);
        };
        let outcomes = preview_import(&*self.store, &self.keyring, environment, pairs, context.now)?;
        // "Already there" is as good as an acknowledgement.
        self.settle_all().map_err(StoreFailure::from)?;
        if outcomes.iter().any(|outcome| matches!(outcome, ImportOutcome::Refused(_))) {
            return Err(ImportError::Refused { outcomes });
        }
        let mut import = Import::new(self, context, pairs, outcomes, first_state);
        import.tell(watch)?;
        self.digest_all(&import.new.clone(), &rng, |at, sealed| {
            import.keep(at, sealed)?;
            import.tell(watch)
        })?;
        import.commit()?;
        import.tell(watch)?;
        Ok(import.outcomes)
    }

    /// Makes the digests of these pairs on as many threads as there are hashers, and gives each to `keep`, as they come.
    fn digest_all<R: TryCryptoRng>(
        &self,
        pairs: &[(usize, &ExistingPair)],
        rng: &(impl Fn() -> R + Sync),
        mut keep: impl FnMut(usize, StoredSecret) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let next = AtomicUsize::new(0);
        let work = |done: SyncSender<_>| {
            let mut rng = rng();
            while let Some((at, (_, pair))) = take(pairs, &next) {
                // Nobody is there to hear of it once the import has ended.
                if done.send((at, self.seal_existing(&pair.credential, &mut rng))).is_err() {
                    break;
                }
            }
        };
        thread::scope(|scope| {
            let threads = self.hashers.size().get().min(pairs.len());
            let (done, digests) = sync_channel(2 * threads);
            for _ in 0..threads {
                let done = done.clone();
                let started = thread::Builder::new().spawn_scoped(scope, move || work(done));
                started.map_err(ImportError::Thread)?;
            }
            drop(done);
            digests.into_iter().try_for_each(|(at, digest)| keep(at, digest?))
        })
    }

    fn seal_existing<R: TryCryptoRng>(
        &self,
        credential: &Credential,
        rng: &mut R,
    ) -> Result<StoredSecret, ImportError> {
        let seal =
            |hasher: &mut Hasher| StoredSecret::seal(credential, &self.keyring, self.policy, hasher, rng);
        Ok(self.hashers.run(seal).map_err(|Busy| ImportError::Busy)??)
    }
}

/// The next piece of work, and its place.
fn take<T: Copy>(work: &[T], next: &AtomicUsize) -> Option<(usize, T)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    work.get(at).map(|piece| (at, *piece))
}

/// An import on its way.
struct Import<'a> {
    authority: &'a Authority,
    context: &'a Context,
    first_state: FirstState,
    outcomes: Vec<ImportOutcome>,
    /// The pairs that are new, each with its place among all.
    new: Vec<(usize, &'a ExistingPair)>,
    /// Digests that came before those of earlier pairs.
    early: BTreeMap<usize, StoredSecret>,
    /// What the next transaction makes, each with its place among all.
    ready: Vec<(usize, NewKey)>,
    digested: usize,
    imported: usize,
}

impl<'a> Import<'a> {
    fn new(
        authority: &'a Authority,
        context: &'a Context,
        pairs: &'a [ExistingPair],
        outcomes: Vec<ImportOutcome>,
        first_state: FirstState,
    ) -> Self {
        let all = outcomes.iter().zip(pairs).enumerate();
        let new = all.filter(|(_, (outcome, _))| matches!(outcome, ImportOutcome::New(_)));
        Self {
            authority,
            context,
            first_state,
            new: new.map(|(place, (_, pair))| (place, pair)).collect(),
            outcomes,
            early: BTreeMap::new(),
            ready: Vec::new(),
            digested: 0,
            imported: 0,
        }
    }

    /// Takes the digest of a new pair, and commits when there are enough of them in order.
    fn keep(&mut self, at: usize, secret: StoredSecret) -> Result<(), ImportError> {
        self.digested += 1;
        self.early.insert(at, secret);
        while let Some(secret) = self.early.remove(&(self.imported + self.ready.len())) {
            let Some((place, pair)) = self.new.get(self.imported + self.ready.len()) else { break };
            self.ready.push((*place, self.new_key(pair, secret)));
            if self.ready.len() >= Authority::IMPORTED_AT_ONCE {
                self.commit()?;
            }
        }
        Ok(())
    }

    fn new_key(&self, pair: &ExistingPair, secret: StoredSecret) -> NewKey {
        let caller = &self.context.caller;
        NewKey {
            owner: caller.effective(),
            access_key: pair.credential.access_key(),
            secret,
            first_state: self.first_state,
            name: pair.name.clone(),
            description: pair.description.clone(),
            creator: caller.creator(),
            created: pair.created.unwrap_or(self.context.now),
            expires_at: pair.expires_at,
        }
    }

    fn commit(&mut self) -> Result<(), ImportError> {
        if self.ready.is_empty() {
            return Ok(());
        }
        let (places, keys): (Vec<_>, Vec<_>) = self.ready.drain(..).unzip();
        let changes = keys.into_iter().map(|key| (Action::ImportKey, Write::InsertKey(key), None)).collect();
        let committed = match self.authority.change_all(self.context, None, changes, None) {
            Ok(committed) => committed,
            Err(WriteFailure::AlreadyExists) => return Err(ImportError::Contended),
            Err(failure) => return Err(failure.into_store_failure().into()),
        };
        for (place, committed) in places.iter().zip(&committed) {
            let (Committed::Key(record), Some(outcome)) = (committed, self.outcomes.get_mut(*place)) else {
                return Err(wrong_acknowledgement().into());
            };
            *outcome = ImportOutcome::New(Some(record.parts().id));
        }
        self.imported += places.len();
        Ok(())
    }

    /// Tells how far it is. Who says that it is enough gets what is ready all the same: its digests were made.
    fn tell(&mut self, watch: &mut dyn FnMut(ImportProgress) -> ControlFlow<()>) -> Result<(), ImportError> {
        if watch(self.progress()).is_continue() || self.imported == self.new.len() {
            return Ok(());
        }
        self.commit()?;
        // Whatever is said to this, it ends here.
        let _ = watch(self.progress());
        Err(ImportError::Stopped)
    }

    fn progress(&self) -> ImportProgress {
        ImportProgress { new: self.new.len(), digested: self.digested, imported: self.imported }
    }
}
