//! What is looked for in the audit chain.

use std::net::IpAddr;

use keys_core::{AccountId, Action, AuditEvent, MemberId, Owner, Target, Timestamp, Via};

/// Which audit events are looked for. All that is said must hold; of several things in one list, one must.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// What was done; anything, if the list is empty.
    pub actions: Vec<Action>,
    /// What or whom it was done to; anybody, if the list is empty.
    pub about: Vec<About>,
    /// Who did it; anybody, if the list is empty.
    pub by: Vec<By>,
    /// From this instant on.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

/// What or whom something was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// This and nothing else.
    Target(Target),
    /// A member of an environment, whatever its role was.
    Member(MemberId),
    /// An account or an environment, and all that belongs to it; an account also as a member.
    Owner(Owner),
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// This account or environment, in whatever way.
    Principal(Owner),
    /// Whoever, in this way: by this key, in this session.
    Via(Via),
    /// Whoever, from this address.
    Address(IpAddr),
}

impl AuditFilter {
    /// Whether everything is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an event is one of those that are looked for.
    #[must_use]
    pub fn passes(&self, event: &AuditEvent) -> bool {
        (self.actions.is_empty() || self.actions.contains(&event.action))
            && (self.about.is_empty() || self.about.iter().any(|about| about.is_of(event)))
            && (self.by.is_empty() || self.by.iter().any(|by| by.is_of(event)))
            && self.from.is_none_or(|from| event.at >= from)
            && self.until.is_none_or(|until| event.at < until)
    }
}

impl About {
    fn is_of(self, event: &AuditEvent) -> bool {
        match self {
            Self::Target(target) => event.target == target,
            Self::Member(member) => matches!(event.target, Target::Member(id, ..) if id == member),
            Self::Owner(owner) => {
                event.owner == owner || owner.account().is_some_and(|of| is_member(event, of))
            }
        }
    }
}

fn is_member(event: &AuditEvent, account: AccountId) -> bool {
    matches!(event.target, Target::Member(_, of, _) if of == account)
}

impl By {
    fn is_of(self, event: &AuditEvent) -> bool {
        match self {
            Self::Principal(principal) => event.origin.principal == principal,
            Self::Via(via) => event.origin.via == via,
            Self::Address(address) => event.origin.client_address == Some(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use keys_core::{AuditId, Origin, Revision};

    use super::*;

    /// `1c7` of environment `1a5` is deactivated by `1a7` in a session.
    fn event() -> AuditEvent {
        AuditEvent {
            id: AuditId::FIRST,
            at: "2026-11-23T18:30:00Z".parse().unwrap(),
            origin: Origin {
                principal: "account/1a7".parse().unwrap(),
                via: "session/1s3".parse().unwrap(),
                client_address: Some("203.0.113.7".parse().unwrap()),
                request_id: "r".parse().unwrap(),
            },
            owner: "environment/1a5".parse().unwrap(),
            action: Action::DeactivateKey,
            target: "key/1c7".parse().unwrap(),
            before: None,
            after: Revision::new(1),
        }
    }

    fn passes(change: impl FnOnce(&mut AuditFilter)) -> bool {
        let mut filter = AuditFilter::default();
        change(&mut filter);
        filter.passes(&event())
    }

    #[test]
    fn nothing_said_is_everything() {
        assert!(AuditFilter::default().is_empty());
        assert!(passes(|_| ()));
    }

    #[test]
    fn of_a_list_one_must_hold_and_all_lists_must() {
        let (right, wrong) = (Action::DeactivateKey, Action::DeleteKey);
        assert!(passes(|filter| filter.actions = vec![wrong, right]));
        assert!(!passes(|filter| filter.actions = vec![wrong]));
        let by = |text: &str| By::Principal(text.parse().unwrap());
        assert!(passes(|filter| (filter.actions, filter.by) = (vec![right], vec![by("account/1a7")])));
        assert!(!passes(|filter| (filter.actions, filter.by) = (vec![right], vec![by("account/1a8")])));
        assert!(!passes(|filter| (filter.actions, filter.by) = (vec![wrong], vec![by("account/1a7")])));
    }

    #[test]
    fn what_belongs_to_somebody_is_about_them() {
        let about = |about| passes(|filter| filter.about = vec![about]);
        assert!(about(About::Target("key/1c7".parse().unwrap())));
        assert!(!about(About::Target("key/1c8".parse().unwrap())));
        assert!(!about(About::Target("password/1c7".parse().unwrap())));
        assert!(about(About::Owner("environment/1a5".parse().unwrap())));
        // Who did it is another question.
        assert!(!about(About::Owner("account/1a7".parse().unwrap())));
        assert!(!about(About::Member("1pm1".parse().unwrap())));
        let joined = AuditEvent { target: "member/1pm1/1a9/owner".parse().unwrap(), ..event() };
        let of = |about| AuditFilter { about: vec![about], ..AuditFilter::default() }.passes(&joined);
        assert!(of(About::Owner("account/1a9".parse().unwrap())));
        assert!(of(About::Owner("environment/1a5".parse().unwrap())));
        assert!(of(About::Member("1pm1".parse().unwrap())) && !of(About::Member("1pm2".parse().unwrap())));
    }

    #[test]
    fn who_did_it_is_known_in_three_ways() {
        let by = |by| passes(|filter| filter.by = vec![by]);
        assert!(by(By::Via("session/1s3".parse().unwrap())) && !by(By::Via("session/1s4".parse().unwrap())));
        assert!(by(By::Address("203.0.113.7".parse().unwrap())));
        assert!(!by(By::Address("203.0.113.8".parse().unwrap())));
        assert!(!by(By::Principal("environment/1a5".parse().unwrap())));
    }

    #[test]
    fn a_time_begins_with_its_first_instant_and_ends_before_its_last() {
        let time = |from: &str, until: &str| {
            passes(|filter| (filter.from, filter.until) = (from.parse().ok(), until.parse().ok()))
        };
        assert!(time("2026-11-23T18:30:00Z", "2026-11-23T18:30:00.001Z"));
        assert!(!time("2026-11-23T18:30:00.001Z", "") && !time("", "2026-11-23T18:30:00Z"));
    }
}
