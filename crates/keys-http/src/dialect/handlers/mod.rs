//! What each route does: synchronous functions of an authority, a context and an input.

pub(super) mod accounts;
mod audit;
mod bulk;
mod identities;
mod keys;
mod local_auth;
mod members;
mod passwords;
mod people;
pub(super) mod projects;
mod receipts;
mod root;
mod settings;
mod token;

use http::StatusCode;
use keys_api::{Audience, Link};
use keys_core::{
    Description, DescriptionError, MemberRecord, MembersRevision, Name, NameError, Revision, Role,
};
use keys_service::{Authority, Caller, Context, Edit, Patch, Position};
use serde::Serialize;

use super::body::{Fields, Given};
use super::grammar::{Kind, Route};
use super::include::{self, Refers};
use super::methods;
use super::query::Query;
use super::types::Type;
use super::urls::Urls;
use crate::auth::Cookies;
use crate::idempotency::Idempotency;
use crate::ports::Entropy;
use crate::precondition::{EntityTag, Finding, Preconditions};
use crate::problem::Problem;

/// All that a handler is given.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The use cases.
    pub(crate) authority: &'a Authority,
    /// Randomness for new pairs.
    pub(crate) entropy: &'a dyn Entropy,
    /// The cookies of a session.
    pub(crate) cookies: Cookies,
    /// Whether switching access control off is allowed here.
    pub(crate) may_open: bool,
    /// Who asks, and when.
    pub(crate) context: &'a Context,
    /// Makes addresses.
    pub(crate) urls: &'a Urls,
    /// The method, after `_method`.
    pub(crate) method: &'a http::Method,
    /// The parameters.
    pub(crate) query: &'a Query,
    /// What the request sets.
    pub(crate) fields: &'a Fields,
    /// What a create is asked for under.
    pub(crate) idempotency: &'a Idempotency,
    /// The revision a change is only right at, if its caller said so.
    pub(crate) expected: Option<Revision>,
    /// The members that a list of others shall take the place of, if its caller said so.
    pub(crate) expected_members: Option<MembersRevision>,
}

/// A document and its status.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The document; `None` for OPTIONS.
    pub(crate) body: Option<Vec<u8>>,
    /// What the document is.
    pub(crate) media: Media,
    /// The methods of the address, for OPTIONS.
    pub(crate) allow: Option<String>,
    /// Where what was made is found.
    pub(crate) location: Option<String>,
    /// What tells this state of the document from others.
    pub(crate) tag: Option<EntityTag>,
    /// Whether it tells of what was made before.
    pub(crate) replayed: Option<Replayed>,
    /// Cookies to set.
    pub(crate) cookies: Vec<String>,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// Of the API, for programs; a browser is shown a page made of it.
    Json,
    /// A page of its own.
    Page,
}

/// How a create that was made before is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replayed {
    /// With everything that was told the first time.
    Whole,
    /// Without its secret, which can no longer be had.
    WithoutSecret,
}

impl Answer {
    fn new(status: StatusCode, document: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(document).map_err(|error| Problem::Failed {
            soon: false,
            detail: "the answer could not be written",
            cause: error.into(),
        })?;
        Ok(Self::written(status, body))
    }

    /// A document that is written already.
    fn written(status: StatusCode, body: Vec<u8>) -> Self {
        let tag = Some(EntityTag::of(&body));
        Self { body: Some(body), tag, ..Self::empty(status) }
    }

    const fn empty(status: StatusCode) -> Self {
        let cookies = Vec::new();
        let media = Media::Json;
        Self { status, body: None, media, allow: None, location: None, tag: None, replayed: None, cookies }
    }

    /// A page.
    pub(crate) fn page(status: StatusCode, page: Result<String, askama::Error>) -> Result<Self, Problem> {
        let page = page.map_err(|error| Problem::Failed {
            soon: false,
            detail: "the page could not be written",
            cause: error.into(),
        })?;
        Ok(Self { body: Some(page.into_bytes()), media: Media::Page, ..Self::empty(status) })
    }

    /// On to another page.
    pub(crate) fn elsewhere(address: String) -> Self {
        Self::led(StatusCode::SEE_OTHER, address)
    }

    /// To where the page is found from now on.
    pub(crate) fn moved(address: String) -> Self {
        Self::led(StatusCode::MOVED_PERMANENTLY, address)
    }

