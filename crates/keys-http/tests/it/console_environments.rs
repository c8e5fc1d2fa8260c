//! The web page's room of environments, as plain documents and forms.

use http::StatusCode;
use serde_json::{Value, json};

use crate::console::{open, send};
use crate::support::{Ask, Pair, Reply, TestApp};

/// A person with an account key of its own.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) pair: Pair,
}

/// An installation with access control on, an administrator, and one environment with a member of each role.
pub(crate) struct Cast {
    pub(crate) app: TestApp,
    pub(crate) admin: Pair,
    pub(crate) place: String,
    pub(crate) owner: Person,
    pub(crate) member: Person,
    pub(crate) reader: Person,
    pub(crate) stranger: Person,
}

impl Cast {
    pub(crate) fn new() -> Self {
        let app = TestApp::new();
        let admin = app.protect();
        let [owner, member, reader, stranger] = ["Olga Owner", "Mary Member", "Rita Reader", "Sam Stranger"]
            .map(|name| person(&app, &admin, name));
        let role = |person: &Person, role: &str| json!({"externalId": person.id, "externalIdType": "rancher_id", "role": role});
        let members = json!([role(&owner, "owner"), role(&member, "member"), role(&reader, "readonly")]);
        let body = json!({"name": "blue", "description": "the blue one", "members": members});
        let made = Ask::post("/v1/projects").by(&admin).json(&body).send(&app);
        let place = id_of(&made);
        Self { app, admin, place, owner, member, reader, stranger }
    }

    /// An environment as the API shows it to the administrator.
    pub(crate) fn read(&self, id: &str) -> Value {
        Ask::get(&format!("/v1/projects/{id}")).by(&self.admin).send(&self.app).json()
    }

    /// A page as somebody sees it.
    pub(crate) fn page(&self, path: &str, by: &Pair) -> Reply {
        open(&self.app, path, Some(by))
    }

    /// A form as somebody sends it.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)], by: &Pair) -> Reply {
        send(&self.app, path, fields, Some(by))
    }

    /// The path of a step of the environment.
    pub(crate) fn path(&self, step: &str) -> String {
        format!("/environments/{}/{step}", self.place)
    }

    /// A step that needs no field, and where it leads.
    fn step(&self, step: &str, by: &Pair) -> String {
        let done = self.form(&self.path(step), &[], by);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {done:?}");
        done.header("location").unwrap().to_owned()
    }
}

pub(crate) fn person(app: &TestApp, by: &Pair, name: &str) -> Person {
    let post = |path: &str, body: &Value| Ask::post(path).json(body).by(by).send(app);
    let id = id_of(&post("/v1/accounts", &json!({"name": name, "kind": "user"})));
    let pair = Pair::of(&post("/v1/apikeys", &json!({"accountId": id})));
    Person { id, pair }
}

pub(crate) fn id_of(made: &Reply) -> String {
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    made.json()["id"].as_str().unwrap().to_owned()
}

/// The value of the first field of a form with this name.
pub(crate) fn field(page: &Reply, name: &str) -> String {
    let text = page.text();
    let from = text.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}: {text}"));
    let value = text[from..].split_once("value=\"").unwrap().1;
    value.split_once('"').unwrap().0.to_owned()
}

