//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): what a caller names one create by, so that asking for
//! it again after a lost answer makes nothing new.
//!
//! The header is a structured field (RFC 9651), a string: `Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324"`.
//! Many callers leave the quotes out, and where that cannot be misread it is as good. A form of ours has a field instead.
//!
//! The value is a secret: it is in no log, no address and no answer.

use http::HeaderMap;
use http::header::HeaderName;
use keys_core::{IdempotencyKey, ParseIdempotencyKeyError};
use zeroize::Zeroizing;

use crate::problem::Problem;

/// The header.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The field of our forms, in their body and nowhere else: an address is written down in too many places.
pub(crate) const FORM_FIELD: &str = "_idempotencyKey";

/// What a request says of its idempotency key. Only where something is made does it count, so only there is it looked
/// at.
#[derive(Debug, Clone, Default)]
pub(crate) enum Idempotency {
    /// Nothing.
    #[default]
    Absent,
    /// This key.
    Given(IdempotencyKey),
    /// What is none.
    Wrong(Wrong),
}

/// What is wrong with an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// No structured string, and nothing that could be meant as one.
    Malformed,
    /// A string that is no key.
    NoKey,
    /// Two that differ.
    Differing,
}

impl Idempotency {
    /// Reads the header.
    pub(crate) fn of_header(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(IDEMPOTENCY_KEY).iter();
        lines.fold(Self::Absent, |all, line| all.and(Self::of_item(line.as_bytes())))
    }

    /// Reads the field of a form.
    pub(crate) fn of_form(text: &str) -> Self {
        Self::of_text(text)
    }

    /// Both, which must be the same where there are two.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, one) | (one, Self::Absent) => one,
            (Self::Wrong(wrong), _) | (_, Self::Wrong(wrong)) => Self::Wrong(wrong),
            (Self::Given(one), Self::Given(other)) if one.expose() == other.expose() => Self::Given(one),
            (Self::Given(_), Self::Given(_)) => Self::Wrong(Wrong::Differing),
        }
    }

    /// The key, if there is one.
    ///
    /// # Errors
    ///
    /// [`Problem::BadRequest`].
    pub(crate) fn key(&self) -> Result<Option<&IdempotencyKey>, Problem> {
        match self {
            Self::Absent => Ok(None),
            Self::Given(key) => Ok(Some(key)),
            Self::Wrong(Wrong::Malformed) => Err(Problem::BadRequest(
                "`Idempotency-Key` is one string, in double quotes or without a quote, comma, semicolon, backslash or \
                 space in it; nothing was done",
            )),
            Self::Wrong(Wrong::NoKey) => Err(Problem::BadRequest(
                "`Idempotency-Key` has 22 to 255 printable characters of ASCII, chosen at random for each create, such \
                 as a UUID; nothing was done",
            )),
            Self::Wrong(Wrong::Differing) => {
                Err(Problem::BadRequest("`Idempotency-Key` stands there twice and differs; nothing was done"))
            }
        }
    }

    fn of_text(text: &str) -> Self {
        match text.parse() {
            Ok(key) => Self::Given(key),
            Err(ParseIdempotencyKeyError::Length | ParseIdempotencyKeyError::Character | _) => {
                Self::Wrong(Wrong::NoKey)
            }
        }
    }

    /// Reads one line: a string of structured fields, without parameters, or a bare word.
    fn of_item(line: &[u8]) -> Self {
        let line = trim(line);
        let text = match line.strip_prefix(b"\"") {
            Some(quoted) => unquote(quoted),
            None => bare(line),
        };
        text.map_or(Self::Wrong(Wrong::Malformed), |text| Self::of_text(&text))
    }
}

/// Without the spaces and tabs around it.
fn trim(line: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let begin = line.iter().position(|byte| !blank(byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !blank(byte)).map_or(begin, |last| last + 1);
    line.get(begin..end).unwrap_or_default()
}

/// What stands between the quote that was taken off and the last character, which must be the other.
fn unquote(quoted: &[u8]) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(quoted.len()));
    let mut bytes = quoted.iter().copied();
    loop {
        match bytes.next()? {
            b'"' => break,
            b'\\' => match bytes.next()? {
                escaped @ (b'"' | b'\\') => text.push(char::from(escaped)),
                _ => return None,
            },
            byte @ b' '..=b'~' => text.push(char::from(byte)),
            _ => return None,
        }
    }
    bytes.next().is_none().then_some(text)
}