    fn led(status: StatusCode, address: String) -> Self {
        Self { location: Some(address), media: Media::Page, ..Self::empty(status) }
    }

    fn ok(document: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::OK, document)
    }

    fn accepted(document: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::ACCEPTED, document)
    }

    fn created(document: &impl Serialize, location: Option<&String>) -> Result<Self, Problem> {
        Ok(Self { location: location.cloned(), ..Self::new(StatusCode::CREATED, document)? })
    }

    fn options(allow: String) -> Self {
        Self { allow: Some(allow), ..Self::empty(StatusCode::OK) }
    }

    /// Nothing is left to say.
    fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    fn not_modified(self) -> Self {
        Self { status: StatusCode::NOT_MODIFIED, body: None, ..self }
    }

    /// The same, of a record at this revision.
    fn at(self, revision: Revision) -> Self {
        Self { tag: self.tag.map(|tag| tag.at(revision)), ..self }
    }

    /// The same, of all members of an environment.
    fn of_members(self, members: &[MemberRecord]) -> Self {
        let revision = MembersRevision::of(members);
        Self { tag: self.tag.map(|tag| tag.of_members(revision)), ..self }
    }
}

/// What is asked of a route, when the caller may ask it.
#[derive(Clone, Copy)]
enum Ask<'a> {
    Read,
    Create,
    Edit,
    Delete,
    Act(&'a str),
}

impl Call<'_> {
    /// For whom documents are written.
    pub(crate) fn audience(&self) -> Audience {
        audience_of(&self.context.caller)
    }
}

/// For whom documents are written that this caller gets.
pub(crate) const fn audience_of(caller: &Caller) -> Audience {
    match caller.position() {
        Position::Administrator => Audience::Administrator,
        Position::Person => Audience::Person,
        Position::Inside { role: Role::Owner, .. } => Audience::Owner,
        Position::Inside { role: Role::Member | Role::Restricted, .. } | Position::Environment => {
            Audience::Member
        }
        Position::Inside { role: Role::ReadOnly, .. } => Audience::Reader,
    }
}

/// Answers a call, if what it finds is what its caller demands.
///
/// # Errors
///
/// [`Problem`].
pub(crate) fn answer(
    call: &Call<'_>,
    route: &Route,
    preconditions: &Preconditions,
) -> Result<Answer, Problem> {
    if !methods::is_offered(route.kind(), call.audience()) {
        return Err(Problem::NotFound);
    }
    let allowed = methods::allowed(route.kind(), call.audience());
    if *call.method == http::Method::OPTIONS {
        return Ok(Answer::options(methods::list(&allowed)));
    }
    let refused = || Err(Problem::MethodNotAllowed { allow: methods::list(&allowed).into(), detail: None });
    let Some(ask) = ask(call, route, &allowed)? else { return refused() };
    // What is done beside the dialect has no state to compare with.
    if preconditions.is_empty() || matches!(route.kind(), Kind::Command) {
        return perform(call, route, ask).unwrap_or_else(refused);
    }
    let current = match (route, ask) {
        // What is set is the members, not the environment.
        (Route::One(Type::Project, id), Ask::Act("setmembers")) => members::current(call, id)?,
        _ => perform(call, route, Ask::Read).unwrap_or_else(refused)?,
    };
    let reads = matches!(ask, Ask::Read);
    match (preconditions.check(current.tag.as_ref(), reads)?, reads) {
        (Finding::NotModified, _) => Ok(current.not_modified()),
        (Finding::Proceed, true) => Ok(current),
        (Finding::Proceed, false) => {
            let pinned = if preconditions.pin_revision() { current.tag } else { None };
            let expected = pinned.as_ref().and_then(EntityTag::revision);
            let call = Call { expected, expected_members: pinned.and_then(|tag| tag.members()), ..*call };
            perform(&call, route, ask).unwrap_or_else(refused)
        }
    }
}