#[test]
fn an_environment_lives_its_life_in_forms() {
    let Cast { app, admin, owner, .. } = Cast::new();
    let by = Some(&owner.pair);
    let once = "once-and-for-all-9f2d0e5e8b2f";
    let fields = [("name", "green"), ("description", "for trials"), ("_idempotencyKey", once)];
    let added = send(&app, "/environments", &fields, by);
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{added:?}");
    let leads = added.header("location").unwrap().to_owned();
    let id = leads.strip_prefix("/env/").unwrap().split('/').next().unwrap().to_owned();
    assert_eq!(leads, format!("/env/{id}/keys?done=environment-added"));
    assert!(open(&app, &leads, by).text().contains("The environment was added"));
    // Sent again, as by the browser's button to load anew: the same environment.
    assert_eq!(send(&app, "/environments", &fields, by).header("location"), Some(leads.as_str()));
    // Changed and sent again: another request, which is not taken for the first.
    let changed = send(&app, "/environments", &[("name", "other"), ("_idempotencyKey", once)], by);
    assert_eq!(changed.status, StatusCode::CONFLICT);
    assert!(changed.text().contains("value=\"other\"") && changed.text().contains("Nothing was added now"));

    let key = Ask::post(&format!("/v1/projects/{id}/apikeys")).by(&owner.pair).json(&json!({})).send(&app);
    let key = Pair::of(&key);
    let lives = || Ask::get(&format!("/v1/projects/{id}")).by(&key).send(&app).status == StatusCode::OK;
    let state = || Ask::get(&format!("/v1/projects/{id}")).by(&admin).send(&app).json()["state"].clone();
    assert!(lives());
    for (step, word, expected, alive) in [
        ("deactivate", "environment-deactivated", "inactive", false),
        ("activate", "environment-activated", "active", true),
        ("deactivate", "environment-deactivated", "inactive", false),
        ("delete", "environment-deleted", "removed", false),
        ("restore", "environment-restored", "inactive", false),
        ("activate", "environment-activated", "active", true),
    ] {
        // Whoever sends it twice has what was wanted, and nothing happens the second time.
        for _ in 0..2 {
            let done = send(&app, &format!("/environments/{id}/{step}"), &[], by);
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {done:?}");
            let leads = done.header("location").unwrap();
            if step != "restore" || leads.contains('?') {
                assert!(leads.starts_with(&format!("/environments?done={word}")), "{step}: {leads}");
                let told = open(&app, leads.split('#').next().unwrap(), by);
                assert!(told.text().contains("role=\"status\""), "{step}");
            }
            assert_eq!((state(), lives()), (json!(expected), alive), "{step}");
        }
    }
}

#[test]
fn questions_come_before_what_stops_keys_and_an_active_one_is_not_deleted() {
    let cast = Cast::new();
    let (by, path) = (&cast.owner.pair, |step: &str| cast.path(step));
    let before = cast.app.revision();
    let question = cast.page(&path("deactivate"), by);
    assert_eq!(question.status, StatusCode::OK);
    assert!(question.text().contains("Deactivate the environment <strong class=\"text\">blue</strong>?"));
    assert!(question.text().contains("no API key is Active"));
    let early = cast.form(&path("delete"), &[], by);
    assert_eq!(early.status, StatusCode::CONFLICT);
    let asked = cast.page(&path("delete"), by);
    for refused in [&early, &asked] {
        assert!(refused.text().contains("an Active environment is not deleted: deactivate it first"));
        assert!(refused.text().contains(&format!("action=\"{}\"", path("deactivate"))), "it offers to");
        assert!(!refused.text().contains(&format!("action=\"{}\"", path("delete"))));
    }
    assert_eq!(cast.app.revision(), before);

    let keys = format!("/v1/projects/{}/apikeys", cast.place);
    for _ in 0..2 {
        Ask::post(&keys).by(by).json(&json!({})).send(&cast.app);
    }
    assert!(cast.page(&path("deactivate"), by).text().contains("2 API keys are Active"));
    cast.step("deactivate", by);
    let question = cast.page(&path("delete"), by);
    assert_eq!(question.status, StatusCode::OK);
    assert!(question.text().contains("Delete the environment") && question.text().contains("30 days"));
    assert!(question.text().contains(&format!("action=\"{}\"", path("delete"))));
    cast.step("delete", by);
    // Nothing but to restore it is left, and that is said.
    for step in ["activate", "deactivate"] {
        let refused = cast.form(&path(step), &[], by);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
        assert!(refused.text().contains("restore it first"), "{}", refused.text());
    }
}

