//! Who may speak to a server on loopback, and from which site (decision 0017).

use keys_tests::TestServer;
use serde_json::json;

use crate::installation::Installation;

const FORWARDING: [(&str, &str); 6] = [
    ("forwarded", "for=192.0.2.1"),
    ("via", "1.1 proxy"),
    ("x-forwarded-for", "192.0.2.1"),
    ("x-forwarded-host", "keys.example.org"),
    ("x-forwarded-proto", "https"),
    ("x-real-ip", "192.0.2.1"),
];

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36";

#[test]
fn without_access_control_a_foreign_host_is_misdirected() {
    let server = TestServer::start();
    let port = server.address().port();
    for good in ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"] {
        let client = server.client().with_header("host", &format!("{good}:{port}"));
        assert_eq!(client.get("/v1").status, 200, "{good}");
    }
    for foreign in
        ["keys.example.org", "127.0.0.1.example.org", "localhost.example.org", "192.0.2.1", "169.254.169.254"]
    {
        let client = server.client().with_header("host", &format!("{foreign}:{port}"));
        let refused = client.get("/v1");
        assert_eq!(refused.status, 421, "{foreign}: {}", refused.text());
        assert!(refused.text().contains("access control"), "says what to do: {}", refused.text());
        let refused = client.post("/v1/apikeys", &json!({ "name": "rebound" }));
        assert_eq!(refused.status, 421, "{foreign}");
    }
    assert_eq!(server.client().get("/v1/apikeys").expect(200).json()["data"], json!([]));
}

#[test]
fn without_access_control_a_proxy_is_misdirected() {
    let server = TestServer::start();
    for (name, value) in FORWARDING {
        let client = server.client().with_header(name, value);
        let refused = client.post("/v1/apikeys", &json!({ "name": "through a proxy" }));
        assert_eq!(refused.status, 421, "{name}: {}", refused.text());
    }
    assert_eq!(server.client().get("/v1/apikeys").expect(200).json()["data"], json!([]));
}

#[test]
fn with_access_control_a_proxy_may_stand_in_front() {
    let installation = Installation::start();
    for (name, value) in FORWARDING {
        let _ = installation.administrator.with_header(name, value).get("/v1").expect(200);
    }
    // Nobody configured a proxy to believe: what it says changes no link.
    let client = installation.administrator.with_header("x-forwarded-proto", "https");
    let answer = client.with_header("x-forwarded-host", "evil.example.org").get("/v1").expect(200);
    assert!(!answer.text().contains("evil.example.org"), "{}", answer.text());
}

#[test]
fn a_page_of_another_site_changes_nothing() {
    let installation = Installation::start();
    let open = TestServer::start();
    let cross = [
        ("origin", "https://evil.example.org"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for client in [installation.administrator.clone(), open.client()] {
        let before = client.get("/v1/apikeys").expect(200).json();
        for (name, value) in cross {
            let page = client.with_header("user-agent", BROWSER).with_header(name, value);
            let page = page.with_header("accept", "application/json");
            let key = json!({ "name": "planted" });
            let refused = page.post("/v1/apikeys", &key).expect(403);
            assert_eq!(refused.field("code"), "InvalidCSRFToken", "{name}: {value}");
            let _ = page.put("/v1/settings/api.security.enabled", &json!({ "value": "false" })).expect(403);
            let _ = page.delete("/v1/apikeys/1c1").expect(403);
            let _ = page.post("/v1/apikeys/1c1?_method=DELETE", &json!({})).expect(403);
            let plain = client.with_header(name, value);
            let _ = plain.post("/v1/apikeys", &key).expect(403);
        }
        assert_eq!(client.get("/v1/apikeys").expect(200).json(), before);
    }
}

#[test]
fn an_old_browser_needs_the_token_of_its_cookie() {
    let installation = Installation::start();
    let browser = installation.administrator.with_header("user-agent", BROWSER);
    let key = json!({ "name": "from a browser" });
    let _ = browser.post("/v1/apikeys", &key).expect(403);

    let page = browser.get("/v1").expect(200);
    let cookie = page.header("set-cookie").expect("a cookie for a browser").to_owned();
    let token = cookie.strip_prefix("CSRF=").and_then(|rest| rest.split(';').next()).expect("CSRF first");
    let with_cookie = browser.with_header("cookie", &format!("CSRF={token}"));
    let _ = with_cookie.post("/v1/apikeys", &key).expect(403);
    let _ = with_cookie.with_header("x-api-csrf", "wrong").post("/v1/apikeys", &key).expect(403);
    let _ = with_cookie.with_header("x-api-csrf", token).post("/v1/apikeys", &key).expect(201);
}

#[test]
fn an_address_others_reach_needs_access_control_and_a_word_about_the_proxy() {
    let dir = tempfile::tempdir().unwrap();
    let launch = || keys_tests::Launch::bare().args(["--data-dir"]).arg(dir.path());
    let finished = launch().args(["--listen", "0.0.0.0:0"]).run();
    assert_eq!(finished.code(), Some(2), "{}", finished.stderr);
    assert!(finished.stderr.contains("--behind-tls-proxy"));
    // Behind a proxy it answers one page only, until somebody administers it (tests/it/set_up.rs).
    let server = launch().args(["--listen", "127.0.0.1:0", "--behind-tls-proxy"]).start();
    assert_eq!(server.client().get("/v1").status, 503);
}
