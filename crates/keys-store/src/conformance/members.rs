//! Members: who may act in which environment, as what, and what that shows them.

use keys_core::{
    AccountId, Creator, EnvironmentId, EnvironmentTransition, KeyId, MemberId, MemberRecord, MembersRevision,
    Owner, Revision, Role, SettingName, Target, Timestamp,
};

use super::sample;
use crate::cursor::{Cursor, SortValue};
use crate::error::Refusal;
use crate::query::{Direction, EnvironmentFilter, EnvironmentOrder, EnvironmentQuery, KeyQuery, Reach};
use crate::store::{Change, Committed, KeyStore, Requirement, Write};

/// Two environments and three accounts, numbered 1 to 5.
fn five(store: &dyn KeyStore) -> ([EnvironmentId; 2], [AccountId; 3]) {
    let environments = [1, 2].map(|n| sample::environment(store, n).parts().id);
    (environments, [3, 4, 5].map(|n| sample::account(store, n).parts().id))
}

/// As it was given, by id and by whom it joins; a role that changes is kept with the next revision; a removed one is
/// gone.
pub fn a_member_is_kept_until_it_is_removed(store: &dyn KeyStore) {
    let ([environment, _], [account, ..]) = five(store);
    for role in Role::ALL {
        let made = sample::member(store, environment, account, role);
        let expected =
            sample::new_member(environment, account, role).into_record(made.id, sample::head_revision(store));
        assert_eq!(made, expected);
        assert_eq!(store.membership(environment, account).unwrap(), Some(expected));
        assert_eq!(store.member(Reach::AllOwners, made.id).unwrap(), Some(expected));
        let changed = sample::update_member(store, made, Role::ReadOnly);
        assert_eq!(changed, made.with_role(Role::ReadOnly).with_revision(sample::head_revision(store)));
        assert_eq!(store.membership(environment, account).unwrap(), Some(changed));
        let removed = sample::commit(store, Write::RemoveMember(changed)).unwrap();
        assert!(matches!(removed, Committed::MemberRemoved(record) if record == changed), "{removed:?}");
        assert_eq!(store.membership(environment, account).unwrap(), None);
        assert_eq!(store.member(Reach::AllOwners, made.id).unwrap(), None);
    }
}

/// Both must be there, an account is a member once, and a number is never given again.
pub fn a_member_that_cannot_be_is_refused_and_changes_nothing(store: &dyn KeyStore) {
    let ([environment, other], [account, ..]) = five(store);
    let first = sample::member(store, environment, account, Role::Owner);
    let before = sample::store_picture(store);
    let nobody = AccountId::new(99).unwrap();
    let nowhere = EnvironmentId::new(account.number()).unwrap();
    for (environment, account, refusal) in [
        (environment, nobody, Refusal::NotFound),
        (nowhere, account, Refusal::NotFound),
        (other, AccountId::new(environment.number()).unwrap(), Refusal::NotFound),
        (environment, account, Refusal::AlreadyExists),
    ] {
        let new = sample::new_member(environment, account, Role::Member);
        assert_eq!(sample::refusal(sample::commit(store, Write::InsertMember(new))), (0, refusal));
    }
    let twice = || sample::change(Write::InsertMember(sample::new_member(other, account, Role::Owner)));
    assert_eq!(sample::refusal(store.commit(vec![twice(), twice()])), (1, Refusal::AlreadyExists));
    assert_eq!(sample::store_picture(store), before);
    sample::commit(store, Write::RemoveMember(first)).unwrap();
    assert!(sample::member(store, environment, account, Role::Owner).id > first.id);
}

/// All but the role is part of the statement, of a change and of a removal.
pub fn a_member_update_that_does_not_fit_is_refused(store: &dyn KeyStore) {
    let ([environment, other], [account, second, _]) = five(store);
    let read = sample::member(store, environment, account, Role::Owner);
    let current = sample::update_member(store, read, Role::Member);
    let before = sample::store_picture(store);
    let conflict = Refusal::Conflict { current: current.revision };
    let creator = Creator { principal: Owner::Environment(environment), key: None };
    for (record, refusal) in [
        (read, conflict),
        (current.with_revision(Revision::new(99)), conflict),
        (MemberRecord { id: MemberId::new(99).unwrap(), ..current }, Refusal::NotFound),
        (MemberRecord { environment: other, ..current }, Refusal::NotFound),
        (MemberRecord { account: second, ..current }, Refusal::NotFound),
        (MemberRecord { creator, ..current }, Refusal::NotFound),
        (MemberRecord { created: Timestamp::MAX, ..current }, Refusal::NotFound),
    ] {
        let change = Write::UpdateMember { record: record.with_role(Role::Owner), expected: record.revision };
        assert_eq!(sample::refusal(sample::commit(store, change)), (0, refusal), "{record:?}");
        let removal = Write::RemoveMember(record.with_role(current.role));
        assert_eq!(sample::refusal(sample::commit(store, removal)), (0, refusal), "{record:?}");
    }
    assert_eq!(sample::store_picture(store), before);
}

