//! Passwords, sessions and devices in SQLite: rows, questions, changes.

use keys_core::{
    AccountId, AccountRecord, AccountState, DeviceHash, DeviceRecord, FoldedLogin, LoginName, NewPassword,
    NewSession, Owner, PasswordId, PasswordParts, PasswordRecord, PasswordState, Revision, SessionHash,
    SessionId, SessionKind, SessionParts, SessionRecord, Timestamp, Uuid,
};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::fault::{Damage, Fault};
use super::list::{one_more, page};
use super::read::account;
use super::row::{Fields, Stored, id, number, optional, read, text, time};
use super::seal::sealed;
use super::statement::{all, execute, one};
use super::write::{Stop, Written, next};
use crate::error::Refusal;
use crate::log_in::{
    EndSessions, KnownSession, MAX_DEVICES, MAX_SESSIONS, Note, PasswordQuery, claims, claims_of_new,
    redigest, update_password,
};
use crate::query::{KeyQuery, Page, Reach};
use crate::store::Committed;

macro_rules! password_columns {
    () => {
        "id, account, login, folded, state, digest, removed, created, updated, revision, seal"
    };
}

macro_rules! session_columns {
    () => {
        "id, hash, account, kind, created, last_seen, revision, seal"
    };
}

// ---- rows -----------------------------------------------------------------------------------------------------------

impl Stored for PasswordRecord {
    const TABLE: &'static str = "passwords";
    const WIDTH: usize = 10;

    fn values(&self) -> Vec<Value> {
        let parts = self.parts();
        let removed = match &parts.state {
            PasswordState::Active(_) => None,
            PasswordState::Removed { at } => Some(*at),
        };
        vec![
            number(parts.id.number()),
            number(parts.account.number()),
            text(&parts.login),
            text(parts.login.folded().as_str()),
            text(if removed.is_some() { "removed" } else { "active" }),
            optional(self.digest(), text),
            optional(removed, time),
            time(parts.created),
            time(parts.updated),
            number(parts.revision.number()),
        ]
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        let parts = PasswordParts {
            id: id(fields, PasswordId::new)?,
            account: id(fields, AccountId::new)?,
            login: fields.parsed::<LoginName>("its log-in name is none")?,
            state: password_state(fields)?,
            created: fields.time("its time of setting is none")?,
            updated: fields.time("its time of change is none")?,
            revision: fields.revision()?,
        };
        Self::from_parts(parts).map_err(|_| fields.damage("its times contradict each other"))
    }
}

fn password_state(fields: &mut Fields<'_>) -> Result<PasswordState, Fault> {
    // What it is found by was folded by the program that wrote it, and is not read.
    fields.text("its folded name is no text")?;
    let state = fields.text("its state is none")?;
    let digest = fields.optional_parsed("its digest is none")?;
    let removed = fields.optional_time("its time of removal is none")?;
    match (state, digest, removed) {
        ("active", Some(digest), None) => Ok(PasswordState::Active(digest)),
        ("removed", None, Some(at)) => Ok(PasswordState::Removed { at }),
        _ => Err(fields.damage("its state does not fit what it holds")),
    }
}

impl Stored for SessionRecord {
    const TABLE: &'static str = "sessions";
    const WIDTH: usize = 7;

    fn values(&self) -> Vec<Value> {
        let parts = self.parts();
        vec![
            number(parts.id.number()),
            Value::Blob(parts.hash.as_bytes().to_vec()),
            number(parts.account.number()),
            text(parts.kind),
            time(parts.created),
            time(parts.last_seen),
            number(parts.revision.number()),
        ]
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        Ok(Self::from_parts(SessionParts {
            id: id(fields, SessionId::new)?,
            hash: hash(fields).map(SessionHash::from_bytes)?,
            account: id(fields, AccountId::new)?,
            kind: fields.parsed::<SessionKind>("its kind is none")?,
            created: fields.time("its beginning is no time")?,
            last_seen: fields.time("its last use is no time")?,
            revision: fields.revision()?,
        }))
    }
}

