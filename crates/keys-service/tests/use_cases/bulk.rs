//! Moving many keys: what would become of them, and all of it or nothing.

use std::sync::Arc;

use keys_core::{
    AccountId, Action, DenyReason, KeyId, LifecycleState, Revision, Role, Target, Transition, TransitionError,
};
use keys_service::{Authority, BulkError, BulkOutcome, Context, Edit, StoreFailure};
use keys_store::fault::{Call, Calls, Fault, Moment};
use keys_store::{BackendErrorKind, KeyStore as _, Write};

use crate::support::{House, Issued, administrator, config, open};

/// What became of a key, in words.
fn told(outcomes: &[BulkOutcome]) -> Vec<String> {
    let told = outcomes.iter().map(|outcome| match outcome {
        BulkOutcome::Moves(record) => format!("{} moves", record.parts().id),
        BulkOutcome::AlreadySo(record) => format!("{} already", record.parts().id),
        BulkOutcome::Refused(record, refusal) => format!("{}: {refusal}", record.parts().id),
        BulkOutcome::NotFound(id) => format!("{id} not found"),
    });
    told.collect()
}

/// The keys of a preview that are there, each at the revision it was seen at.
fn seen(outcomes: &[BulkOutcome]) -> Vec<(KeyId, Revision)> {
    let seen = outcomes.iter().filter_map(|outcome| match outcome {
        BulkOutcome::Moves(record) | BulkOutcome::AlreadySo(record) | BulkOutcome::Refused(record, _) => {
            Some((record.parts().id, record.parts().revision))
        }
        BulkOutcome::NotFound(_) => None,
    });
    seen.collect()
}

fn preview(house: &House, context: &Context, keys: &[KeyId], transition: Transition) -> Vec<BulkOutcome> {
    house.authority.preview_transition(context, keys, transition).unwrap()
}

fn issue(house: &mut House, context: &Context, count: usize) -> Vec<Issued> {
    (0..count).map(|_| house.issue(context)).collect()
}

fn ids(issued: &[Issued]) -> Vec<KeyId> {
    issued.iter().map(Issued::id).collect()
}

/// One Active, one Inactive, one deleted, and one of somebody else's.
fn assorted(house: &mut House, context: &Context) -> Vec<KeyId> {
    let keys = ids(&issue(house, context, 3));
    for (key, transitions) in
        [(keys[1], &[Transition::Deactivate][..]), (keys[2], &[Transition::Deactivate, Transition::Delete])]
    {
        for transition in transitions {
            house.authority.transition_key(context, key, *transition, None).unwrap();
        }
    }
    let elsewhere = house.issue(&administrator());
    keys.into_iter().chain([elsewhere.id(), "1c999".parse().unwrap()]).collect()
}

#[test]
fn a_preview_tells_of_each_key_what_would_become_of_it_and_changes_nothing() {
    let mut house = House::new();
    let inside = house.inside();
    let keys = assorted(&mut house, &inside);
    let twice: Vec<KeyId> = keys.iter().chain(&keys).copied().collect();
    let before = house.store.head().unwrap();
    let preview = |transition| told(&preview(&house, &inside, &twice, transition));
    let refused = |transition, from| TransitionError::NotAllowed { transition, from }.to_string();
    use LifecycleState::{Active, Deleted};
    let [one, two, three, other, missing] = ["1c1", "1c2", "1c3", "1c4 not found", "1c999 not found"];
    let deleted = |transition| format!("{three}: {}", refused(transition, Deleted));
    assert_eq!(
        preview(Transition::Deactivate),
        [
            &format!("{one} moves"),
            &format!("{two} already"),
            &deleted(Transition::Deactivate),
            other,
            missing
        ]
    );
    assert_eq!(
        preview(Transition::Activate),
        [&format!("{one} already"), &format!("{two} moves"), &deleted(Transition::Activate), other, missing]
    );
    let active = format!("{one}: {}", refused(Transition::Delete, Active));
    assert_eq!(
        preview(Transition::Delete),
        [&active, &format!("{two} moves"), &format!("{three} already"), other, missing]
    );
    assert_eq!(house.store.head().unwrap(), before);
}

