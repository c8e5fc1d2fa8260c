//! Every error message, word for word: people read them in logs and search for them.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

use std::error::Error;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use keys_core::{
    AccessControl, AccessKey, AccountId, AccountKind, AccountList, AccountState, AccountTransition, Action,
    AssetUrl, AuditId, AuditLink, Creator, Credential, Description, Digest, EnvironmentId, EnvironmentState,
    EnvironmentTransition, Fingerprint, IdempotencyHash, IdempotencyKey, KeyId, Keyring, LifecycleState,
    MemberId, Name, Owner, Pepper, PepperId, RequestId, Revision, Role, SealedSecret, SettingName,
    SettingValue, Tagged, Target, Timestamp, Transition, Uuid, Via, strategies,
};
use proptest::prelude::*;

const ACCESS_KEY: &str = "KC7Q0WVN3TZ5H8RJ2M4X";
const SECRET_KEY: &str = "Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq";
const RANCHER_SECRET_KEY: &str = "9xQ2mVtR7kNpLcYwZa4sHdJfGbEuT6oX3iK8nMqW";
const HEX_64: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const SALT: &str = "c2l4dGVlbiBieXRlIHNsdA";
const HASH: &str = "uK6BqLZTmnkuPeRHVDO/bLZ6xDReRGRYZHBAlOqUchY";

/// `text` with the character at `position` replaced.
fn with(text: &str, position: usize, character: char) -> String {
    text.chars().enumerate().map(|(at, own)| if at == position { character } else { own }).collect()
}

/// The error of `text` as a `T`, with those beneath it, as a log shows them.
fn said<T: FromStr<Err: Error + 'static> + Debug>(text: &str) -> String {
    chain(&text.parse::<T>().unwrap_err())
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        said = format!("{said}: {error}");
        next = error.source();
    }
    said
}

