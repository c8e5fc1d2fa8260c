//! Logging in and being in a session: who is let in, what guessing costs, and what ends a session.

mod sessions;
mod unlock;

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use keys_core::{
    AccountId, AccountKind, AccountState, DeviceToken, HashPolicy, LoginName, Owner, Password, PasswordId,
    PasswordRecord, SessionDenyReason, SessionKind, SessionToken, Timestamp, Transition, Via,
};
use keys_service::{
    Authority, AuthorityConfig, Context, EndSessionsError, Entered, LogInError, LogInRefusal, LogInRequest,
    LoggedIn, PasswordChangeError, PasswordEdit, SessionOutcome, UnlockError, Visitor, Whom,
};
use keys_store::conformance::sample;
use keys_store::fault::{Call, Calls, Fault, Moment};
use keys_store::{BackendErrorKind, Committed, KeyStore as _, LogInStore as _, PasswordQuery, Reach, Write};

use crate::support::{
    CallingRng, FailingRng, House, administrator, config, config_with, context, now, open, pepper, rng,
    seeded,
};
use crate::threads::RaiseOnDrop;

const RIGHT: &str = "correct horse battery staple";
const WRONG: &str = "correct horse battery stapl";

fn login(text: &str) -> LoginName {
    text.parse().unwrap()
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

fn later(seconds: u64) -> Timestamp {
    now().checked_add(Duration::from_secs(seconds)).unwrap()
}

fn visitor_at(now: Timestamp) -> Visitor {
    let address: IpAddr = "192.0.2.7".parse().unwrap();
    Visitor { client_address: Some(address), request_id: "request-1".parse().unwrap(), now }
}

fn visitor() -> Visitor {
    visitor_at(now())
}

fn asks(name: &str, password: &str) -> LogInRequest {
    let password = Password::new(password).unwrap();
    LogInRequest { login: login(name), password, device: None, kind: SessionKind::Cookie }
}

/// A house with two people in it: Ada (`1a6`) with a password, and Grace (`1a7`) with another.
struct People {
    house: House,
    ada: AccountId,
    grace: AccountId,
    ada_password: PasswordRecord,
}

impl People {
    fn new() -> Self {
        Self::with(config())
    }

    fn with(config: AuthorityConfig) -> Self {
        let mut house = House::with(config);
        let [ada, grace] = [1, 2].map(|n| person(&house, n, AccountKind::User, AccountState::Active));
        let ada_password = set(&mut house, ada, "Ada", RIGHT);
        set(&mut house, grace, "grace", "another password");
        Self { house, ada, grace, ada_password }
    }

    fn log_in(&mut self, request: &LogInRequest, visitor: &Visitor) -> Result<LoggedIn, LogInError> {
        self.house.authority.log_in(request, visitor, &mut self.house.rng)
    }

    fn ada_logs_in(&mut self) -> LoggedIn {
        self.log_in(&asks("ada", RIGHT), &visitor()).unwrap()
    }

    fn entered(&self, token: &SessionToken, now: Timestamp) -> Result<Entered, SessionDenyReason> {
        entered(&self.house.authority, token, now)
    }

    fn context_of(&self, token: &SessionToken) -> Context {
        context(self.entered(token, now()).unwrap().caller)
    }
}

fn entered(
    authority: &Authority,
    token: &SessionToken,
    now: Timestamp,
) -> Result<Entered, SessionDenyReason> {
    match authority.authenticate_session(token, now).unwrap() {
        SessionOutcome::Entered(entered) => Ok(entered),
        SessionOutcome::Denied(reason) => Err(reason),
    }
}

fn person(house: &House, n: u64, kind: AccountKind, state: AccountState) -> AccountId {
    let new = keys_core::NewAccount { kind, state, ..sample::new_account(n) };
    let committed = sample::commit(&*house.store, Write::InsertAccount(new)).unwrap();
    let Committed::Account(record) = committed else { panic!("an account was to be made: {committed:?}") };
    record.parts().id
}

fn set(house: &mut House, account: AccountId, name: &str, text: &str) -> PasswordRecord {
    let House { authority, rng, .. } = house;
    authority.set_password(&administrator(), account, login(name), &password(text), rng).unwrap()
}

fn refusal(result: Result<LoggedIn, LogInError>) -> LogInRefusal {
    match result {
        Err(LogInError::Refused(refusal)) => refusal,
        other => panic!("it was to be refused: {other:?}"),
    }
}

#[test]
fn administrators_see_log_in_names_and_locks_and_others_their_own_name_only() {
    let mut people = People::new();
    refusal(people.log_in(&asks("ada", WRONG), &visitor()));
    let token = people.log_in(&asks("grace", "another password"), &visitor()).unwrap().token;
    let (ada, grace, root) = (people.ada, people.grace, administrator());
    let own = people.context_of(&token);
    let authority = &people.house.authority;
    let name = |context, of| {
        let record = authority.password_of(context, of).unwrap();
        record.map(|record| record.parts().login.to_string())
    };
    assert_eq!(name(&root, ada).as_deref(), Some("Ada"));
    assert_eq!(name(&root, AccountId::ADMIN), None);
    assert_eq!((name(&own, grace).as_deref(), name(&own, ada)), (Some("grace"), None));
    assert_eq!(authority.account_named(&root, &login("ADA")).unwrap(), Some(ada));
    assert_eq!(authority.account_named(&root, &login("nobody")).unwrap(), None);
    assert_eq!(authority.account_named(&own, &login("ada")).unwrap(), None);
    assert_eq!(authority.locked_until(&root, ada), Some(later(1)));
    assert_eq!((authority.locked_until(&root, grace), authority.locked_until(&own, ada)), (None, None));
}

// ---- being let in ---------------------------------------------------------------------------------------------------

#[test]
fn name_and_password_begin_a_session_and_nothing_else_does() {
    let mut people = People::new();
    for (name, text, expected) in [
        ("nobody", RIGHT, LogInRefusal::UnknownName),
        ("ada", WRONG, LogInRefusal::WrongPassword),
        ("grace", RIGHT, LogInRefusal::WrongPassword),
    ] {
        assert_eq!(refusal(people.log_in(&asks(name, text), &visitor())), expected, "{name}");
    }
    // The failure above makes Ada wait for a second; letter case does not count.
    let in_a_second = visitor_at(later(1));
    let logged_in = people.log_in(&asks("ADA", RIGHT), &in_a_second).unwrap();
    assert_eq!(logged_in.account.parts().id, people.ada);
    assert_eq!(logged_in.session.parts().kind, SessionKind::Cookie);
    let entered = people.entered(&logged_in.token, later(1)).unwrap();
    assert_eq!(entered.caller.principal(), Owner::Account(people.ada));
    assert_eq!(entered.caller.via(), Via::Session(logged_in.session.parts().id));
    assert!(!entered.caller.administers());
    assert_eq!(entered.account.parts().name, Some(sample::name("person 1")));
    let stranger = SessionToken::generate(&mut rng()).unwrap();
    assert_eq!(people.entered(&stranger, now()).err(), Some(SessionDenyReason::Unknown));
}

#[test]
fn an_administrator_in_a_session_administers() {
    let mut people = People::new();
    let admin = person(&people.house, 9, AccountKind::Admin, AccountState::Active);
    set(&mut people.house, admin, "root", RIGHT);
    let logged_in = people.log_in(&asks("root", RIGHT), &visitor()).unwrap();
    assert!(people.entered(&logged_in.token, now()).unwrap().caller.administers());
}

#[test]
fn a_person_who_is_disabled_is_refused_as_a_wrong_password_is() {
    let mut people = People::new();
    let disabled = person(&people.house, 8, AccountKind::User, AccountState::Inactive);
    set(&mut people.house, disabled, "disabled", RIGHT);
    let refused = people.log_in(&asks("disabled", RIGHT), &visitor());
    let said = refused.as_ref().unwrap_err().to_string();
    assert_eq!(refusal(refused), LogInRefusal::AccountInactive);
    assert!(said.starts_with("the log-in was refused"), "{said}");
    // And it counts as a failure: whether the password was right does not show in how long one has to wait.
    let again = people.log_in(&asks("disabled", RIGHT), &visitor());
    assert!(matches!(again, Err(LogInError::Locked { until }) if until == later(1)));
}

#[test]
fn logging_in_is_an_event_of_the_audit_chain_with_the_way_it_was_done() {
    let mut people = People::new();
    let logged_in = people.ada_logs_in();
    let last = || people.house.store.audit(None, 1_000).unwrap().pop().unwrap().event;
    let event = last();
    assert_eq!(event.action, keys_core::Action::BeginSession);
    assert_eq!(event.origin.via, Via::Password(people.ada_password.parts().id));
    assert_eq!(event.origin.client_address, visitor().client_address);
    assert_eq!(event.target.to_string(), "session/1s1");
    people.house.authority.log_out(&people.context_of(&logged_in.token)).unwrap();
    assert_eq!(last().action, keys_core::Action::EndSession);
    assert_eq!(last().origin.via, Via::Session(logged_in.session.parts().id));
    // A refusal is none: strangers must not be able to fill the chain.
    let before = people.house.store.head().unwrap();
    refusal(people.log_in(&asks("ada", WRONG), &visitor()));
    assert_eq!(people.house.store.head().unwrap(), before);
}

#[test]
fn a_digest_of_an_older_policy_is_made_anew_at_the_next_log_in() {
    let mut people = People::new();
    let id = people.ada_password.parts().id;
    let stronger = AuthorityConfig { policy: HashPolicy::new(16, 2, 1).unwrap(), ..config() };
    let authority = open(Arc::clone(&people.house.store) as _, stronger.clone());
    let store = Arc::clone(&people.house.store);
    let kept = || store.password(Reach::AllOwners, id).unwrap().unwrap();
    assert!(kept().digest().unwrap().is_obsolete(stronger.policy));
    authority.log_in(&asks("ada", RIGHT), &visitor(), &mut rng()).unwrap();
    assert_eq!(kept().digest().unwrap().policy(), stronger.policy);
    assert_eq!(kept().parts().revision, people.ada_password.parts().revision, "it is the same password");
    authority.log_in(&asks("ada", RIGHT), &visitor(), &mut rng()).unwrap();
    // A weaker policy makes nothing weaker.
    people.ada_logs_in();
    assert_eq!(kept().digest().unwrap().policy(), stronger.policy);
}

#[test]
fn without_randomness_nobody_is_let_in_and_nothing_is_stored() {
    let people = People::new();
    let before = people.house.store.head().unwrap();
    for calls in 0..2 {
        let mut failing = FailingRng::after(calls, seeded(5));
        let refused = people.house.authority.log_in(
            &asks("ada", RIGHT),
            &visitor_at(later(calls as u64 * 2)),
            &mut failing,
        );
        assert!(matches!(refused, Err(LogInError::Rng(_))), "{refused:?}");
        assert_eq!(people.house.store.head().unwrap(), before);
    }
    let refused = people.house.authority.edit_password(
        &administrator(),
        people.ada_password.parts().id,
        &PasswordEdit { login: None, password: Some(password(RIGHT)) },
        None,
        &mut FailingRng::after(0, seeded(5)),
    );
    assert!(matches!(refused, Err(PasswordChangeError::Rng(_))), "{refused:?}");
}

#[test]
fn a_store_that_fails_lets_nobody_in() {
    let calls = [Call::PasswordNamed, Call::Account, Call::Commit];
    for call in calls {
        let mut people = People::new();
        people.house.store.inject(Calls::Only(call), 0, Fault::Failed(BackendErrorKind::Unavailable));
        let refused = people.log_in(&asks("ada", RIGHT), &visitor());
        assert!(matches!(refused, Err(LogInError::Store(_))), "{call:?}: {refused:?}");
    }
    let mut people = People::new();
    let token = people.ada_logs_in().token;
    people.house.store.break_down(BackendErrorKind::Unavailable);
    assert!(people.house.authority.authenticate_session(&token, now()).is_err(), "it could not be told");
    people.house.store.repair();
    assert!(people.entered(&token, now()).is_ok());
    // A use that cannot be noted is a use all the same.
    people.house.store.inject(Calls::Only(Call::Note), 0, Fault::Failed(BackendErrorKind::Full));
    assert!(people.entered(&token, later(60)).is_ok());
}

// ---- guessing (T17, T18) --------------------------------------------------------------------------------------------

/// T17: a hundred thousand guesses in three and a half days, from as many addresses; a hundred at most are compared, and
/// the owner gets in on a device that is known, and anybody after a day.
#[test]
fn t17_a_hundred_thousand_guesses_are_a_hundred_and_the_owner_still_gets_in() {
    let mut people = People::new();
    let device = people.ada_logs_in().device.unwrap();
    let mut compared = 0;
    for n in 0..100_000u32 {
        let address = IpAddr::V4((0x0b00_0000 + n).into());
        let at = Visitor { client_address: Some(address), ..visitor_at(later(u64::from(n) * 3)) };
        match people.log_in(&asks("ada", WRONG), &at) {
            Err(LogInError::Refused(LogInRefusal::WrongPassword)) => compared += 1,
            Err(LogInError::Locked { until }) => assert!(until > at.now),
            other => panic!("a guess was answered with {other:?}"),
        }
    }
    assert!((90..=100).contains(&compared), "{compared} guesses were compared");
    let end = 300_000;
    let mut from_home = asks("ada", RIGHT);
    from_home.device = Some(device);
    let logged_in = people.log_in(&from_home, &visitor_at(later(end))).unwrap();
    assert!(people.entered(&logged_in.token, later(end)).is_ok());
    // From elsewhere she has to wait, however often it is tried meanwhile, but never for longer than a day.
    let elsewhere = people.log_in(&asks("ada", RIGHT), &visitor_at(later(end)));
    let Err(LogInError::Locked { until }) = elsewhere else { panic!("it was to be too soon: {elsewhere:?}") };
    assert!(until <= later(end + 86_400));
    people.log_in(&asks("ada", RIGHT), &visitor_at(until)).unwrap();
    // Success forgets all of it.
    refusal(people.log_in(&asks("ada", WRONG), &visitor_at(until)));
    let next = visitor_at(until.checked_add(Duration::from_secs(1)).unwrap());
    people.log_in(&asks("ada", RIGHT), &next).unwrap();
}

/// T17, from one address with a list of leaked passwords of many people: the address runs out.
#[test]
fn t17_a_list_of_leaked_passwords_runs_out_of_its_address() {
    let mut people = People::new();
    let mut compared = 0;
    for n in 0..10_000u32 {
        match people.log_in(&asks(&format!("person {n}"), WRONG), &visitor_at(later(u64::from(n) / 10))) {
            Err(LogInError::Refused(LogInRefusal::UnknownName)) => compared += 1,
            Err(LogInError::Locked { .. }) => {}
            other => panic!("a guess was answered with {other:?}"),
        }
    }
    // 60 at once, and 33 more in 1,000 seconds.
    assert!((90..=95).contains(&compared), "{compared} guesses were compared");
    let elsewhere =
        Visitor { client_address: Some("192.0.2.8".parse().unwrap()), ..visitor_at(later(1_000)) };
    people.log_in(&asks("ada", RIGHT), &elsewhere).unwrap();
}

/// Names that somebody has and names that nobody has are locked alike.
#[test]
fn a_lock_does_not_tell_whether_a_name_exists() {
    let mut people = People::new();
    let mut waits = |name: &str| {
        let mut at = now();
        (0..6)
            .map(|_| {
                refusal(
                    people.log_in(&asks(name, WRONG), &Visitor { client_address: None, ..visitor_at(at) }),
                );
                let locked =
                    people.log_in(&asks(name, WRONG), &Visitor { client_address: None, ..visitor_at(at) });
                let Err(LogInError::Locked { until }) = locked else { panic!("{locked:?}") };
                let waited = until.since(at);
                at = until;
                waited
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(waits("ada"), waits("nobody"));
}

#[test]
fn another_name_is_no_way_round_the_lock() {
    let mut people = People::new();
    refusal(people.log_in(&asks("ada", WRONG), &visitor()));
    let rename = PasswordEdit { login: Some(login("countess")), password: None };
    let id = people.ada_password.parts().id;
    people.house.authority.edit_password(&administrator(), id, &rename, None, &mut rng()).unwrap();
    assert!(matches!(people.log_in(&asks("countess", WRONG), &visitor()), Err(LogInError::Locked { .. })));
    // An administrator opens it, by hand or with a new password.
    people.house.authority.unlock(&administrator(), &Whom::Account(people.ada)).unwrap();
    refusal(people.log_in(&asks("countess", WRONG), &visitor()));
    let change = PasswordEdit { login: None, password: Some(password("a new password")) };
    people.house.authority.edit_password(&administrator(), id, &change, None, &mut rng()).unwrap();
    people.log_in(&asks("countess", "a new password"), &visitor()).unwrap();
}

#[test]
fn a_device_of_somebody_else_and_one_that_was_planted_are_no_known_devices() {
    let mut people = People::new();
    let graces = people.log_in(&asks("grace", "another password"), &visitor()).unwrap().device.unwrap();
    let planted = DeviceToken::generate(&mut seeded(3)).unwrap();
    let text = planted.expose_text();
    refusal(people.log_in(&asks("ada", WRONG), &visitor()));
    for device in [graces, planted] {
        let mut request = asks("ada", RIGHT);
        request.device = Some(device);
        assert!(matches!(people.log_in(&request, &visitor()), Err(LogInError::Locked { .. })));
    }
    // Somebody logs in with the planted one: the browser gets another, and the planted one stays unknown.
    let mut request = asks("ada", RIGHT);
    request.device = Some(text.parse().unwrap());
    let given = people.log_in(&request, &visitor_at(later(1))).unwrap().device.unwrap();
    let planted: DeviceToken = text.parse().unwrap();
    assert_ne!(given.hash(), planted.hash());
    assert_eq!(people.house.store.device(&planted.hash()).unwrap(), None);
    assert_eq!(people.house.store.device(&given.hash()).unwrap().unwrap().account, people.ada);
}

#[test]
fn a_device_is_forgotten_after_ninety_days() {
    let mut people = People::new();
    let text = people.ada_logs_in().device.unwrap().expose_text();
    let known = |people: &mut People, at: Timestamp| {
        refusal(people.log_in(&asks("ada", WRONG), &visitor_at(at)));
        let mut request = asks("ada", WRONG);
        request.device = Some(text.parse().unwrap());
        matches!(people.log_in(&request, &visitor_at(at)), Err(LogInError::Refused(_)))
    };
    const DAY: u64 = 86_400;
    assert!(known(&mut people, later(90 * DAY - 1)));
    assert!(!known(&mut people, later(90 * DAY + 100)));
}

/// T18: failing on purpose with somebody's access key, or name, stops neither the key nor, for good, the person.
#[test]
fn t18_failures_never_lock_a_key() {
    let mut people = People::new();
    let inside = people.house.inside();
    let key = people.house.issue(&inside);
    let wrong = keys_core::Credential::from((
        key.credential.access_key(),
        keys_core::SecretKey::generate(&mut seeded(99)).unwrap(),
    ));
    people.house.authority.fill_index().unwrap();
    for _ in 0..100_000 {
        assert!(people.house.verdict(&wrong).is_err());
    }
    assert_eq!(people.house.verdict(&key.credential), Ok(()));
    for n in 0..1_000 {
        let _ = people.log_in(&asks("ada", WRONG), &visitor_at(later(n)));
    }
    assert_eq!(people.house.verdict(&key.credential), Ok(()));
    people
        .log_in(&asks("ada", RIGHT), &Visitor { client_address: None, ..visitor_at(later(1_000 + 86_400)) })
        .unwrap();
}

// ---- log-ins and keys beside each other -----------------------------------------------------------------------------

/// An authority with one hasher for log-ins and nobody waiting, taken by a log-in that goes on when it is told to.
struct Taken {
    authority: Authority,
    release: Sender<()>,
}

impl Taken {
    /// Runs `beside` while the only hasher of the log-ins is at work. Gives the authority back.
    fn run(people: &People, config: AuthorityConfig, beside: impl FnOnce(&Authority)) -> Authority {
        // The digest is of an older policy, so that a salt is drawn while the hasher is taken.
        let policy = HashPolicy::new(16, 1, 1).unwrap();
        let config = AuthorityConfig { policy, hashers: NonZeroUsize::MIN, hash_queue: 0, ..config };
        let authority = open(Arc::clone(&people.house.store) as _, config);
        let (release, released) = mpsc::channel();
        let (taken, is_taken) = mpsc::channel();
        let this = Self { authority, release };
        std::thread::scope(|scope| {
            let authority = &this.authority;
            let slow = scope.spawn(move || {
                let mut waits = waiting_rng(taken, released);
                authority.log_in(&asks("ada", RIGHT), &visitor(), &mut waits).unwrap()
            });
            is_taken.recv().unwrap();
            let _released_after_a_panic_too = ReleaseOnDrop(&this.release);
            beside(authority);
            this.release.send(()).unwrap();
            slow.join().unwrap();
        });
        this.authority
    }
}

struct ReleaseOnDrop<'a>(&'a Sender<()>);

impl Drop for ReleaseOnDrop<'_> {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// A source that says when it is asked first, and then waits.
fn waiting_rng(taken: Sender<()>, released: Receiver<()>) -> impl rand_core::TryCryptoRng {
    let mut first = true;
    CallingRng::new(seeded(11), move || {
        if std::mem::take(&mut first) {
            taken.send(()).unwrap();
            released.recv().unwrap();
        }
    })
}

#[test]
fn log_in_work_never_starves_key_verification() {
    let mut people = People::new();
    let inside = people.house.inside();
    let key = people.house.issue(&inside);
    // The other authority has lost the pepper of this key, so that checking it takes a hasher, and has an empty index.
    let lost = AuthorityConfig { accept_lost_pepper: true, ..config_with(vec![pepper(2)]) };
    Taken::run(&people, lost, |authority| {
        // The log-ins are saturated, with names that exist and with names that do not.
        for name in ["grace", "nobody"] {
            let turned_away = authority.log_in(&asks(name, RIGHT), &visitor(), &mut rng());
            assert!(matches!(turned_away, Err(LogInError::Busy)), "{turned_away:?}");
        }
        // Verification answers all the same: by the digest, on a miss, and from the index.
        let verdict = |authority: &Authority| {
            crate::support::outcome(authority.authenticate(&key.credential, now()).unwrap())
        };
        assert_eq!(verdict(authority), Ok(()));
        authority.fill_index().unwrap();
        let indexed = authority.authenticate_indexed(&key.credential, now()).map(crate::support::outcome);
        assert_eq!(indexed, Some(Ok(())));
        // A key can be issued: its hashers are not the log-ins'.
        let issued = authority.issue_key(&inside, keys_service::KeyRequest::default(), &mut rng());
        assert!(issued.is_ok());
    });
}

#[test]
fn who_is_turned_away_by_a_full_queue_has_not_failed() {
    let people = People::new();
    let authority = Taken::run(&people, config(), |authority| {
        for _ in 0..10 {
            let turned_away = authority.log_in(&asks("grace", WRONG), &visitor(), &mut rng());
            assert!(matches!(turned_away, Err(LogInError::Busy)));
        }
    });
    authority.log_in(&asks("grace", "another password"), &visitor(), &mut rng()).unwrap();
}

#[test]
fn of_a_thousand_guesses_at_once_one_is_compared() {
    let people = People::with(AuthorityConfig { hash_queue: 64, ..config() });
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let guess = || {
            let one = || people.house.authority.log_in(&asks("ada", WRONG), &visitor(), &mut rng());
            (0..125).map(|_| one()).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(guess)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let compared = outcomes.iter().filter(|outcome| matches!(outcome, Err(LogInError::Refused(_)))).count();
    assert_eq!((outcomes.len(), compared), (1_000, 1));
}

// ---- what ends a session (T53) --------------------------------------------------------------------------------------

/// A log-in that compared the old password begins no session once the change was acknowledged.
#[test]
fn a_log_in_that_overlaps_a_change_of_its_password_is_refused() {
    let people = People::new();
    let hold = people.house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
    std::thread::scope(|scope| {
        let authority = &people.house.authority;
        let late = scope.spawn(|| authority.log_in(&asks("ada", RIGHT), &visitor(), &mut seeded(21)));
        hold.wait_until_reached();
        let change = PasswordEdit { login: None, password: Some(password("a new password")) };
        let id = people.ada_password.parts().id;
        authority.edit_password(&administrator(), id, &change, None, &mut rng()).unwrap();
        hold.release();
        assert_eq!(refusal(late.join().unwrap()), LogInRefusal::WrongPassword);
    });
}

// ---- changing a password --------------------------------------------------------------------------------------------

#[test]
fn only_an_administrator_sets_edits_and_removes_a_password() {
    let mut people = People::new();
    let logged_in = people.ada_logs_in();
    let own = people.context_of(&logged_in.token);
    let inside = people.house.inside();
    let (id, before) = (people.ada_password.parts().id, people.house.store.head().unwrap());
    let authority = &people.house.authority;
    for context in [&own, &inside] {
        let refusals = [
            authority.set_password(context, people.ada, login("x"), &password(RIGHT), &mut rng()).err(),
            authority.edit_password(context, id, &PasswordEdit::default(), None, &mut rng()).err(),
            authority.remove_password(context, id, None).err(),
        ];
        for refusal in refusals {
            assert!(matches!(refusal, Some(PasswordChangeError::Forbidden)), "{refusal:?}");
        }
    }
    for context in [&own, &inside] {
        let refused = authority.unlock(context, &Whom::Account(people.ada));
        assert!(matches!(refused, Err(UnlockError::Forbidden)), "{refused:?}");
    }
    assert!(matches!(authority.log_out(&administrator()), Err(EndSessionsError::Forbidden)));
    assert_eq!(people.house.store.head().unwrap(), before);
}

#[test]
fn everybody_sees_the_passwords_within_reach_and_no_others() {
    let mut people = People::new();
    let logged_in = people.ada_logs_in();
    let own = people.context_of(&logged_in.token);
    let list = |context: &Context| {
        let page = people.house.authority.passwords(context, &PasswordQuery::default()).unwrap();
        page.items.iter().map(|record| record.parts().login.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(list(&own), ["Ada"]);
    assert_eq!(list(&administrator()), ["Ada", "grace"]);
    assert_eq!(list(&people.house.inside()), Vec::<String>::new());
    let others: PasswordId = PasswordId::new(people.ada_password.parts().id.number() + 1).unwrap();
    assert!(people.house.authority.password(&administrator(), others).unwrap().is_some());
    assert!(people.house.authority.password(&own, others).unwrap().is_none());
    let (old, new) = (password("another password"), password("a new password"));
    let refused = people.house.authority.change_password(&own, others, &old, &new, &mut rng());
    assert!(matches!(refused, Err(PasswordChangeError::NotFound)));
}

#[test]
fn a_password_is_not_set_where_it_does_not_fit() {
    let mut people = People::new();
    let third = person(&people.house, 3, AccountKind::User, AccountState::Active);
    let House { authority, rng, .. } = &mut people.house;
    let mut set = |account: AccountId, name: &str| {
        authority.set_password(&administrator(), account, login(name), &password(RIGHT), rng).unwrap_err()
    };
    assert!(matches!(set("1a999".parse().unwrap(), "x"), PasswordChangeError::NotFound));
    assert!(matches!(set("1a2".parse().unwrap(), "x"), PasswordChangeError::NoPerson));
    assert!(matches!(set("1a5".parse().unwrap(), "x"), PasswordChangeError::NotFound), "an environment");
    assert!(matches!(set(people.ada, "x"), PasswordChangeError::AlreadySet));
    assert!(matches!(set(third, "ADA"), PasswordChangeError::NameTaken));
    let id = people.ada_password.parts().id;
    let taken = PasswordEdit { login: Some(login("Grace")), password: None };
    let refused = authority.edit_password(&administrator(), id, &taken, None, rng);
    assert!(matches!(refused, Err(PasswordChangeError::NameTaken)));
    let stale = Some(keys_core::Revision::new(1));
    let refused = authority.edit_password(&administrator(), id, &PasswordEdit::default(), stale, rng);
    let current = people.ada_password.parts().revision;
    assert!(matches!(refused, Err(PasswordChangeError::Conflict { current: at }) if at == current));
}

#[test]
fn who_took_over_a_session_does_not_find_out_the_password_by_trying() {
    let mut people = People::new();
    let logged_in = people.ada_logs_in();
    let own = people.context_of(&logged_in.token);
    let id = people.ada_password.parts().id;
    let mut tries = |text: &str, seconds: u64| {
        let context = Context { now: later(seconds), ..own.clone() };
        let House { authority, rng, .. } = &mut people.house;
        authority.change_password(&context, id, &password(text), &password("a new password"), rng)
    };
    assert!(matches!(tries(WRONG, 0), Err(PasswordChangeError::WrongOldPassword)));
    assert!(matches!(tries(RIGHT, 0), Err(PasswordChangeError::Locked { until }) if until == later(1)));
    assert!(matches!(tries(WRONG, 1), Err(PasswordChangeError::WrongOldPassword)));
    assert!(matches!(tries(RIGHT, 2), Err(PasswordChangeError::Locked { until }) if until == later(3)));
    assert!(tries(RIGHT, 3).is_ok());
    assert!(people.entered(&logged_in.token, later(3)).is_ok());
}

#[test]
fn a_deactivated_key_stays_deactivated_whoever_logs_in() {
    let mut people = People::new();
    let inside = people.house.inside();
    let key = people.house.issue(&inside);
    people.house.authority.transition_key(&inside, key.id(), Transition::Deactivate, None).unwrap();
    people.ada_logs_in();
    assert!(people.house.verdict(&key.credential).is_err());
}
