//! The pages by which people log in and out.

use askama::Template;
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Response, StatusCode};

use super::frame::Frame;
use super::notice::Notice;
use crate::dialect::grammar;
use crate::pages::headers;
use crate::problem::Problem;
use crate::reply;

/// What is asked of somebody, and what they said.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The log-in name as it was typed.
    pub(crate) login: String,
    /// Where to go afterwards.
    pub(crate) next: String,
    /// What was typed into a form that is waiting there, as a form writes it; nothing of it is a secret.
    pub(crate) kept: String,
    /// What is wrong with the name.
    pub(crate) login_error: Option<String>,
    /// What is wrong with the password.
    pub(crate) password_error: Option<String>,
    /// What is wrong.
    pub(crate) problem: Option<String>,
    /// What was done that led here.
    done: Option<&'static str>,
}

impl Asked {
    /// Nothing was typed yet. Where to go is one of our own paths, or where everybody begins.
    pub(crate) fn new(next: &str) -> Self {
        Self::again(next, "")
    }

    /// A form was sent by somebody who is in no session any more.
    pub(crate) fn again(next: &str, kept: &str) -> Self {
        Self {
            login: String::new(),
            next: own_path(next).unwrap_or("/").to_owned(),
            kept: kept.to_owned(),
            login_error: None,
            password_error: None,
            problem: None,
            done: None,
        }
    }

    /// With what was done, if the address says so in a word of ours.
    pub(crate) fn after(self, word: Option<&str>) -> Self {
        Self { done: word.and_then(Notice::said_by), ..self }
    }
}

/// The parameter that says what was done.
pub(crate) const DONE: &str = Notice::PARAMETER;

/// A path of ours; `None` for whatever leads, or could be read as leading, elsewhere.
fn own_path(next: &str) -> Option<&str> {
    const MOST: usize = 2_048;
    let path = next.split(['?', '#']).next()?;
    let ours = next.len() <= MOST
        && next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.bytes().all(|byte| byte.is_ascii_graphic());
    // What is not served leads nowhere; and what leads back here would ask again.
    let route = grammar::parse(path).route.ok().filter(|_| ours)?;
    (!route.is_log_in()).then_some(next)
}

#[derive(Template)]
#[template(path = "console/log_in.html")]
struct LogInPage<'a> {
    frame: Frame,
    asked: &'a Asked,
}

#[derive(Template)]
#[template(path = "console/log_out.html")]
struct LogOutPage {
    frame: Frame,
}

/// The form to log in.
pub(crate) fn form(token: Option<&str>, asked: &Asked) -> Result<String, askama::Error> {
    LogInPage { frame: Frame { done: asked.done, ..frame("Log in", token) }, asked }.render()
}

#[derive(Template)]
#[template(path = "console/resume.html")]
struct ResumePage<'a> {
    frame: Frame,
    action: &'a str,
    kept: Vec<(String, String)>,
}

/// Round a page of somebody who is not known yet.
pub(super) fn frame(title: &str, token: Option<&str>) -> Frame {
    Frame { token: token.map(ToOwned::to_owned), ..Frame::bare(title) }
}

/// Back to the form that was waiting, with what was typed into it.
pub(crate) fn resume(token: Option<&str>, asked: &Asked) -> Result<String, askama::Error> {
    let kept = form_urlencoded::parse(asked.kept.as_bytes()).into_owned().collect();
    ResumePage { frame: frame("You are logged in again", token), action: &asked.next, kept }.render()
}

/// Where somebody logs in to come back to a path.
pub(crate) fn address(next: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("/login?next={next}")
}

/// The form to log out.
pub(crate) fn farewell(token: Option<&str>) -> Result<String, askama::Error> {
    LogOutPage { frame: frame("Log out", token) }.render()
}

/// What a person is told of a problem.
pub(crate) fn said(problem: &Problem) -> String {
    let public = problem.public();
    public.detail.map_or_else(|| "It did not work; try again.".to_owned(), |detail| format!("{detail}."))
}

/// What is answered, and what the log is told.
#[derive(Debug)]
pub(crate) struct Told {
    /// The answer.
    pub(crate) response: Response<Bytes>,
    /// Why nobody was let in.
    pub(crate) denied: Option<&'static str>,
    /// What went wrong on our side.
    pub(crate) cause: Option<String>,
}

impl Told {
    /// A page.
    pub(crate) fn page(page: Result<String, askama::Error>) -> Self {
        Self { response: answer(StatusCode::OK, page), denied: None, cause: None }
    }

    /// The page again: nobody was let in. 403 and not 401, because no challenge of HTTP would help.
    pub(crate) fn refused(page: Result<String, askama::Error>, why: &'static str) -> Self {
        Self { response: answer(StatusCode::FORBIDDEN, page), denied: Some(why), cause: None }
    }

    /// The page again, because of this.
    pub(crate) fn because(page: Result<String, askama::Error>, problem: &Problem) -> Self {
        let status = if matches!(problem, Problem::NotAuthenticated { .. }) {
            StatusCode::FORBIDDEN
        } else {
            problem.public().status
        };
        let mut response = answer(status, page);
        let after = problem.retry_after().map(|seconds| seconds.to_string());
        reply::put(response.headers_mut(), header::RETRY_AFTER, after.as_deref());
        Self { response, denied: problem.reason(), cause: problem.cause() }
    }

    /// With these cookies as well.
    pub(crate) fn with(mut self, cookies: &[String]) -> Self {
        reply::set_cookies(self.response.headers_mut(), cookies);
        self
    }

    /// On to another page, with these cookies.
    pub(crate) fn go(path: &str, cookies: &[String]) -> Self {
        let mut response = answer(StatusCode::SEE_OTHER, Ok(String::new()));
        if let Ok(path) = HeaderValue::from_str(path) {
            response.headers_mut().insert(header::LOCATION, path);
        }
        reply::set_cookies(response.headers_mut(), cookies);
        Self { response, denied: None, cause: None }
    }
}

fn answer(status: StatusCode, page: Result<String, askama::Error>) -> Response<Bytes> {
    // Writing a page into memory does not fail.
    let mut response = Response::new(page.unwrap_or_default().into());
    *response.status_mut() = status;
    headers::of_page(response.headers_mut(), headers::SCRIPTED_POLICY);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_log_in_one_stays_here() {
        for next in
            ["/", "/v1", "/v1/apikeys?limit=5&marker=x", "/v1/projects/1a5/apikeys", "/env/1a5/keys/new#x"]
        {
            assert_eq!(own_path(next), Some(next), "{next}");
        }
        for next in [
            "",
            "v1",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/v1/..//evil.example",
            "/v1\\@evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            " /v1",
            "/v1\r\nSet-Cookie: a=b",
            "/v1\t",
            "/%2f%2fevil.example",
            "/nothing",
            "/login",
            "/logout?next=/v1",
            "/v1?é",
        ] {
            assert_eq!(own_path(next), None, "{next}");
        }
        assert_eq!(own_path(&format!("/v1?{}", "x".repeat(3_000))), None);
        assert_eq!(Asked::new("//evil.example").next, "/");
    }
}
