//! Lists of keys, environments and passwords: pages, order, filters.

use keys_core::AccountKind;
use serde_json::{Value, json};

use crate::support::log_in::person;
use crate::support::{Reply, TestApp};

/// An installation with these keys: name and description.
fn with_keys(names: &[(&str, Option<&str>)]) -> TestApp {
    let app = TestApp::new();
    for (name, description) in names {
        let made = app.post("/v1/apikeys", &json!({"name": name, "description": description}));
        assert_eq!(made.status, 201);
        app.clock.advance(1_000);
    }
    app
}

fn names(reply: &Reply) -> Vec<String> {
    let list = reply.json();
    let data = list["data"].as_array().unwrap();
    data.iter().map(|key| key["name"].as_str().unwrap_or("-").to_owned()).collect()
}

/// Follows `pagination.next` from this address to the end.
fn follow(app: &TestApp, path: &str, mut between: impl FnMut(usize)) -> Vec<String> {
    let mut all = Vec::new();
    let mut next = Some(path.to_owned());
    for page in 0.. {
        let Some(path) = next else { return all };
        assert!(page < 100, "the list does not end");
        let reply = app.get(&path);
        all.extend(names(&reply));
        let pagination = &reply.json()["pagination"];
        next = pagination["next"]
            .as_str()
            .map(|url| url.strip_prefix("http://localhost:8080").unwrap().to_owned());
        assert_eq!(pagination["partial"].as_bool(), Some(next.is_some()));
        between(page);
    }
    all
}

#[test]
fn pages_show_each_key_once_in_every_order_and_both_ways() {
    let app =
        with_keys(&[("b", Some("2")), ("a", None), ("d", Some("")), ("c", Some("1")), ("a", Some("3"))]);
    app.post("/v1/apikeys/1c2?action=deactivate", &json!({}));
    for (name, expires) in
        [("f", "2030-01-01T00:00:00Z"), ("g", "2029-01-01T00:00:00Z"), ("e", "2030-01-01T00:00:00Z")]
    {
        app.post("/v1/apikeys", &json!({"name": name, "expiresAt": expires}));
    }
    let sorted_by = app.get("/v1/apikeys").json()["sortLinks"].as_object().unwrap().clone();
    assert_eq!(sorted_by.len(), 8);
    for field in sorted_by.keys() {
        let whole = names(&app.get(&format!("/v1/apikeys?sort={field}")));
        let mut reversed = names(&app.get(&format!("/v1/apikeys?sort={field}&order=desc")));
        for limit in 1..=6 {
            let paged = follow(&app, &format!("/v1/apikeys?sort={field}&limit={limit}"), |_| ());
            assert_eq!(paged, whole, "{field} by {limit}");
            let paged = follow(&app, &format!("/v1/apikeys?sort={field}&order=desc&limit={limit}"), |_| ());
            assert_eq!(paged, reversed, "{field} by {limit} backwards");
        }
        reversed.sort();
        let mut sorted = whole.clone();
        sorted.sort();
        assert_eq!(sorted, reversed);
    }
    assert_eq!(names(&app.get("/v1/apikeys?sort=name")), ["a", "a", "b", "c", "d", "e", "f", "g"]);
    assert_eq!(names(&app.get("/v1/apikeys?sort=expiresAt")), ["g", "f", "e", "b", "a", "d", "c", "a"]);
    let soon = app.get("/v1/apikeys?expiresAt_lt=2029-06-01T00:00:00Z");
    assert_eq!(names(&soon), ["g"]);
    assert_eq!(names(&app.get("/v1/apikeys?expiresAt_null&limit=2")), ["b", "a"]);
    let by_id = ["b", "a", "d", "c", "a", "f", "g", "e"];
    assert_eq!(names(&app.get("/v1/apikeys?sort=nothing")), by_id, "unknown: by id");
}

