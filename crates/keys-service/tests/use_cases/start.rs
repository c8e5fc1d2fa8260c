//! Opening an authority: the first start, the next one, and peppers.

use std::sync::Arc;

use keys_core::{AccessControl, Action, EnvironmentState, EnvironmentTransition, Via};
use keys_service::{Authority, AuthorityConfig, OpenError, StoreFailure};
use keys_store::conformance::sample;
use keys_store::fault::{Call, Calls, Fault, FaultStore};
use keys_store::{BackendErrorKind, EnvironmentQuery, KeyStore, MemoryStore, Reach, Write};

use crate::support::{House, administrator, config, config_with, now, open, pepper, rng};

fn try_open(store: Arc<dyn KeyStore>, config: AuthorityConfig) -> Result<Authority, OpenError> {
    Authority::open(store, config, "start".parse().unwrap(), now(), &mut rng())
}

#[test]
fn an_empty_store_gets_accounts_environment_and_pepper() {
    let house = House::new();
    let store = house.authority.store();

    let accounts = store.accounts(None, 10).unwrap().items;
    let accounts: Vec<_> = accounts
        .iter()
        .map(|account| {
            let parts = account.parts();
            format!("{} {} {} {}", parts.id, parts.uuid, parts.kind, parts.state)
        })
        .collect();
    assert_eq!(
        accounts,
        [
            "1a1 admin admin active",
            "1a2 system system inactive",
            "1a3 superadmin superadmin inactive",
            "1a4 token token active"
        ]
    );

    let environments = house.authority.environments(&administrator(), &EnvironmentQuery::default()).unwrap();
    let [environment] = &*environments.items else { panic!("one environment: {environments:?}") };
    let parts = environment.parts();
    assert_eq!(parts.id.to_string(), "1a5");
    assert_eq!(parts.uuid.as_str(), "adminProject");
    assert_eq!(parts.name.as_ref().map(|name| name.as_str()), Some("Default"));
    assert_eq!(parts.state, EnvironmentState::Active);

    let members = house.authority.members_of(&administrator(), parts.id).unwrap().unwrap();
    let members: Vec<_> =
        members.iter().map(|one| format!("{} {} {}", one.id, one.account, one.role)).collect();
    assert_eq!(members, ["1pm1 1a1 owner"]);

    assert_eq!(store.peppers().unwrap(), [pepper(1).id()]);
    assert_eq!(house.authority.access_control(), AccessControl::Off);
}

#[test]
fn the_set_up_is_one_commit_of_the_system() {
    let house = House::new();
    let events = house.authority.store().audit(None, 100).unwrap();
    let actions: Vec<_> = events.iter().map(|linked| linked.event.action).collect();
    assert_eq!(
        actions,
        [
            Action::CreateAccount,
            Action::CreateAccount,
            Action::CreateAccount,
            Action::CreateAccount,
            Action::CreateEnvironment,
            Action::AddMember,
            Action::AddPepper
        ]
    );
    assert!(events.iter().all(|linked| linked.event.origin.via == Via::System));
}

#[test]
fn a_second_start_changes_nothing() {
    let store: Arc<dyn KeyStore> = Arc::new(MemoryStore::new());
    drop(open(Arc::clone(&store), config()));
    let before = store.head().unwrap();
    drop(open(Arc::clone(&store), config()));
    assert_eq!(store.head().unwrap(), before);
}

