//! Answers as text, to be compared: equal text is an equal answer.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use keys_core::{AccountId, AuditId, EnvironmentId, KeyId, MemberId, Revision, SettingValue};
use keys_store::conformance::sample;
use keys_store::{BackendError, ChangeListener, CommitError, Committed, KeyStore, Page, Published, Touched};

use crate::step::Read;
use crate::world::World;

/// The answer to a question.
pub(crate) fn read(store: &dyn KeyStore, world: &World, read: &Read) -> String {
    let place = |number: &u64| KeyId::new(*number);
    match read.clone() {
        Read::Key(reach, at) => {
            let id = world.key(&crate::step::Pick { at, stale: false }).parts().id;
            answer(store.key(world.reach(reach.as_ref()), id).map(|key| key.as_ref().map(sample::picture)))
        }
        Read::Keys(reach, list) => {
            let page = store.keys(world.reach(reach.as_ref()), &world.query(&list));
            answer(
                page.map(|Page { items, more }| {
                    (items.iter().map(sample::picture).collect::<Vec<_>>(), more)
                }),
            )
        }
        Read::Environment(reach, at) => {
            let id = EnvironmentId::new(world.owner(&at).number()).unwrap();
            answer(store.environment(world.reach(reach.as_ref()), id))
        }
        Read::Environments(reach, list) => {
            answer(store.environments(world.reach(reach.as_ref()), &world.environment_query(&list)))
        }
        Read::Account(id) => answer(store.account(AccountId::new(id).unwrap())),
        Read::Accounts(after, limit) => answer(store.accounts(after.and_then(AccountId::new), limit)),
        Read::Member(reach, pick) => {
            answer(store.member(world.reach(reach.as_ref()), world.member(&pick).id))
        }
        Read::Membership(environment, account) => {
            answer(store.membership(world.environment_id(&environment), world.account_id(&account)))
        }
        Read::Members(reach, after, limit) => {
            answer(store.members(world.reach(reach.as_ref()), after.and_then(MemberId::new), limit))
        }
        Read::Memberships(account, after, limit) => {
            answer(store.memberships(world.account_id(&account), after.and_then(EnvironmentId::new), limit))
        }
        Read::KeysMadeBy(creator, after, limit) => {
            let page = store.keys_made_by(creator, after.as_ref().and_then(place), limit);
            answer(
                page.map(|Page { items, more }| {
                    (items.iter().map(sample::picture).collect::<Vec<_>>(), more)
                }),
            )
        }
        Read::Setting(name) => answer(store.setting(name)),
        Read::Peppers => answer(store.peppers()),
        Read::Audit(after, limit) => answer(store.audit(after.and_then(AuditId::new), limit)),
        Read::Head => answer(store.head()),
        Read::LoadKey(n) => answer(
            store
                .load_key(&sample::access_key(n))
                .map(|load| (load.row.as_ref().map(sample::row_picture), load.at)),
        ),
        Read::LoadOwner(at) => answer(store.load_owner(world.owner(&at))),
        Read::LoadKeys(after, limit) => {
            answer(store.load_keys(after.as_ref().and_then(place), limit).map(|load| {
                let rows = load.row.iter().map(|(access_key, row)| (*access_key, sample::row_picture(row)));
                (rows.collect::<Vec<_>>(), load.at)
            }))
        }
        Read::StoredSecret(n) => answer(
            store
                .stored_secret(KeyId::new(n).unwrap())
                .map(|secret| secret.as_ref().map(sample::secret_picture)),
        ),
        Read::Receipt(n) => answer(receipt(store, n)),
        Read::LogIn(read) => crate::log_in::answer(store, world, &read),
        Read::Barrier => answer(store.barrier()),
    }
}

/// A receipt, and everything in it that it does not show.
fn receipt(store: &dyn KeyStore, n: u64) -> Result<Option<String>, BackendError> {
    let receipt = store.receipt(&sample::receipt_name(n))?;
    Ok(receipt.map(|receipt| {
        let (hash, secret) = (receipt.name.hash, receipt.secret.as_ref().map(ToString::to_string));
        format!("{receipt:?} {hash} {} {secret:?}", receipt.fingerprint)
    }))
}

pub(crate) fn answer(result: Result<impl Debug, BackendError>) -> String {
    // What is inside an error of a store is the store's own.
    format!("{:#?}", result.map_err(|error| error.kind()))
}

/// The answer to a commit.
pub(crate) fn committed(result: Result<Vec<Committed>, CommitError>) -> String {
    written(result.map(|committed| {
        let pictures = committed.iter().map(|committed| {
            // A key does not show all of itself.
            if let Committed::Key(record) = committed {
                sample::picture(record)
            } else if let Committed::Password(record) = committed {
                crate::log_in::picture(record)
            } else {
                format!("{committed:?}")
            }
        });
        pictures.collect::<Vec<_>>()
    }))
}

/// The answer to a write.
pub(crate) fn written(result: Result<impl Debug, CommitError>) -> String {
    match result {
        Ok(done) => format!("{done:#?}"),
        Err(CommitError::Refused { index, refusal }) => format!("refused: {index}, {refusal:?}"),
        Err(CommitError::Failed(error)) => format!("failed: {:?}", error.kind()),
        Err(CommitError::Unknown(error)) => format!("unknown: {:?}", error.kind()),
        Err(other) => panic!("an outcome of a new kind: {other:?}"),
    }
}

/// Writes down what a store tells.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Vec<String>>);

impl Recorder {
    pub(crate) fn on(store: &dyn KeyStore) -> Arc<Self> {
        let recorder = Arc::new(Self::default());
        store.listen(recorder.clone());
        recorder
    }

    /// What was heard since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn write_down(&self, heard: String) {
        self.0.lock().unwrap().push(heard);
    }
}

impl ChangeListener for Recorder {
    fn hide(&self, batch: &[Touched]) {
        self.write_down(format!("hide {batch:?}"));
    }

    fn publish(&self, batch: &[Published], revision: Revision) {
        let pictures = batch.iter().map(|published| match published {
            Published::Key(access_key, row) => format!("{access_key} {}", sample::row_picture(row)),
            Published::Owner(..) | Published::Setting(..) => format!("{published:?}"),
        });
        self.write_down(format!("publish {:#?} at {revision}", pictures.collect::<Vec<_>>()));
    }

    fn reveal(&self, batch: &[Touched]) {
        self.write_down(format!("reveal {batch:?}"));
    }

    fn forget(&self) {
        self.write_down("forget".into());
    }

    fn resume(&self, revision: Revision, settings: &[SettingValue]) {
        self.write_down(format!("resume at {revision}, {settings:?}"));
    }
}
