//! A walk over everything that can be reached from the root of a running server: no link and no action leads nowhere.
//!
//! What is followed is read from the answers alone. Actions are done only where something of the walk's own is at stake;
//! elsewhere their address is asked what it allows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use keys_tests::{Client, TestServer, create_key};
use serde_json::{Value, json};

use crate::installation::{DEFAULT, Installation};

/// A place has more than this many addresses only if the walk does not end.
const ENOUGH: usize = 2_000;

/// What a walk has come across.
#[derive(Default)]
struct Walked {
    /// Each address read.
    links: BTreeSet<String>,
    /// Each action, and where it stood.
    actions: BTreeMap<String, String>,
}

impl Walked {
    fn has(&self, end: &str) -> bool {
        self.links.iter().any(|link| link.ends_with(end))
    }
}

/// Reads everything that can be reached from `/` and `/v1`. Each address must answer 200 with a document that says where
/// it is.
#[track_caller]
fn walk(client: &Client) -> Walked {
    let own = format!("http://{}/", client.server());
    let mut walked = Walked::default();
    let mut ahead = VecDeque::from([own.clone(), format!("{own}v1")]);
    while let Some(url) = ahead.pop_front() {
        if !walked.links.insert(url.clone()) {
            continue;
        }
        assert!(walked.links.len() < ENOUGH, "the walk does not end: {url}");
        assert!(url.starts_with(&own), "leads away: {url}");
        let answer = client.get(&url);
        assert_eq!(answer.status, 200, "a dead link: {url}: {}", answer.text());
        let document = answer.json();
        let itself =
            document["links"]["self"].as_str().unwrap_or_else(|| panic!("{url} has no link to itself"));
        let (path, _) = url.split_once('?').unwrap_or((&url, ""));
        // A link from one thing to another gives the other, which is to be read at its own address as well.
        if path.ends_with("/account") || path.ends_with("/project") {
            ahead.push_back(itself.to_owned());
        } else {
            assert_eq!(itself.trim_end_matches('/'), path.trim_end_matches('/'), "its link to itself");
        }
        ahead.push_back(answer.header("x-api-schemas").expect("X-API-Schemas").to_owned());
        collect(&url, &document, &mut ahead, &mut walked.actions);
    }
    walked
}

/// The addresses in a document, its members' included.
fn collect(
    url: &str,
    document: &Value,
    links: &mut VecDeque<String>,
    actions: &mut BTreeMap<String, String>,
) {
    let texts = |map: &Value| -> Vec<String> {
        let values = map.as_object().into_iter().flat_map(|map| map.values());
        values.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    };
    links.extend(texts(&document["links"]));
    for action in texts(&document["actions"]) {
        actions.insert(action, url.to_owned());
    }
    for member in document["data"].as_array().into_iter().flatten() {
        collect(url, member, links, actions);
    }
    // A list can be turned and sorted by each field it names, and each of those again: once round is enough.
    if !url.contains('?') {
        links.extend(texts(&document["sortLinks"]));
    }
    links.extend(
        ["first", "next", "previous"]
            .iter()
            .filter_map(|name| document["pagination"][name].as_str().map(ToOwned::to_owned)),
    );
    links.extend(
        document["sort"]["reverse"].as_str().filter(|_| url.contains("order=")).map(ToOwned::to_owned),
    );
}

/// Every action answers: the address allows POST, and one that is not there is told from one that is.
#[track_caller]
fn assert_actions_are_there(client: &Client, walked: &Walked) {
    for (action, at) in &walked.actions {
        let (place, name) =
            action.split_once("/?action=").unwrap_or_else(|| panic!("{at}: no action: {action}"));
        assert!(!name.is_empty(), "{at}: {action}");
        let options = client.request("OPTIONS", action).send();
        assert_eq!(options.status, 200, "{at}: {action}");
        let unknown = client.post(&format!("{place}/?action=explode"), &json!({}));
        assert_eq!((unknown.status, unknown.field("code").as_str()), (422, "InvalidAction"), "{at}");
    }
}

