//! The text of the file, in memory that is wiped.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use super::{Pairs, Problem, Problems, parse};
use crate::cli::Import;
use crate::credentials::Surroundings;
use crate::exit::{Exit, Failure};
use crate::private_file::{check_private, mode, read_all};

/// The most bytes of a file: about a million pairs, which take hours to import.
const MOST: usize = 64 * 1_024 * 1_024;

/// The pairs that an import names, all of them checked.
///
/// # Errors
///
/// [`Exit::Usage`]: the file cannot be read, or something is wrong with it, line by line.
pub(crate) fn read(
    import: &Import,
    surroundings: &Surroundings<'_>,
    warn: impl Fn(&str),
) -> Result<Pairs, Failure> {
    let (source, input): (&str, Box<dyn Read>) = match import.file.as_deref() {
        None if io::stdin().is_terminal() => {
            return Err(Failure::new(Exit::Usage, "there is nothing to import")
                .hint("name a file, or give the pairs on standard input"));
        }
        None | Some("-") => ("standard input", (surroundings.stdin)()),
        Some(path) => (path, Box::new(open(path, warn)?)),
    };
    let bytes = read_all(input, MOST).map_err(|error| unreadable(source, &error))?;
    let pairs = text_of(&bytes)
        .and_then(|text| parse(text, import.format))
        .map_err(|problems| wrong(source, &problems))?;
    if pairs.pairs.is_empty() {
        return Err(Failure::new(Exit::Usage, format!("{source} holds no pair")));
    }
    Ok(pairs)
}

fn open(path: &str, warn: impl Fn(&str)) -> Result<File, Failure> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    if metadata.is_dir() {
        return Err(Failure::new(Exit::Usage, format!("{path} is a folder")));
    }
    // Said and no more: the harm is done, and to import the pairs is not what did it.
    if metadata.is_file() && check_private(Path::new(path), mode(&metadata)).is_err() {
        warn(&format!("{path} can be read by others; chmod 600 {path}"));
    }
    Ok(file)
}

fn unreadable(source: &str, error: &io::Error) -> Failure {
    Failure::new(Exit::Usage, format!("{source} cannot be read: {error}"))
}

/// The bytes as text, without the mark that some programs put before it.
fn text_of(bytes: &[u8]) -> Result<&str, Problems> {
    let only = |line, reason: &str| {
        let mut problems = Problems::default();
        problems.add(Problem::new(line, reason));
        problems
    };
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(only(1, "this is UTF-16; save it as UTF-8"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        only(line_behind(before), "this is not UTF-8")
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => Err(only(line_behind(text.as_bytes().get(..at).unwrap_or_default()), "a NUL character")),
        None => Ok(text),
    }
}

fn line_behind(before: &[u8]) -> u64 {
    before.iter().fold(1, |line, byte| line + u64::from(*byte == b'\n'))
}

/// The failure that tells what is wrong with a file.
fn wrong(source: &str, problems: &Problems) -> Failure {
    let message = match problems.count {
        1 => format!("a line of {source} is wrong, so nothing was imported"),
        count => format!("{count} lines of {source} are wrong, so nothing was imported"),
    };
    Failure::new(Exit::Usage, message).with_problems(problems.told())
}
