//! Passwords, sessions and devices.

use std::sync::Barrier;
use std::thread;

use keys_core::{
    AccountId, AccountTransition, DeviceHash, DeviceRecord, Digest, NewPassword, NewSession, Owner,
    PasswordId, PasswordParts, PasswordRecord, PasswordState, Revision, SessionHash, SessionId, SessionKind,
    SessionRecord, Target,
};

use super::sample;
use crate::error::Refusal;
use crate::log_in::{EndSessions, KnownSession, MAX_DEVICES, MAX_SESSIONS, Note, PasswordQuery};
use crate::query::{KeyQuery, Reach};
use crate::store::{Committed, KeyStore, Requirement, Write};

fn account(store: &dyn KeyStore, n: u64) -> AccountId {
    let committed = sample::commit(store, Write::InsertAccount(sample::new_account(n))).unwrap();
    let Committed::Account(record) = committed else { panic!("an account was to be made: {committed:?}") };
    record.parts().id
}

fn set(store: &dyn KeyStore, new: NewPassword) -> PasswordRecord {
    let committed = sample::commit(store, Write::InsertPassword(new)).unwrap();
    let Committed::Password(record) = committed else { panic!("a password was to be set: {committed:?}") };
    record
}

fn update_of(record: PasswordRecord) -> Write {
    Write::UpdatePassword { expected: record.parts().revision, record }
}

fn update(store: &dyn KeyStore, record: PasswordRecord) -> PasswordRecord {
    let committed = sample::commit(store, update_of(record)).unwrap();
    let Committed::Password(record) = committed else {
        panic!("a password was to be changed: {committed:?}")
    };
    record
}

fn begin(store: &dyn KeyStore, session: NewSession, device: Option<DeviceHash>) -> SessionRecord {
    let committed = sample::commit(store, Write::BeginSession { session, device }).unwrap();
    let Committed::Session(record) = committed else { panic!("a session was to begin: {committed:?}") };
    record
}

fn found(store: &dyn KeyStore, n: u64) -> Option<SessionRecord> {
    store.session(&sample::session_hash(n)).unwrap().map(|known| known.session)
}

fn end(store: &dyn KeyStore, which: EndSessions) {
    sample::commit(store, Write::EndSessions(which)).unwrap();
}

/// Set, changed, renamed, removed: read back as it was given, by id and by name.
pub fn a_password_in_any_state_round_trips(store: &dyn KeyStore) {
    let owner = account(store, 1);
    let new = sample::new_password(owner, "Ada Lovelace");
    let set = set(store, new.clone());
    assert_eq!(set, new.into_record(PasswordId::new(1).unwrap(), sample::head_revision(store)));
    let read = || store.password(Reach::AllOwners, set.parts().id).unwrap();
    let named = |text: &str| store.password_named(&sample::login(text).folded()).unwrap();
    assert_eq!(read().as_ref(), Some(&set));
    assert_eq!(named("ADA LOVELACE").as_ref(), Some(&set), "letter case does not count");

    let changed = update(store, set.clone().change(sample::digest(2), sample::instant(2)).unwrap());
    assert_eq!(changed.parts().revision, sample::head_revision(store));
    let renamed = update(store, changed.rename(sample::login("Countess"), sample::instant(3)).unwrap());
    assert_eq!((named("ada lovelace"), named("countess")), (None, Some(renamed.clone())));
    let removed = update(store, renamed.remove(sample::instant(4)).unwrap());
    assert_eq!((read(), named("countess")), (Some(removed), None));
}

