//! Receipts: who can open one, for how long, and what nobody can tell from one.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

use std::time::Duration;

use keys_core::{
    Credential, Fingerprint, IdempotencyKey, Keyring, NewReceipt, Owner, ParseIdempotencyKeyError, Pepper,
    Receipt, ReceiptName, ReceiptSweep, SealError, SealedSecret, Target, Timestamp, strategies,
};
use proptest::prelude::*;

/// A field of a request, and its value if it has one.
type Field = (&'static str, Option<&'static str>);

const LABEL_LENGTH: usize = SealedSecret::PREFIX.len() + 17;

fn target() -> Target {
    "key/1c7".parse().unwrap()
}

fn seal(pair: &Credential, name: &ReceiptName, key: &IdempotencyKey, keyring: &Keyring) -> SealedSecret {
    SealedSecret::seal(pair, name, key, keyring, &mut getrandom::SysRng).unwrap()
}

fn sealed_receipt(
    (pair, name, key, keyring): (&Credential, ReceiptName, &IdempotencyKey, &Keyring),
    at: Timestamp,
) -> Receipt {
    let name = ReceiptName { hash: key.hash(), ..name };
    let secret = Some(seal(pair, &name, key, keyring));
    NewReceipt { name, fingerprint: Fingerprint::of(key, "key", &[]), secret }.into_receipt(target(), at)
}

#[test]
fn an_idempotency_key_has_22_to_255_printable_characters() {
    let read = |text: &str| text.parse::<IdempotencyKey>().map(|key| key.expose().to_owned());
    for length in [22, 23, 36, 255] {
        let text = "x".repeat(length);
        assert_eq!(read(&text), Ok(text.clone()));
    }
    for length in [0, 1, 21, 256, 1_000] {
        assert_eq!(read(&"x".repeat(length)), Err(ParseIdempotencyKeyError::Length), "{length}");
    }
    let printable: String = (' '..='~').collect();
    assert_eq!(read(&printable), Ok(printable.clone()));
    for character in ['\0', '\t', '\n', '\u{1f}', '\u{7f}', '\u{80}', 'é', '🔑'] {
        let text = format!("{}{character}", "x".repeat(30));
        assert_eq!(read(&text), Err(ParseIdempotencyKeyError::Character), "{character:?}");
    }
}

#[test]
fn generated_idempotency_keys_differ_and_can_be_read() {
    let generate = || IdempotencyKey::generate(&mut getrandom::SysRng).unwrap();
    let (one, other) = (generate(), generate());
    assert_ne!(one.expose(), other.expose());
    assert_eq!(one.expose().len(), IdempotencyKey::GENERATED_LENGTH);
    assert!(one.expose().bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert!(one.expose().parse::<IdempotencyKey>().is_ok());
}

#[test]
fn without_a_nonce_nothing_is_sealed() {
    /// A source that fails.
    struct Broken;

    impl rand_core::TryRng for Broken {
        type Error = std::fmt::Error;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Err(std::fmt::Error)
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Err(std::fmt::Error)
        }

        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
            Err(std::fmt::Error)
        }
    }

    impl rand_core::TryCryptoRng for Broken {}

    let pair = Credential::generate(&mut getrandom::SysRng).unwrap();
    let key = IdempotencyKey::generate(&mut getrandom::SysRng).unwrap();
    let keyring = Keyring::new(vec![Pepper::generate(&mut getrandom::SysRng).unwrap()]).unwrap();
    let owner: Owner = "account/1a1".parse().unwrap();
    let name = ReceiptName { principal: owner, owner, hash: key.hash() };
    let sealed = SealedSecret::seal(&pair, &name, &key, &keyring, &mut Broken);
    assert!(matches!(sealed, Err(SealError::Rng(_))));
    assert!(IdempotencyKey::generate(&mut Broken).is_err());
}

#[test]
fn a_fingerprint_tells_every_two_requests_apart() {
    let key: IdempotencyKey = "k".repeat(22).parse().unwrap();
    let other: IdempotencyKey = "l".repeat(22).parse().unwrap();
    let requests: [(&IdempotencyKey, &str, &[Field]); 9] = [
        (&key, "key", &[]),
        (&other, "key", &[]),
        (&key, "environment", &[]),
        (&key, "key", &[("name", None)]),
        (&key, "key", &[("name", Some(""))]),
        (&key, "key", &[("name", Some("ab")), ("description", Some("c"))]),
        (&key, "key", &[("name", Some("a")), ("description", Some("bc"))]),
        (&key, "key", &[("name", Some("c")), ("description", Some("ab"))]),
        (&key, "key", &[("description", Some("c")), ("name", Some("ab"))]),
    ];
    for (at, (key, kind, fields)) in requests.iter().enumerate() {
        for (other_at, (other_key, other_kind, other_fields)) in requests.iter().enumerate() {
            let same =
                Fingerprint::of(key, kind, fields) == Fingerprint::of(other_key, other_kind, other_fields);
            assert_eq!(same, at == other_at, "{at} and {other_at}");
        }
    }
}

