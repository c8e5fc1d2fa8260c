//! The headers of a page: nothing runs, nothing is loaded from elsewhere, nobody frames it.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'",
);

/// The referrer goes to this server only. It cannot be kept from it too: a browser told `no-referrer` sends its forms
/// with `Origin: null`, which is what a page of another site would send.
const OTHERS: [(HeaderName, &str); 4] = [
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Turns the headers of a document into those of its page.
pub(super) fn of_page(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_TYPE, HTML);
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    for (name, value) in OTHERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // It is of the JSON.
    headers.remove(header::ETAG);
}
