//! Nothing that holds a secret shows it: not debugged, not debugged at length, at any depth.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

use std::fmt::Debug;

use keys_core::{
    Credential, Digest, Hasher, KeyParts, Keyring, Lifecycle, NewKey, OwnerRow, OwnerStanding, Proof,
    Revision, RowState, SecretKey, StoredSecret, Tag, Tagged, Verdict, VerificationRow, judge, prove,
    strategies,
};
use proptest::prelude::*;

/// The texts by which a secret could be recognised.
struct Secrets(Vec<String>);

impl Secrets {
    fn assert_absent(&self, value: &impl Debug) {
        for shown in [format!("{value:?}"), format!("{value:#?}")] {
            // A list of numbers is hidden no better than a text.
            let compact: String = shown.split_whitespace().collect();
            for secret in &self.0 {
                assert!(!shown.contains(secret) && !compact.contains(secret), "{secret} is in {shown}");
            }
        }
    }
}

fn as_numbers(bytes: &[u8]) -> String {
    bytes.iter().take(6).map(u8::to_string).collect::<Vec<_>>().join(",")
}

fn as_hex(bytes: &[u8]) -> String {
    bytes.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn secrets_of(pair: &Credential, secret: &StoredSecret, peppers: &[String]) -> Secrets {
    let clear = pair.secret_key().expose();
    let tag = secret.tagged.tag.as_bytes();
    let digest = secret.digest.as_str();
    let mut secrets = vec![
        clear.to_owned(),
        clear.chars().take(6).collect(),
        as_numbers(clear.as_bytes()),
        as_hex(clear.as_bytes()),
        as_numbers(tag),
        as_hex(tag),
        digest.to_owned(),
        // Salt and hash, each alone.
        digest.rsplit('$').next().unwrap().to_owned(),
        digest.rsplit('$').nth(1).unwrap().to_owned(),
    ];
    secrets.extend(peppers.iter().cloned());
    Secrets(secrets)
}

proptest! {
    #[test]
    fn no_debug_output_shows_a_secret(
        sealed in strategies::sealed(),
        new in strategies::new_key(),
        pepper in strategies::pepper(),
    ) {
        let strategies::Sealed { keyring, credential, secret } = sealed;
        let digits = pepper.expose_text().trim_start_matches("pepper-1-").to_owned();
        let secrets = secrets_of(&credential, &secret, &[digits.chars().take(12).collect(), digits]);

        secrets.assert_absent(&pepper);
        secrets.assert_absent(&Keyring::new(vec![pepper]).unwrap());
        secrets.assert_absent(&keyring);
        secrets.assert_absent(&credential);
        secrets.assert_absent(credential.secret_key());
        secrets.assert_absent(&secret);
        secrets.assert_absent(&secret.digest);
        secrets.assert_absent(&secret.tagged);
        secrets.assert_absent(&secret.tagged.tag);
        secrets.assert_absent(&Lifecycle::Active(secret.clone()));
        secrets.assert_absent(&Lifecycle::Inactive(secret.clone()));

        let new = NewKey { secret: secret.clone(), ..new };
        secrets.assert_absent(&new);
        let record = new.into_record("1c7".parse().unwrap(), Revision::new(9));
        secrets.assert_absent(&record);
        secrets.assert_absent(&record.verification_row());
        let parts: KeyParts = record.into_parts();
        secrets.assert_absent(&parts);

        let mut hasher = Hasher::new();
        hasher.hash(secret.digest.policy(), credential.secret_key().expose().as_bytes(), &mut getrandom::SysRng).unwrap();
        secrets.assert_absent(&hasher);
    }

    #[test]
    fn no_evidence_shows_a_secret(sealed in strategies::sealed(), row in strategies::verification_row(), other in strategies::keyring()) {
        let strategies::Sealed { keyring, credential, secret } = sealed;
        let secrets = secrets_of(&credential, &secret, &[]);
        let row = VerificationRow { state: RowState::Active(secret.tagged), expires_at: None, ..row };
        secrets.assert_absent(&row);
        let proof = prove(Some(&row), &credential, &keyring);
        secrets.assert_absent(&proof);
        let Proof::Possession(possession) = proof else { panic!("the pair is right") };
        secrets.assert_absent(&possession);
        let owner = OwnerRow { standing: OwnerStanding::Active, administers: false, revision: Revision::ZERO };
        let verdict = judge(Some(&row), Some(&owner), possession, keys_core::Timestamp::MIN);
        secrets.assert_absent(&verdict);
        prop_assert!(matches!(verdict, Verdict::Allow(_)));

        let proof = prove(Some(&row), &credential, &other);
        secrets.assert_absent(&proof);
        let Proof::NeedsDigest(needed) = proof else { panic!("the pepper is lost") };
        let proof = needed.check(&secret.digest, &other, &mut Hasher::new()).unwrap();
        secrets.assert_absent(&proof);
        prop_assert!(proof.is_some());
    }
}

#[test]
fn what_is_shown_instead() {
    let secret = SecretKey::generate(&mut getrandom::SysRng).unwrap();
    assert_eq!(format!("{secret:?}"), "SecretKey(…)");
    let tag = Tag::from_bytes([1; Tag::LENGTH]);
    assert_eq!(format!("{tag:?}"), "Tag(…)");
    let digest: Digest =
        "$argon2id$v=19$m=8,t=1,p=1$c2l4dGVlbiBieXRlIHNsdA$uK6BqLZTmnkuPeRHVDO/bLZ6xDReRGRYZHBAlOqUchY"
            .parse()
            .unwrap();
    assert_eq!(format!("{digest:?}"), "Digest(…)");
    let tagged = Tagged { tag, pepper: "00c0ffee00c0ffee".parse().unwrap() };
    assert_eq!(format!("{tagged:?}"), "Tagged { tag: Tag(…), pepper: PepperId(00c0ffee00c0ffee) }");
    let pepper: keys_core::Pepper = format!("pepper-1-{}", "00".repeat(32)).parse().unwrap();
    assert_eq!(format!("{pepper:?}"), format!("Pepper({})", pepper.id()));
}