/// A person comes with the way it logs in or not at all; the account has no number yet, so its uuid names it.
pub fn a_first_password_is_of_the_account_of_the_same_commit(store: &dyn KeyStore) {
    let taken = account(store, 1);
    set(store, sample::new_password(taken, "Ada"));
    let new = sample::new_account(2);
    let first = |uuid: &str, login: &str| Write::InsertFirstPassword {
        account: uuid.parse().unwrap(),
        login: sample::login(login),
        digest: sample::digest(1),
        created: sample::instant(0),
    };
    let own = new.uuid.to_string();
    let with =
        |password| store.commit([Write::InsertAccount(new.clone()), password].map(sample::change).into());
    let before = sample::store_picture(store);
    assert_eq!(sample::refusal(with(first("account-3", "grace"))), (1, Refusal::NotFound));
    assert_eq!(sample::refusal(with(first(&own, "ADA"))), (1, Refusal::AlreadyExists), "the name is taken");
    assert_eq!(sample::store_picture(store), before, "neither is there without the other");
    let committed = with(first(&own, "grace")).unwrap();
    let [Committed::Account(made), Committed::Password(password)] = committed.as_slice() else {
        panic!("{committed:?}")
    };
    assert_eq!(password.parts().account, made.parts().id);
    let named = store.password_named(&sample::login("Grace").folded()).unwrap();
    assert_eq!(named.as_ref(), Some(password));
    let again = sample::commit(store, first(&own, "another"));
    assert_eq!(sample::refusal(again), (0, Refusal::AlreadyExists), "it has one");
}

/// One Active password for an account, one Active password for a name: whatever the letter case, and in one commit too.
pub fn a_second_password_is_refused_and_changes_nothing(store: &dyn KeyStore) {
    let (one, two) = (account(store, 1), account(store, 2));
    let first = set(store, sample::new_password(one, "Ada"));
    let second = set(store, sample::new_password(two, "grace"));
    let three = account(store, 3);
    let before = sample::store_picture(store);
    let refused = |changes: Vec<Write>| {
        let refusal = sample::refusal(store.commit(changes.into_iter().map(sample::change).collect()));
        assert_eq!(sample::store_picture(store), before);
        refusal
    };
    for new in [sample::new_password(one, "another"), sample::new_password(three, "aDA")] {
        assert_eq!(refused(vec![Write::InsertPassword(new)]), (0, Refusal::AlreadyExists));
    }
    let taken = second.rename(sample::login("ADA"), sample::instant(2)).unwrap();
    assert_eq!(refused(vec![update_of(taken.clone())]), (0, Refusal::AlreadyExists));
    let twins = ["new", "NEW"].map(|name| Write::InsertPassword(sample::new_password(three, name)));
    assert_eq!(refused(twins.into()), (1, Refusal::AlreadyExists));
    let missing = sample::new_password(AccountId::new(99).unwrap(), "nobody");
    assert_eq!(refused(vec![Write::InsertPassword(missing)]), (0, Refusal::NotFound));

    // A removed one is in nobody's way, from the same commit on.
    let gone = update_of(first.remove(sample::instant(2)).unwrap());
    store.commit([gone, update_of(taken)].map(sample::change).into()).unwrap();
    let named = store.password_named(&sample::login("ada").folded()).unwrap().unwrap();
    assert_eq!(named.parts().account, two);
    set(store, sample::new_password(one, "grace"));
}

/// Who read an older version is told; what never changes is part of the statement; what is removed stays so.
pub fn a_password_update_that_does_not_fit_is_refused(store: &dyn KeyStore) {
    let owner = account(store, 1);
    let other = account(store, 2);
    let read = set(store, sample::new_password(owner, "ada"));
    let current = update(store, read.clone().change(sample::digest(2), sample::instant(2)).unwrap());
    let before = sample::store_picture(store);
    let refused = |record: PasswordRecord| {
        let refusal = sample::refusal(sample::commit(store, update_of(record)));
        assert_eq!(sample::store_picture(store), before);
        refusal
    };
    let conflict = Refusal::Conflict { current: current.parts().revision };
    assert_eq!(refused(read), (0, conflict));
    let parts = current.clone().into_parts();
    for parts in [
        PasswordParts { id: PasswordId::new(77).unwrap(), ..parts.clone() },
        PasswordParts { account: other, ..parts.clone() },
        PasswordParts { created: keys_core::Timestamp::MIN, ..parts.clone() },
    ] {
        assert_eq!(refused(PasswordRecord::from_parts(parts).unwrap()), (0, Refusal::NotFound));
    }
    let removed = update(store, current.remove(sample::instant(3)).unwrap());
    let parts = PasswordParts { state: PasswordState::Active(sample::digest(1)), ..removed.into_parts() };
    let revived = PasswordRecord::from_parts(parts).unwrap();
    assert_eq!(sample::refusal(sample::commit(store, update_of(revived))), (0, Refusal::NotFound));
}

