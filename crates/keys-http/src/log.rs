//! One line for each request. It never holds a query, a header, a body, or anything else a caller chose.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use http::Method;
use keys_core::{Owner, Via};

/// What is known of a request when it ends.
#[derive(Debug)]
pub(crate) struct Entry {
    began: Instant,
    /// The method as it came, if it is one we know.
    pub(crate) method: &'static str,
    /// The template of the address.
    pub(crate) route: &'static str,
    /// The id of the request.
    pub(crate) request_id: String,
    /// Where it comes from, behind the proxies that are believed.
    pub(crate) client: IpAddr,
    /// Who it was made as.
    principal: Option<String>,
    /// How that was established.
    via: Option<String>,
    /// Why what was presented was refused.
    pub(crate) denied: Option<&'static str>,
    /// What went wrong on our side.
    pub(crate) cause: Option<String>,
}

impl Entry {
    /// For a request that begins now.
    pub(crate) fn begin(method: &Method, request_id: &str, client: IpAddr) -> Self {
        Self {
            began: Instant::now(),
            method: known(method),
            route: "-",
            request_id: request_id.to_owned(),
            client,
            principal: None,
            via: None,
            denied: None,
            cause: None,
        }
    }

    /// Says as whom the request was made, and how that was established.
    pub(crate) fn by(&mut self, principal: Owner, via: Via) {
        self.principal = Some(principal.to_string());
        self.via = Some(via.to_string());
    }

    /// Writes the line.
    pub(crate) fn end(self, status: u16) {
        let Self { began, method, route, request_id, client, principal, via, denied, cause } = self;
        let (principal, via) = (principal.as_deref().unwrap_or("-"), via.as_deref().unwrap_or("-"));
        let denied = denied.unwrap_or("-");
        let micros = micros(began.elapsed());
        match cause {
            None => tracing::info!(
                target: "request", method, route, status, request_id, %client, principal, via, denied, micros
            ),
            Some(cause) => tracing::error!(
                target: "request", method, route, status, request_id, %client, principal, via, denied, micros, cause
            ),
        }
    }
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

/// A method is a text of the caller's choice too.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
