//! What is round every page: where one is, where one can go, as whom.

use keys_core::{AccessControl, EnvironmentId, EnvironmentState};
use keys_service::Position;
use keys_store::{EnvironmentOrder, EnvironmentQuery};

use super::audit::Scope;
use super::notice::Notice;
use super::place::Whose;
use super::visit::Visit;
use super::{access, environments, home, users};
use crate::pages::assets::Asset;
use crate::problem::Problem;

/// The most environments the switcher offers; all of them are behind its last line.
const MOST: usize = 50;

/// Which part of the web page one is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// API & Keys of an environment.
    Keys,
    /// The caller's own keys.
    OwnKeys,
    /// Environments and their members.
    Environments,
    /// What was done.
    Audit,
    /// People who may log in.
    Users,
    /// Access control.
    Access,
    /// None of them.
    Elsewhere,
}

/// A link of the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) text: String,
    pub(super) path: String,
    /// Whether one is there.
    pub(super) current: bool,
}

/// What the base template shows.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) stylesheet: String,
    pub(super) icon: String,
    pub(super) script: String,
    pub(super) htmx: String,
    /// The environment one is in, by its name.
    pub(super) environment: Option<String>,
    /// Where else one could be.
    pub(super) environments: Vec<Link>,
    /// Whether there is a page of all environments for the caller.
    pub(super) all_environments: bool,
    /// The parts of the web page.
    pub(super) sections: Vec<Link>,
    /// Who is in a session.
    pub(super) person: Option<String>,
    /// Whether the caller could log in: it needs no credential, or showed a key.
    pub(super) may_log_in: bool,
    /// Whether access control is off.
    pub(super) open: bool,
    /// What was done.
    pub(super) done: Option<&'static str>,
    /// What forms repeat of the cookie.
    pub(super) token: Option<String>,
}

impl Frame {
    /// Round a page of a known caller.
    ///
    /// # Errors
    ///
    /// [`Problem::Failed`].
    pub(super) fn new(visit: &Visit<'_>, section: Section, title: &str) -> Result<Self, Problem> {
        let within = visit.environment();
        let environments = switcher(visit, within)?;
        let environment = match within {
            None => None,
            Some(id) => {
                let record = visit.call.authority.environment(visit.call.context, id)?;
                record.map(|record| called(id, record.parts().name.as_ref()))
            }
        };
        let begins = match within {
            Some(within) => Some(within),
            None => home::begins(visit)?,
        };
        let sections = sections(visit, section, begins);
        Ok(Self {
            environment,
            environments,
            all_environments: visit.outside.caller.position() != Position::Environment,
            sections,
            open: visit.call.authority.access_control() == AccessControl::Off,
            done: visit.call.query.get(Notice::PARAMETER).and_then(Notice::said_by),
            person: visit.person.map(ToOwned::to_owned),
            may_log_in: visit.person.is_none(),
            token: visit.forms.token.clone(),
            ..Self::bare(title)
        })
    }

    /// Round a page of nobody in particular.
    pub(super) fn bare(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            stylesheet: Asset::Stylesheet.path(),
            icon: Asset::Icon.path(),
            script: Asset::Script.path(),
            htmx: Asset::Htmx.path(),
            environment: None,
            environments: Vec::new(),
            all_environments: false,
            sections: Vec::new(),
            person: None,
            may_log_in: false,
            open: false,
            done: None,
            token: None,
        }
    }
}

/// The environments that the caller may enter, by name: as many as a menu can show.
fn switcher(visit: &Visit<'_>, within: Option<EnvironmentId>) -> Result<Vec<Link>, Problem> {
    // In this order the Active ones come first.
    let query =
        EnvironmentQuery { order: EnvironmentOrder::State, limit: MOST, ..EnvironmentQuery::default() };
    let known = visit.call.authority.environments(visit.outside, &query)?.items;
    let active = known.iter().filter(|record| record.parts().state == EnvironmentState::Active);
    let mut links: Vec<Link> = active
        .map(|record| {
            let parts = record.parts();
            Link {
                text: called(parts.id, parts.name.as_ref()),
                path: Whose::Environment(parts.id).path(),
                current: within == Some(parts.id),
            }
        })
        .collect();
    links.sort_by_cached_key(|link| link.text.to_lowercase());
    Ok(links)
}

/// The parts of the web page that are the caller's.
fn sections(visit: &Visit<'_>, section: Section, environment: Option<EnvironmentId>) -> Vec<Link> {
    let link = |text: &str, path: String, of| Link { text: text.to_owned(), path, current: section == of };
    let mut links = Vec::new();
    if let Some(environment) = environment {
        links.push(link("API & Keys", Whose::Environment(environment).path(), Section::Keys));
    }
    match visit.outside.caller.position() {
        Position::Environment | Position::Inside { .. } => {}
        Position::Person | Position::Administrator => {
            links.push(link("Account keys", Whose::Own.path(), Section::OwnKeys));
        }
    }
    links.push(link("Environments", environments::PATH.to_owned(), Section::Environments));
    let log = visit.environment().map_or(Scope::All, Scope::Environment);
    links.push(link("Audit log", log.path(), Section::Audit));
    if visit.outside.caller.administers() {
        links.push(link("Users", users::LIST.to_owned(), Section::Users));
        links.push(link("Access control", access::SHOW.to_owned(), Section::Access));
    }
    links
}

/// What something is called: by its name, or by its id when it has none.
pub(super) fn called(id: impl ToString, name: Option<&keys_core::Name>) -> String {
    name.map(ToString::to_string).filter(|name| !name.trim().is_empty()).unwrap_or_else(|| id.to_string())
}
