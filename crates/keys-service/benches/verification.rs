//! How long a verification takes in process, as a ratio to the one tag (HMAC-SHA-256) that it cannot do without.
//!
//! ```text
//! cargo bench -p keys-service --bench verification
//! KEYS_BENCH_KEYS=1000000 cargo bench -p keys-service --bench verification
//! ```
//!
//! Each round measures every case in turn over the same keys in random order, so that what else the machine does
//! falls on all of them; the medians of the rounds are printed. Wall-clock figures move with the machine, ratios
//! hardly.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench that cannot go on should stop, and prints its figures"
)]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use keys_core::{Credential, HashPolicy, Keyring, Pepper, Timestamp, Verdict};
use keys_service::{Authority, AuthorityConfig, Caller, Context, KeyRequest};
use keys_store::MemoryStore;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng as _, SeedableRng as _};

const ROUNDS: usize = 9;
const CALLS: usize = 100_000;

fn main() {
    let count = std::env::var("KEYS_BENCH_KEYS").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let keyring = Keyring::new(vec![Pepper::generate(&mut rng).unwrap()]).unwrap();
    let house = House::with(count, keyring.clone(), &mut rng);
    let strangers: Vec<Credential> = (0..CALLS).map(|_| Credential::generate(&mut rng).unwrap()).collect();
    let presented: Vec<&Credential> = (0..CALLS).map(|_| house.any_key(&mut rng)).collect();
    let wrong: Vec<Credential> = presented.iter().map(|own| with_another_secret(own, &mut rng)).collect();

    let mut cases: [(&str, Vec<f64>); 4] =
        ["tag alone", "Active key", "wrong secret", "unknown key"].map(|name| (name, Vec::new()));
    for _ in 0..ROUNDS {
        let times = [
            time(&presented, |credential| {
                black_box(keyring.tag(credential));
            }),
            time(&presented, |credential| assert!(house.allows(credential))),
            time(&wrong.iter().collect::<Vec<_>>(), |credential| assert!(!house.allows(credential))),
            time(&strangers.iter().collect::<Vec<_>>(), |credential| assert!(!house.allows(credential))),
        ];
        for ((_, rounds), nanoseconds) in cases.iter_mut().zip(times) {
            rounds.push(nanoseconds);
        }
    }
    print(count, &mut cases);
}

/// An authority whose index holds `count` keys.
struct House {
    authority: Authority,
    keys: Vec<Credential>,
    now: Timestamp,
}

impl House {
    fn with(count: usize, keyring: Keyring, rng: &mut ChaCha12Rng) -> Self {
        let config = AuthorityConfig {
            keyring,
            policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
            hashers: NonZeroUsize::MIN,
            hash_queue: 1,
            index_capacity: None,
            accept_lost_pepper: false,
        };
        let now = "2026-11-23T18:30:00Z".parse().unwrap();
        let request_id: keys_core::RequestId = "bench".parse().unwrap();
        let authority =
            Authority::open(Arc::new(MemoryStore::new()), config, request_id.clone(), now, rng).unwrap();
        authority.fill_index().unwrap();
        let caller = authority.enter(Caller::of_database(), "1a5".parse().unwrap()).unwrap();
        let context = Context { caller, client_address: None, request_id, now };
        let issue = |_| {
            let issued = authority.issue_key(&context, KeyRequest::default(), rng).unwrap();
            Credential::from((issued.record.parts().access_key, issued.secret_key))
        };
        let keys: Vec<Credential> = (0..count).map(issue).collect();
        Self { authority, keys, now }
    }

    fn any_key(&self, rng: &mut ChaCha12Rng) -> &Credential {
        &self.keys[usize::try_from(rng.next_u64() % self.keys.len() as u64).unwrap()]
    }

    fn allows(&self, credential: &Credential) -> bool {
        let verdict =
            self.authority.authenticate_indexed(credential, self.now).expect("the index is complete");
        matches!(verdict, Verdict::Allow(_))
    }
}

fn with_another_secret(own: &Credential, rng: &mut ChaCha12Rng) -> Credential {
    let (_, secret_key) = Credential::generate(rng).unwrap().into_parts();
    Credential::from((own.access_key(), secret_key))
}

/// Nanoseconds for each call.
fn time(credentials: &[&Credential], mut call: impl FnMut(&Credential)) -> f64 {
    let begin = Instant::now();
    credentials.iter().for_each(|credential| call(credential));
    begin.elapsed().as_nanos() as f64 / credentials.len() as f64
}

fn print(count: usize, cases: &mut [(&str, Vec<f64>)]) {
    println!("{count} keys, {CALLS} calls a round, {ROUNDS} rounds, medians");
    println!("| case | ns | ÷ tag alone |\n|---|---|---|");
    let mut baseline = None;
    for (name, rounds) in cases {
        rounds.sort_by(f64::total_cmp);
        let median = rounds[ROUNDS / 2];
        let baseline = *baseline.get_or_insert(median);
        println!("| {name} | {median:.0} | {:.2} |", median / baseline);
    }
}
