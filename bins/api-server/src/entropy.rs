//! Randomness from the operating system.

use keys_http::{Entropy, EntropyError};

/// The kernel's generator, asked anew each time: nothing is kept that a fork or a snapshot could repeat.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|error| {
            tracing::error!(%error, "the operating system gives no random bytes");
            EntropyError
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fills_every_byte() {
        // 2^-256 that a byte stays 0 in all rounds is small enough.
        let mut seen = [0u8; 64];
        for _ in 0..32 {
            let mut bytes = [0u8; 64];
            OsEntropy.fill(&mut bytes).unwrap();
            seen.iter_mut().zip(bytes).for_each(|(seen, byte)| *seen |= byte);
        }
        assert!(seen.iter().all(|byte| *byte != 0));
    }
}
