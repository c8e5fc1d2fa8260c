//! A small installation, and what its callers promise to notice.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use keys_core::{
    AccessKey, AccountId, Action, Creator, Credential, EnvironmentId, EnvironmentTransition, FirstState,
    HashPolicy, Hasher, KeyId, Keyring, NewEnvironment, NewKey, Origin, Owner, OwnerStanding, Pepper,
    Revision, RowState, StoredSecret, Timestamp, Transition, Via,
};
use keys_store::{Change, Committed, KeyStore as _, Reach, Write};
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng as _;

use super::locks::Checked;
use super::store::ModelStore;
use crate::index::Index;

/// A store with one environment and one active key, and the index that listens to it.
pub(super) struct World<const OFF: usize> {
    pub(super) store: ModelStore,
    pub(super) index: Arc<Index<Checked<OFF>>>,
    pub(super) key: KeyId,
    pub(super) access_key: AccessKey,
    environment: EnvironmentId,
    of_key: Watch,
    of_owner: Watch,
}

/// The last deactivation anybody was told of or was refused by. Not a lock of the scheduler's: watching is no step.
#[derive(Default)]
struct Watch(AtomicU64);

impl Watch {
    fn told(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn tell(&self, revision: Revision) {
        self.0.fetch_max(revision.number(), Ordering::SeqCst);
    }

    /// A request that began when `told` had been told was answered.
    fn answered(&self, what: &str, active: bool, revision: Revision, told: u64) {
        if !active {
            self.tell(revision);
        } else if revision.number() < told {
            panic!(
                "the {what} was taken for active as of revision {revision}, but revision {told} had been told"
            );
        }
    }
}

impl<const OFF: usize> World<OFF> {
    pub(super) fn new(capacity: Option<NonZeroUsize>) -> Self {
        let store = ModelStore::new(Checked::<OFF>::ONE_SNAPSHOT);
        let environment = NewEnvironment {
            uuid: "world".parse().unwrap(),
            name: None,
            description: None,
            creator: creator(),
            created: Timestamp::MIN,
        };
        let [Committed::Environment(environment)] =
            &*commit(&store, Action::CreateEnvironment, Write::InsertEnvironment(environment)).unwrap()
        else {
            panic!("not an environment");
        };
        let environment = environment.parts().id;
        let new = new_key(0, environment);
        let access_key = new.access_key;
        let [Committed::Key(key)] = &*commit(&store, Action::IssueKey, Write::InsertKey(new)).unwrap() else {
            panic!("not a key");
        };
        let key = key.parts().id;
        let index = Arc::new(Index::new(capacity));
        store.listen(Arc::clone(&index) as _);
        Self {
            store,
            index,
            key,
            access_key,
            environment,
            of_key: Watch::default(),
            of_owner: Watch::default(),
        }
    }

    /// The writer moves the key, and tells its caller.
    pub(super) fn move_key(&self, transition: Transition) {
        let record = self.store.key(Reach::AllOwners, self.key).unwrap().unwrap();
        let expected = record.parts().revision;
        let record = record.transition(transition, Timestamp::MIN).unwrap();
        let committed = commit(&self.store, Action::EditKey, Write::UpdateKey { record, expected });
        if let Ok([Committed::Key(record)]) = committed.as_deref()
            && transition.narrows()
        {
            self.of_key.tell(record.parts().revision);
        }
    }

    /// The writer edits the key, so that it changes and stays active.
    pub(super) fn edit_key(&self) {
        let record = self.store.key(Reach::AllOwners, self.key).unwrap().unwrap();
        let expected = record.parts().revision;
        let record = record.edit(None, None, Timestamp::MIN);
        commit(&self.store, Action::EditKey, Write::UpdateKey { record, expected }).unwrap();
    }

    /// The writer issues another key.
    pub(super) fn issue_another(&self) {
        commit(&self.store, Action::IssueKey, Write::InsertKey(new_key(1, self.environment))).unwrap();
    }

