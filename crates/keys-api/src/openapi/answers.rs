//! What can be answered: documents, refusals, and the headers that go with them.

use serde_json::{Map, Value, json};

/// A refusal or failure.
struct Refusal {
    status: u16,
    name: &'static str,
    when: &'static str,
    header: Option<&'static str>,
}

const fn refusal(status: u16, name: &'static str, when: &'static str) -> Refusal {
    Refusal { status, name, when, header: None }
}

/// Everything that is not a success.
const REFUSALS: &[Refusal] = &[
    refusal(400, "BadRequest", "Broken HTTP, a body that is not JSON, or two credentials that differ."),
    Refusal {
        header: Some("WWW-Authenticate"),
        ..refusal(401, "Unauthorized", "No credential, or none that is accepted.")
    },
    refusal(403, "Forbidden", "An environment that cannot be entered, or a change from another site's page."),
    refusal(404, "NotFound", "No such thing, or not the caller's to see."),
    Refusal {
        header: Some("Allow"),
        ..refusal(405, "MethodNotAllowed", "Not this method here, for this caller, or in this state.")
    },
    refusal(408, "RequestTimeout", "The body did not arrive in time."),
    refusal(409, "Conflict", "Others kept changing it."),
    refusal(412, "PreconditionFailed", "It is not in the state that `If-Match` or `If-None-Match` asks for."),
    refusal(413, "PayloadTooLarge", "A body over its limit."),
    refusal(414, "UriTooLong", "A path and query over their limit."),
    refusal(
        421,
        "Misdirected",
        "Access control is off, and the host is no loopback name or a proxy stands between.",
    ),
    refusal(422, "Invalid", "A field, an action or a marker that cannot be taken; `code` says why."),
    Refusal {
        header: Some("Retry-After"),
        ..refusal(429, "TooManyAttempts", "Too many log-ins failed with this name or from this address.")
    },
    refusal(431, "HeadersTooLarge", "Headers over their limit."),
    refusal(500, "Failed", "A defect, or a damaged store."),
    Refusal {
        header: Some("Retry-After"),
        ..refusal(503, "Unavailable", "Too much at once, or the store does not answer.")
    },
];

/// Every refusal, to be referred to.
pub(super) fn components() -> Map<String, Value> {
    REFUSALS
        .iter()
        .map(|refusal| {
            let mut headers = common();
            if let Some(header) = refusal.header {
                headers.insert(header.to_owned(), reference("headers", header));
            }
            let content = json!({"application/json": {"schema": reference("schemas", "error")}});
            let answer = json!({"description": refusal.when, "headers": headers, "content": content});
            (refusal.name.to_owned(), answer)
        })
        .collect()
}

/// The refusals any request may meet, and those of requests that carry a body or name one resource.
pub(super) fn refusals(body: bool, one: bool) -> Map<String, Value> {
    REFUSALS
        .iter()
        .filter(|refusal| match refusal.status {
            408 | 409 | 413 | 429 => body,
            404 => one,
            _ => true,
        })
        .map(|refusal| (refusal.status.to_string(), reference("responses", refusal.name)))
        .collect()
}

/// A document as an answer.
pub(super) fn document(description: &str, schema: &Value) -> Value {
    let mut headers = common();
    headers.insert("ETag".to_owned(), reference("headers", "ETag"));
    let content = json!({"application/json": {"schema": schema}});
    json!({"description": description, "headers": headers, "content": content})
}

/// The answer to a read of what the caller has.
pub(super) fn not_modified() -> Value {
    json!({"description": "It is still as `If-None-Match` says.", "headers": common()})
}

/// The answer to a create.
pub(super) fn created(description: &str, schema: &Value) -> Value {
    let mut headers = common();
    for name in ["ETag", "Location", "Idempotency-Replayed", "X-API-Secret-Available"] {
        headers.insert(name.to_owned(), reference("headers", name));
    }
    let content = json!({"application/json": {"schema": schema}});
    json!({"description": description, "headers": headers, "content": content})
}

/// An answer without a document.
pub(super) fn empty(description: &str) -> Value {
    json!({"description": description, "headers": common()})
}

/// The refusals of what stands beside the dialect: problem details.
pub(super) fn problems() -> Map<String, Value> {
    REFUSALS
        .iter()
        .filter(|refusal| !matches!(refusal.status, 409 | 412 | 429))
        .map(|refusal| {
            let mut headers = common();
            if let Some(header) = refusal.header {
                headers.insert(header.to_owned(), reference("headers", header));
            }
            // What is refused before the address is read is refused in the words of the dialect.
            let content = json!({
                "application/problem+json": {"schema": reference("schemas", "problemDetails")},
                "application/json": {"schema": reference("schemas", "error")},
            });
            let answer = json!({"description": refusal.when, "headers": headers, "content": content});
            (refusal.status.to_string(), answer)
        })
        .collect()
}

/// A refusal beside the dialect that is this one command's own.
pub(super) fn problem(when: &str) -> Value {
    let content = json!({"application/problem+json": {"schema": reference("schemas", "problemDetails")}});
    json!({"description": when, "headers": common(), "content": content})
}

/// A short text as an answer.
pub(super) fn text(description: &str) -> Value {
    json!({"description": description, "content": {"text/plain": {"schema": {"type": "string"}}}})
}

fn common() -> Map<String, Value> {
    ["X-API-Schemas", "X-API-Access-Control", "X-API-Account-Id", "X-API-Client-IP", "X-Request-Id"]
        .into_iter()
        .map(|name| (name.to_owned(), reference("headers", name)))
        .collect()
}

/// Every header, to be referred to.
pub(super) fn headers() -> Map<String, Value> {
    [
        ("Allow", "The methods there are."),
        ("ETag", "What tells this state of the document from others."),
        ("Idempotency-Replayed", "`true` when it was made before, under the same `Idempotency-Key`."),
        ("Location", "Where what was made is found."),
        ("Retry-After", "After how many seconds to try again."),
        ("WWW-Authenticate", "How to say who asks."),
        ("X-API-Access-Control", "`off` while everybody is the administrator; not sent otherwise."),
        ("X-API-Account-Id", "Whom the caller acts as."),
        ("X-API-Client-IP", "From where the caller was seen."),
        ("X-API-Secret-Available", "`false` when the secret of what was made before is no longer shown."),
        ("X-API-Schemas", "Where the schemas are."),
        ("X-Request-Id", "The request's id, which also stands in the log."),
    ]
    .into_iter()
    .map(|(name, description)| {
        (name.to_owned(), json!({"description": description, "schema": {"type": "string"}}))
    })
    .collect()
}

/// A reference to a component.
pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}
