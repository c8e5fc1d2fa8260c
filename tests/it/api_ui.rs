//! api-ui 1.0.4, the script that turned Rancher's documents into pages: what it demands of the data, and the requests it
//! sends when someone presses a button.
//!
//! It runs in a browser, so its requests carry what a browser adds; its page is loaded elsewhere.

use keys_tests::{Client, Key, Response};
use serde_json::{Value, json};

use crate::installation::{DEFAULT, Installation};

/// The cookie and its echo: the script reads the one and sends the other with each request that is not a GET.
const CSRF: &str = "0123456789ABCDEF0123456789ABCDEF";

/// The script in a page of this server, with a pair the browser remembers.
struct ApiUi(Client);

impl ApiUi {
    fn open(installation: &Installation, key: &Key) -> Self {
        let client = key
            .client(&installation.stranger())
            .with_header("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36")
            .with_header("accept", "application/json")
            .with_header("cookie", &format!("CSRF={CSRF}; PL=rancher"))
            .with_header("sec-fetch-site", "same-origin");
        Self(client)
    }

    fn read(&self, url: &str) -> Value {
        self.0.get(url).expect(200).json()
    }

    fn change(&self, method: &str, url: &str, body: &Value) -> Response {
        let origin = format!("http://{}", self.0.server());
        self.0.request(method, url).header("x-api-csrf", CSRF).header("origin", &origin).json(body).send()
    }
}

/// What the script reads without asking whether it is there.
#[track_caller]
fn assert_usable(document: &Value) {
    for name in ["actions", "links"] {
        assert!(document[name].is_object(), "{name}: {document}");
    }
    assert!(document["type"].is_string());
    if document["type"] != "collection" {
        return;
    }
    for name in ["sortLinks", "filters", "createTypes", "createDefaults"] {
        assert!(document[name].is_object(), "{name}: {document}");
    }
    for conditions in document["filters"].as_object().expect("filters").values() {
        for condition in conditions.as_array().into_iter().flatten() {
            assert!(condition["modifier"].is_string(), "{condition}");
        }
        assert!(conditions.is_null() || conditions.is_array(), "{conditions}");
    }
    if document["sort"].is_object() {
        for name in ["name", "order", "reverse"] {
            assert!(document["sort"][name].is_string(), "{name}");
        }
    }
    for member in document["data"].as_array().expect("data") {
        assert_usable(member);
    }
}

#[test]
fn api_ui_can_show_every_document() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ui");
    let page = ApiUi::open(&installation, &key);
    let own = format!("/v1/apikeys/{}", key.id);
    let documents = [
        "/",
        "/v1",
        "/v1/schemas",
        "/v1/schemas/apikey",
        "/v1/apikeys",
        "/v1/projects",
        "/v1/projects/1a5",
        "/v1/settings",
        "/v1/apikeys?sort=name&order=desc&limit=1&name_prefix=u",
        &own,
    ];
    for path in documents {
        assert_usable(&page.read(path));
    }
    // An error is shown like anything else.
    let error = page.0.get("/v1/apikeys/1c999999").expect(404).json();
    assert_usable(&error);
}

#[test]
fn api_ui_can_make_its_forms_from_the_schemas() {
    let installation = Installation::start();
    let page = ApiUi::open(&installation, &installation.key_of(DEFAULT, "ui"));
    let schemas = page.read("/v1/schemas");
    let schemas = schemas["data"].as_array().expect("data");
    let schema_of = |id: &str| schemas.iter().find(|schema| schema["id"] == id);
    for schema in schemas {
        for (name, filter) in schema["collectionFilters"].as_object().expect("collectionFilters") {
            assert!(filter["modifiers"].is_array(), "{name}");
        }
        for (name, field) in schema["resourceFields"].as_object().expect("resourceFields") {
            let kind = field["type"].as_str().unwrap_or_else(|| panic!("{name} has no type"));
            let referred = kind.strip_prefix("reference[").and_then(|rest| rest.strip_suffix(']'));
            let settable = field["create"] == true || field["update"] == true;
            // The form offers what can be referred to; a list that is not there would break it.
            if let (Some(schema), true) = (referred.and_then(schema_of), settable)
                && let Some(list) = schema["links"]["collection"].as_str()
            {
                assert!(page.read(&format!("{list}?limit=100"))["data"].is_array(), "{name}");
            }
        }
    }
}

