//! Who asks, and what they are told when it is nobody.

use http::{HeaderMap, Method, StatusCode};
use serde_json::json;

use crate::support::{Ask, Pair, Reply, TestApp, basic};

/// An answer without what differs between any two.
fn anonymous(reply: &Reply) -> (StatusCode, HeaderMap, String) {
    let mut headers = reply.headers.clone();
    let id = headers.remove("x-request-id").unwrap();
    (reply.status, headers, reply.text().replace(id.to_str().unwrap(), "<id>"))
}

struct Refused {
    name: &'static str,
    pair: Pair,
}

/// A pair for each reason to refuse one.
fn refused_pairs(app: &TestApp, admin: &Pair) -> Vec<Refused> {
    let issue =
        |path: &str, body: serde_json::Value| Pair::of(&Ask::post(path).by(admin).json(&body).send(app));
    let act = |path: &str, action: &str| {
        let reply = Ask::post(&format!("{path}?action={action}")).by(admin).send(app);
        assert!(reply.status.is_success(), "{reply:?}");
    };
    let inactive = issue("/v1/apikeys", json!({}));
    act(&format!("/v1/apikeys/{}", inactive.id), "deactivate");
    let deleted = issue("/v1/apikeys", json!({}));
    act(&format!("/v1/apikeys/{}", deleted.id), "deactivate");
    act(&format!("/v1/apikeys/{}", deleted.id), "remove");
    let expired = issue("/v1/apikeys", json!({"expiresAt": "2026-11-23T18:30:05Z"}));
    let project = Ask::post("/v1/projects").by(admin).send(app).json()["id"].as_str().unwrap().to_owned();
    let orphan = issue(&format!("/v1/projects/{project}/apikeys"), json!({}));
    act(&format!("/v1/projects/{project}"), "deactivate");
    let one = issue("/v1/apikeys", json!({}));
    let other = issue("/v1/apikeys", json!({}));
    let wrong = Pair { secret_key: other.secret_key, ..one };
    app.clock.advance(10_000);
    vec![
        Refused { name: "inactive", pair: inactive },
        Refused { name: "deleted", pair: deleted },
        Refused { name: "expired", pair: expired },
        Refused { name: "owner inactive", pair: orphan },
        Refused { name: "wrong secret", pair: wrong },
    ]
}

/// More than any body may have.
const LARGE: &str = match std::str::from_utf8(&[b'x'; 70_000]) {
    Ok(large) => large,
    Err(_) => "",
};

