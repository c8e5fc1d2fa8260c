//! How one logs in: the one thing that is told without authentication.

use http::Method;
use keys_api::{Collection, Links, Resource as _, Token};
use keys_core::AccessControl;
use keys_service::Authority;

use super::Answer;
use crate::dialect::grammar::Route;
use crate::dialect::types::Type;
use crate::dialect::urls::Urls;
use crate::problem::Problem;

const ALLOW: &str = "GET, HEAD, POST, OPTIONS";

/// Answers `/v1/tokens`, whoever asks.
pub(super) fn answer(
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
        Method::POST => Err(Problem::NoAuthProvider),
        _ => Err(Problem::MethodNotAllowed { allow: ALLOW.into(), detail: None }),
    }
}

/// `GET /v1/tokens`: one, which says whether one must log in, and how.
pub(super) fn list(authority: &Authority, urls: &Urls) -> Result<Answer, Problem> {
    let token = Token {
        id: "current".to_owned(),
        type_name: Token::DECLARATION.id.to_owned(),
        links: Links::new(),
        actions: Links::new(),
        auth_provider: Some("none".to_owned()),
        enabled: Some(false),
        security: Some(authority.access_control() == AccessControl::On),
    };
    Answer::ok(&Collection::whole(Token::DECLARATION.id, urls.of("tokens"), vec![token]))
}
