//! Who may import whom. The table in `docs/ARCHITECTURE.md` is the rule; this holds the manifests to it.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;

use serde_json::Value;

use super::{assert_none, files_below, read, root};

/// What each package may depend on, from the table.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let document = read("docs/ARCHITECTURE.md");
    let section = document.split("## Who may import whom").nth(1).expect("the section is there");
    let section = section.split("\n## ").next().expect("a section has an end");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut names = row.split('`').skip(1).step_by(2).map(str::to_owned);
        (names.next().expect("a row names its package"), names.collect())
    })
    .collect()
}

/// The normal dependencies of each package of the workspace, optional ones included.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let text = cargo(&["metadata", "--format-version", "1", "--no-deps", "--offline", "--locked"]);
    let metadata: Value = serde_json::from_str(&text).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    let normal = |package: &Value| {
        let all = package["dependencies"].as_array().expect("dependencies");
        all.iter().filter(|dependency| dependency["kind"].is_null()).map(name).collect()
    };
    packages.iter().map(|package| (name(package), normal(package))).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo speaks UTF-8")
}

#[test]
fn every_package_imports_only_what_the_table_allows() {
    let table = table();
    let mut defects = Vec::new();
    for (package, dependencies) in dependencies() {
        let Some(allowed) = table.get(&package) else {
            defects.push(format!("{package}: has no row in the table of docs/ARCHITECTURE.md"));
            continue;
        };
        for dependency in dependencies.difference(allowed) {
            defects.push(format!("{package}: imports {dependency}, which the table does not allow"));
        }
        for stale in allowed.difference(&dependencies) {
            defects.push(format!("{package}: the table allows {stale}, which it does not import"));
        }
    }
    assert_none(&defects);
}

#[test]
fn the_core_is_no_std_and_brings_no_serde_and_no_source_of_randomness() {
    assert!(read("crates/keys-core/src/lib.rs").contains("\n#![no_std]\n"));
    let tree =
        cargo(&["tree", "-p", "keys-core", "-e", "normal", "--prefix", "none", "--offline", "--locked"]);
    let packages: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(packages.contains("argon2"), "the tree is not the core's: {packages:?}");
    for banned in ["serde", "serde_core", "getrandom", "rand", "log", "tracing", "tokio"] {
        assert!(!packages.contains(banned), "keys-core brings {banned}");
    }
}

#[test]
fn the_words_of_the_wire_stay_at_the_wire() {
    let words = ["publicValue", "secretValue", "apiKey", "apikeys"];
    let inside = ["crates/keys-core/src", "crates/keys-store/src", "crates/keys-service/src"];
    let mut defects = Vec::new();
    for path in files_below(&inside, ".rs") {
        for word in words.iter().filter(|word| read(&path).contains(**word)) {
            defects.push(format!("{path}: says `{word}`, a word of the wire (docs/GLOSSARY.md)"));
        }
    }
    assert_none(&defects);
}

#[test]
fn only_the_binaries_read_a_clock() {
    let inside = ["keys-core", "keys-store", "keys-service", "keys-api", "keys-http"];
    let folders = inside.map(|package| format!("crates/{package}/src"));
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    let clock = concat!("SystemTime::", "now");
    let defects = files_below(&folders, ".rs").into_iter().filter(|path| read(path).contains(clock));
    assert_none(&defects.map(|path| format!("{path}: reads the clock")).collect::<Vec<_>>());
}