impl Stored for DeviceRecord {
    const TABLE: &'static str = "devices";
    const WIDTH: usize = 3;

    fn values(&self) -> Vec<Value> {
        let Self { hash, account, last_seen } = self;
        vec![Value::Blob(hash.as_bytes().to_vec()), number(account.number()), time(*last_seen)]
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        Ok(Self {
            hash: hash(fields).map(DeviceHash::from_bytes)?,
            account: id(fields, AccountId::new)?,
            last_seen: fields.time("its last use is no time")?,
        })
    }
}

fn hash(fields: &mut Fields<'_>) -> Result<[u8; 32], Fault> {
    fields.optional_bytes("its hash is none")?.ok_or_else(|| fields.damage("its hash is none"))
}

// ---- questions ------------------------------------------------------------------------------------------------------

/// The password with this id, if it is within reach.
pub(super) fn password(
    connection: &Connection,
    reach: Reach,
    id: PasswordId,
) -> Result<Option<PasswordRecord>, Fault> {
    const ANY: &str = concat!("SELECT ", password_columns!(), " FROM passwords WHERE id = ?1");
    const OWN: &str =
        concat!("SELECT ", password_columns!(), " FROM passwords WHERE id = ?1 AND account = ?2");
    let id = number(id.number());
    match reach {
        Reach::AllOwners => one(connection, ANY, [id], read),
        Reach::Owner(owner) => match owner.account() {
            Some(account) => one(connection, OWN, [id, number(account.number())], read),
            None => Ok(None),
        },
    }
}

/// The text of a list of passwords, which names the index to walk.
pub(super) const fn passwords_sql(own: bool, removed: bool) -> &'static str {
    match (own, removed) {
        (false, false) => concat!(
            "SELECT ",
            password_columns!(),
            " FROM passwords INDEXED BY passwords_active_id WHERE state = 'active' AND id > ?2 ORDER BY id LIMIT ?3"
        ),
        (false, true) => {
            concat!("SELECT ", password_columns!(), " FROM passwords WHERE id > ?2 ORDER BY id LIMIT ?3")
        }
        // One at most.
        (true, false) => concat!(
            "SELECT ",
            password_columns!(),
            " FROM passwords INDEXED BY passwords_active_account \
             WHERE state = 'active' AND account = ?1 AND id > ?2 LIMIT ?3"
        ),
        (true, true) => concat!(
            "SELECT ",
            password_columns!(),
            " FROM passwords INDEXED BY passwords_account WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
        ),
    }
}

/// One page of passwords.
pub(super) fn passwords(
    connection: &Connection,
    reach: Reach,
    query: &PasswordQuery,
) -> Result<Page<PasswordRecord>, Fault> {
    let own = match reach {
        Reach::AllOwners => None,
        Reach::Owner(owner) => match owner.account() {
            Some(account) => Some(account),
            None => return Ok(Page { items: Vec::new(), more: false }),
        },
    };
    let limit = query.limit.min(KeyQuery::MAX_LIMIT);
    let parameters = [
        optional(own, |id| number(id.number())),
        Value::Integer(query.after.map_or(0, |id| id.number().cast_signed())),
        one_more(limit),
    ];
    let records = all(connection, passwords_sql(own.is_some(), query.removed), parameters, read)?;
    Ok(page(records, limit))
}

/// The Active password under this log-in name.
pub(super) fn password_named(
    connection: &Connection,
    login: &FoldedLogin,
) -> Result<Option<PasswordRecord>, Fault> {
    const SQL: &str =
        concat!("SELECT ", password_columns!(), " FROM passwords WHERE folded = ?1 AND state = 'active'");
    one(connection, SQL, [text(login.as_str())], read)
}

/// The Active password of this account.
fn password_of(connection: &Connection, account: AccountId) -> Result<Option<PasswordRecord>, Fault> {
    const SQL: &str =
        concat!("SELECT ", password_columns!(), " FROM passwords WHERE account = ?1 AND state = 'active'");
    one(connection, SQL, [number(account.number())], read)
}

