//! Members: who may enter an environment, as what, and who says so.

use keys_core::{AccountId, Action, EnvironmentTransition, MembersRevision, Owner, Role, Target, Transition};
use keys_service::{
    Edit, EnterError, EnvironmentChangeError, EnvironmentRequest, IssueError, KeyChangeError, KeyRequest,
    MembersError, Position,
};
use keys_store::fault::{Call, Calls, Moment};
use keys_store::{EnvironmentQuery, KeyQuery, KeyStore as _};

use crate::support::{House, Person, administrator, context, environment, rng};

use EnvironmentTransition::{Activate, Deactivate, Remove, Restore};

/// Four people of one environment, one for each role, and a stranger.
struct Cast {
    house: House,
    place: keys_core::EnvironmentId,
    people: [Person; 4],
    stranger: Person,
}

fn cast() -> Cast {
    let mut house = House::new();
    let people = Role::ALL.map(|role| house.person(role.as_str()));
    let stranger = house.person("stranger");
    let roles: Vec<_> = people.iter().map(|person| person.id).zip(Role::ALL).collect();
    let place = house.environment(&roles);
    Cast { house, place, people, stranger }
}

#[test]
fn a_person_enters_with_the_role_it_has_at_that_moment() {
    let Cast { house, place, people, stranger } = cast();
    for (person, role) in people.iter().zip(Role::ALL) {
        let caller = house.as_person(person).caller;
        assert_eq!(caller.position(), Position::Person);
        let inside = house.authority.enter(caller, place).unwrap();
        assert_eq!(inside.position(), Position::Inside { environment: place, role });
        let elsewhere = house.authority.enter(caller, environment("1a5"));
        assert!(matches!(elsewhere, Err(EnterError::Refused)), "{elsewhere:?}");
    }
    let refused = |person| house.authority.enter(house.as_person(person).caller, place).is_err();
    assert!(refused(&stranger));
    let [owner, member, ..] = &people;
    let owner = house.as_person(owner);
    house.authority.put_member(&owner, place, member.id, Role::ReadOnly).unwrap();
    let inside = house.authority.enter(house.as_person(member).caller, place).unwrap();
    assert_eq!(inside.position(), Position::Inside { environment: place, role: Role::ReadOnly });
    house.authority.remove_member(&owner, place, member.id).unwrap();
    assert!(refused(member), "removed, so refused");
    house.authority.transition_environment(&owner, place, Deactivate, None).unwrap();
    assert!(people.iter().all(refused), "nobody enters one that is not Active");
}

/// T65: who may read only, reads only.
#[test]
fn a_read_only_person_cannot_mint_or_change_a_key() {
    let Cast { mut house, place, people, .. } = cast();
    let [owner, member, restricted, reader] = &people;
    let key = house.issue(&house.person_inside(owner, place));
    for person in [owner, member, restricted] {
        let context = house.person_inside(person, place);
        let minted = house.issue(&context);
        assert_eq!(minted.record.parts().owner, Owner::Environment(place));
        house.authority.transition_key(&context, minted.id(), Transition::Deactivate, None).unwrap();
    }
    let context = house.person_inside(reader, place);
    let before = house.store.head().unwrap();
    let minted = house.authority.issue_key(&context, KeyRequest::default(), &mut rng());
    assert!(matches!(minted, Err(IssueError::Forbidden)), "{minted:?}");
    for transition in Transition::ALL {
        let moved = house.authority.transition_key(&context, key.id(), transition, None);
        assert!(matches!(moved, Err(KeyChangeError::Forbidden)), "{moved:?}");
    }
    let edited = house.authority.edit_key(&context, key.id(), Edit::default(), None);
    assert!(matches!(edited, Err(KeyChangeError::Forbidden)), "{edited:?}");
    assert_eq!(house.store.head().unwrap(), before);
    // Reading is what it may.
    assert!(house.authority.key(&context, key.id()).unwrap().is_some());
    assert_eq!(house.authority.keys(&context, &KeyQuery::default()).unwrap().items.len(), 4);
    assert_eq!(house.authority.members(&context, None, 9).unwrap().items.len(), 4);
}

