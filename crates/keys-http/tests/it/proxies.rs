//! Whom the server believes about where a request comes from and where it was sent to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::{Method, StatusCode};
use keys_http::{AppConfig, Exposure};
use keys_store::MemoryStore;
use serde_json::json;

use crate::log::logged;
use crate::support::{Ask, Pair, Reply, TestApp, runtime};

impl Ask {
    /// Sends it from this address.
    fn from(self, peer: &str, app: &TestApp) -> Reply {
        let runtime = runtime();
        let peer = SocketAddr::from((peer.parse::<IpAddr>().unwrap(), 4000));
        let (parts, body) = runtime.block_on(app.app.respond(self.0, peer)).into_parts();
        Reply { status: parts.status, headers: parts.headers, body }
    }
}

/// A protected server that believes 10.0.0.0/8.
fn protected(public_url: Option<&str>) -> (TestApp, Pair) {
    let store = Arc::new(MemoryStore::new());
    let admin = TestApp::over(store.clone(), AppConfig::default()).protect();
    let config = AppConfig {
        exposure: Exposure::BehindTlsProxy,
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
        public_url: public_url.map(|url| url.parse().unwrap()),
        ..AppConfig::default()
    };
    (TestApp::over(store, config), admin)
}

/// What a stranger may try, beside `X-Forwarded-Proto` and `X-Forwarded-Host`.
const SPOOFS: [(&str, &str); 46] = [
    ("x-forwarded-for", "198.51.100.66"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-forwarded-for", "::1"),
    ("x-forwarded-for", "10.0.0.1"),
    ("x-forwarded-for", "10.0.0.1, 10.0.0.2"),
    ("x-forwarded-for", "198.51.100.66, 10.0.0.1"),
    ("x-forwarded-for", "10.0.0.1, 198.51.100.66"),
    ("x-forwarded-for", "::ffff:10.0.0.1"),
    ("x-forwarded-for", "[2001:db8::1]:80"),
    ("x-forwarded-for", "198.51.100.66:80"),
    ("x-forwarded-for", "localhost"),
    ("x-forwarded-for", "unknown"),
    ("x-forwarded-for", "_hidden"),
    ("x-forwarded-for", ","),
    ("x-forwarded-for", ""),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-host", "evil.example:8443"),
    ("x-forwarded-host", "evil.example, evil.example"),
    ("x-forwarded-host", "user@evil.example"),
    ("x-forwarded-host", "evil.example/path"),
    ("x-forwarded-host", "evil.example#"),
    ("x-forwarded-host", "[::1]"),
    ("x-forwarded-host", "localhost:8080@evil.example"),
    ("x-forwarded-host", ""),
    ("x-forwarded-port", "8443"),
    ("x-forwarded-port", "99999"),
    ("x-forwarded-port", "80@evil.example"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-proto", "javascript"),
    ("x-forwarded-proto", "http,http"),
    ("x-forwarded-scheme", "http"),
    ("x-forwarded-ssl", "off"),
    ("x-forwarded-server", "evil.example"),
    ("x-forwarded-prefix", "/evil"),
    ("x-forwarded-by", "evil.example"),
    ("forwarded", "for=198.51.100.66;host=evil.example;proto=http"),
    ("forwarded", "for=\"[2001:db8::1]\", host=evil.example"),
    ("x-real-ip", "198.51.100.66"),
    ("x-client-ip", "198.51.100.66"),
    ("true-client-ip", "198.51.100.66"),
    ("cf-connecting-ip", "198.51.100.66"),
    ("x-cluster-client-ip", "198.51.100.66"),
    ("x-host", "evil.example"),
    ("x-original-host", "evil.example"),
    ("x-original-url", "http://evil.example/v1"),
    ("via", "1.1 evil.example"),
];

#[test]
fn what_a_stranger_says_changes_no_link_and_no_address() {
    let (app, admin) = protected(None);
    let stranger = "203.0.113.9";
    let plain = Ask::get("/v1").by(&admin).from(stranger, &app);
    assert_eq!(plain.header("x-api-client-ip"), Some(stranger));
    assert_eq!(plain.header("x-api-schemas"), Some("https://localhost:8080/v1/schemas"));
    for (name, value) in SPOOFS {
        for beside in [&[][..], &[("x-forwarded-proto", "http")], &[("x-forwarded-host", "evil.example")]] {
            let mut ask = Ask::get("/v1").by(&admin).header(name, value);
            for (name, value) in beside {
                ask = ask.also(name, value);
            }
            let mut spoofed = None;
            let lines = logged(|| spoofed = Some(ask.from(stranger, &app)));
            let spoofed = spoofed.unwrap();
            assert_eq!((spoofed.status, &spoofed.body), (StatusCode::OK, &plain.body), "{name}: {value}");
            for header in ["x-api-client-ip", "x-api-schemas", "etag"] {
                assert_eq!(spoofed.header(header), plain.header(header), "{name}: {value}");
            }
            assert!(lines.len() == 1 && lines[0].contains("client=203.0.113.9 "), "{lines:?}");
        }
        let created = Ask::post("/v1/apikeys").by(&admin).header(name, value).from(stranger, &app);
        assert_eq!(created.status, StatusCode::CREATED);
        assert_eq!(last_origin(&app), stranger, "{name}: {value}");
    }
}

/// The client address of the last event of the audit chain.
fn last_origin(app: &TestApp) -> String {
    let all = app.store.audit(None, 1000).unwrap();
    all.last().unwrap().event.origin.client_address.unwrap().to_string()
}

#[test]
fn a_stranger_behind_a_trusted_proxy_moves_its_address_no_further() {
    let (app, admin) = protected(None);
    for (name, value) in SPOOFS.into_iter().filter(|(name, _)| *name == "x-forwarded-for") {
        // The proxy appends, or adds a line of its own.
        let appended =
            if value.is_empty() { "203.0.113.9".to_owned() } else { format!("{value}, 203.0.113.9") };
        for ask in [
            Ask::post("/v1/apikeys").header(name, &appended),
            Ask::post("/v1/apikeys").header(name, value).also(name, "203.0.113.9"),
            Ask::post("/v1/apikeys").header(name, &appended).also(name, "10.0.0.7"),
        ] {
            let reply = ask.by(&admin).from("10.0.0.1", &app);
            assert_eq!(reply.header("x-api-client-ip"), Some("203.0.113.9"), "{value}");
            assert_eq!(last_origin(&app), "203.0.113.9", "{value}");
        }
    }
}

#[test]
fn a_trusted_proxy_says_where_callers_find_the_server() {
    let (app, admin) = protected(None);
    for peer in ["10.0.0.1", "::ffff:10.0.0.1", "2001:db8::9"] {
        let ask = Ask::get("/v1/apikeys/1c1").by(&admin).header("x-forwarded-host", "Keys.Example.com");
        let ask = ask.header("x-forwarded-proto", "https").header("x-forwarded-port", "8443");
        let reply = ask.header("x-forwarded-for", "203.0.113.9").from(peer, &app);
        assert_eq!(reply.json()["links"]["self"], "https://keys.example.com:8443/v1/apikeys/1c1");
        assert_eq!(reply.header("x-api-schemas"), Some("https://keys.example.com:8443/v1/schemas"));
    }
    let create = Ask::post("/v1/apikeys").by(&admin).header("x-forwarded-proto", "https");
    let created = create.header("x-forwarded-host", "keys.example.com").from("10.0.0.1", &app);
    assert_eq!(created.header("location"), Some("https://keys.example.com/v1/apikeys/1c2"));
}

#[test]
fn a_public_url_stands_whatever_is_said() {
    let (app, admin) = protected(Some("https://keys.example.com"));
    for peer in ["203.0.113.9", "10.0.0.1"] {
        for (name, value) in SPOOFS.into_iter().chain([("host", "evil.example"), ("host", "localhost:9")]) {
            let ask = Ask::get("/v1").by(&admin).header(name, value).also("x-forwarded-proto", "https");
            let reply = ask.from(peer, &app);
            assert_eq!(reply.header("x-api-schemas"), Some("https://keys.example.com/v1/schemas"), "{name}");
            assert_eq!(reply.json()["links"]["self"], "https://keys.example.com/v1");
        }
    }
}

#[test]
fn a_page_of_ours_is_one_where_callers_find_the_server() {
    let (app, admin) = protected(None);
    let edit = |peer, origin| {
        let ask = Ask::new(Method::PUT, "/v1/apikeys/1c1").by(&admin).json(&json!({"name": "a"}));
        let ask = ask.header("x-forwarded-proto", "https").header("x-forwarded-host", "keys.example.com");
        ask.header("origin", origin).from(peer, &app).status
    };
    assert_eq!(edit("10.0.0.1", "https://keys.example.com"), StatusCode::OK);
    assert_eq!(edit("10.0.0.1", "https://evil.example"), StatusCode::FORBIDDEN);
    assert_eq!(edit("203.0.113.9", "https://keys.example.com"), StatusCode::FORBIDDEN);
}

#[test]
fn an_open_server_answers_no_proxy_not_even_a_trusted_one() {
    let trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let app = TestApp::with(AppConfig { trusted_proxies, ..AppConfig::default() });
    for (name, value) in SPOOFS {
        let refused = ["forwarded", "via", "x-real-ip"].contains(&name) || name.starts_with("x-forwarded-");
        let reply = Ask::get("/v1").header(name, value).send(&app);
        let expected = if refused { StatusCode::MISDIRECTED_REQUEST } else { StatusCode::OK };
        assert_eq!(reply.status, expected, "{name}: {value}");
    }
}
