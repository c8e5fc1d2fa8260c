//! Every step out of a state, and what must not be found in one.

use crate::rules::{KEY, OWNER, Rule, Rules, Scene};
use crate::state::{
    Completeness, Filler, Load, Rev, Row, Shard, State, Writer, is_active, last_change, object_of,
};
use crate::step::Step;

/// What must never be reached, in words.
pub(crate) type Violation = String;

/// Collects the steps out of one state.
pub(crate) struct Steps<'a> {
    scene: &'a Scene,
    rules: Rules,
    from: State,
    pub(crate) next: Vec<(Step, State)>,
    pub(crate) violation: Option<Violation>,
}

impl State {
    /// Every step out of this state, or the violation that has been reached.
    pub(crate) fn steps(self, scene: &Scene, rules: Rules) -> Steps<'_> {
        let mut steps = Steps { scene, rules, from: self, next: Vec::new(), violation: None };
        steps.check_index();
        steps.writer();
        steps.crash();
        for object in [KEY, OWNER] {
            steps.reader(object);
        }
        for slot in 0..scene.loads.len() {
            steps.load(slot);
        }
        if scene.filled {
            steps.filler();
        }
        steps
    }
}

impl Steps<'_> {
    fn add(&mut self, step: Step, change: impl FnOnce(&mut State)) {
        let mut state = self.from;
        change(&mut state);
        self.next.push((step, state));
    }

    fn violated(&mut self, words: Violation) {
        self.violation.get_or_insert(words);
    }

    /// What a request that begins now gets from the index.
    fn check_index(&mut self) {
        for object in [KEY, OWNER] {
            let shard = self.from.shards[object];
            let name = ["key", "owner"][object];
            if let Some(row) = shard.entry {
                self.check_yes(object, row.rev, &format!("the index says the {name} is active"));
                if let Some(owner) = row.owner {
                    self.check_yes(OWNER, owner, "the index says yes, its owner active");
                }
            } else if self.is_absent(object) {
                self.violated("a complete index says that a key which exists does not".into());
            }
        }
    }

    fn is_absent(&self, object: usize) -> bool {
        let shard = self.from.shards[object];
        let changing = shard.hidden.is_some() && self.rules.on(Rule::HiddenIsNoAbsence);
        shard.entry.is_none() && shard.completeness == Completeness::Complete && !changing
    }

    fn check_yes(&mut self, object: usize, rev: Rev, who: &str) {
        let State { told, seen, .. } = self.from;
        if !is_active(self.scene, object, rev) {
            return;
        }
        if rev < told[object] {
            self.violated(format!(
                "{who} as of revision {rev}, but somebody was told of revision {}",
                told[object]
            ));
        } else if rev < seen[object] {
            self.violated(format!(
                "{who} as of revision {rev}, but an earlier request was refused by revision {}",
                seen[object]
            ));
        }
    }

    fn writer(&mut self) {
        let State { visible, durable, .. } = self.from;
        let (scene, rules) = (self.scene, self.rules);
        let length = scene.history.len() as Rev;
        match self.from.writer {
            Writer::Idle => {
                for to in visible + 1..=length.min(visible + 2) {
                    self.add(Step::Hide(to), |state| {
                        for rev in visible + 1..=to {
                            let shard = &mut state.shards[object_of(scene, rev)];
                            if rules.on(Rule::Hide) && shard.hidden.is_none() {
                                shard.hidden = Some(shard.entry.take());
                            }
                        }
                        state.writer = Writer::Hidden { to };
                    });
                }
            }
            Writer::Hidden { to } => {
                self.add(Step::CommitVisible(to), |state| {
                    state.visible = to;
                    state.writer = Writer::Visible { to };
                });
                self.add(Step::RolledBack, |state| {
                    for shard in &mut state.shards {
                        if let Some(row) = shard.hidden.take() {
                            shard.entry = row;
                        }
                    }
                    state.writer = Writer::Idle;
                });
                self.add(Step::OutcomeUnknown, |state| {
                    if rules.on(Rule::Forget) {
                        for shard in &mut state.shards {
                            *shard = Shard {
                                frozen: true,
                                hidden: shard.hidden,
                                floor: shard.floor,
                                ..Shard::default()
                            };
                        }
                    }
                    state.writer = Writer::Unknown { to };
                });
            }
            Writer::Visible { to } if !rules.on(Rule::AnswersWaitForDisk) => self.publish(to),
            Writer::Visible { to } => self.add(Step::CommitDurable(to), |state| {
                state.durable = to;
                state.writer = Writer::Durable { to };
            }),
            Writer::Durable { to } if !rules.on(Rule::CommitOrder) => {
                // The first of the batch, and the second if there are two.
                let first = self.first_of_batch(to);
                self.add(Step::Begin, |state| {
                    state.writer = Writer::Publishing { pending: [true, to > first], to };
                });
            }
            Writer::Durable { to } => self.publish(to),
            Writer::Publishing { pending, to } => self.publish_in_any_order(pending, to),
            Writer::Releasing { next, to } if next > to => self.add(Step::Begin, |state| {
                state.writer =
                    if rules.on(Rule::AnswersWaitForDisk) { Writer::Idle } else { Writer::Flushing { to } };
            }),
            Writer::Releasing { next, to } => self.add(Step::Release(next), |state| {
                state.tell(scene, next);
                state.writer = Writer::Releasing { next: next + 1, to };
            }),
            Writer::Flushing { to } => self.add(Step::CommitDurable(to), |state| {
                state.durable = to;
                state.writer = Writer::Idle;
            }),
            Writer::Unknown { to } => {
                for happened in [true, false] {
                    self.add(Step::ReadAgain { happened }, |state| {
                        let now = if happened { to } else { durable };
                        (state.visible, state.durable, state.published) = (now, now, now);
                        for shard in &mut state.shards {
                            shard.hidden = None;
                            shard.frozen = false;
                            if rules.on(Rule::Forget) {
                                shard.floor = shard.floor.max(now);
                            }
                        }
                        state.writer = Writer::Idle;
                    });
                }
            }
        }
    }

    /// The first change of the batch that ends at `to`: all before it was published, or begun at.
    fn first_of_batch(&self, to: Rev) -> Rev {
        (self.from.published + 1).min(to)
    }

    fn publish(&mut self, to: Rev) {
        let (scene, rules) = (self.scene, self.rules);
        let first = self.first_of_batch(to);
        self.add(Step::Publish(to), |state| {
            for rev in first..=to {
                let object = object_of(scene, rev);
                let row = state.row(scene, rules, object, to);
                let shard = &mut state.shards[object];
                shard.hidden = None;
                shard.floor = to;
                shard.entry = Some(row);
            }
            state.published = to;
            state.writer = Writer::Releasing { next: first, to };
        });
    }

    fn publish_in_any_order(&mut self, pending: [bool; 2], to: Rev) {
        let (scene, rules) = (self.scene, self.rules);
        let first = self.first_of_batch(to);
        if pending == [false; 2] {
            self.add(Step::Begin, |state| {
                state.published = to;
                state.writer = Writer::Idle;
            });
        }
        for index in (0..2).filter(|index| pending[*index]) {
            let rev = first + index as Rev;
            self.add(Step::Publish(rev), |state| {
                let object = object_of(scene, rev);
                let row = state.row(scene, rules, object, rev);
                let shard = &mut state.shards[object];
                shard.hidden = None;
                shard.floor = shard.floor.max(rev);
                shard.entry = Some(row);
                state.tell(scene, rev);
                let mut left = pending;
                left[index] = false;
                state.writer = Writer::Publishing { pending: left, to };
            });
        }
    }

    /// The process ends at any instant and starts again: the index and every load are gone, and so is what was visible
    /// but not durable.
    fn crash(&mut self) {
        self.add(Step::Crash, |state| {
            let State { durable, told, .. } = *state;
            *state = State { visible: durable, durable, published: durable, told, ..State::first() };
        });
    }

    fn reader(&mut self, object: usize) {
        let (scene, State { visible, published, told, seen, .. }) = (self.scene, self.from);
        let rev = last_change(scene, object, visible);
        let active = is_active(scene, object, rev);
        // A caller who asks for a deactivation that has already happened.
        if !active && rev > told[object] && (rev <= published || !self.rules.on(Rule::ToldAfterPublication)) {
            self.add(Step::ToldAlready(object, rev), |state| state.told[object] = rev);
        }
        // A verification: from the index, else from a load of its own.
        match self.from.shards[object].entry {
            Some(row) if !is_active(scene, object, row.rev) && row.rev > seen[object] => {
                self.add(Step::Refused(object, row.rev), |state| state.seen[object] = row.rev);
            }
            Some(_) => {}
            None if active && rev < told[object] => self.violated(format!(
                "the store itself says yes as of revision {rev}, but somebody was told of revision {}",
                told[object]
            )),
            None if !active && rev > seen[object] => {
                self.add(Step::Refused(object, rev), |state| state.seen[object] = rev);
            }
            None => {}
        }
        if self.from.shards[object].entry.is_some() {
            let rules = self.rules;
            self.add(Step::Evict(object), |state| state.shards[object].lose(rules));
        }
    }

    fn load(&mut self, slot: usize) {
        let (scene, rules, from) = (self.scene, self.rules, self.from);
        let object = scene.loads[slot];
        let told = from.told[object].max(from.seen[object]);
        match from.loads[slot] {
            Load::Idle => {
                let row = from.row(scene, rules, object, from.visible);
                self.add(Step::LoadRow(object, row.rev), |state| {
                    state.loads[slot] = if rules.on(Rule::OneSnapshot) {
                        Load::Read { row, at: from.visible, joined: None }
                    } else {
                        Load::HalfRead(row)
                    };
                });
            }
            Load::HalfRead(row) => self.add(Step::LoadRevision(from.visible), |state| {
                state.loads[slot] = Load::Read { row, at: from.visible, joined: None };
            }),
            Load::Read { row, at, joined } => {
                if !rules.on(Rule::JoinersUseLanded) {
                    if let Some(told) =
                        joined.filter(|told| is_active(scene, object, row.rev) && row.rev < *told)
                    {
                        self.violated(format!(
                            "a request that joined a load says yes as of revision {}, but revision {told} was told before it began",
                            row.rev
                        ));
                    }
                    if joined.is_none() {
                        self.add(Step::Join(told), |state| {
                            state.loads[slot] = Load::Read { row, at, joined: Some(told) };
                        });
                    }
                }
                if !from.shards[object].admits(rules, at) {
                    self.add(Step::Drop, |state| state.loads[slot] = Load::Idle);
                } else if rules.on(Rule::OneStep) {
                    self.land(slot, object, row);
                } else {
                    self.add(Step::Admit, |state| state.loads[slot] = Load::Admitted(row));
                }
            }
            Load::Admitted(row) => self.land(slot, object, row),
        }
    }

    fn land(&mut self, slot: usize, object: usize, row: Row) {
        self.add(Step::Land(object, row.rev), |state| {
            state.shards[object].entry = Some(row);
            state.loads[slot] = Load::Idle;
        });
    }

    /// The filling of the key's shard.
    fn filler(&mut self) {
        let (scene, rules, from) = (self.scene, self.rules, self.from);
        match from.filler {
            Filler::Idle => self.add(Step::FillBegins, |state| {
                if state.shards[KEY].completeness == Completeness::Partial {
                    state.shards[KEY].completeness = Completeness::Filling;
                }
                state.filler = Filler::Begun;
            }),
            Filler::Begun => {
                let row = from.row(scene, rules, KEY, from.visible);
                self.add(Step::FillReads(row.rev), |state| {
                    state.filler = Filler::Read { row, at: from.visible };
                });
            }
            Filler::Read { row, at } if from.shards[KEY].admits(rules, at) => {
                self.add(Step::FillLands, |state| {
                    state.shards[KEY].entry = Some(row);
                    state.filler = Filler::Landed;
                })
            }
            Filler::Read { .. } if from.shards[KEY].entry.is_some() => {
                self.add(Step::FillLands, |state| state.filler = Filler::Landed);
            }
            Filler::Read { .. } => self.add(Step::FillRefused, |state| {
                let again = rules.on(Rule::FillingReadsAgain);
                state.filler = if again { Filler::Begun } else { Filler::Landed };
            }),
            Filler::Landed => self.add(Step::FillEnds, |state| {
                if state.shards[KEY].completeness == Completeness::Filling {
                    state.shards[KEY].completeness = Completeness::Complete;
                }
                state.filler = Filler::Idle;
            }),
        }
    }
}
