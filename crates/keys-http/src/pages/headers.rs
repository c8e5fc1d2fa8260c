//! The headers of a page: of ours nothing runs but what this server serves, nothing is loaded from elsewhere; nobody
//! frames any.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::reply;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// What a page of ours may load: its stylesheet and its icon.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// What a page of ours that is quicker with a script may load and run besides: the scripts this server serves, never one
/// that stands in the page, never a text. They speak to this server only. A text becomes elements in one place, the
/// policy `default` of `assets/pages.js`, and becomes a script or the address of one nowhere.
pub(crate) const SCRIPTED_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
     img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types default";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_with_a_script_may_do_no_more_than_run_ours_and_ask_us() {
        let directives = |policy: &'static str| policy.split("; ").collect::<Vec<_>>();
        let more: Vec<_> =
            directives(SCRIPTED_POLICY).into_iter().filter(|own| !directives(POLICY).contains(own)).collect();
        let expected = [
            "script-src 'self'",
            "connect-src 'self'",
            "require-trusted-types-for 'script'",
            "trusted-types default",
        ];
        assert_eq!(more, expected);
        assert!(directives(POLICY).iter().all(|own| directives(SCRIPTED_POLICY).contains(own)));
    }
}