#[test]
fn what_was_previewed_is_done_in_one_transaction_and_verified_no_more() {
    let mut house = House::new();
    let inside = house.inside();
    let others = assorted(&mut house, &inside);
    let issued = issue(&mut house, &inside, 20);
    let all: Vec<KeyId> = others.iter().copied().chain(ids(&issued)).collect();
    let foreseen = preview(&house, &inside, &all, Transition::Deactivate);
    let before = house.store.head().unwrap();
    let commits = house.store.calls();
    let done = house.authority.transition_keys(&inside, &seen(&foreseen), Transition::Deactivate).unwrap();
    assert_eq!(
        told(&done),
        told(&foreseen)[..3].iter().chain(&told(&foreseen)[5..]).cloned().collect::<Vec<_>>()
    );
    // Each key is read once, then where the store stands, then one commit.
    assert_eq!(house.store.calls() - commits, 23 + 1 + 1);
    for (key, outcome) in issued.iter().zip(&done[3..]) {
        assert_eq!(house.verdict(&key.credential), Err(DenyReason::Inactive));
        let BulkOutcome::Moves(now) = outcome else { panic!("{outcome:?}") };
        assert_eq!(now.parts().id, key.id());
        assert_eq!(now.parts().lifecycle.state(), LifecycleState::Inactive);
        let kept = house.authority.key(&inside, key.id()).unwrap().unwrap();
        assert_eq!(kept.parts().revision, now.parts().revision);
    }
    // An event for each that moved, and none for the others.
    let (last, _) = before.audit.unwrap();
    let events = house.store.audit(Some(last), 100).unwrap();
    let moved: Vec<Target> = [others[0]].into_iter().chain(ids(&issued)).map(Target::Key).collect();
    assert_eq!(events.iter().map(|linked| linked.event.target).collect::<Vec<_>>(), moved);
    assert!(events.iter().all(|linked| linked.event.action == Action::DeactivateKey));
    // And all of them deleted, one after the other said again.
    let foreseen = preview(&house, &inside, &ids(&issued), Transition::Delete);
    house.authority.transition_keys(&inside, &seen(&foreseen), Transition::Delete).unwrap();
    let again = preview(&house, &inside, &ids(&issued), Transition::Delete);
    assert!(again.iter().all(|outcome| matches!(outcome, BulkOutcome::AlreadySo(_))));
    let head = house.store.head().unwrap();
    house.authority.transition_keys(&inside, &seen(&again), Transition::Delete).unwrap();
    assert_eq!(house.store.head().unwrap(), head, "what is so already is no change");
}

#[test]
fn a_key_that_changed_since_stops_all_and_is_named() {
    let mut house = House::new();
    let inside = house.inside();
    let keys = ids(&issue(&mut house, &inside, 5));
    let foreseen = seen(&preview(&house, &inside, &keys, Transition::Deactivate));
    house.authority.edit_key(&inside, keys[3], Edit::default(), None).unwrap();
    house.authority.transition_key(&inside, keys[1], Transition::Deactivate, None).unwrap();
    let before = house.store.head().unwrap();
    let outdated = |selected: &[(KeyId, Revision)]| match house.authority.transition_keys(
        &inside,
        selected,
        Transition::Deactivate,
    ) {
        Err(BulkError::Outdated { keys }) => keys,
        other => panic!("{other:?}"),
    };
    assert_eq!(outdated(&foreseen), [keys[1], keys[3]]);
    // A key that is not there, or that is said to be at two revisions at once, was never seen so.
    let missing: KeyId = "1c999".parse().unwrap();
    assert_eq!(outdated(&[foreseen[0], (missing, Revision::new(1))]), [missing]);
    assert_eq!(outdated(&[foreseen[0], (keys[0], Revision::new(1)), foreseen[0]]), [keys[0]]);
    assert_eq!(house.store.head().unwrap(), before);
    let unchanged = [foreseen[0], foreseen[0], foreseen[2]];
    let done = house.authority.transition_keys(&inside, &unchanged, Transition::Deactivate).unwrap();
    assert_eq!(told(&done), ["1c1 moves", "1c3 moves"]);
}

