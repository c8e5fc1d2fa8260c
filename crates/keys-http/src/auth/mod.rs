//! What a caller presents, read from the headers and from nowhere else: never from an address.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use keys_core::Credential;
use zeroize::Zeroizing;

use crate::problem::Problem;

/// The most bytes of a decoded Basic credential; ours have 61.
const MAX_BASIC: usize = 256;

/// What a caller presents.
#[derive(Debug, Clone)]
pub(crate) enum Presented {
    /// Nothing.
    Nothing,
    /// Something that can be no key of ours.
    Malformed,
    /// A pair, not yet verified.
    Pair(Credential),
}

impl Presented {
    /// Reads `Authorization` (Basic, or Bearer with a joined pair) and `X-API-Key` (a joined pair).
    ///
    /// # Errors
    ///
    /// [`Problem::BadRequest`] when both are there and differ: whoever put one of them there must not be shadowed.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let authorization = match single(headers, AUTHORIZATION.as_str()) {
            Ok(value) => value.map_or(Self::Nothing, authorization),
            Err(Repeated) => Self::Malformed,
        };
        let api_key = match single(headers, "x-api-key") {
            Ok(value) => value.map_or(Self::Nothing, joined),
            Err(Repeated) => Self::Malformed,
        };
        match (authorization, api_key) {
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
        basic(said).map_or(Presented::Malformed, Presented::Pair)
    } else if scheme.eq_ignore_ascii_case(b"bearer") {
        joined(said)
    } else {
        Presented::Malformed
    }
}

/// RFC 7617: base64 of user, colon, password; the first colon splits, control characters are invalid in both.
fn basic(said: &[u8]) -> Option<Credential> {
    if said.len() > MAX_BASIC.div_ceil(3) * 4 {
        return None;
    }
    let decoded = Zeroizing::new(STANDARD.decode(said).ok()?);
    let pair = std::str::from_utf8(&decoded).ok().filter(|pair| pair.len() <= MAX_BASIC)?;
    let (access_key, secret_key) = pair.split_once(':')?;
    if pair.chars().any(char::is_control) {
        return None;
    }
    Credential::parse(access_key, secret_key).ok()
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
            assert!(is_pair(&Presented::read(&headers(&entries)).unwrap()), "{entries:?}");
        }
    }

    #[test]
    fn no_header_is_nothing() {
        assert!(matches!(Presented::read(&HeaderMap::new()), Ok(Presented::Nothing)));
        assert!(matches!(Presented::read(&headers(&[("authorization", "  ")])), Ok(Presented::Nothing)));
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
            let read = Presented::read(&headers(&[("authorization", value)])).unwrap();
            assert!(matches!(read, Presented::Malformed), "{value}");
        }
        let twice = headers(&[("authorization", &basic), ("authorization", &basic)]);
        assert!(matches!(Presented::read(&twice), Ok(Presented::Malformed)));
        assert!(matches!(Presented::read(&headers(&[("x-api-key", "abc")])), Ok(Presented::Malformed)));
    }

    #[test]
    fn two_headers_that_differ_are_refused() {
        let other = Credential::generate(&mut ChaCha20Rng::seed_from_u64(2)).unwrap();
        let entries = [("authorization", encode(&pair())), ("x-api-key", other.expose_joined().to_string())];
        let differing = headers(&entries.each_ref().map(|(name, value)| (*name, value.as_str())));
        assert!(matches!(Presented::read(&differing), Err(Problem::BadRequest(_))));
        let half = headers(&[("authorization", &entries[0].1), ("x-api-key", "abc")]);
        assert!(matches!(Presented::read(&half), Err(Problem::BadRequest(_))));
    }
}
