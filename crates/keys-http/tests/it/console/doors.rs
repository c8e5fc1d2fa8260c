//! The pages before one is known, and the first steps behind them.

use http::StatusCode;

use super::{Browser, open, people, send};
use crate::support::TestApp;

#[test]
fn the_doors_have_the_frame_of_the_web_page_and_show_nobody_anything_of_it() {
    let (app, ..) = people();
    for path in ["/login", "/logout"] {
        let page = open(&app, path, None);
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("class=\"brand\"") && page.text().contains("name=\"_csrf\""), "{path}");
        assert!(!page.text().contains("/env/") && !page.text().contains("/users"), "{path}");
    }
}

#[test]
fn the_first_steps_say_what_is_done_and_what_is_next() {
    let app = TestApp::new();
    let page = open(&app, "/welcome", None);
    assert_eq!(page.status, StatusCode::OK);
    for text in [
        "href=\"/access-control\"",
        "href=\"/env/1a5/keys/new\"",
        "href=\"/users/new\"",
        "<strong>Default</strong>",
        "http://localhost:8080/v1/projects/1a5",
        "$ACCESS_KEY:$SECRET_KEY",
    ] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    app.issue("/v1/projects/1a5/apikeys");
    let page = open(&app, "/welcome", None);
    assert!(page.text().contains("href=\"/env/1a5/keys\"") && !page.text().contains("/env/1a5/keys/new"));
    assert_eq!(send(&app, "/welcome", &[], None).status, StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn the_first_steps_offer_a_person_what_is_theirs() {
    let (app, ..) = people();
    let grace = Browser::of(&app, "grace");
    let page = grace.open("/welcome");
    assert_eq!(page.status, StatusCode::OK);
    for text in ["/users", "href=\"/access-control\"", "/env/1a5"] {
        assert!(!page.text().contains(text), "{text}: {}", page.text());
    }
    assert!(grace.open("/account/keys").text().contains("href=\"/account/password\""));
}
