//! What is done to people beside the dialect, opening a lock and ending sessions, and what is told of them.

use http::{Method, StatusCode};
use keys_core::AccountKind;
use serde_json::{Value, json};

use crate::support::log_in::{PASSWORD, Person, as_bearer, bearer, by_code, person};
use crate::support::{Ask, Pair, Reply, TestApp};

/// A protected installation with administrators, one who has a key and `boss` who logs in, and a person `grace`.
struct People {
    app: TestApp,
    admin: Pair,
    grace: Person,
}

impl People {
    fn new() -> Self {
        let app = TestApp::new();
        person(&app, AccountKind::Admin, "boss");
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

#[test]
fn sessions_end_for_one_and_for_everybody_before_the_answer() {
    let people = People::new();
    let People { app, admin, grace, .. } = &people;
    let inside = |token: &str| as_bearer(Method::GET, "/v1", token).send(app).status == StatusCode::OK;
    let end = |ask: Ask, body: &Value| ask.json(body).send(app).status;
    let by_key = || Ask::post("/sessions/end").by(admin);
    let (one, two, other) = (bearer(app, "grace"), bearer(app, "grace"), bearer(app, "boss"));
    assert_eq!(end(by_key(), &json!({"login": "grace"})), StatusCode::NO_CONTENT);
    assert_eq!([&one, &two, &other].map(|token| inside(token)), [false, false, true]);
    assert_eq!(end(by_key(), &json!({"login": "grace"})), StatusCode::NO_CONTENT, "again");
    // Everybody their own, whatever session it is asked in.
    let (one, two) = (bearer(app, "grace"), bearer(app, "grace"));
    let account = grace.account.to_string();
    let own = as_bearer(Method::POST, "/sessions/end", &one);
    assert_eq!(end(own, &json!({"account": account})), StatusCode::NO_CONTENT);
    assert_eq!([&one, &two, &other].map(|token| inside(token)), [false, false, true]);
    // And everybody's, by an administrator who is in one of them.
    let one = bearer(app, "grace");
    let all = as_bearer(Method::POST, "/sessions/end", &other);
    assert_eq!(end(all, &json!({"all": true})), StatusCode::NO_CONTENT);
    assert_eq!([&one, &other].map(|token| inside(token)), [false, false]);
    assert_eq!(app.get("/v1").status, StatusCode::UNAUTHORIZED);
    let log = Ask::get("/v1/auditlogs?limit=1&sort=id&order=desc").by(admin).send(app).json();
    let event = &log["data"][0];
    assert_eq!((&event["eventType"], &event["resourceType"]), (&json!("api.token.delete"), &json!("token")));
    assert_eq!(event["resourceId"], Value::Null, "all of them");
}

#[test]
fn whose_sessions_end_must_be_said_once_and_others_end_nobodys() {
    let people = People::new();
    let token = bearer(&people.app, "grace");
    let before = people.app.revision();
    for (body, status, code) in [
        (json!({}), 422, "MissingRequired"),
        (json!({"all": false}), 422, "MissingRequired"),
        (json!({"all": "yes"}), 422, "InvalidOption"),
        (json!({"all": true, "login": "grace"}), 422, "InvalidOption"),
        (json!({"account": "1a1", "login": "grace"}), 422, "InvalidOption"),
        (json!({"login": "nobody"}), 404, "Not Found"),
        (json!({"account": "1a5"}), 404, "Not Found"),
    ] {
        let refused = people.command("/sessions/end", &body);
        assert_eq!(refusal(&refused), (status, code.to_owned()), "{body}");
    }
    for body in [json!({"all": true}), json!({"account": "1a1"}), json!({"login": "nobody"})] {
        let refused = as_bearer(Method::POST, "/sessions/end", &token).json(&body).send(&people.app);
        assert_eq!(refusal(&refused), (403, "Forbidden".into()), "{body}");
    }
    assert_eq!(people.app.revision(), before);
}

/// What a person made is in environments that may go on without it: whoever disables the person sees all of it, and what
/// came of it.
#[test]
fn the_keys_somebody_made_are_told_with_those_made_in_turn() {
    let people = People::new();
    let People { app, admin, grace, .. } = &people;
    let member =
        |id: &str, role: &str| json!({"externalId": id, "externalIdType": "rancher_id", "role": role});
    let grace = grace.account.to_string();
    let members = json!({"members": [member("1a1", "owner"), member(&grace, "member")]});
    assert_eq!(people.command("/v1/projects/1a5?action=setmembers", &members).status, StatusCode::OK);
    let create = |ask: Ask, body: &Value| Pair::of(&ask.json(body).send(app));
    let token = bearer(app, "grace");
    let inside = "/v1/projects/1a5/apikeys";
    let own = create(as_bearer(Method::POST, "/v1/apikeys", &token), &json!({}));
    let first = create(as_bearer(Method::POST, inside, &token), &json!({}));
    let second = create(Ask::post(inside).by(&first), &json!({}));
    let third = create(Ask::post(inside).by(&second), &json!({}));
    create(Ask::post(inside).by(admin), &json!({"name": "by another"}));
    for path in ["deactivate", "remove"].map(|action| format!("{inside}/{}?action={action}", second.id)) {
        assert_eq!(people.command(&path, &json!({})).status, StatusCode::ACCEPTED);
    }
    let path = format!("/keys/made?account={grace}");
    let told = Ask::get(&path).by(admin).send(app);
    // One that is deleted led to another.
    assert_eq!(told.ids(), [own.id.clone(), first.id, third.id]);
    assert_eq!(
        told.json()["data"][0],
        Ask::get(&format!("/v1/apikeys/{}", own.id)).by(admin).send(app).json()
    );
    assert_eq!(told.json()["links"]["self"], json!(format!("http://localhost:8080{path}")));
    let page =
        Ask::get(&path).by(admin).header("user-agent", "Mozilla/5.0").header("accept", "*/*").send(app);
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::OK, Some("text/html; charset=utf-8"))
    );
    let refused = |ask: Ask| refusal(&ask.send(app));
    assert_eq!(refused(Ask::get("/keys/made").by(admin)), (422, "MissingRequired".into()));
    for nobody in ["1a999", "1a5", "grace"] {
        let ask = Ask::get(&format!("/keys/made?account={nobody}")).by(admin);
        assert_eq!(refused(ask), (404, "Not Found".into()), "{nobody}");
    }
    assert_eq!(
        refused(as_bearer(Method::GET, &path, &token)),
        (403, "Forbidden".into()),
        "not its own either"
    );
    assert_eq!(refused(Ask::post(&path).by(admin)).0, 405);
}
