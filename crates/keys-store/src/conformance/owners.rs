//! Accounts and environments.

use keys_core::{
    AccountId, AccountKind, AccountParts, AccountRecord, AccountState, AccountTransition, Creator,
    EnvironmentId, EnvironmentParts, EnvironmentRecord, EnvironmentTransition, Owner, OwnerStanding,
    Timestamp,
};

use super::sample;
use crate::cursor::{Cursor, SortValue};
use crate::error::Refusal;
use crate::query::{Direction, EnvironmentFilter, EnvironmentQuery, KeyQuery, Reach};
use crate::store::{Committed, KeyStore, Write};

/// Every kind, every state, with and without a name.
pub fn an_account_round_trips(store: &dyn KeyStore) {
    let mut n = 0;
    for kind in AccountKind::ALL {
        for state in [AccountState::Active, AccountState::Inactive] {
            n += 1;
            let mut new = sample::new_account(n);
            (new.kind, new.state) = (kind, state);
            new.description = (n % 3 == 0).then(|| sample::description("line one\nline 'two'"));
            new.name = (n % 2 == 0).then(|| sample::name("it's \"me\""));
            let made = sample::commit(store, Write::InsertAccount(new.clone())).unwrap();
            let Committed::Account(made) = made else { panic!("an account was to be made: {made:?}") };
            let expected = new.into_record(AccountId::new(n).unwrap(), sample::head_revision(store));
            assert_eq!(made, expected);
            assert_eq!(store.account(made.parts().id).unwrap(), Some(expected));
        }
    }
}

