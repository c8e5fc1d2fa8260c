//! What stands beside the dialect: commands, `POST /{things}/{verb}`, most of them answered without a document, and reports;
//! all refused with problem details.

use serde_json::{Map, Value, json};

use super::answers::{self, reference};
use super::operations::{idempotency_key, project_header};

/// Their paths.
pub(super) fn paths() -> Map<String, Value> {
    let paths = [
        ("/receipts/confirm", confirm()),
        ("/accounts/unlock", unlock()),
        ("/sessions/end", end_sessions()),
        ("/keys/made", keys_made()),
        ("/keys/matching", keys_matching()),
        ("/keys/transition", keys_transition()),
    ];
    paths.into_iter().map(|(path, item)| (path.to_owned(), item)).collect()
}

/// Saying that a secret has arrived.
fn confirm() -> Value {
    let key = idempotency_key("The one that the create was sent with.", true);
    command(
        "confirmReceipt",
        "Say that the secret of a new key has arrived",
        "Nobody is shown it again under this `Idempotency-Key`. May be repeated.",
        "The secret is erased.",
        ("parameters", json!([key])),
    )
}

/// Opening the lock of somebody who failed to log in.
fn unlock() -> Value {
    command(
        "unlockAccount",
        "Let somebody log in again without waiting",
        "Forgets the failed log-ins of the person with this account, or with this log-in name. For administrators, \
         outside any environment. May be repeated.",
        "The next attempt need not wait.",
        ("requestBody", person(&[])),
    )
}

/// Ending all sessions of somebody or of everybody.
fn end_sessions() -> Value {
    let all =
        json!({"type": "boolean", "description": "Or `true`: everybody's, the one it is asked in included."});
    command(
        "endSessions",
        "Log somebody out everywhere, or everybody",
        "Ends all sessions of the person with this account, or with this log-in name, or all there are; before the \
         answer. Outside any environment: administrators those of anybody, everybody else their own. May be repeated.",
        "They have ended.",
        ("requestBody", person(&[("all", all)])),
    )
}

/// What somebody made.
fn keys_made() -> Value {
    let responses = report("The keys.", &reference("schemas", "apiKeyCollection"));
    let account = json!({
        "name": "account",
        "in": "query",
        "required": true,
        "description": "The account of a person, such as `1a7`.",
        "schema": {"type": "string"},
    });
    json!({
        "parameters": [project_header()],
        "get": {
            "operationId": "keysMade",
            "summary": "The keys that somebody made",
            "description": "Those that are not deleted, whomever they belong to, and those that these made in turn; at most \
                10,000. For administrators, outside any environment.",
            "parameters": [account],
            "responses": responses,
        },
    })
}

/// What matches, to be moved at once.
fn keys_matching() -> Value {
    let filter = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema});
    let text = || json!({"type": "string"});
    let instant = || json!({"type": "string", "format": "date-time"});
    let revised = json!({"allOf": [
        reference("schemas", "apiKeyCollection"),
        {"type": "object", "properties": {"data": {"type": "array", "items": {
            "type": "object",
            "required": ["revision"],
            "properties": {"revision": {"type": "string", "description": "The revision it was read at, in decimal."}},
        }}}},
    ]});
    json!({
        "parameters": [project_header()],
        "get": {
            "operationId": "keysMatching",
            "summary": "The keys that match, each with its revision",
            "description": "Those within reach that are not deleted and pass every filter, in order of id, at most 1,000: to \
                be given to `/keys/transition`. A page may hold none and still have a `next`. What is no filter is refused, \
                because it would find more than was meant.",
            "parameters": [
                filter("owner", "Of this account or environment, such as `1a5`.", text()),
                filter("creator", "Made as this account or environment.", text()),
                filter("state", "In this state.", json!({"type": "string", "enum": ["active", "inactive"]})),
                filter("name", "With this in the name, in any letter case.", text()),
                filter("createdFrom", "Made at this instant or later.", instant()),
                filter("createdBefore", "Made before this instant.", instant()),
                filter("expiresBefore", "That expire before this instant, or have.", instant()),
                filter("after", "Behind this key: where `pagination.next` goes on.", text()),
            ],
            "responses": report("The keys.", &revised),
        },
    })
}

/// Moving many keys at once.
fn keys_transition() -> Value {
    let key = json!({
        "type": "object",
        "required": ["id", "revision"],
        "properties": {
            "id": {"type": "string", "description": "Such as `1c7`."},
            "revision": {"type": "string", "description": "The revision it was read at."},
        },
    });
    let schema = json!({
        "type": "object",
        "required": ["transition", "keys"],
        "properties": {
            "transition": {"type": "string", "enum": ["activate", "deactivate", "delete"]},
            "keys": {"type": "array", "maxItems": 1000, "items": key},
        },
    });
    let mut item = command(
        "transitionKeys",
        "Move many keys at once, as they were read",
        "In one transaction: each of these keys that its state allows to move, if all of them are still at the revision they \
         were read at, else none (409). Before the answer to a deactivate or a delete no server accepts what has moved any \
         longer. A key that is there already stays, and so does one whose state does not allow it.",
        "The keys as they are now.",
        ("requestBody", json!({"required": true, "content": {"application/json": {"schema": schema}}})),
    );
    if let Some(responses) = item.pointer_mut("/post/responses").and_then(Value::as_object_mut) {
        responses.remove("204");
        let keys = reference("schemas", "apiKeyCollection");
        responses.insert("200".to_owned(), answers::document("The keys as they are now.", &keys));
        let changed =
            "One of the keys has changed since it was read, or others kept changing them. Nothing was done.";
        responses.insert("409".to_owned(), answers::problem(changed));
    }
    item
}

/// The answers of something that is told.
fn report(description: &str, schema: &Value) -> Map<String, Value> {
    let mut responses = answers::problems();
    responses.retain(|status, _| !matches!(&**status, "408" | "413"));
    responses.insert("200".to_owned(), answers::document(description, schema));
    responses.insert("304".to_owned(), answers::not_modified());
    responses.insert("412".to_owned(), reference("responses", "PreconditionFailed"));
    responses
}

/// The body that says who is meant, with what else can be said.
fn person(more: &[(&str, Value)]) -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    let mut properties = Map::new();
    properties.insert("account".to_owned(), text("The account of a person, such as `1a7`."));
    properties.insert("login".to_owned(), text("Or the name that the person logs in with."));
    properties.extend(more.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())));
    let schema = json!({"type": "object", "properties": properties});
    json!({"required": true, "content": {"application/json": {"schema": schema}}})
}

/// A command, with what it is told: its parameters or its body.
fn command(id: &str, summary: &str, description: &str, done: &str, told: (&str, Value)) -> Value {
    let mut responses = answers::problems();
    responses.insert("204".to_owned(), answers::empty(done));
    let mut post = Map::new();
    for (name, value) in [
        ("operationId", json!(id)),
        ("summary", json!(summary)),
        ("description", json!(description)),
        told,
        ("responses", Value::Object(responses)),
    ] {
        post.insert(name.to_owned(), value);
    }
    json!({"parameters": [project_header()], "post": post})
}