/// In order of id, behind a place, up to a limit, within reach, removed ones only when asked for.
pub fn passwords_are_listed_in_pages(store: &dyn KeyStore) {
    let accounts: Vec<AccountId> = (1..=4).map(|n| account(store, n)).collect();
    for (n, owner) in (1..).zip(&accounts) {
        let password = set(store, sample::new_password(*owner, &format!("name {n}")));
        if n % 2 == 0 {
            update(store, password.remove(sample::instant(2)).unwrap());
        }
    }
    set(store, sample::new_password(accounts[1], "name 5"));
    let read = |reach, removed, after: Option<u64>, limit| {
        let query = PasswordQuery { removed, after: after.and_then(PasswordId::new), limit };
        let page = store.passwords(reach, &query).unwrap();
        (page.items.iter().map(|record| record.parts().id.number()).collect::<Vec<_>>(), page.more)
    };
    let all = Reach::AllOwners;
    assert_eq!(read(all, false, None, usize::MAX), (vec![1, 3, 5], false));
    assert_eq!(read(all, true, None, KeyQuery::MAX_LIMIT), (vec![1, 2, 3, 4, 5], false));
    assert_eq!(read(all, false, Some(1), 1), (vec![3], true));
    assert_eq!(read(all, true, Some(4), 9), (vec![5], false));
    let second = Reach::Owner(Owner::Account(accounts[1]));
    assert_eq!(read(second, false, None, 9), (vec![5], false));
    assert_eq!(read(second, true, None, 1), (vec![2], true));
    assert_eq!(read(second, false, Some(5), 9), (vec![], false));
    let environment = sample::owner(store, 1);
    assert_eq!(read(Reach::Owner(environment), true, None, 9), (vec![], false));
    let one = |reach| store.password(reach, PasswordId::new(5).unwrap()).unwrap().is_some();
    let first = Reach::Owner(Owner::Account(accounts[0]));
    assert_eq!([all, second, first, Reach::Owner(environment)].map(one), [true, true, false, false]);
}

/// Passwords and keys are numbered together, sessions apart.
pub fn passwords_are_numbered_with_the_keys(store: &dyn KeyStore) {
    let owner = account(store, 1);
    let key = sample::key(store, Owner::Account(owner), 1).parts().id.number();
    let password = set(store, sample::new_password(owner, "ada")).parts().id.number();
    let next = sample::key(store, Owner::Account(owner), 2).parts().id.number();
    let session = begin(store, sample::new_session(owner, 1), None).parts().id.number();
    assert_eq!((key, password, next, session), (1, 2, 3, 1));
}

/// A digest is replaced only if it is still the one that was compared, and nobody's rights change by it.
pub fn a_digest_is_replaced_by_comparing(store: &dyn KeyStore) {
    let owner = account(store, 1);
    let record = set(store, sample::new_password(owner, "ada"));
    let (password, head) = (record.parts().id, store.head().unwrap());
    let note = |expected: Digest, new: Digest| store.note(Note::Digest { password, expected, new }).unwrap();
    let kept = || store.password(Reach::AllOwners, password).unwrap().unwrap();
    let own = record.digest().unwrap().clone();
    assert_eq!(note(sample::digest(7), sample::digest(8)), 0);
    assert_eq!(kept(), record);
    assert_eq!(note(own.clone(), sample::digest(8)), 1);
    assert_eq!(kept().digest(), Some(&sample::digest(8)));
    assert_eq!(kept().parts().revision, record.parts().revision);
    assert_eq!(store.head().unwrap(), head);
    assert_eq!(note(own, sample::digest(9)), 0, "a second is too late");
    update(store, kept().remove(sample::instant(2)).unwrap());
    assert_eq!(note(sample::digest(8), sample::digest(9)), 0, "what is removed has none");
}

