//! What a refused caller learns: that it is refused, and nothing else (decision 0016).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys_core::Timestamp;
use keys_tests::{Client, Key, Response};
use serde_json::json;
use std::time::Duration;

use crate::installation::{DEFAULT, Installation};

/// An answer without what differs between any two answers: the date, and the request's id in header and body.
fn common(response: &Response) -> Response {
    let id = response.field("id");
    let mut common = response.clone();
    common.headers.retain(|(name, _)| name != "date");
    for (_, value) in &mut common.headers {
        *value = value.replace(&id, "ID");
    }
    common.body = response.text().replace(&id, "ID").into_bytes();
    assert_ne!(common.body, response.body, "the id of the request stands in the body");
    common
}

/// One key for each of the six reasons a well-formed credential is refused.
fn refused_keys(installation: &Installation) -> Vec<(&'static str, Key)> {
    let unknown =
        Key { access_key: "KC000000000000000000".to_owned(), ..installation.key_of(DEFAULT, "known") };
    let another = installation.key_of(DEFAULT, "another");
    let wrong = Key { secret_key: another.secret_key, ..installation.key_of(DEFAULT, "wrong secret") };
    let inactive = installation.key_of(DEFAULT, "inactive");
    installation.act(&inactive, "deactivate");
    let deleted = installation.key_of(DEFAULT, "deleted");
    installation.act(&deleted, "deactivate");
    let _ = installation.administrator.delete(&deleted.path).expect(200);
    let environment = installation.environment("switched off");
    let orphan = installation.key_of(&environment, "of an inactive environment");
    let path = format!("/v1/projects/{environment}/?action=deactivate");
    let _ = installation.administrator.post(&path, &json!({})).expect(200);
    vec![
        ("unknown", unknown),
        ("wrong secret", wrong),
        ("inactive", inactive),
        ("deleted", deleted),
        ("expired", expired_key(installation)),
        ("owner inactive", orphan),
    ]
}

/// A key that was good and has expired: the server's own clock is asked, by using it until it is refused.
fn expired_key(installation: &Installation) -> Key {
    let administrator = &installation.administrator;
    let clock = administrator.post("/v1/apikeys", &json!({ "name": "clock" })).expect(201).json();
    let now = clock["createdTS"].as_i64().and_then(Timestamp::from_millis).expect("a time");
    let soon = now.checked_add(Duration::from_secs(2)).expect("a time").to_string();
    let body = json!({ "name": "expires", "expiresAt": soon });
    let created = administrator.post("/v1/projects/1a5/apikeys", &body).expect(201);
    let key = Key {
        id: created.field("id"),
        access_key: created.field("publicValue"),
        secret_key: created.field("secretValue"),
        path: format!("/v1/projects/1a5/apikeys/{}", created.field("id")),
    };
    assert_eq!(installation.status_of(&key, DEFAULT), 200, "before it expires");
    let refused = (0..1_000_000).any(|_| installation.status_of(&key, DEFAULT) == 401);
    assert!(refused, "it never expired");
    key
}

#[test]
fn the_six_refusals_are_the_same_answer() {
    let installation = Installation::start();
    let stranger = installation.stranger();
    let reference = common(&stranger.get("/v1/apikeys").expect(401));
    for (reason, key) in refused_keys(&installation) {
        for path in ["/v1/apikeys", "/v1", "/v1/projects/1a5/apikeys/1c1", "/v1/nothing"] {
            let answer = key.client(&stranger).get(path);
            assert_eq!(answer.status, 401, "{reason}: {path}: {}", answer.text());
            if !path.contains("projects") {
                assert_eq!(common(&answer), reference, "{reason}: {path}");
            }
        }
    }
}

#[test]
fn a_malformed_credential_is_refused_with_the_same_bytes() {
    let installation = Installation::start();
    let stranger = installation.stranger();
    let reference = common(&stranger.get("/v1/apikeys").expect(401));
    let key = installation.key_of(DEFAULT, "ci");
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    let mistyped = format!("{}0", &key.secret_key[..39]);
    let malformed = [
        "Basic".to_owned(),
        "Basic !!!!".to_owned(),
        "Basic a b".to_owned(),
        basic("no colon"),
        basic(""),
        basic(":"),
        basic(&format!("{}:{}\n", key.access_key, key.secret_key)),
        basic(&format!("{}:{}", key.access_key, "x".repeat(10_000))),
        basic(&format!("{}:{mistyped}", key.access_key)),
        format!("Basic {}", STANDARD.encode(b"\xff\xfe:\xff")),
        format!("Bearer kc_{}", key.access_key),
        format!("Bearer kc_{}_{mistyped}", key.access_key),
        "Bearer".to_owned(),
        "Digest username=\"x\"".to_owned(),
    ];
    for value in malformed {
        let answer = stranger.with_header("authorization", &value).get("/v1/apikeys");
        assert_eq!(answer.status, 401, "{value}: {}", answer.text());
        assert_eq!(common(&answer), reference, "{value}");
    }
}

#[test]
fn two_credentials_that_differ_are_no_credential() {
    let installation = Installation::start();
    let one = installation.key_of(DEFAULT, "one");
    let two = installation.key_of(DEFAULT, "two");
    let joined = |key: &Key| format!("kc_{}_{}", key.access_key, key.secret_key);
    let client = one.client(&installation.stranger());
    let _ = client.with_header("x-api-key", &joined(&one)).get("/v1").expect(200);
    let _ = client.with_header("x-api-key", &joined(&two)).get("/v1").expect(400);
}

#[test]
fn a_credential_in_a_url_counts_for_nothing() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let joined = format!("kc_{}_{}", key.access_key, key.secret_key);
    for name in ["token", "key", "access_token", "api_key"] {
        let _ = installation.stranger().get(&format!("/v1?{name}={joined}")).expect(401);
    }
}

/// Enough refused requests that a lock-out would show; the owner must not notice.
#[test]
fn refusals_never_lock_a_key() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let other = installation.key_of(DEFAULT, "other");
    let guesser: Client = installation.stranger().with_key(&key.access_key, &other.secret_key);
    for _ in 0..500 {
        let _ = guesser.get("/v1").expect(401);
    }
    assert_eq!(installation.status_of(&key, DEFAULT), 200);
}
