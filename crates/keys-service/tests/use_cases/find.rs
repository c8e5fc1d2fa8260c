//! Finding people to name.

use std::collections::BTreeSet;

use keys_core::{AccountId, AccountKind, AccountTransition, Name, Password, Role};
use keys_service::{AccountRequest, Context, PeopleQuery, SearchText};

use crate::support::{House, Person, administrator};

fn found(house: &House, context: &Context, search: &str) -> Vec<AccountId> {
    let query = PeopleQuery { search: SearchText::new(search), limit: 100, ..PeopleQuery::default() };
    let page = house.authority.find_people(context, &query).unwrap();
    assert!(!page.more);
    page.items.iter().map(|record| record.parts().id).collect()
}

/// Three people, of whom the first logs in as `hedy@lamarr.example`.
fn house() -> (House, [Person; 3]) {
    let mut house = House::new();
    let people = ["Ada Lovelace", "Grace Hopper", "Größe Özil"].map(|name| house.person(name));
    let login = "hedy@lamarr.example".parse().unwrap();
    let password = Password::new("correct horse battery staple").unwrap();
    house.authority.set_password(&administrator(), people[0].id, login, &password, &mut house.rng).unwrap();
    (house, people)
}

#[test]
fn people_are_found_by_a_part_of_their_name_or_by_their_whole_id() {
    let (house, people) = house();
    let [ada, grace, other] = &people;
    let by = house.as_person(grace);
    assert_eq!(found(&house, &by, "love"), [ada.id]);
    assert_eq!(found(&house, &by, " HOPPER "), [grace.id]);
    assert_eq!(found(&house, &by, "öz"), [other.id]);
    assert_eq!(found(&house, &by, &ada.id.to_string()), [ada.id]);
    assert_eq!(found(&house, &by, "1a"), [], "a part of an id finds nobody");
    assert_eq!(found(&house, &by, "nobody"), []);
    let everybody: Vec<_> =
        std::iter::once(AccountId::ADMIN).chain(people.iter().map(|one| one.id)).collect();
    assert_eq!(found(&house, &by, ""), everybody);
}

#[test]
fn only_who_administers_finds_others_by_their_log_in_name() {
    let (house, people) = house();
    let [ada, grace, _] = &people;
    assert_eq!(found(&house, &administrator(), "LAMARR"), [ada.id]);
    assert_eq!(found(&house, &house.as_person(ada), "lamarr"), [ada.id], "one's own");
    assert_eq!(found(&house, &house.as_person(grace), "lamarr"), []);
    assert_eq!(found(&house, &house.as_person(grace), "hedy@lamarr.example"), []);
}

#[test]
fn nobody_is_found_who_cannot_be_a_member_or_is_left_out() {
    let (house, people) = house();
    let [ada, grace, other] = &people;
    let administrator = administrator();
    house
        .authority
        .transition_account(&administrator, grace.id, AccountTransition::Deactivate, None)
        .unwrap();
    assert_eq!(
        found(&house, &administrator, "e"),
        [ada.id, other.id],
        "one is disabled, and some are nobody"
    );
    let query = PeopleQuery { search: SearchText::new("e"), except: BTreeSet::from([ada.id]), limit: 100 };
    let page = house.authority.find_people(&administrator, &query).unwrap();
    assert_eq!(page.items.iter().map(|record| record.parts().id).collect::<Vec<_>>(), [other.id]);
}

#[test]
fn a_member_who_may_name_nobody_finds_itself() {
    let (mut house, people) = house();
    let [ada, grace, _] = &people;
    let place = house.environment(&[(ada.id, Role::Owner), (grace.id, Role::Member)]);
    let inside = house.person_inside(grace, place);
    assert_eq!(found(&house, &inside, "ada"), []);
    let key = house.issue(&inside);
    assert_eq!(found(&house, &house.as_key(&key), ""), []);
}

#[test]
fn what_does_not_fit_is_said_to_be_there() {
    let mut house = House::new();
    for number in 0..5 {
        let name = Some(Name::new(format!("crowd {number}")).unwrap());
        let request = AccountRequest { name, kind: AccountKind::User, ..AccountRequest::default() };
        house.authority.create_account(&administrator(), request, &mut house.rng).unwrap();
    }
    let find = |limit| {
        let query = PeopleQuery { search: SearchText::new("crowd"), limit, ..PeopleQuery::default() };
        let page = house.authority.find_people(&administrator(), &query).unwrap();
        (page.items.len(), page.more)
    };
    assert_eq!(find(4), (4, true));
    assert_eq!(find(5), (5, false));
    assert_eq!(find(9), (5, false));
}
