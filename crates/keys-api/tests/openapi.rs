//! The OpenAPI document: whole in itself, and as it is committed.
//!
//! `KEYS_UPDATE_DOCS=1 cargo test -p keys-api --test openapi` writes `docs/openapi.json` anew.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use keys_api::{Audience, Verb, declarations, openapi};
use serde_json::Value;

#[test]
fn the_committed_document_is_this_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&openapi()).unwrap());
    if env::var_os("KEYS_UPDATE_DOCS").is_some() {
        fs::write(&path, text).expect("the document can be written");
        return;
    }
    let there = fs::read_to_string(&path).expect("the document is there");
    assert!(
        there == text,
        "docs/openapi.json is stale: KEYS_UPDATE_DOCS=1 cargo test -p keys-api --test openapi"
    );
}

/// Every string under a key of this name, anywhere.
fn all<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get(key).and_then(Value::as_str));
            members.values().for_each(|member| all(member, key, found));
        }
        Value::Array(items) => items.iter().for_each(|item| all(item, key, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi();
    let mut references = Vec::new();
    all(&document, "$ref", &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = openapi();
    let mut names = Vec::new();
    all(&document["paths"], "operationId", &mut names);
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
}

#[test]
fn every_declared_method_and_filter_is_an_operation_and_a_parameter() {
    let document = openapi();
    for declaration in declarations() {
        for (before, audience) in
            [("/v1", Audience::Administrator), ("/v1/projects/{projectId}", Audience::Owner)]
        {
            let methods = declaration.methods(audience);
            let list = format!("{before}/{}", declaration.plural.to_ascii_lowercase());
            let one = format!("{list}/{{id}}");
            for verb in [Verb::Get, Verb::Post, Verb::Put, Verb::Delete] {
                let name = verb.as_str().to_ascii_lowercase();
                let documented = |path: &str| document["paths"][path][&name].is_object();
                assert_eq!(documented(&list), methods.collection.contains(&verb), "{name} {list}");
                let acts = verb == Verb::Post && methods.actions && !declaration.actions.is_empty();
                assert_eq!(documented(&one), acts || methods.resource.contains(&verb), "{name} {one}");
            }
            let mut parameters = Vec::new();
            all(&document["paths"][&list]["get"]["parameters"], "name", &mut parameters);
            for filter in declaration.filters().filter(|_| methods.collection.contains(&Verb::Get)) {
                assert!(parameters.contains(&filter.field), "{list}: {}", filter.field);
            }
        }
    }
}
