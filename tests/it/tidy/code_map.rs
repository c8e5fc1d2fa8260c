//! The code map of `docs/ARCHITECTURE.md`: one line for each file, the first sentence of its own documentation.
//!
//! `KEYS_UPDATE_DOCS=1 cargo test -p keys-tests code_map` writes the map anew.

use std::env;
use std::fs;
use std::path::Path;

use super::{assert_none, read, root, sources};

const DOCUMENT: &str = "docs/ARCHITECTURE.md";
const BEGIN: &str = "<!-- code map: written by tests/it/tidy/code_map.rs -->\n";
const END: &str = "<!-- end of the code map -->";

#[test]
fn the_code_map_has_one_line_for_each_file_and_says_what_the_file_says() {
    let document = read(DOCUMENT);
    let (before, rest) = document.split_once(BEGIN).expect("the map has a beginning");
    let (map, after) = rest.split_once(END).expect("the map has an end");
    let expected = code_map();
    if env::var_os("KEYS_UPDATE_DOCS").is_some() {
        let text = format!("{before}{BEGIN}{expected}{END}{after}");
        fs::write(root().join(DOCUMENT), text).expect("the document can be written");
        return;
    }
    let there: Vec<&str> = map.lines().collect();
    let wanted: Vec<&str> = expected.lines().collect();
    let mut defects = Vec::new();
    defects.extend(wanted.iter().filter(|line| !there.contains(line)).map(|line| format!("lacks: {line}")));
    defects.extend(there.iter().filter(|line| !wanted.contains(line)).map(|line| format!("stale: {line}")));
    if !defects.is_empty() || map != expected {
        defects.push("run KEYS_UPDATE_DOCS=1 cargo test -p keys-tests code_map".to_owned());
    }
    assert_none(&defects);
}

/// The map as it should be: files under a heading for each package, in order of path.
fn code_map() -> String {
    let mut map = String::new();
    let mut package = String::new();
    for path in sources() {
        let own = package_of(&path);
        if own != package {
            map.push_str(&format!("\n### {own}: {}\n\n", description(&own)));
            package = own;
        }
        let name = path.strip_prefix(&format!("{package}/")).expect("below its package");
        map.push_str(&format!("- `{name}`: {}\n", summary(&path, &package)));
    }
    map.push('\n');
    map
}

/// `crates/keys-core`, `bins/keyctl`, `tests`: the nearest folder above that has a manifest.
fn package_of(path: &str) -> String {
    let mut folders = Path::new(path).ancestors().skip(1);
    let own = folders.find(|folder| root().join(folder).join("Cargo.toml").is_file());
    own.and_then(Path::to_str).expect("a source belongs to a package").to_owned()
}

/// What the package's manifest says of it.
fn description(package: &str) -> String {
    let manifest = read(&format!("{package}/Cargo.toml"));
    let line = manifest.lines().find_map(|line| line.strip_prefix("description = \""));
    line.and_then(|rest| rest.strip_suffix('"')).expect("a package has a description").to_owned()
}

/// The first sentence of a file's own documentation, or the package's if its README is the file's.
fn summary(path: &str, package: &str) -> String {
    let text = read(path);
    if text.lines().any(|line| line.starts_with("#![doc = include_str!")) {
        return format!("the crate; its documentation is `{package}/README.md`.");
    }
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let paragraph: Vec<&str> = lines.map(str::trim).take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    assert!(!paragraph.is_empty(), "{path}: does not begin with //! and what it is for");
    let sentence =
        paragraph.split_once(". ").map_or(paragraph.clone(), |(sentence, _)| format!("{sentence}."));
    without_links(&sentence)
}

/// `[text](target)` and `[text]` as `text`: what links within Rust's documentation leads nowhere from here.
fn without_links(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('[') {
        let (inside, behind) = behind.split_once(']').expect("a bracket closes");
        result.push_str(before);
        result.push_str(inside);
        rest = match behind.strip_prefix('(') {
            Some(target) => target.split_once(')').expect("a link ends").1,
            None => behind,
        };
    }
    result.push_str(rest);
    result
}

/// A document without the map, whose paths are relative to its headings.
pub(super) fn without_code_map(document: &str) -> String {
    match (document.split_once(BEGIN), document.split_once(END)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{after}"),
        _ => document.to_owned(),
    }
}
