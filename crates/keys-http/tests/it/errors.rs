//! Every error there is, whole: its status, what it says, and the headers that say what to do.
//! `INSTA_UPDATE=always cargo test -p keys-http` writes the snapshots anew.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use keys_core::AccountKind;
use keys_http::{AppConfig, Exposure, Limits};
use keys_store::fault::{Call, Calls, Fault, FaultStore, Moment};
use keys_store::{BackendErrorKind, KeyStore, MemoryStore, Reach, Write};
use serde_json::Value;

use crate::support::log_in::{as_bearer, bearer, by_code, person};
use crate::support::{Ask, Pair, Reply, TestApp};
use crate::written::written_with_advice;

/// An installation with access control, an Active key, an Inactive one and a removed one of environment `1a5`, and an
/// environment that is not active, `1a6`.
struct House {
    app: TestApp,
    admin: Pair,
    environment: Pair,
}

impl House {
    fn new() -> Self {
        let app = TestApp::new();
        let environment = app.issue("/v1/projects/1a5/apikeys");
        for _ in ["1c2", "1c3"] {
            app.issue("/v1/projects/1a5/apikeys");
        }
        app.post("/v1/projects", &Value::Null);
        for path in [
            "apikeys/1c2?action=deactivate",
            "apikeys/1c3?action=deactivate",
            "projects/1a6?action=deactivate",
        ] {
            assert!(app.post(&format!("/v1/{path}"), &Value::Null).status.is_success());
        }
        assert_eq!(app.delete("/v1/apikeys/1c3").status, 200);
        let admin = app.protect();
        Self { app, admin, environment }
    }

    fn ask(&self, who: Who, method: &str, path: &str, body: &str) -> Reply {
        let ask = Ask::new(Method::from_bytes(method.as_bytes()).unwrap(), path).body(body.to_owned());
        match who {
            Nobody => ask,
            Administrator => ask.by(&self.admin),
            Environment => ask.by(&self.environment),
        }
        .send(&self.app)
    }
}

#[derive(Debug, Clone, Copy)]
enum Who {
    Nobody,
    Administrator,
    Environment,
}

use Who::{Administrator, Environment, Nobody};

