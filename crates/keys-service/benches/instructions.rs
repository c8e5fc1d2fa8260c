//! How many instructions a verification takes, as ratios that must hold: the same on every machine, whatever else it does.
//!
//! ```text
//! cargo bench -p keys-service --bench instructions
//! ```
//!
//! The program runs itself under valgrind's callgrind, which counts inside of [`measured`] only. Where there is no valgrind it
//! says that it was not run. Callgrind knows nothing of caches, and nothing of a processor's own SHA instructions: the
//! tag is computed in software there, so it is a greater part of a verification than it is elsewhere.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

#[path = "authenticate/endless.rs"]
mod endless;
#[expect(dead_code, reason = "the other bench measures memory and Zipf's law as well")]
#[path = "authenticate/house.rs"]
mod house;

use std::env;
use std::hint::black_box;
use std::process::{self, Command};

use keys_bench::Bench;
use keys_core::Credential;
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng as _;

use self::house::{House, Spread};

const CALLS: usize = 500;
/// What the program is told when it is run under valgrind.
const CHILD: &str = "--one-case";

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == CHILD) {
        one_case(&arguments[place + 1], arguments[place + 2].parse().unwrap());
        return;
    }
    let bench = Bench::from_args("Instructions of a verification");
    if Command::new("valgrind").arg("--version").output().is_err() {
        bench.line("NOT RUN: there is no valgrind");
        return;
    }
    let (few, many) = bench.pick((1_000, 10_000), (300, 1_500));
    let [tag, hit, wrong, unknown] = ["tag", "hit", "wrong", "unknown"].map(|case| counted(case, few));
    let among_many = counted("hit", many);
    bench.columns(&["", "instructions each"]);
    bench.row(&[&"the tag alone", &format_args!("{tag:.0}")]);
    bench.row(&[&format_args!("Active key among {few}"), &format_args!("{hit:.0}")]);
    bench.row(&[&format_args!("Active key among {many}"), &format_args!("{among_many:.0}")]);
    bench.row(&[&"wrong secret", &format_args!("{wrong:.0}")]);
    bench.row(&[&"unknown key", &format_args!("{unknown:.0}")]);
    let held = [
        // A smoke test is not optimised, and the tag is.
        holds(&bench, "Active key ÷ the tag alone", hit / tag, bench.pick(1.25, 2.0)),
        holds(&bench, "among many ÷ among few", among_many / hit, 1.02),
        holds(&bench, "wrong secret ÷ unknown key", wrong / unknown, 1.05),
        holds(&bench, "unknown key ÷ wrong secret", unknown / wrong, 1.05),
    ];
    if held.contains(&false) {
        process::exit(1);
    }
}

/// Says whether a ratio is at most what it may be.
fn holds(bench: &Bench, what: &str, ratio: f64, most: f64) -> bool {
    let verdict = if ratio <= most { "holds" } else { "DOES NOT HOLD" };
    bench.line(format_args!("\n{what}: {ratio:.3}, at most {most}: {verdict}"));
    ratio <= most
}

/// Instructions of one call, as callgrind counts them.
fn counted(case: &str, keys: u64) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*measured*"])
        .arg(env::current_exe().unwrap())
        .args([CHILD, case, &keys.to_string()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let collected = said.lines().find_map(|line| line.split("Collected :").nth(1));
    collected.unwrap().trim().parse::<f64>().unwrap() / CALLS as f64
}

/// What runs under valgrind.
fn one_case(case: &str, keys: u64) {
    let house = House::with(keys, 100);
    let own = house.presented(CALLS, Spread::Uniform, 1);
    let mut rng = ChaCha12Rng::seed_from_u64(u64::MAX);
    let strangers: Vec<Credential> = (0..CALLS).map(|_| Credential::generate(&mut rng).unwrap()).collect();
    let wrong = |(own, other): (&Credential, &Credential)| {
        Credential::from((own.access_key(), other.clone().into_parts().1))
    };
    match case {
        "tag" => measured(&own, |pair| {
            black_box(house.keyring().tag(pair));
        }),
        "hit" => measured(&own, |pair| assert!(house.allows(pair))),
        "wrong" => {
            let wrong: Vec<Credential> = own.iter().zip(&strangers).map(wrong).collect();
            measured(&wrong, |pair| assert!(!house.allows(pair)));
        }
        _ => measured(&strangers, |pair| assert!(!house.allows(pair))),
    }
}

/// Only what happens in here is counted.
#[inline(never)]
fn measured(pairs: &[Credential], call: impl FnMut(&Credential)) {
    pairs.iter().for_each(call);
}
