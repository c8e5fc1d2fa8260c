//! The conformance suite, run for every store there is.

use std::sync::Arc;

use keys_store::fault::FaultStore;
use keys_store::{KeyStore, MemoryStore, conformance_tests};

conformance_tests!(memory, MemoryStore::new);
conformance_tests!(memory_forked, || MemoryStore::new().fork());
conformance_tests!(memory_behind_a_pointer, || Arc::new(MemoryStore::new()) as Arc<dyn KeyStore>);
conformance_tests!(memory_behind_faults_switched_off, || FaultStore::new(Arc::new(MemoryStore::new())));

/// A case that the macro does not list would be run for no store.
#[test]
fn every_case_of_the_suite_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/conformance");
    let listed = std::fs::read_to_string(format!("{folder}/mod.rs")).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let group = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let source = std::fs::read_to_string(&path).unwrap();
        for line in source.lines().filter_map(|line| line.strip_prefix("pub fn ")) {
            let (case, takes) = line.split_once('(').unwrap();
            let entry = match case.split_once('<') {
                Some((case, "F: Fixture>")) => case.to_owned(),
                Some(_) | None if !takes.starts_with("store: &dyn KeyStore)") => continue,
                Some(_) | None => format!("{group}::{case}"),
            };
            assert!(
                group == "sample" || listed.lines().any(|line| line.trim() == entry),
                "{entry} is not listed"
            );
        }
    }
}
