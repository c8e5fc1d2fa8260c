//! The lives of keys, environments and accounts against tables that were written down apart from the code.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

use keys_core::{
    AccountChangeError, AccountKind, AccountRecord, AccountState, AccountTransition, AccountTransitionError,
    Description, EnvironmentRecord, EnvironmentState, EnvironmentTransition, EnvironmentTransitionError,
    FirstState, KeyRecord, Lifecycle, LifecycleState, Name, Timestamp, Transition, TransitionError,
    strategies,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

// ---- the tables -----------------------------------------------------------------------------------------------------

/// What a cell of a table says: the state it leads to, that it is so already, or that it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    To(&'static str),
    Already,
    Refused,
}
use Cell::{Already, Refused, To};

/// All nine cells of a key's life, by the words a user reads.
const KEY_CELLS: [(&str, &str, Cell); 9] = [
    ("active", "activate", Already),
    ("active", "deactivate", To("inactive")),
    ("active", "delete", Refused),
    ("inactive", "activate", To("active")),
    ("inactive", "deactivate", Already),
    ("inactive", "delete", To("deleted")),
    ("deleted", "activate", Refused),
    ("deleted", "deactivate", Refused),
    ("deleted", "delete", Already),
];

/// All twelve cells of an environment's life.
const ENVIRONMENT_CELLS: [(&str, &str, Cell); 12] = [
    ("active", "activate", Already),
    ("active", "deactivate", To("inactive")),
    ("active", "remove", To("removed")),
    ("active", "restore", Refused),
    ("inactive", "activate", To("active")),
    ("inactive", "deactivate", Already),
    ("inactive", "remove", To("removed")),
    ("inactive", "restore", Refused),
    ("removed", "activate", Refused),
    ("removed", "deactivate", Refused),
    ("removed", "remove", Already),
    ("removed", "restore", To("inactive")),
];

/// All nine cells of an account's life.
const ACCOUNT_CELLS: [(&str, &str, Cell); 9] = [
    ("active", "activate", Already),
    ("active", "deactivate", To("inactive")),
    ("active", "remove", Refused),
    ("inactive", "activate", To("active")),
    ("inactive", "deactivate", Already),
    ("inactive", "remove", To("removed")),
    ("removed", "activate", Refused),
    ("removed", "deactivate", Refused),
    ("removed", "remove", Already),
];

fn cell(table: &[(&str, &str, Cell)], state: &str, transition: &str) -> Cell {
    let mut found = table.iter().filter(|(from, what, _)| (*from, *what) == (state, transition));
    let cell = found.next().map(|(_, _, cell)| *cell);
    assert!(found.next().is_none(), "two cells for {transition} of {state}");
    cell.unwrap()
}

fn key_cell(from: LifecycleState, transition: Transition, outcome: &Result<LifecycleState, TransitionError>) {
    let expected = match cell(&KEY_CELLS, from.as_str(), transition.as_str()) {
        To(state) => Ok(state.parse().unwrap()),
        Already => Err(TransitionError::AlreadySo { state: from }),
        Refused => Err(TransitionError::NotAllowed { transition, from }),
    };
    assert_eq!(*outcome, expected, "{transition} of {from}");
}

fn environment_cell(
    from: EnvironmentState,
    transition: EnvironmentTransition,
    outcome: &Result<EnvironmentState, EnvironmentTransitionError>,
    now: Timestamp,
) {
    let expected = match cell(&ENVIRONMENT_CELLS, from.as_str(), transition.as_str()) {
        To(word) => Ok(EnvironmentState::from_kept(word, (word == "removed").then_some(now)).unwrap()),
        Already => Err(EnvironmentTransitionError::AlreadySo { state: from }),
        Refused => Err(EnvironmentTransitionError::NotAllowed { transition, from }),
    };
    assert_eq!(*outcome, expected, "{transition} of {from}");
}

fn account_cell(
    from: AccountState,
    transition: AccountTransition,
    outcome: &Result<AccountState, AccountTransitionError>,
    now: Timestamp,
) {
    let expected = match cell(&ACCOUNT_CELLS, from.as_str(), transition.as_str()) {
        To(word) => Ok(AccountState::from_kept(word, (word == "removed").then_some(now)).unwrap()),
        Already => Err(AccountTransitionError::AlreadySo { state: from }),
        Refused => Err(AccountTransitionError::NotAllowed { transition, from }),
    };
    assert_eq!(*outcome, expected, "{transition} of {from}");
}

