//! Browsers replay cookies and cached Basic credentials for any page that asks; so a change that a browser sends must
//! be shown to come from a page of ours.

use http::{HeaderMap, HeaderValue, Method, header};

use crate::host::Host;
use crate::ports::Entropy;
use crate::problem::Problem;

/// That a request comes from nobody else's page; or what is left to check of it.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum SameSite {
    /// It does not.
    Shown,
    /// It does not if its form repeats this cookie: an old browser that sends a form of ours.
    IfRepeated(CsrfCookie),
}

impl SameSite {
    /// Checks what the head could not show. `repeated` is the field [`FORM_FIELD`] of the form.
    ///
    /// # Errors
    ///
    /// [`Problem::CrossSite`].
    pub(crate) fn check(self, repeated: Option<&str>) -> Result<(), Problem> {
        match self {
            Self::IfRepeated(cookie) if repeated != Some(cookie.token()) => Err(Problem::CrossSite),
            Self::Shown | Self::IfRepeated(_) => Ok(()),
        }
    }

    /// Whether the body has to be read for it.
    pub(crate) const fn needs_form(&self) -> bool {
        matches!(self, Self::IfRepeated(_))
    }
}

/// The field of our forms that repeats the cookie.
pub(crate) const FORM_FIELD: &str = "_csrf";

/// Refuses a change that a page of another site may have caused, whatever the credential, access control on or off.
///
/// # Errors
///
/// [`Problem::CrossSite`].
pub(crate) fn check_cross_site(
    method: &Method,
    host: &Host,
    headers: &HeaderMap,
) -> Result<SameSite, Problem> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) || is_same_site(host, headers) {
        return Ok(SameSite::Shown);
    }
    may_show_in_form(headers).map(SameSite::IfRepeated).ok_or(Problem::CrossSite)
}

/// The cookie that a form must repeat, where neither the browser says where the form comes from nor a script can.
fn may_show_in_form(headers: &HeaderMap) -> Option<CsrfCookie> {
    let silent = ["sec-fetch-site", "origin", "x-api-csrf"].iter().all(|name| !headers.contains_key(*name));
    let content_type = headers.get(header::CONTENT_TYPE);
    let is_form =
        content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if silent && is_form { CsrfCookie::read(headers) } else { None }
}

fn is_same_site(host: &Host, headers: &HeaderMap) -> bool {
    let fetch_site: Vec<_> = headers.get_all("sec-fetch-site").iter().collect();
    let origin: Vec<_> = headers.get_all(header::ORIGIN).iter().collect();
    if fetch_site.is_empty() && origin.is_empty() {
        let exempt = !is_browser(headers) && !headers.contains_key(header::COOKIE);
        return exempt || repeats_cookie(headers);
    }
    fetch_site.iter().all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"))
        && origin.iter().all(|origin| is_ours(host, origin))
}

