//! A person who is removed while somebody makes them a member: whichever comes first, no membership of nobody stays behind.

use std::thread;

use keys_core::{AccountId, AccountState, AccountTransition, EnvironmentId, Role};
use keys_service::{AccountError, EnvironmentChangeError, EnvironmentRequest, MembersError};
use keys_store::fault::{Call, Calls, Moment};
use keys_store::{EnvironmentQuery, KeyStore as _, Reach};

use crate::support::{House, administrator, seeded};

/// Does the slow thing up to its write, then the fast one, then the rest of the slow one.
fn overtaken<T: Send>(house: &House, slow: impl Fn() -> T + Sync, fast: impl FnOnce()) -> T {
    let hold = house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
    thread::scope(|scope| {
        let slow = scope.spawn(&slow);
        hold.wait_until_reached();
        fast();
        hold.release();
        slow.join().unwrap()
    })
}

fn go(house: &House, id: AccountId, transition: AccountTransition) -> Result<(), AccountError> {
    house.authority.transition_account(&administrator(), id, transition, None).map(drop)
}

fn remove(house: &House, id: AccountId) {
    for transition in [AccountTransition::Deactivate, AccountTransition::Remove] {
        go(house, id, transition).unwrap();
    }
}

fn put(house: &House, place: EnvironmentId, id: AccountId, role: Role) -> Result<(), MembersError> {
    house.authority.put_member(&administrator(), place, id, role).map(drop)
}

/// What somebody is a member of, whatever the states of both.
fn memberships(house: &House, id: AccountId) -> usize {
    house.store.memberships(id, None, 100).unwrap().items.len()
}

#[test]
fn who_was_removed_while_being_added_is_no_member() {
    let mut house = House::new();
    let ada = house.person("Ada").id;
    let place = house.environment(&[(AccountId::ADMIN, Role::Owner)]);
    let outcome = overtaken(&house, || put(&house, place, ada, Role::Member), || remove(&house, ada));
    assert!(matches!(outcome, Err(MembersError::NotAPerson { account }) if account == ada), "{outcome:?}");
    assert_eq!(memberships(&house, ada), 0);
}

#[test]
fn who_was_removed_while_a_whole_list_was_set_leaves_it_as_it_was() {
    let mut house = House::new();
    let [ada, grace] = ["Ada", "Grace"].map(|name| house.person(name).id);
    let place = house.environment(&[(AccountId::ADMIN, Role::Owner)]);
    // The one who goes is neither the first nor the only step.
    let wanted = [(AccountId::ADMIN, Role::Owner), (grace, Role::Member), (ada, Role::ReadOnly)];
    let set = || house.authority.set_members(&administrator(), place, &wanted, None).map(drop);
    let outcome = overtaken(&house, set, || remove(&house, ada));
    assert!(matches!(outcome, Err(MembersError::NotAPerson { account }) if account == ada), "{outcome:?}");
    assert_eq!((memberships(&house, ada), memberships(&house, grace)), (0, 0));
}

#[test]
fn who_was_added_while_being_removed_is_no_member() {
    let mut house = House::new();
    let ada = house.person("Ada").id;
    let [first, second] = [(); 2].map(|()| house.environment(&[(AccountId::ADMIN, Role::Owner)]));
    put(&house, first, ada, Role::Member).unwrap();
    go(&house, ada, AccountTransition::Deactivate).unwrap();
    let removed = overtaken(
        &house,
        || go(&house, ada, AccountTransition::Remove),
        || put(&house, second, ada, Role::Member).unwrap(),
    );
    removed.unwrap();
    assert_eq!(memberships(&house, ada), 0);
    let state = house.authority.account(&administrator(), ada).unwrap().unwrap().parts().state;
    assert!(matches!(state, AccountState::Removed { .. }));
}

#[test]
fn who_gets_another_role_while_being_removed_is_no_member() {
    let mut house = House::new();
    let ada = house.person("Ada").id;
    let place = house.environment(&[(AccountId::ADMIN, Role::Owner)]);
    put(&house, place, ada, Role::Member).unwrap();
    go(&house, ada, AccountTransition::Deactivate).unwrap();
    let removed = overtaken(
        &house,
        || go(&house, ada, AccountTransition::Remove),
        || put(&house, place, ada, Role::Owner).unwrap(),
    );
    removed.unwrap();
    assert_eq!(memberships(&house, ada), 0);
}

#[test]
fn an_environment_is_not_made_for_somebody_who_was_removed_meanwhile() {
    let mut house = House::new();
    let ada = house.person("Ada").id;
    let there =
        || house.store.environments(Reach::AllOwners, &EnvironmentQuery::default()).unwrap().items.len();
    let before = there();
    let create = || {
        let members = Some(vec![(AccountId::ADMIN, Role::Owner), (ada, Role::Member)]);
        let request = EnvironmentRequest { members, ..EnvironmentRequest::default() };
        house.authority.create_environment(&administrator(), request, &mut seeded(3)).map(drop)
    };
    let outcome = overtaken(&house, create, || remove(&house, ada));
    assert!(
        matches!(
            outcome,
            Err(EnvironmentChangeError::Members(MembersError::NotAPerson { account })) if account == ada
        ),
        "{outcome:?}"
    );
    assert_eq!((memberships(&house, ada), there()), (0, before));
}

/// The caller's own end is told as that, not as that of whom it wanted to add.
#[test]
fn a_caller_who_was_removed_meanwhile_changes_no_members() {
    let mut house = House::new();
    let [owner, grace] = ["Ada", "Grace"].map(|name| house.person(name));
    let place = house.environment(&[(AccountId::ADMIN, Role::Owner), (owner.id, Role::Owner)]);
    let inside = house.person_inside(&owner, place);
    let put = || house.authority.put_member(&inside, place, grace.id, Role::Member).map(drop);
    let disable = || go(&house, owner.id, AccountTransition::Deactivate).unwrap();
    let outcome = overtaken(&house, put, disable);
    assert!(matches!(outcome, Err(MembersError::Revoked)), "{outcome:?}");
    assert_eq!(memberships(&house, grace.id), 0);
}
