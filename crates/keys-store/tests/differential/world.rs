//! What a history has made so far, to give its next step a meaning.

use keys_core::{
    AccountId, AccountRecord, AccountState, EnvironmentId, EnvironmentParts, EnvironmentRecord,
    EnvironmentState, KeyId, KeyParts, KeyRecord, Lifecycle, MemberId, MemberRecord, MembersRevision,
    NewAccount, NewEnvironment, NewKey, NewMember, NewReceipt, Owner, PepperId, Revision, Role, SessionId,
    SettingName, Tagged, Uuid,
};
use keys_store::conformance::sample;
use keys_store::{
    Change, Cursor, EnvironmentFilter, EnvironmentQuery, KeyFilter, KeyQuery, KeyStore, Reach, Requirement,
    Setting, Standing, StateFilter, Write,
};
use proptest::sample::Index;

use crate::log_in::LogIns;
use crate::step::{
    AccountEdit, Edit, EnvironmentEdit, EnvironmentList, KeyEdit, List, MemberEdit, Move, Need, Pick, Tamper,
    What,
};

/// The versions of records there are and were, as the reference store has them.
#[derive(Default)]
pub(crate) struct World {
    keys: Vec<KeyRecord>,
    old_keys: Vec<KeyRecord>,
    environments: Vec<EnvironmentRecord>,
    old_environments: Vec<EnvironmentRecord>,
    accounts: Vec<AccountRecord>,
    old_accounts: Vec<AccountRecord>,
    members: Vec<MemberRecord>,
    old_members: Vec<MemberRecord>,
    owners: Vec<Owner>,
    settings: Vec<Setting>,
    revision: Revision,
    pub(crate) log_ins: LogIns,
}

impl World {
    /// Looks at the store again after a step.
    pub(crate) fn look(&mut self, store: &dyn KeyStore) {
        let filter = KeyFilter { state: StateFilter::Any, ..KeyFilter::default() };
        let query = KeyQuery { filter, limit: KeyQuery::MAX_LIMIT, ..KeyQuery::default() };
        self.keys = store.keys(Reach::AllOwners, &query).unwrap().items;
        let filter = EnvironmentFilter { removed: true, id: None };
        let query = EnvironmentQuery { filter, limit: KeyQuery::MAX_LIMIT, ..Default::default() };
        self.environments = store.environments(Reach::AllOwners, &query).unwrap().items;
        self.accounts = store.accounts(None, KeyQuery::MAX_LIMIT).unwrap().items;
        self.members = store.members(Reach::AllOwners, None, KeyQuery::MAX_LIMIT).unwrap().items;
        let accounts = self.accounts.iter().map(|account| Owner::Account(account.parts().id));
        let environments = self.environments.iter().map(|record| Owner::Environment(record.parts().id));
        self.owners = accounts.chain(environments).collect();
        let settings = SettingName::ALL.into_iter().map(|name| store.setting(name).unwrap());
        self.settings = settings.flatten().collect();
        self.log_ins.look(store);
        let seen = self.revision;
        self.revision = store.head().unwrap().revision;
        self.old_keys.extend(self.keys.iter().filter(|record| record.parts().revision > seen).cloned());
        let news = self.environments.iter().filter(|record| record.parts().revision > seen);
        self.old_environments.extend(news.cloned());
        let news = self.accounts.iter().filter(|record| record.parts().revision > seen);
        self.old_accounts.extend(news.cloned());
        self.old_members.extend(self.members.iter().filter(|member| member.revision > seen));
    }

