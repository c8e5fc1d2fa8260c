//! Access control, on the web page.

use http::StatusCode;
use keys_core::AccountKind;
use keys_http::{AppConfig, Exposure};
use serde_json::json;

use super::{Browser, leads, open, people, send};
use crate::support::log_in::{PASSWORD, by_code, cookie, person, set};
use crate::support::{Ask, TestApp};

const ON: &str = "/access-control/on";
const NEW: [(&str, &str); 5] =
    [("who", "new"), ("name", "Ada"), ("login", "ada"), ("password", PASSWORD), ("again", PASSWORD)];

#[test]
fn an_open_server_is_closed_by_a_log_in_and_who_did_it_is_inside() {
    let app = TestApp::new();
    assert!(open(&app, "/env/1a5/keys", None).text().contains("href=\"/access-control\""), "the mark");
    assert!(open(&app, "/access-control", None).text().contains("Everybody who reaches this address"));
    let on = send(&app, ON, &NEW, None);
    assert_eq!(leads(&on), "/access-control?done=access-on");
    let session = set(&on, "session").unwrap();
    assert!(set(&on, "device").is_some());
    assert_eq!(leads(&open(&app, "/access-control", None)), "/login?next=%2Faccess-control");
    let ada = Browser { app: &app, session };
    let page = ada.open("/access-control?done=access-on");
    assert!(page.text().contains("Access control is on") && page.text().contains("Ada"));
    assert!(!ada.open("/env/1a5/keys").text().contains("Access control is off"));
    assert_eq!(app.get("/v1").status, StatusCode::UNAUTHORIZED);
    assert_eq!(by_code(&app, &format!("ada:{PASSWORD}")).status, StatusCode::CREATED);
}

#[test]
fn what_is_wrong_leaves_the_server_as_it_is() {
    let app = TestApp::new();
    person(&app, AccountKind::User, "grace");
    let before = app.revision();
    let with = |field: &'static str, value: &'static str| {
        NEW.map(|(name, own)| if name == field { (name, value) } else { (name, own) })
    };
    for (fields, field) in [
        (with("login", ""), "login"),
        (with("login", "a:b"), "login"),
        (with("login", "GRACE"), "login"),
        (with("password", "short"), "password"),
        (with("again", "another"), "again"),
        (with("name", "a\u{202e}b"), "name"),
    ] {
        let refused = send(&app, ON, &fields, None);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(refused.text().contains(&format!("id=\"{field}-error\"")), "{fields:?}: {}", refused.text());
        assert!(!refused.text().contains(PASSWORD), "never repeated");
    }
    // Nobody could administer afterwards.
    let refused = send(&app, ON, &[("who", "kept")], None);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("nobody could administer afterwards"), "{}", refused.text());
    assert_eq!(app.revision(), before);
    assert_eq!(app.get("/v1").status, StatusCode::OK);
}

#[test]
fn with_a_way_in_that_there_is_one_has_to_log_in() {
    let app = TestApp::new();
    person(&app, AccountKind::Admin, "ada");
    let on = send(&app, ON, &[("who", "kept")], None);
    assert_eq!(leads(&on), "/login?next=%2Faccess-control&done=access-on-log-in");
    assert_eq!(set(&on, "session"), None);
    let page = open(&app, leads(&on), None);
    assert!(page.text().contains("Access control is on: log in"), "{}", page.text());
    assert!(page.text().contains("name=\"next\" value=\"/access-control\""));
    assert!(!open(&app, "/login?done=%3Cb%3Eyou+won", None).text().contains("you won"));
    // Whoever is in a session stays in it.
    let again = Browser::of(&app, "ada");
    assert!(again.open(ON).text().contains("on already"));
    assert!(again.open(ON).text().contains("You log in as ada") || again.open(ON).text().contains("ada"));
    assert_eq!(leads(&again.send(ON, &[("who", "kept")])), "/access-control?done=access-on");
}

