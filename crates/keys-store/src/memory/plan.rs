//! A commit before it happens: its changes, checked one after the other and laid over the state beneath.

use std::collections::{BTreeMap, BTreeSet};

use keys_core::{
    AccessKey, AccountId, AccountRecord, EnvironmentId, EnvironmentRecord, KeyId, KeyRecord, MemberId,
    MemberRecord, NewAccount, NewEnvironment, NewKey, NewMember, NewPassword, NewReceipt, Owner, PepperId,
    Receipt, ReceiptName, Revision, SettingName, Target, Timestamp, Uuid,
};

use super::holds;
use super::log_in::{LogInDelta, LogInPlan, LogInView};
use super::state::{Counters, State};
use crate::batch::Batch;
use crate::error::{BackendError, BackendErrorKind, CommitError, Refusal};
use crate::query::Reach;
use crate::rules::{
    Circumstances, audit_event, loses_its_secret, owner_and_target, update_account, update_environment,
    update_key, update_member,
};
use crate::store::{Change, Committed, LinkedEvent, Setting, Write};

/// What a commit puts into the state: rows that are new or replace the row beneath.
pub(super) struct Delta {
    pub(super) counters: Counters,
    pub(super) accounts: BTreeMap<AccountId, AccountRecord>,
    pub(super) environments: BTreeMap<EnvironmentId, EnvironmentRecord>,
    /// Members as they shall be; those that shall be none are `None`.
    pub(super) members: BTreeMap<MemberId, Option<MemberRecord>>,
    pub(super) uuids: BTreeSet<Uuid>,
    pub(super) keys: BTreeMap<KeyId, KeyRecord>,
    pub(super) settings: BTreeMap<SettingName, Setting>,
    pub(super) peppers: Vec<PepperId>,
    pub(super) audit: Vec<LinkedEvent>,
    pub(super) receipts: BTreeMap<ReceiptName, Receipt>,
    pub(super) log_ins: LogInDelta,
    key_ids: BTreeMap<AccessKey, KeyId>,
    committed: Vec<Committed>,
}

impl Delta {
    fn on(state: &State) -> Self {
        Self {
            counters: state.counters(),
            accounts: BTreeMap::new(),
            environments: BTreeMap::new(),
            members: BTreeMap::new(),
            uuids: BTreeSet::new(),
            keys: BTreeMap::new(),
            settings: BTreeMap::new(),
            peppers: Vec::new(),
            audit: Vec::new(),
            receipts: BTreeMap::new(),
            log_ins: LogInDelta::default(),
            key_ids: BTreeMap::new(),
            committed: Vec::new(),
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.committed.is_empty()
    }

    /// What the listener is to hear, and what the caller is to get.
    pub(super) fn outcome(&self) -> (Batch, Vec<Committed>) {
        let mut batch = Batch::new();
        for committed in &self.committed {
            batch.add(committed);
        }
        (batch, self.committed.clone())
    }
}

/// A commit in the making. Every look-up sees what the changes before it have made.
pub(super) struct Plan<'a> {
    pub(super) base: &'a State,
    pub(super) delta: Delta,
}

/// Why a change cannot be made.
pub(super) enum Stop {
    Refused(Refusal),
    /// A counter is at its end.
    Exhausted,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A row, and the revision of what it replaces.
pub(super) type Written = (Committed, Option<Revision>);

impl<'a> Plan<'a> {
    /// What these changes make of the state, or why one of them cannot be made.
    pub(super) fn of(base: &'a State, changes: Vec<Change>) -> Result<Delta, CommitError> {
        let mut plan = Self { base, delta: Delta::on(base) };
        for (index, change) in changes.into_iter().enumerate() {
            plan.change(change).map_err(|stop| match stop {
                Stop::Refused(refusal) => CommitError::Refused { index, refusal },
                Stop::Exhausted => CommitError::Failed(BackendError::new(BackendErrorKind::Full)),
            })?;
        }
        Ok(plan.delta)
    }

