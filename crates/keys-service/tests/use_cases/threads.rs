//! Real threads on the real index: what was acknowledged holds for every verification that begins afterwards.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use keys_core::{
    AccountId, AccountKind, AccountTransition, EnvironmentTransition, Grant, Role, Transition, Verdict,
};
use keys_service::{AccountEdit, AuthorityConfig, Edit, KeyRequest};

use crate::support::{House, administrator, config, environment, now, seeded};

/// Rounds of deactivate and activate in each test.
const ROUNDS: usize = 300;

/// Plays rounds of stop and start against threads that verify. The counter is odd between the acknowledgement of a stop
/// and the beginning of the next start: who reads the same odd number before and after must have been refused.
fn race(house: &House, credential: &keys_core::Credential, stop: impl Fn(), start: impl Fn()) {
    race_for(house, || verdict(house, credential).is_some(), stop, start);
}

/// The grant of a credential, from the index if it knows.
fn verdict(house: &House, credential: &keys_core::Credential) -> Option<Grant> {
    let verdict = match house.authority.authenticate_indexed(credential, now()) {
        Some(verdict) => verdict,
        None => house.authority.authenticate(credential, now()).unwrap(),
    };
    match verdict {
        Verdict::Allow(grant) => Some(grant),
        Verdict::Deny(_) => None,
    }
}

/// As [`race`], for anything that is let in or not.
fn race_for(house: &House, let_in: impl Fn() -> bool + Sync, stop: impl Fn(), start: impl Fn()) {
    let epoch = AtomicU64::new(0);
    let over = AtomicBool::new(false);
    let refused = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    let before = epoch.load(Ordering::SeqCst);
                    let accepted = let_in();
                    if before % 2 == 1 && epoch.load(Ordering::SeqCst) == before {
                        assert!(!accepted, "accepted in stopped epoch {before}");
                        refused.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        // Others change what lies in the same shards, and cause misses.
        scope.spawn(|| {
            let mut rng = seeded(70);
            let context = house.inside_or(administrator());
            while !over.load(Ordering::SeqCst) {
                let _ = house.authority.issue_key(&context, KeyRequest::default(), &mut rng);
            }
        });
        let _over = RaiseOnDrop(&over);
        for round in 0..ROUNDS {
            stop();
            epoch.fetch_add(1, Ordering::SeqCst);
            if round % 10 == 0 {
                wait_for_more(&refused);
            }
            epoch.fetch_add(1, Ordering::SeqCst);
            start();
        }
    });
    assert!(refused.load(Ordering::SeqCst) > 0);
}

/// Waits until somebody was refused in this epoch, so that the round counts; not for ever, if they have all panicked.
fn wait_for_more(refused: &AtomicU64) {
    let seen = refused.load(Ordering::SeqCst);
    for _ in 0..1_000_000 {
        if refused.load(Ordering::SeqCst) > seen {
            return;
        }
        std::thread::yield_now();
    }
}

/// Ends the other threads, after a panic too.
pub(crate) struct RaiseOnDrop<'a>(pub(crate) &'a AtomicBool);

impl Drop for RaiseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn race_a_key(config: AuthorityConfig) {
    let mut house = House::with(config);
    let inside = house.inside();
    let key = house.issue(&inside);
    house.authority.fill_index().unwrap();
    let go = |transition| drop(house.authority.transition_key(&inside, key.id(), transition, None).unwrap());
    race(&house, &key.credential, || go(Transition::Deactivate), || go(Transition::Activate));
}

#[test]
fn a_deactivated_key_is_accepted_by_no_verification_that_begins_afterwards() {
    race_a_key(config());
}

#[test]
fn nor_with_an_index_too_small_for_it() {
    race_a_key(AuthorityConfig { index_capacity: NonZeroUsize::new(2), ..config() });
}

#[test]
fn nor_when_its_environment_was_deactivated() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let go = |transition| {
        let id = environment("1a5");
        drop(house.authority.transition_environment(&administrator(), id, transition, None).unwrap());
    };
    race(
        &house,
        &key.credential,
        || go(EnvironmentTransition::Deactivate),
        || go(EnvironmentTransition::Activate),
    );
}

#[test]
fn nor_when_its_person_was_disabled() {
    let mut house = House::new();
    let ada = house.person("Ada");
    let go = |transition| {
        drop(house.authority.transition_account(&administrator(), ada.id, transition, None).unwrap());
    };
    race(
        &house,
        &ada.key.credential,
        || go(AccountTransition::Deactivate),
        || go(AccountTransition::Activate),
    );
}

#[test]
fn a_demoted_administrator_administers_in_no_request_that_begins_afterwards() {
    let mut house = House::new();
    let eve = house.account("Eve", AccountKind::Admin);
    house.authority.fill_index().unwrap();
    let go = |kind| {
        let edit = AccountEdit::kind(kind);
        drop(house.authority.edit_account(&administrator(), eve.id, edit, None).unwrap());
    };
    let administers = || {
        let grant = verdict(&house, &eve.key.credential).unwrap();
        house.authority.caller(&grant).administers()
    };
    race_for(&house, administers, || go(AccountKind::User), || go(AccountKind::Admin));
}

#[test]
fn a_removed_member_is_let_in_by_no_request_that_begins_afterwards() {
    let mut house = House::new();
    let ada = house.person("Ada");
    let place = house.environment(&[(AccountId::ADMIN, Role::Owner), (ada.id, Role::Member)]);
    let caller = house.as_person(&ada).caller;
    let enters = || house.authority.enter(caller, place).is_ok();
    let remove = || drop(house.authority.remove_member(&administrator(), place, ada.id).unwrap());
    let put = || drop(house.authority.put_member(&administrator(), place, ada.id, Role::Member).unwrap());
    race_for(&house, enters, remove, put);
}

#[test]
fn a_member_whose_role_was_weakened_changes_nothing_in_a_request_that_begins_afterwards() {
    let mut house = House::new();
    let ada = house.person("Ada");
    let place = house.environment(&[(AccountId::ADMIN, Role::Owner), (ada.id, Role::Member)]);
    let caller = house.as_person(&ada).caller;
    let may = || house.authority.enter(caller, place).unwrap().may_change_keys();
    let put = |role| drop(house.authority.put_member(&administrator(), place, ada.id, role).unwrap());
    race_for(&house, may, || put(Role::ReadOnly), || put(Role::Restricted));
}

#[test]
fn nobody_enters_a_deactivated_environment() {
    let mut house = House::new();
    let ada = house.person("Ada");
    let place = house.environment(&[(ada.id, Role::Owner)]);
    let owner = house.as_person(&ada);
    let go = |transition| {
        drop(house.authority.transition_environment(&owner, place, transition, None).unwrap());
    };
    let enters = || house.authority.enter(owner.caller, place).is_ok();
    race_for(
        &house,
        enters,
        || go(EnvironmentTransition::Remove),
        || {
            go(EnvironmentTransition::Restore);
            go(EnvironmentTransition::Activate);
        },
    );
}

#[test]
fn changes_of_many_callers_are_all_made() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let before = key.record.parts().revision.number();
    let made = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    // Contended is told to the caller, who may come back.
                    if house.authority.edit_key(&inside, key.id(), Edit::default(), None).is_ok() {
                        made.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let after = house.authority.key(&inside, key.id()).unwrap().unwrap().parts().revision.number();
    assert_eq!(after - before, made.load(Ordering::SeqCst), "each that was acknowledged, and no other");
}
