//! The finder: every credential that was planted is found where it is, nothing else is, however the text is cut.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot be set up has failed"
)]

use keys_core::{
    AccessKey, Credential, Encoding, Finder, Finding, FindingKind, SecretKey, Shape, strategies,
};
use proptest::prelude::*;

/// Every place where 40 bytes are a secret key, looked for as simply as can be.
fn secret_keys(text: &[u8]) -> Vec<u64> {
    let is_secret = |window: &[u8]| {
        let text = std::str::from_utf8(window);
        text.is_ok_and(|text| SecretKey::parse_shape(text, Shape::Native).is_ok())
    };
    let windows = text.windows(SecretKey::LENGTH).zip(0..);
    windows.filter(|(window, _)| is_secret(window)).map(|(_, at)| at).collect()
}

fn in_chunks(text: &[u8], sizes: &[usize]) -> Vec<Finding> {
    let (mut finder, mut findings, mut rest) = (Finder::new(), Vec::new(), text);
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, behind) = rest.split_at((*size).min(rest.len()));
        findings.extend(finder.feed(chunk));
        rest = behind;
    }
    findings.extend(finder.finish());
    findings
}

/// Base64 as RFC 4648 has it, without padding.
fn base64(bytes: &[u8], last_two: [u8; 2]) -> String {
    let mut alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".to_vec();
    alphabet.extend(last_two);
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().chain(&[0; 2]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        for six in 0..=group.len() {
            text.push(char::from(alphabet[bits >> (18 - 6 * six) & 63]));
        }
    }
    text
}

/// Text with credentials in it, in base64 and in lines.
fn mail() -> impl Strategy<Value = Vec<u8>> {
    let parts = prop::collection::vec((strategies::native_credential(), "[ -~\n]{0,90}"), 1..4);
    (parts, 50_usize..80, prop_oneof![Just("\n"), Just("\r\n  ")]).prop_map(|(parts, width, line_end)| {
        let text: String = parts
            .iter()
            .map(|(pair, text)| format!("{} {text}{}\n", pair.access_key(), pair.secret_key().expose()))
            .collect();
        folded(&base64(text.as_bytes(), *b"+/"), width, line_end).into_bytes()
    })
}

/// What may stand around a credential, and is none: bytes, text, words without an end, base64 of anything.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let text =
        |pattern| proptest::string::string_regex(pattern).expect("a pattern").prop_map(String::into_bytes);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..600),
        text("[a-z ,.\n]{0,600}"),
        text("[0-9A-Za-z]{0,600}"),
        text("0{0,300}z{0,300}"),
        prop::collection::vec(any::<u8>(), 0..600).prop_map(|bytes| base64(&bytes, *b"+/").into_bytes()),
        (prop::collection::vec(any::<u8>(), 0..600), 50_usize..80).prop_map(|(bytes, width)| folded(
            &base64(&bytes, *b"+/"),
            width,
            "\n"
        )
        .into_bytes()),
    ]
}

/// A credential as it may be written, and what a finding of it says: how far in it begins, and what it is.
#[derive(Debug, Clone)]
struct Planted {
    text: Vec<u8>,
    kind: FindingKind,
    encoding: Encoding,
    access_key: Option<AccessKey>,
}

fn planted() -> impl Strategy<Value = Planted> {
    let encodings = prop_oneof![
        3 => Just(None),
        1 => (0_usize..3, prop_oneof![Just(*b"+/"), Just(*b"-_")]).prop_map(Some),
    ];
    (strategies::native_credential(), 0..3, encodings).prop_map(|(pair, form, encoding)| {
        let (access_key, secret) = (pair.access_key(), pair.secret_key().expose());
        let (text, kind, access_key) = match form {
            0 => (secret.to_owned(), FindingKind::SecretKey, None),
            1 => (format!("{access_key}:{secret}"), FindingKind::Pair, Some(access_key)),
            _ => (pair.expose_joined().to_string(), FindingKind::Pair, Some(access_key)),
        };
        match encoding {
            None => Planted { text: text.into_bytes(), kind, encoding: Encoding::Plain, access_key },
            Some((shift, last_two)) => {
                let whole = format!("{}{text}", "\r".repeat(shift));
                // The characters that belong to what stands before it, as a whole group.
                let encoded = base64(whole.as_bytes(), last_two)[shift..].to_owned();
                Planted { text: encoded.into_bytes(), kind, encoding: Encoding::Base64, access_key }
            }
        }
    })
}

