//! How long `keyctl --version` takes to its first byte, as a ratio to a program that does nothing.
//!
//! ```text
//! cargo bench -p keyctl --bench start
//! ```
//!
//! Each round begins every program in turn; the medians of the rounds are printed. `true` has ended when it is measured,
//! so that the ratio is what keyctl costs beyond what every process does.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot go on should stop, and prints its figures"
)]

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Instant;

const ROUNDS: usize = 201;

fn main() {
    let keyctl = env!("CARGO_BIN_EXE_keyctl");
    let cases: [(&str, &[&str]); 4] =
        [("true", &[]), (keyctl, &["--version"]), (keyctl, &["--help"]), (keyctl, &["man"])];
    let mut times = cases.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for ((program, arguments), times) in cases.iter().zip(&mut times) {
            times.push(first_byte(program, arguments));
        }
    }
    for times in &mut times {
        times.sort_by(f64::total_cmp);
    }
    let nothing = times[0][ROUNDS / 2];
    println!("{:>6}  {:>6}  {:>6}", "ms", "worst", "÷ true");
    for ((program, arguments), times) in cases.iter().zip(times) {
        let (median, worst) = (times[ROUNDS / 2], times[ROUNDS - 1]);
        let name = program.rsplit('/').next().unwrap_or_default();
        let ratio = median / nothing;
        println!("{:>6.2}  {:>6.2}  {ratio:>6.1}  {name} {}", median * 1e3, worst * 1e3, arguments.join(" "));
    }
}

/// Seconds until a program has said something, or has ended without.
fn first_byte(program: &str, arguments: &[&str]) -> f64 {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    let begin = Instant::now();
    let mut child = command.spawn().expect("it runs");
    let mut stdout = child.stdout.take().expect("it is ours");
    let read = stdout.read(&mut [0; 1]).expect("it can be read");
    let seconds = begin.elapsed().as_secs_f64();
    assert_eq!(read == 0, arguments.is_empty(), "it says something");
    // What is left is read, so that it ends by itself.
    std::io::copy(&mut stdout, &mut std::io::sink()).expect("it can be read");
    assert!(child.wait().expect("it ends").success());
    seconds
}
