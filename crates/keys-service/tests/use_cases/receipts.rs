//! Creates under an idempotency key: once, whoever asks how often, and whatever fails meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use keys_core::{IdempotencyKey, KeyId, Name, Timestamp, Transition};
use keys_service::{
    Authority, Context, EnvironmentChangeError, EnvironmentRequest, IssueError, KeyRequest, Once, ReceivedKey,
};
use keys_store::fault::{Call, Calls, Fault, Moment};
use keys_store::{BackendErrorKind, KeyQuery, KeyStore as _, Reach};
use proptest::prelude::*;

use crate::support::{House, administrator, config_with, now, open, pepper, seeded};

const MINUTE: Duration = Duration::from_secs(60);

fn idempotency_key(n: u8) -> IdempotencyKey {
    format!("an idempotency key, number {n}").parse().unwrap()
}

fn request(name: &str) -> KeyRequest {
    KeyRequest { name: Some(Name::new(name).unwrap()), ..KeyRequest::default() }
}

fn at(context: &Context, time: Timestamp) -> Context {
    Context { now: time, ..context.clone() }
}

fn later(context: &Context, span: Duration) -> Context {
    at(context, context.now.checked_add(span).unwrap())
}

/// Asks for a key named `ci` under key number 1.
fn ask(authority: &Authority, context: &Context, seed: u64) -> Result<Once<ReceivedKey>, IssueError> {
    authority.issue_key_once(context, request("ci"), &idempotency_key(1), &mut seeded(seed))
}

/// The id, the secret if it was told, and whether it was told before.
fn told(once: &Once<ReceivedKey>) -> (KeyId, Option<String>, bool) {
    let secret = once.made.secret_key.as_ref().map(|secret| secret.expose().to_owned());
    (once.made.record.parts().id, secret, once.replayed)
}

fn keys(house: &House) -> usize {
    house.store.keys(Reach::AllOwners, &KeyQuery::default()).unwrap().items.len()
}

fn transition(house: &House, context: &Context, id: KeyId, step: Transition) {
    house.authority.transition_key(context, id, step, None).unwrap();
}

#[test]
fn asked_twice_it_is_one_key_and_one_secret_that_works() {
    let house = House::new();
    let inside = house.inside();
    let first = ask(&house.authority, &inside, 1).unwrap();
    let again = ask(&house.authority, &later(&inside, 9 * MINUTE), 2).unwrap();
    let (id, secret, replayed) = told(&first);
    assert!(!replayed);
    assert_eq!(told(&again), (id, secret.clone(), true));
    let picture = |once: &Once<ReceivedKey>| keys_store::conformance::sample::picture(&once.made.record);
    assert_eq!(picture(&again), picture(&first));
    assert_eq!(keys(&house), 1);
    let access_key = again.made.record.parts().access_key.to_string();
    let pair = keys_core::Credential::parse(&access_key, &secret.unwrap()).unwrap();
    assert_eq!(house.verdict(&pair), Ok(()));
}

#[test]
fn without_an_idempotency_key_every_request_makes_one() {
    let mut house = House::new();
    let inside = house.inside();
    let (one, other) = (house.issue(&inside), house.issue(&inside));
    assert_ne!(one.id(), other.id());
}

#[test]
fn another_request_under_the_same_key_is_refused_and_changes_nothing() {
    let house = House::new();
    let inside = house.inside();
    ask(&house.authority, &inside, 1).unwrap();
    let before = house.store.head().unwrap();
    let expiring = KeyRequest { expires_at: now().checked_add(MINUTE), ..request("ci") };
    let described =
        KeyRequest { description: Some(keys_core::Description::new("").unwrap()), ..request("ci") };
    for other in [request("another"), request(""), KeyRequest::default(), expiring, described] {
        let refused =
            house.authority.issue_key_once(&inside, other, &idempotency_key(1), &mut seeded(2)).unwrap_err();
        assert!(matches!(refused, IssueError::AnotherRequest(_)), "{refused}");
    }
    // As the administrator, outside: another owner, so another receipt. A create of another kind is another request.
    let administrator = administrator();
    assert!(!ask(&house.authority, &administrator, 3).unwrap().replayed);
    let environment =
        EnvironmentRequest { name: Some(Name::new("ci").unwrap()), ..EnvironmentRequest::default() };
    let refused = house.authority.create_environment_once(
        &administrator,
        environment,
        &idempotency_key(1),
        &mut seeded(4),
    );
    assert!(matches!(refused, Err(EnvironmentChangeError::AnotherRequest(_))), "{refused:?}");
    assert_eq!(house.store.head().unwrap().revision, before.revision.next());
}