/// In order of id, behind a place, up to a limit.
pub fn accounts_are_listed_in_pages(store: &dyn KeyStore) {
    for n in 1..=5 {
        sample::commit(store, Write::InsertAccount(sample::new_account(n))).unwrap();
        sample::environment(store, n);
    }
    let read = |after: Option<u64>, limit| {
        let page = store.accounts(after.and_then(AccountId::new), limit).unwrap();
        (page.items.iter().map(|account| account.parts().id.number()).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(read(None, 5), (vec![1, 3, 5, 7, 9], false));
    assert_eq!(read(None, 4), (vec![1, 3, 5, 7], true));
    assert_eq!(read(Some(3), 2), (vec![5, 7], true));
    assert_eq!(read(Some(4), 9), (vec![5, 7, 9], false));
    assert_eq!(read(Some(9), 1), (vec![], false));
    assert_eq!(read(None, 0), (vec![], true));
}

/// Each state, with what exists only in it, and all that can be edited.
pub fn an_account_in_any_state_round_trips(store: &dyn KeyStore) {
    use AccountTransition::{Activate, Deactivate, Remove};

    let mut record = sample::account(store, 1);
    let id = record.parts().id;
    let default = EnvironmentId::new(u64::MAX >> 1);
    let edited = record.edit(None, Some(sample::description("''\n")), default, Timestamp::MAX).unwrap();
    record = sample::update_account(store, edited);
    record = sample::update_account(store, record.with_kind(AccountKind::Admin, Timestamp::MAX).unwrap());
    for transition in [Deactivate, Activate, Deactivate, Remove] {
        assert_eq!(store.account(id).unwrap().as_ref(), Some(&record));
        record = sample::update_account(store, record.transition(transition, sample::instant(9)).unwrap());
    }
    assert_eq!(record.parts().revision, sample::head_revision(store));
    assert_eq!(store.accounts(None, 9).unwrap().items, [record]);
}

/// Id, uuid and creation time are part of the statement; who read an older version is told which there is.
pub fn an_account_update_that_does_not_fit_is_refused(store: &dyn KeyStore) {
    let read = sample::account(store, 1);
    let newer = read.clone().transition(AccountTransition::Deactivate, sample::instant(1)).unwrap();
    let current = sample::update_account(store, newer);
    let parts = current.parts().clone();
    let before = sample::store_picture(store);
    let stale = Write::UpdateAccount { expected: read.parts().revision, record: read };
    let conflict = Refusal::Conflict { current: parts.revision };
    assert_eq!(sample::refusal(sample::commit(store, stale)), (0, conflict));
    for changed in [
        AccountParts { id: AccountId::new(99).unwrap(), ..parts.clone() },
        AccountParts { uuid: "another".parse().unwrap(), ..parts.clone() },
        AccountParts { created: Timestamp::MIN, ..parts.clone() },
    ] {
        let record = AccountRecord::from_parts(changed).unwrap();
        let refused = sample::commit(store, Write::UpdateAccount { record, expected: parts.revision });
        assert_eq!(sample::refusal(refused), (0, Refusal::NotFound));
    }
    assert_eq!(sample::store_picture(store), before);
}

/// Each state, with what exists only in it.
pub fn an_environment_in_any_state_round_trips(store: &dyn KeyStore) {
    use EnvironmentTransition::{Activate, Deactivate, Remove, Restore};

    let mut record = sample::environment(store, 1);
    let id = record.parts().id;
    let at = sample::instant(9);
    for transition in [Deactivate, Activate, Remove, Restore, Remove] {
        record = sample::update_environment(store, record.transition(transition, at).unwrap());
        assert_eq!(store.environment(Reach::AllOwners, id).unwrap().as_ref(), Some(&record));
    }
    let described = record.edit(None, Some(sample::description("''\n")), Timestamp::MAX);
    let record = sample::update_environment(store, described);
    assert_eq!(record.parts().revision, sample::head_revision(store));
    assert_eq!(store.environment(Reach::AllOwners, id).unwrap(), Some(record));
}

/// A uuid names one account or environment.
pub fn a_second_uuid_is_refused_and_changes_nothing(store: &dyn KeyStore) {
    let environment = sample::new_environment(1);
    let mut account = sample::new_account(1);
    sample::commit(store, Write::InsertEnvironment(environment.clone())).unwrap();
    sample::commit(store, Write::InsertAccount(account.clone())).unwrap();
    let before = sample::store_picture(store);
    let mut twin = sample::new_environment(2);
    twin.uuid = account.uuid.clone();
    let again = Write::InsertAccount(account.clone());
    account.uuid = environment.uuid.clone();
    let writes = [
        again,
        Write::InsertEnvironment(environment),
        Write::InsertEnvironment(twin),
        Write::InsertAccount(account),
    ];
    for write in writes {
        assert_eq!(sample::refusal(sample::commit(store, write)), (0, Refusal::AlreadyExists));
    }
    assert_eq!(sample::store_picture(store), before);
}

/// Who read an older version is told, and which version there is.
pub fn an_environment_update_with_stale_revision_is_a_conflict(store: &dyn KeyStore) {
    let read = sample::environment(store, 1);
    let newer = read.clone().transition(EnvironmentTransition::Deactivate, sample::instant(1)).unwrap();
    let current = sample::update_environment(store, newer).parts().revision;
    let before = sample::store_picture(store);
    let stale = Write::UpdateEnvironment { expected: read.parts().revision, record: read };
    assert_eq!(sample::refusal(sample::commit(store, stale)), (0, Refusal::Conflict { current }));
    assert_eq!(sample::store_picture(store), before);
}

/// Id, uuid, creator and creation time are part of the statement.
pub fn an_environment_update_of_what_never_changes_is_not_found(store: &dyn KeyStore) {
    let parts = sample::environment(store, 1).into_parts();
    let expected = parts.revision;
    let before = sample::store_picture(store);
    let creator = Creator { principal: Owner::Environment(parts.id), key: None };
    for changed in [
        EnvironmentParts { id: EnvironmentId::new(99).unwrap(), ..parts.clone() },
        EnvironmentParts { uuid: "another".parse().unwrap(), ..parts.clone() },
        EnvironmentParts { creator, ..parts.clone() },
        EnvironmentParts { created: Timestamp::MIN, ..parts.clone() },
    ] {
        let record = EnvironmentRecord::from_parts(changed).unwrap();
        let refused = sample::commit(store, Write::UpdateEnvironment { record, expected });
        assert_eq!(sample::refusal(refused), (0, Refusal::NotFound));
    }
    assert_eq!(sample::store_picture(store), before);
}

/// In order of id, both ways, removed ones only when asked for.
pub fn environments_are_listed_in_pages(store: &dyn KeyStore) {
    let records: Vec<_> = (1..=5).map(|n| sample::environment(store, n)).collect();
    let removed = records[2].clone().transition(EnvironmentTransition::Remove, sample::instant(1));
    sample::update_environment(store, removed.unwrap());
    let inactive = records[3].clone().transition(EnvironmentTransition::Deactivate, sample::instant(1));
    sample::update_environment(store, inactive.unwrap());
    let read = |removed, direction, after: Option<u64>, limit| {
        let after = after.and_then(EnvironmentId::new).map(|id| Cursor { value: SortValue::Id, id });
        let filter = EnvironmentFilter { removed, id: None };
        let query = EnvironmentQuery { direction, filter, after, limit, ..EnvironmentQuery::default() };
        let page = store.environments(Reach::AllOwners, &query).unwrap();
        (page.items.iter().map(|record| record.parts().id.number()).collect::<Vec<_>>(), page.more)
    };
    let (up, down) = (Direction::Ascending, Direction::Descending);
    assert_eq!(read(false, up, None, usize::MAX), (vec![1, 2, 4, 5], false));
    assert_eq!(read(true, up, None, KeyQuery::MAX_LIMIT), (vec![1, 2, 3, 4, 5], false));
    assert_eq!(read(true, down, None, 2), (vec![5, 4], true));
    assert_eq!(read(false, up, Some(2), 1), (vec![4], true));
    assert_eq!(read(false, down, Some(4), 2), (vec![2, 1], false));
    assert_eq!(read(false, down, Some(1), 2), (vec![], false));
    assert_eq!(read(false, up, None, 0), (vec![], true));
}

/// An environment's key sees its own environment; an account that is a member of none sees none.
pub fn reach_of_another_owner_finds_no_environment(store: &dyn KeyStore) {
    let [one, two] = [1, 2].map(|n| sample::environment(store, n).parts().id);
    let own = Reach::Owner(Owner::Environment(one));
    let account = Reach::Owner(Owner::Account(AccountId::new(two.number()).unwrap()));
    assert!(store.environment(own, one).unwrap().is_some());
    assert!(store.environment(own, two).unwrap().is_none());
    assert!(store.environment(account, two).unwrap().is_none());
    let listed = |reach| store.environments(reach, &EnvironmentQuery::default()).unwrap().items.len();
    assert_eq!((listed(own), listed(account), listed(Reach::AllOwners)), (1, 0, 2));
}

/// Accounts and environments share a counter; keys have their own.
pub fn ids_come_from_one_counter_for_each_family(store: &dyn KeyStore) {
    sample::commit(store, Write::InsertAccount(sample::new_account(1))).unwrap();
    let environment = sample::environment(store, 1).parts().id;
    let key = sample::key(store, Owner::Environment(environment), 1).parts().id;
    assert_eq!((environment.number(), key.number()), (2, 1));
    assert!(store.account(AccountId::new(2).unwrap()).unwrap().is_none());
    let account = EnvironmentId::new(1).unwrap();
    assert!(store.environment(Reach::AllOwners, account).unwrap().is_none());
}

/// Only an Active owner's keys are accepted; what is no owner has no row. Who administers does so while it is Active.
pub fn the_standing_of_an_owner_follows_its_state(store: &dyn KeyStore) {
    let standing = |owner| store.load_owner(owner).unwrap().row.map(|row| row.standing);
    let mut new = sample::new_account(1);
    new.state = AccountState::Inactive;
    sample::commit(store, Write::InsertAccount(new)).unwrap();
    sample::commit(store, Write::InsertAccount(sample::new_account(2))).unwrap();
    let accounts = [1, 2, 3].map(|n| Owner::Account(AccountId::new(n).unwrap()));
    let expected = [Some(OwnerStanding::Inactive), Some(OwnerStanding::Active), None];
    assert_eq!(accounts.map(standing), expected);
    let administers = |record: &AccountRecord| {
        store.load_owner(Owner::Account(record.parts().id)).unwrap().row.unwrap().administers
    };
    let person = store.account(AccountId::new(2).unwrap()).unwrap().unwrap();
    assert!(!administers(&person));
    let person = sample::update_account(store, person.with_kind(AccountKind::Admin, Timestamp::MAX).unwrap());
    assert!(administers(&person));
    let stopped = person.transition(AccountTransition::Deactivate, Timestamp::MAX).unwrap();
    let stopped = sample::update_account(store, stopped);
    let row = store.load_owner(Owner::Account(stopped.parts().id)).unwrap().row.unwrap();
    let found = (row.standing, row.administers, row.revision);
    assert_eq!(found, (OwnerStanding::Inactive, false, stopped.parts().revision));
    let mut record = sample::environment(store, 1);
    let owner = Owner::Environment(record.parts().id);
    assert_eq!(standing(owner), Some(OwnerStanding::Active));
    for transition in [EnvironmentTransition::Deactivate, EnvironmentTransition::Remove] {
        record =
            sample::update_environment(store, record.transition(transition, sample::instant(1)).unwrap());
        let row = store.load_owner(owner).unwrap().row.unwrap();
        assert_eq!((row.standing, row.revision), (OwnerStanding::Inactive, record.parts().revision));
    }
}