#[test]
fn pages_stay_right_while_others_insert_and_delete() {
    let app = with_keys(&[("b", None), ("d", None), ("f", None), ("h", None)]);
    let seen = follow(&app, "/v1/apikeys?sort=name&limit=1", |page| {
        if page == 1 {
            // One before the place, one behind it, and what has been shown goes away.
            app.post("/v1/apikeys", &json!({"name": "a"}));
            app.post("/v1/apikeys", &json!({"name": "g"}));
            app.post("/v1/apikeys/1c2?action=deactivate", &json!({}));
            app.delete("/v1/apikeys/1c2");
        }
    });
    assert_eq!(seen, ["b", "d", "f", "g", "h"]);
}

/// An installation with these environments beside the first, `Default`.
fn with_environments(names: &[(&str, Option<&str>)]) -> TestApp {
    let app = TestApp::new();
    for (name, description) in names {
        app.clock.advance(1_000);
        let made = app.post("/v1/projects", &json!({"name": name, "description": description}));
        assert_eq!(made.status, 201);
    }
    app
}

#[test]
fn pages_show_each_environment_once_in_every_order_and_both_ways() {
    let app = with_environments(&[
        ("b", Some("2")),
        ("a", None),
        ("d", Some("")),
        ("c", Some("1")),
        ("a", Some("3")),
    ]);
    app.post("/v1/projects/1a7?action=deactivate", &json!({}));
    app.post("/v1/projects/1a8?action=remove", &json!({}));
    for filter in ["", "&state_ne=x&removed_notnull", "&name_ne=x"] {
        for field in ["id", "name", "description", "created", "state"] {
            let whole = names(&app.get(&format!("/v1/projects?sort={field}{filter}")));
            let mut reversed = names(&app.get(&format!("/v1/projects?sort={field}&order=desc{filter}")));
            for limit in 1..=7 {
                let path = format!("/v1/projects?sort={field}&limit={limit}{filter}");
                assert_eq!(follow(&app, &path, |_| ()), whole, "{path}");
                assert_eq!(follow(&app, &format!("{path}&order=desc"), |_| ()), reversed, "{path} backwards");
            }
            reversed.reverse();
            assert_eq!(reversed, whole, "{field}: the one is the other backwards, ties included");
        }
    }
    let sorted = |query: &str| names(&app.get(&format!("/v1/projects?{query}")));
    assert_eq!(sorted("sort=name"), ["Default", "a", "a", "b", "c"]);
    assert_eq!(sorted("sort=name&order=desc"), ["c", "b", "a", "a", "Default"]);
    assert_eq!(sorted("sort=description"), ["Default", "a", "c", "b", "a"]);
    assert_eq!(sorted("sort=state"), ["Default", "b", "c", "a", "a"]);
    assert_eq!(sorted("sort=created&order=desc"), ["a", "c", "a", "b", "Default"]);
    assert_eq!(sorted("sort=nothing&order=desc"), ["Default", "b", "a", "c", "a"], "unknown: by id");
}

#[test]
fn pages_of_environments_stay_right_while_others_are_made_and_removed() {
    let app = with_environments(&[("b", None), ("d", None), ("f", None), ("h", None)]);
    let seen = follow(&app, "/v1/projects?sort=name&limit=1&order=desc", |page| {
        if page == 1 {
            // One before the place, one behind it, and what has been shown goes away.
            app.post("/v1/projects", &json!({"name": "g"}));
            app.post("/v1/projects", &json!({"name": "c"}));
            app.delete("/v1/projects/1a8");
        }
    });
    assert_eq!(seen, ["h", "f", "d", "c", "b", "Default"]);
}

#[test]
fn a_list_of_environments_says_how_it_is_sorted_and_how_it_could_be() {
    let app = with_environments(&[("a", None)]);
    let list = app.get("/v1/projects?state=active&sort=NAME&order=desc").json();
    let base = "http://localhost:8080/v1/projects?state=active";
    let links: Vec<&String> = list["sortLinks"].as_object().unwrap().keys().collect();
    assert_eq!(links, ["created", "description", "id", "name", "state"]);
    assert_eq!(list["sortLinks"]["description"], format!("{base}&sort=description"));
    let reverse = format!("{base}&sort=name&order=asc");
    assert_eq!(list["sort"], json!({"name": "name", "order": "desc", "reverse": reverse}));
    let next = app.get("/v1/projects?sort=name&limit=1").json()["pagination"]["next"].clone();
    let marker = next.as_str().unwrap().split("marker=").nth(1).unwrap();
    for other in ["created", "state", "id"] {
        let refused = app.get(&format!("/v1/projects?sort={other}&marker={marker}"));
        assert_eq!(refused.error(), (422, "InvalidFormat".into(), Some("marker".into())), "{other}");
    }
}

