//! Issuing, editing, moving and reading keys.

use std::sync::Arc;

use keys_core::{
    Action, Description, KeyId, LifecycleState, Name, Revision, Target, Timestamp, Transition,
    TransitionError, Via,
};
use keys_service::{Edit, IssueError, KeyChangeError, KeyRequest, Patch};
use keys_store::fault::{Call, Calls, Moment};
use keys_store::{KeyFilter, KeyQuery, KeyStore as _, StateFilter};

use crate::support::{
    FailingRng, House, RepeatingRng, administrator, administrator_account, at, context, environment, issued,
    now,
};

#[test]
fn an_issued_key_belongs_to_whom_its_maker_acts_as() {
    let mut house = House::new();
    let request = KeyRequest {
        name: Some(Name::new("build").unwrap()),
        description: Some(Description::new("of the build box").unwrap()),
        expires_at: Some(at("2027-01-01T00:00:00Z")),
        owner: None,
    };
    let inside = house.inside();
    let key = house.issue_with(&inside, request.clone());
    let parts = key.record.parts();
    assert_eq!(parts.owner, keys_core::Owner::Environment(environment("1a5")));
    assert_eq!(parts.creator.principal, administrator_account());
    assert_eq!((&parts.name, &parts.description), (&request.name, &request.description));
    assert_eq!(parts.expires_at, request.expires_at);
    assert_eq!(parts.lifecycle.state(), LifecycleState::Active);
    assert_eq!((parts.created, parts.updated), (now(), now()));

    let account_key = house.issue(&administrator());
    assert_eq!(account_key.record.parts().owner, administrator_account());
}

#[test]
fn what_a_key_makes_carries_the_key() {
    let mut house = House::new();
    let inside = house.inside();
    let first = house.issue(&inside);
    let as_first = house.as_key(&first);
    let second = house.issue(&as_first);
    let creator = second.record.parts().creator;
    assert_eq!(creator.key, Some(first.id()));
    assert_eq!(creator.principal, first.record.parts().owner);

    let events = house.store.audit(None, 100).unwrap();
    let event = &events.last().unwrap().event;
    assert_eq!((event.action, event.target), (Action::IssueKey, Target::Key(second.id())));
    assert_eq!(event.origin.via, Via::Key(first.id()));
}

#[test]
fn an_expiry_that_is_not_in_the_future_is_refused() {
    let mut house = House::new();
    for expiry in [now(), Timestamp::MIN] {
        let request = KeyRequest { expires_at: Some(expiry), ..KeyRequest::default() };
        let refused = house.authority.issue_key(&house.inside(), request, &mut house.rng);
        assert!(matches!(refused, Err(IssueError::ExpiryPassed)), "{refused:?}");
    }
}

#[test]
fn an_inactive_owner_gets_no_key() {
    let mut house = House::new();
    let inside = house.inside();
    house
        .authority
        .transition_environment(
            &administrator(),
            environment("1a5"),
            keys_core::EnvironmentTransition::Deactivate,
            None,
        )
        .unwrap();
    let refused = house.authority.issue_key(&inside, KeyRequest::default(), &mut house.rng);
    assert!(matches!(refused, Err(IssueError::OwnerInactive)), "{refused:?}");
}

#[test]
fn a_random_source_that_fails_makes_nothing_wherever_it_fails() {
    let mut house = House::new();
    let inside = house.inside();
    let before = house.store.head().unwrap();
    let mut working = 0;
    loop {
        let mut rng = FailingRng::after(working, house.rng.clone());
        match house.authority.issue_key(&inside, KeyRequest::default(), &mut rng) {
            Err(IssueError::Rng(_)) => assert_eq!(house.store.head().unwrap(), before),
            Ok(_) => break,
            Err(other) => panic!("after {working}: {other}"),
        }
        working += 1;
    }
    assert!(working >= 3, "pair and salt are random");
    let _ = house.issue(&inside);
}

#[test]
fn a_random_source_that_repeats_itself_ends_in_an_error() {
    let house = House::new();
    let inside = house.inside();
    let mut rng = RepeatingRng;
    let first = issued(house.authority.issue_key(&inside, KeyRequest::default(), &mut rng).unwrap());
    let before = house.store.head().unwrap();
    let refused = house.authority.issue_key(&inside, KeyRequest::default(), &mut rng);
    assert!(matches!(refused, Err(IssueError::Repeated)), "{refused:?}");
    assert_eq!(house.store.head().unwrap(), before);
    assert_eq!(house.verdict(&first.credential), Ok(()), "the first one is untouched");
}