proptest! {
    #[test]
    fn what_is_found_is_every_secret_there_is_and_nothing_else(
        before in noise(),
        planted in prop::collection::vec((planted(), noise()), 0..4),
    ) {
        let mut text = before;
        let mut begins = Vec::new();
        for (planted, behind) in &planted {
            // What stands before an encoded one must not run into it: its groups would be others.
            if planted.encoding == Encoding::Base64 {
                text.push(b' ');
            }
            begins.push(text.len() as u64);
            text.extend(&planted.text);
            if planted.encoding == Encoding::Base64 {
                text.push(b'=');
            }
            text.extend(behind);
        }
        let found = Finder::find(&text);
        let plain: Vec<_> = found.iter().filter(|finding| finding.encoding == Encoding::Plain).collect();
        let secrets: Vec<_> = plain
            .iter()
            .map(|finding| finding.offset + finding.length as u64 - SecretKey::LENGTH as u64)
            .collect();
        prop_assert_eq!(secrets, secret_keys(&text));
        prop_assert_eq!(found.len(), planted.len());
        for ((finding, (planted, _)), begin) in found.iter().zip(&planted).zip(begins) {
            prop_assert_eq!((finding.offset, finding.length), (begin, planted.text.len()));
            prop_assert_eq!((finding.kind, finding.encoding), (planted.kind, planted.encoding));
            prop_assert!(planted.access_key.is_none() || finding.access_key == planted.access_key);
            let before = &text[..usize::try_from(begin).expect("it is short")];
            let lines: Vec<_> = before.split(|byte| *byte == b'\n').collect();
            let column = lines.last().map_or(0, |line| line.len()) + 1;
            prop_assert_eq!((finding.line, finding.column), (lines.len() as u64, column as u64));
        }
    }

    #[test]
    fn however_a_text_is_cut_the_answer_is_the_same(
        pieces in prop::collection::vec((prop_oneof![noise(), mail()], planted()), 0..8),
        sizes in prop::collection::vec(prop_oneof![1_usize..5, 1_usize..100, 500_usize..4_000], 1..6),
    ) {
        let text: Vec<u8> = pieces.iter().flat_map(|(noise, planted)| [noise.as_slice(), &planted.text].concat()).collect();
        prop_assert_eq!(in_chunks(&text, &sizes), Finder::find(&text));
    }
}

#[test]
fn an_access_key_as_far_away_as_can_be_is_told_in_chunks_as_well() {
    for far in 250..260 {
        let far = "\n".repeat(far);
        for text in [format!("{SECRET}{far}{ACCESS_KEY}"), format!("{ACCESS_KEY}{far}{SECRET}")] {
            for text in [base64(text.as_bytes(), *b"+/"), text] {
                let text = [text.as_str(), &" ".repeat(2_000)].concat();
                assert_eq!(in_chunks(text.as_bytes(), &[1]), Finder::find(text.as_bytes()));
            }
        }
    }
}

const ACCESS_KEY: &str = "KC7Q0WVN3TZ5H8RJ2M4X";
const OTHER: &str = "KC83G4MYSK0KX3K94XX8";
const SECRET: &str = "Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq";

/// The access key that is told beside the secret, in which `A`, `B` and `S` stand for two access keys and the secret.
fn told(text: &str) -> Option<AccessKey> {
    let expand = |character: char| match character {
        'A' => ACCESS_KEY.to_owned(),
        'B' => OTHER.to_owned(),
        'S' => SECRET.to_owned(),
        other => other.to_string(),
    };
    let text: String = text.chars().map(expand).collect();
    let findings = Finder::find(text.as_bytes());
    assert_eq!(findings.len(), 1, "{text}");
    findings[0].access_key
}

