//! Answers that must hold for ever.
//!
//! **Never regenerate a value in this file.** Somebody has stored each of these forms: a pair in a `.netrc`, a tag and
//! a digest in a database, a pepper in a file, an audit link in a report. A change that makes one of these tests fail
//! makes their keys, their database or their audit invalid. If a form must change, a new one is added beside the old,
//! and the old one stays readable.
//!
//! No value was made by the code under test. Checksums come from Python's `zlib.crc32` and from the bitwise CRC below;
//! tags, ids and links from Python's `hmac` and `hashlib`; sealed secrets from those and PyCryptodome 3; digests from argon2-cffi 25.1.0, which wraps the reference
//! implementation of argon2 in C.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a helper that panics fails its test")]

use keys_core::{
    AccessKey, Action, AuditEvent, AuditLink, Credential, DenyReason, Digest, Fingerprint, HashPolicy,
    Hasher, IdempotencyKey, Keyring, Origin, Pepper, PepperId, ReceiptName, SealedSecret, SecretKey, Shape,
    StoredSecret, Tag, Tagged, Target, Uuid, Via, link,
};

const ACCESS_KEY: &str = "KC7Q0WVN3TZ5H8RJ2M4X";
const SECRET_KEY: &str = "Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq";
const JOINED: &str = "kc_KC7Q0WVN3TZ5H8RJ2M4X_Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq";
const RANCHER_ACCESS_KEY: &str = "8B7D2A6C0F1E4D5A9C3B";
const RANCHER_SECRET_KEY: &str = "9xQ2mVtR7kNpLcYwZa4sHdJfGbEuT6oX3iK8nMqW";
const PEPPER: &str = "pepper-1-000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const OTHER_PEPPER: &str = "pepper-1-ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

fn native() -> Credential {
    Credential::parse(ACCESS_KEY, SECRET_KEY).unwrap()
}

