//! What to call who made a key, and who may know it.

use keys_core::{AccountId, Creator, KeyId, Name, Role, Transition};
use keys_service::{Context, KeyRequest};
use keys_store::fault::{Call, Calls, Fault};
use keys_store::{BackendErrorKind, KeyQuery};

use crate::support::{House, Issued, administrator};

/// What a caller is told of these creators.
fn told(house: &House, context: &Context, creators: &[Creator]) -> Vec<String> {
    let names = house.authority.names_of(context, creators.iter().copied()).unwrap();
    creators.iter().map(|creator| names.of(*creator).to_string()).collect()
}

fn creator(issued: &Issued) -> Creator {
    issued.record.parts().creator
}

fn named(name: &str) -> KeyRequest {
    KeyRequest { name: Some(Name::new(name).unwrap()), ..KeyRequest::default() }
}

#[test]
fn every_position_is_told_what_it_may_know_and_the_id_of_the_rest() {
    let mut house = House::new();
    let [owner, reader, other] = ["Olga", "Rita", "Otto"].map(|name| house.person(name));
    let members = [(owner.id, Role::Owner), (reader.id, Role::ReadOnly), (other.id, Role::Member)];
    let environment = house.environment(&members);
    let inside = |house: &House, person| house.person_inside(person, environment);
    // Made by a person, by another, by a key of the environment with a name and one without.
    let by_owner = house.issue_with(&inside(&house, &owner), named("build box"));
    let by_other = house.issue(&inside(&house, &other));
    let by_named = house.issue(&house.as_key(&by_owner));
    let by_nameless = house.issue(&house.as_key(&by_other));
    let made = [&by_owner, &by_other, &by_named, &by_nameless].map(creator);
    let nameless = format!("environment key {}", by_other.record.parts().access_key);
    let id = |person: &crate::support::Person| person.id.to_string();
    let key = |issued: &Issued| format!("environment key {}", issued.id());
    let box_ = "environment key build box".to_owned();

    let everything = ["Olga".to_owned(), "Otto".to_owned(), box_.clone(), nameless.clone()];
    assert_eq!(told(&house, &administrator(), &made), everything);
    assert_eq!(told(&house, &inside(&house, &owner), &made), everything);
    let by_id = [id(&owner), id(&other), box_.clone(), nameless.clone()];
    assert_eq!(told(&house, &inside(&house, &reader), &made), by_id);
    assert_eq!(told(&house, &house.as_key(&by_named), &made), by_id);
    let own = [id(&owner), "Otto".to_owned(), box_, nameless];
    assert_eq!(told(&house, &inside(&house, &other), &made), own, "everybody knows the own name");
    // Outside, a person may name people as members, and reaches no key of the environment.
    let outside = ["Olga".to_owned(), "Otto".to_owned(), key(&by_owner), key(&by_other)];
    assert_eq!(told(&house, &house.as_person(&reader), &made), outside);
    assert_eq!(
        told(&house, &house.inside(), &made)[2..],
        [key(&by_owner), key(&by_other)],
        "nor does another"
    );
}

#[test]
fn a_name_that_cannot_be_seen_is_none() {
    let mut house = House::new();
    let person = house.person(" ");
    let inside = house.inside();
    let blank = house.issue_with(&inside, named("  "));
    let made = house.issue(&house.as_key(&blank));
    let by_person = Creator { principal: keys_core::Owner::Account(person.id), key: KeyId::new(3) };
    let by_environment = Creator { principal: blank.record.parts().owner, key: None };
    let unknown = Creator { principal: "account/1a999".parse().unwrap(), key: None };
    let access_key = blank.record.parts().access_key;
    assert_eq!(
        told(&house, &administrator(), &[by_person, creator(&made), by_environment, unknown]),
        [
            person.id.to_string(),
            format!("environment key {access_key}"),
            "environment 1a5".into(),
            "1a999".into()
        ]
    );
    let none = house.authority.names_of(&administrator(), []).unwrap();
    assert_eq!(
        none.of(creator(&made)).to_string(),
        format!("environment key {}", blank.id()),
        "not asked for"
    );
}

#[test]
fn a_deleted_key_keeps_its_name() {
    let mut house = House::new();
    let inside = house.inside();
    let maker = house.issue_with(&inside, named("build box"));
    let made = house.issue(&house.as_key(&maker));
    for transition in [Transition::Deactivate, Transition::Delete] {
        house.authority.transition_key(&inside, maker.id(), transition, None).unwrap();
    }
    assert_eq!(told(&house, &inside, &[creator(&made)]), ["environment key build box"]);
}

#[test]
fn each_maker_is_read_once_however_much_it_made() {
    let mut house = House::new();
    let inside = house.inside();
    let maker = house.issue(&inside);
    let as_maker = house.as_key(&maker);
    for _ in 0..20 {
        house.issue(&inside);
        house.issue(&as_maker);
    }
    let page = house.authority.keys(&inside, &KeyQuery::default()).unwrap();
    let makers: Vec<Creator> = page.items.iter().map(|key| key.parts().creator).collect();
    let before = house.store.calls();
    assert_eq!(told(&house, &administrator(), &makers).len(), 41);
    // One of the account, one of the key, and where the store stands.
    assert_eq!(house.store.calls() - before, 3);
    assert_eq!(creator(&maker).principal, keys_core::Owner::Account(AccountId::ADMIN));
}

#[test]
fn a_store_that_fails_tells_no_names() {
    let house = House::new();
    let admin = Creator { principal: keys_core::Owner::Account(AccountId::ADMIN), key: None };
    house.store.inject(Calls::Only(Call::Account), 0, Fault::Failed(BackendErrorKind::Unavailable));
    assert!(house.authority.names_of(&administrator(), [admin]).is_err());
}
