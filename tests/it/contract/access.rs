//! Rows 1–8, 15, 16, 30, 31: the endpoint, and who is let in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys_tests::{TestServer, create_key};
use serde_json::{Value, json};

use crate::installation::{DEFAULT, Installation};

#[test]
fn row_01_the_endpoint_answers_and_names_its_schemas() {
    let server = TestServer::start();
    let answer = server.client().get("/v1").expect(200);
    assert_eq!(answer.field("type"), "apiVersion");
    assert_eq!(answer.field("id"), "v1");
    assert_eq!(answer.header("x-api-schemas"), Some(format!("{}/v1/schemas", server.url()).as_str()));
}

#[test]
fn row_02_the_endpoint_of_an_environment_is_that_environment() {
    let installation = Installation::start();
    let production = installation.environment("production");
    let key = installation.key_of(&production, "deploy");
    let client = key.client(&installation.stranger());

    let environment = client.get(&format!("/v1/projects/{production}")).expect(200);
    assert_eq!(environment.field("id"), production);
    assert_eq!(environment.field("name"), "production");
    let listed = client.get(&format!("/v1/projects/{production}/apikeys")).expect(200).json();
    assert_eq!(names(&listed), ["deploy"]);
}

#[test]
fn row_03_without_access_control_anybody_administers() {
    let server = TestServer::start();
    let anybody = server.client();
    let strangers = [
        anybody.clone(),
        anybody.with_key("KC000000000000000000", "wrong"),
        anybody.with_key("", ""),
        anybody.with_key("None", "None"),
    ];
    for stranger in strangers {
        let answer = stranger.get("/v1/apikeys").expect(200);
        assert_eq!(answer.header("x-api-account-id"), Some("1a1"));
        let _ = stranger.post("/v1/projects", &json!({ "name": "anybody's" })).expect(201);
    }
}

#[test]
fn row_03_a_good_key_acts_as_itself_even_then() {
    let server = TestServer::start();
    let key = create_key(&server.client(), "/v1/projects/1a5/apikeys", "ci");
    let answer = key.client(&server.client()).get("/v1/apikeys").expect(200);
    assert_eq!(answer.header("x-api-account-id"), Some(DEFAULT));
}

#[test]
fn row_04_access_control_is_a_setting_and_its_absence_is_said_at_start() {
    let server = TestServer::start();
    let setting = server.client().get("/v1/settings/api.security.enabled").expect(200);
    assert_eq!(setting.field("value"), "false");
    let finished = server.stop();
    assert!(finished.stderr.contains("access control is off"), "{}", finished.stderr);
}

#[test]
fn row_05_once_it_is_on_nothing_is_had_without_a_key() {
    let installation = Installation::start();
    let paths = [
        "/",
        "/v1",
        "/v1/schemas",
        "/v1/apikeys",
        "/v1/projects",
        "/v1/projects/1a5",
        "/v1/nothing",
        "/v1/apikeys/1c1",
    ];
    for path in paths {
        let answer = installation.stranger().get(path);
        assert_eq!(answer.status, 401, "{path}: {}", answer.text());
    }
}

#[test]
fn row_05_a_key_of_one_environment_reaches_no_other() {
    let installation = Installation::start();
    let other = installation.environment("other");
    let theirs = installation.key_of(&other, "theirs");
    let ours = installation.key_of(DEFAULT, "ours").client(&installation.stranger());

    let _ = ours.get("/v1/projects/1a5/apikeys").expect(200);
    let refused = ours.get(&format!("/v1/projects/{other}/apikeys")).expect(403);
    assert_eq!(refused.field("code"), "Forbidden");
    let _ = ours.get(&format!("/v1/projects/{other}")).expect(404);
    let _ = ours.get(&format!("/v1/apikeys/{}", theirs.id)).expect(404);
    let _ = ours.get(&format!("/v1/projects/1a5/apikeys/{}", theirs.id)).expect(404);
    let _ = ours.post(&format!("/v1/apikeys/{}/?action=deactivate", theirs.id), &json!({})).expect(404);
    let _ = ours.put(&format!("/v1/apikeys/{}", theirs.id), &json!({ "name": "mine" })).expect(404);
    let _ = ours.delete(&format!("/v1/apikeys/{}", theirs.id)).expect(404);
    assert_eq!(installation.status_of(&theirs, &other), 200);
}

#[test]
fn row_05_a_header_enters_an_environment_as_the_path_does() {
    let installation = Installation::start();
    let other = installation.environment("other");
    let entered = installation.administrator.with_header("x-api-project-id", &other);
    let key = create_key(&entered, "/v1/apikeys", "made inside");
    assert_eq!(installation.status_of(&key, &other), 200);
    assert_eq!(names(&entered.get("/v1/apikeys").expect(200).json()), ["made inside"]);

    let ours = installation.key_of(DEFAULT, "ours").client(&installation.stranger());
    let _ = ours.with_header("x-api-project-id", &other).get("/v1/apikeys").expect(403);
    let _ = ours.with_header("x-api-project-id", DEFAULT).get("/v1/apikeys").expect(200);
}

#[test]
fn row_06_every_object_says_where_it_is() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    for path in [key.path, format!("/v1/apikeys/{}", key.id), "/v1/projects/1a5".to_owned()] {
        let object = installation.administrator.get(&path).expect(200).json();
        let link = object["links"]["self"].as_str().expect("a link to itself");
        assert_eq!(link, format!("{}{path}", installation.server.url()));
        assert_eq!(installation.administrator.get(link).expect(200).json(), object);
    }
}

