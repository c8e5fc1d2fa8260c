//! The audit log and the history of a key, as pages.

use http::{Method, StatusCode};
use keys_core::AccountKind;
use serde_json::{Value, json};

use crate::support::{Ask, Pair, Reply, TestApp, log_in};

fn open(app: &TestApp, path: &str, by: Option<&Pair>) -> Reply {
    let ask = Ask::get(path).header("user-agent", "Mozilla/5.0").header("accept", "text/html,*/*;q=0.8");
    match by {
        Some(pair) => ask.by(pair),
        None => ask,
    }
    .send(app)
}

fn page(app: &TestApp, path: &str, by: Option<&Pair>) -> String {
    let reply = open(app, path, by);
    assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
    reply.text().to_owned()
}

/// The ids of the events of a page, in its order.
fn events(page: &str) -> Vec<String> {
    let rows = page.match_indices("<tr id=\"1al");
    rows.map(|(at, _)| page[at + 8..].split('"').next().unwrap().to_owned()).collect()
}

/// The address that a link of a page leads to.
fn link(page: &str, id: &str) -> Option<String> {
    let (before, _) = page.split_once(&format!("id=\"{id}\""))?;
    let (_, rest) = page[before.len()..].split_once("href=\"")?;
    Some(rest.split('"').next().unwrap().replace("&#38;", "&"))
}

/// The cells of the row of an event, as text.
fn cells(page: &str, event: &str) -> Vec<String> {
    let row = page.split_once(&format!("<tr id=\"{event}\"")).unwrap().1.split_once("</tr>").unwrap().0;
    let cells = row.split("\n<t").skip(1);
    cells.map(|cell| text(cell.split_once('>').unwrap().1)).collect()
}

fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = true;
    for letter in html.chars() {
        match letter {
            '<' => inside = false,
            '>' => inside = true,
            _ if inside => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The events of the API, the newest first.
fn listed(app: &TestApp, path: &str, by: Option<&Pair>) -> Vec<String> {
    let join = if path.contains('?') { '&' } else { '?' };
    let ask = Ask::get(&format!("{path}{join}sort=id&order=desc&limit=10000"));
    match by {
        Some(pair) => ask.by(pair),
        None => ask,
    }
    .send(app)
    .ids()
}

fn act(app: &TestApp, path: &str, action: &str, by: Option<&Pair>) {
    let ask = Ask::post(&format!("{path}?action={action}"));
    let reply = match by {
        Some(pair) => ask.by(pair),
        None => ask,
    }
    .send(app);
    assert!(reply.status.is_success(), "{reply:?}");
}

/// A person with an account key, made by the administrator.
fn person(app: &TestApp, name: &str, admin: &Pair) -> (String, Pair) {
    let post = |path: &str, body: &Value| Ask::post(path).json(body).by(admin).send(app);
    let made = post("/v1/accounts", &json!({"name": name, "kind": "user"})).json();
    let id = made["id"].as_str().unwrap().to_owned();
    let key = post("/v1/apikeys", &json!({"accountId": id, "name": format!("key of {name}")}));
    (id, Pair::of(&key))
}

fn join(app: &TestApp, environment: &str, admin: &Pair, members: &[(&str, &str)]) {
    let member =
        |(id, role): &(&str, &str)| json!({"externalId": id, "externalIdType": "rancher_id", "role": role});
    let mut members: Vec<Value> = members.iter().map(member).collect();
    members.push(member(&("1a1", "owner")));
    let path = format!("/v1/projects/{environment}?action=setmembers");
    let set = Ask::post(&path).by(admin).json(&json!({ "members": members })).send(app);
    assert_eq!(set.status, StatusCode::OK, "{set:?}");
}

#[test]
fn the_log_says_in_words_what_was_done_to_whom_by_whom_and_how() {
    let app = TestApp::new();
    let admin = app.protect();
    let made =
        Ask::post("/v1/projects/1a5/apikeys").by(&admin).json(&json!({"name": "<b>ci</b>"})).send(&app);
    let key = Pair::of(&made);
    act(&app, &format!("/v1/projects/1a5/apikeys/{}", key.id), "deactivate", Some(&admin));
    let log = page(&app, "/audit", Some(&admin));
    let ids = listed(&app, "/v1/auditlogs", Some(&admin));
    assert_eq!(events(&log), ids);
    let request = Ask::get(&format!("/v1/auditlogs/{}", ids[0])).by(&admin).send(&app).json();
    let row = cells(&log, &ids[0]);
    assert_eq!(row[0], "2026-11-23 18:30 UTC");
    assert_eq!(row[1], "Key deactivated Takes a right away");
    assert_eq!(row[2], format!("&#60;b&#62;ci&#60;/b&#62; {}", key.id));
    assert_eq!(row[3], "admin 1a1");
    assert_eq!(row[4], format!("Key test ({})", admin.id));
    assert_eq!(row[5], "127.0.0.1");
    assert_eq!(row[6], request["requestId"].as_str().unwrap());
    assert!(!log.contains("<b>ci"), "names are only ever text");
    assert!(log.contains(&format!("href=\"/env/1a5/keys/{}/history\"", key.id)));
    let switched = cells(&log, &ids[2]);
    assert_eq!(
        switched[1..5],
        ["Setting changed Takes a right away", "api.security.enabled", "admin 1a1", "Open access"]
    );
    let first = cells(&log, ids.last().unwrap());
    assert_eq!(first[4..6], ["The server itself", "None"]);
    for secret in [&key.secret_key, &admin.secret_key] {
        assert!(!log.contains(secret.as_str()));
    }
}

#[test]
fn everybody_sees_what_the_api_would_show_them_where_they_stand() {
    let app = TestApp::new();
    let admin = app.protect();
    let (ada, ada_key) = person(&app, "ada", &admin);
    let (bob, bob_key) = person(&app, "bob", &admin);
    join(&app, "1a5", &admin, &[(&ada, "readonly")]);
    let made = Ask::post("/v1/projects/1a5/apikeys").by(&admin).json(&json!({})).send(&app);
    let of_default = Pair::of(&made);
    for (path, list, by) in [
        ("/audit", "/v1/auditlogs", &admin),
        ("/audit", "/v1/auditlogs", &ada_key),
        ("/audit", "/v1/auditlogs", &bob_key),
        ("/audit", "/v1/auditlogs", &of_default),
        ("/env/1a5/audit", "/v1/projects/1a5/auditlogs", &admin),
        ("/env/1a5/audit", "/v1/projects/1a5/auditlogs", &ada_key),
        ("/env/1a5/audit", "/v1/projects/1a5/auditlogs", &of_default),
    ] {
        let shown = events(&page(&app, path, Some(by)));
        assert_eq!(shown, listed(&app, list, Some(by)), "{path}");
        assert!(!shown.is_empty(), "{path}");
    }
    // Who is no member is not let in, and learns nothing of what is there.
    let refused = open(&app, "/env/1a5/audit", Some(&bob_key));
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let nowhere = open(&app, "/env/1a999/audit", Some(&bob_key));
    assert_eq!(text(refused.text()).replace("1a5", ""), text(nowhere.text()).replace("1a999", ""));
    // A name is told to those who may see whose it is.
    let inside = page(&app, "/env/1a5/audit", Some(&ada_key));
    let added = listed(&app, "/v1/projects/1a5/auditlogs?eventType=api.apiKey.create", Some(&ada_key));
    assert_eq!(cells(&inside, &added[0])[3..5], ["1a1".to_owned(), format!("Key {}", admin.id)]);
    assert!(bob.starts_with("1a"));
    let stranger = open(&app, "/audit?what=key", None);
    assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    assert_eq!(stranger.header("location"), Some("/login?next=%2Faudit%3Fwhat%3Dkey"));
}

/// A person came back on Monday and opened a page: their session had ended, and they were shown an error where a log-in
/// would have let them go on.
#[test]
fn whoever_is_refused_is_led_to_the_log_in_as_a_stranger_is() {
    let app = TestApp::new();
    log_in::person(&app, AccountKind::Admin, "ada");
    let cookie = log_in::cookie(&app, "ada");
    let admin = app.protect();
    let browser =
        || Ask::get("/audit").header("user-agent", "Mozilla/5.0").header("accept", "text/html,*/*;q=0.8");
    let in_session = browser().header("cookie", &format!("session={cookie}"));
    assert_eq!(in_session.send(&app).status, StatusCode::OK);
    app.clock.advance(7 * 24 * 3_600_000);
    let ended = browser().header("cookie", &format!("session={cookie}"));
    let wrong = Pair { secret_key: "0".repeat(40), ..admin };
    for refused in [ended.send(&app), browser().by(&wrong).send(&app)] {
        assert_eq!(refused.status, StatusCode::SEE_OTHER, "{refused:?}");
        assert_eq!(refused.header("location"), Some("/login?next=%2Faudit"));
    }
}

#[test]
fn a_log_is_paged_both_ways() {
    let app = TestApp::new();
    for _ in 0..120 {
        app.issue("/v1/projects/1a5/apikeys");
    }
    let all = listed(&app, "/v1/auditlogs", None);
    let (mut path, mut down) = ("/audit".to_owned(), Vec::new());
    loop {
        let shown = page(&app, &path, None);
        down.push(events(&shown));
        match link(&shown, "page-next") {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(down.concat(), all);
    assert_eq!(down.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, all.len() - 100]);
    let last = page(&app, &path, None);
    let middle = page(&app, &link(&last, "page-previous").unwrap(), None);
    assert_eq!(events(&middle), down[1]);
    let first = page(&app, &link(&middle, "page-previous").unwrap(), None);
    assert_eq!(events(&first), down[0]);
    assert_eq!(link(&first, "page-previous"), None);
    // What somebody made up leads to the beginning, and says nothing of what they made up.
    let made_up = page(&app, "/audit?older=%3Cscript%3E&newer=1a5&done=%3Cb%3E", None);
    assert_eq!(events(&made_up), down[0]);
    assert!(!made_up.contains("<script>alert") && !made_up.contains("&#60;script"));
}

#[test]
fn a_log_shows_what_is_looked_for() {
    let app = TestApp::new();
    let admin = app.protect();
    let (ada, ada_key) = person(&app, "ada", &admin);
    join(&app, "1a5", &admin, &[(&ada, "member")]);
    let made = Ask::post("/v1/projects/1a5/apikeys").by(&ada_key).json(&json!({"name": "ci"})).send(&app);
    let key = Pair::of(&made);
    app.clock.advance(3_600_000);
    act(&app, &format!("/v1/projects/1a5/apikeys/{}", key.id), "deactivate", Some(&admin));
    let shown = |query: &str| {
        let page = page(&app, &format!("/audit?{query}"), Some(&admin));
        events(&page).iter().map(|event| cells(&page, event)[1].clone()).collect::<Vec<_>>()
    };
    let (added, deactivated) = ("Key added", "Key deactivated Takes a right away");
    for (query, expected) in [
        (format!("whom={}", key.id), vec![deactivated, added]),
        (format!("whom={}", key.access_key), vec![deactivated, added]),
        (format!("whom={}&what=key.issue", key.id), vec![added]),
        ("what=key.deactivate".to_owned(), vec![deactivated]),
        (format!("who={ada}"), vec![added]),
        (format!("who={}", ada_key.id), vec![added]),
        (format!("who={}", ada_key.access_key), vec![added]),
        (format!("who={ada}&what=narrowing"), vec![]),
        ("who=192.0.2.7".to_owned(), vec![]),
        (format!("whom={ada}"), vec!["Member added", added, "Person added"]),
        ("whom=api.security.enabled".to_owned(), vec!["Setting changed Takes a right away"]),
        ("from=2026-11-23T19:00".to_owned(), vec![deactivated]),
        (format!("until=2026-11-23T19:00&whom={}", key.id), vec![added]),
    ] {
        assert_eq!(shown(&query), expected, "{query}");
    }
    let everything = events(&page(&app, "/audit", Some(&admin)));
    let from_here = page(&app, "/audit?what=&whom=&who=127.0.0.1&from=&until=", Some(&admin));
    assert!(events(&from_here).len() > 5 && events(&from_here).len() < everything.len());
    assert!(from_here.contains("value=\"127.0.0.1\""), "what was typed stays");
}

#[test]
fn what_is_typed_wrongly_is_told_beside_its_field_and_stays() {
    let app = TestApp::new();
    for (query, field, said) in [
        ("what=nonsense", "what", "choose one of the list"),
        ("whom=ada+%22%3E", "whom", "expected an id, such as 1a5"),
        ("whom=KC0000000000000000XX", "whom", "no key that you may see has this access key"),
        ("who=nonsense", "who", "expected an id, such as 1a7"),
        ("from=tomorrow", "from", "expected a date and a time in UTC"),
        ("from=2026-11-24T00:00&until=2026-11-23T00:00", "until", "not after the time it begins with"),
    ] {
        let reply = open(&app, &format!("/audit?{query}"), None);
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let (_, error) = reply.text().split_once(&format!("id=\"{field}-error\"")).unwrap();
        assert!(text(error.split_once('>').unwrap().1).contains(said), "{query}: {}", reply.text());
        assert!(events(reply.text()).is_empty(), "{query}");
        // Nothing was looked for, so nothing is said of what there is.
        assert!(!reply.text().contains("Nothing to show"), "{query}");
    }
    assert!(open(&app, "/audit?whom=ada+%22%3E", None).text().contains("value=\"ada &#34;&#62;\""));
    // A key of somebody else is no key, by its access key too.
    let admin = app.protect();
    let (_, ada_key) = person(&app, "ada", &admin);
    let hidden = open(&app, &format!("/audit?whom={}", admin.access_key), Some(&ada_key));
    assert_eq!(hidden.status, StatusCode::UNPROCESSABLE_ENTITY);
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let ask = Ask::new(method, "/audit").by(&admin).header("user-agent", "Mozilla/5.0");
        let refused = ask.header("sec-fetch-site", "same-origin").send(&app);
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(refused.header("allow"), Some("GET, HEAD"));
    }
}

#[test]
fn a_key_has_a_history_even_when_it_is_deleted() {
    let app = TestApp::new();
    let key = app.issue("/v1/projects/1a5/apikeys");
    let other = app.issue("/v1/projects/1a5/apikeys");
    let path = format!("/v1/projects/1a5/apikeys/{}", key.id);
    app.put(&path, &json!({"name": "ci & co"}));
    act(&app, &path, "deactivate", None);
    act(&app, &format!("/v1/projects/1a5/apikeys/{}", other.id), "deactivate", None);
    act(&app, &path, "remove", None);
    let history = format!("/env/1a5/keys/{}/history", key.id);
    let shown = page(&app, &history, None);
    let did: Vec<_> = events(&shown).iter().map(|event| cells(&shown, event)[1].clone()).collect();
    assert_eq!(
        did,
        ["Key deleted Takes a right away", "Key deactivated Takes a right away", "Key edited", "Key added"]
    );
    assert!(shown.contains("Deleted") && shown.contains(&key.access_key));
    assert!(!shown.contains(&key.secret_key));
    assert!(page(&app, "/env/1a5/keys", None).contains(&format!("/env/1a5/keys/{}/history", other.id)));
    // From one of its own events on, and from no other.
    let ids = events(&shown);
    let from = page(&app, &format!("{history}?from={}", ids[1]), None);
    assert_eq!(events(&from), ids[1..]);
    assert_eq!(link(&from, "page-previous"), Some(history.clone()));
    let others = events(&page(&app, &format!("/env/1a5/keys/{}/history", other.id), None));
    for wrong in [others[0].as_str(), "nonsense", "1a5"] {
        let reply = open(&app, &format!("{history}?from={wrong}"), None);
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[test]
fn a_long_history_goes_on() {
    let app = TestApp::new();
    let key = app.issue("/v1/apikeys");
    for n in 0..70 {
        app.put(&format!("/v1/apikeys/{}", key.id), &json!({"name": format!("name {n}")}));
    }
    let first = page(&app, &format!("/account/keys/{}/history", key.id), None);
    let second = page(&app, &link(&first, "page-next").unwrap(), None);
    assert_eq!((events(&first).len(), events(&second).len()), (50, 21));
    let whole = [events(&first), events(&second)].concat();
    assert_eq!(whole, listed(&app, &format!("/v1/auditlogs?resourceId={}", key.id), None));
    assert_eq!(link(&second, "page-next"), None);
}

#[test]
fn a_history_is_found_where_the_key_belongs_and_by_those_who_see_it() {
    let app = TestApp::new();
    let admin = app.protect();
    let (ada, ada_key) = person(&app, "ada", &admin);
    let (_, bob_key) = person(&app, "bob", &admin);
    join(&app, "1a5", &admin, &[(&ada, "readonly")]);
    let made = Ask::post("/v1/projects/1a5/apikeys").by(&admin).json(&json!({})).send(&app);
    let of_default = Pair::of(&made).id;
    let other = Ask::post("/v1/projects").by(&admin).json(&json!({})).send(&app).json();
    let other = other["id"].as_str().unwrap();
    let made = Ask::post(&format!("/v1/projects/{other}/apikeys")).by(&admin).json(&json!({})).send(&app);
    let of_other = Pair::of(&made).id;
    act(&app, &format!("/v1/projects/{other}"), "deactivate", Some(&admin));
    let asked = |path: &str, by: &Pair| open(&app, path, Some(by)).status.as_u16();
    let inside = format!("/env/1a5/keys/{of_default}/history");
    let own = format!("/account/keys/{}/history", ada_key.id);
    assert_eq!((asked(&inside, &admin), asked(&inside, &ada_key), asked(&inside, &bob_key)), (200, 200, 403));
    assert_eq!((asked(&own, &ada_key), asked(&own, &bob_key)), (200, 404));
    // An administrator sees the key, and this is not the page of whose it is.
    assert_eq!(asked(&own, &admin), 404);
    // Nobody enters an environment that is not active; its keys are in the log all the same.
    assert_eq!(asked(&format!("/env/{other}/keys/{of_other}/history"), &admin), 403);
    assert!(page(&app, "/audit", Some(&admin)).contains(&format!("href=\"/audit?whom={of_other}\"")));
    assert_eq!(asked(&format!("/account/keys/{of_default}/history"), &admin), 404);
    assert_eq!(asked("/env/1a5/keys/1c999/history", &admin), 404);
    // No link of the log leads where one is refused.
    for by in [&admin, &ada_key, &bob_key] {
        let log = page(&app, "/audit", Some(by));
        for (at, _) in log.match_indices("href=\"/") {
            let path = log[at + 6..].split('"').next().unwrap().replace("&#38;", "&");
            if path.starts_with("/env/") || path.starts_with("/audit") || path.starts_with("/account/") {
                let status = asked(&path, by);
                assert!(matches!(status, 200 | 303), "{path}: {status}");
            }
        }
    }
}
