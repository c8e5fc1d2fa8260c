//! `scan`: searches files for credentials, several at once; the answer does not depend on how many.
//!
//! One thread walks the folders and hands out files by number; the others search them. What they find is put in order
//! by those numbers. At most a few thousand names wait at a time, and of each file one block is in memory.

mod read;
mod walk;

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use glob::Pattern;
use keys_core::{Finder, Finding};
use zeroize::Zeroizing;

use self::read::{BLOCK, Searched};
use self::walk::Step;
use crate::exit::{Exit, Failure};

/// What a scan has come to.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    /// What was found, in order of place.
    pub(crate) leaks: Vec<Leak>,
    /// What could not be read and why, in order of path: one line each.
    pub(crate) unread: Vec<String>,
}

/// A credential that got into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leak {
    /// The file, as [`shown`].
    pub(crate) path: String,
    /// Whether it is none of lines.
    pub(crate) binary: bool,
    /// What was found in it.
    pub(crate) finding: Finding,
}

impl Leak {
    /// Where it is: file, line and byte of the line; of a binary file, which has no lines, the byte.
    pub(crate) fn place(&self) -> String {
        let Finding { offset, line, column, .. } = self.finding;
        if self.binary { format!("{}:{offset}", self.path) } else { format!("{}:{line}:{column}", self.path) }
    }
}

impl Scanned {
    /// What it says to a script: nothing, if everything was read and nothing found.
    ///
    /// # Errors
    ///
    /// [`Exit::Failure`] when something was found; else [`Exit::NotAllowed`] when something could not be read.
    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        let unread = match self.unread.len() {
            0 => None,
            1 => Some("1 file or folder could not be read".to_owned()),
            many => Some(format!("{many} files or folders could not be read")),
        };
        let Some(first) = self.leaks.first() else {
            return match unread {
                None => Ok(()),
                Some(unread) => {
                    Err(Failure::new(Exit::NotAllowed, format!("nothing was found, but {unread}")))
                }
            };
        };
        let message = match self.leaks.len() {
            1 => "1 secret was found".to_owned(),
            many => format!("{many} secrets were found"),
        };
        let known = first.finding.access_key.map_or_else(|| "KEY".to_owned(), |key| key.to_string());
        let read = if first.path == "-" { "standard input" } else { &first.path };
        let failure = Failure::new(Exit::Failure, message)
            .hint(format!("whoever could read {read} knows it: keyctl deactivate {known}"));
        Err(match unread {
            None => failure,
            Some(unread) => failure.and(unread),
        })
    }
}

/// Searches everything below these paths but what is excluded, with so many threads.
///
/// # Errors
///
/// [`Exit::NotFound`] when one of the paths is not there: then nothing is searched. [`Exit::Failure`] when no thread can
/// be had.
pub(crate) fn scan(
    paths: &[PathBuf],
    exclude: &[Pattern],
    threads: NonZeroUsize,
    stdin: &dyn Fn() -> Box<dyn Read>,
) -> Result<Scanned, Failure> {
    let roots = walk::roots(paths)?;
    let (jobs, queue) = sync_channel::<(usize, PathBuf)>(QUEUED);
    // Held by the workers alone: when none is left, nothing can be handed out.
    let queue = Arc::new(Mutex::new(queue));
    let mut results = Vec::new();
    thread::scope(|scope| {
        let begin = |_| {
            let queue = Arc::clone(&queue);
            thread::Builder::new().spawn_scoped(scope, move || search_files(&queue)).ok()
        };
        let workers: Vec<_> = (0..threads.get()).map_while(begin).collect();
        drop(queue);
        if workers.is_empty() {
            return Err(Failure::new(Exit::Failure, "no thread could be started"));
        }
        let mut number = 0;
        walk::walk(roots, exclude, &mut |step| {
            number += 1;
            match step {
                Step::File(path) => jobs.send((number, path)).map_err(|_| broken_off()),
                Step::StandardInput => {
                    let mut buffer = buffer();
                    results.push((number, Outcome::of(Path::new("-"), read::search(stdin(), &mut buffer))));
                    Ok(())
                }
                Step::Unreadable(path, error) => {
                    results.push((number, Outcome::unread(&path, &error)));
                    Ok(())
                }
            }
        })?;
        drop(jobs);
        for worker in workers {
            results.extend(worker.join().map_err(|_| broken_off())?);
        }
        Ok(())
    })?;
    results.sort_by_key(|(number, _)| *number);
    let mut scanned = Scanned::default();
    for (_, outcome) in results {
        scanned.leaks.extend(outcome.leaks);
        scanned.unread.extend(outcome.unread);
    }
    Ok(scanned)
}

/// How many files wait to be searched.
const QUEUED: usize = 4_096;

/// What one file has come to.
#[derive(Default)]
struct Outcome {
    leaks: Vec<Leak>,
    unread: Option<String>,
}

impl Outcome {
    fn of(path: &Path, searched: Searched) -> Self {
        let leak = |finding| Leak { path: shown(path), binary: searched.binary, finding };
        Self {
            leaks: searched.findings.into_iter().map(leak).collect(),
            unread: searched.error.map(|error| unreadable(path, &error)),
        }
    }

    fn unread(path: &Path, error: &io::Error) -> Self {
        Self { leaks: Vec::new(), unread: Some(unreadable(path, error)) }
    }

    fn is_empty(&self) -> bool {
        self.leaks.is_empty() && self.unread.is_none()
    }
}

/// Searches files until there are no more.
fn search_files(queue: &Mutex<Receiver<(usize, PathBuf)>>) -> Vec<(usize, Outcome)> {
    let mut buffer = buffer();
    let mut outcomes = Vec::new();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, path)) = next else { return outcomes };
        let outcome = match read::open(&path) {
            Ok(file) => Outcome::of(&path, read::search(file, &mut buffer)),
            Err(error) => Outcome::unread(&path, &error),
        };
        if !outcome.is_empty() {
            outcomes.push((number, outcome));
        }
    }
}

fn buffer() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![0; BLOCK])
}

fn broken_off() -> Failure {
    Failure::new(Exit::Failure, "a thread broke off, so not everything was searched")
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be read: {error}", shown(path))
}

/// A path as text: bytes that are none as `\xNN`, and `(secret)` in place of a credential that stands in it.
fn shown(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut shown = String::with_capacity(bytes.len());
    let mut rest = 0;
    let secrets = Finder::find(bytes).into_iter().filter_map(|finding| {
        let begin = usize::try_from(finding.offset).ok()?;
        Some((begin, begin + finding.length))
    });
    for (begin, end) in secrets {
        push_text(bytes.get(rest..begin).unwrap_or_default(), &mut shown);
        shown.push_str("(secret)");
        rest = end;
    }
    push_text(bytes.get(rest..).unwrap_or_default(), &mut shown);
    shown
}

fn push_text(bytes: &[u8], text: &mut String) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_without_the_secret_in_it() {
        let pair =
            keys_core::Credential::generate(&mut getrandom::SysRng).expect("the system has randomness");
        for secret in [pair.secret_key().expose(), &pair.expose_joined()] {
            assert_eq!(shown(Path::new(&format!("a/{secret}.txt"))), "a/(secret).txt");
        }
        assert_eq!(shown(Path::new("a/grüße\n")), "a/grüße\n");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_of_a_path_that_are_no_text_are_told_apart() {
        let path: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"a\xff\xfeb");
        assert_eq!(shown(Path::new(path)), r"a\xff\xfeb");
    }
}
