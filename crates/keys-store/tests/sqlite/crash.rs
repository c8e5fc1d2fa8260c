//! `kill -9` at random: what was acknowledged is there, what was not is whole or absent, and nothing else happened.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use keys_core::{
    AccessKey, AuditLink, EnvironmentId, KeyRecord, LifecycleState, Owner, Revision, Target, Transition, link,
};
use keys_store::conformance::sample;
use keys_store::{
    Change, Committed, KeyFilter, KeyQuery, KeyStore, OpenMode, Reach, SqliteStore, StateFilter, Write,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::child::{self, Part, WORD};
use crate::{moved, own};

/// The states a key goes through, step by step; its name says which step it has reached.
const STEPS: [LifecycleState; 5] = [
    LifecycleState::Active,
    LifecycleState::Inactive,
    LifecycleState::Active,
    LifecycleState::Inactive,
    LifecycleState::Deleted,
];

const WRITERS: u64 = 4;

#[test]
#[ignore = "the process that is killed; started by `nothing_acknowledged_is_lost_by_kill_9`"]
fn writes_until_it_is_killed() {
    let Some(database) = child::database() else { return };
    let store = own(&database);
    let owner = Owner::Environment(EnvironmentId::new(1).unwrap());
    // Numbers that no earlier process has used.
    let next = AtomicU64::new(store.head().unwrap().revision.number() * 1000);
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                loop {
                    live(&store, owner, next.fetch_add(1, Ordering::Relaxed));
                }
            });
        }
    });
}

/// The life of one key. Each step is said before it is begun and again once it is acknowledged.
fn live(store: &SqliteStore, owner: Owner, n: u64) {
    let named = |step| sample::name(&format!("step {step}"));
    say(&format!("begin {} 0", sample::access_key(n)));
    let new = keys_core::NewKey { name: Some(named(0)), ..sample::new_key(owner, n) };
    // Under a receipt, as who asks again would.
    let insert = Change { receipt: Some(sample::new_receipt(n)), ..sample::change(Write::InsertKey(new)) };
    let Ok(Committed::Key(record)) = sample::commit_change(store, insert) else {
        panic!("a key was to be made")
    };
    let mut record = *record;
    say(&format!("done {} 0", sample::access_key(n)));
    for (step, transition) in
        [Transition::Deactivate, Transition::Activate, Transition::Deactivate, Transition::Delete]
            .into_iter()
            .enumerate()
    {
        let step = step + 1;
        say(&format!("begin {} {step}", sample::access_key(n)));
        let renamed = record.edit(Some(named(step)), None, sample::instant(2));
        match store.commit(vec![moved(renamed, transition)]).unwrap().remove(0) {
            Committed::Key(changed) => record = *changed,
            other => panic!("a key was changed: {other:?}"),
        }
        say(&format!("done {} {step}", sample::access_key(n)));
    }
}

/// One line in one write, so that a kill cannot mix two.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{WORD}{text}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// How far each key is known to have come: acknowledged, and begun.
type Journal = BTreeMap<AccessKey, (Option<usize>, usize)>;

