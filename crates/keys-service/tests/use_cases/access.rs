//! Switching access control, the access modes, and the first administrator.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use keys_core::{
    AccessControl, AccessMode, AccountId, AccountKind, AccountTransition, LogInProvider, LoginName, Owner,
    Password, Role, SessionKind, SessionToken, SetUpToken, SettingName, SettingValue, Timestamp, Transition,
    Via,
};
use keys_service::{
    AccessError, AccessRequest, AccountRequest, AdministratorLogIn, Context, LogInError, LogInRefusal,
    LogInRequest, PasswordChangeError, SessionOutcome, SetUpDoor, SetUpRefusal, Switch, Visitor,
};
use keys_store::fault::{Call, Calls, Fault};
use keys_store::{BackendErrorKind, KeyStore as _, LogInStore as _, Reach};

use crate::support::{House, administrator, config, context, environment, now, open, rng, seeded};

const RIGHT: &str = "correct horse battery staple";
const OTHER: &str = "another horse battery staple";

fn login(text: &str) -> LoginName {
    text.parse().unwrap()
}

fn visitor() -> Visitor {
    Visitor { client_address: None, request_id: "request-1".parse().unwrap(), now: now() }
}

fn log_in(name: &str, password: &str) -> AdministratorLogIn {
    AdministratorLogIn { name: None, login: login(name), password: Password::new(password).unwrap() }
}

fn switch(switch: Switch) -> AccessRequest {
    AccessRequest { switch, ..AccessRequest::default() }
}

fn change(house: &mut House, context: &Context, request: &AccessRequest) -> Result<(), AccessError> {
    house.authority.change_access(context, request, &mut house.rng)
}

fn enters(house: &mut House, name: &str, password: &str) -> Result<SessionToken, LogInRefusal> {
    let request = LogInRequest {
        login: login(name),
        password: Password::new(password).unwrap(),
        device: None,
        kind: SessionKind::Bearer,
    };
    let mut visitor = visitor();
    loop {
        match house.authority.log_in(&request, &visitor, &mut house.rng) {
            Ok(logged_in) => return Ok(logged_in.token),
            Err(LogInError::Refused(refusal)) => return Err(refusal),
            // An attempt that failed before makes the next one wait.
            Err(LogInError::Locked { until }) => visitor.now = until,
            Err(other) => panic!("neither let in nor refused: {other:?}"),
        }
    }
}

fn is_in(house: &House, token: &SessionToken) -> bool {
    matches!(house.authority.authenticate_session(token, now()), Ok(SessionOutcome::Entered(_)))
}

/// Somebody with a password.
fn person(house: &mut House, name: &str, kind: AccountKind) -> AccountId {
    let request = AccountRequest { kind, ..AccountRequest::default() };
    let House { authority, rng, .. } = house;
    let account = authority.create_account(&administrator(), request, rng).unwrap().parts().id;
    let password = Password::new(RIGHT).unwrap();
    authority.set_password(&administrator(), account, login(name), &password, rng).unwrap();
    account
}

fn join(house: &House, account: AccountId, role: Role) {
    house.authority.put_member(&administrator(), environment("1a5"), account, role).unwrap();
}

// ---- switching ------------------------------------------------------------------------------------------------------

#[test]
fn the_log_in_is_stored_then_tried_then_access_control_is_switched_on() {
    let mut house = House::new();
    let open = context(house.authority.open_access_caller().unwrap());
    assert_eq!(house.authority.log_in_provider().unwrap(), LogInProvider::None, "nobody has a password");
    let stored = AccessRequest { log_in: Some(log_in("admin", RIGHT)), ..switch(Switch::Off) };
    change(&mut house, &open, &stored).unwrap();
    assert_eq!(house.authority.access_control(), AccessControl::Off);
    assert_eq!(house.authority.log_in_provider().unwrap(), LogInProvider::Local);
    assert!(enters(&mut house, "ADMIN", RIGHT).is_ok());

    let again = AccessRequest { log_in: Some(log_in("admin", RIGHT)), ..switch(Switch::On) };
    change(&mut house, &open, &again).unwrap();
    assert_eq!(house.authority.access_control(), AccessControl::On);
    let head = house.store.head().unwrap();
    change(&mut house, &administrator(), &again).unwrap();
    assert_eq!(house.store.head().unwrap(), head, "what is so already is no change");

    let token = enters(&mut house, "admin", RIGHT).unwrap();
    change(&mut house, &administrator(), &switch(Switch::Off)).unwrap();
    assert_eq!(house.authority.access_control(), AccessControl::Off);
    assert!(is_in(&house, &token), "switching off ends nothing");
    change(&mut house, &administrator(), &switch(Switch::GiveUp)).unwrap();
    assert_eq!(house.authority.log_in_provider().unwrap(), LogInProvider::None);
    house.authority.set_access_control(&administrator(), AccessControl::On).unwrap();
    assert_eq!(
        house.authority.log_in_provider().unwrap(),
        LogInProvider::Local,
        "whoever needs a password can use it"
    );
}

