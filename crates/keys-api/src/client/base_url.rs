//! Where a server is.

use std::fmt;
use std::str::FromStr;

use ureq::http::Uri;

/// The address of an authority.
///
/// Read from what people have at hand: the server (`http://127.0.0.1:8080`), its API (`…/v1`), an environment's
/// endpoint (`…/v1/projects/1a5`), or the `…/schemas` of either, which the Rancher CLI stores. A path before `/v1`
/// is kept.
///
/// It holds no credential, and no character that means something to a shell.
///
/// ```
/// use keys_api::client::BaseUrl;
///
/// let url: BaseUrl = "https://keys.example/v1/projects/1a5".parse()?;
/// assert_eq!(url.api(), "https://keys.example/v1");
/// assert_eq!(url.project(), Some("1a5"));
/// assert_eq!(url.host(), "keys.example");
/// # Ok::<(), keys_api::client::ParseBaseUrlError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    secure: bool,
    host: String,
    port: Option<u16>,
    prefix: String,
    project: Option<String>,
}

impl BaseUrl {
    /// The base of the API: ends in `/v1`.
    #[must_use]
    pub fn api(&self) -> String {
        format!("{self}/v1")
    }

    /// The host without its port, as `.netrc` names it; an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&self.host)
    }

    /// The environment whose endpoint was given.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }

    /// Whether requests go over TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the host is this machine, so that nobody in between can read along.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let address = self.host().parse::<std::net::IpAddr>();
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || address.is_ok_and(|address| address.is_loopback())
    }
}

/// The server: scheme, host, port, and the path before `/v1`.
impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.prefix)
    }
}

/// Why a text is no [`BaseUrl`]. Holds no part of the text: there may be a secret in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseBaseUrlError {
    /// Not a URL of the form `http://host[:port][/path]`.
    #[error("not a URL of the form http://host:port")]
    Syntax,
    /// Neither `http` nor `https`.
    #[error("the URL must begin with http:// or https://")]
    Scheme,
    /// A user name or password stands in the URL.
    #[error("a credential does not belong in a URL, where logs and process lists show it")]
    Credential,
    /// The path goes on behind `/v1` to something that is no endpoint.
    #[error("the URL must end at the server, at /v1, or at /v1/projects/ID")]
    NotAnEndpoint,
}

impl FromStr for BaseUrl {
    type Err = ParseBaseUrlError;

    fn from_str(text: &str) -> Result<Self, ParseBaseUrlError> {
        let secure = match text.split_once("://") {
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => false,
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => true,
            _ => return Err(ParseBaseUrlError::Scheme),
        };
        let authority = text.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
        if authority.is_some_and(|authority| authority.contains('@')) {
            return Err(ParseBaseUrlError::Credential);
        }
        let uri: Uri = text.parse().map_err(|_| ParseBaseUrlError::Syntax)?;
        if text.contains(['?', '#']) {
            return Err(ParseBaseUrlError::NotAnEndpoint);
        }
        let authority = uri.authority().ok_or(ParseBaseUrlError::Syntax)?;
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => None,
            Some(_) => Some(authority.port_u16().ok_or(ParseBaseUrlError::Syntax)?),
            None => return Err(ParseBaseUrlError::Syntax),
        };
        let (prefix, project) = parse_path(uri.path())?;
        Ok(Self { secure, host: parse_host(authority.host())?, port, prefix, project })
    }
}

fn parse_host(host: &str) -> Result<String, ParseBaseUrlError> {
    let name = |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let address = |host: &str| {
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        inner.is_some_and(|inner| inner.parse::<std::net::Ipv6Addr>().is_ok())
    };
    if !host.is_empty() && (name(host) || address(host)) {
        Ok(host.to_ascii_lowercase())
    } else {
        Err(ParseBaseUrlError::Syntax)
    }
}

