//! Databases of every released schema, opened by today's code.
//!
//! `fixtures/v1.sqlite3` was written by the release that had schema 1, and `fixtures/v1.txt` says, in text forms that
//! hold for ever, what was put into it. Neither is ever made anew: a new schema gets new files.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use keys_core::{
    AccountId, AccountKind, AccountState, AccountTransition, EnvironmentId, EnvironmentTransition, KeyId,
    KeyRecord, MemberId, NewAccount, NewKey, Owner, PepperId, Role, SettingName, Timestamp, Transition,
};
use keys_store::conformance::sample;
use keys_store::{
    Change, Cursor, Direction, EnvironmentFilter, EnvironmentOrder, EnvironmentQuery, KeyFilter, KeyOrder,
    KeyQuery, KeyStore, OpenError, OpenMode, Reach, SqliteStore, StateFilter, Write,
};

use crate::{own, transition};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[test]
fn a_database_of_schema_1_reads_exactly_as_it_was_written() {
    let expected = fs::read_to_string(fixture("v1.txt")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    fs::copy(fixture("v1.sqlite3"), &path).unwrap();
    // Who may only read cannot bring it up to date, and says so.
    let reading = SqliteStore::open(&path, OpenMode::ReadOnly);
    assert!(matches!(reading, Err(OpenError::Older { found: 1, .. })), "{reading:?}");
    let store = own(&path);
    assert_eq!(described(&store), expected);
    assert_eq!(described(&SqliteStore::open(&path, OpenMode::ReadOnly).unwrap()), expected);
    assert_eq!(store.quick_check().unwrap(), Vec::<String>::new());

    // And it goes on: the chain, the numbers, the states.
    let head = store.head().unwrap();
    let record = sample::key(&store, Owner::Account(AccountId::ADMIN), 500);
    assert_eq!(record.parts().revision, head.revision.next());
    let new = Write::InsertKey(sample::new_key(Owner::Account(AccountId::ADMIN), 501));
    let receipted = Change { receipt: Some(sample::new_receipt(1)), ..sample::change(new) };
    store.commit(vec![receipted]).unwrap();
    assert!(store.receipt(&sample::receipt_name(1)).unwrap().is_some_and(|receipt| receipt.secret.is_some()));
    // What came with schema 5: accounts change, environments have members, keys are found by who made them.
    let account = store.account(AccountId::new(5).unwrap()).unwrap().unwrap();
    let changed = account.clone().transition(AccountTransition::Deactivate, sample::instant(9)).unwrap();
    let changed = sample::update_account(&store, changed);
    assert_eq!(
        (changed.parts().state, changed.parts().created),
        (AccountState::Inactive, account.parts().created)
    );
    let environment = EnvironmentId::new(6).unwrap();
    assert_eq!(store.members(Reach::AllOwners, None, 1).unwrap().items, []);
    let member = sample::member(&store, environment, AccountId::ADMIN, Role::Owner);
    assert_eq!(member.id, MemberId::FIRST);
    let made = store.keys_made_by(sample::creator(), None, usize::MAX).unwrap().items;
    assert!(made.iter().any(|key| key.parts().id == record.parts().id) && made.len() > 1);
    transition(&store, record, Transition::Deactivate);
    // What came with a later schema is there.
    let session = sample::new_session(AccountId::ADMIN, 1);
    sample::commit(&store, Write::BeginSession { session, device: None }).unwrap();
    drop(store);
    drop(own(&path));
    assert!(SqliteStore::open(&path, OpenMode::ReadOnly).is_ok());
}

/// Seals are made anew on the way, so what is wrong beneath one would be sealed over if it were not looked for.
#[test]
fn a_damaged_row_is_found_on_the_way_up_and_the_rows_stay_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    fs::copy(fixture("v1.sqlite3"), &path).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("UPDATE accounts SET kind = 'admin' WHERE kind = 'user'").unwrap();
    for _ in 0..2 {
        let refused = SqliteStore::open(&path, OpenMode::Own);
        assert!(matches!(refused, Err(OpenError::Corrupt { .. })), "{refused:?}");
        let kept: u32 = connection
            .query_row("SELECT count(*) FROM accounts WHERE kind = 'admin'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, 2, "the step that found it was undone");
    }
}

#[test]
fn what_was_written_at_schema_1_is_listed_in_every_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    fs::copy(fixture("v1.sqlite3"), &path).unwrap();
    let store = own(&path);
    let filter = EnvironmentFilter { removed: true, id: None };
    let all = EnvironmentQuery { filter, ..EnvironmentQuery::default() };
    let mut records = store.environments(Reach::AllOwners, &all).unwrap().items;
    assert!(records.len() > 3);
    for order in EnvironmentOrder::ALL {
        records.sort_by_key(|record| Cursor::of(record, order));
        let query = EnvironmentQuery { order, ..all.clone() };
        assert_eq!(store.environments(Reach::AllOwners, &query).unwrap().items, records, "{order:?}");
        let query = EnvironmentQuery { direction: Direction::Descending, ..query };
        let mut read = store.environments(Reach::AllOwners, &query).unwrap().items;
        read.reverse();
        assert_eq!(read, records, "{order:?}");
    }
    let filter = KeyFilter { state: StateFilter::Any, ..KeyFilter::default() };
    let all = KeyQuery { filter, ..KeyQuery::default() };
    let mut records = store.keys(Reach::AllOwners, &all).unwrap().items;
    assert!(records.len() > 3);
    for (order, direction) in
        KeyOrder::ALL.into_iter().flat_map(|order| Direction::ALL.map(|way| (order, way)))
    {
        records.sort_by_key(|record| Cursor::of(record, order));
        if direction == Direction::Descending {
            records.reverse();
        }
        let read = store.keys(Reach::AllOwners, &KeyQuery { order, direction, ..all.clone() }).unwrap().items;
        let ids = |records: &[KeyRecord]| records.iter().map(|key| key.parts().id).collect::<Vec<_>>();
        assert_eq!(ids(&read), ids(&records), "{order:?}, {direction:?}");
    }
}

