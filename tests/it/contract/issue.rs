//! Rows 10–12, 14, 28: what a new key is, and that its secret is shown once.

use keys_tests::create_key;
use serde_json::{Value, json};

use crate::installation::{DEFAULT, Installation};

#[test]
fn row_10_a_name_and_if_desired_a_description() {
    let installation = Installation::start();
    let create = |body: Value| installation.administrator.post("/v1/projects/1a5/apikeys", &body);

    let both = create(json!({ "name": "ci", "description": "build box" })).expect(201).json();
    assert_eq!((&both["name"], &both["description"]), (&json!("ci"), &json!("build box")));
    let neither = create(json!({})).expect(201).json();
    assert_eq!((&neither["name"], &neither["description"]), (&Value::Null, &Value::Null));
    let empty = create(json!({ "name": "", "description": "" })).expect(201).json();
    assert_eq!((&empty["name"], &empty["description"]), (&json!(""), &json!("")));
}

#[test]
fn row_10_as_long_as_they_fit() {
    let installation = Installation::start();
    let create = |body: Value| installation.administrator.post("/v1/projects/1a5/apikeys", &body);
    // Characters count, not bytes: a snowman is one, and takes three.
    let longest = json!({ "name": "☃".repeat(255), "description": "☃".repeat(1024) });
    let made = create(longest.clone()).expect(201).json();
    assert_eq!((&made["name"], &made["description"]), (&longest["name"], &longest["description"]));

    for (field, length) in [("name", 256), ("description", 1025)] {
        let refused = create(json!({ field: "x".repeat(length) })).expect(422);
        assert_eq!(refused.field("code"), "MaxLengthExceeded");
        assert_eq!(refused.field("fieldName"), field);
    }
}

#[test]
fn row_11_create_answers_with_the_pair() {
    let installation = Installation::start();
    let answer =
        installation.administrator.post("/v1/projects/1a5/apikeys", &json!({ "name": "ci" })).expect(201);
    let (access_key, secret_key) = (answer.field("publicValue"), answer.field("secretValue"));
    assert!(access_key.len() == 20 && access_key.starts_with("KC"), "{access_key}");
    assert!(secret_key.len() == 40 && secret_key.chars().all(|c| c.is_ascii_alphanumeric()));
    assert_eq!(answer.field("type"), "apiKey");
    assert_eq!(answer.field("kind"), "apiKey");
    assert_eq!(answer.field("state"), "active");
    assert_eq!(answer.field("transitioning"), "no");
    assert_eq!(answer.field("accountId"), DEFAULT);
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")));

    let client = installation.stranger().with_key(&access_key, &secret_key);
    let _ = client.get("/v1/projects/1a5").expect(200);
}

#[test]
fn row_11_no_caller_chooses_a_pair() {
    let installation = Installation::start();
    let chosen = json!({
        "name": "ci", "publicValue": "KC000000000000000000", "secretValue": "chosen", "state": "inactive", "id": "1c999",
    });
    let made = installation.administrator.post("/v1/projects/1a5/apikeys", &chosen).expect(201);
    assert_ne!(made.field("publicValue"), "KC000000000000000000");
    assert_ne!(made.field("secretValue"), "chosen");
    assert_eq!(made.field("state"), "active");
    assert_ne!(made.field("id"), "1c999");
}

#[test]
fn row_12_both_halves_are_needed() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let another = installation.key_of(DEFAULT, "another");
    let bad = [
        (key.access_key.as_str(), ""),
        ("", key.secret_key.as_str()),
        (key.access_key.as_str(), key.access_key.as_str()),
        (key.access_key.as_str(), another.secret_key.as_str()),
        (another.access_key.as_str(), key.secret_key.as_str()),
        (key.access_key.as_str(), &key.secret_key[..39]),
    ];
    for (access_key, secret_key) in bad {
        let _ = installation.stranger().with_key(access_key, secret_key).get("/v1").expect(401);
    }
    assert_eq!(installation.status_of(&key, DEFAULT), 200);
}

#[test]
fn row_14_the_secret_is_never_shown_again() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let administrator = &installation.administrator;
    let answers = [
        administrator.get(&key.path),
        administrator.get(&format!("/v1/apikeys/{}", key.id)),
        administrator.get("/v1/apikeys"),
        administrator.put(&key.path, &json!({ "name": "renamed" })),
        administrator.post(&key.action("deactivate"), &json!({})),
        administrator.delete(&key.path),
        administrator.get(&key.path),
    ];
    for answer in answers {
        assert!((200..300).contains(&answer.status), "{}", answer.text());
        assert!(!answer.text().contains(&key.secret_key));
        assert!(answer.text().contains("\"secretValue\":null"), "{}", answer.text());
    }
}

#[test]
fn row_28_a_new_pair_is_a_new_key() {
    let installation = Installation::start();
    let old = installation.key_of(DEFAULT, "ci");
    let new = create_key(&installation.administrator, "/v1/projects/1a5/apikeys", "ci");
    assert_ne!(old.id, new.id);
    assert_ne!(old.access_key, new.access_key);
    for action in ["rotate", "regenerate", "reset"] {
        let refused = installation.administrator.post(&old.action(action), &json!({})).expect(422);
        assert_eq!(refused.field("code"), "InvalidAction");
    }
    assert_eq!(installation.status_of(&old, DEFAULT), 200);
    assert_eq!(installation.status_of(&new, DEFAULT), 200);
}