#[test]
fn it_is_switched_off_on_this_machine_and_nowhere_else() {
    let (app, ..) = people();
    let ada = Browser::of(&app, "ada");
    assert!(ada.open("/access-control").text().contains("href=\"/access-control/off\""));
    assert!(ada.open("/access-control/off").text().contains("Turn access control off?"));
    assert_eq!(app.get("/v1").status, StatusCode::UNAUTHORIZED, "a question changes nothing");
    assert_eq!(leads(&ada.send("/access-control/off", &[])), "/access-control?done=access-off");
    assert_eq!(app.get("/v1").status, StatusCode::OK);

    let open_app = TestApp::new();
    person(&open_app, AccountKind::Admin, "ada");
    open_app.protect();
    let session = cookie(&open_app, "ada");
    let config = AppConfig { exposure: Exposure::BehindTlsProxy, ..AppConfig::default() };
    let network = TestApp::over(open_app.store.clone(), config);
    let ask = |ask: Ask| {
        let browser = ask.header("user-agent", "Mozilla/5.0").header("accept", "text/html,*/*");
        let browser = browser.header("cookie", &format!("__Host-session={session}"));
        browser.header("sec-fetch-site", "same-origin").send(&network)
    };
    let page = ask(Ask::get("/access-control"));
    assert!(
        !page.text().contains("href=\"/access-control/off\"") && page.text().contains("cannot be turned off")
    );
    assert!(ask(Ask::get("/access-control/off")).text().contains("keyctl --database"));
    let refused = ask(Ask::post("/access-control/off"));
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("keyctl --database"), "says what to do");
    assert_eq!(network.get("/v1").status, StatusCode::UNAUTHORIZED);
}

#[test]
fn a_mode_lets_in_and_shuts_out_at_once_and_the_list_counts_in_it() {
    let (app, ada_account, grace, _) = people();
    let (ada, hers) = (Browser::of(&app, "ada"), Browser::of(&app, "grace"));
    let wrong = ada.send("/access-control/mode", &[("mode", "closed")]);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        leads(&ada.send("/access-control/mode", &[("mode", "required")])),
        "/access-control?done=access-mode"
    );
    assert!(ada.open("/access-control/mode").text().contains("value=\"required\" required checked"));
    assert!(leads(&hers.open("/account/keys")).starts_with("/login"), "out at once");
    for unknown in ["nobody", "1a4", "1a5", "1a999", ""] {
        let refused = ada.send("/access-control/list", &[("person", unknown)]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{unknown}");
        assert!(refused.text().contains("id=\"person-error\""), "{unknown}");
    }
    for named in ["GRACE".to_owned(), ada_account.account.to_string()] {
        let listed = ada.send("/access-control/list", &[("person", &named)]);
        assert_eq!(leads(&listed), "/access-control?done=access-listed");
    }
    let page = ada.open("/access-control");
    assert!(page.text().contains("grace &#38; co") && page.text().contains("Only those listed"));
    assert_eq!(hers.open("/account/keys").status, StatusCode::OK, "in again");
    let remove = format!("/access-control/list/{}/remove", grace.account);
    for _ in 0..2 {
        assert_eq!(leads(&ada.send(&remove, &[])), "/access-control?done=access-unlisted");
    }
    assert!(leads(&hers.open("/account/keys")).starts_with("/login"));
    assert!(!ada.open("/access-control").text().contains("grace &#38; co"));
    assert!(ada.open("/access-control").text().contains("ada &#38; co"), "the others stay");
}

#[test]
fn nobody_but_an_administrator_sees_or_changes_access_control() {
    let (app, ..) = people();
    let hers = Browser::of(&app, "grace");
    let before = app.revision();
    for path in ["/access-control", ON, "/access-control/off", "/access-control/mode", "/access-control/list"]
    {
        assert_eq!(hers.open(path).status, StatusCode::FORBIDDEN, "{path}");
        assert!(leads(&open(&app, path, None)).starts_with("/login?next=%2Faccess-control"), "{path}");
    }
    for path in [
        ON,
        "/access-control/off",
        "/access-control/mode",
        "/access-control/list",
        "/access-control/list/1a7/remove",
    ] {
        let fields = [("mode", "required"), ("person", "grace"), ("who", "kept")];
        assert_eq!(hers.send(path, &fields).status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(send(&app, path, &fields, None).status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(hers.send("/access-control", &[]).status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(app.revision(), before);
    let key = app.post("/v1/apikeys", &json!({}));
    assert_eq!(key.status, StatusCode::UNAUTHORIZED, "it is on all the time");
}
