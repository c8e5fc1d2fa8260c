//! One request from its head to its answer, in one direction.
//!
//! ```text
//! head ─► guards ─► authenticate ─► body ─► route ─► handler ─► answer ─► log
//!         open      from the index,         ▲           │
//!         servers,  else in the hop         └─ one hop, if anything may block
//!         browsers
//! ```
//!
//! The clock is read once, before anything else. Who asks is known before a body is read: a pair that the index does not
//! know has a hop of its own then.

mod body;
mod console;
mod head;
mod job;
mod log_in;
mod set_up;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version, header};
use http_body_util::Full;
use keys_core::{AccessControl, IdempotencyKey, RequestId, Timestamp};
use tokio::time::timeout;

use crate::app::App;
use crate::auth::Cookies;
use crate::console::Forms;
use crate::dialect::body::{Fields, Given};
use crate::dialect::grammar::Route;
use crate::dialect::handlers;
use crate::dialect::types::Type;
use crate::dialect::views;
use crate::flow::body::Incoming;
use crate::flow::head::Head;
use crate::flow::job::{Identified, Identity, Job, Outcome};
use crate::guard::{CsrfCookie, FORM_FIELD, SameSite, check_cross_site, check_exposure, is_browser};
use crate::hop::blocking;
use crate::idempotency::Idempotency;
use crate::log::Entry;
use crate::pages::{self, Shell, View};
use crate::ports::EntropyRng;
use crate::precondition::Preconditions;
use crate::problem::Problem;
use crate::proxies::client_address;
use crate::{ops, reply};

/// What the connection knows of the request it brings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    /// Where it comes from.
    pub(crate) peer: SocketAddr,
    /// Whether its head framed the body in two ways at once.
    pub(crate) ambiguous: bool,
}

impl App {
    /// Answers one request that did not come over a socket of [`serve`](crate::serve): for tests, and for servers
    /// that own their sockets.
    pub async fn respond(self: &Arc<Self>, request: Request<Bytes>, peer: SocketAddr) -> Response<Bytes> {
        respond(self, request.map(Full::new), Arrival { peer, ambiguous: false }).await
    }
}

/// Answers one request.
pub(crate) async fn respond<B: Incoming>(
    app: &Arc<App>,
    request: Request<B>,
    arrival: Arrival,
) -> Response<Bytes> {
    let now = app.clock.now();
    let request_id = app.request_ids.next();
    let (parts, body) = request.into_parts();
    let client = client_address(&app.config.trusted_proxies, arrival.peer.ip(), &parts.headers);
    let mut entry = Entry::begin(&parts.method, request_id.as_str(), client);
    let mut view = View::wanted(&parts);
    if let (Some(view), Some(ui)) = (&mut view, app.authority.api_ui()) {
        view.shown_in(Shell::new(ui, &*app.entropy));
    }
    let answering = answer(app, &parts, body, arrival, (now, &request_id), (&mut entry, &mut view));
    let mut response = match timeout(app.config.limits.request_time, answering).await {
        Ok(response) => response,
        Err(_) => {
            let mut response = reply::error(&Problem::TookTooLong, request_id.as_str());
            let head = Head::read(app, &parts, arrival.peer.ip(), arrival.ambiguous);
            let schemas = head.ok().map(|head| head.urls.schemas());
            reply::put(response.headers_mut(), reply::X_API_SCHEMAS, schemas.as_deref());
            response
        }
    };
    if let Some(view) = &mut view {
        view.opened_to_all(matches!(app.authority.access_control(), AccessControl::Off));
        response = pages::render(view, response);
    }
    let headers = response.headers_mut();
    // Read last: the answer that switches access control off is the first to say so.
    reply::finish(headers, request_id.as_str(), app.authority.access_control());
    if app.config.is_https_only() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, reply::HTTPS_ONLY);
    }
    reply::put(headers, reply::X_API_CLIENT_IP, Some(&client.to_string()));
    // A caller of HTTP/1.0 gets one answer, and one whose framing is in doubt too. Behind a body that was given up,
    // nothing more can be read.
    let gave_up = matches!(response.status(), StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE);
    let headers = response.headers_mut();
    if parts.version < Version::HTTP_11 || arrival.ambiguous || gave_up {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    entry.end(response.status().as_u16());
    response
}