#[test]
fn limits_are_bounded_and_nonsense_is_the_default() {
    let app = with_keys(&[("a", None), ("b", None)]);
    let pagination = |query: &str| app.get(&format!("/v1/apikeys?{query}")).json()["pagination"].clone();
    for (query, limit) in
        [("", 100), ("limit=x", 100), ("limit=", 100), ("limit=7", 7), ("limit=999999999999", 10_000)]
    {
        let expected = json!({"first": null, "previous": null, "next": null, "limit": limit, "total": null, "partial": false});
        assert_eq!(pagination(query), expected, "{query}");
    }
    for query in ["limit=0", "limit=-1", "limit=-2", "limit=-9223372036854775808"] {
        assert_eq!(pagination(query), Value::Null, "{query}");
    }
    let first = pagination("limit=1&name_notnull");
    let next = first["next"].as_str().unwrap();
    assert!(next.starts_with("http://localhost:8080/v1/apikeys?limit=1&name_notnull=&marker=m"), "{next}");
    let second = app.get(next.strip_prefix("http://localhost:8080").unwrap()).json();
    assert_eq!(second["pagination"]["first"], "http://localhost:8080/v1/apikeys?limit=1&name_notnull=");
}

#[test]
fn a_marker_that_is_none_of_ours_is_refused() {
    let app = with_keys(&[("a", None), ("b", None)]);
    let by_name = app.get("/v1/apikeys?limit=1&sort=name").json();
    let next = by_name["pagination"]["next"].as_str().unwrap();
    let marker = next.split("marker=").nth(1).unwrap();
    for query in
        ["marker=x", "marker=m", "marker=m100", "marker=mAAAA", "marker=m%00%ff", "sort=created&marker=mMWMx"]
    {
        let status = app.get(&format!("/v1/apikeys?{query}")).status.as_u16();
        assert!(status == 422 || status == 400, "{query}: {status}");
    }
    let other_order = app.get(&format!("/v1/apikeys?sort=created&marker={marker}"));
    assert_eq!(other_order.error(), (422, "InvalidFormat".into(), Some("marker".into())));
    assert_eq!(app.get("/v1/projects?marker=1a5").error().1, "InvalidFormat");
}

#[test]
fn filters_are_anded_and_echoed_and_unknown_ones_ignored() {
    let app = with_keys(&[("ci", Some("build box")), ("cd", None), ("web", Some("front"))]);
    app.post("/v1/apikeys/1c3?action=deactivate", &json!({}));
    let found = |query: &str| names(&app.get(&format!("/v1/apikeys?{query}")));
    assert_eq!(found("name=ci"), ["ci"]);
    assert_eq!(found("name_ne=ci"), ["cd", "web"]);
    assert_eq!(found("name_prefix=c"), ["ci", "cd"]);
    assert_eq!(found("name_like=c%25"), ["ci", "cd"]);
    assert_eq!(found("name_notlike=c%25"), ["web"]);
    assert_eq!(found("description_null"), ["cd"]);
    assert_eq!(found("description_notnull=1&state=active"), ["ci"]);
    assert_eq!(found("state=inactive"), ["web"]);
    assert_eq!(found("state_ne=inactive&state_ne=active"), Vec::<String>::new());
    assert_eq!(found("id=1c2"), ["cd"]);
    assert_eq!(found("id_gt=1c1&id_lte=1c2"), ["cd"]);
    assert_eq!(found("id=x"), Vec::<String>::new());
    assert_eq!(found("accountId=1a1&removed_null=1"), ["ci", "cd", "web"]);
    assert_eq!(found("accountId=1a5"), Vec::<String>::new());
    assert_eq!(found("created_lt=2026-11-23T18:30:01Z"), ["ci"]);
    assert_eq!(found("kind=apiKey&_trim=True&nonsense=1&secretValue_prefix=x"), ["ci", "cd", "web"]);
    let list = app.get("/v1/apikeys?name_prefix=c&state=active").json();
    assert_eq!(list["filters"]["name"], json!([{"value": "c", "modifier": "prefix"}]));
    assert_eq!(list["filters"]["state"], json!([{"value": "active", "modifier": "eq"}]));
    assert_eq!(list["filters"]["uuid"], Value::Null);
    assert!(list["filters"].get("secretValue").is_none());
    let key = app.get("/v1/apikeys/1c1").json();
    let (uuid, access_key) = (key["uuid"].as_str().unwrap(), key["publicValue"].as_str().unwrap());
    assert_eq!(found(&format!("uuid={uuid}&publicValue={access_key}")), ["ci"]);
}

