//! Keys made over HTTP by a server as it is run, beside what bounds them: the digests, one for each key.
//!
//! ```text
//! cargo bench -p api-server --bench creates
//! ```
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench that cannot go on should stop")]

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use keys_bench::{Bench, Clock, Unit, machine};
use keys_core::{Credential, HashPolicy, Hasher, Keyring, Pepper, StoredSecret};
use keys_tests::{Client, TestServer};
use serde_json::json;

const ROUNDS: usize = 7;
/// More at once than wait for a hasher are told to come back.
const CONNECTIONS: [usize; 3] = [1, 2, 8];

fn main() {
    let mut bench = Bench::from_args("Creates over HTTP");
    let length = Duration::from_millis(bench.pick(2_000, 20));
    let server = TestServer::start();
    let client = server.client();
    let processors = thread::available_parallelism().map_or(1, usize::from);

    let mut cases = bench.cases(ROUNDS, Unit::PerSecond);
    for threads in [1, processors] {
        cases.add(format!("digests alone, {threads} threads"), move || together(threads, length, digests));
    }
    for connections in CONNECTIONS {
        let client = &client;
        cases.add(format!("creates over HTTP, {connections} at once"), move || {
            together(connections, length, || creates(client))
        });
    }
    let figures = cases.run();
    bench.columns(&["", "a second", "÷ digests on every processor"]);
    let fsync = machine::fsync(&std::env::temp_dir(), bench.pick(300, 3)).unwrap();
    bench.row(&[&"`fdatasync` of 4 KiB, in the same minutes", &fsync, &""]);
    for figure in &figures {
        bench.row(&[&figure.name, figure, &figure.ratio_to(&figures[1])]);
    }
}

/// How often all of so many threads do something in a second.
fn together<W: FnMut()>(threads: usize, length: Duration, work: impl Fn() -> W + Sync) -> f64 {
    let clock = Clock::of_wall();
    let count: u64 = thread::scope(|scope| {
        let one = || {
            let mut work = work();
            let mut count = 0;
            while clock.seconds() < length.as_secs_f64() {
                work();
                count += 1;
            }
            count
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    count as f64 / clock.seconds()
}

fn digests() -> impl FnMut() {
    let mut rng = getrandom::SysRng;
    let keyring = Keyring::new(vec![Pepper::generate(&mut rng).unwrap()]).unwrap();
    let pair = Credential::generate(&mut rng).unwrap();
    let mut hasher = Hasher::new();
    move || {
        let sealed = StoredSecret::seal(&pair, &keyring, HashPolicy::STANDARD, &mut hasher, &mut rng);
        black_box(sealed.unwrap());
    }
}

fn creates(client: &Client) -> impl FnMut() {
    let client = client.clone();
    move || {
        let _ = client.post("/v1/apikeys", &json!({"name": "bench"})).expect(201);
    }
}
