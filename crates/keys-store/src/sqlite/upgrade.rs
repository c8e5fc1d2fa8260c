//! What a step of the schema does that SQL cannot: sealed rows that get another shape are read by their old one, their
//! seal checked, and sealed anew. So damage is found and never sealed over.

use keys_core::{AccountId, AccountParts, AccountRecord, AccountState, Uuid};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::fault::Fault;
use super::row::{Fields, Stored, id, name, read};
use super::statement::{all, execute};
use super::write;

/// The accounts move to a table with room for the end of their life.
pub(super) fn move_accounts(connection: &Connection) -> Result<(), Fault> {
    const OLD: &str =
        "SELECT id, uuid, kind, state, name, created, revision, seal FROM accounts_of_version_1 ORDER BY id";
    for AccountOfVersion1(record) in all(connection, OLD, [], read)? {
        write::put_new_account(connection, &record)?;
    }
    execute(connection, "DROP TABLE accounts_of_version_1", [])?;
    Ok(())
}

/// An account as version 1 kept it.
struct AccountOfVersion1(AccountRecord);

impl Stored for AccountOfVersion1 {
    const TABLE: &'static str = "accounts";
    const WIDTH: usize = 7;

    fn values(&self) -> Vec<Value> {
        // Read only.
        Vec::new()
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        let id = id(fields, AccountId::new)?;
        let uuid = fields.parsed::<Uuid>("its uuid is none")?;
        let kind = fields.parsed("its kind is none")?;
        let state = AccountState::from_kept(fields.text("its state is none")?, None)
            .map_err(|_| fields.damage("its state is none"))?;
        let name = name(fields)?;
        let created = fields.time("its time of creation is none")?;
        let parts = AccountParts {
            id,
            uuid,
            kind,
            state,
            name,
            description: None,
            default_environment: None,
            created,
            updated: created,
            revision: fields.revision()?,
        };
        AccountRecord::from_parts(parts)
            .map(Self)
            .map_err(|_| fields.damage("its times contradict each other"))
    }
}
