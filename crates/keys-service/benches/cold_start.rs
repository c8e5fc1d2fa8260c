//! A start with a million keys in a SQLite file: how long until the first right answer, and until nothing needs the file any
//! more.
//!
//! ```text
//! cargo bench -p keys-service --bench cold_start
//! KEYS_BENCH_KEYS=100000 cargo bench -p keys-service --bench cold_start
//! ```
//!
//! The database is made once, below `target/tmp`. What is cold is the process; the file may be in the system's memory. The
//! pair that is asked for was issued last, so a filling that goes by number finds it last.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys_bench::{Bench, Clock, Unit};
use keys_core::{Credential, HashPolicy, Keyring, Pepper, Timestamp, Verdict};
use keys_service::{Authority, AuthorityConfig, Caller, Context, KeyRequest};
use keys_store::conformance::{many, sample};
use keys_store::{OpenMode, SqliteStore};
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng as _;

const ROUNDS: usize = 5;

fn main() {
    let mut bench = Bench::from_args("Cold start");
    let keys = std::env::var("KEYS_BENCH_KEYS").ok().and_then(|keys| keys.parse().ok());
    let keys = keys.unwrap_or_else(|| bench.pick(1_000_000, 5_000));
    let (path, credential) = database(keys);
    let mut times = Vec::new();
    let mut cases = bench.cases(ROUNDS, Unit::Milliseconds);
    cases.add("all of it", || {
        times.push(start(&path, &credential));
        times.last().unwrap()[0]
    });
    let _ = cases.run();
    bench.columns(&["from the opening of the file until", "time"]);
    for (place, name) in [
        "the store is open: header, schema and anchor checked",
        "the first right answer, read through while nothing is filled",
        "the index holds every key: nothing needs the file any more",
        "— and the processor time of that filling",
    ]
    .into_iter()
    .enumerate()
    {
        let rounds = times.iter().filter_map(|times| times.get(place).copied()).collect();
        bench.row(&[&name, &keys_bench::Figure::of(name, Unit::Milliseconds, rounds)]);
    }
    bench.line(format_args!("\n{keys} keys"));
}

/// Seconds from the opening: until the store is open, the first right answer, a full index.
fn start(path: &Path, credential: &Credential) -> [f64; 4] {
    let clock = Clock::of_wall();
    let store = SqliteStore::open(path, OpenMode::Own).unwrap();
    let open = clock.seconds();
    let authority = authority(store);
    let right = || matches!(authority.authenticate(credential, now()).unwrap(), Verdict::Allow(_));
    assert!(right());
    let first = clock.seconds();
    let filling = Clock::of_thread();
    authority.fill_index().unwrap();
    let (filling, full) = (filling.seconds(), clock.seconds());
    assert!(authority.index_is_complete() && right());
    [open, first, full, filling]
}

fn authority(store: SqliteStore) -> Authority {
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let config = AuthorityConfig {
        keyring: Keyring::new(vec![Pepper::generate(&mut rng).unwrap()]).unwrap(),
        policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
        hashers: NonZeroUsize::MIN,
        hash_queue: 1,
        index_capacity: None,
        accept_lost_pepper: false,
    };
    Authority::open(Arc::new(store), config, "bench".parse().unwrap(), now(), &mut rng).unwrap()
}

fn now() -> Timestamp {
    "2026-11-23T18:30:00Z".parse().unwrap()
}

/// Where the database is, and its last pair; made if it is not there.
fn database(keys: u64) -> (PathBuf, Credential) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-start-{keys}-keys"));
    let (path, pair) = (folder.join("keys.sqlite3"), folder.join("pair"));
    if !pair.exists() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let authority = authority(SqliteStore::open(&path, OpenMode::Own).unwrap());
        let owners: Vec<_> = (1..=100).map(|n| sample::owner(&**authority.store(), n)).collect();
        many::keys(&**authority.store(), &owners, keys - 1);
        let caller = authority.enter(Caller::of_database(), "1a5".parse().unwrap()).unwrap();
        let context =
            Context { caller, client_address: None, request_id: "bench".parse().unwrap(), now: now() };
        let mut rng = ChaCha12Rng::seed_from_u64(2);
        let issued = authority.issue_key(&context, KeyRequest::default(), &mut rng).unwrap();
        let credential = Credential::from((issued.record.parts().access_key, issued.secret_key));
        fs::write(&pair, credential.expose_joined().as_bytes()).unwrap();
    }
    let text = fs::read_to_string(&pair).unwrap();
    (path, Credential::parse_joined(&text).unwrap())
}
