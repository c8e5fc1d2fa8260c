//! Users, on the web page.

use http::StatusCode;
use serde_json::json;

use super::{Browser, hidden, leads, open, people, send};
use crate::support::log_in::{PASSWORD, by_code};
use crate::support::{Ask, TestApp};

const NEW: &str = "another horse battery staple";

/// The password that a page shows, which nobody chose.
fn generated(page: &str) -> &str {
    let (_, rest) = page.split_once("id=\"generated-password\">").unwrap();
    rest.split('<').next().unwrap()
}

#[test]
fn people_are_listed_searched_and_shown_in_pages() {
    let (app, ada_account, ..) = people();
    let ada = Browser::of(&app, "ada");
    let page = ada.open("/users");
    assert_eq!(page.status, StatusCode::OK);
    for text in ["grace &#38; co", "Administrator", "</svg> You<", "<code>", "2 users"] {
        assert_eq!(page.text().contains(text), text != "<code>" && text != "2 users", "{text}");
    }
    assert!(
        page.text().contains("3 users"),
        "the first administrator is one, those that stand for nobody are not"
    );
    let found = ada.open("/users?search=GRACE");
    assert!(found.text().contains("grace &#38; co"));
    assert!(!found.text().contains(&format!("/users/{}/", ada_account.account)), "{}", found.text());
    assert!(ada.open("/users?search=nobody").text().contains("Nobody is called so"));
    for n in 0..60 {
        let added = ada.send("/users", &[("name", &format!("person {n:02}"))]);
        assert_eq!(added.status, StatusCode::SEE_OTHER);
    }
    let first = ada.open("/users");
    let (_, rest) = first.text().split_once("rel=\"next\" href=\"").unwrap();
    let next = ada.open(rest.split('"').next().unwrap());
    assert!(first.text().contains("person 46") && !first.text().contains("person 47"));
    assert!(next.text().contains("person 47") && next.text().contains("person 59"));
    assert!(!next.text().contains("person 46") && next.text().contains("First page"));
}

#[test]
fn a_user_is_added_with_a_password_that_is_shown_once() {
    let (app, ..) = people();
    let ada = Browser::of(&app, "ada");
    let once = hidden(&ada.open("/users/new"), "_idempotencyKey").to_owned();
    let fields = [("name", "Linus"), ("login", "linus"), ("_idempotencyKey", once.as_str())];
    let added = ada.send("/users", &fields);
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    assert_eq!(added.header("cache-control"), Some("no-store"));
    let password = generated(added.text()).to_owned();
    assert_eq!(by_code(&app, &format!("linus:{password}")).status, StatusCode::CREATED);
    let before = app.revision();
    let again = ada.send("/users", &fields);
    assert_eq!(again.status, StatusCode::CREATED);
    assert!(again.text().contains("was shown then") && !again.text().contains(&password));
    let changed = ada.send("/users", &[("name", "Linus"), ("login", "torvalds"), fields[2]]);
    assert_eq!(changed.status, StatusCode::CONFLICT);
    assert_eq!(app.revision(), before, "one form, one user");
    let (_, rest) = added.text().split_once("action=\"/users/").unwrap();
    let close = format!("/users/{}", rest.split('"').next().unwrap());
    assert!(leads(&ada.send(&close, &[])).starts_with("/users?done=user-password#1a"));
}

#[test]
fn a_user_with_a_chosen_password_may_administer_and_what_is_wrong_stays_beside_its_field() {
    let (app, ..) = people();
    let ada = Browser::of(&app, "ada");
    let before = app.revision();
    for (fields, field) in [
        ([("name", "a\u{202e}b"), ("login", "x"), ("password", PASSWORD)], "name"),
        ([("name", "X"), ("login", "a:b"), ("password", PASSWORD)], "login"),
        ([("name", "X"), ("login", ""), ("password", PASSWORD)], "login"),
        ([("name", "X"), ("login", "GRACE"), ("password", PASSWORD)], "login"),
        ([("name", "X"), ("login", "x"), ("password", "short")], "password"),
    ] {
        let refused = ada.send("/users", &fields);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(refused.text().contains(&format!("id=\"{field}-error\"")), "{fields:?}");
        assert!(!refused.text().contains(PASSWORD), "never repeated");
    }
    assert_eq!(app.revision(), before);
    let fields = [("name", "Root"), ("login", "root"), ("password", PASSWORD), ("administrator", "yes")];
    assert!(leads(&ada.send("/users", &fields)).starts_with("/users?done=user-added#1a"));
    assert_eq!(Browser::of(&app, "root").open("/users").status, StatusCode::OK);
}

