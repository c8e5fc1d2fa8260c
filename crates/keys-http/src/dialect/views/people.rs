//! Accounts, members and identities as documents.

use keys_api::{Account, Audience, Identity, Links, ProjectMember, Resource as _, SetProjectMembersInput};
use keys_core::{AccountId, AccountRecord, AccountState, EnvironmentId, EnvironmentRecord, MemberRecord};

use super::{Urls, actions, date};
use crate::dialect::include::add_links;

/// Who vouches for the accounts of this installation.
pub(crate) const VOUCHER: &str = "rancher_id";

/// The account of a person or of the system, and where the person begins.
pub(crate) fn account(
    record: &AccountRecord,
    default: Option<EnvironmentId>,
    audience: Audience,
    urls: &Urls,
) -> Account {
    let parts = record.parts();
    let bare = bare_account(parts.id.to_string(), urls);
    let acts = parts.kind.is_person() && Account::DECLARATION.methods(audience).actions;
    let own = urls.of(&format!("accounts/{}", parts.id));
    Account {
        actions: actions(&own, if acts { account_actions(parts.state) } else { &[] }),
        name: parts.name.as_ref().map(ToString::to_string),
        state: Some(parts.state.as_str().to_owned()),
        created: Some(date(parts.created)),
        default_project_id: default.map(|id| id.to_string()),
        description: parts.description.as_ref().map(ToString::to_string),
        kind: Some(parts.kind.to_string()),
        removed: parts.state.removed_at().map(date),
        uuid: Some(parts.uuid.to_string()),
        ..bare
    }
}

const fn account_actions(state: AccountState) -> &'static [&'static str] {
    match state {
        AccountState::Active => &["deactivate", "update"],
        AccountState::Inactive => &["activate", "remove", "update"],
        AccountState::Removed { .. } => &[],
    }
}

/// An environment as an account.
pub(crate) fn environment_account(record: &EnvironmentRecord, urls: &Urls) -> Account {
    let parts = record.parts();
    Account {
        name: parts.name.as_ref().map(ToString::to_string),
        state: Some(parts.state.as_str().to_owned()),
        created: Some(date(parts.created)),
        description: parts.description.as_ref().map(ToString::to_string),
        kind: Some("project".to_owned()),
        removed: parts.state.removed_at().map(date),
        uuid: Some(parts.uuid.to_string()),
        ..bare_account(parts.id.to_string(), urls)
    }
}

fn bare_account(id: String, urls: &Urls) -> Account {
    Account {
        type_name: Account::DECLARATION.id.to_owned(),
        links: Links::from([("self".to_owned(), urls.of(&format!("accounts/{id}")))]),
        id,
        actions: Links::new(),
        name: None,
        state: None,
        created: None,
        default_project_id: None,
        description: None,
        external_id: None,
        external_id_type: None,
        kind: None,
        removed: None,
        transitioning: Some("no".to_owned()),
        transitioning_message: None,
        transitioning_progress: None,
        uuid: None,
    }
}

/// A member of an environment.
pub(crate) fn member(record: &MemberRecord, urls: &Urls) -> ProjectMember {
    let own = urls.of(&format!("projectmembers/{}", record.id));
    let mut links = Links::new();
    add_links::<ProjectMember>(&mut links, &own);
    links.insert("self".to_owned(), own);
    ProjectMember {
        id: record.id.to_string(),
        type_name: ProjectMember::DECLARATION.id.to_owned(),
        links,
        actions: Links::new(),
        name: None,
        state: Some("active".to_owned()),
        created: Some(date(record.created)),
        description: None,
        external_id: Some(record.account.to_string()),
        external_id_type: Some(VOUCHER.to_owned()),
        kind: Some("projectMember".to_owned()),
        project_id: Some(record.environment.to_string()),
        removed: None,
        role: Some(record.role.to_string()),
        transitioning: Some("no".to_owned()),
        transitioning_message: None,
        transitioning_progress: None,
    }
}

/// The members an environment has, as the action that sets them answers.
pub(crate) fn members(
    environment: EnvironmentId,
    records: &[MemberRecord],
    urls: &Urls,
) -> SetProjectMembersInput {
    let own = urls.of(&format!("projects/{environment}/projectmembers"));
    SetProjectMembersInput {
        id: environment.to_string(),
        type_name: SetProjectMembersInput::DECLARATION.id.to_owned(),
        links: Links::from([("self".to_owned(), own)]),
        actions: Links::new(),
        members: Some(records.iter().map(|record| member(record, urls)).collect()),
    }
}

/// Who the holder of an account is.
pub(crate) fn identity(record: &AccountRecord, urls: &Urls) -> Identity {
    let parts = record.parts();
    let id = identity_id(parts.id);
    Identity {
        links: Links::from([("self".to_owned(), urls.of(&format!("identities/{id}")))]),
        id,
        type_name: Identity::DECLARATION.id.to_owned(),
        actions: Links::new(),
        name: parts.name.as_ref().map(ToString::to_string),
        external_id: Some(parts.id.to_string()),
        external_id_type: Some(VOUCHER.to_owned()),
        login: None,
        profile_picture: None,
        profile_url: None,
        user: Some(true),
    }
}

/// The account that an id of an identity means, or the id of the account itself.
pub(crate) fn account_of_identity(id: &str) -> Option<AccountId> {
    let account = match id.split_once('!') {
        Some(("1i", rest)) => rest.strip_prefix(VOUCHER)?.strip_prefix(':')?,
        Some(_) => return None,
        None => id,
    };
    account.parse().ok()
}

/// The id of the identity of an account.
pub(crate) fn identity_id(account: AccountId) -> String {
    format!("1i!{VOUCHER}:{account}")
}
