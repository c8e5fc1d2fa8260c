//! Requests of those who cannot say yet who they are: they log in, or out, or ask how.
//!
//! A log-in waits for hashers of its own, so it has permits of its own too: however many wait, none of those that
//! everybody else needs is taken.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};
use keys_core::{LoginName, Password, RequestId, SessionKind, SessionToken, Timestamp};
use keys_service::{Context, SessionOutcome, Visitor};
use zeroize::Zeroizing;

use super::body::{self, Incoming};
use super::head::Head;
use super::job::Outcome;
use super::repeated;
use crate::app::App;
use crate::auth::Cookies;
use crate::console::log_in::{self, Asked, Told};
use crate::dialect::body::{Fields, Given};
use crate::dialect::grammar::Route;
use crate::dialect::handlers::{self, LogIn, refused_log_in};
use crate::guard::{CsrfCookie, SameSite, check_cross_site, check_exposure};
use crate::hop::blocking;
use crate::log::Entry;
use crate::problem::Problem;
use crate::reply;

/// From where a request comes, which it is, and when.
pub(super) fn visitor(client: IpAddr, now: Timestamp, request_id: &RequestId) -> Visitor {
    Visitor { client_address: Some(client), request_id: request_id.clone(), now }
}

/// How one logs in: told to everybody.
pub(super) async fn how(app: &Arc<App>, head: &Head, route: &Route) -> Outcome {
    let (authority, urls) = (Arc::clone(&app.authority), head.urls.clone());
    let (route, method) = (route.clone(), head.method.clone());
    let told = blocking(&app.blocking, move || handlers::token(&authority, &urls, &route, &method)).await;
    told.and_then(|told| told).map_or_else(Outcome::from, Outcome::from)
}

/// A program logs in.
pub(super) async fn by_code(
    app: &Arc<App>,
    head: Head,
    fields: Fields,
    cookies: Cookies,
    parts: &Parts,
    visitor: Visitor,
) -> Outcome {
    let device = cookies.device(&parts.headers);
    let owned = Arc::clone(app);
    let logged_in = blocking(&app.log_ins, move || {
        let log_in =
            LogIn { authority: &owned.authority, entropy: &*owned.entropy, device, visitor: &visitor };
        log_in.by_code(&fields, &head.urls)
    });
    logged_in.await.and_then(|logged_in| logged_in).map_or_else(Outcome::from, Outcome::from)
}

