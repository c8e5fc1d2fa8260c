//! The headers of a page: of ours nothing runs, nothing is loaded from elsewhere; nobody frames any.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::reply;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// What a page of ours may load: its stylesheet and its icon.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The referrer goes to this server only. It cannot be kept from it too: a browser told `no-referrer` sends its forms
/// with `Origin: null`, which is what a page of another site would send.
const OTHERS: [(HeaderName, &str); 4] = [
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Turns the headers of a document into those of its page.
pub(crate) fn of_page(headers: &mut HeaderMap, policy: &str) {
    headers.insert(header::CONTENT_TYPE, HTML);
    reply::put(headers, header::CONTENT_SECURITY_POLICY, Some(policy));
    for (name, value) in OTHERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // It is of the JSON.
    headers.remove(header::ETAG);
}