/// The write is held up after the keys were read, while another changes one of them.
#[test]
fn a_change_between_reading_and_writing_stops_all_and_is_named() {
    let mut house = House::new();
    let inside = house.inside();
    let issued = issue(&mut house, &inside, 3);
    let keys = ids(&issued);
    let foreseen = seen(&preview(&house, &inside, &keys, Transition::Deactivate));
    let house = Arc::new(house);
    let hold = house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
    let outcome = std::thread::scope(|scope| {
        let moving =
            scope.spawn(|| house.authority.transition_keys(&inside, &foreseen, Transition::Deactivate));
        hold.wait_until_reached();
        house.authority.edit_key(&inside, keys[2], Edit::default(), None).unwrap();
        hold.release();
        moving.join().unwrap()
    });
    assert!(
        matches!(&outcome, Err(BulkError::Outdated { keys: named }) if *named == [keys[2]]),
        "{outcome:?}"
    );
    assert!(issued.iter().all(|key| house.verdict(&key.credential).is_ok()), "none was moved");
}

#[test]
fn every_position_moves_what_it_may_and_finds_nothing_else() {
    let mut house = House::new();
    let [owner, member, reader] = ["Olga", "Max", "Rita"].map(|name| house.person(name));
    let members = [(owner.id, Role::Owner), (member.id, Role::Member), (reader.id, Role::ReadOnly)];
    let environment = house.environment(&members);
    let [as_owner, as_member, as_reader] =
        [&owner, &member, &reader].map(|person| house.person_inside(person, environment));
    let there = house.issue(&as_owner);
    let default = house.inside();
    let keys = [
        house.issue(&administrator()).id(),
        house.issue(&house.as_person(&reader)).id(),
        there.id(),
        house.issue(&default).id(),
    ];
    let positions = [
        (administrator(), [true, true, true, true]),
        (house.as_person(&reader), [false, true, false, false]),
        (as_owner, [false, false, true, false]),
        (as_member, [false, false, true, false]),
        (house.as_key(&there), [false, false, true, false]),
        (default, [false, false, false, true]),
    ];
    for (context, within) in positions {
        let position = context.caller.position();
        let foreseen = preview(&house, &context, &keys, Transition::Deactivate);
        let moves: Vec<bool> =
            foreseen.iter().map(|outcome| !matches!(outcome, BulkOutcome::NotFound(_))).collect();
        assert_eq!(moves, within, "{position:?}");
        // With everybody's revisions, the others are not there; with its own, they move, and back for the next.
        let all = seen(&preview(&house, &administrator(), &keys, Transition::Deactivate));
        let beyond: Vec<KeyId> =
            keys.into_iter().zip(within).filter(|(_, within)| !within).map(|(key, _)| key).collect();
        match house.authority.transition_keys(&context, &all, Transition::Deactivate) {
            Err(BulkError::Outdated { keys: named }) => assert_eq!(named, beyond, "{position:?}"),
            other => {
                assert!(beyond.is_empty(), "{position:?}: {other:?}");
                let inactive = seen(&preview(&house, &context, &keys, Transition::Activate));
                house.authority.transition_keys(&context, &inactive, Transition::Activate).unwrap();
                continue;
            }
        }
        let own = seen(&foreseen);
        let done = house.authority.transition_keys(&context, &own, Transition::Deactivate).unwrap();
        assert!(done.iter().all(|outcome| matches!(outcome, BulkOutcome::Moves(_))), "{position:?}");
        let inactive = seen(&preview(&house, &administrator(), &keys, Transition::Activate));
        house.authority.transition_keys(&administrator(), &inactive, Transition::Activate).unwrap();
    }
    // Who may only read is refused before anything is looked up.
    let before = house.store.calls();
    let refused = house.authority.preview_transition(&as_reader, &keys, Transition::Deactivate);
    assert!(matches!(refused, Err(BulkError::Forbidden)), "{refused:?}");
    let refused = house.authority.transition_keys(&as_reader, &[], Transition::Deactivate);
    assert!(matches!(refused, Err(BulkError::Forbidden)), "{refused:?}");
    assert_eq!(house.store.calls(), before);
}

