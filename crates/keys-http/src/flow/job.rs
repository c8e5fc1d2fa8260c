//! The part of a request that may block: who asks, inside which environment, and the handler. Straight-line code.

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderMap, Method};
use keys_core::{Credential, EnvironmentId, RequestId, Timestamp, Verdict};
use keys_service::{Authority, Caller, Context};

use super::head::Head;
use crate::app::{App, Exposure};
use crate::auth::Presented;
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
    /// The answer.
    pub(super) result: Result<Answer, Problem>,
}

impl From<Problem> for Outcome {
    fn from(problem: Problem) -> Self {
        Self { caller: None, name: None, result: Err(problem) }
    }
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Self { caller: None, name: None, result: Ok(answer) }
    }
}

/// Who asks, as far as the index can tell.
pub(super) enum Identity {
    /// This caller.
    Known(Caller),
    /// Whoever this pair stands for, which takes the store, or argon2.
    Presented {
        /// The pair.
        pair: Credential,
        /// Who it is if the pair is refused; `None` when nobody is.
        otherwise: Option<Caller>,
    },
}

impl Identity {
    /// Establishes who asks, whatever it takes.
    ///
    /// # Errors
    ///
    /// [`Problem::NotAuthenticated`], or what the store and the hashers fail with.
    pub(super) fn establish(self, authority: &Authority, now: Timestamp) -> Result<Caller, Problem> {
        match self {
            Self::Known(caller) => Ok(caller),
            Self::Presented { pair, otherwise } => {
                decide(authority, &authority.authenticate(&pair, now)?, otherwise)
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
pub(super) fn identify(app: &App, headers: &HeaderMap, now: Timestamp) -> Result<Identity, Problem> {
    let authority = &app.authority;
    let otherwise = if enforces(headers) { None } else { authority.open_access_caller() };
    let pair = match Presented::read(headers)? {
        Presented::Pair(pair) => pair,
        Presented::Nothing | Presented::Malformed => {
            return otherwise.map(Identity::Known).ok_or(Problem::NotAuthenticated { reason: None });
        }
    };
    match authority.authenticate_indexed(&pair, now) {
        Some(verdict) => decide(authority, &verdict, otherwise).map(Identity::Known),
        None => Ok(Identity::Presented { pair, otherwise }),
    }
}

fn decide(authority: &Authority, verdict: &Verdict, otherwise: Option<Caller>) -> Result<Caller, Problem> {
    match verdict {
        Verdict::Allow(grant) => Ok(authority.caller(grant)),
        Verdict::Deny(reason) => otherwise.ok_or(Problem::NotAuthenticated { reason: Some(*reason) }),
    }
}

fn enforces(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all("x-enforce-authentication").iter();
    values.any(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"true"))
}

/// The environment a request is made inside, as it was written: of the header, the parameter, or the path.
pub(super) fn project(headers: &HeaderMap, head: &Head) -> Option<String> {
    let header = headers
        .get_all("x-api-project-id")
        .iter()
        // What is no text is no id either, and must not count as absent.
        .map(|value| value.to_str().map_or_else(|_| "?".to_owned(), |text| text.trim().to_owned()))
        .reduce(|one, other| format!("{one},{other}"))
        .filter(|value| !value.is_empty());
    header.or_else(|| head.query.get("projectId").or_else(|| head.within()).map(ToOwned::to_owned))
}

/// What is left to do once nothing more is read from the connection.
pub(super) struct Job {
    pub(super) app: Arc<App>,
    pub(super) identity: Identity,
    pub(super) project: Option<String>,
    pub(super) head: Head,
    pub(super) fields: Fields,
    pub(super) idempotency: Idempotency,
    /// Or what is wrong with them, which is told to those who may ask.
    pub(super) preconditions: Result<Preconditions, Problem>,
    pub(super) client_address: Option<IpAddr>,
    pub(super) request_id: RequestId,
    /// Whether the answer shall say what the caller is called.
    pub(super) names_caller: bool,
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
        let Self { app, identity, project, head, fields, preconditions, client_address, request_id, .. } =
            self;
        let Self { names_caller, now, idempotency, .. } = self;
        let authority = &app.authority;
        let caller = match identity.establish(authority, now) {
            Ok(caller) => caller,
            Err(problem) => return problem.into(),
        };
        let answer = |problem| Outcome { caller: Some(caller), name: None, result: Err(problem) };
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
            realm: &app.config.realm,
            may_open: app.config.exposure == Exposure::Loopback,
            context: &context,
            urls: &head.urls,
            method: &head.method,
            query: &head.query,
            fields: &fields,
            idempotency: &idempotency,
            expected: None,
        };
        let name = if names_caller { handlers::caller_name(&call) } else { None };
        Outcome { caller: Some(caller), name, result: handlers::answer(&call, &route, &preconditions) }
    }
}

fn enter(authority: &Authority, caller: Caller, project: &str) -> Result<Caller, Problem> {
    // What is no id of an environment is refused like one that is not the caller's.
    let environment: EnvironmentId = project.parse().map_err(|_| keys_service::EnterError::Refused)?;
    Ok(authority.enter(caller, environment)?)
}
