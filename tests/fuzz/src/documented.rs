//! The statuses and codes of errors that `docs/HTTP.md` lists.

use std::collections::BTreeSet;
use std::sync::LazyLock;

const DOCUMENT: &str = include_str!("../../../docs/HTTP.md");

/// A status, and its code; without one, the status in words is the code.
type Row = (u16, Option<&'static str>);

static ROWS: LazyLock<BTreeSet<Row>> = LazyLock::new(|| {
    let section = DOCUMENT.split("\n## Errors").nth(1).expect("the section of errors");
    let section = section.split("\n## ").next().expect("a section has an end");
    section.lines().filter(|line| line.starts_with("| ")).flat_map(rows).collect()
});

fn rows(line: &'static str) -> Vec<Row> {
    let cells: Vec<&str> = line.split('|').collect();
    let (statuses, codes) = (cells[1], cells[2]);
    let codes: Vec<_> = codes.split('`').skip(1).step_by(2).map(Some).collect();
    let codes = if codes.is_empty() { vec![None] } else { codes };
    let statuses = statuses.split(',').filter_map(|status| status.trim().parse().ok());
    statuses.flat_map(|status| codes.iter().map(move |code| (status, *code)).collect::<Vec<_>>()).collect()
}

/// Whether errors of this status and code are in the documentation.
pub(crate) fn is_documented(status: u16, code: &str) -> bool {
    ROWS.iter().any(|(own, words)| *own == status && words.is_none_or(|words| words == code))
}