#[test]
fn an_edit_is_saved_whole_and_others_changes_are_shown() {
    let (app, _, grace, key) = people();
    let ada = Browser::of(&app, "ada");
    let path = format!("/users/{}/edit", grace.account);
    let revision = hidden(&ada.open(&path), "revision").to_owned();
    let fields = [("name", "Grace"), ("description", "navy"), ("revision", revision.as_str())];
    assert_eq!(leads(&ada.send(&path, &fields)), format!("/users?done=user-edited#{}", grace.account));
    // The same form once more: somebody else was quicker.
    let conflict = ada.send(&path, &[("name", "Hopper"), ("description", "navy"), fields[2]]);
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(conflict.text().contains("Nothing was saved") && conflict.text().contains("value=\"Hopper\""));
    assert!(conflict.text().contains("<span class=\"text\">Grace</span>"), "{}", conflict.text());
    let shown = || Ask::get(&format!("/v1/accounts/{}", grace.account)).by(&key).send(&app).json();
    assert_eq!((shown()["name"].clone(), shown()["kind"].clone()), (json!("Grace"), json!("user")));
    let revision = hidden(&conflict, "revision").to_owned();
    let fields = [("name", "Hopper"), ("administrator", "yes"), ("revision", revision.as_str())];
    assert_eq!(ada.send(&path, &fields).status, StatusCode::SEE_OTHER);
    assert_eq!((shown()["name"].clone(), shown()["kind"].clone()), (json!("Hopper"), json!("admin")));
    // A default environment is one of those to choose among.
    let revision = hidden(&ada.open(&path), "revision").to_owned();
    let fields =
        |environment| [("name", "Hopper"), ("environment", environment), ("revision", revision.as_str())];
    for wrong in ["1a999", "x"] {
        let refused = ada.send(&path, &fields(wrong));
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.text().contains("id=\"environment-error\""), "{wrong}");
    }
}