#[test]
fn a_caller_past_the_queue_of_the_hashers_is_told_to_come_back() {
    let config = keys_service::AuthorityConfig {
        hashers: std::num::NonZeroUsize::MIN,
        hash_queue: 0,
        ..crate::support::config()
    };
    let house = House::with(config);
    let inside = house.inside();
    let authority = &house.authority;
    // The salt is generated with the hasher in hand, so a source that asks for a key there finds none free.
    let mut seed = 100;
    let mut rng = crate::support::CallingRng::new(house.rng.clone(), || {
        seed += 1;
        let mut rng = crate::support::seeded(seed);
        authority.issue_key(&inside, KeyRequest::default(), &mut rng).map(drop)
    });
    authority.issue_key(&inside, KeyRequest::default(), &mut rng).unwrap();
    let busy = rng.outcomes.iter().filter(|outcome| matches!(outcome, Err(IssueError::Busy))).count();
    assert!(busy > 0, "{:?}", rng.outcomes);
}

#[test]
fn an_edit_changes_what_it_says_in_any_state() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let rename = Edit { name: Patch::Set(Some(Name::new("new").unwrap())), ..Edit::default() };
    for transition in [Transition::Deactivate, Transition::Delete] {
        house.authority.transition_key(&inside, key.id(), transition, None).unwrap();
        let edited = house.authority.edit_key(&inside, key.id(), rename.clone(), None).unwrap();
        assert_eq!(edited.parts().name.as_ref().unwrap().as_str(), "new");
    }
    let clear = Edit { name: Patch::Set(None), ..Edit::default() };
    let edited = house.authority.edit_key(&inside, key.id(), clear, None).unwrap();
    assert_eq!(edited.parts().name, None);
}

#[test]
fn every_transition_is_stored_or_refused_as_the_core_says() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let go = |transition| house.authority.transition_key(&inside, key.id(), transition, None);
    let state = |outcome: Result<keys_core::KeyRecord, KeyChangeError>| {
        outcome.map(|record| record.parts().lifecycle.state()).map_err(|error| {
            let KeyChangeError::Refused(refusal) = error else { panic!("{error}") };
            refusal
        })
    };
    let already = |state| Err(TransitionError::AlreadySo { state });
    let refused = |transition, from| Err(TransitionError::NotAllowed { transition, from });
    use LifecycleState::{Active, Deleted, Inactive};
    assert_eq!(state(go(Transition::Activate)), already(Active));
    assert_eq!(state(go(Transition::Delete)), refused(Transition::Delete, Active));
    assert_eq!(state(go(Transition::Deactivate)), Ok(Inactive));
    assert_eq!(state(go(Transition::Deactivate)), already(Inactive));
    assert_eq!(state(go(Transition::Activate)), Ok(Active));
    assert_eq!(state(go(Transition::Deactivate)), Ok(Inactive));
    assert_eq!(state(go(Transition::Delete)), Ok(Deleted));
    assert_eq!(state(go(Transition::Activate)), refused(Transition::Activate, Deleted));
    assert_eq!(state(go(Transition::Deactivate)), refused(Transition::Deactivate, Deleted));
    assert_eq!(state(go(Transition::Delete)), already(Deleted));
}

#[test]
fn a_key_of_another_owner_is_not_there() {
    let mut house = House::new();
    let administrators = house.issue(&administrator());
    let inside = house.inside();
    let missing: KeyId = "1c999".parse().unwrap();
    for id in [administrators.id(), missing] {
        assert!(house.authority.key(&inside, id).unwrap().is_none());
        let changed = house.authority.transition_key(&inside, id, Transition::Deactivate, None);
        assert!(matches!(changed, Err(KeyChangeError::NotFound)), "{changed:?}");
        let edited = house.authority.edit_key(&inside, id, Edit::default(), None);
        assert!(matches!(edited, Err(KeyChangeError::NotFound)), "{edited:?}");
    }
    assert!(house.authority.key(&administrator(), administrators.id()).unwrap().is_some());
}

#[test]
fn an_expected_revision_that_is_not_the_records_is_a_conflict() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let read_at = key.record.parts().revision;
    let edited = house.authority.edit_key(&inside, key.id(), Edit::default(), Some(read_at)).unwrap();
    let current = edited.parts().revision;
    for stale in [read_at, Revision::ZERO, Revision::new(u64::MAX)] {
        let refused = house.authority.transition_key(&inside, key.id(), Transition::Deactivate, Some(stale));
        assert!(
            matches!(refused, Err(KeyChangeError::Conflict { current: now }) if now == current),
            "{refused:?}"
        );
    }
    house.authority.transition_key(&inside, key.id(), Transition::Deactivate, Some(current)).unwrap();
}

