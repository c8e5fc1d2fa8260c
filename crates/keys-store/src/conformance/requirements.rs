//! What a change can require of people, and of whoever wants it.

use keys_core::{
    AccountId, AccountKind, AccountRecord, AccountTransition, EnvironmentTransition, MembersRevision, Owner,
    Revision, Role, SettingName, Transition,
};

use super::sample;
use crate::error::Refusal;
use crate::log_in::EndSessions;
use crate::query::{KeyQuery, Reach};
use crate::store::{Change, Committed, KeyStore, Requirement, Standing, Write};

/// An account of this kind, with an Active key or none.
fn account(store: &dyn KeyStore, n: u64, kind: AccountKind, with_key: bool) -> AccountRecord {
    let new = keys_core::NewAccount { kind, ..sample::new_account(n) };
    let Ok(Committed::Account(record)) = sample::commit(store, Write::InsertAccount(new)) else {
        panic!("an account was to be made")
    };
    if with_key {
        sample::key(store, Owner::Account(record.parts().id), n);
    }
    record
}

/// Whether a change with this requirement would be made.
fn holds(store: &dyn KeyStore, requires: Requirement) -> bool {
    let put = Write::PutSetting { name: SettingName::AccessControl, value: "true".into() };
    // The last change is refused, so nothing is changed either way.
    let doomed = Change { requires: vec![Requirement::EmptyStore], ..sample::change(put.clone()) };
    let changes = vec![Change { requires: vec![requires], ..sample::change(put) }, doomed];
    match sample::refusal(store.commit(changes)) {
        (0, Refusal::Unmet) => false,
        (1, Refusal::Unmet) => true,
        other => panic!("{other:?}"),
    }
}

/// Active, administering, with an Active key that has not expired or a password.
pub fn an_administrator_who_can_enter_can_be_required(store: &dyn KeyStore) {
    let now = sample::instant(50);
    let can_enter = || holds(store, Requirement::AdministratorCanEnter { now });
    let person = account(store, 1, AccountKind::User, true);
    let administrator = account(store, 2, AccountKind::Admin, false);
    account(store, 3, AccountKind::System, true);
    assert!(!can_enter());
    let mut expiring = sample::new_key(Owner::Account(administrator.parts().id), 9);
    expiring.expires_at = Some(now);
    sample::insert(store, expiring);
    assert!(!can_enter());
    let person = sample::update_account(store, person.with_kind(AccountKind::Admin, now).unwrap());
    assert!(can_enter());
    let inactive = person.transition(AccountTransition::Deactivate, now).unwrap();
    sample::update_account(store, inactive);
    assert!(!can_enter());
    let key = sample::key(store, Owner::Account(administrator.parts().id), 10);
    assert!(can_enter());
    sample::transition(store, key, Transition::Deactivate);
    assert!(!can_enter());
    // A password is as good as a key.
    let new = sample::new_password(administrator.parts().id, "root");
    let Ok(Committed::Password(password)) = sample::commit(store, Write::InsertPassword(new)) else {
        panic!("a password was to be set")
    };
    assert!(can_enter());
    let removed = password.remove(now).unwrap();
    let expected = removed.parts().revision;
    sample::commit(store, Write::UpdatePassword { record: removed, expected }).unwrap();
    assert!(!can_enter());
}

/// Beside the one who stops; not at all while access control is off.
pub fn another_administrator_is_required_while_access_control_is_on(store: &dyn KeyStore) {
    let now = sample::instant(50);
    let first = account(store, 1, AccountKind::Admin, true).parts().id;
    let second = account(store, 2, AccountKind::Admin, false).parts().id;
    let remains = |without| holds(store, Requirement::AdministratorRemains { without, now });
    let put = |value: &str| {
        let write = Write::PutSetting { name: SettingName::AccessControl, value: value.into() };
        sample::commit(store, write).unwrap();
    };
    assert!(remains(first) && remains(second));
    put("true");
    assert!(!remains(first) && remains(second));
    sample::key(store, Owner::Account(second), 2);
    assert!(remains(first) && remains(second));
    let key = store.load_key(&sample::access_key(2)).unwrap().row.unwrap().key;
    let key = store.key(Reach::AllOwners, key).unwrap().unwrap();
    sample::transition(store, key, Transition::Deactivate);
    assert!(!remains(first));
    put("false");
    assert!(remains(first));
}

/// Until it is put again, with the same value too; the others do not count.
pub fn a_setting_can_be_required_to_be_as_it_was_read(store: &dyn KeyStore) {
    let (name, other) = (SettingName::AccessControl, SettingName::Realm);
    let at = |revision| Requirement::SettingAt { name, revision };
    let put = |name, value: &str| {
        sample::commit(store, Write::PutSetting { name, value: value.into() }).unwrap();
        sample::head_revision(store)
    };
    assert!(holds(store, at(Revision::ZERO)), "it was never put");
    put(other, "vault");
    assert!(holds(store, at(Revision::ZERO)));
    let first = put(name, "false");
    assert!(!holds(store, at(Revision::ZERO)));
    assert!(holds(store, at(first)));
    put(other, "safe");
    assert!(holds(store, at(first)));
    let second = put(name, "false");
    assert!(!holds(store, at(first)), "it was put again");
    assert!(holds(store, at(second)));
}

