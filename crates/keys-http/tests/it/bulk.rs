//! Many keys at once, beside the dialect: which match, and that all of them move or none.

use http::{Method, StatusCode};
use keys_core::AccountKind;
use serde_json::{Value, json};

use crate::support::log_in::{as_bearer, bearer, person};
use crate::support::{Ask, Pair, Reply, TestApp};

/// A protected installation: key `1c1` of the administrator and `1c2`, `1c3`, `1c4` of environment `1a5`, `1c4` Inactive; and
/// a person `grace`.
struct Keys {
    app: TestApp,
    admin: Pair,
    of_a: Vec<Pair>,
    grace: String,
}

impl Keys {
    fn new() -> Self {
        let app = TestApp::new();
        let admin = app.issue("/v1/apikeys");
        let issue = |name: &str| Pair::of(&app.post("/v1/projects/1a5/apikeys", &json!({"name": name})));
        let of_a: Vec<_> = ["ci", "Build Box", "old"].into_iter().map(issue).collect();
        let off = app.post(&format!("/v1/apikeys/{}?action=deactivate", of_a[2].id), &json!({}));
        assert_eq!(off.status, StatusCode::ACCEPTED);
        let grace = person(&app, AccountKind::User, "grace").account.to_string();
        let switched = app.put("/v1/settings/api.security.enabled", &json!({"value": "true"}));
        assert_eq!(switched.status, StatusCode::OK, "{switched:?}");
        Self { app, admin, of_a, grace }
    }

    fn by_admin(&self, ask: Ask) -> Reply {
        ask.by(&self.admin).send(&self.app)
    }

    fn matching(&self, query: &str) -> Reply {
        self.by_admin(Ask::get(&format!("/keys/matching{query}")))
    }

    /// The keys that match, as they are sent back.
    fn seen(&self, query: &str) -> Value {
        let found = self.matching(query).json();
        let seen = found["data"].as_array().unwrap().iter();
        seen.map(|key| json!({"id": key["id"], "revision": key["revision"]})).collect()
    }

    fn move_all(&self, transition: &str, keys: &Value) -> Reply {
        let body = json!({"transition": transition, "keys": keys});
        self.by_admin(Ask::post("/keys/transition").json(&body))
    }

    fn states(&self) -> Vec<Value> {
        let state = |pair: &Pair| {
            self.by_admin(Ask::get(&format!("/v1/apikeys/{}", pair.id))).json()["state"].clone()
        };
        self.of_a.iter().map(state).collect()
    }

    fn lets_in(&self, pair: &Pair) -> bool {
        Ask::get("/v1").by(pair).send(&self.app).status == StatusCode::OK
    }
}

fn refusal(reply: &Reply) -> (u16, String) {
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{reply:?}");
    (reply.status.as_u16(), reply.json()["code"].as_str().unwrap().to_owned())
}

#[test]
fn what_matches_is_told_with_its_revision() {
    let keys = Keys::new();
    let all = keys.matching("");
    assert_eq!(all.ids(), ["1c1", "1c2", "1c3", "1c4"]);
    let first = &all.json()["data"][1];
    let document = keys.by_admin(Ask::get("/v1/apikeys/1c2"));
    let mut expected = document.json();
    let tag = document.header("etag").unwrap().trim_start_matches('"').split('-').next().unwrap().to_owned();
    expected["revision"] = json!(first["revision"]);
    assert_eq!(*first, expected, "the key as ever, and its revision");
    assert_eq!(first["revision"], json!(tag), "which its tag begins with");
    for (query, ids) in [
        ("?owner=1a5", &["1c2", "1c3", "1c4"][..]),
        ("?owner=1a1", &["1c1"]),
        ("?owner=1a999", &[]),
        ("?creator=1a1", &["1c1", "1c2", "1c3", "1c4"]),
        ("?state=inactive", &["1c4"]),
        ("?state=active&owner=1a5", &["1c2", "1c3"]),
        ("?name=d+bO", &["1c3"]),
        ("?createdBefore=2000-01-01T00:00:00Z", &[]),
        ("?createdFrom=2000-01-01T00:00:00Z&name=ci", &["1c2"]),
        ("?expiresBefore=2099-01-01T00:00:00Z", &[]),
        ("?after=1c2", &["1c3", "1c4"]),
        ("?projectId=1a5", &["1c2", "1c3", "1c4"]),
    ] {
        let found = keys.matching(query);
        assert_eq!(
            (found.status, found.ids()),
            (StatusCode::OK, ids.iter().map(|id| (*id).to_owned()).collect()),
            "{query}"
        );
    }
    let page = keys.by_admin(
        Ask::get("/keys/matching?owner=1a5").header("user-agent", "Mozilla/5.0").header("accept", "*/*"),
    );
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::OK, Some("text/html; charset=utf-8"))
    );
}

