//! The shell that api-ui is put into: its globals, its policy, and that it differs from our own pages in nothing else.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use keys_http::AppConfig;
use serde_json::{Value, json};

use crate::support::{Ask, Reply, TestApp};

const SCRIPT: &str = "https://files.example/api-ui/1.0.4/ui.min.js";
const STYLESHEET: &str = "https://files.example/api-ui/1.0.4/ui.min.css";
/// What could run, load or lead elsewhere if it were not escaped; one in each line.
const PAYLOADS: &str = include_str!("../../../../tests/corpus/xss.txt");

/// An installation that shows api-ui from another host.
fn installation() -> TestApp {
    let app = TestApp::new();
    show(&app, SCRIPT, STYLESHEET);
    app
}

fn show(app: &TestApp, script: &str, stylesheet: &str) {
    for (name, value) in [("js", script), ("css", stylesheet)] {
        let put = app.put(&format!("/v1/settings/api.ui.{name}.url"), &json!({ "value": value }));
        assert_eq!(put.status, StatusCode::OK, "{put:?}");
    }
}

fn browser(ask: Ask) -> Ask {
    ask.header("user-agent", "Mozilla/5.0 (X11; Linux x86_64)").header("accept", "text/html,*/*;q=0.8")
}

fn open(app: &TestApp, path: &str) -> Reply {
    browser(Ask::get(path)).send(app)
}

/// The text of the one script that stands in a page, and the nonce it carries.
#[track_caller]
fn inline_script(page: &Reply) -> (&str, &str) {
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{page:?}");
    let (_, rest) = page.text().split_once("<script nonce=\"").unwrap();
    let (nonce, rest) = rest.split_once("\">").unwrap();
    let (script, rest) = rest.split_once("</script>").unwrap();
    assert!(
        rest.trim_start().starts_with("<script src="),
        "what follows is the script that is loaded: {rest}"
    );
    assert_eq!(page.text().matches("<script").count(), 2);
    (nonce, script)
}

/// The variables a page gives to the script it loads, one in each line.
#[track_caller]
fn globals(page: &Reply) -> BTreeMap<String, Value> {
    let (_, script) = inline_script(page);
    let variable = |line: &str| {
        let (name, value) = line.strip_prefix("var ")?.strip_suffix(';')?.split_once(" = ")?;
        Some((name.to_owned(), serde_json::from_str(value).ok()?))
    };
    let lines = script.lines().filter(|line| !line.is_empty());
    lines.map(|line| variable(line).unwrap_or_else(|| panic!("no variable: {line}"))).collect()
}

#[test]
fn a_browser_is_given_the_script_the_stylesheet_and_the_globals() {
    let app = installation();
    let page = open(&app, "/v1/projects/1a5/apikeys");
    assert!(page.text().contains(&format!("<script src=\"{SCRIPT}\"></script>")), "{}", page.text());
    assert!(
        page.text().contains(&format!("<link rel=\"stylesheet\" type=\"text/css\" href=\"{STYLESHEET}\">"))
    );
    let names: Vec<String> = globals(&page).into_keys().collect();
    assert_eq!(names, ["bootstrap", "curlUser", "data", "docJson", "schemas", "user"]);
}

#[test]
fn schemas_is_where_the_schemas_of_the_request_are() {
    let app = installation();
    for (path, schemas) in [
        ("/v1/apikeys", "http://localhost:8080/v1/schemas"),
        ("/v1/projects/1a5/apikeys", "http://localhost:8080/v1/projects/1a5/schemas"),
    ] {
        let page = open(&app, path);
        assert_eq!(globals(&page)["schemas"], schemas, "{path}");
        assert_eq!(page.header("x-api-schemas"), Some(schemas));
    }
}

#[test]
fn user_is_what_the_account_is_called_that_the_caller_acts_as() {
    let app = installation();
    let environment = app.issue("/v1/projects/1a5/apikeys");
    assert_eq!(globals(&open(&app, "/v1"))["user"], "admin");
    assert_eq!(globals(&open(&app, "/v1/projects/1a5/apikeys"))["user"], "Default");
    let quoted = "a \"name\" </script>";
    app.put("/v1/projects/1a5", &json!({ "name": quoted }));
    app.protect();
    let page = browser(Ask::get("/v1")).by(&environment).send(&app);
    assert_eq!(globals(&page)["user"], quoted);
    assert_eq!(globals(&open(&app, "/v1"))["user"], Value::Null, "nobody is called nothing");
}

