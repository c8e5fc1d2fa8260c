//! Sessions: how they end, and that they do.

use super::*;

/// T53: what a thief plants is not what the victim's session is called, and what he steals is dead once it is ended.
#[test]
fn t53_a_planted_token_is_worth_nothing_and_a_stolen_one_dies() {
    let mut people = People::new();
    let planted = SessionToken::generate(&mut seeded(3)).unwrap();
    let first = people.ada_logs_in();
    let second = people.ada_logs_in();
    assert_eq!(people.entered(&planted, now()).err(), Some(SessionDenyReason::Unknown));
    assert_ne!(first.token.hash(), second.token.hash());
    assert_ne!(first.session.parts().id, second.session.parts().id);

    // Log-out ends its own session and no other.
    let context = people.context_of(&first.token);
    people.house.authority.log_out(&context).unwrap();
    assert_eq!(people.entered(&first.token, now()).err(), Some(SessionDenyReason::Unknown));
    assert!(people.entered(&second.token, now()).is_ok());
    people.house.authority.log_out(&context).unwrap();

    // A change of the password ends all but the one it is made in.
    let (third, fourth) = (people.ada_logs_in(), people.ada_logs_in());
    let context = people.context_of(&third.token);
    let id = people.ada_password.parts().id;
    people
        .house
        .authority
        .change_password(&context, id, &password(RIGHT), &password("a new password"), &mut rng())
        .unwrap();
    for token in [&second.token, &fourth.token] {
        assert_eq!(people.entered(token, now()).err(), Some(SessionDenyReason::Unknown));
    }
    assert!(people.entered(&third.token, now()).is_ok());
    assert_eq!(refusal(people.log_in(&asks("ada", RIGHT), &visitor())), LogInRefusal::WrongPassword);

    // An administrator's change ends all of them, and so does taking the password away.
    let change = PasswordEdit { login: None, password: Some(password(RIGHT)) };
    people.house.authority.edit_password(&administrator(), id, &change, None, &mut rng()).unwrap();
    assert!(people.entered(&third.token, now()).is_err());
    let fifth = people.ada_logs_in();
    people.house.authority.remove_password(&administrator(), id, None).unwrap();
    assert!(people.entered(&fifth.token, now()).is_err());
    assert_eq!(refusal(people.log_in(&asks("ada", RIGHT), &visitor())), LogInRefusal::UnknownName);
}

#[test]
fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    let mut people = People::new();
    const HOUR: u64 = 3_600;
    let bearer = LogInRequest { kind: SessionKind::Bearer, ..asks("ada", RIGHT) };
    let bearer = people.log_in(&bearer, &visitor()).unwrap();
    assert!(bearer.device.is_none(), "a tool is no browser");
    let (used, unused) = (people.ada_logs_in(), people.ada_logs_in());
    for minutes in (10..=15 * 60).step_by(10) {
        assert!(people.entered(&used.token, later(minutes * 60)).is_ok(), "{minutes}");
    }
    let ended = Some(SessionDenyReason::Ended);
    assert_eq!(people.entered(&unused.token, later(HOUR)).err(), ended);
    assert!(people.entered(&bearer.token, later(16 * HOUR - 1)).is_ok());
    assert!(people.entered(&used.token, later(15 * HOUR + 1_800)).is_ok());
    for token in [&bearer.token, &used.token] {
        assert_eq!(people.entered(token, later(16 * HOUR)).err(), ended);
    }
}

#[test]
fn ended_sessions_are_taken_out_in_bounded_steps() {
    let mut people = People::new();
    for _ in 0..5 {
        people.ada_logs_in();
    }
    let forget = |at, limit| people.house.authority.forget_ended_sessions(at, limit).unwrap();
    assert_eq!(forget(later(3_599), 10), 0);
    assert_eq!((forget(later(3_600), 3), forget(later(3_600), 3), forget(later(3_600), 3)), (3, 2, 0));
    assert_eq!(forget(later(90 * 86_400), 3), 3, "the devices");
    assert_eq!(people.house.authority.tick(later(90 * 86_400)).unwrap(), 2, "as is done from time to time");
    assert_eq!(forget(Timestamp::MIN, 100), 0, "at the beginning of time nothing is old");
}

#[test]
fn a_use_is_noted_once_a_minute() {
    let mut people = People::new();
    let token = people.ada_logs_in().token;
    let before = people.house.store.calls();
    for second in 0..60 {
        people.entered(&token, later(second)).unwrap();
    }
    assert_eq!(people.house.store.calls() - before, 60, "one read each");
    people.entered(&token, later(60)).unwrap();
    assert_eq!(people.house.store.calls() - before, 62, "a read and a note");
}

/// Plays rounds in which a session is ended while others use it: after the acknowledgement nobody is let in.
#[test]
fn an_ended_session_lets_nobody_in_from_its_acknowledgement_on() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let mut people = People::new();
    let id = people.ada_password.parts().id;
    for round in 0..60 {
        let logged_in = people.ada_logs_in();
        let (acknowledged, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
        let context = people.context_of(&logged_in.token);
        let authority = &people.house.authority;
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !is_over.load(Ordering::SeqCst) {
                        let before = acknowledged.load(Ordering::SeqCst);
                        let inside = entered(authority, &logged_in.token, now()).is_ok();
                        assert!(!(before && inside), "let in after the end was acknowledged");
                    }
                });
            }
            // After a panic too: the others would go on for ever.
            let over = RaiseOnDrop(&is_over);
            match round % 4 {
                0 => authority.log_out(&context).unwrap(),
                1 => authority.end_sessions(&administrator(), &Whom::Account(people.ada)).unwrap(),
                2 => authority.end_all_sessions(&administrator()).unwrap(),
                _ => {
                    let change = PasswordEdit { login: None, password: Some(password(RIGHT)) };
                    authority.edit_password(&administrator(), id, &change, None, &mut rng()).unwrap();
                }
            }
            acknowledged.store(true, Ordering::SeqCst);
            assert!(entered(authority, &logged_in.token, now()).is_err());
            drop(over);
        });
    }
}

