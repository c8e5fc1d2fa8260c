//! The fault-injecting store: what callers and listeners get to see of each fault.

#![expect(clippy::unwrap_used, reason = "a test panics when it fails")]

use std::sync::{Arc, Mutex};
use std::thread;

use keys_core::{
    AccountId, EnvironmentId, KeyId, MemberId, PasswordId, ReceiptSweep, Revision, SessionId, SettingName,
    SettingValue, Timestamp,
};
use keys_store::conformance::sample;
use keys_store::fault::{Call, Calls, Fault, FaultStore, Moment};
use keys_store::{
    BackendErrorKind, ChangeListener, CommitError, EnvironmentQuery, KeyQuery, KeyStore, LogInStore as _,
    MemoryStore, Note, PasswordQuery, Published, Reach, Refusal, Touched, Write,
};

const BUSY: BackendErrorKind = BackendErrorKind::Unavailable;

fn store() -> FaultStore {
    FaultStore::new(Arc::new(MemoryStore::new()))
}

#[derive(Debug, Default)]
struct Words(Mutex<Vec<&'static str>>);

impl Words {
    fn on(store: &FaultStore) -> Arc<Self> {
        let words = Arc::new(Self::default());
        store.listen(words.clone());
        words
    }

    fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn write_down(&self, word: &'static str) {
        self.0.lock().unwrap().push(word);
    }
}

impl ChangeListener for Words {
    fn hide(&self, _: &[Touched]) {
        self.write_down("hide");
    }

    fn publish(&self, _: &[Published], _: Revision) {
        self.write_down("publish");
    }

    fn reveal(&self, _: &[Touched]) {
        self.write_down("reveal");
    }

    fn forget(&self) {
        self.write_down("forget");
    }

    fn resume(&self, revision: Revision, settings: &[SettingValue]) {
        assert_eq!(settings, SettingName::ALL.map(SettingValue::default_of));
        self.write_down(if revision == Revision::ZERO { "resume empty" } else { "resume" });
    }
}

fn insert_environment(store: &FaultStore, n: u64) -> Result<(), CommitError> {
    sample::commit(store, Write::InsertEnvironment(sample::new_environment(n))).map(drop)
}

#[test]
fn a_failed_write_did_not_happen_and_nobody_heard_of_it() {
    let store = store();
    let words = Words::on(&store);
    store.inject(Calls::Writes, 0, Fault::Failed(BackendErrorKind::Full));
    let error = insert_environment(&store, 1).unwrap_err();
    assert!(matches!(error, CommitError::Failed(error) if error.kind() == BackendErrorKind::Full));
    assert_eq!(sample::head_revision(&store), Revision::ZERO);
    assert_eq!(words.take(), [] as [&str; 0]);
}

#[test]
fn a_write_that_is_rolled_back_is_hidden_and_revealed() {
    let store = store();
    let words = Words::on(&store);
    store.inject(Calls::Only(Call::Commit), 0, Fault::RolledBack(BUSY));
    assert!(matches!(insert_environment(&store, 1), Err(CommitError::Failed(_))));
    assert_eq!(sample::head_revision(&store), Revision::ZERO);
    assert_eq!(words.take(), ["hide", "reveal"]);
}

#[test]
fn an_unknown_write_may_have_happened() {
    let store = store();
    let words = Words::on(&store);
    store.inject(Calls::Writes, 0, Fault::Unknown { happened: true });
    assert!(matches!(insert_environment(&store, 1), Err(CommitError::Unknown(_))));
    assert_eq!(sample::head_revision(&store), Revision::new(1));
    assert_eq!(words.take(), ["hide", "forget", "resume"]);
    insert_environment(&store, 2).unwrap();
    assert_eq!(words.take(), ["hide", "publish"]);
}

#[test]
fn an_unknown_write_may_not_have_happened() {
    let store = store();
    let words = Words::on(&store);
    store.inject(Calls::Writes, 0, Fault::Unknown { happened: false });
    assert!(matches!(insert_environment(&store, 1), Err(CommitError::Unknown(_))));
    assert_eq!(sample::head_revision(&store), Revision::ZERO);
    assert_eq!(words.take(), ["hide", "forget", "resume empty"]);
}

#[test]
fn a_refusal_is_known_even_when_the_commit_would_not_have_been() {
    let store = store();
    insert_environment(&store, 1).unwrap();
    store.inject(Calls::Writes, 0, Fault::Unknown { happened: true });
    assert_eq!(sample::refusal(insert_environment(&store, 1)), (0, Refusal::AlreadyExists));
}

#[test]
fn the_call_that_was_meant_fails_and_no_other() {
    let store = store();
    store.inject(Calls::Only(Call::Setting), 2, Fault::Failed(BUSY));
    store.inject(Calls::Reads, 4, Fault::Failed(BUSY));
    let setting = || store.setting(SettingName::AccessControl).is_ok();
    assert_eq!([setting(), setting(), setting(), setting()], [true, true, false, true]);
    insert_environment(&store, 1).unwrap();
    assert!(store.peppers().is_err(), "the fifth read");
    assert!(store.peppers().is_ok());
    assert_eq!(store.calls(), 7);
}

#[test]
fn every_call_can_fail() {
    let store = store();
    for (number, call) in Call::ALL.into_iter().enumerate() {
        store.inject(Calls::Only(call), 0, Fault::Failed(BUSY));
        let mut expected = [false; Call::ALL.len()];
        expected[number] = true;
        assert_eq!(failures(&store), expected, "{call:?}");
    }
    store.break_down(BUSY);
    assert_eq!(failures(&store), [true; Call::ALL.len()]);
    store.repair();
    assert_eq!(failures(&store), [false; Call::ALL.len()]);
}

/// Which calls fail, in the order of [`Call::ALL`].
fn failures(store: &FaultStore) -> [bool; Call::ALL.len()] {
    let (key, environment) = (KeyId::new(1).unwrap(), EnvironmentId::new(1).unwrap());
    [
        store.commit(Vec::new()).is_err(),
        store.replace_tag(key, &sample::tagged(1), &sample::tagged(2)).is_err(),
        store.erase_receipt_secret(&sample::receipt_name(1)).is_err(),
        store.sweep_receipts(&ReceiptSweep::at(Timestamp::MIN)).is_err(),
        store.barrier().is_err(),
        store.load_key(&sample::access_key(1)).is_err(),
        store.load_owner(sample::creator().principal).is_err(),
        store.load_keys(None, 1).is_err(),
        store.stored_secret(key).is_err(),
        store.key(Reach::AllOwners, key).is_err(),
        store.keys(Reach::AllOwners, &KeyQuery::default()).is_err(),
        store.environment(Reach::AllOwners, environment).is_err(),
        store.environments(Reach::AllOwners, &EnvironmentQuery::default()).is_err(),
        store.account(AccountId::ADMIN).is_err(),
        store.accounts(None, 1).is_err(),
        store.member(Reach::AllOwners, MemberId::FIRST).is_err(),
        store.membership(environment, AccountId::ADMIN).is_err(),
        store.members(Reach::AllOwners, None, 1).is_err(),
        store.memberships(AccountId::ADMIN, None, 1).is_err(),
        store.keys_made_by(sample::creator(), None, 1).is_err(),
        store.setting(SettingName::AccessControl).is_err(),
        store.peppers().is_err(),
        store.audit(None, 1).is_err(),
        store.receipt(&sample::receipt_name(1)).is_err(),
        store.head().is_err(),
        store.password(Reach::AllOwners, PasswordId::new(1).unwrap()).is_err(),
        store.passwords(Reach::AllOwners, &PasswordQuery::default()).is_err(),
        store.password_named(&sample::login("ada").folded()).is_err(),
        store.session(&sample::session_hash(1)).is_err(),
        store.device(&sample::device_hash(1)).is_err(),
        store.devices(AccountId::ADMIN).is_err(),
        store.note(Note::Seen { session: SessionId::new(1).unwrap(), at: sample::instant(1) }).is_err(),
    ]
}

#[test]
fn a_held_call_goes_on_when_it_is_released() {
    let store = store();
    let words = Words::on(&store);
    let hold = store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheAnswer);
    thread::scope(|scope| {
        let caller = scope.spawn(|| insert_environment(&store, 1));
        hold.wait_until_reached();
        assert_eq!(words.take(), ["hide", "publish"]);
        assert_eq!(sample::head_revision(&store), Revision::new(1));
        assert!(!caller.is_finished());
        hold.release();
        caller.join().unwrap().unwrap();
    });
    let hold = store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
    thread::scope(|scope| {
        scope.spawn(|| insert_environment(&store, 2));
        hold.wait_until_reached();
        assert_eq!(sample::head_revision(&store), Revision::new(1));
        drop(hold);
    });
    assert_eq!(sample::head_revision(&store), Revision::new(2));
}
