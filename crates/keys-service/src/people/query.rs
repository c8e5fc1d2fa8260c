//! Reading accounts, and what people made.

use std::collections::{BTreeMap, BTreeSet};

use keys_core::{
    AccountId, AccountRecord, Creator, EnvironmentId, EnvironmentRecord, EnvironmentState, KeyId, KeyRecord,
    LifecycleState, Owner, OwnerStanding,
};
use keys_store::{BackendError, Cursor, EnvironmentQuery, KeyQuery, Page, Reach};

use crate::authority::Authority;
use crate::context::Context;

impl Authority {
    /// An account within the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn account(&self, context: &Context, id: AccountId) -> Result<Option<AccountRecord>, BackendError> {
        if !context.caller.reach().covers(Owner::Account(id)) {
            return Ok(None);
        }
        let record = self.store.account(id)?;
        if let Some(record) = &record {
            self.settle(record.parts().revision)?;
        }
        Ok(record)
    }

    /// Up to `limit` accounts within the caller's reach behind `after`, in order of id: all of them for the
    /// administrator, its own for anybody else, none for an environment.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn accounts(
        &self,
        context: &Context,
        after: Option<AccountId>,
        limit: usize,
    ) -> Result<Page<AccountRecord>, BackendError> {
        if context.caller.administers() {
            let page = self.store.accounts(after, limit)?;
            self.settle_all()?;
            return Ok(page);
        }
        let own = context.caller.effective().account().filter(|own| after.is_none_or(|after| *own > after));
        let own = own.map(|own| self.account(context, own)).transpose()?.flatten();
        Ok(Page { items: own.into_iter().take(limit).collect(), more: false })
    }

    /// Up to `limit` accounts behind `after`, in order of id, that the caller may name as members: those of Active people
    /// are among them. All of them for whoever may set members somewhere; its own for anybody else.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn nameable(
        &self,
        context: &Context,
        after: Option<AccountId>,
        limit: usize,
    ) -> Result<Page<AccountRecord>, BackendError> {
        if context.caller.may_name_people() {
            let page = self.store.accounts(after, limit)?;
            self.settle_all()?;
            return Ok(page);
        }
        self.accounts(context, after, limit)
    }

    /// An account that the caller may name as a member, as [`nameable`](Self::nameable).
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn nameable_account(
        &self,
        context: &Context,
        id: AccountId,
    ) -> Result<Option<AccountRecord>, BackendError> {
        if context.caller.may_name_people() {
            let record = self.store.account(id)?;
            self.settle_all()?;
            return Ok(record);
        }
        self.account(context, id)
    }

    /// Where a person begins: the default environment of its account, as long as it may enter it. What was taken away is
    /// not shown, and comes back with the right.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn default_environment(&self, record: &AccountRecord) -> Result<Option<EnvironmentId>, BackendError> {
        match record.parts().default_environment {
            Some(environment) => self.enterable(record, environment),
            None => Ok(None),
        }
    }

    /// Up to `limit` Active environments that a person may enter, in order of id: those to choose a default one among.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn enterable_by(
        &self,
        context: &Context,
        id: AccountId,
        limit: usize,
    ) -> Result<Vec<EnvironmentRecord>, BackendError> {
        let Some(record) = self.account(context, id)? else { return Ok(Vec::new()) };
        let reach = if record.administers() { Reach::AllOwners } else { Reach::Owner(Owner::Account(id)) };
        let mut query = EnvironmentQuery { limit, ..EnvironmentQuery::default() };
        let mut found = Vec::new();
        loop {
            let page = self.store.environments(reach, &query)?;
            query.after = page.items.last().map(|record| Cursor::of(record, query.order));
            let active =
                page.items.into_iter().filter(|record| record.parts().state == EnvironmentState::Active);
            found.extend(active);
            if !page.more || found.len() >= limit {
                break;
            }
        }
        self.settle_all()?;
        found.truncate(limit);
        Ok(found)
    }

    /// The environment, if it is Active and the person may enter it.
    pub(crate) fn enterable(
        &self,
        record: &AccountRecord,
        environment: EnvironmentId,
    ) -> Result<Option<EnvironmentId>, BackendError> {
        let owner = self.index.owner(&*self.store, Owner::Environment(environment))?;
        let is_active = owner.is_some_and(|row| row.standing == OwnerStanding::Active);
        let may = record.parts().kind.administers()
            || self.store.membership(environment, record.parts().id)?.is_some();
        Ok((is_active && may).then_some(environment))
    }

    /// The keys that a person made and that are not deleted, whomever they belong to, in order of id; those that these
    /// keys made, too, and so on. They stay as they are when the account is deactivated: whoever does that decides.
    /// For administrators, because they belong to whomever. `None` when there is no such account, and for everybody else.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn keys_made_by(
        &self,
        context: &Context,
        id: AccountId,
    ) -> Result<Option<Page<KeyRecord>>, BackendError> {
        if !context.caller.administers() || self.account(context, id)?.is_none() {
            return Ok(None);
        }
        let mut made = BTreeMap::new();
        let mut makers = vec![Creator { principal: Owner::Account(id), key: None }];
        let mut asked = BTreeSet::new();
        while let Some(maker) = makers.pop() {
            for record in self.all_made_by(maker)? {
                let parts = record.parts();
                // What a key of the account made was made as the account, and is found by that.
                if parts.owner != Owner::Account(id) && asked.insert(parts.id) {
                    makers.push(Creator { principal: parts.owner, key: Some(parts.id) });
                }
                made.insert(parts.id, record);
            }
            if made.len() > KeyQuery::MAX_LIMIT {
                break;
            }
        }
        self.settle_all()?;
        let mut items: Vec<_> = made
            .into_values()
            .filter(|record: &KeyRecord| record.parts().lifecycle.state() != LifecycleState::Deleted)
            .collect();
        let more = items.len() > KeyQuery::MAX_LIMIT;
        items.truncate(KeyQuery::MAX_LIMIT);
        Ok(Some(Page { items, more }))
    }

    fn all_made_by(&self, maker: Creator) -> Result<Vec<KeyRecord>, BackendError> {
        let mut made = Vec::new();
        let mut after: Option<KeyId> = None;
        loop {
            let page = self.store.keys_made_by(maker, after, KeyQuery::MAX_LIMIT)?;
            after = page.items.last().map(|record| record.parts().id);
            made.extend(page.items);
            if !page.more || made.len() > KeyQuery::MAX_LIMIT {
                return Ok(made);
            }
        }
    }
}
