//! What is asked of the database, one function for each question. Each sees one snapshot.

use keys_core::{
    AccessKey, AccountId, AccountRecord, AuditId, AuditLink, Creator, EnvironmentId, EnvironmentRecord,
    KeyId, KeyRecord, Owner, OwnerRow, PepperId, Revision, SettingName, Timestamp, Uuid, VerificationRow,
};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use super::fault::{Damage, Fault};
use super::list::{environment_columns, key_columns, one_more, page};
use super::member;
pub(super) use super::row::SettingRow;
use super::row::{Fields, Stored, number, read, read_verification, text, time};
use super::statement::{all, one};
use crate::query::{KeyQuery, Page, Reach};
use crate::rules::{account_row, environment_row};
use crate::store::{Head, Load};

const ACCOUNT: &str = "SELECT id, uuid, kind, state, removed, name, description, default_environment, created, \
     updated, revision, seal FROM accounts WHERE id = ?1";
const ENVIRONMENT: &str = concat!("SELECT ", environment_columns!(), " FROM environments WHERE id = ?1");

pub(super) const KEY_NAMED: &str = concat!(
    "SELECT ",
    key_columns!(),
    ", (SELECT revision FROM head) FROM (SELECT 1) LEFT JOIN keys ON access_key = ?1"
);

/// The key with this access key, and the revision of the same snapshot.
pub(super) fn key_named(
    connection: &Connection,
    access_key: &AccessKey,
) -> Result<Load<Option<KeyRecord>>, Fault> {
    let load: Load<Option<KeyRecord>> =
        load(one(connection, KEY_NAMED, [text(access_key)], beside_revision)?)?;
    match &load.row {
        Some(record) if record.parts().access_key != *access_key => {
            Err(Damage { table: "keys", what: "an index leads to a row of another access key" }.into())
        }
        _ => Ok(load),
    }
}

/// Whether keys of an owner are accepted, and the revision of the same snapshot.
pub(super) fn owner(connection: &Connection, owner: Owner) -> Result<Load<Option<OwnerRow>>, Fault> {
    const ACCOUNT: &str = "SELECT id, uuid, kind, state, removed, name, description, default_environment, created, \
         updated, a.revision, seal, h.revision FROM head h LEFT JOIN accounts a ON id = ?1";
    const ENVIRONMENT: &str = "SELECT id, uuid, name, description, state, removed, creator, created, updated, \
         e.revision, seal, h.revision FROM head h LEFT JOIN environments e ON id = ?1";
    let id = [number(owner.number())];
    match owner {
        Owner::Account(_) => {
            let Load { row, at } = load(one(connection, ACCOUNT, id, beside_revision::<AccountRecord>)?)?;
            Ok(Load { row: row.as_ref().map(account_row), at })
        }
        Owner::Environment(_) => {
            let Load { row, at } =
                load(one(connection, ENVIRONMENT, id, beside_revision::<EnvironmentRecord>)?)?;
            Ok(Load { row: row.as_ref().map(environment_row), at })
        }
    }
}

/// A record, or nulls in its place, and the revision of the store behind it.
fn beside_revision<T: Stored>(row: &Row<'_>) -> Result<Load<Option<T>>, Fault> {
    let revision: Option<i64> = row.get(T::WIDTH + 1)?;
    let at = revision.and_then(|revision| u64::try_from(revision).ok()).map(Revision::new).ok_or(NO_HEAD)?;
    let id: Option<i64> = row.get(0)?;
    Ok(Load { row: id.map(|_| read(row)).transpose()?, at })
}

fn load<T>(load: Option<Load<T>>) -> Result<Load<T>, Fault> {
    load.ok_or_else(|| NO_HEAD.into())
}

const NO_HEAD: Damage = Damage { table: "head", what: "it is missing" };