#[test]
fn row_07_the_endpoint_gives_links_that_lead_somewhere() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci").client(&installation.stranger());
    for client in [&installation.administrator, &key] {
        for path in ["/v1", "/v1/projects/1a5"] {
            let document = client.get(path).expect(200).json();
            let links = document["links"].as_object().expect("links");
            for needed in ["self", "apiKeys", "projects", "schemas"] {
                assert!(links.contains_key(needed), "{path}: no link `{needed}` in {links:?}");
            }
            for (name, link) in links {
                let answer = client.get(link.as_str().expect("a link is a text"));
                assert_eq!(answer.status, 200, "{path}: {name}: {link}");
            }
        }
    }
}

#[test]
fn row_06_a_browser_is_shown_every_object_at_its_own_address() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let browser =
        installation.administrator.with_header("user-agent", "Mozilla/5.0").with_header("accept", "*/*");
    for path in [format!("/v1/apikeys/{}", key.id), "/v1/projects/1a5".to_owned()] {
        let object = installation.administrator.get(&path).expect(200).json();
        let page = browser.get(object["links"]["self"].as_str().expect("a link to itself")).expect(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        for field in ["id", "name", "uuid"] {
            assert!(page.text().contains(object[field].as_str().expect("a text")), "{path}: {field}");
        }
    }
}

#[test]
fn row_08_a_key_says_which_environment_it_is_of_before_it_is_made_and_after() {
    let installation = Installation::start();
    let production = installation.environment("production");
    // Whoever enters an environment is told by every answer which one it is.
    let inside = format!("/v1/projects/{production}/apikeys");
    let before = installation.administrator.get(&inside).expect(200);
    assert_eq!(before.header("x-api-account-id"), Some(production.as_str()));
    let made = installation.administrator.post(&inside, &json!({ "name": "ci" })).expect(201);
    assert_eq!(made.field("accountId"), production);
    let account =
        installation.administrator.get(&format!("{inside}/{}/account", made.field("id"))).expect(200);
    assert_eq!((account.field("id"), account.field("name")), (production, "production".to_owned()));
}

#[test]
fn row_15_without_a_session_one_is_prompted() {
    let installation = Installation::start();
    let prompted = installation.stranger().get("/v1/projects/1a5").expect(401);
    assert_eq!(
        prompted.header("www-authenticate"),
        Some(
            "Basic realm=\"Enter API access key and secret key as username and password\", charset=\"UTF-8\""
        )
    );
    assert_eq!(prompted.field("type"), "error");
    assert_eq!(prompted.field("code"), "Unauthorized");

    let silent = installation.stranger().with_header("x-api-no-challenge", "true").get("/v1").expect(401);
    assert_eq!(silent.header("www-authenticate"), None);
}

#[test]
fn row_16_the_user_name_is_the_access_key_and_the_password_the_secret_key() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let pair = format!("{}:{}", key.access_key, key.secret_key);
    let joined = format!("kc_{}_{}", key.access_key, key.secret_key);
    let stranger = installation.stranger();
    let good = [
        stranger.with_header("authorization", &format!("Basic {}", STANDARD.encode(&pair))),
        stranger.with_header("authorization", &format!("bAsIc {}", STANDARD.encode(&pair))),
        stranger.with_header("authorization", &format!("Bearer {joined}")),
        stranger.with_header("x-api-key", &joined),
    ];
    for client in good {
        let answer = client.get("/v1/projects/1a5").expect(200);
        assert_eq!(answer.header("x-api-account-id"), Some(DEFAULT));
    }
    let swapped = stranger.with_key(&key.secret_key, &key.access_key);
    let _ = swapped.get("/v1/projects/1a5").expect(401);
}

#[test]
fn row_30_it_is_version_v1_and_no_other() {
    let server = TestServer::start();
    let root = server.client().get("/").expect(200).json();
    assert_eq!(root["links"]["latest"], format!("{}/v1", server.url()));
    assert_eq!(server.client().get("/v1foo").expect(422).field("code"), "UnsupportedVersion");
}

#[test]
fn row_31_what_the_page_links_to_is_found_from_the_endpoint() {
    let installation = Installation::start();
    let links = installation.administrator.get("/v1").expect(200).json()["links"].clone();
    let follow =
        |name: &str| installation.administrator.get(links[name].as_str().expect("a link")).expect(200);
    // Environments, access control, the API.
    assert_eq!(names(&follow("projects").json()), ["Default"]);
    let settings = follow("settings").json();
    let access_control = settings["data"]
        .as_array()
        .expect("data")
        .iter()
        .find(|setting| setting["id"] == "api.security.enabled");
    assert_eq!(access_control.expect("the setting")["value"], "true");
    assert_eq!(follow("localAuthConfigs").json()["resourceType"], "localAuthConfig");
    let schemas = follow("schemas").json();
    assert!(schemas["data"].as_array().expect("data").iter().any(|schema| schema["id"] == "apiKey"));
}

/// The names in a collection, in its order.
fn names(collection: &Value) -> Vec<&str> {
    let data = collection["data"].as_array().expect("a collection has data");
    data.iter().map(|item| item["name"].as_str().unwrap_or_default()).collect()
}
