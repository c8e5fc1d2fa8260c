//! Reading environments.

use keys_core::{EnvironmentId, EnvironmentRecord, LifecycleState, Owner, Role};
use keys_store::{
    BackendError, EnvironmentFilter, EnvironmentQuery, KeyFilter, KeyOrder, KeyQuery, Page, Reach,
    StateFilter,
};

use crate::authority::Authority;
use crate::context::Context;
use crate::pages::{PageRequest, Reader, TwoWayPage};

/// How many there are, as far as they were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// So many.
    pub number: usize,
    /// Whether there are more.
    pub more: bool,
}

impl Authority {
    /// An environment within the caller's reach, removed ones included.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn environment(
        &self,
        context: &Context,
        id: EnvironmentId,
    ) -> Result<Option<EnvironmentRecord>, BackendError> {
        let record = self.store.environment(context.caller.reach(), id)?;
        if let Some(record) = &record {
            self.settle(record.parts().revision)?;
        }
        Ok(record)
    }

    /// Whether the caller may edit, move and remove an environment that it sees, and set its members.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn may_change_environment(&self, context: &Context, id: EnvironmentId) -> Result<bool, BackendError> {
        Ok(self.role_in(context, id)?.is_some_and(Role::may_change_environment))
    }

    /// The role the caller has in an environment from where it stands, as the store says now, whatever the environment's
    /// state: an administrator is an owner of any.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn role_in(&self, context: &Context, id: EnvironmentId) -> Result<Option<Role>, BackendError> {
        context
            .caller
            .role_in(id, |account| Ok(self.store.membership(id, account)?.map(|member| member.role)))
    }

    /// How many keys of an environment are Active, whatever its own state: what somebody should know who is about to
    /// deactivate or remove it. Counted up to `most`; `None` for who may not do that.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn active_keys(
        &self,
        context: &Context,
        id: EnvironmentId,
        most: usize,
    ) -> Result<Option<Counted>, BackendError> {
        if !self.may_change_environment(context, id)? {
            return Ok(None);
        }
        let filter = KeyFilter { state: StateFilter::Is(LifecycleState::Active), ..KeyFilter::default() };
        // In this order the Active ones stand together, and nothing else is read.
        let query = KeyQuery { order: KeyOrder::State, filter, limit: most, ..KeyQuery::default() };
        let page = self.store.keys(Reach::Owner(Owner::Environment(id)), &query)?;
        self.settle_all()?;
        Ok(Some(Counted { number: page.items.len(), more: page.more }))
    }

    /// One page of the environments within the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn environments(
        &self,
        context: &Context,
        query: &EnvironmentQuery,
    ) -> Result<Page<EnvironmentRecord>, BackendError> {
        let page = self.store.environments(context.caller.reach(), query)?;
        // An environment that a list no longer shows was removed: that too is something told.
        self.settle_all()?;
        Ok(page)
    }

    /// A page of the environments within the caller's reach that leads both ways, and shows what is searched for.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn environment_page(
        &self,
        context: &Context,
        filter: EnvironmentFilter,
        request: &PageRequest<EnvironmentRecord>,
    ) -> Result<TwoWayPage<EnvironmentRecord>, BackendError> {
        let read = |direction, after, limit| {
            let query = EnvironmentQuery { order: request.order, direction, filter, after, limit };
            self.store.environments(context.caller.reach(), &query)
        };
        let found =
            request.search.as_ref().map(|text| |record: &EnvironmentRecord| text.finds_environment(record));
        let page = Reader::new(request, read, found).page()?;
        self.settle_all()?;
        Ok(page)
    }
}
