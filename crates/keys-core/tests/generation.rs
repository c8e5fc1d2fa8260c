//! What comes out of the generators, and what happens when the random source is no good.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper that panics fails its test")]

use std::thread;

use keys_core::{
    AccessKey, Credential, HashError, HashPolicy, Hasher, Keyring, Pepper, RngError, SecretKey, StoredSecret,
    Uuid,
};
use rand_chacha::ChaCha8Rng;
use rand_core::{SeedableRng as _, TryCryptoRng, TryRng};

const CROCKFORD: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// ---- a million pairs ------------------------------------------------------------------------------------------------

const PAIRS: usize = 1_000_000;
const WORKERS: u64 = 2;
/// The values of chi-square that chance passes once in a thousand times, for 31 and 61 degrees of freedom.
const LIMIT_OF_32: f64 = 61.098;
const LIMIT_OF_62: f64 = 100.888;

#[test]
fn a_million_pairs_have_no_duplicate_and_every_position_is_uniform() {
    let parts = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|seed| scope.spawn(move || generated(seed))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let mut access = Counts::<18, 32>::new(CROCKFORD);
    let mut secret = Counts::<34, 62>::new(BASE62);
    let (mut access_keys, mut secret_keys) = (Vec::new(), Vec::new());
    for (keys, secrets, access_counts, secret_counts) in parts {
        access_keys.extend(keys);
        secret_keys.extend(secrets);
        access.add(&access_counts);
        secret.add(&secret_counts);
    }
    assert_eq!(access_keys.len(), PAIRS);
    assert_no_duplicate(access_keys);
    assert_no_duplicate(secret_keys);
    for (position, chi_square) in access.chi_squares().enumerate() {
        assert!(chi_square < LIMIT_OF_32, "access key, position {position}: {chi_square}");
    }
    for (position, chi_square) in secret.chi_squares().enumerate() {
        assert!(chi_square < LIMIT_OF_62, "secret key, position {position}: {chi_square}");
    }
}

type Generated = (Vec<u128>, Vec<u128>, Counts<18, 32>, Counts<34, 62>);

/// One worker's share: the pairs as numbers, and how often each symbol stood at each position.
fn generated(seed: u64) -> Generated {
    let mut rng = split_mix(seed);
    let mut access = Counts::new(CROCKFORD);
    let mut secret = Counts::new(BASE62);
    let (mut access_keys, mut secret_keys) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS / WORKERS as usize {
        let credential = Credential::generate(&mut rng).unwrap();
        access_keys.push(access.count(&credential.access_key().as_bytes()[2..]));
        secret_keys.push(secret.count(&credential.secret_key().expose().as_bytes()[..34]));
    }
    (access_keys, secret_keys, access, secret)
}

fn assert_no_duplicate(mut numbers: Vec<u128>) {
    numbers.sort_unstable();
    assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]), "a duplicate");
}

/// How often each of `S` symbols stood at each of `P` positions.
struct Counts<const P: usize, const S: usize> {
    symbol_of: [u8; 256],
    counts: Box<[[u32; S]; P]>,
}

impl<const P: usize, const S: usize> Counts<P, S> {
    fn new(alphabet: &str) -> Self {
        assert_eq!(alphabet.len(), S);
        let mut symbol_of = [u8::MAX; 256];
        for (symbol, byte) in (0..).zip(alphabet.bytes()) {
            symbol_of[usize::from(byte)] = symbol;
        }
        Self { symbol_of, counts: Box::new([[0; S]; P]) }
    }

    /// Counts a text, and gives it as a number: exactly while it fits into 128 bits, else modulo 2^128, where two
    /// texts that differ meet with a chance of 2^-128 only.
    fn count(&mut self, text: &[u8]) -> u128 {
        assert_eq!(text.len(), P);
        let mut number = 0u128;
        for (position, byte) in text.iter().enumerate() {
            let symbol = self.symbol_of[usize::from(*byte)];
            self.counts[position][usize::from(symbol)] += 1;
            number = number.wrapping_mul(67).wrapping_add(u128::from(symbol));
        }
        number
    }

    fn add(&mut self, other: &Self) {
        for (own, others) in self.counts.iter_mut().zip(other.counts.iter()) {
            own.iter_mut().zip(others).for_each(|(own, other)| *own += other);
        }
    }

    fn chi_squares(&self) -> impl Iterator<Item = f64> {
        self.counts.iter().map(|counts| {
            let expected = f64::from(counts.iter().sum::<u32>()) / S as f64;
            counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum()
        })
    }
}

/// The test above must be able to fail: taking a byte's remainder without rejecting any favours the first eight symbols
/// by a quarter, and the measure finds it in a twentieth of the pairs.
#[test]
fn the_measure_finds_the_bias_of_a_plain_remainder() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut counts = Counts::<1, 62>::new(BASE62);
    for _ in 0..PAIRS / 20 {
        let mut byte = [0];
        rng.try_fill_bytes(&mut byte).unwrap();
        counts.count(&[BASE62.as_bytes()[usize::from(byte[0]) % 62]]);
    }
    assert!(counts.chi_squares().all(|chi_square| chi_square > 2.0 * LIMIT_OF_62));
}

// ---- sources that are no good ---------------------------------------------------------------------------------------

/// A source made of a function.
struct Source<F>(F);

#[derive(Debug, PartialEq)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

impl<F: FnMut(&mut [u8]) -> Result<(), Broken>> TryRng for Source<F> {
    type Error = Broken;

