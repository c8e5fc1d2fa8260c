//! Rows and records: each way through stable text forms and checked numbers.
//!
//! What cannot have been written is [`Damage`], never a panic and never a guess.

use std::str::FromStr;

use keys_core::{
    AccessKey, AccountId, AccountParts, AccountRecord, AccountState, Creator, EnvironmentId,
    EnvironmentParts, EnvironmentRecord, EnvironmentState, KeyId, KeyParts, KeyRecord, Lifecycle,
    LifecycleState, Revision, RowState, SettingName, StoredSecret, Tag, Tagged, Timestamp, Uuid,
    VerificationRow,
};
use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};

use super::fault::{Damage, Fault};
use super::seal::Seal;
use crate::store::Setting;

/// A record that has a sealed row of its own.
pub(super) trait Stored: Sized {
    /// The table, for messages.
    const TABLE: &'static str;
    /// How many columns the row has, the seal not counted.
    const WIDTH: usize;

    /// The values of the row, the seal not counted, in the order of the columns.
    fn values(&self) -> Vec<Value>;

    /// The record of a row whose seal was found good.
    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault>;
}

/// Reads the record at the beginning of a row, its seal first.
pub(super) fn read<T: Stored>(row: &Row<'_>) -> Result<T, Fault> {
    T::read(&mut unsealed::<T>(row)?)
}

/// Reads what verification needs to know of a key from its row. The seal is over all of the row, and looked at first;
/// what is left out (digest, name, creator, times) is as it was written then, and reading it would take most of the time.
pub(super) fn read_verification(row: &Row<'_>) -> Result<(AccessKey, VerificationRow), Fault> {
    let fields = &mut unsealed::<KeyRecord>(row)?;
    let key = id(fields, KeyId::new)?;
    let owner = fields.parsed("its owner is none")?;
    let access_key = fields.parsed("its access key is none")?;
    let state: LifecycleState = fields.parsed("its state is none")?;
    fields.skip();
    let tag = fields.optional_bytes("its tag is none")?.map(Tag::from_bytes);
    let pepper = fields.optional_parsed("its pepper is none")?;
    let state = match (state, tag, pepper) {
        (LifecycleState::Active, Some(tag), Some(pepper)) => RowState::Active(Tagged { tag, pepper }),
        (LifecycleState::Inactive, Some(tag), Some(pepper)) => RowState::Inactive(Tagged { tag, pepper }),
        (LifecycleState::Deleted, None, None) => RowState::Deleted,
        (LifecycleState::Active | LifecycleState::Inactive | LifecycleState::Deleted, _, _) => {
            return Err(fields.damage("its state does not fit what it holds"));
        }
    };
    // Time of deletion, name, description, creator, times of issue and change.
    (0..6).for_each(|_| fields.skip());
    let expires_at = fields.optional_time("its expiry is no time")?;
    Ok((access_key, VerificationRow { key, owner, state, expires_at, revision: fields.revision()? }))
}

/// The columns of a row whose seal was found good.
fn unsealed<'a, T: Stored>(row: &'a Row<'_>) -> Result<Fields<'a>, Fault> {
    let mut seal = Seal::new();
    for column in 0..T::WIDTH {
        seal.add(row.get_ref(column)?);
    }
    let found: i64 = row.get(T::WIDTH)?;
    if seal.value() != found {
        return Err(Damage { table: T::TABLE, what: "its seal does not fit" }.into());
    }
    Ok(Fields::new(row, T::TABLE))
}

/// The columns of a row, taken one after the other.
pub(super) struct Fields<'a> {
    row: &'a Row<'a>,
    table: &'static str,
    next: usize,
}

impl<'a> Fields<'a> {
    pub(super) const fn new(row: &'a Row<'a>, table: &'static str) -> Self {
        Self { row, table, next: 0 }
    }

    pub(super) fn damage(&self, what: &'static str) -> Fault {
        Damage { table: self.table, what }.into()
    }