#[test]
fn the_access_key_that_stands_nearby_is_told() {
    let far = "\n".repeat(257);
    let near = "\n".repeat(256);
    let table = [
        ("S".to_owned(), None),
        ("machine 127.0.0.1 login A password S".to_owned(), Some(ACCESS_KEY)),
        ("{\"x\":\"A\",\n\"y\":\"S\"}".to_owned(), Some(ACCESS_KEY)),
        ("a=A\ns=S\na=B\n".to_owned(), Some(ACCESS_KEY)),
        ("B\nS,A\nB".to_owned(), Some(ACCESS_KEY)),
        ("B A,S,B".to_owned(), Some(ACCESS_KEY)),
        ("s=S\na=A\na=B".to_owned(), Some(ACCESS_KEY)),
        (format!("A{far}S{far}B"), None),
        (format!("A{near}S"), Some(ACCESS_KEY)),
        ("kc_A_S".to_owned(), Some(ACCESS_KEY)),
        ("KC7Q0WVN3TZ5H8RJ2M4U S".to_owned(), None),
    ];
    for (text, access_key) in table {
        let expected = access_key.map(|text| text.parse().expect("an access key"));
        assert_eq!(told(&text), expected, "{text}");
    }
}

#[test]
fn the_access_key_of_an_encoded_secret_is_looked_for_in_what_it_is_encoded_with_and_around() {
    let inside = base64(format!("login: {ACCESS_KEY}\npassword: {SECRET}\n").as_bytes(), *b"+/");
    let outside = format!("login: {OTHER}\npassword: {}\n", base64(SECRET.as_bytes(), *b"+/"));
    for (text, access_key) in [(inside, ACCESS_KEY), (outside, OTHER)] {
        let findings = Finder::find(text.as_bytes());
        assert_eq!(findings.len(), 1, "{text}");
        assert_eq!(findings[0].access_key, access_key.parse().ok(), "{text}");
        assert_eq!((findings[0].kind, findings[0].encoding), (FindingKind::SecretKey, Encoding::Base64));
    }
}

#[test]
fn a_secret_is_found_inside_what_was_escaped_and_inside_longer_words() {
    let pair = format!("kc_{ACCESS_KEY}_{SECRET}");
    for around in
        ["\\n{}\\n", "%3A{}%0A", "x{}y", "u00e9{}", "kc_{}", "a=kc_kc_{}_kc", "\0{}\0", "\u{feff}{}"]
    {
        for (credential, kind) in [(SECRET, FindingKind::SecretKey), (pair.as_str(), FindingKind::Pair)] {
            let text = around.replace("{}", credential);
            let findings = Finder::find(text.as_bytes());
            assert_eq!(findings.len(), 1, "{text:?}");
            assert_eq!(findings[0].kind, kind, "{text:?}");
            assert_eq!(usize::try_from(findings[0].offset).ok(), text.find(credential), "{text:?}");
        }
    }
}

/// The groups of four were once counted from the beginning of the text only, so that one cut off there hid the secret.
#[test]
fn base64_may_begin_in_the_middle_of_a_group() {
    for shift in 0..3 {
        let whole = base64(format!("{}{SECRET}", "\r".repeat(shift)).as_bytes(), *b"+/");
        let findings = Finder::find(&whole.as_bytes()[shift..]);
        assert_eq!(findings.len(), 1, "{shift}");
        assert_eq!((findings[0].offset, findings[0].encoding), (0, Encoding::Base64));
    }
}

/// Base64 in lines of so many characters, each with this before it.
fn folded(encoded: &str, width: usize, line_end: &str) -> String {
    let lines: Vec<_> = encoded.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line)).collect();
    lines.join(line_end)
}