/// All that an account is a member of, wherever; what others are members of does not count.
pub fn memberships_can_be_required_to_be_as_they_were_read(store: &dyn KeyStore) {
    let [account, other] = [1, 2].map(|n| sample::account(store, n).parts().id);
    let [first, second] = [3, 4].map(|n| sample::environment(store, n).parts().id);
    let revision = || {
        let page = store.memberships(account, None, KeyQuery::MAX_LIMIT).unwrap();
        MembersRevision::of(&page.items)
    };
    let are = |revision| holds(store, Requirement::MembershipsAre { account, revision });
    let none = revision();
    assert!(are(none));
    sample::member(store, first, other, Role::Owner);
    assert!(are(none), "another's");
    let member = sample::member(store, first, account, Role::Member);
    let one = revision();
    assert!(are(one) && !are(none));
    let changed = sample::update_member(store, member, Role::ReadOnly);
    assert!(!are(one), "another role");
    let one = revision();
    sample::member(store, second, account, Role::Member);
    assert!(!are(one), "another environment");
    sample::commit(store, Write::RemoveMember(changed)).unwrap();
    assert!(!are(one) && !are(none) && are(revision()));
    // As the changes before it in the same commit leave them.
    let new = sample::new_member(first, account, Role::Owner);
    let before = Requirement::MembershipsAre { account, revision: revision() };
    let put = Write::PutSetting { name: SettingName::Realm, value: "vault".into() };
    let put = Change { requires: vec![before], ..sample::change(put) };
    let refused = store.commit(vec![sample::change(Write::InsertMember(new)), put]);
    assert_eq!(sample::refusal(refused), (1, Refusal::Unmet));
}

/// Active or Inactive, but there.
pub fn an_account_can_be_required_not_to_be_removed(store: &dyn KeyStore) {
    let is_there = |id| holds(store, Requirement::NotRemoved(id));
    let record = account(store, 1, AccountKind::User, false);
    let id = record.parts().id;
    assert!(is_there(id));
    assert!(!is_there(AccountId::new(99).unwrap()));
    let go = |record: AccountRecord, transition| {
        sample::update_account(store, record.transition(transition, sample::instant(1)).unwrap())
    };
    let record = go(record, AccountTransition::Deactivate);
    assert!(is_there(id), "an Inactive one is there");
    go(record, AccountTransition::Remove);
    assert!(!is_there(id));
}

/// Whichever of them fails.
pub fn each_of_several_requirements_must_hold(store: &dyn KeyStore) {
    let put = Write::PutSetting { name: SettingName::AccessControl, value: "true".into() };
    let commit = |requires: &[Requirement]| {
        store.commit(vec![Change { requires: requires.to_vec(), ..sample::change(put.clone()) }])
    };
    let never = |name| Requirement::SettingAt { name, revision: Revision::ZERO };
    let (empty, absent) = (Requirement::EmptyStore, never(SettingName::AccessControl));
    let realm = never(SettingName::Realm);
    commit(&[empty, absent, realm]).unwrap();
    for requires in [&[absent, realm][..], &[realm, absent], &[realm, empty, realm]] {
        assert_eq!(sample::refusal(commit(requires)), (0, Refusal::Unmet), "{requires:?}");
    }
    commit(&[realm, realm]).unwrap();
    assert_eq!(sample::head_revision(store).number(), 2);
}

/// Principal, key, role and session: each that is taken away is noticed, and none is asked for that was not named.
pub fn a_caller_stands_while_nothing_of_it_was_taken_away(store: &dyn KeyStore) {
    let now = sample::instant(50);
    let record = account(store, 1, AccountKind::User, false);
    let id = record.parts().id;
    let principal = Owner::Account(id);
    let key = sample::key(store, principal, 1);
    let environment = sample::environment(store, 1);
    let member = sample::member(store, environment.parts().id, id, Role::Member);
    let plain = Standing { principal, administers: false, key: None, role: None, session: None, now };
    let stands = |standing| holds(store, Requirement::CallerStands(standing));
    let with_key = Standing { key: Some(key.parts().id), ..plain };
    let as_role = |role| Standing { role: Some((environment.parts().id, role)), ..plain };
    let administering = Standing { administers: true, ..plain };

    assert!(stands(plain) && stands(with_key) && !stands(administering));
    assert!(
        !stands(as_role(Role::Owner)) && stands(as_role(Role::Member)) && stands(as_role(Role::ReadOnly))
    );
    // The key of another principal is none of this one.
    assert!(!stands(Standing { principal: Owner::Environment(environment.parts().id), ..with_key }));

    let member = sample::update_member(store, member, Role::Restricted);
    assert!(!stands(as_role(Role::Member)) && stands(as_role(Role::Restricted)));
    sample::commit(store, Write::RemoveMember(member)).unwrap();
    assert!(!stands(as_role(Role::ReadOnly)) && stands(plain));

    let other = account(store, 2, AccountKind::User, false).parts().id;
    let [session, others] = [(id, 1), (other, 2)].map(|(account, n)| {
        let session = sample::new_session(account, n);
        match sample::commit(store, Write::BeginSession { session, device: None }) {
            Ok(Committed::Session(session)) => session.parts().id,
            other => panic!("a session was to begin: {other:?}"),
        }
    });
    let in_session = |session| Standing { session: Some(session), ..plain };
    assert!(stands(in_session(session)) && !stands(in_session(others)));
    let end = Write::EndSessions(EndSessions::One { account: id, session });
    sample::commit(store, end).unwrap();
    assert!(!stands(in_session(session)) && stands(plain));

    sample::transition(store, key, Transition::Deactivate);
    assert!(!stands(with_key) && stands(plain));

    let record = sample::update_account(store, record.with_kind(AccountKind::Admin, now).unwrap());
    assert!(stands(administering));
    sample::update_account(store, record.transition(AccountTransition::Deactivate, now).unwrap());
    assert!(!stands(administering) && !stands(plain));

    let own = Standing { principal: Owner::Environment(environment.parts().id), ..plain };
    assert!(stands(own));
    let stopped = environment.transition(EnvironmentTransition::Deactivate, now).unwrap();
    sample::update_environment(store, stopped);
    assert!(!stands(own));
}
