//! Making, changing, entering and reading environments.

use keys_core::{EnvironmentState, EnvironmentTransition, EnvironmentTransitionError, Name, Revision};
use keys_service::{Caller, Edit, EnterError, EnvironmentChangeError, EnvironmentRequest, Patch};
use keys_store::fault::{Call, Calls, Fault, Moment};
use keys_store::{BackendErrorKind, EnvironmentFilter, EnvironmentQuery, KeyStore as _};

use crate::support::{FailingRng, House, RepeatingRng, administrator, environment, now};

use EnvironmentTransition::{Activate, Deactivate, Remove, Restore};

fn request(name: &str) -> EnvironmentRequest {
    EnvironmentRequest { name: Some(Name::new(name).unwrap()), description: None, members: None }
}

#[test]
fn the_administrator_makes_environments_and_enters_them() {
    let mut house = House::new();
    let made =
        house.authority.create_environment(&administrator(), request("second"), &mut house.rng).unwrap();
    let parts = made.parts();
    assert_eq!(parts.id.to_string(), "1a6");
    assert_eq!((parts.state, parts.created), (EnvironmentState::Active, now()));
    assert_eq!(parts.creator.principal, administrator().caller.principal());
    let caller = house.authority.enter(Caller::of_database(), parts.id).unwrap();
    assert_eq!(caller.effective(), keys_core::Owner::Environment(parts.id));
    assert!(!caller.administers(), "inside an environment it acts as that");
}

#[test]
fn a_key_of_an_environment_changes_none() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let as_key = house.as_key(&key);
    let other =
        house.authority.create_environment(&administrator(), request("other"), &mut house.rng).unwrap();

    let made = house.authority.create_environment(&as_key, request("mine"), &mut house.rng);
    assert!(matches!(made, Err(EnvironmentChangeError::Forbidden)), "{made:?}");
    let own = environment("1a5");
    let edited = house.authority.edit_environment(&as_key, own, Edit::default(), None);
    assert!(matches!(edited, Err(EnvironmentChangeError::Forbidden)), "{edited:?}");
    let moved = house.authority.transition_environment(&as_key, own, Deactivate, None);
    assert!(matches!(moved, Err(EnvironmentChangeError::Forbidden)), "{moved:?}");
    for hidden in [other.parts().id, environment("1a999")] {
        let edited = house.authority.edit_environment(&as_key, hidden, Edit::default(), None);
        assert!(matches!(edited, Err(EnvironmentChangeError::NotFound)), "{edited:?}");
        assert!(house.authority.environment(&as_key, hidden).unwrap().is_none());
    }
    let seen = house.authority.environments(&as_key, &EnvironmentQuery::default()).unwrap();
    let seen: Vec<_> = seen.items.iter().map(|record| record.parts().id).collect();
    assert_eq!(seen, [own]);
}

#[test]
fn a_key_enters_its_own_environment_only_and_nobody_one_that_is_not_active() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let caller = house.as_key(&key).caller;
    let other =
        house.authority.create_environment(&administrator(), request("other"), &mut house.rng).unwrap();
    let own = environment("1a5");
    let refused = |caller, id| matches!(house.authority.enter(caller, id), Err(EnterError::Refused));
    assert!(!refused(caller, own));
    assert!(refused(caller, other.parts().id));
    assert!(refused(Caller::of_database(), environment("1a999")));
    assert!(refused(Caller::of_database(), environment("1a1")), "an account is no environment");
    for stop in [Deactivate, Remove] {
        house.authority.transition_environment(&administrator(), own, stop, None).unwrap();
        assert!(refused(caller, own) && refused(Caller::of_database(), own));
    }
}

#[test]
fn an_administrator_inside_an_environment_keeps_the_way_to_others() {
    let mut house = House::new();
    let other =
        house.authority.create_environment(&administrator(), request("other"), &mut house.rng).unwrap();
    let inside = house.authority.enter(Caller::of_database(), environment("1a5")).unwrap();
    let elsewhere = house.authority.enter(inside, other.parts().id).unwrap();
    assert_eq!(elsewhere.effective(), keys_core::Owner::Environment(other.parts().id));
}

