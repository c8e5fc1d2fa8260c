//! Whether a credential is good: every refusal, the slow way, and what happens in between.

use std::num::NonZeroUsize;
use std::sync::Arc;

use keys_core::{
    AccountId, Credential, DenyReason, EnvironmentTransition, Owner, SecretKey, Transition, Verdict,
};
use keys_service::{AuthenticateError, Authority, AuthorityConfig, KeyRequest};
use keys_store::fault::{Call, Calls, Fault, FaultStore, Moment};
use keys_store::{BackendErrorKind, KeyStore, MemoryStore};

use crate::support::{
    House, Issued, administrator, at, config, config_with, environment, now, open, outcome, pepper, seeded,
};

/// A credential of the same access key with another secret.
fn with_another_secret(credential: &Credential) -> Credential {
    Credential::from((credential.access_key(), SecretKey::generate(&mut seeded(99)).unwrap()))
}

#[test]
fn every_refusal_has_its_reason_whether_the_index_knows_or_not() {
    for filled in [true, false] {
        let mut house = House::new();
        let inside = house.inside();
        if filled {
            house.authority.fill_index().unwrap();
        }
        let good = house.issue(&inside);
        assert_eq!(house.verdict(&good.credential), Ok(()));
        assert_eq!(house.verdict(&with_another_secret(&good.credential)), Err(DenyReason::WrongSecret));
        let stranger = Credential::generate(&mut seeded(98)).unwrap();
        assert_eq!(house.verdict(&stranger), Err(DenyReason::UnknownKey));

        let request = KeyRequest { expires_at: Some(at("2026-11-23T19:00:00Z")), ..KeyRequest::default() };
        let expiring = house.issue_with(&inside, request);
        let verdict = |time| outcome(house.authority.authenticate(&expiring.credential, at(time)).unwrap());
        assert_eq!(verdict("2026-11-23T18:59:59.999Z"), Ok(()));
        assert_eq!(verdict("2026-11-23T19:00:00Z"), Err(DenyReason::Expired));

        let go = |transition| house.authority.transition_key(&inside, good.id(), transition, None).unwrap();
        go(Transition::Deactivate);
        assert_eq!(house.verdict(&good.credential), Err(DenyReason::Inactive));
        assert_eq!(house.verdict(&with_another_secret(&good.credential)), Err(DenyReason::WrongSecret));
        go(Transition::Activate);
        assert_eq!(house.verdict(&good.credential), Ok(()));
        go(Transition::Deactivate);
        go(Transition::Delete);
        let gone = if filled { DenyReason::UnknownKey } else { DenyReason::Deleted };
        assert_eq!(house.verdict(&good.credential), Err(gone));
    }
}

#[test]
fn deactivating_an_environment_stops_its_keys_without_touching_them() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let administrators = house.issue(&administrator());
    let go = |transition| {
        let id = environment("1a5");
        house.authority.transition_environment(&administrator(), id, transition, None).unwrap();
    };
    for stop in [EnvironmentTransition::Deactivate, EnvironmentTransition::Remove] {
        go(stop);
        assert_eq!(house.verdict(&key.credential), Err(DenyReason::OwnerInactive));
        assert_eq!(house.verdict(&administrators.credential), Ok(()), "its owner is another");
        let record = house.authority.key(&administrator(), key.id()).unwrap().unwrap();
        assert_eq!(record.parts().revision, key.record.parts().revision, "the key is as it was");
        if stop == EnvironmentTransition::Remove {
            go(EnvironmentTransition::Restore);
            assert_eq!(house.verdict(&key.credential), Err(DenyReason::OwnerInactive));
        }
        go(EnvironmentTransition::Activate);
        assert_eq!(house.verdict(&key.credential), Ok(()));
    }
}

#[test]
fn a_grant_stands_for_the_keys_owner() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let caller = house.as_key(&key).caller;
    assert_eq!(caller.principal(), Owner::Environment(environment("1a5")));
    assert!(!caller.administers());
    let administrators = house.issue(&administrator());
    let caller = house.as_key(&administrators).caller;
    assert_eq!(caller.principal(), Owner::Account(AccountId::ADMIN));
    assert!(caller.administers());
}

