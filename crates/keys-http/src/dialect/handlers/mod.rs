//! What each route does: synchronous functions of an authority, a context and an input.

mod keys;
mod projects;
mod root;
mod settings;

use http::StatusCode;
use keys_api::Audience;
use keys_core::{Description, DescriptionError, Name, NameError, Revision};
use keys_service::{Authority, Context, Edit, Patch};
use serde::Serialize;

use super::body::{Fields, Given};
use super::grammar::{Kind, Route};
use super::methods;
use super::query::Query;
use super::urls::Urls;
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
    /// The revision a change is only right at, if its caller said so.
    pub(crate) expected: Option<Revision>,
}

/// A document and its status.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The document; `None` for OPTIONS.
    pub(crate) body: Option<Vec<u8>>,
    /// The methods of the address, for OPTIONS.
    pub(crate) allow: Option<String>,
    /// Where what was made is found.
    pub(crate) location: Option<String>,
    /// What tells this state of the document from others.
    pub(crate) tag: Option<EntityTag>,
}

impl Answer {
    fn new(status: StatusCode, document: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(document).map_err(|error| Problem::Failed {
            soon: false,
            detail: "the answer could not be written",
            cause: error.into(),
        })?;
        let tag = Some(EntityTag::of(&body));
        Ok(Self { status, body: Some(body), allow: None, location: None, tag })
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
        Self { status: StatusCode::OK, body: None, allow: Some(allow), location: None, tag: None }
    }

    fn not_modified(self) -> Self {
        Self { status: StatusCode::NOT_MODIFIED, body: None, ..self }
    }

    /// The same, of a record at this revision.
    fn at(self, revision: Revision) -> Self {
        Self { tag: self.tag.map(|tag| tag.at(revision)), ..self }
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
        if self.context.caller.administers() { Audience::Administrator } else { Audience::Principal }
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
    let allowed = methods::allowed(route.kind(), call.audience());
    if *call.method == http::Method::OPTIONS {
        return Ok(Answer::options(methods::list(&allowed)));
    }
    let refused = || Err(Problem::MethodNotAllowed { allow: methods::list(&allowed).into(), detail: None });
    let Some(ask) = ask(call, route, &allowed)? else { return refused() };
    if preconditions.is_empty() {
        return perform(call, route, ask).unwrap_or_else(refused);
    }
    let current = perform(call, route, Ask::Read).unwrap_or_else(refused)?;
    let reads = matches!(ask, Ask::Read);
    match (preconditions.check(current.tag.as_ref(), reads)?, reads) {
        (Finding::NotModified, _) => Ok(current.not_modified()),
        (Finding::Proceed, true) => Ok(current),
        (Finding::Proceed, false) => {
            let pinned = if preconditions.pin_revision() { current.tag } else { None };
            let call = Call { expected: pinned.and_then(|tag| tag.revision()), ..*call };
            perform(&call, route, ask).unwrap_or_else(refused)
        }
    }
}

/// Does what is asked; `None` when the route has no such thing.
fn perform(call: &Call<'_>, route: &Route, ask: Ask<'_>) -> Option<Result<Answer, Problem>> {
    Some(match (route, ask) {
        (Route::Root, Ask::Read) => root::root(call),
        (Route::OpenApi, Ask::Read) => root::openapi(),
        (Route::Version, Ask::Read) => root::version(call),
        (Route::Schemas, Ask::Read) => root::schemas(call),
        (Route::Schema(name), Ask::Read) => root::schema(call, name),
        (Route::Keys, Ask::Read) => keys::list(call),
        (Route::Keys, Ask::Create) => keys::create(call),
        (Route::Key(id), Ask::Read) => keys::get(call, id),
        (Route::Key(id), Ask::Edit) => keys::edit(call, id),
        (Route::Key(id), Ask::Delete) => keys::delete(call, id),
        (Route::Key(id), Ask::Act(action)) => keys::act(call, id, action),
        (Route::Projects, Ask::Read) => projects::list(call),
        (Route::Projects, Ask::Create) => projects::create(call),
        (Route::Project(id), Ask::Read) => projects::get(call, id),
        (Route::Project(id), Ask::Edit) => projects::edit(call, id),
        (Route::Project(id), Ask::Delete) => projects::delete(call, id),
        (Route::Project(id), Ask::Act(action)) => projects::act(call, id, action),
        (Route::Settings, Ask::Read) => settings::list(call),
        (Route::Setting(name), Ask::Read) => settings::get(call, name),
        (Route::Setting(name), Ask::Edit) => settings::edit(call, name),
        _ => return None,
    })
}

/// What is asked, if the caller may ask it. An action is refused by name before anything is looked up.
fn ask<'a>(call: &'a Call<'_>, route: &Route, allowed: &[http::Method]) -> Result<Option<Ask<'a>>, Problem> {
    if *call.method == http::Method::POST
        && let Some(action) = call.query.get("action")
    {
        return match route.kind() {
            Kind::Resource(declaration) if methods::has_action(declaration, call.audience(), action) => {
                Ok(Some(Ask::Act(action)))
            }
            Kind::Operational | Kind::Collection(_) | Kind::Resource(_) => Err(Problem::field(
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
        name: patch(fields.text("name")?, |text| {
            Name::new(text).map_err(|error| match error {
                NameError::TooLong { .. } => too_long("name", error.to_string()),
                error @ (NameError::Forbidden { .. } | _) => forbidden("name", error.to_string()),
            })
        })?,
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

fn too_long(field: &'static str, detail: String) -> Problem {
    Problem::field("MaxLengthExceeded", field, detail)
}

fn forbidden(field: &'static str, detail: String) -> Problem {
    Problem::field("InvalidCharacters", field, detail)
}
