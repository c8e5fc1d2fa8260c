//! The listener: what it hears, and when.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use keys_core::{
    AccessControl, AccountKind, AccountTransition, Owner, OwnerStanding, PepperId, Revision, SettingName,
    SettingValue, Transition,
};

use super::sample;
use crate::listener::{ChangeListener, Published, Touched};
use crate::query::Reach;
use crate::store::{KeyStore, Write};

/// Writes down what it hears.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<Heard>>);

#[derive(Debug, Clone)]
enum Heard {
    Hide(Vec<Touched>),
    Publish(Vec<Published>, Revision),
    Reveal(Vec<Touched>),
    Forget,
    Resume,
}

impl Recorder {
    fn on(store: &dyn KeyStore) -> Arc<Self> {
        let recorder = Arc::new(Self::default());
        store.listen(recorder.clone());
        recorder
    }

    fn write_down(&self, heard: Heard) {
        self.0.lock().unwrap().push(heard);
    }

    /// What was heard since the last time.
    fn take(&self) -> Vec<Heard> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// The one batch that was heard since the last time: hidden, then published, both the same things.
    #[track_caller]
    fn take_batch(&self) -> (Vec<Published>, Revision) {
        let heard = self.take();
        let [Heard::Hide(hidden), Heard::Publish(published, revision)] = heard.as_slice() else {
            panic!("hide and publish were to be heard: {heard:?}")
        };
        let named: Vec<_> = published.iter().map(touched).collect();
        assert_eq!(*hidden, named, "what is hidden is published");
        (published.clone(), *revision)
    }
}

impl ChangeListener for Recorder {
    fn hide(&self, batch: &[Touched]) {
        self.write_down(Heard::Hide(batch.to_vec()));
    }

    fn publish(&self, batch: &[Published], revision: Revision) {
        self.write_down(Heard::Publish(batch.to_vec(), revision));
    }

    fn reveal(&self, batch: &[Touched]) {
        self.write_down(Heard::Reveal(batch.to_vec()));
    }

    fn forget(&self) {
        self.write_down(Heard::Forget);
    }

    fn resume(&self, _: Revision, _: &[SettingValue]) {
        self.write_down(Heard::Resume);
    }
}

fn touched(published: &Published) -> Touched {
    match published {
        Published::Key(access_key, _) => Touched::Key(*access_key),
        Published::Owner(owner, _) => Touched::Owner(*owner),
        Published::Setting(value, _) => Touched::Setting(value.name()),
    }
}

/// Every kind of change, one batch each, all told once the answer is there.
pub fn the_listener_hears_hide_then_publish_before_the_answer(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    let environment = sample::environment(store, 2);
    let name = SettingName::AccessControl;
    let recorder = Recorder::on(store);
    let writes = [
        Write::InsertAccount(sample::new_account(1)),
        Write::InsertEnvironment(sample::new_environment(3)),
        Write::UpdateEnvironment { expected: environment.parts().revision, record: environment },
        Write::InsertKey(sample::new_key(owner, 2)),
        Write::UpdateKey { expected: record.parts().revision, record },
        Write::PutSetting { name, value: "true".into() },
    ];
    for write in writes {
        sample::commit(store, write).unwrap();
        let (published, revision) = recorder.take_batch();
        assert_eq!(published.len(), 1, "{published:?}");
        assert_eq!(revision, sample::head_revision(store));
    }
}

/// Key by key, state by state.
pub fn what_is_published_of_a_key_is_what_is_loaded(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let mut record = sample::key(store, owner, 1);
    let recorder = Recorder::on(store);
    for transition in
        [Transition::Deactivate, Transition::Activate, Transition::Deactivate, Transition::Delete]
    {
        record = sample::transition(store, record, transition);
        let (published, _) = recorder.take_batch();
        let [Published::Key(access_key, row)] = published.as_slice() else { panic!("{published:?}") };
        let loaded = store.load_key(access_key).unwrap().row.unwrap();
        assert_eq!(sample::row_picture(row), sample::row_picture(&loaded));
        assert_eq!(sample::row_picture(row), sample::row_picture(&record.verification_row()));
    }
}

/// Accounts and environments alike.
pub fn what_is_published_of_an_owner_is_what_is_loaded(store: &dyn KeyStore) {
    use keys_core::EnvironmentTransition::{Deactivate, Remove};

    let recorder = Recorder::on(store);
    let check = |standing| {
        let (published, _) = recorder.take_batch();
        let [Published::Owner(owner, row)] = published.as_slice() else { panic!("{published:?}") };
        assert_eq!(store.load_owner(*owner).unwrap().row, Some(*row));
        assert_eq!(row.standing, standing);
    };
    let person = sample::account(store, 1);
    check(OwnerStanding::Active);
    let administrator = person.with_kind(AccountKind::Admin, sample::instant(1)).unwrap();
    let administrator = sample::update_account(store, administrator);
    check(OwnerStanding::Active);
    let stopped = administrator.transition(AccountTransition::Deactivate, sample::instant(1)).unwrap();
    sample::update_account(store, stopped);
    check(OwnerStanding::Inactive);
    let mut record = sample::environment(store, 1);
    check(OwnerStanding::Active);
    for transition in [Deactivate, Remove] {
        record =
            sample::update_environment(store, record.transition(transition, sample::instant(1)).unwrap());
        check(OwnerStanding::Inactive);
    }
}