    fn change(&mut self, change: Change) -> Result<(), Stop> {
        let Change { write, requires, at, origin, action, receipt } = change;
        if receipt.as_ref().is_some_and(|receipt| self.has_receipt(&receipt.name)) {
            return Err(Refusal::ReceiptExists.into());
        }
        if !requires.into_iter().all(|requirement| holds::holds(self, requirement)) {
            return Err(Refusal::Unmet.into());
        }
        let revision = self.delta.counters.revision.next();
        let (committed, before) = self.write(write, revision)?;
        let last = self.delta.counters.audit;
        let event = audit_event(last, Circumstances { at, origin, action }, &committed, before, revision)
            .ok_or(Stop::Exhausted)?;
        self.delta.counters.audit = Some((event.event.id, event.link));
        self.delta.counters.revision = revision;
        self.delta.counters.latest = self.delta.counters.latest.max(Some(at));
        self.delta.audit.push(event);
        self.put_receipts(receipt, &committed, at);
        self.delta.committed.push(committed);
        Ok(())
    }

    fn has_receipt(&self, name: &ReceiptName) -> bool {
        self.delta.receipts.contains_key(name) || self.base.receipt(name).is_some()
    }

    /// The receipt of a change, and what the change does to others.
    fn put_receipts(&mut self, receipt: Option<NewReceipt>, committed: &Committed, at: Timestamp) {
        if let Some(receipt) = receipt {
            let (_, made) = owner_and_target(committed);
            self.delta.receipts.insert(receipt.name, receipt.into_receipt(made, at));
        }
        if let Some(made) = loses_its_secret(committed) {
            self.erase_secrets_of(made);
        }
    }

    fn erase_secrets_of(&mut self, made: Target) {
        for receipt in self.base.receipts_with_secret_of(made) {
            self.delta.receipts.entry(receipt.name).or_insert_with(|| receipt.clone());
        }
        for receipt in self.delta.receipts.values_mut().filter(|receipt| receipt.made == made) {
            receipt.secret = None;
        }
    }

    fn write(&mut self, write: Write, revision: Revision) -> Result<Written, Stop> {
        match write {
            Write::InsertAccount(new) => self.insert_account(new, revision),
            Write::UpdateAccount { record, expected } => self.update_account(record, expected, revision),
            Write::InsertEnvironment(new) => self.insert_environment(new, revision),
            Write::UpdateEnvironment { record, expected } => {
                self.update_environment(record, expected, revision)
            }
            Write::InsertMember(new) => self.insert_member(new, revision),
            Write::InsertFounder { environment, account, role, creator, created } => {
                let environment = self.environment_named(&environment).ok_or(Refusal::NotFound)?;
                let new = NewMember { environment, account, role, creator, created };
                self.insert_member(new, revision)
            }
            Write::UpdateMember { record, expected } => self.update_member(&record, expected, revision),
            Write::RemoveMember(record) => self.remove_member(record),
            Write::InsertKey(new) => self.insert_key(new, revision),
            Write::UpdateKey { record, expected } => self.update_key(record, expected, revision),
            Write::PutSetting { name, value } => Ok(self.put_setting(name, value, revision)),
            Write::InsertPepper(pepper) => self.insert_pepper(pepper),
            Write::InsertPassword(new) => {
                self.require_account(new.account)?;
                self.log_ins().insert_password(new, revision)
            }
            Write::InsertFirstPassword { account, login, digest, created } => {
                let account = self.account_with(&account).ok_or(Refusal::NotFound)?;
                self.log_ins().insert_password(NewPassword { account, login, digest, created }, revision)
            }
            Write::UpdatePassword { record, expected } => {
                self.log_ins().update_password(record, expected, revision)
            }
            Write::BeginSession { session, device } => {
                self.require_account(session.account)?;
                self.log_ins().begin_session(session, device, revision)
            }
            Write::EndSessions(which) => self.log_ins().end_sessions(which),
            Write::Unlock(account) => {
                self.require_account(account)?;
                Ok((Committed::Unlocked(account), None))
            }
        }
    }

    fn insert_account(&mut self, new: NewAccount, revision: Revision) -> Result<Written, Stop> {
        self.claim_uuid(&new.uuid)?;
        let id = AccountId::new(next(&mut self.delta.counters.owner)).ok_or(Stop::Exhausted)?;
        let record = new.into_record(id, revision);
        self.delta.accounts.insert(id, record.clone());
        Ok((Committed::Account(record), None))
    }