#[test]
#[ignore = "writes the fixture of schema 1, once and for all"]
fn write_the_fixture_of_schema_1() {
    let path = fixture("v1.sqlite3");
    if path.exists() {
        return;
    }
    let store = own(&path);
    fill(&store);
    fs::write(fixture("v1.txt"), described(&store)).unwrap();
    drop(store);
    for suffix in [".lock", ".anchor"] {
        let _ = fs::remove_file(fixture(&format!("v1.sqlite3{suffix}")));
    }
}

/// One of everything there is at schema 1.
fn fill(store: &dyn KeyStore) {
    for (n, kind) in AccountKind::ALL.into_iter().enumerate() {
        let state = if kind == AccountKind::System { AccountState::Inactive } else { AccountState::Active };
        let name = (kind != AccountKind::Token).then(|| sample::name("Grüße, 𝛼"));
        let new = NewAccount { kind, state, name, ..sample::new_account(n as u64) };
        sample::commit(store, Write::InsertAccount(new)).unwrap();
    }
    let active = sample::environment(store, 1);
    for (n, transitions) in [
        (2, vec![EnvironmentTransition::Deactivate]),
        (3, vec![EnvironmentTransition::Remove]),
        (4, vec![EnvironmentTransition::Remove, EnvironmentTransition::Restore]),
    ] {
        let mut record = sample::environment(store, n);
        for (at, transition) in transitions.into_iter().enumerate() {
            let at = sample::instant(at as i64 + 1);
            record = sample::update_environment(store, record.transition(transition, at).unwrap());
        }
    }
    let owner = Owner::Environment(active.parts().id);
    for n in 0..6 {
        sample::key(store, owner, n);
    }
    for (n, expires_at) in [(6, Timestamp::MIN), (7, Timestamp::MAX), (8, sample::instant(7))] {
        sample::insert(store, NewKey { expires_at: Some(expires_at), ..sample::new_key(owner, n) });
    }
    let administrator = Owner::Account(AccountId::ADMIN);
    let description = Some(sample::description("line one\nline two\t'quoted' \"so\" \\ 🔑"));
    let created_by = keys_core::Creator { principal: owner, key: KeyId::new(1) };
    let new = NewKey { description, creator: created_by, name: None, ..sample::new_key(administrator, 9) };
    sample::insert(store, new);
    sample::insert(store, NewKey { name: Some(sample::name("")), ..sample::new_key(administrator, 10) });
    let inactive = by_number(store, 2);
    transition(store, inactive, Transition::Deactivate);
    let deleted = transition(store, by_number(store, 3), Transition::Deactivate);
    transition(store, deleted, Transition::Delete);
    let again = transition(store, by_number(store, 4), Transition::Deactivate);
    transition(store, again, Transition::Activate);
    sample::update(store, sample::renamed(by_number(store, 5), "another name"));
    assert!(
        store.replace_tag(by_number(store, 6).parts().id, &sample::tagged(5), &sample::tagged(77)).unwrap()
    );
    for pepper in [u64::MAX, 1, 0x0123_4567_89ab_cdef] {
        sample::commit(store, Write::InsertPepper(PepperId::from_number(pepper))).unwrap();
    }
    let name = SettingName::AccessControl;
    for value in ["true", "false", "true"] {
        sample::commit(store, Write::PutSetting { name, value: value.into() }).unwrap();
    }
}

