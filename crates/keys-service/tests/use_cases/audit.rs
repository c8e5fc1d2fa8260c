//! Reading the audit chain: pages of what is looked for, and the history of a key.

use keys_core::{Action, AuditEvent, AuditId, Owner, RequestId, Role, SettingName, Target, Transition, Via};
use keys_service::{About, AuditFilter, AuditPlace, AuditRequest, By, Context, Edit, FoundEvents, Patch};
use keys_store::{Change, KeyStore as _, Write};

use crate::support::{House, administrator, administrator_account, now};

/// Every event there is, the newest first.
fn all(house: &House) -> Vec<AuditEvent> {
    let events = house.store.audit(None, 10_000).unwrap();
    events.into_iter().rev().map(|linked| linked.event).collect()
}

fn ids(events: &[AuditEvent]) -> Vec<AuditId> {
    events.iter().map(|event| event.id).collect()
}

fn rename(house: &House, context: &Context, key: keys_core::KeyId, name: &str) {
    let edit = Edit { name: Patch::Set(Some(name.parse().unwrap())), ..Edit::default() };
    house.authority.edit_key(context, key, edit, None).unwrap();
}

#[test]
fn the_history_of_a_key_is_what_was_done_to_it_newest_first() {
    let mut house = House::new();
    let inside = house.inside();
    let (key, other) = (house.issue(&inside), house.issue(&inside));
    let as_other = house.as_key(&other);
    rename(&house, &as_other, key.id(), "ci");
    house.authority.transition_key(&inside, key.id(), Transition::Deactivate, None).unwrap();
    // Nothing is changed by what is refused, and the other key has a history of its own.
    house.authority.transition_key(&inside, key.id(), Transition::Deactivate, None).unwrap_err();
    rename(&house, &inside, other.id(), "other");
    house.authority.transition_key(&inside, key.id(), Transition::Delete, None).unwrap();

    let history = house.authority.key_history(&inside, key.id(), None, 100).unwrap().unwrap();
    let did: Vec<_> = history.events.iter().map(|event| (event.action, event.origin.via)).collect();
    let by_hand = Via::Database;
    assert_eq!(
        did,
        [
            (Action::DeleteKey, by_hand),
            (Action::DeactivateKey, by_hand),
            (Action::EditKey, Via::Key(other.id())),
            (Action::IssueKey, by_hand),
        ]
    );
    assert_eq!(history.older, None);
    assert_eq!(history.record.parts().id, key.id());
    let naive: Vec<_> =
        all(&house).into_iter().filter(|event| event.target == Target::Key(key.id())).collect();
    assert_eq!(history.events, naive);
}

#[test]
fn a_history_goes_on_where_its_page_ended() {
    let mut house = House::new();
    let inside = house.inside();
    let key = house.issue(&inside);
    for n in 0..9 {
        rename(&house, &inside, key.id(), &format!("name {n}"));
        house.issue(&inside);
    }
    let whole = house.authority.key_history(&inside, key.id(), None, 100).unwrap().unwrap().events;
    assert_eq!(whole.len(), 10);
    let (mut from, mut read) = (None, Vec::new());
    loop {
        let page = house.authority.key_history(&inside, key.id(), from, 4).unwrap().unwrap();
        assert!(page.events.len() <= 4);
        read.extend(page.events);
        from = page.older;
        if from.is_none() {
            break;
        }
    }
    assert_eq!(read, whole);
}

#[test]
fn a_history_is_for_those_who_see_the_key_and_of_its_own_events_only() {
    let mut house = House::new();
    let inside = house.inside();
    let (key, other) = (house.issue(&inside), house.issue(&inside));
    let person = house.person("ada");
    let stranger = house.as_person(&person);
    assert!(house.authority.key_history(&stranger, key.id(), None, 100).unwrap().is_none());
    assert!(house.authority.key_history(&stranger, person.key.id(), None, 100).unwrap().is_some());
    assert!(house.authority.key_history(&administrator(), key.id(), None, 100).unwrap().is_some());
    let of_other = house.authority.key_history(&inside, other.id(), None, 1).unwrap().unwrap();
    let from = Some(of_other.events[0].id);
    assert!(house.authority.key_history(&inside, key.id(), from, 100).unwrap().is_none());
    let beyond = "1al9999".parse().ok();
    let empty = house.authority.key_history(&inside, key.id(), beyond, 100).unwrap().unwrap();
    assert_eq!((empty.events.len(), empty.older), (0, None));
}

/// An installation with something done to three owners by several callers.
fn lively() -> (House, Vec<Context>) {
    let mut house = House::new();
    let inside = house.inside();
    let (ada, bob) = (house.person("ada"), house.person("bob"));
    let other = house.environment(&[(ada.id, Role::Owner), (bob.id, Role::ReadOnly)]);
    let by_key = house.issue(&inside);
    for _ in 0..7 {
        let made = house.issue(&house.as_key(&by_key));
        house.issue(&house.person_inside(&ada, other));
        house.authority.transition_key(&inside, made.id(), Transition::Deactivate, None).unwrap();
        house.issue(&house.as_person(&bob));
    }
    let contexts = vec![
        administrator(),
        house.as_key(&by_key),
        house.as_person(&ada),
        house.as_person(&bob),
        house.person_inside(&bob, other),
    ];
    (house, contexts)
}