/// A filter that is not understood would otherwise find more than was meant, and what is found is taken away.
#[test]
fn what_is_no_filter_is_refused() {
    let keys = Keys::new();
    for (query, code) in [
        ("?createdbefore=2000-01-01T00:00:00Z", "InvalidOption"),
        ("?ownr=1a5", "InvalidOption"),
        ("?limit=5", "InvalidOption"),
        ("?owner=", "InvalidFormat"),
        ("?owner=default", "InvalidFormat"),
        ("?owner=1a5&owner=1a1", "InvalidOption"),
        ("?state=removed", "InvalidFormat"),
        ("?state=deleted", "InvalidFormat"),
        ("?name=+", "InvalidFormat"),
        ("?createdBefore=90d", "InvalidFormat"),
        ("?expiresBefore=tomorrow", "InvalidFormat"),
        ("?after=7", "InvalidFormat"),
    ] {
        assert_eq!(refusal(&keys.matching(query)), (422, code.to_owned()), "{query}");
    }
}

#[test]
fn all_move_and_are_refused_from_the_answer_on() {
    let keys = Keys::new();
    let seen = keys.seen("?owner=1a5&state=active");
    assert!(keys.lets_in(&keys.of_a[0]) && keys.lets_in(&keys.of_a[1]));
    let before = keys.app.revision();
    let moved = keys.move_all("deactivate", &seen);
    assert_eq!((moved.status, moved.ids()), (StatusCode::OK, vec!["1c2".to_owned(), "1c3".to_owned()]));
    assert_eq!(moved.json()["data"][0]["state"], json!("inactive"));
    assert!(!keys.lets_in(&keys.of_a[0]) && !keys.lets_in(&keys.of_a[1]));
    assert_eq!(keys.app.revision(), before + 2, "one event for each key");
    let log = keys.by_admin(Ask::get("/v1/auditlogs?limit=2&sort=id&order=desc")).json();
    let events: Vec<_> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["eventType"].clone(), event["resourceId"].clone()))
        .collect();
    assert_eq!(
        events,
        [(json!("api.apiKey.deactivate"), json!("1c3")), (json!("api.apiKey.deactivate"), json!("1c2"))]
    );
    // The second time they are not what they were.
    assert_eq!(refusal(&keys.move_all("deactivate", &seen)), (409, "KeysChanged".into()));
    let all = keys.seen("?owner=1a5");
    assert_eq!(keys.move_all("delete", &all).status, StatusCode::OK);
    assert_eq!(keys.states(), ["removed", "removed", "removed"]);
}

#[test]
fn one_that_has_changed_keeps_all_of_them() {
    let keys = Keys::new();
    let seen = keys.seen("?owner=1a5&state=active");
    let edited = keys.by_admin(Ask::new(Method::PUT, "/v1/apikeys/1c3").json(&json!({"name": "other"})));
    assert_eq!(edited.status, StatusCode::OK);
    let before = keys.app.revision();
    let refused = keys.move_all("deactivate", &seen);
    assert_eq!(refusal(&refused), (409, "KeysChanged".into()));
    assert_eq!(
        refused.json()["detail"],
        json!("changed since they were read, so that nothing was done: 1c3; read them again")
    );
    assert_eq!(keys.states(), ["active", "active", "inactive"]);
    // One that is not there, or not the caller's, is told alike.
    let unknown = json!([{"id": "1c2", "revision": seen[0]["revision"]}, {"id": "1c999", "revision": "1"}]);
    let detail = keys.move_all("deactivate", &unknown).json()["detail"].clone();
    assert!(detail.as_str().unwrap().contains(": 1c999;"), "{detail}");
    assert_eq!(keys.app.revision(), before);
}

/// What would not move stays, and the others move: whoever sends it has seen so.
#[test]
fn what_its_state_does_not_allow_to_move_stays() {
    let keys = Keys::new();
    let moved = keys.move_all("delete", &keys.seen("?owner=1a5"));
    assert_eq!((moved.status, moved.ids().len()), (StatusCode::OK, 3));
    assert_eq!(keys.states(), ["active", "active", "removed"]);
}