fn by_number(store: &dyn KeyStore, n: u64) -> KeyRecord {
    store.key(Reach::AllOwners, KeyId::new(n).unwrap()).unwrap().unwrap()
}

/// Everything in a store, in text forms that hold for ever.
fn described(store: &dyn KeyStore) -> String {
    let mut text = String::new();
    let limit = KeyQuery::MAX_LIMIT;
    for account in store.accounts(None, limit).unwrap().items {
        let parts = account.parts();
        let name = parts.name.as_ref().map(|name| name.as_str());
        writeln!(
            text,
            "account {} {} {} {} {name:?} {} {}",
            parts.id, parts.uuid, parts.kind, parts.state, parts.created, parts.revision
        )
        .unwrap();
    }
    let filter = EnvironmentFilter { removed: true, id: None };
    let query = EnvironmentQuery { filter, limit, ..EnvironmentQuery::default() };
    for environment in store.environments(Reach::AllOwners, &query).unwrap().items {
        let parts = environment.parts();
        let name = parts.name.as_ref().map(|name| name.as_str());
        let description = parts.description.as_ref().map(|description| description.as_str());
        let removed = parts.state.removed_at().map(|at| at.to_string());
        writeln!(
            text,
            "environment {} {} {} {removed:?} {name:?} {description:?} {} {} {} {}",
            parts.id, parts.uuid, parts.state, parts.creator, parts.created, parts.updated, parts.revision
        )
        .unwrap();
    }
    let filter = KeyFilter { state: StateFilter::Any, ..KeyFilter::default() };
    let query = KeyQuery { filter, limit, ..KeyQuery::default() };
    for key in store.keys(Reach::AllOwners, &query).unwrap().items {
        describe_key(&mut text, &key);
    }
    for name in SettingName::ALL {
        if let Some(setting) = store.setting(name).unwrap() {
            writeln!(text, "setting {name} {:?} {}", setting.value, setting.revision).unwrap();
        }
    }
    for pepper in store.peppers().unwrap() {
        writeln!(text, "pepper {pepper}").unwrap();
    }
    for linked in store.audit(None, limit).unwrap() {
        // The link covers every field of the event.
        let event = &linked.event;
        writeln!(text, "audit {} {} {} {} {}", event.id, event.at, event.action, event.target, linked.link)
            .unwrap();
    }
    let head = store.head().unwrap();
    writeln!(text, "head {} {}", head.revision, head.latest.unwrap()).unwrap();
    text
}

fn describe_key(text: &mut String, key: &KeyRecord) {
    let parts = key.parts();
    let secret = parts.lifecycle.secret().map(|secret| {
        let tag = secret.tagged.tag.as_bytes().iter().fold(String::new(), |mut tag, byte| {
            write!(tag, "{byte:02x}").unwrap();
            tag
        });
        format!("{} {tag} {}", secret.digest, secret.tagged.pepper)
    });
    let deleted = match parts.lifecycle {
        keys_core::Lifecycle::Active(_) | keys_core::Lifecycle::Inactive(_) => None,
        keys_core::Lifecycle::Deleted { at } => Some(at.to_string()),
    };
    let name = parts.name.as_ref().map(|name| name.as_str());
    let description = parts.description.as_ref().map(|description| description.as_str());
    let expires = parts.expires_at.map(|expiry| expiry.to_string());
    writeln!(
        text,
        "key {} {} {} {} {secret:?} {deleted:?} {name:?} {description:?} {} {} {} {expires:?} {}",
        parts.id,
        parts.owner,
        parts.access_key,
        parts.lifecycle.state(),
        parts.creator,
        parts.created,
        parts.updated,
        parts.revision
    )
    .unwrap();
}
