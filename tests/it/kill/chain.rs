//! The audit chain: unbroken, and its events are the changes of the journal, no fewer and no others.

use std::collections::BTreeMap;
use std::path::Path;

use keys_core::{Action, AuditEvent, AuditId, AuditLink, link};
use keys_store::{KeyStore, LinkedEvent, OpenMode, StoreUrl};
use keys_tests::server::database_in;

use super::journal::Journal;

/// How many events are read at once.
const PAGE: usize = 1000;

/// The chain of a database, verified up to a place.
pub(super) struct Chain {
    url: StoreUrl,
    last: Option<AuditId>,
    link: AuditLink,
    verified: u64,
}

impl Chain {
    pub(super) fn new(data_dir: &Path) -> Self {
        let url = format!("sqlite:{}", database_in(data_dir).display());
        let url = url.parse().unwrap_or_else(|error| panic!("{url}: {error}"));
        Self { url, last: None, link: AuditLink::GENESIS, verified: 0 }
    }

    pub(super) const fn verified(&self) -> u64 {
        self.verified
    }

    /// Verifies what is new without comparing it with a journal.
    pub(super) fn skip(&mut self) {
        self.follow();
    }

    /// Verifies what is new and compares it with the journal of the changes since.
    pub(super) fn compare(&mut self, journal: &Journal) {
        let mut seen: BTreeMap<(Action, String), u64> = BTreeMap::new();
        for event in self.follow() {
            *seen.entry((event.action, event.target.to_string())).or_default() += 1;
        }
        for (change, count) in journal.changes() {
            let written = seen.remove(change).unwrap_or(0);
            let possible = count.acknowledged..=count.acknowledged + count.unanswered;
            assert!(
                possible.contains(&written),
                "{change:?}: {written} audit events, {possible:?} were asked for"
            );
        }
        // What is left nobody was told of: it can only be keys whose creation was not answered.
        let strays: u64 = seen.values().sum();
        assert!(
            strays <= journal.unanswered_keys() && seen.keys().all(|(action, _)| *action == Action::IssueKey),
            "changes nobody asked for: {seen:?}"
        );
    }

    /// Verifies the whole chain again: nothing that was verified has been changed since.
    pub(super) fn verify_from_the_beginning(&mut self) {
        let (last, head) = (self.last, self.link);
        *self = Self { url: self.url.clone(), last: None, link: AuditLink::GENESIS, verified: 0 };
        self.follow();
        assert_eq!((self.last, self.link), (last, head), "the chain has changed");
    }

    /// The events behind the last one, each checked against the one before.
    fn follow(&mut self) -> Vec<AuditEvent> {
        let store = self.url.open(OpenMode::ReadOnly).unwrap_or_else(|error| panic!("{error}: {error:?}"));
        let mut events = Vec::new();
        loop {
            let page = store.audit(self.last, PAGE).expect("the audit chain can be read");
            let end = page.len() < PAGE;
            for LinkedEvent { event, link: written } in page {
                assert_eq!(link(&self.link, &event), written, "the chain is broken at {event:?}");
                self.last = Some(event.id);
                self.link = written;
                self.verified += 1;
                events.push(event);
            }
            if end {
                return events;
            }
        }
    }
}
