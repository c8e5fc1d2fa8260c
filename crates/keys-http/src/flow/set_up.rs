//! The first administrator: while nobody has said whether access control is on, this is all that a server on a network
//! answers.
//!
//! A browser gets a form, and is logged in afterwards; any other program posts the same fields and gets JSON.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};
use keys_core::{
    AccessControl, AccountId, LoginName, Name, Owner, Password, RequestId, SessionKind, SetUpToken,
    Timestamp, Via,
};
use keys_service::{
    AccessError, AdministratorLogIn, LogInRequest, LoggedIn, SetUpDoor, SetUpRefusal, Visitor,
};

use super::body::Incoming;
use super::head::Head;
use super::log_in::{sent, text, visitor};
use crate::app::App;
use crate::auth::Cookies;
use crate::console::WELCOME;
use crate::console::log_in::Told;
use crate::console::set_up::{self, Typed, Wrong};
use crate::dialect::body::Fields;
use crate::dialect::handlers::{access_refused, too_many};
use crate::guard::{CsrfCookie, check_cross_site, is_browser};
use crate::hop::blocking;
use crate::log::Entry;
use crate::ports::EntropyRng;
use crate::problem::Problem;
use crate::reply;

impl App {
    /// The door, while somebody may still come through it.
    pub(crate) fn set_up_door(&self) -> Option<&Arc<SetUpDoor>> {
        let open = self.authority.access_control() == AccessControl::Off;
        self.config.set_up.as_ref().filter(|_| open)
    }
}

/// Answers `/setup`.
pub(super) async fn page<B: Incoming>(
    app: &Arc<App>,
    head: Head,
    parts: &Parts,
    body: B,
    csrf: Option<&CsrfCookie>,
    (now, request_id): (Timestamp, &RequestId),
    entry: &mut Entry,
) -> Response<Bytes> {
    match answer(app, head, parts, body, csrf, (now, request_id), entry).await {
        Ok(told) => {
            entry.denied = told.denied;
            entry.cause = told.cause;
            told.response
        }
        Err(problem) => {
            entry.cause = problem.cause();
            reply::error(&problem, request_id.as_str())
        }
    }
}

async fn answer<B: Incoming>(
    app: &Arc<App>,
    head: Head,
    parts: &Parts,
    body: B,
    csrf: Option<&CsrfCookie>,
    (now, request_id): (Timestamp, &RequestId),
    entry: &mut Entry,
) -> Result<Told, Problem> {
    let same_site = check_cross_site(&head.method, head.origin.host(), &parts.headers)?;
    let Some(door) = app.set_up_door().map(Arc::clone) else {
        return Err(if app.config.set_up.is_some() { already() } else { Problem::NotFound });
    };
    let token = csrf.map(CsrfCookie::token);
    match head.method {
        Method::GET | Method::HEAD => Ok(Told::page(set_up::form(token, &Typed::default()))),
        Method::POST => {
            let fields = sent(app, parts, &head, same_site, body).await?;
            let typed = Typed::new(&text(&fields, "username"), &text(&fields, "name"));
            let visitor = visitor(entry.client, now, request_id);
            let browser = is_browser(&parts.headers);
            let claimed = match wishes(&fields) {
                Ok(wishes) => claim(app, door, wishes, visitor, browser).await,
                Err(wrong) => Err(wrong.into()),
            };
            match claimed {
                Ok((account, Some(logged_in))) => {
                    entry.by(Owner::Account(account), Via::SetUp);
                    let cookies = Cookies::new(head.origin.is_secure());
                    let mut set = vec![cookies.begin_session(&logged_in.token)];
                    set.extend(logged_in.device.iter().map(|device| cookies.remember_device(device)));
                    Ok(Told::go(WELCOME, &set))
                }
                // The administrator is there, and only the log-in has failed: it can be tried again.
                Ok((account, None)) if browser => {
                    entry.by(Owner::Account(account), Via::SetUp);
                    Ok(Told::go("/login", &[]))
                }
                Ok((account, None)) => {
                    entry.by(Owner::Account(account), Via::SetUp);
                    Ok(Told { response: reply::made(&set_up::made(&typed)), denied: None, cause: None })
                }
                Err(refusal) if browser => Ok(refused(refusal, typed, token, now)),
                Err(refusal) => Ok(told(refusal, now, request_id)),
            }
        }
        _ => Err(Problem::MethodNotAllowed { allow: "GET, HEAD, POST".into(), detail: None }),
    }
}

/// What somebody wants, well-formed.
struct Wishes {
    token: SetUpToken,
    log_in: AdministratorLogIn,
}