/// Whether an origin is this server. Its scheme may be either: a proxy that speaks TLS to browsers speaks plain HTTP
/// to us.
fn is_ours(host: &Host, origin: &HeaderValue) -> bool {
    origin
        .to_str()
        .ok()
        .and_then(|origin| origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")))
        .and_then(Host::parse)
        .is_some_and(|origin| origin == *host)
}

fn repeats_cookie(headers: &HeaderMap) -> bool {
    let mut repeated = headers.get_all("x-api-csrf").iter();
    match (CsrfCookie::read(headers), repeated.next(), repeated.next()) {
        (Some(cookie), Some(token), None) => cookie.0.as_bytes() == token.as_bytes(),
        _ => false,
    }
}

/// Whether the agent is a browser, as Rancher v1 tells: it says so of itself.
pub(crate) fn is_browser(headers: &HeaderMap) -> bool {
    headers.get_all(header::USER_AGENT).iter().any(|agent| {
        agent.as_bytes().windows(b"mozilla".len()).any(|window| window.eq_ignore_ascii_case(b"mozilla"))
    })
}

/// The cookie that a page of ours repeats in `X-API-CSRF`, which a page of another site cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CsrfCookie(String);

impl CsrfCookie {
    const NAME: &'static str = "CSRF";

    /// The cookie the caller sent, if it sent one and it has the form of ours.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut tokens = cookies
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .filter(|(name, _)| *name == Self::NAME)
            .map(|(_, token)| token);
        let (token, None) = (tokens.next()?, tokens.next()) else { return None };
        let clean = token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
        (token.len() == 32 && clean).then(|| Self(token.to_owned()))
    }

    /// A new one; `None` when the random source fails, and then the next answer tries again.
    pub(crate) fn generate(entropy: &dyn Entropy) -> Option<Self> {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes).ok()?;
        Some(Self(bytes.iter().map(|byte| format!("{byte:02X}")).collect()))
    }

    /// What forms of ours repeat.
    pub(crate) fn token(&self) -> &str {
        &self.0
    }

    /// As `Set-Cookie` says it. Pages of ours must be able to read it.
    pub(crate) fn set(&self) -> String {
        format!("{}={}; Path=/; SameSite=Strict", Self::NAME, self.0)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    const TOKEN: &str = "0123456789ABCDEF0123456789ABCDEF";

    fn allowed(method: &Method, entries: &[(&str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in entries {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        check_cross_site(method, &Host::parse("localhost:8080").unwrap(), &headers)
            .is_ok_and(|same_site| same_site.check(None).is_ok())
    }

    #[test]
    fn a_form_of_an_old_browser_repeats_the_cookie() {
        let host = Host::parse("localhost:8080").unwrap();
        let check = |entries: &[(&'static str, &str)], repeated: Option<&str>| {
            let mut headers = HeaderMap::new();
            for (name, value) in entries {
                headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
            }
            check_cross_site(&Method::POST, &host, &headers)
                .is_ok_and(|same_site| same_site.check(repeated).is_ok())
        };
        let cookie = format!("CSRF={TOKEN}");
        let form = [
            ("user-agent", "Mozilla/4.0"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", cookie.as_str()),
        ];
        assert!(check(&form, Some(TOKEN)));
        for repeated in [None, Some(""), Some("0123456789ABCDEF0123456789ABCDEE")] {
            assert!(!check(&form, repeated), "{repeated:?}");
        }
        assert!(!check(&form[..2], Some(TOKEN)), "without the cookie");
        assert!(!check(&[form[0], form[2]], Some(TOKEN)), "not a form");
        for foreign in [("origin", "null"), ("sec-fetch-site", "cross-site"), ("x-api-csrf", "other")] {
            assert!(!check(&[form[0], form[1], form[2], foreign], Some(TOKEN)), "{foreign:?}");
        }
    }

    #[test]
    fn safe_methods_are_always_allowed() {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert!(allowed(&method, &[("origin", "http://evil.example"), ("user-agent", "Mozilla/5.0")]));
        }
    }

    #[test]
    fn programs_without_cookies_are_exempt() {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            assert!(allowed(&method, &[("user-agent", "curl/8.5.0")]));
            assert!(allowed(&method, &[]));
            assert!(!allowed(&method, &[("user-agent", "curl/8.5.0"), ("cookie", "session=1")]));
        }
    }

    #[test]
    fn pages_of_others_are_refused() {
        for entries in [
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")],
            vec![("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8080")],
            vec![("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            vec![("origin", "null")],
            vec![("origin", "http://localhost")],
            vec![("origin", "http://localhost:8081")],
            vec![("origin", "http://localhost:8080.evil.example")],
            vec![("origin", "localhost:8080")],
            vec![("origin", "file://")],
        ] {
            assert!(!allowed(&Method::POST, &entries), "{entries:?}");
        }
    }

    #[test]
    fn pages_of_ours_are_allowed() {
        for entries in [
            vec![("sec-fetch-site", "same-origin"), ("user-agent", "Mozilla/5.0"), ("cookie", "a=b")],
            vec![("sec-fetch-site", "none")],
            vec![("origin", "http://localhost:8080")],
            vec![("origin", "https://LOCALHOST:8080"), ("sec-fetch-site", "same-origin")],
        ] {
            assert!(allowed(&Method::POST, &entries), "{entries:?}");
        }
    }

    #[test]
    fn an_old_browser_repeats_the_cookie() {
        let agent = ("user-agent", "Opera/9 (like MOZILLA)");
        let cookie = format!("a=b; CSRF={TOKEN}");
        assert!(!allowed(&Method::POST, &[agent]));
        assert!(!allowed(&Method::POST, &[agent, ("cookie", &cookie)]));
        assert!(!allowed(&Method::POST, &[agent, ("x-api-csrf", TOKEN)]));
        assert!(!allowed(&Method::POST, &[agent, ("cookie", "CSRF="), ("x-api-csrf", "")]));
        assert!(!allowed(
            &Method::POST,
            &[agent, ("cookie", &cookie), ("x-api-csrf", &TOKEN.replace('0', "1"))]
        ));
        assert!(allowed(&Method::POST, &[agent, ("cookie", &cookie), ("x-api-csrf", TOKEN)]));
    }
}