/// Both kinds, with their account, and gone once ended.
pub fn a_session_is_found_until_it_ends(store: &dyn KeyStore) {
    let owner = account(store, 1);
    for (n, kind) in (1..).zip(SessionKind::ALL) {
        let new = NewSession { kind, ..sample::new_session(owner, n) };
        let begun = begin(store, new.clone(), None);
        let expected = new.into_record(SessionId::new(n).unwrap(), sample::head_revision(store));
        assert_eq!(begun, expected);
        let known = store.session(&sample::session_hash(n)).unwrap();
        assert_eq!(known, Some(KnownSession { session: begun, account: store.account(owner).unwrap() }));
    }
    assert_eq!(store.session(&sample::session_hash(9)).unwrap(), None);
    end(store, EndSessions::One { account: owner, session: SessionId::new(1).unwrap() });
    assert!(found(store, 1).is_none() && found(store, 2).is_some());
    let next = begin(store, sample::new_session(owner, 1), None);
    assert_eq!(next.parts().id.number(), 3, "a number is given once");
}

/// One, all, all but one, and everybody's; else another's stay. Each is one event, whatever there was to end.
pub fn sessions_end_as_they_are_meant(store: &dyn KeyStore) {
    let (one, two) = (account(store, 1), account(store, 2));
    for n in 1..=4 {
        begin(store, sample::new_session(if n == 4 { two } else { one }, n), None);
    }
    let there = || (1..=4).filter(|n| found(store, *n).is_some()).collect::<Vec<u64>>();
    let id = |n| SessionId::new(n).unwrap();
    let before = sample::store_picture(store);
    for which in
        [EndSessions::One { account: two, session: id(1) }, EndSessions::One { account: one, session: id(9) }]
    {
        let refused = sample::commit(store, Write::EndSessions(which));
        assert_eq!(sample::refusal(refused), (0, Refusal::NotFound));
        assert_eq!(sample::store_picture(store), before);
    }
    end(store, EndSessions::AllBut { account: one, session: id(2) });
    assert_eq!(there(), [2, 4]);
    // One of another's goes on no more than any other.
    end(store, EndSessions::AllBut { account: one, session: id(4) });
    assert_eq!(there(), [4]);
    end(store, EndSessions::AllOf(one));
    end(store, EndSessions::One { account: two, session: id(4) });
    assert_eq!(there(), Vec::<u64>::new());
    begin(store, sample::new_session(one, 1), None);
    begin(store, sample::new_session(two, 2), None);
    end(store, EndSessions::All);
    assert_eq!(there(), Vec::<u64>::new());
    let owner = Owner::Account;
    let expected = [
        (owner(one), Target::Account(one), None),
        (owner(one), Target::Account(one), None),
        (owner(one), Target::Account(one), None),
        (owner(two), Target::Session(id(4)), Some(Revision::new(6))),
    ];
    let events = store.audit(keys_core::AuditId::new(6), 9).unwrap();
    let told: Vec<_> =
        events.iter().map(|linked| &linked.event).map(|e| (e.owner, e.target, e.before)).collect();
    assert_eq!(told[..4], expected);
    assert_eq!(told[6], (owner(AccountId::ADMIN), Target::Sessions, None));
}

/// What is refused begins nothing and remembers no device.
pub fn a_session_that_does_not_fit_is_refused(store: &dyn KeyStore) {
    let (one, two) = (account(store, 1), account(store, 2));
    begin(store, sample::new_session(one, 1), Some(sample::device_hash(1)));
    let before = sample::store_picture(store);
    let missing = AccountId::new(99).unwrap();
    let device = Some(sample::device_hash(2));
    for (session, device, expected) in [
        (sample::new_session(missing, 2), device, Refusal::NotFound),
        (sample::new_session(one, 1), device, Refusal::AlreadyExists),
        (sample::new_session(two, 2), Some(sample::device_hash(1)), Refusal::AlreadyExists),
    ] {
        let refused = sample::commit(store, Write::BeginSession { session, device });
        assert_eq!(sample::refusal(refused), (0, expected));
        assert_eq!(sample::store_picture(store), before);
        assert!(store.device(&sample::device_hash(2)).unwrap().is_none());
        assert!(found(store, 2).is_none());
    }
}