pub(super) const SESSION: &str = concat!("SELECT ", session_columns!(), " FROM sessions WHERE hash = ?1");

/// The session with this hash and its account, in one snapshot.
pub(super) fn session(connection: &Connection, hash: &SessionHash) -> Result<Option<KnownSession>, Fault> {
    // Two statements see one snapshot only inside one transaction.
    let snapshot = connection.unchecked_transaction()?;
    let known = match session_with(&snapshot, hash)? {
        Some(session) => {
            let account = account(&snapshot, session.parts().account)?;
            Some(KnownSession { session, account })
        }
        None => None,
    };
    snapshot.commit()?;
    Ok(known)
}

fn session_with(connection: &Connection, hash: &SessionHash) -> Result<Option<SessionRecord>, Fault> {
    let session: Option<SessionRecord> = one(connection, SESSION, [blob(hash.as_bytes())], read)?;
    match &session {
        Some(session) if session.parts().hash != *hash => {
            Err(Damage { table: "sessions", what: "an index leads to a row of another hash" }.into())
        }
        _ => Ok(session),
    }
}

/// The device with this hash.
pub(super) fn device(connection: &Connection, hash: &DeviceHash) -> Result<Option<DeviceRecord>, Fault> {
    const SQL: &str = "SELECT hash, account, last_seen, seal FROM devices WHERE hash = ?1";
    one(connection, SQL, [blob(hash.as_bytes())], read)
}

pub(super) const DEVICES: &str = "SELECT hash, account, last_seen, seal FROM devices INDEXED BY devices_account \
     WHERE account = ?1 ORDER BY last_seen DESC, hash DESC";

/// The devices of an account, the one that was used last first.
pub(super) fn devices(connection: &Connection, account: AccountId) -> Result<Vec<DeviceRecord>, Fault> {
    all(connection, DEVICES, [number(account.number())], read)
}

/// Whether a password is Active and at this revision, and its account Active.
pub(super) fn password_is(
    connection: &Connection,
    id: PasswordId,
    revision: Revision,
) -> Result<bool, Fault> {
    let Some(record) = password(connection, Reach::AllOwners, id)? else { return Ok(false) };
    if record.digest().is_none() || record.parts().revision != revision {
        return Ok(false);
    }
    let account = account(connection, record.parts().account)?;
    Ok(account.is_some_and(|account| account.parts().state == AccountState::Active))
}

/// Whether an account has an Active password.
pub(super) fn has_password(connection: &Connection, account: AccountId) -> Result<bool, Fault> {
    Ok(password_of(connection, account)?.is_some())
}

/// Whether a session is there and is this one's.
pub(super) fn has_session(connection: &Connection, id: SessionId, of: Owner) -> Result<bool, Fault> {
    let stored: Option<SessionRecord> = one(connection, STORED, [number(id.number())], read)?;
    Ok(stored.is_some_and(|stored| Owner::Account(stored.parts().account) == of))
}

const STORED: &str = concat!("SELECT ", session_columns!(), " FROM sessions WHERE id = ?1");

fn blob(bytes: &[u8]) -> Value {
    Value::Blob(bytes.to_vec())
}

// ---- changes --------------------------------------------------------------------------------------------------------

pub(super) fn insert_password(
    connection: &Connection,
    new: NewPassword,
    revision: Revision,
) -> Result<Written, Stop> {
    const SQL: &str = "INSERT INTO passwords (id, account, login, folded, state, digest, removed, created, updated, \
         revision, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    account(connection, new.account)?.ok_or(Refusal::NotFound)?;
    claim(connection, &claims_of_new(&new), None)?;
    let id = next(connection, "credential")?.and_then(PasswordId::new).ok_or(Fault::Exhausted)?;
    let record = new.into_record(id, revision);
    execute(connection, SQL, sealed(record.values()))?;
    Ok((Committed::Password(record), None))
}

