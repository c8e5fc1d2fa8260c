//! Running the binary with nothing around it but what a test gives it.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held while a process begins and while a test lets go of a database it had open itself: between its fork and its exec
/// a process holds every lock that the test held then, so the next to open that database would find it locked.
static BEGINNINGS: Mutex<()> = Mutex::new(());

/// As long as this is held, no process begins.
pub(crate) fn no_process_begins() -> MutexGuard<'static, ()> {
    BEGINNINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Checks all three at once.
    #[track_caller]
    pub(crate) fn is(&self, code: i32, stdout: &str, stderr: &str) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.as_str()), (code, stdout, stderr));
    }

    /// Checks that it failed with this code, said so in one line with these words, and printed nothing.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, words: &[&str]) {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        assert!(self.stderr.ends_with('\n') && self.stderr.starts_with("keyctl: "), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is missing in {self:?}");
        }
    }
}

/// A run to be made.
pub(crate) struct Keyctl {
    command: Command,
    stdin: Option<String>,
    stdin_of: Option<Stdio>,
    stdout: Option<Stdio>,
}

/// `keyctl` with these arguments, an empty environment, and no home.
pub(crate) fn keyctl<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Keyctl {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyctl"));
    command.args(arguments).env_clear();
    Keyctl { command, stdin: None, stdin_of: None, stdout: None }
}

impl Keyctl {
    #[must_use]
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    #[must_use]
    pub(crate) fn within(mut self, folder: &std::path::Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    #[must_use]
    pub(crate) fn stdin(self, text: &str) -> Self {
        Self { stdin: Some(text.to_owned()), ..self }
    }

    #[must_use]
    pub(crate) fn stdin_of(self, from: impl Into<Stdio>) -> Self {
        Self { stdin_of: Some(from.into()), ..self }
    }

    #[must_use]
    pub(crate) fn stdout(self, to: impl Into<Stdio>) -> Self {
        Self { stdout: Some(to.into()), ..self }
    }

    /// The program and its arguments.
    pub(crate) fn words(&self) -> impl Iterator<Item = &OsStr> {
        std::iter::once(self.command.get_program()).chain(self.command.get_args())
    }

    /// Its environment.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.command.get_envs().filter_map(|(name, value)| Some((name, value?)))
    }

    /// Begins it, and leaves it to itself: nothing is read of it, and nothing it writes is kept.
    pub(crate) fn start(mut self) -> Child {
        self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let _begins = no_process_begins();
        self.command.spawn().expect("keyctl runs")
    }

    pub(crate) fn run(mut self) -> Ran {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        self.command.stdin(self.stdin_of.unwrap_or_else(|| reader.into()));
        // Text of a test fits into a pipe, so nobody needs to read it yet.
        writer.write_all(self.stdin.unwrap_or_default().as_bytes()).expect("room in the pipe");
        drop(writer);
        let begins = no_process_begins();
        self.command.stdout(self.stdout.unwrap_or_else(Stdio::piped)).stderr(Stdio::piped());
        let child = self.command.spawn().expect("keyctl runs");
        drop(begins);
        let output = child.wait_with_output().expect("keyctl ends");
        Ran {
            code: output.status.code().expect("it was not killed"),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

/// Runs a line of arguments, split at blanks.
pub(crate) fn run(line: &str) -> Ran {
    keyctl(line.split_whitespace()).run()
}
