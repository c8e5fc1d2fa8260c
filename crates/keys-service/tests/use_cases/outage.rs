//! The store fails at any call: errors, never a yes by mistake, and nothing half-done.

use std::sync::Arc;

use keys_core::{DenyReason, EnvironmentTransition, LifecycleState, Transition};
use keys_service::{
    AuthenticateError, EnvironmentChangeError, IssueError, KeyChangeError, KeyRequest, StoreFailure,
};
use keys_store::fault::{Call, Calls, Fault};
use keys_store::{BackendErrorKind, KeyStore as _};

use crate::support::{House, administrator, config, environment, now, open, outcome};

const FAILED: Fault = Fault::Failed(BackendErrorKind::Unavailable);

/// With an empty index, each verification asks the store; whichever of its calls fails, it is no verdict, and an
/// inactive key is never accepted.
#[test]
fn no_call_that_fails_makes_a_yes_of_a_no() {
    let mut house = House::new();
    let inside = house.inside();
    let good = house.issue(&inside);
    let stopped = house.issue(&inside);
    house.authority.transition_key(&inside, stopped.id(), Transition::Deactivate, None).unwrap();
    for pass in 0..4 {
        let cold = open(Arc::clone(&house.store) as _, config());
        house.store.inject(Calls::All, pass, FAILED);
        let mut failures = 0;
        for _ in 0..4 {
            match cold.authenticate(&stopped.credential, now()) {
                Ok(verdict) => assert_eq!(outcome(verdict), Err(DenyReason::Inactive)),
                Err(AuthenticateError::Store(_)) => failures += 1,
                Err(other) => panic!("{other}"),
            }
            match cold.authenticate(&good.credential, now()) {
                Ok(verdict) => assert_eq!(outcome(verdict), Ok(()), "an outage is no refusal"),
                Err(AuthenticateError::Store(_)) => failures += 1,
                Err(other) => panic!("{other}"),
            }
        }
        house.store.repair();
        assert!(failures <= 1);
    }
}

#[test]
fn an_outage_is_an_error_of_every_use_case_and_changes_nothing() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let before = house.store.head().unwrap();
    house.store.break_down(BackendErrorKind::Unavailable);

    let authority = &house.authority;
    let issued = authority.issue_key(&inside, KeyRequest::default(), &mut house.rng);
    assert!(matches!(issued, Err(IssueError::Store(StoreFailure::Failed(_)))), "{issued:?}");
    let moved = authority.transition_key(&inside, key.id(), Transition::Deactivate, None);
    assert!(matches!(moved, Err(KeyChangeError::Store(StoreFailure::Failed(_)))), "{moved:?}");
    let stop = EnvironmentTransition::Deactivate;
    let moved = authority.transition_environment(&administrator(), environment("1a5"), stop, None);
    assert!(matches!(moved, Err(EnvironmentChangeError::Store(StoreFailure::Failed(_)))), "{moved:?}");
    assert!(authority.key(&inside, key.id()).is_err());
    assert!(authority.keys(&inside, &keys_store::KeyQuery::default()).is_err());
    assert!(authority.environment(&administrator(), environment("1a5")).is_err());
    // What the index knows it goes on to decide: nothing can have changed without it.
    assert_eq!(house.verdict(&key.credential), Ok(()));

    house.store.repair();
    assert_eq!(house.store.head().unwrap(), before);
    house.authority.transition_key(&inside, key.id(), Transition::Deactivate, None).unwrap();
    assert_eq!(house.verdict(&key.credential), Err(DenyReason::Inactive));
}

#[test]
fn a_write_that_is_rolled_back_leaves_the_key_good_and_indexed() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    house.authority.fill_index().unwrap();
    house.store.inject(Calls::Only(Call::Commit), 0, Fault::RolledBack(BackendErrorKind::Full));
    let moved = house.authority.transition_key(&inside, key.id(), Transition::Deactivate, None);
    assert!(matches!(moved, Err(KeyChangeError::Store(StoreFailure::Failed(_)))), "{moved:?}");
    assert!(house.authority.index_is_complete());
    let indexed = house.authority.authenticate_indexed(&key.credential, now()).map(outcome);
    assert_eq!(indexed, Some(Ok(())), "hidden and revealed, it is still there");
}

#[test]
fn after_an_unknown_outcome_verification_says_what_the_store_says() {
    for happened in [true, false] {
        let mut house = House::new();
        let inside = house.inside();
        let key = house.issue(&inside);
        let other = house.issue(&inside);
        house.authority.fill_index().unwrap();
        house.store.inject(Calls::Only(Call::Commit), 0, Fault::Unknown { happened });
        let moved = house.authority.transition_key(&inside, key.id(), Transition::Deactivate, None);
        assert!(matches!(moved, Err(KeyChangeError::Store(StoreFailure::Unknown(_)))), "{moved:?}");

        assert!(!house.authority.index_is_complete(), "everything was forgotten");
        let expected = if happened { Err(DenyReason::Inactive) } else { Ok(()) };
        assert_eq!(house.verdict(&key.credential), expected);
        assert_eq!(house.verdict(&other.credential), Ok(()));
        house.authority.fill_index().unwrap();
        assert!(house.authority.index_is_complete());

        // The retry finds out, and is as good as the first answer would have been.
        match house.authority.transition_key(&inside, key.id(), Transition::Deactivate, None) {
            Ok(record) => {
                assert!(!happened);
                assert_eq!(record.parts().lifecycle.state(), LifecycleState::Inactive);
            }
            Err(KeyChangeError::Refused(_)) => assert!(happened),
            Err(other) => panic!("{other}"),
        }
        assert_eq!(house.verdict(&key.credential), Err(DenyReason::Inactive));
    }
}

#[test]
fn a_key_whose_issue_has_an_unknown_outcome_is_never_given_out_half_made() {
    for happened in [true, false] {
        let mut house = House::new();
        let inside = house.inside();
        house.store.inject(Calls::Only(Call::Commit), 0, Fault::Unknown { happened });
        let issued = house.authority.issue_key(&inside, KeyRequest::default(), &mut house.rng);
        assert!(matches!(issued, Err(IssueError::Store(StoreFailure::Unknown(_)))), "{issued:?}");
        let page = house.authority.keys(&inside, &keys_store::KeyQuery::default()).unwrap();
        assert_eq!(page.items.len(), usize::from(happened), "it is listed, so that it can be deleted");
    }
}

#[test]
fn a_failed_change_of_an_environment_stops_no_key() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    for fault in [FAILED, Fault::RolledBack(BackendErrorKind::Full), Fault::Unknown { happened: false }] {
        house.store.inject(Calls::Only(Call::Commit), 0, fault);
        let stop = EnvironmentTransition::Deactivate;
        let moved = house.authority.transition_environment(&administrator(), environment("1a5"), stop, None);
        assert!(matches!(moved, Err(EnvironmentChangeError::Store(_))), "{moved:?}");
        assert_eq!(house.verdict(&key.credential), Ok(()), "{fault:?}");
    }
}