/// Does what is asked; `None` when the route has no such thing.
fn perform(call: &Call<'_>, route: &Route, ask: Ask<'_>) -> Option<Result<Answer, Problem>> {
    Some(match (route, ask) {
        (Route::Root, Ask::Read) => root::root(call),
        (Route::OpenApi, Ask::Read) => Ok(root::openapi()),
        (Route::Version, Ask::Read) => root::version(call),
        (Route::List(of), Ask::Read) => list(call, *of),
        (Route::One(of, id), Ask::Read) => one(call, *of, id),
        (Route::Link(of, id, link), Ask::Read) => linked(call, *of, id, link),
        (Route::List(Type::ApiKey), Ask::Create) => keys::create(call),
        (Route::One(Type::ApiKey, id), Ask::Edit) => keys::edit(call, id),
        (Route::One(Type::ApiKey, id), Ask::Delete) => keys::delete(call, id),
        (Route::One(Type::ApiKey, id), Ask::Act(action)) => keys::act(call, id, action),
        (Route::ReceiptConfirmation, Ask::Create) => receipts::confirm(call),
        (Route::Unlock, Ask::Create) => people::unlock(call),
        (Route::EndSessions, Ask::Create) => people::end_sessions(call),
        (Route::KeysMade, Ask::Read) => people::keys_made(call),
        (Route::KeysMatching, Ask::Read) => bulk::matching(call),
        (Route::KeysTransition, Ask::Create) => bulk::transition(call),
        (Route::List(Type::Account), Ask::Create) => accounts::create(call),
        (Route::One(Type::Account, id), Ask::Edit) => accounts::edit(call, id),
        (Route::One(Type::Account, id), Ask::Delete) => accounts::delete(call, id),
        (Route::One(Type::Account, id), Ask::Act(action)) => accounts::act(call, id, action),
        (Route::List(Type::Project), Ask::Create) => projects::create(call),
        (Route::One(Type::Project, id), Ask::Edit) => projects::edit(call, id),
        (Route::One(Type::Project, id), Ask::Delete) => projects::delete(call, id),
        (Route::One(Type::Project, id), Ask::Act(action)) => projects::act(call, id, action),
        (Route::One(Type::Setting, name), Ask::Edit) => settings::edit(call, name),
        (Route::List(Type::LocalAuthConfig), Ask::Create) => local_auth::create(call),
        (Route::List(Type::Password), Ask::Create) => passwords::create(call),
        (Route::One(Type::Password, id), Ask::Edit) => passwords::edit(call, id),
        (Route::One(Type::Password, id), Ask::Delete) => passwords::delete(call, id),
        (Route::One(Type::Password, id), Ask::Act(_)) => passwords::change_secret(call, id),
        (Route::List(Type::Token), Ask::Delete) => token::log_out(call),
        _ => return None,
    })
}

/// The list of a type.
fn list(call: &Call<'_>, of: Type) -> Result<Answer, Problem> {
    match of {
        Type::Account => accounts::list(call),
        Type::ActiveSetting => settings::list_active(call),
        Type::ApiKey => keys::list(call),
        Type::AuditLog => audit::list(call),
        Type::Credential => keys::list_credentials(call),
        Type::Identity => identities::list(call),
        Type::LocalAuthConfig => local_auth::list(call),
        Type::Password => passwords::list(call),
        Type::Project => projects::list(call),
        Type::ProjectMember => members::list(call),
        Type::Schema => root::schemas(call),
        Type::Setting => settings::list(call),
        Type::Token => token::list(call.authority, call.urls),
        Type::TypeDocumentation => root::documentations(call),
    }
}

/// One of a type.
fn one(call: &Call<'_>, of: Type, id: &str) -> Result<Answer, Problem> {
    match of {
        Type::Account => accounts::get(call, id),
        Type::ActiveSetting => settings::get_active(call, id),
        Type::ApiKey => keys::get(call, id),
        Type::AuditLog => resource(call, audit::get(call, id)?),
        Type::Credential => resource(call, keys::credential(call, id)?),
        Type::Identity => identities::get(call, id),
        Type::LocalAuthConfig => local_auth::get(call, id),
        Type::Project => projects::get(call, id),
        Type::ProjectMember => resource(call, members::get(call, id)?),
        Type::Schema => root::schema(call, id),
        Type::Setting => settings::get(call, id),
        Type::TypeDocumentation => root::one_documentation(call, id),
        Type::Password => passwords::get(call, id),
        Type::Token => Err(Problem::NotFound),
    }
}

