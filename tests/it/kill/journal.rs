//! The journal of what was asked for and what was acknowledged.

use std::collections::BTreeMap;
use std::fmt;

use keys_core::Action;

/// Counts, for every kind of change and everything changed, how often it was asked for and how often acknowledged.
#[derive(Debug, Default)]
pub(super) struct Journal {
    changes: BTreeMap<(Action, String), Count>,
    /// Keys asked for whose creation nobody answered: they have no id yet.
    unanswered_keys: u64,
    /// Facts compared with the server after a start.
    facts: u64,
}

/// How often a change was asked for and acknowledged.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Count {
    pub(super) acknowledged: u64,
    pub(super) unanswered: u64,
}

impl Journal {
    pub(super) fn acknowledged(&mut self, action: Action, target: &str) {
        self.entry(action, target).acknowledged += 1;
    }

    pub(super) fn unanswered(&mut self, action: Action, target: &str) {
        self.entry(action, target).unanswered += 1;
    }

    pub(super) fn unanswered_key(&mut self) {
        self.unanswered_keys += 1;
    }

    pub(super) fn compared(&mut self) {
        self.facts += 1;
    }

    pub(super) const fn unanswered_keys(&self) -> u64 {
        self.unanswered_keys
    }

    pub(super) const fn changes(&self) -> &BTreeMap<(Action, String), Count> {
        &self.changes
    }

    pub(super) fn acknowledged_changes(&self) -> u64 {
        self.changes.values().map(|count| count.acknowledged).sum()
    }

    pub(super) fn add(&mut self, other: Self) {
        for (change, count) in other.changes {
            let sum = self.changes.entry(change).or_default();
            sum.acknowledged += count.acknowledged;
            sum.unanswered += count.unanswered;
        }
        self.unanswered_keys += other.unanswered_keys;
        self.facts += other.facts;
    }

    fn entry(&mut self, action: Action, target: &str) -> &mut Count {
        self.changes.entry((action, target.to_owned())).or_default()
    }
}

impl fmt::Display for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut kinds: BTreeMap<Action, u64> = BTreeMap::new();
        for ((action, _), count) in &self.changes {
            *kinds.entry(*action).or_default() += count.acknowledged;
        }
        let unanswered =
            self.changes.values().map(|count| count.unanswered).sum::<u64>() + self.unanswered_keys;
        write!(f, "{} changes acknowledged (", self.acknowledged_changes())?;
        for (position, (action, count)) in kinds.iter().enumerate() {
            write!(f, "{}{action} {count}", if position == 0 { "" } else { ", " })?;
        }
        write!(f, "), {unanswered} unanswered, {} facts compared", self.facts)
    }
}