async fn answer<B: Incoming>(
    app: &Arc<App>,
    parts: &Parts,
    body: B,
    arrival: Arrival,
    (now, request_id): (Timestamp, &RequestId),
    (entry, view): (&mut Entry, &mut Option<View>),
) -> Response<Bytes> {
    let mut head = match Head::read(app, parts, arrival.peer.ip(), arrival.ambiguous) {
        Ok(head) => head,
        Err(problem) => return reply::error(&problem, request_id.as_str()),
    };
    if let Some(route) = head.route() {
        entry.route = route.template();
        if route.is_operational() {
            return operate(app, route, &head.method, request_id).await;
        }
    }
    let is_dialect = head.route().is_none_or(Route::is_dialect);
    let csrf = is_browser(&parts.headers)
        .then(|| CsrfCookie::read(&parts.headers).or_else(|| CsrfCookie::generate(&*app.entropy)))
        .flatten();
    if matches!(head.route(), Some(Route::SetUp)) {
        let mut response =
            set_up::page(app, head, parts, body, csrf.as_ref(), (now, request_id), entry).await;
        reply::set_cookies(response.headers_mut(), csrf.map(|cookie| cookie.set()).as_slice());
        return response;
    }
    if head.route().is_some_and(Route::is_log_in) {
        let mut response =
            log_in::page(app, head, parts, body, csrf.as_ref(), (now, request_id), entry).await;
        reply::set_cookies(response.headers_mut(), csrf.map(|cookie| cookie.set()).as_slice());
        return response;
    }
    if let Some(place) = head.console(view.is_some()) {
        // It is a page already.
        *view = None;
        let mut response =
            console::page(app, head, parts, body, csrf.as_ref(), (now, request_id), (entry, &place)).await;
        reply::set_cookies(response.headers_mut(), csrf.map(|cookie| cookie.set()).as_slice());
        return response;
    }
    let schemas = head.urls.schemas();
    if let Some(view) = view {
        view.asked(&head.method, head.route(), &head.urls);
    }
    let asked = (now, request_id);
    let outcome =
        outcome(app, head, parts, body, entry.client, asked, (view.as_mut(), Forms::default())).await;
    let mut response = match outcome.result {
        Ok(answer) => reply::document(answer),
        Err(problem) => {
            entry.cause = problem.cause();
            entry.denied = problem.reason();
            let write = if is_dialect { reply::error } else { reply::problem };
            let mut response = write(&problem, request_id.as_str());
            challenge(app, &problem, &parts.headers, response.headers_mut());
            response
        }
    };
    let headers = response.headers_mut();
    reply::put(headers, reply::X_API_SCHEMAS, Some(&schemas));
    if let Some(caller) = outcome.caller {
        let effective = views::owner_id(caller.effective());
        reply::put(headers, reply::X_API_ACCOUNT_ID, Some(&effective));
        if let Some(view) = &mut *view {
            view.answered(handlers::audience_of(&caller), &effective);
            view.called(outcome.name);
            view.logged_in(outcome.person);
        }
        entry.by(caller.principal(), caller.via());
    }
    if let (Some(view), Some(cookie)) = (view, &csrf) {
        let key = IdempotencyKey::generate(&mut EntropyRng(&*app.entropy)).ok();
        view.protected(cookie.token(), key);
    }
    reply::set_cookies(response.headers_mut(), csrf.map(|cookie| cookie.set()).as_slice());
    response
}

async fn operate(app: &Arc<App>, route: &Route, method: &Method, request_id: &RequestId) -> Response<Bytes> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return ops::answer(app, route).await;
    }
    reply::error(&Problem::MethodNotAllowed { allow: "GET, HEAD".into(), detail: None }, request_id.as_str())
}

