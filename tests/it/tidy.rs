//! The rules of the house that no compiler checks: who imports whom, and that the documents speak of what is there.

mod book;
mod code_map;
mod contract;
mod files;
mod imports;
mod paths;

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the repository")
}

/// The text of a file of the repository.
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below the source folders whose name ends with `suffix`, relative to the root, in order.
fn files_below(folders: &[&str], suffix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for folder in folders {
        collect(&root().join(folder), suffix, &mut found);
    }
    found.sort();
    found
}

fn collect(folder: &Path, suffix: &str, found: &mut Vec<String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path: PathBuf = entry.expect("a readable folder").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "target" {
            collect(&path, suffix, found);
        } else if path.is_file() && name.ends_with(suffix) {
            let relative = path.strip_prefix(root()).expect("below the root");
            found.push(relative.to_str().expect("a UTF-8 path").to_owned());
        }
    }
}

/// Every Rust file of ours.
fn sources() -> Vec<String> {
    files_below(&["crates", "bins", "tests"], ".rs")
}

/// Every document of ours.
fn documents() -> Vec<String> {
    let mut found = files_below(&["docs", "crates", "bins", "tests"], ".md");
    let top = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];
    found.extend(top.map(str::to_owned));
    found
}

/// Fails with every defect, not only with the first.
#[track_caller]
fn assert_none(defects: &[String]) {
    assert!(defects.is_empty(), "\n{}\n", defects.join("\n"));
}