/// A word in which nothing could be a quote, a list, a parameter or an escape.
fn bare(word: &[u8]) -> Option<Zeroizing<String>> {
    let plain = |byte: &u8| matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b',' | b';' | b'\\');
    let is_word = !word.is_empty() && word.iter().all(plain);
    is_word.then(|| Zeroizing::new(word.iter().copied().map(char::from).collect()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const UUID: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

    fn read(lines: &[&[u8]]) -> Result<Option<String>, Wrong> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(IDEMPOTENCY_KEY, HeaderValue::from_bytes(line).unwrap());
        }
        match Idempotency::of_header(&headers) {
            Idempotency::Absent => Ok(None),
            Idempotency::Given(key) => Ok(Some(key.expose().to_owned())),
            Idempotency::Wrong(wrong) => Err(wrong),
        }
    }

    #[test]
    fn a_string_is_read_with_its_quotes_and_without() {
        for line in [UUID.to_owned(), format!("\"{UUID}\""), format!("  {UUID}\t"), format!(" \"{UUID}\" ")] {
            assert_eq!(read(&[line.as_bytes()]), Ok(Some(UUID.to_owned())), "{line}");
        }
        assert_eq!(read(&[]), Ok(None));
        // Inside quotes everything printable can stand.
        let line = br#""a \"quoted\" \\ and, well; long one""#;
        assert_eq!(read(&[line]), Ok(Some("a \"quoted\" \\ and, well; long one".to_owned())));
        let base64 = "n0tGJw+8zEGpXk/5m2c0Ww==";
        assert_eq!(read(&[base64.as_bytes()]), Ok(Some(base64.to_owned())));
    }

    #[test]
    fn what_is_no_string_is_refused() {
        let malformed = [
            "",
            " ",
            "\"",
            "\"\" x",
            &format!("\"{UUID}"),
            &format!("{UUID}\""),
            &format!("\"{UUID}\" \"{UUID}\""),
            &format!("\"{UUID}\", \"{UUID}\""),
            &format!("{UUID}, {UUID}"),
            &format!("{UUID},{UUID}"),
            &format!("\"{UUID}\";a=1"),
            &format!("{UUID};a=1"),
            &format!("{UUID} {UUID}"),
            &format!("{UUID}\\\\"),
            &format!("\"{UUID}\\n\""),
            &format!("\"{UUID}\\"),
            &format!("\"{UUID}\t\""),
        ];
        for line in malformed {
            assert_eq!(read(&[line.as_bytes()]), Err(Wrong::Malformed), "{line:?}");
        }
        for line in
            [&b"\"8e03978e-40d5-43dd-bc93-6894a57f\xe4\""[..], b"8e03978e-40d5-43dd-bc93-6894a57f\xe4"]
        {
            assert_eq!(read(&[line]), Err(Wrong::Malformed));
        }
        for length in [1, 21, 256, 5_000] {
            let word = "x".repeat(length);
            assert_eq!(read(&[word.as_bytes()]), Err(Wrong::NoKey), "{length}");
            assert_eq!(read(&[format!("\"{word}\"").as_bytes()]), Err(Wrong::NoKey), "{length}");
        }
        assert_eq!(read(&[b"\"\""]), Err(Wrong::NoKey));
    }

    #[test]
    fn repeated_it_must_be_the_same() {
        let quoted = format!("\"{UUID}\"");
        let other = UUID.replace('8', "9");
        let same: [&[&[u8]]; 2] = [&[UUID.as_bytes(); 3], &[UUID.as_bytes(), quoted.as_bytes()]];
        for lines in same {
            assert_eq!(read(lines), Ok(Some(UUID.to_owned())));
        }
        assert_eq!(read(&[UUID.as_bytes(), other.as_bytes()]), Err(Wrong::Differing));
        assert_eq!(read(&[UUID.as_bytes(), b""]), Err(Wrong::Malformed));
        assert_eq!(read(&[b"short", UUID.as_bytes()]), Err(Wrong::NoKey));
        let (form, header) = (Idempotency::of_form(UUID), Idempotency::of_form(&other));
        assert!(matches!(form.clone().and(header), Idempotency::Wrong(Wrong::Differing)));
        assert!(matches!(form.and(Idempotency::Absent), Idempotency::Given(_)));
    }

    #[test]
    fn nothing_that_is_refused_is_repeated() {
        for (wrong, _) in [(Wrong::Malformed, ()), (Wrong::NoKey, ()), (Wrong::Differing, ())] {
            let problem = Idempotency::Wrong(wrong).key().unwrap_err();
            assert!(matches!(problem, Problem::BadRequest(_)));
        }
        let given = Idempotency::of_form(UUID);
        assert!(!format!("{given:?}").contains("8e03978e"));
    }

    /// A string as structured fields write it.
    fn written(text: &str) -> String {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn every_key_is_read_as_it_was_written(text in "[ -~]{22,255}") {
            prop_assert_eq!(read(&[written(&text).as_bytes()]), Ok(Some(text)));
        }

        #[test]
        fn any_bytes_are_one_key_or_none(
            lines in proptest::collection::vec(proptest::collection::vec(0x20..=0xffu8, 0..40), 0..3),
        ) {
            let valid = |line: &&Vec<u8>| HeaderValue::from_bytes(line).is_ok();
            let lines: Vec<&[u8]> = lines.iter().filter(valid).map(Vec::as_slice).collect();
            if let Ok(Some(key)) = read(&lines) {
                // What is read is what is written, whichever way: nothing has a third spelling.
                for line in lines {
                    let line = trim(line);
                    prop_assert!(line == key.as_bytes() || line == written(&key).as_bytes());
                }
            }
        }

        #[test]
        fn near_misses_are_one_key_or_none(
            text in "[ -~]{22,40}",
            at in any::<prop::sample::Index>(),
            byte in 0x20..=0x7eu8,
        ) {
            let mut line = written(&text).into_bytes();
            let at = at.index(line.len());
            line[at] = byte;
            if let Ok(Some(key)) = read(&[&line]) {
                let line = trim(&line);
                prop_assert!(line == key.as_bytes() || line == written(&key).as_bytes());
            }
        }
    }
}
