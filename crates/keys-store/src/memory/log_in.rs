//! Passwords, sessions and devices in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use keys_core::{
    AccountId, DeviceHash, DeviceRecord, FoldedLogin, NewPassword, NewSession, Owner, PasswordId,
    PasswordRecord, Revision, SessionHash, SessionId, SessionKind, SessionRecord, Timestamp,
};

use super::plan::{Stop, Written, next};
use super::state::{Counters, page};
use crate::error::Refusal;
use crate::log_in::{
    EndSessions, MAX_DEVICES, MAX_SESSIONS, Note, PasswordQuery, claims, claims_of_new, covers, redigest,
    update_password,
};
use crate::query::{Page, Reach};
use crate::store::Committed;

/// What is kept, and what leads to it.
#[derive(Default, Clone)]
pub(super) struct LogIns {
    passwords: BTreeMap<PasswordId, PasswordRecord>,
    // Of Active passwords only.
    named: HashMap<FoldedLogin, PasswordId>,
    password_of: HashMap<AccountId, PasswordId>,
    sessions: BTreeMap<SessionId, SessionRecord>,
    session_ids: HashMap<SessionHash, SessionId>,
    sessions_of: BTreeSet<(AccountId, SessionId)>,
    devices: BTreeMap<DeviceHash, DeviceRecord>,
    devices_of: BTreeSet<(AccountId, Timestamp, DeviceHash)>,
}

/// What a commit or a note makes of it: rows that are new or replace the row beneath, `None` where one goes.
#[derive(Default)]
pub(super) struct LogInDelta {
    passwords: BTreeMap<PasswordId, PasswordRecord>,
    sessions: BTreeMap<SessionId, Option<SessionRecord>>,
    devices: BTreeMap<DeviceHash, Option<DeviceRecord>>,
}

impl LogInDelta {
    /// How many rows it changes.
    pub(super) fn len(&self) -> u64 {
        (self.passwords.len() + self.sessions.len() + self.devices.len()) as u64
    }
}

impl LogIns {
    pub(super) fn put(&mut self, delta: LogInDelta) {
        let LogInDelta { passwords, sessions, devices } = delta;
        // All claims go before the new ones come: a name may pass from one account to another in one commit.
        for id in passwords.keys() {
            if let Some((account, login)) = self.passwords.get(id).and_then(claims) {
                self.named.remove(&login);
                self.password_of.remove(&account);
            }
        }
        for (id, record) in passwords {
            if let Some((account, login)) = claims(&record) {
                self.named.insert(login, id);
                self.password_of.insert(account, id);
            }
            self.passwords.insert(id, record);
        }
        for (id, record) in sessions {
            self.put_session(id, record);
        }
        for (hash, record) in devices {
            self.put_device(hash, record);
        }
    }

    fn put_session(&mut self, id: SessionId, record: Option<SessionRecord>) {
        if let Some(old) = self.sessions.remove(&id) {
            self.session_ids.remove(&old.parts().hash);
            self.sessions_of.remove(&(old.parts().account, id));
        }
        if let Some(record) = record {
            self.session_ids.insert(record.parts().hash, id);
            self.sessions_of.insert((record.parts().account, id));
            self.sessions.insert(id, record);
        }
    }

    fn put_device(&mut self, hash: DeviceHash, record: Option<DeviceRecord>) {
        if let Some(old) = self.devices.remove(&hash) {
            self.devices_of.remove(&(old.account, old.last_seen, hash));
        }
        if let Some(record) = record {
            self.devices_of.insert((record.account, record.last_seen, hash));
            self.devices.insert(hash, record);
        }
    }

    pub(super) fn password(&self, reach: Reach, id: PasswordId) -> Option<&PasswordRecord> {
        self.passwords.get(&id).filter(|record| covers(reach, record.parts().account))
    }