#[test]
fn curl_user_names_two_variables_and_never_a_pair() {
    let app = installation();
    let admin = app.protect();
    let page = browser(Ask::get("/v1/apikeys")).by(&admin).send(&app);
    assert_eq!(globals(&page)["curlUser"], "${CATTLE_ACCESS_KEY}:${CATTLE_SECRET_KEY}");
    assert!(!page.text().contains(&admin.secret_key) && !page.text().contains(&admin.basic()[6..]));
}

#[test]
fn doc_json_is_where_types_are_described_for_those_who_may_read_it() {
    let app = installation();
    let key = app.issue("/v1/projects/1a5/apikeys");
    let documented = |page: &Reply| globals(page).get("docJson").cloned();
    let expected = json!("http://localhost:8080/v1/projects/1a5/typedocumentations");
    assert_eq!(documented(&open(&app, "/v1/projects/1a5/apikeys")), Some(expected));
    assert_eq!(app.get("/v1/projects/1a5/typedocumentations").status, StatusCode::OK);
    app.protect();
    let own = browser(Ask::get("/v1")).by(&key).send(&app);
    assert_eq!(documented(&own), Some(json!("http://localhost:8080/v1/typedocumentations")));
    assert_eq!(documented(&open(&app, "/v1")), None, "who has no schemas has none of it");
}

#[test]
fn bootstrap_is_beside_the_script_or_in_it() {
    let app = TestApp::new();
    for (script, bootstrap) in [
        (SCRIPT, json!("https://files.example/api-ui/1.0.4")),
        ("https://files.example/ui.js", json!("https://files.example")),
        ("/ui.js", json!(false)),
        ("http://localhost:8080/ui.js", json!(false)),
        ("http://localhost:8081/ui.js", json!("http://localhost:8081")),
    ] {
        show(&app, script, "");
        assert_eq!(globals(&open(&app, "/v1"))["bootstrap"], bootstrap, "{script}");
    }
}

#[test]
fn data_is_the_document_that_programs_get() {
    let app = installation();
    let key = app.issue("/v1/projects/1a5/apikeys");
    for path in [
        "/v1".to_owned(),
        "/v1/schemas".to_owned(),
        "/v1/projects/1a5/apikeys?sort=name&order=desc".to_owned(),
        format!("/v1/apikeys/{}", key.id),
    ] {
        let page = open(&app, &path);
        assert_eq!(globals(&page)["data"], app.get(&path).json(), "{path}");
        let (_, script) = inline_script(&page);
        let bare = script.match_indices('/').find(|(at, _)| !script[..*at].ends_with('\\'));
        assert_eq!(bare, None, "every slash is behind a backslash");
    }
    let missing = open(&app, "/v1/apikeys/1c999");
    let data = &globals(&missing)["data"];
    assert_eq!(
        (&data["type"], &data["status"], missing.status),
        (&json!("error"), &json!(404), StatusCode::NOT_FOUND)
    );
}