    fn value(&mut self) -> Result<ValueRef<'a>, Fault> {
        let value = self.row.get_ref(self.next)?;
        self.next += 1;
        Ok(value)
    }

    pub(super) fn number(&mut self, what: &'static str) -> Result<u64, Fault> {
        self.optional_number(what)?.ok_or_else(|| self.damage(what))
    }

    pub(super) fn optional_number(&mut self, what: &'static str) -> Result<Option<u64>, Fault> {
        match self.value()? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => u64::try_from(number).map(Some).map_err(|_| self.damage(what)),
            ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => Err(self.damage(what)),
        }
    }

    pub(super) fn revision(&mut self) -> Result<Revision, Fault> {
        self.number("its revision is no number").map(Revision::new)
    }

    pub(super) fn time(&mut self, what: &'static str) -> Result<Timestamp, Fault> {
        self.optional_time(what)?.ok_or_else(|| self.damage(what))
    }

    pub(super) fn optional_time(&mut self, what: &'static str) -> Result<Option<Timestamp>, Fault> {
        match self.value()? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(millis) => {
                Timestamp::from_millis(millis).map(Some).ok_or_else(|| self.damage(what))
            }
            ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => Err(self.damage(what)),
        }
    }

    pub(super) fn optional_text(&mut self, what: &'static str) -> Result<Option<&'a str>, Fault> {
        match self.value()? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => std::str::from_utf8(bytes).map(Some).map_err(|_| self.damage(what)),
            ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => Err(self.damage(what)),
        }
    }

    pub(super) fn text(&mut self, what: &'static str) -> Result<&'a str, Fault> {
        self.optional_text(what)?.ok_or_else(|| self.damage(what))
    }

    /// Leaves out a column that is looked at elsewhere.
    pub(super) const fn skip(&mut self) {
        self.next += 1;
    }

    pub(super) fn bytes<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Fault> {
        self.optional_bytes(what)?.ok_or_else(|| self.damage(what))
    }

    /// A column that holds the stable text form of something.
    pub(super) fn parsed<T: FromStr>(&mut self, what: &'static str) -> Result<T, Fault> {
        let text = self.text(what)?;
        text.parse().map_err(|_| self.damage(what))
    }

    pub(super) fn optional_parsed<T: FromStr>(&mut self, what: &'static str) -> Result<Option<T>, Fault> {
        match self.optional_text(what)? {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| self.damage(what)),
        }
    }

    pub(super) fn optional_bytes<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<Option<[u8; N]>, Fault> {
        match self.value()? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => bytes.try_into().map(Some).map_err(|_| self.damage(what)),
            ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Text(_) => Err(self.damage(what)),
        }
    }
}

/// A number as SQLite keeps it. Ids, revisions and counters stay below 2^63, so nothing is lost.
pub(super) fn number(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

pub(super) const fn time(time: Timestamp) -> Value {
    Value::Integer(time.as_millis())
}

pub(super) fn text(text: impl ToString) -> Value {
    Value::Text(text.to_string())
}

pub(super) fn optional<T>(value: Option<T>, column: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Null, column)
}

impl Stored for KeyRecord {
    const TABLE: &'static str = "keys";
    const WIDTH: usize = 15;

    fn values(&self) -> Vec<Value> {
        let parts = self.parts();
        let secret = parts.lifecycle.secret();
        let deleted = match parts.lifecycle {
            Lifecycle::Active(_) | Lifecycle::Inactive(_) => None,
            Lifecycle::Deleted { at } => Some(at),
        };
        vec![
            number(parts.id.number()),
            text(parts.owner),
            text(parts.access_key),
            text(parts.lifecycle.state()),
            optional(secret, |secret| text(&secret.digest)),
            optional(secret, |secret| Value::Blob(secret.tagged.tag.as_bytes().to_vec())),
            optional(secret, |secret| text(secret.tagged.pepper)),
            optional(deleted, time),
            optional(parts.name.as_ref(), |name| text(name.as_str())),
            optional(parts.description.as_ref(), |description| text(description.as_str())),
            text(parts.creator),
            time(parts.created),
            time(parts.updated),
            optional(parts.expires_at, time),
            number(parts.revision.number()),
        ]
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        let parts = KeyParts {
            id: id(fields, KeyId::new)?,
            owner: fields.parsed("its owner is none")?,
            access_key: fields.parsed::<AccessKey>("its access key is none")?,
            lifecycle: lifecycle(fields)?,
            name: name(fields)?,
            description: description(fields)?,
            creator: fields.parsed::<Creator>("its creator is none")?,
            created: fields.time("its time of issue is none")?,
            updated: fields.time("its time of change is none")?,
            expires_at: fields.optional_time("its expiry is no time")?,
            revision: fields.revision()?,
        };
        Self::from_parts(parts).map_err(|_| fields.damage("its times contradict each other"))
    }
}

fn lifecycle(fields: &mut Fields<'_>) -> Result<Lifecycle, Fault> {
    let state: LifecycleState = fields.parsed("its state is none")?;
    let digest = fields.optional_parsed("its digest is none")?;
    let tag = fields.optional_bytes("its tag is none")?.map(Tag::from_bytes);
    let pepper = fields.optional_parsed("its pepper is none")?;
    let deleted = fields.optional_time("its time of deletion is none")?;
    let secret = match (digest, tag, pepper) {
        (Some(digest), Some(tag), Some(pepper)) => {
            Some(StoredSecret { digest, tagged: Tagged { tag, pepper } })
        }
        (None, None, None) => None,
        _ => return Err(fields.damage("half of its secret is missing")),
    };
    match (state, secret, deleted) {
        (LifecycleState::Active, Some(secret), None) => Ok(Lifecycle::Active(secret)),
        (LifecycleState::Inactive, Some(secret), None) => Ok(Lifecycle::Inactive(secret)),
        (LifecycleState::Deleted, None, Some(at)) => Ok(Lifecycle::Deleted { at }),
        _ => Err(fields.damage("its state does not fit what it holds")),
    }
}

impl Stored for EnvironmentRecord {
    const TABLE: &'static str = "environments";
    const WIDTH: usize = 10;

