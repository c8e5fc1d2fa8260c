//! What holds of every file.

use super::{assert_none, files_below, read, root, sources};

/// The longest file. Most are under a third of it; a longer one has more than one reason to change.
const LONGEST: usize = 700;

/// The one manifest that is not of this workspace.
const FUZZ: &str = "tests/fuzz/Cargo.toml";

#[test]
fn no_file_is_too_long() {
    let defects = sources().into_iter().filter_map(|path| {
        let lines = read(&path).lines().count();
        (lines > LONGEST).then(|| format!("{path}: {lines} lines; the limit is {LONGEST}"))
    });
    assert_none(&defects.collect::<Vec<_>>());
}

#[test]
fn lints_are_expected_with_a_reason_and_nothing_is_left_to_do() {
    // Written in two halves, so that this file does not find itself.
    let banned = [
        (concat!("#[", "allow("), "use #[expect(lint, reason = \"…\")]"),
        (concat!("#![", "allow("), "use #![expect(lint, reason = \"…\")]"),
        (concat!("to", "do!("), "write it, or leave it out"),
        (concat!("unimplemen", "ted!("), "write it, or leave it out"),
        (concat!("FIX", "ME"), "fix it, or open an issue"),
    ];
    let mut defects = Vec::new();
    for path in sources() {
        for (number, line) in read(&path).lines().enumerate() {
            for (text, advice) in banned {
                if line.contains(text) {
                    defects.push(format!("{path}:{}: {text}: {advice}", number + 1));
                }
            }
        }
    }
    assert_none(&defects);
}

#[test]
fn every_package_takes_its_lints_and_versions_from_the_workspace() {
    let mut defects = Vec::new();
    for path in files_below(&["crates", "bins", "tests"], "Cargo.toml") {
        let manifest = read(&path);
        if path == FUZZ {
            // A workspace of its own; its README says why.
            continue;
        }
        for needed in
            ["[lints]\nworkspace = true", "edition.workspace = true", "rust-version.workspace = true"]
        {
            if !manifest.contains(needed) {
                defects.push(format!("{path}: lacks `{}`", needed.replace('\n', " ")));
            }
        }
        for line in manifest.lines().filter(|line| line.contains("version = \"") && !line.starts_with('#')) {
            defects.push(format!("{path}: `{line}`: versions stand in the workspace's Cargo.toml"));
        }
    }
    assert_none(&defects);
}

#[test]
fn what_is_fuzzed_is_what_is_shipped() {
    let shipped = locked("Cargo.lock");
    let mut defects = Vec::new();
    for (name, version) in locked(&FUZZ.replace(".toml", ".lock")) {
        let mut here = shipped.iter().filter(|(own, _)| *own == name).peekable();
        if here.peek().is_some() && !here.any(|(_, own)| *own == version) {
            defects.push(format!(
                "tests/fuzz/Cargo.lock: {name} {version}, which Cargo.lock has at another version"
            ));
        }
    }
    if !defects.is_empty() {
        defects.push("cp Cargo.lock tests/fuzz/Cargo.lock && tests/fuzz/run lock".to_owned());
    }
    assert_none(&defects);
}

/// The names and versions in a lock file.
fn locked(path: &str) -> Vec<(String, String)> {
    let text = read(path);
    let field = |entry: &str, name: &str| {
        let line = entry.lines().find_map(|line| line.strip_prefix(name)).expect("a package has a name");
        line.trim_matches([' ', '=', '"']).to_owned()
    };
    text.split("[[package]]").skip(1).map(|entry| (field(entry, "name"), field(entry, "version"))).collect()
}

#[test]
fn every_library_has_a_readme_that_is_its_documentation() {
    let mut defects = Vec::new();
    for path in libraries() {
        let package = path.trim_end_matches("/src/lib.rs");
        if !root().join(package).join("README.md").is_file() {
            defects.push(format!("{package}: has no README.md"));
        }
        if !read(&path).contains("#![doc = include_str!(\"../README.md\")]") {
            defects.push(format!("{path}: does not include its README"));
        }
    }
    assert_none(&defects);
}

fn libraries() -> impl Iterator<Item = String> {
    files_below(&["crates"], "lib.rs").into_iter().filter(|path| path.ends_with("/src/lib.rs"))
}

#[test]
fn the_tree_of_packages_stays_within_its_budget() {
    /// Each addition is argued in its commit; the budget is for all targets and all features, ours included.
    const BUDGET: usize = 260;
    let packages = read("Cargo.lock").lines().filter(|line| *line == "[[package]]").count();
    assert!(packages <= BUDGET, "{packages} packages in Cargo.lock; the budget is {BUDGET}");
}