    fn update_account(
        &mut self,
        record: AccountRecord,
        expected: Revision,
        revision: Revision,
    ) -> Result<Written, Stop> {
        let id = record.parts().id;
        let record = update_account(self.account(id).ok_or(Refusal::NotFound)?, record, expected, revision)?;
        self.delta.accounts.insert(id, record.clone());
        Ok((Committed::Account(record), Some(expected)))
    }

    fn insert_environment(&mut self, new: NewEnvironment, revision: Revision) -> Result<Written, Stop> {
        self.claim_uuid(&new.uuid)?;
        let id = EnvironmentId::new(next(&mut self.delta.counters.owner)).ok_or(Stop::Exhausted)?;
        let record = new.into_record(id, revision);
        self.delta.environments.insert(id, record.clone());
        Ok((Committed::Environment(record), None))
    }

    fn update_environment(
        &mut self,
        record: EnvironmentRecord,
        expected: Revision,
        revision: Revision,
    ) -> Result<Written, Stop> {
        let id = record.parts().id;
        let stored = self.delta.environments.get(&id).or_else(|| self.base.environment(Reach::AllOwners, id));
        let record = update_environment(stored.ok_or(Refusal::NotFound)?, record, expected, revision)?;
        self.delta.environments.insert(id, record.clone());
        Ok((Committed::Environment(record), Some(expected)))
    }

    fn insert_member(&mut self, new: NewMember, revision: Revision) -> Result<Written, Stop> {
        let exist = self.owner_exists(Owner::Environment(new.environment))
            && self.owner_exists(Owner::Account(new.account));
        if !exist {
            return Err(Refusal::NotFound.into());
        }
        if self.membership(new.environment, new.account).is_some() {
            return Err(Refusal::AlreadyExists.into());
        }
        let id = MemberId::new(next(&mut self.delta.counters.member)).ok_or(Stop::Exhausted)?;
        let record = new.into_record(id, revision);
        self.delta.members.insert(id, Some(record));
        Ok((Committed::Member(record), None))
    }

    fn update_member(
        &mut self,
        record: &MemberRecord,
        expected: Revision,
        revision: Revision,
    ) -> Result<Written, Stop> {
        let stored = self.member(record.id).ok_or(Refusal::NotFound)?;
        let record = update_member(&stored, record, expected, revision)?;
        self.delta.members.insert(record.id, Some(record));
        Ok((Committed::Member(record), Some(expected)))
    }

    fn remove_member(&mut self, record: MemberRecord) -> Result<Written, Stop> {
        let stored = self.member(record.id).ok_or(Refusal::NotFound)?;
        let removed = update_member(&stored, &record, record.revision, record.revision)?;
        self.delta.members.insert(record.id, None);
        Ok((Committed::MemberRemoved(removed), Some(record.revision)))
    }

    fn insert_key(&mut self, new: NewKey, revision: Revision) -> Result<Written, Stop> {
        if !self.owner_exists(new.owner) {
            return Err(Refusal::NotFound.into());
        }
        let access_key = new.access_key;
        if self.delta.key_ids.contains_key(&access_key) || self.base.key_named(&access_key).is_some() {
            return Err(Refusal::AlreadyExists.into());
        }
        let id = KeyId::new(next(&mut self.delta.counters.key)).ok_or(Stop::Exhausted)?;
        let record = new.into_record(id, revision);
        self.delta.key_ids.insert(access_key, id);
        self.delta.keys.insert(id, record.clone());
        Ok((Committed::Key(Box::new(record)), None))
    }

    fn update_key(
        &mut self,
        record: KeyRecord,
        expected: Revision,
        revision: Revision,
    ) -> Result<Written, Stop> {
        let id = record.parts().id;
        let stored = self.delta.keys.get(&id).or_else(|| self.base.key(Reach::AllOwners, id));
        let record = update_key(stored.ok_or(Refusal::NotFound)?, record, expected, revision)?;
        self.delta.keys.insert(id, record.clone());
        Ok((Committed::Key(Box::new(record)), Some(expected)))
    }