#[test]
fn what_the_parsers_say() {
    let said_of_pair =
        |access_key: &str, secret_key: &str| chain(&Credential::parse(access_key, secret_key).unwrap_err());
    let said_of_joined = |text: &str| chain(&Credential::parse_joined(text).unwrap_err());
    let pepper = format!("pepper-1-{HEX_64}");
    let phc = |algorithm: &str, costs: &str, hash: &str| format!("${algorithm}$v=19${costs}${SALT}${hash}");
    let table = [
        (said::<AccessKey>("KC"), "an access key has 20 characters, this text has 2 bytes"),
        (
            said::<AccessKey>(&with(ACCESS_KEY, 4, 'O')),
            "an access key is `KC` and 18 characters of 0-9 and A-Z without I, L, O, U, or 20 of 0-9 and A-F; \
             character 5 is neither",
        ),
        (said_of_pair(ACCESS_KEY, ""), "the secret key is malformed: a secret key has 40 characters"),
        (
            said_of_pair(ACCESS_KEY, &with(SECRET_KEY, 1, '_')),
            "the secret key is malformed: a secret key has letters and digits only, one of Rancher's without 0, I, O and l",
        ),
        (
            said_of_pair(ACCESS_KEY, RANCHER_SECRET_KEY),
            "the secret key is malformed: the secret key's checksum does not match: a character is wrong",
        ),
        (
            said_of_pair("", SECRET_KEY),
            "the access key is malformed: an access key has 20 characters, this text has 0 bytes",
        ),
        (said_of_joined("rk_"), "not of the form kc_<access key>_<secret key>"),
        (said::<Digest>(""), "not a PHC string of m, t, p, salt and hash"),
        (said::<Digest>(&phc("argon2d", "m=8,t=1,p=1", HASH)), "not argon2id of version 19"),
        (
            said::<Digest>(&phc("argon2id", "m=7,t=1,p=1", HASH)),
            "the costs are out of bounds: m at most 262144 and at least 8 for each lane, t from 1 to 16, p from 1 to 8",
        ),
        (
            said::<Digest>(&phc("argon2id", "m=8,t=1,p=1", "uK6BqLZTmnkuPeRHVDO/bA")),
            "the hash of a digest has 32 bytes",
        ),
        (said::<Pepper>(""), "not a pepper: expected `pepper-1-` and 64 lower-case hexadecimal digits"),
        (said::<PepperId>(""), "not the id of a pepper: expected 16 lower-case hexadecimal digits"),
        (
            said::<Tagged>(""),
            "not a tag: expected `tag-1-`, 16 lower-case hexadecimal digits, `-`, and 64 more",
        ),
        (said::<Keyring>(""), "there is no pepper; one line `pepper-1-…` is needed"),
        (said::<Keyring>(&format!("{pepper}\n{pepper}")), "pepper dcf9477869a5d977 is there twice"),
        (
            said::<Keyring>("\nx"),
            "line 2 is no pepper: not a pepper: expected `pepper-1-` and 64 lower-case hexadecimal digits",
        ),
        (
            said::<AccountId>(""),
            "not an id: expected `1a` and a number from 1 to 9223372036854775807 without leading zeros",
        ),
        (
            said::<EnvironmentId>(""),
            "not an id: expected `1a` and a number from 1 to 9223372036854775807 without leading zeros",
        ),
        (
            said::<KeyId>(""),
            "not an id: expected `1c` and a number from 1 to 9223372036854775807 without leading zeros",
        ),
        (
            said::<MemberId>(""),
            "not an id: expected `1pm` and a number from 1 to 9223372036854775807 without leading zeros",
        ),
        (
            said::<AuditId>(""),
            "not an id: expected `1al` and a number from 1 to 9223372036854775807 without leading zeros",
        ),
        (
            said::<Revision>(""),
            "not a revision: expected a number from 0 to 18446744073709551615 without leading zeros",
        ),
        (
            said::<Timestamp>(""),
            "not a timestamp: expected UTC in the form 2026-11-23T18:30:00Z or 2026-11-23T18:30:00.250Z, from 1970 on",
        ),
        (said::<Owner>(""), "not an owner: expected `environment/1a…` or `account/1a…`"),
        (said::<Creator>(""), "not a creator: expected an owner, then optionally `#1c…`"),
        (said::<LifecycleState>(""), "not a state of a key: expected `active`, `inactive` or `deleted`"),
        (said::<Transition>(""), "not a transition of a key: expected `activate`, `deactivate` or `delete`"),
        (
            said::<EnvironmentTransition>(""),
            "not a transition of an environment: expected `activate`, `deactivate`, `remove` or `restore`",
        ),
        (
            chain(&EnvironmentState::from_kept("", None).unwrap_err()),
            "not a state of an environment: expected `active` or `inactive`, or `removed` and a time",
        ),
        (
            said::<AccountKind>(""),
            "not a kind of an account: expected `admin`, `system`, `superadmin`, `token` or `user`",
        ),
        (
            said::<AccountTransition>(""),
            "not a transition of an account: expected `activate`, `deactivate` or `remove`",
        ),
        (
            chain(&AccountState::from_kept("", None).unwrap_err()),
            "not a state of an account: expected `active` or `inactive`, or `removed` and a time",
        ),
        (said::<Role>(""), "not a role: expected `owner`, `member`, `restricted` or `readonly`"),
        (
            said::<SettingName>(""),
            "no such setting; there are `api.security.enabled`, `api.auth.local.access.mode`, \
             `api.auth.local.allowed.identities`, `api.auth.provider.configured`, `api.auth.realm`, `api.ui.js.url` and \
             `api.ui.css.url`",
        ),
        (said::<AccessControl>(""), "not a value of this setting: expected `true` or `false`"),
        (
            chain(&SettingValue::parse(SettingName::AccessMode, "closed").unwrap_err()),
            "not a value of this setting: not an access mode: expected `unrestricted`, `restricted` or `required`",
        ),
        (
            chain(&SettingValue::parse(SettingName::AllowedAccounts, "7").unwrap_err()),
            "not a value of this setting: not a list of accounts: expected ids like `1a7` with commas between them",
        ),
        (said::<AccountList>(&"1a7,".repeat(300)), "more than 256 accounts"),
        (
            chain(&SettingValue::parse(SettingName::LogInProvider, "").unwrap_err()),
            "not a value of this setting: expected `none` or `localauthconfig`",
        ),
        (
            chain(&SettingValue::parse(SettingName::Realm, "").unwrap_err()),
            "not a value of this setting: not a text for a challenge: expected 1 to 255 printable characters of ASCII",
        ),
        (
            chain(&SettingValue::parse(SettingName::ApiUiScript, "//host/").unwrap_err()),
            "not a value of this setting: expected the address of a file, or nothing: expected `http://` or `https://` and a host, or a path that begins with one `/`",
        ),
        (said::<AssetUrl>(&"/".repeat(256)), "longer than 255 bytes"),
        (
            said::<AssetUrl>("/#"),
            "a character that a URL cannot have as it stands: write it as `%` and two hexadecimal digits",
        ),
        (
            said::<AssetUrl>("https://user@host/"),
            "not a host and a port: expected a name in ASCII or an IPv4 address, and no user before it",
        ),
        (said::<Uuid>(""), "not a uuid: expected 1 to 128 letters, digits and dashes"),
        (said::<RequestId>(""), "not a request id: expected 1 to 64 letters, digits and dashes"),
        (
            said::<Via>(""),
            "not a way a principal is established: expected `key/1c…`, `password/1c…`, `session/1s…`, `open-access`, \
             `set-up`, `database` or `system`",
        ),
        (
            said::<Target>(""),
            "not a target: expected `key/`, `environment/`, `account/`, `member/`, `password/`, `session/`, `setting/` or \
             `pepper/` and its name, or `sessions`",
        ),
        (said::<Action>(""), "not an action of the audit chain: expected a word such as `key.issue`"),
        (said::<IdempotencyKey>("short"), "an idempotency key has 22 to 255 characters"),
        (said::<IdempotencyKey>("é"), "an idempotency key has printable characters of ASCII only"),
        (
            said::<IdempotencyHash>(""),
            "not the hash of an idempotency key: expected 64 lower-case hexadecimal digits",
        ),
        (
            said::<Fingerprint>(""),
            "not the fingerprint of a request: expected 64 lower-case hexadecimal digits",
        ),
        (
            said::<SealedSecret>(""),
            "not a sealed secret: expected `sealed-1-`, 16 lower-case hexadecimal digits, `-`, and 160 more",
        ),
        (said::<AuditLink>(""), "not an audit link: expected 64 lower-case hexadecimal digits"),
        (said::<Name>(&"a".repeat(256)), "a name has at most 255 characters, this one has 256"),
        (
            said::<Name>("a\u{202e}"),
            "a name has no control or text-direction characters; character 2 is U+202E",
        ),
        (
            said::<Description>(&"a".repeat(1_025)),
            "a description has at most 1024 characters, this one has 1025",
        ),
        (
            said::<Description>("\u{7}"),
            "a description has no control characters but tabs and line breaks, and no text-direction characters; \
             character 1 is U+0007",
        ),
    ];
    for (said, expected) in table {
        assert_eq!(said, expected);
    }
}

