//! The OpenAPI document, made from the declarations of the types and from nothing else.

mod answers;
mod commands;
mod operations;
mod schemas;

use serde_json::{Map, Value, json};

use crate::{Audience, Declaration, declarations};

/// The whole interface as an OpenAPI 3.1 document: every path with and without the environment before it, for a caller
/// who may do the most there.
///
/// ```
/// let document = keys_api::openapi();
/// assert_eq!(document["openapi"], "3.1.0");
/// assert!(document["paths"]["/v1/apikeys/{id}"]["put"].is_object());
/// ```
#[must_use]
pub fn openapi() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "API keys",
            "version": "v1",
            "description": DESCRIPTION,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"basic": []}, {"bearer": []}, {"apiKey": []}],
        "tags": declarations().iter().map(|one| json!({"name": one.id})).collect::<Vec<_>>(),
        "paths": paths(),
        "components": {
            "schemas": schemas::all(),
            "responses": answers::components(),
            "headers": answers::headers(),
            "securitySchemes": security_schemes(),
        },
    })
}

const DESCRIPTION: &str = "API keys in the dialect of Rancher v1. `HEAD` is answered wherever `GET` is, `OPTIONS` \
    everywhere with `Allow`. A request enters an environment by its path, by `X-API-Project-Id` or by `projectId`. \
    Unknown parameters and fields are ignored. While access control is off no credential is needed.";

fn paths() -> Map<String, Value> {
    let mut paths = operations::fixed();
    for declaration in declarations() {
        add(&mut paths, "/v1", declaration, Audience::Administrator);
        add(&mut paths, "/v1/projects/{projectId}", declaration, Audience::Owner);
    }
    paths
}

/// The list of a type and one of it, as far as the audience has them.
fn add(paths: &mut Map<String, Value>, before: &str, declaration: &Declaration, audience: Audience) {
    let list = format!("{before}/{}", declaration.plural.to_ascii_lowercase());
    let inside = audience == Audience::Owner;
    for (path, item) in [
        (list.clone(), operations::list(declaration, audience, inside)),
        (format!("{list}/{{id}}"), operations::one(declaration, audience, inside)),
    ]
    .into_iter()
    .chain(declaration.links.iter().map(|link| {
        let path = format!("{list}/{{id}}/{}", link.name.to_ascii_lowercase());
        (path, operations::linked(declaration, link, inside))
    })) {
        if item.values().any(|operation| operation.get("responses").is_some()) {
            paths.insert(path, Value::Object(item));
        }
    }
}

fn security_schemes() -> Value {
    json!({
        "basic": {
            "type": "http",
            "scheme": "basic",
            "description": "The access key as user name, the secret key as password.",
        },
        "bearer": {"type": "http", "scheme": "bearer", "description": "`kc_<access key>_<secret key>`."},
        "apiKey": {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "`kc_<access key>_<secret key>`.",
        },
    })
}
