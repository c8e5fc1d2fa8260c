//! The rules, written down once more and independently of what the server uses: whom a caller acts as, what that sees,
//! and what can be done with it.
//!
//! A new variant of [`Route`] compiles only with a row here, in [`following`] and [`subject`].

use super::world::{Owner, Principal, State, Target, Within};
use super::{Cell, Question};
use crate::dialect::grammar::Route;
use crate::pages::assets::Asset;

/// A type whose resources can be asked for by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Key,
    Environment,
    Setting,
    Schema,
}

/// What a route is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// For those who look after the server.
    Operational,
    /// Read by everybody who is let in.
    Document,
    /// All of a type that the caller may see.
    List(Thing),
    /// One of it.
    One(Thing),
}

/// Every route, one after the other.
pub(super) fn following(route: Option<&Route>) -> Option<Route> {
    let id = String::new;
    Some(match route {
        None => Route::Ping,
        Some(Route::Ping) => Route::Health,
        Some(Route::Health) => Route::Ready,
        Some(Route::Ready) => Route::Asset(Asset::Stylesheet),
        Some(Route::Asset(_)) => Route::Root,
        Some(Route::Root) => Route::OpenApi,
        Some(Route::OpenApi) => Route::Version,
        Some(Route::Version) => Route::Schemas,
        Some(Route::Schemas) => Route::Schema(id()),
        Some(Route::Schema(_)) => Route::Keys,
        Some(Route::Keys) => Route::Key(id()),
        Some(Route::Key(_)) => Route::Projects,
        Some(Route::Projects) => Route::Project(id()),
        Some(Route::Project(_)) => Route::Settings,
        Some(Route::Settings) => Route::Setting(id()),
        Some(Route::Setting(_)) => return None,
    })
}

/// The row of a route.
pub(super) const fn subject(route: &Route) -> Subject {
    match route {
        Route::Ping | Route::Health | Route::Ready | Route::Asset(_) => Subject::Operational,
        Route::Root | Route::OpenApi | Route::Version => Subject::Document,
        Route::Schemas => Subject::List(Thing::Schema),
        Route::Schema(_) => Subject::One(Thing::Schema),
        Route::Keys => Subject::List(Thing::Key),
        Route::Key(_) => Subject::One(Thing::Key),
        Route::Projects => Subject::List(Thing::Environment),
        Route::Project(_) => Subject::One(Thing::Environment),
        Route::Settings => Subject::List(Thing::Setting),
        Route::Setting(_) => Subject::One(Thing::Setting),
    }
}

/// The route to one of a type, with this id.
pub(super) fn with_id(route: &Route, id: &str) -> Route {
    match route {
        Route::Schema(_) => Route::Schema(id.to_owned()),
        Route::Key(_) => Route::Key(id.to_owned()),
        Route::Project(_) => Route::Project(id.to_owned()),
        Route::Setting(_) => Route::Setting(id.to_owned()),
        Route::Ping
        | Route::Health
        | Route::Ready
        | Route::Asset(_)
        | Route::Root
        | Route::OpenApi
        | Route::Version
        | Route::Schemas
        | Route::Keys
        | Route::Projects
        | Route::Settings => route.clone(),
    }
}

/// A status, and for a refusal its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) status: u16,
    pub(super) code: Option<&'static str>,
}

impl Expected {
    const UNAUTHORIZED: Self = Self::refused(401, "Unauthorized");
    const FORBIDDEN: Self = Self::refused(403, "Forbidden");
    pub(super) const NOT_FOUND: Self = Self::refused(404, "Not Found");
    const METHOD: Self = Self::refused(405, "Method not allowed");
    const NO_ACTION: Self = Self::refused(422, "InvalidAction");
    const NOT_NOW: Self = Self::refused(422, "ActionNotAvailable");

    pub(super) const fn ok(status: u16) -> Self {
        Self { status, code: None }
    }

    const fn refused(status: u16, code: &'static str) -> Self {
        Self { status, code: Some(code) }
    }
}

/// Whom a caller acts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Acting {
    /// The administrator, who sees and may do everything.
    Administrator,
    /// An environment, which sees and may do what is inside, and administers nothing: its keys, and the administrator
    /// who has entered it.
    Inside(Owner),
}

/// Whom a principal acts as before it enters an environment; `None` is nobody.
const fn alone(principal: Principal) -> Option<Acting> {
    match principal {
        // While access control is off, a key that is refused is as good as none.
        Principal::AnybodyOpen | Principal::DeactivatedOpen | Principal::Administrator => {
            Some(Acting::Administrator)
        }
        Principal::KeyOfA | Principal::KeyOfAOpen => Some(Acting::Inside(Owner::A)),
        Principal::KeyOfB => Some(Acting::Inside(Owner::B)),
        Principal::Nobody
        | Principal::KeyOfInactive
        | Principal::Deactivated
        | Principal::Deleted
        | Principal::WrongSecret => None,
    }
}

