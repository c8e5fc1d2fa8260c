//! Drivers in Python: programs below `tests` that are told by their environment where a server is, and end with 0 or
//! with an assertion.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use keys_tests::{Key, TestServer};

/// The directory of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// A driver in a virtual environment of the workspace, told where the server is and nothing else of this machine but
/// where programs are.
pub(crate) fn driver(environment: &str, path: &str, server: &TestServer) -> Command {
    let workspace = workspace();
    let mut command = Command::new(workspace.join(environment).join("bin/python"));
    command
        .arg("-B")
        .arg(workspace.join("tests").join(path))
        .env_clear()
        .envs(env::var_os("PATH").map(|path| ("PATH", path)))
        .env("SERVER_URL", server.url());
    command
}

/// Gives a driver a pair, in the variables that begin with `who`.
pub(crate) fn give_pair(driver: &mut Command, who: &str, key: &Key) {
    driver.env(format!("{who}_ACCESS_KEY"), &key.access_key);
    driver.env(format!("{who}_SECRET_KEY"), &key.secret_key);
}

/// Runs a driver to its end; what it wrote is shown when it fails.
#[track_caller]
pub(crate) fn run(mut driver: Command, installed: &str) {
    let output = driver.output().unwrap_or_else(|error| panic!("{driver:?}: {error}; {installed}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{stdout}{stderr}", output.status);
}
