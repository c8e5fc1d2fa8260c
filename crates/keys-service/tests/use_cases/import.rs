//! Bringing pairs over: what would become of each, all of it or nothing, and going on where it was stopped.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;

use keys_core::{
    AccessKey, AccountId, Action, Credential, DenyReason, Description, EnvironmentTransition, FirstState,
    KeyId, Keyring, LifecycleState, Name, Owner, Role, SecretKey, Target, Transition, Via,
};
use keys_service::{
    Authority, AuthorityConfig, Context, ExistingPair, ImportError, ImportOutcome, ImportProgress,
    ImportRefusal, StoreFailure, preview_import,
};
use keys_store::fault::{Call, Calls, Fault, Moment};
use keys_store::{BackendErrorKind, KeyStore as _};

use crate::support::{
    House, administrator, at, config, config_with, environment, now, open, outcome, pepper, seeded,
};

/// A pair of Rancher's shape: the access key in hexadecimal, the secret key in base58.
fn rancher(n: usize) -> ExistingPair {
    let access_key = format!("{n:020X}");
    let secret_key = format!("{:1>40}", format!("Kx{n}").replace('0', "z"));
    pair(Credential::parse(&access_key, &secret_key).unwrap())
}

fn pair(credential: Credential) -> ExistingPair {
    ExistingPair { credential, name: None, description: None, created: None, expires_at: None }
}

fn pairs(count: usize) -> Vec<ExistingPair> {
    (0..count).map(rancher).collect()
}

fn with_another_secret(pair: &ExistingPair) -> ExistingPair {
    let access_key: AccessKey = pair.credential.access_key();
    let secret = SecretKey::parse(&"z".repeat(40), &access_key).unwrap();
    ExistingPair { credential: Credential::from((access_key, secret)), ..pair.clone() }
}

