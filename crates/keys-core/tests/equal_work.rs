//! The six refusals of a well-formed pair take the same work, so that time tells a stranger nothing of a key.
//!
//! Counted in a release build: 10,886 to 10,921 instructions.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

use std::process::Command;

use keys_core::DenyReason;

/// How many instructions a run of the example `refusals` takes.
fn instructions(reason: &str, times: u32) -> u64 {
    let test = std::env::current_exe().unwrap();
    // The examples lie beside the folder of the tests; `cargo test` builds them unless it is told one test only.
    let example = test.ancestors().nth(2).unwrap().join("examples/refusals");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(example)
        .args([reason, &times.to_string()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let count = said.split("Collected : ").nth(1).and_then(|rest| rest.split_whitespace().next());
    count.unwrap().parse().unwrap()
}

#[test]
#[ignore = "needs valgrind"]
fn the_six_refusals_differ_by_less_than_a_hundredth() {
    let counts: Vec<(DenyReason, u64)> = DenyReason::ALL
        .into_iter()
        .map(|reason| {
            let (few, many) = (instructions(reason.as_str(), 100), instructions(reason.as_str(), 1_100));
            (reason, (many - few) / 1_000)
        })
        .collect();
    let least = counts.iter().map(|(_, count)| *count).min().unwrap();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap();
    assert!(least > 0 && (most - least) * 100 < least, "{counts:?}");
}
