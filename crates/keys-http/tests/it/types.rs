//! The types beside keys and environments, their links, and the other name of the version.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use keys_core::{EnvironmentId, NewEnvironment, Origin, Owner, Via};
use keys_store::{Change, Write};
use serde_json::{Value, json};

use crate::support::{Ask, TestApp};

#[test]
fn the_version_has_another_name_and_addresses_keep_the_one_that_was_asked() {
    let app = TestApp::new();
    let made = app.post("/v2-beta/projects/1a5/apikeys", &json!({"name": "ci"}));
    assert_eq!(made.header("location"), Some("http://localhost:8080/v2-beta/projects/1a5/apikeys/1c1"));
    for path in [
        "/v2-beta",
        "/V2-BETA/apikeys?limit=1",
        "/v2-beta/projects/1a5",
        "/v2-beta/schemas",
        "/v2-beta/nothing",
    ] {
        let reply = app.get(path);
        assert_eq!(reply.header("x-api-schemas"), Some("http://localhost:8080/v2-beta/schemas"), "{path}");
        assert!(!reply.text().contains("8080/v1"), "{path}");
    }
    assert_eq!(app.get("/v2-beta").json()["id"], "v2-beta");
    assert_eq!(app.get("/v2-beta/apikeys/1c1").json()["name"], "ci");
    assert_eq!(app.get("/v2-betas").error().0, 404);
    assert_eq!(app.get("/v1/apikeys?_format=json&_cache=False&_trim=True").status, 200);
}

/// Whether inside an environment or not, by id or plural, however it is written.
#[test]
fn every_type_is_named_in_any_letter_case_and_number_everywhere() {
    let app = TestApp::new();
    app.issue("/v1/projects/1a5/apikeys");
    let ids = [
        ("account", "1a5"),
        ("apiKey", "1c1"),
        ("auditLog", "1al5"),
        ("credential", "1c1"),
        ("project", "1a5"),
        ("projectMember", "1pm1"),
        ("schema", "apiKey"),
        ("setting", "api.security.enabled"),
        ("typeDocumentation", "apiKey"),
    ];
    let addressed = keys_api::declarations().into_iter().filter(|declaration| !declaration.is_input);
    let paths = addressed.flat_map(|declaration| {
        let names = [declaration.id, declaration.plural].map(str::to_owned);
        let written: Vec<String> = names
            .iter()
            .flat_map(|name| [name.clone(), name.to_ascii_lowercase(), name.to_ascii_uppercase()])
            .collect();
        let id = ids.iter().find(|(name, _)| *name == declaration.id).map(|(_, id)| format!("/{id}"));
        [Some(String::new()), id]
            .into_iter()
            .flatten()
            .map(move |rest| written.iter().map(|name| format!("{name}{rest}")).collect::<Vec<_>>())
    });
    for same in paths {
        for prefix in ["/v1", "/V1", "//v1/", "/v1/projects/1a5", "/v1/PROJECT//1a5", "/v2-beta/Projects/1a5"]
        {
            let without_id = |path: &str| {
                let reply = app.get(&format!("{prefix}/{path}"));
                let id = reply.header("x-request-id").unwrap().to_owned();
                (reply.status, reply.text().replace(&id, ""))
            };
            let expected = without_id(&same[0]);
            // Nobody logs in from inside an environment as an administrator.
            assert!(
                expected.0 == 200 || same[0].starts_with("localAuthConfig"),
                "{prefix}/{}: {expected:?}",
                same[0]
            );
            for path in &same {
                assert_eq!(without_id(path), expected, "{prefix}/{path}");
                assert_eq!(without_id(&format!("{path}//")), expected, "{prefix}/{path}//");
            }
        }
    }
}

#[test]
fn a_form_can_stand_for_another_method() {
    let app = TestApp::new();
    app.issue("/v1/apikeys");
    let form = "application/x-www-form-urlencoded";
    let send = |content_type: &str, body: &'static str| {
        Ask::post("/v1/apikeys/1c1").header("content-type", content_type).body(body).send(&app)
    };
    let edited = send(form, "_method=PUT&name=by+form").json();
    assert_eq!(edited["name"], "by form");
    assert_eq!(send(form, "_method=DELETE").error().0, 405, "the key is active");
    assert_eq!(send(form, "name=x").error().0, 405);
    let parts = "--x\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nDELETE\r\n--x--\r\n";
    assert_eq!(send("multipart/form-data; boundary=x", parts).error().0, 405, "the key is active");
    let get = Ask::get("/v1/apikeys/1c1?_method=DELETE").send(&app);
    assert_eq!(get.json()["state"], "active");
}

