//! Reading environments.

use keys_core::{EnvironmentId, EnvironmentRecord, Role};
use keys_store::{BackendError, EnvironmentFilter, EnvironmentQuery, Page};

use crate::authority::Authority;
use crate::context::Context;
use crate::pages::{PageRequest, Reader, TwoWayPage};

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
        let role = context.caller.role_in(id, |account| {
            Ok::<_, BackendError>(self.store.membership(id, account)?.map(|member| member.role))
        })?;
        Ok(role.is_some_and(Role::may_change_environment))
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
