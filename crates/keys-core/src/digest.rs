//! Digests: the slow half of what is kept of a secret, for the day the peppers are lost.
//!
//! A digest is an argon2id hash (RFC 9106) in PHC string form, so it carries its own parameters. One costs about
//! 25 ms and 19 MiB, which is why no request may cause one for free: see [`prove`](crate::prove).

use alloc::boxed::Box;
use alloc::string::ToString as _;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand_core::TryCryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use crate::rng::{self, RngError};

/// The cost of a digest: how much memory, how many passes, how many lanes.
///
/// A policy is a value, not a constant, so that a test can be quick and a machine can be asked for more.
///
/// ```
/// use keys_core::HashPolicy;
///
/// assert!(HashPolicy::STANDARD.meets_floor());
/// assert!(!HashPolicy::DANGER_CHEAP_FOR_TESTS.meets_floor());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HashPolicy {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl HashPolicy {
    /// 19 MiB, 2 passes, 1 lane: what OWASP's Password Storage Cheat Sheet asks of argon2id.
    pub const STANDARD: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// 8 KiB, 1 pass: protects nothing and takes microseconds. A server refuses it.
    pub const DANGER_CHEAP_FOR_TESTS: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
    /// The most memory a policy or a stored digest may ask for, in KiB (256 MiB).
    pub const MAX_MEMORY_KIB: u32 = 262_144;
    /// The most passes.
    pub const MAX_PASSES: u32 = 16;
    /// The most lanes.
    pub const MAX_LANES: u32 = 8;

    /// A policy of `memory_kib` KiB, `passes` passes and `lanes` lanes; `None` outside the bounds above or below
    /// argon2's own (RFC 9106 §3.1: at least 8 KiB a lane).
    #[must_use]
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Option<Self> {
        let bounded = memory_kib <= Self::MAX_MEMORY_KIB
            && passes >= 1
            && passes <= Self::MAX_PASSES
            && lanes >= 1
            && lanes <= Self::MAX_LANES;
        if bounded && memory_kib / 8 >= lanes { Some(Self { memory_kib, passes, lanes }) } else { None }
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes.
    #[must_use]
    pub const fn lanes(self) -> u32 {
        self.lanes
    }

    /// Whether no cost is below [`STANDARD`](Self::STANDARD)'s. A server refuses a policy that does not.
    #[must_use]
    pub const fn meets_floor(self) -> bool {
        self.memory_kib >= Self::STANDARD.memory_kib && self.passes >= Self::STANDARD.passes
    }

    fn params(self) -> Option<Params> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(OUTPUT_LENGTH)).ok()
    }
}

impl Default for HashPolicy {
    fn default() -> Self {
        Self::STANDARD
    }
}

const OUTPUT_LENGTH: usize = 32;
const SALT_LENGTH: usize = 16;

/// An argon2id hash of a secret: a PHC string whose parameters were found to be within bounds.
///
/// `Display` and `FromStr` are its stable text form, for a store to keep. `Debug` shows nothing of it. `==` compares the
/// texts, for stores and tests; whether a secret belongs to a digest is for [`Hasher::verify`] to say.
///
/// ```
/// use keys_core::{Digest, HashPolicy, ParseDigestError};
///
/// let text = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$bzcuSB0mF2nlmx5ez89ANywuCd1xkSLpEOKAo4bsnjM";
/// let digest: Digest = text.parse()?;
/// assert_eq!(digest.policy(), HashPolicy::STANDARD);
/// assert!(!digest.is_obsolete(HashPolicy::STANDARD));
/// assert_eq!(digest.to_string(), text);
///
/// // A hostile row must not choose how much memory is used.
/// let greedy = text.replace("m=19456", "m=4194304");
/// assert_eq!(greedy.parse::<Digest>(), Err(ParseDigestError::Costs));
/// # Ok::<(), ParseDigestError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(Box<str>);

impl Digest {
    /// A digest of this policy that no secret has: to do the work of a comparison when there is nothing to compare
    /// with.
    pub(crate) fn decoy(policy: HashPolicy) -> Self {
        let HashPolicy { memory_kib, passes, lanes } = policy;
        let (salt, output) = ("A".repeat(22), "A".repeat(43));
        Self(alloc::format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${output}").into())
    }

    /// The PHC string, for a store to keep.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The costs this digest was made with.
    #[must_use]
    pub fn policy(&self) -> HashPolicy {
        // Checked when the digest was made or read, so the fallback is never taken.
        PhcParts::read(&self.0).map_or(HashPolicy::STANDARD, |parts| parts.policy)
    }

    /// Whether a policy asks for more than this digest has, so that it should be made anew when next possible.
    #[must_use]
    pub fn is_obsolete(&self, policy: HashPolicy) -> bool {
        let own = self.policy();
        own.memory_kib < policy.memory_kib || own.passes < policy.passes || own.lanes != policy.lanes
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Why a text is no [`Digest`]. Holds no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseDigestError {
    /// Not a PHC string of the parameters `m`, `t` and `p`, a salt of 8 to 48 bytes, and a hash.
    #[error("not a PHC string of m, t, p, salt and hash")]
    Malformed,
    /// Not argon2id of version 19.
    #[error("not argon2id of version 19")]
    Algorithm,
    /// The costs are outside the bounds of [`HashPolicy`]: a hostile row must not choose how much memory is used.
    #[error(
        "the costs are out of bounds: m at most 262144 and at least 8 for each lane, t from 1 to 16, p from 1 to 8"
    )]
    Costs,
    /// The hash has a length that is not used here.
    #[error("the hash of a digest has 32 bytes")]
    Length,
}

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, ParseDigestError> {
        PhcParts::read(text).map(|_| Self(text.into()))
    }
}

