//! What a store in memory holds, and how it is read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use keys_core::{
    AccessKey, AccountId, AccountRecord, AuditId, AuditLink, Creator, EnvironmentId, EnvironmentRecord,
    KeyId, KeyRecord, MemberId, MemberRecord, Owner, OwnerRow, PepperId, Receipt, ReceiptName, ReceiptSweep,
    Revision, SettingName, Target, Timestamp, Uuid, VerificationRow,
};

use super::index::{Index, KeyIndex};
use super::log_in::{LogInDelta, LogIns};
use super::members::Members;
use super::plan::Delta;
use crate::cursor::Cursor;
use crate::query::{EnvironmentQuery, KeyQuery, Page, Reach};
use crate::rules::{account_row, environment_row, shows_to_member};
use crate::store::{Head, LinkedEvent, MOST_SWEPT, Setting};

/// Everything. Rows are only ever added or replaced; nothing but members, receipts, sessions and devices is taken out.
#[derive(Default, Clone)]
pub(super) struct State {
    counters: Counters,
    accounts: BTreeMap<AccountId, AccountRecord>,
    environments: BTreeMap<EnvironmentId, EnvironmentRecord>,
    environment_index: Index<EnvironmentRecord>,
    members: Members,
    uuids: BTreeSet<Uuid>,
    keys: BTreeMap<KeyId, KeyRecord>,
    key_ids: HashMap<AccessKey, KeyId>,
    key_index: KeyIndex,
    settings: BTreeMap<SettingName, Setting>,
    peppers: Vec<PepperId>,
    audit: Vec<LinkedEvent>,
    receipts: BTreeMap<ReceiptName, Receipt>,
    /// The receipts that hold a secret, by what they are about.
    with_secret: BTreeMap<Target, BTreeSet<ReceiptName>>,
    log_ins: LogIns,
}

/// The numbers a store goes by.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counters {
    /// The revision of the whole store.
    pub(super) revision: Revision,
    /// The last number given to an account or environment.
    pub(super) owner: u64,
    /// The last number given to a key or a password.
    pub(super) key: u64,
    /// The last number given to a member.
    pub(super) member: u64,
    /// The last number given to a session.
    pub(super) session: u64,
    /// The end of the audit chain.
    pub(super) audit: Option<(AuditId, AuditLink)>,
    /// The latest time of any change.
    pub(super) latest: Option<Timestamp>,
}

/// The receipts that are to be dropped, and those whose secret is to be erased.
pub(super) struct Due {
    dropped: BTreeSet<ReceiptName>,
    erased: BTreeSet<ReceiptName>,
}

impl Due {
    pub(super) fn is_empty(&self) -> bool {
        self.dropped.is_empty() && self.erased.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.dropped.len() + self.erased.len()
    }
}

impl State {
    /// Puts a plan's rows in. Cannot fail: the plan was checked against this state.
    pub(super) fn put(&mut self, delta: Delta) {
        let Delta {
            counters,
            accounts,
            environments,
            members,
            uuids,
            keys,
            settings,
            peppers,
            audit,
            receipts,
            log_ins,
            ..
        } = delta;
        self.counters = counters;
        self.accounts.extend(accounts);
        for record in environments.into_values() {
            self.put_environment(record);
        }
        for (id, member) in members {
            self.members.put(id, member);
        }
        self.uuids.extend(uuids);
        for record in keys.into_values() {
            self.put_key(record);
        }
        self.settings.extend(settings);
        self.peppers.extend(peppers);
        self.audit.extend(audit);
        for receipt in receipts.into_values() {
            self.put_receipt(receipt);
        }
        self.log_ins.put(log_ins);
    }

    fn put_receipt(&mut self, receipt: Receipt) {
        if receipt.secret.is_some() {
            self.with_secret.entry(receipt.made).or_default().insert(receipt.name);
        } else {
            self.holds_no_secret(&receipt);
        }
        self.receipts.insert(receipt.name, receipt);
    }

    fn holds_no_secret(&mut self, receipt: &Receipt) {
        if let Some(names) = self.with_secret.get_mut(&receipt.made) {
            names.remove(&receipt.name);
            if names.is_empty() {
                self.with_secret.remove(&receipt.made);
            }
        }
    }

    pub(super) fn receipt(&self, name: &ReceiptName) -> Option<&Receipt> {
        self.receipts.get(name)
    }

    /// The receipts that hold the secret of one thing.
    pub(super) fn receipts_with_secret_of(&self, made: Target) -> impl Iterator<Item = &Receipt> {
        let names = self.with_secret.get(&made).into_iter().flatten();
        names.filter_map(|name| self.receipts.get(name))
    }

    pub(super) fn erase_receipt_secret(&mut self, name: &ReceiptName) {
        if let Some(receipt) = self.receipts.get(name).cloned() {
            self.put_receipt(Receipt { secret: None, ..receipt });
        }
    }

