//! The web page for people, as plain documents and forms.

mod access;
mod doors;
mod password;
mod users;

use http::StatusCode;
use keys_core::AccountKind;

use crate::support::log_in::{Person, cookie, person};
use crate::support::{Ask, Pair, Reply, TestApp};

/// A browser with its session.
struct Browser<'a> {
    app: &'a TestApp,
    session: String,
}

impl<'a> Browser<'a> {
    /// The browser of somebody who logs in with this name.
    fn of(app: &'a TestApp, login: &str) -> Self {
        Self { app, session: cookie(app, login) }
    }

    fn open(&self, path: &str) -> Reply {
        self.ask(by(Ask::get(path), None))
    }

    fn send(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.ask(sent(path, fields, None))
    }

    fn ask(&self, ask: Ask) -> Reply {
        ask.header("cookie", &format!("session={}", self.session)).send(self.app)
    }
}

/// A protected installation with an administrator `ada` and a person `grace` who log in.
fn people() -> (TestApp, Person, Person, Pair) {
    let app = TestApp::new();
    let ada = person(&app, AccountKind::Admin, "ada");
    let grace = person(&app, AccountKind::User, "grace");
    let key = app.protect();
    (app, ada, grace, key)
}

/// Where an answer leads to.
fn leads(reply: &Reply) -> &str {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    reply.header("location").unwrap()
}

/// The value of a hidden field of a form.
fn hidden<'r>(reply: &'r Reply, name: &str) -> &'r str {
    let (_, rest) = reply.text().split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap()
}

/// A browser that asks for a page as somebody.
pub(crate) fn open(app: &TestApp, path: &str, key: Option<&Pair>) -> Reply {
    by(Ask::get(path), key).send(app)
}

/// A browser that sends a form as somebody.
pub(crate) fn send(app: &TestApp, path: &str, fields: &[(&str, &str)], key: Option<&Pair>) -> Reply {
    sent(path, fields, key).send(app)
}

fn sent(path: &str, fields: &[(&str, &str)], key: Option<&Pair>) -> Ask {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let ask = Ask::post(path).header("content-type", "application/x-www-form-urlencoded").body(body);
    by(ask.header("sec-fetch-site", "same-origin"), key)
}

fn by(ask: Ask, key: Option<&Pair>) -> Ask {
    let ask = ask.header("user-agent", "Mozilla/5.0").header("accept", "text/html,*/*;q=0.8");
    match key {
        Some(key) => ask.by(key),
        None => ask,
    }
}

#[test]
fn a_browser_begins_at_the_keys_of_an_environment_and_a_program_at_the_versions() {
    let app = TestApp::new();
    let begins = open(&app, "/", None);
    assert_eq!(begins.status, StatusCode::SEE_OTHER);
    assert_eq!(begins.header("location"), Some("/env/1a5/keys"));
    assert_eq!(app.get("/").json()["type"], "collection");
    let page = open(&app, "/env/1a5/keys", None);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Add Environment API Key"));
    assert!(page.text().contains("http://localhost:8080/v1/projects/1a5"));
}

#[test]
fn a_key_lives_its_life_in_forms() {
    let app = TestApp::new();
    let once = "once-and-for-all-4c1d0e5e8b2f";
    let fields = [("name", "ci"), ("description", "build box"), ("_idempotencyKey", once)];
    let added = send(&app, "/env/1a5/keys", &fields, None);
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    let key = app.get("/v1/projects/1a5/apikeys").json()["data"][0].clone();
    let (id, access_key) = (key["id"].as_str().unwrap(), key["publicValue"].as_str().unwrap());
    assert!(added.text().contains(access_key) && added.text().contains("curl -u"));
    // Sent again, as by the browser's button to load anew: the same key.
    assert!(send(&app, "/env/1a5/keys", &fields, None).text().contains(access_key));
    let path = format!("/env/1a5/keys/{id}");
    let closed = send(&app, &format!("{path}/close"), &[("_idempotencyKey", once)], None);
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    // And once it was closed, without its secret.
    let again = send(&app, "/env/1a5/keys", &fields, None);
    assert!(!again.text().contains("curl -u"), "{}", again.text());
    assert!(open(&app, "/env/1a5/keys?done=key-added", None).text().contains("The key was added"));

    let refused = send(&app, &format!("{path}/delete"), &[], None);
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("deactivate it first"));
    for step in ["deactivate", "activate", "deactivate", "delete"] {
        let done = send(&app, &format!("{path}/{step}"), &[], None);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {done:?}");
    }
    assert_eq!(open(&app, &format!("{path}/edit"), None).status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/v1/projects/1a5/apikeys").json()["data"].as_array().unwrap().len(), 0);
}

