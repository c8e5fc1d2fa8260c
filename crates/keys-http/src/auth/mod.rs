//! What a caller presents, read from the headers and from nowhere else: never from an address.
//!
//! A browser sends its cookie along with whatever else it is told to send, so a cookie counts only where `Authorization` and
//! `X-API-Key` say nothing.

mod cookies;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use keys_core::{Credential, SessionToken};
use zeroize::Zeroizing;

pub(crate) use self::cookies::Cookies;

use crate::problem::Problem;

/// The most bytes of a decoded Basic credential; ours have 61.
const MAX_BASIC: usize = 256;

/// What a caller presents.
#[derive(Debug)]
pub(crate) enum Presented {
    /// Nothing.
    Nothing,
    /// Something that can be no key of ours.
    Malformed,
    /// A pair, not yet verified.
    Pair(Credential),
    /// A token of a session, not yet verified.
    Session {
        /// The token.
        token: SessionToken,
        /// The environment that is named in the place of a user name, as it was written.
        project: Option<String>,
    },
}

impl Presented {
    const fn session(token: SessionToken) -> Self {
        Self::Session { token, project: None }
    }
}

impl Presented {
    /// Reads `Authorization` (Basic, or Bearer with a joined pair or the token of a session), `X-API-Key` (a joined pair),
    /// and, where neither says anything, the cookies.
    ///
    /// # Errors
    ///
    /// [`Problem::BadRequest`] when both are there and differ: whoever put one of them there must not be shadowed.
    pub(crate) fn read(headers: &HeaderMap, cookies: Cookies) -> Result<Self, Problem> {
        let authorization = match single(headers, AUTHORIZATION.as_str()) {
            Ok(value) => value.map_or(Self::Nothing, authorization),
            Err(Repeated) => Self::Malformed,
        };
        let api_key = match single(headers, "x-api-key") {
            Ok(value) => value.map_or(Self::Nothing, joined),
            Err(Repeated) => Self::Malformed,
        };
        match (authorization, api_key) {
            (Self::Nothing, Self::Nothing) => {
                Ok(cookies.session(headers).map_or(Self::Nothing, Self::session))
            }
            (presented, Self::Nothing) | (Self::Nothing, presented) => Ok(presented),
            (Self::Pair(one), Self::Pair(other)) if *one.expose_joined() == *other.expose_joined() => {
                Ok(Self::Pair(one))
            }
            _ => Err(Problem::BadRequest("`Authorization` and `X-API-Key` differ: send one of them")),
        }
    }
}

struct Repeated;

/// The value of a header that stands at most once; an empty one is as good as none.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h [u8]>, Repeated> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().map(|value| value.as_bytes().trim_ascii()).filter(|value| !value.is_empty());
    if values.next().is_some() { Err(Repeated) } else { Ok(value) }
}

/// Two words: the scheme in any letter case, and what it says.
fn authorization(value: &[u8]) -> Presented {
    let mut words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (Some(scheme), Some(said), None) = (words.next(), words.next(), words.next()) else {
        return Presented::Malformed;
    };
    if scheme.eq_ignore_ascii_case(b"basic") {
        basic(said).unwrap_or(Presented::Malformed)
    } else if scheme.eq_ignore_ascii_case(b"bearer") {
        token(said).map_or_else(|| joined(said), Presented::session)
    } else {
        Presented::Malformed
    }
}

/// RFC 7617: base64 of user, colon, password; the first colon splits, control characters are invalid in both.
///
/// The user `x-api-bearer`, or `x-api-bearer=` and an environment, stands before the token of a session.
fn basic(said: &[u8]) -> Option<Presented> {
    if said.len() > MAX_BASIC.div_ceil(3) * 4 {
        return None;
    }
    let decoded = Zeroizing::new(STANDARD.decode(said).ok()?);
    let pair = std::str::from_utf8(&decoded).ok().filter(|pair| pair.len() <= MAX_BASIC)?;
    let (access_key, secret_key) = pair.split_once(':')?;
    if pair.chars().any(char::is_control) {
        return None;
    }
    if let Some(project) = access_key.strip_prefix("x-api-bearer") {
        let project = match project.strip_prefix('=') {
            Some(project) => Some(project.to_owned()).filter(|project| !project.is_empty()),
            None if project.is_empty() => None,
            None => return None,
        };
        return Some(Presented::Session { token: secret_key.parse().ok()?, project });
    }
    Credential::parse(access_key, secret_key).ok().map(Presented::Pair)
}

/// The token of a session: no joined pair has its length.
fn token(said: &[u8]) -> Option<SessionToken> {
    std::str::from_utf8(said).ok()?.parse().ok()
}