    pub(super) fn passwords(&self, reach: Reach, query: &PasswordQuery) -> Page<PasswordRecord> {
        let PasswordQuery { removed, after, limit } = query;
        let shown = |record: &&PasswordRecord| {
            covers(reach, record.parts().account) && (*removed || record.digest().is_some())
        };
        let behind = (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        page(self.passwords.range(behind).map(|(_, record)| record).filter(shown), *limit)
    }

    pub(super) fn password_named(&self, login: &FoldedLogin) -> Option<&PasswordRecord> {
        self.named.get(login).and_then(|id| self.passwords.get(id))
    }

    pub(super) fn session(&self, hash: &SessionHash) -> Option<&SessionRecord> {
        self.session_ids.get(hash).and_then(|id| self.sessions.get(id))
    }

    pub(super) fn device(&self, hash: &DeviceHash) -> Option<DeviceRecord> {
        self.devices.get(hash).copied()
    }

    /// The devices of an account, the one that was used last first.
    pub(super) fn devices(&self, account: AccountId) -> Vec<DeviceRecord> {
        let from = (account, Timestamp::MIN, DeviceHash::from_bytes([0; DeviceHash::LENGTH]));
        let own = self.devices_of.range(from..).take_while(|(of, ..)| *of == account);
        let mut devices: Vec<_> = own.filter_map(|(_, _, hash)| self.device(hash)).collect();
        devices.reverse();
        devices
    }

    /// What a note changes.
    pub(super) fn noted(&self, note: Note) -> LogInDelta {
        let mut delta = LogInDelta::default();
        match note {
            Note::Digest { password, expected, new } => {
                let stored = self.passwords.get(&password);
                if let Some(record) = stored.and_then(|stored| redigest(stored, &expected, &new)) {
                    delta.passwords.insert(password, record);
                }
            }
            Note::Seen { session, at } => {
                let newer = |stored: &&SessionRecord| stored.parts().last_seen < at;
                if let Some(record) = self.sessions.get(&session).filter(newer) {
                    delta.sessions.insert(session, Some(record.clone().seen(at)));
                }
            }
            Note::Forget { begun, unused, devices, limit } => {
                self.forget_sessions(&mut delta, limit, begun, |record| Some(record.parts().created));
                self.forget_sessions(&mut delta, limit, unused, |record| match record.parts().kind {
                    SessionKind::Cookie => Some(record.parts().last_seen),
                    SessionKind::Bearer => None,
                });
                let mut known: Vec<_> = self
                    .devices
                    .values()
                    .filter(|device| devices.is_some_and(|until| device.last_seen <= until))
                    .map(|device| (device.last_seen, device.hash))
                    .collect();
                known.sort_unstable();
                let left = limit.saturating_sub(delta.sessions.len());
                delta.devices.extend(known.into_iter().take(left).map(|(_, hash)| (hash, None)));
            }
        }
        delta
    }

    /// Marks sessions as gone, those first whose instant is the earliest, until `limit` are.
    fn forget_sessions(
        &self,
        delta: &mut LogInDelta,
        limit: usize,
        until: Option<Timestamp>,
        instant: impl Fn(&SessionRecord) -> Option<Timestamp>,
    ) {
        let Some(until) = until else { return };
        let due = |(id, record): (&SessionId, &SessionRecord)| {
            let at = instant(record).filter(|at| *at <= until)?;
            (!delta.sessions.contains_key(id)).then_some((at, *id))
        };
        let mut due: Vec<_> = self.sessions.iter().filter_map(due).collect();
        due.sort_unstable();
        let left = limit.saturating_sub(delta.sessions.len());
        delta.sessions.extend(due.into_iter().take(left).map(|(_, id)| (id, None)));
    }
}

/// A commit's look at passwords, sessions and devices: what its earlier changes made lies over what is kept.
pub(super) struct LogInPlan<'a> {
    pub(super) base: &'a LogIns,
    pub(super) delta: &'a mut LogInDelta,
    pub(super) counters: &'a mut Counters,
}