proptest! {
    #[test]
    fn every_cell_of_an_account_is_as_tabulated(earlier in strategies::timestamp(), now in strategies::timestamp()) {
        for from in [AccountState::Active, AccountState::Inactive, AccountState::Removed { at: earlier }] {
            for transition in AccountTransition::ALL {
                account_cell(from, transition, &from.apply(transition, now), now);
            }
        }
    }

    #[test]
    fn every_cell_of_a_key_is_as_tabulated(secret in strategies::stored_secret(), now in strategies::timestamp()) {
        for from in LifecycleState::ALL {
            for transition in Transition::ALL {
                let before = match from {
                    LifecycleState::Active => Lifecycle::Active(secret.clone()),
                    LifecycleState::Inactive => Lifecycle::Inactive(secret.clone()),
                    LifecycleState::Deleted => Lifecycle::Deleted { at: Timestamp::MIN },
                };
                let after = before.apply(transition, now);
                key_cell(from, transition, &after.as_ref().map(Lifecycle::state).map_err(|error| *error));
                match after {
                    Ok(Lifecycle::Active(kept) | Lifecycle::Inactive(kept)) => {
                        prop_assert_eq!(kept.tagged.to_string(), secret.tagged.to_string());
                        prop_assert_eq!(kept.digest, secret.digest.clone());
                    }
                    Ok(Lifecycle::Deleted { at }) => prop_assert_eq!(at, now),
                    Err(_) => {}
                }
            }
        }
    }

    #[test]
    fn every_cell_of_an_environment_is_as_tabulated(earlier in strategies::timestamp(), now in strategies::timestamp()) {
        let states =
            [EnvironmentState::Active, EnvironmentState::Inactive, EnvironmentState::Removed { at: earlier }];
        for from in states {
            for transition in EnvironmentTransition::ALL {
                environment_cell(from, transition, &from.apply(transition, now), now);
            }
        }
    }
}

#[test]
fn the_transitions_listed_for_a_state_are_those_the_table_allows() {
    for from in LifecycleState::ALL {
        let allowed: Vec<Transition> = Transition::ALL
            .into_iter()
            .filter(|transition| matches!(cell(&KEY_CELLS, from.as_str(), transition.as_str()), To(_)))
            .collect();
        assert_eq!(from.transitions(), allowed);
    }
}

#[test]
fn a_transition_narrows_when_it_leads_away_from_active_or_to_an_end() {
    let narrowing: Vec<&str> =
        Transition::ALL.into_iter().filter(|one| one.narrows()).map(Transition::as_str).collect();
    assert_eq!(narrowing, ["deactivate", "delete"]);
    let narrowing: Vec<&str> = EnvironmentTransition::ALL
        .into_iter()
        .filter(|one| one.narrows())
        .map(EnvironmentTransition::as_str)
        .collect();
    assert_eq!(narrowing, ["deactivate", "remove"]);
    let narrowing: Vec<&str> = AccountTransition::ALL
        .into_iter()
        .filter(|one| one.narrows())
        .map(AccountTransition::as_str)
        .collect();
    assert_eq!(narrowing, ["deactivate", "remove"]);
}

// ---- whole lives ----------------------------------------------------------------------------------------------------

/// Something done to a record, at a time that may lie before the last.
#[derive(Debug, Clone)]
enum Step<T> {
    Move(T),
    Edit(Option<Name>, Option<Description>),
}