/// As it was put; and as what opens no door if it is a value that nobody can have meant.
pub fn a_setting_is_published_with_its_revision(store: &dyn KeyStore) {
    let recorder = Recorder::on(store);
    let access_control = |value| (SettingName::AccessControl, SettingValue::AccessControl(value));
    let script = |url: &str| (SettingName::ApiUiScript, SettingValue::ApiUiScript(url.parse().ok()));
    for (text, (name, meant)) in [
        ("true", access_control(AccessControl::On)),
        ("false", access_control(AccessControl::Off)),
        ("tru\0e", access_control(AccessControl::On)),
        ("/ui.js", script("/ui.js")),
        ("ui.js", script("")),
        ("https://files.example/ui.js", script("https://files.example/ui.js")),
        ("", script("")),
    ] {
        sample::commit(store, Write::PutSetting { name, value: text.into() }).unwrap();
        let (published, head) = recorder.take_batch();
        let [Published::Setting(published, revision)] = published.as_slice() else { panic!("{published:?}") };
        assert_eq!((published, *revision), (&meant, head), "{text:?}");
    }
}

/// So that the revision is known.
pub fn a_batch_that_touches_no_row_is_told_too(store: &dyn KeyStore) {
    let recorder = Recorder::on(store);
    sample::commit(store, Write::InsertPepper(PepperId::from_number(1))).unwrap();
    let (published, revision) = recorder.take_batch();
    assert_eq!((published.len(), revision), (0, sample::head_revision(store)));
}

/// A key that a commit changes twice is told once.
pub fn a_batch_names_each_thing_once_as_it_was_left(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let first = sample::key(store, owner, 1);
    let second = first.clone().with_revision(sample::head_revision(store).next());
    let inactive = second.transition(Transition::Deactivate, sample::instant(1)).unwrap();
    let recorder = Recorder::on(store);
    store.commit([first, inactive].map(sample::update_of).into()).unwrap();
    let (published, revision) = recorder.take_batch();
    let [Published::Key(_, row)] = published.as_slice() else { panic!("{published:?}") };
    assert_eq!((row.revision, revision), (sample::head_revision(store), sample::head_revision(store)));
}

/// What was hidden for nothing is revealed.
pub fn a_refused_commit_publishes_nothing(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    sample::key(store, owner, 1);
    let recorder = Recorder::on(store);
    let changes = [2, 1].map(|n| sample::change(Write::InsertKey(sample::new_key(owner, n))));
    sample::refusal(store.commit(changes.into()));
    let deleted =
        store.replace_tag(keys_core::KeyId::new(9).unwrap(), &sample::tagged(1), &sample::tagged(2));
    assert!(!deleted.unwrap());
    let mut hidden = Vec::new();
    for heard in recorder.take() {
        match heard {
            Heard::Hide(batch) => hidden.extend(batch),
            Heard::Reveal(batch) => hidden.retain(|touched| !batch.contains(touched)),
            Heard::Publish(batch, _) => assert!(batch.is_empty(), "{batch:?}"),
            Heard::Forget | Heard::Resume => panic!("the outcome is known"),
        }
    }
    assert_eq!(hidden, []);
}

/// With the row as it is now, at the revision it had.
pub fn a_replaced_tag_is_told_at_the_old_revision(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    sample::environment(store, 2);
    let recorder = Recorder::on(store);
    assert!(store.replace_tag(record.parts().id, &sample::tagged(1), &sample::tagged(2)).unwrap());
    let (published, revision) = recorder.take_batch();
    let [Published::Key(_, row)] = published.as_slice() else { panic!("{published:?}") };
    assert_eq!((row.revision, revision), (record.parts().revision, sample::head_revision(store)));
    assert!(row.state.tagged().unwrap().tag.matches(&sample::tagged(2).tag));
}

/// There is one listener.
pub fn a_new_listener_takes_the_place_of_the_old(store: &dyn KeyStore) {
    let old = Recorder::on(store);
    sample::environment(store, 1);
    assert_eq!(old.take_batch().0.len(), 1);
    let new = Recorder::on(store);
    sample::environment(store, 2);
    assert_eq!((old.take().len(), new.take_batch().0.len()), (0, 1));
}