impl LogInPlan<'_> {
    pub(super) fn insert_password(&mut self, new: NewPassword, revision: Revision) -> Result<Written, Stop> {
        self.claim(&claims_of_new(&new), None)?;
        let id = PasswordId::new(next(&mut self.counters.key)).ok_or(Stop::Exhausted)?;
        let record = new.into_record(id, revision);
        self.delta.passwords.insert(id, record.clone());
        Ok((Committed::Password(record), None))
    }

    pub(super) fn update_password(
        &mut self,
        record: PasswordRecord,
        expected: Revision,
        revision: Revision,
    ) -> Result<Written, Stop> {
        let id = record.parts().id;
        let record =
            update_password(self.password(id).ok_or(Refusal::NotFound)?, record, expected, revision)?;
        if let Some(wanted) = claims(&record) {
            self.claim(&wanted, Some(id))?;
        }
        self.delta.passwords.insert(id, record.clone());
        Ok((Committed::Password(record), Some(expected)))
    }

    pub(super) fn begin_session(
        &mut self,
        new: NewSession,
        device: Option<DeviceHash>,
        revision: Revision,
    ) -> Result<Written, Stop> {
        let (account, at) = (new.account, new.created);
        let begun = self.delta.sessions.values().flatten().any(|record| record.parts().hash == new.hash);
        let kept = self.base.session(&new.hash).map(|record| record.parts().id);
        if begun || kept.is_some_and(|id| self.session(id).is_some()) {
            return Err(Refusal::AlreadyExists.into());
        }
        if let Some(hash) = device {
            self.remember(hash, account, at)?;
        }
        let id = SessionId::new(next(&mut self.counters.session)).ok_or(Stop::Exhausted)?;
        let record = new.into_record(id, revision);
        self.delta.sessions.insert(id, Some(record.clone()));
        let own: Vec<SessionId> = self.sessions_of(account);
        let surplus = own.len().saturating_sub(MAX_SESSIONS);
        self.delta.sessions.extend(own.into_iter().take(surplus).map(|id| (id, None)));
        Ok((Committed::Session(record), None))
    }

    pub(super) fn end_sessions(&mut self, which: EndSessions) -> Result<Written, Stop> {
        let candidates = match which.account() {
            Some(account) => self.sessions_of(account),
            None => self.all_sessions(),
        };
        let ended: Vec<SessionId> = candidates.into_iter().filter(|id| which.ends(*id)).collect();
        let mut before = None;
        if let EndSessions::One { account, session } = which {
            let record = self.session(session).filter(|record| record.parts().account == account);
            before = Some(record.ok_or(Refusal::NotFound)?.parts().revision);
        }
        self.delta.sessions.extend(ended.into_iter().map(|id| (id, None)));
        Ok((Committed::SessionsEnded(which), before))
    }

    fn remember(&mut self, hash: DeviceHash, account: AccountId, at: Timestamp) -> Result<(), Stop> {
        let known = self.delta.devices.get(&hash).copied().unwrap_or_else(|| self.base.device(&hash));
        if known.is_some_and(|known| known.account != account) {
            return Err(Refusal::AlreadyExists.into());
        }
        let last_seen = known.map_or(at, |known| known.last_seen.max(at));
        self.delta.devices.insert(hash, Some(DeviceRecord { hash, account, last_seen }));
        let new = self.delta.devices.values().flatten().filter(|device| device.account == account);
        let from = (account, Timestamp::MIN, DeviceHash::from_bytes([0; DeviceHash::LENGTH]));
        let kept = self.base.devices_of.range(from..).take_while(|(of, ..)| *of == account);
        let kept = kept.filter(|(_, _, hash)| !self.delta.devices.contains_key(hash));
        let mut all: Vec<_> = new.map(|device| (device.last_seen, device.hash)).collect();
        all.extend(kept.map(|(_, at, hash)| (*at, *hash)));
        all.sort_unstable();
        let surplus = all.len().saturating_sub(MAX_DEVICES);
        self.delta.devices.extend(all.into_iter().take(surplus).map(|(_, hash)| (hash, None)));
        Ok(())
    }

    fn password(&self, id: PasswordId) -> Option<&PasswordRecord> {
        self.delta.passwords.get(&id).or_else(|| self.base.passwords.get(&id))
    }

    /// Refuses what another Active password has.
    fn claim(&self, wanted: &(AccountId, FoldedLogin), own: Option<PasswordId>) -> Result<(), Stop> {
        let (account, login) = wanted;
        let new =
            self.delta.passwords.values().filter_map(|record| Some((record.parts().id, claims(record)?)));
        let taken_now =
            new.filter(|(id, _)| Some(*id) != own).any(|(_, (of, named))| of == *account || named == *login);
        let before = [self.base.password_of.get(account), self.base.named.get(login)];
        let taken_before =
            before.into_iter().flatten().any(|id| Some(*id) != own && !self.delta.passwords.contains_key(id));
        if taken_now || taken_before { Err(Refusal::AlreadyExists.into()) } else { Ok(()) }
    }

    fn session(&self, id: SessionId) -> Option<&SessionRecord> {
        match self.delta.sessions.get(&id) {
            Some(changed) => changed.as_ref(),
            None => self.base.sessions.get(&id),
        }
    }

    /// The ids of every session.
    fn all_sessions(&self) -> Vec<SessionId> {
        let kept = self.base.sessions.keys().filter(|id| !self.delta.sessions.contains_key(id));
        let new = self.delta.sessions.values().flatten().map(|record| record.parts().id);
        kept.copied().chain(new).collect()
    }

    /// The ids of an account's sessions, the oldest first.
    fn sessions_of(&self, account: AccountId) -> Vec<SessionId> {
        let first = SessionId::new(1).into_iter();
        let kept = first.flat_map(|first| self.base.sessions_of.range((account, first)..));
        let kept = kept.take_while(|(of, _)| *of == account).map(|(_, id)| *id);
        let kept = kept.filter(|id| !self.delta.sessions.contains_key(id));
        let new = self.delta.sessions.values().flatten().filter(|record| record.parts().account == account);
        let mut ids: Vec<SessionId> = kept.chain(new.map(|record| record.parts().id)).collect();
        ids.sort_unstable();
        ids
    }
}

/// What is kept as the changes so far leave it, for what is required of it.
pub(super) struct LogInView<'a> {
    pub(super) base: &'a LogIns,
    pub(super) delta: &'a LogInDelta,
}

impl LogInView<'_> {
    /// Whose a password is, if it is Active and at this revision.
    pub(super) fn account_of_password(&self, id: PasswordId, revision: Revision) -> Option<AccountId> {
        let record = self.delta.passwords.get(&id).or_else(|| self.base.passwords.get(&id))?;
        (record.digest().is_some() && record.parts().revision == revision).then(|| record.parts().account)
    }

    /// Whether an account has an Active password.
    pub(super) fn has_password(&self, account: AccountId) -> bool {
        let active = |record: &PasswordRecord| record.digest().is_some() && record.parts().account == account;
        let kept = self.base.password_of.get(&account);
        self.delta.passwords.values().any(active)
            || kept.is_some_and(|id| !self.delta.passwords.contains_key(id))
    }

    /// Whether a session is there and is this one's.
    pub(super) fn has_session(&self, id: SessionId, of: Owner) -> bool {
        let record = match self.delta.sessions.get(&id) {
            Some(changed) => changed.as_ref(),
            None => self.base.sessions.get(&id),
        };
        record.is_some_and(|record| Owner::Account(record.parts().account) == of)
    }
}