/// Every action of something of the walk's own does what its name says, at the address that its document gives.
#[track_caller]
fn assert_own_actions_work(client: &Client, own: &str) {
    for name in ["update", "deactivate", "update", "activate", "deactivate", "remove"] {
        let actions = client.get(own).expect(200).json()["actions"].clone();
        let url = actions[name].as_str().unwrap_or_else(|| panic!("{own}: no {name} in {actions}"));
        let answer = client.post(url, &json!({}));
        assert!((200..300).contains(&answer.status), "{url}: {}", answer.text());
    }
}

/// Keys in each state, more than one page of them, and environments in each state.
fn furnish(administrator: &Client) {
    for number in 0..4 {
        let key = create_key(administrator, "/v1/projects/1a5/apikeys", &format!("furniture {number}"));
        for action in ["deactivate", "remove"].iter().take(number) {
            let _ = administrator.post(&key.action(action), &json!({})).expect(202);
        }
        let environment =
            administrator.post("/v1/projects", &json!({ "name": "furniture" })).expect(201).field("id");
        for action in ["deactivate", "remove"].iter().take(number) {
            let answer =
                administrator.post(&format!("/v1/projects/{environment}/?action={action}"), &json!({}));
            assert!(answer.status < 300, "{}", answer.text());
        }
    }
}

#[test]
fn the_administrator_finds_no_dead_link() {
    let installation = Installation::start();
    furnish(&installation.administrator);
    let walked = walk(&installation.administrator);
    for end in
        ["/v1/apikeys", "/v1/projects", "/v1/settings", "/v1/schemas/apikey", "/v1/projects/1a5/apikeys"]
    {
        assert!(walked.has(end), "{end} cannot be reached: {:?}", walked.links);
    }
    assert_actions_are_there(&installation.administrator, &walked);
    let key = installation.key_of(DEFAULT, "own");
    assert_own_actions_work(&installation.administrator, &key.path);
    let environment = installation.environment("own");
    assert_own_actions_work(&installation.administrator, &format!("/v1/projects/{environment}"));
}

#[test]
fn a_key_of_an_environment_finds_no_dead_link_and_nothing_outside() {
    let installation = Installation::start();
    furnish(&installation.administrator);
    let client = installation.key_of(DEFAULT, "ci").client(&installation.stranger());
    let walked = walk(&client);
    assert!(walked.has("/v1/projects/1a5/apikeys") && walked.has("/v1/schemas"));
    let others =
        walked.links.iter().filter(|link| link.contains("/projects/") && !link.contains("/projects/1a5"));
    assert_eq!(others.collect::<Vec<_>>(), [] as [&String; 0]);
    assert_actions_are_there(&client, &walked);
    let key = create_key(&client, "/v1/apikeys", "own");
    assert_own_actions_work(&client, &key.path);
}

#[test]
fn anybody_finds_no_dead_link_without_access_control() {
    let server = TestServer::start();
    let anybody = server.client();
    furnish(&anybody);
    let walked = walk(&anybody);
    assert!(walked.has("/v1/settings/api.security.enabled"));
    assert_actions_are_there(&anybody, &walked);
}

#[test]
fn a_list_is_walked_page_by_page() {
    let installation = Installation::start();
    furnish(&installation.administrator);
    let mut url = Some("/v1/apikeys?limit=1&sort=name".to_owned());
    let mut pages = 0;
    while let Some(next) = url {
        let page = installation.administrator.get(&next).expect(200).json();
        assert_eq!(page["data"].as_array().expect("data").len(), 1);
        for name in ["first", "previous"] {
            if let Some(link) = page["pagination"][name].as_str() {
                let _ = installation.administrator.get(link).expect(200);
            }
        }
        url = page["pagination"]["next"].as_str().map(ToOwned::to_owned);
        pages += 1;
    }
    assert_eq!(pages, 3, "two of the furniture's keys, and the administrator's own");
}
