//! The audit chain.

use std::net::{IpAddr, Ipv4Addr};

use keys_core::{
    Action, AuditEvent, AuditId, AuditLink, KeyId, Origin, Owner, PepperId, Revision, SettingName, Target,
    Via, link,
};

use super::sample;
use crate::query::Reach;
use crate::store::{Change, KeyStore, Write};

/// From the first event on, each link covers its event and all before it.
pub fn audit_events_are_linked_from_the_first_row(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    for n in 1..=5 {
        let record = sample::key(store, owner, n);
        sample::delete(store, record);
    }
    let mut previous = AuditLink::GENESIS;
    let events = store.audit(None, 100).unwrap();
    for (number, linked) in (1..).zip(&events) {
        assert_eq!(linked.event.id.number(), number);
        previous = link(&previous, &linked.event);
        assert_eq!(linked.link, previous, "event {number}");
    }
    assert_eq!(events.len(), 16);
    assert_eq!(store.head().unwrap().audit, events.last().map(|last| (last.event.id, last.link)));
}

/// Whatever was written: whose it is, what it is, and from which version to which.
pub fn every_write_says_whose_and_what_it_is(store: &dyn KeyStore) {
    let name = SettingName::AccessControl;
    let (admin, pepper) = (sample::creator().principal, PepperId::from_number(u64::MAX));
    sample::commit(store, Write::InsertAccount(sample::new_account(1))).unwrap();
    let environment = sample::environment(store, 2);
    let owner = Owner::Environment(environment.parts().id);
    sample::update_environment(store, environment.clone());
    let key = sample::key(store, owner, 1);
    sample::update(store, key.clone());
    sample::commit(store, Write::PutSetting { name, value: "true".into() }).unwrap();
    sample::commit(store, Write::PutSetting { name, value: "false".into() }).unwrap();
    sample::commit(store, Write::InsertPepper(pepper)).unwrap();
    let (environment, key) = (Target::Environment(environment.parts().id), Target::Key(key.parts().id));
    let expected = [
        (admin, Target::Account(keys_core::AccountId::ADMIN), None),
        (owner, environment, None),
        (owner, environment, Some(2)),
        (owner, key, None),
        (owner, key, Some(4)),
        (admin, Target::Setting(name), None),
        (admin, Target::Setting(name), Some(6)),
        (admin, Target::Pepper(pepper), None),
    ];
    let events = store.audit(None, 100).unwrap();
    assert_eq!(events.len(), expected.len());
    for (number, (linked, expected)) in (1..).zip(events.iter().zip(expected)) {
        let AuditEvent { owner, target, before, after, .. } = &linked.event;
        assert_eq!((*owner, *target, before.map(Revision::number)), expected, "event {number}");
        assert_eq!(after.number(), number);
    }
}

/// The revision of a record is the number of its last event, and each event says which was the one before: whatever was
/// refused, changed in silence or done to others meanwhile.
pub fn a_record_leads_back_through_its_events(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let first = sample::key(store, owner, 1);
    let key = first.parts().id;
    let other = sample::key(store, owner, 2);
    let second = sample::update(store, first.clone());
    let stale = Write::UpdateKey { record: first.clone(), expected: first.parts().revision };
    sample::commit(store, stale).unwrap_err();
    assert!(store.replace_tag(key, &sample::tagged(1), &sample::tagged(9)).unwrap());
    sample::update(store, other);
    let receipt = Some(sample::new_receipt(1));
    let third = store.key(Reach::AllOwners, key).unwrap().unwrap();
    let expected = third.parts().revision;
    assert_eq!(expected, second.parts().revision);
    let write = Write::UpdateKey { record: third, expected };
    store.commit(vec![Change { receipt, ..sample::change(write) }]).unwrap();
    assert!(store.erase_receipt_secret(&sample::receipt_name(1)).unwrap());
    sample::environment(store, 3);

    let last = store.key(Reach::AllOwners, key).unwrap().unwrap();
    let (mut at, mut path) = (Some(last.parts().revision), Vec::new());
    while let Some(revision) = at {
        let before = AuditId::new(revision.number() - 1);
        let event = store.audit(before, 1).unwrap().remove(0).event;
        assert_eq!(
            (event.id.number(), event.after, event.target),
            (revision.number(), revision, Target::Key(key))
        );
        path.push(revision);
        at = event.before;
    }
    let revisions = [&last, &second, &first].map(|record| record.parts().revision);
    assert_eq!(path, revisions);
}