/// Why there is no administrator yet.
enum Refusal {
    /// What was typed.
    Wrong(Wrong),
    /// What it led to.
    Access(AccessError),
    /// The server.
    Problem(Problem),
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

/// Everything that is wrong, at once: a form that says one thing after the other is a nuisance.
fn wishes(fields: &Fields) -> Result<Wishes, Wrong> {
    let token = text(fields, "token").trim().parse::<SetUpToken>();
    let login = text(fields, "username").parse::<LoginName>();
    let password = Password::new(&text(fields, "password"));
    let name = Some(text(fields, "name")).filter(|name| !name.is_empty());
    let name = name.map(|name| Name::new(name.as_str())).transpose();
    match (token, login, password, name) {
        (Ok(token), Ok(login), Ok(password), Ok(name)) => {
            Ok(Wishes { token, log_in: AdministratorLogIn { name, login, password } })
        }
        (token, login, password, name) => Err(Wrong {
            token: token.err().map(|_| "This is no set-up token: copy all 43 characters of it.".to_owned()),
            login: login.err().map(|error| error.to_string()),
            password: password.err().map(|error| error.to_string()),
            name: name.err().map(|error| error.to_string()),
        }),
    }
}

/// Makes the administrator, and begins a session of it in a browser.
async fn claim(
    app: &Arc<App>,
    door: Arc<SetUpDoor>,
    wishes: Wishes,
    visitor: Visitor,
    browser: bool,
) -> Result<(AccountId, Option<LoggedIn>), Refusal> {
    let owned = Arc::clone(app);
    let claimed = blocking(&app.log_ins, move || {
        let Wishes { token, log_in } = wishes;
        let rng = &mut EntropyRng(&*owned.entropy);
        let account = owned.authority.claim(&door, &token, &log_in, &visitor, rng)?;
        tracing::info!("the administrator is set up, and access control is on");
        if !browser {
            return Ok((account, None));
        }
        let AdministratorLogIn { login, password, .. } = log_in;
        let request = LogInRequest { login, password, device: None, kind: SessionKind::Cookie };
        Ok((account, owned.authority.log_in(&request, &visitor, rng).ok()))
    });
    claimed.await.map_err(Refusal::Problem)?.map_err(Refusal::Access)
}

/// A person sees the form again, with what is wrong beside it.
fn refused(refusal: Refusal, mut typed: Typed, token: Option<&str>, now: Timestamp) -> Told {
    let (problem, why) = match refusal {
        Refusal::Wrong(wrong) => {
            let problem = wrong.problem();
            typed.wrong = wrong;
            (problem, MALFORMED)
        }
        Refusal::Access(error) => problem(error, now),
        Refusal::Problem(problem) => (problem, NOT_SET_UP),
    };
    if typed.wrong.is_empty() {
        typed.problem = Some(set_up::said(&problem));
    }
    Told { denied: Some(why), ..Told::because(set_up::form(token, &typed), &problem) }
}

/// A program gets the error.
fn told(refusal: Refusal, now: Timestamp, request_id: &RequestId) -> Told {
    let (problem, why) = match refusal {
        Refusal::Wrong(wrong) => (wrong.problem(), MALFORMED),
        Refusal::Access(error) => problem(error, now),
        Refusal::Problem(problem) => (problem, NOT_SET_UP),
    };
    let response = reply::error(&problem, request_id.as_str());
    Told { response, denied: Some(why), cause: problem.cause() }
}

/// Words for the log.
const MALFORMED: &str = "malformed-set-up";
const NOT_SET_UP: &str = "not-set-up";

/// What the outside is told, and the word for the log.
fn problem(error: AccessError, now: Timestamp) -> (Problem, &'static str) {
    let refusal = match error {
        AccessError::AlreadySetUp => return (already(), "already-set-up"),
        AccessError::SetUp(refusal) => refusal,
        other @ (AccessError::Forbidden | _) => return (access_refused(other), NOT_SET_UP),
    };
    match refusal {
        SetUpRefusal::TooMany { until } => (too_many(until, now), "too-many-set-up-tokens"),
        SetUpRefusal::Wrong => (Problem::Forbidden(WRONG), "wrong-set-up-token"),
        SetUpRefusal::Expired => (Problem::Forbidden(EXPIRED), "expired-set-up-token"),
        SetUpRefusal::InUse => (Problem::Busy, "set-up-token-in-use"),
        SetUpRefusal::Used | _ => (already(), "already-set-up"),
    }
}

fn already() -> Problem {
    Problem::AlreadySetUp
}

const WRONG: &str = "the set-up token is wrong: it stands in the file `setup-token` of the server's data directory, and \
     each start of the server makes a new one";

const EXPIRED: &str = "the set-up token has expired: start the server again, and it makes a new one";
