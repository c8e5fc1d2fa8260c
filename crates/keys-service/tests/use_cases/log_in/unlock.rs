//! Opening a lock: an administrator ends the wait that failed log-ins have earned.

use keys_core::{Action, Target};

use super::*;

fn by_name(name: &str) -> Whom {
    Whom::Login(login(name))
}

/// Fails once, so that the next attempt has to wait, and sees that it has.
fn close(people: &mut People, request: &LogInRequest) {
    assert_eq!(refusal(people.log_in(request, &visitor())), LogInRefusal::WrongPassword);
    assert!(matches!(people.log_in(request, &visitor()), Err(LogInError::Locked { .. })));
}

#[test]
fn a_lock_is_opened_by_name_in_any_letter_case_and_by_account() {
    let mut people = People::new();
    for whom in [by_name("ADA"), Whom::Account(people.ada)] {
        close(&mut people, &asks("ada", WRONG));
        assert_eq!(people.house.authority.unlock(&administrator(), &whom).unwrap(), people.ada);
        people.ada_logs_in();
        let last = people.house.store.audit(None, 100).unwrap().into_iter().rev().nth(1).unwrap().event;
        assert_eq!((last.action, last.target), (Action::UnlockAccount, Target::Account(people.ada)));
    }
}

/// Most who are locked out have locked themselves out, at a browser that knows them.
#[test]
fn the_locks_of_the_persons_own_browsers_are_opened_with_it_and_nobody_elses() {
    let mut people = People::new();
    let text = people.ada_logs_in().device.unwrap().expose_text();
    let at_home = || LogInRequest { device: Some(text.parse().unwrap()), ..asks("ada", WRONG) };
    let right = || LogInRequest { password: password(RIGHT), ..at_home() };
    close(&mut people, &at_home());
    close(&mut people, &asks("grace", WRONG));
    people.house.authority.unlock(&administrator(), &by_name("ada")).unwrap();
    people.log_in(&right(), &visitor()).unwrap();
    assert!(matches!(people.log_in(&asks("grace", WRONG), &visitor()), Err(LogInError::Locked { .. })));
    // So does another password.
    close(&mut people, &at_home());
    let change = PasswordEdit { login: None, password: Some(password(RIGHT)) };
    let id = people.ada_password.parts().id;
    people.house.authority.edit_password(&administrator(), id, &change, None, &mut rng()).unwrap();
    people.log_in(&right(), &visitor()).unwrap();
}

#[test]
fn who_is_nobody_is_not_found_and_leaves_no_event() {
    let mut people = People::new();
    refusal(people.log_in(&asks("nobody", WRONG), &visitor()));
    let removed = person(&people.house, 3, AccountKind::User, AccountState::Removed { at: now() });
    let before = people.house.store.head().unwrap();
    let others = ["1a2", "1a5", "1a999"].map(|id| Whom::Account(id.parse().unwrap()));
    for whom in others.into_iter().chain([by_name("nobody"), Whom::Account(removed)]) {
        let refused = people.house.authority.unlock(&administrator(), &whom);
        assert!(matches!(refused, Err(UnlockError::NotFound)), "{whom:?}: {refused:?}");
    }
    assert_eq!(people.house.store.head().unwrap(), before);
}

/// A lock that could not be opened with its event stays closed.
#[test]
fn a_lock_stays_closed_when_the_store_fails() {
    let mut people = People::new();
    close(&mut people, &asks("ada", WRONG));
    for call in [Call::PasswordNamed, Call::Account, Call::Devices, Call::Commit] {
        people.house.store.inject(Calls::Only(call), 0, Fault::Failed(BackendErrorKind::Unavailable));
        let refused = people.house.authority.unlock(&administrator(), &by_name("ada"));
        assert!(matches!(refused, Err(UnlockError::Store(_))), "{call:?}: {refused:?}");
        let next = people.log_in(&asks("ada", RIGHT), &visitor());
        assert!(matches!(next, Err(LogInError::Locked { .. })), "{call:?}: {next:?}");
    }
    people.house.authority.unlock(&administrator(), &by_name("ada")).unwrap();
    people.ada_logs_in();
}

/// It is in memory only: whoever opens the authority anew finds nobody locked out.
#[test]
fn a_restart_opens_every_lock() {
    let mut people = People::new();
    close(&mut people, &asks("ada", WRONG));
    people.house.authority = open(Arc::clone(&people.house.store) as _, config());
    people.ada_logs_in();
}