/// Every modifier on every kind of field that has it; the third key has neither description nor time of removal.
#[test]
fn every_modifier_does_what_it_says() {
    let app = with_keys(&[("ci", Some("build box")), ("cd", Some("deploy")), ("web", None)]);
    app.post("/v1/projects/1a5/apikeys", &json!({"name": "inside"}));
    let found = |query: &str| names(&app.get(&format!("/v1/apikeys?{query}")));
    let all = ["ci", "cd", "web", "inside"];
    let no: [&str; 0] = [];
    for (query, expected) in [
        ("name_eq=ci", &["ci"][..]),
        ("name_ne=ci&name_ne=cd", &["web", "inside"]),
        ("name_prefix=C", &no),
        ("name_like=_i", &["ci"]),
        ("name_like=%25i%25", &["ci", "inside"]),
        ("name_notlike=%25i%25", &["cd", "web"]),
        ("name_null", &no),
        ("name_notnull", &all),
        ("description_null=", &["web", "inside"]),
        ("description_ne=deploy", &["ci"]),
        ("description_notlike=x", &["ci", "cd"]),
        ("id_eq=1c2", &["cd"]),
        ("id_ne=1c2", &["ci", "web", "inside"]),
        ("id_lt=1c2", &["ci"]),
        ("id_lte=1c2", &["ci", "cd"]),
        ("id_gt=1c2", &["web", "inside"]),
        ("id_gte=1c2&id_lt=1c4", &["cd", "web"]),
        ("id_notnull", &all),
        ("id_null", &no),
        ("id=1c4&id=1c1", &no),
        ("created=2026-11-23T18:30:01Z", &["cd"]),
        ("created_ne=2026-11-23T18:30:01Z", &["ci", "web", "inside"]),
        ("created_lt=2026-11-23T18:30:01Z", &["ci"]),
        ("created_lte=2026-11-23T18:30:01Z", &["ci", "cd"]),
        ("created_gt=2026-11-23T18:30:01Z", &["web", "inside"]),
        ("created_gte=2026-11-23T18:30:01Z&created_lte=2026-11-23T18:30:02Z", &["cd", "web"]),
        ("created_lt=2026-11-23T18:30:00.900Z", &no),
        ("created=yesterday", &no),
        ("removed_null=1&removed_null", &all),
        ("removed_notnull", &no),
        ("removed_gt=2026-01-01T00:00:00Z", &no),
        ("accountId=1a5", &["inside"]),
        ("accountId_ne=1a5", &["ci", "cd", "web"]),
        ("accountId_notnull", &all),
        ("accountId_null", &no),
        ("accountId=5", &no),
        ("state=active", &all),
        ("state_ne=active", &no),
        ("state_notnull&state_ne=inactive", &all),
        // These are no filters of the type, so they are as good as absent.
        ("name_lt=d&state_like=x&accountId_gt=1a4&created_prefix=2&secretValue_null&transitioning=yes", &all),
        ("NAME=ci&Name_eq=x&name_EQ=x", &all),
    ] {
        assert_eq!(found(query), expected, "{query}");
    }
}