fn filters() -> Vec<AuditFilter> {
    let owner = |text: &str| text.parse::<Owner>().unwrap();
    let nothing = AuditFilter::default;
    vec![
        nothing(),
        AuditFilter { actions: vec![Action::IssueKey], ..nothing() },
        AuditFilter { about: vec![About::Owner(owner("environment/1a5"))], ..nothing() },
        AuditFilter { by: vec![By::Principal(owner("account/1a6"))], ..nothing() },
        AuditFilter {
            actions: vec![Action::DeactivateKey, Action::AddMember],
            by: vec![By::Via(Via::Database)],
            ..nothing()
        },
        AuditFilter { until: Some(keys_core::Timestamp::MIN), ..nothing() },
    ]
}

#[test]
fn pages_show_everything_that_is_looked_for_once_in_both_directions() {
    let (house, contexts) = lively();
    for context in &contexts {
        for filter in filters() {
            let reach = context.caller.reach();
            let sought = |event: &AuditEvent| reach.covers(event.owner) && filter.passes(event);
            let naive: Vec<_> = all(&house).into_iter().filter(sought).collect();
            for limit in [1, 3, 50] {
                let page = |place| {
                    let request = AuditRequest { filter: filter.clone(), place, limit };
                    house.authority.find_events(context, &request).unwrap()
                };
                let down = walk(page(AuditPlace::Newest), |found| found.older.map(AuditPlace::Before), page);
                let read: Vec<_> = down.iter().flat_map(|found| found.events.clone()).collect();
                assert_eq!(ids(&read), ids(&naive), "{filter:?}");
                let last = down.last().unwrap().clone();
                let up = walk(last, |found| found.newer.map(AuditPlace::From), page);
                // The newest page is whole, so what is on it may have been on the page before.
                let mut seen: Vec<_> = up.iter().flat_map(|found| ids(&found.events)).collect();
                seen.sort_unstable();
                seen.dedup();
                seen.reverse();
                assert_eq!(seen, ids(&naive), "{filter:?}");
                assert_eq!(up.last().unwrap().events.len(), naive.len().min(limit), "{filter:?}");
            }
        }
    }
}

/// The pages that follow one another until there is no next.
fn walk(
    first: FoundEvents,
    next: impl Fn(&FoundEvents) -> Option<AuditPlace>,
    page: impl Fn(AuditPlace) -> FoundEvents,
) -> Vec<FoundEvents> {
    let mut pages = vec![first];
    while let Some(place) = pages.last().and_then(&next) {
        assert!(pages.len() < 1_000, "pages lead in a circle");
        pages.push(page(place));
    }
    pages
}

#[test]
fn a_page_of_everything_reads_no_more_than_it_shows() {
    let (house, _) = lively();
    for place in [AuditPlace::Newest, AuditPlace::Before("1al20".parse().unwrap())] {
        let request = AuditRequest { place, limit: 5, ..AuditRequest::default() };
        let found = house.authority.find_events(&administrator(), &request).unwrap();
        assert_eq!((found.events.len(), found.rows), (5, 5));
    }
}

#[test]
fn a_page_that_finds_little_stops_at_its_bound_and_says_where_to_go_on() {
    let mut house = House::new();
    let person = house.person("ada");
    for _ in 0..25 {
        house.store.commit((0..1_000).map(|_| switch()).collect()).unwrap();
    }
    let (last, _) = house.store.head().unwrap().audit.unwrap();
    let rest = usize::try_from(last.number()).unwrap() - 20_000;
    let made = AuditFilter { actions: vec![Action::CreateAccount], ..AuditFilter::default() };
    // One looks for little among much, the other has little among much of others.
    for (context, filter, shown) in
        [(administrator(), made, 5), (house.as_person(&person), AuditFilter::default(), 2)]
    {
        let find = |place| {
            let request = AuditRequest { filter: filter.clone(), place, limit: 10 };
            house.authority.find_events(&context, &request).unwrap()
        };
        let pages = walk(find(AuditPlace::Newest), |found| found.older.map(AuditPlace::Before), find);
        let found: Vec<_> = pages.iter().map(|page| (page.events.len(), page.rows)).collect();
        assert_eq!(found, [(0, 10_000), (0, 10_000), (shown, rest)]);
    }
}

/// Something that is done to nobody but the installation.
fn switch() -> Change {
    Change {
        write: Write::PutSetting { name: SettingName::AccessControl, value: "false".into() },
        requires: Vec::new(),
        at: now(),
        origin: keys_core::Origin {
            principal: administrator_account(),
            via: Via::Database,
            client_address: None,
            request_id: "request-1".parse::<RequestId>().unwrap(),
        },
        action: Action::ChangeSetting,
        receipt: None,
    }
}
