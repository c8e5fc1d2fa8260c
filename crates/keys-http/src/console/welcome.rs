//! The first steps: what has been done, and what to do next.

use askama::Template;
use http::StatusCode;
use keys_core::{AccessControl, Owner};
use keys_service::PageRequest;
use keys_store::{Direction, KeyFilter, KeyOrder};

use super::frame::{Frame, Section, called};
use super::place::Whose;
use super::visit::Visit;
use super::{access, home, keys, users};
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// Where they are.
pub(crate) const PATH: &str = "/welcome";

#[derive(Template)]
#[template(path = "console/welcome.html")]
struct WelcomePage {
    frame: Frame,
    /// Whether a log-in or a key is needed.
    protected: bool,
    /// Where access control is switched, for whoever may.
    access: Option<&'static str>,
    /// Where people are added, for whoever may.
    users: Option<String>,
    first: Option<First>,
}

/// The environment one begins in.
struct First {
    called: String,
    keys: String,
    /// Where a key is added, for whoever may.
    add: Option<String>,
    /// How a program asks for everything of it.
    curl: String,
    /// Whether there is a key already.
    has_keys: bool,
}

pub(super) fn answer(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let administers = visit.outside.caller.administers();
    let page = WelcomePage {
        frame: Frame::new(visit, Section::Elsewhere, "First steps")?,
        protected: visit.call.authority.access_control() == AccessControl::On,
        access: administers.then_some(access::SHOW),
        users: administers.then(|| users::ADD.to_owned()),
        first: first(visit)?,
    };
    Answer::page(StatusCode::OK, page.render())
}

fn first(visit: &Visit<'_>) -> Result<Option<First>, Problem> {
    let Some(environment) = home::begins(visit)? else { return Ok(None) };
    let authority = visit.call.authority;
    // Somebody may have taken it away just now: then there is none to begin in.
    let Ok(caller) = authority.enter(visit.outside.caller, environment) else { return Ok(None) };
    let inside = keys_service::Context { caller, ..visit.outside.clone() };
    let Some(record) = authority.environment(&inside, environment)? else { return Ok(None) };
    let one = PageRequest::first(KeyOrder::Id, Direction::Ascending, 1);
    let any =
        authority.key_page(&inside, Some(Owner::Environment(environment)), KeyFilter::default(), &one)?;
    let whose = Whose::Environment(environment);
    Ok(Some(First {
        called: called(environment, record.parts().name.as_ref()),
        keys: whose.path(),
        add: caller.may_change_keys().then(|| format!("{}/new", whose.path())),
        curl: format!("curl -u \"$ACCESS_KEY:$SECRET_KEY\" '{}'", keys::endpoint(visit, whose)),
        has_keys: !any.items.is_empty(),
    }))
}
