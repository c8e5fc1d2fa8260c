//! `Idempotency-Key` through the whole application: one key however often it is asked for, and nobody else's answer.

use http::{Method, StatusCode};
use serde_json::json;

use crate::support::{Ask, Pair, Reply, TestApp};

const HEADER: &str = "idempotency-key";
const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const OTHER_KEY: &str = "clkyoesmbgybucifusbbtdsbohtyuuwz";
const MINUTE: i64 = 60_000;
const INSIDE: &str = "/v1/projects/1a5/apikeys";

/// Asks for a key named `ci`.
fn ask(path: &str, key: &str) -> Ask {
    Ask::post(path).header(HEADER, key).json(&json!({"name": "ci"}))
}

fn create(app: &TestApp, path: &str, key: &str) -> Reply {
    let created = ask(path, key).send(app);
    assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
    created
}

/// The body, and what else says that it is the same thing.
fn same(reply: &Reply) -> (StatusCode, &str, Option<&str>, Option<&str>) {
    (reply.status, reply.text(), reply.header("location"), reply.header("etag"))
}

/// What our headers say.
fn said(reply: &Reply) -> (Option<&str>, Option<&str>) {
    (reply.header("idempotency-replayed"), reply.header("x-api-secret-available"))
}

#[test]
fn a_create_that_is_repeated_has_the_same_answer_and_one_effect() {
    let app = TestApp::new();
    let first = create(&app, INSIDE, KEY);
    assert_eq!(said(&first), (None, None));
    let revision = app.revision();
    for key in [KEY.to_owned(), format!("\"{KEY}\"")] {
        let again = create(&app, INSIDE, &key);
        assert_eq!(same(&again), same(&first));
        assert_eq!(said(&again), (Some("true"), None));
    }
    assert_eq!(app.revision(), revision);
    let admin = app.protect();
    let listed = Ask::get("/v1/apikeys").by(&Pair::of(&first)).send(&app);
    assert_eq!(listed.ids(), [Pair::of(&first).id], "and the secret works");
    let (inside, id) = (Ask::get(INSIDE).by(&admin).send(&app).ids(), Pair::of(&first).id);
    assert_eq!(inside, [id]);
}

/// However the address and the fields are written: what counts is what was understood.
#[test]
fn every_spelling_of_a_request_is_the_same_request() {
    let app = TestApp::new();
    let first = create(&app, INSIDE, KEY);
    let id = |reply: &Reply| reply.json()["id"].clone();
    for path in [
        "/v1/projects/1a5/apikeys",
        "/v1/projects/1a5/apiKeys/",
        "//V1/project/1a5/APIKEY",
        "/v2-beta/projects/1a5/apikeys",
        "/v1/apikeys?projectId=1a5",
        "/v1/projects/1a5/apikeys?name=overruled",
    ] {
        let again = create(&app, path, KEY);
        assert_eq!((id(&again), said(&again)), (id(&first), (Some("true"), None)), "{path}");
    }
    let by_header = ask("/v1/apikeys", KEY).header("x-api-project-id", "1a5").send(&app);
    assert_eq!((id(&by_header), said(&by_header)), (id(&first), (Some("true"), None)));
    for (body, content_type) in [
        (r#"{"name":"ci","description":null,"unknown":7}"#, "application/json"),
        ("name=ci", "application/x-www-form-urlencoded"),
    ] {
        let again = Ask::post(INSIDE)
            .header(HEADER, KEY)
            .header("content-type", content_type)
            .body(body.to_owned())
            .send(&app);
        assert_eq!(id(&again), id(&first), "{body}");
    }
}

#[test]
fn without_the_header_every_create_makes_one() {
    let app = TestApp::new();
    let create = || Ask::post(INSIDE).json(&json!({"name": "ci"})).send(&app);
    let (one, other) = (create(), create());
    assert_ne!(one.json()["id"], other.json()["id"]);
    assert_eq!((said(&one), said(&other)), ((None, None), (None, None)));
}

#[test]
fn a_malformed_header_is_refused_and_nothing_is_made() {
    let app = TestApp::new();
    let before = app.revision();
    let long = "x".repeat(256);
    for key in [
        "",
        "short",
        "\"short\"",
        &long,
        "\"unclosed-8e03978e-40d5-43dd",
        "8e03978e-40d5-43dd, 8e03978e-40d5",
    ] {
        for path in [INSIDE, "/v1/apikeys", "/v1/projects", "/v2-beta/projects"] {
            let refused = ask(path, key).send(&app);
            assert_eq!(refused.error(), (400, "Bad Request".into(), None), "{key} {path}");
            let detail = refused.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains("Idempotency-Key"), "{detail}");
            assert!(key.is_empty() || !detail.contains(key), "{detail}");
        }
    }
    let twice = ask(INSIDE, KEY).also(HEADER, OTHER_KEY).send(&app);
    assert_eq!(twice.error(), (400, "Bad Request".into(), None));
    assert_eq!(app.revision(), before);
    assert_eq!(ask(INSIDE, KEY).also(HEADER, KEY).send(&app).status, StatusCode::CREATED);
    // Where nothing is made it is nobody's business.
    for ask in [
        Ask::get(INSIDE),
        Ask::new(Method::DELETE, "/v1/apikeys/1c99"),
        Ask::post("/v1/apikeys/1c1?action=update"),
    ] {
        assert_ne!(ask.header(HEADER, "short").send(&app).status, StatusCode::BAD_REQUEST);
    }
}