/// An environment comes with its first members or not at all; it has no number yet, so its uuid names it.
pub fn a_founder_joins_the_environment_of_the_same_commit(store: &dyn KeyStore) {
    let account = sample::account(store, 1).parts().id;
    let new = sample::new_environment(2);
    let founder = |uuid: &str| Write::InsertFounder {
        environment: uuid.parse().unwrap(),
        account,
        role: Role::Owner,
        creator: sample::creator(),
        created: sample::instant(0),
    };
    let before = sample::store_picture(store);
    let changes = [Write::InsertEnvironment(new.clone()), founder("environment-3")].map(sample::change);
    assert_eq!(sample::refusal(store.commit(changes.into())), (1, Refusal::NotFound));
    // The uuid of an account is no environment's.
    let refused = sample::commit(store, founder(&format!("{}", sample::new_account(1).uuid)));
    assert_eq!(sample::refusal(refused), (0, Refusal::NotFound));
    assert_eq!(sample::store_picture(store), before);
    let changes = [Write::InsertEnvironment(new), founder("environment-2")].map(sample::change);
    let committed = store.commit(changes.into()).unwrap();
    let [Committed::Environment(environment), Committed::Member(member)] = committed.as_slice() else {
        panic!("{committed:?}")
    };
    assert_eq!((member.environment, member.account), (environment.parts().id, account));
    assert_eq!(store.membership(environment.parts().id, account).unwrap(), Some(*member));
    let again = sample::commit(store, founder("environment-2"));
    assert_eq!(sample::refusal(again), (0, Refusal::AlreadyExists));
}

/// Of one environment, and of all of them, in order of id, behind a place, up to a limit.
pub fn members_are_listed_in_pages(store: &dyn KeyStore) {
    let ([one, two], [a, b, c]) = five(store);
    for (environment, account) in [(one, c), (two, a), (one, a), (two, c), (one, b)] {
        sample::member(store, environment, account, Role::Member);
    }
    let read = |reach, after: Option<u64>, limit| {
        let page = store.members(reach, after.and_then(MemberId::new), limit).unwrap();
        (page.items.iter().map(|member| member.id.number()).collect::<Vec<_>>(), page.more)
    };
    let of_environment = |id| Reach::Owner(Owner::Environment(id));
    assert_eq!(read(Reach::AllOwners, None, usize::MAX), (vec![1, 2, 3, 4, 5], false));
    assert_eq!(read(Reach::AllOwners, Some(2), 2), (vec![3, 4], true));
    assert_eq!(read(of_environment(one), None, 10), (vec![1, 3, 5], false));
    assert_eq!(read(of_environment(one), Some(1), 1), (vec![3], true));
    assert_eq!(read(of_environment(two), None, 2), (vec![2, 4], false));
    assert_eq!(read(of_environment(two), None, 0), (vec![], true));
    let member = |reach, id| store.member(reach, MemberId::new(id).unwrap()).unwrap().is_some();
    assert!(member(of_environment(one), 1) && member(Reach::AllOwners, 1) && !member(of_environment(two), 1));
}