async fn outcome<B: Incoming>(
    app: &Arc<App>,
    mut head: Head,
    parts: &Parts,
    body: B,
    client: IpAddr,
    (now, request_id): (Timestamp, &RequestId),
    (mut view, forms): (Option<&mut View>, Forms),
) -> Outcome {
    let access_control = app.authority.access_control();
    let guarded = check_exposure(app, access_control, &head.host, &parts.headers)
        .and_then(|()| check_cross_site(&head.method, head.origin.host(), &parts.headers));
    let same_site = match guarded {
        Ok(same_site) => same_site,
        Err(problem) => return problem.into(),
    };
    let cookies = Cookies::new(head.origin.is_secure());
    // Whoever wants to log in, or to know how, cannot say yet who they are.
    if let Some(route) = head.route().filter(|route| route.is_token() && !logs(route, &head.method)) {
        return log_in::how(app, &head, route).await;
    }
    let logs_in = head.route().is_some_and(Route::is_token) && head.method == Method::POST;
    let identified = if logs_in {
        None
    } else {
        match identify(app, parts, &head, &same_site, cookies, now).await {
            Ok(identified) => Some(identified),
            Err(problem @ Problem::NotAuthenticated { .. })
                if matches!(head.route(), Some(Route::Console(_))) =>
            {
                return console::unknown(app, problem, parts, &head, same_site, body).await;
            }
            Err(problem) => return problem.into(),
        }
    };
    let mut fields = match body::fields(app, parts, &head, &same_site, body).await {
        Ok(fields) => fields,
        Err(problem) => return problem.into(),
    };
    if let Err(problem) = same_site.check(repeated(&fields).as_deref()) {
        return problem.into();
    }
    if let Some(view) = &mut view {
        view.typed(&mut fields);
    }
    // Whatever it becomes was checked as a POST, which is as good as any change.
    head.override_method(fields.form_method());
    let Some(Identified { identity, project }) = identified else {
        let visitor = log_in::visitor(client, now, request_id);
        return log_in::by_code(app, head, fields, cookies, parts, visitor).await;
    };
    let job = Job {
        app: Arc::clone(app),
        identity,
        project: job::project(&parts.headers, &head, project),
        cookies,
        head,
        idempotency: Idempotency::of_header(&parts.headers).and(fields.form_idempotency()),
        fields,
        preconditions: Preconditions::read(&parts.headers),
        client_address: Some(client),
        request_id: request_id.clone(),
        names_caller: view.is_some_and(|view| view.names_caller()),
        forms,
        now,
    };
    if !job.may_block() {
        return job.run();
    }
    blocking(&app.blocking, move || job.run()).await.unwrap_or_else(Outcome::from)
}

/// Whether a request about tokens logs in or out.
fn logs(route: &Route, method: &Method) -> bool {
    *route == Route::List(Type::Token) && matches!(*method, Method::POST | Method::DELETE)
}

/// Establishes who asks: before anything of a body is read. Otherwise what is wrong with a body, and how long one waits
/// for it, would tell a stranger which access keys the index knows.
async fn identify(
    app: &Arc<App>,
    parts: &Parts,
    head: &Head,
    same_site: &SameSite,
    cookies: Cookies,
    now: Timestamp,
) -> Result<Identified, Problem> {
    let Identified { identity, project } = job::identify(app, &parts.headers, cookies, now)?;
    let known = matches!(identity, Identity::Known(_));
    // Whoever opens a page and turns out to be nobody is led to the log-in, which is not for the handler to do.
    let waits = body::is_read(head, same_site) || matches!(head.route(), Some(Route::Console(_)));
    if known || !waits {
        // Without a body, one hop is enough for all that may block.
        return Ok(Identified { identity, project });
    }
    let authority = Arc::clone(&app.authority);
    let established = blocking(&app.blocking, move || identity.establish(&authority, now)).await??;
    Ok(Identified { identity: Identity::Known(established), project })
}

/// What a 401 asks for; programs that show their own log-in ask for no challenge, and web sockets cannot take one.
fn challenge(app: &App, problem: &Problem, request: &HeaderMap, response: &mut HeaderMap) {
    let says = |name: &str, value: &[u8]| {
        let mut words =
            request.get_all(name).iter().flat_map(|own| own.as_bytes().split(|byte| *byte == b','));
        words.any(|word| word.trim_ascii().eq_ignore_ascii_case(value))
    };
    if !matches!(problem, Problem::NotAuthenticated { .. })
        || says("x-api-no-challenge", b"true")
        || says("connection", b"upgrade")
    {
        return;
    }
    let realm = app.authority.realm().as_str().replace('\\', "\\\\").replace('"', "\\\"");
    let challenge = format!("Basic realm=\"{realm}\", charset=\"UTF-8\"");
    reply::put(response, header::WWW_AUTHENTICATE, Some(&challenge));
}

/// What a form repeats of the cookie.
fn repeated(fields: &Fields) -> Option<String> {
    match fields.text(FORM_FIELD) {
        Ok(Given::Text(token)) => Some(token),
        Ok(Given::Absent | Given::Null) | Err(_) => None,
    }
}