fn joined(said: &[u8]) -> Presented {
    std::str::from_utf8(said)
        .ok()
        .and_then(|said| Credential::parse_joined(said).ok())
        .map_or(Presented::Malformed, Presented::Pair)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;

    fn credential() -> Credential {
        Credential::generate(&mut ChaCha20Rng::seed_from_u64(1)).unwrap()
    }

    fn headers(entries: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in entries {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn read(headers: &HeaderMap) -> Result<Presented, Problem> {
        Presented::read(headers, Cookies::new(false))
    }

    const TOKEN: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    /// The token of a session, and the environment beside it.
    fn session(entries: &[(&'static str, &str)]) -> Option<(String, Option<String>)> {
        match read(&headers(entries)).unwrap() {
            Presented::Session { token, project } => Some((token.expose_text().to_string(), project)),
            Presented::Nothing | Presented::Malformed | Presented::Pair(_) => None,
        }
    }

    #[test]
    fn a_session_is_read_from_each_of_its_places() {
        let bearer = format!("Bearer {TOKEN}");
        let user = |user: &str| encode(&format!("{user}:{TOKEN}"));
        let cookie = format!("session={TOKEN}");
        let of = |project: Option<&str>| Some((TOKEN.to_owned(), project.map(ToOwned::to_owned)));
        assert_eq!(session(&[("authorization", &bearer)]), of(None));
        assert_eq!(session(&[("authorization", &user("x-api-bearer"))]), of(None));
        assert_eq!(session(&[("authorization", &user("x-api-bearer="))]), of(None));
        assert_eq!(session(&[("authorization", &user("x-api-bearer=1a5"))]), of(Some("1a5")));
        assert_eq!(session(&[("cookie", &cookie)]), of(None));
        assert_eq!(session(&[("cookie", &cookie), ("authorization", " ")]), of(None));
        for other in [user("x-api-bearers"), user("X-API-BEARER"), encode(&format!("x-api-bearer:{TOKEN}x"))]
        {
            assert_eq!(session(&[("authorization", &other)]), None, "{other}");
        }
        // A token is none of a key.
        assert_eq!(session(&[("x-api-key", TOKEN)]), None);
    }

    #[test]
    fn a_cookie_counts_only_where_nothing_else_is_said() {
        let cookie = format!("session={TOKEN}");
        let with = |authorization: &str| {
            read(&headers(&[("cookie", &cookie), ("authorization", authorization)])).unwrap()
        };
        assert!(is_pair(&with(&encode(&pair()))));
        assert!(matches!(with(&encode("None:None")), Presented::Malformed));
        let key = credential().expose_joined().to_string();
        assert!(is_pair(&read(&headers(&[("cookie", &cookie), ("x-api-key", &key)])).unwrap()));
        // A session and a key that are both said outright differ.
        let both = headers(&[("authorization", &format!("Bearer {TOKEN}")), ("x-api-key", &key)]);
        assert!(matches!(read(&both), Err(Problem::BadRequest(_))));
    }

    fn encode(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    fn pair() -> String {
        let credential = credential();
        format!("{}:{}", credential.access_key(), credential.secret_key().expose())
    }

    fn is_pair(presented: &Presented) -> bool {
        matches!(presented, Presented::Pair(read) if *read.expose_joined() == *credential().expose_joined())
    }

    #[test]
    fn a_pair_is_read_from_each_of_its_places() {
        let joined = credential().expose_joined().to_string();
        let basic = encode(&pair());
        for entries in [
            vec![("authorization", basic.as_str())],
            vec![("authorization", &basic.replace("Basic ", "bAsIc   "))],
            vec![("authorization", &format!("Bearer {joined}"))],
            vec![("x-api-key", &joined)],
            vec![("x-api-key", &joined), ("authorization", &basic)],
            vec![("x-api-key", &joined), ("authorization", "")],
        ] {
            assert!(is_pair(&read(&headers(&entries)).unwrap()), "{entries:?}");
        }
    }

    #[test]
    fn no_header_is_nothing() {
        assert!(matches!(read(&HeaderMap::new()), Ok(Presented::Nothing)));
        assert!(matches!(read(&headers(&[("authorization", "  ")])), Ok(Presented::Nothing)));
    }

    #[test]
    fn what_can_be_no_key_is_malformed() {
        let basic = encode(&pair());
        let long = encode(&format!("{}{}", pair(), "x".repeat(300)));
        let bearer = format!("Bearer {}", "x".repeat(64));
        for value in [
            "Basic",
            "Basic !!!",
            &format!("{basic} more"),
            &format!("{basic}="),
            &encode("None:None"),
            &encode(":"),
            &encode("nocolon"),
            &encode(&format!("{}\n", pair())),
            &encode(&pair().replace(':', "")),
            &long,
            &bearer,
            "Bearer kc_",
            "Digest x",
            &credential().expose_joined(),
        ] {
            let read = read(&headers(&[("authorization", value)])).unwrap();
            assert!(matches!(read, Presented::Malformed), "{value}");
        }
        let twice = headers(&[("authorization", &basic), ("authorization", &basic)]);
        assert!(matches!(read(&twice), Ok(Presented::Malformed)));
        assert!(matches!(read(&headers(&[("x-api-key", "abc")])), Ok(Presented::Malformed)));
    }

    #[test]
    fn two_headers_that_differ_are_refused() {
        let other = Credential::generate(&mut ChaCha20Rng::seed_from_u64(2)).unwrap();
        let entries = [("authorization", encode(&pair())), ("x-api-key", other.expose_joined().to_string())];
        let differing = headers(&entries.each_ref().map(|(name, value)| (*name, value.as_str())));
        assert!(matches!(read(&differing), Err(Problem::BadRequest(_))));
        let half = headers(&[("authorization", &entries[0].1), ("x-api-key", "abc")]);
        assert!(matches!(read(&half), Err(Problem::BadRequest(_))));
    }
}
