//! Keys that are named by what they are: which are meant, within whose reach, and a piece at a time.

use keys_core::{KeyId, LifecycleState, Name, Role, Transition};
use keys_service::{Authority, Context, KeyMatch, KeyRequest, SearchText};

use crate::support::{House, administrator, at, context, environment};

fn ids(keys: &[keys_core::KeyRecord]) -> Vec<String> {
    keys.iter().map(|record| record.parts().id.to_string()).collect()
}

fn found(house: &House, context: &Context, change: impl FnOnce(&mut KeyMatch)) -> Vec<String> {
    let mut wanted = KeyMatch::default();
    change(&mut wanted);
    let found = house.authority.matching_keys(context, &wanted, None).unwrap();
    assert_eq!(found.next, None);
    assert!(found.items.iter().all(|record| wanted.passes(record)));
    ids(&found.items)
}

/// `1c1` of the administrator; in environment `1a5`: `1c2` "Build Box" that expires, `1c3` made by it an hour later, `1c4`
/// Inactive, `1c5` deleted; `1c6` of a person `1a6`.
fn house() -> House {
    let mut house = House::new();
    house.issue(&administrator());
    let inside = house.inside();
    let named = KeyRequest {
        name: Some(Name::new("Build Box").unwrap()),
        expires_at: Some(at("2027-01-01T00:00:00Z")),
        ..KeyRequest::default()
    };
    let first = house.issue_with(&inside, named);
    let later = Context { now: at("2026-11-23T19:30:00Z"), ..house.as_key(&first) };
    house.issue(&later);
    for transitions in [&[Transition::Deactivate][..], &[Transition::Deactivate, Transition::Delete]] {
        let key = house.issue(&later).id();
        for transition in transitions {
            house.authority.transition_key(&later, key, *transition, None).unwrap();
        }
    }
    house.person("ada");
    house
}

#[test]
fn every_wish_narrows_and_all_must_hold() {
    let house = house();
    let all = |change: fn(&mut KeyMatch)| found(&house, &administrator(), change);
    assert_eq!(all(|_| ()), ["1c1", "1c2", "1c3", "1c4", "1c6"], "deleted ones are none");
    assert_eq!(all(|wanted| wanted.owner = "1a5".parse().ok()), ["1c2", "1c3", "1c4"]);
    assert_eq!(all(|wanted| wanted.owner = "1a6".parse().ok()), ["1c6"]);
    assert_eq!(all(|wanted| wanted.owner = "1a99".parse().ok()), [""; 0]);
    // What a key of an environment makes is made as the environment.
    assert_eq!(all(|wanted| wanted.creator = "1a5".parse().ok()), ["1c3", "1c4"]);
    assert_eq!(all(|wanted| wanted.creator = "1a1".parse().ok()), ["1c1", "1c2", "1c6"]);
    assert_eq!(all(|wanted| wanted.state = Some(LifecycleState::Inactive)), ["1c4"]);
    assert_eq!(all(|wanted| wanted.state = Some(LifecycleState::Deleted)), [""; 0]);
    assert_eq!(all(|wanted| wanted.name = SearchText::new("D bO")), ["1c2"]);
    let both = |wanted: &mut KeyMatch| {
        (wanted.owner, wanted.state) = ("1a5".parse().ok(), Some(LifecycleState::Active));
    };
    assert_eq!(all(both), ["1c2", "1c3"]);
}

#[test]
fn a_time_begins_with_its_first_instant_and_ends_before_its_last() {
    let house = house();
    let all = |change: &dyn Fn(&mut KeyMatch)| found(&house, &administrator(), change);
    let (then, hour_later, after) =
        (at("2026-11-23T18:30:00Z"), at("2026-11-23T19:30:00Z"), at("2026-11-23T19:30:00.001Z"));
    assert_eq!(all(&|wanted| wanted.created_from = Some(hour_later)), ["1c3", "1c4"]);
    assert_eq!(all(&|wanted| wanted.created_from = Some(after)), [""; 0]);
    assert_eq!(all(&|wanted| wanted.created_before = Some(hour_later)), ["1c1", "1c2", "1c6"]);
    assert_eq!(all(&|wanted| wanted.created_before = Some(then)), [""; 0]);
    let expires = at("2027-01-01T00:00:00Z");
    assert_eq!(all(&|wanted| wanted.expires_before = Some(expires)), [""; 0]);
    let later = at("2027-01-01T00:00:00.001Z");
    assert_eq!(all(&|wanted| wanted.expires_before = Some(later)), ["1c2"], "what never expires is none");
}

#[test]
fn nobody_finds_what_is_out_of_reach() {
    let mut house = house();
    let ada = house.person("grace");
    let own = house.environment(&[(ada.id, Role::Owner)]);
    let inside = house.person_inside(&ada, own);
    let in_it = house.issue(&inside).id().to_string();
    let outside = house.as_person(&ada);
    assert_eq!(found(&house, &outside, |_| ()), [ada.key.id().to_string()], "outside its own only");
    assert_eq!(found(&house, &inside, |_| ()), [in_it]);
    for who in [&outside, &inside] {
        assert_eq!(found(&house, who, |wanted| wanted.owner = "1a5".parse().ok()), [""; 0]);
        assert_eq!(found(&house, who, |wanted| wanted.owner = "1a1".parse().ok()), [""; 0]);
    }
    let entered = context(house.authority.enter(administrator().caller, environment("1a5")).unwrap());
    assert_eq!(found(&house, &entered, |_| ()), ["1c2", "1c3", "1c4"]);
}

/// A page ends where as many are found as are moved at once, or where as many were read as one request may.
#[test]
fn more_than_are_moved_at_once_come_in_pieces() {
    const MOST_READ: usize = 10_000;
    let mut house = House::new();
    let inside = house.inside();
    let most = Authority::MOST_AT_ONCE;
    for _ in 0..=MOST_READ {
        house.issue(&inside);
    }
    let wanted = KeyMatch { owner: "1a5".parse().ok(), ..KeyMatch::default() };
    let piece = |wanted: &KeyMatch, after| {
        let found = house.authority.matching_keys(&inside, wanted, after).unwrap();
        (ids(&found.items), found.next)
    };
    let first = piece(&wanted, None);
    assert_eq!((first.0.len(), first.1), (most, KeyId::new(most as u64)));
    let last = KeyId::new(MOST_READ as u64);
    assert_eq!(piece(&wanted, last), (vec![format!("1c{}", MOST_READ + 1)], None));
    let nowhere = KeyMatch { name: SearchText::new("nowhere"), ..wanted };
    assert_eq!(piece(&nowhere, None), (vec![], last), "nothing yet, and not at the end");
    assert_eq!(piece(&nowhere, last), (vec![], None));
}
