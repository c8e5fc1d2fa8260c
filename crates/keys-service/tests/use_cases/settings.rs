//! Access control and the other settings.

use std::sync::Arc;

use keys_core::{
    AccessControl, AccountId, Action, Owner, SettingName, SettingValue, Target, Transition, Via,
};
use keys_service::{ApiUi, KeyRequest, SettingError, StoreFailure};
use keys_store::fault::{Call, Calls, Fault};
use keys_store::{BackendErrorKind, KeyStore as _};

use crate::support::{House, administrator, at, config, context, open};

#[test]
fn it_is_switched_on_once_the_administrator_has_an_active_key() {
    let mut house = House::new();
    let switch = |house: &House, value| house.authority.set_access_control(&administrator(), value);
    let unmet = |outcome| matches!(outcome, Err(SettingError::NoAdministrator));

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
            assert!(matches!(refused, Err(SettingError::Forbidden)), "{refused:?}");
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
        assert!(matches!(outcome, Err(SettingError::Store(StoreFailure::Unknown(_)))), "{outcome:?}");
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
        assert!(matches!(outcome, Err(SettingError::Store(StoreFailure::Failed(_)))), "{outcome:?}");
        assert_eq!(house.authority.access_control(), AccessControl::Off);
    }
}

/// The two settings of another API page, put to these.
fn api_ui(script: &str, stylesheet: &str) -> [SettingValue; 2] {
    [(SettingName::ApiUiScript, script), (SettingName::ApiUiStylesheet, stylesheet)]
        .map(|(name, text)| SettingValue::parse(name, text).unwrap())
}

#[test]
fn another_api_page_is_shown_once_its_script_is_set() {
    let house = House::new();
    let put = |value: SettingValue| house.authority.change_setting(&administrator(), &value).unwrap();
    assert_eq!(house.authority.api_ui(), None);
    let [script, stylesheet] = api_ui("https://files.example/ui.js", "/ui.css");
    put(stylesheet.clone());
    assert_eq!(house.authority.api_ui(), None, "a stylesheet alone shows nothing");
    put(script);
    let expected =
        ApiUi { script: "https://files.example/ui.js".parse().unwrap(), stylesheet: "/ui.css".parse().ok() };
    assert_eq!(house.authority.api_ui().as_ref(), Some(&expected));
    let [none, script] =
        [api_ui("", ""), api_ui("https://files.example/ui.js", "")].map(|[script, _]| script);
    put(none);
    assert_eq!(house.authority.api_ui(), None);
    assert_eq!(house.authority.setting(SettingName::ApiUiStylesheet), stylesheet);
    put(script);
    let next = open(Arc::clone(&house.store) as _, config());
    assert_eq!(next.api_ui(), Some(expected), "the next start finds it as it was");
}

#[test]
fn every_setting_is_changed_by_the_administrator_only_and_written_into_the_chain() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    for value in api_ui("/ui.js", "/ui.css") {
        for context in [&inside, &house.as_key(&key)] {
            let refused = house.authority.change_setting(context, &value);
            assert!(matches!(refused, Err(SettingError::Forbidden)), "{refused:?}");
        }
        let name = value.name();
        house.authority.change_setting(&administrator(), &value).unwrap();
        assert_eq!(house.authority.setting(name), value);
        let event = house.store.audit(None, 1000).unwrap().pop().unwrap().event;
        assert_eq!((event.action, event.target), (Action::ChangeSetting, Target::Setting(name)));
        let before = house.store.head().unwrap();
        house.authority.change_setting(&administrator(), &value).unwrap();
        assert_eq!(house.store.head().unwrap(), before, "putting what is there changes nothing");
    }
}

#[test]
fn after_an_unknown_outcome_every_setting_is_what_the_store_says() {
    for happened in [true, false] {
        let house = House::new();
        let [before, _] = api_ui("/before.js", "");
        let [after, _] = api_ui("/after.js", "");
        house.authority.change_setting(&administrator(), &before).unwrap();
        house.store.inject(Calls::Only(Call::Commit), 0, Fault::Unknown { happened });
        let outcome = house.authority.change_setting(&administrator(), &after);
        assert!(matches!(outcome, Err(SettingError::Store(StoreFailure::Unknown(_)))), "{outcome:?}");
        let expected = if happened { after } else { before };
        assert_eq!(house.authority.setting(SettingName::ApiUiScript), expected);
    }
}