/// A change of sessions and a change of the password beside it happen together or not at all.
pub fn sessions_end_with_the_change_that_ends_them(store: &dyn KeyStore) {
    let owner = account(store, 1);
    let password = set(store, sample::new_password(owner, "ada"));
    begin(store, sample::new_session(owner, 1), None);
    let changed = update_of(password.clone().change(sample::digest(2), sample::instant(2)).unwrap());
    let ended = Write::EndSessions(EndSessions::AllOf(owner));
    let stale = update_of(password);
    let refused = store.commit([ended.clone(), changed.clone(), stale].map(sample::change).into());
    assert_eq!(sample::refusal(refused).0, 2);
    assert!(found(store, 1).is_some());
    let begun_again = Write::BeginSession { session: sample::new_session(owner, 1), device: None };
    let changes = [ended.clone(), changed, begun_again, ended];
    store.commit(changes.map(sample::change).into()).unwrap();
    assert!(found(store, 1).is_none());
}

/// A log-in that compared a password begins no session once that password has changed or gone.
pub fn a_session_can_require_the_password_that_was_compared(store: &dyn KeyStore) {
    let owner = account(store, 1);
    let compared = set(store, sample::new_password(owner, "ada"));
    let begins = |n, record: &PasswordRecord| {
        let (password, revision) = (record.parts().id, record.parts().revision);
        let write = Write::BeginSession { session: sample::new_session(owner, n), device: None };
        let mut change = sample::change(write);
        change.requires = vec![Requirement::PasswordIs { password, revision }];
        sample::commit_change(store, change)
    };
    begins(1, &compared).unwrap();
    // Another digest of the same password is the same password.
    let expected = compared.digest().unwrap().clone();
    let note = Note::Digest { password: compared.parts().id, expected, new: sample::digest(5) };
    assert_eq!(store.note(note).unwrap(), 1);
    begins(2, &compared).unwrap();
    let changed = update(store, compared.clone().change(sample::digest(2), sample::instant(2)).unwrap());
    assert_eq!(sample::refusal(begins(3, &compared)), (0, Refusal::Unmet));
    begins(3, &changed).unwrap();
    // A session of somebody who was stopped meanwhile would be there when they are let in again.
    let stopped = store.account(owner).unwrap().unwrap();
    let stopped = stopped.transition(AccountTransition::Deactivate, sample::instant(3)).unwrap();
    sample::update_account(store, stopped);
    assert_eq!(sample::refusal(begins(4, &changed)), (0, Refusal::Unmet));
    let removed = update(store, changed.remove(sample::instant(3)).unwrap());
    assert_eq!(sample::refusal(begins(4, &removed)), (0, Refusal::Unmet));
    assert!(found(store, 4).is_none());
}

/// A use is noted forwards only; it is no change, and what has ended is not brought back.
pub fn a_use_of_a_session_never_goes_back(store: &dyn KeyStore) {
    let owner = account(store, 1);
    let session = begin(store, sample::new_session(owner, 1), None).parts().id;
    let head = store.head().unwrap();
    let seen = |millis| store.note(Note::Seen { session, at: sample::instant(millis) }).unwrap();
    let kept = || found(store, 1).map(|session| session.parts().last_seen);
    assert_eq!((seen(50), kept()), (1, Some(sample::instant(50))));
    assert_eq!((seen(50), seen(40), kept()), (0, 0, Some(sample::instant(50))));
    assert_eq!((seen(60), kept()), (1, Some(sample::instant(60))));
    assert_eq!(store.head().unwrap(), head);
    end(store, EndSessions::AllOf(owner));
    assert_eq!((seen(70), kept()), (0, None));
}

