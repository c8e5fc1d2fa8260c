//! What a history has made so far, to give its next step a meaning.

use keys_core::{
    AccountId, EnvironmentId, EnvironmentParts, EnvironmentRecord, EnvironmentState, KeyId, KeyParts,
    KeyRecord, Lifecycle, NewAccount, NewEnvironment, NewKey, NewReceipt, Owner, PepperId, Revision, Tagged,
    Uuid,
};
use keys_store::conformance::sample;
use keys_store::{
    Change, Cursor, EnvironmentFilter, EnvironmentQuery, KeyFilter, KeyQuery, KeyStore, Reach, Requirement,
    StateFilter, Write,
};
use proptest::sample::Index;

use crate::step::{Edit, EnvironmentEdit, EnvironmentList, KeyEdit, List, Move, Need, Pick, Tamper, What};

/// The versions of records there are and were, as the reference store has them.
#[derive(Default)]
pub(crate) struct World {
    keys: Vec<KeyRecord>,
    old_keys: Vec<KeyRecord>,
    environments: Vec<EnvironmentRecord>,
    old_environments: Vec<EnvironmentRecord>,
    owners: Vec<Owner>,
    revision: Revision,
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
        let accounts = store.accounts(None, KeyQuery::MAX_LIMIT).unwrap().items;
        let accounts = accounts.iter().map(|account| Owner::Account(account.parts().id));
        let environments = self.environments.iter().map(|record| Owner::Environment(record.parts().id));
        self.owners = accounts.chain(environments).collect();
        let seen = self.revision;
        self.revision = store.head().unwrap().revision;
        self.old_keys.extend(self.keys.iter().filter(|record| record.parts().revision > seen).cloned());
        let news = self.environments.iter().filter(|record| record.parts().revision > seen);
        self.old_environments.extend(news.cloned());
    }

    /// The changes every history begins with, so that its first steps have something to work on.
    pub(crate) fn beginning() -> Vec<Change> {
        let account = |n| Write::InsertAccount(sample::new_account(n));
        let environment = |n| Write::InsertEnvironment(sample::new_environment(n));
        let owners = [1, 3].map(|id| Owner::Account(AccountId::new(id).unwrap()));
        let environments = [2, 4].map(|id| Owner::Environment(EnvironmentId::new(id).unwrap()));
        let keys = owners.into_iter().chain(environments).cycle().zip(0..6);
        [account(1), environment(1), account(2), environment(2)]
            .into_iter()
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
        let requires = edit.requires.as_ref().map(|need| match need {
            Need::EmptyStore => Requirement::EmptyStore,
            Need::ActiveKeyOf(at, now) => Requirement::ActiveKeyOf { owner: self.owner(at), now: *now },
        });
        let Edit { at, origin, action, receipt, .. } = edit.clone();
        let receipt = receipt.map(|(n, holds)| {
            let new = sample::new_receipt(n);
            NewReceipt { secret: new.secret.filter(|_| holds), ..new }
        });
        Change { write: self.write(&edit.what), requires, at, origin, action, receipt }
    }

    fn write(&self, what: &What) -> Write {
        match what.clone() {
            What::InsertAccount { uuid, kind, state, name } => {
                let created = sample::instant(0);
                let uuid = self::uuid(uuid);
                Write::InsertAccount(NewAccount { uuid, kind, state, name, description: None, created })
            }
            What::InsertEnvironment { uuid, words, creator } => Write::InsertEnvironment(NewEnvironment {
                uuid: self::uuid(uuid),
                name: words.name,
                description: words.description,
                creator,
                created: sample::instant(0),
            }),
            What::UpdateEnvironment(edit) => self.update_environment(edit),
            What::InsertKey { owner, access_key, words, creator, created, expires_at } => {
                Write::InsertKey(NewKey {
                    owner: self.owner(&owner),
                    access_key: sample::access_key(access_key),
                    secret: sample::stored_secret(access_key % 4),
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

fn choose<T: Clone>(all: &[T], at: &Index) -> Option<T> {
    if all.is_empty() { None } else { all.get(at.index(all.len())).cloned() }
}

/// Few, so that they collide, among accounts and environments.
fn uuid(n: u8) -> Uuid {
    format!("uuid-{n}").parse().unwrap()
}