    /// The changes every history begins with, so that its first steps have something to work on.
    pub(crate) fn beginning() -> Vec<Change> {
        let account = |n| Write::InsertAccount(sample::new_account(n));
        let environment = |n| Write::InsertEnvironment(sample::new_environment(n));
        let owners = [1, 3].map(|id| Owner::Account(AccountId::new(id).unwrap()));
        let environments = [2, 4].map(|id| Owner::Environment(EnvironmentId::new(id).unwrap()));
        let keys = owners.into_iter().chain(environments).cycle().zip(0..6);
        let member = |environment, account, role| {
            let environment = EnvironmentId::new(environment).unwrap();
            Write::InsertMember(sample::new_member(environment, AccountId::new(account).unwrap(), role))
        };
        let members = [member(2, 1, Role::Owner), member(4, 1, Role::ReadOnly), member(4, 3, Role::Owner)];
        [account(1), environment(1), account(2), environment(2)]
            .into_iter()
            .chain(members)
            .chain(keys.map(|(owner, n)| Write::InsertKey(sample::new_key(owner, n))))
            .map(sample::change)
            .collect()
    }

    /// A version of a key; when there is none, one that was never stored.
    pub(crate) fn key(&self, pick: &Pick) -> KeyRecord {
        let versions = if pick.stale { &self.old_keys } else { &self.keys };
        choose(versions, &pick.at).unwrap_or_else(|| {
            let owner = Owner::Account(AccountId::ADMIN);
            sample::new_key(owner, 0).into_record(KeyId::new(1).unwrap(), Revision::new(1))
        })
    }

    fn account(&self, pick: &Pick) -> AccountRecord {
        let versions = if pick.stale { &self.old_accounts } else { &self.accounts };
        choose(versions, &pick.at)
            .unwrap_or_else(|| sample::new_account(0).into_record(AccountId::ADMIN, Revision::new(1)))
    }

    /// A version of a member; when there is none, one that was never stored.
    pub(crate) fn member(&self, pick: &Pick) -> MemberRecord {
        let versions = if pick.stale { &self.old_members } else { &self.members };
        choose(versions, &pick.at).unwrap_or_else(|| {
            let new = sample::new_member(EnvironmentId::FIRST, AccountId::ADMIN, Role::Owner);
            new.into_record(MemberId::FIRST, Revision::new(1))
        })
    }

    /// The id of an environment, or that of an account as one.
    pub(crate) fn environment_id(&self, at: &Index) -> EnvironmentId {
        let ids: Vec<_> = self.environments.iter().map(|record| record.parts().id.number()).collect();
        EnvironmentId::new(choose(&ids, at).unwrap_or(1)).unwrap()
    }

    /// The id of an account.
    pub(crate) fn account_id(&self, at: &Index) -> AccountId {
        let ids: Vec<_> = self.accounts.iter().map(|record| record.parts().id.number()).collect();
        AccountId::new(choose(&ids, at).unwrap_or(2)).unwrap()
    }

    fn environment(&self, pick: &Pick) -> EnvironmentRecord {
        let versions = if pick.stale { &self.old_environments } else { &self.environments };
        choose(versions, &pick.at).unwrap_or_else(|| {
            sample::new_environment(0).into_record(EnvironmentId::new(1).unwrap(), Revision::new(1))
        })
    }

    /// One of the owners there are, or one of two that there are not.
    pub(crate) fn owner(&self, at: &Index) -> Owner {
        let mut owners = self.owners.clone();
        owners.push(Owner::Account(AccountId::new(1_000).unwrap()));
        // The number of an account or environment as the other kind.
        owners.push(match self.owners.first() {
            Some(Owner::Account(id)) => Owner::Environment(EnvironmentId::new(id.number()).unwrap()),
            Some(Owner::Environment(id)) => Owner::Account(AccountId::new(id.number()).unwrap()),
            None => Owner::Environment(EnvironmentId::new(1).unwrap()),
        });
        choose(&owners, at).unwrap()
    }

    pub(crate) fn reach(&self, at: Option<&Index>) -> Reach {
        at.map_or(Reach::AllOwners, |at| Reach::Owner(self.owner(at)))
    }

