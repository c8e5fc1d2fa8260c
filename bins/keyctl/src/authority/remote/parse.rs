//! Answers of a server as keyctl's own types. What does not fit is no answer of an authority.

use keys_api::client::SecretText;
use keys_api::{ApiKey, Date, Project, ProjectMember, RevisedKey, Setting};
use keys_core::{
    AccessControl, AccessMode, AccountId, AccountKind, AccountState, EnvironmentState, LifecycleState,
    SecretKey, Timestamp,
};

use crate::authority::bulk::SeenKey;
use crate::exit::{Exit, Failure};
use crate::model::{Account, Environment, Key, Member};

/// Keys that are not deleted, in order of id.
pub(super) fn keys(keys: &[ApiKey]) -> Result<Vec<Key>, Failure> {
    let mut keys = keys.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    keys.retain(|key| key.state != LifecycleState::Deleted);
    keys.sort_by_key(|key| key.id);
    Ok(keys)
}

/// A key.
pub(super) fn key(key: &ApiKey) -> Result<Key, Failure> {
    Ok(Key {
        id: field("id", Some(&key.id))?,
        access_key: field("publicValue", key.public_value.as_ref())?,
        name: key.name.clone(),
        description: key.description.clone(),
        state: key_state(key.state.as_deref())?,
        owner: field("accountId", key.account_id.as_ref())?,
        created: date("created", key.created.as_ref())?.ok_or_else(|| strange("created"))?,
        expires_at: date("expiresAt", key.expires_at.as_ref())?,
        deleted_at: date("removed", key.removed.as_ref())?,
    })
}

/// A key as it was seen.
pub(super) fn seen_key(found: &RevisedKey) -> Result<SeenKey, Failure> {
    Ok(SeenKey { key: key(&found.key)?, revision: field("revision", Some(&found.revision))? })
}

/// The secret of a key just issued.
pub(super) fn secret(key: &Key, secret: &SecretText) -> Result<SecretKey, Failure> {
    SecretKey::parse(secret.expose(), &key.access_key).map_err(|error| {
        strange("secretValue").and(error).and(format!("delete the new key {} and make another", key.id))
    })
}

/// An environment.
pub(super) fn environment(project: &Project) -> Result<Environment, Failure> {
    let removed = date("removed", project.removed.as_ref())?;
    Ok(Environment {
        id: field("id", Some(&project.id))?,
        name: project.name.clone(),
        description: project.description.clone(),
        state: match (project.state.as_deref(), removed) {
            (Some("active"), _) => EnvironmentState::Active,
            (Some("inactive"), _) => EnvironmentState::Inactive,
            (Some("removed" | "purged"), Some(at)) => EnvironmentState::Removed { at },
            _ => return Err(strange("state")),
        },
        created: date("created", project.created.as_ref())?.ok_or_else(|| strange("created"))?,
    })
}

/// Whether an account is that of a person, and not an environment's or the installation's own.
pub(super) fn is_person(account: &keys_api::Account) -> bool {
    let kind = account.kind.as_deref().and_then(|kind| kind.parse::<AccountKind>().ok());
    kind.is_some_and(AccountKind::is_person)
}

/// Whether an account is that of an environment.
pub(super) fn is_environment(account: &keys_api::Account) -> bool {
    account.kind.as_deref() == Some("project")
}

/// Whether whoever acts as an account administers the installation.
pub(super) fn administers(account: &keys_api::Account) -> bool {
    account.kind.as_deref() == Some(AccountKind::Admin.as_str())
}

/// The account of a person.
pub(super) fn person(account: &keys_api::Account) -> Result<Account, Failure> {
    let removed = date("removed", account.removed.as_ref())?;
    Ok(Account {
        id: field("id", Some(&account.id))?,
        kind: field("kind", account.kind.as_ref())?,
        name: account.name.clone(),
        description: account.description.clone(),
        state: match (account.state.as_deref(), removed) {
            (Some("active"), _) => AccountState::Active,
            (Some("inactive"), _) => AccountState::Inactive,
            (Some("removed" | "purged"), Some(at)) => AccountState::Removed { at },
            _ => return Err(strange("state")),
        },
        default_environment: match &account.default_project_id {
            None => None,
            given => Some(field("defaultProjectId", given.as_ref())?),
        },
        created: date("created", account.created.as_ref())?.ok_or_else(|| strange("created"))?,
    })
}

/// A member of an environment.
pub(super) fn member(member: &ProjectMember) -> Result<Member, Failure> {
    Ok(Member {
        id: field("id", Some(&member.id))?,
        environment: field("projectId", member.project_id.as_ref())?,
        account: field("externalId", member.external_id.as_ref())?,
        role: field("role", member.role.as_ref())?,
        created: date("created", member.created.as_ref())?.ok_or_else(|| strange("created"))?,
    })
}

/// The id of an account.
pub(super) fn account(id: &str) -> Result<AccountId, Failure> {
    id.parse().map_err(|_| strange("accountId"))
}

/// The setting of access control.
pub(super) fn access_control(setting: &Setting) -> Result<AccessControl, Failure> {
    field("value", setting.value.as_ref())
}

/// The setting of the access mode.
pub(super) fn access_mode(setting: &Setting) -> Result<AccessMode, Failure> {
    field("value", setting.value.as_ref())
}

fn key_state(state: Option<&str>) -> Result<LifecycleState, Failure> {
    match state {
        Some("active") => Ok(LifecycleState::Active),
        Some("inactive") => Ok(LifecycleState::Inactive),
        Some("removed" | "purged") => Ok(LifecycleState::Deleted),
        _ => Err(strange("state")),
    }
}

/// A field that must be there.
pub(super) fn field<T: std::str::FromStr>(name: &str, text: Option<&String>) -> Result<T, Failure> {
    text.and_then(|text| text.parse().ok()).ok_or_else(|| strange(name))
}

/// A date that may be absent.
pub(super) fn date(name: &str, date: Option<&Date>) -> Result<Option<Timestamp>, Failure> {
    date.map(|date| date.as_str().parse().map_err(|_| strange(name))).transpose()
}

/// That a field is not what an authority sends.
pub(super) fn strange(field: &str) -> Failure {
    Failure::new(Exit::Failure, format!("the server's answer has a {field} that keyctl does not understand"))
        .hint("is this keyctl as new as the server?")
}
