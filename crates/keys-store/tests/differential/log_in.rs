//! Random steps about passwords, sessions and devices.

use keys_core::{
    AccountId, DeviceRecord, LoginName, NewPassword, NewSession, Owner, PasswordId, PasswordParts,
    PasswordRecord, PasswordState, Revision, SessionId, SessionKind, Timestamp, strategies,
};
use keys_store::conformance::sample;
use keys_store::{EndSessions, KeyQuery, KeyStore, PasswordQuery, Reach, Requirement, Write};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::answer;
use crate::step::{Pick, pick, time};
use crate::world::{self, World, choose};

/// One change.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    Insert {
        account: Index,
        login: LoginName,
        digest: u64,
        created: Timestamp,
    },
    /// Mostly of an account.
    InsertFirst {
        uuid: u8,
        login: LoginName,
        digest: u64,
    },
    Update {
        password: Pick,
        login: Option<LoginName>,
        state: State,
        tamper: Option<Tamper>,
        now: Timestamp,
    },
    Begin {
        account: Index,
        hash: u64,
        kind: SessionKind,
        created: Timestamp,
        device: Option<u64>,
    },
    End {
        account: Index,
        session: Option<u64>,
        but: bool,
    },
    EndAll,
    Unlock {
        account: Index,
    },
}

#[derive(Debug, Clone)]
pub(crate) enum State {
    Stay,
    Active(u64),
    Removed,
}

/// A change of what never changes.
#[derive(Debug, Clone)]
pub(crate) enum Tamper {
    Id(u64),
    Account(Index),
    Created(Timestamp),
}

/// A note.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    Digest(Pick, Option<u64>, u64),
    Seen(u64, Timestamp),
    Forget(Option<Timestamp>, Option<Timestamp>, Option<Timestamp>, usize),
}

/// A question.
#[derive(Debug, Clone)]
pub(crate) enum Read {
    Password(Option<Index>, u64),
    Passwords(Option<Index>, bool, Option<u64>, usize),
    Named(LoginName),
    Session(u64),
    Device(u64),
    Devices(Index),
}

/// Few, so that they collide, in letter case too.
fn login() -> BoxedStrategy<LoginName> {
    prop_oneof![4 => "[aAbBcC]".prop_map(|text| sample::login(&text)), 1 => strategies::login_name()].boxed()
}

pub(crate) fn edit() -> BoxedStrategy<Edit> {
    let state = prop_oneof![
        2 => Just(State::Stay),
        3 => (0..4u64).prop_map(State::Active),
        2 => Just(State::Removed),
    ];
    let tamper = prop_oneof![
        (1..9u64).prop_map(Tamper::Id),
        any::<Index>().prop_map(Tamper::Account),
        time().prop_map(Tamper::Created),
    ];
    let update = (pick(), option::of(login()), state, option::weighted(0.05, tamper), time());
    let begin = (any::<Index>(), 0..20u64, strategies::session_kind(), time(), option::of(0..20u64));
    prop_oneof![
        4 => (any::<Index>(), login(), 0..4u64, time())
            .prop_map(|(account, login, digest, created)| Edit::Insert { account, login, digest, created }),
        1 => (0..30u8, login(), 0..4u64)
            .prop_map(|(uuid, login, digest)| Edit::InsertFirst { uuid, login, digest }),
        4 => update.prop_map(|(password, login, state, tamper, now)| {
            Edit::Update { password, login, state, tamper, now }
        }),
        6 => begin.prop_map(|(account, hash, kind, created, device)| {
            Edit::Begin { account, hash, kind, created, device }
        }),
        2 => (any::<Index>(), option::of(1..9u64), any::<bool>())
            .prop_map(|(account, session, but)| Edit::End { account, session, but }),
        1 => Just(Edit::EndAll),
        1 => any::<Index>().prop_map(|account| Edit::Unlock { account }),
    ]
    .boxed()
}

pub(crate) fn note() -> BoxedStrategy<Note> {
    let limit = || prop_oneof![4 => 0..4usize, 1 => Just(usize::MAX)];
    let cut = || option::of(time());
    prop_oneof![
        (pick(), option::weighted(0.3, 0..4u64), 0..4u64)
            .prop_map(|(password, expected, new)| Note::Digest(password, expected, new)),
        (1..9u64, time()).prop_map(|(session, at)| Note::Seen(session, at)),
        (cut(), cut(), cut(), limit()).prop_map(|(a, b, c, limit)| Note::Forget(a, b, c, limit)),
    ]
    .boxed()
}

pub(crate) fn read() -> BoxedStrategy<Read> {
    let reach = || option::of(any::<Index>());
    let limit = prop_oneof![4 => 0..6usize, 1 => Just(usize::MAX)];
    prop_oneof![
        (reach(), 1..12u64).prop_map(|(reach, id)| Read::Password(reach, id)),
        (reach(), any::<bool>(), option::of(1..9u64), limit)
            .prop_map(|(reach, removed, after, limit)| Read::Passwords(reach, removed, after, limit)),
        login().prop_map(Read::Named),
        (0..20u64).prop_map(Read::Session),
        (0..20u64).prop_map(Read::Device),
        any::<Index>().prop_map(Read::Devices),
    ]
    .boxed()
}