    pub(crate) fn query(&self, list: &List) -> KeyQuery {
        let now = |at: &Index| self.key(&Pick { at: *at, stale: false });
        let filter = KeyFilter {
            state: list.state,
            id: list.id.as_ref().map(|at| now(at).parts().id),
            access_key: list.access_key.map(sample::access_key),
        };
        // Behind any version, so that the place may be one where nothing stands.
        let old = |at: &Index| self.key(&Pick { at: *at, stale: true });
        let after = list.after.as_ref().map(|(at, order)| Cursor::of(&old(at), *order));
        KeyQuery { order: list.order, direction: list.direction, filter, after, limit: list.limit }
    }

    pub(crate) fn environment_query(&self, list: &EnvironmentList) -> EnvironmentQuery {
        let EnvironmentList { order, direction, removed, id, after, limit } = list.clone();
        let version = |at: Index, stale: bool| self.environment(&Pick { at, stale });
        let filter = EnvironmentFilter { removed, id: id.map(|at| version(at, false).parts().id) };
        // Behind any version, so that the place may be one where nothing stands.
        let after = after.map(|(at, order)| Cursor::of(&version(at, true), order));
        EnvironmentQuery { order, direction, filter, after, limit }
    }

    pub(crate) fn change(&self, edit: &Edit) -> Change {
        let requires = edit.requires.iter().map(|need| self.requirement(need)).collect();
        let Edit { at, origin, action, receipt, .. } = edit.clone();
        let receipt = receipt.map(|(n, holds)| {
            let new = sample::new_receipt(n);
            NewReceipt { secret: new.secret.filter(|_| holds), ..new }
        });
        Change { write: self.write(&edit.what), requires, at, origin, action, receipt }
    }

    /// Of the members that an environment has, or of all it ever had, which it has no more.
    fn members_revision(&self, environment: EnvironmentId, stale: bool) -> MembersRevision {
        let versions = if stale { &self.old_members } else { &self.members };
        let own = versions.iter().filter(|member| member.environment == environment).copied();
        MembersRevision::of(&own.collect::<Vec<_>>())
    }

    fn requirement(&self, need: &Need) -> Requirement {
        match need {
            Need::EmptyStore => Requirement::EmptyStore,
            Need::ActiveKeyOf(at, now) => Requirement::ActiveKeyOf { owner: self.owner(at), now: *now },
            Need::SettingAt(name, as_it_is) => {
                let kept = self.settings.iter().find(|setting| *as_it_is && setting.name == *name);
                let revision = kept.map_or(Revision::ZERO, |setting| setting.revision);
                Requirement::SettingAt { name: *name, revision }
            }
            Need::AdministratorCanEnter(now) => Requirement::AdministratorCanEnter { now: *now },
            Need::AdministratorRemains(without, now) => {
                Requirement::AdministratorRemains { without: AccountId::new(*without).unwrap(), now: *now }
            }
            Need::MembersAre(environment, stale) => {
                let environment = self.environment_id(environment);
                let revision = self.members_revision(environment, *stale);
                Requirement::MembersAre { environment, revision }
            }
            Need::MembershipsAre(account, stale) => {
                let account = self.account_id(account);
                let versions = if *stale { &self.old_members } else { &self.members };
                let own = versions.iter().filter(|member| member.account == account).copied();
                let revision = MembersRevision::of(&own.collect::<Vec<_>>());
                Requirement::MembershipsAre { account, revision }
            }
            Need::NotRemoved(account) => Requirement::NotRemoved(self.account_id(account)),
            Need::PasswordIs(pick) => self.log_ins.password_is(pick),
            Need::CallerStands { principal, administers, key, role, session, now } => {
                Requirement::CallerStands(Standing {
                    principal: self.owner(principal),
                    administers: *administers,
                    key: key.as_ref().map(|key| self.key(key).parts().id),
                    role: role.as_ref().map(|(environment, role)| (self.environment_id(environment), *role)),
                    session: session.map(|number| SessionId::new(number).unwrap()),
                    now: *now,
                })
            }
        }
    }