/// A write is held up after the record was read, while another changes it.
#[test]
fn a_change_in_between_is_read_again_or_told() {
    for (interruptions, expects) in [(1, false), (2, false), (3, false), (1, true)] {
        let mut house = House::new();
        let inside = house.inside();
        let key = house.issue(&inside);
        let expected = expects.then_some(key.record.parts().revision);
        let house = Arc::new(house);
        // The interrupted call commits first, third and fifth; the interrupting ones in between.
        let holds: Vec<_> = (0..interruptions)
            .map(|number| house.store.hold(Calls::Only(Call::Commit), 2 * number, Moment::BeforeTheCall))
            .collect();
        let outcome = std::thread::scope(|scope| {
            let changing = scope.spawn(|| {
                house.authority.transition_key(&inside, key.id(), Transition::Deactivate, expected)
            });
            for hold in holds {
                hold.wait_until_reached();
                house.authority.edit_key(&inside, key.id(), Edit::default(), None).unwrap();
                hold.release();
            }
            changing.join().unwrap()
        });
        let current = house.authority.key(&inside, key.id()).unwrap().unwrap().parts().revision;
        match (interruptions, expects) {
            (_, true) => assert!(
                matches!(outcome, Err(KeyChangeError::Conflict { current: told }) if told == current),
                "{outcome:?}"
            ),
            (3, false) => assert!(matches!(outcome, Err(KeyChangeError::Contended)), "{outcome:?}"),
            _ => assert_eq!(outcome.unwrap().parts().lifecycle.state(), LifecycleState::Inactive),
        }
    }
}

#[test]
fn a_list_shows_the_callers_keys_and_no_deleted_ones() {
    let mut house = House::new();
    let inside = house.inside();
    let deleted = house.issue(&inside);
    let kept = house.issue(&inside);
    let administrators = house.issue(&administrator());
    for transition in [Transition::Deactivate, Transition::Delete] {
        house.authority.transition_key(&inside, deleted.id(), transition, None).unwrap();
    }
    let ids = |context: &keys_service::Context, query: KeyQuery| -> Vec<KeyId> {
        let page = house.authority.keys(context, &query).unwrap();
        page.items.iter().map(|record| record.parts().id).collect()
    };
    assert_eq!(ids(&inside, KeyQuery::default()), [kept.id()]);
    assert_eq!(ids(&administrator(), KeyQuery::default()), [kept.id(), administrators.id()]);
    let any = KeyQuery {
        filter: KeyFilter { state: StateFilter::Any, ..KeyFilter::default() },
        ..KeyQuery::default()
    };
    assert_eq!(ids(&inside, any), [deleted.id(), kept.id()]);
    assert!(house.authority.key(&inside, deleted.id()).unwrap().is_some(), "by id it is shown");
}

/// Rule 4: "already Inactive" is an acknowledgement.
#[test]
fn what_is_told_of_an_unpublished_change_waits_for_it() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let before = house.store.calls();
    let _ = house.authority.key(&inside, key.id()).unwrap();
    assert_eq!(house.store.calls() - before, 1, "what is published needs no barrier");

    // An authority that has not been told of the change, because another listens: it asks the writer.
    let other = crate::support::open(Arc::clone(&house.store) as _, crate::support::config());
    let deactivated = other.transition_key(&inside, key.id(), Transition::Deactivate, None).unwrap();
    assert_eq!(deactivated.parts().lifecycle.state(), LifecycleState::Inactive);
    let barriers = |tell: &dyn Fn()| {
        house.store.inject(
            Calls::Only(Call::Barrier),
            0,
            keys_store::fault::Fault::Failed(keys_store::BackendErrorKind::Unavailable),
        );
        tell();
    };
    barriers(&|| {
        assert!(house.authority.key(&inside, key.id()).is_err());
    });
    barriers(&|| {
        assert!(house.authority.keys(&inside, &KeyQuery::default()).is_err());
    });
    barriers(&|| {
        let told = house.authority.transition_key(&inside, key.id(), Transition::Deactivate, None);
        assert!(matches!(told, Err(KeyChangeError::Store(_))), "{told:?}");
    });
    barriers(&|| {
        let told = house.authority.edit_key(&inside, key.id(), Edit::default(), Some(Revision::new(1)));
        assert!(matches!(told, Err(KeyChangeError::Store(_))), "{told:?}");
    });
}

#[test]
fn the_contexts_address_and_request_are_in_the_audit_chain() {
    let mut house = House::new();
    let address = "192.0.2.7".parse().unwrap();
    let caller = house.inside().caller;
    let context = keys_service::Context {
        client_address: Some(address),
        request_id: "r-42".parse().unwrap(),
        ..context(caller)
    };
    let _ = house.issue(&context);
    let events = house.store.audit(None, 100).unwrap();
    let origin = &events.last().unwrap().event.origin;
    assert_eq!(origin.client_address, Some(address));
    assert_eq!(origin.request_id.as_str(), "r-42");
    assert_eq!(origin.via, Via::Database);
}