#[test]
fn what_the_rules_say() {
    use keys_core::{
        AccountChangeError, AccountTransitionError, EnvironmentTransitionError, HashError, Lifecycle,
        LifecycleState, MembersError, RngError, SealError, TransitionError,
    };

    let failing: RngError = {
        let mut broken = Broken;
        AccessKey::generate(&mut broken).unwrap_err()
    };
    let active = LifecycleState::Active;
    let environment = EnvironmentState::Active;
    let mut parts = new_record();
    parts.created = Timestamp::MAX;
    parts.lifecycle = Lifecycle::Deleted { at: Timestamp::MIN };
    let table = [
        (chain(&failing), "the random source failed; nothing was generated"),
        (
            chain(&HashError::Rng(failing)),
            "no salt could be generated: the random source failed; nothing was generated",
        ),
        (chain(&HashError::Argon2), "argon2 refused its input"),
        (
            chain(&SealError::Rng(failing)),
            "no nonce could be generated: the random source failed; nothing was generated",
        ),
        (chain(&SealError::Cipher), "the cipher refused its input"),
        (chain(&TransitionError::AlreadySo { state: active }), "the key is already active"),
        (
            chain(&TransitionError::NotAllowed { transition: Transition::Delete, from: active }),
            "cannot delete a key that is active",
        ),
        (
            chain(&EnvironmentTransitionError::AlreadySo { state: environment }),
            "the environment is already active",
        ),
        (
            chain(&EnvironmentTransitionError::NotAllowed {
                transition: EnvironmentTransition::Restore,
                from: environment,
            }),
            "cannot restore an environment that is active",
        ),
        (
            chain(&AccountTransitionError::AlreadySo { state: AccountState::Inactive }),
            "the account is already inactive",
        ),
        (
            chain(&AccountChangeError::State(AccountTransitionError::NotAllowed {
                transition: AccountTransition::Remove,
                from: AccountState::Active,
            })),
            "cannot remove an account that is active",
        ),
        (
            chain(&AccountChangeError::NotAPerson { kind: AccountKind::System }),
            "an account of kind system never changes",
        ),
        (chain(&AccountChangeError::Removed), "the account was removed"),
        (chain(&MembersError::NoOwner), "an environment needs a member that is its owner"),
        (chain(&MembersError::Twice { account: "1a7".parse().unwrap() }), "account 1a7 is named twice"),
        (
            chain(&keys_core::KeyRecord::from_parts(parts).unwrap_err()),
            "the record's times contradict each other",
        ),
    ];
    for (said, expected) in table {
        assert_eq!(said, expected);
    }
}

fn new_record() -> keys_core::KeyParts {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    strategies::key_record().new_tree(&mut runner).unwrap().current().into_parts()
}

#[derive(Debug)]
struct Broken;

impl Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken")
    }
}

impl Error for Broken {}

impl rand_core::TryRng for Broken {
    type Error = Self;

    fn try_next_u32(&mut self) -> Result<u32, Self> {
        Err(Self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self> {
        Err(Self)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self> {
        Err(Self)
    }
}

impl rand_core::TryCryptoRng for Broken {}