    fn write(&self, what: &What) -> Write {
        match what.clone() {
            What::InsertAccount { uuid, kind, state, words } => Write::InsertAccount(NewAccount {
                uuid: self::uuid(uuid),
                kind,
                state,
                name: words.name,
                description: words.description,
                created: sample::instant(0),
            }),
            What::UpdateAccount(edit) => self.update_account(edit),
            What::InsertMember { environment, account, role, creator } => Write::InsertMember(NewMember {
                environment: self.environment_id(&environment),
                account: self.account_id(&account),
                role,
                creator,
                created: sample::instant(0),
            }),
            What::InsertFounder { uuid, account, role } => Write::InsertFounder {
                environment: self::uuid(uuid),
                account: self.account_id(&account),
                role,
                creator: sample::creator(),
                created: sample::instant(0),
            },
            What::UpdateMember(edit) => {
                let expected = self.member(&edit.member).revision;
                Write::UpdateMember { record: self.edited_member(&edit).with_role(edit.role), expected }
            }
            What::RemoveMember(edit) => Write::RemoveMember(self.edited_member(&edit)),
            What::InsertEnvironment { uuid, words, creator } => Write::InsertEnvironment(NewEnvironment {
                uuid: self::uuid(uuid),
                name: words.name,
                description: words.description,
                creator,
                created: sample::instant(0),
            }),
            What::UpdateEnvironment(edit) => self.update_environment(edit),
            What::InsertKey { owner, access_key, first_state, words, creator, created, expires_at } => {
                Write::InsertKey(NewKey {
                    owner: self.owner(&owner),
                    access_key: sample::access_key(access_key),
                    secret: sample::stored_secret(access_key % 4),
                    first_state,
                    name: words.name,
                    description: words.description,
                    creator,
                    created,
                    expires_at,
                })
            }
            What::UpdateKey(edit) => {
                let record = self.key(&edit.key);
                let expected = record.parts().revision;
                Write::UpdateKey { record: self.edited(record, edit), expected }
            }
            What::LogIn(edit) => self.log_ins.write(&edit, |at| self.owner(at)),
            What::PutSetting(name, value) => Write::PutSetting { name, value: value.into() },
            What::InsertPepper(pepper) => {
                // Numbers at both ends of what 64 bits hold.
                Write::InsertPepper(PepperId::from_number(u64::from(pepper).wrapping_sub(3)))
            }
        }
    }

    /// Two updates of one key, the second at the revision that the first makes.
    pub(crate) fn update_twice(&self, first: &KeyEdit, second: &KeyEdit) -> Vec<Change> {
        let record = self.key(&first.key);
        let (expected, next) = (record.parts().revision, self.revision.next());
        let once = self.edited(record, first.clone());
        let twice = self.edited(once.clone(), second.clone());
        let updates = [(once, expected), (twice, next)];
        updates.map(|(record, expected)| sample::change(Write::UpdateKey { record, expected })).into()
    }

    fn edited(&self, record: KeyRecord, edit: KeyEdit) -> KeyRecord {
        let KeyEdit { words, state, tamper, now, .. } = edit;
        let mut parts = record.edit(words.name, words.description, now).into_parts();
        let from = parts.created;
        match state {
            Move::Stay => {}
            Move::Legal(transition) => {
                parts.lifecycle =
                    parts.lifecycle.clone().apply(transition, now.max(from)).unwrap_or(parts.lifecycle);
            }
            Move::Forced(0, secret) => parts.lifecycle = Lifecycle::Active(sample::stored_secret(secret)),
            Move::Forced(1, secret) => parts.lifecycle = Lifecycle::Inactive(sample::stored_secret(secret)),
            Move::Forced(..) => parts.lifecycle = Lifecycle::Deleted { at: now.max(from) },
        }
        match tamper {
            Some(Tamper::Id(id)) => parts.id = KeyId::new(id).unwrap(),
            Some(Tamper::Owner(at)) => parts.owner = self.owner(&at),
            Some(Tamper::AccessKey(n)) => parts.access_key = sample::access_key(n),
            Some(Tamper::Creator(creator)) => parts.creator = creator,
            Some(Tamper::Created(created)) => parts.created = created.min(parts.created),
            Some(Tamper::Uuid(_)) | None => {}
        }
        KeyRecord::from_parts(KeyParts { ..parts }).unwrap()
    }