#[test]
fn another_request_under_the_same_key_is_refused_and_nothing_is_made() {
    let app = TestApp::new();
    create(&app, "/v1/apikeys", KEY);
    let before = app.revision();
    for (path, body) in [
        ("/v1/apikeys", json!({"name": "other"})),
        ("/v1/apikeys", json!({})),
        ("/v1/apikeys", json!({"name": "ci", "description": ""})),
        ("/v1/apikeys", json!({"name": "ci", "expiresAt": "2030-01-01T00:00:00Z"})),
        ("/v1/projects", json!({"name": "ci"})),
    ] {
        let refused = Ask::post(path).header(HEADER, KEY).json(&body).send(&app);
        assert_eq!(refused.error(), (422, "IdempotencyKeyReused".into(), None), "{path} {body}");
        assert!(refused.json()["detail"].as_str().unwrap().contains("a new key with a new request"));
    }
    assert_eq!(app.revision(), before);
    // What was wrong in itself is said before, and can be corrected under the same key.
    let wrong = Ask::post("/v1/apikeys").header(HEADER, OTHER_KEY).json(&json!({"name": {}})).send(&app);
    assert_eq!(wrong.error(), (422, "InvalidFormat".into(), Some("name".into())));
    assert_eq!(said(&create(&app, "/v1/apikeys", OTHER_KEY)), (None, None));
}

