//! Everything that can be wrong with a request or with us, and what the caller is told: one `match`.

use std::borrow::Cow;
use std::error::Error;

use http::StatusCode;

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The request breaks HTTP, or our grammar of URLs.
    BadRequest(&'static str),
    /// The body is not what bodies are.
    InvalidBody(Cow<'static, str>),
    /// No credential, or none that is accepted. Which of them is never told.
    NotAuthenticated {
        /// Why what was presented was refused, in one word. For the log only.
        reason: Option<&'static str>,
    },
    /// The caller may not do this.
    Forbidden(&'static str),
    /// A page of another site may have caused this request.
    CrossSite,
    /// There is no such thing, or it is not the caller's to see. Which of them is never told.
    NotFound,
    /// The method is not for this address, or not for this caller, or not in this state.
    MethodNotAllowed {
        /// The methods that are.
        allow: Cow<'static, str>,
        /// What to do instead, if there is more to say.
        detail: Option<&'static str>,
    },
    /// The request did not arrive in time.
    RequestTimeout,
    /// Somebody else was quicker, again and again.
    Conflict,
    /// Some of many keys are not what they were when they were read.
    KeysChanged {
        /// Which, and what to do.
        detail: Cow<'static, str>,
    },
    /// The state is not the one the request was made for.
    PreconditionFailed,
    /// The body is larger than any that makes sense here.
    BodyTooLarge {
        /// The most bytes there may be.
        limit: usize,
    },
    /// Nobody logs in here.
    NoAuthProvider,
    /// The path and query are longer than any that make sense here.
    TargetTooLong {
        /// The most bytes there may be.
        limit: usize,
    },
    /// The request was not meant for an open server on loopback.
    Misdirected(&'static str),
    /// A field, an action or the version is not what can be taken.
    Invalid {
        /// What is wrong, in one of the contract's words.
        code: &'static str,
        /// With which field, if it is one.
        field: Option<Cow<'static, str>>,
        /// What is wrong and what to do, for people.
        detail: Cow<'static, str>,
    },
    /// What was sent does not fit what is kept.
    Rejected {
        /// What is wrong, in one of the contract's words.
        code: &'static str,
        /// What is wrong and what to do, for people.
        detail: &'static str,
    },
    /// Without this account nobody could administer, and access control is on.
    LastAdministrator,
    /// Without this password nobody could administer, and access control is on.
    LastWayIn,
    /// Too many attempts failed.
    TooManyAttempts {
        /// For how many seconds nothing is compared.
        seconds: u64,
    },
    /// A list of members is none an environment can have.
    BadMembers(Cow<'static, str>),
    /// Too much is being done at once.
    Busy,
    /// This server does not answer while access control is off.
    NotProtected,
    /// This server answers nothing until somebody administers it.
    NotSetUp,
    /// Somebody administers this server.
    AlreadySetUp,
    /// The store, the random source or a hasher failed.
    Failed {
        /// Whether it can be expected to work soon.
        soon: bool,
        /// What is known of the change that was asked for.
        detail: &'static str,
        /// Why. For the log only.
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The request took longer than any may.
    TookTooLong,
}

/// What a caller is told of a problem.
#[derive(Debug)]
pub(crate) struct Public<'a> {
    /// The status.
    pub(crate) status: StatusCode,
    /// A code of its own, with the field it is about; without one the status in words is the code.
    pub(crate) validation: Option<(&'static str, Option<&'a str>)>,
    /// What happened and what to do.
    pub(crate) detail: Option<Cow<'a, str>>,
}

impl<'a> Public<'a> {
    fn plain(status: StatusCode) -> Self {
        Self { status, validation: None, detail: None }
    }

    fn with(status: StatusCode, detail: impl Into<Cow<'a, str>>) -> Self {
        Self { detail: Some(detail.into()), ..Self::plain(status) }
    }

    fn coded(self, code: &'static str, field: Option<&'a str>) -> Self {
        Self { validation: Some((code, field)), ..self }
    }
}

impl Problem {
    /// A field that cannot be taken.
    pub(crate) fn field(
        code: &'static str,
        field: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Invalid { code, field: Some(field.into()), detail: detail.into() }
    }

    /// Status, code and public text.
    pub(crate) fn public(&self) -> Public<'_> {
        match self {
            Self::BadRequest(detail) => Public::with(StatusCode::BAD_REQUEST, *detail),
            Self::InvalidBody(detail) => {
                Public::with(StatusCode::BAD_REQUEST, detail.as_ref()).coded("InvalidBodyContent", None)
            }
            Self::NotAuthenticated { .. } => Public::plain(StatusCode::UNAUTHORIZED),
            Self::Forbidden(detail) => Public::with(StatusCode::FORBIDDEN, *detail),
            Self::CrossSite => {
                Public::with(StatusCode::FORBIDDEN, CROSS_SITE).coded("InvalidCSRFToken", None)
            }
            Self::NotFound => Public::plain(StatusCode::NOT_FOUND),
            Self::MethodNotAllowed { detail, .. } => {
                Public { detail: detail.map(Into::into), ..Public::plain(StatusCode::METHOD_NOT_ALLOWED) }
            }
            Self::RequestTimeout => {
                Public::with(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")
            }
            Self::Conflict => Public::with(StatusCode::CONFLICT, "others kept changing it; try again"),
            Self::KeysChanged { detail } => {
                Public::with(StatusCode::CONFLICT, detail.as_ref()).coded("KeysChanged", None)
            }
            Self::PreconditionFailed => Public::with(StatusCode::PRECONDITION_FAILED, PRECONDITION_FAILED),
            Self::BodyTooLarge { limit } => {
                Public::with(StatusCode::PAYLOAD_TOO_LARGE, format!("a body has at most {limit} bytes"))
            }
            Self::NoAuthProvider => {
                Public::with(StatusCode::UNPROCESSABLE_ENTITY, NO_AUTH_PROVIDER).coded("NoAuthProvider", None)
            }
            Self::TargetTooLong { limit } => {
                Public::with(StatusCode::URI_TOO_LONG, format!("path and query have at most {limit} bytes"))
            }
            Self::Misdirected(detail) => Public::with(StatusCode::MISDIRECTED_REQUEST, *detail),
            Self::Invalid { code, field, detail } => {
                Public::with(StatusCode::UNPROCESSABLE_ENTITY, detail.as_ref()).coded(code, field.as_deref())
            }
            Self::Rejected { code, detail } => {
                Public::with(StatusCode::BAD_REQUEST, *detail).coded(code, None)
            }
            Self::LastAdministrator => Public::with(StatusCode::METHOD_NOT_ALLOWED, LAST_ADMINISTRATOR)
                .coded("LastAdminAccount", None),
            Self::LastWayIn => {
                Public::with(StatusCode::METHOD_NOT_ALLOWED, LAST_WAY_IN).coded("LastAdminAccount", None)
            }
            Self::TooManyAttempts { seconds } => Public::with(
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "too many log-ins failed with this name or from this address; try again in {seconds} s"
                ),
            ),
            Self::BadMembers(detail) => {
                Public::with(StatusCode::BAD_REQUEST, detail.as_ref()).coded("InvalidFormat", Some("members"))
            }
            Self::Busy => {
                Public::with(StatusCode::SERVICE_UNAVAILABLE, "too much is being done at once; try again")
            }
            Self::NotProtected => Public::with(StatusCode::SERVICE_UNAVAILABLE, NOT_PROTECTED),
            Self::NotSetUp => {
                Public::with(StatusCode::SERVICE_UNAVAILABLE, NOT_SET_UP).coded("NotSetUp", None)
            }
            Self::AlreadySetUp => {
                Public::with(StatusCode::CONFLICT, ALREADY_SET_UP).coded("AlreadySetUp", None)
            }
            Self::Failed { soon: true, detail, .. } => Public::with(StatusCode::SERVICE_UNAVAILABLE, *detail),
            Self::Failed { soon: false, detail, .. } => {
                Public::with(StatusCode::INTERNAL_SERVER_ERROR, *detail)
            }
            Self::TookTooLong => Public::with(
                StatusCode::SERVICE_UNAVAILABLE,
                "the request took too long and was given up; a change may still happen, so read before trying again",
            ),
        }
    }

    /// The methods for the `Allow` of a 405.
    pub(crate) fn allow(&self) -> Option<&str> {
        if let Self::MethodNotAllowed { allow, .. } = self {
            return Some(allow);
        }
        // An answer with this status names the methods; it is this one that has none of the others now.
        let of_account = matches!(self, Self::LastAdministrator).then_some("GET, HEAD, PUT, OPTIONS");
        of_account.or_else(|| matches!(self, Self::LastWayIn).then_some("GET, HEAD, PUT, OPTIONS, POST"))
    }

    /// After how many seconds the caller should come back, if that can help.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        if let Self::TooManyAttempts { seconds } = self {
            return Some(*seconds);
        }
        let may_pass = !matches!(self, Self::NotProtected | Self::NotSetUp);
        (may_pass && self.public().status == StatusCode::SERVICE_UNAVAILABLE).then_some(1)
    }

    /// Why what was presented was refused, for the log.
    pub(crate) const fn reason(&self) -> Option<&'static str> {
        if let Self::NotAuthenticated { reason } = self { *reason } else { None }
    }

    /// What the log is told and the caller is not.
    pub(crate) fn cause(&self) -> Option<String> {
        let Self::Failed { cause, .. } = self else { return None };
        let mut text = cause.to_string();
        let mut next = cause.source();
        while let Some(error) = next {
            text.push_str(": ");
            text.push_str(&error.to_string());
            next = error.source();
        }
        Some(text)
    }
}

