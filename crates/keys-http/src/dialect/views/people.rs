//! Accounts, members and identities as documents.

use keys_api::{Account, Identity, Links, ProjectMember, Resource as _};
use keys_core::{AccountId, AccountRecord, EnvironmentRecord};

use super::{Urls, date};
use crate::dialect::include::add_links;

/// Who vouches for the accounts of this installation.
const VOUCHER: &str = "rancher_id";

/// The account of a person or of the system.
pub(crate) fn account(record: &AccountRecord, urls: &Urls) -> Account {
    let parts = record.parts();
    Account {
        name: parts.name.as_ref().map(ToString::to_string),
        state: Some(parts.state.as_str().to_owned()),
        created: Some(date(parts.created)),
        kind: Some(parts.kind.to_string()),
        uuid: Some(parts.uuid.to_string()),
        ..bare_account(parts.id.to_string(), urls)
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

/// The one member every environment has: the administrator, its owner.
pub(crate) fn member(environment: &EnvironmentRecord, urls: &Urls) -> ProjectMember {
    let parts = environment.parts();
    let id = format!("1pm{}", parts.id.number());
    let own = urls.of(&format!("projectmembers/{id}"));
    let mut links = Links::new();
    add_links::<ProjectMember>(&mut links, &own);
    links.insert("self".to_owned(), own);
    ProjectMember {
        id,
        type_name: ProjectMember::DECLARATION.id.to_owned(),
        links,
        actions: Links::new(),
        name: None,
        state: Some("active".to_owned()),
        created: Some(date(parts.created)),
        description: None,
        external_id: Some(AccountId::ADMIN.to_string()),
        external_id_type: Some(VOUCHER.to_owned()),
        kind: Some("projectMember".to_owned()),
        project_id: Some(parts.id.to_string()),
        removed: None,
        role: Some("owner".to_owned()),
        transitioning: Some("no".to_owned()),
        transitioning_message: None,
        transitioning_progress: None,
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

/// The id of the identity of an account.
pub(crate) fn identity_id(account: AccountId) -> String {
    format!("1i!{VOUCHER}:{account}")
}
