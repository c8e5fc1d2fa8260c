//! Requests as text, so that a corpus can be read and written by people.
//!
//! ```text
//! # world: closed
//! POST /v1/apikeys?name=ci
//! Host: localhost:8080
//! Authorization: Basic <administrator>
//!
//! {"description":"build box"}
//! ###
//! GET /v1/apikeys
//! ```
//!
//! A line of `###` begins the next request. What cannot be a request for hyper either is left out: a header whose name
//! or value HTTP forbids, a target that is no URI.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri};

use crate::kind::Kind;

/// The most requests of one script: longer ones find nothing that shorter ones do not.
const MOST: usize = 8;

/// Some requests, sent one after the other to a fresh installation.
#[derive(Debug)]
pub struct Script {
    /// The installation they are sent to.
    pub world: Kind,
    /// The requests.
    pub steps: Vec<Step>,
}

/// One request, with the names of keys where their credentials shall be.
#[derive(Debug, Clone)]
pub struct Step(Request<Bytes>);

impl Script {
    /// Reads a script; `None` when no request is in it.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let world = Kind::ALL.into_iter().find(|kind| contains(first, kind.name().as_bytes()));
        let steps: Vec<Step> = split(text, b"\n###").take(MOST).filter_map(Step::parse).collect();
        (!steps.is_empty()).then(|| Self { world: world.unwrap_or_default(), steps })
    }
}

impl Script {
    /// Whether a request may be a log-in, by anything in its address.
    #[must_use]
    pub fn logs_in(&self) -> bool {
        let hints = ["token", "log", "setup", "%"];
        let targets = self.steps.iter().map(|step| step.0.uri().path().to_ascii_lowercase());
        targets.into_iter().any(|path| hints.iter().any(|hint| path.contains(hint)))
    }
}

impl Step {
    fn parse(text: &[u8]) -> Option<Self> {
        let mut rest = text;
        let line = loop {
            let line = next_line(&mut rest)?;
            if !line.is_empty() && !line.starts_with(b"#") {
                break line;
            }
        };
        let mut words = line.splitn(2, |byte| *byte == b' ');
        let method = Method::from_bytes(words.next()?).ok()?;
        let target = Uri::try_from(words.next()?).ok()?;
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = method;
        *request.uri_mut() = target;
        while let Some(line) = next_line(&mut rest).filter(|line| !line.is_empty()) {
            let mut halves = line.splitn(2, |byte| *byte == b':');
            let name = halves.next().and_then(|name| HeaderName::from_bytes(name).ok());
            let value = halves.next().and_then(|value| HeaderValue::from_bytes(value.trim_ascii()).ok());
            if let (Some(name), Some(value)) = (name, value) {
                request.headers_mut().append(name, value);
            }
        }
        *request.body_mut() = Bytes::copy_from_slice(rest);
        Some(Self(request))
    }

    /// The request, with `credential` for the name of a key or session in the headers that carry one.
    ///
    /// `<name>` in `Authorization`, `X-API-Key` and `Cookie` is replaced, by the two halves in base64 behind `Basic`, else
    /// by the joined form or the token; and `<set-up>` in the body by the token of a first administrator.
    pub fn request(&self, mut credential: impl FnMut(&str, bool) -> Option<String>) -> Request<Bytes> {
        let mut request = self.0.clone();
        for name in ["authorization", "x-api-key", "cookie"] {
            for value in request.headers_mut().get_all_mut(name) {
                if let Some(filled) = value.to_str().ok().and_then(|text| fill(text, &mut credential)) {
                    *value = filled;
                }
            }
        }
        if let Some((before, behind)) = std::str::from_utf8(request.body()).ok().and_then(set_up)
            && let Some(token) = credential("set-up", false)
        {
            *request.body_mut() = format!("{before}{token}{behind}").into();
        }
        request
    }
}

/// What stands before and behind the place of the token.
fn set_up(body: &str) -> Option<(String, String)> {
    let (before, behind) = body.split_once("<set-up>")?;
    Some((before.to_owned(), behind.to_owned()))
}

trait GetAllMut {
    fn get_all_mut(&mut self, name: &'static str) -> impl Iterator<Item = &mut HeaderValue>;
}

impl GetAllMut for http::HeaderMap {
    fn get_all_mut(&mut self, name: &'static str) -> impl Iterator<Item = &mut HeaderValue> {
        self.iter_mut().filter(move |(own, _)| *own == name).map(|(_, value)| value)
    }
}

fn fill(text: &str, credential: &mut impl FnMut(&str, bool) -> Option<String>) -> Option<HeaderValue> {
    let (before, rest) = text.split_once('<')?;
    let (name, behind) = rest.split_once('>')?;
    let basic = before.trim().eq_ignore_ascii_case("basic");
    let filled = format!("{before}{}{behind}", credential(name, basic)?);
    HeaderValue::from_str(&filled).ok()
}

/// A line without its end, and what stands behind it.
fn next_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    if rest.is_empty() {
        return None;
    }
    let mut halves = rest.splitn(2, |byte| *byte == b'\n');
    let line = halves.next().unwrap_or_default();
    *rest = halves.next().unwrap_or_default();
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

fn split<'a>(text: &'a [u8], separator: &'static [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let at = text.windows(separator.len()).position(|window| window == separator);
        match at {
            None => Some(text),
            Some(at) => {
                rest = Some(&text[at + separator.len()..]);
                Some(&text[..at])
            }
        }
    })
}
