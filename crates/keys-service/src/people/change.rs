//! Editing an account, making it an administrator or no longer one, and moving it through its life.

use keys_core::{
    AccountId, AccountRecord, AccountTransition, Action, MemberRecord, MembersRevision, Owner, Revision,
    Timestamp,
};
use keys_store::{Committed, EndSessions, KeyQuery, PasswordQuery, Reach, Requirement, Write};

use super::{AccountEdit, AccountError};
use crate::authority::{Authority, first};
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::{ATTEMPTS, Patch};

/// The changes that go with the change of an account, in the same commit.
type Beside = Vec<(Action, Write, Vec<Requirement>)>;

/// What becomes of an account: the record as it shall be, what that is called, what must hold, and what goes with it.
struct Decision {
    record: AccountRecord,
    action: Action,
    requires: Option<Requirement>,
    /// What the account is a member of, if that ends with it.
    memberships: Option<MembersRevision>,
    beside: Beside,
}

impl Authority {
    /// Changes name, description, default environment and kind of an account in one step: an administrator of any, a
    /// person the default environment of its own. `expected`: only if it is at this revision. Once this returns `Ok`, no
    /// request that begins afterwards is let in as the administrator that the account was.
    ///
    /// # Errors
    ///
    /// See [`AccountError`].
    pub fn edit_account(
        &self,
        context: &Context,
        id: AccountId,
        edit: AccountEdit,
        expected: Option<Revision>,
    ) -> Result<AccountRecord, AccountError> {
        if !context.caller.administers() && !edit.is_ones_own() {
            return Err(self.hidden_or_forbidden(context, id));
        }
        self.change_account(context, id, expected, |record| {
            let AccountEdit { name, description, default_environment, kind } = edit.clone();
            if let Patch::Set(Some(environment)) = default_environment
                && self.enterable(&record, environment).map_err(StoreFailure::from)?.is_none()
            {
                return Err(AccountError::NotEnterable);
            }
            let parts = record.parts();
            let name = name.apply(parts.name.clone());
            let description = description.apply(parts.description.clone());
            let default_environment = default_environment.apply(parts.default_environment);
            let changed = kind.filter(|kind| *kind != parts.kind);
            let demotes = changed.is_some_and(|kind| !kind.administers());
            let action = match changed {
                None => Action::EditAccount,
                Some(_) if demotes => Action::DemoteAccount,
                Some(_) => Action::PromoteAccount,
            };
            let requires = ends_an_administrator(&record, demotes, context);
            let mut record = record.edit(name, description, default_environment, context.now)?;
            if let Some(kind) = changed {
                record = record.with_kind(kind, context.now)?;
            }
            Ok(Decision { record, action, requires, memberships: None, beside: Vec::new() })
        })
    }

    /// Moves an account to its next state: for administrators. Once this returns `Ok` for a deactivate or a remove, no
    /// request that begins afterwards is let in as the account. Its keys are not touched; its sessions end in the same
    /// transaction, and a removed account is a member of nothing any more and has no password.
    ///
    /// # Errors
    ///
    /// See [`AccountError`].
    pub fn transition_account(
        &self,
        context: &Context,
        id: AccountId,
        transition: AccountTransition,
        expected: Option<Revision>,
    ) -> Result<AccountRecord, AccountError> {
        if !context.caller.administers() {
            return Err(self.hidden_or_forbidden(context, id));
        }
        let action = match transition {
            AccountTransition::Activate => Action::ActivateAccount,
            AccountTransition::Deactivate => Action::DeactivateAccount,
            AccountTransition::Remove => Action::RemoveAccount,
        };
        self.change_account(context, id, expected, |record| {
            let requires = ends_an_administrator(&record, transition.narrows(), context);
            let (memberships, beside) = match transition {
                AccountTransition::Activate => (None, Vec::new()),
                AccountTransition::Deactivate => (None, ends_of_sessions(id)),
                // It is Inactive: its sessions ended then, and none begins meanwhile.
                AccountTransition::Remove => {
                    let memberships = self.memberships_of(id)?;
                    let revision = MembersRevision::of(&memberships);
                    let mut ends = ends_of_memberships(memberships);
                    ends.extend(self.end_of_password(id, context.now)?);
                    (Some(revision), ends)
                }
            };
            let record = record.transition(transition, context.now)?;
            Ok(Decision { record, action, requires, memberships, beside })
        })
    }