fn steps<T: std::fmt::Debug + Clone>(
    transition: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Vec<(Step<T>, Timestamp)>> {
    let edit = (option::of(strategies::name()), option::of(strategies::description()));
    let step = prop_oneof![
        4 => transition.prop_map(Step::Move),
        1 => edit.prop_map(|(name, description)| Step::Edit(name, description)),
    ];
    vec((step, strategies::timestamp()), 0..24)
}

/// What no step may change.
fn fixed_of_key(record: &KeyRecord) -> String {
    let parts = record.parts();
    format!(
        "{} {} {} {} {} {:?} {}",
        parts.id,
        parts.owner,
        parts.access_key,
        parts.creator,
        parts.created,
        parts.expires_at,
        parts.revision
    )
}

fn fixed_of_environment(record: &EnvironmentRecord) -> String {
    let parts = record.parts();
    format!("{} {} {} {} {}", parts.id, parts.uuid, parts.creator, parts.created, parts.revision)
}

fn fixed_of_account(record: &AccountRecord) -> String {
    let parts = record.parts();
    format!("{} {} {} {}", parts.id, parts.uuid, parts.created, parts.revision)
}

proptest! {
    #[test]
    fn a_key_lives_as_the_model_does(first in strategies::key_record(), steps in steps(strategies::transition())) {
        let mut record = first.clone();
        let mut state = first.parts().lifecycle.state();
        let (mut name, mut description) = (first.parts().name.clone(), first.parts().description.clone());
        for (step, now) in steps {
            let before = record.parts().updated;
            match step {
                Step::Edit(new_name, new_description) => {
                    record = record.edit(new_name.clone(), new_description.clone(), now);
                    (name, description) = (new_name, new_description);
                    prop_assert_eq!(record.parts().updated, before.max(now));
                }
                Step::Move(transition) => match record.clone().transition(transition, now) {
                    Ok(moved) => {
                        key_cell(state, transition, &Ok(moved.parts().lifecycle.state()));
                        state = moved.parts().lifecycle.state();
                        record = moved;
                        prop_assert_eq!(record.parts().updated, before.max(now));
                    }
                    // A refusal leaves everything as it is, which the clone shows by being all there is.
                    Err(refusal) => key_cell(state, transition, &Err(refusal)),
                },
            }
            let parts = record.parts();
            prop_assert_eq!(parts.lifecycle.state(), state);
            prop_assert_eq!(parts.lifecycle.secret().is_none(), state == LifecycleState::Deleted);
            prop_assert_eq!((&parts.name, &parts.description), (&name, &description));
            prop_assert_eq!(fixed_of_key(&record), fixed_of_key(&first));
            prop_assert!(parts.created <= parts.updated);
            // What the core made, a store can read back.
            prop_assert!(KeyRecord::from_parts(parts.clone()).is_ok());
        }
    }

    #[test]
    fn an_environment_lives_as_the_model_does(
        first in strategies::environment_record(),
        steps in steps(strategies::environment_transition()),
    ) {
        let mut record = first.clone();
        let mut state = first.parts().state;
        for (step, now) in steps {
            let before = record.parts().updated;
            match step {
                Step::Edit(name, description) => {
                    record = record.edit(name.clone(), description.clone(), now);
                    prop_assert_eq!((&record.parts().name, &record.parts().description), (&name, &description));
                    prop_assert_eq!(record.parts().updated, before.max(now));
                }
                Step::Move(transition) => {
                    let outcome = record.clone().transition(transition, now);
                    let shown = outcome.as_ref().map(|moved| moved.parts().state).map_err(|error| *error);
                    environment_cell(state, transition, &shown, before.max(now));
                    if let Ok(moved) = outcome {
                        state = moved.parts().state;
                        record = moved;
                    }
                }
            }
            prop_assert_eq!(record.parts().state, state);
            prop_assert_eq!(fixed_of_environment(&record), fixed_of_environment(&first));
            prop_assert!(EnvironmentRecord::from_parts(record.parts().clone()).is_ok());
        }
    }

    #[test]
    fn an_account_lives_as_the_model_does(
        first in strategies::account_record(),
        steps in steps(strategies::account_transition()),
        kinds in vec(strategies::account_kind(), 24),
    ) {
        let mut record = first.clone();
        let mut state = first.parts().state;
        let mut kind = first.parts().kind;
        let stranger = Err(AccountChangeError::NotAPerson { kind });
        for ((step, now), wanted) in steps.into_iter().zip(kinds) {
            let before = record.parts().updated;
            let gone = state.removed_at().is_some();
            match step {
                Step::Edit(name, description) => {
                    let edited = record.clone().edit(name.clone(), description.clone(), None, now);
                    let as_kind = record.clone().with_kind(wanted, now);
                    if !kind.is_person() {
                        prop_assert_eq!((&edited, &as_kind), (&stranger, &stranger));
                    } else if gone {
                        prop_assert_eq!(edited, Err(AccountChangeError::Removed));
                        prop_assert_eq!(as_kind, Err(AccountChangeError::Removed));
                    } else {
                        let edited = edited.unwrap();
                        prop_assert_eq!((&edited.parts().name, &edited.parts().description), (&name, &description));
                        prop_assert_eq!(edited.parts().updated, before.max(now));
                        prop_assert_eq!(as_kind.is_ok(), wanted.is_person());
                        record = edited;
                        if wanted.is_person() {
                            record = record.with_kind(wanted, now).unwrap();
                            kind = wanted;
                        }
                    }
                }
                Step::Move(transition) => {
                    let outcome = record.clone().transition(transition, now);
                    if kind.is_person() {
                        let shown = outcome.as_ref().map(|moved| moved.parts().state).map_err(|error| {
                            let AccountChangeError::State(refusal) = error else { panic!("{error}") };
                            *refusal
                        });
                        account_cell(state, transition, &shown, before.max(now));
                    } else {
                        prop_assert_eq!(&outcome, &stranger);
                    }
                    if let Ok(moved) = outcome {
                        state = moved.parts().state;
                        record = moved;
                    }
                }
            }
            prop_assert_eq!((record.parts().state, record.parts().kind), (state, kind));
            prop_assert_eq!(record.administers(), state == AccountState::Active && kind == AccountKind::Admin);
            prop_assert_eq!(fixed_of_account(&record), fixed_of_account(&first));
            prop_assert!(AccountRecord::from_parts(record.parts().clone()).is_ok());
        }
    }

    #[test]
    fn nothing_leads_out_of_deleted(record in strategies::key_record(), steps in steps(strategies::transition())) {
        let mut record = record;
        let mut deleted = false;
        for (step, now) in steps {
            if let Step::Move(transition) = step {
                record = record.clone().transition(transition, now).unwrap_or(record);
            }
            let is_deleted = record.parts().lifecycle.state() == LifecycleState::Deleted;
            prop_assert!(is_deleted || !deleted);
            deleted = is_deleted;
        }
    }

    #[test]
    fn a_new_key_is_in_its_first_state_with_its_secret(
        new in strategies::new_key(), id in strategies::key_id(), revision in strategies::revision(),
    ) {
        let record = new.clone().into_record(id, revision);
        let parts = record.parts();
        let first_state = match new.first_state {
            FirstState::Active => LifecycleState::Active,
            FirstState::Inactive => LifecycleState::Inactive,
        };
        prop_assert_eq!(parts.lifecycle.state(), first_state);
        prop_assert_eq!((parts.id, parts.revision, parts.created, parts.updated), (id, revision, new.created, new.created));
        prop_assert_eq!((parts.owner, parts.access_key, parts.creator), (new.owner, new.access_key, new.creator));
        prop_assert_eq!((&parts.name, &parts.description, parts.expires_at), (&new.name, &new.description, new.expires_at));
        let kept = parts.lifecycle.secret().unwrap();
        prop_assert_eq!(kept.tagged.to_string(), new.secret.tagged.to_string());
    }

    #[test]
    fn a_new_environment_is_active(
        new in strategies::new_environment(), id in strategies::environment_id(), revision in strategies::revision(),
    ) {
        let parts = new.clone().into_record(id, revision).into_parts();
        prop_assert_eq!(parts.state, EnvironmentState::Active);
        prop_assert_eq!((parts.id, parts.revision, parts.created, parts.updated), (id, revision, new.created, new.created));
        prop_assert_eq!((parts.uuid, parts.name, parts.description, parts.creator), (new.uuid, new.name, new.description, new.creator));
    }

    #[test]
    fn a_new_account_keeps_what_it_was_given(
        new in strategies::new_account(), id in strategies::account_id(), revision in strategies::revision(),
    ) {
        let parts = new.clone().into_record(id, revision).into_parts();
        prop_assert_eq!((parts.id, parts.revision), (id, revision));
        prop_assert_eq!(
            (parts.uuid, parts.kind, parts.state, parts.name, parts.created),
            (new.uuid, new.kind, new.state, new.name, new.created)
        );
        prop_assert_eq!((parts.description, parts.default_environment), (new.description, None));
        prop_assert_eq!(parts.updated, new.created);
    }

    #[test]
    fn a_revision_is_set_alone(record in strategies::key_record(), revision in strategies::revision()) {
        let changed = record.clone().with_revision(revision);
        prop_assert_eq!(changed.parts().revision, revision);
        let back = changed.with_revision(record.parts().revision);
        prop_assert_eq!(format!("{back:?}"), format!("{record:?}"));
    }
}

// ---- times ----------------------------------------------------------------------------------------------------------

proptest! {
    #[test]
    fn records_whose_times_contradict_each_other_are_refused(record in strategies::key_record()) {
        let mut parts = record.into_parts();
        parts.created = at(2_000);
        parts.updated = at(1_999);
        parts.lifecycle = Lifecycle::Deleted { at: at(2_000) };
        prop_assert!(KeyRecord::from_parts(parts.clone()).is_err());
        parts.updated = at(2_000);
        prop_assert!(KeyRecord::from_parts(parts.clone()).is_ok());
        parts.lifecycle = Lifecycle::Deleted { at: at(1_999) };
        prop_assert!(KeyRecord::from_parts(parts).is_err());
    }

    #[test]
    fn environments_whose_times_contradict_each_other_are_refused(record in strategies::environment_record()) {
        let mut parts = record.into_parts();
        parts.created = at(2_000);
        parts.updated = at(1_999);
        parts.state = EnvironmentState::Removed { at: at(2_000) };
        prop_assert!(EnvironmentRecord::from_parts(parts.clone()).is_err());
        parts.updated = at(2_000);
        prop_assert!(EnvironmentRecord::from_parts(parts.clone()).is_ok());
        parts.state = EnvironmentState::Removed { at: at(1_999) };
        prop_assert!(EnvironmentRecord::from_parts(parts).is_err());
    }

    #[test]
    fn accounts_whose_times_contradict_each_other_are_refused(record in strategies::account_record()) {
        let mut parts = record.into_parts();
        parts.created = at(2_000);
        parts.updated = at(1_999);
        parts.state = AccountState::Removed { at: at(2_000) };
        prop_assert!(AccountRecord::from_parts(parts.clone()).is_err());
        parts.updated = at(2_000);
        prop_assert!(AccountRecord::from_parts(parts.clone()).is_ok());
        parts.state = AccountState::Removed { at: at(1_999) };
        prop_assert!(AccountRecord::from_parts(parts).is_err());
    }

    #[test]
    fn a_key_expires_from_the_instant_itself_on(record in strategies::key_record(), expiry in 1..1_000_000i64) {
        let expiring = |expires_at| {
            let parts = record.parts().clone();
            KeyRecord::from_parts(keys_core::KeyParts { expires_at, ..parts }).unwrap()
        };
        let key = expiring(Some(at(expiry)));
        prop_assert!(!key.is_expired(at(expiry - 1)));
        prop_assert!(key.is_expired(at(expiry)));
        prop_assert!(key.is_expired(Timestamp::MAX));
        prop_assert!(!expiring(None).is_expired(Timestamp::MAX));
    }
}

#[test]
fn time_is_added_and_taken_within_its_bounds() {
    use std::time::Duration;

    assert_eq!(at(1_000).checked_add(Duration::from_micros(2_999)), Some(at(1_002)));
    assert_eq!(Timestamp::MAX.checked_add(Duration::ZERO), Some(Timestamp::MAX));
    assert_eq!(Timestamp::MAX.checked_add(Duration::from_millis(1)), None);
    assert_eq!(Timestamp::MIN.checked_add(Duration::MAX), None);
    assert_eq!(at(5).since(at(3)), Duration::from_millis(2));
    assert_eq!(at(3).since(at(5)), Duration::ZERO);
    assert_eq!(Timestamp::from_millis(-1), None);
    assert_eq!(Timestamp::from_millis(Timestamp::MAX.as_millis() + 1), None);
}
