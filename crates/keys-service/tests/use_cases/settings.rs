//! Access control.

use std::sync::Arc;

use keys_core::{AccessControl, AccountId, Action, Owner, Transition, Via};
use keys_service::{AccessControlError, KeyRequest, StoreFailure};
use keys_store::fault::{Call, Calls, Fault};
use keys_store::{BackendErrorKind, KeyStore as _};

use crate::support::{House, administrator, at, config, context, open};

#[test]
fn it_is_switched_on_once_the_administrator_has_an_active_key() {
    let mut house = House::new();
    let switch = |house: &House, value| house.authority.set_access_control(&administrator(), value);
    let unmet = |outcome| matches!(outcome, Err(AccessControlError::NoAdministratorKey));

    assert!(unmet(switch(&house, AccessControl::On)), "no key at all");
    let inside = house.inside();
    let _ = house.issue(&inside);
    assert!(unmet(switch(&house, AccessControl::On)), "an environment's key does not count");
    let soon = KeyRequest { expires_at: Some(at("2026-11-23T18:30:01Z")), ..KeyRequest::default() };
    let _ = house.issue_with(&administrator(), soon);
    let later = keys_service::Context { now: at("2026-11-23T18:30:01Z"), ..administrator() };
    let refused = house.authority.set_access_control(&later, AccessControl::On);
    assert!(unmet(refused), "an expired key does not count");
    let key = house.issue(&administrator());
    house.authority.transition_key(&administrator(), key.id(), Transition::Deactivate, None).unwrap();
    let refused = house.authority.set_access_control(&later, AccessControl::On);
    assert!(unmet(refused), "an inactive key does not count");
    house.authority.transition_key(&administrator(), key.id(), Transition::Activate, None).unwrap();

    assert_eq!(house.authority.access_control(), AccessControl::Off);
    switch(&house, AccessControl::On).unwrap();
    assert_eq!(house.authority.access_control(), AccessControl::On);
    let event = house.store.audit(None, 1000).unwrap().pop().unwrap().event;
    assert_eq!(event.action, Action::ChangeSetting);

    let before = house.store.head().unwrap();
    switch(&house, AccessControl::On).unwrap();
    assert_eq!(house.store.head().unwrap(), before, "switching to what holds changes nothing");
    switch(&house, AccessControl::Off).unwrap();
    assert_eq!(house.authority.access_control(), AccessControl::Off);
}

#[test]
fn while_it_is_off_everybody_is_the_administrator_and_says_so() {
    let mut house = House::new();
    let caller = house.authority.open_access_caller().unwrap();
    assert_eq!(caller.principal(), Owner::Account(AccountId::ADMIN));
    assert_eq!(caller.via(), Via::OpenAccess);
    let _ = house.issue(&context(caller));
    house.authority.set_access_control(&context(caller), AccessControl::On).unwrap();
    assert!(house.authority.open_access_caller().is_none());
}

#[test]
fn only_the_administrator_switches_it() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    for context in [inside, house.as_key(&key)] {
        for value in [AccessControl::On, AccessControl::Off] {
            let refused = house.authority.set_access_control(&context, value);
            assert!(matches!(refused, Err(AccessControlError::Forbidden)), "{refused:?}");
        }
    }
}

#[test]
fn the_next_start_finds_it_as_it_was() {
    let mut house = House::new();
    let _ = house.issue(&administrator());
    house.authority.set_access_control(&administrator(), AccessControl::On).unwrap();
    let next = open(Arc::clone(&house.store) as _, config());
    assert_eq!(next.access_control(), AccessControl::On);
}

#[test]
fn after_an_unknown_outcome_it_is_what_the_store_says() {
    for happened in [true, false] {
        let mut house = House::new();
        let _ = house.issue(&administrator());
        house.store.inject(Calls::Only(Call::Commit), 0, Fault::Unknown { happened });
        let outcome = house.authority.set_access_control(&administrator(), AccessControl::On);
        assert!(matches!(outcome, Err(AccessControlError::Store(StoreFailure::Unknown(_)))), "{outcome:?}");
        let expected = if happened { AccessControl::On } else { AccessControl::Off };
        assert_eq!(house.authority.access_control(), expected);
    }
}

#[test]
fn a_store_that_fails_switches_nothing() {
    for call in [Call::Setting, Call::Commit] {
        let mut house = House::new();
        let _ = house.issue(&administrator());
        house.store.inject(Calls::Only(call), 0, Fault::Failed(BackendErrorKind::Full));
        let outcome = house.authority.set_access_control(&administrator(), AccessControl::On);
        assert!(matches!(outcome, Err(AccessControlError::Store(StoreFailure::Failed(_)))), "{outcome:?}");
        assert_eq!(house.authority.access_control(), AccessControl::Off);
    }
}