/// A device is known from its session on; a later one makes it newer, never older, and it stays when sessions end.
pub fn a_device_is_remembered(store: &dyn KeyStore) {
    let owner = account(store, 1);
    let hash = sample::device_hash(1);
    let at = |n, millis| NewSession { created: sample::instant(millis), ..sample::new_session(owner, n) };
    let known = |millis| Some(DeviceRecord { hash, account: owner, last_seen: sample::instant(millis) });
    assert_eq!(store.device(&hash).unwrap(), None);
    begin(store, at(1, 10), Some(hash));
    assert_eq!(store.device(&hash).unwrap(), known(10));
    begin(store, at(2, 30), Some(hash));
    begin(store, at(3, 20), Some(hash));
    begin(store, at(4, 90), None);
    end(store, EndSessions::AllOf(owner));
    assert_eq!(store.device(&hash).unwrap(), known(30));
}

/// Those of the account and no other's, the one that was used last first.
pub fn the_devices_of_an_account_are_listed(store: &dyn KeyStore) {
    let (owner, other) = (account(store, 1), account(store, 2));
    assert_eq!(store.devices(owner).unwrap(), []);
    for (n, millis, of) in [(1, 10, owner), (2, 30, owner), (3, 20, owner), (4, 40, other)] {
        let session = NewSession { created: sample::instant(millis), ..sample::new_session(of, n) };
        begin(store, session, Some(sample::device_hash(n)));
    }
    let listed = |account| store.devices(account).unwrap().iter().map(|one| one.hash).collect::<Vec<_>>();
    assert_eq!(listed(owner), [2, 3, 1].map(sample::device_hash));
    assert_eq!(listed(other), [sample::device_hash(4)]);
    assert_eq!(listed(AccountId::new(99).unwrap()), []);
}

/// Nothing is left of it but its event.
pub fn an_unlock_is_an_event_and_nothing_else(store: &dyn KeyStore) {
    let owner = account(store, 1);
    let missing = sample::commit(store, Write::Unlock(AccountId::new(99).unwrap()));
    assert_eq!(sample::refusal(missing), (0, Refusal::NotFound));
    let before = store.account(owner).unwrap();
    let unlocked = sample::commit(store, Write::Unlock(owner)).unwrap();
    assert!(matches!(unlocked, Committed::Unlocked(account) if account == owner), "{unlocked:?}");
    assert_eq!(store.account(owner).unwrap(), before);
    let events = store.audit(keys_core::AuditId::new(1), 9).unwrap();
    let [event] = events.as_slice() else { panic!("{events:?}") };
    let Target::Account(target) = event.event.target else { panic!("{event:?}") };
    assert_eq!((event.event.owner, target), (Owner::Account(owner), owner));
    assert_eq!((event.event.before, event.event.after), (None, Revision::new(2)));
}

/// Where one too many begins, the oldest ends; another account's stay.
pub fn sessions_and_devices_of_an_account_are_bounded(store: &dyn KeyStore) {
    let (owner, other) = (account(store, 1), account(store, 2));
    begin(store, sample::new_session(other, 5_000), Some(sample::device_hash(5_000)));
    let number = MAX_SESSIONS as u64 + 2;
    let begins = |n: u64| {
        let created = sample::instant(n as i64);
        let session = NewSession { created, ..sample::new_session(owner, n) };
        sample::change(Write::BeginSession { session, device: Some(sample::device_hash(n)) })
    };
    // In one commit and in several: what a commit makes counts at once.
    store.commit((1..=number - 1).map(begins).collect()).unwrap();
    store.commit(vec![begins(number)]).unwrap();
    let sessions: Vec<u64> = (1..=number).filter(|n| found(store, *n).is_none()).collect();
    assert_eq!(sessions, [1, 2]);
    let known = |n: &u64| store.device(&sample::device_hash(*n)).unwrap().is_some();
    let devices: Vec<u64> = (1..=number).filter(known).collect();
    assert_eq!(devices, (number - MAX_DEVICES as u64 + 1..=number).collect::<Vec<_>>());
    assert!(found(store, 5_000).is_some() && known(&5_000));
}

