//! Which keys are meant, when they are named by what they are and not one by one.

use keys_core::{AccountId, EnvironmentId, KeyId, KeyRecord, LifecycleState, Owner, Timestamp};
use keys_store::{BackendError, Cursor, KeyFilter, KeyQuery, KeyStore, Reach, SortValue, StateFilter};

use crate::authority::Authority;
use crate::context::Context;
use crate::pages::{BATCH, MAX_ROWS};
use crate::search::SearchText;

/// Which keys are looked for. All that is said must hold; deleted keys are none.
///
/// Accounts and environments share one counter and one spelling, so that an id names an owner or a creator of either kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyMatch {
    /// Those that belong to this account or environment.
    pub owner: Option<AccountId>,
    /// Those that were made as this account or environment, by whichever of its keys.
    pub creator: Option<AccountId>,
    /// Those in this state.
    pub state: Option<LifecycleState>,
    /// Those that were made at this instant or later.
    pub created_from: Option<Timestamp>,
    /// Those that were made before this instant.
    pub created_before: Option<Timestamp>,
    /// Those that expire before this instant, or have.
    pub expires_before: Option<Timestamp>,
    /// Those in whose name this is.
    pub name: Option<SearchText>,
}

/// Some of the keys that were looked for.
#[derive(Debug, Clone)]
pub struct MatchingKeys {
    /// They, in order of id.
    pub items: Vec<KeyRecord>,
    /// Behind which key more may be found; `None` at the end. There may be a next although nothing was found so far.
    pub next: Option<KeyId>,
}

impl KeyMatch {
    /// Whether this is one of them.
    #[must_use]
    pub fn passes(&self, record: &KeyRecord) -> bool {
        let parts = record.parts();
        let is = |wanted: Option<AccountId>, owner: Owner| {
            wanted.is_none_or(|wanted| wanted.number() == owner.number())
        };
        let expires_before =
            |before: Timestamp| parts.expires_at.is_some_and(|expires_at| expires_at < before);
        let is_named = |text: &SearchText| parts.name.as_ref().is_some_and(|name| text.is_in(name.as_str()));
        self.states().shows(parts.lifecycle.state())
            && is(self.owner, parts.owner)
            && is(self.creator, parts.creator.principal)
            && self.created_from.is_none_or(|from| parts.created >= from)
            && self.created_before.is_none_or(|before| parts.created < before)
            && self.expires_before.is_none_or(expires_before)
            && self.name.as_ref().is_none_or(is_named)
            && parts.lifecycle.state() != LifecycleState::Deleted
    }

    /// Finds them within a reach, behind a key: so many at once as are moved at once, of at most 10,000 that are read.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn find(
        &self,
        store: &dyn KeyStore,
        reach: Reach,
        after: Option<KeyId>,
    ) -> Result<MatchingKeys, BackendError> {
        let mut found = MatchingKeys { items: Vec::new(), next: None };
        let Some(reach) = self.narrowed(store, reach)? else { return Ok(found) };
        let filter = KeyFilter { state: self.states(), ..KeyFilter::default() };
        let mut query = KeyQuery { filter, limit: BATCH, after: after.map(behind), ..KeyQuery::default() };
        let mut rows = 0;
        loop {
            let page = store.keys(reach, &query)?;
            rows += page.items.len();
            let mut left = page.items.into_iter();
            while found.items.len() < Authority::MOST_AT_ONCE
                && let Some(record) = left.next()
            {
                found.next = Some(record.parts().id);
                if self.passes(&record) {
                    found.items.push(record);
                }
            }
            if !page.more && left.len() == 0 {
                return Ok(MatchingKeys { next: None, ..found });
            }
            if rows >= MAX_ROWS || found.items.len() >= Authority::MOST_AT_ONCE {
                return Ok(found);
            }
            query.after = found.next.map(behind);
        }
    }

    const fn states(&self) -> StateFilter {
        match self.state {
            Some(state) => StateFilter::Is(state),
            None => StateFilter::Present,
        }
    }

    /// The reach as far as the owner goes that is looked for; `None` when that is nowhere.
    fn narrowed(&self, store: &dyn KeyStore, reach: Reach) -> Result<Option<Reach>, BackendError> {
        let Some(id) = self.owner else { return Ok(Some(reach)) };
        let environment = match EnvironmentId::new(id.number()) {
            Some(environment) => store.environment(Reach::AllOwners, environment)?.map(|_| environment),
            None => None,
        };
        let owner = environment.map_or(Owner::Account(id), Owner::Environment);
        Ok(reach.covers(owner).then_some(Reach::Owner(owner)))
    }
}

fn behind(id: KeyId) -> Cursor<KeyId> {
    Cursor { value: SortValue::Id, id }
}

impl Authority {
    /// The keys within the caller's reach that are looked for: see [`KeyMatch::find`].
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn matching_keys(
        &self,
        context: &Context,
        wanted: &KeyMatch,
        after: Option<KeyId>,
    ) -> Result<MatchingKeys, BackendError> {
        let found = wanted.find(&*self.store, context.caller.reach(), after)?;
        // A key that is not found in a state has left it: that too is something told.
        self.settle_all()?;
        Ok(found)
    }
}