#[test]
fn api_ui_creates_edits_acts_and_deletes() {
    let installation = Installation::start();
    let page = ApiUi::open(&installation, &installation.key_of(DEFAULT, "ui"));
    // What its form sends when only the name is filled in.
    let create = json!({ "name": "by hand", "expiresAt": "" });
    let made = page.change("POST", "/v1/projects/1a5/apikeys", &create).expect(201).json();
    assert_eq!((&made["accountId"], &made["expiresAt"]), (&json!("1a5"), &Value::Null));
    let own = made["links"]["self"].as_str().expect("self").to_owned();

    // Edit puts the whole resource, with everything in it that cannot be edited.
    let mut whole = page.read(&own);
    whole["description"] = json!("edited");
    let edited = page.change("PUT", &own, &whole).expect(200).json();
    assert_eq!((&edited["name"], &edited["description"]), (&json!("by hand"), &json!("edited")));
    for kept in ["id", "state", "publicValue", "accountId", "created", "createdTS", "uuid"] {
        assert_eq!(edited[kept], made[kept], "{kept}");
    }

    let actions = page.read(&own)["actions"].clone();
    let deactivate = actions["deactivate"].as_str().expect("an Active key can be deactivated");
    assert_eq!(page.change("POST", deactivate, &json!({})).expect(202).field("state"), "inactive");
    assert_eq!(page.change("DELETE", &own, &json!({})).expect(200).field("state"), "removed");
}

#[test]
fn api_ui_is_refused_without_the_echo_of_its_cookie_when_the_browser_says_nothing() {
    let installation = Installation::start();
    let page = ApiUi::open(&installation, &installation.key_of(DEFAULT, "ui"));
    let old_browser = page.0.with_header("sec-fetch-site", "none");
    let _ = old_browser.post("/v1/apikeys", &json!({ "name": "typed by hand" })).expect(201);
    let foreign = page.0.with_header("sec-fetch-site", "cross-site");
    let refused = foreign.post("/v1/apikeys", &json!({ "name": "by another site" })).expect(403);
    assert_eq!(refused.field("code"), "InvalidCSRFToken");
}

#[test]
fn api_ui_writes_filters_without_a_value() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "named");
    let page = ApiUi::open(&installation, &key);
    let _ = page.change("POST", "/v1/apikeys", &json!({ "name": null })).expect(201);
    let names = |query: &str| -> Vec<Value> {
        let list = page.read(&format!("/v1/apikeys?{query}"));
        list["data"].as_array().expect("data").iter().map(|key| key["name"].clone()).collect()
    };
    assert_eq!(names("name_null"), [Value::Null]);
    assert_eq!(names("name_null="), [Value::Null]);
    assert_eq!(names("name_notnull"), ["named"]);
    assert_eq!(names("removed_null&name_notnull"), ["named"]);
    let echoed = page.read("/v1/apikeys?name_null")["filters"]["name"].clone();
    assert_eq!(echoed[0]["modifier"], "null");
}

#[test]
fn the_page_of_1_0_loads_everything_at_once() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ui");
    let page = ApiUi::open(&installation, &key);
    let quiet = page.0.with_header("x-api-no-challenge", "true").with_header("x-api-project-id", DEFAULT);
    let _ = quiet.get("/v1/schemas/apikey").expect(200);
    let listed = quiet.get("/v1/apikey?limit=-1").expect(200).json();
    assert_eq!(listed["pagination"], Value::Null);
    let _ = quiet.get("/v1/apikeys?limit=-1&accountId=1a5").expect(200);
    // It posts to the singular, in lower case.
    let origin = format!("http://{}", quiet.server());
    let create = quiet.request("POST", "/v1/apikey").header("x-api-csrf", CSRF).header("origin", &origin);
    let body = json!({ "type": "apikey", "accountId": "1a5", "name": "added", "description": null });
    assert_eq!(create.json(&body).send().expect(201).json()["accountId"], DEFAULT);
    let _ = quiet.get("/v1/setting?all=false").expect(200);
    // Its log-out is a wrong user, for whom no prompt may appear.
    let refused = quiet.with_key("logout", "").get("/v1/schemas").expect(401);
    assert_eq!(refused.header("www-authenticate"), None);
}