    /// The writer moves the environment, and tells its caller.
    pub(super) fn move_environment(&self, transition: EnvironmentTransition) {
        let record = self.store.environment(Reach::AllOwners, self.environment).unwrap().unwrap();
        let expected = record.parts().revision;
        let record = record.transition(transition, Timestamp::MIN).unwrap();
        let write = Write::UpdateEnvironment { record, expected };
        let committed = commit(&self.store, Action::EditEnvironment, write).unwrap();
        if let [Committed::Environment(record)] = &*committed
            && transition.narrows()
        {
            self.of_owner.tell(record.parts().revision);
        }
    }

    /// Another caller asks for the deactivation, and is told if it is so already and published.
    pub(super) fn ask_again(&self) {
        let record = self.store.key(Reach::AllOwners, self.key).unwrap().unwrap();
        let revision = record.parts().revision;
        let inactive = record.transition(Transition::Deactivate, Timestamp::MIN).is_err();
        if inactive && revision <= self.index.published() {
            self.of_key.tell(revision);
        }
    }

    /// A verification: the key's row, then its owner's standing.
    pub(super) fn verify(&self) {
        let told = self.of_owner.told();
        let owner = self.verify_key();
        let owner = self.index.owner(&self.store, owner).unwrap();
        let owner = owner.expect("an owner that exists was taken for unknown");
        self.of_owner.answered("owner", owner.standing == OwnerStanding::Active, owner.revision, told);
    }

    /// The first half of a verification. Returns whom the key belongs to.
    pub(super) fn verify_key(&self) -> Owner {
        let told = self.of_key.told();
        let row = self.index.key(&self.store, &self.access_key).unwrap();
        let row = row.expect("a key that exists was taken for unknown");
        self.of_key.answered("key", matches!(row.state, RowState::Active(_)), row.revision, told);
        row.owner
    }

    /// As the end of a slow proof: the key's row is read from the store, whatever the index knows.
    pub(super) fn verify_key_anew(&self) {
        let told = self.of_key.told();
        let row = self.index.reload_key(&self.store, &self.access_key).unwrap();
        let row = row.expect("the store lost a key");
        self.of_key.answered("key", matches!(row.state, RowState::Active(_)), row.revision, told);
    }
}

fn commit(
    store: &ModelStore,
    action: Action,
    write: Write,
) -> Result<Vec<Committed>, keys_store::CommitError> {
    let origin = Origin {
        principal: creator().principal,
        via: Via::System,
        client_address: None,
        request_id: "model".parse().unwrap(),
    };
    store.commit(vec![Change {
        write,
        requires: Vec::new(),
        at: Timestamp::MIN,
        origin,
        action,
        receipt: None,
    }])
}

fn creator() -> Creator {
    Creator { principal: Owner::Account(AccountId::ADMIN), key: None }
}

/// One of two keys, always the same: hashing them anew for every interleaving would take most of the time.
fn new_key(number: usize, environment: EnvironmentId) -> NewKey {
    static PAIRS: OnceLock<[(AccessKey, StoredSecret); 2]> = OnceLock::new();
    let pairs = PAIRS.get_or_init(|| {
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        let keyring = Keyring::new(vec![Pepper::generate(&mut rng).unwrap()]).unwrap();
        [(), ()].map(|()| {
            let credential = Credential::generate(&mut rng).unwrap();
            let policy = HashPolicy::DANGER_CHEAP_FOR_TESTS;
            let secret =
                StoredSecret::seal(&credential, &keyring, policy, &mut Hasher::new(), &mut rng).unwrap();
            (credential.access_key(), secret)
        })
    });
    let (access_key, secret) = pairs[number].clone();
    NewKey {
        owner: Owner::Environment(environment),
        access_key,
        secret,
        first_state: FirstState::Active,
        name: None,
        description: None,
        creator: creator(),
        created: Timestamp::MIN,
        expires_at: None,
    }
}