#[test]
fn it_is_not_switched_on_while_nobody_could_administer_and_a_failure_changes_nothing() {
    let mut house = House::new();
    let before = house.store.head().unwrap();
    let narrow = AccessRequest { mode: Some(AccessMode::Required), ..switch(Switch::On) };
    let refused = change(&mut house, &administrator(), &narrow);
    assert!(matches!(refused, Err(AccessError::NoAdministrator)), "{refused:?}");
    assert_eq!(house.store.head().unwrap(), before);
    assert_eq!(house.authority.access_mode(), AccessMode::Unrestricted);

    person(&mut house, "ada", AccountKind::User);
    let refused = change(&mut house, &administrator(), &switch(Switch::On));
    assert!(matches!(refused, Err(AccessError::NoAdministrator)), "a user's password does not count");
    let taken = AccessRequest { log_in: Some(log_in("ADA", OTHER)), ..switch(Switch::On) };
    let refused = change(&mut house, &administrator(), &taken);
    assert!(matches!(refused, Err(AccessError::NameTaken)), "{refused:?}");
    let nobody = AccessRequest { allowed: Some("1a99".parse().unwrap()), ..AccessRequest::default() };
    let refused = change(&mut house, &administrator(), &nobody);
    assert!(matches!(refused, Err(AccessError::NoSuchAccount { .. })), "{refused:?}");
    assert_eq!(house.authority.access_control(), AccessControl::Off);
}

#[test]
fn another_password_ends_the_sessions_of_the_old_one_and_a_new_name_does_not() {
    let mut house = House::new();
    let set =
        |name, password| AccessRequest { log_in: Some(log_in(name, password)), ..AccessRequest::default() };
    change(&mut house, &administrator(), &set("admin", RIGHT)).unwrap();
    let token = enters(&mut house, "admin", RIGHT).unwrap();
    change(&mut house, &administrator(), &set("root", RIGHT)).unwrap();
    assert!(is_in(&house, &token));
    assert_eq!(enters(&mut house, "admin", RIGHT).unwrap_err(), LogInRefusal::UnknownName);
    change(&mut house, &administrator(), &set("root", OTHER)).unwrap();
    assert!(!is_in(&house, &token));
    assert_eq!(enters(&mut house, "root", RIGHT).unwrap_err(), LogInRefusal::WrongPassword);
    assert!(enters(&mut house, "root", OTHER).is_ok());
}

#[test]
fn only_an_administrator_changes_access() {
    let mut house = House::new();
    let ada = house.person("Ada");
    let key = house.as_person(&ada);
    let inside = house.inside();
    for context in [key, inside] {
        for request in [switch(Switch::On), switch(Switch::Off), AccessRequest::default()] {
            let refused = change(&mut house, &context, &request);
            assert!(matches!(refused, Err(AccessError::Forbidden)), "{refused:?}");
        }
    }
}

#[test]
fn the_last_way_in_is_not_taken_away_while_access_control_is_on() {
    let mut house = House::new();
    let request = AccessRequest { log_in: Some(log_in("admin", RIGHT)), ..switch(Switch::On) };
    change(&mut house, &administrator(), &request).unwrap();
    let password = house.store.password_named(&login("admin").folded()).unwrap().unwrap().parts().id;
    let remove = |house: &House| house.authority.remove_password(&administrator(), password, None);
    let refused = remove(&house);
    assert!(matches!(refused, Err(PasswordChangeError::LastWayIn)), "{refused:?}");
    assert!(enters(&mut house, "admin", RIGHT).is_ok(), "nothing was taken away");

    let key = house.issue(&administrator());
    remove(&house).unwrap();
    // A key may always be deactivated: whoever holds it may be a thief.
    house.authority.transition_key(&administrator(), key.id(), Transition::Deactivate, None).unwrap();
    let off = change(&mut house, &administrator(), &switch(Switch::Off));
    assert!(off.is_ok(), "whoever holds the database finds a way back");
}

// ---- modes ----------------------------------------------------------------------------------------------------------

