//! Random operations against a reference simple enough to be seen to be right: after each, every answer agrees.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use keys_core::{EnvironmentId, EnvironmentTransition, KeyId, Transition};
use keys_service::{AuthorityConfig, EnvironmentRequest, KeyRequest};
use keys_store::BackendErrorKind;
use keys_store::fault::{Call, Calls, Fault};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::support::{House, Issued, administrator, config, context};

/// One operation. Which key or environment is meant is chosen among those there are.
#[derive(Debug, Clone)]
enum Operation {
    CreateEnvironment,
    Issue(Index),
    MoveKey(Index, Transition),
    MoveEnvironment(Index, EnvironmentTransition),
    FillIndex,
    /// The next write goes wrong, in this way.
    Fail(Fault),
}

fn operation() -> impl Strategy<Value = Operation> {
    let index = || proptest::arbitrary::any::<Index>();
    let transition = || proptest::sample::select(&Transition::ALL[..]);
    let of_environment = || proptest::sample::select(&EnvironmentTransition::ALL[..]);
    let fault = proptest::sample::select(vec![
        Fault::Failed(BackendErrorKind::Unavailable),
        Fault::RolledBack(BackendErrorKind::Full),
        Fault::Unknown { happened: true },
        Fault::Unknown { happened: false },
    ]);
    prop_oneof![
        1 => Just(Operation::CreateEnvironment),
        3 => index().prop_map(Operation::Issue),
        8 => (index(), transition()).prop_map(|(key, to)| Operation::MoveKey(key, to)),
        4 => (index(), of_environment()).prop_map(|(id, to)| Operation::MoveEnvironment(id, to)),
        1 => Just(Operation::FillIndex),
        2 => fault.prop_map(Operation::Fail),
    ]
}

/// What ought to be: the state of every key and environment, as plain values.
#[derive(Debug, Default)]
struct Reference {
    environments: BTreeMap<EnvironmentId, State>,
    keys: BTreeMap<KeyId, (EnvironmentId, State)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Active,
    Inactive,
    Gone,
}

impl State {
    fn key_moves(self, transition: Transition) -> Option<Self> {
        match (self, transition) {
            (Self::Active, Transition::Deactivate) => Some(Self::Inactive),
            (Self::Inactive, Transition::Activate) => Some(Self::Active),
            (Self::Inactive, Transition::Delete) => Some(Self::Gone),
            _ => None,
        }
    }

    fn environment_moves(self, transition: EnvironmentTransition) -> Option<Self> {
        match (self, transition) {
            (Self::Active, EnvironmentTransition::Deactivate)
            | (Self::Gone, EnvironmentTransition::Restore) => Some(Self::Inactive),
            (Self::Inactive, EnvironmentTransition::Activate) => Some(Self::Active),
            (Self::Active | Self::Inactive, EnvironmentTransition::Remove) => Some(Self::Gone),
            _ => None,
        }
    }
}

/// An authority, its reference, and the pairs that were given out.
struct Trial {
    house: House,
    reference: Reference,
    issued: Vec<Issued>,
    /// What the next write will do instead.
    fault: Option<Fault>,
}

/// What a write does when a fault waits for it: whether it takes effect, whether it is acknowledged.
fn effect(fault: Option<Fault>) -> (bool, bool) {
    match fault {
        None => (true, true),
        Some(Fault::Unknown { happened }) => (happened, false),
        Some(_) => (false, false),
    }
}

impl Trial {
    fn new(capacity: Option<NonZeroUsize>) -> Self {
        let house = House::with(AuthorityConfig { index_capacity: capacity, ..config() });
        let environments = BTreeMap::from([("1a5".parse().unwrap(), State::Active)]);
        let reference = Reference { environments, ..Reference::default() };
        Self { house, reference, issued: Vec::new(), fault: None }
    }

