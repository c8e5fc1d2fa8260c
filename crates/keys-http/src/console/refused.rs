//! What did not work, and where to go from there.

use askama::Template;

use super::frame::{Frame, Section};
use super::log_in;
use super::place::Place;
use super::visit::Visit;
use crate::dialect::body::{Fields, Given};
use crate::problem::{Problem, phrase};

#[derive(Template)]
#[template(path = "console/refused.html")]
struct RefusedPage {
    frame: Frame,
    kind: String,
    problem: String,
    /// Where to go on.
    back: String,
}

/// The page of a problem, for a caller who is known, or for nobody in particular.
pub(crate) fn refused(visit: Option<&Visit<'_>>, place: &Place, problem: &Problem) -> String {
    let public = problem.public();
    let title = phrase(public.status);
    let frame = visit.and_then(|visit| Frame::new(visit, Section::Elsewhere, title).ok());
    let frame = frame.unwrap_or_else(|| Frame::bare(title));
    let said = if matches!(problem, Problem::NotFound) {
        "There is no such thing here, or it is not yours to see.".to_owned()
    } else {
        log_in::said(problem)
    };
    // Who is kept out of a place is led to where they begin: the form of the place is no more theirs than the place.
    let kept_out = matches!(problem, Problem::Forbidden(_) | Problem::NotFound);
    let back = if kept_out { "/".to_owned() } else { place.form() };
    let kind = format!("Error {}", public.status.as_u16());
    // Writing a page into memory does not fail.
    RefusedPage { frame, kind, problem: sentence(&said), back }.render().unwrap_or_default()
}

/// A text that begins like a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What somebody typed who has to log in before their form can be taken, as a form writes it.
pub(crate) fn kept(typed: &Fields) -> String {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in KEPT {
        if let Ok(Given::Text(text)) = typed.text(name)
            && !text.is_empty()
        {
            kept.append_pair(name, &text);
        }
    }
    kept.finish()
}

/// What is kept of a form while its sender logs in: nothing that could be a secret.
const KEPT: [&str; 11] = [
    "name",
    "description",
    "expires",
    "revision",
    "account",
    "role",
    "login",
    "administrator",
    "environment",
    "mode",
    "person",
];
