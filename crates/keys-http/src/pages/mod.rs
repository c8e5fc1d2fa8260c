//! The API as pages: what a browser that opens an address of the API is shown.
//!
//! A page is made from the same document the JSON answer has, after everything has been decided: nothing here knows a
//! caller's rights, reads a store or changes anything. Programs never come here; [`View::wanted`] is the one place
//! that tells them apart. The templates can only escape, the pages run no script and load nothing from elsewhere:
//! unless the administrator has put the address of another page's script, which is then shown in a [`Shell`].

pub(crate) mod assets;
mod collection;
mod crumbs;
mod error;
mod filters;
mod form;
mod frame;
#[cfg(test)]
mod gallery;
pub(crate) mod headers;
mod resource;
mod schemas;
mod script;
mod shell;
mod value;
mod view;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Response, StatusCode};
use serde_json::Value;

pub(crate) use shell::Shell;
pub(crate) use view::View;

/// Whether an answer goes to somebody who reads pages: a browser, unless it asks for JSON.
///
/// As Rancher v1 tells: the agent calls itself `mozilla` and takes anything. `_format` says otherwise.
pub(crate) fn wants_page(headers: &HeaderMap, format: Option<&str>) -> bool {
    match format {
        Some(format) if format.eq_ignore_ascii_case("html") => true,
        Some(format) if format.eq_ignore_ascii_case("json") => false,
        _ => crate::guard::is_browser(headers) && accepts_anything(headers),
    }
}

fn accepts_anything(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(header::ACCEPT).iter().peekable();
    accepted.peek().is_none()
        || accepted.any(|value| value.as_bytes().windows(3).any(|window| window == b"*/*"))
}

/// Makes a page of an answer. What has no document, and what cannot be shown, stays as it is.
pub(crate) fn render(view: &View, response: Response<Bytes>) -> Response<Bytes> {
    let Ok(document) = serde_json::from_slice::<Value>(response.body()) else { return response };
    if let Some(address) = elsewhere(view, response.status(), &document) {
        return redirect(response, &address);
    }
    let Some(kind) = document.get("type").and_then(Value::as_str) else {
        // Not of the dialect.
        return response;
    };
    if let Some(shell) = view.shell()
        && let Some(page) = shell.page(view, response.body())
    {
        return html(response, page, &shell.policy());
    }
    let page = match kind {
        "error" => error::page(view, &document),
        "collection" => collection::page(view, &document),
        _ => resource::page(view, &document, response.status() == StatusCode::CREATED),
    };
    let Ok(page) = page else { return response };
    html(response, page, headers::POLICY)
}

fn html(response: Response<Bytes>, page: String, policy: &str) -> Response<Bytes> {
    let (mut parts, _) = response.into_parts();
    headers::of_page(&mut parts.headers, policy);
    Response::from_parts(parts, page.into())
}

/// Where the browser should go instead: after a change to what was changed, so that loading the page again does not
/// change it again; and to the address that the filter form means. What was created is shown at once: its secret is
/// shown nowhere else.
fn elsewhere(view: &View, status: StatusCode, document: &Value) -> Option<String> {
    let itself = document.get("links")?.get("self")?.as_str()?;
    if view.changes() {
        let done = status.is_success() && status != StatusCode::CREATED;
        return done.then(|| itself.to_owned());
    }
    filters::meant(view, document).map(|query| format!("{itself}?{query}"))
}

fn redirect(response: Response<Bytes>, address: &str) -> Response<Bytes> {
    let Ok(location) = HeaderValue::from_str(address) else { return response };
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::SEE_OTHER;
    headers::of_page(&mut parts.headers, headers::POLICY);
    parts.headers.insert(header::LOCATION, location);
    Response::from_parts(parts, Bytes::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(agent: &'static str, accept: Option<&'static str>, format: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        wants_page(&headers, format)
    }

    #[test]
    fn a_browser_that_takes_anything_is_shown_a_page() {
        for agent in ["Mozilla/5.0 (X11; Linux x86_64)", "MOZILLA", "like mozilla"] {
            assert!(page(agent, None, None));
            assert!(page(agent, Some("text/html,application/xhtml+xml,*/*;q=0.8"), None));
            assert!(!page(agent, Some("application/json"), None));
            assert!(!page(agent, Some("text/html"), None), "as Rancher v1 has it");
            assert!(!page(agent, Some("*/*"), Some("json")));
        }
    }

    #[test]
    fn a_program_is_not_unless_it_asks() {
        for agent in ["curl/8.5.0", "Wget/1.21", "python-requests/2.31", ""] {
            assert!(!page(agent, Some("*/*"), None));
            assert!(!page(agent, Some("text/html,*/*"), Some("other")));
            assert!(page(agent, Some("application/json"), Some("HTML")));
        }
    }
}
