//! What is to be done from time to time.

use keys_core::Timestamp;

use crate::authority::Authority;
use crate::error::StoreFailure;

/// How many sessions and devices one tick takes out at most: what is left then goes with the next.
const FORGOTTEN: usize = 1_000;

impl Authority {
    /// What is to be done from time to time: drops receipts and erases their secrets, and takes out sessions and devices,
    /// when they are past their time. Returns how many that were.
    ///
    /// Nothing rests on when it runs: a secret that is past its time is not given out either way, and a session that is
    /// lets nobody in.
    ///
    /// # Errors
    ///
    /// [`StoreFailure`]; what is left is done the next time.
    pub fn tick(&self, now: Timestamp) -> Result<usize, StoreFailure> {
        let swept = self.sweep_receipts(now)?;
        let forgotten = self.forget_ended_sessions(now, FORGOTTEN)?;
        Ok(swept.saturating_add(usize::try_from(forgotten).unwrap_or(usize::MAX)))
    }
}
