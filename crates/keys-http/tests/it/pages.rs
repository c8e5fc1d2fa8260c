//! The API as pages: negotiation, every kind of document, forms there and back, escaping, headers.

use http::{Method, StatusCode};
use keys_http::AppConfig;
use serde_json::json;

use crate::support::{Ask, Reply, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";
const TOKEN: &str = "0123456789ABCDEF0123456789ABCDEF";
/// What could run, load or lead elsewhere if it were not escaped; one in each line.
const PAYLOADS: &str = include_str!("../../../../tests/corpus/xss.txt");

fn browser(ask: Ask) -> Ask {
    ask.header("user-agent", "Mozilla/5.0 (X11; Linux x86_64)").header("accept", "text/html,*/*;q=0.8")
}

fn open(app: &TestApp, path: &str) -> Reply {
    browser(Ask::get(path)).send(app)
}

/// Sends a form as a browser of today does.
fn send(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Reply {
    let body = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>();
    browser(Ask::post(path))
        .header("content-type", FORM)
        .header("origin", "http://localhost:8080")
        .header("sec-fetch-site", "same-origin")
        .body(body.join("&"))
        .send(app)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn escaped(text: &str) -> String {
    let letter = |letter: char| match letter {
        '<' => "&#60;".to_owned(),
        '>' => "&#62;".to_owned(),
        '&' => "&#38;".to_owned(),
        '"' => "&#34;".to_owned(),
        '\'' => "&#39;".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(letter).collect()
}

#[track_caller]
fn is_page(reply: &Reply) {
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{reply:?}");
    assert!(reply.text().starts_with("<!doctype html>"), "{reply:?}");
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
    assert!(reply.header("vary").unwrap().contains("User-Agent"));
    let page = reply.text().to_ascii_lowercase();
    for never in ["<script", "style=\"", " onclick", "http://evil"] {
        assert!(!page.contains(never), "{never}: {page}");
    }
}

#[test]
fn every_kind_of_document_is_a_page_for_browsers_and_json_for_programs() {
    let app = TestApp::new();
    let key = app.issue("/v1/projects/1a5/apikeys");
    let one = format!("/v1/projects/1a5/apikeys/{}", key.id);
    for (path, heading) in [
        ("/v1", "v1"),
        ("/v1/schemas", "schemas"),
        ("/v1/schemas/apikey", "apiKey"),
        ("/v1/apikeys", "apiKeys"),
        (one.as_str(), "test"),
        ("/v1/projects", "projects"),
        ("/v1/projects/1a5", "Default"),
        ("/v1/settings", "settings"),
    ] {
        let page = open(&app, path);
        assert_eq!(page.status, StatusCode::OK, "{path}");
        is_page(&page);
        assert!(page.text().contains(&format!("<h1>{heading}</h1>")), "{path}: {}", page.text());
        let program = app.get(path);
        assert_eq!(program.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(program.header("content-security-policy"), None);
        let raw = open(&app, &format!("{path}?_format=json"));
        assert_eq!(raw.json()["type"], program.json()["type"], "{path}");
        is_page(&Ask::get(&format!("{path}?_format=html")).send(&app));
    }
}

#[test]
fn errors_are_pages_too_and_keep_their_status_and_challenge() {
    let app = TestApp::new();
    let key = app.protect();
    let refused = open(&app, "/v1/apikeys");
    is_page(&refused);
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.header("www-authenticate").unwrap().starts_with("Basic realm="));
    for (path, status) in [
        ("/v1/apikeys/1c999", 404),
        ("/v1/nothing", 404),
        ("/v1foo", 422),
        ("/v1/%2e%2e", 400),
        ("//evil.example/%3Cscript%3E", 404),
    ] {
        let error = browser(Ask::get(path)).by(&key).send(&app);
        assert_eq!(error.status.as_u16(), status, "{path}");
        is_page(&error);
    }
    let cross_site = browser(Ask::post("/v1/apikeys")).by(&key).header("origin", "null").send(&app);
    assert_eq!(cross_site.status, StatusCode::FORBIDDEN);
    is_page(&cross_site);
    let no_host = browser(Ask::get("/v1")).without("host").send(&app);
    assert_eq!(no_host.status, StatusCode::BAD_REQUEST);
    is_page(&no_host);
}

#[test]
fn a_key_lives_its_whole_life_through_forms() {
    let app = TestApp::new();
    let list = open(&app, "/v1/projects/1a5/apikeys");
    assert!(list.text().contains("method=\"post\" action=\"http://localhost:8080/v1/projects/1a5/apikeys\""));
    let fields = [("name", "ci"), ("description", "a\r\nb"), ("expiresAt", "2027-01-01T10:00")];
    let created = send(&app, "/v1/projects/1a5/apikeys", &fields);
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
    is_page(&created);
    assert!(created.text().contains("shown this one time"));
    let one = "/v1/projects/1a5/apikeys/1c1";
    let key = app.get(one).json();
    assert_eq!(key["description"], "a\nb", "a form's line breaks are the dialect's");
    assert_eq!(key["expiresAt"], "2027-01-01T10:00:00Z", "a form's dates are in UTC");
    let secret = created.text().split("<code id=\"secret-key\">").nth(1).unwrap();
    let secret = secret.split('<').next().unwrap();
    assert_eq!(secret.len(), 40);
    let shown = open(&app, one);
    assert!(!shown.text().contains(secret) && !shown.text().contains("secret-key"));
    assert!(shown.text().contains("Deactivate") && !shown.text().contains("Yes, delete it"));

    let edited = send(&app, &format!("{one}?_method=PUT"), &[("name", "new"), ("description", "")]);
    assert_eq!(edited.status, StatusCode::SEE_OTHER);
    assert_eq!(edited.header("location"), Some(format!("http://localhost:8080{one}").as_str()));
    assert_eq!(
        (&app.get(one).json()["name"], &app.get(one).json()["description"]),
        (&json!("new"), &json!(null))
    );
    let acted = send(&app, &format!("{one}/?action=deactivate"), &[]);
    assert_eq!(
        (acted.status, app.get(one).json()["state"].clone()),
        (StatusCode::SEE_OTHER, json!("inactive"))
    );
    let inactive = open(&app, one);
    assert!(inactive.text().contains("Yes, delete it") && inactive.text().contains("Activate"));
    let deleted = send(&app, &format!("{one}?_method=DELETE"), &[]);
    assert_eq!(
        (deleted.status, app.get(one).json()["state"].clone()),
        (StatusCode::SEE_OTHER, json!("removed"))
    );
    let removed = open(&app, one);
    assert!(!removed.text().contains("<form"), "nothing is left to do: {}", removed.text());
}

#[test]
fn a_refused_form_comes_back_as_it_was_filled_in() {
    let app = TestApp::new();
    let long = "é".repeat(256);
    let refused = send(&app, "/v1/apikeys", &[("name", &long), ("description", "kept & \"quoted\"")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    is_page(&refused);
    assert!(refused.text().contains(&format!("value=\"{long}\"")), "{}", refused.text());
    assert!(refused.text().contains("aria-invalid=\"true\" aria-describedby=\"again-name-error\""));
    assert!(refused.text().contains(&escaped("kept & \"quoted\"")));
    assert_eq!(app.get("/v1/apikeys").ids(), Vec::<String>::new());
}

#[test]
fn an_old_browser_shows_where_its_form_comes_from_by_repeating_the_cookie() {
    let app = TestApp::new();
    let post = |body: String| {
        let ask = browser(Ask::post("/v1/apikeys")).header("content-type", FORM);
        ask.header("cookie", &format!("CSRF={TOKEN}")).body(body).send(&app)
    };
    let page = browser(Ask::get("/v1/apikeys")).header("cookie", &format!("CSRF={TOKEN}")).send(&app);
    assert!(page.text().contains(&format!("name=\"_csrf\" value=\"{TOKEN}\"")));
    for wrong in
        ["name=x".to_owned(), "name=x&_csrf=".to_owned(), format!("name=x&_csrf={}", TOKEN.replace('0', "1"))]
    {
        assert_eq!(post(wrong).status, StatusCode::FORBIDDEN);
    }
    assert_eq!(post(format!("name=x&_csrf={TOKEN}")).status, StatusCode::CREATED);
    // Nor does a form without a body of its own get through.
    let id = app.get("/v1/apikeys").ids().remove(0);
    let delete = browser(Ask::post(&format!("/v1/apikeys/{id}?_method=DELETE")));
    let delete = delete.header("content-type", FORM).header("cookie", &format!("CSRF={TOKEN}")).send(&app);
    assert_eq!(delete.status, StatusCode::FORBIDDEN);
}

#[test]
fn a_list_is_filtered_sorted_and_paged_by_links() {
    let app = TestApp::new();
    for name in ["a", "b", "b2", "c"] {
        app.post("/v1/apikeys", &json!({ "name": name }));
    }
    let filtered = open(&app, "/v1/apikeys?limit=1&marker=x&_filter=name_prefix&_value=b%26");
    assert_eq!(filtered.status, StatusCode::UNPROCESSABLE_ENTITY, "a marker that is none");
    let filtered = open(&app, "/v1/apikeys?limit=1&_filter=name_prefix&_value=b");
    assert_eq!(filtered.status, StatusCode::SEE_OTHER);
    let address = filtered.header("location").unwrap();
    assert_eq!(address, "http://localhost:8080/v1/apikeys?limit=1&name_prefix=b");
    let list = open(&app, "/v1/apikeys?limit=1&name_prefix=b&sort=name");
    assert!(list.text().contains("name begins with “b”") && list.text().contains("aria-sort=\"ascending\""));
    assert!(list.text().contains("rel=\"next\"") && list.text().contains("order=desc"));
    let elsewhere = open(&app, "//evil.example/..//v1/apikeys?_filter=name_eq&_value=b");
    assert_ne!(elsewhere.status, StatusCode::SEE_OTHER);
    let slashes = open(&app, "//v1//apikeys?_filter=secretValue_eq&_value=b");
    assert_eq!(slashes.header("location"), Some("http://localhost:8080/v1/apikeys?"), "no such filter");
}

#[test]
fn no_name_and_no_description_is_anything_but_text() {
    let app = TestApp::with(AppConfig::default());
    let payloads: Vec<&str> = PAYLOADS.lines().collect();
    assert!(payloads.len() >= 500);
    for payload in &payloads {
        let created = app.post("/v1/apikeys", &json!({ "name": payload, "description": payload }));
        assert_eq!(created.status, StatusCode::CREATED, "{payload}");
    }
    let list = open(&app, "/v1/apikeys?limit=1000&sort=name");
    let mut shown: Vec<Reply> = app
        .get("/v1/apikeys?limit=1000")
        .ids()
        .iter()
        .map(|id| open(&app, &format!("/v1/apikeys/{id}")))
        .collect();
    for (payload, page) in payloads.iter().zip(&shown) {
        assert!(page.text().contains(&escaped(payload)), "{payload}: {}", page.text());
        assert!(list.text().contains(&escaped(payload)), "{payload}");
    }
    shown.push(list);
    for payload in &payloads {
        shown.push(open(&app, &format!("/v1/apikeys?name={}&_format=html", encoded(payload))));
        shown.push(send(&app, "/v1/apikeys", &[("name", &payload.repeat(30)), ("description", payload)]));
    }
    for page in &shown {
        // The mark of a server without access control is ours, and has a picture, which nothing else here may.
        let (before, mark) = page.text().split_once("<aside class=\"open-to-all\"").unwrap();
        let text = format!("{before}{}", mark.split_once("</aside>").unwrap().1);
        for opening in text.split('<').skip(1) {
            let tag: String = opening.chars().take_while(char::is_ascii_alphanumeric).collect();
            let known = "html head meta title link body a header img span code nav ol li main div h1 h2 p form input \
                label textarea select option optgroup button table caption thead tbody tr th td section pre ul dl dt \
                dd details summary strong b time";
            let is_end = opening.starts_with('/') || opening.starts_with("!doctype html>");
            assert!(is_end || known.split_whitespace().any(|own| own == tag), "<{opening}");
        }
        assert!(!text.contains("href=\"javascript:") && !text.contains("href=\"data:"));
    }
}

#[test]
fn the_stylesheet_is_served_to_everybody_and_kept() {
    let app = TestApp::new();
    app.protect();
    let page = open(&app, "/v1");
    for kind in ["text/css; charset=utf-8", "image/svg+xml"] {
        let marker = if kind.starts_with("text") { "/assets/pages-" } else { "/assets/icon-" };
        let begin = page.text().find(marker).unwrap();
        let path = page.text()[begin..].split('"').next().unwrap().to_owned();
        let asset = app.get(&path);
        assert_eq!((asset.status, asset.header("content-type")), (StatusCode::OK, Some(kind)));
        assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(asset.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(Ask::new(Method::POST, &path).send(&app).status, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_ne!(app.get("/assets/pages.css").status, StatusCode::OK);
}

#[test]
fn no_page_holds_a_credential() {
    let app = TestApp::new();
    let key = app.protect();
    let page = browser(Ask::get("/v1/apikeys")).by(&key).send(&app);
    assert!(page.text().contains("$ACCESS_KEY:$SECRET_KEY"));
    assert!(!page.text().contains(&key.secret_key) && !page.text().contains(key.basic().split_at(6).1));
}
