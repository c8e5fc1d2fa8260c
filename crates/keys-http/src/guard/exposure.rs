//! While access control is off, everybody who gets through is the administrator; so few do.

use http::HeaderMap;
use keys_core::AccessControl;

use crate::app::{App, Exposure};
use crate::host::Host;
use crate::problem::Problem;

/// Refuses requests that an open server must not answer.
///
/// # Errors
///
/// [`Problem::NotProtected`] on a server that a network reaches, [`Problem::NotSetUp`] if it has a door;
/// [`Problem::Misdirected`] on loopback, for a foreign host (a web page can point its own name at 127.0.0.1) and for
/// anything that came through a proxy.
pub(crate) fn check_exposure(
    app: &App,
    access_control: AccessControl,
    host: &Host,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    check(app.config.exposure, access_control, host, headers).map_err(|problem| {
        let has_a_door = matches!(problem, Problem::NotProtected) && app.set_up_door().is_some();
        if has_a_door { Problem::NotSetUp } else { problem }
    })
}

fn check(
    exposure: Exposure,
    access_control: AccessControl,
    host: &Host,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    match (access_control, exposure) {
        (AccessControl::On, Exposure::Loopback | Exposure::Network | Exposure::BehindTlsProxy) => Ok(()),
        (AccessControl::Off, Exposure::Network | Exposure::BehindTlsProxy) => Err(Problem::NotProtected),
        (AccessControl::Off, Exposure::Loopback) if came_through_a_proxy(headers) => {
            Err(Problem::Misdirected(PROXIED))
        }
        (AccessControl::Off, Exposure::Loopback) if !host.is_loopback() => {
            Err(Problem::Misdirected(FOREIGN_HOST))
        }
        (AccessControl::Off, Exposure::Loopback) => Ok(()),
    }
}

fn came_through_a_proxy(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let name = name.as_str();
        matches!(name, "forwarded" | "via" | "x-real-ip") || name.starts_with("x-forwarded-")
    })
}

const PROXIED: &str = "access control is off, so requests that came through a proxy are refused; ask this server \
    directly as localhost, or switch access control on with `keyctl access-control enable`";

const FOREIGN_HOST: &str = "access control is off, so only requests for localhost, 127.0.0.1 or [::1] are answered; \
    use one of these names, or switch access control on with `keyctl access-control enable`";

#[cfg(test)]
mod tests {
    use http::HeaderName;
    use http::HeaderValue;

    use super::*;

    fn passes(exposure: Exposure, access_control: AccessControl, host: &str, header: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(name) = header {
            headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_static("x"));
        }
        check(exposure, access_control, &Host::parse(host).unwrap(), &headers).is_ok()
    }

    #[test]
    fn an_open_loopback_server_answers_loopback_names_only() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.9.9.9", "[::1]", "[::1]:8080"] {
            assert!(passes(Exposure::Loopback, AccessControl::Off, host, None), "{host}");
        }
        for host in ["example.com", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1", "[::2]:80"]
        {
            assert!(!passes(Exposure::Loopback, AccessControl::Off, host, None), "{host}");
            assert!(passes(Exposure::Loopback, AccessControl::On, host, None), "{host}");
        }
    }

    #[test]
    fn an_open_loopback_server_answers_no_proxy() {
        for header in
            ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Any", "X-Real-IP"]
        {
            assert!(!passes(Exposure::Loopback, AccessControl::Off, "localhost", Some(header)), "{header}");
            assert!(passes(Exposure::Loopback, AccessControl::On, "localhost", Some(header)), "{header}");
        }
        assert!(passes(Exposure::Loopback, AccessControl::Off, "localhost", Some("X-Other")));
    }

    #[test]
    fn a_server_on_a_network_answers_nobody_while_open() {
        for exposure in [Exposure::Network, Exposure::BehindTlsProxy] {
            assert!(!passes(exposure, AccessControl::Off, "localhost", None));
            assert!(passes(exposure, AccessControl::On, "keys.example.com", Some("X-Forwarded-For")));
        }
    }
}
