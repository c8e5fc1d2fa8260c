//! What the documents promise of the contract names the tests that show it.

use std::collections::BTreeSet;

use super::{assert_none, read, sources};

/// The name of every function of ours.
fn functions() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in sources() {
        for line in read(&path).lines() {
            if let Some((_, rest)) = line.split_once("fn ") {
                names.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            }
        }
    }
    names
}

/// The cells of the rows of a table, the head left out.
fn rows<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Vec<&'a str>> {
    let rows = lines.filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.skip(1).map(|row| row.split(" | ").collect()).collect()
}

fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_difference_from_rancher_names_a_test_that_is_there() {
    let page = read("docs/HTTP.md");
    let (_, section) = page.split_once("\n## Where we differ").expect("the section is there");
    let functions = functions();
    let rows = rows(section.lines());
    assert!(rows.len() > 20, "{rows:#?}");
    let mut defects = Vec::new();
    for row in rows {
        let tests: Vec<&str> = row.last().into_iter().flat_map(|tests| code_spans(tests)).collect();
        if tests.is_empty() {
            defects.push(format!("{}: names no test", row.concat()));
        }
        let missing = tests.iter().filter(|test| !functions.contains(**test));
        defects.extend(missing.map(|test| format!("docs/HTTP.md: there is no test `{test}`")));
    }
    assert_none(&defects);
}

#[test]
fn every_attack_on_people_and_exposure_names_a_test_that_is_there() {
    let page = read("docs/SECURITY.md");
    let (_, section) = page.split_once("\n## Attacks by their row").expect("the section is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    let functions = functions();
    let rows = rows(section.lines());
    let wanted = ["T17", "T18", "T50", "T53", "T54", "T64", "T65", "T66", "T67", "T68", "T69"];
    let listed: Vec<_> = rows.iter().skip_while(|row| row[0].starts_with('-')).map(|row| row[0]).collect();
    assert_eq!(listed, wanted);
    let tests = rows.iter().filter_map(|row| row.last()).flat_map(|tests| code_spans(tests));
    let missing = tests.filter(|test| !functions.contains(*test));
    let defects: Vec<_> =
        missing.map(|test| format!("docs/SECURITY.md: there is no test `{test}`")).collect();
    assert_none(&defects);
}

/// The rows of a cell such as `20–24` or `8, 9`.
fn numbers(cell: &str) -> Vec<u32> {
    let number = |text: &str| text.trim().parse().expect("a number of a row");
    cell.split(',')
        .flat_map(|part| match part.split_once('–') {
            Some((first, last)) => (number(first)..=number(last)).collect::<Vec<_>>(),
            None => vec![number(part)],
        })
        .collect()
}

#[test]
fn every_row_of_the_page_has_its_test() {
    let text = read("tests/it/contract.rs");
    let lines = text.lines().filter_map(|line| line.strip_prefix("//! "));
    let functions = functions();
    let shown = |row: u32| functions.iter().any(|name| name.starts_with(&format!("row_{row:02}_")));
    let mut listed = Vec::new();
    let mut defects = Vec::new();
    for row in rows(lines) {
        for number in numbers(row[0]) {
            listed.push(number);
            if !shown(number) {
                defects.push(format!("row {number}: has no test `row_{number:02}_…`"));
            }
        }
    }
    assert_eq!(listed, (1..=31).collect::<Vec<_>>(), "every row once, in order");
    assert_none(&defects);
}
