//! People over HTTP: their accounts, the members of environments, and what each role may.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Ask, Pair, Reply, TestApp};

/// A person with an account key of its own.
struct Person {
    id: String,
    pair: Pair,
}

fn person(app: &TestApp, by: &Pair, kind: &str) -> Person {
    let post = |path: &str, body: &Value| Ask::post(path).json(body).by(by).send(app);
    let made = post("/v1/accounts", &json!({"name": "a person", "kind": kind}));
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(format!("http://localhost:8080/v1/accounts/{id}").as_str()));
    let key = post("/v1/apikeys", &json!({"accountId": id, "name": "own"}));
    assert_eq!(key.json()["accountId"], json!(id));
    Person { pair: Pair::of(&key), id }
}

fn member(id: &str, role: &str) -> Value {
    json!({"externalId": id, "externalIdType": "rancher_id", "role": role})
}

fn set(app: &TestApp, by: &Pair, project: &str, members: &Value) -> Reply {
    Ask::post(&format!("/v1/projects/{project}?action=setmembers"))
        .by(by)
        .json(&json!({ "members": members }))
        .send(app)
}

#[test]
fn an_account_is_made_edited_and_moved_by_administrators() {
    let app = TestApp::new();
    let admin = app.protect();
    let ada = person(&app, &admin, "user");
    let path = format!("/v1/accounts/{}", ada.id);
    let ask = |method: Method, body: &Value| Ask::new(method, &path).by(&admin).json(body).send(&app);
    let act = |action: &str| {
        let reply = Ask::post(&format!("{path}/?action={action}")).by(&admin).send(&app);
        (reply.status.as_u16(), reply.json()["state"].clone())
    };
    let lives = || Ask::get("/v1/apikeys").by(&ada.pair).send(&app).status.as_u16();
    assert_eq!(lives(), 200);
    let edited = ask(Method::PUT, &json!({"name": "Ada", "description": "of the mill", "kind": "admin"}));
    let edited = edited.json();
    assert_eq!((&edited["name"], &edited["kind"]), (&json!("Ada"), &json!("admin")));
    assert_eq!(edited["actions"].as_object().unwrap().keys().collect::<Vec<_>>(), ["deactivate", "update"]);
    assert!(Ask::get("/v1/accounts").by(&ada.pair).send(&app).ids().len() > 3, "she sees everybody now");
    ask(Method::PUT, &json!({"kind": "user"}));
    assert_eq!(Ask::get("/v1/accounts").by(&ada.pair).send(&app).ids(), [ada.id.as_str()]);

    let active = ask(Method::DELETE, &Value::Null);
    assert_eq!(active.error().0, 405);
    assert_eq!(act("deactivate"), (202, json!("inactive")));
    assert_eq!(lives(), 401);
    assert_eq!(act("deactivate").0, 422);
    assert_eq!(act("activate"), (202, json!("active")));
    assert_eq!(lives(), 200);
    act("deactivate");
    let removed = ask(Method::DELETE, &Value::Null);
    assert_eq!((removed.status.as_u16(), &removed.json()["state"]), (200, &json!("removed")));
    assert_eq!(ask(Method::DELETE, &Value::Null).status, StatusCode::OK, "nothing is left to do");
    assert_eq!(lives(), 401);
    let all = Ask::get("/v1/accounts").by(&admin).send(&app).ids();
    assert!(!all.contains(&ada.id), "{all:?}");
    let gone = Ask::get("/v1/accounts?state=removed").by(&admin).send(&app).ids();
    assert_eq!(gone, [ada.id.as_str()]);
    for kind in ["system", "nobody"] {
        let made = Ask::post("/v1/accounts").by(&admin).json(&json!({ "kind": kind })).send(&app);
        assert_eq!(made.error(), (422, "InvalidOption".into(), Some("kind".into())));
    }
}