/// The rows of up to `limit` keys that are not deleted, and the revision of the same snapshot.
pub(super) fn live_keys(
    connection: &Connection,
    after: Option<KeyId>,
    limit: usize,
) -> Result<Load<Vec<(AccessKey, VerificationRow)>>, Fault> {
    const SQL: &str = concat!(
        "SELECT ",
        key_columns!(),
        " FROM keys INDEXED BY keys_present_all_id WHERE state <> 'deleted' AND id > ?1 ORDER BY id LIMIT ?2"
    );
    let limit = i64::try_from(limit.min(KeyQuery::MAX_LIMIT)).unwrap_or(i64::MAX);
    let parameters = [Value::Integer(after.map_or(0, |id| id.number().cast_signed())), Value::Integer(limit)];
    // Two statements see one snapshot only inside one transaction.
    let snapshot = connection.unchecked_transaction()?;
    let at = head(&snapshot)?.revision;
    let row = all(&snapshot, SQL, parameters, read_verification)?;
    snapshot.commit()?;
    Ok(Load { row, at })
}

/// The key with this id, if it is within reach.
pub(super) fn key(connection: &Connection, reach: Reach, id: KeyId) -> Result<Option<KeyRecord>, Fault> {
    const ANY: &str = concat!("SELECT ", key_columns!(), " FROM keys WHERE id = ?1");
    const OWN: &str = concat!("SELECT ", key_columns!(), " FROM keys WHERE id = ?1 AND owner = ?2");
    let id = number(id.number());
    match reach {
        Reach::AllOwners => one(connection, ANY, [id], read),
        Reach::Owner(owner) => one(connection, OWN, [id, text(owner)], read),
    }
}

/// Whether an owner has an Active key that has not expired.
pub(super) fn has_active_key(connection: &Connection, owner: Owner, now: Timestamp) -> Result<bool, Fault> {
    const SQL: &str = "SELECT 1 FROM keys INDEXED BY keys_present_owner_state WHERE state <> 'deleted' \
         AND owner = ?1 AND state_order = 0 AND (expires IS NULL OR expires > ?2) LIMIT 1";
    Ok(one(connection, SQL, [text(owner), time(now)], |_| Ok(()))?.is_some())
}

/// Keys by who made them, deleted ones included.
pub(super) fn keys_made_by(
    connection: &Connection,
    creator: Creator,
    after: Option<KeyId>,
    limit: usize,
) -> Result<Page<KeyRecord>, Fault> {
    const AS_PRINCIPAL: &str = concat!(
        "SELECT ",
        key_columns!(),
        " FROM keys INDEXED BY keys_creator WHERE creator_principal = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
    );
    const BY_KEY: &str = concat!(
        "SELECT ",
        key_columns!(),
        " FROM keys INDEXED BY keys_creator_key WHERE creator = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
    );
    let (sql, maker) = match creator.key {
        Some(_) => (BY_KEY, text(creator)),
        None => (AS_PRINCIPAL, text(creator.principal)),
    };
    let limit = limit.min(KeyQuery::MAX_LIMIT);
    let after = Value::Integer(after.map_or(0, |id| id.number().cast_signed()));
    Ok(page(all(connection, sql, [maker, after, one_more(limit)], read)?, limit))
}

/// The environment with this id, if it is within reach.
pub(super) fn environment(
    connection: &Connection,
    reach: Reach,
    id: EnvironmentId,
) -> Result<Option<EnvironmentRecord>, Fault> {
    match reach {
        Reach::Owner(Owner::Environment(own)) if own != id => Ok(None),
        Reach::Owner(Owner::Account(account)) => member::environment_of(connection, account, id),
        Reach::Owner(Owner::Environment(_)) | Reach::AllOwners => {
            one(connection, ENVIRONMENT, [number(id.number())], read)
        }
    }
}

/// The account with this id.
pub(super) fn account(connection: &Connection, id: AccountId) -> Result<Option<AccountRecord>, Fault> {
    one(connection, ACCOUNT, [number(id.number())], read)
}

/// Accounts in order of id.
pub(super) fn accounts(
    connection: &Connection,
    after: Option<AccountId>,
    limit: usize,
) -> Result<Page<AccountRecord>, Fault> {
    const SQL: &str = "SELECT id, uuid, kind, state, removed, name, description, default_environment, created, \
         updated, revision, seal FROM accounts WHERE id > ?1 ORDER BY id LIMIT ?2";
    let limit = limit.min(KeyQuery::MAX_LIMIT);
    let after = Value::Integer(after.map_or(0, |id| id.number().cast_signed()));
    Ok(page(all(connection, SQL, [after, one_more(limit)], read)?, limit))
}

