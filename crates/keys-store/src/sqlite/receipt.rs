//! Receipts: found by their name, erased by what they are about or by their age.

use keys_core::{Fingerprint, IdempotencyHash, Receipt, ReceiptName, ReceiptSweep, SealedSecret, Target};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::fault::Fault;
use super::row::{Fields, Stored, optional, read, text, time};
use super::seal::sealed;
use super::statement::{execute, one};
use crate::store::MOST_SWEPT;

/// The receipt of this name.
pub(super) fn find(connection: &Connection, name: &ReceiptName) -> Result<Option<Receipt>, Fault> {
    const SQL: &str = "SELECT principal, owner, hash, fingerprint, made, at, seal, secret FROM receipts \
         WHERE principal = ?1 AND owner = ?2 AND hash = ?3";
    one(connection, SQL, name_values(name), read)
}

/// Keeps a receipt.
pub(super) fn insert(connection: &Connection, receipt: &Receipt) -> Result<(), Fault> {
    const SQL: &str = "INSERT INTO receipts (principal, owner, hash, fingerprint, made, at, seal, secret) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let mut values = sealed(receipt.values());
    values.push(optional(receipt.secret.as_ref(), text));
    execute(connection, SQL, values)?;
    Ok(())
}

/// Erases the secret of one receipt; how many there were.
pub(super) fn erase(connection: &Connection, name: &ReceiptName) -> Result<usize, Fault> {
    const SQL: &str = "UPDATE receipts SET secret = NULL \
         WHERE principal = ?1 AND owner = ?2 AND hash = ?3 AND secret IS NOT NULL";
    execute(connection, SQL, name_values(name))
}

/// Erases the secrets of all receipts of one thing; how many there were.
pub(super) fn erase_of(connection: &Connection, made: Target) -> Result<usize, Fault> {
    const SQL: &str = "UPDATE receipts SET secret = NULL WHERE made = ?1 AND secret IS NOT NULL";
    execute(connection, SQL, [text(made)])
}

/// Drops and erases what is past its time, the oldest first; how many receipts that were.
pub(super) fn sweep(connection: &Connection, sweep: &ReceiptSweep) -> Result<usize, Fault> {
    const DROP: &str = "DELETE FROM receipts WHERE (principal, owner, hash) IN \
         (SELECT principal, owner, hash FROM receipts WHERE at < ?1 ORDER BY at LIMIT ?2)";
    const ERASE: &str = "UPDATE receipts SET secret = NULL WHERE (principal, owner, hash) IN \
         (SELECT principal, owner, hash FROM receipts WHERE secret IS NOT NULL AND at < ?1 ORDER BY at LIMIT ?2)";
    let most = Value::Integer(i64::try_from(MOST_SWEPT).unwrap_or(i64::MAX));
    let dropped = execute(connection, DROP, [time(sweep.receipts_before), most.clone()])?;
    let erased = execute(connection, ERASE, [time(sweep.secrets_before), most])?;
    Ok(dropped.saturating_add(erased))
}

fn name_values(name: &ReceiptName) -> [Value; 3] {
    let ReceiptName { principal, owner, hash } = name;
    [text(principal), text(owner), Value::Blob(hash.as_bytes().to_vec())]
}

impl Stored for Receipt {
    const TABLE: &'static str = "receipts";
    /// Without the secret, which stands behind the seal.
    const WIDTH: usize = 6;

    fn values(&self) -> Vec<Value> {
        let mut values = Vec::from(name_values(&self.name));
        values.extend([Value::Blob(self.fingerprint.as_bytes().to_vec()), text(self.made), time(self.at)]);
        values
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        let name = ReceiptName {
            principal: fields.parsed("its principal is none")?,
            owner: fields.parsed("its owner is none")?,
            hash: IdempotencyHash::from_bytes(fields.bytes("its hash is none")?),
        };
        let fingerprint = Fingerprint::from_bytes(fields.bytes("its fingerprint is none")?);
        let made = fields.parsed::<Target>("what was made is nothing")?;
        let at = fields.time("its time is none")?;
        fields.skip();
        let secret = fields.optional_parsed::<SealedSecret>("its secret is none")?;
        Ok(Self { name, fingerprint, made, at, secret })
    }
}