/// Whatever the state of the environment, in order of the environment.
pub fn what_an_account_is_a_member_of_is_listed(store: &dyn KeyStore) {
    let ([one, two], [a, b, _]) = five(store);
    for (environment, account) in [(two, a), (one, b), (one, a)] {
        sample::member(store, environment, account, Role::Member);
    }
    let record = store.environment(Reach::AllOwners, one).unwrap().unwrap();
    let removed = record.transition(EnvironmentTransition::Remove, sample::instant(1)).unwrap();
    sample::update_environment(store, removed);
    let read = |account, after, limit| {
        let page = store.memberships(account, after, limit).unwrap();
        (page.items.iter().map(|member| member.id.number()).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(read(a, None, usize::MAX), (vec![3, 1], false));
    assert_eq!(read(a, None, 1), (vec![3], true));
    assert_eq!(read(a, Some(one), 1), (vec![1], false));
    assert_eq!(read(b, None, 9), (vec![2], false));
    assert_eq!(read(AccountId::new(99).unwrap(), None, 9), (vec![], false));
}

/// Active ones to every member, the others to owners; nothing of any other environment.
pub fn an_account_reaches_the_environments_it_is_a_member_of(store: &dyn KeyStore) {
    let (_, [owner, reader, stranger]) = five(store);
    let states =
        [(6, None), (7, Some(EnvironmentTransition::Deactivate)), (8, Some(EnvironmentTransition::Remove))];
    for (n, transition) in states {
        let record = sample::environment(store, n);
        let id = record.parts().id;
        sample::member(store, id, reader, Role::ReadOnly);
        sample::member(store, id, owner, Role::Owner);
        if let Some(transition) = transition {
            sample::update_environment(store, record.transition(transition, sample::instant(1)).unwrap());
        }
    }
    let reach = |account| Reach::Owner(Owner::Account(account));
    let list = |account, removed, direction, after: Option<u64>, limit| {
        let after = after.and_then(EnvironmentId::new).map(|id| Cursor { value: SortValue::Id, id });
        let filter = EnvironmentFilter { removed, id: None };
        let query = EnvironmentQuery { direction, filter, after, limit, ..EnvironmentQuery::default() };
        let page = store.environments(reach(account), &query).unwrap();
        (page.items.iter().map(|record| record.parts().id.number()).collect::<Vec<_>>(), page.more)
    };
    let (up, down) = (Direction::Ascending, Direction::Descending);
    assert_eq!(list(owner, false, up, None, 9), (vec![6, 7], false));
    assert_eq!(list(owner, true, up, None, KeyQuery::MAX_LIMIT + 1), (vec![6, 7, 8], false));
    assert_eq!(list(owner, true, down, None, 2), (vec![8, 7], true));
    assert_eq!(list(owner, true, down, Some(7), 2), (vec![6], false));
    assert_eq!(list(owner, true, up, Some(6), 1), (vec![7], true));
    assert_eq!(list(reader, true, up, None, 9), (vec![6], false));
    assert_eq!(list(reader, true, up, Some(6), 9), (vec![], false));
    assert_eq!(list(stranger, true, up, None, 9), (vec![], false));
    for id in 1..=9 {
        let environment = EnvironmentId::new(id).unwrap();
        let sees = |account| store.environment(reach(account), environment).unwrap().is_some();
        assert_eq!(
            (sees(owner), sees(reader), sees(stranger)),
            ((6..9).contains(&id), id == 6, false),
            "{id}"
        );
    }
    // In any order and by id, behind a place, as every other list.
    for order in EnvironmentOrder::ALL {
        for direction in Direction::ALL {
            let filter = EnvironmentFilter { removed: true, id: None };
            let query = EnvironmentQuery { order, direction, filter, after: None, limit: 9 };
            let all = store.environments(Reach::AllOwners, &query).unwrap().items;
            let expected: Vec<_> = all.into_iter().filter(|record| record.parts().id.number() >= 6).collect();
            let own = store.environments(reach(owner), &query).unwrap().items;
            assert_eq!(own, expected, "{order:?} {direction:?}");
            for (place, record) in own.iter().enumerate() {
                let behind = EnvironmentQuery { after: Some(Cursor::of(record, order)), ..query.clone() };
                let rest = store.environments(reach(owner), &behind).unwrap().items;
                assert_eq!(rest, own[place + 1..], "{order:?} {direction:?}");
                let filter = EnvironmentFilter { id: Some(record.parts().id), ..filter };
                let one = store.environments(reach(owner), &EnvironmentQuery { filter, ..query.clone() });
                assert_eq!(one.unwrap().items, std::slice::from_ref(record));
            }
        }
    }
    // Whoever is shown an environment is shown its members.
    let fellows = |account, after: Option<u64>, limit| {
        let page = store.members(reach(account), after.and_then(MemberId::new), limit).unwrap();
        for member in &page.items {
            assert_eq!(store.member(reach(account), member.id).unwrap(), Some(*member));
        }
        (page.items.iter().map(|member| member.id.number()).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(fellows(owner, None, 9), (vec![1, 2, 3, 4, 5, 6], false));
    assert_eq!(fellows(owner, Some(2), 2), (vec![3, 4], true));
    assert_eq!(fellows(reader, None, 9), (vec![1, 2], false));
    assert_eq!(store.member(reach(reader), MemberId::new(3).unwrap()).unwrap(), None);
    assert_eq!(fellows(stranger, None, 9), (vec![], false));
    // What ends a membership ends what it shows.
    let member = store.membership(EnvironmentId::new(6).unwrap(), reader).unwrap().unwrap();
    sample::commit(store, Write::RemoveMember(member)).unwrap();
    assert_eq!(list(reader, true, up, None, 9), (vec![], false));
}

/// Whose it is, who and as what: the event says it all, because a removed member says nothing.
pub fn an_event_names_a_member_with_account_and_role(store: &dyn KeyStore) {
    let ([environment, _], [account, ..]) = five(store);
    let made = sample::member(store, environment, account, Role::Owner);
    let changed = sample::update_member(store, made, Role::ReadOnly);
    sample::commit(store, Write::RemoveMember(changed)).unwrap();
    let events = store.audit(keys_core::AuditId::new(5), 9).unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|linked| (linked.event.owner, linked.event.target, linked.event.before, linked.event.after))
        .collect();
    let owner = Owner::Environment(environment);
    let target = |role| Target::Member(made.id, account, role);
    let [first, second, third] = [6, 7, 8].map(Revision::new);
    assert_eq!(
        told,
        [
            (owner, target(Role::Owner), None, first),
            (owner, target(Role::ReadOnly), Some(first), second),
            (owner, target(Role::ReadOnly), Some(second), third),
        ]
    );
}

/// At this point of the commit. Nothing that becomes of another environment counts, and no list comes back.
pub fn the_members_that_were_read_can_be_required(store: &dyn KeyStore) {
    let ([environment, other], [one, two, three]) = five(store);
    let read = || store.members(Reach::Owner(Owner::Environment(environment)), None, 9).unwrap().items;
    let commits = |revision| {
        let change = sample::change(Write::InsertMember(sample::new_member(other, three, Role::Owner)));
        let requires = vec![Requirement::MembersAre { environment, revision }];
        let added = store.commit(vec![Change { requires, ..change }]);
        match added.map(|committed| committed.into_iter().next()) {
            Ok(Some(Committed::Member(member))) => {
                sample::commit(store, Write::RemoveMember(member)).unwrap();
                true
            }
            refused => {
                assert_eq!(sample::refusal(refused.map(|_| Vec::<Committed>::new())), (0, Refusal::Unmet));
                false
            }
        }
    };
    let mut lists = vec![MembersRevision::of(&read())];
    let changed = |lists: &mut Vec<MembersRevision>| {
        let now = MembersRevision::of(&read());
        assert!(!lists.contains(&now), "{now} was there before: {lists:?}");
        assert!(lists.iter().all(|before| !commits(*before)), "{lists:?}");
        assert!(commits(now));
        lists.push(now);
    };
    let first = sample::member(store, environment, one, Role::Owner);
    changed(&mut lists);
    let second = sample::member(store, environment, two, Role::Member);
    changed(&mut lists);
    let second = sample::update_member(store, second, Role::ReadOnly);
    changed(&mut lists);
    sample::commit(store, Write::RemoveMember(first)).unwrap();
    changed(&mut lists);
    let first = sample::member(store, environment, one, Role::Owner);
    changed(&mut lists);
    sample::update_member(store, second, Role::Member);
    changed(&mut lists);
    // What the changes before it in the same commit have made counts as well.
    let remove = sample::change(Write::RemoveMember(first));
    let requires = vec![Requirement::MembersAre { environment, revision: MembersRevision::of(&read()) }];
    let put = Write::PutSetting { name: SettingName::AccessControl, value: "true".into() };
    let late = Change { requires, ..sample::change(put) };
    assert_eq!(sample::refusal(store.commit(vec![remove, late])), (1, Refusal::Unmet));
}

/// By whichever key, or by one; deleted ones too; whoever they belong to.
pub fn keys_are_found_by_who_made_them(store: &dyn KeyStore) {
    let ([environment, other], [person, ..]) = five(store);
    let principal = Owner::Account(person);
    let made = |owner, n, creator| {
        let mut new = sample::new_key(owner, n);
        new.creator = creator;
        sample::insert(store, new)
    };
    let by_hand = Creator { principal, key: None };
    let by_key = Creator { principal, key: KeyId::new(1) };
    // Text that begins alike belongs to another.
    let near = Creator { principal: Owner::Account(AccountId::new(30).unwrap()), key: KeyId::new(10) };
    let records = [
        made(Owner::Environment(environment), 1, by_hand),
        made(Owner::Environment(other), 2, by_key),
        made(principal, 3, by_key),
        made(principal, 4, near),
        made(Owner::Environment(other), 5, Creator { key: KeyId::new(10), ..by_key }),
        made(Owner::Environment(other), 6, by_hand),
    ];
    let read = |creator, after: Option<u64>, limit| {
        let page = store.keys_made_by(creator, after.and_then(KeyId::new), limit).unwrap();
        (page.items.iter().map(|record| record.parts().id.number()).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(read(by_hand, None, 9), (vec![1, 2, 3, 5, 6], false));
    assert_eq!(read(by_hand, Some(1), 2), (vec![2, 3], true));
    assert_eq!(read(by_key, None, 9), (vec![2, 3], false));
    assert_eq!(read(by_key, Some(2), 1), (vec![3], false));
    let [.., last] = records;
    sample::delete(store, last);
    assert_eq!(read(by_hand, Some(4), 9), (vec![5, 6], false));
    assert_eq!(
        read(Creator { principal: Owner::Environment(environment), key: None }, None, 9),
        (vec![], false)
    );
}