#[test]
fn no_text_ends_the_script_or_begins_another() {
    let app = TestApp::with(AppConfig::default());
    show(&app, SCRIPT, STYLESHEET);
    let separators = "one\u{2028}two\u{2029}three";
    let payloads: Vec<&str> = PAYLOADS.lines().chain([separators, "\\", "\\/", "\\\\</script>"]).collect();
    for payload in payloads {
        let name = payload.replace(['\u{2028}', '\u{2029}'], " ");
        let created = app.post("/v1/apikeys", &json!({ "name": name, "description": payload }));
        if created.status != StatusCode::CREATED {
            assert_eq!(created.status, StatusCode::UNPROCESSABLE_ENTITY, "{payload}");
            continue;
        }
        let id = created.json()["id"].as_str().unwrap().to_owned();
        let page = open(&app, &format!("/v1/apikeys/{id}"));
        let (_, script) = inline_script(&page);
        assert!(!script.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{payload}: {script}");
        let data = &globals(&page)["data"];
        assert_eq!((&data["name"], &data["description"]), (&json!(name), &json!(payload)));
    }
    // Nor does what a request says of itself.
    for payload in PAYLOADS.lines() {
        let encoded: String = payload.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page = open(&app, &format!("/v1/apikeys?name={encoded}&limit=1"));
        assert_eq!(globals(&page)["data"]["filters"]["name"][0]["value"], payload);
    }
}

#[test]
fn the_policy_allows_the_two_origins_and_the_one_script_and_its_handlers() {
    let app = TestApp::new();
    for (script, stylesheet, origins, script_origin) in [
        (SCRIPT, STYLESHEET, "https://files.example", "https://files.example"),
        (
            SCRIPT,
            "http://looks.example:81/ui.css",
            "https://files.example http://looks.example:81",
            "https://files.example",
        ),
        (SCRIPT, "", "https://files.example", "https://files.example"),
        (SCRIPT, "/ui.css", "https://files.example 'self'", "https://files.example"),
        ("/ui.js", "/ui.css", "'self'", "'self'"),
    ] {
        show(&app, script, stylesheet);
        let page = open(&app, "/v1");
        let (nonce, _) = inline_script(&page);
        let expected = format!(
            "default-src 'none'; script-src 'nonce-{nonce}' {script_origin}; script-src-attr 'unsafe-inline'; \
             style-src {origins}; style-src-attr 'unsafe-inline'; font-src {origins}; img-src 'self' {origins}; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(page.header("content-security-policy"), Some(expected.as_str()));
    }
}

#[test]
fn each_answer_has_a_nonce_of_its_own() {
    let app = installation();
    let mut nonces: Vec<String> = (0..8).map(|_| inline_script(&open(&app, "/v1")).0.to_owned()).collect();
    assert!(nonces.iter().all(|nonce| nonce.len() == 24), "{nonces:?}");
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 8);
}

#[test]
fn statuses_challenge_and_headers_are_those_of_our_own_pages() {
    let (own, shell) = (TestApp::new(), installation());
    let (admin, shell_admin) = (own.protect(), shell.protect());
    for (path, by) in [
        ("/v1/apikeys", false),
        ("/v1/apikeys", true),
        ("/v1/apikeys/1c999", true),
        ("/v1/nothing", true),
        ("/v1foo", true),
        ("/v1/%2e%2e", true),
    ] {
        let ask = |app: &TestApp, pair| {
            let ask = browser(Ask::get(path));
            if by { ask.by(pair) } else { ask }.send(app)
        };
        let (page, shown) = (ask(&own, &admin), ask(&shell, &shell_admin));
        assert_eq!(page.status, shown.status, "{path}");
        let _ = inline_script(&shown);
        for (name, value) in &page.headers {
            let of_answer = ["content-security-policy", "x-request-id", "set-cookie", "content-length"];
            if !of_answer.contains(&name.as_str()) {
                assert_eq!(shown.headers.get(name), Some(value), "{path}: {name}");
            }
        }
    }
    let refused = open(&shell, "/v1");
    assert!(refused.header("www-authenticate").unwrap().starts_with("Basic realm="));
    assert_eq!(refused.header("x-frame-options"), Some("DENY"));
    assert_eq!(refused.header("cache-control"), Some("no-store"));
}

#[test]
fn programs_and_who_asks_for_json_never_see_it() {
    let app = installation();
    let json = Some("application/json; charset=utf-8");
    assert_eq!(app.get("/v1").header("content-type"), json);
    assert_eq!(open(&app, "/v1?_format=json").header("content-type"), json);
    let script =
        Ask::get("/v1").header("user-agent", "Mozilla/5.0").header("accept", "application/json").send(&app);
    assert_eq!(script.header("content-type"), json);
    let _ = inline_script(&Ask::get("/v1?_format=html").send(&app));
    assert_eq!(open(&app, "/openapi.json").header("content-type"), json, "not of the dialect");
    assert_eq!(Ask::new(Method::OPTIONS, "/v1").send(&app).header("content-security-policy"), None);
}

#[test]
fn no_cookie_and_no_parameter_chooses_another_script() {
    let app = installation();
    let cookies = "js.url=https://evil.example/ui.js; css.url=https://evil.example/ui.css; CSRF=0123456789ABCDEF0123456789ABCDEF";
    let page =
        browser(Ask::get("/v1?js.url=https://evil.example/ui.js")).header("cookie", cookies).send(&app);
    let (_, script) = inline_script(&page);
    assert!(!page.text().replace(script, "").contains("<script src=\"https://evil"), "{}", page.text());
    assert!(!page.header("content-security-policy").unwrap().contains("evil"));
}

#[test]
fn once_the_script_is_taken_back_our_own_pages_are_there_again() {
    let app = installation();
    show(&app, "", STYLESHEET);
    let page = open(&app, "/v1");
    assert!(page.text().contains("<h1>v1</h1>") && !page.text().contains("<script"));
    assert!(!page.header("content-security-policy").unwrap().contains("script-src"));
}
