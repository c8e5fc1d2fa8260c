//! The members of all environments, found by id, by environment and by account.

use std::collections::{BTreeMap, BTreeSet};

use keys_core::{AccountId, EnvironmentId, MemberId, MemberRecord};

use super::state::behind;

/// The members. Unlike other rows one can be taken out.
#[derive(Default, Clone)]
pub(super) struct Members {
    rows: BTreeMap<MemberId, MemberRecord>,
    of_environment: BTreeSet<(EnvironmentId, MemberId)>,
    of_account: BTreeMap<(AccountId, EnvironmentId), MemberId>,
}

impl Members {
    /// Puts a member in, or takes one out.
    pub(super) fn put(&mut self, id: MemberId, member: Option<MemberRecord>) {
        if let Some(old) = self.rows.remove(&id) {
            self.of_environment.remove(&(old.environment, id));
            self.of_account.remove(&(old.account, old.environment));
        }
        if let Some(member) = member {
            self.of_environment.insert((member.environment, id));
            self.of_account.insert((member.account, member.environment), id);
            self.rows.insert(id, member);
        }
    }

    pub(super) fn get(&self, id: MemberId) -> Option<&MemberRecord> {
        self.rows.get(&id)
    }

    /// Those behind this one, in order of id.
    pub(super) fn behind(&self, after: Option<MemberId>) -> impl Iterator<Item = &MemberRecord> {
        self.rows.range(behind(after)).map(|(_, member)| member)
    }

    pub(super) fn membership(&self, environment: EnvironmentId, account: AccountId) -> Option<&MemberRecord> {
        self.of_account.get(&(account, environment)).and_then(|id| self.rows.get(id))
    }

    /// Those of an environment, in order of id.
    pub(super) fn of(&self, environment: EnvironmentId) -> impl Iterator<Item = &MemberRecord> {
        let from = (environment, MemberId::FIRST);
        let own = self.of_environment.range(from..).take_while(move |(of, _)| *of == environment);
        own.filter_map(|(_, id)| self.rows.get(id))
    }

    /// What an account is a member of, in order of the environment.
    pub(super) fn of_account(&self, account: AccountId) -> impl Iterator<Item = &MemberRecord> {
        let from = (account, EnvironmentId::FIRST);
        let own = self.of_account.range(from..).take_while(move |((of, _), _)| *of == account);
        own.filter_map(|(_, id)| self.rows.get(id))
    }
}