#[test]
fn the_index_alone_decides_once_it_is_filled() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let authority = open(Arc::clone(&house.store) as _, config());
    assert!(authority.authenticate_indexed(&key.credential, now()).is_none(), "it is still empty");
    authority.fill_index().unwrap();
    assert!(authority.index_is_complete());
    assert_eq!(authority.indexed_keys(), 1);
    assert!(authority.authenticate_indexed(&key.credential, now()).is_none(), "owners come on demand");
    assert_eq!(outcome(authority.authenticate(&key.credential, now()).unwrap()), Ok(()));

    house.store.break_down(BackendErrorKind::Unavailable);
    let indexed = |credential: &Credential| authority.authenticate_indexed(credential, now()).map(outcome);
    assert_eq!(indexed(&key.credential), Some(Ok(())));
    assert_eq!(indexed(&with_another_secret(&key.credential)), Some(Err(DenyReason::WrongSecret)));
    let stranger = Credential::generate(&mut seeded(98)).unwrap();
    assert_eq!(indexed(&stranger), Some(Err(DenyReason::UnknownKey)), "a complete index knows the unknown");
}

#[test]
fn an_index_over_its_bound_is_never_complete_and_never_wrong() {
    let capacity = NonZeroUsize::new(8);
    let mut house = House::with(AuthorityConfig { index_capacity: capacity, ..config() });
    let inside = house.inside();
    let keys: Vec<_> = (0..40).map(|_| house.issue(&inside)).collect();
    house.authority.fill_index().unwrap();
    assert!(!house.authority.index_is_complete());
    for _ in 0..3 {
        for key in &keys {
            assert_eq!(house.verdict(&key.credential), Ok(()));
            assert!(house.authority.indexed_keys() <= 8);
        }
    }
    for key in &keys {
        house.authority.transition_key(&inside, key.id(), Transition::Deactivate, None).unwrap();
        assert_eq!(house.verdict(&key.credential), Err(DenyReason::Inactive));
    }
}

#[test]
fn keys_issued_while_the_index_is_filled_are_in_it() {
    let mut house = House::new();
    let inside = house.inside();
    let before: Vec<_> = (0..20).map(|_| house.issue(&inside)).collect();
    let authority = Arc::new(open(Arc::clone(&house.store) as _, config()));
    let hold = house.store.hold(Calls::Only(Call::LoadKeys), 0, Moment::BeforeTheAnswer);
    let after = std::thread::scope(|scope| {
        let filling = scope.spawn(|| authority.fill_index());
        hold.wait_until_reached();
        // The page has been read. These change what it holds.
        let mut rng = seeded(50);
        let issued: Vec<_> = (0..20)
            .map(|_| {
                crate::support::issued(authority.issue_key(&inside, KeyRequest::default(), &mut rng).unwrap())
            })
            .collect();
        authority.transition_key(&inside, before[0].id(), Transition::Deactivate, None).unwrap();
        hold.release();
        filling.join().unwrap().unwrap();
        issued
    });
    assert!(authority.index_is_complete());
    let _ = authority.authenticate(&before[1].credential, now()).unwrap();
    house.store.break_down(BackendErrorKind::Unavailable);
    let indexed = |key: &Issued| authority.authenticate_indexed(&key.credential, now()).map(outcome);
    assert_eq!(indexed(&before[0]), Some(Err(DenyReason::Inactive)));
    for key in before[1..].iter().chain(&after) {
        assert_eq!(indexed(key), Some(Ok(())));
    }
}

#[test]
fn a_failed_filling_leaves_an_index_that_reads_through() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let authority = open(Arc::clone(&house.store) as _, config());
    house.store.inject(Calls::Only(Call::LoadKeys), 0, Fault::Failed(BackendErrorKind::Unavailable));
    assert!(authority.fill_index().is_err());
    assert!(!authority.index_is_complete());
    assert_eq!(outcome(authority.authenticate(&key.credential, now()).unwrap()), Ok(()));
}

/// A house whose key was made under a pepper that its second authority has lost.
fn lost_pepper() -> (House, Issued, Authority) {
    lost_pepper_with(config_with(vec![pepper(2)]))
}

