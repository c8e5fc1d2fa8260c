//! What is kept of a secret: peppers, tags, digests.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use super::pairs::credential;
use crate::{Credential, Digest, HashPolicy, Keyring, Pepper, PepperId, StoredSecret, Tag, Tagged};

/// Peppers.
pub fn pepper() -> impl Strategy<Value = Pepper> + Clone {
    any::<[u8; Pepper::LENGTH]>()
        .prop_filter_map("a pepper's text form", |bytes| {
            let mut text = String::from(Pepper::PREFIX);
            bytes.iter().try_for_each(|byte| write!(text, "{byte:02x}")).ok()?;
            text.parse().ok()
        })
        .boxed()
}

/// Keyrings of one to three peppers.
pub fn keyring() -> impl Strategy<Value = Keyring> + Clone {
    vec(pepper(), 1..=3).prop_filter_map("no pepper twice", |peppers| Keyring::new(peppers).ok()).boxed()
}

/// Ids of peppers, most of them of none that exists.
pub fn pepper_id() -> impl Strategy<Value = PepperId> + Clone {
    any::<u64>().prop_map(PepperId::from_number)
}

/// Tags that no pair has.
pub fn tag() -> impl Strategy<Value = Tag> + Clone {
    any::<[u8; Tag::LENGTH]>().prop_map(Tag::from_bytes).boxed()
}

/// Tags that no pair has, with the id of a pepper that does not exist.
pub fn tagged() -> impl Strategy<Value = Tagged> + Clone {
    (tag(), pepper_id()).prop_map(|(tag, pepper)| Tagged { tag, pepper })
}

/// Policies within the bounds, the least and the most of each cost among them.
pub fn hash_policy() -> impl Strategy<Value = HashPolicy> + Clone {
    let memory = prop_oneof![Just(64), 64..=HashPolicy::MAX_MEMORY_KIB, Just(HashPolicy::MAX_MEMORY_KIB)];
    let bounded = (memory, 1..=HashPolicy::MAX_PASSES, 1..=HashPolicy::MAX_LANES)
        .prop_filter_map("within the bounds", |(memory, passes, lanes)| {
            HashPolicy::new(memory, passes, lanes)
        });
    prop_oneof![bounded, Just(HashPolicy::STANDARD), Just(HashPolicy::DANGER_CHEAP_FOR_TESTS)].boxed()
}

/// Digests of every policy that no secret has. Nothing is hashed to make one; to check one may be slow.
pub fn digest() -> impl Strategy<Value = Digest> + Clone {
    (hash_policy(), any::<[u8; 16]>(), any::<[u8; 32]>())
        .prop_filter_map("a digest's text form", |(policy, salt, hash)| {
            let (m, t, p) = (policy.memory_kib(), policy.passes(), policy.lanes());
            alloc::format!("$argon2id$v=19$m={m},t={t},p={p}${}${}", base64(&salt), base64(&hash))
                .parse()
                .ok()
        })
        .boxed()
}

/// What could be kept of a secret, of no pair in particular: enough for a store, which never looks inside.
pub fn stored_secret() -> impl Strategy<Value = StoredSecret> + Clone {
    (digest(), tagged()).prop_map(|(digest, tagged)| StoredSecret { digest, tagged }).boxed()
}

/// A pair and what is really kept of it.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The peppers it was sealed with.
    pub keyring: Keyring,
    /// The pair.
    pub credential: Credential,
    /// What is kept of it, under the cheapest policy.
    pub secret: StoredSecret,
}

/// Pairs and what is really kept of them, under [`HashPolicy::DANGER_CHEAP_FOR_TESTS`].
pub fn sealed() -> impl Strategy<Value = Sealed> + Clone {
    (keyring(), credential(), any::<[u8; 16]>())
        .prop_filter_map("hashing does not fail", |(keyring, credential, salt)| {
            let policy = HashPolicy::DANGER_CHEAP_FOR_TESTS;
            let mut hasher = crate::Hasher::new();
            let secret =
                StoredSecret::seal(&credential, &keyring, policy, &mut hasher, &mut Repeating(salt)).ok()?;
            Some(Sealed { keyring, credential, secret })
        })
        .boxed()
}

/// A source that gives the same 16 bytes again and again, so that a failing case can be repeated.
struct Repeating([u8; 16]);

impl rand_core::TryRng for Repeating {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for (byte, salt) in bytes.iter_mut().zip(self.0.iter().cycle()) {
            *byte = *salt;
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Repeating {}

/// Base64 of the PHC format: the usual alphabet, no padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    bits.chunks(6)
        .map(|six| six.iter().fold(0, |value, bit| value << 1 | usize::from(*bit)) << (6 - six.len()))
        .filter_map(|value| ALPHABET.get(value).copied().map(char::from))
        .collect()
}
