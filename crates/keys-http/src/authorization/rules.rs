//! The rules, written down once more and independently of what the server uses: whom a caller acts as, what that sees,
//! and what can be done with it.
//!
//! A new variant of [`Route`] or [`Type`] compiles only with a row here, in `rows!` and [`thing`].

use super::cell::{Cell, Question, Within};
use super::principal::Principal;
use super::world::{Owner, State, Target};
use crate::dialect::grammar::Route;
use crate::dialect::types::Type;
use crate::pages::assets::Asset;

/// A type whose resources can be asked for by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Key,
    Environment,
    Setting,
    Schema,
    ActiveSetting,
    /// An environment or a person's account.
    Account,
    /// A key, read only.
    Credential,
    Member,
    /// A person.
    Identity,
    Audit,
    /// What only the administrator knows of.
    LogIn,
    /// A password of a person.
    Password,
    /// What there is none of.
    Nothing,
}

/// What a route is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// For those who look after the server.
    Operational,
    /// Pages by which people log in and out.
    LogIn,
    /// A place of the web page, which has a table of its own.
    Page,
    /// Read by everybody who is let in.
    Document,
    /// Said by everybody who is let in, each of their own.
    Confirmation,
    /// Done to a person, or told of one: the owner of A.
    OfPeople,
    /// Keys that match, told to everybody of what they reach.
    MatchingKeys,
    /// Many keys that move, of what whoever asks may change.
    ManyKeys,
    /// Answered whoever asks.
    Token,
    /// All of a type that the caller may see.
    List(Thing),
    /// One of it.
    One(Thing),
    /// What one of it leads to.
    Link(Thing),
}

impl Subject {
    /// What a list of it shows.
    pub(super) const fn listed(self) -> Option<Thing> {
        match self {
            Self::List(thing) => Some(thing),
            Self::MatchingKeys => Some(Thing::Key),
            Self::Operational
            | Self::LogIn
            | Self::Page
            | Self::Document
            | Self::Confirmation
            | Self::OfPeople
            | Self::ManyKeys
            | Self::Token
            | Self::One(_)
            | Self::Link(_) => None,
        }
    }
}

/// The rows: a pattern of [`Route`], what such routes are about, and the routes to ask.
macro_rules! rows {
    ($($route:pat => $subject:expr, $asked:expr;)*) => {
        /// The row of a route.
        pub(super) const fn subject(route: &Route) -> Subject {
            match route {
                $($route => $subject,)*
            }
        }

        /// Every route.
        pub(super) fn routes() -> Vec<Route> {
            [$(Vec::from($asked),)*].concat()
        }
    };
}

rows! {
    Route::Ping => Subject::Operational, [Route::Ping];
    Route::Health => Subject::Operational, [Route::Health];
    Route::Ready => Subject::Operational, [Route::Ready];
    Route::Asset(_) => Subject::Operational, [Route::Asset(Asset::Stylesheet)];
    Route::ReceiptConfirmation => Subject::Confirmation, [Route::ReceiptConfirmation];
    Route::Unlock => Subject::OfPeople, [Route::Unlock];
    Route::EndSessions => Subject::OfPeople, [Route::EndSessions];
    Route::KeysMade => Subject::OfPeople, [Route::KeysMade];
    Route::KeysMatching => Subject::MatchingKeys, [Route::KeysMatching];
    Route::KeysTransition => Subject::ManyKeys, [Route::KeysTransition];
    Route::LogIn => Subject::LogIn, [Route::LogIn];
    Route::LogOut => Subject::LogIn, [Route::LogOut];
    Route::SetUp => Subject::LogIn, [Route::SetUp];
    Route::Console(_) => Subject::Page, [];
    Route::Root => Subject::Document, [Route::Root];
    Route::OpenApi => Subject::Document, [Route::OpenApi];
    Route::Version => Subject::Document, [Route::Version];
    Route::List(Type::Token) => Subject::Token, [];
    Route::List(of) => Subject::List(thing(*of)), routes_of_types();
    Route::One(of, _) => Subject::One(thing(*of)), [];
    Route::Link(of, ..) => Subject::Link(thing(*of)), [];
}

/// List, one and links of each type.
fn routes_of_types() -> Vec<Route> {
    let of_type = |of: &Type| {
        let (of, links) = (*of, of.declaration().links.iter());
        let links = links.map(move |link| Route::Link(of, String::new(), link));
        [Route::List(of), Route::One(of, String::new())].into_iter().chain(links)
    };
    Type::ALL.iter().flat_map(of_type).collect()
}