#[test]
fn two_principals_with_one_key_never_meet() {
    let mut house = House::new();
    let inside = house.inside();
    let environment_key = house.issue(&inside);
    let as_environment = house.as_key(&environment_key);
    let outside = administrator();
    // The administrator inside, the environment itself, and the administrator outside: three callers.
    let answers = [&inside, &as_environment, &outside].map(|context| {
        let first = ask(&house.authority, context, u64::from(context.caller.administers())).unwrap();
        assert!(!first.replayed, "{context:?}");
        told(&first)
    });
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        assert_ne!(answers[one].0, answers[other].0);
    }
    for (context, (id, secret, _)) in [&inside, &as_environment, &outside].into_iter().zip(answers) {
        assert_eq!(told(&ask(&house.authority, context, 9).unwrap()), (id, secret, true));
    }
    // And none confirms for another.
    assert!(house.authority.confirm_receipt(&as_environment, &idempotency_key(1)).unwrap());
    assert!(!house.authority.confirm_receipt(&as_environment, &idempotency_key(2)).unwrap());
    assert!(told(&ask(&house.authority, &inside, 9).unwrap()).1.is_some());
    assert!(told(&ask(&house.authority, &as_environment, 9).unwrap()).1.is_none());
}

#[test]
fn after_ten_minutes_the_key_is_told_without_its_secret_even_if_nothing_has_swept() {
    let house = House::new();
    let inside = house.inside();
    let (id, secret, _) = told(&ask(&house.authority, &inside, 1).unwrap());
    let last = later(&inside, 10 * MINUTE - Duration::from_millis(1));
    assert_eq!(told(&ask(&house.authority, &last, 2).unwrap()), (id, secret, true));
    for span in [10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE - Duration::from_millis(1)] {
        let late = later(&inside, span);
        assert_eq!(told(&ask(&house.authority, &late, 2).unwrap()), (id, None, true));
        house.authority.tick(late.now).unwrap();
        assert_eq!(told(&ask(&house.authority, &late, 2).unwrap()), (id, None, true));
    }
    assert_eq!(keys(&house), 1);
    // A day later the receipt is gone, and the same key is a new request.
    let next_day = later(&inside, 24 * 60 * MINUTE + Duration::from_millis(1));
    assert_eq!(house.authority.tick(next_day.now).unwrap(), 1);
    assert_eq!(house.authority.tick(next_day.now).unwrap(), 0);
    assert!(!ask(&house.authority, &next_day, 3).unwrap().replayed);
    assert_eq!(keys(&house), 2);
}

#[test]
fn a_confirmed_receipt_has_no_secret_any_more() {
    let house = House::new();
    let inside = house.inside();
    let (id, ..) = told(&ask(&house.authority, &inside, 1).unwrap());
    for _ in 0..2 {
        assert!(house.authority.confirm_receipt(&inside, &idempotency_key(1)).unwrap());
        assert_eq!(told(&ask(&house.authority, &inside, 2).unwrap()), (id, None, true));
    }
}

#[test]
fn deleting_the_key_ends_its_secret_and_deactivating_it_does_not() {
    let house = House::new();
    let inside = house.inside();
    let (id, secret, _) = told(&ask(&house.authority, &inside, 1).unwrap());
    transition(&house, &inside, id, Transition::Deactivate);
    // It may be activated again, and is told of as what it is.
    let inactive = ask(&house.authority, &inside, 2).unwrap();
    assert_eq!(told(&inactive), (id, secret, true));
    assert_eq!(inactive.made.record.parts().lifecycle.state(), keys_core::LifecycleState::Inactive);
    transition(&house, &inside, id, Transition::Delete);
    let deleted = ask(&house.authority, &inside, 2).unwrap();
    assert_eq!(told(&deleted), (id, None, true));
    assert_eq!(deleted.made.record.parts().lifecycle.state(), keys_core::LifecycleState::Deleted);
}

#[test]
fn a_replay_survives_a_change_of_pepper_and_a_lost_one_costs_the_secret_only() {
    let house = House::new();
    let inside = house.inside();
    let (id, secret, _) = told(&ask(&house.authority, &inside, 1).unwrap());
    let rotated = open(Arc::clone(&house.store) as _, config_with(vec![pepper(2), pepper(1)]));
    assert_eq!(told(&ask(&rotated, &inside, 2).unwrap()), (id, secret, true));
    let mut config = config_with(vec![pepper(2)]);
    config.accept_lost_pepper = true;
    let lost = open(Arc::clone(&house.store) as _, config);
    assert_eq!(told(&ask(&lost, &inside, 3).unwrap()), (id, None, true));
    assert_eq!(keys(&house), 1);
}