fn write_down(journal: &mut Journal, said: &str) {
    let words: Vec<_> = said.split(' ').collect();
    let [word, key, step] = words.as_slice() else { panic!("{said}") };
    let step: usize = step.parse().unwrap();
    let entry = journal.entry(key.parse().unwrap()).or_default();
    match *word {
        "begin" => entry.1 = step,
        "done" => entry.0 = Some(step),
        other => panic!("{other}"),
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9() {
    let kills = std::env::var("KEYS_STORE_KILLS").map_or(30, |kills| kills.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    sample::environment(&own(&path), 1);
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let mut journal = Journal::new();
    let mut acknowledged = 0;
    for _ in 0..kills {
        let mut part = Part::play("crash::writes_until_it_is_killed", &path);
        let lines = rng.next_u32() % 120;
        for _ in 0..lines {
            write_down(&mut journal, &part.hear().expect("it goes on until it is killed"));
        }
        part.kill();
        // What it said before it died counts, however late it is read.
        while let Some(said) = part.hear() {
            write_down(&mut journal, &said);
        }
        let store = own(&path);
        check(&store, &journal);
        acknowledged = journal.values().filter_map(|(done, _)| done.map(|step| step + 1)).sum();
    }
    assert!(acknowledged > kills, "only {acknowledged} changes in {kills} rounds: nothing was tried");
    let store = own(&path);
    assert_eq!(store.quick_check().unwrap(), Vec::<String>::new());
    drop(store);
    assert!(fs::metadata(folder.path().join("keys.sqlite3.anchor")).unwrap().is_file());
    assert!(SqliteStore::open(&path, OpenMode::ReadOnly).is_ok());
}

fn check(store: &dyn KeyStore, journal: &Journal) {
    let kept: BTreeMap<AccessKey, KeyRecord> =
        every_key(store).into_iter().map(|record| (record.parts().access_key, record)).collect();
    for (access_key, (done, begun)) in journal {
        let step = kept.get(access_key).map(step_of);
        match (step, done) {
            (None, None) => {}
            (None, Some(done)) => panic!("{access_key} is lost, and step {done} was acknowledged"),
            (Some(step), None) => assert_eq!(step, 0, "{access_key}"),
            (Some(step), Some(done)) => {
                assert!((*done..=*begun).contains(&step), "{access_key}: {step} of {done}..={begun}");
            }
        }
    }
    for access_key in journal.keys() {
        // Whoever asks again is told of the key exactly when it is there, and of its secret while it has one.
        let n = u64::from_str_radix(access_key.as_str(), 16).unwrap();
        let receipt = store.receipt(&sample::receipt_name(n)).unwrap();
        let told = receipt.map(|receipt| (receipt.made, receipt.secret.is_some()));
        let there = kept
            .get(access_key)
            .map(|record| (Target::Key(record.parts().id), record.parts().lifecycle.secret().is_some()));
        assert_eq!(told, there, "{access_key}");
    }
    assert!(kept.keys().all(|access_key| journal.contains_key(access_key)), "a key that nobody made");
    check_chain(store);
}

/// The step a key has reached. Name and state were written in one change, so they must fit.
fn step_of(record: &KeyRecord) -> usize {
    let parts = record.parts();
    let step = parts.name.as_ref().unwrap().as_str().strip_prefix("step ").unwrap().parse().unwrap();
    assert_eq!(parts.lifecycle.state(), STEPS[step], "{}", parts.access_key);
    step
}

fn every_key(store: &dyn KeyStore) -> Vec<KeyRecord> {
    let filter = KeyFilter { state: StateFilter::Any, ..KeyFilter::default() };
    let mut query = KeyQuery { filter, limit: KeyQuery::MAX_LIMIT, ..KeyQuery::default() };
    let mut keys = Vec::new();
    loop {
        let page = store.keys(Reach::AllOwners, &query).unwrap();
        query.after = page.items.last().map(|record| keys_store::Cursor::of(record, query.order));
        keys.extend(page.items);
        if !page.more {
            return keys;
        }
    }
}

/// Every change has its audit event, each linked to the one before, and the head is the last.
fn check_chain(store: &dyn KeyStore) {
    let (mut previous, mut last) = (AuditLink::GENESIS, None);
    let mut revision = Revision::ZERO;
    loop {
        let events = store.audit(last, KeyQuery::MAX_LIMIT).unwrap();
        let Some(end) = events.last().map(|linked| linked.event.id) else { break };
        for linked in &events {
            assert_eq!(link(&previous, &linked.event), linked.link, "{}", linked.event.id);
            assert_eq!(linked.event.after, revision.next());
            (previous, revision) = (linked.link, linked.event.after);
        }
        last = Some(end);
    }
    let head = store.head().unwrap();
    assert_eq!(head.audit, last.map(|id| (id, previous)));
    assert_eq!(head.revision, revision);
}

#[test]
fn a_sound_file_is_said_to_be_sound() {
    let folder = tempfile::tempdir().unwrap();
    let store = own(&folder.path().join("keys.sqlite3"));
    let owner = sample::owner(&store, 1);
    sample::commit(&store, Write::InsertKey(sample::new_key(owner, 1))).unwrap();
    assert_eq!(store.quick_check().unwrap(), Vec::<String>::new());
}
