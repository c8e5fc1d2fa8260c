//! Where the binaries under test are.

use std::env;
use std::path::PathBuf;

/// The path of a binary of this workspace, built with the same profile as the running test.
///
/// # Panics
///
/// When it is not there: a test that cannot start what it tests must fail, not pass.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let test = env::current_exe().expect("the running test has a path");
    // …/target/<profile>/deps/it-0123456789abcdef stands one directory below the binaries.
    let profile =
        test.parent().and_then(|deps| deps.parent()).expect("the test runs in the target directory");
    let path = profile.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not built: run `cargo build --workspace` or `cargo test --workspace`",
        path.display()
    );
    path
}
