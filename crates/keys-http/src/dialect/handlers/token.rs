//! Logging in and out. How one logs in is the one thing that is told without authentication.

use http::Method;
use keys_api::{Collection, Links, Resource as _, Token};
use keys_core::{AccessControl, DeviceToken, LogInProvider, LoginName, Password, SessionKind, Timestamp};
use keys_service::{Authority, LogInError, LogInRefusal, LogInRequest, LoggedIn, Visitor};

use super::{Answer, Call};
use crate::dialect::body::{Fields, Given};
use crate::dialect::grammar::Route;
use crate::dialect::types::Type;
use crate::dialect::urls::Urls;
use crate::dialect::views;
use crate::ports::{Entropy, EntropyRng};
use crate::problem::Problem;

const ALLOW: &str = "GET, HEAD, POST, DELETE, OPTIONS";

/// Who checks a log-in here, in the word of the contract.
const LOCAL: &str = "localauthconfig";

/// Answers `/v1/tokens`, whoever asks; logging in and out is asked in other ways.
///
/// # Errors
///
/// [`Problem`].
pub(crate) fn answer(
    authority: &Authority,
    urls: &Urls,
    route: &Route,
    method: &Method,
) -> Result<Answer, Problem> {
    if *route != Route::List(Type::Token) {
        return Err(Problem::NotFound);
    }
    match *method {
        Method::GET | Method::HEAD => list(authority, urls),
        Method::OPTIONS => Ok(Answer::options(ALLOW.to_owned())),
        _ => Err(Problem::MethodNotAllowed { allow: ALLOW.into(), detail: None }),
    }
}

/// `GET /v1/tokens`: one, which says whether one must log in, and how.
pub(super) fn list(authority: &Authority, urls: &Urls) -> Result<Answer, Problem> {
    let token = blank(authority)?;
    Answer::ok(&Collection::whole(Token::DECLARATION.id, urls.of("tokens"), vec![token]))
}

/// Who checks a log-in: nobody, as long as nobody has a password.
pub(crate) fn provider(authority: &Authority) -> Result<&'static str, Problem> {
    Ok(authority.log_in_provider()?.as_str())
}

/// Somebody who wants to be let in.
pub(crate) struct LogIn<'a> {
    /// The use cases.
    pub(crate) authority: &'a Authority,
    /// Randomness for tokens.
    pub(crate) entropy: &'a dyn Entropy,
    /// What their browser remembers.
    pub(crate) device: Option<DeviceToken>,
    /// From where, in which request, and when.
    pub(crate) visitor: &'a Visitor,
}

impl LogIn<'_> {
    /// `POST /v1/tokens` with `code`: name, colon, password.
    ///
    /// # Errors
    ///
    /// [`Problem`]. Whatever is wrong with name and password is told alike.
    pub(crate) fn by_code(self, fields: &Fields, urls: &Urls) -> Result<Answer, Problem> {
        let authority = self.authority;
        if authority.log_in_provider()? == LogInProvider::None {
            return Err(Problem::NoAuthProvider);
        }
        let code = match fields.text("code")? {
            Given::Text(code) => zeroize::Zeroizing::new(code),
            Given::Absent | Given::Null => {
                return Err(Problem::field("MissingRequired", "code", "send {\"code\":\"NAME:PASSWORD\"}"));
            }
        };
        let (name, password) =
            code.split_once(':').ok_or(Problem::Forbidden("`code` is a name, a colon, and a password"))?;
        let now = self.visitor.now;
        // What can be no name or password of anybody is refused like a wrong one.
        let wrong = || Problem::NotAuthenticated { reason: Some("malformed-log-in") };
        let login = LoginName::new(name).map_err(|_| wrong())?;
        let password = Password::new(password).map_err(|_| wrong())?;
        let name = login.to_string();
        let logged_in =
            self.begin(login, password, SessionKind::Bearer).map_err(|error| refused(error, now))?;
        Answer::created(&shown(authority, &logged_in, &name, urls)?, None)
    }

    /// Begins a session.
    ///
    /// # Errors
    ///
    /// [`LogInError`].
    pub(crate) fn begin(
        self,
        login: LoginName,
        password: Password,
        kind: SessionKind,
    ) -> Result<LoggedIn, LogInError> {
        let Self { authority, entropy, device, visitor } = self;
        let request = LogInRequest { login, password, device, kind };
        authority.log_in(&request, visitor, &mut EntropyRng(entropy))
    }
}

/// `DELETE /v1/tokens`: ends the session the caller is in.
pub(super) fn log_out(call: &Call<'_>) -> Result<Answer, Problem> {
    call.authority.log_out(call.context)?;
    Ok(Answer { cookies: call.cookies.end_session().into(), ..Answer::no_content() })
}

/// What the outside is told of a log-in that failed.
pub(crate) fn refused(error: LogInError, now: Timestamp) -> Problem {
    const UNSTORED: &str = "the server could not begin a session, nothing was changed; its log says why";
    match error {
        LogInError::Refused(reason) => not_let_in(reason),
        LogInError::Locked { until } => too_many(until, now),
        LogInError::Busy => Problem::Busy,
        LogInError::Rng(cause) => Problem::Failed { soon: true, detail: UNSTORED, cause: cause.into() },
        LogInError::Store(failure) => failure.into(),
        other @ (LogInError::Hash(_) | _) => {
            Problem::Failed { soon: false, detail: UNSTORED, cause: other.into() }
        }
    }
}

const fn not_let_in(reason: LogInRefusal) -> Problem {
    Problem::NotAuthenticated { reason: Some(reason.as_str()) }
}

/// It is too soon: in whole seconds, and never none.
pub(crate) fn too_many(until: Timestamp, now: Timestamp) -> Problem {
    let seconds = until.since(now).as_millis().div_ceil(1_000);
    Problem::TooManyAttempts { seconds: u64::try_from(seconds).unwrap_or(u64::MAX).max(1) }
}

/// The token of a session just begun: the one answer that shows it.
fn shown(authority: &Authority, logged_in: &LoggedIn, login: &str, urls: &Urls) -> Result<Token, Problem> {
    let account = &logged_in.account;
    let mut identity = views::identity(account, urls);
    identity.login = Some(login.to_owned());
    Ok(Token {
        account_id: Some(account.parts().id.to_string()),
        identities: Some(vec![identity.clone()]),
        jwt: Some(logged_in.token.expose_text().to_string()),
        user: Some(login.to_owned()),
        user_identity: Some(identity),
        user_type: Some(if account.administers() { "admin" } else { "user" }.to_owned()),
        ..blank(authority)?
    })
}

/// A token of nobody.
fn blank(authority: &Authority) -> Result<Token, Problem> {
    let security = authority.access_control() == AccessControl::On;
    let provider = provider(authority)?;
    Ok(Token {
        id: "current".to_owned(),
        type_name: Token::DECLARATION.id.to_owned(),
        links: Links::new(),
        actions: Links::new(),
        account_id: None,
        auth_provider: Some(provider.to_owned()),
        code: None,
        enabled: Some(provider == LOCAL),
        identities: None,
        jwt: None,
        security: Some(security),
        user: None,
        user_identity: None,
        user_type: None,
    })
}
