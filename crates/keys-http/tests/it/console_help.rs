//! The help page: for anybody, with nothing of what is kept here.

use http::{Method, StatusCode};
use keys_http::{AppConfig, Exposure};

use crate::support::{Ask, Pair, Reply, TestApp};

const HELP: &str = "/help/api-keys";

fn ask(app: &TestApp, method: Method, path: &str, by: Option<&Pair>) -> Reply {
    let ask =
        Ask::new(method, path).header("user-agent", "Mozilla/5.0").header("accept", "text/html,*/*;q=0.8");
    let ask = ask.header("sec-fetch-site", "same-origin");
    match by {
        Some(pair) => ask.by(pair),
        None => ask,
    }
    .send(app)
}

#[test]
fn anybody_reads_what_keys_are() {
    let app = TestApp::new();
    let admin = app.protect();
    let unknown = Pair { secret_key: "0".repeat(40), ..admin.clone() };
    for by in [None, Some(&admin), Some(&unknown)] {
        let page = ask(&app, Method::GET, HELP, by);
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("www-authenticate"), None);
        assert!(page.text().contains("curl -u ACCESS_KEY:SECRET_KEY http://localhost:8080/v1"));
        assert!(page.text().contains("machine localhost login ACCESS_KEY password SECRET_KEY"));
        // Whoever is known is shown where they can go.
        assert_eq!(page.text().contains("Default"), by.is_some_and(|by| by.secret_key == admin.secret_key));
    }
    // Programs as well.
    assert_eq!(app.get(HELP).status, StatusCode::OK);
    assert_eq!(ask(&app, Method::HEAD, HELP, None).status, StatusCode::OK);
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        for by in [None, Some(&admin)] {
            let refused = ask(&app, method.clone(), HELP, by);
            assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
            assert_eq!(refused.header("allow"), Some("GET, HEAD"));
        }
    }
}

#[test]
fn the_former_address_of_the_documentation_leads_here() {
    let app = TestApp::new();
    app.protect();
    for path in ["/rancher/v1.0/en/api/api-keys/", "/rancher/v1.0/en/api/api-keys"] {
        let led = ask(&app, Method::GET, path, None);
        assert_eq!(led.status, StatusCode::MOVED_PERMANENTLY);
        assert_eq!(led.header("location"), Some(HELP));
    }
    assert_eq!(
        ask(&app, Method::POST, "/rancher/v1.0/en/api/api-keys", None).status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    let other = ask(&app, Method::GET, "/rancher/v1.0/en/api/other/", None);
    assert_ne!(other.status, StatusCode::MOVED_PERMANENTLY);
}

#[test]
fn its_links_lead_to_pages() {
    let app = TestApp::new();
    let page = ask(&app, Method::GET, HELP, None);
    let (_, main) = page.text().split_once("<main").unwrap();
    let mut paths: Vec<&str> =
        main.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    paths.retain(|path| path.starts_with('/'));
    assert!(paths.len() > 5, "{paths:?}");
    for path in paths {
        let status = ask(&app, Method::GET, path, None).status;
        assert!(status.is_success() || status.is_redirection(), "{path}: {status}");
    }
    assert!(ask(&app, Method::GET, "/env/1a5/keys", None).text().contains(HELP));
}

#[test]
fn an_installation_that_is_not_protected_explains_nothing_on_a_network() {
    let app = TestApp::with(AppConfig { exposure: Exposure::Network, ..AppConfig::default() });
    let refused = ask(&app, Method::GET, HELP, None);
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!refused.text().contains("ACCESS_KEY"));
}
