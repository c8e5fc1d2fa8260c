//! What was done, as it is looked for.

use keys_core::{AccountId, Action, KeyId, Timestamp};

use crate::model::{Event, EventVia};

/// What is looked for. What is `None` does not matter; all that is said must hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventFilter {
    /// What was done to this key.
    pub(crate) key: Option<KeyId>,
    /// What was done to this account or environment, and to what belongs to it.
    pub(crate) owner: Option<AccountId>,
    /// What was done as this account or environment.
    pub(crate) by: Option<AccountId>,
    /// What was done with this key.
    pub(crate) with: Option<KeyId>,
    /// Only this.
    pub(crate) action: Option<Action>,
    /// From this second on.
    pub(crate) since: Option<Timestamp>,
    /// Before this second.
    pub(crate) until: Option<Timestamp>,
}

impl EventFilter {
    /// Whether an event is one of those that are looked for. Times are compared by the second, as servers do.
    pub(super) fn passes(&self, event: &Event) -> bool {
        let second = |at: Timestamp| at.as_millis().div_euclid(1_000);
        self.key.is_none_or(|key| event.target == format!("key/{key}"))
            && self.owner.is_none_or(|owner| event.owner == owner.to_string())
            && self.by.is_none_or(|by| event.by == by.to_string())
            && self.with.is_none_or(|key| {
                event.via == EventVia::Key && event.credential.as_deref() == Some(&*key.to_string())
            })
            && self.action.is_none_or(|action| event.action == action.as_str())
            && self.since.is_none_or(|since| second(event.at) >= second(since))
            && self.until.is_none_or(|until| second(event.at) < second(until))
    }
}