#[test]
fn accounts_are_people_and_environments_by_id() {
    let app = TestApp::new();
    app.post("/v1/projects", &json!({"name": "blue"}));
    assert_eq!(app.get("/v1/accounts?limit=100").ids(), ["1a1", "1a2", "1a3", "1a4", "1a5", "1a6"]);
    assert_eq!(app.get("/v1/accounts?kind=project&name=blue").ids(), ["1a6"]);
    assert_eq!(app.get("/v1/accounts?id_gt=1a4&state=active").ids(), ["1a5", "1a6"]);
    let (mut seen, mut next) = (Vec::new(), "/v1/accounts?limit=4".to_owned());
    loop {
        let page = app.get(&next);
        seen.extend(page.ids());
        match page.json()["pagination"]["next"].as_str() {
            Some(url) => next = url.strip_prefix("http://localhost:8080").unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["1a1", "1a2", "1a3", "1a4", "1a5", "1a6"]);
    let account = app.get("/v1/accounts/1a5").json();
    assert_eq!((&account["type"], &account["kind"]), (&json!("account"), &json!("project")));
    for id in ["1a99", "x", "1c1"] {
        assert_eq!(app.get(&format!("/v1/accounts/{id}")).error().0, 404);
    }
}

#[test]
fn an_environment_sees_what_is_its_own() {
    let app = TestApp::new();
    app.post("/v1/projects", &json!({"name": "blue"}));
    let pair = app.issue("/v1/projects/1a5/apikeys");
    app.issue("/v1/projects/1a6/apikeys");
    let admin = app.protect();
    let get = |path: &str| Ask::get(path).by(&pair).send(&app);
    for (list, ids) in [
        ("accounts?limit=100", vec!["1a5"]),
        ("credentials", vec!["1c1"]),
        ("projectmembers", vec!["1pm1"]),
        ("identities", vec![]),
        ("passwords", vec![]),
    ] {
        assert_eq!(get(&format!("/v1/{list}")).ids(), ids, "{list}");
    }
    for path in [
        "accounts/1a1",
        "accounts/1a6",
        "credentials/1c2",
        "projectmembers/1pm2",
        "auditlogs/1al1",
        "identities/1i!rancher_id:1a1",
    ] {
        assert_eq!(get(&format!("/v1/{path}")).error().0, 404, "{path}");
    }
    // What is not there for a caller is not there, whatever is asked of it.
    for path in ["/v1/localauthconfigs", "/v1/localauthconfig/local", "/v1/schemas/localauthconfig"] {
        assert_eq!(get(path).error().0, 404, "{path}");
        assert_eq!(Ask::get(path).by(&admin).send(&app).status, 200, "{path}");
    }
    let events = get("/v1/auditlogs").json();
    let events = events["data"].as_array().unwrap();
    assert!(events.iter().all(|event| event["accountId"] == "1a5"), "{events:?}");
    assert_eq!(events.last().unwrap()["eventType"], "api.apiKey.create");
    assert_eq!(events.last().unwrap()["resourceId"], "1c1");
}

#[test]
fn credentials_are_the_keys_read_only() {
    let app = TestApp::new();
    let pair = app.issue("/v1/apikeys");
    app.issue("/v1/projects/1a5/apikeys");
    assert_eq!(app.get("/v1/credentials?sort=created&order=desc").ids(), ["1c2", "1c1"]);
    let credential = app.get("/v1/credentials/1c1").json();
    assert_eq!(credential["publicValue"], pair.access_key.as_str());
    assert_eq!((&credential["type"], &credential["actions"]), (&json!("credential"), &json!({})));
    for method in [Method::PUT, Method::DELETE, Method::POST] {
        assert_eq!(Ask::new(method, "/v1/credentials/1c1").send(&app).error().0, 405);
    }
}

#[test]
fn a_link_leads_to_the_one_resource_and_can_be_included() {
    let app = TestApp::new();
    app.issue("/v1/projects/1a5/apikeys");
    app.issue("/v1/apikeys");
    let key = app.get("/v1/apikeys/1c1").json();
    assert_eq!(key["links"]["account"], "http://localhost:8080/v1/apikeys/1c1/account");
    assert!(key.get("account").is_none());
    let account = app.get("/v1/apikeys/1c1/account").json();
    assert_eq!((&account["id"], &account["name"]), (&json!("1a5"), &json!("Default")));
    assert_eq!(app.get("/v1/projects/1a5/apikeys/1c1/Account/").json()["id"], "1a5");
    for path in ["/v1/apikeys/1c1?include=ACCOUNT", "/v1/apikeys/1c1?include=x&include=account"] {
        assert_eq!(app.get(path).json()["account"]["id"], "1a5", "{path}");
    }
    assert!(app.get("/v1/apikeys/1c1?include=images").json().get("images").is_none());
    let list = app.get("/v1/apikeys?include=account").json();
    let owners: Vec<&Value> =
        list["data"].as_array().unwrap().iter().map(|key| &key["account"]["id"]).collect();
    assert_eq!(owners, [&json!("1a5"), &json!("1a1")]);
    let member = app.get("/v1/projects/1a5/projectmembers?include=project").json();
    assert_eq!(member["data"][0]["project"]["id"], "1a5");
    assert_eq!(
        (&member["data"][0]["role"], &member["data"][0]["externalId"]),
        (&json!("owner"), &json!("1a1"))
    );
    let schema = app.get("/v1/schemas/apikey").json();
    assert_eq!(schema["includeableLinks"], json!(["account"]));
    for path in ["/v1/apikeys/1c9/account", "/v1/apikeys/1c1/images", "/v1/apikeys/1c1/account/x"] {
        assert_eq!(app.get(path).error().0, 404, "{path}");
    }
    assert_eq!(Ask::post("/v1/apikeys/1c1/account").send(&app).error().0, 405);
}

#[test]
fn the_token_tells_everybody_how_to_log_in() {
    let app = TestApp::new();
    let token = |app: &TestApp| app.get("/v1/token").json()["data"][0].clone();
    assert_eq!(token(&app)["security"], false);
    app.protect();
    let shown = token(&app);
    assert_eq!(
        (&shown["security"], &shown["authProvider"], &shown["enabled"]),
        (&json!(true), &json!("none"), &json!(false))
    );
    let before = app.revision();
    assert_eq!(
        app.post("/v1/token", &json!({"code": "user:password"})).error(),
        (422, "NoAuthProvider".into(), None)
    );
    assert_eq!(app.delete("/v1/token").error().0, 401);
    assert_eq!(app.get("/v1/tokens/current").error().0, 404);
    assert_eq!(
        Ask::new(Method::OPTIONS, "/v1/token").send(&app).header("allow"),
        Some("GET, HEAD, POST, DELETE, OPTIONS")
    );
    assert_eq!(app.revision(), before);
}

#[test]
fn settings_say_what_is_public_and_what_follows_from_the_start_is_not_changed() {
    let app = TestApp::new();
    let names = [
        "api.auth.jwt.token.expiry",
        "api.auth.local.access.mode",
        "api.auth.local.allowed.identities",
        "api.auth.provider.configured",
        "api.auth.realm",
        "api.security.enabled",
        "api.ui.css.url",
        "api.ui.js.url",
    ];
    assert_eq!(app.get("/v1/setting?all=false").ids(), names);
    assert_eq!(app.get("/v1/activeSettings").ids(), names);
    for told in ["api.auth.provider.configured", "api.auth.jwt.token.expiry"] {
        let refused = app.put(&format!("/v1/settings/{told}"), &json!({"value": "x"}));
        assert_eq!((refused.error().0, refused.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{told}");
    }
    assert_eq!(app.get("/v1/settings/api.auth.jwt.token.expiry").json()["value"], "57600000");
    let source = |app: &TestApp| app.get("/v1/activesettings/api.security.enabled").json()["source"].clone();
    assert_eq!(source(&app), "Default");
    let admin = app.protect();
    let shown = Ask::get("/v1/activesettings/api.security.enabled").by(&admin).send(&app).json();
    assert_eq!(
        (&shown["source"], &shown["inDb"], &shown["activeValue"]),
        (&json!("Database"), &json!(true), &json!("true"))
    );
}

#[test]
fn what_was_done_is_listed_forwards_and_backwards_and_by_filter() {
    let app = TestApp::new();
    app.issue("/v1/projects/1a5/apikeys");
    app.clock.advance(60_000);
    app.post("/v1/apikeys/1c1?action=deactivate", &json!({}));
    app.put("/v1/projects/1a5", &json!({"name": "blue"}));
    let all = app.get("/v1/auditlogs").ids();
    let mut backwards = app.get("/v1/auditlogs?sort=id&order=desc").ids();
    let mut paged = Vec::new();
    let mut next = Some("/v1/auditlogs?sort=id&order=desc&limit=2".to_owned());
    while let Some(path) = next {
        let page = app.get(&path);
        paged.extend(page.ids());
        let url = page.json()["pagination"]["next"].as_str().map(str::to_owned);
        next = url.map(|url| url.strip_prefix("http://localhost:8080").unwrap().to_owned());
    }
    assert_eq!(paged, backwards);
    backwards.reverse();
    assert_eq!(backwards, all);
    let found = |query: &str| {
        let list = app.get(&format!("/v1/auditlogs?{query}")).json();
        let data = list["data"].as_array().unwrap().clone();
        data.iter().map(|event| event["eventType"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("resourceType=apiKey"), ["api.apiKey.create", "api.apiKey.deactivate"]);
    assert_eq!(found("eventType=api.environment.update&accountId=1a5"), ["api.environment.update"]);
    assert_eq!(found("resourceId=1c1&created_gt=2026-11-23T18:30:30Z"), ["api.apiKey.deactivate"]);
    assert_eq!(found("eventType_like=api.apiKey.%25&eventType_notlike=%25create"), ["api.apiKey.deactivate"]);
    assert_eq!(found("authType_null&resourceType=project"), ["api.environment.create"]);
    let last = app.get(&format!("/v1/auditlogs/{}", all.last().unwrap())).json();
    assert_eq!((&last["clientIp"], &last["authType"]), (&json!("127.0.0.1"), &json!("AdminAuth")));
    assert_eq!(last["authenticatedAsAccountId"], "1a1");
}

/// More environments than one filtered page reads.
#[test]
fn a_filtered_list_reads_a_bounded_number_of_rows_and_hands_on_a_marker() {
    let app = TestApp::new();
    let now = keys_http::Clock::now(&*app.clock);
    let make = |number: u32| Change {
        write: Write::InsertEnvironment(NewEnvironment {
            uuid: format!("environment-{number}").parse().unwrap(),
            name: Some(keys_core::Name::new(format!("e{number}")).unwrap()),
            description: None,
            creator: keys_core::Creator { principal: Owner::Account(keys_core::AccountId::ADMIN), key: None },
            created: now,
        }),
        requires: Vec::new(),
        receipt: None,
        at: now,
        origin: Origin {
            principal: Owner::Account(keys_core::AccountId::ADMIN),
            via: Via::System,
            client_address: None,
            request_id: "many".parse().unwrap(),
        },
        action: keys_core::Action::CreateEnvironment,
    };
    app.store.commit((0..12_000).map(make).collect()).unwrap();
    let wanted = EnvironmentId::new(12_005).unwrap().to_string();
    let first = app.get("/v1/projects?name=e11999");
    assert_eq!(first.ids(), Vec::<String>::new());
    let next = first.json()["pagination"]["next"].as_str().unwrap().to_owned();
    // The environment of a fresh installation is the first of the ten thousand.
    let (_, marker) = next.split_once("marker=m").unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(marker).unwrap(), b"1a10004 ");
    let second = app.get(next.strip_prefix("http://localhost:8080").unwrap());
    assert_eq!(second.ids(), [wanted]);
    let everything = app.get("/v1/projects?limit=-1");
    assert_eq!(everything.ids().len(), 10_000);
    assert_eq!(everything.json()["pagination"]["partial"], true);
}
