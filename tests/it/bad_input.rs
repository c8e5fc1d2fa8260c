//! Malformed requests: each gets its documented status and code, and changes nothing.

use keys_tests::{Client, Response};
use serde_json::{Value, json};

use crate::installation::{DEFAULT, Installation};

/// Everything a client can see that a request could have changed.
fn state(administrator: &Client) -> Vec<Value> {
    let paths = ["/v1/apikeys", "/v1/projects?all=true", "/v1/settings/api.security.enabled"];
    paths.iter().map(|path| administrator.get(path).expect(200).json()).collect()
}

#[track_caller]
fn assert_refused(answer: &Response, what: &str, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    let document = answer.json();
    assert_eq!(document["type"], "error", "{what}");
    assert_eq!(document["status"], status, "{what}");
    assert_eq!(document["code"], code, "{what}: {}", answer.text());
}

#[test]
fn malformed_bodies() {
    let installation = Installation::start();
    let administrator = &installation.administrator;
    let key = installation.key_of(DEFAULT, "ci");
    let before = state(administrator);
    let deep = "[".repeat(60_000);
    let rows: [(&str, u16, &str); 16] = [
        ("{", 400, "InvalidBodyContent"),
        ("{\"name\":}", 400, "InvalidBodyContent"),
        ("{\"name\":\"a\"} x", 400, "InvalidBodyContent"),
        ("{\"name\":\"\u{fffd}\\ud800\"}", 400, "InvalidBodyContent"),
        (&deep, 400, "InvalidBodyContent"),
        ("{\"name\":{}}", 422, "InvalidFormat"),
        ("{\"name\":[\"a\"]}", 422, "InvalidFormat"),
        ("{\"name\":\"a\\u0000b\"}", 422, "InvalidCharacters"),
        ("{\"name\":\"a\\nb\"}", 422, "InvalidCharacters"),
        ("{\"name\":\"a\\u001b[2Jb\"}", 422, "InvalidCharacters"),
        ("{\"name\":\"a\\u202eb\"}", 422, "InvalidCharacters"),
        ("{\"description\":\"a\\u2066b\"}", 422, "InvalidCharacters"),
        ("{\"expiresAt\":\"tomorrow\"}", 422, "InvalidDateFormat"),
        ("{\"expiresAt\":\"2026-02-30T00:00:00Z\"}", 422, "InvalidDateFormat"),
        ("{\"expiresAt\":7}", 422, "InvalidDateFormat"),
        ("{\"expiresAt\":\"1999-01-01T00:00:00Z\"}", 422, "MinLimitExceeded"),
    ];
    for (body, status, code) in rows {
        let what = &body[..body.len().min(60)];
        let create = administrator.request("POST", "/v1/projects/1a5/apikeys").body(body.as_bytes());
        assert_refused(&create.send(), what, status, code);
        if !body.contains("expiresAt") {
            let edit = administrator.request("PUT", &key.path).body(body.as_bytes());
            assert_refused(&edit.send(), what, status, code);
        }
    }
    let not_utf8 = administrator.request("POST", "/v1/projects/1a5/apikeys").body(b"{\"name\":\"\xff\"}");
    assert_refused(&not_utf8.send(), "not UTF-8", 400, "InvalidBodyContent");
    assert_eq!(state(administrator), before);
}

#[test]
fn malformed_paths_and_ids() {
    let installation = Installation::start();
    let administrator = &installation.administrator;
    let before = state(administrator);
    let rows = [
        ("GET", "/v1/apikeys/1c999999", 404, "Not Found"),
        ("GET", "/v1/apikeys/7", 404, "Not Found"),
        ("GET", "/v1/apikeys/1c", 404, "Not Found"),
        ("GET", "/v1/apikeys/1c0", 404, "Not Found"),
        ("GET", "/v1/apikeys/1c-1", 404, "Not Found"),
        ("GET", "/v1/apikeys/1c99999999999999999999", 404, "Not Found"),
        ("GET", "/v1/apikeys/1a5", 404, "Not Found"),
        ("GET", "/v1/apikeys/'%20OR%201=1", 404, "Not Found"),
        ("GET", "/v1/apikeys/%e2%98%83", 404, "Not Found"),
        ("GET", "/v1/nothing", 404, "Not Found"),
        ("GET", "/v1/schemas/nothing", 404, "Not Found"),
        ("GET", "/v1/settings/nothing", 404, "Not Found"),
        ("PUT", "/v1/apikeys/1c999999", 404, "Not Found"),
        ("DELETE", "/v1/apikeys/1c999999", 404, "Not Found"),
        ("POST", "/v1/apikeys/1c999999/?action=activate", 404, "Not Found"),
        ("POST", "/v1/apikeys/1c1/?action=explode", 422, "InvalidAction"),
        ("GET", "/v1/projects/1a999999/apikeys", 403, "Forbidden"),
        ("GET", "/v1/projects/x/apikeys", 403, "Forbidden"),
        ("POST", "/v1/projects/1a999999/apikeys", 403, "Forbidden"),
        ("PATCH", "/v1/apikeys/1c1", 405, "Method not allowed"),
        ("DELETE", "/v1/apikeys", 405, "Method not allowed"),
        ("PUT", "/v1/apikeys", 405, "Method not allowed"),
        ("POST", "/v1/schemas", 405, "Method not allowed"),
        ("TRACE", "/v1", 405, "Method not allowed"),
        ("GET", "/v1foo", 422, "UnsupportedVersion"),
    ];
    for (method, path, status, code) in rows {
        let answer = administrator.request(method, path).send();
        assert_refused(&answer, &format!("{method} {path}"), status, code);
    }
    assert_eq!(state(administrator), before);
}