/// What is refused to whom: outside an environment and, where it says so, inside `1a5` as well.
const REFUSED: &[(Who, &str, &str, &str)] = &[
    (Nobody, "GET", "/v1", ""),
    (Nobody, "GET", "/v1/projects/1a5/apikeys", ""),
    (Administrator, "GET", "/v1/%2e%2e", ""),
    (Administrator, "GET", "/v1foo", ""),
    (Administrator, "GET", "/v1/hosts", ""),
    (Environment, "GET", "/v1/projects/1a5/hosts", ""),
    (Administrator, "GET", "/v1/apikeys/1c99", ""),
    (Environment, "GET", "/v1/projects/1a5/apikeys/1c99", ""),
    (Administrator, "GET", "/v1/projects/1a6/apikeys", ""),
    (Environment, "GET", "/v1/projects/1a99/apikeys", ""),
    (Administrator, "PATCH", "/v1/apikeys", ""),
    (Administrator, "PUT", "/v1/projects/1a5/apikeys", ""),
    (Environment, "POST", "/v1/projects", "{}"),
    (Environment, "PUT", "/v1/settings/api.security.enabled", r#"{"value":"false"}"#),
    (Administrator, "PUT", "/v1/settings/api.auth.jwt.token.expiry", r#"{"value":"1"}"#),
    (Administrator, "DELETE", "/v1/apikeys/1c1", ""),
    (Environment, "DELETE", "/v1/projects/1a5/apikeys/1c1", ""),
    (Administrator, "POST", "/v1/apikeys", "{"),
    (Environment, "POST", "/v1/projects/1a5/apikeys", "[]"),
    (Administrator, "POST", "/v1/apikeys", r#"{"name":["a"]}"#),
    (Administrator, "POST", "/v1/apikeys", r#"{"name":"two\nlines"}"#),
    (Environment, "POST", "/v1/projects/1a5/apikeys", r#"{"name":"two\nlines"}"#),
    (Administrator, "POST", "/v1/apikeys", r#"{"expiresAt":"tomorrow"}"#),
    (Administrator, "POST", "/v1/apikeys", r#"{"expiresAt":"2020-01-01T00:00:00Z"}"#),
    (Administrator, "PUT", "/v1/settings/api.security.enabled", "{}"),
    (Administrator, "PUT", "/v1/settings/api.security.enabled", r#"{"value":null}"#),
    (Administrator, "PUT", "/v1/settings/api.security.enabled", r#"{"value":"maybe"}"#),
    (Administrator, "POST", "/v1/apikeys/1c1?action=purge", ""),
    (Environment, "POST", "/v1/projects/1a5?action=deactivate", ""),
    (Administrator, "POST", "/v1/apikeys/1c1?action=remove", ""),
    (Environment, "POST", "/v1/projects/1a5/apikeys/1c2?action=deactivate", ""),
    (Administrator, "POST", "/v1/apikeys/1c3?action=activate", ""),
    (Administrator, "POST", "/v1/projects/1a5?action=activate", ""),
    (Administrator, "POST", "/v1/projects/1a5?action=setmembers", r#"{"members":[]}"#),
    (Administrator, "POST", "/v1/apikeys", r#"{"accountId":"1a99"}"#),
    (Administrator, "POST", "/v1/accounts/1a1?action=deactivate", ""),
    (Administrator, "GET", "/v1/apikeys?marker=x", ""),
    (
        Administrator,
        "POST",
        "/keys/transition",
        r#"{"transition":"deactivate","keys":[{"id":"1c1","revision":"1"}]}"#,
    ),
    (Nobody, "POST", "/v1/token", r#"{"code":"admin:secret"}"#),
];

/// Writes an error down and notes which it is.
fn note(told: &mut String, seen: &mut BTreeSet<(u16, String)>, asked: &str, reply: &Reply) {
    let (status, code, _) = reply.error();
    seen.insert((status, code));
    told.push_str(&format!("{asked}\n{}\n\n", written_with_advice(reply)));
}

#[test]
fn every_error_is_told_whole() {
    let house = House::new();
    let before = house.app.revision();
    let (mut told, mut seen) = (String::new(), BTreeSet::new());
    for (who, method, path, body) in REFUSED {
        let reply = house.ask(*who, method, path, body);
        note(&mut told, &mut seen, &format!("{who:?}: {method} {path} {body}"), &reply);
    }
    let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(256));
    let by_admin = |method: Method, path: &str| Ask::new(method, path).by(&house.admin);
    for (asked, ask) in [
        ("a name of 256 characters", by_admin(Method::POST, "/v1/apikeys").body(long)),
        (
            "two credentials that differ",
            by_admin(Method::GET, "/v1").header("x-api-key", &house.environment.joined()),
        ),
        ("without a challenge", Ask::get("/v1").header("x-api-no-challenge", "true")),
        ("an environment by header", by_admin(Method::GET, "/v1/apikeys").header("x-api-project-id", "1a6")),
        ("from another site", by_admin(Method::POST, "/v1/apikeys").header("origin", "http://evil.example")),
        ("at another revision", by_admin(Method::PUT, "/v1/apikeys/1c1").header("if-match", "\"1-x\"")),
        (
            "an idempotency key that is none",
            by_admin(Method::POST, "/v1/apikeys").header("idempotency-key", "1"),
        ),
        ("a body of 64 KiB and one byte", by_admin(Method::POST, "/v1/apikeys").body("x".repeat(65_537))),
        ("a path of 8 KiB and one byte", by_admin(Method::GET, &format!("/{}", "x".repeat(8_192)))),
    ] {
        note(&mut told, &mut seen, asked, &ask.send(&house.app));
    }
    for (asked, reply) in [("open, by another name", open()), ("open, on a network", on_a_network())]
        .into_iter()
        .chain([("nobody could administer", nobody_could_administer())])
        .chain([("an idempotency key of another request", reused())])
        .chain([("too much at once", busy()), ("taking too long", late()), ("contended", contended())])
        .chain(log_ins())
        .chain(set_up())
        .chain(failures())
    {
        note(&mut told, &mut seen, asked, &reply);
    }
    assert_eq!(house.app.revision(), before, "nothing that is refused changes anything");
    insta::assert_snapshot!(told);
    let documented = documented();
    assert_eq!(
        seen.difference(&documented).collect::<Vec<_>>(),
        [] as [&(u16, String); 0],
        "not in docs/HTTP.md"
    );
    assert_eq!(documented.difference(&seen).collect::<Vec<_>>(), [] as [&(u16, String); 0], "not shown here");
}

fn open() -> Reply {
    Ask::get("/v1").header("host", "keys.example.com").send(&TestApp::new())
}

fn on_a_network() -> Reply {
    TestApp::with(AppConfig { exposure: Exposure::BehindTlsProxy, ..AppConfig::default() }).get("/v1")
}

fn nobody_could_administer() -> Reply {
    TestApp::new().put("/v1/settings/api.security.enabled", &serde_json::json!({"value": "true"}))
}

fn reused() -> Reply {
    let app = TestApp::new();
    let create = |name: &str| {
        let ask = Ask::post("/v1/apikeys").header("idempotency-key", "8e03978e-40d5-43dd-bc93-6894a57f9324");
        ask.json(&serde_json::json!({ "name": name })).send(&app)
    };
    assert_eq!(create("one").status, 201);
    create("another")
}

/// What passwords and log-ins are refused for.
fn log_ins() -> [(&'static str, Reply); 6] {
    let app = TestApp::new();
    let ada = person(&app, AccountKind::User, "ada");
    let set = |account: &str, name: &str, password: &str| {
        let body = serde_json::json!({"accountId": account, "publicValue": name, "secretValue": password});
        app.post("/v1/passwords", &body)
    };
    let account = ada.account.to_string();
    let token = bearer(&app, "ada");
    let change = serde_json::json!({"oldSecret": "12345678", "newSecret": "123456789"});
    let change_secret = format!("/v1/passwords/{}?action=changesecret", ada.password);
    [
        ("a second password of one account", set(&account, "grace", "12345678")),
        ("a password of nobody", set("1a999", "grace", "12345678")),
        ("a password of seven characters", set("1a1", "admin", "1234567")),
        ("another old password", as_bearer(Method::POST, &change_secret, &token).json(&change).send(&app)),
        ("a failed log-in", by_code(&app, "grace:12345678")),
        ("the next one", by_code(&app, "grace:12345678")),
    ]
}

/// What a server says before it has an administrator, and who comes too late to become it.
fn set_up() -> [(&'static str, Reply); 2] {
    let (app, token) = crate::set_up::new();
    let before = app.get("/v1/apikeys");
    let claim = || crate::set_up::posts(&crate::set_up::form(&token, "ada", "12345678")).send(&app);
    assert_eq!(claim().status, 201);
    [("before the first administrator", before), ("a second first administrator", claim())]
}

fn limited(change: impl FnOnce(&mut Limits)) -> TestApp {
    let mut config = AppConfig::default();
    change(&mut config.limits);
    TestApp::with(config)
}

fn busy() -> Reply {
    limited(|limits| limits.blocking = 0).get("/v1/projects/1a5/apikeys")
}

fn late() -> Reply {
    let app = limited(|limits| limits.request_time = Duration::from_millis(20));
    // A new pair waits for randomness for as long as this is held.
    let _held = app.entropy.0.lock().unwrap();
    app.post("/v1/apikeys", &Value::Null)
}

/// Somebody else edits the same key each time before the edit can be stored.
fn contended() -> Reply {
    let inner = Arc::new(MemoryStore::new());
    let faulty = Arc::new(FaultStore::new(inner.clone()));
    let app = TestApp::over(faulty.clone(), AppConfig::default());
    app.issue("/v1/apikeys");
    let holds = [0, 1, 2].map(|pass| faulty.hold(Calls::Only(Call::Commit), pass, Moment::BeforeTheCall));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for hold in holds {
                hold.wait_until_reached();
                let record = inner.key(Reach::AllOwners, "1c1".parse().unwrap()).unwrap().unwrap();
                let expected = record.parts().revision;
                let update = Write::UpdateKey { record, expected };
                inner.commit(vec![keys_store::conformance::sample::change(update)]).unwrap();
                hold.release();
            }
        });
        app.put("/v1/apikeys/1c1", &serde_json::json!({"name": "mine"}))
    })
}

/// What a store that fails makes of a read and of a change.
fn failures() -> impl Iterator<Item = (&'static str, Reply)> {
    let kinds = [
        ("a read, the disk is away", Fault::Failed(BackendErrorKind::Unavailable), false),
        ("a read, the file is damaged", Fault::Failed(BackendErrorKind::Corrupt), false),
        ("a change, the disk is full", Fault::RolledBack(BackendErrorKind::Full), true),
        ("a change, at the commit", Fault::Unknown { happened: false }, true),
        ("a change, for no known reason", Fault::Failed(BackendErrorKind::Other), true),
    ];
    kinds.into_iter().map(|(asked, fault, change)| {
        let faulty = Arc::new(FaultStore::new(Arc::new(MemoryStore::new())));
        let app = TestApp::over(faulty.clone(), AppConfig::default());
        let reply = if change {
            faulty.inject(Calls::Only(Call::Commit), 0, fault);
            app.post("/v1/projects/1a5/apikeys", &Value::Null)
        } else {
            faulty.inject(Calls::Only(Call::Keys), 0, fault);
            app.get("/v1/apikeys")
        };
        (asked, reply)
    })
}

/// Status and code of every error in the table of `docs/HTTP.md`, but for those that come before there is a request: they
/// need a socket and have their tests in `wire.rs`.
fn documented() -> BTreeSet<(u16, String)> {
    let page = include_str!("../../../../docs/HTTP.md");
    let (_, errors) = page.split_once("\n## Errors\n").unwrap();
    let (errors, _) = errors.split_once("\n## ").unwrap();
    let rows = errors.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let mut documented = BTreeSet::new();
    for (statuses, rest) in rows {
        let codes = rest.split(" | ").next().unwrap();
        for status in statuses.split(", ").filter_map(|status| status.parse::<u16>().ok()) {
            // Behind the code may stand the field.
            let codes = codes.split(" on ").next().unwrap();
            documented.extend(codes.split('`').skip(1).step_by(2).map(|code| (status, code.to_owned())));
        }
    }
    assert!(documented.len() > 20, "{documented:?}");
    documented.retain(|(status, _)| *status != 408 && *status != 431);
    documented
}