/// What one of a type leads to.
fn linked(call: &Call<'_>, of: Type, id: &str, link: &Link) -> Result<Answer, Problem> {
    let found = match of {
        Type::ApiKey => include::follow(call, &keys::document(call, id)?, link)?,
        Type::AuditLog => include::follow(call, &audit::get(call, id)?, link)?,
        Type::Credential => include::follow(call, &keys::credential(call, id)?, link)?,
        Type::ProjectMember => include::follow(call, &members::get(call, id)?, link)?,
        Type::Account
        | Type::ActiveSetting
        | Type::Identity
        | Type::LocalAuthConfig
        | Type::Password
        | Type::Project
        | Type::Schema
        | Type::Setting
        | Type::Token
        | Type::TypeDocumentation => None,
    };
    Answer::ok(&found.ok_or(Problem::NotFound)?)
}

/// One document, with what is to be included.
fn resource<T: Refers>(call: &Call<'_>, document: T) -> Result<Answer, Problem> {
    let including = include::include(call, vec![document])?;
    including.first().map_or(Err(Problem::NotFound), Answer::ok)
}

/// What the account is called that a caller acts as.
pub(crate) fn caller_name(call: &Call<'_>) -> Option<String> {
    accounts::caller_name(call)
}

pub(crate) use local_auth::{STAYS_ON, refused as access_refused};
pub(crate) use passwords::refused as password_refused;
pub(crate) use token::{LogIn, answer as token, refused as refused_log_in, too_many};

/// What is asked, if the caller may ask it. An action is refused by name before anything is looked up.
fn ask<'a>(call: &'a Call<'_>, route: &Route, allowed: &[http::Method]) -> Result<Option<Ask<'a>>, Problem> {
    if *call.method == http::Method::POST
        && let Some(action) = call.query.get("action")
    {
        return match route.kind() {
            Kind::Resource(declaration) if methods::has_action(declaration, call.audience(), action) => {
                Ok(Some(Ask::Act(action)))
            }
            Kind::Operational
            | Kind::Command
            | Kind::Report
            | Kind::Console(_)
            | Kind::Collection(_)
            | Kind::Resource(_)
            | Kind::Linked(_) => Err(Problem::field(
                "InvalidAction",
                "action",
                "there is no such action here; those there are stand in `actions` of the resource",
            )),
        };
    }
    if !allowed.contains(call.method) {
        return Ok(None);
    }
    Ok(match *call.method {
        http::Method::GET | http::Method::HEAD => Some(Ask::Read),
        http::Method::POST => Some(Ask::Create),
        http::Method::PUT => Some(Ask::Edit),
        http::Method::DELETE => Some(Ask::Delete),
        _ => None,
    })
}

/// Name and description as a create gives them.
fn texts(fields: &Fields) -> Result<(Option<Name>, Option<Description>), Problem> {
    let Edit { name, description } = edit(fields)?;
    Ok((name.apply(None), description.apply(None)))
}

/// Name and description as an edit gives them; what is absent stays.
fn edit(fields: &Fields) -> Result<Edit, Problem> {
    Ok(Edit {
        name: patch(fields.text("name")?, |text| Name::new(text).map_err(|error| name_problem(&error)))?,
        description: patch(fields.text("description")?, |text| {
            Description::new(text).map_err(|error| match error {
                DescriptionError::TooLong { .. } => too_long("description", error.to_string()),
                error @ (DescriptionError::Forbidden { .. } | _) => {
                    forbidden("description", error.to_string())
                }
            })
        })?,
    })
}

fn patch<T>(given: Given, parse: impl FnOnce(String) -> Result<T, Problem>) -> Result<Patch<T>, Problem> {
    match given {
        Given::Absent => Ok(Patch::Keep),
        Given::Null => Ok(Patch::Set(None)),
        Given::Text(text) => parse(text).map(|value| Patch::Set(Some(value))),
    }
}

/// What is wrong with a name.
fn name_problem(error: &NameError) -> Problem {
    match error {
        NameError::TooLong { .. } => too_long("name", error.to_string()),
        NameError::Forbidden { .. } | _ => forbidden("name", error.to_string()),
    }
}

fn too_long(field: &'static str, detail: String) -> Problem {
    Problem::field("MaxLengthExceeded", field, detail)
}

fn forbidden(field: &'static str, detail: String) -> Problem {
    Problem::field("InvalidCharacters", field, detail)
}

#[cfg(test)]
mod tests {
    use crate::dialect::grammar::Version;
    use crate::dialect::urls::Urls;
    use crate::origin::PublicUrl;

    /// Addresses of some server.
    pub(super) fn urls() -> Urls {
        let origin: PublicUrl = "http://localhost:8080".parse().unwrap();
        Urls::new(&origin, Version::V1, None)
    }
}
