//! Scheme and host that addresses in answers begin with.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::HeaderMap;

use crate::app::{AppConfig, Exposure};
use crate::host::Host;
use crate::proxies::is_trusted;

/// A scheme and a host, `https://keys.example.com`: where callers find this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: &'static str,
    host: Host,
}

/// Why a text is no [`PublicUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write it as https://keys.example.com, with a port if there is one and nothing behind it")]
pub struct ParsePublicUrlError;

impl FromStr for PublicUrl {
    type Err = ParsePublicUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once("://").ok_or(ParsePublicUrlError)?;
        let scheme = scheme_of(scheme.as_bytes()).ok_or(ParsePublicUrlError)?;
        let host = Host::parse(rest.strip_suffix('/').unwrap_or(rest)).ok_or(ParsePublicUrlError)?;
        Ok(Self { scheme, host })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host.as_str())
    }
}

impl PublicUrl {
    /// Where the caller of this request finds the server: where the configuration says, else where a trusted proxy
    /// says, else where the request was sent to.
    pub(crate) fn of_request(config: &AppConfig, peer: IpAddr, host: &Host, headers: &HeaderMap) -> Self {
        if let Some(fixed) = &config.public_url {
            return fixed.clone();
        }
        let proxied = if is_trusted(&config.trusted_proxies, peer) { forwarded(host, headers) } else { None };
        proxied.unwrap_or_else(|| {
            let scheme = match config.exposure {
                Exposure::Loopback if config.tls.is_none() => "http",
                Exposure::Loopback | Exposure::Network | Exposure::BehindTlsProxy => "https",
            };
            Self { scheme, host: host.clone() }
        })
    }

    /// Whether callers reach the server over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.scheme == "https"
    }

    /// The host, with a port if it is not the usual one.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }
}

/// What a proxy says of the request it was sent. As in Rancher v1 host and port count only beside a scheme.
fn forwarded(host: &Host, headers: &HeaderMap) -> Option<PublicUrl> {
    let scheme = scheme_of(last(headers, "x-forwarded-proto")?)?;
    let text = |name| last(headers, name).and_then(|value| std::str::from_utf8(value).ok());
    let host = text("x-forwarded-host").and_then(Host::parse).unwrap_or_else(|| host.clone());
    let port = text("x-forwarded-port")
        .filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|port| port.parse().ok());
    let host = match port {
        Some(port) => host.with_port(port),
        None => host,
    };
    Some(PublicUrl { scheme, host })
}

/// The value that the nearest proxy wrote: those before it may be the caller's.
fn last<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h [u8]> {
    let line = headers.get_all(name).iter().next_back()?;
    line.as_bytes().rsplit(|byte| *byte == b',').next().map(<[u8]>::trim_ascii)
}

fn scheme_of(text: &[u8]) -> Option<&'static str> {
    ["http", "https"].into_iter().find(|scheme| text.eq_ignore_ascii_case(scheme.as_bytes()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn origin(config: &AppConfig, peer: &str, lines: &[(&'static str, &'static str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let host = Host::parse("inner:8080").unwrap();
        PublicUrl::of_request(config, peer.parse().unwrap(), &host, &headers).to_string()
    }

    const PROTO: (&str, &str) = ("x-forwarded-proto", "https");
    const HOST: (&str, &str) = ("x-forwarded-host", "Keys.example.com");

    #[test]
    fn a_trusted_proxy_says_where_it_was_asked() {
        let trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let config = AppConfig { trusted_proxies, ..AppConfig::default() };
        for (lines, expected) in [
            (&[PROTO, HOST][..], "https://keys.example.com"),
            (&[PROTO], "https://inner:8080"),
            (&[HOST], "http://inner:8080"),
            (&[HOST, ("x-forwarded-port", "9")], "http://inner:8080"),
            (&[PROTO, HOST, ("x-forwarded-port", "8443")], "https://keys.example.com:8443"),
            (&[PROTO, ("x-forwarded-port", "443")], "https://inner"),
            (&[PROTO, ("x-forwarded-host", "h:1"), ("x-forwarded-port", "2")], "https://h:2"),
            (&[PROTO, ("x-forwarded-host", "[::1]:1"), ("x-forwarded-port", "80")], "https://[::1]"),
            (&[PROTO, ("x-forwarded-host", "evil.example, keys.example.com")], "https://keys.example.com"),
            (&[PROTO, ("x-forwarded-host", "evil.example"), HOST], "https://keys.example.com"),
            (&[("x-forwarded-proto", "HTTPS"), HOST], "https://keys.example.com"),
            (&[("x-forwarded-proto", "http, gopher"), HOST], "http://inner:8080"),
            (&[PROTO, ("x-forwarded-host", "evil.example/path")], "https://inner:8080"),
            (&[PROTO, ("x-forwarded-host", "user@evil.example")], "https://inner:8080"),
            (&[PROTO, HOST, ("x-forwarded-port", "+9")], "https://keys.example.com"),
            (&[PROTO, HOST, ("x-forwarded-port", "99999")], "https://keys.example.com"),
        ] {
            assert_eq!(origin(&config, "10.9.9.9", lines), expected, "{lines:?}");
            assert_eq!(origin(&config, "11.9.9.9", lines), "http://inner:8080", "{lines:?}");
        }
        let fixed = AppConfig { public_url: Some("https://public.example".parse().unwrap()), ..config };
        assert_eq!(origin(&fixed, "10.9.9.9", &[PROTO, HOST]), "https://public.example");
    }

    #[test]
    fn a_public_url_is_a_scheme_and_a_host() {
        for (text, written) in [
            ("https://Keys.example.com", "https://keys.example.com"),
            ("HTTPS://keys.example.com:443/", "https://keys.example.com"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().to_string(), written);
        }
        for text in [
            "",
            "keys.example.com",
            "https://",
            "ftp://h",
            "https://h/path",
            "https://h//",
            "https://u@h",
            "https://h?q",
            "https://h:x",
            " https://h",
            "https:/h",
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(ParsePublicUrlError), "{text}");
        }
    }
}
