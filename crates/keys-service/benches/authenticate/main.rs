//! How long a verification takes in process, by how many keys there are, which are presented, and how many threads
//! ask; and what a key costs in memory.
//!
//! ```text
//! cargo bench -p keys-service --bench authenticate
//! KEYS_BENCH_MOST=10000000 cargo bench -p keys-service --bench authenticate      2 GB of memory, a minute more
//! ```
//!
//! Every pair is presented from a list, so making and parsing pairs is not in the figures. One thread is measured
//! by the time that it had a processor, so other load is not in it; a verification waits for nothing, so on a machine of
//! its own that is the time on the wall as well. Two are measured by the clock on the wall, in bursts short enough that
//! some go undisturbed: only those count.
#![expect(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a bench that cannot go on should stop"
)]

mod endless;
mod house;

use std::hint::{self, black_box};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use keys_bench::{Bench, Clock, Figure, Unit};
use keys_core::Credential;
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng as _;

use self::house::{House, Spread};

const ROUNDS: usize = 15;

fn main() {
    let mut bench = Bench::from_args("Verification in process");
    let calls = bench.pick(100_000, 1_000);
    let houses = houses(&bench);
    one_thread(&mut bench, &houses, calls);
    two_threads(&mut bench, &houses, calls);
}

/// Houses of every size, each of a hundred environments; the memory of each is told.
fn houses(bench: &Bench) -> Vec<House> {
    let most = std::env::var("KEYS_BENCH_MOST").ok().and_then(|most| most.parse().ok());
    let most = most.unwrap_or_else(|| bench.pick(1_000_000, 10_000));
    let sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000].into_iter().filter(|size| *size <= most);
    bench.columns(&["keys", "memory, each key", "filled in (the making of the keys included)"]);
    let house = |size| {
        let house = House::with(size, 100);
        let each = house.bytes.map_or(f64::NAN, |bytes| bytes as f64 / size as f64);
        bench.row(&[&size, &format_args!("{each:.0} B"), &format_args!("{:.2} s", house.seconds)]);
        house
    };
    sizes.map(house).collect()
}

/// What is presented to a house.
struct Lists {
    uniform: Vec<Credential>,
    zipf: Vec<Credential>,
    wrong: Vec<Credential>,
    unknown: Vec<Credential>,
}

impl Lists {
    fn of(house: &House, calls: usize) -> Self {
        let uniform = house.presented(calls, Spread::Uniform, 1);
        // The pairs of the house have their numbers for seeds.
        let mut rng = ChaCha12Rng::seed_from_u64(u64::MAX);
        let mut stranger = || Credential::generate(&mut rng).unwrap();
        let wrong =
            |own: &Credential, other: Credential| Credential::from((own.access_key(), other.into_parts().1));
        Self {
            zipf: house.presented(calls, Spread::Zipf, 3),
            wrong: uniform.iter().map(|own| wrong(own, stranger())).collect(),
            unknown: (0..calls).map(|_| stranger()).collect(),
            uniform,
        }
    }
}

fn one_thread(bench: &mut Bench, houses: &[House], calls: usize) {
    let lists: Vec<Lists> = houses.iter().map(|house| Lists::of(house, calls)).collect();
    let mut cases = bench.cases(ROUNDS, Unit::Nanoseconds);
    for (house, lists) in houses.iter().zip(&lists) {
        let keyring = house.keyring();
        cases.add("the tag alone", || {
            each(&lists.uniform, |pair| {
                black_box(keyring.tag(pair));
            })
        });
        cases.add("Active key, uniform", || each(&lists.uniform, |pair| assert!(house.allows(pair))));
        cases.add("Active key, Zipf", || each(&lists.zipf, |pair| assert!(house.allows(pair))));
        cases.add("wrong secret", || each(&lists.wrong, |pair| assert!(!house.allows(pair))));
        cases.add("unknown key", || each(&lists.unknown, |pair| assert!(!house.allows(pair))));
    }
    let figures = cases.run();
    bench.columns(&["keys", "one thread", "processor time each", "÷ the tag alone"]);
    for (house, figures) in houses.iter().zip(figures.chunks(5)) {
        for figure in figures {
            bench.row(&[&house.keys(), &figure.name, figure, &figure.ratio_to(&figures[0]).middle()]);
        }
    }
}