#[test]
fn malformed_settings() {
    let installation = Installation::start();
    let administrator = &installation.administrator;
    let before = state(administrator);
    for value in [json!("perhaps"), json!(""), json!({}), json!(null)] {
        let refused = administrator.put("/v1/settings/api.security.enabled", &json!({ "value": value }));
        assert!(matches!(refused.status, 400 | 422), "{value}: {}", refused.text());
    }
    assert_eq!(state(administrator), before);
}

#[test]
fn access_control_is_not_switched_on_while_nobody_could_administer() {
    let server = keys_tests::TestServer::start();
    let anybody = server.client();
    let enable = json!({ "value": "true" });
    let refused = anybody.put("/v1/settings/api.security.enabled", &enable);
    assert!((400..500).contains(&refused.status), "{}", refused.text());
    assert!(refused.text().contains("1a1"), "says whose key is needed: {}", refused.text());

    let key = keys_tests::create_key(&anybody, "/v1/projects/1a5/apikeys", "of an environment");
    let _ = key;
    let refused = anybody.put("/v1/settings/api.security.enabled", &enable);
    assert!((400..500).contains(&refused.status), "an environment's key does not administer");
    assert_eq!(anybody.get("/v1/settings/api.security.enabled").expect(200).field("value"), "false");
}

#[test]
fn malformed_queries_are_ignored_or_refused_and_never_fail() {
    let installation = Installation::start();
    let get = |query: &str| installation.administrator.get(&format!("/v1/apikeys?{query}"));
    let ignored = [
        "limit=x",
        "limit=-1",
        "limit=0",
        "limit=99999999999999999999",
        "sort=nothing",
        "sort=name&order=up",
        "nothing=x",
        "secretValue=x",
        "name_like=%",
        "name_nothing=x",
        "name=%zz",
        "id=x",
        "created_gt=x",
        "&&==&",
    ];
    for query in ignored {
        let answer = get(query);
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    }
    assert_refused(&get("marker=nonsense"), "marker", 422, "InvalidFormat");
    assert_refused(&get("name=%00"), "NUL", 400, "Bad Request");
}

#[test]
fn requests_no_client_would_make() {
    let installation = Installation::start();
    let stranger = installation.stranger();
    let before = state(&installation.administrator);
    let long_header =
        format!("GET /v1 HTTP/1.1\r\nhost: localhost\r\nx-long: {}\r\n\r\n", "x".repeat(20_000));
    let many_headers = format!("GET /v1 HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "x-more: 1\r\n".repeat(150));
    let long_path = format!("GET /v1/{} HTTP/1.1\r\nhost: localhost\r\n\r\n", "x".repeat(20_000));
    let rows: [(&str, &[u16]); 9] = [
        ("nonsense\r\n\r\n", &[400]),
        ("GET /v1 HTTP/9.9\r\nhost: localhost\r\n\r\n", &[400, 505]),
        ("GET /v1 HTTP/1.1\r\nbad header\r\n\r\n", &[400]),
        ("POST /v1/apikeys HTTP/1.1\r\nhost: localhost\r\ncontent-length: x\r\n\r\n", &[400]),
        (
            "POST /v1/apikeys HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            &[400],
        ),
        ("GET /v1 HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", &[400]),
        (&long_header, &[431]),
        (&many_headers, &[431]),
        (&long_path, &[414, 431]),
    ];
    for (bytes, expected) in rows {
        let what = &bytes[..bytes.len().min(70)];
        let answer = stranger.raw(bytes.as_bytes()).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(expected.contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
    }
    assert_eq!(state(&installation.administrator), before);
}

#[test]
fn a_body_over_its_limit_is_refused() {
    let installation = Installation::start();
    let before = state(&installation.administrator);
    let body = json!({ "name": "ci", "padding": "x".repeat(64 * 1024) }).to_string();
    let create = installation.administrator.request("POST", "/v1/apikeys").body(body.as_bytes());
    let refused = create.send();
    assert_refused(&refused, "over 64 KiB", 413, "Request Entity Too Long");
    assert_eq!(state(&installation.administrator), before);
}
