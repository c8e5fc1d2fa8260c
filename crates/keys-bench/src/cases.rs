//! Cases of one bench, taken in turn.

use std::fmt;

use crate::figure::{Figure, Unit};

/// What is to be compared. Each round takes every case once, so that what else the machine does meanwhile falls on all
/// of them, and the ratio of two cases is that of the same minutes.
pub struct Cases<'a> {
    rounds: usize,
    unit: Unit,
    cases: Vec<(String, Box<dyn FnMut() -> f64 + 'a>)>,
}

impl<'a> Cases<'a> {
    pub(crate) const fn new(rounds: usize, unit: Unit) -> Self {
        Self { rounds, unit, cases: Vec::new() }
    }

    /// One more case: what it is, and what takes one sample of it, in the base unit.
    pub fn add(&mut self, name: impl Into<String>, sample: impl FnMut() -> f64 + 'a) {
        self.cases.push((name.into(), Box::new(sample)));
    }

    /// Takes all rounds; a figure for each case, in the order they were added.
    #[must_use]
    pub fn run(self) -> Vec<Figure> {
        let Self { rounds, unit, mut cases } = self;
        let mut samples: Vec<Vec<f64>> = cases.iter().map(|_| Vec::with_capacity(rounds)).collect();
        for _ in 0..rounds {
            for ((_, sample), samples) in cases.iter_mut().zip(&mut samples) {
                samples.push(sample());
            }
        }
        let names = cases.into_iter().map(|(name, _)| name);
        names.zip(samples).map(|(name, samples)| Figure::of(name, unit, samples)).collect()
    }
}

impl fmt::Debug for Cases<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.cases.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Cases").field("rounds", &self.rounds).field("cases", &names).finish_non_exhaustive()
    }
}