/// Seconds of this thread for each call, once the first fifth of the calls has warmed what can be warm.
fn each(pairs: &[Credential], mut call: impl FnMut(&Credential)) -> f64 {
    let (first, rest) = pairs.split_at(pairs.len() / 5);
    first.iter().for_each(&mut call);
    let clock = Clock::of_thread();
    rest.iter().for_each(&mut call);
    clock.seconds() / rest.len() as f64
}

/// What two threads get done beside each other. The tag alone shares nothing between them, so it says what the machine
/// itself has to give.
fn two_threads(bench: &mut Bench, houses: &[House], calls: usize) {
    let largest = houses.last().unwrap();
    let of_one_environment = [1_000, largest.keys()].map(|keys| House::with(keys, 1));
    let named = |environments: &'static str| {
        move |house| (house, format!("{} keys, {environments}", House::keys(house)))
    };
    let all: Vec<(&House, String)> = houses
        .iter()
        .map(named("100 environments"))
        .chain(of_one_environment.iter().map(named("1 environment")))
        .collect();
    let lists: Vec<[Vec<Credential>; 2]> = all
        .iter()
        .map(|(house, _)| [4, 5].map(|seed| house.presented(calls, Spread::Uniform, seed)))
        .collect();
    let mut cases = bench.cases(ROUNDS, Unit::PerSecond);
    let tag = |pair: &Credential| {
        black_box(largest.keyring().tag(pair));
    };
    cases.add("one", || throughput(&lists[0][..1], tag));
    cases.add("two", || throughput(&lists[0], tag));
    for ((house, _), lists) in all.iter().zip(&lists) {
        let verify = |pair: &Credential| assert!(house.allows(pair));
        cases.add("one", move || throughput(&lists[..1], verify));
        cases.add("two", move || throughput(lists, verify));
    }
    let figures = cases.run();
    let names = std::iter::once("the tag alone").chain(all.iter().map(|(_, name)| name.as_str()));
    bench.columns(&["", "one thread", "two threads", "two ÷ one"]);
    for (name, pair) in names.zip(figures.chunks(2)) {
        let [one, two]: &[Figure; 2] = pair.try_into().unwrap();
        bench.row(&[&name, one, two, &two.ratio_to(one)]);
    }
}

/// How many calls a burst has: a millisecond or two, so that it often goes through undisturbed even on a busy machine.
const BURST: usize = 5_000;

/// Calls in a second, a thread for each list, all at once: of the bursts that went undisturbed, the median.
fn throughput(lists: &[Vec<Credential>], call: impl Fn(&Credential) + Sync) -> f64 {
    let mut undisturbed = Vec::new();
    for _ in 0..TRIES {
        undisturbed.extend((0..lists[0].len()).step_by(BURST).filter_map(|from| {
            let slices: Vec<&[Credential]> =
                lists.iter().map(|list| &list[from..list.len().min(from + BURST)]).collect();
            burst(&slices, &call)
        }));
        if !undisturbed.is_empty() {
            break;
        }
    }
    Figure::of("", Unit::PerSecond, undisturbed).median
}

/// How often all bursts are tried when not one went undisturbed.
const TRIES: usize = 5;

/// Calls in a second, a thread for each slice; `None` if one of them lost its processor meanwhile, or they did not run
/// at the same time.
fn burst(slices: &[&[Credential]], call: &(impl Fn(&Credential) + Sync)) -> Option<f64> {
    let ready = AtomicUsize::new(0);
    let origin = Clock::of_wall();
    let run = |slice: &[Credential]| {
        let (first, rest) = slice.split_at(slice.len() / 5);
        first.iter().for_each(call);
        ready.fetch_add(1, Ordering::SeqCst);
        while ready.load(Ordering::SeqCst) < slices.len() {
            hint::spin_loop();
        }
        let (thread, begin) = (Clock::of_thread(), origin.seconds());
        rest.iter().for_each(call);
        let (end, thread) = (origin.seconds(), thread.seconds());
        let undisturbed = end - begin < thread * 1.02;
        undisturbed.then(|| (begin, end, rest.len() as f64 / (end - begin)))
    };
    let runs: Option<Vec<_>> = thread::scope(|scope| {
        let threads: Vec<_> = slices.iter().map(|slice| scope.spawn(|| run(slice))).collect();
        // All are waited for, whatever became of the first.
        let ends: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        ends.into_iter().collect()
    });
    let runs = runs?;
    let together = |other: &(f64, f64, f64)| (runs[0].0 - other.0).abs() < (other.1 - other.0) / 20.0;
    runs.iter().all(together).then(|| runs.iter().map(|(_, _, calls)| calls).sum())
}
