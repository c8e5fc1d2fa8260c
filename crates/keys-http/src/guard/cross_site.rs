//! Browsers replay cookies and cached Basic credentials for any page that asks; so a change that a browser sends must
//! be shown to come from a page of ours.

use http::{HeaderMap, HeaderValue, Method, header};

use crate::host::Host;
use crate::ports::Entropy;
use crate::problem::Problem;

/// Refuses a change that a page of another site may have caused, whatever the credential, access control on or off.
///
/// # Errors
///
/// [`Problem::CrossSite`].
pub(crate) fn check_cross_site(method: &Method, host: &Host, headers: &HeaderMap) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) || is_same_site(host, headers) {
        Ok(())
    } else {
        Err(Problem::CrossSite)
    }
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
        check_cross_site(method, &Host::parse("localhost:8080").unwrap(), &headers).is_ok()
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