#[test]
fn every_refusal_looks_like_every_other() {
    let app = TestApp::new();
    let admin = app.protect();
    // A pair of another installation is unknown here, and well-formed.
    let stranger = TestApp::with(keys_http::AppConfig::default());
    stranger.issue("/v1/apikeys");
    let unknown = stranger.issue("/v1/apikeys");
    let unknown = Refused { name: "unknown", pair: unknown };
    let mut refused = refused_pairs(&app, &admin);
    refused.push(unknown);
    for (method, path, body) in [
        (Method::GET, "/v1", ""),
        (Method::GET, "/v1/apikeys", ""),
        (Method::POST, "/v1/apikeys", ""),
        // What is wrong with a body is told to those who may ask.
        (Method::POST, "/v1/apikeys", "{"),
        (Method::PUT, "/v1/apikeys/1c1", "[]"),
        (Method::POST, "/v1/projects/1a5/apikeys", LARGE),
        (Method::GET, "/v1/apikeys/1c1", ""),
        (Method::GET, "/v1/apikeys/nonsense", ""),
        (Method::GET, "/v1/nothing", ""),
        (Method::GET, "/v1/projects/1a5/nothing", ""),
        (Method::GET, "/v1foo", ""),
        (Method::DELETE, "/v1/projects/1a5", ""),
        (Method::GET, "/v1/projects/1a5/apikeys", ""),
    ] {
        let schemas_differ = path.starts_with("/v1/projects/1a5/");
        let ask = || Ask::new(method.clone(), path).body(body);
        let nobody = anonymous(&ask().send(&app));
        assert_eq!(nobody.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(schemas_differ, nobody.1["x-api-schemas"] != "http://localhost:8080/v1/schemas");
        for Refused { name, pair } in &refused {
            assert_eq!(anonymous(&ask().by(pair).send(&app)), nobody, "{method} {path}: {name}");
            let bearer = ask().header("authorization", &format!("Bearer {}", pair.joined())).send(&app);
            assert_eq!(anonymous(&bearer), nobody, "{method} {path}: {name} as bearer");
        }
        for malformed in [
            "Basic",
            "Basic !!!",
            "Bearer kc_x_y",
            "Bearer 0123456789012345678901234567890123456789",
            "Digest a",
            &basic("None", "None"),
            &basic("", ""),
            &basic(&admin.access_key, ""),
            &basic(&admin.access_key, &admin.secret_key.to_lowercase()),
            &basic(&format!("{}x", admin.access_key), &admin.secret_key),
        ] {
            let reply = ask().header("authorization", malformed).send(&app);
            assert_eq!(anonymous(&reply), nobody, "{method} {path}: {malformed}");
        }
    }
}

#[test]
fn a_refusal_asks_for_a_pair_unless_told_not_to() {
    let app = TestApp::new();
    app.protect();
    let challenge = |ask: Ask| ask.send(&app).header("www-authenticate").map(str::to_owned);
    let expected =
        r#"Basic realm="Enter API access key and secret key as username and password", charset="UTF-8""#;
    assert_eq!(challenge(Ask::get("/v1")).as_deref(), Some(expected));
    assert_eq!(challenge(Ask::get("/v1").header("accept", "text/html")).as_deref(), Some(expected));
    assert_eq!(challenge(Ask::get("/v1").header("x-api-no-challenge", "true")), None);
    assert_eq!(challenge(Ask::get("/v1").header("connection", "keep-alive, Upgrade")), None);
}

#[test]
fn a_pair_is_taken_from_each_of_its_places_and_from_no_address() {
    let app = TestApp::new();
    let admin = app.protect();
    let status = |ask: Ask| ask.send(&app).status;
    assert_eq!(status(Ask::get("/v1/apikeys").by(&admin)), StatusCode::OK);
    let bearer = format!("bearer {}", admin.joined());
    assert_eq!(status(Ask::get("/v1/apikeys").header("authorization", &bearer)), StatusCode::OK);
    assert_eq!(status(Ask::get("/v1/apikeys").header("x-api-key", &admin.joined())), StatusCode::OK);
    let query = format!("/v1/apikeys?token={}&X-API-Key={}", admin.joined(), admin.joined());
    assert_eq!(status(Ask::get(&query)), StatusCode::UNAUTHORIZED);
    let url = format!("http://{}:{}@localhost:8080/v1", admin.access_key, admin.secret_key);
    assert_eq!(status(Ask::get(&url)), StatusCode::BAD_REQUEST);
}

#[test]
fn two_credentials_that_differ_are_refused() {
    let app = TestApp::new();
    let other = app.issue("/v1/apikeys");
    let admin = app.protect();
    let both = Ask::get("/v1").by(&admin).header("x-api-key", &other.joined()).send(&app);
    assert_eq!(both.error().0, 400);
    assert_eq!(Ask::get("/v1").by(&admin).header("x-api-key", &admin.joined()).send(&app).status, 200);
}

#[test]
fn while_access_control_is_off_everybody_is_the_administrator_but_who_holds_a_key() {
    let app = TestApp::new();
    let pair = app.issue("/v1/projects/1a5/apikeys");
    let account = |ask: Ask| {
        let reply = ask.send(&app);
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        reply.header("x-api-account-id").unwrap().to_owned()
    };
    assert_eq!(account(Ask::get("/v1")), "1a1");
    for bad in [basic("None", "None"), basic("", ""), "Bearer x".to_owned(), basic(&pair.access_key, "wrong")]
    {
        assert_eq!(account(Ask::get("/v1").header("authorization", &bad)), "1a1", "{bad}");
    }
    assert_eq!(account(Ask::get("/v1").by(&pair)), "1a5");
    let enforced = |ask: Ask| ask.header("x-enforce-authentication", "true").send(&app).status;
    assert_eq!(enforced(Ask::get("/v1")), StatusCode::UNAUTHORIZED);
    assert_eq!(enforced(Ask::get("/v1").header("authorization", "Basic x")), StatusCode::UNAUTHORIZED);
    assert_eq!(enforced(Ask::get("/v1").by(&pair)), StatusCode::OK);
}

#[test]
fn a_caller_enters_its_own_environment_and_no_other() {
    let app = TestApp::new();
    let other = app.post("/v1/projects", &json!({})).json()["id"].as_str().unwrap().to_owned();
    let own = app.issue("/v1/projects/1a5/apikeys");
    let admin = app.protect();
    let enter = |pair: &Pair, ask: Ask| ask.by(pair).send(&app);
    for (pair, project, account) in [
        (&own, "1a5", Some("1a5")),
        (&admin, "1a5", Some("1a5")),
        (&admin, other.as_str(), Some(other.as_str())),
        (&own, &other, None),
    ]
    .into_iter()
    .chain(["1a1", "1a999", "1c1", "x", "5", "1a5,1a5"].into_iter().map(|bad| (&admin, bad, None)))
    {
        for ask in [
            Ask::get("/v1/apikeys").header("x-api-project-id", project),
            Ask::get(&format!("/v1/apikeys?projectId={project}")),
            Ask::get(&format!("/v1/projects/{project}/apikeys")),
        ] {
            let reply = enter(pair, ask);
            match account {
                Some(account) => {
                    assert_eq!(reply.status, StatusCode::OK, "{project}");
                    assert_eq!(reply.header("x-api-account-id"), Some(account));
                }
                None => assert_eq!(reply.error(), (403, "Forbidden".into(), None), "{project}"),
            }
        }
    }
    let twice = Ask::get("/v1/apikeys").also("x-api-project-id", "1a5").also("x-api-project-id", &other);
    assert_eq!(enter(&admin, twice).status, StatusCode::FORBIDDEN);
    let none = enter(&admin, Ask::get("/v1").header("x-api-project-id", ""));
    assert_eq!(none.header("x-api-account-id"), Some("1a1"));
}

#[test]
fn the_header_wins_over_the_parameter_and_the_parameter_over_the_path() {
    let app = TestApp::new();
    let other = app.post("/v1/projects", &json!({})).json()["id"].as_str().unwrap().to_owned();
    let account = |ask: Ask| ask.send(&app).header("x-api-account-id").unwrap().to_owned();
    let path = format!("/v1/projects/1a5/apikeys?projectId={other}");
    assert_eq!(account(Ask::get(&path)), other);
    assert_eq!(account(Ask::get(&path).header("x-api-project-id", "1a5")), "1a5");
}
