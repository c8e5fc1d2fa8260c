//! `api-server` as a process.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use std::{env, thread};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::binaries::binary;
use crate::client::Client;

/// How long a server may take to start or to stop: long enough for a busy machine, so that only a hang fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// How to start a server.
#[derive(Debug)]
#[must_use = "a launch does nothing until it is started"]
pub struct Launch {
    command: Command,
}

impl Launch {
    /// A server on this data directory and a free port of the loopback interface.
    pub fn in_dir(data_dir: &Path) -> Self {
        Self::bare().args(["--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir)
    }

    /// A server without any flag.
    pub fn bare() -> Self {
        let mut command = Command::new(binary("api-server"));
        // What configures the developer's own server must not configure the tested one.
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("APIKEYS_") {
                command.env_remove(name);
            }
        }
        Self { command }
    }

    /// Adds a flag.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds flags.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable of the environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets the working directory.
    pub fn current_dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Starts the server and waits until it says where it listens.
    ///
    /// # Panics
    ///
    /// When it ends instead, with what it wrote to stderr.
    #[must_use]
    pub fn start(self) -> TestServer {
        let process = Process::spawn(self.command);
        let line = match process.stdout.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(reason) => panic!("no ready line ({reason}): {:?}", process.finish()),
        };
        let address = address_of(&line).unwrap_or_else(|| panic!("the ready line names no address: {line}"));
        TestServer { process, address, ready_line: line, _own_dir: None }
    }

    /// Runs a server that is expected to end by itself, and waits for that.
    ///
    /// # Panics
    ///
    /// When it does not.
    #[must_use]
    pub fn run(self) -> Finished {
        Process::spawn(self.command).finish()
    }
}

/// The address in `api-server listens on http://ADDRESS/v1 - next: …`, or `https://`.
fn address_of(ready_line: &str) -> Option<SocketAddr> {
    let url = ready_line.split(' ').nth(3)?;
    let address = url.strip_prefix("http://").or(url.strip_prefix("https://"))?;
    address.strip_suffix("/v1")?.parse().ok()
}

/// A server that listens. Dropped, it is killed, as is right for what a test leaves behind.
#[derive(Debug)]
pub struct TestServer {
    process: Process,
    address: SocketAddr,
    ready_line: String,
    _own_dir: Option<TempDir>,
}

impl TestServer {
    /// A server on a fresh data directory, which goes with it.
    ///
    /// # Panics
    ///
    /// When no directory can be made.
    #[must_use]
    pub fn start() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut server = Self::start_in(dir.path());
        server._own_dir = Some(dir);
        server
    }

    /// A server on this data directory, made if it is not there.
    #[must_use]
    pub fn start_in(data_dir: &Path) -> Self {
        Launch::in_dir(data_dir).start()
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its root, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client without credentials.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// The line it printed when it was ready.
    #[must_use]
    pub fn ready_line(&self) -> &str {
        &self.ready_line
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> Pid {
        self.process.pid()
    }

    /// Asks it to stop (SIGTERM) without waiting.
    ///
    /// # Panics
    ///
    /// When it is gone already.
    pub fn ask_to_stop(&self) {
        kill_process(self.pid(), Signal::TERM).expect("the server is there");
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    #[must_use = "its exit code tells whether it stopped well"]
    pub fn stop(self) -> Finished {
        self.ask_to_stop();
        self.wait()
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    ///
    /// When it does not.
    #[must_use = "its exit code tells whether it stopped well"]
    pub fn wait(self) -> Finished {
        self.process.finish()
    }

    /// Kills it (SIGKILL): no destructor, no flush, no goodbye.
    ///
    /// # Panics
    ///
    /// When it cannot be killed.
    pub fn kill(mut self) {
        self.process.kill();
    }
}

/// How a server ended and what it wrote.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Its exit status.
    pub status: ExitStatus,
    /// Everything it wrote to stdout that nobody had read.
    pub stdout: String,
    /// Everything it wrote to stderr.
    pub stderr: String,
}

impl Finished {
    /// The exit code; `None` when a signal ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }
}

/// A child whose output is read as it comes, so that it never waits for a full pipe.
#[derive(Debug)]
struct Process {
    child: Child,
    stdout: Receiver<String>,
    stderr: Option<JoinHandle<String>>,
}

impl Process {
    fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server can be started");
        let (lines, stdout) = channel();
        let out = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| lines.send(line)));
        let mut err = child.stderr.take().expect("stderr is a pipe");
        let stderr = thread::spawn(move || {
            let mut bytes = Vec::new();
            // What came before a failed read is still worth showing.
            let _ = err.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Self { child, stdout, stderr: Some(stderr) }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits until the process ends. Its stdout closes when it does, which can be waited for with a bound.
    fn finish(mut self) -> Finished {
        let until = Instant::now() + PATIENCE;
        let mut stdout = String::new();
        loop {
            match self.stdout.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => stdout = stdout + &line + "\n",
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    self.kill();
                    panic!("the server did not end in {PATIENCE:?}; stderr: {}", self.stderr());
                }
            }
        }
        let status = self.child.wait().expect("the server was started");
        Finished { status, stdout, stderr: self.stderr() }
    }

    fn stderr(&mut self) -> String {
        self.stderr.take().and_then(|reader| reader.join().ok()).unwrap_or_default()
    }

    fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a child can be waited for");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The default files in a data directory.
#[must_use]
pub fn database_in(data_dir: &Path) -> PathBuf {
    data_dir.join("keys.sqlite3")
}

/// The pepper file in a data directory.
#[must_use]
pub fn pepper_in(data_dir: &Path) -> PathBuf {
    data_dir.join("pepper")
}
