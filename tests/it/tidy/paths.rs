//! Every path a document names is there.

use std::path::{Component, Path, PathBuf};

use super::code_map::without_code_map;
use super::{assert_none, documents, files_below, read, root};

/// What a name of a file of ours begins with when it stands in `code`.
const OURS: [&str; 6] = ["crates/", "bins/", "tests/", "docs/", ".ci/", "deny.toml"];

#[test]
fn every_link_leads_somewhere() {
    let mut defects = Vec::new();
    for document in documents() {
        let folder = Path::new(&document).parent().expect("a file lies in a folder").to_owned();
        for target in links(&read(&document)) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("::") || file.contains("://") {
                continue;
            }
            if !root().join(normal(&folder.join(file))).exists() {
                defects.push(format!("{document}: links to {target}, which is not there"));
            }
        }
    }
    assert_none(&defects);
}

#[test]
fn every_path_named_in_a_document_is_there() {
    let mut defects = Vec::new();
    for document in documents() {
        for span in code_spans(&without_code_map(&read(&document))) {
            let path = span.split([':', ' ']).next().unwrap_or_default();
            let pattern = path.contains(['*', '<', '{', '…']) || path.contains("NNNN");
            // A crate's README may mean its own folders.
            let beside = Path::new(&document).with_file_name(path);
            let there = root().join(path).exists() || root().join(beside).exists();
            if OURS.iter().any(|prefix| path.starts_with(prefix)) && !pattern && !there {
                defects.push(format!("{document}: names {path}, which is not there"));
            }
        }
    }
    assert_none(&defects);
}

#[test]
fn every_decision_is_listed_once_under_its_own_number() {
    let index = read("docs/decisions/README.md");
    let mut numbers = Vec::new();
    let mut defects = Vec::new();
    for path in files_below(&["docs/decisions"], ".md") {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        if name == "README.md" {
            continue;
        }
        let number = name.split('-').next().unwrap_or_default().to_owned();
        if index.matches(&format!("({name})")).count() != 1 {
            defects.push(format!("{path}: is not listed once in docs/decisions/README.md"));
        }
        if !read(&path).starts_with(&format!("# {number} ")) {
            defects.push(format!("{path}: does not begin with `# {number} `"));
        }
        if numbers.contains(&number) {
            defects.push(format!("{path}: the number {number} is taken"));
        }
        numbers.push(number);
    }
    assert_none(&defects);
}

/// The targets of `[text](target)`.
fn links(text: &str) -> Vec<String> {
    let mut rest = text;
    let mut found = Vec::new();
    while let Some(at) = rest.find("](") {
        rest = &rest[at + 2..];
        let end = rest.find(')').expect("a link ends");
        found.push(rest[..end].to_owned());
    }
    found
}

/// What stands between single backticks, outside of code blocks.
fn code_spans(text: &str) -> Vec<String> {
    let mut inside_block = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside_block = !inside_block;
        } else if !inside_block {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                result.pop();
            }
            Component::CurDir => {}
            other @ (Component::Prefix(_) | Component::RootDir | Component::Normal(_)) => result.push(other),
        }
    }
    result
}