#[test]
fn a_mode_lets_in_whom_it_names_and_takes_effect_in_running_sessions() {
    let mut house = House::new();
    let administrator_too = person(&mut house, "admin", AccountKind::Admin);
    let listed = person(&mut house, "listed", AccountKind::User);
    let member = person(&mut house, "member", AccountKind::User);
    let other = person(&mut house, "other", AccountKind::User);
    let _ = (administrator_too, other);
    join(&house, member, Role::ReadOnly);
    let names = ["admin", "listed", "member", "other"];
    let tokens = names.map(|name| enters(&mut house, name, RIGHT).unwrap());
    let allowed =
        AccessRequest { allowed: Some(listed.to_string().parse().unwrap()), ..AccessRequest::default() };
    change(&mut house, &administrator(), &allowed).unwrap();
    for (mode, expected) in [
        (AccessMode::Unrestricted, [true, true, true, true]),
        (AccessMode::Restricted, [true, true, true, false]),
        (AccessMode::Required, [true, true, false, false]),
    ] {
        let request = AccessRequest { mode: Some(mode), ..AccessRequest::default() };
        change(&mut house, &administrator(), &request).unwrap();
        assert_eq!(tokens.each_ref().map(|token| is_in(&house, token)), expected, "{mode}: in a session");
        let entered = names.map(|name| match enters(&mut house, name, RIGHT) {
            Ok(_) => true,
            Err(LogInRefusal::NotAdmitted) => false,
            Err(other) => panic!("{mode}: {name}: {other}"),
        });
        assert_eq!(entered, expected, "{mode}: at a log-in");
    }
    // What nobody can have meant lets nobody in; keys are not people.
    let key = house.issue(&administrator());
    let damaged = keys_store::Write::PutSetting { name: SettingName::AccessMode, value: "everybody".into() };
    keys_store::conformance::sample::commit(&*house.store, damaged).unwrap();
    assert_eq!(tokens.each_ref().map(|token| is_in(&house, token)), [false; 4]);
    assert!(house.verdict(&key.credential).is_ok());
}

#[test]
fn a_member_is_let_in_while_one_of_its_environments_is_active() {
    let mut house = House::new();
    let member = person(&mut house, "member", AccountKind::User);
    join(&house, member, Role::Member);
    let narrow = AccessRequest { mode: Some(AccessMode::Restricted), ..AccessRequest::default() };
    change(&mut house, &administrator(), &narrow).unwrap();
    let token = enters(&mut house, "member", RIGHT).unwrap();
    let transition = |house: &House, transition| {
        house
            .authority
            .transition_environment(&administrator(), environment("1a5"), transition, None)
            .unwrap();
    };
    transition(&house, keys_core::EnvironmentTransition::Deactivate);
    assert!(!is_in(&house, &token));
    transition(&house, keys_core::EnvironmentTransition::Activate);
    assert!(is_in(&house, &token));
}

/// Rounds of narrowing in the test with threads.
const ROUNDS: usize = 100;

#[test]
fn whoever_a_narrower_mode_shuts_out_is_out_before_the_acknowledgement() {
    let mut house = House::new();
    person(&mut house, "other", AccountKind::User);
    let token = enters(&mut house, "other", RIGHT).unwrap();
    let epoch = AtomicUsize::new(0);
    let refused = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let before = epoch.load(Ordering::SeqCst);
                    if before > 2 * ROUNDS {
                        return;
                    }
                    let accepted = is_in(&house, &token);
                    if before % 2 == 1 && epoch.load(Ordering::SeqCst) == before {
                        assert!(!accepted, "let in in a narrow epoch");
                        refused.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        let mut rng = seeded(8);
        let mut to = |mode| {
            let request = AccessRequest { mode: Some(mode), ..AccessRequest::default() };
            house.authority.change_access(&administrator(), &request, &mut rng).unwrap();
        };
        for _ in 0..ROUNDS {
            to(AccessMode::Required);
            epoch.fetch_add(1, Ordering::SeqCst);
            let seen = refused.load(Ordering::SeqCst);
            while refused.load(Ordering::SeqCst) == seen {
                thread::yield_now();
            }
            epoch.fetch_add(1, Ordering::SeqCst);
            to(AccessMode::Unrestricted);
        }
        epoch.store(2 * ROUNDS + 2, Ordering::SeqCst);
    });
    assert!(refused.load(Ordering::SeqCst) >= ROUNDS);
}

// ---- the first administrator ----------------------------------------------------------------------------------------

fn door() -> (SetUpDoor, SetUpToken) {
    let token = SetUpToken::generate(&mut rng()).unwrap();
    (SetUpDoor::new(&token, now()), token)
}