/// The password of an account that was made in the same transaction and is known by its uuid.
pub(super) fn insert_first_password(
    connection: &Connection,
    account: &Uuid,
    of: impl FnOnce(AccountId) -> NewPassword,
    revision: Revision,
) -> Result<Written, Stop> {
    const SQL: &str = "SELECT id FROM accounts WHERE uuid = ?1";
    let found = one(connection, SQL, [text(account)], |row| {
        id(&mut Fields::new(row, AccountRecord::TABLE), AccountId::new)
    })?;
    insert_password(connection, of(found.ok_or(Refusal::NotFound)?), revision)
}

pub(super) fn change_password(
    connection: &Connection,
    record: PasswordRecord,
    expected: Revision,
    revision: Revision,
) -> Result<Written, Stop> {
    let id = record.parts().id;
    let stored = password(connection, Reach::AllOwners, id)?.ok_or(Refusal::NotFound)?;
    let record = update_password(&stored, record, expected, revision)?;
    if let Some(wanted) = claims(&record) {
        claim(connection, &wanted, Some(id))?;
    }
    put_password(connection, &record)?;
    Ok((Committed::Password(record), Some(expected)))
}

/// Refuses what another Active password has.
fn claim(
    connection: &Connection,
    (account, login): &(AccountId, FoldedLogin),
    own: Option<PasswordId>,
) -> Result<(), Stop> {
    let others = [password_of(connection, *account)?, password_named(connection, login)?];
    let taken = others.into_iter().flatten().any(|other| Some(other.parts().id) != own);
    if taken { Err(Refusal::AlreadyExists.into()) } else { Ok(()) }
}

fn put_password(connection: &Connection, record: &PasswordRecord) -> Result<(), Fault> {
    const SQL: &str = "UPDATE passwords SET account = ?2, login = ?3, folded = ?4, state = ?5, digest = ?6, \
         removed = ?7, created = ?8, updated = ?9, revision = ?10, seal = ?11 WHERE id = ?1";
    execute(connection, SQL, sealed(record.values()))?;
    Ok(())
}