    fn values(&self) -> Vec<Value> {
        let parts = self.parts();
        vec![
            number(parts.id.number()),
            text(&parts.uuid),
            optional(parts.name.as_ref(), |name| text(name.as_str())),
            optional(parts.description.as_ref(), |description| text(description.as_str())),
            text(parts.state),
            optional(parts.state.removed_at(), time),
            text(parts.creator),
            time(parts.created),
            time(parts.updated),
            number(parts.revision.number()),
        ]
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        let parts = EnvironmentParts {
            id: id(fields, EnvironmentId::new)?,
            uuid: fields.parsed::<Uuid>("its uuid is none")?,
            name: name(fields)?,
            description: description(fields)?,
            state: environment_state(fields)?,
            creator: fields.parsed::<Creator>("its creator is none")?,
            created: fields.time("its time of creation is none")?,
            updated: fields.time("its time of change is none")?,
            revision: fields.revision()?,
        };
        Self::from_parts(parts).map_err(|_| fields.damage("its times contradict each other"))
    }
}

fn environment_state(fields: &mut Fields<'_>) -> Result<EnvironmentState, Fault> {
    let state = fields.text("its state is none")?;
    let removed = fields.optional_time("its time of removal is none")?;
    match (state, removed) {
        ("active", None) => Ok(EnvironmentState::Active),
        ("inactive", None) => Ok(EnvironmentState::Inactive),
        ("removed", Some(at)) => Ok(EnvironmentState::Removed { at }),
        _ => Err(fields.damage("its state does not fit its time of removal")),
    }
}

impl Stored for AccountRecord {
    const TABLE: &'static str = "accounts";
    const WIDTH: usize = 11;

    fn values(&self) -> Vec<Value> {
        let parts = self.parts();
        vec![
            number(parts.id.number()),
            text(&parts.uuid),
            text(parts.kind),
            text(parts.state),
            optional(parts.state.removed_at(), time),
            optional(parts.name.as_ref(), |name| text(name.as_str())),
            optional(parts.description.as_ref(), |description| text(description.as_str())),
            optional(parts.default_environment, |id| number(id.number())),
            time(parts.created),
            time(parts.updated),
            number(parts.revision.number()),
        ]
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        let parts = AccountParts {
            id: id(fields, AccountId::new)?,
            uuid: fields.parsed::<Uuid>("its uuid is none")?,
            kind: fields.parsed("its kind is none")?,
            state: account_state(fields)?,
            name: name(fields)?,
            description: description(fields)?,
            default_environment: default_environment(fields)?,
            created: fields.time("its time of creation is none")?,
            updated: fields.time("its time of change is none")?,
            revision: fields.revision()?,
        };
        Self::from_parts(parts).map_err(|_| fields.damage("its times contradict each other"))
    }
}

fn account_state(fields: &mut Fields<'_>) -> Result<AccountState, Fault> {
    let state = fields.text("its state is none")?;
    let removed = fields.optional_time("its time of removal is none")?;
    AccountState::from_kept(state, removed)
        .map_err(|_| fields.damage("its state does not fit its time of removal"))
}

fn default_environment(fields: &mut Fields<'_>) -> Result<Option<EnvironmentId>, Fault> {
    const WHAT: &str = "its default environment is none";
    match fields.optional_number(WHAT)? {
        None => Ok(None),
        Some(number) => EnvironmentId::new(number).map(Some).ok_or_else(|| fields.damage(WHAT)),
    }
}

/// A setting's row is there from its migration on, so that one that is lost is not taken for one that was never
/// put.
pub(super) struct SettingRow {
    pub(super) name: SettingName,
    pub(super) value: Option<Box<str>>,
    pub(super) revision: Revision,
}

impl SettingRow {
    pub(super) fn into_setting(self) -> Option<Setting> {
        let Self { name, value, revision } = self;
        value.map(|value| Setting { name, value, revision })
    }
}

impl Stored for SettingRow {
    const TABLE: &'static str = "settings";
    const WIDTH: usize = 3;

    fn values(&self) -> Vec<Value> {
        vec![text(self.name), optional(self.value.as_deref(), text), number(self.revision.number())]
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        Ok(Self {
            name: fields.parsed("its name is none")?,
            value: fields.optional_text("its value is no text")?.map(Into::into),
            revision: fields.revision()?,
        })
    }
}

pub(super) fn id<T>(fields: &mut Fields<'_>, new: impl FnOnce(u64) -> Option<T>) -> Result<T, Fault> {
    let number = fields.number("its id is none")?;
    new(number).ok_or_else(|| fields.damage("its id is none"))
}

pub(super) fn name(fields: &mut Fields<'_>) -> Result<Option<keys_core::Name>, Fault> {
    match fields.optional_text("its name is no text")? {
        None => Ok(None),
        Some(name) => keys_core::Name::new(name).map(Some).map_err(|_| fields.damage("its name is none")),
    }
}

fn description(fields: &mut Fields<'_>) -> Result<Option<keys_core::Description>, Fault> {
    match fields.optional_text("its description is no text")? {
        None => Ok(None),
        Some(text) => {
            keys_core::Description::new(text).map(Some).map_err(|_| fields.damage("its description is none"))
        }
    }
}
