//! A request for a place of the web page: answered with a page, whatever it becomes.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use keys_core::{IdempotencyKey, RequestId, Timestamp};

use super::head::Head;
use super::job::Outcome;
use super::{Incoming, log_in, outcome};
use crate::app::App;
use crate::console::log_in::Asked;
use crate::console::{self, Forms, Place};
use crate::dialect::body::Fields;
use crate::dialect::grammar::Route;
use crate::dialect::handlers::Answer;
use crate::guard::{CsrfCookie, SameSite};
use crate::log::Entry;
use crate::ports::EntropyRng;
use crate::problem::Problem;
use crate::reply;

/// Answers it.
pub(super) async fn page<B: Incoming>(
    app: &Arc<App>,
    head: Head,
    parts: &Parts,
    body: B,
    csrf: Option<&CsrfCookie>,
    (now, request_id): (Timestamp, &RequestId),
    (entry, place): (&mut Entry, &Place),
) -> Response<Bytes> {
    let once = IdempotencyKey::generate(&mut EntropyRng(&*app.entropy)).ok();
    let forms = Forms {
        token: csrf.map(|cookie| cookie.token().to_owned()),
        once: once.map(|key| key.expose().to_owned()),
    };
    let asked = (head.method != Method::POST).then(|| here(&head));
    let outcome = outcome(app, head, parts, body, entry.client, (now, request_id), (None, forms)).await;
    if let Some(caller) = outcome.caller {
        entry.by(caller.principal(), caller.via());
    }
    match outcome.result {
        Ok(answer) => reply::document(answer),
        // A session that has ended, or a pair that lets nobody in, was seen to be so with everything else.
        Err(problem @ Problem::NotAuthenticated { .. }) if asked.is_some() => {
            entry.denied = problem.reason();
            reply::document(Answer::elsewhere(console::log_in::address(&asked.unwrap_or_default())))
        }
        Err(problem) => {
            entry.cause = problem.cause();
            entry.denied = problem.reason();
            let page = outcome.page.unwrap_or_else(|| console::refused(None, place, &problem));
            let mut response = reply::page(problem.public().status, page);
            let headers = response.headers_mut();
            reply::put(headers, http::header::ALLOW, problem.allow());
            let after = problem.retry_after().map(|seconds| seconds.to_string());
            reply::put(headers, http::header::RETRY_AFTER, after.as_deref());
            response
        }
    }
}

/// Nobody is known: whoever asks for a page is led to the log-in, and whoever sends a form is asked to log in, with what
/// was typed kept beside it, unless the place is for anybody. No challenge of HTTP is sent: a browser would ask for a key, and people have passwords.
pub(super) async fn unknown<B: Incoming>(
    app: &App,
    problem: Problem,
    parts: &Parts,
    head: &Head,
    same_site: SameSite,
    body: B,
) -> Outcome {
    let Some(Route::Console(place)) = head.route() else { return problem.into() };
    if let Some(answer) = console::answer_anybody(place, &head.method, &head.urls) {
        return answer.map_or_else(Outcome::from, Outcome::from);
    }
    if head.method != Method::POST {
        return Answer::elsewhere(console::log_in::address(&here(head))).into();
    }
    let fields: Fields = match log_in::sent(app, parts, head, same_site, body).await {
        Ok(fields) => fields,
        Err(problem) => return problem.into(),
    };
    let asked = Asked::again(&place.form(), &console::kept(&fields));
    let token = CsrfCookie::read(&parts.headers);
    let page = console::log_in::form(token.as_ref().map(CsrfCookie::token), &asked);
    Answer::page(StatusCode::FORBIDDEN, page).map_or_else(Outcome::from, Outcome::from)
}

/// The address that is asked for, to come back to.
fn here(head: &Head) -> String {
    let query = head.query.rewritten(&[], &[]);
    if query.is_empty() { head.path.clone() } else { format!("{}?{query}", head.path) }
}