#[test]
fn what_is_malformed_changes_nothing() {
    let keys = Keys::new();
    let before = keys.app.revision();
    let too_many: Vec<_> = (1..=1_001).map(|id| json!({"id": format!("1c{id}"), "revision": "1"})).collect();
    for (body, code) in [
        (json!({}), "MissingRequired"),
        (json!({"transition": null, "keys": []}), "MissingRequired"),
        (json!({"transition": "deactivate"}), "MissingRequired"),
        (json!({"transition": "deactivate", "keys": null}), "MissingRequired"),
        (json!({"transition": "remove", "keys": []}), "InvalidOption"),
        (json!({"transition": ["delete"], "keys": []}), "InvalidFormat"),
        (json!({"transition": "delete", "keys": "1c2"}), "InvalidFormat"),
        (json!({"transition": "delete", "keys": ["1c2"]}), "InvalidFormat"),
        (json!({"transition": "delete", "keys": [{"id": "1c2"}]}), "InvalidFormat"),
        (json!({"transition": "delete", "keys": [{"id": 2, "revision": "1"}]}), "InvalidFormat"),
        (json!({"transition": "delete", "keys": [{"id": "1c2", "revision": -1}]}), "InvalidFormat"),
        (json!({"transition": "delete", "keys": [{"id": "1c2", "revision": null}]}), "InvalidFormat"),
        (json!({"transition": "deactivate", "keys": too_many}), "MaxLimitExceeded"),
    ] {
        let refused = keys.by_admin(Ask::post("/keys/transition").json(&body));
        assert_eq!(refusal(&refused), (422, code.to_owned()), "{body}");
    }
    let nothing = keys.move_all("deactivate", &json!([]));
    assert_eq!((nothing.status, nothing.ids().len()), (StatusCode::OK, 0));
    assert_eq!(refusal(&keys.by_admin(Ask::get("/keys/transition"))).0, 405);
    assert_eq!(refusal(&keys.by_admin(Ask::post("/keys/matching"))).0, 405);
    assert_eq!(keys.app.revision(), before);
}

#[test]
fn nobody_moves_what_is_out_of_reach() {
    let keys = Keys::new();
    let token = bearer(&keys.app, "grace");
    let seen = keys.seen("");
    let body = json!({"transition": "deactivate", "keys": seen});
    let before = keys.app.revision();
    // An environment's key its own, a person its own: what is of others is not there for them.
    let by_key = |ask: Ask| ask.by(&keys.of_a[0]).send(&keys.app);
    assert_eq!(by_key(Ask::get("/keys/matching")).ids(), ["1c2", "1c3", "1c4"]);
    assert_eq!(by_key(Ask::get("/keys/matching?owner=1a1")).ids().len(), 0);
    let refused = by_key(Ask::post("/keys/transition").json(&body));
    assert_eq!(refusal(&refused), (409, "KeysChanged".into()));
    assert!(refused.json()["detail"].as_str().unwrap().contains(": 1c1;"), "{refused:?}");
    let by_grace = |method, path: &str| as_bearer(method, path, &token);
    assert_eq!(by_grace(Method::GET, "/keys/matching").send(&keys.app).ids().len(), 0);
    let refused = by_grace(Method::POST, "/keys/transition").json(&body).send(&keys.app);
    assert_eq!(refusal(&refused), (409, "KeysChanged".into()));
    let inside = by_grace(Method::GET, "/keys/matching").header("x-api-project-id", "1a5").send(&keys.app);
    assert_eq!(refusal(&inside), (403, "Forbidden".into()));
    let nobody = Ask::post("/keys/transition").json(&body).send(&keys.app);
    assert_eq!(refusal(&nobody), (401, "Unauthorized".into()));
    // Nor does a page of another site.
    let elsewhere = Ask::post("/keys/transition").json(&body).header("sec-fetch-site", "cross-site");
    assert_eq!(refusal(&keys.by_admin(elsewhere)), (403, "InvalidCSRFToken".into()));
    assert_eq!(keys.app.revision(), before);
}

#[test]
fn who_only_reads_is_told_so_first_and_may_look() {
    let keys = Keys::new();
    let member =
        |id: &str, role: &str| json!({"externalId": id, "externalIdType": "rancher_id", "role": role});
    let members = json!({"members": [member("1a1", "owner"), member(&keys.grace, "readonly")]});
    let set = keys.by_admin(Ask::post("/v1/projects/1a5?action=setmembers").json(&members));
    assert_eq!(set.status, StatusCode::OK);
    let token = bearer(&keys.app, "grace");
    let inside = |method, path: &str| as_bearer(method, path, &token).header("x-api-project-id", "1a5");
    assert_eq!(inside(Method::GET, "/keys/matching?state=active").send(&keys.app).ids(), ["1c2", "1c3"]);
    for body in [json!({}), json!({"transition": "deactivate", "keys": keys.seen("?owner=1a5")})] {
        let refused = inside(Method::POST, "/keys/transition").json(&body).send(&keys.app);
        assert_eq!(refusal(&refused), (403, "Forbidden".into()));
    }
    assert_eq!(keys.states(), ["active", "active", "inactive"]);
}
