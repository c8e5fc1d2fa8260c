//! What was done, out of the audit chain of a database.

use keys_core::{AuditEvent, AuditId, Target, Via};

use super::failures::backend_failed;
use super::{Local, PAGE};
use crate::authority::EventFilter;
use crate::exit::Failure;
use crate::model::{Event, EventVia};

impl Local {
    /// The newest events that are looked for, the newest first: a page of the chain after the other, backwards.
    pub(super) fn find_events(&self, filter: &EventFilter, most: usize) -> Result<Vec<Event>, Failure> {
        let mut found = Vec::new();
        let head = self.store.head().map_err(backend_failed)?;
        let mut top = head.audit.map_or(0, |(last, _)| last.number());
        while top > 0 {
            // Events are numbered without gaps.
            let length = top.min(PAGE as u64);
            let behind = AuditId::new(top - length);
            let page = self.store.audit(behind, PAGE).map_err(backend_failed)?;
            let page = page.into_iter().map(|linked| linked.event).filter(|event| event.id.number() <= top);
            let mut page: Vec<_> = page.map(event_of).filter(|event| filter.passes(event)).collect();
            page.reverse();
            found.append(&mut page);
            if found.len() >= most {
                break;
            }
            top -= length;
        }
        found.truncate(most);
        Ok(found)
    }
}

fn event_of(event: AuditEvent) -> Event {
    let origin = event.origin;
    let (via, credential) = match origin.via {
        Via::Key(key) => (EventVia::Key, Some(key.to_string())),
        Via::Password(password) => (EventVia::LogIn, Some(password.to_string())),
        Via::Session(_) => (EventVia::Session, None),
        Via::OpenAccess | Via::SetUp | Via::Database => (EventVia::NoCredential, None),
        Via::System | _ => (EventVia::System, None),
    };
    let (target, note) = match event.target {
        Target::Member(id, account, role) => {
            (format!("member/{id}"), Some(format!("account {account}, {role}")))
        }
        of @ (Target::Key(_)
        | Target::Environment(_)
        | Target::Account(_)
        | Target::Password(_)
        | Target::Session(_)
        | Target::Sessions
        | Target::Setting(_)
        | Target::Pepper(_)
        | _) => (of.to_string(), None),
    };
    // Accounts and environments share one counter and one spelling.
    let named = |owner: keys_core::Owner| format!("1a{}", owner.number());
    Event {
        id: event.id,
        at: event.at,
        action: event.action.as_str().to_owned(),
        target,
        note,
        owner: named(event.owner),
        by: named(origin.principal),
        via,
        credential,
        address: origin.client_address.map(|address| address.to_string()),
        request: origin.request_id.to_string(),
    }
}
