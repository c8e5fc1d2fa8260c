//! One change, made inside the transaction of its batch.

use keys_core::{
    AccountId, AccountRecord, EnvironmentId, EnvironmentRecord, KeyId, KeyRecord, NewAccount, NewEnvironment,
    NewKey, NewMember, NewPassword, NewReceipt, Owner, PepperId, Revision, SettingName, Tagged, Timestamp,
};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::audit;
use super::fault::Fault;
use super::receipt;
use super::row::{SettingRow, Stored as _, number, optional, text, time};
use super::seal::sealed;
use super::statement::{execute, one};
use super::{holds, log_in, member, read};
use crate::error::Refusal;
use crate::query::Reach;
use crate::rules::{
    Circumstances, audit_event, loses_its_secret, owner_and_target, retag_key, update_account,
    update_environment, update_key,
};
use crate::store::{Change, Committed, Head, Setting, Write};

/// Why a change was not made.
#[derive(Debug)]
pub(super) enum Stop {
    /// It does not fit.
    Refused(Refusal),
    /// It could not be carried out.
    Failed(Fault),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<T: Into<Fault>> From<T> for Stop {
    fn from(fault: T) -> Self {
        Self::Failed(fault.into())
    }
}

/// What was written, and the revision of what it replaced.
pub(super) type Written = (Committed, Option<Revision>);

/// What one change has become.
pub(super) struct Done {
    pub(super) committed: Committed,
    /// Whether a secret of a receipt was erased for it.
    pub(super) erased: bool,
}

/// Makes one change with its audit event and its receipt, and moves the head on.
pub(super) fn change(connection: &Connection, head: &mut Head, change: Change) -> Result<Done, Stop> {
    let Change { write, requires, at, origin, action, receipt } = change;
    if let Some(receipt) = &receipt
        && receipt::find(connection, &receipt.name)?.is_some()
    {
        return Err(Refusal::ReceiptExists.into());
    }
    for requirement in requires {
        if !holds::holds(connection, head, requirement)? {
            return Err(Refusal::Unmet.into());
        }
    }
    let revision = head.revision.next();
    if revision.number() > i64::MAX.unsigned_abs() {
        return Err(Fault::Exhausted.into());
    }
    let (committed, before) = carry_out(connection, write, revision)?;
    let circumstances = Circumstances { at, origin, action };
    let event =
        audit_event(head.audit, circumstances, &committed, before, revision).ok_or(Fault::Exhausted)?;
    audit::insert(connection, &event)?;
    let erased = put_receipts(connection, receipt, &committed, at)?;
    *head = Head { revision, audit: Some((event.event.id, event.link)), latest: head.latest.max(Some(at)) };
    Ok(Done { committed, erased })
}

/// The receipt of a change, and what the change does to others. Whether it has erased a secret.
fn put_receipts(
    connection: &Connection,
    receipt: Option<NewReceipt>,
    committed: &Committed,
    at: Timestamp,
) -> Result<bool, Fault> {
    if let Some(receipt) = receipt {
        let (_, made) = owner_and_target(committed);
        receipt::insert(connection, &receipt.into_receipt(made, at))?;
    }
    match loses_its_secret(committed) {
        Some(made) => Ok(receipt::erase_of(connection, made)? > 0),
        None => Ok(false),
    }
}

/// Writes where the store stands: once for a batch, before it is committed.
pub(super) fn put_head(connection: &Connection, head: &Head) -> Result<(), Fault> {
    const SQL: &str = "UPDATE head SET revision = ?1, latest = ?2";
    execute(connection, SQL, [number(head.revision.number()), optional(head.latest, time)])?;
    Ok(())
}

/// Replaces a tag; the key as it is then, or `None` if its tag was another.
pub(super) fn replace_tag(
    connection: &Connection,
    key: KeyId,
    expected: &Tagged,
    new: &Tagged,
) -> Result<Option<KeyRecord>, Fault> {
    let stored = read::key(connection, Reach::AllOwners, key)?;
    let Some(record) = stored.and_then(|stored| retag_key(&stored, expected, new)) else {
        return Ok(None);
    };
    put_key(connection, &record)?;
    Ok(Some(record))
}

fn carry_out(connection: &Connection, write: Write, revision: Revision) -> Result<Written, Stop> {
    match write {
        Write::InsertAccount(new) => insert_account(connection, new, revision),
        Write::UpdateAccount { record, expected } => change_account(connection, record, expected, revision),
        Write::InsertEnvironment(new) => insert_environment(connection, new, revision),
        Write::UpdateEnvironment { record, expected } => {
            change_environment(connection, record, expected, revision)
        }
        Write::InsertMember(new) => member::insert(connection, new, revision),
        Write::InsertFounder { environment, account, role, creator, created } => {
            let of = |environment| NewMember { environment, account, role, creator, created };
            member::insert_founder(connection, &environment, of, revision)
        }
        Write::UpdateMember { record, expected } => member::change(connection, &record, expected, revision),
        Write::RemoveMember(record) => member::remove(connection, &record),
        Write::InsertKey(new) => insert_key(connection, new, revision),
        Write::UpdateKey { record, expected } => change_key(connection, record, expected, revision),
        Write::PutSetting { name, value } => put_setting(connection, name, value, revision),
        Write::InsertPepper(pepper) => insert_pepper(connection, pepper, revision),
        Write::InsertPassword(new) => log_in::insert_password(connection, new, revision),
        Write::InsertFirstPassword { account, login, digest, created } => {
            let of = |account| NewPassword { account, login, digest, created };
            log_in::insert_first_password(connection, &account, of, revision)
        }
        Write::UpdatePassword { record, expected } => {
            log_in::change_password(connection, record, expected, revision)
        }
        Write::BeginSession { session, device } => {
            log_in::begin_session(connection, session, device, revision)
        }
        Write::EndSessions(which) => log_in::end_sessions(connection, which),
        Write::Unlock(account) => log_in::unlock(connection, account),
    }
}

fn insert_account(connection: &Connection, new: NewAccount, revision: Revision) -> Result<Written, Stop> {
    if read::knows_uuid(connection, &new.uuid)? {
        return Err(Refusal::AlreadyExists.into());
    }
    let id = next(connection, "account")?.and_then(AccountId::new).ok_or(Fault::Exhausted)?;
    let record = new.into_record(id, revision);
    put_new_account(connection, &record)?;
    Ok((Committed::Account(record), None))
}

/// Writes the row of an account that has none.
pub(super) fn put_new_account(connection: &Connection, record: &AccountRecord) -> Result<(), Fault> {
    const SQL: &str = "INSERT INTO accounts (id, uuid, kind, state, removed, name, description, \
         default_environment, created, updated, revision, seal) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    execute(connection, SQL, sealed(record.values()))?;
    Ok(())
}

fn change_account(
    connection: &Connection,
    record: AccountRecord,
    expected: Revision,
    revision: Revision,
) -> Result<Written, Stop> {
    const SQL: &str = "UPDATE accounts SET uuid = ?2, kind = ?3, state = ?4, removed = ?5, name = ?6, \
         description = ?7, default_environment = ?8, created = ?9, updated = ?10, revision = ?11, seal = ?12 \
         WHERE id = ?1";
    let stored = read::account(connection, record.parts().id)?.ok_or(Refusal::NotFound)?;
    let record = update_account(&stored, record, expected, revision)?;
    execute(connection, SQL, sealed(record.values()))?;
    Ok((Committed::Account(record), Some(expected)))
}

fn insert_environment(
    connection: &Connection,
    new: NewEnvironment,
    revision: Revision,
) -> Result<Written, Stop> {
    const SQL: &str = "INSERT INTO environments (id, uuid, name, description, state, removed, creator, created, \
         updated, revision, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    if read::knows_uuid(connection, &new.uuid)? {
        return Err(Refusal::AlreadyExists.into());
    }
    let id = next(connection, "account")?.and_then(EnvironmentId::new).ok_or(Fault::Exhausted)?;
    let record = new.into_record(id, revision);
    execute(connection, SQL, sealed(record.values()))?;
    Ok((Committed::Environment(record), None))
}