fn rancher() -> Credential {
    Credential::parse(RANCHER_ACCESS_KEY, RANCHER_SECRET_KEY).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

// ---- pairs ----------------------------------------------------------------------------------------------------------

#[test]
fn a_native_pair_reads_the_same_for_ever() {
    let credential = native();
    assert_eq!(credential.access_key().as_str(), ACCESS_KEY);
    assert_eq!(credential.access_key().shape(), Shape::Native);
    assert_eq!(credential.secret_key().expose(), SECRET_KEY);
    assert_eq!(*credential.expose_joined(), JOINED);
    assert_eq!(Credential::parse_joined(JOINED).unwrap().secret_key().expose(), SECRET_KEY);
}

#[test]
fn a_pair_of_rancher_reads_the_same_for_ever() {
    let credential = rancher();
    assert_eq!(credential.access_key().shape(), Shape::Rancher);
    assert_eq!(credential.secret_key().expose(), RANCHER_SECRET_KEY);
    assert_eq!(*credential.expose_joined(), format!("kc_{RANCHER_ACCESS_KEY}_{RANCHER_SECRET_KEY}"));
}

/// CRC-32 (IEEE 802.3) bit by bit, then base62 by repeated division: nothing shared with the crate.
fn checksum(random: &str) -> String {
    let mut crc = u32::MAX;
    for byte in random.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let mut rest = !crc;
    let mut digits = Vec::new();
    for _ in 0..6 {
        let digit = char::from_digit(rest % 62 % 36, 36).unwrap();
        digits.push(if rest % 62 < 36 {
            digit.to_ascii_uppercase()
        } else {
            char::from(b'a' + (rest % 62 - 36) as u8)
        });
        rest /= 62;
    }
    digits.iter().rev().collect()
}

#[test]
fn the_checksum_of_a_secret_is_crc_32_in_base62() {
    // Made by Python's zlib.crc32.
    let known = [
        ("0123456789abcdefghijklmnopqrstuvwx", "3YVpMF"),
        ("Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i", "27K6mq"),
        ("0000000000000000000000000000000000", "0iqUEf"),
        ("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "2Mm4wV"),
    ];
    for (random, check) in known {
        assert_eq!(checksum(random), check, "the two independent implementations");
        let secret = SecretKey::parse_shape(&format!("{random}{check}"), Shape::Native).unwrap();
        assert_eq!(&secret.expose()[34..], check);
    }
}

#[test]
fn every_generated_secret_carries_that_checksum() {
    for _ in 0..1_000 {
        let secret = SecretKey::generate(&mut getrandom::SysRng).unwrap();
        let (random, check) = secret.expose().split_at(SecretKey::RANDOM_LENGTH);
        assert_eq!(checksum(random), check);
    }
}

#[test]
fn the_uuid_of_a_key_comes_from_its_access_key() {
    let uuid = |text: &str| Uuid::of_key(&text.parse::<AccessKey>().unwrap()).to_string();
    assert_eq!(uuid(ACCESS_KEY), "6d1927f0-f7c2-8d25-962f-48d258cbf557");
    assert_eq!(uuid(RANCHER_ACCESS_KEY), "2c80a82c-ce51-8311-95bb-d2683444acde");
}

// ---- peppers and tags -----------------------------------------------------------------------------------------------

#[test]
fn a_pepper_names_itself_by_sha_256() {
    for (text, id) in [(PEPPER, "dcf9477869a5d977"), (OTHER_PEPPER, "7cadbe44a191715e")] {
        let pepper: Pepper = text.parse().unwrap();
        assert_eq!(pepper.id().to_string(), id);
        assert_eq!(*pepper.expose_text(), text);
        assert_eq!(id.parse::<PepperId>().unwrap(), pepper.id());
    }
    assert_eq!(PEPPER.parse::<Pepper>().unwrap().id().number(), 0xdcf9_4778_69a5_d977);
}

#[test]
fn a_tag_is_hmac_sha_256_of_both_halves() {
    let known = [
        (PEPPER, native(), "a3cb073817c1f4afd26c2569d13727720b544d5d5e4944f14da8ed78015b6121"),
        (PEPPER, rancher(), "7ec99c18b952cd835b878a29ffee0b7973b59a9936e9a65599213f6d783ed0f6"),
        (OTHER_PEPPER, native(), "aba124db9fc56ebf728a891f636fdf73890296bf3d94d9beef9f4596c2bb434f"),
        (OTHER_PEPPER, rancher(), "3bc3a1a7e16f418aac710621876ded13f04294d37e037a678bf4071fe100c715"),
    ];
    for (pepper, credential, tag) in known {
        let keyring: Keyring = pepper.parse().unwrap();
        let tagged = keyring.tag(&credential);
        assert_eq!(hex(tagged.tag.as_bytes()), tag);
        assert_eq!(tagged.to_string(), format!("tag-1-{}-{tag}", keyring.current()));
    }
}

#[test]
fn the_pepper_file_reads_the_same_for_ever() {
    let file = format!("# the peppers\n{PEPPER}\n\n  {OTHER_PEPPER}  \r\n# the end");
    let keyring: Keyring = file.parse().unwrap();
    let ids: Vec<String> = keyring.ids().map(|id| id.to_string()).collect();
    assert_eq!(ids, ["dcf9477869a5d977", "7cadbe44a191715e"]);
    assert_eq!(keyring.current(), PEPPER.parse::<Pepper>().unwrap().id());
}

// ---- digests --------------------------------------------------------------------------------------------------------

/// Made by argon2-cffi over access key ‖ secret key, at the standard cost.
const NATIVE_DIGEST: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$uK6BqLZTmnkuPeRHVDO/bLZ6xDReRGRYZHBAlOqUchY";
const RANCHER_DIGEST: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$bzcuSB0mF2nlmx5ez89ANywuCd1xkSLpEOKAo4bsnjM";
/// The same pair as [`NATIVE_DIGEST`], other costs, the shortest salt.
const OTHER_COSTS_DIGEST: &str =
    "$argon2id$v=19$m=1024,t=3,p=4$OCBieXRlcy4$NPW239Kv8luK6w1yF6kdMSWHlc5+KZebx0UanmGOFXY";

fn both_halves(access_key: &str, secret_key: &str) -> Vec<u8> {
    [access_key, secret_key].concat().into_bytes()
}

#[test]
fn digests_of_another_implementation_verify_for_ever() {
    let mut hasher = Hasher::new();
    let known = [
        (NATIVE_DIGEST, both_halves(ACCESS_KEY, SECRET_KEY)),
        (RANCHER_DIGEST, both_halves(RANCHER_ACCESS_KEY, RANCHER_SECRET_KEY)),
        (OTHER_COSTS_DIGEST, both_halves(ACCESS_KEY, SECRET_KEY)),
    ];
    // Twice, so that memory used before is found not to matter.
    for (text, secret) in known.iter().chain(&known) {
        let digest: Digest = text.parse().unwrap();
        assert_eq!(digest.to_string(), *text);
        assert!(hasher.verify(&digest, secret).unwrap(), "{text}");
    }
    let digest: Digest = NATIVE_DIGEST.parse().unwrap();
    assert!(!hasher.verify(&digest, &both_halves(RANCHER_ACCESS_KEY, SECRET_KEY)).unwrap());
}

#[test]
fn the_costs_are_read_from_the_digest() {
    let policy = |text: &str| text.parse::<Digest>().unwrap().policy();
    assert_eq!(policy(NATIVE_DIGEST), HashPolicy::STANDARD);
    assert_eq!(policy(OTHER_COSTS_DIGEST), HashPolicy::new(1_024, 3, 4).unwrap());
}

#[test]
fn the_standard_cost_is_argon2id_with_19_mib_and_2_passes() {
    let standard = HashPolicy::STANDARD;
    assert_eq!((standard.memory_kib(), standard.passes(), standard.lanes()), (19_456, 2, 1));
    assert_eq!(HashPolicy::default(), standard);

    let keyring: Keyring = PEPPER.parse().unwrap();
    let mut hasher = Hasher::new();
    let sealed =
        StoredSecret::seal(&native(), &keyring, standard, &mut hasher, &mut getrandom::SysRng).unwrap();
    let text = sealed.digest.to_string();
    // 16 bytes of salt and 32 of hash, in base64 without padding.
    let parts: Vec<&str> = text.split('$').collect();
    assert_eq!(parts[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
    assert_eq!((parts[4].len(), parts[5].len(), parts.len()), (22, 43, 6));
    // What is digested is access key ‖ secret key, as in the digests above.
    assert!(hasher.verify(&sealed.digest, &both_halves(ACCESS_KEY, SECRET_KEY)).unwrap());
}

// ---- receipts -------------------------------------------------------------------------------------------------------

const IDEMPOTENCY_KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const SEALED: &str = "sealed-1-dcf9477869a5d977-6465666768696a6b6c6d6e6f707172737475767778797a7b656293b7c7368694a5d38\
    a3836c688a6432dcc0ca26ef46fa59fe01139b92cb97f488ed97cae9e97c91fea8719a2b3237927b11e489e83ed";

#[test]
fn an_idempotency_key_is_found_by_its_sha_256() {
    let key: IdempotencyKey = IDEMPOTENCY_KEY.parse().unwrap();
    let hash = "524c424ae972093739028bee0cdbed77ff608e616f0a9feceb24fe27f3ac3a5b";
    assert_eq!(key.hash().to_string(), hash);
}

#[test]
fn a_fingerprint_is_hmac_sha_256_under_the_idempotency_key() {
    let key: IdempotencyKey = IDEMPOTENCY_KEY.parse().unwrap();
    let fields = [("name", Some("ci")), ("description", None), ("expiresAt", Some(""))];
    let fingerprint = "2b07d46509d04f50e1f0723b7fd3ca1213025c74868a16b79b7de45940f4d3f9";
    assert_eq!(Fingerprint::of(&key, "key", &fields).to_string(), fingerprint);
}

#[test]
fn a_sealed_secret_opens_for_ever() {
    let key: IdempotencyKey = IDEMPOTENCY_KEY.parse().unwrap();
    let (principal, owner) = ("account/1a1".parse().unwrap(), "environment/1a5".parse().unwrap());
    let name = ReceiptName { principal, owner, hash: key.hash() };
    let keyring = format!("{OTHER_PEPPER}\n{PEPPER}").parse().unwrap();
    let sealed: SealedSecret = SEALED.parse().unwrap();
    assert_eq!(sealed.to_string(), SEALED);
    let opened = sealed.open(&native().access_key(), &name, &key, &keyring).unwrap();
    assert_eq!(opened.expose(), SECRET_KEY);
}

// ---- the audit chain ------------------------------------------------------------------------------------------------

#[test]
fn the_links_of_two_events_hold_for_ever() {
    let first = AuditEvent {
        id: "1al1".parse().unwrap(),
        at: "2026-11-23T18:30:00.250Z".parse().unwrap(),
        origin: Origin {
            principal: "account/1a1".parse().unwrap(),
            via: Via::System,
            client_address: None,
            request_id: "bootstrap".parse().unwrap(),
        },
        owner: "account/1a1".parse().unwrap(),
        action: Action::CreateAccount,
        target: "account/1a1".parse().unwrap(),
        before: None,
        after: "1".parse().unwrap(),
    };
    let second = AuditEvent {
        id: "1al2".parse().unwrap(),
        at: "2026-11-23T18:30:01Z".parse().unwrap(),
        origin: Origin {
            principal: "environment/1a5".parse().unwrap(),
            via: "key/1c7".parse().unwrap(),
            client_address: Some("2001:db8::1".parse().unwrap()),
            request_id: "0f8e7d6c-req".parse().unwrap(),
        },
        owner: "environment/1a5".parse().unwrap(),
        action: Action::DeactivateKey,
        target: Target::Key("1c9".parse().unwrap()),
        before: Some("4".parse().unwrap()),
        after: "7".parse().unwrap(),
    };
    let one = link(&AuditLink::GENESIS, &first);
    assert_eq!(one.to_string(), "f0ed9b9b4a152bb89da1eb1a765385cf435d24ab095e3e3181bee36565420591");
    let two = link(&one, &second);
    assert_eq!(two.to_string(), "889d05a64263c0b8f3f0cde1164e470721c61806c44af3e20bc359fe4d911d6d");
}

// ---- text forms -----------------------------------------------------------------------------------------------------

/// Reads every text as a `T` and writes it again.
fn round_trips<T: std::str::FromStr + std::fmt::Display>(texts: &[&str])
where
    T::Err: std::fmt::Debug,
{
    for text in texts {
        assert_eq!(text.parse::<T>().unwrap().to_string(), *text);
    }
}

#[test]
fn the_text_forms_hold_for_ever() {
    use keys_core::{
        AccessControl, AccessMode, AccountId, AccountKind, AccountList, AccountTransition, AssetUrl, AuditId,
        Creator, Description, EnvironmentId, EnvironmentTransition, KeyId, LifecycleState, LogInProvider,
        MemberId, Name, Owner, Realm, RequestId, Revision, Role, SettingName, Timestamp, Transition,
    };

    round_trips::<AccessKey>(&[ACCESS_KEY, RANCHER_ACCESS_KEY]);
    round_trips::<AccountId>(&["1a1", "1a9223372036854775807"]);
    round_trips::<EnvironmentId>(&["1a5"]);
    round_trips::<KeyId>(&["1c1", "1c9223372036854775807"]);
    round_trips::<MemberId>(&["1pm1"]);
    round_trips::<AuditId>(&["1al1"]);
    round_trips::<Revision>(&["0", "1", "18446744073709551615"]);
    round_trips::<Timestamp>(&[
        "1970-01-01T00:00:00.000Z",
        "2000-02-29T23:59:59.999Z",
        "2026-11-23T18:30:00.250Z",
        "9999-12-31T23:59:59.999Z",
    ]);
    round_trips::<Owner>(&["environment/1a5", "account/1a1"]);
    round_trips::<Creator>(&["environment/1a5", "account/1a1#1c7"]);
    round_trips::<LifecycleState>(&["active", "inactive", "deleted"]);
    round_trips::<Transition>(&["activate", "deactivate", "delete"]);
    round_trips::<EnvironmentTransition>(&["activate", "deactivate", "remove", "restore"]);
    round_trips::<AccountKind>(&["admin", "system", "superadmin", "token", "user"]);
    round_trips::<AccountTransition>(&["activate", "deactivate", "remove"]);
    round_trips::<Role>(&["owner", "member", "restricted", "readonly"]);
    round_trips::<AccessMode>(&["unrestricted", "restricted", "required"]);
    round_trips::<AccountList>(&["", "1a7", "1a9,1a7"]);
    round_trips::<LogInProvider>(&["none", "localauthconfig"]);
    round_trips::<Realm>(&["Enter API access key and secret key as username and password", "x \"y\""]);
    round_trips::<AccessControl>(&["true", "false"]);
    round_trips::<SettingName>(&[
        "api.security.enabled",
        "api.auth.local.access.mode",
        "api.auth.local.allowed.identities",
        "api.auth.provider.configured",
        "api.auth.realm",
        "api.ui.js.url",
        "api.ui.css.url",
    ]);
    round_trips::<AssetUrl>(&["/ui.js", "https://files.example:8443/api-ui/1.0.4/ui.min.js?v=1"]);
    round_trips::<Name>(&["", "build box", "nötig 名前 🔑"]);
    round_trips::<Description>(&["", "one\ttab\nand lines\r\n"]);
    round_trips::<Digest>(&[NATIVE_DIGEST, OTHER_COSTS_DIGEST]);
    round_trips::<PepperId>(&["0000000000000000", "00c0ffee00c0ffee", "ffffffffffffffff"]);
    round_trips::<Tagged>(&[
        "tag-1-dcf9477869a5d977-a3cb073817c1f4afd26c2569d13727720b544d5d5e4944f14da8ed78015b6121",
    ]);
    round_trips::<Uuid>(&["6d1927f0-f7c2-8d25-962f-48d258cbf557", "adminProject"]);
    round_trips::<RequestId>(&["0f8e7d6c-req"]);
    round_trips::<Via>(&[
        "key/1c7",
        "password/1c9",
        "session/1s7",
        "open-access",
        "set-up",
        "database",
        "system",
    ]);
    round_trips::<Target>(&[
        "key/1c7",
        "environment/1a5",
        "account/1a1",
        "member/1pm1/1a7/owner",
        "member/1pm12/1a1/readonly",
        "password/1c9",
        "session/1s7",
        "sessions",
        "setting/api.security.enabled",
        "pepper/00c0ffee00c0ffee",
    ]);
    round_trips::<Action>(&[
        "account.create",
        "account.edit",
        "account.activate",
        "account.deactivate",
        "account.remove",
        "account.promote",
        "account.demote",
        "account.unlock",
        "environment.create",
        "environment.edit",
        "environment.activate",
        "environment.deactivate",
        "environment.remove",
        "environment.restore",
        "member.add",
        "member.change",
        "member.remove",
        "key.issue",
        "key.import",
        "key.edit",
        "key.activate",
        "key.deactivate",
        "key.delete",
        "password.set",
        "password.change",
        "password.remove",
        "session.begin",
        "session.end",
        "setting.change",
        "pepper.add",
    ]);
    assert_eq!(Action::ALL.len(), 30, "a new action needs its row above");
    round_trips::<SealedSecret>(&[SEALED]);
    round_trips::<AuditLink>(&["889d05a64263c0b8f3f0cde1164e470721c61806c44af3e20bc359fe4d911d6d"]);
}

#[test]
fn the_words_of_states_and_reasons_hold_for_ever() {
    use keys_core::{EnvironmentState, Timestamp};

    let states = [
        EnvironmentState::Active,
        EnvironmentState::Inactive,
        EnvironmentState::Removed { at: Timestamp::MIN },
    ];
    assert_eq!(states.map(EnvironmentState::as_str), ["active", "inactive", "removed"]);
    for state in states {
        assert_eq!(EnvironmentState::from_kept(state.as_str(), state.removed_at()), Ok(state));
    }
    assert_eq!(
        DenyReason::ALL.map(DenyReason::as_str),
        ["unknown-key", "wrong-secret", "inactive", "deleted", "expired", "owner-inactive"]
    );
}

#[test]
fn instants_agree_with_posix_time() {
    // Made by Python's datetime.
    let known = [
        ("1970-01-01T00:00:00Z", 0),
        ("1999-12-31T23:59:59Z", 946_684_799_000),
        ("2000-02-29T12:00:00Z", 951_825_600_000),
        ("2016-04-02T10:11:12Z", 1_459_591_872_000),
        ("2038-01-19T03:14:08Z", 2_147_483_648_000),
        ("2100-03-01T00:00:00Z", 4_107_542_400_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ];
    for (text, millis) in known {
        assert_eq!(text.parse::<keys_core::Timestamp>().unwrap().as_millis(), millis);
    }
}

#[test]
fn bytes_that_a_store_kept_come_back() {
    let tag = Tag::from_bytes([7; Tag::LENGTH]);
    assert_eq!(tag.as_bytes(), &[7; Tag::LENGTH]);
    assert_eq!(AuditLink::from_bytes(*AuditLink::GENESIS.as_bytes()), AuditLink::GENESIS);
    assert_eq!(PepperId::from_number(0x00c0_ffee_00c0_ffee).to_string(), "00c0ffee00c0ffee");
}
