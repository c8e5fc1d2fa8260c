//! Pages that lead both ways, and searching them.

use keys_core::{Description, KeyRecord, Name, Owner, Role, Transition};
use keys_service::{Context, KeyRequest, PageRequest, Place, SearchText, TwoWayPage};
use keys_store::fault::{Call, Calls, Fault};
use keys_store::{
    BackendErrorKind, Cursor, Direction, EnvironmentFilter, EnvironmentOrder, KeyFilter, KeyOrder,
    StateFilter,
};

use crate::support::{House, administrator, administrator_account, environment};

/// Issues keys with these names and descriptions.
fn with_keys(house: &mut House, context: &Context, texts: &[(&str, &str)]) -> Vec<KeyRecord> {
    let issue = |(name, description): &(&str, &str)| {
        let request = KeyRequest {
            name: Some(Name::new(*name).unwrap()),
            description: Some(Description::new(*description).unwrap()),
            ..KeyRequest::default()
        };
        house.issue_with(context, request).record
    };
    texts.iter().map(issue).collect()
}

fn first(order: KeyOrder, limit: usize) -> PageRequest<KeyRecord> {
    PageRequest::first(order, Direction::Ascending, limit)
}

fn page(house: &House, context: &Context, request: &PageRequest<KeyRecord>) -> TwoWayPage<KeyRecord> {
    house.authority.key_page(context, None, KeyFilter::default(), request).unwrap()
}

fn names(page: &TwoWayPage<KeyRecord>) -> Vec<&str> {
    page.items.iter().map(|key| key.parts().name.as_ref().map_or("-", |name| name.as_str())).collect()
}

#[test]
fn pages_lead_on_and_back_while_others_come_and_go() {
    let mut house = House::new();
    let inside = house.inside();
    let texts = ["b", "d", "f", "h", "j", "l"].map(|name| (name, ""));
    let made = with_keys(&mut house, &inside, &texts);
    let request = first(KeyOrder::Name, 2);
    let one = page(&house, &inside, &request);
    assert_eq!((names(&one), &one.before), (vec!["b", "d"], &None));
    // One comes before the place, one goes that stood at it.
    with_keys(&mut house, &inside, &[("a", "")]);
    for transition in [Transition::Deactivate, Transition::Delete] {
        house.authority.transition_key(&inside, made[1].parts().id, transition, None).unwrap();
    }
    let two =
        page(&house, &inside, &PageRequest { place: Place::After(one.after.unwrap()), ..request.clone() });
    assert_eq!(names(&two), ["f", "h"]);
    let back =
        page(&house, &inside, &PageRequest { place: Place::Before(two.before.unwrap()), ..request.clone() });
    assert_eq!(names(&back), ["a", "b"]);
    let end = page(&house, &inside, &PageRequest { place: Place::End, ..request.clone() });
    assert_eq!((names(&end), &end.after), (vec!["j", "l"], &None));
    let down = PageRequest { direction: Direction::Descending, ..request };
    let down = page(&house, &inside, &PageRequest { place: Place::Before(end.before.unwrap()), ..down });
    assert_eq!(
        (names(&down), &down.before),
        (vec!["l", "j"], &None),
        "backwards of backwards: the first page whole"
    );
}