#[test]
fn every_transition_is_stored_or_refused_as_the_core_says() {
    let house = House::new();
    let id = environment("1a5");
    let go = |transition| {
        let outcome = house.authority.transition_environment(&administrator(), id, transition, None);
        outcome.map(|record| record.parts().state).map_err(|error| {
            let EnvironmentChangeError::Refused(refusal) = error else { panic!("{error}") };
            refusal
        })
    };
    let removed = EnvironmentState::Removed { at: now() };
    let already = |state| Err(EnvironmentTransitionError::AlreadySo { state });
    let refused = |transition, from| Err(EnvironmentTransitionError::NotAllowed { transition, from });
    assert_eq!(go(Activate), already(EnvironmentState::Active));
    assert_eq!(go(Restore), refused(Restore, EnvironmentState::Active));
    assert_eq!(go(Deactivate), Ok(EnvironmentState::Inactive));
    assert_eq!(go(Deactivate), already(EnvironmentState::Inactive));
    assert_eq!(go(Remove), Ok(removed));
    assert_eq!(go(Remove), already(removed));
    assert_eq!(go(Activate), refused(Activate, removed));
    assert_eq!(go(Restore), Ok(EnvironmentState::Inactive));
    assert_eq!(go(Activate), Ok(EnvironmentState::Active));

    let shown = |removed| {
        let filter = EnvironmentFilter { removed, id: None };
        let query = EnvironmentQuery { filter, ..EnvironmentQuery::default() };
        house.authority.environments(&administrator(), &query).unwrap().items.len()
    };
    assert_eq!(go(Remove), Ok(removed));
    assert_eq!((shown(false), shown(true)), (0, 1));
    assert!(house.authority.environment(&administrator(), id).unwrap().is_some(), "by id it is shown");
}

#[test]
fn an_edit_changes_what_it_says_and_the_expected_revision_only() {
    let house = House::new();
    let id = environment("1a5");
    let edit = Edit { name: Patch::Set(None), ..Edit::default() };
    let edited = house.authority.edit_environment(&administrator(), id, edit, None).unwrap();
    assert_eq!(edited.parts().name, None);
    let current = edited.parts().revision;
    let stale = Some(Revision::new(1));
    let refused = house.authority.edit_environment(&administrator(), id, Edit::default(), stale);
    assert!(
        matches!(refused, Err(EnvironmentChangeError::Conflict { current: told }) if told == current),
        "{refused:?}"
    );
    house.authority.edit_environment(&administrator(), id, Edit::default(), Some(current)).unwrap();
}

#[test]
fn changes_that_keep_coming_in_between_end_in_an_error() {
    let house = House::new();
    let id = environment("1a5");
    let holds: Vec<_> = (0..3)
        .map(|number| house.store.hold(Calls::Only(Call::Commit), 2 * number, Moment::BeforeTheCall))
        .collect();
    let outcome = std::thread::scope(|scope| {
        let changing =
            scope.spawn(|| house.authority.transition_environment(&administrator(), id, Deactivate, None));
        for hold in holds {
            hold.wait_until_reached();
            house.authority.edit_environment(&administrator(), id, Edit::default(), None).unwrap();
            hold.release();
        }
        changing.join().unwrap()
    });
    assert!(matches!(outcome, Err(EnvironmentChangeError::Contended)), "{outcome:?}");
}

#[test]
fn a_random_source_that_fails_or_repeats_itself_makes_nothing() {
    let house = House::new();
    let before = house.store.head().unwrap();
    let mut failing = FailingRng::after(0, house.rng.clone());
    let failed = house.authority.create_environment(&administrator(), request("a"), &mut failing);
    assert!(matches!(failed, Err(EnvironmentChangeError::Rng(_))), "{failed:?}");
    assert_eq!(house.store.head().unwrap(), before);

    let mut repeating = RepeatingRng;
    house.authority.create_environment(&administrator(), request("a"), &mut repeating).unwrap();
    let before = house.store.head().unwrap();
    let failed = house.authority.create_environment(&administrator(), request("b"), &mut repeating);
    assert!(matches!(failed, Err(EnvironmentChangeError::Repeated)), "{failed:?}");
    assert_eq!(house.store.head().unwrap(), before);
}

#[test]
fn a_store_that_fails_is_an_error_and_no_entry() {
    let house = House::new();
    let id = environment("1a5");
    house.store.inject(Calls::Only(Call::LoadOwner), 0, Fault::Failed(BackendErrorKind::Unavailable));
    let entered = house.authority.enter(Caller::of_database(), id);
    // The owner was published at the set-up, so the index knows it and asks nobody.
    assert!(entered.is_ok());
    let cold = crate::support::open(std::sync::Arc::clone(&house.store) as _, crate::support::config());
    let entered = cold.enter(Caller::of_database(), id);
    assert!(matches!(entered, Err(EnterError::Store(_))), "{entered:?}");
}