/// The answer to a question.
pub(crate) fn answer(store: &dyn KeyStore, world: &World, read: &Read) -> String {
    match read {
        Read::Password(reach, id) => {
            let read = store.password(world.reach(reach.as_ref()), PasswordId::new(*id).unwrap());
            answer::answer(read.map(|record| record.as_ref().map(picture)))
        }
        Read::Passwords(reach, removed, after, limit) => {
            let after = after.and_then(PasswordId::new);
            let query = PasswordQuery { removed: *removed, after, limit: *limit };
            let page = store.passwords(world.reach(reach.as_ref()), &query);
            answer::answer(page.map(|page| (page.items.iter().map(picture).collect::<Vec<_>>(), page.more)))
        }
        Read::Named(login) => {
            answer::answer(store.password_named(&login.folded()).map(|record| record.as_ref().map(picture)))
        }
        Read::Session(n) => {
            let known = store.session(&sample::session_hash(*n));
            let hash = |known: &keys_store::KnownSession| known.session.parts().hash.to_string();
            answer::answer(known.map(|known| known.map(|known| (hash(&known), known))))
        }
        Read::Device(n) => answer::answer(
            store
                .device(&sample::device_hash(*n))
                .map(|device| device.map(|device| (device.hash.to_string(), device))),
        ),
        Read::Devices(at) => {
            let devices = store.devices(AccountId::new(world.owner(at).number()).unwrap());
            let pictures =
                |devices: Vec<DeviceRecord>| devices.into_iter().map(|one| (one.hash.to_string(), one));
            answer::answer(devices.map(|devices| pictures(devices).collect::<Vec<_>>()))
        }
    }
}

/// Everything a store keeps of a password.
pub(crate) fn picture(record: &PasswordRecord) -> String {
    format!("{record:?} {:?}", record.digest().map(ToString::to_string))
}

/// The versions of passwords there are and were.
#[derive(Default)]
pub(crate) struct LogIns {
    passwords: Vec<PasswordRecord>,
    old: Vec<PasswordRecord>,
}

impl LogIns {
    pub(crate) fn look(&mut self, store: &dyn KeyStore) {
        let query = PasswordQuery { removed: true, after: None, limit: KeyQuery::MAX_LIMIT };
        let seen: Vec<Revision> = self.passwords.iter().map(|record| record.parts().revision).collect();
        self.passwords = store.passwords(Reach::AllOwners, &query).unwrap().items;
        let new = self.passwords.iter().filter(|record| !seen.contains(&record.parts().revision));
        self.old.extend(new.cloned());
    }

    /// A version of a password; when there is none, one that was never stored.
    fn password(&self, pick: &Pick) -> PasswordRecord {
        let versions = if pick.stale { &self.old } else { &self.passwords };
        choose(versions, &pick.at).unwrap_or_else(|| {
            let new = sample::new_password(AccountId::ADMIN, "nobody");
            new.into_record(PasswordId::new(1).unwrap(), Revision::new(1))
        })
    }

    pub(crate) fn password_is(&self, pick: &Pick) -> Requirement {
        let parts = self.password(pick).into_parts();
        Requirement::PasswordIs { password: parts.id, revision: parts.revision }
    }

    pub(crate) fn note(&self, note: &Note) -> keys_store::Note {
        match note.clone() {
            Note::Digest(pick, expected, new) => {
                let record = self.password(&pick);
                let own = record.digest().cloned();
                let expected = expected.map(sample::digest).or(own).unwrap_or_else(|| sample::digest(0));
                let new = sample::digest(new);
                keys_store::Note::Digest { password: record.parts().id, expected, new }
            }
            Note::Seen(session, at) => {
                keys_store::Note::Seen { session: SessionId::new(session).unwrap(), at }
            }
            Note::Forget(begun, unused, devices, limit) => {
                keys_store::Note::Forget { begun, unused, devices, limit }
            }
        }
    }

    pub(crate) fn write(&self, edit: &Edit, owner: impl Fn(&Index) -> Owner) -> Write {
        // The number of an environment is no account: such a change is refused.
        let account = |at: &Index| AccountId::new(owner(at).number()).unwrap();
        match edit.clone() {
            Edit::Insert { account: at, login, digest, created } => Write::InsertPassword(NewPassword {
                account: account(&at),
                login,
                digest: sample::digest(digest),
                created,
            }),
            Edit::InsertFirst { uuid, login, digest } => Write::InsertFirstPassword {
                account: world::uuid(uuid),
                login,
                digest: sample::digest(digest),
                created: sample::instant(0),
            },
            Edit::Update { password, login, state, tamper, now } => {
                let record = self.password(&password);
                let expected = record.parts().revision;
                let mut parts: PasswordParts = record.into_parts();
                parts.updated = parts.updated.max(now);
                parts.login = login.unwrap_or(parts.login);
                match state {
                    State::Stay => {}
                    State::Active(n) => parts.state = PasswordState::Active(sample::digest(n)),
                    State::Removed => parts.state = PasswordState::Removed { at: parts.updated },
                }
                match tamper {
                    Some(Tamper::Id(id)) => parts.id = PasswordId::new(id).unwrap(),
                    Some(Tamper::Account(at)) => parts.account = account(&at),
                    Some(Tamper::Created(created)) => parts.created = created.min(parts.created),
                    None => {}
                }
                Write::UpdatePassword { record: PasswordRecord::from_parts(parts).unwrap(), expected }
            }
            Edit::Begin { account: at, hash, kind, created, device } => {
                let hash = sample::session_hash(hash);
                let session = NewSession { hash, account: account(&at), kind, created };
                Write::BeginSession { session, device: device.map(sample::device_hash) }
            }
            Edit::EndAll => Write::EndSessions(EndSessions::All),
            Edit::Unlock { account: at } => Write::Unlock(account(&at)),
            Edit::End { account: at, session, but } => {
                let account = account(&at);
                Write::EndSessions(match session.map(|n| SessionId::new(n).unwrap()) {
                    None => EndSessions::AllOf(account),
                    Some(session) if but => EndSessions::AllBut { account, session },
                    Some(session) => EndSessions::One { account, session },
                })
            }
        }
    }
}