#[test]
fn an_environment_is_made_once_too() {
    let house = House::new();
    let administrator = administrator();
    let create = |context: &Context, name: &str| {
        let request =
            EnvironmentRequest { name: Some(Name::new(name).unwrap()), ..EnvironmentRequest::default() };
        house.authority.create_environment_once(context, request, &idempotency_key(1), &mut seeded(1))
    };
    let first = create(&administrator, "one").unwrap();
    let again = create(&administrator, "one").unwrap();
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.made, again.made);
    assert!(matches!(create(&administrator, "two"), Err(EnvironmentChangeError::AnotherRequest(_))));
    assert!(matches!(create(&house.inside(), "one"), Err(EnvironmentChangeError::Forbidden)));
}

#[test]
fn what_is_refused_leaves_no_receipt() {
    let house = House::new();
    let inside = house.inside();
    let past = KeyRequest { expires_at: Some(now()), ..request("ci") };
    let refused = house.authority.issue_key_once(&inside, past, &idempotency_key(1), &mut seeded(1));
    assert!(matches!(refused, Err(IssueError::ExpiryPassed)), "{refused:?}");
    assert!(!ask(&house.authority, &inside, 2).unwrap().replayed);
}

/// Whatever fails at whichever call, and whether or not it has happened: who asks again gets one key, and its secret.
#[test]
fn whatever_fails_who_asks_again_gets_one_key_and_its_secret() {
    for fault in [
        Fault::Failed(BackendErrorKind::Unavailable),
        Fault::RolledBack(BackendErrorKind::Full),
        Fault::Unknown { happened: true },
        Fault::Unknown { happened: false },
    ] {
        let mut passed = false;
        for pass in 0..20 {
            let house = House::new();
            let inside = house.inside();
            house.store.inject(Calls::All, pass, fault);
            let first = ask(&house.authority, &inside, 1);
            house.store.repair();
            passed = first.is_ok();
            let again = ask(&house.authority, &inside, 2);
            // A fault that was not due yet may strike now.
            let again = again.or_else(|_| ask(&house.authority, &inside, 2)).unwrap();
            let (id, secret, _) = told(&again);
            assert_eq!(keys(&house), 1, "{fault:?} at {pass}");
            let access_key = house.store.key(Reach::AllOwners, id).unwrap().unwrap().parts().access_key;
            let pair = keys_core::Credential::parse(&access_key.to_string(), &secret.expect("told")).unwrap();
            assert_eq!(house.verdict(&pair), Ok(()), "{fault:?} at {pass}");
            if passed {
                break;
            }
        }
        assert!(passed, "every call of a create was made to fail");
    }
}

/// Two ask at once; one is held up at any of its calls while the other is served. Both are told of one key.
#[test]
fn two_who_ask_at_once_are_told_of_one_key() {
    for (call, moment) in [
        (Call::Receipt, Moment::BeforeTheCall),
        (Call::Receipt, Moment::BeforeTheAnswer),
        (Call::Commit, Moment::BeforeTheCall),
        (Call::Commit, Moment::BeforeTheAnswer),
    ] {
        let house = House::new();
        let inside = house.inside();
        let hold = house.store.hold(Calls::Only(call), 0, moment);
        let (held, other) = thread::scope(|scope| {
            let held = scope.spawn(|| ask(&house.authority, &inside, 1).unwrap());
            hold.wait_until_reached();
            let other = ask(&house.authority, &inside, 2).unwrap();
            hold.release();
            (held.join().unwrap(), other)
        });
        let ((id, secret, _), (other_id, other_secret, _)) = (told(&held), told(&other));
        assert_eq!((id, secret.is_some()), (other_id, true), "{call:?}");
        assert_eq!(secret, other_secret, "{call:?}");
        assert_eq!(u8::from(held.replayed) + u8::from(other.replayed), 1, "{call:?}");
        assert_eq!(keys(&house), 1, "{call:?}");
    }
}

#[test]
fn many_who_ask_at_once_are_told_of_one_key() {
    let house = House::new();
    let inside = house.inside();
    let answers = thread::scope(|scope| {
        let asking: Vec<_> = (0..8u64)
            .map(|seed| {
                let (house, inside) = (&house, &inside);
                // A busy hasher is no answer; who is told so comes back.
                scope.spawn(move || {
                    loop {
                        match ask(&house.authority, inside, seed) {
                            Ok(once) => break told(&once),
                            Err(IssueError::Busy) => thread::yield_now(),
                            Err(error) => panic!("{error}"),
                        }
                    }
                })
            })
            .collect();
        asking.into_iter().map(|asked| asked.join().unwrap()).collect::<Vec<_>>()
    });
    let first = &answers[0];
    assert!(first.1.is_some());
    assert!(answers.iter().all(|(id, secret, _)| (id, secret) == (&first.0, &first.1)), "{answers:?}");
    assert_eq!(answers.iter().filter(|(.., replayed)| !replayed).count(), 1);
    assert_eq!(keys(&house), 1);
}