/// One batch after the other, revisions growing, everything told once.
pub fn batches_are_told_in_commit_order(store: &dyn KeyStore) {
    const EACH: u64 = 10;
    let owner = sample::owner(store, 1);
    let recorder = Recorder::on(store);
    thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || (0..EACH).for_each(|n| drop(sample::key(store, owner, writer * EACH + n))));
        }
    });
    let heard = recorder.take();
    let (mut last, mut keys) = (Revision::new(1), 0);
    for pair in heard.chunks(2) {
        let [Heard::Hide(hidden), Heard::Publish(published, revision)] = pair else { panic!("{pair:?}") };
        assert_eq!(*hidden, published.iter().map(touched).collect::<Vec<_>>());
        assert!(*revision > last, "{revision} after {last}");
        (last, keys) = (*revision, keys + published.len());
    }
    assert_eq!((last, keys), (sample::head_revision(store), 40));
}

/// Holds up the writer at one of its calls.
#[derive(Debug)]
struct Gate {
    at: Stage,
    arrived: SyncSender<()>,
    go_on: Mutex<Receiver<()>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Hide,
    Publish,
}

/// The other side of a [`Gate`].
struct Keeper {
    arrived: Receiver<()>,
    go_on: SyncSender<()>,
}

/// Far more than any of this takes.
const BOUND: Duration = Duration::from_secs(60);

impl Gate {
    fn on(store: &dyn KeyStore, at: Stage) -> Keeper {
        let (here, arrived) = sync_channel(1);
        let (go_on, go) = sync_channel(1);
        store.listen(Arc::new(Self { at, arrived: here, go_on: Mutex::new(go) }));
        Keeper { arrived, go_on }
    }

    fn pass(&self, stage: Stage) {
        if stage == self.at {
            self.arrived.send(()).unwrap();
            self.go_on.lock().unwrap().recv_timeout(BOUND).unwrap();
        }
    }
}

impl ChangeListener for Gate {
    fn hide(&self, _: &[Touched]) {
        self.pass(Stage::Hide);
    }

    fn publish(&self, _: &[Published], _: Revision) {
        self.pass(Stage::Publish);
    }

    fn reveal(&self, _: &[Touched]) {}

    fn forget(&self) {}

    fn resume(&self, _: Revision, _: &[SettingValue]) {}
}

fn key_name(store: &dyn KeyStore, owner: Owner) -> String {
    let access_key = sample::access_key(1);
    let id = store.load_key(&access_key).unwrap().row.unwrap().key;
    store.key(Reach::Owner(owner), id).unwrap().unwrap().parts().name.as_ref().unwrap().to_string()
}

/// Lets other threads run, so that one that does not wait shows itself.
fn let_others_run() {
    (0..1_000).for_each(|_| thread::yield_now());
}

/// As long as a change is not hidden, readers see what was before it; and reading goes on meanwhile.
pub fn nothing_is_seen_before_it_is_hidden(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    let before = sample::store_picture(store);
    let keeper = Gate::on(store, Stage::Hide);
    thread::scope(|scope| {
        scope.spawn(|| sample::update(store, sample::renamed(record, "another name")));
        keeper.arrived.recv_timeout(BOUND).unwrap();
        assert_eq!(sample::store_picture(store), before);
        keeper.go_on.send(()).unwrap();
    });
    assert_eq!(key_name(store, owner), "another name");
}

/// The caller waits for it; readers do not.
pub fn no_answer_is_given_before_it_is_published(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    let keeper = Gate::on(store, Stage::Publish);
    let answered = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            sample::update(store, sample::renamed(record, "another name"));
            answered.store(true, Ordering::SeqCst);
        });
        keeper.arrived.recv_timeout(BOUND).unwrap();
        assert_eq!(key_name(store, owner), "another name", "the commit comes before publish");
        let_others_run();
        assert!(!answered.load(Ordering::SeqCst), "answered before it was published");
        keeper.go_on.send(()).unwrap();
    });
    assert!(answered.into_inner());
}

/// Who has read a change and waits for the barrier may tell others of it.
pub fn a_barrier_waits_until_what_is_seen_is_published(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    store.barrier().unwrap();
    let keeper = Gate::on(store, Stage::Publish);
    let passed = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| sample::update(store, sample::renamed(record, "another name")));
        keeper.arrived.recv_timeout(BOUND).unwrap();
        assert_eq!(key_name(store, owner), "another name");
        scope.spawn(|| {
            store.barrier().unwrap();
            passed.store(true, Ordering::SeqCst);
        });
        let_others_run();
        assert!(!passed.load(Ordering::SeqCst), "the barrier did not wait");
        keeper.go_on.send(()).unwrap();
    });
    assert!(passed.into_inner());
}