#[test]
fn a_stranger_is_led_to_the_log_in_and_back() {
    let app = TestApp::new();
    let key = app.protect();
    let led = open(&app, "/env/1a5/keys?sort=created", None);
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert_eq!(led.header("location"), Some("/login?next=%2Fenv%2F1a5%2Fkeys%3Fsort%3Dcreated"));
    assert_eq!(led.header("www-authenticate"), None);
    // What was typed is kept beside the log-in, and is no secret.
    let asked = send(&app, "/env/1a5/keys", &[("name", "ci & co"), ("password", "hush")], None);
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.text().contains("name=ci+%26#38; co") || asked.text().contains("name=ci+%26+co"));
    assert!(!asked.text().contains("hush"));
    assert_eq!(open(&app, "/env/1a5/keys", Some(&key)).status, StatusCode::OK);
}

/// Adds keys of these names to the environment, and gives their ids.
fn keys(app: &TestApp, names: &[&str]) -> Vec<String> {
    let add = |name: &&str| {
        let key = app.post("/v1/projects/1a5/apikeys", &serde_json::json!({ "name": name })).json();
        key["id"].as_str().unwrap().to_owned()
    };
    names.iter().map(add).collect()
}

/// The names in a table, from above.
fn shown(page: &Reply) -> Vec<String> {
    let text = page.text();
    let rows = text.split("<th scope=\"row\" class=\"title\">").skip(1);
    rows.map(|row| {
        row.split("<span class=\"text\">").nth(1).unwrap_or("").split("</span>").next().unwrap().to_owned()
    })
    .collect()
}

/// The address of a link by its words or its relation.
fn link(page: &Reply, mark: &str) -> Option<String> {
    let text = page.text();
    let tag = text.split("<a ").skip(1).find(|tag| tag.split("</a>").next().unwrap().contains(mark))?;
    let address = tag.split("href=\"").nth(1)?.split('"').next()?;
    Some(address.replace("&#38;", "&").replace("&amp;", "&"))
}