// ---- against a model ------------------------------------------------------------------------------------------------

/// One step of a history. Callers: the administrator outside, inside an environment, and the environment itself.
#[derive(Debug, Clone)]
enum Step {
    Ask { caller: usize, key: u8, name: u8 },
    Confirm { caller: usize, key: u8 },
    Delete { caller: usize, key: u8 },
    Tick,
    Pass(Duration),
}

fn step() -> impl Strategy<Value = Step> {
    let (caller, key) = (0..3usize, 0..3u8);
    prop_oneof![
        8 => (caller.clone(), key.clone(), 0..2u8).prop_map(|(caller, key, name)| Step::Ask { caller, key, name }),
        2 => (caller.clone(), key.clone()).prop_map(|(caller, key)| Step::Confirm { caller, key }),
        2 => (caller, key).prop_map(|(caller, key)| Step::Delete { caller, key }),
        1 => Just(Step::Tick),
        3 => prop_oneof![Just(4 * MINUTE), Just(10 * MINUTE), Just(13 * 60 * MINUTE)].prop_map(Step::Pass),
    ]
}

/// What is to be known of a receipt, simple enough to be seen to be right.
struct Expected {
    name: u8,
    id: KeyId,
    secret: String,
    made: Timestamp,
    confirmed: bool,
    deleted: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_answer_is_that_of_the_model(steps in proptest::collection::vec(step(), 1..40)) {
        let mut house = House::new();
        let inside = house.inside();
        let environment_key = house.issue(&inside);
        let callers = [administrator(), inside, house.as_key(&environment_key)];
        let mut time = now();
        let mut receipts: BTreeMap<(usize, u8), Expected> = BTreeMap::new();
        let mut made = keys(&house);
        for (seed, step) in (100..).zip(steps) {
            match step {
                Step::Pass(span) => time = time.checked_add(span).unwrap(),
                Step::Tick => {
                    house.authority.tick(time).unwrap();
                    receipts.retain(|_, receipt| time.since(receipt.made) <= 24 * 60 * MINUTE);
                }
                Step::Confirm { caller, key } => {
                    let context = at(&callers[caller], time);
                    let found = house.authority.confirm_receipt(&context, &idempotency_key(key)).unwrap();
                    let receipt = receipts.get_mut(&(caller, key));
                    prop_assert_eq!(found, receipt.is_some());
                    if let Some(receipt) = receipt {
                        receipt.confirmed = true;
                    }
                }
                Step::Delete { caller, key } => {
                    if let Some(receipt) = receipts.get_mut(&(caller, key)).filter(|receipt| !receipt.deleted) {
                        let context = at(&callers[caller], time);
                        transition(&house, &context, receipt.id, Transition::Deactivate);
                        transition(&house, &context, receipt.id, Transition::Delete);
                        receipt.deleted = true;
                        made -= 1;
                    }
                }
                Step::Ask { caller, key, name } => {
                    let context = at(&callers[caller], time);
                    let idempotency_key = idempotency_key(key);
                    let request = request(&format!("name {name}"));
                    let answer =
                        house.authority.issue_key_once(&context, request, &idempotency_key, &mut seeded(seed));
                    match (receipts.get(&(caller, key)), answer) {
                        (Some(receipt), Err(IssueError::AnotherRequest(_))) => {
                            prop_assert_ne!(receipt.name, name);
                        }
                        (Some(receipt), Ok(once)) => {
                            prop_assert_eq!(receipt.name, name);
                            let gone = receipt.confirmed
                                || receipt.deleted
                                || time.since(receipt.made) >= 10 * MINUTE;
                            let secret = (!gone).then(|| receipt.secret.clone());
                            prop_assert_eq!(told(&once), (receipt.id, secret, true));
                        }
                        (None, Ok(once)) => {
                            let (id, secret, replayed) = told(&once);
                            prop_assert!(!replayed);
                            let secret = secret.expect("a new key has a secret");
                            let expected =
                                Expected { name, id, secret, made: time, confirmed: false, deleted: false };
                            receipts.insert((caller, key), expected);
                            made += 1;
                        }
                        (expected, answer) => {
                            let known = expected.is_some();
                            prop_assert!(false, "there is a receipt: {known}, and the answer is {answer:?}");
                        }
                    }
                }
            }
            prop_assert_eq!(keys(&house), made);
        }
    }
}
