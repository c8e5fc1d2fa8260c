//! The schema and its versions. The version is the file's `user_version`; each step up is one transaction.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault::Fault;
use super::statement::all;
use super::upgrade;

/// What marks a file as ours, in its header: `KCDB`.
pub(super) const APPLICATION_ID: i32 = 0x4b43_4442;

/// A step of the schema: statements, and what of it is no statement.
struct Migration {
    sql: &'static str,
    then: fn(&Connection) -> Result<(), Fault>,
}

/// Migration n brings a database from version n − 1 to n.
const MIGRATIONS: &[Migration] = &[
    Migration { sql: include_str!("../../migrations/0001_first.sql"), then: |_| Ok(()) },
    Migration { sql: include_str!("../../migrations/0002_api_ui_settings.sql"), then: |_| Ok(()) },
    Migration { sql: include_str!("../../migrations/0003_orders_of_environments.sql"), then: |_| Ok(()) },
    Migration { sql: include_str!("../../migrations/0004_receipts.sql"), then: |_| Ok(()) },
    Migration { sql: include_str!("../../migrations/0005_people.sql"), then: upgrade::move_accounts },
    Migration { sql: include_str!("../../migrations/0006_log_in.sql"), then: |_| Ok(()) },
    Migration { sql: include_str!("../../migrations/0007_log_in_settings.sql"), then: |_| Ok(()) },
    Migration { sql: include_str!("../../migrations/0008_more_orders_of_keys.sql"), then: |_| Ok(()) },
];

/// The version this program writes.
pub(super) const VERSION: u32 = MIGRATIONS.len() as u32;

/// What a file is, by its header and its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing has ever been written to it.
    Empty,
    /// Ours, of this version.
    Ours(u32),
    /// A database of something else.
    Foreign,
}

/// Looks at header and schema.
pub(super) fn kind(connection: &Connection) -> Result<Kind, rusqlite::Error> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (id, u32::try_from(version)) {
        (0, Ok(0)) if objects == 0 => Kind::Empty,
        (APPLICATION_ID, Ok(version)) if version > 0 => Kind::Ours(version),
        _ => Kind::Foreign,
    })
}

/// Brings a database of ours, or an empty one, up to this program's version.
pub(super) fn migrate(connection: &mut Connection, from: u32) -> Result<(), Fault> {
    for (index, Migration { sql, then }) in MIGRATIONS.iter().enumerate() {
        let version = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        if version > from {
            let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
            transaction.execute_batch(sql)?;
            then(&transaction)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", version)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

/// Whether the schema is, to the letter, what the migrations make.
pub(super) fn is_ours(connection: &Connection) -> Result<bool, Fault> {
    let mut model = Connection::open_in_memory()?;
    migrate(&mut model, 0)?;
    Ok(objects(connection)? == objects(&model)?)
}

fn objects(connection: &Connection) -> Result<Vec<[Option<String>; 4]>, Fault> {
    const SQL: &str = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' \
         ORDER BY type, name";
    all(connection, SQL, [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))
}
