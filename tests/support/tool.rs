//! `keyctl` as a process.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::binaries::binary;
use crate::dialect::Key;

/// `keyctl` with a way to reach an authority, and a home of its own.
#[derive(Debug, Clone)]
pub struct Keyctl {
    reach: Vec<String>,
    home: PathBuf,
    variables: Vec<(String, String)>,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Keyctl {
    /// Over HTTP.
    #[must_use]
    pub fn over_http(url: &str, home: &Path) -> Self {
        Self::reaching(["--url".to_owned(), url.to_owned()], home)
    }

    /// On a database.
    #[must_use]
    pub fn on_database(database: &Path, home: &Path) -> Self {
        Self::reaching(["--database".to_owned(), format!("sqlite:{}", database.display())], home)
    }

    /// Without any authority.
    #[must_use]
    pub fn alone(home: &Path) -> Self {
        Self { reach: Vec::new(), home: home.to_owned(), variables: Vec::new() }
    }

    fn reaching(reach: [String; 2], home: &Path) -> Self {
        Self { reach: reach.to_vec(), home: home.to_owned(), variables: Vec::new() }
    }

    /// The same, presenting this key where one is wanted.
    #[must_use]
    pub fn with_key(&self, key: &Key) -> Self {
        let pair = [("KEYCTL_ACCESS_KEY", &key.access_key), ("KEYCTL_SECRET_KEY", &key.secret_key)];
        let variables = pair.map(|(name, value)| (name.to_owned(), value.clone())).to_vec();
        Self { variables, ..self.clone() }
    }

    /// Runs it with these arguments, without a terminal.
    ///
    /// # Panics
    ///
    /// When it cannot be started or is ended by a signal.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        self.run_with_input(arguments, "")
    }

    /// The same, with this on its standard input.
    ///
    /// # Panics
    ///
    /// When it cannot be started or is ended by a signal.
    pub fn run_with_input<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        input: &str,
    ) -> Ran {
        let mut child = Command::new(binary("keyctl"))
            .args(&self.reach)
            .args(arguments)
            .env_clear()
            .current_dir(&self.home)
            .env("HOME", &self.home)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("keyctl can be started");
        // Whoever does not read it ends it early, which is no failure.
        let _ = child.stdin.take().expect("its input is ours").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("keyctl ends");
        Ran {
            code: output.status.code().expect("no signal ended it"),
            stdout: String::from_utf8(output.stdout).expect("keyctl writes UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("keyctl writes UTF-8"),
        }
    }

    /// Runs it with `-o json` and returns what it printed.
    ///
    /// # Panics
    ///
    /// When it fails.
    #[must_use]
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(arguments.iter().chain(&["-o", "json"]));
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
    }

    /// Creates a key with these arguments of `create`.
    ///
    /// # Panics
    ///
    /// When it fails.
    #[must_use]
    #[track_caller]
    pub fn create(&self, arguments: &[&str]) -> Key {
        let created = self.json(&[&["create"], arguments].concat());
        let text = |name: &str| created[name].as_str().expect("a text").to_owned();
        let id = text("id");
        Key {
            path: format!("/v1/apikeys/{id}"),
            id,
            access_key: text("accessKey"),
            secret_key: text("secretKey"),
        }
    }
}
