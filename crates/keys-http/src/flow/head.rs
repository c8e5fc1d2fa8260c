//! What the head of a request says, checked as far as it can be without knowing who asks.

use std::net::IpAddr;

use http::Method;
use http::request::Parts;

use crate::app::App;
use crate::console;
use crate::dialect::grammar::{self, Place, Route, Version};
use crate::dialect::query::Query;
use crate::dialect::urls::Urls;
use crate::host::Host;
use crate::origin::PublicUrl;
use crate::problem::Problem;

/// The head of a request.
pub(super) struct Head {
    /// Whom it was sent to.
    pub(super) host: Host,
    /// Where its caller finds us.
    pub(super) origin: PublicUrl,
    /// The path as it was sent.
    pub(super) path: String,
    /// The method, after `_method`.
    pub(super) method: Method,
    /// The parameters.
    pub(super) query: Query,
    /// The address, and what is wrong with it, if it is: told only to those who may ask, so that a bad key is answered alike
    /// everywhere.
    pub(super) place: Place,
    /// Makes addresses like this one.
    pub(super) urls: Urls,
}

impl Head {
    /// Reads a head.
    ///
    /// # Errors
    ///
    /// [`Problem::BadRequest`] or [`Problem::TargetTooLong`] for what no caller may send.
    pub(super) fn read(app: &App, parts: &Parts, peer: IpAddr, ambiguous: bool) -> Result<Self, Problem> {
        if ambiguous {
            return Err(Problem::BadRequest(
                "the body is framed by `Content-Length` and `Transfer-Encoding` at once",
            ));
        }
        let host = Host::of(parts)?;
        let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
        let limit = app.config.limits.target_bytes;
        if target > limit {
            return Err(Problem::TargetTooLong { limit });
        }
        let query = Query::parse(parts.uri.query().unwrap_or_default())?;
        let place = grammar::parse(parts.uri.path());
        let origin = PublicUrl::of_request(&app.config, peer, &host, &parts.headers);
        let urls = Urls::new(&origin, Version::of(parts.uri.path()), place.within.as_deref());
        let path = parts.uri.path().to_owned();
        let method = overridden(&parts.method, query.get("_method"));
        Ok(Self { path, method, host, origin, query, place, urls })
    }

    /// The route, if the address has one.
    pub(super) fn route(&self) -> Option<&Route> {
        self.place.route.as_ref().ok()
    }

    /// The place of the web page that is asked for. A browser that asks for `/` wants the web page, a program the
    /// versions.
    pub(super) fn console(&mut self, browses: bool) -> Option<console::Place> {
        if browses && matches!(self.place.route, Ok(Route::Root)) {
            self.place.route = Ok(Route::Console(console::Place::Home));
        }
        if let Ok(Route::Console(place)) = &self.place.route { Some(place.clone()) } else { None }
    }

    /// Makes a POST what the form it brought says it shall be.
    pub(super) fn override_method(&mut self, wanted: Option<&str>) {
        self.method = overridden(&self.method, wanted);
    }

    /// The environment the path names, as it was written.
    pub(super) fn within(&self) -> Option<&str> {
        self.place.within.as_deref()
    }
}

/// `?_method=PUT` makes a POST a PUT, for forms that can only POST. It makes nothing else of anything else: a link
/// must not be able to change a thing.
fn overridden(method: &Method, wanted: Option<&str>) -> Method {
    match wanted {
        Some(wanted) if *method == Method::POST => {
            Method::from_bytes(wanted.to_ascii_uppercase().as_bytes()).unwrap_or(Method::POST)
        }
        _ => method.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_post_can_become_another_method() {
        assert_eq!(overridden(&Method::POST, Some("put")), Method::PUT);
        assert_eq!(overridden(&Method::POST, Some("DELETE")), Method::DELETE);
        assert_eq!(overridden(&Method::POST, Some(" ")), Method::POST);
        assert_eq!(overridden(&Method::POST, None), Method::POST);
        for method in [Method::GET, Method::PUT, Method::HEAD, Method::DELETE] {
            assert_eq!(overridden(&method, Some("POST")), method);
        }
    }
}
