//! What the core's own steps cost: reading a pair, its tag, the two steps of a verification, a transition, and the digest that
//! nothing waits for.
//!
//! ```text
//! cargo bench -p keys-core --bench primitives
//! ```
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use std::hint::black_box;

use keys_bench::{Bench, Clock, Unit};
use keys_core::{
    Credential, FirstState, HashPolicy, Hasher, KeyRecord, Keyring, NewKey, OwnerRow, OwnerStanding, Pepper,
    Proof, Revision, SecretKey, StoredSecret, Timestamp, Transition, judge, prove,
};
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng as _;

const ROUNDS: usize = 21;

fn main() {
    let mut bench = Bench::from_args("The core's primitives");
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let keyring = Keyring::new(vec![Pepper::generate(&mut rng).unwrap()]).unwrap();
    let pairs: Vec<Credential> = (0..1_000).map(|_| Credential::generate(&mut rng).unwrap()).collect();
    let texts: Vec<String> = pairs.iter().map(|pair| pair.expose_joined().to_string()).collect();
    let mistyped: Vec<String> = pairs.iter().map(mistype).collect();
    let records: Vec<KeyRecord> = pairs.iter().map(|pair| record(pair, &keyring, &mut rng)).collect();
    let rows: Vec<_> = records.iter().map(KeyRecord::verification_row).collect();
    let owner = OwnerRow { standing: OwnerStanding::Active, administers: false, revision: Revision::new(1) };
    let (now, turns) = (now(), bench.pick(20, 1));
    let count = pairs.len();

    let mut cases = bench.cases(ROUNDS, Unit::Nanoseconds);
    cases.add("a pair read from its joined form", || {
        each(turns, count, |n| drop(black_box(Credential::parse_joined(&texts[n]).unwrap())))
    });
    cases.add("a mistyped secret key, refused by its checksum", || {
        each(turns, count, |n| {
            assert!(black_box(SecretKey::parse(&mistyped[n], &pairs[n].access_key())).is_err());
        })
    });
    cases.add("a pair made from a seeded source", || {
        each(turns, count, |_| drop(black_box(Credential::generate(&mut rng).unwrap())))
    });
    cases.add("a tag (HMAC-SHA-256)", || {
        each(turns, count, |n| {
            black_box(keyring.tag(&pairs[n]));
        })
    });
    cases.add("prove and judge: Active, right secret", || {
        each(turns, count, |n| {
            let Proof::Possession(possession) = prove(Some(&rows[n]), &pairs[n], &keyring) else { return };
            black_box(judge(Some(&rows[n]), Some(&owner), possession, now));
        })
    });
    cases.add("prove: unknown key", || {
        each(turns, count, |n| drop(black_box(prove(None, &pairs[n], &keyring))))
    });
    cases.add("a transition, the copy of the record included", || {
        each(turns, count, |n| {
            drop(black_box(records[n].clone().transition(Transition::Deactivate, now).unwrap()));
        })
    });
    let figures = cases.run();
    bench.columns(&["step", "processor time"]);
    figures.iter().for_each(|figure| bench.row(&[&figure.name, figure]));
    digest(&mut bench, &pairs[0], &keyring);
}

/// What a new key costs, and what a verification costs whose pepper is lost: milliseconds, on purpose.
fn digest(bench: &mut Bench, pair: &Credential, keyring: &Keyring) {
    let (mut hasher, mut rng) = (Hasher::new(), ChaCha12Rng::seed_from_u64(2));
    let mut cases = bench.cases(ROUNDS, Unit::Milliseconds);
    cases.add("a digest (argon2id, 19 MiB, t = 2) and a tag, for a new key", || {
        let clock = Clock::of_thread();
        black_box(StoredSecret::seal(pair, keyring, HashPolicy::STANDARD, &mut hasher, &mut rng).unwrap());
        clock.seconds()
    });
    let figures = cases.run();
    bench.row(&[&figures[0].name, &figures[0]]);
    let throughput = figures[0].map(Unit::PerSecond, |seconds| 1.0 / seconds);
    bench.line(format_args!(
        "\nSo one processor computes {throughput} digests: that many creates, whatever else is fast."
    ));
}

fn record(pair: &Credential, keyring: &Keyring, rng: &mut ChaCha12Rng) -> KeyRecord {
    let mut hasher = Hasher::new();
    let secret =
        StoredSecret::seal(pair, keyring, HashPolicy::DANGER_CHEAP_FOR_TESTS, &mut hasher, rng).unwrap();
    let new = NewKey {
        owner: "environment/1a5".parse().unwrap(),
        access_key: pair.access_key(),
        secret,
        first_state: FirstState::Active,
        name: None,
        description: None,
        creator: "account/1a1".parse().unwrap(),
        created: now(),
        expires_at: None,
    };
    new.into_record("1c7".parse().unwrap(), Revision::new(1))
}

/// The secret key with two errors of typing.
fn mistype(pair: &Credential) -> String {
    let mut characters: Vec<char> = pair.secret_key().expose().chars().collect();
    characters.swap(0, 1);
    characters[2] = if characters[2] == '0' { '1' } else { '0' };
    characters.into_iter().collect()
}

fn now() -> Timestamp {
    "2026-11-23T18:30:00Z".parse().unwrap()
}

/// Seconds of this thread for each call, over all of the inputs in turn.
fn each(turns: usize, count: usize, mut call: impl FnMut(usize)) -> f64 {
    let clock = Clock::of_thread();
    for _ in 0..turns {
        (0..count).for_each(&mut call);
    }
    clock.seconds() / (turns * count) as f64
}