/// What has ended by time goes, the earliest first and no more than asked for; what has not stays.
pub fn what_ended_by_time_is_forgotten(store: &dyn KeyStore) {
    let owner = account(store, 1);
    for n in 1..=6 {
        let kind = if n % 2 == 0 { SessionKind::Cookie } else { SessionKind::Bearer };
        let created = sample::instant(n as i64 * 10);
        begin(
            store,
            NewSession { kind, created, ..sample::new_session(owner, n) },
            Some(sample::device_hash(n)),
        );
    }
    let head = store.head().unwrap();
    let there = || (1..=6).filter(|n| found(store, *n).is_some()).collect::<Vec<u64>>();
    let known = |n: &u64| store.device(&sample::device_hash(*n)).unwrap().is_some();
    let devices = || (1..=6).filter(known).collect::<Vec<u64>>();
    let until = |millis: i64| Some(sample::instant(millis));
    let forget =
        |begun, unused, devices, limit| store.note(Note::Forget { begun, unused, devices, limit }).unwrap();
    assert_eq!(forget(None, None, None, 9), 0);
    assert_eq!(forget(until(9), until(9), until(9), 9), 0);
    assert_eq!(forget(until(20), None, None, 1), 1);
    assert_eq!(there(), [2, 3, 4, 5, 6]);
    assert_eq!(forget(None, until(40), None, 9), 2);
    assert_eq!(there(), [3, 5, 6]);
    assert_eq!(forget(until(30), None, until(20), 2), 2, "the limit is for all kinds together");
    assert_eq!((there(), devices()), (vec![5, 6], vec![2, 3, 4, 5, 6]));
    assert_eq!(forget(until(60), until(60), until(60), usize::MAX), 7);
    assert_eq!((there(), devices()), (vec![], vec![]));
    assert_eq!(store.head().unwrap(), head);
}

/// Of a change of a password and the log-ins beside it none leaves a session that the old password began.
pub fn no_session_of_an_old_password_survives_its_change(store: &dyn KeyStore) {
    const LOG_INS: u64 = 4;
    let owner = account(store, 1);
    for round in 0..20 {
        let compared = store.password_named(&sample::login("ada").folded()).unwrap();
        let compared = compared.unwrap_or_else(|| set(store, sample::new_password(owner, "ada")));
        let (password, revision) = (compared.parts().id, compared.parts().revision);
        let start = Barrier::new(LOG_INS as usize + 1);
        thread::scope(|scope| {
            for n in 1..=LOG_INS {
                let start = &start;
                scope.spawn(move || {
                    let session = sample::new_session(owner, round * LOG_INS + n);
                    let mut change = sample::change(Write::BeginSession { session, device: None });
                    change.requires = vec![Requirement::PasswordIs { password, revision }];
                    start.wait();
                    let _refused_or_begun = store.commit(vec![change]);
                });
            }
            start.wait();
            let changed = compared.change(sample::digest(round), sample::instant(9)).unwrap();
            let ended = Write::EndSessions(EndSessions::AllOf(owner));
            store.commit([update_of(changed), ended].map(sample::change).into()).unwrap();
        });
        for n in 1..=LOG_INS {
            assert!(found(store, round * LOG_INS + n).is_none(), "a session outlived its password");
        }
    }
}

/// What readers can see of a session is what is kept of its token: another hash finds nothing.
pub fn a_session_is_found_by_its_whole_hash(store: &dyn KeyStore) {
    let owner = account(store, 1);
    begin(store, sample::new_session(owner, 1), Some(sample::device_hash(1)));
    for byte in 0..SessionHash::LENGTH {
        let mut bytes = *sample::session_hash(1).as_bytes();
        bytes[byte] ^= 1;
        assert_eq!(store.session(&SessionHash::from_bytes(bytes)).unwrap(), None);
        let mut bytes = *sample::device_hash(1).as_bytes();
        bytes[byte] ^= 1;
        assert_eq!(store.device(&DeviceHash::from_bytes(bytes)).unwrap(), None);
    }
}