#[test]
fn the_holder_of_the_token_becomes_the_administrator_and_the_door_is_closed() {
    let mut house = House::new();
    let (door, token) = door();
    let wrong = SetUpToken::generate(&mut seeded(99)).unwrap();
    let claim = |house: &mut House, token: &SetUpToken, at: Timestamp| {
        let visitor = Visitor { now: at, ..visitor() };
        let log_in = AdministratorLogIn { name: Some("Ada".parse().unwrap()), ..log_in("ada", RIGHT) };
        house.authority.claim(&door, token, &log_in, &visitor, &mut house.rng)
    };
    let before = house.store.head().unwrap();
    let refused = claim(&mut house, &wrong, now());
    assert!(matches!(refused, Err(AccessError::SetUp(SetUpRefusal::Wrong))), "{refused:?}");
    let late = now().checked_add(Duration::from_secs(1_800)).unwrap();
    let refused = claim(&mut house, &token, late);
    assert!(matches!(refused, Err(AccessError::SetUp(SetUpRefusal::Expired))), "{refused:?}");
    assert_eq!(house.store.head().unwrap(), before);

    assert!(house.authority.is_new().unwrap());
    assert_eq!(claim(&mut house, &token, now()).unwrap(), AccountId::ADMIN);
    let events = house.store.audit(before.audit.map(|(id, _)| id), 100).unwrap();
    let by: BTreeSet<_> =
        events.iter().map(|linked| (linked.event.origin.principal, linked.event.origin.via)).collect();
    assert_eq!(by, BTreeSet::from([(Owner::Account(AccountId::ADMIN), Via::SetUp)]), "not the system itself");
    assert!(!house.authority.is_new().unwrap());
    assert_eq!(house.authority.access_control(), AccessControl::On);
    let account = house.store.account(AccountId::ADMIN).unwrap().unwrap();
    assert_eq!(account.parts().name.as_ref().map(ToString::to_string).as_deref(), Some("Ada"));
    assert!(enters(&mut house, "ada", RIGHT).is_ok());
    let refused = claim(&mut house, &token, now());
    assert!(matches!(refused, Err(AccessError::SetUp(SetUpRefusal::Used))), "{refused:?}");

    // After a restart there is another door, and it leads nowhere, even once access control is off.
    let next = open(Arc::clone(&house.store) as _, config());
    next.set_access_control(&administrator(), AccessControl::Off).unwrap();
    let another = SetUpDoor::new(&token, now());
    let refused = next.claim(&another, &token, &log_in("eve", OTHER), &visitor(), &mut house.rng);
    assert!(matches!(refused, Err(AccessError::AlreadySetUp)), "{refused:?}");
}

/// Each has a door of its own, as two servers on copies would: what decides is the transaction.
#[test]
fn of_a_thousand_who_claim_at_once_one_wins() {
    let house = House::new();
    let won: Vec<usize> = thread::scope(|scope| {
        let claims = (0..1_000).map(|n| {
            let house = &house;
            scope.spawn(move || {
                let (door, token) = door();
                let log_in = log_in(&format!("claimant {n}"), RIGHT);
                let mut rng = seeded(n);
                loop {
                    match house.authority.claim(&door, &token, &log_in, &visitor(), &mut rng) {
                        Ok(_) => return true,
                        Err(AccessError::AlreadySetUp) => return false,
                        Err(AccessError::Busy) => thread::yield_now(),
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
        });
        let claims: Vec<_> = claims.collect();
        let outcomes = claims.into_iter().map(|claim| claim.join().unwrap()).enumerate();
        outcomes.filter(|(_, won)| *won).map(|(n, _)| n).collect()
    });
    let [winner] = won.as_slice() else { panic!("exactly one wins: {won:?}") };
    let query = keys_store::PasswordQuery::default();
    let passwords = house.store.passwords(Reach::AllOwners, &query).unwrap().items;
    let names: Vec<_> = passwords.iter().map(|record| record.parts().login.to_string()).collect();
    assert_eq!(names, [format!("claimant {winner}")]);
}

#[test]
fn a_claim_that_fails_leaves_the_door_open() {
    let mut house = House::new();
    let (door, token) = door();
    house.store.inject(Calls::Only(Call::Commit), 0, Fault::Failed(BackendErrorKind::Full));
    let refused = house.authority.claim(&door, &token, &log_in("ada", RIGHT), &visitor(), &mut house.rng);
    assert!(matches!(refused, Err(AccessError::Store(_))), "{refused:?}");
    assert!(house.authority.is_new().unwrap());
    house.authority.claim(&door, &token, &log_in("ada", RIGHT), &visitor(), &mut house.rng).unwrap();
}

#[test]
fn an_administrator_who_was_disabled_before_is_no_first_one() {
    let mut house = House::new();
    let (door, token) = door();
    house
        .authority
        .transition_account(&administrator(), AccountId::ADMIN, AccountTransition::Deactivate, None)
        .unwrap();
    let refused = house.authority.claim(&door, &token, &log_in("ada", RIGHT), &visitor(), &mut house.rng);
    assert!(matches!(refused, Err(AccessError::NoAdministrator)), "{refused:?}");
    assert_eq!(
        house.authority.setting(SettingName::AccessControl),
        SettingValue::AccessControl(AccessControl::Off)
    );
}