#[test]
fn owners_change_an_environment_and_the_others_look_on() {
    let Cast { mut house, place, people, stranger } = cast();
    let [owner, others @ ..] = &people;
    for person in others {
        for context in [house.as_person(person), house.person_inside(person, place)] {
            let edited = house.authority.edit_environment(&context, place, Edit::default(), None);
            assert!(matches!(edited, Err(EnvironmentChangeError::Forbidden)), "{edited:?}");
            let moved = house.authority.transition_environment(&context, place, Deactivate, None);
            assert!(matches!(moved, Err(EnvironmentChangeError::Forbidden)), "{moved:?}");
            let set = house.authority.put_member(&context, place, stranger.id, Role::ReadOnly);
            assert!(matches!(set, Err(MembersError::Forbidden)), "{set:?}");
        }
    }
    let nobody = house.as_person(&stranger);
    let edited = house.authority.edit_environment(&nobody, place, Edit::default(), None);
    assert!(matches!(edited, Err(EnvironmentChangeError::NotFound)), "{edited:?}");
    let set = house.authority.put_member(&nobody, place, stranger.id, Role::Owner);
    assert!(matches!(set, Err(MembersError::NotFound)), "{set:?}");
    assert!(house.authority.members_of(&nobody, place).unwrap().is_none());

    let inside = house.person_inside(owner, place);
    house.authority.edit_environment(&inside, place, Edit::default(), None).unwrap();
    let elsewhere = house.authority.edit_environment(&inside, environment("1a5"), Edit::default(), None);
    assert!(matches!(elsewhere, Err(EnvironmentChangeError::NotFound)), "{elsewhere:?}");
    let key = house.issue(&inside);
    let outside = house.as_person(owner);
    let sees =
        |person: &Person| house.authority.environment(&house.as_person(person), place).unwrap().is_some();
    for (transition, shown) in
        [(Deactivate, false), (Activate, true), (Remove, false), (Restore, false), (Activate, true)]
    {
        house.authority.transition_environment(&outside, place, transition, None).unwrap();
        assert!(sees(owner), "an owner sees it in any state");
        assert!(others.iter().all(|person| sees(person) == shown), "{transition}");
        assert!(!sees(&stranger));
        assert_eq!(house.verdict(&key.credential).is_ok(), shown);
    }
    let as_key = house.as_key(&key);
    let set = house.authority.put_member(&as_key, place, stranger.id, Role::Owner);
    assert!(matches!(set, Err(MembersError::Forbidden)), "an environment's key sets nobody's role: {set:?}");
}

#[test]
fn whoever_makes_an_environment_owns_it() {
    let Cast { mut house, people, stranger, .. } = cast();
    let context = house.as_person(&stranger);
    let made =
        house.authority.create_environment(&context, EnvironmentRequest::default(), &mut house.rng).unwrap();
    let id = made.parts().id;
    let members = house.authority.members_of(&context, id).unwrap().unwrap();
    let [member] = members.as_slice() else { panic!("{members:?}") };
    assert_eq!((member.account, member.role), (stranger.id, Role::Owner));
    assert_eq!(member.creator, context.caller.creator());
    let list = |person| {
        let page =
            house.authority.environments(&house.as_person(person), &EnvironmentQuery::default()).unwrap();
        page.items.iter().map(|record| record.parts().id).collect::<Vec<_>>()
    };
    assert_eq!(list(&stranger), [id]);
    assert!(!list(&people[0]).contains(&id));
    // Neither a key of an environment nor anybody inside one makes another.
    let inside = house.person_inside(&stranger, id);
    let key = house.authority.issue_key(&inside, KeyRequest::default(), &mut rng()).unwrap();
    let as_key = house.as_key(&crate::support::issued(key));
    for context in [inside, as_key] {
        let made = house.authority.create_environment(&context, EnvironmentRequest::default(), &mut rng());
        assert!(matches!(made, Err(EnvironmentChangeError::Forbidden)), "{made:?}");
    }
}

#[test]
fn an_environment_comes_with_its_members_or_not_at_all() {
    let Cast { mut house, people, stranger, .. } = cast();
    let context = house.as_person(&stranger);
    let before = house.store.head().unwrap();
    let request = |members: &[(AccountId, Role)]| EnvironmentRequest {
        members: Some(members.to_vec()),
        ..EnvironmentRequest::default()
    };
    for members in [
        vec![],
        vec![(stranger.id, Role::Member)],
        vec![(stranger.id, Role::Owner), (stranger.id, Role::ReadOnly)],
        vec![(stranger.id, Role::Owner), ("1a999".parse().unwrap(), Role::Member)],
        vec![("1a4".parse().unwrap(), Role::Owner)],
    ] {
        let made = house.authority.create_environment(&context, request(&members), &mut house.rng);
        assert!(matches!(made, Err(EnvironmentChangeError::Members(_))), "{members:?}: {made:?}");
    }
    assert_eq!(house.store.head().unwrap(), before);
    let wanted = [(people[0].id, Role::Owner), (stranger.id, Role::ReadOnly)];
    let made = house.authority.create_environment(&context, request(&wanted), &mut house.rng).unwrap();
    let members = house.authority.members_of(&context, made.parts().id).unwrap().unwrap();
    assert_eq!(members.iter().map(|one| (one.account, one.role)).collect::<Vec<_>>(), wanted);
}

