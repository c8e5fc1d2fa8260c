//! The cookies of a log-in: one lets its holder in, one says that the browser has logged in before.
//!
//! | where | session | device |
//! |---|---|---|
//! | over TLS | `__Host-session` | `__Host-device` |
//! | on loopback without TLS | `session` | `device` |
//! | set by a program itself, as Rancher v1's pages do | `token` | – |
//!
//! A name that begins with `__Host-` can be set by this very host over TLS only: no neighbour under the same domain can plant
//! one. That is why over TLS the plain names are not read.

use http::HeaderMap;
use http::header::COOKIE;
use keys_core::{DeviceToken, SessionPolicy, SessionToken};

/// The cookie in which a program keeps a token that it asked for.
const TOKEN: &str = "token";

/// The names of our cookies, and how they are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cookies {
    secure: bool,
}

impl Cookies {
    /// The cookies of a server that callers reach over TLS, or of one on loopback.
    pub(crate) const fn new(secure: bool) -> Self {
        Self { secure }
    }

    const fn session_name(self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }

    const fn device_name(self) -> &'static str {
        if self.secure { "__Host-device" } else { "device" }
    }

    /// The session a browser is in: by our own cookie, else by one that a program has set.
    pub(crate) fn session(self, headers: &HeaderMap) -> Option<SessionToken> {
        let own = only(headers, self.session_name()).and_then(|text| text.parse().ok());
        own.or_else(|| only(headers, TOKEN).and_then(|text| text.parse().ok()))
    }

    /// What a browser remembers of an earlier log-in.
    pub(crate) fn device(self, headers: &HeaderMap) -> Option<DeviceToken> {
        only(headers, self.device_name()).and_then(|text| text.parse().ok())
    }

    /// As `Set-Cookie` begins a session.
    pub(crate) fn begin_session(self, token: &SessionToken) -> String {
        let age = SessionPolicy::STANDARD.absolute.as_secs();
        self.set(self.session_name(), &token.expose_text(), age)
    }

    /// As `Set-Cookie` makes a browser remember.
    pub(crate) fn remember_device(self, token: &DeviceToken) -> String {
        let age = SessionPolicy::STANDARD.device.as_secs();
        self.set(self.device_name(), &token.expose_text(), age)
    }

    /// As `Set-Cookie` takes a session out of a browser: ours, and what a program may have set.
    pub(crate) fn end_session(self) -> [String; 2] {
        [self.set(self.session_name(), "", 0), self.set(TOKEN, "", 0)]
    }

    fn set(self, name: &str, value: &str, age: u64) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}")
    }
}

/// The value of a cookie that stands once. Of two nobody can tell which one is ours.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(own, _)| *own == name)
        .map(|(_, value)| value);
    let (value, None) = (values.next()?, values.next()) else { return None };
    Some(value)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const ONE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const OTHER: &str = "__________________________________________8";

    fn session(secure: bool, cookies: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(COOKIE, HeaderValue::from_str(cookie).unwrap());
        }
        Cookies::new(secure).session(&headers).map(|token| token.expose_text().to_string())
    }

    #[test]
    fn the_session_is_in_our_own_cookie_or_in_the_one_of_a_program() {
        let one = Some(ONE.to_owned());
        assert_eq!(session(false, &[&format!("a=b; session={ONE}")]), one);
        assert_eq!(session(true, &[&format!("__Host-session={ONE};a=b")]), one);
        for secure in [false, true] {
            assert_eq!(session(secure, &[&format!("token={ONE}")]), one);
            assert_eq!(session(secure, &["a=b", &format!("token={ONE}")]), one);
            assert_eq!(session(secure, &[]), None);
        }
        assert_eq!(session(false, &[&format!("token={OTHER}; session={ONE}")]), one, "ours comes first");
        // Another program on this machine may use the name: its cookie is none of ours.
        assert_eq!(session(false, &[&format!("session=eyJhbGciOi; token={ONE}")]), one);
    }

    #[test]
    fn over_tls_a_name_that_a_neighbour_can_plant_is_not_read() {
        assert_eq!(session(true, &[&format!("session={ONE}")]), None);
        assert_eq!(session(false, &[&format!("__Host-session={ONE}")]), None);
    }

    #[test]
    fn of_two_cookies_of_one_name_none_is_believed() {
        assert_eq!(session(false, &[&format!("session={ONE}; session={OTHER}")]), None);
        assert_eq!(session(false, &[&format!("session={ONE}"), &format!("session={ONE}")]), None);
        for odd in
            ["session", "session=", " session =x", &format!("session=\"{ONE}\""), &format!("Session={ONE}")]
        {
            assert_eq!(session(false, &[odd]), None, "{odd}");
        }
    }

    #[test]
    fn cookies_are_set_so_that_no_script_and_no_other_site_uses_them() {
        let token: SessionToken = ONE.parse().unwrap();
        let device: DeviceToken = OTHER.parse().unwrap();
        let (plain, secure) = (Cookies::new(false), Cookies::new(true));
        assert_eq!(
            plain.begin_session(&token),
            format!("session={ONE}; Path=/; Max-Age=57600; HttpOnly; SameSite=Strict")
        );
        assert_eq!(
            secure.begin_session(&token),
            format!("__Host-session={ONE}; Path=/; Max-Age=57600; HttpOnly; SameSite=Strict; Secure")
        );
        assert_eq!(
            secure.remember_device(&device),
            format!("__Host-device={OTHER}; Path=/; Max-Age=7776000; HttpOnly; SameSite=Strict; Secure")
        );
        assert_eq!(
            plain.end_session(),
            ["session", "token"].map(|name| format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"))
        );
    }
}
