//! Members of environments: their rows, and what is asked and changed of them.

use keys_core::{
    AccountId, Creator, EnvironmentId, EnvironmentRecord, MemberId, MemberRecord, NewMember, Owner, Revision,
    Uuid,
};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::fault::{Damage, Fault};
use super::list::{self, one_more, page};
use super::row::{Fields, Stored, id, number, read, text, time};
use super::seal::sealed;
use super::statement::{all, execute, one};
use super::write::{Stop, Written, next, owner_exists};
use crate::error::Refusal;
use crate::query::{EnvironmentFilter, EnvironmentQuery, KeyQuery, Page, Reach};
use crate::rules::{shows_to_member, update_member};
use crate::store::Committed;

macro_rules! member_columns {
    () => {
        "m.id, m.environment, m.account, m.role, m.creator, m.created, m.revision, m.seal"
    };
}

/// The member with this id, if its environment is within reach.
pub(super) fn member(
    connection: &Connection,
    reach: Reach,
    id: MemberId,
) -> Result<Option<MemberRecord>, Fault> {
    const SQL: &str = concat!("SELECT ", member_columns!(), " FROM members m WHERE m.id = ?1");
    const FELLOW: &str = concat!(
        "SELECT ",
        member_columns!(),
        " FROM members m JOIN members own ON own.environment = m.environment AND own.account = ?2 \
         JOIN environments e ON e.id = m.environment \
         WHERE m.id = ?1 AND (own.role = 'owner' OR e.state = 'active')"
    );
    match reach {
        Reach::AllOwners => one(connection, SQL, [number(id.number())], read),
        Reach::Owner(Owner::Environment(own)) => {
            let found = one(connection, SQL, [number(id.number())], read::<MemberRecord>)?;
            Ok(found.filter(|member| member.environment == own))
        }
        Reach::Owner(Owner::Account(account)) => {
            one(connection, FELLOW, [number(id.number()), number(account.number())], read)
        }
    }
}

/// The account as a member of the environment.
pub(super) fn membership(
    connection: &Connection,
    environment: EnvironmentId,
    account: AccountId,
) -> Result<Option<MemberRecord>, Fault> {
    const SQL: &str =
        concat!("SELECT ", member_columns!(), " FROM members m WHERE m.account = ?1 AND m.environment = ?2");
    let parameters = [number(account.number()), number(environment.number())];
    let found = one(connection, SQL, parameters, read::<MemberRecord>)?;
    match &found {
        Some(member) if member.account != account || member.environment != environment => {
            Err(WRONG_ROW.into())
        }
        _ => Ok(found),
    }
}

/// Members in order of id, of the environments within reach.
pub(super) fn members(
    connection: &Connection,
    reach: Reach,
    after: Option<MemberId>,
    limit: usize,
) -> Result<Page<MemberRecord>, Fault> {
    const ALL: &str = concat!(
        "SELECT ",
        member_columns!(),
        " FROM members m WHERE m.id > ?2 AND ?1 IS NULL ORDER BY m.id LIMIT ?3"
    );
    const OF_ENVIRONMENT: &str = concat!(
        "SELECT ",
        member_columns!(),
        " FROM members m INDEXED BY members_of_environment WHERE m.environment = ?1 AND m.id > ?2 \
         ORDER BY m.id LIMIT ?3"
    );
    // A person is a member of few environments, and those have few members: what is sorted is small.
    const FELLOWS: &str = concat!(
        "SELECT ",
        member_columns!(),
        " FROM members own CROSS JOIN environments e ON e.id = own.environment \
         CROSS JOIN members m INDEXED BY members_of_environment ON m.environment = own.environment \
         WHERE own.account = ?1 AND (own.role = 'owner' OR e.state = 'active') AND m.id > ?2 \
         ORDER BY m.id LIMIT ?3"
    );
    let (sql, of) = match reach {
        Reach::AllOwners => (ALL, Value::Null),
        Reach::Owner(Owner::Environment(id)) => (OF_ENVIRONMENT, number(id.number())),
        Reach::Owner(Owner::Account(id)) => (FELLOWS, number(id.number())),
    };
    let limit = limit.min(KeyQuery::MAX_LIMIT);
    let after = Value::Integer(after.map_or(0, |id| id.number().cast_signed()));
    let items = all(connection, sql, [of, after, one_more(limit)], read::<MemberRecord>)?;
    let own = |member: &MemberRecord| match reach {
        Reach::Owner(Owner::Environment(id)) => member.environment == id,
        Reach::Owner(Owner::Account(_)) | Reach::AllOwners => true,
    };
    if items.iter().all(own) { Ok(page(items, limit)) } else { Err(WRONG_ROW.into()) }
}

/// What an account is a member of, in order of the environment.
pub(super) fn memberships(
    connection: &Connection,
    account: AccountId,
    after: Option<EnvironmentId>,
    limit: usize,
) -> Result<Page<MemberRecord>, Fault> {
    const SQL: &str = concat!(
        "SELECT ",
        member_columns!(),
        " FROM members m WHERE m.account = ?1 AND m.environment > ?2 ORDER BY m.environment LIMIT ?3"
    );
    let limit = limit.min(KeyQuery::MAX_LIMIT);
    let after = Value::Integer(after.map_or(0, |id| id.number().cast_signed()));
    let parameters = [number(account.number()), after, one_more(limit)];
    let items = all(connection, SQL, parameters, read::<MemberRecord>)?;
    let own = |member: &MemberRecord| member.account == account;
    if items.iter().all(own) { Ok(page(items, limit)) } else { Err(WRONG_ROW.into()) }
}

