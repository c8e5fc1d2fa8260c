//! Roles and what they may, and the way from one list of members to another.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

use std::collections::BTreeMap;

use keys_core::{
    AccountId, MemberId, MemberRecord, MemberStep, MembersError, NewMember, Revision, Role, member_steps,
    strategies,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// What each role may: keys, the environment, its members.
const RIGHTS: [(Role, bool, bool, bool); 4] = [
    (Role::Owner, true, true, true),
    (Role::Member, true, false, false),
    (Role::Restricted, true, false, false),
    (Role::ReadOnly, false, false, false),
];

#[test]
fn every_role_may_what_the_table_says() {
    assert_eq!(RIGHTS.map(|(role, ..)| role), Role::ALL);
    for (role, keys, environment, members) in RIGHTS {
        assert_eq!(role.may_change_keys(), keys, "{role}");
        assert_eq!(role.may_change_environment(), environment, "{role}");
        assert_eq!(role.may_set_members(), members, "{role}");
    }
}

#[test]
fn a_stronger_role_may_all_that_a_weaker_one_may() {
    for pair in RIGHTS.windows(2) {
        let [(stronger, a, b, c), (weaker, d, e, f)] = pair else { panic!("two each") };
        assert!(stronger < weaker, "{stronger} stands before {weaker}");
        assert!(a >= d && b >= e && c >= f);
    }
}

fn account(number: u64) -> AccountId {
    AccountId::new(number).unwrap()
}

/// Members of one environment, each of an account of its own.
fn current() -> impl Strategy<Value = Vec<MemberRecord>> {
    btree_map(1..8u64, strategies::role(), 0..6).prop_map(|roles| {
        let member = |(number, role): (u64, Role)| {
            let creator = "account/1a1".parse().unwrap();
            let created = keys_core::Timestamp::MIN;
            let environment = "1a5".parse().unwrap();
            NewMember { environment, account: account(number), role, creator, created }
                .into_record(MemberId::new(number + 50).unwrap(), Revision::new(number))
        };
        roles.into_iter().map(member).collect()
    })
}

fn wanted() -> impl Strategy<Value = Vec<(AccountId, Role)>> {
    vec(((1..8u64).prop_map(account), strategies::role()), 0..6)
}

proptest! {
    #[test]
    fn the_steps_lead_to_what_is_wanted_and_no_owner_is_missing_between(current in current(), wanted in wanted()) {
        let named: BTreeMap<_, _> = wanted.iter().copied().collect();
        let steps = match member_steps(&current, &wanted) {
            Ok(steps) => steps,
            Err(MembersError::Twice { .. }) => {
                prop_assert!(named.len() < wanted.len());
                return Ok(());
            }
            Err(MembersError::NoOwner) => {
                prop_assert!(!named.values().any(|role| *role == Role::Owner));
                return Ok(());
            }
            Err(other) => panic!("{other}"),
        };
        prop_assert_eq!(named.len(), wanted.len());
        prop_assert!(named.values().any(|role| *role == Role::Owner));
        let mut roles: BTreeMap<_, _> = current.iter().map(|member| (member.account, member.role)).collect();
        for step in steps {
            match step {
                MemberStep::Add(account, role) => prop_assert_eq!(roles.insert(account, role), None),
                MemberStep::Change(member, role) => {
                    prop_assert_ne!(member.role, role, "no step without effect");
                    prop_assert_eq!(roles.insert(member.account, role), Some(member.role));
                }
                MemberStep::Remove(member) => prop_assert_eq!(roles.remove(&member.account), Some(member.role)),
            }
            if step.takes_an_owner() {
                prop_assert!(roles.values().any(|role| *role == Role::Owner), "{step:?} left none");
            }
        }
        prop_assert_eq!(roles, named);
    }

    #[test]
    fn of_a_member_only_the_role_changes(
        new in strategies::new_member(), id in strategies::member_id(), revision in strategies::revision(),
        role in strategies::role(),
    ) {
        let record = new.into_record(id, revision);
        prop_assert_eq!((record.id, record.revision, record.role), (id, revision, new.role));
        let changed = record.with_role(role);
        prop_assert_eq!(changed.with_role(new.role), record);
        prop_assert_eq!((changed.role, changed.account), (role, new.account));
    }
}
