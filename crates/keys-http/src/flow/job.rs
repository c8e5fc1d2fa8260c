//! The part of a request that may block: who asks, inside which environment, and the handler. Straight-line code.

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderMap, Method};
use keys_core::{Credential, EnvironmentId, RequestId, SessionToken, Timestamp, Verdict};
use keys_service::{Authority, Caller, Context, SessionOutcome};

use super::head::Head;
use crate::app::{App, Exposure};
use crate::auth::{Cookies, Presented};
use crate::console::{self, Forms, Visit};
use crate::dialect::body::Fields;
use crate::dialect::grammar::Route;
use crate::dialect::handlers::{self, Answer, Call};
use crate::dialect::types::Type;
use crate::idempotency::Idempotency;
use crate::precondition::Preconditions;
use crate::problem::Problem;

/// How a request ended.
pub(super) struct Outcome {
    /// Who asked, once that is known.
    pub(super) caller: Option<Caller>,
    /// What they are called, if somebody wants to know.
    pub(super) name: Option<String>,
    /// What the person is called who is in a session, once that is known.
    pub(super) person: Option<String>,
    /// The answer.
    pub(super) result: Result<Answer, Problem>,
    /// The page of a problem, where one was asked for by somebody who is known.
    pub(super) page: Option<String>,
}

impl From<Problem> for Outcome {
    fn from(problem: Problem) -> Self {
        Self { caller: None, name: None, person: None, result: Err(problem), page: None }
    }
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Self { caller: None, name: None, person: None, result: Ok(answer), page: None }
    }
}

/// Who asks, as far as the index can tell.
pub(super) enum Identity {
    /// This caller.
    Known(Known),
    /// Whoever this pair stands for, which takes the store, or argon2.
    Presented {
        /// The pair.
        pair: Credential,
        /// Who it is if the pair is refused; `None` when nobody is.
        otherwise: Option<Caller>,
    },
    /// Whoever is in the session of this token, which takes the store.
    Session {
        /// The token.
        token: SessionToken,
        /// Who it is if the token is refused; `None` when nobody is.
        otherwise: Option<Caller>,
    },
}

/// Somebody who is known.
pub(super) struct Known {
    /// Who it is.
    pub(super) caller: Caller,
    /// What the person is called who is in a session.
    pub(super) person: Option<String>,
}

impl From<Caller> for Known {
    fn from(caller: Caller) -> Self {
        Self { caller, person: None }
    }
}

/// Who asks, and what they named in the place of a user name.
pub(super) struct Identified {
    pub(super) identity: Identity,
    pub(super) project: Option<String>,
}

impl From<Identity> for Identified {
    fn from(identity: Identity) -> Self {
        Self { identity, project: None }
    }
}

impl Identity {
    /// Establishes who asks, whatever it takes.
    ///
    /// # Errors
    ///
    /// [`Problem::NotAuthenticated`], or what the store and the hashers fail with.
    pub(super) fn establish(self, authority: &Authority, now: Timestamp) -> Result<Known, Problem> {
        match self {
            Self::Known(known) => Ok(known),
            Self::Session { token, otherwise } => enter_session(authority, &token, otherwise, now),
            Self::Presented { pair, otherwise } => {
                decide(authority, &authority.authenticate(&pair, now)?, otherwise).map(Known::from)
            }
        }
    }
}

/// Establishes who asks, without blocking.
///
/// While access control is off, whoever presents no good pair is the administrator, unless the request itself asks
/// for authentication.
///
/// # Errors
///
/// [`Problem::NotAuthenticated`], or [`Problem::BadRequest`] for two credentials that differ.
pub(super) fn identify(
    app: &App,
    headers: &HeaderMap,
    cookies: Cookies,
    now: Timestamp,
) -> Result<Identified, Problem> {
    let authority = &app.authority;
    let otherwise = if enforces(headers) { None } else { authority.open_access_caller() };
    let identity = match Presented::read(headers, cookies)? {
        Presented::Pair(pair) => match authority.authenticate_indexed(&pair, now) {
            Some(verdict) => Identity::Known(decide(authority, &verdict, otherwise)?.into()),
            None => Identity::Presented { pair, otherwise },
        },
        Presented::Session { token, project } => {
            return Ok(Identified { identity: Identity::Session { token, otherwise }, project });
        }
        Presented::Nothing | Presented::Malformed => {
            Identity::Known(otherwise.ok_or(Problem::NotAuthenticated { reason: None })?.into())
        }
    };
    Ok(identity.into())
}

fn decide(authority: &Authority, verdict: &Verdict, otherwise: Option<Caller>) -> Result<Caller, Problem> {
    match verdict {
        Verdict::Allow(grant) => Ok(authority.caller(grant)),
        Verdict::Deny(reason) => otherwise.ok_or(Problem::NotAuthenticated { reason: Some(reason.as_str()) }),
    }
}

fn enforces(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all("x-enforce-authentication").iter();
    values.any(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"true"))
}

