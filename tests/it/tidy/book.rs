//! The documentation of each crate leads on: to every module of its own, and to the crates behind it.

use super::{assert_none, files_below, read};

/// What a crate's own file says about the crate, without its README.
fn told(library: &str) -> String {
    read(library).lines().filter(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_public_module_is_told_of_where_its_crate_begins() {
    let mut defects = Vec::new();
    let libraries = files_below(&["crates"], "lib.rs");
    for library in &libraries {
        let text = told(library);
        let modules = read(library);
        let modules = modules.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
        defects.extend(
            modules
                .filter(|module| !text.contains(&format!("`{module}`")))
                .map(|module| format!("{library}: leads nobody to {module}")),
        );
    }
    assert!(libraries.len() > 5, "{libraries:?}");
    assert_none(&defects);
}

#[test]
fn who_starts_at_the_core_finds_every_crate() {
    let core = told("crates/keys-core/src/lib.rs");
    let others = ["keys_store", "keys_service", "keys_api", "keys_http"];
    let missing =
        others.map(|name| format!("(../{name}/index.html)")).into_iter().filter(|link| !core.contains(link));
    assert_none(&missing.map(|link| format!("keys-core: no link {link}")).collect::<Vec<_>>());
}

#[test]
fn every_package_has_a_readme_with_an_example() {
    let mut defects = Vec::new();
    for manifest in files_below(&["crates", "bins"], "Cargo.toml") {
        let readme = manifest.replace("Cargo.toml", "README.md");
        if !read(&readme).contains("\n```") {
            defects.push(format!("{readme}: has no example"));
        }
    }
    assert_none(&defects);
}
