//! What stands beside the dialect: commands, `POST /{things}/{verb}`, answered without a document, and reports; all refused
//! with problem details.

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
    let mut responses = answers::problems();
    responses.retain(|status, _| !matches!(&**status, "408" | "413"));
    responses
        .insert("200".to_owned(), answers::document("The keys.", &reference("schemas", "apiKeyCollection")));
    responses.insert("304".to_owned(), answers::not_modified());
    responses.insert("412".to_owned(), reference("responses", "PreconditionFailed"));
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
