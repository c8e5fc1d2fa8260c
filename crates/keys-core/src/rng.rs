//! Randomness is an argument: every generator takes `rng` and can say that it failed.
//!
//! Nothing here owns a source. A binary passes the kernel's generator; a test passes a seeded one.

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

/// The random source failed, so nothing was made.
///
/// The cause stays with the source: its error type belongs to the caller, who logs it.
///
/// ```
/// use core::convert::Infallible;
/// use keys_core::{RngError, SecretKey};
///
/// /// A source that is stuck never fails and never gives anything new.
/// struct Stuck;
///
/// impl rand_core::TryRng for Stuck {
///     type Error = Infallible;
///     fn try_next_u32(&mut self) -> Result<u32, Infallible> { Ok(u32::MAX) }
///     fn try_next_u64(&mut self) -> Result<u64, Infallible> { Ok(u64::MAX) }
///     fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> { bytes.fill(255); Ok(()) }
/// }
/// impl rand_core::TryCryptoRng for Stuck {}
///
/// let made: Result<_, RngError> = SecretKey::generate(&mut Stuck);
/// assert!(made.is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the random source failed; nothing was generated")]
#[non_exhaustive]
pub struct RngError;

/// Fills `bytes`, or says that the source failed.
///
/// # Errors
///
/// [`RngError`] when the source fails; `bytes` may then be partly written and must not be used.
pub(crate) fn fill<R: TryCryptoRng + ?Sized>(rng: &mut R, bytes: &mut [u8]) -> Result<(), RngError> {
    rng.try_fill_bytes(bytes).map_err(|_| RngError)
}

/// Fills `symbols` with uniform members of `alphabet` (at most 256 long) by rejection sampling: a random byte
/// past the largest multiple of the alphabet's length is thrown away, so no symbol is more likely than another.
pub(crate) fn fill_symbols<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    alphabet: &[u8],
    symbols: &mut [u8],
) -> Result<(), RngError> {
    // A source stuck on rejected bytes must end in an error, not in a loop: the chance that an honest one needs
    // more than 64 refills is below 2^-128 for every alphabet used here.
    const REFILLS: usize = 64;
    let limit = 256 - (256 % alphabet.len());
    let mut missing = symbols.iter_mut();
    let mut next = missing.next();
    let mut pool = Zeroizing::new([0u8; 64]);
    for _ in 0..REFILLS {
        if next.is_none() {
            break;
        }
        fill(rng, pool.as_mut_slice())?;
        for byte in pool.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit) {
            let Some(slot) = next.take() else { break };
            *slot = alphabet.get(byte % alphabet.len()).copied().ok_or(RngError)?;
            next = missing.next();
        }
    }
    if next.is_none() { Ok(()) } else { Err(RngError) }
}