#[test]
fn the_last_administrator_stays_while_access_control_is_on() {
    let app = TestApp::new();
    let admin = app.protect();
    for ask in [
        Ask::post("/v1/accounts/1a1?action=deactivate"),
        Ask::new(Method::PUT, "/v1/accounts/1a1").json(&json!({"kind": "user"})),
    ] {
        let refused = ask.by(&admin).send(&app);
        assert_eq!(refused.error(), (405, "LastAdminAccount".into(), None));
        assert!(refused.header("allow").is_some());
    }
    let second = person(&app, &admin, "admin");
    let moved = Ask::post("/v1/accounts/1a1?action=deactivate").by(&second.pair).send(&app);
    assert_eq!(moved.status, StatusCode::ACCEPTED);
    assert_eq!(Ask::get("/v1").by(&admin).send(&app).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn a_key_belongs_to_whom_an_administrator_says_and_nobody_else_says_anything() {
    let app = TestApp::new();
    let admin = app.protect();
    let ada = person(&app, &admin, "user");
    let issue = |by: &Pair, path: &str, owner: &str| {
        Ask::post(path).by(by).json(&json!({ "accountId": owner })).send(&app)
    };
    assert_eq!(issue(&admin, "/v1/apikeys", "1a5").json()["accountId"], "1a5");
    for nobody in ["1a99", "x", ""] {
        let refused = issue(&admin, "/v1/apikeys", nobody);
        assert_eq!(refused.error(), (422, "InvalidReference".into(), Some("accountId".into())));
    }
    // Rancher's UI sends it with every create.
    assert_eq!(issue(&admin, "/v1/projects/1a5/apikeys", "1a1").json()["accountId"], "1a5");
    assert_eq!(issue(&ada.pair, "/v1/apikeys", "1a1").json()["accountId"], json!(ada.id));
    let environment = Pair::of(&issue(&admin, "/v1/apikeys", "1a5"));
    assert_eq!(issue(&environment, "/v1/apikeys", "1a1").json()["accountId"], "1a5");
    // Who stands for nobody gets none.
    assert_eq!(issue(&admin, "/v1/apikeys", "1a4").error().0, 403);
}

#[test]
fn members_are_set_as_a_list_and_malformed_ones_change_nothing() {
    let app = TestApp::new();
    let admin = app.protect();
    let (ada, bob) = (person(&app, &admin, "user"), person(&app, &admin, "user"));
    let made = Ask::post("/v1/projects").by(&ada.pair).json(&json!({"name": "mill"})).send(&app).json();
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(made["members"], Value::Null);
    let list = |by: &Pair| Ask::get(&format!("/v1/projects/{id}/projectmembers")).by(by).send(&app);
    let roles = |reply: &Reply| {
        let document = reply.json();
        let data = document["data"].as_array().unwrap().clone();
        data.iter()
            .map(|one| format!("{} {}", one["externalId"].as_str().unwrap(), one["role"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(roles(&list(&ada.pair)), [format!("{} owner", ada.id)]);

    let before = app.revision();
    let owner = member(&ada.id, "owner");
    for (malformed, code, status) in [
        (json!([]), "InvalidFormat", 400),
        (json!([member(&bob.id, "member")]), "InvalidFormat", 400),
        (json!([owner, member(&ada.id, "member")]), "InvalidFormat", 400),
        (json!([owner, member("1a99", "member")]), "InvalidFormat", 400),
        (json!([owner, member("1a4", "member")]), "InvalidFormat", 400),
        (json!([owner, member(&bob.id, "king")]), "InvalidFormat", 400),
        (json!([owner, {"externalId": bob.id, "role": "member"}]), "InvalidFormat", 400),
        (
            json!([owner, {"externalId": bob.id, "externalIdType": "github_user", "role": "member"}]),
            "InvalidFormat",
            400,
        ),
        (json!("everybody"), "InvalidFormat", 400),
        (json!([1]), "InvalidFormat", 400),
        (Value::Null, "MissingRequired", 422),
    ] {
        let refused = set(&app, &ada.pair, &id, &malformed);
        assert_eq!(refused.error(), (status, code.into(), Some("members".into())), "{malformed}");
        let made = Ask::post("/v1/projects").by(&ada.pair).json(&json!({ "members": malformed })).send(&app);
        if malformed.is_null() {
            assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        } else {
            assert_eq!(made.error().0, 400, "{malformed}");
        }
    }
    assert_eq!(app.revision(), before + 2, "the environment without a list, and its owner");

    let answered = set(&app, &ada.pair, &id, &json!([owner, member(&bob.id, "readonly")]));
    assert_eq!((answered.status.as_u16(), &answered.json()["type"]), (200, &json!("setProjectMembersInput")));
    assert_eq!(roles(&list(&bob.pair)), [format!("{} owner", ada.id), format!("{} readonly", bob.id)]);
    let events = Ask::get(&format!("/v1/projects/{id}/auditlogs?eventType=api.projectMember.create"));
    let events = events.by(&ada.pair).send(&app).json();
    assert_eq!(events["data"][0]["description"], json!(format!("account {}, owner", ada.id)));
    assert_eq!(events["data"][1]["description"], json!(format!("account {}, readonly", bob.id)));
    // The bare number of an account is the contract's own name of it.
    let number = ada.id.strip_prefix("1a").unwrap();
    assert_eq!(set(&app, &ada.pair, &id, &json!([member(number, "owner")])).status, StatusCode::OK);
    assert_eq!(list(&bob.pair).error().0, 403);
}

#[test]
fn a_member_sees_an_environment_as_its_role_allows() {
    let app = TestApp::new();
    let admin = app.protect();
    let roles = ["owner", "member", "restricted", "readonly"];
    let people = roles.map(|role| (role, person(&app, &admin, "user")));
    let members: Vec<Value> = people.iter().map(|(role, person)| member(&person.id, role)).collect();
    let made = Ask::post("/v1/projects").by(&admin).json(&json!({ "members": members })).send(&app);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let key = Ask::post(&format!("/v1/projects/{id}/apikeys")).by(&admin).send(&app).json();
    let key = key["id"].as_str().unwrap();
    for (role, person) in &people {
        let ask = |method: Method, path: &str| {
            Ask::new(method, path).by(&person.pair).json(&json!({"name": "x"})).send(&app)
        };
        let owns = *role == "owner";
        let shown = ask(Method::GET, &format!("/v1/projects/{id}")).json();
        assert_eq!(shown["actions"].as_object().unwrap().contains_key("setmembers"), owns, "{role}");
        let edited = ask(Method::PUT, &format!("/v1/projects/{id}"));
        assert_eq!(edited.status.as_u16(), if owns { 200 } else { 403 }, "{role}");
        let inside = format!("/v1/projects/{id}/apikeys");
        let reads = *role == "readonly";
        assert_eq!(ask(Method::GET, &inside).ids(), [key], "{role}");
        let shown = ask(Method::GET, &format!("{inside}/{key}")).json();
        assert_eq!(shown["actions"].as_object().unwrap().is_empty(), reads, "{role}");
        let created = ask(Method::POST, &inside);
        assert_eq!(created.status.as_u16(), if reads { 405 } else { 201 }, "{role}: {created:?}");
        let edited = ask(Method::PUT, &format!("{inside}/{key}"));
        assert_eq!(edited.status.as_u16(), if reads { 405 } else { 200 }, "{role}");
        let acted = ask(Method::POST, &format!("{inside}/{key}?action=update"));
        assert_eq!(acted.status.as_u16(), if reads { 422 } else { 202 }, "{role}");
        let schema = ask(Method::GET, &format!("/v1/projects/{id}/schemas/apikey")).json();
        let methods = if reads { json!(["GET"]) } else { json!(["GET", "PUT", "DELETE"]) };
        assert_eq!(schema["resourceMethods"], methods, "{role}");
        assert_eq!(schema["resourceActions"].as_object().unwrap().is_empty(), reads, "{role}");
        if !reads {
            let made = created.json()["id"].as_str().unwrap().to_owned();
            ask(Method::POST, &format!("{inside}/{made}?action=deactivate"));
            ask(Method::DELETE, &format!("{inside}/{made}"));
        }
    }
    // While it is not active its owners alone see it.
    let [(_, owner), others @ ..] = &people;
    let path = format!("/v1/projects/{id}");
    let act = |action: &str| Ask::post(&format!("{path}?action={action}")).by(&owner.pair).send(&app).status;
    let sees = |person: &Person| Ask::get(&path).by(&person.pair).send(&app).status.as_u16();
    assert_eq!(act("deactivate"), StatusCode::OK);
    assert_eq!(sees(owner), 200);
    assert!(others.iter().all(|(_, person)| sees(person) == 404));
    assert_eq!(act("activate"), StatusCode::ACCEPTED);
    assert!(others.iter().all(|(_, person)| sees(person) == 200));
}

#[test]
fn a_person_begins_where_it_may_enter() {
    let app = TestApp::new();
    let admin = app.protect();
    let ada = person(&app, &admin, "user");
    let made = Ask::post("/v1/projects").by(&ada.pair).send(&app).json();
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/accounts/{}", ada.id);
    let begin = |at: &str| {
        Ask::new(Method::PUT, &path)
            .by(&ada.pair)
            .json(&json!({"defaultProjectId": at, "name": "me"}))
            .send(&app)
    };
    let begun = begin(id).json();
    assert_eq!(begun["defaultProjectId"], json!(id));
    assert_eq!(
        begun["name"], "a person",
        "only an administrator names people; what a client sends back is dropped"
    );
    for elsewhere in ["1a5", "1a99", "x"] {
        let refused = begin(elsewhere);
        assert_eq!(refused.error(), (422, "InvalidReference".into(), Some("defaultProjectId".into())));
    }
    set(&app, &admin, id, &json!([member("1a1", "owner")]));
    let shown = Ask::get(&path).by(&ada.pair).send(&app).json();
    assert_eq!(shown["defaultProjectId"], Value::Null);
}

#[test]
fn who_made_a_key_can_be_asked_for() {
    let app = TestApp::new();
    let admin = app.protect();
    let ada = person(&app, &admin, "user");
    let place = Ask::post("/v1/projects").by(&ada.pair).send(&app).json();
    let inside = format!("/v1/projects/{}/apikeys", place["id"].as_str().unwrap());
    let made = Ask::post(&inside).by(&ada.pair).send(&app).json();
    let own = Ask::post("/v1/apikeys").by(&ada.pair).send(&app).json();
    let found = Ask::get(&format!("/v1/apikeys?creatorId={}", ada.id)).by(&admin).send(&app).ids();
    assert_eq!(found, [made["id"].as_str().unwrap(), own["id"].as_str().unwrap()]);
}

/// Whoever may name members sees whom; nobody else sees more than itself.
#[test]
fn people_can_be_picked_by_who_may_name_them() {
    let app = TestApp::new();
    let admin = app.protect();
    let ada = person(&app, &admin, "user");
    let gone = person(&app, &admin, "user");
    Ask::post(&format!("/v1/accounts/{}?action=deactivate", gone.id)).by(&admin).send(&app);
    let identity = |id: &str| format!("1i!rancher_id:{id}");
    let all = [identity("1a1"), identity(&ada.id)];
    assert_eq!(Ask::get("/v1/identities").by(&ada.pair).send(&app).ids(), all);
    let place = Ask::post("/v1/projects").by(&ada.pair).send(&app).json();
    let inside = format!("/v1/projects/{}/identities", place["id"].as_str().unwrap());
    assert_eq!(Ask::get(&inside).by(&ada.pair).send(&app).ids(), all);
    let environment = app_key(&app, &admin);
    assert!(Ask::get("/v1/identities").by(&environment).send(&app).ids().is_empty());
}

fn app_key(app: &TestApp, admin: &Pair) -> Pair {
    Pair::of(&Ask::post("/v1/projects/1a5/apikeys").by(admin).send(app))
}

#[test]
fn an_account_is_made_once_under_one_idempotency_key() {
    let app = TestApp::new();
    let admin = app.protect();
    let ask = |name: &str| {
        let key = "0123456789abcdefghijklmnopqrstuv";
        Ask::post("/v1/accounts")
            .by(&admin)
            .header("idempotency-key", key)
            .json(&json!({ "name": name }))
            .send(&app)
    };
    let (first, again) = (ask("Ada"), ask("Ada"));
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(ask("Bob").error().0, 422);
}