#[test]
fn a_list_of_members_is_set_as_a_whole_with_one_event_for_each_difference() {
    let Cast { house, place, people, stranger } = cast();
    let [owner, member, restricted, reader] = &people;
    let context = house.as_person(owner);
    let end = house.store.head().unwrap().audit.map(|(id, _)| id);
    let wanted = [(owner.id, Role::Owner), (member.id, Role::ReadOnly), (stranger.id, Role::Member)];
    let members = house.authority.set_members(&context, place, &wanted, None).unwrap();
    let mut found: Vec<_> = members.iter().map(|one| (one.account, one.role)).collect();
    found.sort();
    assert_eq!(found, wanted);
    let events = house.store.audit(end, 100).unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|linked| {
            let Target::Member(_, account, role) = linked.event.target else { panic!("{linked:?}") };
            (linked.event.action, account, role)
        })
        .collect();
    assert_eq!(
        told,
        [
            (Action::AddMember, stranger.id, Role::Member),
            (Action::ChangeMember, member.id, Role::ReadOnly),
            (Action::RemoveMember, restricted.id, Role::Restricted),
            (Action::RemoveMember, reader.id, Role::ReadOnly),
        ]
    );
    // The same list again changes nothing.
    let before = house.store.head().unwrap();
    house.authority.set_members(&context, place, &wanted, None).unwrap();
    assert_eq!(house.store.head().unwrap(), before);
    // An owner may hand everything over and be a member of nothing any more.
    house.authority.set_members(&context, place, &[(stranger.id, Role::Owner)], None).unwrap();
    assert!(house.authority.members_of(&context, place).unwrap().is_none());
}

#[test]
fn an_environment_keeps_an_owner() {
    let Cast { house, place, people, .. } = cast();
    let [owner, member, ..] = &people;
    let context = house.as_person(owner);
    let before = house.store.head().unwrap();
    let no_owner = |outcome: Result<_, MembersError>| {
        let refused = keys_core::MembersError::NoOwner;
        assert!(matches!(outcome, Err(MembersError::Refused(refusal)) if refusal == refused), "{outcome:?}");
    };
    no_owner(house.authority.remove_member(&context, place, owner.id));
    no_owner(house.authority.put_member(&context, place, owner.id, Role::Member));
    no_owner(house.authority.set_members(&context, place, &[], None));
    no_owner(house.authority.set_members(&administrator(), place, &[(member.id, Role::Member)], None));
    let missing = house.authority.remove_member(&context, place, "1a1".parse().unwrap());
    assert!(matches!(missing, Err(MembersError::NotFound)), "{missing:?}");
    let stranger = house.authority.put_member(&context, place, "1a3".parse().unwrap(), Role::Member);
    assert!(matches!(stranger, Err(MembersError::NotAPerson { .. })), "{stranger:?}");
    assert_eq!(house.store.head().unwrap(), before);
}

#[test]
fn two_owners_cannot_take_each_other_away() {
    for _ in 0..20 {
        let mut house = House::new();
        let (ada, bob) = (house.person("Ada"), house.person("Bob"));
        let place = house.environment(&[(ada.id, Role::Owner), (bob.id, Role::Owner)]);
        let (by_ada, by_bob) = (house.as_person(&ada), house.as_person(&bob));
        let both = std::thread::scope(|scope| {
            let first = scope.spawn(|| house.authority.remove_member(&by_ada, place, bob.id).is_ok());
            let second = house.authority.remove_member(&by_bob, place, ada.id).is_ok();
            (second, first.join().unwrap())
        });
        let left = house.authority.members_of(&administrator(), place).unwrap().unwrap();
        assert_eq!(left.len(), 1, "{both:?}");
        assert!(both.0 != both.1, "one of them, and one only: {both:?}");
    }
}

#[test]
fn a_list_that_was_decided_for_other_members_is_refused() {
    let Cast { house, place, people, stranger } = cast();
    let owner = house.as_person(&people[0]);
    let read = MembersRevision::of(&house.authority.members_of(&owner, place).unwrap().unwrap());
    let wanted = [(people[0].id, Role::Owner), (stranger.id, Role::Member)];
    let changed = house.authority.put_member(&owner, place, people[1].id, Role::ReadOnly).unwrap();
    let before = house.store.head().unwrap();
    let refused = house.authority.set_members(&owner, place, &wanted, Some(read));
    let current = MembersRevision::of(&changed);
    assert!(matches!(refused, Err(MembersError::Conflict { current: now }) if now == current), "{refused:?}");
    assert_eq!(house.store.head().unwrap(), before);
    // Who may not change them learns nothing of them by guessing.
    let reader = house.as_person(&people[3]);
    for expected in [read, current] {
        let refused = house.authority.set_members(&reader, place, &wanted, Some(expected));
        assert!(matches!(refused, Err(MembersError::Forbidden)), "{refused:?}");
    }
    let set = house.authority.set_members(&owner, place, &wanted, Some(current)).unwrap();
    assert_eq!(set.len(), 2);
}