/// An administrator ends what it means, everybody else its own, and the session it is asked in is no exception.
#[test]
fn all_sessions_of_one_person_or_of_everybody_end_at_once() {
    let mut people = People::new();
    let grace =
        |people: &mut People| people.log_in(&asks("grace", "another password"), &visitor()).unwrap().token;
    let (one, two, other) = (people.ada_logs_in().token, people.ada_logs_in().token, grace(&mut people));
    let inside = |people: &People, token: &SessionToken| people.entered(token, now()).is_ok();
    let own = people.context_of(&two);
    let (ada, by_name) = (Whom::Account(people.ada), Whom::Login(login("ADA")));
    people.house.authority.end_sessions(&own, &ada).unwrap();
    assert_eq!([&one, &two, &other].map(|token| inside(&people, token)), [false, false, true]);
    let third = people.ada_logs_in().token;
    people.house.authority.end_sessions(&administrator(), &by_name).unwrap();
    assert_eq!([&third, &other].map(|token| inside(&people, token)), [false, true]);
    // Where there is none, that is so already.
    people.house.authority.end_sessions(&administrator(), &ada).unwrap();
    let fourth = people.ada_logs_in().token;
    people.house.authority.end_all_sessions(&administrator()).unwrap();
    assert_eq!([&fourth, &other].map(|token| inside(&people, token)), [false, false]);
    let event = people.house.store.audit(None, 100).unwrap().pop().unwrap().event;
    assert_eq!((event.action, event.target), (keys_core::Action::EndSession, keys_core::Target::Sessions));
    // Nobody has a password fewer.
    let (fifth, sixth) = (people.ada_logs_in().token, grace(&mut people));
    assert!(inside(&people, &fifth) && inside(&people, &sixth));
}

/// An administrator in a session ends that as well, and what it asks in it afterwards is not done.
#[test]
fn an_administrator_in_a_session_ends_its_own_with_everybodys() {
    let mut people = People::new();
    let boss = person(&people.house, 3, AccountKind::Admin, AccountState::Active);
    set(&mut people.house, boss, "boss", RIGHT);
    let token = people.log_in(&asks("boss", RIGHT), &visitor()).unwrap().token;
    let context = people.context_of(&token);
    people.house.authority.end_all_sessions(&context).unwrap();
    assert!(people.entered(&token, now()).is_err());
    let before = people.house.store.head().unwrap();
    let late = people.house.authority.end_all_sessions(&context);
    assert!(matches!(late, Err(EndSessionsError::Forbidden)), "{late:?}");
    assert_eq!(people.house.store.head().unwrap(), before);
}

#[test]
fn nobody_else_ends_sessions_or_learns_who_there_is() {
    let mut people = People::new();
    let token = people.ada_logs_in().token;
    let (own, inside) = (people.context_of(&token), people.house.inside());
    let before = people.house.store.head().unwrap();
    let authority = &people.house.authority;
    let nobody = || Whom::Login(login("nobody"));
    for context in [&own, &inside] {
        for whom in [Whom::Account(people.grace), Whom::Login(login("grace")), nobody()] {
            let refused = authority.end_sessions(context, &whom);
            assert!(matches!(refused, Err(EndSessionsError::Forbidden)), "{whom:?}: {refused:?}");
        }
        assert!(matches!(authority.end_all_sessions(context), Err(EndSessionsError::Forbidden)));
    }
    let own_from_inside = authority.end_sessions(&inside, &Whom::Account(AccountId::ADMIN));
    assert!(matches!(own_from_inside, Err(EndSessionsError::Forbidden)), "outside any environment only");
    for whom in [nobody(), Whom::Account("1a5".parse().unwrap())] {
        let refused = authority.end_sessions(&administrator(), &whom);
        assert!(matches!(refused, Err(EndSessionsError::NotFound)), "{whom:?}: {refused:?}");
    }
    assert_eq!(people.house.store.head().unwrap(), before);
}

/// Who is disabled is out, and being let in again brings back neither an old session nor one of a log-in under way.
#[test]
fn no_session_outlives_the_end_of_its_account() {
    use keys_core::AccountTransition::{Activate, Deactivate, Remove};

    let mut people = People::new();
    let before = people.ada_logs_in().token;
    let hold = people.house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
    let authority = &people.house.authority;
    let moves = |transition| {
        authority.transition_account(&administrator(), people.ada, transition, None).unwrap();
    };
    std::thread::scope(|scope| {
        let late = scope.spawn(|| authority.log_in(&asks("ada", RIGHT), &visitor(), &mut seeded(22)));
        hold.wait_until_reached();
        moves(Deactivate);
        hold.release();
        assert_eq!(refusal(late.join().unwrap()), LogInRefusal::WrongPassword);
    });
    moves(Activate);
    assert_eq!(people.entered(&before, now()).err(), Some(SessionDenyReason::Unknown));
    // The one under way counts as a failure, which locks the name for a second.
    let again = authority.log_in(&asks("ada", RIGHT), &visitor_at(later(1)), &mut seeded(23)).unwrap();
    assert!(people.entered(&again.token, later(1)).is_ok());
    moves(Deactivate);
    moves(Remove);
    let id = people.ada_password.parts().id;
    let password = authority.password(&administrator(), id).unwrap().unwrap();
    assert!(password.digest().is_none(), "its log-in name is free");
}