fn lost_pepper_with(config: AuthorityConfig) -> (House, Issued, Authority) {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let config = AuthorityConfig { accept_lost_pepper: true, ..config };
    let authority = open(Arc::clone(&house.store) as _, config);
    (house, key, authority)
}

#[test]
fn a_lost_pepper_is_overcome_by_the_digest_once() {
    let (house, key, authority) = lost_pepper();
    authority.fill_index().unwrap();
    assert!(authority.authenticate_indexed(&key.credential, now()).is_none(), "only the digest can tell");
    let wrong = with_another_secret(&key.credential);
    assert_eq!(outcome(authority.authenticate(&wrong, now()).unwrap()), Err(DenyReason::WrongSecret));
    let before = house.store.head().unwrap();
    assert_eq!(outcome(authority.authenticate(&key.credential, now()).unwrap()), Ok(()));
    assert_eq!(house.store.head().unwrap(), before, "no revision, no audit event");
    let indexed = authority.authenticate_indexed(&key.credential, now()).map(outcome);
    assert_eq!(indexed, Some(Ok(())), "the new tag decides from now on");
}

#[test]
fn a_digest_is_refused_when_the_key_or_its_owner_stops_meanwhile() {
    for (stop, reason) in [
        ("deactivate", DenyReason::Inactive),
        ("delete", DenyReason::Deleted),
        ("environment", DenyReason::OwnerInactive),
    ] {
        let (house, key, authority) = lost_pepper();
        // The owner is known beforehand, so that a standing read too early would say yes.
        let inside =
            crate::support::context(authority.enter(administrator().caller, environment("1a5")).unwrap());
        let hold = house.store.hold(Calls::Only(Call::StoredSecret), 0, Moment::BeforeTheAnswer);
        let verdict = std::thread::scope(|scope| {
            let authenticating = scope.spawn(|| authority.authenticate(&key.credential, now()));
            hold.wait_until_reached();
            let go = |transition| authority.transition_key(&inside, key.id(), transition, None).unwrap();
            match stop {
                "deactivate" => drop(go(Transition::Deactivate)),
                "delete" => {
                    go(Transition::Deactivate);
                    go(Transition::Delete);
                }
                _ => drop(
                    authority
                        .transition_environment(
                            &administrator(),
                            environment("1a5"),
                            EnvironmentTransition::Deactivate,
                            None,
                        )
                        .unwrap(),
                ),
            }
            hold.release();
            authenticating.join().unwrap().unwrap()
        });
        assert_eq!(outcome(verdict), Err(reason), "{stop}");
    }
}

#[test]
fn a_key_deleted_before_its_digest_is_read_is_refused() {
    let (house, key, authority) = lost_pepper();
    let inside = house.inside();
    let hold = house.store.hold(Calls::Only(Call::StoredSecret), 0, Moment::BeforeTheCall);
    let verdict = std::thread::scope(|scope| {
        let authenticating = scope.spawn(|| authority.authenticate(&key.credential, now()));
        hold.wait_until_reached();
        for transition in [Transition::Deactivate, Transition::Delete] {
            authority.transition_key(&inside, key.id(), transition, None).unwrap();
        }
        hold.release();
        authenticating.join().unwrap().unwrap()
    });
    assert_eq!(outcome(verdict), Err(DenyReason::Deleted));
}

#[test]
fn a_tag_that_cannot_be_replaced_changes_no_verdict() {
    let faults = [
        Fault::Failed(BackendErrorKind::ReadOnly),
        Fault::RolledBack(BackendErrorKind::Full),
        Fault::Unknown { happened: true },
        Fault::Unknown { happened: false },
    ];
    for fault in faults {
        let (house, key, authority) = lost_pepper();
        house.store.inject(Calls::Only(Call::ReplaceTag), 0, fault);
        for _ in 0..2 {
            assert_eq!(outcome(authority.authenticate(&key.credential, now()).unwrap()), Ok(()), "{fault:?}");
        }
    }
}

