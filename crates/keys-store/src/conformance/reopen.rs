//! Stores that outlive their process: what was acknowledged is there when they are opened again.

use keys_core::{AuditLink, KeyId, Owner, PepperId, Role, SettingName, Transition, link};

use super::{Fixture, sample};
use crate::query::Reach;
use crate::store::{Change, Committed, KeyStore, Write};

/// Everything readers can see is as it was.
pub fn reopen_keeps_what_was_acknowledged<F: Fixture>(fixture: F, reopen: impl Fn(F) -> F) {
    let store = fixture.store();
    one_of_everything(store);
    let before = sample::store_picture(store);
    let secret = store.load_key(&sample::access_key(1)).unwrap();
    let fixture = reopen(fixture);
    let store = fixture.store();
    assert_eq!(sample::store_picture(store), before);
    let loaded = store.load_key(&sample::access_key(1)).unwrap();
    assert_eq!(loaded.at, secret.at);
    assert_eq!(sample::row_picture(&loaded.row.unwrap()), sample::row_picture(&secret.row.unwrap()));
}

/// A replaced tag is kept although it has no revision of its own.
pub fn reopen_keeps_a_replaced_tag<F: Fixture>(fixture: F, reopen: impl Fn(F) -> F) {
    let store = fixture.store();
    let owner = sample::owner(store, 1);
    let id = sample::key(store, owner, 1).parts().id;
    assert!(store.replace_tag(id, &sample::tagged(1), &sample::tagged(2)).unwrap());
    let fixture = reopen(fixture);
    let secret = fixture.store().stored_secret(id).unwrap().unwrap();
    assert!(secret.tagged.tag.matches(&sample::tagged(2).tag));
}

/// Receipts, and what has been erased of them, although neither has a revision of its own.
pub fn reopen_keeps_receipts_and_what_was_erased<F: Fixture>(fixture: F, reopen: impl Fn(F) -> F) {
    let store = fixture.store();
    let owner = sample::owner(store, 1);
    for n in 1..4 {
        let change = sample::change(Write::InsertKey(sample::new_key(owner, n)));
        store.commit(vec![Change { receipt: Some(sample::new_receipt(n)), ..change }]).unwrap();
    }
    assert!(store.erase_receipt_secret(&sample::receipt_name(1)).unwrap());
    let record = store.key(Reach::AllOwners, KeyId::new(2).unwrap()).unwrap().unwrap();
    sample::delete(store, record);
    let receipts =
        |store: &dyn KeyStore| [1, 2, 3, 4].map(|n| store.receipt(&sample::receipt_name(n)).unwrap());
    let before = receipts(store);
    let fixture = reopen(fixture);
    assert_eq!(receipts(fixture.store()), before);
    let holds = before.map(|receipt| receipt.map(|receipt| receipt.secret.is_some()));
    assert_eq!(holds, [Some(false), Some(false), Some(true), None]);
}

/// What ended stays ended, what did not goes on, and what was noted of it is kept.
pub fn reopen_keeps_sessions_that_have_not_ended<F: Fixture>(fixture: F, reopen: impl Fn(F) -> F) {
    use crate::log_in::{EndSessions, Note};

    let store = fixture.store();
    sample::commit(store, Write::InsertAccount(sample::new_account(1))).unwrap();
    let account = keys_core::AccountId::ADMIN;
    sample::commit(store, Write::InsertPassword(sample::new_password(account, "ada"))).unwrap();
    let device = Some(sample::device_hash(1));
    for n in 1..=2 {
        let session = sample::new_session(account, n);
        sample::commit(store, Write::BeginSession { session, device }).unwrap();
    }
    let [ended, kept] = [1, 2].map(|n| keys_core::SessionId::new(n).unwrap());
    sample::commit(store, Write::EndSessions(EndSessions::One { account, session: ended })).unwrap();
    store.note(Note::Seen { session: kept, at: sample::instant(70) }).unwrap();
    let picture = |store: &dyn KeyStore| {
        let sessions = [1, 2].map(|n| store.session(&sample::session_hash(n)).unwrap());
        let device = store.device(&sample::device_hash(1)).unwrap();
        let password = store.password_named(&sample::login("ADA").folded()).unwrap();
        assert!(sessions[0].is_none() && sessions[1].is_some() && device.is_some() && password.is_some());
        format!("{sessions:?} {device:?} {password:?}")
    };
    let before = picture(store);
    let fixture = reopen(fixture);
    let store = fixture.store();
    assert_eq!(picture(store), before);
    let session = sample::new_session(account, 3);
    let begun = sample::commit(store, Write::BeginSession { session, device: None }).unwrap();
    let Committed::Session(begun) = begun else { panic!("a session was to begin: {begun:?}") };
    assert_eq!(begun.parts().id.number(), 3, "no number is given twice");
}

/// Counters, revisions and the audit chain go on where they were; what was refused stays refused.
pub fn a_reopened_store_goes_on_where_it_was<F: Fixture>(fixture: F, reopen: impl Fn(F) -> F) {
    one_of_everything(fixture.store());
    let deleted = {
        let store = fixture.store();
        let owner = sample::owner(store, 9);
        let record = sample::key(store, owner, 9);
        sample::delete(store, record)
    };
    let head = sample::head_revision(fixture.store());
    let fixture = reopen(fixture);
    let store = fixture.store();
    let record = sample::key(store, deleted.parts().owner, 10);
    assert_eq!(record.parts().revision, head.next());
    assert!(record.parts().id > deleted.parts().id, "a number was given twice");
    sample::refusal(sample::commit(store, Write::InsertKey(sample::new_key(deleted.parts().owner, 9))));
    sample::refusal(sample::commit(store, Write::InsertEnvironment(sample::new_environment(9))));
    let last = store.audit(None, 100).unwrap().iter().fold(AuditLink::GENESIS, |previous, linked| {
        assert_eq!(linked.link, link(&previous, &linked.event));
        linked.link
    });
    assert_eq!(store.head().unwrap().audit.map(|(_, link)| link), Some(last));
}

fn one_of_everything(store: &dyn KeyStore) {
    let account = sample::account(store, 1);
    let environment = sample::environment(store, 1);
    sample::member(store, environment.parts().id, account.parts().id, Role::Restricted);
    let inactive = account.transition(keys_core::AccountTransition::Deactivate, sample::instant(1)).unwrap();
    sample::update_account(store, inactive);
    let owner = Owner::Environment(environment.parts().id);
    let removed =
        environment.transition(keys_core::EnvironmentTransition::Remove, sample::instant(1)).unwrap();
    sample::update_environment(store, removed);
    sample::key(store, owner, 1);
    let inactive = sample::key(store, owner, 2);
    sample::transition(store, inactive, Transition::Deactivate);
    let deleted = sample::key(store, owner, 3);
    sample::delete(store, deleted);
    let name = SettingName::AccessControl;
    sample::commit(store, Write::PutSetting { name, value: "true".into() }).unwrap();
    sample::commit(store, Write::InsertPepper(PepperId::from_number(u64::MAX))).unwrap();
}
