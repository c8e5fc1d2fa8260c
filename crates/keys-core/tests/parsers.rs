//! Every refusal of every parser.

#![expect(clippy::string_slice, reason = "a test that panics fails")]

use std::error::Error;
use std::fmt::Debug;
use std::str::FromStr;

use keys_core::{
    AccessControl, AccessKey, AccountId, AccountKind, AccountTransition, Action, AuditId, AuditLink, Creator,
    Credential, Digest, EnvironmentId, EnvironmentState, EnvironmentTransition, HashPolicy, KeyId, Keyring,
    KeyringError, LifecycleState, MemberId, Owner, ParseAccessKeyError, ParseCredentialError,
    ParseDigestError, ParseSecretKeyError, ParseSettingError, Pepper, PepperId, RequestId, Revision, Role,
    SecretKey, SettingName, Shape, Tagged, Target, Timestamp, Transition, Uuid, Via,
};

const ACCESS_KEY: &str = "KC7Q0WVN3TZ5H8RJ2M4X";
const SECRET_KEY: &str = "Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq";
const RANCHER_ACCESS_KEY: &str = "8B7D2A6C0F1E4D5A9C3B";
const RANCHER_SECRET_KEY: &str = "9xQ2mVtR7kNpLcYwZa4sHdJfGbEuT6oX3iK8nMqW";
const HEX_64: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// `text` with the character at `position` replaced.
fn with(text: &str, position: usize, character: char) -> String {
    text.chars().enumerate().map(|(at, own)| if at == position { character } else { own }).collect()
}

// ---- pairs ----------------------------------------------------------------------------------------------------------

#[test]
fn an_access_key_is_refused_for_its_length_or_a_character() {
    let refusal = |text: &str| text.parse::<AccessKey>().unwrap_err();
    for text in ["", "KC", &ACCESS_KEY[..19], &format!("{ACCESS_KEY}X"), &format!(" {ACCESS_KEY}")] {
        assert_eq!(refusal(text), ParseAccessKeyError::Length { length: text.len() });
    }
    // Length is in bytes: 19 characters of which one has two bytes are not too short, but wrong.
    assert_eq!(refusal("KC7Q0WVN3TZ5H8RJ2Mé"), ParseAccessKeyError::Character { position: 18 });
    for character in ['I', 'L', 'O', 'U', 'a', 'z', '_', ':', '-', ' ', '\0'] {
        for position in 2..20 {
            let text = with(ACCESS_KEY, position, character);
            assert_eq!(refusal(&text), ParseAccessKeyError::Character { position }, "{character:?}");
        }
    }
    for character in ['G', 'K', 'a', 'f', ':', ' '] {
        for position in 0..20 {
            let text = with(RANCHER_ACCESS_KEY, position, character);
            assert_eq!(refusal(&text), ParseAccessKeyError::Character { position }, "{character:?}");
        }
    }
    // Neither `K` alone nor `kc` makes it one of ours.
    assert_eq!(refusal("KD7Q0WVN3TZ5H8RJ2M4X"), ParseAccessKeyError::Character { position: 0 });
    assert_eq!(refusal("kc7Q0WVN3TZ5H8RJ2M4X"), ParseAccessKeyError::Character { position: 0 });
}

#[test]
fn a_secret_key_is_refused_for_its_length_a_character_or_its_checksum() {
    let native = ACCESS_KEY.parse().unwrap();
    let rancher = RANCHER_ACCESS_KEY.parse().unwrap();
    let refusal = |text: &str, beside: &AccessKey| SecretKey::parse(text, beside).unwrap_err();
    for beside in [&native, &rancher] {
        for text in ["", &SECRET_KEY[..39], &format!("{SECRET_KEY}q"), &format!(" {SECRET_KEY}")] {
            assert_eq!(refusal(text, beside), ParseSecretKeyError::Length);
        }
    }
    for position in 0..40 {
        for character in ['_', '-', ':', '/', '+', '=', ' ', '\n', '\0'] {
            assert_eq!(
                refusal(&with(SECRET_KEY, position, character), &native),
                ParseSecretKeyError::Character
            );
        }
        // What base58 leaves out, because people take one for the other.
        for character in ['0', 'O', 'I', 'l', '_', ' '] {
            assert_eq!(
                refusal(&with(RANCHER_SECRET_KEY, position, character), &rancher),
                ParseSecretKeyError::Character
            );
        }
    }
    // The rule is that of the access key beside it.
    assert_eq!(refusal(RANCHER_SECRET_KEY, &native), ParseSecretKeyError::Checksum);
    assert_eq!(refusal(SECRET_KEY, &rancher), ParseSecretKeyError::Character);
}