#[test]
fn the_table_is_sorted_searched_and_paged_both_ways() {
    let app = TestApp::new();
    let names: Vec<String> = (0..120).map(|n| format!("key {n:03}")).collect();
    keys(&app, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let first = open(&app, "/env/1a5/keys", None);
    assert_eq!(shown(&first), names[..50]);
    assert_eq!(link(&first, "rel=\"prev\""), None);
    let second = open(&app, &link(&first, "rel=\"next\"").unwrap(), None);
    assert_eq!(shown(&second), names[50..100]);
    let third = open(&app, &link(&second, "rel=\"next\"").unwrap(), None);
    assert_eq!(shown(&third), names[100..]);
    assert_eq!(link(&third, "rel=\"next\""), None);
    let back = open(&app, &link(&third, "rel=\"prev\"").unwrap(), None);
    assert_eq!(shown(&back), names[50..100]);
    // A heading sorts, and the other way round when it is pressed again.
    let reversed = open(&app, &link(&first, "id=\"sort-name\"").unwrap(), None);
    assert_eq!(shown(&reversed)[0], "key 119");
    for column in ["state", "description", "access-key", "created", "expires", "made-by"] {
        let sorted = open(&app, &link(&first, &format!("id=\"sort-{column}\"")).unwrap(), None);
        assert_eq!(shown(&sorted).len(), 50, "{column}");
        assert!(sorted.text().contains("aria-sort=\"ascending\""), "{column}");
    }
    assert_eq!(shown(&open(&app, "/env/1a5/keys?search=KEY+11", None)).len(), 10);
    assert!(open(&app, "/env/1a5/keys?search=nothing", None).text().contains("No key matches"));
    // What no table has does not count.
    assert_eq!(shown(&open(&app, "/env/1a5/keys?sort=secret&order=up&after=x", None)), names[..50]);
}

#[test]
fn a_change_leads_back_to_the_page_it_was_made_from() {
    let app = TestApp::new();
    let ids = keys(&app, &["one", "two"]);
    let path = format!("/env/1a5/keys/{}/deactivate?sort=created&order=desc&search=o&evil=x", ids[0]);
    let done = send(&app, &path, &[], None);
    let back = format!("/env/1a5/keys?sort=created&order=desc&search=o&done=key-deactivated#{}", ids[0]);
    assert_eq!(done.header("location"), Some(back.as_str()));
}

#[test]
fn selected_keys_do_what_was_foreseen_or_nothing() {
    let app = TestApp::new();
    let ids = keys(&app, &["one", "two", "three"]);
    send(&app, &format!("/env/1a5/keys/{}/deactivate", ids[2]), &[], None);
    let fields: Vec<(String, &str)> = ids.iter().map(|id| (format!("id.{id}"), "yes")).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let preview = send(&app, "/env/1a5/keys/selected/deactivate", &fields, None);
    assert_eq!(preview.status, StatusCode::OK, "{preview:?}");
    assert!(preview.text().contains("2 of the 3 keys become Inactive"), "{}", preview.text());
    // What the page holds is what is done.
    let form: Vec<(String, String)> = preview
        .text()
        .split("name=\"id.")
        .skip(1)
        .map(|field| {
            let (id, rest) = field.split_once('"').unwrap();
            (format!("id.{id}"), rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned())
        })
        .collect();
    let mut confirmed: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(confirmed.len(), 2);
    confirmed.push(("confirmed", "yes"));
    let before = app.revision();
    app.put(&format!("/v1/apikeys/{}", ids[0]), &serde_json::json!({"name": "renamed"}));
    let outdated = send(&app, "/env/1a5/keys/selected/deactivate", &confirmed, None);
    assert_eq!(outdated.status, StatusCode::CONFLICT);
    assert!(outdated.text().contains("has changed since you looked"));
    assert_eq!(app.revision(), before + 1, "nothing was done");
    let done = send(&app, "/env/1a5/keys/selected/deactivate", &confirmed[1..], None);
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let none = send(&app, "/env/1a5/keys/selected/delete", &[], None);
    assert!(none.text().contains("No key is selected"));
    // Of another owner than the page's there is no key, even for the administrator.
    let others = send(&app, "/account/keys/selected/deactivate", &fields, None);
    assert_eq!(others.status, StatusCode::NOT_FOUND);
}

#[test]
fn an_edit_others_were_quicker_than_shows_both_versions() {
    let app = TestApp::new();
    let id = &keys(&app, &["first"])[0];
    let path = format!("/env/1a5/keys/{id}/edit");
    let form = open(&app, &path, None);
    let revision =
        form.text().split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    app.put(&format!("/v1/apikeys/{id}"), &serde_json::json!({"name": "theirs"}));
    let mine = [("name", "mine"), ("description", ""), ("revision", revision.as_str())];
    let conflict = send(&app, &path, &mine, None);
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(conflict.text().contains("theirs") && conflict.text().contains("value=\"mine\""));
    assert_eq!(app.get(&format!("/v1/apikeys/{id}")).json()["name"], "theirs");
    // Sent again, it is meant.
    let now = conflict
        .text()
        .split("name=\"revision\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let saved = send(&app, &path, &[("name", "mine"), ("revision", now.as_str())], None);
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(app.get(&format!("/v1/apikeys/{id}")).json()["name"], "mine");
    // A form that does not say what it was made from writes over nothing.
    for unsaid in [&[("name", "blind")][..], &[("name", "blind"), ("revision", "x")]] {
        assert_eq!(send(&app, &path, unsaid, None).status, StatusCode::CONFLICT);
    }
    assert_eq!(app.get(&format!("/v1/apikeys/{id}")).json()["name"], "mine");
    // What is wrong stands beside its field, and nothing of what was typed is lost.
    let wrong =
        send(&app, &path, &[("name", "a\u{202e}b"), ("description", "kept"), ("revision", "1")], None);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("aria-invalid") && wrong.text().contains("kept"));
}

#[test]
fn a_form_that_waited_for_a_log_in_is_shown_as_it_was_left() {
    let app = TestApp::new();
    let shown = send(
        &app,
        "/env/1a5/keys/new",
        &[("_resume", "1"), ("name", "ci & co"), ("description", "a\r\nb")],
        None,
    );
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text().contains("value=\"ci &#38; co\""), "{}", shown.text());
    assert!(shown.text().contains("a\nb"));
    assert_eq!(app.get("/v1/projects/1a5/apikeys").json()["data"].as_array().unwrap().len(), 0);
}

#[test]
fn keys_of_ones_own_are_on_a_page_of_their_own() {
    let app = TestApp::new();
    keys(&app, &["of the environment"]);
    let added = send(&app, "/account/keys", &[("name", "of the account")], None);
    assert_eq!(added.status, StatusCode::CREATED);
    assert_eq!(shown(&open(&app, "/account/keys", None)), ["of the account"]);
    assert_eq!(shown(&open(&app, "/env/1a5/keys", None)), ["of the environment"]);
}
