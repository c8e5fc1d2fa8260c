//! What the door is given by whoever runs it: a clock and a source of randomness.

use std::fmt;

use keys_core::Timestamp;
use rand_core::{TryCryptoRng, TryRng};

/// Tells the time. Read once for each request; every decision of that request uses the one reading.
///
/// What it tells must never go back: a binary gives the later of its wall clock and the time of the last change it
/// has stored.
pub trait Clock: Send + Sync + 'static {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;
}

/// Gives unpredictable bytes: a binary gives those of the operating system, a test a seeded generator's.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes`.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] when the source fails; nothing may then be made of `bytes`.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The random source failed.
///
/// It carries no cause: nothing a caller does depends on it, and the source itself logs what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the random source failed")]
pub struct EntropyError;

/// An [`Entropy`] as the generator that the core's functions take.
pub(crate) struct EntropyRng<'a>(pub(crate) &'a dyn Entropy);

impl fmt::Debug for EntropyRng<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EntropyRng")
    }
}

impl TryRng for EntropyRng<'_> {
    type Error = EntropyError;

    fn try_next_u32(&mut self) -> Result<u32, EntropyError> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, EntropyError> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill(bytes)
    }
}

impl TryCryptoRng for EntropyRng<'_> {}