#[test]
fn a_table_offers_to_everybody_what_they_may_and_nothing_else() {
    let cast = Cast::new();
    let Cast { owner, member, reader, stranger, admin, .. } = &cast;
    let list = |by: &Pair| cast.page("/environments", by);
    for (person, role, changes) in
        [(owner, "Owner", true), (member, "Member", false), (reader, "Read only", false)]
    {
        let page = list(&person.pair);
        let text = page.text();
        assert!(text.contains(&format!("<td class=\"line\" data-label=\"Your role\">{role}</td>")), "{text}");
        assert!(text.contains(&format!("href=\"/env/{}/keys\"", cast.place)));
        assert!(text.contains(&cast.path("default")) && text.contains(&cast.path("members")), "{role}");
        for step in ["edit", "deactivate"] {
            assert_eq!(text.contains(&cast.path(step)), changes, "{role} {step}");
        }
        let view = format!(
            "<a href=\"http://localhost:8080/v1/projects/{}\" target=\"_blank\" rel=\"noopener\">",
            cast.place
        );
        assert!(text.contains(&view), "{role}");
        assert!(text.contains("href=\"/environments/new\""), "whoever likes adds one");
        assert!(!text.contains("1a5"), "the others' environments are not shown");
    }
    let empty = list(&stranger.pair);
    assert!(empty.text().contains("You may enter no environment yet"));
    assert!(empty.text().contains("href=\"/environments/new\""));
    let all = list(admin);
    assert!(all.text().contains("1a5") && all.text().contains("Administrator"));
    // What is not Active is shown to its owners, with what can be done then.
    cast.step("deactivate", &owner.pair);
    let inactive = list(&owner.pair);
    for (step, offered) in [("activate", true), ("delete", true), ("deactivate", false), ("default", false)] {
        assert_eq!(inactive.text().contains(&format!("{}\"", cast.path(step))), offered, "{step}");
    }
    assert!(!list(&member.pair).text().contains(&cast.place));
    cast.step("delete", &owner.pair);
    assert!(!list(&owner.pair).text().contains(&cast.path("members")));
    for (by, shown) in [(&owner.pair, true), (admin, true), (&member.pair, false), (&stranger.pair, false)] {
        let removed = cast.page("/environments/removed", by);
        assert_eq!(removed.status, StatusCode::OK);
        assert_eq!(removed.text().contains(&cast.path("restore")), shown);
        assert!(!removed.text().contains("id=\"1a5\""), "only those that were deleted");
    }
}

