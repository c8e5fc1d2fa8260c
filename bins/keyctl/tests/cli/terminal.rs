//! A person at a terminal: keyctl with a pseudo-terminal as its own, of which a test reads what is shown and types.
//!
//! Nothing is waited for but what shall be seen, and that not for ever.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::support::{Keyctl, no_process_begins};

/// How long something may take before it has not happened.
const LONGEST: Duration = Duration::from_secs(60);
/// What the key for "no more input" sends, and the one that stops a program.
pub(crate) const END_OF_INPUT: &str = "\u{4}";
pub(crate) const INTERRUPT: &str = "\u{3}";

/// keyctl at a terminal.
pub(crate) struct Terminal {
    child: Child,
    screen: File,
    shown: Receiver<Vec<u8>>,
    /// All that was shown so far.
    seen: String,
    /// How much of it was looked for already.
    looked_at: usize,
}

/// How it ended, what went to standard output, which is no terminal, and what was on the screen.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; as a shell has it, if a signal ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) screen: String,
}

impl Terminal {
    /// Begins a run. What a terminal is taken for its own, so that passwords are asked for on it, takes `setsid`, which is
    /// wherever Linux is.
    pub(crate) fn start(keyctl: &Keyctl) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let controller = openpt(flags).expect("a pseudo-terminal");
        grantpt(&controller).and_then(|()| unlockpt(&controller)).expect("a pseudo-terminal");
        let its_side = || Stdio::from(ioctl_tiocgptpeer(&controller, flags).expect("its other side"));
        let mut command = Command::new("/usr/bin/setsid");
        // Whatever runs the tests in the background may have them ignore Ctrl-C, and so all that they start.
        command
            .args(["--ctty", "/usr/bin/env", "--default-signal=INT"])
            .args(keyctl.words())
            .env_clear()
            .envs(keyctl.variables());
        let begins = no_process_begins();
        command.stdin(its_side()).stdout(Stdio::piped()).stderr(its_side());
        let child = command.spawn().expect("setsid, of util-linux, runs keyctl");
        // Ours are closed, so that the screen ends with the run.
        drop(command);
        drop(begins);
        let screen = File::from(controller);
        let mut reader = screen.try_clone().expect("another handle");
        let (sender, shown) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4_096];
            // That nobody has the other side any more is an error here, and the end.
            while let Ok(length @ 1..) = reader.read(&mut bytes) {
                let Some(read) = bytes.get(..length) else { return };
                if sender.send(read.to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, screen, shown, seen: String::new(), looked_at: 0 }
    }

    /// Waits until this is shown, after what was waited for before.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) {
        loop {
            let new = self.seen.get(self.looked_at..).unwrap_or_default();
            if let Some(at) = new.find(text) {
                self.looked_at += at + text.len();
                return;
            }
            assert!(self.reads(), "{text:?} was not shown, but {:?}", self.seen);
        }
    }

    /// Types a line once this is shown.
    #[track_caller]
    pub(crate) fn answers(&mut self, prompt: &str, line: &str) {
        self.sees(prompt);
        self.types(&format!("{line}\n"));
    }

    /// Types a line once this is shown and what is typed no longer is.
    #[track_caller]
    pub(crate) fn answers_unseen(&mut self, prompt: &str, line: &str) {
        self.sees(prompt);
        self.hides_what_is_typed(prompt);
        self.types(&format!("{line}\n"));
    }

    /// Waits until what is typed after this prompt is not shown.
    #[track_caller]
    pub(crate) fn hides_what_is_typed(&self, prompt: &str) {
        let until = Instant::now() + LONGEST;
        while self.shows_what_is_typed() {
            assert!(Instant::now() < until, "what is typed after {prompt:?} would be shown");
            std::thread::yield_now();
        }
    }

    fn shows_what_is_typed(&self) -> bool {
        tcgetattr(&self.screen).expect("a terminal").local_modes.contains(LocalModes::ECHO)
    }

    /// Waits until Ctrl-C has ended it, and says whether the terminal shows again what is typed.
    pub(crate) fn leaves_it_as_it_was(mut self) -> bool {
        while self.reads() {}
        let status = self.child.wait().expect("it ends");
        assert_eq!(status.signal(), Some(2), "{status}");
        self.shows_what_is_typed()
    }

    /// Types.
    pub(crate) fn types(&mut self, keys: &str) {
        self.screen.write_all(keys.as_bytes()).expect("room for what is typed");
    }

    /// Waits for the end.
    pub(crate) fn ends(mut self) -> Ended {
        while self.reads() {}
        let output = self.child.wait_with_output().expect("it ends");
        let code = output.status.code().or_else(|| output.status.signal().map(|signal| 128 + signal));
        Ended {
            code: code.expect("a code or a signal"),
            stdout: String::from_utf8(output.stdout).expect("text"),
            screen: self.seen.replace("\r\n", "\n"),
        }
    }

    /// Reads what is shown next; false at the end.
    #[track_caller]
    fn reads(&mut self) -> bool {
        let shown = self.shown.recv_timeout(LONGEST);
        assert_ne!(shown, Err(RecvTimeoutError::Timeout), "nothing more was shown than {:?}", self.seen);
        let Ok(bytes) = shown else { return false };
        self.seen.push_str(&String::from_utf8(bytes).expect("text in one piece"));
        true
    }
}
