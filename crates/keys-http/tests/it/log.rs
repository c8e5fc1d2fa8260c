//! One line for each request, and nothing in it that a caller chose.

use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use http::{Method, StatusCode};
use serde_json::json;
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;

use crate::support::{Ask, TestApp};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// While fewer than two are there, `tracing` asks only the thread that first comes by a line whether anybody wants it,
/// and that may be the thread of a test that wants none.
static OTHERS: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(NoSubscriber::default())));

/// The lines written while `ask` runs.
pub(crate) fn logged(ask: impl FnOnce()) -> Vec<String> {
    LazyLock::force(&OTHERS);
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    tracing::subscriber::with_default(subscriber, ask);
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_request_is_one_line_with_the_template_of_its_address() {
    let app = TestApp::new();
    let admin = app.protect();
    let lines = logged(|| {
        let reply =
            Ask::new(Method::PUT, "/v1/apikeys/1c1?canary=1").by(&admin).json(&json!({"name": "canary"}));
        assert_eq!(reply.send(&app).status, StatusCode::OK);
    });
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in [
        "method=\"PUT\"",
        "route=\"/v1/apikeys/{id}\"",
        "status=200",
        "account/1a1",
        "key/1c1",
        "request_id=",
        "client=127.0.0.1",
        "micros=",
    ] {
        assert!(lines[0].contains(part), "{part} is not in {lines:?}");
    }
}

#[test]
fn nothing_a_caller_chose_is_logged() {
    let app = TestApp::new();
    let admin = app.protect();
    let pair = Ask::post("/v1/apikeys").by(&admin).send(&app).json();
    let secret = pair["secretValue"].as_str().unwrap().to_owned();
    let lines = logged(|| {
        for ask in [
            Ask::get("/canary"),
            Ask::get("/v1/canary?canary=canary"),
            Ask::get("/v1/apikeys/canary").header("authorization", "Basic canary"),
            Ask::new(Method::from_bytes(b"CANARY").unwrap(), "/v1").header("user-agent", "canary"),
            Ask::post("/v1/apikeys").by(&admin).body("{\"canary\":canary}"),
            Ask::post("/v1/apikeys").by(&admin).json(&json!({"name": "canary", "description": "canary"})),
            Ask::get("/v1").header("host", "canary").header("x-api-key", &admin.joined()),
            Ask::get("/v1").header("x-api-project-id", "canary").by(&admin),
        ] {
            ask.send(&app);
        }
    });
    assert_eq!(lines.len(), 8, "{lines:?}");
    for line in &lines {
        assert!(!line.to_lowercase().contains("canary"), "{line}");
        assert!(!line.contains(&admin.secret_key) && !line.contains(&secret), "{line}");
    }
}

#[test]
fn why_a_pair_was_refused_stands_in_the_log_only() {
    let app = TestApp::new();
    let pair = app.issue("/v1/apikeys");
    app.protect();
    let gone = Ask::post(&format!("/v1/apikeys/{}?action=deactivate", pair.id)).by(&pair).send(&app);
    assert_eq!(gone.status, StatusCode::ACCEPTED);
    let lines = logged(|| {
        let refused = Ask::get("/v1").by(&pair).send(&app);
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(!refused.text().contains("nactive"), "{refused:?}");
    });
    assert!(lines[0].contains("denied=\"inactive\"") && lines[0].contains("status=401"), "{lines:?}");
}