#[test]
fn a_right_that_is_taken_away_meanwhile_stops_all() {
    let mut house = House::new();
    let member = house.person("Max");
    let environment = house.environment(&[(AccountId::ADMIN, Role::Owner), (member.id, Role::Member)]);
    let as_member = house.person_inside(&member, environment);
    let issued = issue(&mut house, &as_member, 3);
    let foreseen = seen(&preview(&house, &as_member, &ids(&issued), Transition::Deactivate));
    house.authority.remove_member(&administrator(), environment, member.id).unwrap();
    let refused = house.authority.transition_keys(&as_member, &foreseen, Transition::Deactivate);
    assert!(matches!(refused, Err(BulkError::Revoked)), "{refused:?}");
    assert!(issued.iter().all(|key| house.verdict(&key.credential).is_ok()));
}

#[test]
fn a_thousand_move_at_once_and_no_more() {
    let mut house = House::new();
    let inside = house.inside();
    let first = house.issue(&inside);
    let owner = first.record.parts().owner;
    let changes = (1..1_000).map(|n| {
        let new = keys_store::conformance::sample::new_key(owner, n);
        keys_store::conformance::sample::change(Write::InsertKey(new))
    });
    house.store.commit(changes.collect()).unwrap();
    let mut keys: Vec<KeyId> = (1..=1_000).map(|n| KeyId::new(n).unwrap()).collect();
    let foreseen = seen(&preview(&house, &inside, &keys, Transition::Deactivate));
    assert_eq!(foreseen.len(), Authority::MOST_AT_ONCE);
    let done = house.authority.transition_keys(&inside, &foreseen, Transition::Deactivate).unwrap();
    assert!(done.iter().all(|outcome| matches!(outcome, BulkOutcome::Moves(_))));
    keys.push(keys[0]);
    let refused = house.authority.preview_transition(&inside, &keys, Transition::Delete);
    assert!(matches!(refused, Err(BulkError::TooMany)), "{refused:?}");
    let mut selected = foreseen;
    selected.push(selected[0]);
    let refused = house.authority.transition_keys(&inside, &selected, Transition::Delete);
    assert!(matches!(refused, Err(BulkError::TooMany)), "{refused:?}");
}

/// "Already Inactive" is an acknowledgement, in a preview as well.
#[test]
fn what_is_told_waits_until_it_is_published() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    let other = open(Arc::clone(&house.store) as _, config());
    let moved = other.transition_key(&inside, key.id(), Transition::Deactivate, None).unwrap();
    let fault = || {
        house.store.inject(Calls::Only(Call::Barrier), 0, Fault::Failed(BackendErrorKind::Unavailable));
    };
    fault();
    let told = house.authority.preview_transition(&inside, &[key.id()], Transition::Deactivate);
    assert!(matches!(told, Err(BulkError::Store(_))), "{told:?}");
    for revision in [moved.parts().revision, Revision::new(1)] {
        fault();
        let told = house.authority.transition_keys(&inside, &[(key.id(), revision)], Transition::Deactivate);
        assert!(matches!(told, Err(BulkError::Store(_))), "{told:?}");
    }
}

#[test]
fn a_store_that_fails_says_whether_it_may_have_happened() {
    let mut house = House::new();
    let inside = house.inside();
    let keys = ids(&issue(&mut house, &inside, 2));
    let foreseen = seen(&preview(&house, &inside, &keys, Transition::Deactivate));
    let go = |fault| {
        house.store.inject(Calls::Only(Call::Commit), 0, fault);
        house.authority.transition_keys(&inside, &foreseen, Transition::Deactivate)
    };
    let failed = go(Fault::Failed(BackendErrorKind::Full));
    assert!(matches!(failed, Err(BulkError::Store(StoreFailure::Failed(_)))), "{failed:?}");
    let unknown = go(Fault::Unknown { happened: true });
    assert!(matches!(unknown, Err(BulkError::Store(StoreFailure::Unknown(_)))), "{unknown:?}");
    let now = preview(&house, &inside, &keys, Transition::Deactivate);
    assert!(now.iter().all(|outcome| matches!(outcome, BulkOutcome::AlreadySo(_))), "{now:?}");
}