/// Databases of the time before there were members: every environment gets the owner it would have had.
#[test]
fn environments_without_any_member_get_the_administrator_as_owner() {
    let store: Arc<dyn KeyStore> = Arc::new(MemoryStore::new());
    drop(open(Arc::clone(&store), config()));
    let stranger = store.member(Reach::AllOwners, "1pm1".parse().unwrap()).unwrap().unwrap();
    sample::commit(&*store, Write::RemoveMember(stranger)).unwrap();
    let second = sample::environment(&*store, 2);
    let removed = second.transition(EnvironmentTransition::Remove, now()).unwrap();
    sample::update_environment(&*store, removed);

    drop(open(Arc::clone(&store), config()));
    let members = store.members(Reach::AllOwners, None, 9).unwrap().items;
    let members: Vec<_> =
        members.iter().map(|one| format!("{} {} {}", one.environment, one.account, one.role)).collect();
    assert_eq!(members, ["1a5 1a1 owner", "1a6 1a1 owner"]);
    let last = store.audit(None, 100).unwrap().pop().unwrap().event;
    assert_eq!((last.action, last.origin.via), (Action::AddMember, Via::System));
    let before = store.head().unwrap();
    drop(open(Arc::clone(&store), config()));
    assert_eq!(store.head().unwrap(), before, "once");
}

#[test]
fn a_new_current_pepper_is_recorded_before_its_first_use() {
    let store: Arc<dyn KeyStore> = Arc::new(MemoryStore::new());
    drop(open(Arc::clone(&store), config()));
    drop(open(Arc::clone(&store), config_with(vec![pepper(2), pepper(1)])));
    assert_eq!(store.peppers().unwrap(), [pepper(1).id(), pepper(2).id()]);
}

#[test]
fn a_pepper_that_is_not_current_is_not_recorded() {
    let store: Arc<dyn KeyStore> = Arc::new(MemoryStore::new());
    drop(open(Arc::clone(&store), config_with(vec![pepper(1), pepper(2)])));
    assert_eq!(store.peppers().unwrap(), [pepper(1).id()]);
}

#[test]
fn a_recorded_pepper_that_is_lost_is_refused_unless_accepted() {
    let store: Arc<dyn KeyStore> = Arc::new(MemoryStore::new());
    drop(open(Arc::clone(&store), config()));
    let before = store.head().unwrap();

    let refused = try_open(Arc::clone(&store), config_with(vec![pepper(2)]));
    assert!(
        matches!(&refused, Err(OpenError::LostPepper { pepper: lost }) if *lost == pepper(1).id()),
        "{refused:?}"
    );
    assert_eq!(store.head().unwrap(), before, "a refused start changes nothing");

    let knowingly = AuthorityConfig { accept_lost_pepper: true, ..config_with(vec![pepper(2)]) };
    drop(open(Arc::clone(&store), knowingly));
    assert_eq!(store.peppers().unwrap(), [pepper(1).id(), pepper(2).id()]);
}

#[test]
fn every_failure_of_the_store_at_the_start_is_an_error_and_the_next_start_is_whole() {
    let calls = {
        let store = Arc::new(FaultStore::new(Arc::new(MemoryStore::new())));
        drop(open(Arc::clone(&store) as _, config()));
        store.calls()
    };
    for pass in 0..calls {
        let store = Arc::new(FaultStore::new(Arc::new(MemoryStore::new())));
        store.inject(Calls::All, pass, Fault::Failed(BackendErrorKind::Unavailable));
        let outcome = try_open(Arc::clone(&store) as _, config());
        assert!(
            matches!(outcome, Err(OpenError::Store(StoreFailure::Failed(_)))),
            "call {pass}: {outcome:?}"
        );
        drop(open(Arc::clone(&store) as _, config()));
        assert_eq!(store.accounts(None, 10).unwrap().items.len(), 4, "call {pass}");
    }
}

#[test]
fn an_unknown_outcome_of_the_set_up_is_found_out_by_the_next_start() {
    for happened in [true, false] {
        let store = Arc::new(FaultStore::new(Arc::new(MemoryStore::new())));
        store.inject(Calls::Only(Call::Commit), 0, Fault::Unknown { happened });
        let outcome = try_open(Arc::clone(&store) as _, config());
        assert!(matches!(outcome, Err(OpenError::Store(StoreFailure::Unknown(_)))), "{outcome:?}");
        drop(open(Arc::clone(&store) as _, config()));
        assert_eq!(store.accounts(None, 10).unwrap().items.len(), 4);
        assert_eq!(store.head().unwrap().revision.number(), 7);
    }
}