    /// What of the receipts is past its time.
    pub(super) fn due(&self, sweep: &ReceiptSweep) -> Due {
        let oldest = |is_due: &dyn Fn(&Receipt) -> bool| {
            let mut due: Vec<_> = self.receipts.values().filter(|receipt| is_due(receipt)).collect();
            due.sort_by_key(|receipt| receipt.at);
            due.iter().take(MOST_SWEPT).map(|receipt| receipt.name).collect::<BTreeSet<_>>()
        };
        let dropped = oldest(&|receipt| receipt.at < sweep.receipts_before);
        let erased = oldest(&|receipt| {
            let due = receipt.secret.is_some() && receipt.at < sweep.secrets_before;
            due && !dropped.contains(&receipt.name)
        });
        Due { dropped, erased }
    }

    pub(super) fn sweep(&mut self, due: Due) {
        for name in due.erased {
            self.erase_receipt_secret(&name);
        }
        for name in due.dropped {
            if let Some(receipt) = self.receipts.remove(&name) {
                self.holds_no_secret(&receipt);
            }
        }
    }

    pub(super) fn put_log_ins(&mut self, delta: LogInDelta) {
        self.log_ins.put(delta);
    }

    pub(super) const fn log_ins(&self) -> &LogIns {
        &self.log_ins
    }

    pub(super) fn put_key(&mut self, record: KeyRecord) {
        self.index_key(&record);
        self.key_ids.insert(record.parts().access_key, record.parts().id);
        self.keys.insert(record.parts().id, record);
    }

    fn put_environment(&mut self, record: EnvironmentRecord) {
        if let Some(old) = self.environments.get(&record.parts().id) {
            self.environment_index.remove(old);
        }
        self.environment_index.insert(&record);
        self.environments.insert(record.parts().id, record);
    }

    fn index_key(&mut self, record: &KeyRecord) {
        if let Some(old) = self.keys.get(&record.parts().id) {
            self.key_index.remove(old);
        }
        self.key_index.insert(record);
    }

    pub(super) const fn counters(&self) -> Counters {
        self.counters
    }

    pub(super) const fn revision(&self) -> Revision {
        self.counters.revision
    }

    pub(super) const fn head(&self) -> Head {
        let Counters { revision, audit, latest, .. } = self.counters;
        Head { revision, audit, latest }
    }

    pub(super) fn knows_uuid(&self, uuid: &Uuid) -> bool {
        self.uuids.contains(uuid)
    }

    pub(super) fn environment_named(&self, uuid: &Uuid) -> Option<&EnvironmentRecord> {
        // Asked for an environment that the same commit makes, which is in its plan; so hardly ever here.
        self.environments.values().find(|record| record.parts().uuid == *uuid)
    }

    pub(super) fn account_named(&self, uuid: &Uuid) -> Option<&AccountRecord> {
        // As above.
        self.accounts.values().find(|record| record.parts().uuid == *uuid)
    }

    pub(super) fn key_named(&self, access_key: &AccessKey) -> Option<&KeyRecord> {
        self.key_ids.get(access_key).and_then(|id| self.keys.get(id))
    }

    pub(super) fn key(&self, reach: Reach, id: KeyId) -> Option<&KeyRecord> {
        self.keys.get(&id).filter(|record| reach.covers(record.parts().owner))
    }

    /// All keys of an owner, deleted ones included, in order of id.
    pub(super) fn keys_of(&self, owner: Owner) -> impl Iterator<Item = &KeyRecord> {
        let KeyQuery { order, direction, .. } = KeyQuery::default();
        self.key_index.walk(Reach::Owner(owner), order, direction, None).filter_map(|id| self.keys.get(&id))
    }

    pub(super) fn keys(&self, reach: Reach, query: &KeyQuery) -> Page<KeyRecord> {
        let KeyQuery { order, direction, filter, after, limit } = query;
        if after.as_ref().is_some_and(|after| !after.fits(*order)) {
            return Page { items: Vec::new(), more: false };
        }
        let shown = |record: &&KeyRecord| filter.shows(record);
        // An id or an access key names one key at most, so there is nothing to walk.
        let named = filter.id.or_else(|| Some(self.key_named(&filter.access_key?)?.parts().id));
        if named.is_some() || filter.access_key.is_some() {
            let behind = |record: &&KeyRecord| {
                after.as_ref().is_none_or(|after| Cursor::of(*record, *order).is_behind(after, *direction))
            };
            let one = named.and_then(|id| self.key(reach, id));
            return page(one.into_iter().filter(shown).filter(behind), *limit);
        }
        let walk = self.key_index.walk(reach, *order, *direction, after.as_ref());
        page(walk.filter_map(|id| self.keys.get(&id)).filter(shown), *limit)
    }

    /// The verification rows of keys that are not deleted.
    pub(super) fn live_keys(&self, after: Option<KeyId>, limit: usize) -> Vec<(AccessKey, VerificationRow)> {
        self.keys
            .range(behind(after))
            .map(|(_, record)| record)
            .filter(|record| record.parts().lifecycle.secret().is_some())
            .map(|record| (record.parts().access_key, record.verification_row()))
            .take(limit.min(KeyQuery::MAX_LIMIT))
            .collect()
    }