    fn update_account(&self, edit: AccountEdit) -> Write {
        let AccountEdit { account, words, kind, default_environment, state, tamper, now } = edit;
        let record = self.account(&account);
        let expected = record.parts().revision;
        let mut parts = record.into_parts();
        (parts.name, parts.description) = (words.name, words.description);
        parts.default_environment = default_environment.and_then(EnvironmentId::new);
        parts.kind = kind.unwrap_or(parts.kind);
        parts.updated = parts.updated.max(now);
        match state {
            0 => {}
            1 => parts.state = AccountState::Active,
            2 => parts.state = AccountState::Inactive,
            _ => parts.state = AccountState::Removed { at: now.max(parts.created) },
        }
        match tamper {
            Some(Tamper::Id(id)) => parts.id = AccountId::new(id).unwrap(),
            Some(Tamper::Uuid(n)) => parts.uuid = uuid(n),
            Some(Tamper::Created(created)) => parts.created = created.min(parts.created),
            Some(Tamper::Owner(_) | Tamper::AccessKey(_) | Tamper::Creator(_)) | None => {}
        }
        Write::UpdateAccount { record: AccountRecord::from_parts(parts).unwrap(), expected }
    }

    fn edited_member(&self, edit: &MemberEdit) -> MemberRecord {
        let member = self.member(&edit.member);
        match &edit.tamper {
            Some(Tamper::Id(id)) => MemberRecord { id: MemberId::new(*id).unwrap(), ..member },
            Some(Tamper::Owner(at)) => MemberRecord { account: self.account_id(at), ..member },
            Some(Tamper::Creator(creator)) => MemberRecord { creator: *creator, ..member },
            Some(Tamper::Created(created)) => MemberRecord { created: *created, ..member },
            Some(Tamper::Uuid(n)) => {
                MemberRecord { environment: EnvironmentId::new(u64::from(*n) + 1).unwrap(), ..member }
            }
            Some(Tamper::AccessKey(_)) | None => member,
        }
    }

    fn update_environment(&self, edit: EnvironmentEdit) -> Write {
        let EnvironmentEdit { environment, words, state, tamper, now } = edit;
        let record = self.environment(&environment);
        let expected = record.parts().revision;
        let mut parts: EnvironmentParts = record.edit(words.name, words.description, now).into_parts();
        match state {
            0 => {}
            1 => parts.state = EnvironmentState::Active,
            2 => parts.state = EnvironmentState::Inactive,
            _ => parts.state = EnvironmentState::Removed { at: now.max(parts.created) },
        }
        match tamper {
            Some(Tamper::Id(id)) => parts.id = EnvironmentId::new(id).unwrap(),
            Some(Tamper::Uuid(n)) => parts.uuid = uuid(n),
            Some(Tamper::Creator(creator)) => parts.creator = creator,
            Some(Tamper::Created(created)) => parts.created = created.min(parts.created),
            Some(Tamper::Owner(_) | Tamper::AccessKey(_)) | None => {}
        }
        Write::UpdateEnvironment { record: EnvironmentRecord::from_parts(parts).unwrap(), expected }
    }

    /// The tag a version of a key has, or another.
    pub(crate) fn tag(&self, record: &KeyRecord, other: Option<u64>) -> Tagged {
        let own = record.parts().lifecycle.secret().map(|secret| secret.tagged);
        other.map(sample::tagged).or(own).unwrap_or_else(|| sample::tagged(0))
    }
}

pub(crate) fn choose<T: Clone>(all: &[T], at: &Index) -> Option<T> {
    if all.is_empty() { None } else { all.get(at.index(all.len())).cloned() }
}

/// Few, so that they collide, among accounts and environments.
pub(crate) fn uuid(n: u8) -> Uuid {
    format!("uuid-{n}").parse().unwrap()
}
