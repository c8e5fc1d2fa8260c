//! One's own password, on the web page.

use http::StatusCode;

use super::{Browser, leads, open, people, send};
use crate::support::TestApp;
use crate::support::log_in::{PASSWORD, bearer, by_code};

const PATH: &str = "/account/password";
const NEW: &str = "another horse battery staple";

fn fields<'a>(current: &'a str, new: &'a str, again: &'a str) -> [(&'static str, &'a str); 3] {
    [("current", current), ("new", new), ("again", again)]
}

#[test]
fn a_new_password_ends_every_session_but_this_one() {
    let (app, ..) = people();
    let grace = Browser::of(&app, "grace");
    let (elsewhere, token) = (Browser::of(&app, "grace"), bearer(&app, "grace"));
    assert!(grace.open(PATH).text().contains("You log in as <strong>grace</strong>"));
    let changed = grace.send(PATH, &fields(PASSWORD, NEW, NEW));
    assert_eq!(leads(&changed), "/account/password?done=password-changed");
    assert!(grace.open("/account/password?done=password-changed").text().contains("was changed"));
    assert_eq!(leads(&elsewhere.open(PATH)), "/login?next=%2Faccount%2Fpassword");
    let bearer = crate::support::log_in::as_bearer(http::Method::GET, "/v1", &token).send(&app);
    assert_eq!(bearer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(by_code(&app, &format!("grace:{NEW}")).status, StatusCode::CREATED);
    assert_eq!(by_code(&app, &format!("grace:{PASSWORD}")).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn what_is_wrong_stands_beside_its_field_and_no_password_is_sent_back() {
    let (app, ..) = people();
    let grace = Browser::of(&app, "grace");
    let before = app.revision();
    for (typed, field) in [
        (fields("", NEW, NEW), "current"),
        (fields("wrong horse", NEW, NEW), "current"),
        (fields("short", NEW, NEW), "current"),
        (fields(PASSWORD, "short", "short"), "new"),
        (fields(PASSWORD, NEW, "another"), "again"),
        (fields(PASSWORD, "", ""), "new"),
    ] {
        app.clock.advance(60_000);
        let refused = grace.send(PATH, &typed);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        assert!(refused.text().contains(&format!("id=\"{field}-error\"")), "{typed:?}: {}", refused.text());
        for secret in ["wrong horse", PASSWORD, NEW] {
            assert!(!refused.text().contains(secret), "never repeated");
        }
    }
    assert_eq!(app.revision(), before);
    // Guessing in a session that was taken over counts as failed log-ins do.
    let tried = || grace.send(PATH, &fields("wrong horse", NEW, NEW));
    let statuses = [tried(), tried()].map(|tried| tried.status.as_u16());
    assert_eq!(statuses, [422, 429]);
    assert!(tried().header("retry-after").is_some());
}

#[test]
fn whoever_has_no_password_is_told_what_to_do() {
    let (app, .., key) = people();
    let page = open(&app, PATH, Some(&key));
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("You have no password") && page.text().contains("/users/1a1/log-in"));
    let changed = send(&app, PATH, &fields(PASSWORD, NEW, NEW), Some(&key));
    assert!(changed.text().contains("You have no password"));
    // An environment is nobody.
    let open_app = TestApp::new();
    let environment = open_app.issue("/v1/projects/1a5/apikeys");
    open_app.protect();
    assert_eq!(open(&open_app, PATH, Some(&environment)).status, StatusCode::NOT_FOUND);
}