#[test]
fn two_callers_with_one_key_never_meet() {
    let app = TestApp::new();
    let admin = app.protect();
    let in_a = Pair::of(&Ask::post(INSIDE).by(&admin).json(&json!({})).send(&app));
    let b = Ask::post("/v1/projects").by(&admin).json(&json!({"name": "b"})).send(&app).json();
    let inside_b = format!("/v1/projects/{}/apikeys", b["id"].as_str().unwrap());
    let in_b = Pair::of(&Ask::post(&inside_b).by(&admin).json(&json!({})).send(&app));
    let mut seen = Vec::new();
    for (path, pair) in [
        ("/v1/apikeys", &admin),
        (INSIDE, &admin),
        (inside_b.as_str(), &admin),
        ("/v1/apikeys", &in_a),
        ("/v1/apikeys", &in_b),
    ] {
        let first = ask(path, KEY).by(pair).send(&app);
        assert_eq!(said(&first), (None, None), "{path}: it is nobody's replay");
        let again = ask(path, KEY).by(pair).send(&app);
        assert_eq!((same(&again), said(&again)), (same(&first), (Some("true"), None)));
        seen.push(Pair::of(&first).secret_key);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5, "five callers, five keys");
    // A stranger with the key is a stranger.
    assert_eq!(ask("/v1/apikeys", KEY).send(&app).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn after_ten_minutes_the_key_is_told_without_its_secret() {
    let app = TestApp::new();
    let first = create(&app, INSIDE, KEY);
    app.clock.advance(10 * MINUTE - 1);
    assert_eq!(same(&create(&app, INSIDE, KEY)), same(&first));
    app.clock.advance(1);
    let late = create(&app, INSIDE, KEY);
    assert_eq!(said(&late), (Some("true"), Some("false")));
    let mut expected = first.json();
    expected["secretValue"] = json!(null);
    assert_eq!(late.json(), expected);
    assert_eq!(late.header("location"), first.header("location"));
}

#[test]
fn a_confirmed_secret_is_told_no_more() {
    let app = TestApp::new();
    let first = create(&app, INSIDE, KEY);
    let confirm = |within: Option<&str>, key: &str| {
        let ask = Ask::post("/receipts/confirm").header(HEADER, key);
        match within {
            Some(within) => ask.header("x-api-project-id", within).send(&app),
            None => ask.send(&app),
        }
    };
    // Of another owner, or under another key, there is nothing.
    for reply in [confirm(None, KEY), confirm(Some("1a5"), OTHER_KEY)] {
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        let mut problem = reply.json();
        problem.as_object_mut().unwrap().remove("requestId");
        assert_eq!(problem, json!({"title": "Not Found", "status": 404, "code": "Not Found"}));
    }
    assert_eq!(said(&create(&app, INSIDE, KEY)), (Some("true"), None));
    for key in [KEY.to_owned(), format!("\"{KEY}\"")] {
        let confirmed = confirm(Some("1a5"), &key);
        assert_eq!((confirmed.status, confirmed.text()), (StatusCode::NO_CONTENT, ""));
        assert_eq!(confirmed.header("content-type"), None);
        let again = create(&app, INSIDE, KEY);
        assert_eq!(said(&again), (Some("true"), Some("false")));
        assert_eq!((&again.json()["id"], &again.json()["secretValue"]), (&first.json()["id"], &json!(null)));
    }
}

#[test]
fn a_confirmation_that_cannot_be_understood_is_refused() {
    let app = TestApp::new();
    let problem = |ask: Ask| {
        let reply = ask.send(&app);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{reply:?}");
        (reply.status.as_u16(), reply.json()["code"].as_str().unwrap().to_owned())
    };
    let confirm = || Ask::post("/receipts/confirm");
    assert_eq!(problem(confirm()), (400, "Bad Request".into()));
    assert_eq!(problem(confirm().header(HEADER, "short")), (400, "Bad Request".into()));
    assert_eq!(problem(confirm().header(HEADER, KEY).also(HEADER, OTHER_KEY)), (400, "Bad Request".into()));
    assert_eq!(problem(confirm().header(HEADER, KEY).body("{")), (400, "InvalidBodyContent".into()));
    assert_eq!(
        problem(confirm().header(HEADER, KEY).header("x-api-project-id", "1a9")),
        (403, "Forbidden".into())
    );
    assert_eq!(problem(Ask::get("/receipts/confirm")), (405, "Method not allowed".into()));
    assert_eq!(problem(confirm().header("origin", "http://elsewhere")), (403, "InvalidCSRFToken".into()));
    for path in
        ["/receipts", "/receipts/confirm/x", "/receipts/other", "/v1/receipts/confirm", "/Receipts/confirm"]
    {
        assert_eq!(Ask::post(path).header(HEADER, KEY).send(&app).status, StatusCode::NOT_FOUND, "{path}");
    }
    // A condition on a state is no condition here: there is none.
    assert_eq!(problem(confirm().header(HEADER, KEY).header("if-match", "\"x\"")), (404, "Not Found".into()));
    app.protect();
    let stranger = confirm().header(HEADER, KEY).send(&app);
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    assert!(stranger.header("www-authenticate").is_some());
}

#[test]
fn a_replay_tells_of_the_key_as_it_is_and_a_deleted_one_has_no_secret() {
    let app = TestApp::new();
    let id = create(&app, INSIDE, KEY).json()["id"].as_str().unwrap().to_owned();
    let own = format!("{INSIDE}/{id}");
    assert_eq!(app.put(&own, &json!({"description": "edited"})).status, StatusCode::OK);
    assert_eq!(app.post(&format!("{own}?action=deactivate"), &json!({})).status, StatusCode::ACCEPTED);
    let inactive = create(&app, INSIDE, KEY);
    assert_eq!(inactive.json()["state"], "inactive");
    assert_eq!(inactive.json()["description"], "edited");
    assert!(inactive.json()["secretValue"].is_string());
    assert_eq!(app.delete(&own).status, StatusCode::OK);
    let deleted = create(&app, INSIDE, KEY);
    assert_eq!((&deleted.json()["state"], &deleted.json()["secretValue"]), (&json!("removed"), &json!(null)));
    assert_eq!(said(&deleted), (Some("true"), Some("false")));
}

#[test]
fn an_environment_is_made_once_too() {
    let app = TestApp::new();
    let first = create(&app, "/v1/projects", KEY);
    let revision = app.revision();
    let again = create(&app, "/v1/project", KEY);
    assert_eq!((same(&again), said(&again)), (same(&first), (Some("true"), None)));
    assert_eq!(app.revision(), revision);
}

#[test]
fn a_retry_is_answered_although_what_it_asked_for_is_past() {
    let app = TestApp::new();
    let body = json!({"expiresAt": "2026-11-23T18:31:00Z"});
    let create = || Ask::post(INSIDE).header(HEADER, KEY).json(&body).send(&app);
    let first = create();
    assert_eq!(first.status, StatusCode::CREATED);
    app.clock.advance(2 * MINUTE);
    assert_eq!(
        (create().status, create().json()["id"].clone()),
        (StatusCode::CREATED, first.json()["id"].clone())
    );
}

// ---- forms ----------------------------------------------------------------------------------------------------------

fn browser(ask: Ask) -> Ask {
    ask.header("user-agent", "Mozilla/5.0 (X11; Linux x86_64)").header("accept", "text/html,*/*;q=0.8")
}

/// The hidden fields of a page's first form that creates.
fn hidden(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("name=\"_idempotencyKey\" value=\"")?;
    rest.split_once('"').map(|(key, _)| key.to_owned())
}

fn submit(app: &TestApp, key: &str, name: &str) -> Reply {
    browser(Ask::post(INSIDE))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "http://localhost:8080")
        .header("sec-fetch-site", "same-origin")
        .body(format!("_idempotencyKey={key}&name={name}&description=&expiresAt="))
        .send(app)
}

#[test]
fn a_form_that_is_sent_twice_makes_one_key_and_shows_its_secret_both_times() {
    let app = TestApp::new();
    let open = || hidden(browser(Ask::get(INSIDE)).send(&app).text()).unwrap();
    let key = open();
    assert_ne!(open(), key, "each form is another");
    let secret = |page: &Reply| {
        let (_, rest) = page.text().split_once("id=\"secret-key\">").unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    let (first, again) = (submit(&app, &key, "ci"), submit(&app, &key, "ci"));
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(secret(&first), secret(&again));
    assert_eq!(app.get(INSIDE).ids().len(), 1);
    // Back, something else typed, sent again: told so, with a form that can be sent.
    let reused = submit(&app, &key, "other");
    assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reused.text().contains("IdempotencyKeyReused"));
    let fresh = hidden(reused.text()).unwrap();
    assert_ne!(fresh, key);
    assert!(reused.text().contains("value=\"other\""));
    assert_eq!(submit(&app, &fresh, "other").status, StatusCode::CREATED);
    assert_eq!(app.get(INSIDE).ids().len(), 2);
    // Loaded again the next day, the page says what has become of it.
    app.clock.advance(60 * MINUTE);
    let late = submit(&app, &key, "ci");
    assert_eq!(late.status, StatusCode::CREATED);
    assert!(!late.text().contains("secret-key") && late.text().contains("no longer shown"));
}

#[test]
fn the_field_counts_in_the_body_of_a_form_and_nowhere_else() {
    let app = TestApp::new();
    let count = |ask: Ask| {
        let reply = ask.send(&app);
        assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
        assert_eq!(said(&reply).0, None, "{reply:?}");
    };
    for _ in 0..2 {
        count(Ask::post(&format!("{INSIDE}?_idempotencyKey={KEY}")).json(&json!({})));
        count(Ask::post(INSIDE).json(&json!({"_idempotencyKey": KEY})));
    }
    assert_eq!(app.get(INSIDE).ids().len(), 4);
    let form = |body: String| {
        Ask::post(INSIDE).header("content-type", "application/x-www-form-urlencoded").body(body).send(&app)
    };
    assert_eq!(form("_idempotencyKey=short".to_owned()).error(), (400, "Bad Request".into(), None));
    let first = form(format!("_idempotencyKey={KEY}"));
    assert_eq!(said(&form(format!("_idempotencyKey={KEY}"))), (Some("true"), None));
    // The header is as good, and both must agree.
    let by_header = Ask::post(INSIDE).header(HEADER, KEY).send(&app);
    assert_eq!(by_header.json()["id"], first.json()["id"]);
    let both = Ask::post(INSIDE)
        .header(HEADER, OTHER_KEY)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("_idempotencyKey={KEY}"))
        .send(&app);
    assert_eq!(both.error(), (400, "Bad Request".into(), None));
}