    fn try_next_u32(&mut self) -> Result<u32, Broken> {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Broken> {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Broken> {
        (self.0)(bytes)
    }
}

impl<F: FnMut(&mut [u8]) -> Result<(), Broken>> TryCryptoRng for Source<F> {}

/// Gives the numbers of SplitMix64 (Steele, Lea, Flood 2014): no secret is safe with it, but it is uniform and, unlike
/// ChaCha, quick without optimisation.
fn split_mix(seed: u64) -> impl TryCryptoRng {
    let mut state = seed;
    Source(move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(mixed ^ mixed >> 31).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    })
}

/// Gives good bytes for a number of calls, then fails, having scribbled into what it was to fill.
fn failing_after(mut calls: usize) -> impl TryCryptoRng {
    let mut good = ChaCha8Rng::seed_from_u64(7);
    Source(move |bytes: &mut [u8]| {
        if calls == 0 {
            bytes.fill(0xab);
            return Err(Broken);
        }
        calls -= 1;
        good.try_fill_bytes(bytes).unwrap();
        Ok(())
    })
}

/// Gives one byte for ever.
fn repeating(byte: u8) -> impl TryCryptoRng {
    Source(move |bytes: &mut [u8]| {
        bytes.fill(byte);
        Ok(())
    })
}

#[test]
fn a_failing_source_is_an_error_at_every_call() {
    let _: RngError = AccessKey::generate(&mut failing_after(0)).unwrap_err();
    let _: RngError = SecretKey::generate(&mut failing_after(0)).unwrap_err();
    let _: RngError = Pepper::generate(&mut failing_after(0)).unwrap_err();
    let _: RngError = Uuid::generate(&mut failing_after(0)).unwrap_err();
    // A pair takes two calls at least: the second may fail as well.
    let _: RngError = Credential::generate(&mut failing_after(0)).unwrap_err();
    let _: RngError = Credential::generate(&mut failing_after(1)).unwrap_err();
    assert!(Credential::generate(&mut failing_after(2)).is_ok());
}

#[test]
fn without_a_salt_nothing_is_sealed() {
    let policy = HashPolicy::DANGER_CHEAP_FOR_TESTS;
    let mut hasher = Hasher::new();
    let hashed = hasher.hash(policy, b"secret", &mut failing_after(0));
    assert!(matches!(hashed, Err(HashError::Rng(_))));

    let keyring = Keyring::new(vec![Pepper::generate(&mut getrandom::SysRng).unwrap()]).unwrap();
    let credential = Credential::generate(&mut getrandom::SysRng).unwrap();
    let sealed = StoredSecret::seal(&credential, &keyring, policy, &mut hasher, &mut failing_after(0));
    assert!(matches!(sealed, Err(HashError::Rng(_))));
}

#[test]
fn a_repeating_source_ends_in_an_error_or_in_one_pair() {
    for byte in 0..=u8::MAX {
        let pair = || Credential::generate(&mut repeating(byte)).map(|pair| pair.expose_joined().to_string());
        // 248 is the greatest multiple of 62 in a byte: from there on every byte is thrown away, and it must end.
        if byte < 248 {
            let symbol = char::from(BASE62.as_bytes()[usize::from(byte) % 62]).to_string();
            assert!(pair().unwrap().contains(&symbol.repeat(34)), "{byte}");
            assert_eq!(pair(), pair(), "{byte}");
        } else {
            assert!(pair().is_err(), "{byte}");
        }
    }
}

#[test]
fn bad_luck_is_borne_for_64_refills() {
    let unlucky = |refills: usize| {
        let mut calls = 0;
        let mut source = Source(move |bytes: &mut [u8]| {
            calls += 1;
            bytes.fill(if calls <= refills { u8::MAX } else { 0 });
            Ok(())
        });
        SecretKey::generate(&mut source).map(|_| ())
    };
    assert_eq!(unlucky(63), Ok(()));
    assert!(unlucky(64).is_err());
}

#[test]
fn one_good_byte_in_each_refill_is_enough() {
    let mut source = Source(|bytes: &mut [u8]| {
        bytes.fill(u8::MAX);
        bytes[5] = 61;
        Ok(())
    });
    let secret = SecretKey::generate(&mut source).unwrap();
    assert!(secret.expose().starts_with(&"z".repeat(34)));
}

#[test]
fn two_sources_of_one_seed_make_one_pair_and_two_calls_make_two() {
    let pair = |rng: &mut ChaCha8Rng| Credential::generate(rng).unwrap().expose_joined().to_string();
    let (mut one, mut other) = (ChaCha8Rng::seed_from_u64(3), ChaCha8Rng::seed_from_u64(3));
    let first = pair(&mut one);
    assert_eq!(first, pair(&mut other));
    assert_ne!(first, pair(&mut one));
}

#[test]
fn generated_uuids_are_of_version_4_and_derived_ones_of_version_8() {
    for _ in 0..1_000 {
        let random = Uuid::generate(&mut getrandom::SysRng).unwrap();
        let derived = Uuid::of_key(&AccessKey::generate(&mut getrandom::SysRng).unwrap());
        for (uuid, version) in [(random, "4"), (derived, "8")] {
            let groups: Vec<&str> = uuid.as_str().split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
            assert!(groups[2].starts_with(version), "{uuid}");
            assert!(groups[3].starts_with(['8', '9', 'a', 'b']), "{uuid}");
        }
    }
}
