//! After a start: everything believed is compared with what the server says and with whom it lets in.

use keys_core::Action;
use serde_json::{Value, json};

use super::below;
use super::journal::Journal;
use super::session::Session;
use super::share::{Share, State};

/// How many of the deleted keys are tried after each start; at the end all of them are.
const DELETED_TRIED: u64 = 6;

/// Compares a share's environment, its keys, and some of its deleted keys.
pub(super) fn share(share: &mut Share, session: &Session, journal: &mut Journal) {
    let environment = read(session, &format!("/v1/projects/{}", share.environment));
    let active = text(&environment, "state") == "active";
    let settled = share.environment_active.settle(active);
    settled.unwrap_or_else(|lost| panic!("lost: environment {}: {lost}", share.environment));
    journal.compared();
    for mut subject in std::mem::take(&mut share.keys) {
        let document = read(session, &subject.key.path);
        let state = State::parse(&text(&document, "state"));
        let promised = format!("{subject:?}");
        subject.state.settle(state).unwrap_or_else(|lost| panic!("lost: the state of {promised}: {lost}"));
        let name = subject.name.settle(text(&document, "name"));
        name.unwrap_or_else(|lost| panic!("lost: the name of {promised}: {lost}"));
        let accepted = session.accepts(&subject.key).expect("an answer");
        let expected = state == State::Active && (active || !subject.of_environment);
        assert_eq!(accepted, expected, "let in or not, against what is stored: {promised}");
        journal.compared();
        if state == State::Deleted {
            share.deleted.push(subject.key);
        } else {
            share.keys.push(subject);
        }
    }
    some_deleted(share, session, journal);
}

fn some_deleted(share: &mut Share, session: &Session, journal: &mut Journal) {
    let count = share.deleted.len() as u64;
    for tried in 0..DELETED_TRIED.min(count) {
        // The last ones, whose deletion is youngest, and some of all the others.
        let back = if tried < DELETED_TRIED / 2 { tried } else { below(&mut share.rng, count) };
        let key = &share.deleted[usize::try_from(count - 1 - back).expect("an index")];
        assert!(!session.accepts(key).expect("an answer"), "accepted after it was deleted: {key:?}");
        journal.compared();
    }
}

/// Every key whose deletion was acknowledged is deleted and refused.
pub(super) fn all_deleted(share: &Share, session: &Session) {
    for key in &share.deleted {
        assert_eq!(text(&read(session, &key.path), "state"), "removed", "{key:?}");
        assert!(!session.accepts(key).expect("an answer"), "accepted after it was deleted: {key:?}");
    }
}

/// Keys that are there although nobody was told so: each must be one that was asked for. They are deleted, because
/// nobody has their secrets.
pub(super) fn strays(shares: &mut [Share], session: &Session, journal: &mut Journal) {
    let listed = read(session, "/v1/apikeys?limit=1000");
    for document in listed["data"].as_array().expect("a list has data") {
        let (id, name) = (text(document, "id"), text(document, "name"));
        let known = shares.iter().any(|share| share.keys.iter().any(|subject| subject.key.id == id));
        if known || name == "admin" {
            continue;
        }
        let share = shares.iter_mut().find(|share| share.unanswered.contains(&name));
        let share = share.unwrap_or_else(|| panic!("a key nobody asked for: {document}"));
        share.unanswered.retain(|unanswered| *unanswered != name);
        remove(session, &id, journal);
    }
    // What is not there now never will be.
    shares.iter_mut().for_each(|share| share.unanswered.clear());
}

fn remove(session: &Session, id: &str, journal: &mut Journal) {
    let (target, path) = (format!("key/{id}"), format!("/v1/apikeys/{id}"));
    let deactivate = format!("{path}/?action=deactivate");
    let steps = [(Action::DeactivateKey, "POST", deactivate), (Action::DeleteKey, "DELETE", path)];
    for (action, method, path) in steps {
        session.noted(journal, (action, &target), method, &path, &json!({})).expect("an answer");
    }
}

fn read(session: &Session, path: &str) -> Value {
    session.read(path).unwrap_or_else(|_| panic!("no answer: GET {path}"))
}

fn text(document: &Value, field: &str) -> String {
    document[field].as_str().unwrap_or_else(|| panic!("no `{field}` in {document}")).to_owned()
}