/// Whether an account or an environment has this uuid.
pub(super) fn knows_uuid(connection: &Connection, uuid: &Uuid) -> Result<bool, Fault> {
    const SQL: &str =
        "SELECT 1 FROM accounts WHERE uuid = ?1 UNION ALL SELECT 1 FROM environments WHERE uuid = ?1";
    Ok(one(connection, SQL, [text(uuid)], |_| Ok(()))?.is_some())
}

/// The row of a setting: there from its migration on, so a missing one is damage and not a default.
pub(super) fn setting(connection: &Connection, name: SettingName) -> Result<SettingRow, Fault> {
    const SQL: &str = "SELECT name, value, revision, seal FROM settings WHERE name = ?1";
    one(connection, SQL, [text(name)], read::<SettingRow>)?
        .ok_or_else(|| Damage { table: "settings", what: "it is missing" }.into())
}

/// The peppers in use, in the order they came.
pub(super) fn peppers(connection: &Connection) -> Result<Vec<PepperId>, Fault> {
    const SQL: &str = "SELECT pepper FROM peppers ORDER BY revision";
    all(connection, SQL, [], |row| Fields::new(row, "peppers").parsed("its id is none"))
}

/// Where the store stands.
pub(super) fn head(connection: &Connection) -> Result<Head, Fault> {
    const SQL: &str = "SELECT h.revision, h.latest, a.id, a.link FROM head h LEFT JOIN audit a \
         ON a.id = (SELECT max(id) FROM audit)";
    let head = one(connection, SQL, [], |row| {
        let fields = &mut Fields::new(row, "head");
        let revision = fields.revision()?;
        let latest = fields.optional_time("its latest time is none")?;
        let id = fields.optional_number("the number of the last audit event is none")?;
        let link =
            fields.optional_bytes("the link of the last audit event is none")?.map(AuditLink::from_bytes);
        Ok(Head { revision, audit: id.and_then(AuditId::new).zip(link), latest })
    })?;
    head.ok_or_else(|| NO_HEAD.into())
}

/// The link of an audit event.
pub(super) fn link_at(connection: &Connection, id: AuditId) -> Result<Option<AuditLink>, Fault> {
    const SQL: &str = "SELECT link FROM audit WHERE id = ?1";
    let link = one(connection, SQL, [number(id.number())], |row| {
        Fields::new(row, "audit").optional_bytes("its link is none")
    })?;
    Ok(link.flatten().map(AuditLink::from_bytes))
}

/// Whether the counters stand at or past every number that was given.
pub(super) fn counters_are_ahead(connection: &Connection) -> Result<bool, Fault> {
    const SQL: &str = "SELECT \
         (SELECT last FROM counters WHERE family = 'account') >= \
         max((SELECT ifnull(max(id), 0) FROM accounts), (SELECT ifnull(max(id), 0) FROM environments)) AND \
         (SELECT last FROM counters WHERE family = 'member') >= (SELECT ifnull(max(id), 0) FROM members) AND \
         (SELECT last FROM counters WHERE family = 'credential') >= \
         max((SELECT ifnull(max(id), 0) FROM keys), (SELECT ifnull(max(id), 0) FROM passwords)) AND \
         (SELECT last FROM counters WHERE family = 'session') >= (SELECT ifnull(max(id), 0) FROM sessions)";
    let ahead: Option<Option<bool>> = one(connection, SQL, [], |row| Ok(row.get(0)?))?;
    Ok(ahead.flatten().unwrap_or(false))
}

/// What is wrong with the file, the rows' seals included; nothing, when it is sound.
pub(super) fn quick_check(connection: &Connection) -> Result<Vec<String>, Fault> {
    let mut problems = all(connection, "PRAGMA quick_check", [], |row| Ok(row.get::<_, String>(0)?))?;
    problems.retain(|problem| problem != "ok");
    let mut after = None;
    loop {
        // Page by page, so that no snapshot is held for long: the log could not be emptied meanwhile.
        let read = live_keys(connection, after, KeyQuery::MAX_LIMIT);
        match read {
            Ok(load) => match load.row.last() {
                Some((_, last)) => after = Some(last.key),
                None => return Ok(problems),
            },
            Err(Fault::Damage(damage)) => {
                problems.push(damage.to_string());
                return Ok(problems);
            }
            Err(fault) => return Err(fault),
        }
    }
}