#[test]
fn a_filtered_list_is_paged_like_any_other() {
    let all: Vec<String> = (0..30).map(|number| format!("k{number:02}")).collect();
    let keys: Vec<_> = all.iter().map(|name| (name.as_str(), None)).collect();
    let app = with_keys(&keys);
    let wanted: Vec<&String> =
        all.iter().filter(|name| name.ends_with('3') || name.starts_with("k1")).collect();
    let seen = follow(&app, "/v1/apikeys?name_like=k1%25&limit=4", |_| ());
    assert_eq!(seen.len(), 10);
    assert!(seen.iter().all(|name| wanted.contains(&name)));
    assert_eq!(
        follow(&app, "/v1/apikeys?name_like=%25_3&limit=1&sort=name&order=desc", |_| ()),
        ["k23", "k13", "k03"]
    );
}

#[test]
fn removed_keys_leave_lists_at_once_and_are_found_when_asked_for() {
    let app = with_keys(&[("a", None), ("b", None)]);
    app.post("/v1/apikeys/1c1?action=deactivate", &json!({}));
    app.post("/v1/apikeys/1c1?action=remove", &json!({}));
    let found = |query: &str| names(&app.get(&format!("/v1/apikeys?{query}")));
    assert_eq!(found(""), ["b"]);
    assert_eq!(found("id=1c1"), Vec::<String>::new());
    assert_eq!(found("state=removed"), ["a"]);
    assert_eq!(found("removed_notnull"), ["a"]);
    assert_eq!(found("removed_null=1"), ["b"]);
}

#[test]
fn a_list_says_how_it_is_sorted_and_how_it_could_be() {
    let app = with_keys(&[("a", None)]);
    let list = app.get("/v1/projects/1a5/apikeys?name_null&sort=created&order=desc&marker=").json();
    let base = "http://localhost:8080/v1/projects/1a5/apikeys?name_null=";
    assert_eq!(
        list["sort"],
        json!({"name": "created", "order": "desc", "reverse": format!("{base}&sort=created&order=asc")})
    );
    assert_eq!(list["sortLinks"]["name"], format!("{base}&sort=name"));
    assert_eq!(list["links"]["self"], "http://localhost:8080/v1/projects/1a5/apikeys");
    assert_eq!(app.get("/v1/apikeys").json()["sort"], Value::Null);
}

/// A page at a time, each once, with what others do in between; removed ones to whoever asks for them.
#[test]
fn passwords_are_paged_and_filtered_as_other_lists_are() {
    let app = TestApp::new();
    let people = ["ada", "bob", "cay", "dot", "eve"].map(|name| person(&app, AccountKind::User, name));
    let [ada, bob, _, dot, _] = &people;
    let mut shown = Vec::new();
    let mut next = Some("/v1/passwords?limit=2".to_owned());
    while let Some(path) = next {
        let page = app.get(&path);
        assert_eq!(page.json()["pagination"]["limit"], json!(2));
        shown.push(page.ids());
        // One that is behind goes, one that was shown goes.
        if shown.len() == 1 {
            assert_eq!(app.delete(&format!("/v1/passwords/{}", dot.password)).status, 200);
            assert_eq!(app.delete(&format!("/v1/passwords/{}", ada.password)).status, 200);
        }
        let url = page.json()["pagination"]["next"].as_str().map(ToOwned::to_owned);
        next = url.map(|url| url.strip_prefix("http://localhost:8080").unwrap().to_owned());
    }
    let ids = |names: &[usize]| names.iter().map(|n| people[*n].password.clone()).collect::<Vec<_>>();
    assert_eq!(shown, [ids(&[0, 1]), ids(&[2, 4])]);
    let listed = |query: &str| app.get(&format!("/v1/passwords?{query}")).ids();
    assert_eq!(listed(&format!("accountId={}", bob.account)), ids(&[1]));
    assert_eq!(listed("publicValue_prefix=e"), ids(&[4]));
    assert_eq!(listed("state=removed"), ids(&[0, 3]));
    assert_eq!(listed("removed_notnull&limit=1"), ids(&[0]));
    assert_eq!(listed("secretValue_like=a"), listed(""), "a secret is no filter");
    assert_eq!(app.get("/v1/passwords?limit=0").json()["pagination"], Value::Null);
    let refused = app.get("/v1/passwords?marker=x");
    assert_eq!(refused.error(), (422, "InvalidFormat".into(), Some("marker".into())));
}
