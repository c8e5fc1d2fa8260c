//! go-rancher itself, as of Rancher 1.0 and as of its last version, which can page.

use std::io::Write as _;
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys_tests::{TestServer, create_key};
use serde_json::{Value, json};

use super::{GoRancher, decode_collection, text};
use crate::installation::{DEFAULT, Installation};

#[test]
fn go_rancher_lives_the_life_of_a_key() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "go");
    let stranger = installation.stranger();
    for path in ["/v1", "/v1/schemas", "/v1/projects/1a5", "/v1/projects/1a5/schemas"] {
        let go = GoRancher::open(&stranger, path, Some(&key));
        let made = go.create("apiKey", &json!({ "name": "made by go", "description": "x" }));
        assert_eq!((text(&made["type"]), text(&made["name"])), ("apiKey", "made by go"));
        assert_eq!(text(&made["secretValue"]).len(), 40);

        let renamed = go.update(&made, &json!({ "name": "renamed" }));
        assert_eq!((text(&renamed["name"]), text(&renamed["description"])), ("renamed", "x"));
        // A structure cannot say null; a map can, and it is sent as it is.
        let answer = go.client.put(text(&made["links"]["self"]), &json!({ "description": null }));
        assert_eq!(answer.expect(200).json()["description"], Value::Null);

        let inactive = go.act(&renamed, "deactivate");
        let active = go.act(&inactive, "activate");
        assert_eq!(text(&active["state"]), "active");
        let inactive = go.act(&active, "deactivate");
        go.delete(&inactive);
        let found = go.by_id("apiKey", text(&made["id"])).expect("by id it is still there");
        assert_eq!(text(&found["state"]), "removed");
        assert_eq!(go.by_id("apiKey", "1c999999"), None);
        let filters = format!("?id={}&removed_null=1", text(&made["id"]));
        assert_eq!(go.list("apiKey", &filters), [] as [Value; 0]);
    }
}

#[test]
fn go_rancher_sends_an_empty_pair_when_it_has_none() {
    let server = TestServer::start();
    let go = GoRancher::open(&server.client(), "/v1", None);
    let made = go.create("apiKey", &json!({ "name": "by anybody" }));
    assert_eq!(text(&made["accountId"]), "1a1");
    let installation = Installation::on(server);
    let _ = installation.stranger().with_key("", "").get("/v1").expect(401);
}

#[test]
fn go_rancher_builds_the_address_of_a_collection_from_the_plural() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "go");
    let go = GoRancher::open(&installation.stranger(), "/v1", Some(&key));
    for schema in &go.schemas {
        let own = text(&schema["links"]["self"]);
        let (before, _) = own.split_once("schemas").expect("the address of a schema");
        let listable = schema["collectionMethods"].as_array().expect("an array").contains(&json!("GET"));
        if listable {
            // In the letter case of the schema: `…/v1/apiKeys`.
            let answer = go.client.get(&format!("{before}{}", text(&schema["pluralName"]))).expect(200);
            let _ = decode_collection(&answer);
        }
    }
}

#[test]
fn go_rancher_follows_next() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "go");
    let go = GoRancher::open(&installation.stranger(), "/v1", Some(&key));
    let made: Vec<String> =
        (0..6).map(|number| create_key(&go.client, "/v1/apikeys", &format!("page {number}")).id).collect();
    let mut url = format!("{}?limit=2&name_prefix=page", go.collection("apiKey", "GET"));
    let mut seen = Vec::new();
    loop {
        let answer = go.client.get(&url).expect(200);
        seen.extend(decode_collection(&answer).iter().map(|key| text(&key["id"]).to_owned()));
        let Some(next) = answer.json()["pagination"]["next"].as_str().map(ToOwned::to_owned) else { break };
        url = next;
    }
    assert_eq!(seen, made);
}

#[test]
fn go_rancher_may_leave_answers_unread() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "go");
    let pair = STANDARD.encode(format!("{}:{}", key.access_key, key.secret_key));
    let address = installation.server.address();
    let request =
        format!("GET /v1/schemas HTTP/1.1\r\nhost: {address}\r\nauthorization: Basic {pair}\r\n\r\n");
    for _ in 0..100 {
        let mut connection = TcpStream::connect(address).expect("a connection");
        connection.write_all(request.as_bytes()).expect("room to write");
        // Dropped with an answer under way: the server is told by a reset.
    }
    let _ = key.client(&installation.stranger()).get("/v1").expect(200);
    let finished = installation.server.stop();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
}