#[test]
fn every_single_typing_error_dies_at_the_checksum() {
    for position in 0..40 {
        for character in ('0'..='9').chain('A'..='Z').chain('a'..='z') {
            let text = with(SECRET_KEY, position, character);
            let read = SecretKey::parse_shape(&text, Shape::Native);
            if text == SECRET_KEY {
                assert!(read.is_ok());
            } else {
                assert_eq!(read.unwrap_err(), ParseSecretKeyError::Checksum, "{position} {character}");
            }
        }
    }
}

#[test]
fn every_transposition_of_neighbours_dies_at_the_checksum() {
    for position in 0..39 {
        let mut characters: Vec<char> = SECRET_KEY.chars().collect();
        characters.swap(position, position + 1);
        let text = String::from_iter(characters);
        if text != SECRET_KEY {
            let refusal = SecretKey::parse_shape(&text, Shape::Native).unwrap_err();
            assert_eq!(refusal, ParseSecretKeyError::Checksum, "{position}");
        }
    }
}

#[test]
fn a_pair_is_refused_for_the_half_that_is_wrong() {
    let refusal = |access_key, secret_key| Credential::parse(access_key, secret_key).unwrap_err();
    let access = |text: &str| ParseCredentialError::AccessKey(text.parse::<AccessKey>().unwrap_err());
    assert_eq!(refusal("", SECRET_KEY), access(""));
    assert_eq!(refusal(SECRET_KEY, ACCESS_KEY), access(SECRET_KEY));
    let secret = ParseCredentialError::SecretKey(ParseSecretKeyError::Checksum);
    assert_eq!(refusal(ACCESS_KEY, RANCHER_SECRET_KEY), secret);
}

#[test]
fn the_joined_form_is_refused_without_its_frame() {
    let joined = format!("kc_{ACCESS_KEY}_{SECRET_KEY}");
    let refusal = |text: &str| Credential::parse_joined(text).unwrap_err();
    for text in [
        "",
        "kc_",
        ACCESS_KEY,
        &format!("{ACCESS_KEY}_{SECRET_KEY}"),
        &format!("KC_{ACCESS_KEY}_{SECRET_KEY}"),
        &format!("kc-{ACCESS_KEY}-{SECRET_KEY}"),
        &format!("kc_{ACCESS_KEY}{SECRET_KEY}"),
        &format!(" {joined}"),
    ] {
        assert_eq!(refusal(text), ParseCredentialError::NotJoined, "{text}");
    }
    assert!(matches!(refusal("kc__"), ParseCredentialError::AccessKey(_)));
    for text in [format!("{joined}_"), format!("{joined} "), format!("kc_{ACCESS_KEY}_")] {
        assert_eq!(refusal(&text), ParseCredentialError::SecretKey(ParseSecretKeyError::Length));
    }
}

// ---- what is kept of a secret ---------------------------------------------------------------------------------------

const SALT: &str = "c2l4dGVlbiBieXRlIHNsdA";
const HASH: &str = "uK6BqLZTmnkuPeRHVDO/bLZ6xDReRGRYZHBAlOqUchY";

