//! The web page's room of members, as plain documents and forms.

use http::StatusCode;
use serde_json::{Value, json};

use crate::console_environments::{Cast, Person, field, id_of};
use crate::support::{Ask, Pair};

impl Cast {
    /// The member that a person is, as the API shows it.
    fn member_of(&self, person: &Person) -> Option<Value> {
        let list = Ask::get(&format!("/v1/projects/{}/projectmembers", self.place)).by(&self.admin);
        let list = list.send(&self.app).json();
        let members = list["data"].as_array().unwrap();
        members.iter().find(|member| member["externalId"] == json!(person.id)).cloned()
    }

    fn role_of(&self, person: &Person) -> Option<String> {
        Some(self.member_of(person)?["role"].as_str().unwrap().to_owned())
    }

    /// The path of a step of a member.
    fn one(&self, person: &Person, step: &str) -> String {
        let member = self.member_of(person).unwrap();
        self.path(&format!("members/{}/{step}", member["id"].as_str().unwrap()))
    }
}

#[test]
fn somebody_becomes_a_member_gets_another_role_and_leaves() {
    let cast = Cast::new();
    let (by, stranger) = (&cast.owner.pair, &cast.stranger);
    let list = cast.path("members");
    let form = cast.page(&format!("{list}/new"), by);
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text().contains(&format!("Sam Stranger ({})", stranger.id)), "{}", form.text());
    assert!(!form.text().contains("Mary Member"), "who is a member already is not offered");
    assert!(form.text().contains("<option value=\"member\" selected>"), "the usual role");

    let enters = |person: &Person| cast.page(&format!("/env/{}/keys", cast.place), &person.pair).status;
    assert_eq!(enters(stranger), StatusCode::FORBIDDEN);
    let fields = [("account", stranger.id.as_str()), ("role", "readonly")];
    // Sent twice, it is done once.
    for _ in 0..2 {
        let added = cast.form(&list, &fields, by);
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text());
        let leads = added.header("location").unwrap().to_owned();
        assert!(leads.starts_with(&format!("{list}?done=member-added#1pm")), "{leads}");
    }
    assert_eq!((cast.role_of(stranger).as_deref(), enters(stranger)), (Some("readonly"), StatusCode::OK));

    let path = cast.one(stranger, "role");
    let form = cast.page(&path, by);
    assert!(form.text().contains("<option value=\"readonly\" selected>"), "{}", form.text());
    let revision = field(&form, "revision");
    let changed = cast.form(&path, &[("role", "member"), ("revision", &revision)], by);
    let leads = changed.header("location").unwrap_or_else(|| panic!("{}", changed.text()));
    assert!(leads.starts_with(&format!("{list}?done=member-changed#1pm")), "{leads}");
    assert_eq!(cast.role_of(stranger).as_deref(), Some("member"));

    let path = cast.one(stranger, "remove");
    let question = cast.page(&path, by);
    assert!(question.text().contains("Remove <strong class=\"text\">Sam Stranger</strong>"));
    let revision = field(&question, "revision");
    assert_eq!(enters(stranger), StatusCode::OK, "a question does nothing");
    for _ in 0..2 {
        let removed = cast.form(&path, &[("revision", &revision)], by);
        assert_eq!(removed.header("location"), Some(format!("{list}?done=member-removed").as_str()));
    }
    assert_eq!((cast.role_of(stranger), enters(stranger)), (None, StatusCode::FORBIDDEN));
}

#[test]
fn everybody_who_enters_sees_the_members_and_owners_alone_change_them() {
    let cast = Cast::new();
    let Cast { app, admin, owner, member, reader, stranger, .. } = &cast;
    let list = cast.path("members");
    let key = Ask::post(&format!("/v1/projects/{}/apikeys", cast.place)).by(&owner.pair).json(&json!({}));
    let key = Pair::of(&key.send(app));
    let (role, remove) = (cast.one(member, "role"), cast.one(member, "remove"));
    let before = app.revision();
    for (by, may) in [(&owner.pair, true), (admin, true), (&member.pair, false), (&reader.pair, false)] {
        let page = cast.page(&list, by);
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("Olga Owner") && page.text().contains("Read only"));
        for offered in [&format!("{list}/new"), &role, &remove] {
            assert_eq!(page.text().contains(offered), may, "{offered}");
        }
    }
    assert!(cast.page(&list, &member.pair).text().contains("You</span>"));
    // An environment's own key learns who by the id alone.
    let page = cast.page(&list, &key);
    assert!(page.text().contains(&owner.id) && !page.text().contains("Olga Owner"), "{}", page.text());
    assert!(!page.text().contains(&role));
    for (by, status) in [
        (&member.pair, StatusCode::FORBIDDEN),
        (&reader.pair, StatusCode::FORBIDDEN),
        (&key, StatusCode::FORBIDDEN),
        (&stranger.pair, StatusCode::NOT_FOUND),
    ] {
        let fields = [("account", stranger.id.as_str()), ("role", "owner"), ("revision", "1")];
        for path in [&list, &role, &remove] {
            assert_eq!(cast.form(path, &fields, by).status, status, "{path}");
        }
        for path in [&format!("{list}/new"), &role, &remove] {
            assert_eq!(cast.page(path, by).status, status, "{path}");
        }
    }
    assert_eq!(cast.page(&list, &stranger.pair).status, StatusCode::NOT_FOUND);
    assert_eq!(app.revision(), before);
}

