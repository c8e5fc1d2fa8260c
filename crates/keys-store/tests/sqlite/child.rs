//! A second process: this test program again, told by its arguments which part to play.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// What a child's lines begin with, to tell them from those of the test harness.
pub(crate) const WORD: &str = "child:";

/// Where a child finds its database.
pub(crate) const DATABASE: &str = "KEYS_STORE_TEST_DATABASE";

/// A process that plays a part until it is killed. Killed when dropped, whatever happens.
pub(crate) struct Part {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Part {
    /// Starts the ignored test of this name as a process of its own.
    pub(crate) fn play(test: &str, database: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(DATABASE, database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next thing the child says; `None` when it has ended.
    pub(crate) fn hear(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // A line that was cut off by the end of the process was not said. The harness leaves its own beginning
            // in front of the first.
            if let Some((_, said)) = line.strip_suffix('\n').and_then(|line| line.split_once(WORD)) {
                return Some(said.to_owned());
            }
        }
    }

    /// Kills the child at once and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the database of this part is; `None` when nobody has given this process a part.
pub(crate) fn database() -> Option<std::path::PathBuf> {
    std::env::var_os(DATABASE).map(Into::into)
}
