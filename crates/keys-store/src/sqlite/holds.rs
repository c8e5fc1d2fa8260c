//! What must hold for a change, looked at inside its transaction.

use keys_core::{
    AccountId, AccountRecord, KeyId, KeyRecord, LifecycleState, MembersRevision, Owner, OwnerStanding,
    Revision, SettingName, Timestamp,
};
use rusqlite::Connection;

use super::fault::Fault;
use super::row::read;
use super::statement::all;
use super::{log_in, member, read};
use crate::query::Reach;
use crate::rules::access_control_is_off;
use crate::store::{Head, Requirement, Setting, Standing};

pub(super) fn holds(connection: &Connection, head: &Head, requirement: Requirement) -> Result<bool, Fault> {
    match requirement {
        Requirement::ActiveKeyOf { owner, now } => read::has_active_key(connection, owner, now),
        Requirement::EmptyStore => Ok(head.revision == Revision::ZERO),
        Requirement::SettingAt { name, revision } => {
            Ok(setting(connection, name)?.map_or(Revision::ZERO, |setting| setting.revision) == revision)
        }
        Requirement::AdministratorCanEnter { now } => administrator_can_enter(connection, None, now),
        Requirement::AdministratorRemains { without, now } => {
            let setting = setting(connection, SettingName::AccessControl)?;
            let is_off = access_control_is_off(setting.as_ref().map(|setting| &*setting.value));
            Ok(is_off || administrator_can_enter(connection, Some(without), now)?)
        }
        Requirement::MembersAre { environment, revision } => {
            Ok(MembersRevision::of(&member::all_of(connection, environment)?) == revision)
        }
        Requirement::MembershipsAre { account, revision } => {
            Ok(MembersRevision::of(&member::all_of_account(connection, account)?) == revision)
        }
        Requirement::NotRemoved(account) => {
            let record = read::account(connection, account)?;
            Ok(record.is_some_and(|record| record.parts().state.removed_at().is_none()))
        }
        Requirement::CallerStands(standing) => stands(connection, standing),
        Requirement::PasswordIs { password, revision } => log_in::password_is(connection, password, revision),
    }
}

fn setting(connection: &Connection, name: SettingName) -> Result<Option<Setting>, Fault> {
    Ok(read::setting(connection, name)?.into_setting())
}

fn administrator_can_enter(
    connection: &Connection,
    without: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, Fault> {
    const SQL: &str = "SELECT id, uuid, kind, state, removed, name, description, default_environment, created, \
         updated, revision, seal FROM accounts INDEXED BY accounts_administering \
         WHERE kind = 'admin' AND state = 'active' ORDER BY id";
    for record in all(connection, SQL, [], read::<AccountRecord>)? {
        let id = record.parts().id;
        if Some(id) != without
            && record.administers()
            && (read::has_active_key(connection, Owner::Account(id), now)?
                || log_in::has_password(connection, id)?)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn stands(connection: &Connection, standing: Standing) -> Result<bool, Fault> {
    let Standing { principal, administers, key, role, session, now } = standing;
    let owner = read::owner(connection, principal)?.row;
    let good =
        |row: keys_core::OwnerRow| row.standing == OwnerStanding::Active && (row.administers || !administers);
    if !owner.is_some_and(good) {
        return Ok(false);
    }
    if let Some(key) = key
        && !key_is_good(connection, key, principal, now)?
    {
        return Ok(false);
    }
    if let Some(session) = session
        && !log_in::has_session(connection, session, principal)?
    {
        return Ok(false);
    }
    let Some((environment, role)) = role else { return Ok(true) };
    let Some(account) = principal.account() else { return Ok(false) };
    let member = member::membership(connection, environment, account)?;
    Ok(member.is_some_and(|member| member.role <= role))
}

fn key_is_good(connection: &Connection, id: KeyId, owner: Owner, now: Timestamp) -> Result<bool, Fault> {
    let record = read::key(connection, Reach::Owner(owner), id)?;
    let good = |record: KeyRecord| {
        record.parts().lifecycle.state() == LifecycleState::Active && !record.is_expired(now)
    };
    Ok(record.is_some_and(good))
}