const WRONG_ROW: Damage = Damage { table: "members", what: "an index leads to a row of another member" };

/// All members of an environment.
pub(super) fn all_of(
    connection: &Connection,
    environment: EnvironmentId,
) -> Result<Vec<MemberRecord>, Fault> {
    const SQL: &str = concat!("SELECT ", member_columns!(), " FROM members m WHERE m.environment = ?1");
    all(connection, SQL, [number(environment.number())], read)
}

/// All that an account is a member of.
pub(super) fn all_of_account(
    connection: &Connection,
    account: AccountId,
) -> Result<Vec<MemberRecord>, Fault> {
    const SQL: &str = concat!("SELECT ", member_columns!(), " FROM members m WHERE m.account = ?1");
    all(connection, SQL, [number(account.number())], read)
}

/// An environment that an account is a member of and that is shown to it.
pub(super) fn environment_of(
    connection: &Connection,
    account: AccountId,
    id: EnvironmentId,
) -> Result<Option<EnvironmentRecord>, Fault> {
    let filter = EnvironmentFilter { removed: true, id: Some(id) };
    let query = EnvironmentQuery { filter, limit: 1, ..EnvironmentQuery::default() };
    let page = list::environments(connection, Reach::Owner(Owner::Account(account)), &query)?;
    Ok(page.items.into_iter().next())
}

/// Whether the row of a member, its seal included, shows an environment to an account that an index led to.
pub(super) fn check_shown(
    connection: &Connection,
    account: AccountId,
    record: &EnvironmentRecord,
) -> Result<(), Fault> {
    let member = membership(connection, record.parts().id, account)?;
    let shown = member.is_some_and(|member| shows_to_member(record.parts().state, member.role));
    if shown { Ok(()) } else { Err(WRONG_ROW.into()) }
}

pub(super) fn insert(connection: &Connection, new: NewMember, revision: Revision) -> Result<Written, Stop> {
    const SQL: &str = "INSERT INTO members (id, environment, account, role, creator, created, revision, seal) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let exist = owner_exists(connection, Owner::Environment(new.environment))?
        && owner_exists(connection, Owner::Account(new.account))?;
    if !exist {
        return Err(Refusal::NotFound.into());
    }
    if membership(connection, new.environment, new.account)?.is_some() {
        return Err(Refusal::AlreadyExists.into());
    }
    let id = next(connection, "member")?.and_then(MemberId::new).ok_or(Fault::Exhausted)?;
    let record = new.into_record(id, revision);
    execute(connection, SQL, sealed(record.values()))?;
    Ok((Committed::Member(record), None))
}

/// Inserts a member of an environment that is named by its uuid.
pub(super) fn insert_founder(
    connection: &Connection,
    environment: &Uuid,
    of: impl FnOnce(EnvironmentId) -> NewMember,
    revision: Revision,
) -> Result<Written, Stop> {
    const SQL: &str = "SELECT id FROM environments WHERE uuid = ?1";
    let found = one(connection, SQL, [text(environment)], |row| {
        id(&mut Fields::new(row, EnvironmentRecord::TABLE), EnvironmentId::new)
    })?;
    insert(connection, of(found.ok_or(Refusal::NotFound)?), revision)
}

pub(super) fn change(
    connection: &Connection,
    record: &MemberRecord,
    expected: Revision,
    revision: Revision,
) -> Result<Written, Stop> {
    const SQL: &str = "UPDATE members SET environment = ?2, account = ?3, role = ?4, creator = ?5, created = ?6, \
         revision = ?7, seal = ?8 WHERE id = ?1";
    let stored = member(connection, Reach::AllOwners, record.id)?.ok_or(Refusal::NotFound)?;
    let record = update_member(&stored, record, expected, revision)?;
    execute(connection, SQL, sealed(record.values()))?;
    Ok((Committed::Member(record), Some(expected)))
}

pub(super) fn remove(connection: &Connection, record: &MemberRecord) -> Result<Written, Stop> {
    let stored = member(connection, Reach::AllOwners, record.id)?.ok_or(Refusal::NotFound)?;
    let removed = update_member(&stored, record, record.revision, record.revision)?;
    execute(connection, "DELETE FROM members WHERE id = ?1", [number(record.id.number())])?;
    Ok((Committed::MemberRemoved(removed), Some(record.revision)))
}

impl Stored for MemberRecord {
    const TABLE: &'static str = "members";
    const WIDTH: usize = 7;

    fn values(&self) -> Vec<Value> {
        vec![
            number(self.id.number()),
            number(self.environment.number()),
            number(self.account.number()),
            text(self.role),
            text(self.creator),
            time(self.created),
            number(self.revision.number()),
        ]
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: id(fields, MemberId::new)?,
            environment: id(fields, EnvironmentId::new)?,
            account: id(fields, AccountId::new)?,
            role: fields.parsed("its role is none")?,
            creator: fields.parsed::<Creator>("its creator is none")?,
            created: fields.time("its time of creation is none")?,
            revision: fields.revision()?,
        })
    }
}
