//! What administrators do to people beside the dialect: opening a lock.

use http::{Method, StatusCode};
use keys_core::AccountKind;
use serde_json::{Value, json};

use crate::support::log_in::{PASSWORD, Person, as_bearer, bearer, by_code, person};
use crate::support::{Ask, Pair, Reply, TestApp};

/// A protected installation with an administrator, who has a key, and a person `grace` who logs in.
struct People {
    app: TestApp,
    admin: Pair,
    grace: Person,
}

impl People {
    fn new() -> Self {
        let app = TestApp::new();
        let grace = person(&app, AccountKind::User, "grace");
        let admin = app.protect();
        Self { app, admin, grace }
    }

    fn command(&self, path: &str, body: &Value) -> Reply {
        Ask::post(path).by(&self.admin).json(body).send(&self.app)
    }

    /// What logging in is answered, with the right password or another.
    fn log_in(&self, right: bool) -> StatusCode {
        let password = if right { PASSWORD } else { "not the password" };
        by_code(&self.app, &format!("grace:{password}")).status
    }
}

/// Status, code and content type of a refusal beside the dialect.
fn refusal(reply: &Reply) -> (u16, String) {
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{reply:?}");
    (reply.status.as_u16(), reply.json()["code"].as_str().unwrap().to_owned())
}

#[test]
fn an_administrator_opens_a_lock_by_name_and_by_account() {
    let people = People::new();
    let account = people.grace.account.to_string();
    for body in [json!({"login": "GRACE"}), json!({"account": account})] {
        assert_eq!(people.log_in(false), StatusCode::UNAUTHORIZED);
        assert_eq!(people.log_in(true), StatusCode::TOO_MANY_REQUESTS);
        let opened = people.command("/accounts/unlock", &body);
        assert_eq!((opened.status, opened.body.len()), (StatusCode::NO_CONTENT, 0), "{opened:?}");
        assert_eq!(people.log_in(true), StatusCode::CREATED);
        assert_eq!(people.command("/accounts/unlock", &body).status, StatusCode::NO_CONTENT, "again");
    }
    let log =
        Ask::get("/v1/auditlogs?eventType=api.account.unlock").by(&people.admin).send(&people.app).json();
    let told: Vec<_> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["resourceId"].clone(), e["resourceType"].clone()))
        .collect();
    assert_eq!(told, vec![(json!(account), json!("account")); 4]);
}

#[test]
fn whom_an_unlock_means_must_be_said_once_and_be_somebody() {
    let people = People::new();
    let before = people.app.revision();
    for (body, status, code) in [
        (json!({}), 422, "MissingRequired"),
        (json!({"account": null, "login": null}), 422, "MissingRequired"),
        (json!({"account": "1a1", "login": "grace"}), 422, "InvalidOption"),
        (json!({"account": ["1a1"]}), 422, "InvalidFormat"),
        (json!({"login": {"name": "grace"}}), 422, "InvalidFormat"),
        (json!({"login": "nobody"}), 404, "Not Found"),
        (json!({"login": "no:name"}), 404, "Not Found"),
        (json!({"account": "1a999"}), 404, "Not Found"),
        (json!({"account": "1a5"}), 404, "Not Found"),
        (json!({"account": "grace"}), 404, "Not Found"),
    ] {
        let refused = people.command("/accounts/unlock", &body);
        assert_eq!(refusal(&refused), (status, code.to_owned()), "{body}");
    }
    assert_eq!(people.app.revision(), before);
}

/// Who may not do it learns nothing of who there is.
#[test]
fn a_person_opens_nobodys_lock_not_even_its_own() {
    let people = People::new();
    let token = bearer(&people.app, "grace");
    for body in [json!({"login": "grace"}), json!({"login": "nobody"}), json!({}), json!({"account": 7})] {
        let refused = as_bearer(Method::POST, "/accounts/unlock", &token).json(&body).send(&people.app);
        assert_eq!(refusal(&refused), (403, "Forbidden".into()), "{body}");
    }
    let nobody = Ask::post("/accounts/unlock").json(&json!({"login": "grace"})).send(&people.app);
    assert_eq!(refusal(&nobody), (401, "Unauthorized".into()));
    let got = Ask::get("/accounts/unlock").by(&people.admin).send(&people.app);
    assert_eq!((refusal(&got).0, got.header("allow")), (405, Some("POST, OPTIONS")));
}
