//! How far something long has come: a bar on the terminal of whoever waits for it, and nothing anywhere else.

use std::fmt;

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A bar on standard error, taken away when dropped. It shows numbers and nothing that others wrote.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar for so many things, if it is to be seen and standard error is a terminal that can take it away again.
    pub(crate) fn of(count: usize, seen: bool) -> Self {
        let target = if seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(u64::try_from(count).ok(), target);
        // The template is known to be good; without it the bar looks otherwise.
        Self(match ProgressStyle::with_template("[{wide_bar}] {human_pos} of {human_len}{pace}") {
            Ok(style) => bar.with_style(style.with_key("pace", pace).progress_chars("##-")),
            Err(_) => bar,
        })
    }

    /// So many are done.
    pub(crate) fn at(&self, done: usize) {
        self.0.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A number as people read it, in groups of three.
pub(crate) fn number(number: usize) -> HumanCount {
    HumanCount(u64::try_from(number).unwrap_or(u64::MAX))
}

/// How fast it goes and how long it takes yet, once that can be told.
fn pace(state: &ProgressState, to: &mut dyn fmt::Write) {
    if state.pos() > 0 {
        // A bar that cannot be written is none.
        let _ = write!(to, ", {:.0} a second, {:#} left", state.per_sec(), HumanDuration(state.eta()));
    }
}
