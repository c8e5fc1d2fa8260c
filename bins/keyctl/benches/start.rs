//! How long `keyctl --version` takes to its first byte, as a ratio to a program that does nothing.
//!
//! ```text
//! cargo bench -p keyctl --bench start
//! ```
//!
//! `true` has ended when it is measured, so that the ratio is what keyctl costs beyond what every process does.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a bench that cannot go on should stop")]

use std::io::Read as _;
use std::process::{Command, Stdio};

use keys_bench::{Bench, Clock, Unit};

const ROUNDS: usize = 201;

fn main() {
    let mut bench = Bench::from_args("The start of keyctl");
    let keyctl = env!("CARGO_BIN_EXE_keyctl");
    let programs: [(&str, &str, &[&str]); 4] = [
        ("`true`", "true", &[]),
        ("`keyctl --version`", keyctl, &["--version"]),
        ("`keyctl --help`", keyctl, &["--help"]),
        ("`keyctl man`", keyctl, &["man"]),
    ];
    let mut cases = bench.cases(ROUNDS, Unit::Milliseconds);
    for (name, program, arguments) in programs {
        cases.add(name, move || first_byte(program, arguments));
    }
    let figures = cases.run();
    bench.columns(&["to the first byte of", "", "÷ `true`"]);
    for figure in &figures {
        bench.row(&[&figure.name, figure, &figure.ratio_to(&figures[0])]);
    }
}

/// Seconds until a program has said something, or has ended without.
fn first_byte(program: &str, arguments: &[&str]) -> f64 {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    let begin = Clock::of_wall();
    let mut child = command.spawn().expect("it runs");
    let mut stdout = child.stdout.take().expect("it is ours");
    let read = stdout.read(&mut [0; 1]).expect("it can be read");
    let seconds = begin.seconds();
    assert_eq!(read == 0, arguments.is_empty(), "it says something");
    // What is left is read, so that it ends by itself.
    std::io::copy(&mut stdout, &mut std::io::sink()).expect("it can be read");
    assert!(child.wait().expect("it ends").success());
    seconds
}