/// Splits a path into what stands before `/v1`, and the environment whose endpoint it is.
fn parse_path(path: &str) -> Result<(String, Option<String>), ParseBaseUrlError> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    if !segments.iter().all(|segment| is_plain(segment)) {
        return Err(ParseBaseUrlError::NotAnEndpoint);
    }
    let (before, behind) = match segments.iter().position(|segment| *segment == "v1") {
        Some(at) => segments.split_at(at),
        None => (segments.as_slice(), [].as_slice()),
    };
    let project = match behind {
        [] | ["v1"] | ["v1", "schemas"] => None,
        ["v1", "projects", id] | ["v1", "projects", id, "schemas"] => Some((*id).to_owned()),
        _ => return Err(ParseBaseUrlError::NotAnEndpoint),
    };
    let prefix = before.iter().map(|segment| format!("/{segment}")).collect();
    Ok((prefix, project))
}

/// Letters, digits and `-._~`, and no step up.
fn is_plain(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    segment.bytes().all(plain) && segment != "." && segment != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_at_hand_is_read() {
        let table = [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1", None),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1", None),
            ("http://h:8080/v1", "http://h:8080/v1", None),
            ("http://h:8080/v1/", "http://h:8080/v1", None),
            ("http://h/v1/schemas", "http://h/v1", None),
            ("http://h/v1/projects/1a5", "http://h/v1", Some("1a5")),
            ("http://h/v1/projects/1a5/schemas", "http://h/v1", Some("1a5")),
            ("https://h/keys//v1", "https://h/keys/v1", None),
            ("https://h/a/b", "https://h/a/b/v1", None),
            ("HTTPS://Keys.Example", "https://keys.example/v1", None),
            ("http://[::1]:8080/v1", "http://[::1]:8080/v1", None),
        ];
        for (text, api, project) in table {
            let url: BaseUrl = text.parse().expect(text);
            assert_eq!((url.api().as_str(), url.project()), (api, project), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        use ParseBaseUrlError::{Credential, NotAnEndpoint, Scheme, Syntax};
        let table = [
            ("", Scheme),
            ("127.0.0.1:8080", Scheme),
            ("ftp://h", Scheme),
            ("sqlite:keys.sqlite3", Scheme),
            ("http://", Syntax),
            ("http://:8080", Syntax),
            ("http://h:99999", Syntax),
            ("http://h:port", Syntax),
            ("http://h:", Syntax),
            ("http://a b", Syntax),
            ("http://h;reboot", Syntax),
            ("http://$(reboot)", Syntax),
            ("http://[::1", Syntax),
            ("http://user:hush@h", Credential),
            ("http://hush@h/v1", Credential),
            ("http://h/v1?x=hush", NotAnEndpoint),
            ("http://h/v1#x", NotAnEndpoint),
            ("http://h/v1/apikeys", NotAnEndpoint),
            ("http://h/v1/projects/1a5/apikeys", NotAnEndpoint),
            ("http://h/../v1", NotAnEndpoint),
            ("http://h/%2e%2e", NotAnEndpoint),
            ("http://h/$HOME", NotAnEndpoint),
        ];
        for (text, error) in table {
            assert_eq!(text.parse::<BaseUrl>(), Err(error), "{text:?}");
            assert!(!error.to_string().contains("hush"));
        }
    }

    #[test]
    fn a_host_is_named_as_netrc_names_it() {
        let table = [
            ("http://Keys.Example:8080", "keys.example", false),
            ("http://[::1]:8080", "::1", true),
            ("http://127.0.0.1:1", "127.0.0.1", true),
            ("http://localhost", "localhost", true),
            ("http://localhost.example", "localhost.example", false),
            ("http://10.0.0.1", "10.0.0.1", false),
        ];
        for (text, host, loopback) in table {
            let url: BaseUrl = text.parse().expect(text);
            assert_eq!((url.host(), url.is_loopback()), (host, loopback), "{text}");
        }
    }
}
