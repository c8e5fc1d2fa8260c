//! Answers as they are sent: documents, errors, and the headers that go with all of them.

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use keys_api::{ErrorObject, ProblemDetails};
use keys_core::AccessControl;

use crate::dialect::handlers::{Answer, Media, Replayed};
use crate::pages;
use crate::problem::{Problem, phrase};

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// A document as an answer.
pub(crate) fn document(answer: Answer) -> Response<Bytes> {
    let Answer { status, body, media, allow, location, tag, replayed, cookies } = answer;
    let mut response = plain(status, body.unwrap_or_default().into());
    let headers = response.headers_mut();
    // Nothing is sent with a 304 that would describe the document the caller has.
    if !matches!(status, StatusCode::NOT_MODIFIED | StatusCode::NO_CONTENT) {
        headers.insert(header::CONTENT_TYPE, JSON);
    }
    put(headers, header::ETAG, tag.map(|tag| format!("\"{tag}\"")).as_deref());
    put(headers, header::ALLOW, allow.as_deref());
    put(headers, header::LOCATION, location.as_deref());
    if let Some(replayed) = replayed {
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        if replayed == Replayed::WithoutSecret {
            headers.insert(X_API_SECRET_AVAILABLE, HeaderValue::from_static("false"));
        }
    }
    if media == Media::Page {
        pages::headers::of_page(headers, pages::headers::SCRIPTED_POLICY);
    }
    set_cookies(headers, &cookies);
    response
}

/// A page as an answer.
pub(crate) fn page(status: StatusCode, page: String) -> Response<Bytes> {
    let mut response = plain(status, page.into());
    pages::headers::of_page(response.headers_mut(), pages::headers::SCRIPTED_POLICY);
    response
}

/// Sets cookies beside those that are set already.
pub(crate) fn set_cookies<T: AsRef<str>>(headers: &mut HeaderMap, cookies: &[T]) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie.as_ref()) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}

/// A problem as an answer.
pub(crate) fn error(problem: &Problem, request_id: &str) -> Response<Bytes> {
    let public = problem.public();
    let status = public.status;
    let object = match public.validation {
        Some((code, field)) => ErrorObject::validation(request_id, status.as_u16(), code, field),
        None => ErrorObject::new(request_id, status.as_u16(), phrase(status)),
    };
    let object = match public.detail {
        Some(detail) => object.with_detail(detail),
        None => object,
    };
    refused(problem, JSON, serde_json::to_vec(&object).unwrap_or_default())
}

/// A problem as an answer beside the dialect: problem details (RFC 9457).
pub(crate) fn problem(problem: &Problem, request_id: &str) -> Response<Bytes> {
    let public = problem.public();
    let code = public.validation.map_or(phrase(public.status), |(code, _)| code);
    let details = ProblemDetails::new(request_id, public.status.as_u16(), code, public.detail.as_deref());
    refused(problem, PROBLEM, serde_json::to_vec(&details).unwrap_or_default())
}

fn refused(problem: &Problem, content_type: HeaderValue, body: Vec<u8>) -> Response<Bytes> {
    let mut response = plain(problem.public().status, body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    put(headers, header::ALLOW, problem.allow());
    // Every refusal that may be cured by waiting says for how many seconds.
    put(headers, header::RETRY_AFTER, problem.retry_after().map(|seconds| seconds.to_string()).as_deref());
    response
}

/// What was made, outside the dialect.
pub(crate) fn made(document: &serde_json::Value) -> Response<Bytes> {
    let mut response = plain(StatusCode::CREATED, document.to_string().into());
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

/// A short text as an answer.
pub(crate) fn text(status: StatusCode, text: &'static str) -> Response<Bytes> {
    let mut response = plain(status, Bytes::from_static(text.as_bytes()));
    response.headers_mut().insert(header::CONTENT_TYPE, TEXT);
    response
}

/// The headers of every answer, whatever it says. While access control is off each of them warns of it.
pub(crate) fn finish(headers: &mut HeaderMap, request_id: &str, access_control: AccessControl) {
    // The files of pages are no secret and say themselves how long they last.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::VARY,
        HeaderValue::from_static("Accept, User-Agent, Authorization, X-API-Key, Cookie"),
    );
    put(headers, X_REQUEST_ID, Some(request_id));
    match access_control {
        AccessControl::On => {}
        AccessControl::Off => {
            headers.insert(X_API_ACCESS_CONTROL, HeaderValue::from_static("off"));
        }
    }
}

/// Sets a header to a text; a text that no header can hold is left out.
pub(crate) fn put(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
        headers.insert(name, value);
    }
}

/// For a year from now on browsers ask over TLS only. Other names below this one are not ours to speak for.
pub(crate) const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// That an answer tells of what was made before.
pub(crate) const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// That it does so without the secret.
pub(crate) const X_API_SECRET_AVAILABLE: HeaderName = HeaderName::from_static("x-api-secret-available");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Where the schemas are: clients look for it in every answer.
pub(crate) const X_API_SCHEMAS: HeaderName = HeaderName::from_static("x-api-schemas");
/// Whom the caller acts as.
pub(crate) const X_API_ACCOUNT_ID: HeaderName = HeaderName::from_static("x-api-account-id");
/// That everybody who gets an answer is the administrator. Not sent otherwise; clients of Rancher v1 ignore it.
const X_API_ACCESS_CONTROL: HeaderName = HeaderName::from_static("x-api-access-control");
/// From where the caller was seen.
pub(crate) const X_API_CLIENT_IP: HeaderName = HeaderName::from_static("x-api-client-ip");

fn plain(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}
