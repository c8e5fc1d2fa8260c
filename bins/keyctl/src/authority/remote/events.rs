//! What was done, out of the audit log of a server.

use keys_api::AuditLog;
use keys_api::client::AuditQuery;
use keys_core::{Action, Timestamp};

use super::{Remote, parse};
use crate::authority::EventFilter;
use crate::exit::Failure;
use crate::model::{Event, EventVia};

impl Remote {
    /// The newest events that are looked for, the newest first.
    pub(super) fn find_events(&self, filter: &EventFilter, most: usize) -> Result<Vec<Event>, Failure> {
        let text = |id: Option<String>| id.unwrap_or_default();
        let owner = text(filter.owner.map(|id| id.to_string()));
        let by = text(filter.by.map(|id| id.to_string()));
        let with = text(filter.with.map(|id| id.to_string()));
        let key = text(filter.key.map(|id| id.to_string()));
        let event_type = text(filter.action.map(event_type));
        let (from, until) = (text(filter.since.map(second)), text(filter.until.map(second)));
        let query = AuditQuery {
            owner: said(&owner),
            resource: said(&key).map(|id| ("apiKey", id)),
            by: said(&by),
            credential: said(&with),
            event_type: said(&event_type),
            from: said(&from),
            until: said(&until),
        };
        let entries = self.asked(|client| client.audit_logs(&query, most))?;
        let events = entries.iter().map(event).collect::<Result<Vec<_>, _>>()?;
        // A server that knows no such filter sends others as well.
        Ok(events.into_iter().filter(|event| filter.passes(event)).collect())
    }
}

fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn second(at: Timestamp) -> String {
    crate::output::seconds(at)
}

fn event(entry: &AuditLog) -> Result<Event, Failure> {
    let text = |name: &str, text: &Option<String>| text.clone().ok_or_else(|| parse::strange(name));
    let via = match entry.auth_type.as_deref() {
        Some("BasicAuth") => EventVia::Key,
        Some("TokenAccount") => EventVia::LogIn,
        Some("TokenAuth") => EventVia::Session,
        Some("AdminAuth") => EventVia::NoCredential,
        None => EventVia::System,
        Some(_) => return Err(parse::strange("authType")),
    };
    Ok(Event {
        id: parse::field("id", Some(&entry.id))?,
        at: parse::date("created", entry.created.as_ref())?.ok_or_else(|| parse::strange("created"))?,
        action: action(text("eventType", &entry.event_type)?),
        target: target(&text("resourceType", &entry.resource_type)?, entry.resource_id.as_deref()),
        note: entry.description.clone(),
        owner: text("accountId", &entry.account_id)?,
        by: text("authenticatedAsAccountId", &entry.authenticated_as_account_id)?,
        via,
        credential: entry.credential_id.clone(),
        address: entry.client_ip.clone(),
        request: text("requestId", &entry.request_id)?,
    })
}

/// What was done, in the words of everything else keyctl says; in the server's where those are newer than keyctl.
fn action(event_type: String) -> String {
    let known = Action::ALL.iter().find(|action| self::event_type(**action) == event_type);
    known.map_or(event_type, |action| action.as_str().to_owned())
}

/// The name of an action in the audit log of a server.
fn event_type(action: Action) -> String {
    let (of, done) = action.as_str().split_once('.').unwrap_or_default();
    let of = match of {
        "key" => "apiKey",
        "member" => "projectMember",
        "session" => "token",
        "pepper" => return "pepper.create".to_owned(),
        other => other,
    };
    let done = match done {
        "add" | "begin" | "issue" | "set" => "create",
        "change" | "edit" => "update",
        "end" | "remove" => "delete",
        other => other,
    };
    format!("api.{of}.{done}")
}

fn target(of: &str, id: Option<&str>) -> String {
    let of = match of {
        "apiKey" => "key",
        "project" => "environment",
        "projectMember" => "member",
        "token" => "session",
        other => other,
    };
    // What was done to all of them names none.
    id.map_or_else(|| format!("{of}s"), |id| format!("{of}/{id}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_has_a_name_of_its_own_and_is_found_by_it() {
        let names: BTreeSet<_> = Action::ALL.iter().map(|action| event_type(*action)).collect();
        assert_eq!(names.len(), Action::ALL.len());
        for known in Action::ALL {
            assert_eq!(action(event_type(*known)), known.as_str());
        }
        assert_eq!(action("api.apiKey.explode".to_owned()), "api.apiKey.explode");
    }

    #[test]
    fn the_names_are_those_of_the_contract() {
        let table = [
            (Action::IssueKey, "api.apiKey.create"),
            (Action::EditKey, "api.apiKey.update"),
            (Action::DeactivateKey, "api.apiKey.deactivate"),
            (Action::DeleteKey, "api.apiKey.delete"),
            (Action::RestoreEnvironment, "api.environment.restore"),
            (Action::PromoteAccount, "api.account.promote"),
            (Action::AddMember, "api.projectMember.create"),
            (Action::ChangeMember, "api.projectMember.update"),
            (Action::SetPassword, "api.password.create"),
            (Action::BeginSession, "api.token.create"),
            (Action::EndSession, "api.token.delete"),
            (Action::ChangeSetting, "api.setting.update"),
            (Action::AddPepper, "pepper.create"),
        ];
        for (action, name) in table {
            assert_eq!(event_type(action), name);
        }
    }
}