struct PhcParts {
    policy: HashPolicy,
    salt: Salt,
    output: Output,
}

impl PhcParts {
    fn read(text: &str) -> Result<Self, ParseDigestError> {
        let phc = PasswordHash::new(text).map_err(|_| ParseDigestError::Malformed)?;
        let (Some(salt), Some(output)) = (phc.salt, phc.hash) else {
            return Err(ParseDigestError::Malformed);
        };
        if phc.algorithm.as_str() != "argon2id" || phc.version != Some(19) {
            return Err(ParseDigestError::Algorithm);
        }
        let cost = |name| phc.params.get_decimal(name).ok_or(ParseDigestError::Malformed);
        let policy = HashPolicy::new(cost("m")?, cost("t")?, cost("p")?).ok_or(ParseDigestError::Costs)?;
        if phc.params.iter().count() != 3 {
            return Err(ParseDigestError::Malformed);
        }
        if output.len() != OUTPUT_LENGTH {
            return Err(ParseDigestError::Length);
        }
        Ok(Self { policy, salt, output })
    }
}

/// Why no digest could be made or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashError {
    /// The random source failed; nothing was made.
    #[error("no salt could be generated")]
    Rng(#[from] RngError),
    /// argon2 refused its input. Bounds are checked before, so this is a defect of ours.
    #[error("argon2 refused its input")]
    Argon2,
}

/// Makes and checks digests in memory it keeps: one for each thread that hashes.
///
/// Fresh memory for each digest costs half as much time again in page faults. It is wiped after every call: what
/// argon2 leaves in it could test guesses at a fraction of the digest's cost.
///
/// ```
/// use keys_core::{HashPolicy, Hasher};
///
/// let mut hasher = Hasher::new();
/// let digest = hasher.hash(HashPolicy::DANGER_CHEAP_FOR_TESTS, b"secret", &mut getrandom::SysRng)?;
/// assert!(hasher.verify(&digest, b"secret")?);
/// assert!(!hasher.verify(&digest, b"another")?);
/// # Ok::<(), keys_core::HashError>(())
/// ```
#[derive(Default)]
pub struct Hasher {
    memory: Vec<Block>,
}

impl Hasher {
    /// A hasher that has no memory yet; it takes what the first digest needs and keeps the most it needed.
    #[must_use]
    pub const fn new() -> Self {
        Self { memory: Vec::new() }
    }

    /// A new digest of `secret`, with a random salt.
    ///
    /// # Errors
    ///
    /// [`HashError::Rng`] when the source fails. [`HashError::Argon2`] is a defect.
    pub fn hash<R: TryCryptoRng + ?Sized>(
        &mut self,
        policy: HashPolicy,
        secret: &[u8],
        rng: &mut R,
    ) -> Result<Digest, HashError> {
        let mut salt = [0u8; SALT_LENGTH];
        rng::fill(rng, &mut salt)?;
        let salt = Salt::new(&salt).map_err(|_| HashError::Argon2)?;
        let output = self.run(policy, secret, &salt)?;
        let phc = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: policy
                .params()
                .and_then(|params| ParamsString::try_from(&params).ok())
                .ok_or(HashError::Argon2)?,
            salt: Some(salt),
            hash: Some(Output::new(&output).map_err(|_| HashError::Argon2)?),
        };
        Ok(Digest(phc.to_string().into()))
    }

    /// Whether `digest` is one of `secret`. The comparison takes constant time.
    ///
    /// # Errors
    ///
    /// [`HashError::Argon2`] is a defect; a wrong secret is `Ok(false)`.
    pub fn verify(&mut self, digest: &Digest, secret: &[u8]) -> Result<bool, HashError> {
        let parts = PhcParts::read(&digest.0).map_err(|_| HashError::Argon2)?;
        let output = self.run(parts.policy, secret, &parts.salt)?;
        Ok(output.ct_eq(parts.output.as_bytes()).into())
    }

    fn run(
        &mut self,
        policy: HashPolicy,
        secret: &[u8],
        salt: &Salt,
    ) -> Result<[u8; OUTPUT_LENGTH], HashError> {
        let params = policy.params().ok_or(HashError::Argon2)?;
        let blocks = params.block_count();
        if self.memory.len() < blocks {
            self.memory.resize(blocks, Block::new());
        }
        let memory = self.memory.get_mut(..blocks).ok_or(HashError::Argon2)?;
        let mut output = [0u8; OUTPUT_LENGTH];
        let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
            secret,
            salt,
            &mut output,
            &mut *memory,
        );
        memory.iter_mut().for_each(Block::zeroize);
        hashed.map(|()| output).map_err(|_| HashError::Argon2)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("blocks", &self.memory.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoy_is_a_digest_of_its_policy_that_nothing_matches() {
        let policy = HashPolicy::DANGER_CHEAP_FOR_TESTS;
        for policy in [policy, HashPolicy::STANDARD] {
            let decoy = Digest::decoy(policy);
            assert_eq!(decoy.as_str().parse(), Ok(decoy.clone()));
            assert_eq!(decoy.policy(), policy);
        }
        assert_eq!(Hasher::new().verify(&Digest::decoy(policy), b"secret"), Ok(false));
    }

    #[test]
    fn memory_is_wiped_after_each_call_and_kept_for_the_next() -> Result<(), HashError> {
        let mut hasher = Hasher::new();
        let digest = hasher.hash(HashPolicy::DANGER_CHEAP_FOR_TESTS, b"secret", &mut getrandom::SysRng)?;
        assert_eq!(hasher.memory.len(), 8);
        assert!(hasher.memory.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        assert!(hasher.verify(&digest, b"secret")?);
        assert!(hasher.memory.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        assert_eq!(hasher.memory.len(), 8);
        Ok(())
    }
}