#[test]
fn the_last_owner_is_told_why_it_stays_and_another_may_take_over() {
    let cast = Cast::new();
    let Cast { app, owner, member, .. } = &cast;
    let by = &owner.pair;
    let (role, remove) = (cast.one(owner, "role"), cast.one(owner, "remove"));
    let said = "This is the only owner, and an environment always has one";
    let before = app.revision();
    let revision = field(&cast.page(&role, by), "revision");
    let weaker = cast.form(&role, &[("role", "member"), ("revision", &revision)], by);
    assert_eq!(weaker.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(weaker.text().contains("id=\"role-error\"") && weaker.text().contains(said), "{}", weaker.text());
    assert!(weaker.text().contains("<option value=\"member\" selected>"), "what was chosen is kept");
    let question = cast.page(&remove, by);
    assert_eq!(question.status, StatusCode::OK);
    assert!(question.text().contains(said) && !question.text().contains(&format!("action=\"{remove}\"")));
    let sent = cast.form(&remove, &[("revision", &revision)], by);
    assert_eq!(sent.status, StatusCode::CONFLICT);
    assert!(sent.text().contains(said));
    assert_eq!(app.revision(), before);

    let other = cast.one(member, "role");
    let revision_of_other = field(&cast.page(&other, by), "revision");
    cast.form(&other, &[("role", "owner"), ("revision", &revision_of_other)], by);
    let question = cast.page(&remove, by);
    assert!(question.text().contains("Leave the environment"), "{}", question.text());
    let left = cast.form(&remove, &[("revision", &revision)], by);
    // What one has left is not there for one any more, so one is led where one still is.
    assert_eq!(left.header("location"), Some("/environments?done=member-removed"));
    assert_eq!(cast.role_of(owner), None);
}

#[test]
fn what_others_made_of_a_member_meanwhile_is_shown_and_not_undone() {
    let cast = Cast::new();
    let member = &cast.member;
    let (role, remove) = (cast.one(member, "role"), cast.one(member, "remove"));
    let seen = field(&cast.page(&role, &cast.owner.pair), "revision");
    let quicker = cast.form(&role, &[("role", "readonly"), ("revision", &seen)], &cast.admin);
    assert_eq!(quicker.status, StatusCode::SEE_OTHER);
    let before = cast.app.revision();
    let late = cast.form(&role, &[("role", "owner"), ("revision", &seen)], &cast.owner.pair);
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains("<span class=\"text\">Read only</span>"), "{}", late.text());
    assert!(late.text().contains("<span class=\"text\">Owner</span>"));
    assert!(late.text().contains("<option value=\"owner\" selected>"));
    let late_removal = cast.form(&remove, &[("revision", &seen)], &cast.owner.pair);
    assert_eq!(late_removal.status, StatusCode::CONFLICT);
    assert!(late_removal.text().contains("<dd>Read only</dd>"), "{}", late_removal.text());
    // A form that says no revision was made from nothing.
    for path in [&role, &remove] {
        let blind = cast.form(path, &[("role", "owner")], &cast.owner.pair);
        assert_eq!(blind.status, StatusCode::CONFLICT, "{path}");
    }
    assert_eq!(cast.app.revision(), before);
    let now = field(&late_removal, "revision");
    let removed = cast.form(&remove, &[("revision", &now)], &cast.owner.pair);
    assert_eq!(removed.status, StatusCode::SEE_OTHER);
    // Who is gone is gone.
    assert_eq!(cast.page(&role, &cast.owner.pair).status, StatusCode::NOT_FOUND);
}

