//! Pairs as a CSV whose first line names its columns, and how that is told from lines.

use std::fmt;

use super::csv::{NoCsv, Record, Records};
use super::{Collected, Problem, Words};
use crate::cli::PairFormat;

/// What a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    AccessKey,
    SecretKey,
    Name,
    Description,
    Created,
    Expires,
}

impl Column {
    const ALL: [Self; 6] =
        [Self::AccessKey, Self::SecretKey, Self::Name, Self::Description, Self::Created, Self::Expires];

    const fn as_str(self) -> &'static str {
        match self {
            Self::AccessKey => "accessKey",
            Self::SecretKey => "secretKey",
            Self::Name => "name",
            Self::Description => "description",
            Self::Created => "created",
            Self::Expires => "expires",
        }
    }

    /// What else it is called: Rancher's words, and those of our own answers.
    const fn alias(self) -> &'static str {
        match self {
            Self::AccessKey => "publicValue",
            Self::SecretKey => "secretValue",
            Self::Expires => "expiresAt",
            Self::Name | Self::Description | Self::Created => "",
        }
    }

    /// The column of this name. Spreadsheets and people write `Access Key` and `access_key`.
    fn named(text: &str) -> Option<Self> {
        let letters = |text: &str| {
            let kept = text.chars().filter(|character| !matches!(character, ' ' | '_' | '-' | '"'));
            kept.map(|character| character.to_ascii_lowercase()).collect::<String>()
        };
        let name = letters(text);
        let is_it =
            |column: &Self| [column.as_str(), column.alias()].into_iter().any(|own| letters(own) == name);
        Self::ALL.into_iter().find(is_it).filter(|_| !name.is_empty())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a text is written, by the first line that says something: one that names a column of keys, or has a comma before
/// any blank, is of a CSV.
pub(super) fn format_of(text: &str) -> PairFormat {
    let mut lines = text.split(['\n', '\r']).map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    let names_keys = first
        .split(',')
        .any(|cell| matches!(Column::named(cell), Some(Column::AccessKey | Column::SecretKey)));
    let begins = first.split(|character: char| character == ':' || character.is_whitespace()).next();
    if names_keys || begins.is_some_and(|begin| begin.contains(',')) {
        PairFormat::Csv
    } else {
        PairFormat::Lines
    }
}

pub(super) fn parse(text: &str, collected: &mut Collected) {
    let mut records = Records::of(text);
    let columns = match records.next() {
        None => return,
        Some(header) => header.map_err(problem).and_then(columns_of),
    };
    let columns = match columns {
        Ok(columns) => columns,
        Err(problem) => return collected.problems.add(problem),
    };
    for record in records {
        match record {
            Ok(record) => collected.add(record.line, pair(&record, &columns)),
            Err(no_csv) => collected.problems.add(problem(no_csv)),
        }
    }
}

fn problem(NoCsv { line, reason }: NoCsv) -> Problem {
    Problem::new(line, reason)
}

/// The columns that a header names.
fn columns_of(Record { line, fields }: Record) -> Result<Vec<Column>, Problem> {
    if fields.iter().any(|field| field.trim().parse::<keys_core::AccessKey>().is_ok()) {
        let reason =
            "a CSV begins with the names of its columns, such as accessKey,secretKey,name; this is a pair";
        return Err(Problem::new(line, reason));
    }
    let mut columns = Vec::with_capacity(fields.len());
    for (place, field) in fields.iter().enumerate() {
        let column = Column::named(field).ok_or_else(|| {
            Problem::new(line, format!("{} is unknown; known are {}", told(field, place), all()))
        })?;
        if columns.contains(&column) {
            return Err(Problem::new(line, format!("two columns are called {column}")));
        }
        columns.push(column);
    }
    match [Column::AccessKey, Column::SecretKey].into_iter().find(|needed| !columns.contains(needed)) {
        Some(missing) => Err(Problem::new(line, format!("no column is called {missing}"))),
        None => Ok(columns),
    }
}

/// A column by its name, if that cannot be part of a secret.
fn told(name: &str, place: usize) -> String {
    let is_word = |character: char| character.is_ascii_alphanumeric() || matches!(character, ' ' | '_' | '-');
    if !name.is_empty() && name.len() <= 20 && name.chars().all(is_word) {
        format!("the column {name}")
    } else {
        format!("column {}", place + 1)
    }
}

fn all() -> String {
    Column::ALL.map(Column::as_str).join(", ")
}

fn pair(record: &Record, columns: &[Column]) -> Result<keys_service::ExistingPair, Problem> {
    let Record { line, fields } = record;
    if fields.len() != columns.len() {
        let reason = format!("{} columns, where the first line names {}", fields.len(), columns.len());
        return Err(Problem::new(*line, reason));
    }
    let mut words = Words::default();
    for (column, field) in columns.iter().zip(fields) {
        let word = match column {
            Column::AccessKey => &mut words.access_key,
            Column::SecretKey => &mut words.secret_key,
            Column::Name => &mut words.name,
            Column::Description => &mut words.description,
            Column::Created => &mut words.created,
            Column::Expires => &mut words.expires,
        };
        *word = field.as_str();
    }
    words.pair(*line)
}
