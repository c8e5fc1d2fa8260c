//! Where the binaries under test are.

use std::env;
use std::path::{Path, PathBuf};

/// The path of a binary of this workspace, built with the same profile as the running test.
///
/// # Panics
///
/// When it is not there: a test that cannot start what it tests must fail, not pass.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    built(Path::new(name))
}

/// The path of an example of a crate of this workspace, which `cargo test --workspace` builds too.
///
/// # Panics
///
/// As [`binary`].
#[must_use]
pub fn example(name: &str) -> PathBuf {
    built(&Path::new("examples").join(name))
}

fn built(name: &Path) -> PathBuf {
    let test = env::current_exe().expect("the running test has a path");
    // …/target/<profile>/deps/it-0123456789abcdef stands one directory below the binaries.
    let profile =
        test.parent().and_then(|deps| deps.parent()).expect("the test runs in the target directory");
    let path = profile.join(format!("{}{}", name.display(), env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not built: run `cargo build --workspace` or `cargo test --workspace`",
        path.display()
    );
    path
}