/// The row of a type.
const fn thing(of: Type) -> Thing {
    match of {
        Type::Account => Thing::Account,
        Type::ActiveSetting => Thing::ActiveSetting,
        Type::ApiKey => Thing::Key,
        Type::AuditLog => Thing::Audit,
        Type::Credential => Thing::Credential,
        Type::Identity => Thing::Identity,
        Type::LocalAuthConfig => Thing::LogIn,
        Type::Password => Thing::Password,
        Type::Token => Thing::Nothing,
        Type::Project => Thing::Environment,
        Type::ProjectMember => Thing::Member,
        Type::Schema | Type::TypeDocumentation => Thing::Schema,
        Type::Setting => Thing::Setting,
    }
}

/// The route to one of a type, with this id.
pub(super) fn with_id(route: &Route, id: &str) -> Route {
    match route {
        Route::One(of, _) => Route::One(*of, id.to_owned()),
        Route::Link(of, _, link) => Route::Link(*of, id.to_owned(), link),
        Route::Ping
        | Route::Health
        | Route::Ready
        | Route::Asset(_)
        | Route::ReceiptConfirmation
        | Route::Unlock
        | Route::EndSessions
        | Route::KeysMade
        | Route::KeysMatching
        | Route::KeysTransition
        | Route::LogIn
        | Route::LogOut
        | Route::SetUp
        | Route::Console(_)
        | Route::Root
        | Route::OpenApi
        | Route::Version
        | Route::List(_) => route.clone(),
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
    const NO_CODE: Self = Self::refused(422, "MissingRequired");
    const NOT_NOW: Self = Self::refused(422, "ActionNotAvailable");

    pub(super) const fn ok(status: u16) -> Self {
        Self { status, code: None }
    }

    const fn refused(status: u16, code: &'static str) -> Self {
        Self { status, code: Some(code) }
    }

    const fn decided(self, decided: DecidedBy) -> Ruling {
        Ruling { expected: self, decided }
    }
}

/// Behind what nothing more must be looked at, in the order in which it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecidedBy {
    /// The route and its method.
    Route,
    /// Who asks: they are refused.
    Caller,
    /// The environment: it is not entered.
    Environment,
    /// The method or action: there is no such thing for whoever asks, or it has no id.
    Name,
    /// The id.
    Id,
}

/// What must be answered, and what decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) expected: Expected,
    pub(super) decided: DecidedBy,
}

/// Whom a caller acts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acting {
    /// An administrator, who sees and may do everything.
    Administrator,
    /// Another person, who sees itself and the environments it is a member of.
    Person(Owner),
    /// An environment, which sees and may do what is inside, and administers nothing: its keys as members, and whoever has
    /// entered it with the rights it has there.
    Inside(Owner, Rights),
}

/// What somebody may inside an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rights {
    /// Everything, the environment itself included.
    Own,
    /// Its keys.
    Change,
    /// Nothing: it looks.
    Read,
}

/// Whom a principal acts as before it enters an environment; `None` is nobody.
pub(super) const fn alone(principal: Principal) -> Option<Acting> {
    match principal {
        // While access control is off, a key that is refused is as good as none.
        Principal::AnybodyOpen
        | Principal::DeactivatedOpen
        | Principal::Administrator
        | Principal::InSession
        | Principal::InSessionByCookie => Some(Acting::Administrator),
        Principal::MemberInSession | Principal::MemberInSessionByCookie => {
            Some(Acting::Person(Owner::MemberOfA))
        }
        Principal::KeyOfA | Principal::KeyOfAOpen => Some(Acting::Inside(Owner::A, Rights::Change)),
        Principal::KeyOfB => Some(Acting::Inside(Owner::B, Rights::Change)),
        Principal::OwnsA => Some(Acting::Person(Owner::OwnsA)),
        Principal::MemberOfA => Some(Acting::Person(Owner::MemberOfA)),
        Principal::RestrictedInA => Some(Acting::Person(Owner::RestrictedInA)),
        Principal::ReaderOfA => Some(Acting::Person(Owner::ReaderOfA)),
        Principal::Stranger => Some(Acting::Person(Owner::Stranger)),
        Principal::Demoted => Some(Acting::Person(Owner::Demoted)),
        Principal::Nobody
        | Principal::Malformed
        | Principal::KeyOfInactive
        | Principal::Deactivated
        | Principal::Deleted
        | Principal::WrongSecret
        | Principal::Disabled
        | Principal::SessionEnded
        | Principal::SessionOfDisabled => None,
    }
}

