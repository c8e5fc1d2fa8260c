//! Finding people, to name one of them.

use std::collections::BTreeSet;

use keys_core::{AccountId, AccountRecord, AccountState};
use keys_store::{BackendError, KeyQuery, Page, PasswordQuery};

use crate::SearchText;
use crate::authority::Authority;
use crate::context::Context;

/// The most accounts that are looked at for one answer.
const MAX_ROWS: usize = 10_000;
/// How many are read at a time.
const BATCH: usize = 1_000;

/// Whom to find.
#[derive(Debug, Clone, Default)]
pub struct PeopleQuery {
    /// Only those whose name has this in it, or who have it as their id, or whose log-in name has it in it if that is the
    /// caller's to see; everybody without it.
    pub search: Option<SearchText>,
    /// Nobody of these.
    pub except: BTreeSet<AccountId>,
    /// At most this many.
    pub limit: usize,
}

impl Authority {
    /// Active people whom the caller may name as members, in order of id. `more` says that not all are shown; of many
    /// thousand, only the first are looked at.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn find_people(
        &self,
        context: &Context,
        query: &PeopleQuery,
    ) -> Result<Page<AccountRecord>, BackendError> {
        let logged_in_as = match &query.search {
            Some(text) => self.accounts_by_login(context, text)?,
            None => BTreeSet::new(),
        };
        let is_wanted = |record: &AccountRecord| {
            let parts = record.parts();
            let fits = |text: &SearchText| {
                parts.name.as_ref().is_some_and(|name| text.is_in(name.as_str()))
                    || text.is(&parts.id.to_string())
                    || logged_in_as.contains(&parts.id)
            };
            parts.kind.is_person()
                && parts.state == AccountState::Active
                && !query.except.contains(&parts.id)
                && query.search.as_ref().is_none_or(fits)
        };
        let mut found = Page { items: Vec::new(), more: false };
        let (mut after, mut looked_at) = (None, 0_usize);
        loop {
            let page = self.nameable(context, after, BATCH)?;
            after = page.items.last().map(|record| record.parts().id);
            looked_at = looked_at.saturating_add(page.items.len());
            found.items.extend(page.items.into_iter().filter(&is_wanted));
            if found.items.len() > query.limit || !page.more || looked_at >= MAX_ROWS {
                found.more = found.items.len() > query.limit || page.more;
                found.items.truncate(query.limit);
                return Ok(found);
            }
        }
    }

    /// Whose log-in name has this in it, as far as log-in names are the caller's to see: all of them for administrators,
    /// its own for anybody else.
    fn accounts_by_login(
        &self,
        context: &Context,
        text: &SearchText,
    ) -> Result<BTreeSet<AccountId>, BackendError> {
        let query = PasswordQuery { limit: KeyQuery::MAX_LIMIT, ..PasswordQuery::default() };
        let page = self.passwords(context, &query)?;
        let fits = page.items.iter().filter(|record| text.is_in(record.parts().login.as_str()));
        Ok(fits.map(|record| record.parts().account).collect())
    }
}