/// What is offered to nobody is refused to everybody who asks for it all the same.
#[test]
fn what_is_not_offered_is_refused() {
    let cast = Cast::new();
    let Cast { app, owner, member, reader, stranger, .. } = &cast;
    let key = Ask::post(&format!("/v1/projects/{}/apikeys", cast.place)).by(&owner.pair).json(&json!({}));
    let key = Pair::of(&key.send(app));
    let before = app.revision();
    let sees = [&member.pair, &reader.pair, &key];
    for (by, status) in sees
        .map(|pair| (pair, StatusCode::FORBIDDEN))
        .into_iter()
        .chain([(&stranger.pair, StatusCode::NOT_FOUND)])
    {
        for step in ["edit", "activate", "deactivate", "delete", "restore"] {
            let sent = cast.form(&cast.path(step), &[("name", "mine"), ("revision", "1")], by);
            assert_eq!(sent.status, status, "{step}: {}", sent.text());
        }
        for step in ["edit", "deactivate", "delete"] {
            assert_eq!(cast.page(&cast.path(step), by).status, status, "{step}");
        }
    }
    // An environment's key makes no other environment, and begins nowhere else.
    for path in ["/environments/new", "/environments"] {
        let refused = if path == "/environments" {
            cast.form(path, &[("name", "mine")], &key)
        } else {
            cast.page(path, &key)
        };
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(cast.form(&cast.path("default"), &[], &key).status, StatusCode::FORBIDDEN);
    assert_eq!(cast.form(&cast.path("default"), &[], &stranger.pair).status, StatusCode::NOT_FOUND);
    let list = cast.page("/environments", &key);
    assert!(list.text().contains(&cast.place) && !list.text().contains("Add environment"));
    assert!(!list.text().contains(&cast.path("default")));
    assert_eq!(app.revision(), before);
    // Steps are sent, not asked for.
    for step in ["activate", "restore", "default"] {
        let asked = cast.page(&cast.path(step), &owner.pair);
        assert_eq!((asked.status, asked.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, Some("POST")));
    }
    for path in ["/environments/1a999/edit", "/environments/1a999/members", "/environments/1a1/edit"] {
        assert_eq!(cast.page(path, &owner.pair).status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn a_person_says_where_it_begins() {
    let cast = Cast::new();
    let Cast { app, admin, owner, member, .. } = &cast;
    let begins = |by: &Pair| open(app, "/", Some(by)).header("location").unwrap().to_owned();
    let green = Ask::post("/v1/projects").by(&owner.pair).json(&json!({"name": "green"})).send(app);
    let green = id_of(&green);
    assert_eq!(begins(&owner.pair), format!("/env/{}/keys", cast.place), "the first");
    let set = cast.form(&format!("/environments/{green}/default"), &[], &owner.pair);
    assert_eq!(
        set.header("location"),
        Some(format!("/environments?done=environment-default#{green}").as_str())
    );
    assert_eq!(begins(&owner.pair), format!("/env/{green}/keys"));
    assert_eq!(begins(admin), "/env/1a5/keys", "of oneself, and of nobody else");
    let list = cast.page("/environments", &owner.pair);
    assert!(!list.text().contains(&format!("/environments/{green}/default")), "it is already");
    assert!(list.text().contains(&cast.path("default")));
    assert_eq!(list.text().matches("Default</span>").count(), 1, "{}", list.text());

    cast.step("deactivate", &owner.pair);
    let before = app.revision();
    let refused = cast.form(&cast.path("default"), &[], &owner.pair);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("Only an Active environment"));
    assert_eq!(app.revision(), before);
    // Who may enter nothing is led to the list, which says what to do.
    assert_eq!(begins(&member.pair), "/environments");
}

#[test]
fn an_edit_that_others_were_quicker_than_shows_both_and_loses_neither() {
    let cast = Cast::new();
    let (by, path) = (&cast.owner.pair, cast.path("edit"));
    let page = cast.page(&path, by);
    assert_eq!((field(&page, "name"), page.text().contains("the blue one")), ("blue".to_owned(), true));
    let seen = field(&page, "revision");
    let other = cast.form(&path, &[("name", "navy"), ("revision", &seen)], &cast.admin);
    assert_eq!(
        other.header("location"),
        Some(format!("/environments?done=environment-edited#{}", cast.place).as_str())
    );
    let before = cast.app.revision();
    let late = cast.form(&path, &[("name", "azure & co"), ("description", "mine"), ("revision", &seen)], by);
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(field(&late, "name"), "azure &#38; co", "what was typed is not lost");
    assert!(late.text().contains("<span class=\"text\">navy</span>"), "{}", late.text());
    assert_eq!(cast.app.revision(), before);
    // Whoever has seen both may go on.
    let revision = field(&late, "revision");
    assert_ne!(revision, seen);
    let saved = cast.form(&path, &[("name", "azure"), ("description", "mine"), ("revision", &revision)], by);
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(
        (&cast.read(&cast.place)["name"], &cast.read(&cast.place)["description"]),
        (&json!("azure"), &json!("mine"))
    );
    // Emptied is none.
    let revision = field(&cast.page(&path, by), "revision");
    cast.form(&path, &[("name", " "), ("description", ""), ("revision", &revision)], by);
    assert_eq!(
        (&cast.read(&cast.place)["name"], &cast.read(&cast.place)["description"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        cast.page("/environments", by).text().contains(&format!(">{}</a>", cast.place)),
        "called by its id"
    );
}

#[test]
fn what_is_wrong_stands_beside_its_field_and_what_was_typed_in_it() {
    let cast = Cast::new();
    let before = cast.app.revision();
    let (long, hidden) = ("x".repeat(1_025), "a\u{202e}b");
    let revision = field(&cast.page(&cast.path("edit"), &cast.owner.pair), "revision");
    for path in ["/environments".to_owned(), cast.path("edit")] {
        let fields = [("name", hidden), ("description", long.as_str()), ("revision", &revision)];
        let refused = cast.form(&path, &fields, &cast.owner.pair);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let text = refused.text();
        assert!(text.contains("id=\"name-error\"") && text.contains("id=\"description-error\""), "{text}");
        assert!(text.contains(hidden) && text.contains(&long), "{path}");
    }
    assert_eq!(cast.app.revision(), before);
    // Shown again after a log-in, with what was typed, and the revision it was typed at.
    let resumed = [("name", "typed"), ("revision", "7"), ("_resume", "1")];
    for path in ["/environments/new".to_owned(), cast.path("edit")] {
        let again = cast.form(&path, &resumed, &cast.owner.pair);
        assert_eq!((again.status, field(&again, "name")), (StatusCode::OK, "typed".to_owned()), "{path}");
    }
    let again = cast.form(&cast.path("edit"), &resumed, &cast.owner.pair);
    assert_eq!(field(&again, "revision"), "7");
    for step in ["deactivate", "delete"] {
        let asked = cast.form(&cast.path(step), &[("_resume", "1")], &cast.owner.pair);
        assert_eq!(asked.status, StatusCode::OK, "a question is asked again, and not answered");
    }
    assert_eq!(cast.app.revision(), before);
}

#[test]
fn many_environments_are_sorted_searched_and_turned_page_by_page() {
    let cast = Cast::new();
    for number in 0..60 {
        let body = json!({"name": format!("place {number:02}"), "description": "one of many"});
        Ask::post("/v1/projects").by(&cast.owner.pair).json(&body).send(&cast.app);
    }
    let names = |page: &Reply| {
        let text = page.text().to_owned();
        let rows = text.split("<th scope=\"row\"").skip(1);
        rows.map(|row| row.split("/keys\">").nth(1).unwrap().split('<').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let link = |page: &Reply, rel: &str| {
        let text = page.text();
        let from = text.find(&format!("rel=\"{rel}\""))?;
        let href = text[from..].split_once("href=\"").unwrap().1.split_once('"').unwrap().0;
        Some(href.replace("&#38;", "&"))
    };
    let by = &cast.owner.pair;
    let first = cast.page("/environments", by);
    assert_eq!((names(&first).len(), names(&first)[0].as_str()), (50, "blue"));
    assert_eq!(link(&first, "prev"), None);
    let second = cast.page(&link(&first, "next").unwrap(), by);
    assert_eq!((names(&second).len(), link(&second, "next")), (11, None));
    assert_eq!(names(&cast.page(&link(&second, "prev").unwrap(), by)), names(&first));
    let backwards = cast.page("/environments?sort=name&order=desc", by);
    assert_eq!(names(&backwards)[0], "place 59");
    assert!(backwards.text().contains("aria-sort=\"descending\""));
    let found = cast.page("/environments?search=PLACE+07", by);
    assert_eq!(names(&found), ["place 07"]);
    let nothing = cast.page("/environments?search=nowhere", by);
    assert!(nothing.text().contains("No environment matches"));
    // Whoever changes something comes back to the table as it was.
    let edit = "/edit?sort=name&#38;order=desc";
    assert!(backwards.text().contains(edit), "{}", backwards.text());
    let id = cast.place.clone();
    let activated = cast.form(&format!("/environments/{id}/activate?sort=name&order=desc"), &[], by);
    let expected = format!("/environments?sort=name&order=desc&done=environment-activated#{id}");
    assert_eq!(activated.header("location"), Some(expected.as_str()));
    // What an address says wrongly does not count.
    assert_eq!(names(&cast.page("/environments?sort=colour&after=x&before=mx", by)), names(&first));
}

#[test]
fn removed_environments_are_turned_page_by_page() {
    let cast = Cast::new();
    let by = &cast.owner.pair;
    for number in 0..60 {
        let made = Ask::post("/v1/projects").by(by).json(&json!({"name": format!("gone {number:02}")}));
        let id = id_of(&made.send(&cast.app));
        Ask::new(http::Method::DELETE, &format!("/v1/projects/{id}")).by(by).send(&cast.app);
    }
    let page = |path: &str| {
        let text = cast.page(path, by).text().to_owned();
        let link = |rel: &str| {
            let from = text.find(&format!("rel=\"{rel}\""))?;
            let href = text[from..].split_once("href=\"").unwrap().1.split_once('"').unwrap().0;
            Some(href.replace("&#38;", "&"))
        };
        assert!(!text.contains(&format!("id=\"{}\"", cast.place)), "what is not removed is not shown");
        (text.matches("Restore</button>").count(), link("prev"), link("next"), text.contains("gone 59"))
    };
    let (rows, previous, next, newest) = page("/environments/removed");
    assert_eq!((rows, previous, newest), (50, None, true));
    let (rows, previous, next, newest) = page(&next.unwrap());
    assert_eq!((rows, next, newest), (10, None, false));
    assert_eq!(page(&previous.unwrap()).0, 50);
}

#[test]
fn the_switcher_and_the_tabs_lead_where_one_may_go() {
    let cast = Cast::new();
    let keys = format!("/env/{}/keys", cast.place);
    let page = cast.page(&keys, &cast.member.pair);
    assert!(page.text().contains("href=\"/environments\""), "the tab");
    assert!(page.text().contains("All environments"), "the last line of the switcher");
    let list = cast.page("/environments", &cast.member.pair);
    assert!(list.text().contains("aria-current=\"page\">Environments</a>"), "{}", list.text());
    assert!(list.text().contains(&format!("<a href=\"{keys}\">API")), "where one begins");
    // By name, whatever their ids; of those that cannot be entered, none.
    let gone = Ask::post("/v1/projects").by(&cast.owner.pair).json(&json!({"name": "Aachen"}));
    let gone = id_of(&gone.send(&cast.app));
    Ask::post(&format!("/v1/projects/{gone}?action=deactivate")).by(&cast.owner.pair).send(&cast.app);
    Ask::post("/v1/projects").by(&cast.owner.pair).json(&json!({"name": "Amber"})).send(&cast.app);
    let text = cast.page(&keys, &cast.owner.pair).text().to_owned();
    let (amber, blue) = (text.find("> Amber</a>").unwrap(), text.find("> blue</a>").unwrap());
    assert!(amber < blue && !text.contains("Aachen"), "{text}");
}