/// The status in the words of the contract; they differ from HTTP's in places.
pub(crate) fn phrase(status: StatusCode) -> &'static str {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => "Method not allowed",
        StatusCode::NOT_ACCEPTABLE => "Not acceptable",
        StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Long",
        other => other.canonical_reason().unwrap_or("Error"),
    }
}

const CROSS_SITE: &str = "a change that comes from a browser must come from a page of this server: its `Origin` or \
    `Sec-Fetch-Site` must say so, or `X-API-CSRF` must repeat the cookie `CSRF`";

const PRECONDITION_FAILED: &str = "it is not in the state that `If-Match` or `If-None-Match` asks for, and nothing was \
    changed: read it again, and decide with its new `ETag`";

const NO_AUTH_PROVIDER: &str =
    "nobody logs in here yet: send an access key and a secret key as user name and password";

const LAST_ADMINISTRATOR: &str = "nobody else who administers could enter, and access control is on: make another account \
    an administrator and give it an API key or a password first";

const LAST_WAY_IN: &str = "without this password nobody could administer while access control is on: give another \
    administrator a password or a key first";

const NOT_SET_UP: &str = "nobody administers this server yet: open `/setup` on it, or run `keyctl setup`, with the token \
    that stands in the file `setup-token` of its data directory";

const ALREADY_SET_UP: &str = "this server has been set up: log in at `/login`, or send an API key";

const NOT_PROTECTED: &str = "access control is off, and this server can be reached from a network: switch it on, on \
    the server's machine, with `keyctl --database sqlite:PATH access-control enable`";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_those_of_the_contract() {
        for (status, words) in [
            (400, "Bad Request"),
            (401, "Unauthorized"),
            (403, "Forbidden"),
            (404, "Not Found"),
            (405, "Method not allowed"),
            (406, "Not acceptable"),
            (409, "Conflict"),
            (412, "Precondition Failed"),
            (413, "Request Entity Too Long"),
            (415, "Unsupported Media Type"),
            (422, "Unprocessable Entity"),
            (500, "Internal Server Error"),
            (503, "Service Unavailable"),
        ] {
            assert_eq!(phrase(StatusCode::from_u16(status).unwrap()), words);
        }
    }

    #[test]
    fn a_cause_is_for_the_log_only() {
        let problem =
            Problem::Failed { soon: false, detail: "it failed", cause: "disk /dev/sda is on fire".into() };
        assert_eq!(problem.cause().as_deref(), Some("disk /dev/sda is on fire"));
        assert!(!format!("{:?}", problem.public()).contains("sda"));
    }
}