/// What a person may in A, if it is a member.
pub(super) const fn in_a(person: Owner) -> Option<Rights> {
    match person {
        Owner::OwnsA => Some(Rights::Own),
        Owner::MemberOfA | Owner::RestrictedInA => Some(Rights::Change),
        Owner::ReaderOfA => Some(Rights::Read),
        Owner::A
        | Owner::B
        | Owner::Inactive
        | Owner::Removed
        | Owner::Administrator
        | Owner::Stranger
        | Owner::Disabled
        | Owner::Demoted
        | Owner::Nobody => None,
    }
}

/// Whom a caller acts as. An environment is entered if it is active: by itself, by administrators and by its members.
fn acting(cell: &Cell) -> Result<Acting, Expected> {
    let alone = alone(cell.principal).ok_or(Expected::UNAUTHORIZED)?;
    let Some((_, within)) = cell.context.0 else { return Ok(alone) };
    let rights = match (within, alone) {
        (Within::Owner(Owner::A | Owner::B), Acting::Administrator) => Some(Rights::Own),
        (Within::Owner(owner @ (Owner::A | Owner::B)), Acting::Inside(own, rights)) if owner == own => {
            Some(rights)
        }
        (Within::Owner(Owner::A), Acting::Person(person)) => in_a(person),
        _ => None,
    };
    match (within, rights) {
        (Within::Owner(owner), Some(rights)) => Ok(Acting::Inside(owner, rights)),
        _ => Err(Expected::FORBIDDEN),
    }
}

/// Whether a caller is let into the environment it names, if it names one.
pub(super) fn enters(cell: &Cell) -> bool {
    acting(cell).is_ok()
}

/// What must be answered.
pub(super) fn ruling(cell: &Cell) -> Ruling {
    if let Some(expected) = by_route(cell) {
        return expected.decided(DecidedBy::Route);
    }
    let acting = match acting(cell) {
        Ok(acting) => acting,
        Err(Expected::UNAUTHORIZED) => return Expected::UNAUTHORIZED.decided(DecidedBy::Caller),
        Err(refused) => return refused.decided(DecidedBy::Environment),
    };
    if let Some(expected) = by_name(cell, acting) {
        return expected.decided(DecidedBy::Name);
    }
    by_id(cell, acting).decided(DecidedBy::Id)
}

/// What is answered whoever asks.
fn by_route(cell: &Cell) -> Option<Expected> {
    Some(match (cell.route(), subject(cell.route()), cell.question.meant()) {
        (_, Subject::Operational, "GET" | "HEAD") => Expected::ok(200),
        (_, Subject::Operational, _) => Expected::METHOD,
        // It is closed for good.
        (Route::SetUp, ..) => Expected::NOT_FOUND,
        (_, Subject::LogIn, "GET" | "HEAD") => Expected::ok(200),
        // Nothing was typed that could be a name and a password; it is said on the page.
        (Route::LogIn, _, "POST") => Expected::ok(403),
        (_, Subject::LogIn, "POST") => Expected::ok(303),
        (_, Subject::LogIn, _) => Expected::METHOD,
        (_, Subject::Token, "GET" | "HEAD" | "OPTIONS") => Expected::ok(200),
        (_, Subject::Token, "POST") => Expected::NO_CODE,
        (_, Subject::Token, method) if method != "DELETE" => Expected::METHOD,
        (_, Subject::One(Thing::Nothing), _) => Expected::NOT_FOUND,
        _ => return None,
    })
}