/// Answers `/login` and `/logout`: pages for people.
pub(super) async fn page<B: Incoming>(
    app: &Arc<App>,
    head: Head,
    parts: &Parts,
    body: B,
    csrf: Option<&CsrfCookie>,
    (now, request_id): (Timestamp, &RequestId),
    entry: &mut Entry,
) -> Response<Bytes> {
    let visitor = visitor(entry.client, now, request_id);
    match answer(app, head, parts, body, csrf, visitor).await {
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
    visitor: Visitor,
) -> Result<Told, Problem> {
    let access_control = app.authority.access_control();
    let same_site = check_exposure(app, access_control, &head.host, &parts.headers)
        .and_then(|()| check_cross_site(&head.method, head.origin.host(), &parts.headers))?;
    let leaves = matches!(head.route(), Some(Route::LogOut));
    let token = csrf.map(CsrfCookie::token);
    match head.method {
        Method::GET | Method::HEAD if leaves => Ok(Told::page(log_in::farewell(token))),
        Method::GET | Method::HEAD => {
            let asked = Asked::new(head.query.get("next").unwrap_or_default());
            let asked = asked.after(head.query.get(log_in::DONE));
            Ok(Told::page(log_in::form(token, &asked)))
        }
        Method::POST => {
            let fields = sent(app, parts, &head, same_site, body).await?;
            let cookies = Cookies::new(head.origin.is_secure());
            let held = cookies.session(&parts.headers);
            if leaves {
                log_out(app, held, visitor).await?;
                return Ok(Told::go("/login", &cookies.end_session()));
            }
            let mut asked = Asked::again(&text(&fields, "next"), &text(&fields, "_kept"));
            asked.login = text(&fields, "login").to_string();
            log_in(app, parts, cookies, asked, text(&fields, "password"), (held, visitor), token).await
        }
        _ => Err(Problem::MethodNotAllowed { allow: "GET, HEAD, POST".into(), detail: None }),
    }
}

/// What a form of ours sent.
pub(super) async fn sent<B: Incoming>(
    app: &App,
    parts: &Parts,
    head: &Head,
    same_site: SameSite,
    body: B,
) -> Result<Fields, Problem> {
    let fields = body::fields(app, parts, head, &same_site, body).await?;
    same_site.check(repeated(&fields).as_deref())?;
    Ok(fields)
}

pub(super) fn text(fields: &Fields, name: &str) -> Zeroizing<String> {
    Zeroizing::new(match fields.text(name) {
        Ok(Given::Text(text)) => text,
        Ok(Given::Absent | Given::Null) | Err(_) => String::new(),
    })
}

/// A person logs in: a new session, whatever the browser held before, and that one ends.
async fn log_in(
    app: &Arc<App>,
    parts: &Parts,
    cookies: Cookies,
    mut asked: Asked,
    password: Zeroizing<String>,
    (held, visitor): (Option<SessionToken>, Visitor),
    token: Option<&str>,
) -> Result<Told, Problem> {
    let (login, password) = match (asked.login.parse::<LoginName>(), Password::new(&password)) {
        (Ok(login), Ok(password)) => (login, password),
        (login, password) => {
            asked.login_error = login.err().map(|error| error.to_string());
            asked.password_error = password.err().map(|error| error.to_string());
            return Ok(Told::refused(log_in::form(token, &asked), "malformed-log-in"));
        }
    };
    let device = cookies.device(&parts.headers);
    let owned = Arc::clone(app);
    let now = visitor.now;
    let begun = blocking(&app.log_ins, move || {
        let log_in =
            LogIn { authority: &owned.authority, entropy: &*owned.entropy, device, visitor: &visitor };
        let begun = log_in.begin(login, password, SessionKind::Cookie);
        if let (Ok(_), Some(held)) = (&begun, held) {
            // It may be somebody else's, planted into this browser: nobody loses anything by its end.
            let _ = end(&owned, &held, visitor);
        }
        begun
    });
    let problem = match begun.await.map(|begun| begun.map_err(|error| refused_log_in(error, now))) {
        Ok(Ok(logged_in)) => {
            let mut set = vec![cookies.begin_session(&logged_in.token)];
            set.extend(logged_in.device.iter().map(|device| cookies.remember_device(device)));
            if !asked.kept.is_empty() {
                return Ok(Told::page(log_in::resume(token, &asked)).with(&set));
            }
            return Ok(Told::go(&asked.next, &set));
        }
        Ok(Err(problem)) | Err(problem) => problem,
    };
    asked.problem = Some(if matches!(problem, Problem::NotAuthenticated { .. }) {
        "The log-in name or the password is wrong.".to_owned()
    } else {
        log_in::said(&problem)
    });
    Ok(Told::because(log_in::form(token, &asked), &problem))
}

/// Ends the session a browser holds, if it is in one.
async fn log_out(app: &Arc<App>, held: Option<SessionToken>, visitor: Visitor) -> Result<(), Problem> {
    let Some(held) = held else { return Ok(()) };
    let owned = Arc::clone(app);
    blocking(&app.blocking, move || end(&owned, &held, visitor)).await?
}

fn end(app: &App, held: &SessionToken, visitor: Visitor) -> Result<(), Problem> {
    let Visitor { client_address, request_id, now } = visitor;
    match app.authority.authenticate_session(held, now)? {
        SessionOutcome::Entered(entered) => {
            let context = Context { caller: entered.caller, client_address, request_id, now };
            Ok(app.authority.log_out(&context)?)
        }
        SessionOutcome::Denied(_) => Ok(()),
    }
}