    fn put_setting(&mut self, name: SettingName, value: Box<str>, revision: Revision) -> Written {
        let setting = Setting { name, value, revision };
        let before = self.delta.settings.insert(name, setting.clone());
        let before = before.as_ref().or_else(|| self.base.setting(name)).map(|before| before.revision);
        (Committed::Setting(setting), before)
    }

    fn insert_pepper(&mut self, pepper: PepperId) -> Result<Written, Stop> {
        if self.delta.peppers.contains(&pepper) || self.base.peppers().contains(&pepper) {
            return Err(Refusal::AlreadyExists.into());
        }
        self.delta.peppers.push(pepper);
        Ok((Committed::Pepper(pepper), None))
    }

    fn environment_named(&self, uuid: &Uuid) -> Option<EnvironmentId> {
        let named = |record: &&EnvironmentRecord| record.parts().uuid == *uuid;
        let planned = self.delta.environments.values().find(named);
        planned.or_else(|| self.base.environment_named(uuid)).map(|record| record.parts().id)
    }

    fn account_with(&self, uuid: &Uuid) -> Option<AccountId> {
        let named = |record: &&AccountRecord| record.parts().uuid == *uuid;
        let planned = self.delta.accounts.values().find(named);
        planned.or_else(|| self.base.account_named(uuid)).map(|record| record.parts().id)
    }

    pub(super) fn account(&self, id: AccountId) -> Option<&AccountRecord> {
        self.delta.accounts.get(&id).or_else(|| self.base.account(id))
    }

    fn member(&self, id: MemberId) -> Option<MemberRecord> {
        match self.delta.members.get(&id) {
            Some(planned) => *planned,
            None => self.base.members().get(id).copied(),
        }
    }

    pub(super) const fn log_ins(&mut self) -> LogInPlan<'_> {
        let Delta { log_ins, counters, .. } = &mut self.delta;
        LogInPlan { base: self.base.log_ins(), delta: log_ins, counters }
    }

    pub(super) const fn log_ins_now(&self) -> LogInView<'_> {
        LogInView { base: self.base.log_ins(), delta: &self.delta.log_ins }
    }

    fn require_account(&self, account: AccountId) -> Result<(), Stop> {
        if self.owner_exists(Owner::Account(account)) { Ok(()) } else { Err(Refusal::NotFound.into()) }
    }

    pub(super) fn membership(&self, environment: EnvironmentId, account: AccountId) -> Option<MemberRecord> {
        self.members_of(environment).find(|member| member.account == account)
    }

    /// The members of an environment as the changes before this one leave them.
    pub(super) fn members_of(&self, environment: EnvironmentId) -> impl Iterator<Item = MemberRecord> {
        let untouched = |member: &&MemberRecord| !self.delta.members.contains_key(&member.id);
        let kept = self.base.members().of(environment).filter(untouched).copied();
        let planned = self.delta.members.values().flatten().copied();
        kept.chain(planned.filter(move |member| member.environment == environment))
    }

    /// What an account is a member of, as the changes before this one leave it.
    pub(super) fn memberships_of(&self, account: AccountId) -> impl Iterator<Item = MemberRecord> {
        let untouched = |member: &&MemberRecord| !self.delta.members.contains_key(&member.id);
        let kept = self.base.members().of_account(account).filter(untouched).copied();
        let planned = self.delta.members.values().flatten().copied();
        kept.chain(planned.filter(move |member| member.account == account))
    }

    fn owner_exists(&self, owner: Owner) -> bool {
        let new = match owner {
            Owner::Account(id) => self.delta.accounts.contains_key(&id),
            Owner::Environment(id) => self.delta.environments.contains_key(&id),
        };
        new || self.base.owner(owner).is_some()
    }

    fn claim_uuid(&mut self, uuid: &Uuid) -> Result<(), Stop> {
        if self.base.knows_uuid(uuid) || !self.delta.uuids.insert(uuid.clone()) {
            return Err(Refusal::AlreadyExists.into());
        }
        Ok(())
    }
}

/// The next number of a counter.
pub(super) const fn next(counter: &mut u64) -> u64 {
    *counter = counter.saturating_add(1);
    *counter
}
