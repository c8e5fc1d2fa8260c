//! The binary as a process: what it takes, what it refuses, and with which exit code and words.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod config;
mod database;
mod exposure;
mod lifetime;
mod pepper;

use keys_tests::Finished;

/// That a server ended with this code and said all of this on stderr, and nothing on stdout.
#[track_caller]
fn assert_refused(finished: &Finished, code: i32, said: &[&str]) {
    assert_eq!(finished.code(), Some(code), "{}", finished.stderr);
    assert_eq!(finished.stdout, "");
    for words in said {
        assert!(finished.stderr.contains(words), "not said: {words}\n{}", finished.stderr);
    }
}
