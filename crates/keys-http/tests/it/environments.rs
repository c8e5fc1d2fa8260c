//! Environments over HTTP.

use http::{Method, StatusCode};
use serde_json::json;

use crate::support::{Ask, TestApp};

#[test]
fn an_environment_lives_and_its_keys_obey_its_state() {
    let app = TestApp::new();
    let made = app.post("/v1/projects", &json!({"name": "blue", "description": "the blue one"}));
    assert_eq!(made.status, StatusCode::CREATED);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(format!("http://localhost:8080/v1/projects/{id}").as_str()));
    let pair = app.issue(&format!("/v1/projects/{id}/apikeys"));
    let admin = app.protect();
    let act = |action: &str| {
        let reply = Ask::post(&format!("/v1/projects/{id}?action={action}")).by(&admin).send(&app);
        (reply.status.as_u16(), reply.json()["state"].as_str().map(str::to_owned))
    };
    let inside = || {
        let reply = Ask::get(&format!("/v1/projects/{id}/apikeys")).by(&pair).send(&app);
        reply.status.as_u16()
    };
    let says = |state: &str| Some(state.to_owned());
    assert_eq!(inside(), 200);
    assert_eq!(act("deactivate"), (200, says("inactive")));
    assert_eq!(inside(), 401);
    let context = Ask::get(&format!("/v1/projects/{id}/apikeys")).by(&admin).send(&app);
    assert_eq!(context.status, StatusCode::FORBIDDEN);
    assert_eq!(act("deactivate").0, 422);
    assert_eq!(act("restore").0, 422);
    assert_eq!(act("activate"), (202, says("active")));
    assert_eq!(inside(), 200);
    let path = format!("/v1/projects/{id}");
    let removed = Ask::new(Method::DELETE, &path).by(&admin).send(&app);
    assert_eq!((removed.status.as_u16(), removed.json()["state"].as_str()), (200, Some("removed")));
    assert_eq!(Ask::new(Method::DELETE, &path).by(&admin).send(&app).status, StatusCode::OK);
    assert_eq!(inside(), 401);
    assert_eq!(act("activate").0, 422);
    assert_eq!(act("restore"), (202, says("inactive")));
    assert_eq!(act("activate"), (202, says("active")));
    assert_eq!(inside(), 200, "the keys were never touched");
}

#[test]
fn an_environments_key_sees_its_environment_and_changes_none() {
    let app = TestApp::new();
    let other = app.post("/v1/projects", &json!({})).json()["id"].as_str().unwrap().to_owned();
    let pair = app.issue("/v1/projects/1a5/apikeys");
    app.protect();
    let before = app.revision();
    let ask = |method: Method, path: &str| Ask::new(method, path).by(&pair).send(&app);
    assert_eq!(ask(Method::GET, "/v1/projects").ids(), ["1a5"]);
    let own = ask(Method::GET, "/v1/projects/1a5").json();
    assert_eq!(own["actions"], json!({}));
    assert_eq!(own["links"]["apiKeys"], "http://localhost:8080/v1/projects/1a5/apikeys");
    assert_eq!(ask(Method::POST, "/v1/projects").error().0, 405);
    assert_eq!(ask(Method::PUT, "/v1/projects/1a5").error().0, 405);
    assert_eq!(ask(Method::DELETE, "/v1/projects/1a5").error().0, 405);
    for id in ["1a5", &other, "1a999", "x"] {
        let act = ask(Method::POST, &format!("/v1/projects/{id}?action=deactivate"));
        assert_eq!(act.error(), (422, "InvalidAction".into(), Some("action".into())), "{id}");
    }
    // Of another environment it is told what it is told of none.
    let foreign = ask(Method::GET, &format!("/v1/projects/{other}"));
    let nonexistent = ask(Method::GET, "/v1/projects/1a999");
    assert_eq!(foreign.error(), (404, "Not Found".into(), None));
    assert_eq!(foreign.error(), nonexistent.error());
    assert_eq!(foreign.body.len(), nonexistent.body.len());
    assert_eq!(app.revision(), before);
}

#[test]
fn an_environments_key_manages_the_keys_of_its_environment_only() {
    let app = TestApp::new();
    let other = app.post("/v1/projects", &json!({})).json()["id"].as_str().unwrap().to_owned();
    let foreign = app.issue(&format!("/v1/projects/{other}/apikeys"));
    let pair = app.issue("/v1/projects/1a5/apikeys");
    let admin = app.protect();
    let made =
        Ask::post("/v1/apikeys").by(&pair).json(&json!({"name": "child", "accountId": other})).send(&app);
    assert_eq!(made.json()["accountId"], "1a5");
    assert_eq!(made.json()["creatorId"], "1a5");
    let listed = Ask::get("/v1/apikeys").by(&pair).send(&app).ids();
    assert_eq!(listed, [pair.id.as_str(), made.json()["id"].as_str().unwrap()]);
    for (method, suffix) in [
        (Method::GET, ""),
        (Method::PUT, ""),
        (Method::DELETE, ""),
        (Method::POST, "?action=deactivate"),
        (Method::POST, "?action=update"),
    ] {
        for id in [&foreign.id, &admin.id, "1c999"] {
            let path = format!("/v1/apikeys/{id}{suffix}");
            let reply = Ask::new(method.clone(), &path).by(&pair).send(&app);
            assert_eq!(reply.error(), (404, "Not Found".into(), None), "{method} {path}");
        }
    }
    assert_eq!(Ask::get(&format!("/v1/projects/{other}/apikeys")).by(&foreign).send(&app).status, 200);
    assert_eq!(Ask::get("/v1/apikeys").by(&admin).send(&app).ids().len(), 4, "the administrator sees all");
    let inside = Ask::get("/v1/projects/1a5/apikeys").by(&admin).send(&app).ids();
    assert_eq!(inside.len(), 2, "and inside an environment what is inside");
}

#[test]
fn environments_are_filtered_and_paged() {
    let app = TestApp::new();
    for name in ["a", "b", "c"] {
        app.post("/v1/projects", &json!({ "name": name }));
    }
    let ids = |query: &str| app.get(&format!("/v1/projects?{query}")).ids();
    assert_eq!(ids(""), ["1a5", "1a6", "1a7", "1a8"]);
    assert_eq!(ids("name=b&removed_null=1&state_ne=inactive&state_ne=removing"), ["1a7"]);
    assert_eq!(ids("uuid=adminProject"), ["1a5"]);
    assert_eq!(ids("sort=id&order=desc&limit=2"), ["1a8", "1a7"]);
    app.delete("/v1/projects/1a6");
    assert_eq!(ids("limit=-2"), ["1a5", "1a7", "1a8"]);
    assert_eq!(ids("state=removed"), ["1a6"]);
    assert_eq!(app.get("/v1/projects/1a6").status, StatusCode::OK);
    let first = app.get("/v1/projects?limit=2");
    let next = first.json()["pagination"]["next"].as_str().unwrap().to_owned();
    assert_eq!(app.get(next.strip_prefix("http://localhost:8080").unwrap()).ids(), ["1a8"]);
}
