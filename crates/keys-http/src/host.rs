//! The host a request names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::request::Parts;

use crate::problem::Problem;

/// Name and port of the server as the caller wrote them, in lower case, without a default port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host(String);

impl Host {
    /// The host of a request: of its address when that is absolute (RFC 9112 §3.2.2), else of the one `Host` header.
    ///
    /// # Errors
    ///
    /// [`Problem::BadRequest`] when it is missing, repeated or malformed.
    pub(crate) fn of(request: &Parts) -> Result<Self, Problem> {
        let mut values = request.headers.get_all(http::header::HOST).iter();
        let (Some(header), None) = (values.next(), values.next()) else {
            return Err(Problem::BadRequest("a request has exactly one `Host`"));
        };
        let named = match request.uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => header.to_str().ok(),
        };
        named.and_then(Self::parse).ok_or(Problem::BadRequest("`Host` is no name with an optional port"))
    }

    /// Reads a name, an IPv4 address or an IPv6 address in brackets, and an optional port.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, port) = split_port(text)?;
        let fits = (1..=255).contains(&name.len());
        let clean =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        if !fits || !(clean || bracketed(name).is_some()) {
            return None;
        }
        match port {
            None | Some(80 | 443) => Some(Self(name.to_ascii_lowercase())),
            Some(port) => Some(Self(format!("{}:{port}", name.to_ascii_lowercase()))),
        }
    }

    /// As it stands in an address.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name with another port, which is left out if it is a default one.
    pub(crate) fn with_port(&self, port: u16) -> Self {
        let name = split_port(&self.0).map_or(self.0.as_str(), |(name, _)| name);
        if matches!(port, 80 | 443) { Self(name.to_owned()) } else { Self(format!("{name}:{port}")) }
    }

    /// Whether it names this machine to itself.
    pub(crate) fn is_loopback(&self) -> bool {
        let Some((name, _)) = split_port(&self.0) else { return false };
        let address =
            bracketed(name).map(IpAddr::V6).or_else(|| name.parse::<Ipv4Addr>().ok().map(IpAddr::V4));
        name == "localhost" || address.is_some_and(|address| address.is_loopback())
    }
}

fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    match text.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => {
            let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            if digits { Some((name, Some(port.parse().ok()?))) } else { None }
        }
        _ => Some((text, None)),
    }
}

fn bracketed(name: &str) -> Option<Ipv6Addr> {
    name.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<String> {
        Host::parse(text).map(|host| host.as_str().to_owned())
    }

    #[test]
    fn names_and_addresses_are_read_and_default_ports_dropped() {
        for (text, host) in [
            ("Keys.Example.COM", "keys.example.com"),
            ("h:8080", "h:8080"),
            ("h:80", "h"),
            ("h:443", "h"),
            ("127.0.0.1:9", "127.0.0.1:9"),
            ("[::1]", "[::1]"),
            ("[::1]:8080", "[::1]:8080"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(host), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "", ":80", "h:", "h:x", "h:99999", "h:-1", "a b", "user@h", "h/path", "::1", "[::1", "[x]",
            "h\u{e9}", "h?x", "h#x", "[::1]x",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