/// Who, how, from where, in which request, when, and what it was called.
pub fn an_event_keeps_its_circumstances(store: &dyn KeyStore) {
    let key = Via::Key(KeyId::new(u64::MAX >> 1).unwrap());
    let session = Via::Session(keys_core::SessionId::new(u64::MAX >> 1).unwrap());
    let addresses = [Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), sample::origin().client_address, None];
    let mut expected = Vec::new();
    for (n, via) in (0..).zip([key, session, Via::OpenAccess, Via::SetUp, Via::Database, Via::System]) {
        for (m, client_address) in (0..).zip(addresses) {
            let request_id = format!("request-{n}-{m}").parse().unwrap();
            let principal = Owner::Environment(keys_core::EnvironmentId::new(u64::MAX >> 1).unwrap());
            let origin = Origin { principal, via, client_address, request_id };
            let (at, write) =
                (sample::instant(n * m), sample::new_account(10 * n.unsigned_abs() + m.unsigned_abs()));
            let change = sample::change(Write::InsertAccount(write));
            store.commit(vec![Change { at, origin: origin.clone(), ..change }]).unwrap();
            expected.push((at, origin, Action::CreateAccount));
        }
    }
    let events = store.audit(None, 100).unwrap();
    let kept: Vec<_> = events
        .into_iter()
        .map(|linked| linked.event)
        .map(|event| (event.at, event.origin, event.action))
        .collect();
    assert_eq!(kept, expected);
}

/// What an event is called is for the caller to say.
pub fn an_event_keeps_any_action(store: &dyn KeyStore) {
    for (n, action) in (1..).zip(Action::ALL) {
        let change = sample::change(Write::InsertAccount(sample::new_account(n)));
        store.commit(vec![Change { action: *action, ..change }]).unwrap();
    }
    let kept: Vec<_> = store.audit(None, 100).unwrap().iter().map(|linked| linked.event.action).collect();
    assert_eq!(kept, Action::ALL);
}

/// In order, behind an event, up to a limit.
pub fn audit_events_are_read_in_pages(store: &dyn KeyStore) {
    for n in 1..=5 {
        sample::environment(store, n);
    }
    let read = |after: Option<u64>, limit| {
        let events = store.audit(after.and_then(AuditId::new), limit).unwrap();
        events.iter().map(|linked| linked.event.id.number()).collect::<Vec<_>>()
    };
    assert_eq!(read(None, 100), [1, 2, 3, 4, 5]);
    assert_eq!(read(None, 2), [1, 2]);
    assert_eq!(read(Some(2), 2), [3, 4]);
    assert_eq!(read(Some(4), 2), [5]);
    assert_eq!(read(Some(5), 2), []);
    assert_eq!(read(Some(u64::MAX >> 1), 2), []);
    assert_eq!(read(None, 0), []);
}

/// Time may go back; the latest is the latest.
pub fn the_head_knows_the_latest_time_of_any_change(store: &dyn KeyStore) {
    for (n, at, latest) in [(1, 5, 5), (2, 9, 9), (3, 7, 9), (4, 9, 9), (5, 10, 10)] {
        let change = sample::change(Write::InsertAccount(sample::new_account(n)));
        store.commit(vec![Change { at: sample::instant(at), ..change }]).unwrap();
        assert_eq!(store.head().unwrap().latest, Some(sample::instant(latest)));
    }
}