/// What is answered whatever the id is: there is no such method or action for who acts so, or the route has no id.
fn by_name(cell: &Cell, acting: Acting) -> Option<Expected> {
    let subject = subject(cell.route());
    let logs_in = matches!(subject, Subject::List(Thing::LogIn) | Subject::One(Thing::LogIn));
    if logs_in && acting != Acting::Administrator {
        return Some(Expected::NOT_FOUND);
    }
    Some(match (subject, cell.question, cell.question.meant()) {
        // Only who is in a session can leave it, wherever they are.
        (Subject::Token, ..) if cell.principal.is_in_session() => Expected::ok(204),
        (Subject::Token, ..) => Expected::FORBIDDEN,
        (Subject::One(thing), Question::Action(action), _) if has_action(acting, thing, action) => {
            return None;
        }
        (_, Question::Action(_), _) => Expected::NO_ACTION,
        (_, _, "OPTIONS") => Expected::ok(200),
        (Subject::Document | Subject::List(_) | Subject::MatchingKeys, _, "GET" | "HEAD") => {
            Expected::ok(200)
        }
        // What is sent names no keys.
        (Subject::ManyKeys, _, "POST") if matches!(acting, Acting::Inside(_, Rights::Read)) => {
            Expected::FORBIDDEN
        }
        (Subject::ManyKeys, _, "POST") => Expected::NO_CODE,
        (Subject::One(_) | Subject::Link(_), _, "GET" | "HEAD") => return None,
        // Nobody has a receipt under the key that is asked with.
        (Subject::Confirmation, _, "POST") => Expected::NOT_FOUND,
        (Subject::OfPeople, _, method) if has_method(cell.route(), method) => of_people(cell.route(), acting),
        // What is sent names nobody and no password.
        (Subject::List(Thing::Password), _, "POST") if acting == Acting::Administrator => Expected::NO_CODE,
        (Subject::List(thing), _, "POST") if creates(acting, thing) => Expected::ok(201),
        (Subject::One(thing), _, method) if changes(acting, thing, method) => return None,
        _ => Expected::METHOD,
    })
}

/// Reports are read, commands are posted.
fn has_method(route: &Route, method: &str) -> bool {
    if *route == Route::KeysMade { matches!(method, "GET" | "HEAD") } else { method == "POST" }
}

/// Of the owner of A.
fn of_people(route: &Route, acting: Acting) -> Expected {
    match (route, acting) {
        (Route::KeysMade, Acting::Administrator) => Expected::ok(200),
        (_, Acting::Administrator) => Expected::ok(204),
        // Everybody may leave, wherever they have logged in.
        (Route::EndSessions, Acting::Person(Owner::OwnsA)) => Expected::ok(204),
        _ => Expected::FORBIDDEN,
    }
}

/// What is answered of this one.
fn by_id(cell: &Cell, acting: Acting) -> Expected {
    let (Subject::One(thing) | Subject::Link(thing)) = subject(cell.route()) else {
        unreachable!("only one of a type has an id")
    };
    let Some(target) = cell.target().filter(|target| visible(acting, thing, target)) else {
        return Expected::NOT_FOUND;
    };
    match (cell.question, cell.question.meant()) {
        (Question::Action(action), _) => act(acting, thing, target, action),
        (_, "GET" | "HEAD") => Expected::ok(200),
        _ if is_forbidden(acting, thing, target.owner) => Expected::FORBIDDEN,
        // The page this grew from: an Active key offers no Delete. Nor does an account.
        (_, "DELETE") if target.state == State::Active && matches!(thing, Thing::Key | Thing::Account) => {
            Expected::METHOD
        }
        _ => Expected::ok(200),
    }
}

/// Whether a list shows it, if it is not removed, and an address leads to it in any case.
pub(super) fn sees(cell: &Cell, target: &Target) -> bool {
    acting(cell).is_ok_and(|acting| match subject(cell.route()) {
        Subject::List(thing) | Subject::One(thing) | Subject::Link(thing) => visible(acting, thing, target),
        Subject::MatchingKeys => visible(acting, Thing::Key, target),
        Subject::Operational
        | Subject::LogIn
        | Subject::Page
        | Subject::Document
        | Subject::Confirmation
        | Subject::OfPeople
        | Subject::ManyKeys
        | Subject::Token => false,
    })
}

pub(super) fn visible(acting: Acting, thing: Thing, target: &Target) -> bool {
    match thing {
        _ if target.owner == Owner::Nobody => false,
        Thing::Nothing => false,
        Thing::Setting | Thing::ActiveSetting | Thing::Schema => true,
        Thing::LogIn => acting == Acting::Administrator,
        // Whoever may name members sees who can be one; an environment is nobody.
        Thing::Identity => {
            let names = match acting {
                Acting::Administrator | Acting::Person(_) | Acting::Inside(_, Rights::Own) => true,
                Acting::Inside(_, Rights::Change | Rights::Read) => false,
            };
            names && target.state == State::Active
        }
        Thing::Key | Thing::Credential | Thing::Audit | Thing::Password => owns(acting, target.owner),
        Thing::Environment | Thing::Member | Thing::Account => match acting {
            Acting::Person(person) => target.owner == person || is_shown(person, target.owner),
            Acting::Administrator | Acting::Inside(..) => owns(acting, target.owner),
        },
    }
}