fn go_on(_: ImportProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn import(
    house: &House,
    context: &Context,
    pairs: &[ExistingPair],
) -> Result<Vec<ImportOutcome>, ImportError> {
    house.authority.import_keys(context, pairs, FirstState::Active, || seeded(5), &mut go_on)
}

fn preview(house: &House, pairs: &[ExistingPair]) -> Vec<ImportOutcome> {
    let keyring = Keyring::new(vec![pepper(1)]).unwrap();
    preview_import(&*house.store, &keyring, environment("1a5"), pairs, now()).unwrap()
}

fn key(number: u64) -> KeyId {
    KeyId::new(number).unwrap()
}

#[test]
fn what_is_imported_is_verified_and_has_an_event_of_its_own() {
    let house = House::new();
    let inside = house.inside();
    let mut native = pair(Credential::generate(&mut seeded(9)).unwrap());
    native.name = Some(Name::new("ours").unwrap());
    native.description = Some(Description::new("two\nlines").unwrap());
    native.created = Some(at("2016-04-02T10:11:12Z"));
    native.expires_at = Some(at("2027-01-01T00:00:00Z"));
    let all = [rancher(1), native, rancher(2)];
    let before = house.store.head().unwrap();
    let new = ImportOutcome::New(None);
    assert_eq!(preview(&house, &all), [new, new, new]);
    assert_eq!(house.store.head().unwrap(), before, "a preview changes nothing");

    let made = import(&house, &inside, &all).unwrap();
    assert_eq!(made, [1, 2, 3].map(|number| ImportOutcome::New(Some(key(number)))), "in their order");
    for pair in &all {
        assert_eq!(house.verdict(&pair.credential), Ok(()));
        assert_eq!(house.verdict(&with_another_secret(&rancher(1)).credential), Err(DenyReason::WrongSecret));
    }
    let record = house.authority.key(&inside, key(2)).unwrap().unwrap();
    let parts = record.parts();
    assert_eq!(parts.owner, Owner::Environment(environment("1a5")));
    assert_eq!(parts.creator, inside.caller.creator());
    assert_eq!((&parts.name, &parts.description), (&all[1].name, &all[1].description));
    assert_eq!((Some(parts.created), parts.expires_at), (all[1].created, all[1].expires_at));
    assert_eq!(
        house.authority.key(&inside, key(1)).unwrap().unwrap().parts().created,
        now(),
        "unless it is known"
    );
    let events = house.store.audit(before.audit.map(|(id, _)| id), 10).unwrap();
    let told =
        events.iter().map(|linked| (linked.event.action, linked.event.origin.via, linked.event.target));
    let told: Vec<_> = told.collect();
    assert_eq!(told, [1, 2, 3].map(|number| (Action::ImportKey, Via::Database, Target::Key(key(number)))));
    assert_eq!(preview(&house, &all), [1, 2, 3].map(|number| ImportOutcome::AlreadyThere(key(number))));
}

#[test]
fn what_begins_inactive_is_refused_until_it_is_activated() {
    let house = House::new();
    let inside = house.inside();
    let all = pairs(2);
    let made = house.authority.import_keys(&inside, &all, FirstState::Inactive, || seeded(5), &mut go_on);
    assert_eq!(made.unwrap().len(), 2);
    assert_eq!(house.verdict(&all[0].credential), Err(DenyReason::Inactive));
    let active = house.authority.transition_key(&inside, key(1), Transition::Activate, None).unwrap();
    assert_eq!(active.parts().lifecycle.state(), LifecycleState::Active);
    assert_eq!(house.verdict(&all[0].credential), Ok(()));
    // Importing it again as Inactive leaves it as it is.
    let again = house.authority.import_keys(&inside, &all, FirstState::Inactive, || seeded(5), &mut go_on);
    assert_eq!(again.unwrap(), [1, 2].map(|number| ImportOutcome::AlreadyThere(key(number))));
    assert_eq!(house.verdict(&all[0].credential), Ok(()));
}

#[test]
fn one_pair_that_cannot_be_imported_stops_all_of_them() {
    let mut house = House::new();
    let inside = house.inside();
    let there = pairs(3);
    import(&house, &inside, &there).unwrap();
    for transition in [Transition::Deactivate, Transition::Delete] {
        house.authority.transition_key(&inside, key(2), transition, None).unwrap();
    }
    let other = house.environment(&[(AccountId::ADMIN, Role::Owner)]);
    let elsewhere = rancher(50);
    let context =
        Context { caller: house.authority.enter(administrator().caller, other).unwrap(), ..administrator() };
    import(&house, &context, std::slice::from_ref(&elsewhere)).unwrap();
    let future = ExistingPair { created: Some(at("2027-01-01T00:00:00Z")), ..rancher(60) };
    let expired = ExistingPair { expires_at: Some(now()), ..rancher(61) };
    let expected = [
        (rancher(70), ImportOutcome::New(None)),
        (there[0].clone(), ImportOutcome::AlreadyThere(key(1))),
        (with_another_secret(&there[2]), ImportOutcome::Refused(ImportRefusal::AnotherSecret(key(3)))),
        (there[1].clone(), ImportOutcome::Refused(ImportRefusal::Deleted(key(2)))),
        (elsewhere, ImportOutcome::Refused(ImportRefusal::AnotherOwner(key(4), Owner::Environment(other)))),
        (future, ImportOutcome::Refused(ImportRefusal::CreatedLater)),
        (expired, ImportOutcome::Refused(ImportRefusal::ExpiryPassed)),
        (with_another_secret(&rancher(70)), ImportOutcome::Refused(ImportRefusal::Repeated)),
        (rancher(71), ImportOutcome::New(None)),
    ];
    let (all, outcomes): (Vec<_>, Vec<_>) = expected.into_iter().unzip();
    let before = house.store.head().unwrap();
    assert_eq!(preview(&house, &all), outcomes);
    match import(&house, &inside, &all) {
        Err(ImportError::Refused { outcomes: told }) => assert_eq!(told, outcomes),
        other => panic!("{other:?}"),
    }
    assert_eq!(house.store.head().unwrap(), before, "nothing was made");
}

#[test]
fn a_pair_that_has_expired_since_it_was_imported_is_already_there() {
    let house = House::new();
    let expiring = ExistingPair { expires_at: Some(at("2026-11-23T19:00:00Z")), ..rancher(1) };
    import(&house, &house.inside(), std::slice::from_ref(&expiring)).unwrap();
    let later = Context { now: at("2026-11-24T00:00:00Z"), ..house.inside() };
    assert_eq!(import(&house, &later, &[expiring]).unwrap(), [ImportOutcome::AlreadyThere(key(1))]);
}

#[test]
fn many_are_imported_in_few_transactions_and_in_order_on_several_threads() {
    let house = House::with(AuthorityConfig { hashers: NonZeroUsize::new(4).unwrap(), ..config() });
    let all = pairs(250);
    let mut seen = Vec::new();
    let mut watch = |progress: ImportProgress| {
        seen.push(progress);
        ControlFlow::Continue(())
    };
    let before = house.store.head().unwrap();
    let calls = house.store.calls();
    let made = house
        .authority
        .import_keys(&house.inside(), &all, FirstState::Active, || seeded(5), &mut watch)
        .unwrap();
    assert_eq!(made, (1..=250).map(|number| ImportOutcome::New(Some(key(number)))).collect::<Vec<_>>());
    let commits = 3;
    // The environment; for each pair one look; where the store stands; and the commits.
    assert_eq!(house.store.calls() - calls, 1 + 250 + 1 + commits);
    assert_eq!(house.store.head().unwrap().revision.number() - before.revision.number(), 250);
    assert_eq!(seen.first(), Some(&ImportProgress { new: 250, digested: 0, imported: 0 }));
    assert_eq!(seen.last(), Some(&ImportProgress { new: 250, digested: 250, imported: 250 }));
    assert!(seen.is_sorted_by_key(|progress| (progress.digested, progress.imported)), "{seen:?}");
    assert!(
        seen.iter().all(|progress| {
            progress.imported % Authority::IMPORTED_AT_ONCE == 0 || progress.imported == 250
        }),
        "{seen:?}"
    );
    assert!(all.iter().all(|pair| house.verdict(&pair.credential).is_ok()));
}

/// Whatever the store does at the second of three transactions: what was committed is there once, and the rest comes with
/// the next run.
#[test]
fn an_import_that_fails_in_between_goes_on_where_it_was() {
    let faults = [
        Fault::Failed(BackendErrorKind::Full),
        Fault::RolledBack(BackendErrorKind::Other),
        Fault::Unknown { happened: true },
        Fault::Unknown { happened: false },
    ];
    for fault in faults {
        let house = House::new();
        let inside = house.inside();
        let all = pairs(250);
        house.store.inject(Calls::Only(Call::Commit), 1, fault);
        let failed = import(&house, &inside, &all);
        assert!(matches!(&failed, Err(ImportError::Store(_))), "{fault:?}: {failed:?}");
        let kept = preview(&house, &all);
        let kept = kept.iter().filter(|outcome| matches!(outcome, ImportOutcome::AlreadyThere(_))).count();
        let applied = fault == Fault::Unknown { happened: true };
        assert_eq!(kept, if applied { 200 } else { 100 }, "{fault:?}");
        let mut most = 0;
        let mut watch = |progress: ImportProgress| {
            most = most.max(progress.digested);
            ControlFlow::Continue(())
        };
        let done =
            house.authority.import_keys(&inside, &all, FirstState::Active, || seeded(6), &mut watch).unwrap();
        assert_eq!(most, 250 - kept, "what is there costs no digest");
        assert!(done[..kept].iter().all(|outcome| matches!(outcome, ImportOutcome::AlreadyThere(_))));
        assert!(done[kept..].iter().all(|outcome| matches!(outcome, ImportOutcome::New(Some(_)))));
        assert!(all.iter().all(|pair| house.verdict(&pair.credential).is_ok()), "{fault:?}");
        let events = house.store.audit(None, 1_000).unwrap();
        let imports = events.iter().filter(|linked| linked.event.action == Action::ImportKey).count();
        assert_eq!(imports, 250, "each was made once");
    }
}

#[test]
fn who_watches_stops_it_and_keeps_what_is_done() {
    let house = House::with(AuthorityConfig { hashers: NonZeroUsize::MIN, ..config() });
    let inside = house.inside();
    let all = pairs(250);
    let mut last = None;
    let mut watch = |progress: ImportProgress| {
        last = Some(progress);
        if progress.digested < 130 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let stopped = house.authority.import_keys(&inside, &all, FirstState::Active, || seeded(5), &mut watch);
    assert!(matches!(stopped, Err(ImportError::Stopped)), "{stopped:?}");
    assert_eq!(last, Some(ImportProgress { new: 250, digested: 130, imported: 130 }), "its digests are kept");
    let there = preview(&house, &all);
    let there = there.iter().filter(|outcome| matches!(outcome, ImportOutcome::AlreadyThere(_))).count();
    assert_eq!(there, 130);
    // Too late: all of it is done.
    let mut watch = |progress: ImportProgress| {
        if progress.imported < progress.new { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let done = house.authority.import_keys(&inside, &all, FirstState::Active, || seeded(5), &mut watch);
    assert_eq!(done.unwrap().len(), 250);
}

#[test]
fn nobody_but_who_holds_the_database_imports() {
    let mut house = House::new();
    let inside = house.inside();
    let of_environment = house.issue(&inside);
    let administrator_key = house.issue(&administrator());
    let by_key = house.as_key(&administrator_key);
    let entered = Context {
        caller: house.authority.enter(by_key.caller, environment("1a5")).unwrap(),
        ..by_key.clone()
    };
    let open_access = Context { caller: house.authority.open_access_caller().unwrap(), ..administrator() };
    let before = house.store.head().unwrap();
    for context in [by_key, entered, open_access, house.as_key(&of_environment), administrator()] {
        let refused = import(&house, &context, &pairs(1));
        assert!(matches!(refused, Err(ImportError::Forbidden)), "{:?}: {refused:?}", context.caller);
    }
    assert_eq!(house.store.head().unwrap(), before);
}

#[test]
fn nothing_is_imported_into_an_environment_that_is_not_active() {
    let house = House::new();
    let inside = house.inside();
    let deactivate = EnvironmentTransition::Deactivate;
    house.authority.transition_environment(&administrator(), environment("1a5"), deactivate, None).unwrap();
    let refused = import(&house, &inside, &pairs(1));
    assert!(matches!(refused, Err(ImportError::OwnerInactive)), "{refused:?}");
    let keyring = Keyring::new(vec![pepper(1)]).unwrap();
    for id in ["1a5", "1a99", "1a1"] {
        let refused = preview_import(&*house.store, &keyring, environment(id), &pairs(1), now());
        assert!(matches!(refused, Err(ImportError::OwnerInactive)), "{id}: {refused:?}");
    }
}

#[test]
fn with_a_lost_pepper_what_is_there_is_told_by_its_digest() {
    let house = House::new();
    let all = pairs(3);
    import(&house, &house.inside(), &all).unwrap();
    let store = Arc::clone(&house.store);
    let lost = AuthorityConfig { accept_lost_pepper: true, ..config_with(vec![pepper(2)]) };
    let authority = open(store as _, lost);
    let inside = Context {
        caller: authority.enter(administrator().caller, environment("1a5")).unwrap(),
        ..administrator()
    };
    let import = |pairs: &[ExistingPair]| {
        authority.import_keys(&inside, pairs, FirstState::Active, || seeded(8), &mut go_on)
    };
    let wrong = [with_another_secret(&all[0]), all[1].clone(), rancher(4)];
    match import(&wrong) {
        Err(ImportError::Refused { outcomes }) => assert_eq!(
            outcomes,
            [
                ImportOutcome::Refused(ImportRefusal::AnotherSecret(key(1))),
                ImportOutcome::AlreadyThere(key(2)),
                ImportOutcome::New(None)
            ]
        ),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        import(&wrong[1..]).unwrap(),
        [ImportOutcome::AlreadyThere(key(2)), ImportOutcome::New(Some(key(4)))]
    );
    assert_eq!(outcome(authority.authenticate(&rancher(4).credential, now()).unwrap()), Ok(()));
}

#[test]
fn two_that_import_the_same_do_not_make_it_twice() {
    let house = House::new();
    let inside = house.inside();
    let all = pairs(3);
    let hold = house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
    let outcome = std::thread::scope(|scope| {
        let importing = scope.spawn(|| import(&house, &inside, &all));
        hold.wait_until_reached();
        import(&house, &inside, &all[1..]).unwrap();
        hold.release();
        importing.join().unwrap()
    });
    assert!(matches!(outcome, Err(ImportError::Contended)), "{outcome:?}");
    let again = import(&house, &inside, &all).unwrap();
    let there = ImportOutcome::AlreadyThere;
    assert_eq!(again, [ImportOutcome::New(Some(key(3))), there(key(1)), there(key(2))]);
}

#[test]
fn already_there_waits_until_it_is_published() {
    let house = House::new();
    let all = pairs(1);
    import(&house, &house.inside(), &all).unwrap();
    let other = open(Arc::clone(&house.store) as _, config());
    let active = Transition::Deactivate;
    other.transition_key(&house.inside(), key(1), active, None).unwrap();
    house.store.inject(Calls::Only(Call::Barrier), 0, Fault::Failed(BackendErrorKind::Unavailable));
    let told = import(&house, &house.inside(), &all);
    assert!(matches!(told, Err(ImportError::Store(StoreFailure::Failed(_)))), "{told:?}");
}