pub(super) fn begin_session(
    connection: &Connection,
    new: NewSession,
    device: Option<DeviceHash>,
    revision: Revision,
) -> Result<Written, Stop> {
    const SQL: &str = "INSERT INTO sessions (id, hash, account, kind, created, last_seen, revision, seal) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    const SURPLUS: &str = "DELETE FROM sessions WHERE account = ?1 AND id <= \
         (SELECT id FROM sessions WHERE account = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    account(connection, new.account)?.ok_or(Refusal::NotFound)?;
    if session_with(connection, &new.hash)?.is_some() {
        return Err(Refusal::AlreadyExists.into());
    }
    if let Some(hash) = device {
        remember(connection, hash, new.account, new.created)?;
    }
    let id = next(connection, "session")?.and_then(SessionId::new).ok_or(Fault::Exhausted)?;
    let record = new.into_record(id, revision);
    execute(connection, SQL, sealed(record.values()))?;
    execute(connection, SURPLUS, [number(record.parts().account.number()), count(MAX_SESSIONS)])?;
    Ok((Committed::Session(record), None))
}

fn remember(
    connection: &Connection,
    hash: DeviceHash,
    account: AccountId,
    at: Timestamp,
) -> Result<(), Stop> {
    const SQL: &str = "INSERT INTO devices (hash, account, last_seen, seal) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (hash) DO UPDATE SET account = ?2, last_seen = ?3, seal = ?4";
    const SURPLUS: &str = "DELETE FROM devices WHERE hash IN \
         (SELECT hash FROM devices WHERE account = ?1 ORDER BY last_seen DESC, hash DESC LIMIT -1 OFFSET ?2)";
    let known = device(connection, &hash)?;
    if known.is_some_and(|known| known.account != account) {
        return Err(Refusal::AlreadyExists.into());
    }
    let last_seen = known.map_or(at, |known| known.last_seen.max(at));
    execute(connection, SQL, sealed(DeviceRecord { hash, account, last_seen }.values()))?;
    execute(connection, SURPLUS, [number(account.number()), count(MAX_DEVICES)])?;
    Ok(())
}

pub(super) fn end_sessions(connection: &Connection, which: EndSessions) -> Result<Written, Stop> {
    const STORED: &str =
        concat!("SELECT ", session_columns!(), " FROM sessions WHERE id = ?1 AND account = ?2");
    const ONE: &str = "DELETE FROM sessions WHERE id = ?2 AND account = ?1";
    const ALL: &str = "DELETE FROM sessions INDEXED BY sessions_account WHERE account = ?1 AND id IS NOT ?2";
    const EVERY: &str = "DELETE FROM sessions";
    let mut before = None;
    match which {
        EndSessions::One { account, session } => {
            let account = number(account.number());
            let id = number(session.number());
            let stored: Option<SessionRecord> = one(connection, STORED, [id.clone(), account.clone()], read)?;
            before = Some(stored.ok_or(Refusal::NotFound)?.parts().revision);
            execute(connection, ONE, [account, id])?;
        }
        EndSessions::All => {
            execute(connection, EVERY, [])?;
        }
        EndSessions::AllOf(account) => {
            execute(connection, ALL, [number(account.number()), Value::Null])?;
        }
        EndSessions::AllBut { account, session } => {
            execute(connection, ALL, [number(account.number()), number(session.number())])?;
        }
    }
    Ok((Committed::SessionsEnded(which), before))
}

/// Nothing is kept of it: what failed is remembered elsewhere.
pub(super) fn unlock(connection: &Connection, id: AccountId) -> Result<Written, Stop> {
    account(connection, id)?.ok_or(Refusal::NotFound)?;
    Ok((Committed::Unlocked(id), None))
}

// ---- notes ----------------------------------------------------------------------------------------------------------

/// Writes a note down; how many rows it changed.
pub(super) fn note(connection: &Connection, note: &Note) -> Result<u64, Fault> {
    match note {
        Note::Digest { password: id, expected, new } => {
            let stored = password(connection, Reach::AllOwners, *id)?;
            match stored.and_then(|stored| redigest(&stored, expected, new)) {
                Some(record) => put_password(connection, &record).map(|()| 1),
                None => Ok(0),
            }
        }
        Note::Seen { session, at } => seen(connection, *session, *at),
        Note::Forget { begun, unused, devices, limit } => {
            forget(connection, *begun, *unused, *devices, *limit)
        }
    }
}

fn seen(connection: &Connection, session: SessionId, at: Timestamp) -> Result<u64, Fault> {
    const SQL: &str = "UPDATE sessions SET hash = ?2, account = ?3, kind = ?4, created = ?5, last_seen = ?6, \
         revision = ?7, seal = ?8 WHERE id = ?1";
    let stored: Option<SessionRecord> = one(connection, STORED, [number(session.number())], read)?;
    match stored.filter(|stored| stored.parts().last_seen < at) {
        Some(stored) => {
            execute(connection, SQL, sealed(stored.seen(at).values()))?;
            Ok(1)
        }
        None => Ok(0),
    }
}

/// What takes out sessions or devices that ended by time, the earliest first: each walks an index.
pub(super) const FORGET: [&str; 3] = [
    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions INDEXED BY sessions_created WHERE created <= ?1 \
     ORDER BY created, id LIMIT ?2)",
    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions INDEXED BY sessions_seen WHERE kind = 'cookie' \
     AND last_seen <= ?1 ORDER BY last_seen, id LIMIT ?2)",
    "DELETE FROM devices WHERE hash IN (SELECT hash FROM devices INDEXED BY devices_seen WHERE last_seen <= ?1 \
     ORDER BY last_seen, hash LIMIT ?2)",
];

fn forget(
    connection: &Connection,
    begun: Option<Timestamp>,
    unused: Option<Timestamp>,
    devices: Option<Timestamp>,
    limit: usize,
) -> Result<u64, Fault> {
    let mut gone = 0;
    for (sql, until) in FORGET.into_iter().zip([begun, unused, devices]) {
        if let Some(until) = until {
            gone += execute(connection, sql, [time(until), count(limit.saturating_sub(gone))])?;
        }
    }
    Ok(gone as u64)
}

fn count(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