fn change_environment(
    connection: &Connection,
    record: EnvironmentRecord,
    expected: Revision,
    revision: Revision,
) -> Result<Written, Stop> {
    const SQL: &str = "UPDATE environments SET uuid = ?2, name = ?3, description = ?4, state = ?5, removed = ?6, \
         creator = ?7, created = ?8, updated = ?9, revision = ?10, seal = ?11 WHERE id = ?1";
    let stored =
        read::environment(connection, Reach::AllOwners, record.parts().id)?.ok_or(Refusal::NotFound)?;
    let record = update_environment(&stored, record, expected, revision)?;
    execute(connection, SQL, sealed(record.values()))?;
    Ok((Committed::Environment(record), Some(expected)))
}

fn insert_key(connection: &Connection, new: NewKey, revision: Revision) -> Result<Written, Stop> {
    const SQL: &str = "INSERT INTO keys (id, owner, access_key, state, digest, tag, pepper, deleted, name, \
         description, creator, created, updated, expires, revision, seal) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    if !owner_exists(connection, new.owner)? {
        return Err(Refusal::NotFound.into());
    }
    if read::key_named(connection, &new.access_key)?.row.is_some() {
        return Err(Refusal::AlreadyExists.into());
    }
    let id = next(connection, "credential")?.and_then(KeyId::new).ok_or(Fault::Exhausted)?;
    let record = new.into_record(id, revision);
    execute(connection, SQL, sealed(record.values()))?;
    Ok((Committed::Key(Box::new(record)), None))
}

