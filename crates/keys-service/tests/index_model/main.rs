//! The protocol of the verification index, enumerated: every state that a small installation can reach.
//!
//! This is a model, written down a second time and apart from the code, in which each rule can be left out. With all
//! rules no state violates the promise; without any one of them one does, and the shortest way to it is printed. The
//! code itself is checked by `src/index/model.rs` under a scheduler that chooses the interleavings.
//!
//! ```text
//! cargo test -p keys-service --test index_model -- --nocapture
//! ```
//!
//! `docs/VERIFICATION-INDEX.md` holds the table it makes.

#![expect(clippy::indexing_slicing, reason = "a model of fixed size; a wrong index is a defect of the test")]

mod rules;
mod state;
mod step;
mod steps;

use std::collections::HashSet;

use rules::{Rule, Rules, SCENES, Scene};
use state::State;
use step::Step;
use steps::Violation;

/// What a search found.
struct Found {
    states: usize,
    violation: Option<(Violation, Vec<Step>)>,
}

/// Breadth first, so that the first violation has a shortest trace.
fn search(scene: &Scene, rules: Rules) -> Found {
    let mut seen = HashSet::from([State::first()]);
    let mut states = vec![(State::first(), 0usize, Step::Begin)];
    let mut at = 0;
    while let Some((state, _, _)) = states.get(at).copied() {
        let steps = state.steps(scene, rules);
        if let Some(violation) = steps.violation {
            return Found { states: states.len(), violation: Some((violation, trace(&states, at))) };
        }
        for (step, next) in steps.next {
            if seen.insert(next) {
                states.push((next, at, step));
            }
        }
        at += 1;
    }
    Found { states: states.len(), violation: None }
}

fn trace(states: &[(State, usize, Step)], mut at: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    while at != 0 {
        let (_, before, step) = states[at];
        steps.push(step);
        at = before;
    }
    steps.reverse();
    steps
}

fn told(trace: &[Step]) -> String {
    let steps = trace.iter().filter(|step| !matches!(step, Step::Begin));
    steps.map(|step| format!("    {step}\n")).collect()
}

#[test]
fn with_all_rules_nothing_goes_wrong() {
    for scene in &SCENES {
        let found = search(scene, Rules::ALL);
        println!("all rules: {}: {} states", scene.name, found.states);
        if let Some((violation, trace)) = found.violation {
            panic!("{}: {violation}\n{}", scene.name, told(&trace));
        }
    }
}

#[test]
fn without_any_one_rule_something_does() {
    for rule in Rule::ALL {
        let rules = Rules::without(rule);
        let found = SCENES.iter().find_map(|scene| {
            let found = search(scene, rules);
            found.violation.map(|(violation, trace)| (scene.name, found.states, violation, trace))
        });
        let Some((scene, states, violation, trace)) = found else {
            panic!("nothing goes wrong without: {}", rule.says());
        };
        println!("WITHOUT: {}\n  after {states} states of \"{scene}\": {violation}", rule.says());
        println!("{}", told(&trace));
    }
}
