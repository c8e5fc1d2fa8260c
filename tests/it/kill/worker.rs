//! One client under load: a random change after the other, until there is no answer.

use std::sync::mpsc::Sender;

use keys_core::Action;
use keys_tests::Key;
use serde_json::json;

use super::belief::Belief;
use super::below;
use super::journal::Journal;
use super::session::{NoAnswer, Session};
use super::share::{Share, State, Subject};

/// How many keys a share has when it is full.
const KEYS: usize = 6;

/// Changes this and that until the server is gone. Returns what was asked for and acknowledged.
pub(super) fn change_until_killed(
    share: &mut Share,
    session: &Session,
    acknowledged: &Sender<()>,
) -> Journal {
    let mut worker = Worker { share, session, acknowledged, journal: Journal::default() };
    while worker.step().is_ok() {}
    worker.journal
}

struct Worker<'run> {
    share: &'run mut Share,
    session: &'run Session,
    acknowledged: &'run Sender<()>,
    journal: Journal,
}

impl Worker<'_> {
    fn step(&mut self) -> Result<(), NoAnswer> {
        if self.share.keys.len() < KEYS {
            return self.create();
        }
        let at = usize::try_from(below(&mut self.share.rng, KEYS as u64)).unwrap_or(0);
        let choice = below(&mut self.share.rng, 20);
        let state = self.share.keys[at].state.certain().copied();
        match (choice, state) {
            (0, _) => self.switch_environment(),
            (1..=4, _) => self.edit(at),
            (5..=8, _) => self.probe(at),
            (_, Some(State::Active)) => {
                self.transition(at, Action::DeactivateKey, "deactivate", State::Inactive)
            }
            (9..=12, Some(State::Inactive)) => self.delete(at),
            (_, Some(State::Inactive)) => self.transition(at, Action::ActivateKey, "activate", State::Active),
            (_, Some(State::Deleted) | None) => Err(NoAnswer),
        }
    }

    /// A key in the environment if that can be, else one of the account.
    fn create(&mut self) -> Result<(), NoAnswer> {
        let within =
            below(&mut self.share.rng, 3) > 0 && self.share.environment_active.certain() == Some(&true);
        let collection = if within {
            format!("/v1/projects/{}/apikeys", self.share.environment)
        } else {
            "/v1/apikeys".to_owned()
        };
        let name = self.share.new_name();
        let Ok(created) = self.session.change("POST", &collection, &json!({ "name": name })) else {
            self.share.unanswered.push(name);
            self.journal.unanswered_key();
            return Err(NoAnswer);
        };
        let id = created.field("id");
        self.journal.acknowledged(Action::IssueKey, &format!("key/{id}"));
        self.told();
        self.share.keys.push(Subject {
            key: Key {
                // Reached as the administrator, whatever the state of its environment.
                path: format!("/v1/apikeys/{id}"),
                id,
                access_key: created.field("publicValue"),
                secret_key: created.field("secretValue"),
            },
            of_environment: within,
            state: Belief::new(State::Active),
            name: Belief::new(name),
        });
        let last = self.share.keys.len() - 1;
        self.probe(last)
    }

    fn transition(&mut self, at: usize, action: Action, word: &str, next: State) -> Result<(), NoAnswer> {
        let subject = &mut self.share.keys[at];
        subject.state.ask(next);
        let target = format!("key/{}", subject.key.id);
        let path = subject.key.action(word);
        let answer = self.session.noted(&mut self.journal, (action, &target), "POST", &path, &json!({}))?;
        assert_eq!(State::parse(&answer.field("state")), next);
        subject.state.acknowledge();
        self.told();
        self.probe(at)
    }

    fn delete(&mut self, at: usize) -> Result<(), NoAnswer> {
        let subject = &mut self.share.keys[at];
        subject.state.ask(State::Deleted);
        let target = format!("key/{}", subject.key.id);
        let change = (Action::DeleteKey, target.as_str());
        self.session.noted(&mut self.journal, change, "DELETE", &subject.key.path, &json!({}))?;
        let subject = self.share.keys.remove(at);
        self.share.deleted.push(subject.key.clone());
        self.told();
        assert!(
            !self.session.accepts(&subject.key)?,
            "accepted after its deletion was acknowledged: {target}"
        );
        Ok(())
    }

    fn edit(&mut self, at: usize) -> Result<(), NoAnswer> {
        let name = self.share.new_name();
        let subject = &mut self.share.keys[at];
        subject.name.ask(name.clone());
        let target = format!("key/{}", subject.key.id);
        let change = (Action::EditKey, target.as_str());
        let body = json!({ "name": name });
        let answer = self.session.noted(&mut self.journal, change, "PUT", &subject.key.path, &body)?;
        assert_eq!(answer.field("name"), name);
        subject.name.acknowledge();
        self.told();
        Ok(())
    }

    fn switch_environment(&mut self) -> Result<(), NoAnswer> {
        let active = self.share.environment_active.certain() == Some(&true);
        let (action, word) = if active {
            (Action::DeactivateEnvironment, "deactivate")
        } else {
            (Action::ActivateEnvironment, "activate")
        };
        self.share.environment_active.ask(!active);
        let target = format!("environment/{}", self.share.environment);
        let path = format!("/v1/projects/{}/?action={word}", self.share.environment);
        self.session.noted(&mut self.journal, (action, &target), "POST", &path, &json!({}))?;
        self.share.environment_active.acknowledge();
        self.told();
        match self.share.keys.iter().position(|subject| subject.of_environment) {
            Some(at) => self.probe(at),
            None => Ok(()),
        }
    }

    /// The next request after an acknowledgement sees what was acknowledged.
    fn probe(&self, at: usize) -> Result<(), NoAnswer> {
        let subject = &self.share.keys[at];
        let expected = *subject.state.certain().expect("a worker stops at what is unknown") == State::Active
            && (!subject.of_environment || self.share.environment_active.certain() == Some(&true));
        let accepted = self.session.accepts(&subject.key)?;
        assert_eq!(accepted, expected, "{subject:?} in {:?}", self.share.environment_active);
        Ok(())
    }

    /// Tells the killer of an acknowledgement; it may have stopped listening.
    fn told(&self) {
        let _ = self.acknowledged.send(());
    }
}