    fn play(&mut self, operation: Operation) -> Result<(), TestCaseError> {
        match operation {
            Operation::CreateEnvironment => self.create_environment(),
            Operation::Issue(index) => self.issue(index),
            Operation::MoveKey(index, transition) => self.move_key(index, transition),
            Operation::MoveEnvironment(index, transition) => self.move_environment(index, transition),
            Operation::FillIndex => self.house.authority.fill_index().unwrap(),
            Operation::Fail(fault) if self.fault.is_none() => {
                self.house.store.inject(Calls::Only(Call::Commit), 0, fault);
                self.fault = Some(fault);
            }
            Operation::Fail(_) => {}
        }
        self.check();
        Ok(())
    }

    fn create_environment(&mut self) {
        let (happens, acknowledged) = effect(self.fault.take());
        let House { authority, rng, .. } = &mut self.house;
        let made = authority.create_environment(&administrator(), EnvironmentRequest::default(), rng);
        assert_eq!(made.is_ok(), acknowledged, "{made:?}");
        // One that was made without being acknowledged cannot be named by anybody here.
        if let (true, Ok(record)) = (happens, made) {
            self.reference.environments.insert(record.parts().id, State::Active);
        }
    }

    fn issue(&mut self, index: Index) {
        let environments: Vec<_> =
            self.reference.environments.iter().map(|(id, state)| (*id, *state)).collect();
        let (id, state) = environments[index.index(environments.len())];
        let entered = self.house.authority.enter(administrator().caller, id);
        assert_eq!(entered.is_ok(), state == State::Active);
        let Ok(caller) = entered else { return };
        let (_, acknowledged) = effect(self.fault.take());
        let House { authority, rng, .. } = &mut self.house;
        let made = authority.issue_key(&context(caller), KeyRequest::default(), rng);
        assert_eq!(made.is_ok(), acknowledged, "{made:?}");
        if let Ok(made) = made {
            let issued = crate::support::issued(made);
            self.reference.keys.insert(issued.id(), (id, State::Active));
            self.issued.push(issued);
        }
    }

    fn move_key(&mut self, index: Index, transition: Transition) {
        let Some(position) = self.issued.len().checked_sub(1) else { return };
        let id = self.issued[index.index(position + 1)].id();
        let Some((_, state)) = self.reference.keys.get_mut(&id) else { return };
        let next = state.key_moves(transition);
        let moved = self.house.authority.transition_key(&administrator(), id, transition, None);
        let Some(next) = next else {
            assert!(matches!(moved, Err(keys_service::KeyChangeError::Refused(_))), "{moved:?}");
            return;
        };
        let (happens, acknowledged) = effect(self.fault.take());
        assert_eq!(moved.is_ok(), acknowledged, "{moved:?}");
        if happens {
            *state = next;
        }
    }

    fn move_environment(&mut self, index: Index, transition: EnvironmentTransition) {
        let count = self.reference.environments.len();
        let Some((id, state)) = self.reference.environments.iter_mut().nth(index.index(count)) else {
            return;
        };
        let next = state.environment_moves(transition);
        let moved = self.house.authority.transition_environment(&administrator(), *id, transition, None);
        let Some(next) = next else {
            assert!(matches!(moved, Err(keys_service::EnvironmentChangeError::Refused(_))), "{moved:?}");
            return;
        };
        let (happens, acknowledged) = effect(self.fault.take());
        assert_eq!(moved.is_ok(), acknowledged, "{moved:?}");
        if happens {
            *state = next;
        }
    }

    /// Every key is accepted if and only if it and its environment are active.
    fn check(&self) {
        for issued in &self.issued {
            let (environment, state) = self.reference.keys[&issued.id()];
            let good = state == State::Active && self.reference.environments[&environment] == State::Active;
            assert_eq!(self.house.verdict(&issued.credential).is_ok(), good, "{} {state:?}", issued.id());
        }
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 200, ..Default::default() })]

    #[test]
    fn every_answer_agrees_with_the_reference(
        operations in vec(operation(), 1..60),
        capacity in proptest::sample::select(vec![None, NonZeroUsize::new(1), NonZeroUsize::new(3)]),
    ) {
        let mut trial = Trial::new(capacity);
        for operation in operations {
            trial.play(operation)?;
        }
    }
}
