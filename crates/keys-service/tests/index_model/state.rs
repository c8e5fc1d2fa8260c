//! The states the protocol can be in.

use crate::rules::{KEY, OWNER, Rule, Rules, Scene};

/// A revision of the store.
pub(crate) type Rev = u8;

/// A row as a load or the index has it: the revision of its object's last change. With the rule "rows, not verdicts" off, the
/// key's row carries the owner's along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) rev: Rev,
    pub(crate) owner: Option<Rev>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Completeness {
    #[default]
    Partial,
    Filling,
    Complete,
}

/// One shard, with the one object it can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Shard {
    pub(crate) entry: Option<Row>,
    /// Hidden, and the row as it was.
    pub(crate) hidden: Option<Option<Row>>,
    pub(crate) frozen: bool,
    pub(crate) floor: Rev,
    pub(crate) completeness: Completeness,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Writer {
    Idle,
    Hidden {
        to: Rev,
    },
    Visible {
        to: Rev,
    },
    Durable {
        to: Rev,
    },
    /// Callers publish their own changes, in any order (rule "commit order" off): the changes not yet published.
    Publishing {
        pending: [bool; 2],
        to: Rev,
    },
    Releasing {
        next: Rev,
        to: Rev,
    },
    /// Answered before it was durable (rule "answers wait for the disk" off).
    Flushing {
        to: Rev,
    },
    Unknown {
        to: Rev,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Load {
    Idle,
    /// The row is read, the revision not yet (rule "one snapshot" off).
    HalfRead(Row),
    /// Both are read; `joined`: what had been told when a request joined (rule "who joined" off).
    Read {
        row: Row,
        at: Rev,
        joined: Option<Rev>,
    },
    /// Found fit to land, not yet landed (rule "one step" off).
    Admitted(Row),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Filler {
    Idle,
    Begun,
    Read { row: Row, at: Rev },
    Landed,
}

/// All there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct State {
    /// What readers of the store see, what survives a crash, what has been published.
    pub(crate) visible: Rev,
    pub(crate) durable: Rev,
    pub(crate) published: Rev,
    pub(crate) writer: Writer,
    pub(crate) shards: [Shard; 2],
    pub(crate) loads: [Load; 2],
    pub(crate) filler: Filler,
    /// The last deactivation anybody was told of, for ever.
    pub(crate) told: [Rev; 2],
    /// The last one that a verification refused by, in the life of this process.
    pub(crate) seen: [Rev; 2],
}

impl State {
    pub(crate) fn first() -> Self {
        Self {
            visible: 0,
            durable: 0,
            published: 0,
            writer: Writer::Idle,
            shards: [Shard::default(); 2],
            loads: [Load::Idle; 2],
            filler: Filler::Idle,
            told: [0; 2],
            seen: [0; 2],
        }
    }

    pub(crate) fn row(&self, scene: &Scene, rules: Rules, object: usize, at: Rev) -> Row {
        let rev = last_change(scene, object, at);
        let verdict = object == KEY && !rules.on(Rule::RowsNotVerdicts);
        Row { rev, owner: verdict.then(|| last_change(scene, OWNER, at)) }
    }
}

pub(crate) fn last_change(scene: &Scene, object: usize, at: Rev) -> Rev {
    (1..=at).rev().find(|rev| scene.history[usize::from(*rev) - 1].0 == object).unwrap_or(0)
}

pub(crate) fn is_active(scene: &Scene, object: usize, rev: Rev) -> bool {
    if rev == 0 { scene.initial[object] } else { scene.history[usize::from(rev) - 1].1 }
}

pub(crate) fn object_of(scene: &Scene, rev: Rev) -> usize {
    scene.history[usize::from(rev) - 1].0
}

impl Shard {
    pub(crate) fn admits(&self, rules: Rules, at: Rev) -> bool {
        (at >= self.floor || !rules.on(Rule::Floor)) && !self.frozen && self.hidden.is_none()
    }

    pub(crate) fn lose(&mut self, rules: Rules) {
        self.entry = None;
        if rules.on(Rule::LossEndsCompleteness) {
            self.completeness = Completeness::Partial;
        }
    }
}

impl State {
    /// An answer reaches its caller.
    pub(crate) fn tell(&mut self, scene: &Scene, rev: Rev) {
        let object = object_of(scene, rev);
        if !is_active(scene, object, rev) {
            self.told[object] = self.told[object].max(rev);
        }
    }
}
