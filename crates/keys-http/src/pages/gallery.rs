//! Every part of the web page in pages that nobody is served: to be looked at, and to be tried in a browser.
//!
//! Their snapshots are answers, headers and all; `tests/browser/parts.py` gives them to a browser.

use askama::Template;

use super::headers;

/// The paths of the assets, without their digests: what they look like does not change the pages.
const STYLESHEET: &str = "/assets/pages.css";
const ICON: &str = "/assets/icon.svg";
const SCRIPT: &str = "/assets/pages.js";
const HTMX: &str = "/assets/htmx.js";

/// Every state there is, and one there is not.
const STATES: [&str; 14] = [
    "active",
    "inactive",
    "expired",
    "requested",
    "activating",
    "updating-active",
    "deactivating",
    "restoring",
    "removing",
    "removed",
    "purging",
    "purged",
    "registering",
    "something",
];

const ROWS: [(&str, &str, &str, &str); 7] = [
    ("active", "build server", "Builds and deploys.", "K7QWHN3VXT5M2PZR8BC1"),
    ("active", "<img src=x onerror=alert(1)>", "line one\nline two & \"three\"", "K7QWHN3VXT5M2PZR8BC2"),
    ("inactive", "an old laptop", "Given back in May.", "K7QWHN3VXT5M2PZR8BC3"),
    ("expired", "", "", "K7QWHN3VXT5M2PZR8BC4"),
    (
        "deactivating",
        "a-name-without-any-space-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on",
        "",
        "K7QWHN3VXT5M2PZR8BC5",
    ),
    (
        "removed",
        "gone",
        "words and words and words and words and words and words and words and words and words and words and words and words and words and words",
        "K7QWHN3VXT5M2PZR8BC6",
    ),
    ("something", "of a later version", "", "K7QWHN3VXT5M2PZR8BC7"),
];

macro_rules! page {
    ($name:ident, $path:literal $(, $field:ident: $kind:ty)*) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            stylesheet: &'a str,
            icon: &'a str,
            script: &'a str,
            htmx: &'a str,
            token: Option<&'a str>,
            $($field: $kind,)*
        }
    };
}

page!(List, "gallery/list.html", rows: &'a [(&'a str, &'a str, &'a str, &'a str)], searched: &'a str, said: &'a str);
page!(Add, "gallery/add.html", typed: &'a str, error: Option<&'a str>);
page!(Made, "gallery/made.html");
page!(Others, "gallery/others.html", states: &'a [&'a str]);

/// A page as it is answered.
fn answer(page: &impl Template) -> String {
    let text = page.render().unwrap();
    format!("Content-Security-Policy: {}\n\n{text}", headers::SCRIPTED_POLICY)
}

fn list<'a>(rows: &'a [(&'a str, &'a str, &'a str, &'a str)], searched: &'a str, said: &'a str) -> List<'a> {
    List {
        stylesheet: STYLESHEET,
        icon: ICON,
        script: SCRIPT,
        htmx: HTMX,
        token: Some("0123456789ABCDEF"),
        rows,
        searched,
        said,
    }
}

fn add<'a>(typed: &'a str, error: Option<&'a str>) -> Add<'a> {
    Add { stylesheet: STYLESHEET, icon: ICON, script: SCRIPT, htmx: HTMX, token: None, typed, error }
}

#[test]
fn a_list_of_keys() {
    insta::assert_snapshot!("list", answer(&list(&ROWS, "", "7 keys")));
    insta::assert_snapshot!("list_none", answer(&list(&[], "nobody", "No key matches")));
}

#[test]
fn a_form_and_what_is_wrong_with_it() {
    insta::assert_snapshot!("add", answer(&add("", None)));
    insta::assert_snapshot!("add_wrong", answer(&add("kept \"in\" <quotes>", Some("It is too long."))));
}

#[test]
fn a_created_key() {
    let page = Made { stylesheet: STYLESHEET, icon: ICON, script: SCRIPT, htmx: HTMX, token: None };
    insta::assert_snapshot!("made", answer(&page));
}

#[test]
fn notices_states_facts_and_a_conflict() {
    let page = Others {
        stylesheet: STYLESHEET,
        icon: ICON,
        script: SCRIPT,
        htmx: HTMX,
        token: Some("0123456789ABCDEF"),
        states: &STATES,
    };
    insta::assert_snapshot!("others", answer(&page));
}