/// The environment a request is made inside, as it was written: of the header, the parameter, the path,
/// or the user name beside the token of a session.
pub(super) fn project(headers: &HeaderMap, head: &Head, beside_token: Option<String>) -> Option<String> {
    let header = headers
        .get_all("x-api-project-id")
        .iter()
        // What is no text is no id either, and must not count as absent.
        .map(|value| value.to_str().map_or_else(|_| "?".to_owned(), |text| text.trim().to_owned()))
        .reduce(|one, other| format!("{one},{other}"))
        .filter(|value| !value.is_empty());
    let address = || head.query.get("projectId").or_else(|| head.within()).map(ToOwned::to_owned);
    header.or_else(address).or(beside_token)
}

/// What is left to do once nothing more is read from the connection.
pub(super) struct Job {
    pub(super) app: Arc<App>,
    pub(super) identity: Identity,
    pub(super) project: Option<String>,
    pub(super) cookies: Cookies,
    pub(super) head: Head,
    pub(super) fields: Fields,
    pub(super) idempotency: Idempotency,
    /// Or what is wrong with them, which is told to those who may ask.
    pub(super) preconditions: Result<Preconditions, Problem>,
    pub(super) client_address: Option<IpAddr>,
    pub(super) request_id: RequestId,
    /// Whether the answer shall say what the caller is called.
    pub(super) names_caller: bool,
    /// What forms of its page repeat.
    pub(super) forms: Forms,
    pub(super) now: Timestamp,
}

impl Job {
    /// Whether it may wait for the store or a hasher.
    pub(super) fn may_block(&self) -> bool {
        let described = match self.head.route() {
            None
            | Some(
                Route::Root
                | Route::OpenApi
                | Route::Version
                | Route::List(Type::Schema)
                | Route::One(Type::Schema, _),
            ) => true,
            Some(_) => self.head.method == Method::OPTIONS,
        };
        let known = matches!(self.identity, Identity::Known(_));
        !(described && known && self.project.is_none() && !self.names_caller)
    }

    /// Does it.
    pub(super) fn run(self) -> Outcome {
        let Self { app, identity, project, cookies, head, fields, preconditions, .. } = self;
        let Self { client_address, request_id, names_caller, now, idempotency, forms, .. } = self;
        let authority = &app.authority;
        let Known { caller, person } = match identity.establish(authority, now) {
            Ok(known) => known,
            Err(problem) => return problem.into(),
        };
        let answer = |problem| Outcome {
            caller: Some(caller),
            name: None,
            person: person.clone(),
            result: Err(problem),
            page: None,
        };
        let outside = Context { caller, client_address, request_id: request_id.clone(), now };
        let entered = match project {
            None => Ok(caller),
            Some(project) => enter(authority, caller, &project),
        };
        let caller = match entered {
            Ok(caller) => caller,
            Err(problem) => return answer(problem),
        };
        let route = match head.place.route {
            Ok(route) => route,
            Err(problem) => return answer(problem),
        };
        let preconditions = match preconditions {
            Ok(preconditions) => preconditions,
            Err(problem) => return answer(problem),
        };
        let context = Context { caller, client_address, request_id, now };
        let call = Call {
            authority,
            entropy: &*app.entropy,
            cookies,
            may_open: app.config.exposure == Exposure::Loopback,
            context: &context,
            urls: &head.urls,
            method: &head.method,
            query: &head.query,
            fields: &fields,
            idempotency: &idempotency,
            expected: None,
            expected_members: None,
        };
        if let Route::Console(place) = &route {
            let visit = Visit { call, outside: &outside, person: person.as_deref(), forms: &forms };
            let result = console::answer(&visit, place);
            let page = result.as_ref().err().map(|problem| console::refused(Some(&visit), place, problem));
            return Outcome { caller: Some(caller), name: None, person, result, page };
        }
        let name = if names_caller { handlers::caller_name(&call) } else { None };
        let result = handlers::answer(&call, &route, &preconditions);
        Outcome { caller: Some(caller), name, person, result, page: None }
    }
}

/// Who is in a session, and what they are called.
fn enter_session(
    authority: &Authority,
    token: &SessionToken,
    otherwise: Option<Caller>,
    now: Timestamp,
) -> Result<Known, Problem> {
    match authority.authenticate_session(token, now)? {
        SessionOutcome::Entered(entered) => {
            let parts = entered.account.parts();
            let name = parts.name.as_ref().map_or_else(|| parts.id.to_string(), ToString::to_string);
            Ok(Known { caller: entered.caller, person: Some(name) })
        }
        SessionOutcome::Denied(reason) => {
            let refused = Problem::NotAuthenticated { reason: Some(reason.as_str()) };
            otherwise.map(Known::from).ok_or(refused)
        }
    }
}

fn enter(authority: &Authority, caller: Caller, project: &str) -> Result<Caller, Problem> {
    // What is no id of an environment is refused like one that is not the caller's.
    let environment: EnvironmentId = project.parse().map_err(|_| keys_service::EnterError::Refused)?;
    Ok(authority.enter(caller, environment)?)
}