#[test]
fn a_tag_under_a_pepper_that_is_no_longer_current_is_renewed() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let authority = open(Arc::clone(&house.store) as _, config_with(vec![pepper(2), pepper(1)]));
    let tagged = || house.store.stored_secret(key.id()).unwrap().unwrap().tagged.pepper;
    assert_eq!(tagged(), pepper(1).id());
    let wrong = with_another_secret(&key.credential);
    assert!(matches!(authority.authenticate(&wrong, now()).unwrap(), Verdict::Deny(_)));
    assert_eq!(tagged(), pepper(1).id(), "a wrong secret renews nothing");
    assert_eq!(outcome(authority.authenticate(&key.credential, now()).unwrap()), Ok(()));
    assert_eq!(tagged(), pepper(2).id());
}

#[test]
fn too_many_digests_at_once_are_refused_and_no_verdict() {
    let config =
        AuthorityConfig { hashers: NonZeroUsize::MIN, hash_queue: 0, ..config_with(vec![pepper(2)]) };
    let (house, key, authority) = lost_pepper_with(config);
    // A hasher is at work for as long as a key is being made.
    let mut busy = 0;
    let inside = house.inside();
    let mut rng = crate::support::CallingRng::new(seeded(60), || {
        match authority.authenticate(&key.credential, now()) {
            Err(AuthenticateError::Busy) => busy += 1,
            Ok(verdict) => assert_eq!(outcome(verdict), Ok(())),
            Err(other) => panic!("{other}"),
        }
        // So that the next one needs its digest again.
        restore_tag(&*house.store, &key);
    });
    authority.issue_key(&inside, KeyRequest::default(), &mut rng).unwrap();
    drop(rng);
    assert!(busy > 0);
}

/// Writes the tag of the lost pepper back.
fn restore_tag(store: &dyn KeyStore, key: &Issued) {
    let stored = store.stored_secret(key.id()).unwrap().unwrap();
    let old = keys_core::Keyring::new(vec![pepper(1)]).unwrap().tag(&key.credential);
    let _ = store.replace_tag(key.id(), &stored.tagged, &old).unwrap();
}

#[test]
fn a_store_that_fails_is_an_error_and_never_a_verdict() {
    for calls in [Call::LoadKey, Call::LoadOwner, Call::StoredSecret] {
        let (house, key, authority) = lost_pepper();
        house.store.inject(Calls::Only(calls), 0, Fault::Failed(BackendErrorKind::Unavailable));
        let failed = authority.authenticate(&key.credential, now());
        assert!(matches!(failed, Err(AuthenticateError::Store(_))), "{calls:?}: {failed:?}");
        assert_eq!(outcome(authority.authenticate(&key.credential, now()).unwrap()), Ok(()), "{calls:?}");
    }
    // The second time the row is read is after the digest.
    let (house, key, authority) = lost_pepper();
    house.store.inject(Calls::Only(Call::LoadKey), 1, Fault::Failed(BackendErrorKind::Unavailable));
    assert!(authority.authenticate(&key.credential, now()).is_err());
}

/// Nobody waits for ever for a load that failed.
#[test]
fn those_who_joined_a_load_that_fails_load_for_themselves() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let store = Arc::new(FaultStore::new(Arc::clone(&house.store) as _));
    let authority = open(Arc::clone(&store) as _, config());
    let hold = store.hold(Calls::Only(Call::LoadKey), 0, Moment::BeforeTheCall);
    store.inject(Calls::Only(Call::LoadKey), 0, Fault::Failed(BackendErrorKind::Unavailable));
    std::thread::scope(|scope| {
        let leading = scope.spawn(|| authority.authenticate(&key.credential, now()));
        hold.wait_until_reached();
        let following: Vec<_> =
            (0..4).map(|_| scope.spawn(|| authority.authenticate(&key.credential, now()))).collect();
        hold.release();
        assert!(leading.join().unwrap().is_err());
        for follower in following {
            assert_eq!(outcome(follower.join().unwrap().unwrap()), Ok(()));
        }
    });
}

#[test]
fn an_authority_over_an_empty_store_refuses_everybody() {
    let authority = open(Arc::new(MemoryStore::new()), config());
    let stranger = Credential::generate(&mut seeded(98)).unwrap();
    let verdict = authority.authenticate(&stranger, now()).unwrap();
    assert_eq!(outcome(verdict), Err(DenyReason::UnknownKey));
}