#[test]
fn what_is_wrong_with_a_member_stands_beside_its_field() {
    let cast = Cast::new();
    let Cast { app, admin, owner, member, stranger, .. } = &cast;
    let list = cast.path("members");
    let before = app.revision();
    let told = |fields: &[(&str, &str)], status: StatusCode, field: &str, words: &str| {
        let refused = cast.form(&list, fields, &owner.pair);
        assert_eq!(refused.status, status, "{fields:?}");
        let text = refused.text();
        assert!(
            text.contains(&format!("id=\"{field}-error\"")) && text.contains(words),
            "{fields:?}: {text}"
        );
        refused
    };
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    told(&[("role", "member")], wrong, "account", "choose somebody");
    told(&[("account", "1a4"), ("role", "member")], wrong, "account", "there is no such person");
    told(&[("account", "1a999"), ("role", "member")], wrong, "account", "there is no such person");
    let refused = told(&[("account", &stranger.id), ("role", "king")], wrong, "role", "choose one");
    assert!(
        refused.text().contains(&format!("<option value=\"{}\" selected>", stranger.id)),
        "what was chosen is kept"
    );
    let again = [("account", member.id.as_str()), ("role", "owner")];
    told(&again, StatusCode::CONFLICT, "account", "Mary Member is a member already");
    let role = cast.one(member, "role");
    let refused = cast.form(&role, &[("role", "king"), ("revision", "1")], &owner.pair);
    assert_eq!(refused.status, wrong);
    assert!(refused.text().contains("id=\"role-error\""));
    assert_eq!(app.revision(), before);
    // Shown again after a log-in.
    let resumed = [("account", stranger.id.as_str()), ("role", "readonly"), ("_resume", "1")];
    let form = cast.form(&format!("{list}/new"), &resumed, &owner.pair);
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text().contains(&format!("<option value=\"{}\" selected>", stranger.id)));
    assert!(form.text().contains("<option value=\"readonly\" selected>"));
    let form = cast.form(&role, &[("role", "owner"), ("revision", "7"), ("_resume", "1")], &owner.pair);
    assert_eq!((form.status, field(&form, "revision")), (StatusCode::OK, "7".to_owned()));
    assert_eq!(app.revision(), before);
    // A member of another environment is none of this one, even to an administrator.
    let elsewhere = Ask::get("/v1/projects/1a5/projectmembers").by(admin).send(app).ids();
    for step in ["role", "remove"] {
        let path = cast.path(&format!("members/{}/{step}", elsewhere[0]));
        assert_eq!(cast.page(&path, admin).status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn people_are_searched_for_when_there_are_many() {
    let cast = Cast::new();
    let Cast { app, admin, owner, .. } = &cast;
    for number in 0..60 {
        let body = json!({"name": format!("crowd {number:02}"), "kind": "user"});
        id_of(&Ask::post("/v1/accounts").json(&body).by(admin).send(app));
    }
    let form = cast.path("members/new");
    let all = cast.page(&form, &owner.pair);
    let offered = |text: &str| text.matches("<option value=\"1a").count();
    assert_eq!(offered(all.text()), 50);
    assert!(all.text().contains("<option value=\"\">Choose somebody</option>"), "nobody is by accident");
    assert!(all.text().contains("There are more: search"));
    let found = cast.page(&format!("{form}?search=CROWD+59"), &owner.pair);
    assert_eq!(offered(found.text()), 1);
    assert!(found.text().contains("crowd 59") && !found.text().contains("There are more"));
    assert!(!found.text().contains("Choose somebody"), "who is alone was searched for");
    let nobody = cast.page(&format!("{form}?search=nobody"), &owner.pair);
    assert!(nobody.text().contains("Nobody who could be added has that"));
    assert_eq!(offered(nobody.text()), 0);
}

#[test]
fn members_of_a_deleted_environment_wait_and_are_not_changed() {
    let cast = Cast::new();
    let by = &cast.owner.pair;
    let role = cast.one(&cast.member, "role");
    for step in ["deactivate", "delete"] {
        cast.form(&cast.path(step), &[], by);
    }
    let before = cast.app.revision();
    let list = cast.page(&cast.path("members"), by);
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text().contains("Mary Member") && !list.text().contains(&role));
    for path in [cast.path("members/new"), role] {
        let refused = cast.page(&path, by);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(refused.text().contains("restore it first"));
    }
    assert_eq!(cast.app.revision(), before);
}