#[test]
fn a_digest_is_refused_for_its_shape_algorithm_costs_or_length() {
    let refusal = |text: &str| text.parse::<Digest>().unwrap_err();
    let long_salt = "A".repeat(65);
    for text in [
        "",
        "$",
        "argon2id",
        "$argon2id$v=19$m=8,t=1,p=1",
        &format!("$argon2id$v=19$m=8,t=1,p=1${SALT}"),
        &format!("$argon2id$v=19$m=8,t=1${SALT}${HASH}"),
        &format!("$argon2id$v=19${SALT}${HASH}"),
        &format!("$argon2id$v=19$m=8,t=1,p=1,x=1${SALT}${HASH}"),
        &format!("$argon2id$v=19$m=8,t=1,p=1,data=AAAA${SALT}${HASH}"),
        &format!("$argon2id$v=19$m=8,m=8,t=1,p=1${SALT}${HASH}"),
        &format!("$argon2id$v=19$m=-8,t=1,p=1${SALT}${HASH}"),
        &format!("$argon2id$v=19$m=08,t=1,p=1${SALT}${HASH}"),
        &format!("$argon2id$v=19$m=many,t=1,p=1${SALT}${HASH}"),
        &format!("$argon2id$v=19$m=99999999999,t=1,p=1${SALT}${HASH}"),
        &format!("$argon2id$v=19$m=8,t=1,p=1$c2hvcnQ${HASH}"),
        &format!("$argon2id$v=19$m=8,t=1,p=1${long_salt}${HASH}"),
        &format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${HASH}$more"),
        &format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${HASH}="),
        &format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${HASH}\n"),
        &format!(" $argon2id$v=19$m=8,t=1,p=1${SALT}${HASH}"),
    ] {
        assert_eq!(refusal(text), ParseDigestError::Malformed, "{text}");
    }
    for text in [
        format!("$argon2i$v=19$m=8,t=1,p=1${SALT}${HASH}"),
        format!("$argon2d$v=19$m=8,t=1,p=1${SALT}${HASH}"),
        format!("$scrypt$v=19$m=8,t=1,p=1${SALT}${HASH}"),
        format!("$argon2id$v=16$m=8,t=1,p=1${SALT}${HASH}"),
        format!("$argon2id$m=8,t=1,p=1${SALT}${HASH}"),
    ] {
        assert_eq!(refusal(&text), ParseDigestError::Algorithm, "{text}");
    }
    for costs in [
        "m=262145,t=1,p=1",
        "m=4294967295,t=1,p=1",
        "m=8,t=17,p=1",
        "m=8,t=0,p=1",
        "m=80,t=1,p=9",
        "m=8,t=1,p=0",
        "m=7,t=1,p=1",
        "m=0,t=1,p=1",
        "m=63,t=1,p=8",
    ] {
        assert_eq!(
            refusal(&format!("$argon2id$v=19${costs}${SALT}${HASH}")),
            ParseDigestError::Costs,
            "{costs}"
        );
    }
    for hash in ["uK6BqLZTmnkuPeRHVDO/bA", &format!("{HASH}AAAA")[..46]] {
        assert_eq!(
            refusal(&format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${hash}")),
            ParseDigestError::Length,
            "{hash}"
        );
    }
}

#[test]
fn a_policy_has_bounds_on_every_side() {
    let ok = |memory, passes, lanes| HashPolicy::new(memory, passes, lanes).is_some();
    assert!(ok(8, 1, 1) && ok(262_144, 16, 8) && ok(64, 1, 8));
    assert!(!ok(7, 1, 1) && !ok(262_145, 1, 1) && !ok(63, 1, 8));
    assert!(!ok(8, 0, 1) && !ok(8, 17, 1) && !ok(8, 1, 0) && !ok(1_024, 1, 9));
}

#[test]
fn a_policy_or_a_digest_is_compared_cost_by_cost() {
    let policy = |memory, passes, lanes| HashPolicy::new(memory, passes, lanes).unwrap();
    let floor = |memory, passes| policy(memory, passes, 1).meets_floor();
    assert!(floor(19_456, 2) && floor(19_457, 3));
    assert!(!floor(19_455, 2) && !floor(262_144, 1) && !HashPolicy::DANGER_CHEAP_FOR_TESTS.meets_floor());

    let digest: Digest = format!("$argon2id$v=19$m=1024,t=3,p=2${SALT}${HASH}").parse().unwrap();
    assert!(!digest.is_obsolete(policy(1_024, 3, 2)) && !digest.is_obsolete(policy(512, 2, 2)));
    assert!(digest.is_obsolete(policy(1_025, 3, 2)));
    assert!(digest.is_obsolete(policy(1_024, 4, 2)));
    assert!(digest.is_obsolete(policy(1_024, 3, 1)) && digest.is_obsolete(policy(1_024, 3, 3)));
}

#[test]
fn a_pepper_a_tag_and_a_link_are_refused_unless_they_are_exact() {
    let upper = HEX_64.to_uppercase();
    let (short, long) = (&HEX_64[1..], format!("{HEX_64}0"));
    for digits in ["", short, &long, &upper, &with(HEX_64, 63, 'g'), &with(HEX_64, 0, '+')] {
        assert!(format!("pepper-1-{digits}").parse::<Pepper>().is_err(), "{digits}");
        assert!(format!("tag-1-00c0ffee00c0ffee-{digits}").parse::<Tagged>().is_err(), "{digits}");
        assert!(digits.parse::<AuditLink>().is_err(), "{digits}");
    }
    for text in [HEX_64, &format!("pepper-2-{HEX_64}"), &format!("Pepper-1-{HEX_64}")] {
        assert!(text.parse::<Pepper>().is_err(), "{text}");
        assert!(text.replace("epper", "ag").parse::<Tagged>().is_err(), "{text}");
    }
    for id in ["", "00c0ffee00c0ffe", "00c0ffee00c0ffee0", "00C0FFEE00C0FFEE", "0x00c0ffee00c0ff"] {
        assert!(id.parse::<PepperId>().is_err(), "{id}");
        assert!(format!("tag-1-{id}-{HEX_64}").parse::<Tagged>().is_err(), "{id}");
        assert!(format!("pepper/{id}").parse::<Target>().is_err(), "{id}");
    }
}

#[test]
fn a_pepper_file_is_refused_by_line() {
    let refusal = |text: &str| text.parse::<Keyring>().unwrap_err();
    let pepper = format!("pepper-1-{HEX_64}");
    assert_eq!(refusal(""), KeyringError::Empty);
    assert_eq!(refusal("# nothing\n\n   \n"), KeyringError::Empty);
    assert_eq!(Keyring::new(Vec::new()).unwrap_err(), KeyringError::Empty);
    let repeated = KeyringError::Repeated { pepper: pepper.parse::<Pepper>().unwrap().id() };
    assert_eq!(refusal(&format!("{pepper}\n# between\n{pepper}")), repeated);
    for (text, number) in [
        ("pepper", 1),
        (&*format!("\n# comment\n{pepper} {pepper}"), 3),
        (&*format!("{pepper}\n{pepper}\nnonsense"), 3),
        (&*format!("\u{feff}{pepper}"), 1),
    ] {
        let KeyringError::Line { line, .. } = refusal(text) else { panic!("{text}") };
        assert_eq!(line, number);
    }
}

// ---- everything else ------------------------------------------------------------------------------------------------

fn refused<T: FromStr + Debug>(texts: &[&str])
where
    T::Err: Error,
{
    for text in texts {
        assert!(text.parse::<T>().is_err(), "{text:?}");
    }
}

#[test]
fn ids_have_one_text_form_only() {
    refused::<AccountId>(&[
        "", "1", "1a", "a1", "1a0", "1a01", "1a+1", "1a-1", "1a 1", "1a1 ", "1A1", "1c1", "1al1",
    ]);
    refused::<EnvironmentId>(&["1a0", "1a05", "1c5", "1a9223372036854775808", "1a99999999999999999999"]);
    refused::<KeyId>(&["1c0", "1c", "1a7", "1c٧", "1c9223372036854775808", "1c18446744073709551616"]);
    refused::<MemberId>(&["1pm0", "1pm", "1a1", "1pm01", "1p1"]);
    refused::<AuditId>(&["1al0", "1al", "1a1", "1al01"]);
    refused::<Revision>(&["", "00", "01", "+1", "-1", " 1", "1.0", "18446744073709551616"]);
    assert_eq!((KeyId::new(0), KeyId::new(1 << 63)), (None, None));
    assert_eq!(KeyId::new((1 << 63) - 1).map(KeyId::number), Some(i64::MAX as u64));
    assert_eq!(AuditId::FIRST.next().map(AuditId::number), Some(2));
    assert_eq!(AuditId::new(i64::MAX as u64).and_then(AuditId::next), None);
    assert_eq!(Revision::new(u64::MAX).next(), Revision::new(u64::MAX));
}

#[test]
fn owners_creators_and_targets_are_exact() {
    refused::<Owner>(&[
        "",
        "1a5",
        "environment",
        "environment/",
        "environment/1c5",
        "account/1a0",
        "Account/1a1",
    ]);
    refused::<Owner>(&["environment/1a5/", " account/1a1", "account 1a1", "key/1c7"]);
    refused::<Creator>(&[
        "",
        "#",
        "#1c7",
        "account/1a1#",
        "account/1a1#1a7",
        "account/1a1#1c7#1c8",
        "account/1a1 #1c7",
    ]);
    refused::<Target>(&[
        "",
        "key",
        "key/",
        "key/1a7",
        "pair/1c7",
        "setting/none",
        "environment/1c7",
        "account/x",
        "member/1pm1",
        "member/1pm1/1a7",
        "member/1pm1/1a7/admin",
        "member/1pm1/1c7/owner",
        "member/1pm1/1a7/owner/",
    ]);
    refused::<Via>(&["", "key", "key/", "key/1a1", "Database", "open access", "root", "system "]);
}

#[test]
fn words_are_exact() {
    refused::<LifecycleState>(&["", "Active", "removed", "active ", "purged"]);
    refused::<Transition>(&["", "Activate", "remove", "purge", "delete "]);
    refused::<EnvironmentTransition>(&["", "delete", "Remove", "purge"]);
    refused::<AccountKind>(&["", "Admin", "root", "service"]);
    refused::<AccountTransition>(&["", "Activate", "delete", "restore"]);
    refused::<Role>(&["", "Owner", "read-only", "admin", "readonly "]);
    refused::<Action>(&["", "key", "key.", "key.Issue", "session.create"]);
    refused::<AccessControl>(&["", "True", "1", "on", "yes", "false "]);
    assert_eq!("".parse::<SettingName>(), Err(ParseSettingError::UnknownName));
    assert_eq!("API.SECURITY.ENABLED".parse::<SettingName>(), Err(ParseSettingError::UnknownName));
    assert_eq!("on".parse::<AccessControl>(), Err(ParseSettingError::NotASwitch));
    let time = Some(Timestamp::MIN);
    for (word, removed_at) in [
        ("active", time),
        ("inactive", time),
        ("removed", None),
        ("", None),
        ("Active", None),
        ("purged", time),
    ] {
        assert!(EnvironmentState::from_kept(word, removed_at).is_err(), "{word}");
    }
}

#[test]
fn names_of_requests_and_objects_have_bounds() {
    refused::<RequestId>(&["", " ", "a_b", "a.b", "ä", "a\n", &"a".repeat(65)]);
    refused::<Uuid>(&["", " ", "a_b", "{1}", "ä", "a\n", &"a".repeat(129)]);
    assert!("a".repeat(64).parse::<RequestId>().is_ok());
    assert!("a".repeat(128).parse::<Uuid>().is_ok());
}

#[test]
fn timestamps_that_do_not_exist_are_refused() {
    refused::<Timestamp>(&[
        "",
        "Z",
        "T",
        "2026-11-23",
        "2026-11-23T18:30:00",
        "2026-11-23T18:30Z",
        "2026-11-23t18:30:00Z",
        "2026-11-23T18:30:00z",
        "2026-11-23 18:30:00Z",
        "2026-11-23T18:30:00+00:00",
        "2026-11-23T18:30:00.Z",
        "2026-11-23T18:30:00.2Z",
        "2026-11-23T18:30:00.2500Z",
        "2026-11-23T18:30:00.25.Z",
        "2026-11-23T18:30:00,250Z",
        "2026-11-23T18:30:00:00Z",
        "2026-11-23-01T18:30:00Z",
        "2026-11-23T18:30:00ZZ",
        "2026-1-23T18:30:00Z",
        "26-11-23T18:30:00Z",
        "+2026-11-23T18:30:00Z",
        "2026-00-23T18:30:00Z",
        "2026-13-23T18:30:00Z",
        "2026-11-00T18:30:00Z",
        "2026-11-31T18:30:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T18:60:00Z",
        "2016-12-31T23:59:60Z",
        "1969-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00Z",
        "２０26-11-23T18:30:00Z",
    ]);
    assert!("2024-02-29T00:00:00Z".parse::<Timestamp>().is_ok());
    assert!("2000-02-29T00:00:00Z".parse::<Timestamp>().is_ok());
}

#[test]
fn of_all_that_looks_like_a_date_exactly_those_of_the_calendar_are_read() {
    let mut read = 0;
    for year in [1970, 2000, 2023, 2024, 2100, 9999] {
        for (month, day) in (0..100).flat_map(|month| (0..100).map(move |day| (month, day))) {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let days = match month {
                1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
                4 | 6 | 9 | 11 => 30,
                2 if leap => 29,
                2 => 28,
                _ => 0,
            };
            let text = format!("{year:04}-{month:02}-{day:02}T12:00:00.000Z");
            match text.parse::<Timestamp>() {
                Ok(instant) => {
                    assert!((1..=days).contains(&day), "{text}");
                    assert_eq!(instant.to_string(), text);
                    read += 1;
                }
                Err(_) => assert!(!(1..=days).contains(&day), "{text}"),
            }
        }
    }
    assert_eq!(read, 6 * 365 + 2);
}