    pub(super) fn owner(&self, owner: Owner) -> Option<OwnerRow> {
        match owner {
            Owner::Account(id) => self.accounts.get(&id).map(account_row),
            Owner::Environment(id) => self.environments.get(&id).map(environment_row),
        }
    }

    pub(super) fn environment(&self, reach: Reach, id: EnvironmentId) -> Option<&EnvironmentRecord> {
        self.environments.get(&id).filter(|record| self.shows(reach, record))
    }

    pub(super) fn environments(&self, reach: Reach, query: &EnvironmentQuery) -> Page<EnvironmentRecord> {
        let EnvironmentQuery { order, direction, filter, after, limit } = query;
        let Some(filter) = filter.within(reach) else { return Page { items: Vec::new(), more: false } };
        if after.as_ref().is_some_and(|after| !after.fits(*order)) {
            return Page { items: Vec::new(), more: false };
        }
        let shown = |record: &&EnvironmentRecord| filter.shows(record) && self.shows(reach, record);
        if let Some(id) = filter.id {
            let behind = |record: &&EnvironmentRecord| {
                after.as_ref().is_none_or(|after| Cursor::of(*record, *order).is_behind(after, *direction))
            };
            return page(self.environments.get(&id).into_iter().filter(shown).filter(behind), *limit);
        }
        let walk = self.environment_index.walk(*order, *direction, after.as_ref());
        page(walk.filter_map(|id| self.environments.get(&id)).filter(shown), *limit)
    }

    /// Whether an environment is within reach.
    fn shows(&self, reach: Reach, record: &EnvironmentRecord) -> bool {
        let id = record.parts().id;
        match reach {
            Reach::AllOwners => true,
            Reach::Owner(Owner::Environment(own)) => own == id,
            Reach::Owner(Owner::Account(account)) => self
                .members
                .membership(id, account)
                .is_some_and(|member| shows_to_member(record.parts().state, member.role)),
        }
    }

    pub(super) const fn members(&self) -> &Members {
        &self.members
    }

    /// Whether a member is within reach: an environment reaches its members, an account those of the environments
    /// that are shown to it.
    fn shows_member(&self, reach: Reach, member: &MemberRecord) -> bool {
        self.environment(reach, member.environment).is_some()
    }

    pub(super) fn member(&self, reach: Reach, id: MemberId) -> Option<&MemberRecord> {
        self.members.get(id).filter(|member| self.shows_member(reach, member))
    }

    pub(super) fn members_within(
        &self,
        reach: Reach,
        after: Option<MemberId>,
        limit: usize,
    ) -> Page<MemberRecord> {
        page(self.members.behind(after).filter(|member| self.shows_member(reach, member)), limit)
    }

    pub(super) fn memberships(
        &self,
        account: AccountId,
        after: Option<EnvironmentId>,
        limit: usize,
    ) -> Page<MemberRecord> {
        let own = self.members.of_account(account);
        page(own.filter(|member| after.is_none_or(|after| member.environment > after)), limit)
    }

    pub(super) const fn all_accounts(&self) -> &BTreeMap<AccountId, AccountRecord> {
        &self.accounts
    }

    pub(super) fn keys_made_by(
        &self,
        creator: Creator,
        after: Option<KeyId>,
        limit: usize,
    ) -> Page<KeyRecord> {
        let made = |record: &&KeyRecord| {
            let maker = record.parts().creator;
            if creator.key.is_some() { maker == creator } else { maker.principal == creator.principal }
        };
        page(self.keys.range(behind(after)).map(second).filter(made), limit)
    }

    pub(super) fn account(&self, id: AccountId) -> Option<&AccountRecord> {
        self.accounts.get(&id)
    }

    pub(super) fn accounts(&self, after: Option<AccountId>, limit: usize) -> Page<AccountRecord> {
        page(self.accounts.range(behind(after)).map(second), limit)
    }

    pub(super) fn setting(&self, name: SettingName) -> Option<&Setting> {
        self.settings.get(&name)
    }

    pub(super) fn peppers(&self) -> &[PepperId] {
        &self.peppers
    }

    pub(super) fn audit(&self, after: Option<AuditId>, limit: usize) -> Vec<LinkedEvent> {
        // Events are numbered from 1 without gaps, so as many are to be left out as the number says.
        let skip = after.map_or(0, |after| usize::try_from(after.number()).unwrap_or(usize::MAX));
        self.audit.iter().skip(skip).take(limit.min(KeyQuery::MAX_LIMIT)).cloned().collect()
    }
}

fn second<'a, A, B>((_, second): (&'a A, &'a B)) -> &'a B {
    second
}

pub(super) fn behind<T>(after: Option<T>) -> (Bound<T>, Bound<T>) {
    (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded)
}

/// The first `limit` records, and whether there are more.
pub(super) fn page<'a, T: Clone + 'a>(mut records: impl Iterator<Item = &'a T>, limit: usize) -> Page<T> {
    let items = records.by_ref().take(limit.min(KeyQuery::MAX_LIMIT)).cloned().collect();
    Page { items, more: records.next().is_some() }
}