/// Stops a change of members right before its commit, makes another meanwhile, and lets it go on.
fn overtaken<T: Send>(house: &House, slow: impl FnOnce() -> T + Send, fast: impl FnOnce()) -> T {
    let hold = house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
    std::thread::scope(|scope| {
        let slow = scope.spawn(slow);
        hold.wait_until_reached();
        fast();
        hold.release();
        slow.join().unwrap()
    })
}

/// What is decided is decided for the members that were read: whoever comes between is not overlooked.
#[test]
fn members_who_come_between_the_look_and_the_change_are_not_overlooked() {
    let Cast { house, place, people, stranger } = cast();
    let owner = house.as_person(&people[0]);
    let comes =
        || drop(house.authority.put_member(&administrator(), place, stranger.id, Role::Member).unwrap());
    let accounts =
        |members: &[keys_core::MemberRecord]| members.iter().map(|one| one.account).collect::<Vec<_>>();
    let read = MembersRevision::of(&house.authority.members_of(&owner, place).unwrap().unwrap());
    let wanted = [(people[0].id, Role::Owner), (people[1].id, Role::Owner)];

    // The list was said for those that were read, so it is not for these.
    let set = |expected| house.authority.set_members(&owner, place, &wanted, expected);
    let refused = overtaken(&house, || set(Some(read)), comes);
    assert!(matches!(refused, Err(MembersError::Conflict { .. })), "{refused:?}");
    house.authority.remove_member(&owner, place, stranger.id).unwrap();
    // Nobody but these was meant, whoever was there.
    let members = overtaken(&house, || set(None), comes).unwrap();
    assert_eq!(accounts(&members), [people[0].id, people[1].id]);
    // One is put beside the others, whoever they are.
    let put = || house.authority.put_member(&owner, place, people[2].id, Role::Member);
    let members = overtaken(&house, put, comes).unwrap();
    assert_eq!(accounts(&members), [people[0].id, people[1].id, stranger.id, people[2].id]);
}

/// Nothing has changed but the right to it.
#[test]
fn who_lost_the_right_between_the_look_and_the_change_is_told_so() {
    let Cast { house, place, people, stranger } = cast();
    let owner = house.as_person(&people[0]);
    let key = people[0].key.id();
    let stops = || {
        drop(house.authority.transition_key(&administrator(), key, Transition::Deactivate, None).unwrap());
    };
    let put = || house.authority.put_member(&owner, place, stranger.id, Role::Member);
    let refused = overtaken(&house, put, stops);
    assert!(matches!(refused, Err(MembersError::Revoked)), "{refused:?}");
    assert_eq!(house.authority.members_of(&administrator(), place).unwrap().unwrap().len(), 4);
}

#[test]
fn members_of_a_removed_environment_wait_for_it_to_come_back() {
    let Cast { house, place, people, .. } = cast();
    let owner = house.as_person(&people[0]);
    house.authority.transition_environment(&owner, place, Remove, None).unwrap();
    let set = house.authority.put_member(&owner, place, people[1].id, Role::Owner);
    assert!(matches!(set, Err(MembersError::Removed)), "{set:?}");
    assert_eq!(house.authority.members_of(&owner, place).unwrap().unwrap().len(), 4);
}

#[test]
fn a_person_who_administers_needs_to_be_a_member_of_nothing() {
    let mut house = House::new();
    let eve = house.account("Eve", keys_core::AccountKind::Admin);
    let ada = house.person("Ada");
    let place = house.environment(&[(ada.id, Role::Owner)]);
    let outside = house.as_person(&eve);
    assert!(house.authority.members_of(&outside, place).unwrap().is_some());
    let inside = house.person_inside(&eve, place);
    assert_eq!(inside.caller.position(), Position::Inside { environment: place, role: Role::Owner });
    let _ = house.issue(&inside);
    house.authority.put_member(&inside, place, eve.id, Role::ReadOnly).unwrap();
    let caller = house.authority.enter(house.as_person(&eve).caller, place).unwrap();
    let role = Role::Owner;
    assert_eq!(caller.position(), Position::Inside { environment: place, role }, "the stronger one counts");
    let _ = house.issue(&context(caller));
}
