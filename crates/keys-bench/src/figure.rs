//! A figure: what the rounds of one case came to.

use std::fmt;

/// What a sample counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds, shown as nanoseconds.
    Nanoseconds,
    /// Seconds, shown as microseconds.
    Microseconds,
    /// Seconds, shown as milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// So many in each second.
    PerSecond,
    /// One by another.
    Ratio,
}

impl Unit {
    /// What a sample is multiplied by, how many digits it is shown with, and what stands behind it.
    const fn shown(self) -> (f64, usize, &'static str) {
        match self {
            Self::Nanoseconds => (1e9, 0, " ns"),
            Self::Microseconds => (1e6, 2, " µs"),
            Self::Milliseconds => (1e3, 1, " ms"),
            Self::Seconds => (1.0, 2, " s"),
            Self::PerSecond => (1.0, 0, "/s"),
            Self::Ratio => (1.0, 2, ""),
        }
    }
}

/// The rounds of one case: smallest, middle, greatest.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// The smallest.
    pub min: f64,
    /// The one in the middle: the one to quote.
    pub median: f64,
    /// The greatest.
    pub max: f64,
    unit: Unit,
    rounds: Vec<f64>,
}

impl Figure {
    /// What these samples come to; one that is not a number could not be taken. Without any, nothing is a number.
    #[must_use]
    pub fn of(name: impl Into<String>, unit: Unit, rounds: Vec<f64>) -> Self {
        let mut sorted = rounds.clone();
        sorted.retain(|sample| !sample.is_nan());
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        let (min, median, max) = (at(0), at(sorted.len() / 2), at(sorted.len().saturating_sub(1)));
        Self { name: name.into(), min, median, max, unit, rounds }
    }

    /// How many times `other` this is, round by round: steadier than the ratio of two medians on a machine whose speed
    /// drifts.
    #[must_use]
    pub fn ratio_to(&self, other: &Self) -> Self {
        let rounds = self.rounds.iter().zip(&other.rounds).map(|(own, other)| own / other);
        Self::of(format!("{} ÷ {}", self.name, other.name), Unit::Ratio, rounds.collect())
    }

    /// The same, each round changed by a function.
    #[must_use]
    pub fn map(&self, unit: Unit, change: impl Fn(f64) -> f64) -> Self {
        Self::of(self.name.clone(), unit, self.rounds.iter().copied().map(change).collect())
    }

    /// The figure in the middle, as it is shown.
    #[must_use]
    pub fn middle(&self) -> String {
        let (factor, digits, unit) = self.unit.shown();
        format!("{:.digits$}{unit}", self.median * factor)
    }
}

/// The middle, and the smallest and greatest behind it: `559 ns (541–590)`.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (factor, digits, _) = self.unit.shown();
        write!(f, "{} ({:.digits$}–{:.digits$})", self.middle(), self.min * factor, self.max * factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(rounds: &[f64]) -> Figure {
        Figure::of("case", Unit::Nanoseconds, rounds.to_vec())
    }

    #[test]
    fn a_figure_shows_the_middle_and_the_ends_of_its_rounds() {
        assert_eq!(figure(&[3e-9, 1e-9, 9e-9, 2e-9, 4e-9]).to_string(), "3 ns (1–9)");
        assert_eq!(Figure::of("", Unit::Milliseconds, vec![0.0125]).to_string(), "12.5 ms (12.5–12.5)");
    }

    #[test]
    fn a_ratio_is_taken_round_by_round() {
        // The machine was half as fast in the second round, for both.
        let ratio = figure(&[6.0, 12.0, 7.0]).ratio_to(&figure(&[3.0, 6.0, 3.5]));
        assert_eq!(ratio.to_string(), "2.00 (2.00–2.00)");
    }

    #[test]
    fn a_round_that_could_not_be_taken_is_left_out() {
        let (one, other) = (figure(&[4e-9, f64::NAN, 6e-9]), figure(&[2e-9, 2e-9, 2e-9]));
        assert_eq!(one.to_string(), "6 ns (4–6)");
        assert_eq!(one.ratio_to(&other).to_string(), "3.00 (2.00–3.00)");
    }

    #[test]
    fn without_a_round_there_is_no_figure() {
        assert!(figure(&[]).median.is_nan());
    }
}
