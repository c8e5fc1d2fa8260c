//! Events of the audit chain as documents.

use keys_api::{ApiKey, AuditLog, Links, Project, Resource as _, Setting};
use keys_core::{Action, AuditEvent, Target, Via};

use super::{Urls, date, owner_id};
use crate::dialect::include::add_links;

/// One change.
pub(crate) fn event(event: &AuditEvent, urls: &Urls) -> AuditLog {
    let own = urls.of(&format!("auditlogs/{}", event.id));
    let (resource_type, resource_id) = target(&event.target);
    let origin = &event.origin;
    let mut links = Links::new();
    add_links::<AuditLog>(&mut links, &own);
    links.insert("self".to_owned(), own);
    AuditLog {
        id: event.id.to_string(),
        type_name: AuditLog::DECLARATION.id.to_owned(),
        links,
        actions: Links::new(),
        account_id: Some(owner_id(event.owner)),
        auth_type: auth_type(origin.via).map(ToOwned::to_owned),
        authenticated_as_account_id: Some(owner_id(origin.principal)),
        authenticated_as_identity_id: None,
        client_ip: origin.client_address.map(|address| address.to_string()),
        created: Some(date(event.at)),
        credential_id: match origin.via {
            Via::Key(key) => Some(key.to_string()),
            Via::Password(password) => Some(password.to_string()),
            Via::OpenAccess | Via::SetUp | Via::Database | Via::System | _ => None,
        },
        description: description(&event.target),
        event_type: Some(event_type(event.action).to_owned()),
        kind: Some("auditLog".to_owned()),
        request_id: Some(origin.request_id.to_string()),
        request_object: None,
        resource_id,
        resource_type: Some(resource_type.to_owned()),
        response_code: None,
        response_object: None,
    }
}

const fn auth_type(via: Via) -> Option<&'static str> {
    match via {
        Via::Key(_) => Some("BasicAuth"),
        Via::Password(_) => Some("TokenAccount"),
        Via::Session(_) => Some("TokenAuth"),
        Via::OpenAccess | Via::SetUp | Via::Database => Some("AdminAuth"),
        Via::System | _ => None,
    }
}

/// The contract's name for what was done. It spells `project` `environment` here, and here only.
const fn event_type(action: Action) -> &'static str {
    match action {
        Action::CreateAccount => "api.account.create",
        Action::EditAccount => "api.account.update",
        Action::ActivateAccount => "api.account.activate",
        Action::DeactivateAccount => "api.account.deactivate",
        Action::RemoveAccount => "api.account.delete",
        Action::PromoteAccount => "api.account.promote",
        Action::DemoteAccount => "api.account.demote",
        Action::UnlockAccount => "api.account.unlock",
        Action::CreateEnvironment => "api.environment.create",
        Action::EditEnvironment => "api.environment.update",
        Action::ActivateEnvironment => "api.environment.activate",
        Action::DeactivateEnvironment => "api.environment.deactivate",
        Action::RemoveEnvironment => "api.environment.delete",
        Action::RestoreEnvironment => "api.environment.restore",
        Action::AddMember => "api.projectMember.create",
        Action::ChangeMember => "api.projectMember.update",
        Action::RemoveMember => "api.projectMember.delete",
        Action::IssueKey => "api.apiKey.create",
        Action::ImportKey => "api.apiKey.import",
        Action::EditKey => "api.apiKey.update",
        Action::ActivateKey => "api.apiKey.activate",
        Action::DeactivateKey => "api.apiKey.deactivate",
        Action::DeleteKey => "api.apiKey.delete",
        Action::SetPassword => "api.password.create",
        Action::ChangePassword => "api.password.update",
        Action::RemovePassword => "api.password.delete",
        Action::BeginSession => "api.token.create",
        Action::EndSession => "api.token.delete",
        Action::ChangeSetting => "api.setting.update",
        Action::AddPepper => "pepper.create",
        // What is done for the first time has its own name until it gets one here.
        other => other.as_str(),
    }
}

/// The type of what was changed, and which of it; `None` for all of them.
fn target(target: &Target) -> (&'static str, Option<String>) {
    let (of, id) = match target {
        Target::Key(id) => (ApiKey::DECLARATION.id, id.to_string()),
        Target::Environment(id) => (Project::DECLARATION.id, id.to_string()),
        Target::Account(id) => ("account", id.to_string()),
        Target::Member(id, ..) => ("projectMember", id.to_string()),
        Target::Password(id) => ("password", id.to_string()),
        Target::Session(id) => ("token", id.to_string()),
        Target::Sessions => return ("token", None),
        Target::Setting(name) => (Setting::DECLARATION.id, name.to_string()),
        Target::Pepper(id) => ("pepper", id.to_string()),
        other => ("other", other.to_string()),
    };
    (of, Some(id))
}

/// A member that was removed can be looked up nowhere else.
fn description(target: &Target) -> Option<String> {
    match target {
        Target::Member(_, account, role) => Some(format!("account {account}, {role}")),
        Target::Key(_)
        | Target::Environment(_)
        | Target::Account(_)
        | Target::Setting(_)
        | Target::Pepper(_)
        | _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_name_of_the_contract() {
        let mut names: Vec<&str> = Action::ALL.iter().map(|action| event_type(*action)).collect();
        assert!(names.iter().all(|name| name.starts_with("api.") || *name == "pepper.create"), "{names:?}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Action::ALL.len());
    }
}