#[test]
fn a_search_finds_name_description_and_access_key_in_any_letter_case() {
    let mut house = House::new();
    let inside = house.inside();
    let texts = [
        ("Build box", "of the ÄRGER department"),
        ("deploy", "BUILDS nothing"),
        ("ΟΔΟΣ", ""),
        ("x", "50%_off\\"),
    ];
    let made = with_keys(&mut house, &inside, &texts);
    let found = |typed: &str| {
        let request = PageRequest { search: SearchText::new(typed), ..first(KeyOrder::Id, 10) };
        let page = page(&house, &inside, &request);
        assert_eq!((page.before.clone(), page.after.clone()), (None, None));
        names(&page).into_iter().map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(found("build"), ["Build box", "deploy"]);
    assert_eq!(found("ärGER d"), ["Build box"]);
    assert_eq!(found("οδοσ"), ["ΟΔΟΣ"], "a letter is the same wherever it stands in a word");
    assert_eq!(found("%_O"), ["x"], "nothing stands for anything else");
    assert_eq!(found("\\"), ["x"]);
    assert_eq!(found("*"), Vec::<&str>::new());
    assert_eq!(found(" \t").len(), 4, "nothing typed is no search");
    let access_key = made[1].parts().access_key.as_str().to_lowercase();
    assert_eq!(found(access_key.get(2..12).unwrap()), ["deploy"]);
}

#[test]
fn a_search_is_paged_both_ways_in_any_order() {
    let mut house = House::new();
    let inside = house.inside();
    let texts: Vec<(String, &str)> =
        (0..40).map(|n| (format!("{:02}", n * 17 % 40), if n % 3 == 0 { "Wanted" } else { "" })).collect();
    let texts: Vec<(&str, &str)> =
        texts.iter().map(|(name, description)| (name.as_str(), *description)).collect();
    with_keys(&mut house, &inside, &texts);
    for order in [KeyOrder::Name, KeyOrder::Created, KeyOrder::Creator, KeyOrder::Expires] {
        let request = PageRequest { search: SearchText::new("wANTED"), ..first(order, 4) };
        let mut pages = vec![page(&house, &inside, &request)];
        while let Some(after) = pages.last().unwrap().after.clone() {
            pages.push(page(&house, &inside, &PageRequest { place: Place::After(after), ..request.clone() }));
        }
        let found: usize = pages.iter().map(|page| page.items.len()).sum();
        assert_eq!(found, 14, "{order:?}");
        for two in pages.windows(2) {
            let place = Place::Before(two[1].before.clone().unwrap());
            let back = page(&house, &inside, &PageRequest { place, ..request.clone() });
            assert_eq!(names(&back), names(&two[0]), "{order:?}");
        }
    }
}

/// Whatever a place and a search say, a page shows what is within the caller's reach.
#[test]
fn a_page_stays_within_the_reach_of_every_position() {
    let mut house = House::new();
    let person = house.person("Ada");
    let own = environment("1a5");
    let (inside, elsewhere) = (
        house.inside(),
        house.environment(&[(keys_core::AccountId::ADMIN, Role::Owner), (person.id, Role::ReadOnly)]),
    );
    let in_default = with_keys(&mut house, &inside, &[("k-default", "")]);
    let context = crate::support::context(house.authority.enter(administrator().caller, elsewhere).unwrap());
    let there = house.issue_with(
        &context,
        KeyRequest { name: Some(Name::new("k-elsewhere").unwrap()), ..KeyRequest::default() },
    );
    let made = with_keys(&mut house, &administrator(), &[("k-administrator", "")]);
    let as_person = house.as_person(&person);
    with_keys(&mut house, &as_person, &[("k-person", "")]);
    let positions: [(Context, &[&str]); 5] = [
        (administrator(), &["k-administrator", "k-default", "k-elsewhere", "k-person"]),
        (as_person.clone(), &["k-person"]),
        (house.person_inside(&person, elsewhere), &["k-elsewhere"]),
        (house.inside(), &["k-default"]),
        (house.as_key(&there), &["k-elsewhere"]),
    ];
    assert_eq!(in_default[0].parts().owner, Owner::Environment(own));
    let places = [
        Place::Start,
        Place::End,
        Place::After(Cursor { value: keys_store::SortValue::Text("".into()), id: made[0].parts().id }),
        Place::Before(Cursor { value: keys_store::SortValue::Text("z".into()), id: made[0].parts().id }),
    ];
    for ((context, expected), place) in
        positions.iter().flat_map(|one| places.iter().map(move |place| (one, place)))
    {
        let request =
            PageRequest { place: place.clone(), search: SearchText::new("K-"), ..first(KeyOrder::Name, 10) };
        assert_eq!(names(&page(&house, context, &request)), *expected, "{place:?}");
    }
    // Of one owner: what is beyond the caller's reach is nobody's.
    let owners = [
        administrator_account(),
        as_person.caller.principal(),
        Owner::Environment(elsewhere),
        Owner::Environment(own),
    ];
    let expected = [[1, 2, 1, 1], [0, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, 0]];
    for ((context, _), expected) in positions.iter().zip(expected) {
        let shown = owners.map(|owner| {
            let request = first(KeyOrder::Name, 10);
            let page =
                house.authority.key_page(context, Some(owner), KeyFilter::default(), &request).unwrap();
            assert!(page.items.iter().all(|key| key.parts().owner == owner));
            page.items.len()
        });
        assert_eq!(shown, expected, "{:?}", context.caller.position());
    }
}

#[test]
fn a_filter_holds_on_pages_both_ways() {
    let mut house = House::new();
    let inside = house.inside();
    let made = with_keys(&mut house, &inside, &["a", "b", "c"].map(|name| (name, "")));
    house.authority.transition_key(&inside, made[1].parts().id, Transition::Deactivate, None).unwrap();
    let state = StateFilter::Is(keys_core::LifecycleState::Active);
    let filter = KeyFilter { state, ..KeyFilter::default() };
    for place in [Place::Start, Place::End] {
        let request = PageRequest { place, ..first(KeyOrder::State, 10) };
        let page = house.authority.key_page(&inside, None, filter, &request).unwrap();
        assert_eq!(names(&page), ["a", "c"]);
    }
}

#[test]
fn environments_are_paged_and_searched_likewise() {
    let mut house = House::new();
    for name in ["Staging", "Production", "stage two"] {
        let request = keys_service::EnvironmentRequest {
            name: Some(Name::new(name).unwrap()),
            ..keys_service::EnvironmentRequest::default()
        };
        house.authority.create_environment(&administrator(), request, &mut house.rng).unwrap();
    }
    let read = |context: &Context, place, search| {
        let request = PageRequest {
            place,
            search: SearchText::new(search),
            ..PageRequest::first(EnvironmentOrder::Name, Direction::Ascending, 2)
        };
        let page = house.authority.environment_page(context, EnvironmentFilter::default(), &request).unwrap();
        let names = page.items.iter().map(|one| one.parts().name.as_ref().unwrap().to_string());
        (names.collect::<Vec<_>>(), page.before, page.after)
    };
    let (names, before, after) = read(&administrator(), Place::Start, "");
    assert_eq!((names, before), (vec!["Default".to_owned(), "Production".to_owned()], None));
    let (names, before, after) = read(&administrator(), Place::After(after.unwrap()), "");
    assert_eq!((names, after), (vec!["Staging".to_owned(), "stage two".to_owned()], None));
    assert_eq!(read(&administrator(), Place::Before(before.unwrap()), "").0, ["Default", "Production"]);
    assert_eq!(read(&administrator(), Place::Start, "STAG").0, ["Staging", "stage two"]);
    assert_eq!(read(&house.inside(), Place::End, "").0, ["Default"], "an environment reaches itself");
}

/// A key that a page no longer shows was deleted: whoever is told so must be able to rely on it.
#[test]
fn a_page_waits_until_what_it_shows_is_published() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let other = crate::support::open(std::sync::Arc::clone(&house.store) as _, crate::support::config());
    other.transition_key(&inside, key.id(), Transition::Deactivate, None).unwrap();
    let fault = || {
        house.store.inject(Calls::Only(Call::Barrier), 0, Fault::Failed(BackendErrorKind::Unavailable));
    };
    fault();
    let request = first(KeyOrder::Id, 10);
    assert!(house.authority.key_page(&inside, None, KeyFilter::default(), &request).is_err());
    fault();
    let request = PageRequest::first(EnvironmentOrder::Id, Direction::Ascending, 10);
    assert!(house.authority.environment_page(&inside, EnvironmentFilter::default(), &request).is_err());
}
