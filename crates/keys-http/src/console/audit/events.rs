//! Events as rows of a table.

use keys_core::{AuditEvent, KeyId, Owner, Target, Via};
use keys_store::BackendError;

use super::names::Names;
use super::{Scope, words};
use crate::console::instant::Instant;
use crate::console::keys;
use crate::console::place::Whose;
use crate::console::visit::Visit;

/// One event.
pub(in crate::console) struct Row {
    pub(in crate::console) id: String,
    /// When.
    pub(in crate::console) at: Instant,
    /// What was done.
    pub(in crate::console) what: &'static str,
    /// Whether it took a right away.
    pub(in crate::console) narrows: bool,
    /// What or whom it was done to.
    pub(in crate::console) about: Thing,
    /// Who did it.
    pub(in crate::console) who: Thing,
    /// How they were known.
    pub(in crate::console) how: String,
    /// From where.
    pub(in crate::console) address: Option<String>,
    /// In which request.
    pub(in crate::console) request: String,
    /// The event in the API.
    pub(in crate::console) view: String,
}

/// Something that an event names.
pub(in crate::console) struct Thing {
    /// What it is called, or else what it is.
    pub(in crate::console) name: String,
    /// Its id, where that is not what it is called.
    pub(in crate::console) id: Option<String>,
    /// Where more is known of it.
    pub(in crate::console) path: Option<String>,
}

/// Events, as this log shows them.
pub(in crate::console) fn rows(
    visit: &Visit<'_>,
    scope: Scope,
    events: &[AuditEvent],
) -> Result<Vec<Row>, BackendError> {
    let names = &mut Names::of(visit, events)?;
    events.iter().map(|event| row(visit, scope, names, event)).collect()
}

fn row(
    visit: &Visit<'_>,
    scope: Scope,
    names: &mut Names<'_, '_>,
    event: &AuditEvent,
) -> Result<Row, BackendError> {
    let address = format!("auditlogs/{}", event.id);
    let urls = visit.call.urls;
    Ok(Row {
        id: event.id.to_string(),
        at: event.at.into(),
        what: words::said(event.action),
        narrows: event.action.narrows(),
        about: about(scope, names, event)?,
        who: who(scope, names, event.origin.principal)?,
        how: how(names, event.origin.via)?,
        address: event.origin.client_address.map(|address| address.to_string()),
        request: event.origin.request_id.to_string(),
        view: match scope {
            Scope::All => urls.of(&address),
            Scope::Environment(environment) => urls.inside(environment, &address),
        },
    })
}

/// What an event is about.
fn about(scope: Scope, names: &mut Names<'_, '_>, event: &AuditEvent) -> Result<Thing, BackendError> {
    let of = |what: &str, owner: String| format!("{what} of {owner}");
    Ok(match event.target {
        Target::Key(id) => match names.key(id)? {
            Some(key) => {
                let path = history(scope, names, key.owner, id)?;
                Thing::new(key.name, id, path.unwrap_or_else(|| scope.about(id)))
            }
            None => Thing::new(id.to_string(), id, scope.about(id)),
        },
        Target::Environment(id) => Thing::new(names.owner(Owner::Environment(id))?, id, scope.about(id)),
        Target::Account(id) => Thing::new(names.owner(Owner::Account(id))?, id, scope.about(id)),
        Target::Member(_, account, role) => {
            let name = names.owner(Owner::Account(account))?;
            Thing::new(format!("{name}, {role}"), account, scope.about(account))
        }
        Target::Password(id) => Thing::new(of("Password", names.owner(event.owner)?), id, scope.about(id)),
        Target::Session(id) => Thing::new(of("Session", names.owner(event.owner)?), id, scope.about(id)),
        Target::Setting(name) => Thing::new(name.to_string(), name, scope.about(name)),
        Target::Pepper(id) => Thing { name: id.to_string(), id: None, path: None },
        Target::Sessions => Thing { name: "Everybody's sessions".to_owned(), id: None, path: None },
        other => Thing { name: other.to_string(), id: None, path: None },
    })
}

/// The history of a key, where there is a page of it that the caller can open.
fn history(
    scope: Scope,
    names: &mut Names<'_, '_>,
    owner: Owner,
    key: KeyId,
) -> Result<Option<String>, BackendError> {
    let whose = match (owner, scope) {
        (Owner::Environment(id), Scope::Environment(within)) if id == within => Some(Whose::Environment(id)),
        (Owner::Environment(id), _) => {
            let enters = names.environment(id)?.is_some_and(|environment| environment.active);
            enters.then_some(Whose::Environment(id))
        }
        (Owner::Account(_), _) => names.is_caller(owner).then_some(Whose::Own),
    };
    Ok(whose.map(|whose| keys::history_of(whose, key)))
}

fn who(scope: Scope, names: &mut Names<'_, '_>, principal: Owner) -> Result<Thing, BackendError> {
    let id = match principal {
        Owner::Account(id) => id.to_string(),
        Owner::Environment(id) => id.to_string(),
    };
    Ok(Thing::new(names.owner(principal)?, &id, scope.by(&id)))
}

/// How somebody was known.
fn how(names: &mut Names<'_, '_>, via: Via) -> Result<String, BackendError> {
    Ok(match via {
        Via::Key(id) => match names.key(id)? {
            Some(key) => format!("Key {} ({id})", key.name),
            None => format!("Key {id}"),
        },
        Via::Password(id) => format!("Password {id}"),
        Via::Session(id) => format!("Session {id}"),
        Via::OpenAccess => "Open access".to_owned(),
        Via::Database => "Command line on the server".to_owned(),
        Via::SetUp => "Set-up token".to_owned(),
        Via::System => "The server itself".to_owned(),
        other => other.to_string(),
    })
}

impl Thing {
    fn new(name: String, id: impl ToString, path: String) -> Self {
        let id = Some(id.to_string()).filter(|id| *id != name);
        Self { name, id, path: Some(path) }
    }
}
