//! A bench: how large it is to be, and where its rows go.

use std::fmt::Display;
use std::io::{self, Write as _};

use crate::cases::Cases;
use crate::figure::Unit;
use crate::machine;

/// One bench: a heading, and tables under it.
#[derive(Debug)]
pub struct Bench {
    smoke: bool,
}

impl Bench {
    /// A bench as the command line asks for it: in full under `cargo bench`, as a smoke test under
    /// `cargo bench … -- --test` and under `cargo test --benches`. Prints the heading.
    #[must_use]
    pub fn from_args(name: &str) -> Self {
        let mut arguments = std::env::args();
        let full = arguments.any(|argument| argument == "--bench");
        let smoke = std::env::args().any(|argument| argument == "--test") || !full;
        Self::begin(name, smoke)
    }

    /// A bench that is only to show that it runs.
    #[must_use]
    pub fn smoke(name: &str) -> Self {
        Self::begin(name, true)
    }

    fn begin(name: &str, smoke: bool) -> Self {
        let bench = Self { smoke };
        bench.line(format_args!(
            "\n### {name}\n\n{}{}",
            machine::line(),
            if smoke { "; SMOKE TEST" } else { "" }
        ));
        bench
    }

    /// Whether it is only to show that it runs.
    #[must_use]
    pub const fn is_smoke(&self) -> bool {
        self.smoke
    }

    /// `full`, or `smoke` when it is only to show that it runs.
    #[must_use]
    pub fn pick<T>(&self, full: T, smoke: T) -> T {
        if self.smoke { smoke } else { full }
    }

    /// Cases that are taken in turn, so many rounds; in a smoke test, one.
    #[must_use]
    pub fn cases<'a>(&mut self, rounds: usize, unit: Unit) -> Cases<'a> {
        Cases::new(self.pick(rounds, 1), unit)
    }

    /// The heading of a table of these columns.
    pub fn columns(&self, columns: &[&str]) {
        self.line(format_args!("\n| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len())));
    }

    /// A row of it.
    pub fn row(&self, cells: &[&dyn Display]) {
        let cells: Vec<String> = cells.iter().map(ToString::to_string).collect();
        self.line(format_args!("| {} |", cells.join(" | ")));
    }

    /// A line of its own.
    pub fn line(&self, line: impl Display) {
        // Whoever no longer reads the figures does not need the rest of them either, but the bench goes on.
        let _ = writeln!(io::stdout().lock(), "{line}");
    }
}
