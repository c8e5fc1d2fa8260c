//! One member at a time, and what is told before an environment stops.

use keys_core::{EnvironmentTransition, MemberRecord, Role, Transition};
use keys_service::{Context, Counted, MembersError};
use keys_store::KeyStore as _;

use crate::support::{House, Person, administrator, environment};

/// An environment with an owner and a member, and a stranger.
struct Cast {
    house: House,
    place: keys_core::EnvironmentId,
    owner: Person,
    member: Person,
    stranger: Person,
}

fn cast() -> Cast {
    let mut house = House::new();
    let (owner, member) = (house.person("owner"), house.person("member"));
    let stranger = house.person("stranger");
    let place = house.environment(&[(owner.id, Role::Owner), (member.id, Role::Member)]);
    Cast { house, place, owner, member, stranger }
}

impl Cast {
    fn record(&self, context: &Context, person: &Person) -> MemberRecord {
        let members = self.house.authority.members_of(context, self.place).unwrap().unwrap();
        *members.iter().find(|member| member.account == person.id).unwrap()
    }
}

#[test]
fn what_others_made_of_a_member_meanwhile_is_not_undone_unseen() {
    let cast = cast();
    let Cast { house, place, owner, member, .. } = &cast;
    let owner = house.as_person(owner);
    let seen = cast.record(&owner, member);
    house.authority.change_member(&owner, *place, seen.id, Role::ReadOnly, seen.revision).unwrap();
    let now = cast.record(&owner, member);
    assert_eq!(now.role, Role::ReadOnly);
    let before = house.store.head().unwrap();
    // Whoever looked at the list before is told so, and nothing happens.
    let changed = house.authority.change_member(&owner, *place, seen.id, Role::Owner, seen.revision);
    let ended = house.authority.end_member(&owner, *place, seen.id, seen.revision);
    for refused in [changed, ended] {
        assert!(
            matches!(refused, Err(MembersError::MemberChanged { current }) if current == now.revision),
            "{refused:?}"
        );
    }
    assert_eq!(house.store.head().unwrap(), before);
    house.authority.end_member(&owner, *place, now.id, now.revision).unwrap();
    let gone = house.authority.end_member(&owner, *place, now.id, now.revision);
    assert!(matches!(gone, Err(MembersError::NotFound)), "{gone:?}");
    let gone = house.authority.change_member(&owner, *place, now.id, Role::Owner, now.revision);
    assert!(matches!(gone, Err(MembersError::NotFound)), "{gone:?}");
}

#[test]
fn who_is_a_member_already_is_not_added_again_with_another_role() {
    let cast = cast();
    let Cast { house, place, owner, member, stranger } = &cast;
    let owner = house.as_person(owner);
    let before = cast.record(&owner, member);
    let added = house.authority.add_member(&owner, *place, member.id, Role::ReadOnly);
    assert!(matches!(added, Err(MembersError::AlreadyMember { account }) if account == member.id));
    assert_eq!(cast.record(&owner, member), before);
    house.authority.add_member(&owner, *place, stranger.id, Role::ReadOnly).unwrap();
    assert_eq!(cast.record(&owner, stranger).role, Role::ReadOnly);
    let nobody = house.authority.add_member(&owner, *place, "1a4".parse().unwrap(), Role::ReadOnly);
    assert!(matches!(nobody, Err(MembersError::NotAPerson { .. })), "{nobody:?}");
}

#[test]
fn the_last_owner_stays_one() {
    let cast = cast();
    let Cast { house, place, owner: person, member, .. } = &cast;
    let owner = house.as_person(person);
    let last = cast.record(&owner, person);
    for by in [&owner, &administrator()] {
        let changed = house.authority.change_member(by, *place, last.id, Role::Member, last.revision);
        let ended = house.authority.end_member(by, *place, last.id, last.revision);
        for refused in [changed, ended] {
            assert!(
                matches!(refused, Err(MembersError::Refused(keys_core::MembersError::NoOwner))),
                "{refused:?}"
            );
        }
    }
    // With another beside it, it may go, by its own hand.
    let other = cast.record(&owner, member);
    house.authority.change_member(&owner, *place, other.id, Role::Owner, other.revision).unwrap();
    house.authority.end_member(&owner, *place, last.id, last.revision).unwrap();
    assert!(house.authority.members_of(&owner, *place).unwrap().is_none());
}

#[test]
fn only_owners_and_administrators_set_a_member() {
    let cast = cast();
    let Cast { house, place, owner, member, stranger } = &cast;
    let record = cast.record(&house.as_person(owner), member);
    let before = house.store.head().unwrap();
    for (person, is_told) in [(member, true), (stranger, false)] {
        let context = house.as_person(person);
        let authority = &house.authority;
        for refused in [
            authority.add_member(&context, *place, stranger.id, Role::Owner),
            authority.change_member(&context, *place, record.id, Role::Owner, record.revision),
            authority.end_member(&context, *place, record.id, record.revision),
        ] {
            match refused {
                Err(MembersError::Forbidden) => assert!(is_told),
                Err(MembersError::NotFound) => assert!(!is_told),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(house.store.head().unwrap(), before);
    // Of another environment, it is no member.
    let elsewhere =
        house.authority.end_member(&administrator(), environment("1a5"), record.id, record.revision);
    assert!(matches!(elsewhere, Err(MembersError::NotFound)), "{elsewhere:?}");
}

#[test]
fn everybody_is_told_the_role_they_have_and_no_other() {
    let cast = cast();
    let Cast { house, place, owner, member, stranger } = &cast;
    let role = |context: &Context| house.authority.role_in(context, *place).unwrap();
    assert_eq!(role(&house.as_person(owner)), Some(Role::Owner));
    assert_eq!(role(&house.as_person(member)), Some(Role::Member));
    assert_eq!(role(&house.as_person(stranger)), None);
    assert_eq!(role(&administrator()), Some(Role::Owner));
    assert_eq!(role(&house.inside()), None, "inside another environment nothing is to be said of this one");
}

#[test]
fn whoever_may_stop_an_environment_is_told_how_many_keys_stop() {
    let mut cast = cast();
    let (owner, member) = (cast.house.as_person(&cast.owner), cast.house.as_person(&cast.member));
    let inside = cast.house.person_inside(&cast.owner, cast.place);
    let keys: Vec<_> = (0..4).map(|_| cast.house.issue(&inside)).collect();
    let authority = &cast.house.authority;
    authority.transition_key(&inside, keys[0].id(), Transition::Deactivate, None).unwrap();
    let count = |context: &Context, most| authority.active_keys(context, cast.place, most).unwrap();
    assert_eq!(count(&owner, 10), Some(Counted { number: 3, more: false }));
    assert_eq!(count(&owner, 3), Some(Counted { number: 3, more: false }));
    assert_eq!(count(&owner, 2), Some(Counted { number: 2, more: true }));
    assert_eq!(count(&administrator(), 10), Some(Counted { number: 3, more: false }));
    assert_eq!(count(&member, 10), None);
    authority.transition_environment(&owner, cast.place, EnvironmentTransition::Deactivate, None).unwrap();
    assert_eq!(count(&owner, 10), Some(Counted { number: 3, more: false }), "the keys are not touched");
}
