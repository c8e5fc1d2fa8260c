//! An authority whose index holds as many keys as a bench wants.

use std::num::NonZeroUsize;
use std::sync::Arc;

use keys_bench::{Clock, machine};
use keys_core::{Credential, EnvironmentId, HashPolicy, Keyring, Owner, Pepper, Timestamp, Verdict};
use keys_service::{Authority, AuthorityConfig};
use keys_store::conformance::sample;
use keys_store::{KeyStore as _, Write};
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng as _, SeedableRng as _};

use crate::endless::Endless;

/// The number of the environment that every installation begins with.
const FIRST: u64 = 5;

/// How often each key is presented.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spread {
    /// All alike.
    Uniform,
    /// The n-th an n-th as often as the first (Zipf's law): a few busy scripts and many that hardly ever come.
    Zipf,
}

/// See the module.
pub(crate) struct House {
    keys: u64,
    /// What the filled index added to the memory of the process.
    pub(crate) bytes: Option<u64>,
    /// How long filling took, the making of the keys included.
    pub(crate) seconds: f64,
    authority: Authority,
    keyring: Keyring,
    now: Timestamp,
}

impl House {
    /// So many keys, of so many environments in turn.
    pub(crate) fn with(keys: u64, environments: u64) -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(0);
        let keyring = Keyring::new(vec![Pepper::generate(&mut rng).unwrap()]).unwrap();
        let now = "2026-11-23T18:30:00Z".parse().unwrap();
        // Account and environments share a counter: the first environment is 1a5, the others come behind it.
        let owners = (0..environments).map(|n| Owner::Environment(EnvironmentId::new(FIRST + n).unwrap()));
        let store = Arc::new(Endless::new(keys, keyring.clone(), owners.collect()));
        let config = AuthorityConfig {
            keyring: keyring.clone(),
            policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
            hashers: NonZeroUsize::MIN,
            hash_queue: 1,
            index_capacity: None,
            accept_lost_pepper: false,
        };
        let authority =
            Authority::open(Arc::clone(&store) as _, config, "bench".parse().unwrap(), now, &mut rng)
                .unwrap();
        let new = |n| sample::change(Write::InsertEnvironment(sample::new_environment(n)));
        store.commit((1..environments).map(new).collect()).unwrap();
        let (before, clock) = (machine::resident(), Clock::of_wall());
        authority.fill_index().unwrap();
        let seconds = clock.seconds();
        let bytes = machine::resident().zip(before).map(|(after, before)| after.saturating_sub(before));
        assert_eq!(authority.indexed_keys() as u64, keys);
        Self { keys, bytes, seconds, authority, keyring, now }
    }

    /// How many keys there are.
    pub(crate) fn keys(&self) -> u64 {
        self.keys
    }

    /// Pairs of the house, as they are presented one after the other.
    pub(crate) fn presented(&self, count: usize, spread: Spread, seed: u64) -> Vec<Credential> {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        (0..count).map(|_| Endless::pair(self.any_key(spread, &mut rng))).collect()
    }

    fn any_key(&self, spread: Spread, rng: &mut ChaCha12Rng) -> u64 {
        match spread {
            Spread::Uniform => rng.next_u64() % self.keys + 1,
            Spread::Zipf => {
                // The density 1/x, by its inverse; the busy ones lie anywhere.
                let uniform = (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
                let rank = (self.keys as f64).powf(uniform) as u64;
                rank.wrapping_mul(0x9e37_79b9_7f4a_7c15) % self.keys + 1
            }
        }
    }

    /// Whether a pair is accepted.
    pub(crate) fn allows(&self, credential: &Credential) -> bool {
        matches!(self.authority.authenticate(credential, self.now).unwrap(), Verdict::Allow(_))
    }

    /// What no verification can do without.
    pub(crate) fn keyring(&self) -> &Keyring {
        &self.keyring
    }
}