    /// Loads, decides, writes with the revision it was read at, and begins again when another was faster.
    fn change_account(
        &self,
        context: &Context,
        id: AccountId,
        expected: Option<Revision>,
        decide: impl Fn(AccountRecord) -> Result<Decision, AccountError>,
    ) -> Result<AccountRecord, AccountError> {
        for _ in 0..ATTEMPTS {
            let record = self.account_within(context, id)?.ok_or(AccountError::NotFound)?;
            let read_at = record.parts().revision;
            if expected.is_some_and(|expected| expected != read_at) {
                self.settle(read_at).map_err(StoreFailure::from)?;
                return Err(AccountError::Conflict { current: read_at });
            }
            let Decision { record, action, requires, memberships, beside: mut changes } = match decide(record)
            {
                Ok(decision) => decision,
                Err(refusal) => {
                    self.settle(read_at).map_err(StoreFailure::from)?;
                    return Err(refusal);
                }
            };
            let last_administrator = requires.is_some();
            // Where it becomes a member meanwhile, it would be one for ever.
            let as_read = memberships.map(|revision| Requirement::MembershipsAre { account: id, revision });
            let requires = requires.into_iter().chain(as_read).collect();
            changes.insert(0, (action, Write::UpdateAccount { record, expected: read_at }, requires));
            match self.change_all(context, None, changes, None).and_then(first) {
                Ok(Committed::Account(record)) => return Ok(record),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                // A membership that ended meanwhile is looked for again, too.
                Err(WriteFailure::Conflict(_) | WriteFailure::NotFound) => {}
                Err(WriteFailure::Unmet) if last_administrator && self.still_administers(context)? => {
                    return Err(AccountError::LastAdministrator);
                }
                // What it is a member of now is looked for again.
                Err(WriteFailure::Unmet) if self.have_changed(id, memberships)? => {}
                Err(WriteFailure::Unmet) => return Err(AccountError::Revoked),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(AccountError::Contended)
    }

    /// All that an account is a member of.
    fn memberships_of(&self, account: AccountId) -> Result<Vec<MemberRecord>, StoreFailure> {
        let mut memberships = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.memberships(account, after, KeyQuery::MAX_LIMIT)?;
            after = page.items.last().map(|member| member.environment);
            memberships.extend(page.items);
            if !page.more {
                return Ok(memberships);
            }
        }
    }

    /// Whether an account is a member of something else than it was, if that was looked at.
    fn have_changed(
        &self,
        account: AccountId,
        memberships: Option<MembersRevision>,
    ) -> Result<bool, StoreFailure> {
        let Some(revision) = memberships else { return Ok(false) };
        Ok(MembersRevision::of(&self.memberships_of(account)?) != revision)
    }

    /// What takes away the password of an account, so that its log-in name is free.
    fn end_of_password(&self, account: AccountId, now: Timestamp) -> Result<Beside, StoreFailure> {
        let query = PasswordQuery { limit: 1, ..PasswordQuery::default() };
        let page = self.store.passwords(Reach::Owner(Owner::Account(account)), &query)?;
        let removals = page.items.into_iter().filter_map(|record| {
            let expected = record.parts().revision;
            let record = record.remove(now)?;
            Some((Action::RemovePassword, Write::UpdatePassword { record, expected }, Vec::new()))
        });
        Ok(removals.collect())
    }

    fn account_within(
        &self,
        context: &Context,
        id: AccountId,
    ) -> Result<Option<AccountRecord>, StoreFailure> {
        if context.caller.reach().covers(Owner::Account(id)) { Ok(self.store.account(id)?) } else { Ok(None) }
    }

    /// Why a caller who does not administer may not change an account: it is its own, or not its to see.
    fn hidden_or_forbidden(&self, context: &Context, id: AccountId) -> AccountError {
        match self.account_within(context, id) {
            Ok(Some(_)) => AccountError::Forbidden,
            Ok(None) => AccountError::NotFound,
            Err(failure) => failure.into(),
        }
    }
}

/// What ends the sessions of an account. Whoever is in one is judged by the account anyway; but one that is activated
/// again must not find somebody still inside.
fn ends_of_sessions(account: AccountId) -> Beside {
    vec![(Action::EndSession, Write::EndSessions(EndSessions::AllOf(account)), Vec::new())]
}

/// What removes an account from every environment.
fn ends_of_memberships(memberships: Vec<MemberRecord>) -> Beside {
    let removals = memberships.into_iter().map(Write::RemoveMember);
    removals.map(|removal| (Action::RemoveMember, removal, Vec::new())).collect()
}

/// What must hold when an account that administers no longer shall.
fn ends_an_administrator(record: &AccountRecord, ends: bool, context: &Context) -> Option<Requirement> {
    let without = record.parts().id;
    (ends && record.administers()).then_some(Requirement::AdministratorRemains { without, now: context.now })
}