#[test]
fn base64_may_be_broken_into_lines() {
    let pair = format!("{ACCESS_KEY}:{SECRET}");
    for width in [54, 56, 60, 64, 72, 76, 100] {
        for line_end in ["\n", "\r\n", "\n    ", "\r\n\t"] {
            for before in 0..=2 * width {
                let whole = format!("{}{pair}{}", ".".repeat(before), ".".repeat(20));
                let text =
                    format!("data:\n{}==\n", folded(&base64(whole.as_bytes(), *b"+/"), width, line_end));
                let findings = Finder::find(text.as_bytes());
                assert_eq!(findings.len(), 1, "{text}");
                let finding = findings[0];
                assert_eq!((finding.kind, finding.encoding), (FindingKind::Pair, Encoding::Base64), "{text}");
                assert_eq!(finding.access_key, ACCESS_KEY.parse().ok());
                let offset = usize::try_from(finding.offset).expect("it is short");
                // A pair is told from its access key on where both begin on one line, else from its secret key on.
                let character = |byte: usize| byte / 3 * 4 + byte % 3;
                let [pair_begins, secret_begins] = [before, before + AccessKey::LENGTH + 1].map(character);
                let on_one_line = pair_begins / width == secret_begins / width;
                let begins = if on_one_line { pair_begins } else { secret_begins };
                assert_eq!(offset, "data:\n".len() + begins + begins / width * line_end.len(), "{text}");
                let place = &text[..offset];
                let line_begin = place.rfind('\n').map_or(0, |end| end + 1);
                assert_eq!(finding.line, place.matches('\n').count() as u64 + 1, "{text}");
                assert_eq!(finding.column, (offset - line_begin) as u64 + 1, "{text}");
                // What was written there is no longer found when it is taken out.
                let rest = [place, &text[offset + finding.length..]].concat();
                assert!(Finder::find(rest.as_bytes()).is_empty(), "{text}");
                assert_eq!(in_chunks(text.as_bytes(), &[1]), findings);
            }
        }
    }
}

#[test]
fn the_access_key_of_a_secret_that_is_broken_over_lines_may_stand_lines_before() {
    let text = format!("KEY={ACCESS_KEY}\n#{}\nSECRET={SECRET}\n", "-".repeat(150));
    for before in 0..80 {
        let encoded = base64(format!("{}{text}", "\n".repeat(before)).as_bytes(), *b"+/");
        let findings = Finder::find(folded(&encoded, 76, "\n").as_bytes());
        assert_eq!(findings.len(), 1, "{encoded}");
        assert_eq!(findings[0].access_key, ACCESS_KEY.parse().ok(), "{before}");
    }
}

#[test]
fn what_is_almost_a_secret_is_none() {
    for at in 0..SecretKey::LENGTH {
        for instead in ["0", "z", "-", "+", "\0"] {
            let mut text = SECRET.to_owned();
            text.replace_range(at..=at, instead);
            assert_eq!(Finder::find(text.as_bytes()).len(), usize::from(text == SECRET), "{text}");
        }
    }
    for length in 0..SecretKey::LENGTH {
        assert!(Finder::find(&SECRET.as_bytes()[..length]).is_empty());
    }
}

#[test]
fn a_finder_shows_nothing_of_what_it_keeps() {
    let mut finder = Finder::new();
    assert!(finder.feed(SECRET.as_bytes()).is_empty(), "its access key may come yet");
    assert_eq!(format!("{finder:?}"), "Finder { offset: 40, .. }");
    assert_eq!(finder.finish().len(), 1);
}

#[test]
fn the_length_of_an_encoded_pair_is_what_it_takes() {
    let credential = Credential::parse(ACCESS_KEY, SECRET).expect("a pair");
    let encoded = base64(credential.expose_joined().as_bytes(), *b"+/");
    let findings = Finder::find(format!("{{\"auth\":\"{encoded}==\"}}").as_bytes());
    assert_eq!((findings[0].offset, findings[0].length), (9, encoded.len()));
}