pub(super) fn owner_exists(connection: &Connection, owner: Owner) -> Result<bool, Fault> {
    Ok(read::owner(connection, owner)?.row.is_some())
}

fn change_key(
    connection: &Connection,
    record: KeyRecord,
    expected: Revision,
    revision: Revision,
) -> Result<Written, Stop> {
    let reach = Reach::Owner(record.parts().owner);
    let stored = read::key(connection, reach, record.parts().id)?.ok_or(Refusal::NotFound)?;
    let record = update_key(&stored, record, expected, revision)?;
    put_key(connection, &record)?;
    Ok((Committed::Key(Box::new(record)), Some(expected)))
}

fn put_key(connection: &Connection, record: &KeyRecord) -> Result<(), Fault> {
    const SQL: &str = "UPDATE keys SET owner = ?2, access_key = ?3, state = ?4, digest = ?5, tag = ?6, pepper = ?7, \
         deleted = ?8, name = ?9, description = ?10, creator = ?11, created = ?12, updated = ?13, expires = ?14, \
         revision = ?15, seal = ?16 WHERE id = ?1";
    execute(connection, SQL, sealed(record.values()))?;
    Ok(())
}

fn put_setting(
    connection: &Connection,
    name: SettingName,
    value: Box<str>,
    revision: Revision,
) -> Result<Written, Stop> {
    const SQL: &str = "UPDATE settings SET value = ?2, revision = ?3, seal = ?4 WHERE name = ?1";
    let before = read::setting(connection, name)?.into_setting().map(|before| before.revision);
    let row = SettingRow { name, value: Some(value.clone()), revision };
    execute(connection, SQL, sealed(row.values()))?;
    Ok((Committed::Setting(Setting { name, value, revision }), before))
}

fn insert_pepper(connection: &Connection, pepper: PepperId, revision: Revision) -> Result<Written, Stop> {
    const SQL: &str = "INSERT INTO peppers (pepper, revision) VALUES (?1, ?2)";
    if read::peppers(connection)?.contains(&pepper) {
        return Err(Refusal::AlreadyExists.into());
    }
    execute(connection, SQL, [text(pepper), number(revision.number())])?;
    Ok((Committed::Pepper(pepper), None))
}

/// The next number of a counter; `None` when all have been given.
///
/// Two statements, though one with `RETURNING` would do: SQLite could undo that one by itself, and to end what it keeps for
/// that it walks over everything the job has changed so far. A job of many changes would take the square of their number.
pub(super) fn next(connection: &Connection, family: &str) -> Result<Option<u64>, Fault> {
    const LAST: &str = "SELECT last FROM counters WHERE family = ?1";
    const PUT: &str = "UPDATE counters SET last = ?2 WHERE family = ?1";
    let last: Option<i64> = one(connection, LAST, [text(family)], |row| Ok(row.get(0)?))?;
    let Some(next) = last.and_then(|last| last.checked_add(1)) else { return Ok(None) };
    execute(connection, PUT, [text(family), Value::Integer(next)])?;
    Ok(u64::try_from(next).ok())
}
