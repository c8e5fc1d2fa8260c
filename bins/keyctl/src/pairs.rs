//! A file of pairs that exist already: read whole, and all of it checked, before anything is done with it.
//!
//! It holds secrets, so nothing of it comes back in an error but the numbers of lines, the names of columns and access
//! keys that are some; what held it in memory is wiped.

mod columns;
mod csv;
mod lines;
mod read;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::fmt;

use keys_core::{AccessKey, Credential, Description, Name, ParseCredentialError, Timestamp};
use keys_service::ExistingPair;

use self::columns::Column;
use crate::cli::PairFormat;

pub(crate) use self::read::read;

/// The pairs of a file, each once.
#[derive(Debug)]
pub(crate) struct Pairs {
    /// The line where each begins.
    pub(crate) lines: Vec<u64>,
    /// The pairs, as many.
    pub(crate) pairs: Vec<ExistingPair>,
    /// How many lines say again what one before them said.
    pub(crate) repeated: usize,
}

/// What is wrong with the lines of a file: a bounded number of them, and how many there are.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    /// In the order of the lines.
    pub(crate) shown: Vec<Problem>,
    /// How many there are, those that are not shown included.
    pub(crate) count: usize,
}

/// What is wrong with one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    line: u64,
    column: Option<Column>,
    reason: String,
}

/// The longest line, or record of a CSV that goes over several, in bytes. A key with the longest name and description there
/// can be has less than half.
const LONGEST: usize = 16 * 1_024;

/// Reads text as pairs.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn parse(text: &str, format: Option<PairFormat>) -> Result<Pairs, Problems> {
    let mut collected = Collected::default();
    match format.unwrap_or_else(|| columns::format_of(text)) {
        PairFormat::Csv => columns::parse(text, &mut collected),
        PairFormat::Lines => lines::parse(text, &mut collected),
    }
    collected.finish()
}

impl Problems {
    /// How many are shown. Who made one mistake in every line knows it after these.
    const MOST: usize = 20;

    pub(crate) fn add(&mut self, problem: Problem) {
        self.count += 1;
        if self.shown.len() < Self::MOST {
            self.shown.push(problem);
        }
    }

    /// Each in words, and how many more there are.
    pub(crate) fn told(&self) -> impl Iterator<Item = String> {
        let more = self.count - self.shown.len();
        let more = (more > 0).then(|| format!("and {more} more"));
        self.shown.iter().map(ToString::to_string).chain(more)
    }
}

impl Problem {
    pub(crate) fn new(line: u64, reason: impl Into<String>) -> Self {
        Self { line, column: None, reason: reason.into() }
    }

    fn of(column: Column, line: u64, reason: impl Into<String>) -> Self {
        Self { column: Some(column), ..Self::new(line, reason) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, {column}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

/// What a line says, in words that are still to be understood.
#[derive(Default)]
struct Words<'a> {
    access_key: &'a str,
    secret_key: &'a str,
    name: &'a str,
    description: &'a str,
    created: &'a str,
    expires: &'a str,
}

impl Words<'_> {
    fn pair(&self, line: u64) -> Result<ExistingPair, Problem> {
        let credential = Credential::parse(self.access_key.trim(), self.secret_key.trim())
            .map_err(|error| malformed(line, &error))?;
        Ok(ExistingPair {
            credential,
            name: optional(self.name, Column::Name, line, Name::new)?,
            description: optional(self.description, Column::Description, line, Description::new)?,
            created: optional(self.created.trim(), Column::Created, line, str::parse::<Timestamp>)?,
            expires_at: optional(self.expires.trim(), Column::Expires, line, str::parse::<Timestamp>)?,
        })
    }
}

/// An empty text is none.
fn optional<'a, T, E: fmt::Display>(
    text: &'a str,
    column: Column,
    line: u64,
    parse: impl FnOnce(&'a str) -> Result<T, E>,
) -> Result<Option<T>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    parse(text).map(Some).map_err(|error| Problem::of(column, line, error.to_string()))
}

fn malformed(line: u64, error: &ParseCredentialError) -> Problem {
    let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    match error {
        ParseCredentialError::AccessKey(_) => Problem::of(Column::AccessKey, line, reason),
        ParseCredentialError::SecretKey(_) => Problem::of(Column::SecretKey, line, reason),
        ParseCredentialError::NotJoined | _ => Problem::new(line, reason),
    }
}

/// What has been read so far.
#[derive(Default)]
struct Collected {
    lines: Vec<u64>,
    pairs: Vec<ExistingPair>,
    /// Where the pair of each access key is.
    places: HashMap<AccessKey, usize>,
    repeated: usize,
    problems: Problems,
}

impl Collected {
    fn add(&mut self, line: u64, pair: Result<ExistingPair, Problem>) {
        match pair {
            Ok(pair) => self.add_pair(line, pair),
            Err(problem) => self.problems.add(problem),
        }
    }

    fn add_pair(&mut self, line: u64, pair: ExistingPair) {
        match self.places.entry(pair.credential.access_key()) {
            Entry::Vacant(place) => {
                place.insert(self.pairs.len());
                self.lines.push(line);
                self.pairs.push(pair);
            }
            Entry::Occupied(place) => {
                let earlier = self.pairs.get(*place.get()).map(|pair| &pair.credential);
                let is_same = earlier.is_some_and(|earlier| {
                    earlier.secret_key().expose() == pair.credential.secret_key().expose()
                });
                if is_same {
                    self.repeated += 1;
                } else {
                    let first = self.lines.get(*place.get()).copied().unwrap_or_default();
                    let reason = format!("line {first} has this access key with another secret key");
                    self.problems.add(Problem::of(Column::AccessKey, line, reason));
                }
            }
        }
    }

    fn finish(self) -> Result<Pairs, Problems> {
        if self.problems.count > 0 {
            return Err(self.problems);
        }
        Ok(Pairs { lines: self.lines, pairs: self.pairs, repeated: self.repeated })
    }
}