/// Whom a caller acts as. An environment is entered if it is active, by itself and by the administrator.
fn acting(cell: &Cell) -> Result<Acting, Expected> {
    let alone = alone(cell.principal).ok_or(Expected::UNAUTHORIZED)?;
    let Some((_, within)) = cell.context.0 else { return Ok(alone) };
    match within {
        Within::Owner(owner @ (Owner::A | Owner::B))
            if alone == Acting::Administrator || alone == Acting::Inside(owner) =>
        {
            Ok(Acting::Inside(owner))
        }
        Within::Owner(_) | Within::Malformed => Err(Expected::FORBIDDEN),
    }
}

/// What must be answered.
pub(super) fn expected(cell: &Cell) -> Expected {
    let subject = subject(&cell.route);
    if subject == Subject::Operational {
        return match cell.question.meant() {
            "GET" | "HEAD" => Expected::ok(200),
            _ => Expected::METHOD,
        };
    }
    let acting = match acting(cell) {
        Ok(acting) => acting,
        Err(refused) => return refused,
    };
    match (subject, cell.question, cell.question.meant()) {
        (Subject::One(thing), Question::Action(action), _) => {
            act(acting, thing, cell.target.as_ref(), action)
        }
        (_, Question::Action(_), _) => Expected::NO_ACTION,
        (_, _, "OPTIONS") => Expected::ok(200),
        (Subject::Document | Subject::List(_), _, "GET" | "HEAD") => Expected::ok(200),
        (Subject::List(thing), _, "POST") if creates(acting, thing) => Expected::ok(201),
        (Subject::One(thing), _, method) => one(acting, thing, cell.target.as_ref(), method),
        _ => Expected::METHOD,
    }
}

/// Whether a list shows it, if it is not removed, and an address leads to it in any case.
pub(super) fn sees(cell: &Cell, target: &Target) -> bool {
    acting(cell).is_ok_and(|acting| match subject(&cell.route) {
        Subject::List(thing) | Subject::One(thing) => visible(acting, thing, target),
        Subject::Operational | Subject::Document => false,
    })
}

fn visible(acting: Acting, thing: Thing, target: &Target) -> bool {
    match thing {
        _ if target.owner == Owner::Nobody => false,
        Thing::Setting | Thing::Schema => true,
        Thing::Key | Thing::Environment => match acting {
            Acting::Administrator => true,
            Acting::Inside(owner) => owner == target.owner,
        },
    }
}

/// Keys are everybody's to make; environments the administrator's.
fn creates(acting: Acting, thing: Thing) -> bool {
    match thing {
        Thing::Key => true,
        Thing::Environment => acting == Acting::Administrator,
        Thing::Setting | Thing::Schema => false,
    }
}

/// Who may change one of a type: whoever sees a key; the administrator for the rest.
fn changes(acting: Acting, thing: Thing, method: &str) -> bool {
    match (thing, method) {
        (Thing::Key, "PUT" | "DELETE") => true,
        (Thing::Environment, "PUT" | "DELETE") | (Thing::Setting, "PUT") => acting == Acting::Administrator,
        _ => false,
    }
}

fn one(acting: Acting, thing: Thing, target: Option<&Target>, method: &str) -> Expected {
    if !matches!(method, "GET" | "HEAD") && !changes(acting, thing, method) {
        return Expected::METHOD;
    }
    match target.filter(|target| visible(acting, thing, target)) {
        None => Expected::NOT_FOUND,
        // The page this grew from: an Active key offers no Delete.
        Some(target) if (thing, method, target.state) == (Thing::Key, "DELETE", State::Active) => {
            Expected::METHOD
        }
        Some(_) => Expected::ok(200),
    }
}

/// An action is refused by its name before anything is looked up.
fn act(acting: Acting, thing: Thing, target: Option<&Target>, action: &str) -> Expected {
    let may = match thing {
        Thing::Key => matches!(action, "activate" | "deactivate" | "remove" | "update"),
        Thing::Environment => {
            acting == Acting::Administrator
                && matches!(action, "activate" | "deactivate" | "remove" | "restore" | "update")
        }
        Thing::Setting | Thing::Schema => false,
    };
    if !may {
        return Expected::NO_ACTION;
    }
    let Some(target) = target.filter(|target| visible(acting, thing, target)) else {
        return Expected::NOT_FOUND;
    };
    match (thing, target.state, action) {
        (Thing::Environment, State::Active, "deactivate") => Expected::ok(200),
        (Thing::Key, State::Active, "deactivate" | "update")
        | (Thing::Key | Thing::Environment, State::Inactive, "activate" | "remove" | "update")
        | (Thing::Environment, State::Active, "remove" | "update")
        | (Thing::Environment, State::Removed, "restore") => Expected::ok(202),
        _ => Expected::NOT_NOW,
    }
}