fn owns(acting: Acting, owner: Owner) -> bool {
    match acting {
        Acting::Administrator => true,
        Acting::Person(own) | Acting::Inside(own, _) => own == owner,
    }
}

/// Whether an environment is shown to a person: an active one to its members, another to its owners.
fn is_shown(person: Owner, environment: Owner) -> bool {
    (environment == Owner::A && in_a(person).is_some())
        || (matches!(environment, Owner::Inactive | Owner::Removed) && person == Owner::OwnsA)
}

/// Keys are made by everybody who does not only look; environments by people; accounts by administrators.
fn creates(acting: Acting, thing: Thing) -> bool {
    match thing {
        Thing::Key => !matches!(acting, Acting::Inside(_, Rights::Read)),
        Thing::Environment => matches!(acting, Acting::Administrator | Acting::Person(_)),
        Thing::Account | Thing::LogIn => acting == Acting::Administrator,
        Thing::Setting
        | Thing::Schema
        | Thing::ActiveSetting
        | Thing::Credential
        | Thing::Member
        | Thing::Identity
        | Thing::Audit
        | Thing::Password
        | Thing::Nothing => false,
    }
}

/// Whether one of a type can be changed by such a caller, if it may change this one.
fn changes(acting: Acting, thing: Thing, method: &str) -> bool {
    match (thing, method) {
        (Thing::Key, "PUT" | "DELETE") => !matches!(acting, Acting::Inside(_, Rights::Read)),
        (Thing::Environment, "PUT" | "DELETE") => changes_environments(acting),
        (Thing::Account, "PUT") => matches!(acting, Acting::Administrator | Acting::Person(_)),
        (Thing::Account, "DELETE") | (Thing::Password, "PUT" | "DELETE") | (Thing::Setting, "PUT") => {
            acting == Acting::Administrator
        }
        _ => false,
    }
}

const fn changes_environments(acting: Acting) -> bool {
    matches!(acting, Acting::Administrator | Acting::Person(_) | Acting::Inside(_, Rights::Own))
}

/// Whether what is seen may not be changed all the same: an environment by a person who does not own it, and an
/// environment where it is seen as an account.
fn is_forbidden(acting: Acting, thing: Thing, owner: Owner) -> bool {
    if thing == Thing::Environment {
        matches!(acting, Acting::Person(person) if person != Owner::OwnsA)
    } else {
        thing == Thing::Account && matches!(owner, Owner::A | Owner::B | Owner::Inactive | Owner::Removed)
    }
}

/// Whether an action is there for such a caller, who is told so before anything is looked up.
fn has_action(acting: Acting, thing: Thing, action: &str) -> bool {
    match thing {
        Thing::Key => {
            !matches!(acting, Acting::Inside(_, Rights::Read))
                && matches!(action, "activate" | "deactivate" | "remove" | "update")
        }
        Thing::Environment => {
            changes_environments(acting)
                && matches!(
                    action,
                    "activate" | "deactivate" | "remove" | "restore" | "setmembers" | "update"
                )
        }
        Thing::Account => {
            acting == Acting::Administrator
                && matches!(action, "activate" | "deactivate" | "remove" | "update")
        }
        Thing::Password => action == "changesecret" && !matches!(acting, Acting::Inside(_, Rights::Read)),
        Thing::Setting
        | Thing::Schema
        | Thing::ActiveSetting
        | Thing::Credential
        | Thing::Member
        | Thing::Identity
        | Thing::Audit
        | Thing::LogIn
        | Thing::Nothing => false,
    }
}

/// An action on something that is seen.
fn act(acting: Acting, thing: Thing, target: &Target, action: &str) -> Expected {
    match (thing, target.state, action) {
        // Neither the old nor the new one is sent.
        (Thing::Password, ..) => Expected::NO_CODE,
        _ if is_forbidden(acting, thing, target.owner) => Expected::FORBIDDEN,
        (Thing::Environment, State::Active, "deactivate")
        | (Thing::Environment, State::Active | State::Inactive, "setmembers") => Expected::ok(200),
        (Thing::Key | Thing::Account, State::Active, "deactivate" | "update")
        | (
            Thing::Key | Thing::Environment | Thing::Account,
            State::Inactive,
            "activate" | "remove" | "update",
        )
        | (Thing::Environment, State::Active, "remove" | "update")
        | (Thing::Environment, State::Removed, "restore") => Expected::ok(202),
        _ => Expected::NOT_NOW,
    }
}