#[test]
fn a_log_in_is_renamed_and_another_password_is_given() {
    let (app, _, grace, _) = people();
    let ada = Browser::of(&app, "ada");
    let hers = Browser::of(&app, "grace");
    let path = format!("/users/{}/log-in", grace.account);
    let save = |fields: &[(&str, &str)]| {
        let revision = hidden(&ada.open(&path), "revision").to_owned();
        ada.send(&path, &[fields, &[("revision", revision.as_str())]].concat())
    };
    for (fields, field) in [
        (&[("login", "")][..], "login"),
        (&[("login", "ADA")], "login"),
        (&[("login", "grace"), ("password", "short")], "password"),
        (&[("login", "grace"), ("password", NEW), ("generate", "yes")], "password"),
    ] {
        let refused = save(fields);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(refused.text().contains(&format!("id=\"{field}-error\"")), "{fields:?}");
    }
    let old = hidden(&ada.open(&path), "revision").to_owned();
    assert_eq!(leads(&save(&[("login", "hopper")])), format!("/users?done=user-log-in#{}", grace.account));
    assert_eq!(hers.open("/account/keys").status, StatusCode::OK, "a name ends no session");
    let conflict = ada.send(&path, &[("login", "amazing"), ("password", NEW), ("revision", &old)]);
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(conflict.text().contains("hopper") && !conflict.text().contains(NEW), "{}", conflict.text());
    let given = save(&[("login", "hopper"), ("generate", "yes")]);
    assert_eq!(given.status, StatusCode::OK);
    assert!(leads(&hers.open("/account/keys")).starts_with("/login"), "another password does");
    let code = format!("hopper:{}", generated(given.text()));
    assert_eq!(by_code(&app, &code).status, StatusCode::CREATED);
    assert!(leads(&save(&[("login", "hopper"), ("password", NEW)])).contains("user-password"));
    assert_eq!(by_code(&app, &format!("hopper:{NEW}")).status, StatusCode::CREATED);
    assert_eq!(by_code(&app, &code).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn whoever_had_no_log_in_gets_one() {
    let (app, ..) = people();
    let ada = Browser::of(&app, "ada");
    let page = ada.open("/users/1a1/log-in");
    assert!(!page.text().contains("name=\"generate\""));
    let given = ada.send("/users/1a1/log-in", &[("login", "root"), ("revision", hidden(&page, "revision"))]);
    assert_eq!(given.status, StatusCode::OK, "{given:?}");
    let code = format!("root:{}", generated(given.text()));
    assert_eq!(by_code(&app, &code).status, StatusCode::CREATED);
    // The same form again would give another: it was made when there was none.
    let again = ada.send("/users/1a1/log-in", &[("login", "root"), ("revision", "")]);
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(by_code(&app, &code).status, StatusCode::CREATED);
}

#[test]
fn a_user_lives_a_life_and_is_asked_about() {
    let (app, _, grace, key) = people();
    let (ada, hers) = (Browser::of(&app, "ada"), Browser::of(&app, "grace"));
    let path = |step: &str| format!("/users/{}/{step}", grace.account);
    let made = hers.send("/account/keys", &[("name", "laptop")]);
    assert_eq!(made.status, StatusCode::CREATED);
    let question = ada.open(&path("deactivate"));
    assert!(
        question.text().contains("laptop") && question.text().contains("/v1/apikeys/"),
        "{}",
        question.text()
    );
    assert_eq!(hers.open("/account/keys").status, StatusCode::OK, "a question changes nothing");
    assert_eq!(ada.send(&path("delete"), &[]).status, StatusCode::CONFLICT);
    assert!(leads(&ada.send(&path("deactivate"), &[])).contains("user-deactivated"));
    assert!(leads(&hers.open("/account/keys")).starts_with("/login"));
    assert!(
        leads(&ada.send(&path("deactivate"), &[])).contains("user-deactivated"),
        "whoever wanted it has it"
    );
    assert!(leads(&ada.send(&path("activate"), &[])).contains("user-activated"));
    assert!(leads(&hers.open("/account/keys")).starts_with("/login"), "the session has ended");
    let again = Browser::of(&app, "grace");
    assert!(leads(&ada.send(&path("end-sessions"), &[])).contains("sessions-ended"));
    assert!(leads(&again.open("/account/keys")).starts_with("/login"));
    ada.send(&path("deactivate"), &[]);
    assert!(ada.open(&path("delete")).text().contains("This cannot be undone"));
    assert_eq!(leads(&ada.send(&path("delete"), &[])), "/users?done=user-deleted");
    for step in ["edit", "log-in", "deactivate", "delete"] {
        assert_eq!(ada.open(&path(step)).status, StatusCode::NOT_FOUND, "{step}");
    }
    let account = Ask::get(&format!("/v1/accounts/{}", grace.account)).by(&key).send(&app).json();
    assert_eq!(account["state"], "removed");
}

#[test]
fn a_key_made_for_an_environment_is_named_with_it() {
    let (app, _, grace, key) = people();
    let members = json!({"members": [{"externalIdType": "rancher_id",
        "externalId": grace.account.to_string(), "role": "owner"}]});
    let set = Ask::post("/v1/projects/1a5?action=setmembers").by(&key).json(&members).send(&app);
    assert_eq!(set.status, StatusCode::OK, "{set:?}");
    let hers = Browser::of(&app, "grace");
    assert_eq!(hers.send("/env/1a5/keys", &[("name", "ci")]).status, StatusCode::CREATED);
    let question = Browser::of(&app, "ada").open(&format!("/users/{}/deactivate", grace.account));
    assert!(question.text().contains("/env/1a5/keys/1c") && question.text().contains("Default"));
}

#[test]
fn the_last_administrator_stays_and_is_told_why() {
    let app = TestApp::new();
    let added = send(&app, "/access-control/on", &ON, None);
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{added:?}");
    let root = Browser::of(&app, "root");
    let revision = hidden(&root.open("/users/1a1/edit"), "revision").to_owned();
    let demoted = root.send("/users/1a1/edit", &[("name", "Root"), ("revision", &revision)]);
    let disabled = root.send("/users/1a1/deactivate", &[]);
    for refused in [demoted, disabled] {
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text().contains("Nobody else who administers could enter"), "{}", refused.text());
    }
    assert!(root.open("/users/1a1/deactivate").text().contains("This is you"));
    // With another one it may go, and sees no users any more.
    let fields = [("name", "Ada"), ("login", "ada"), ("password", PASSWORD), ("administrator", "yes")];
    assert_eq!(root.send("/users", &fields).status, StatusCode::SEE_OTHER);
    assert_eq!(leads(&root.send("/users/1a1/edit", &[("name", "Root"), ("revision", &revision)])), "/");
    assert_eq!(root.open("/users").status, StatusCode::FORBIDDEN);
}

const ON: [(&str, &str); 4] =
    [("who", "new"), ("login", "root"), ("password", PASSWORD), ("again", PASSWORD)];

#[test]
fn a_locked_name_is_shown_and_opened() {
    let (app, _, grace, _) = people();
    let ada = Browser::of(&app, "ada");
    assert!(!ada.open("/users").text().contains("Locked"));
    by_code(&app, "grace:wrong horse battery staple");
    let page = ada.open("/users");
    assert!(
        page.text().contains("Locked") && page.text().contains(&format!("/users/{}/unlock", grace.account))
    );
    let early = by_code(&app, &format!("grace:{PASSWORD}"));
    assert_eq!(early.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(leads(&ada.send(&format!("/users/{}/unlock", grace.account), &[])).contains("user-unlocked"));
    assert_eq!(by_code(&app, &format!("grace:{PASSWORD}")).status, StatusCode::CREATED);
}

#[test]
fn nobody_but_an_administrator_sees_or_changes_users() {
    let (app, ada, grace, key) = people();
    let hers = Browser::of(&app, "grace");
    let one = |step: &str| format!("/users/{}/{step}", ada.account);
    let page = hers.open("/account/keys");
    assert!(!page.text().contains("href=\"/users\"") && !page.text().contains("href=\"/access-control\""));
    let before = app.revision();
    for path in [
        "/users".to_owned(),
        "/users/new".to_owned(),
        one("edit"),
        one("log-in"),
        one("deactivate"),
        one("delete"),
    ] {
        assert_eq!(hers.open(&path).status, StatusCode::FORBIDDEN, "{path}");
        assert!(leads(&open(&app, &path, None)).starts_with("/login?next=%2Fusers"), "{path}");
    }
    let sent = ["edit", "log-in", "activate", "deactivate", "delete", "unlock", "end-sessions", "close"];
    for path in sent.iter().map(|step| one(step)).chain(["/users".to_owned()]) {
        let fields = [("name", "x"), ("login", "x"), ("password", PASSWORD)];
        assert_eq!(hers.send(&path, &fields).status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(send(&app, &path, &fields, None).status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(app.revision(), before);
    // Whoever stands for nobody is not there, and an environment is no user.
    for id in ["1a2", "1a4", "1a5", "1a999"] {
        assert_eq!(
            open(&app, &format!("/users/{id}/edit"), Some(&key)).status,
            StatusCode::NOT_FOUND,
            "{id}"
        );
    }
    assert_eq!(open(&app, &format!("/users/{}/edit", grace.account), Some(&key)).status, StatusCode::OK);
}

#[test]
fn what_was_typed_is_there_again_after_a_log_in_but_for_passwords() {
    let (app, _, grace, _) = people();
    let ada = Browser::of(&app, "ada");
    let path = format!("/users/{}/edit", grace.account);
    let revision = hidden(&ada.open(&path), "revision").to_owned();
    let fields = [("name", "Hopper"), ("administrator", "yes"), ("revision", revision.as_str())];
    let asked = send(&app, &path, &fields, None);
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.text().contains(&format!("name=\"next\" value=\"{path}\"")));
    let again = ada.send(&path, &[&fields[..], &[("_resume", "1")]].concat());
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.text().contains("value=\"Hopper\"") && again.text().contains("value=\"yes\" checked"));
    let typed = [("login", "x & y"), ("password", "hush hush hush"), ("name", "X")];
    let asked = send(&app, "/users", &typed, None);
    assert!(asked.text().contains("login=x") && !asked.text().contains("hush"), "{}", asked.text());
    // A question that was answered too late is asked again.
    let question = ada.send(&format!("/users/{}/deactivate", grace.account), &[("_resume", "1")]);
    assert_eq!(question.status, StatusCode::OK);
}