proptest! {
    #[test]
    fn the_holder_of_the_key_opens_it_whichever_pepper_is_current(
        pair in strategies::credential(),
        name in strategies::receipt_name(),
        key in strategies::idempotency_key(),
        peppers in proptest::collection::vec(strategies::pepper(), 1..=3),
        turn in 0..3usize,
    ) {
        let Ok(keyring) = Keyring::new(peppers.clone()) else { return Ok(()) };
        let sealed = seal(&pair, &name, &key, &keyring);
        prop_assert_eq!(sealed.pepper(), keyring.current());
        let sealed: SealedSecret = sealed.to_string().parse().unwrap();
        let mut turned = peppers;
        let by = turn % turned.len();
        turned.rotate_left(by);
        let opened = sealed.open(&pair.access_key(), &name, &key, &Keyring::new(turned).unwrap());
        let opened = opened.unwrap();
        prop_assert_eq!(opened.expose(), pair.secret_key().expose());
    }

    #[test]
    fn nobody_else_opens_it(
        pair in strategies::credential(),
        name in strategies::receipt_name(),
        key in strategies::idempotency_key(),
        keyring in strategies::keyring(),
        (other_access_key, other_name) in (strategies::access_key(), strategies::receipt_name()),
        (other_key, other_keyring) in (strategies::idempotency_key(), strategies::keyring()),
    ) {
        let sealed = seal(&pair, &name, &key, &keyring);
        let access_key = pair.access_key();
        let refused = |opened: Option<_>| opened.is_none();
        // Of both secrets either alone opens nothing.
        if !other_keyring.knows(keyring.current()) {
            prop_assert!(refused(sealed.open(&access_key, &name, &key, &other_keyring)));
        }
        if other_key.expose() != key.expose() {
            prop_assert!(refused(sealed.open(&access_key, &name, &other_key, &keyring)));
        }
        // And it is bound to its row.
        if other_access_key != access_key {
            prop_assert!(refused(sealed.open(&other_access_key, &name, &key, &keyring)));
        }
        for (principal, owner) in [(other_name.principal, name.owner), (name.principal, other_name.owner)] {
            let moved = ReceiptName { principal, owner, ..name };
            let same = principal == name.principal && owner == name.owner;
            prop_assert_eq!(refused(sealed.open(&access_key, &moved, &key, &keyring)), !same);
        }
        let swapped = ReceiptName { principal: name.owner, owner: name.principal, ..name };
        if name.principal != name.owner {
            prop_assert!(refused(sealed.open(&access_key, &swapped, &key, &keyring)));
        }
    }

    #[test]
    fn one_altered_digit_and_it_does_not_open(
        pair in strategies::credential(),
        name in strategies::receipt_name(),
        key in strategies::idempotency_key(),
        keyring in strategies::keyring(),
        at in 0..160usize,
        digit in "[0-9a-f]",
    ) {
        let text = seal(&pair, &name, &key, &keyring).to_string();
        let at = LABEL_LENGTH + at;
        let altered = format!("{}{digit}{}", text.get(..at).unwrap(), text.get(at + 1..).unwrap());
        let opened = altered.parse::<SealedSecret>().unwrap().open(&pair.access_key(), &name, &key, &keyring);
        prop_assert_eq!(opened.is_some(), altered == text);
    }

    #[test]
    fn sealing_twice_shows_nothing_that_is_alike(
        pair in strategies::credential(),
        name in strategies::receipt_name(),
        key in strategies::idempotency_key(),
        keyring in strategies::keyring(),
    ) {
        let [one, other] = [(); 2].map(|()| seal(&pair, &name, &key, &keyring).to_string());
        let (one, other) = (one.get(LABEL_LENGTH..).unwrap(), other.get(LABEL_LENGTH..).unwrap());
        for part in [0..48, 48..128, 128..160] {
            prop_assert_ne!(one.get(part.clone()), other.get(part));
        }
    }

    #[test]
    fn it_is_open_for_ten_minutes_and_swept_afterwards(
        pair in strategies::credential(),
        name in strategies::receipt_name(),
        key in strategies::idempotency_key(),
        keyring in strategies::keyring(),
        at in strategies::timestamp(),
        now in strategies::timestamp(),
    ) {
        let receipt = sealed_receipt((&pair, name, &key, &keyring), at);
        let opens = |now| receipt.open(&pair.access_key(), &key, &keyring, now).is_some();
        prop_assert_eq!(opens(now), now.since(at) < Duration::from_secs(600));
        let sweep = ReceiptSweep::at(now);
        // What is swept no longer opens, and what no longer opens is swept a millisecond later at the latest.
        prop_assert!(!(at < sweep.secrets_before && opens(now)));
        if let Some(later) = now.checked_add(Duration::from_millis(1)) {
            prop_assert!(opens(now) || at < ReceiptSweep::at(later).secrets_before);
        }
        prop_assert!(sweep.receipts_before <= sweep.secrets_before);
        let erased = Receipt { secret: None, ..receipt.clone() };
        prop_assert!(erased.open(&pair.access_key(), &key, &keyring, at).is_none());
    }

    #[test]
    fn no_debug_output_shows_what_is_secret(
        pair in strategies::credential(),
        name in strategies::receipt_name(),
        key in strategies::idempotency_key(),
        keyring in strategies::keyring(),
    ) {
        let receipt = sealed_receipt((&pair, name, &key, &keyring), Timestamp::MIN);
        let sealed = receipt.secret.as_ref().unwrap().to_string();
        let secrets = [
            key.expose().to_owned(),
            pair.secret_key().expose().to_owned(),
            receipt.name.hash.to_string(),
            receipt.fingerprint.to_string(),
            sealed.get(LABEL_LENGTH..).unwrap().to_owned(),
        ];
        for shown in [format!("{receipt:?} {key:?}"), format!("{receipt:#?} {key:#?}")] {
            for secret in &secrets {
                prop_assert!(!shown.contains(secret.as_str()), "{secret} is in {shown}");
            }
        }
    }
}
