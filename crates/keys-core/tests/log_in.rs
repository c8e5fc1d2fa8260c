//! Logging in: passwords, sessions, devices, soft locks.
//!
//! **Never regenerate a known answer in this file**: somebody has stored it. None was made by the code under test: digests
//! come from argon2-cffi 25.1.0, hashes and text forms of tokens from Python's `hashlib` and `base64`.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

use std::time::Duration;

use keys_core::{
    AccountId, AccountKind, AccountParts, AccountRecord, AccountState, DeviceHash, DeviceToken, Digest,
    HashError, HashPolicy, Hasher, LoginName, LoginNameError, NameError, NewSession, Password, PasswordError,
    PasswordState, Revision, RngError, SessionDenyReason, SessionHash, SessionKind, SessionPolicy,
    SessionRecord, SessionToken, SessionVerdict, SoftLock, Timestamp, judge_session, may_log_in, strategies,
};
use proptest::prelude::*;

const TOKEN: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const GREATEST_TOKEN: &str = "__________________________________________8";

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_458_600_000 + millis).unwrap()
}

// ---- known answers --------------------------------------------------------------------------------------------------

#[test]
fn stored_digests_of_passwords_verify_for_ever() {
    let salted = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw";
    let known = [
        ("correct horse battery staple", format!("{salted}$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU")),
        ("pässwörd 🔑", format!("{salted}$UR1Nc/x/tu0sMFXu5D1awqyewW1rOL+pIDuvMYWw280")),
        (
            "correct horse battery staple",
            "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$0X6mNBypPaYHnqL2TcSqMd0ar5yqZ/tCrEr9BxRwbyY"
                .into(),
        ),
    ];
    let mut hasher = Hasher::new();
    let another = Password::new("correct horse battery stapl").unwrap();
    for (password, digest) in known {
        let digest: Digest = digest.parse().unwrap();
        assert!(Password::new(password).unwrap().matches(&digest, &mut hasher).unwrap(), "{password}");
        assert!(!another.matches(&digest, &mut hasher).unwrap());
    }
}

#[test]
fn hashes_of_tokens_hold_for_ever() {
    let known = [
        (
            TOKEN,
            "3924528835f58910bef141aefc26f1888f03fab22d551e36add1211f91fe7876",
            "9fe9a6d36eada98f4b1a879592fba23e0b6326bebfc0fe42e4c86dc3ed99bb55",
        ),
        (
            GREATEST_TOKEN,
            "7aeb75c02f8f18787f7a52e6c60d0326845ee75c2af13610710a03083acfe2af",
            "c25aff230618ec660ccb894394fdaf80be235b368aeae556ef1666e73a18cce1",
        ),
    ];
    for (text, session, device) in known {
        let token: SessionToken = text.parse().unwrap();
        assert_eq!(*token.expose_text(), text);
        assert_eq!(token.hash().to_string(), session);
        assert_eq!(session.parse(), Ok(token.hash()));
        // A device token presented as a session is another's hash: it can name no session.
        let token: DeviceToken = text.parse().unwrap();
        assert_eq!(*token.expose_text(), text);
        assert_eq!(token.hash().to_string(), device);
        assert_eq!(device.parse(), Ok(token.hash()));
    }
}

#[test]
fn the_words_of_sessions_hold_for_ever() {
    assert_eq!(SessionKind::ALL.map(SessionKind::as_str), ["cookie", "bearer"]);
    assert_eq!(SessionKind::ALL.map(|kind| kind.as_str().parse()), SessionKind::ALL.map(Ok));
    assert_eq!(
        SessionDenyReason::ALL.map(SessionDenyReason::as_str),
        ["unknown-session", "session-ended", "account-inactive", "not-admitted"]
    );
    let policy = SessionPolicy::default();
    let hours = |span: Duration| span.as_secs() / 3_600;
    assert_eq!((hours(policy.absolute), hours(policy.idle), hours(policy.device)), (16, 1, 90 * 24));
}

// ---- what is refused, and in which words ----------------------------------------------------------------------------

#[test]
fn a_password_is_refused_for_its_length_and_for_nothing_else() {
    let refused = |text: &str| Password::new(text).err();
    assert_eq!(refused("seven77"), Some(PasswordError::TooShort));
    assert_eq!(refused(&"é".repeat(7)), Some(PasswordError::TooShort));
    assert_eq!(refused(&"a".repeat(257)), Some(PasswordError::TooLong));
    for text in ["aaaaaaaa", "        ", "\0\n\t\u{202e}\u{7f}\u{0}ab", &"é".repeat(8), &"🔑".repeat(256)]
    {
        assert_eq!(Password::new(text).unwrap().expose(), text, "byte for byte");
    }
    assert_eq!(PasswordError::TooShort.to_string(), "a password has at least 8 characters");
    assert_eq!(PasswordError::TooLong.to_string(), "a password has at most 256 characters");
}

#[test]
fn a_log_in_name_is_refused_for_what_would_mislead() {
    let said = |text: &str| text.parse::<LoginName>().unwrap_err().to_string();
    assert_eq!(said(""), "a log-in name has at least one character");
    assert_eq!(said("ada:lovelace"), "a log-in name has no colon: it parts name and password");
    for text in [" ada", "ada ", "\u{a0}ada", "ada\u{3000}"] {
        assert_eq!(said(text), "a log-in name neither begins nor ends with white space");
    }
    assert_eq!(said(&"a".repeat(256)), "a name has at most 255 characters, this one has 256");
    let forbidden = NameError::Forbidden { character: '\u{202e}', position: 1 };
    assert_eq!("a\u{202e}".parse::<LoginName>(), Err(LoginNameError::Name(forbidden)));
    assert_eq!("Ada Lovelace@example".parse::<LoginName>().unwrap().as_str(), "Ada Lovelace@example");
}

#[test]
fn log_in_names_are_compared_without_their_letter_case() {
    let folded = |text: &str| text.parse::<LoginName>().unwrap().folded();
    for (one, other) in
        [("ADA", "ada"), ("Ångström", "åNGSTRÖM"), ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"), ("\u{212a}", "k")]
    {
        assert_eq!(folded(one), folded(other), "{one} {other}");
    }
    assert_ne!(folded("ada"), folded("áda"));
    assert_eq!(folded("Ada").as_str(), "ada");
}

#[test]
fn a_text_that_is_no_token_is_refused() {
    let ends: String = TOKEN.chars().take(42).collect();
    // The two bits left over must be zero: `8` would be followed by `9`, `-`, `_`, which spell the same bytes.
    for text in
        ["", &ends, &format!("{TOKEN}A"), &format!("{ends}9"), &format!("{ends}+"), &format!("{ends}=")]
    {
        let refused = text.parse::<SessionToken>().unwrap_err();
        assert_eq!(refused.to_string(), "not a token: expected 43 characters of base64url");
        assert!(text.parse::<DeviceToken>().is_err());
    }
    let refused = "00".parse::<SessionHash>().unwrap_err();
    assert_eq!(refused.to_string(), "not the hash of a token: expected 64 lower-case hexadecimal digits");
    assert!("00".parse::<DeviceHash>().is_err());
    let refused = "Cookie".parse::<SessionKind>().unwrap_err();
    assert_eq!(refused.to_string(), "not a kind of session: expected `cookie` or `bearer`");
}

// ---- randomness -----------------------------------------------------------------------------------------------------

struct Broken;

impl rand_core::TryRng for Broken {
    type Error = std::fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(0xab);
        Err(std::fmt::Error)
    }
}

impl rand_core::TryCryptoRng for Broken {}

#[test]
fn a_failing_source_makes_no_token_and_no_digest() {
    let _: RngError = SessionToken::generate(&mut Broken).unwrap_err();
    let _: RngError = DeviceToken::generate(&mut Broken).unwrap_err();
    let password = Password::new("correct horse").unwrap();
    let refused = password.digest(HashPolicy::DANGER_CHEAP_FOR_TESTS, &mut Hasher::new(), &mut Broken);
    assert!(matches!(refused, Err(HashError::Rng(_))));
}

#[test]
fn ten_thousand_tokens_have_no_duplicate() {
    let mut hashes: Vec<SessionHash> =
        (0..10_000).map(|_| SessionToken::generate(&mut getrandom::SysRng).unwrap().hash()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 10_000);
}

// ---- silence --------------------------------------------------------------------------------------------------------

#[test]
fn what_is_shown_of_secrets() {
    let token: SessionToken = TOKEN.parse().unwrap();
    let device: DeviceToken = TOKEN.parse().unwrap();
    assert_eq!(format!("{token:?} {:?}", token.hash()), "SessionToken(…) SessionHash(…)");
    assert_eq!(format!("{device:?} {:?}", device.hash()), "DeviceToken(…) DeviceHash(…)");
    assert_eq!(format!("{:?}", Password::new("correct horse").unwrap()), "Password(…)");
}

proptest! {
    #[test]
    fn no_record_shows_what_is_kept_of_a_secret(
        password in strategies::password_record(),
        session in strategies::session_record(),
        device in strategies::device_record(),
    ) {
        let shown = format!("{password:?} {password:#?} {session:?} {session:#?} {device:?} {device:#?}");
        let compact: String = shown.split_whitespace().collect();
        let numbers = |bytes: &[u8]| bytes.iter().take(6).map(u8::to_string).collect::<Vec<_>>().join(",");
        if let Some(digest) = password.digest() {
            for part in digest.as_str().rsplit('$').take(2) {
                prop_assert!(!shown.contains(part));
            }
        }
        for bytes in [session.parts().hash.as_bytes(), device.hash.as_bytes()] {
            prop_assert!(!compact.contains(&numbers(bytes)));
            let hex: String = bytes.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            prop_assert!(!shown.contains(&hex));
        }
    }

    #[test]
    fn no_refusal_repeats_what_was_typed(text in "[a-zA-Z0-9_-]{12,300}") {
        let part: String = text.chars().take(10).collect();
        if let Err(error) = Password::new(&text) {
            let said = format!("{error} {error:?}");
            prop_assert!(!said.contains(&part));
        }
        if let Err(error) = text.parse::<SessionToken>() {
            let said = format!("{error} {error:?}");
            prop_assert!(!said.contains(&part));
        }
    }
}

// ---- records --------------------------------------------------------------------------------------------------------

proptest! {
    #[test]
    fn tokens_come_back_from_their_text(token in strategies::session_token(), device in strategies::device_token()) {
        let (text, device_text) = (token.expose_text(), device.expose_text());
        prop_assert_eq!(text.len(), SessionToken::LENGTH);
        prop_assert_eq!(text.parse::<SessionToken>().unwrap().hash(), token.hash());
        prop_assert_eq!(device_text.parse::<DeviceToken>().unwrap().hash(), device.hash());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        prop_assert!(text.bytes().all(allowed), "nothing needs quoting in a header, a cookie or a shell");
    }

    #[test]
    fn any_text_is_read_as_it_stands_or_refused(text in "[ -~]{0,60}|[a-zA-Z0-9_-]{43}") {
        if let Ok(token) = text.parse::<SessionToken>() {
            prop_assert_eq!(&*token.expose_text(), &text, "no token has two spellings");
        }
        if let Ok(name) = text.parse::<LoginName>() {
            prop_assert_eq!(name.to_string(), text);
            prop_assert_eq!(name.folded(), name.folded().as_str().parse::<LoginName>().unwrap().folded());
        }
    }

    #[test]
    fn a_removed_password_holds_nothing_and_comes_back_never(
        record in strategies::password_record(),
        digest in strategies::digest(),
        name in strategies::login_name(),
        now in strategies::timestamp(),
    ) {
        let active = matches!(record.parts().state, PasswordState::Active(_));
        let changed = record.clone().change(digest.clone(), now);
        prop_assert_eq!(changed.is_some(), active);
        prop_assert_eq!(record.clone().rename(name, now).is_some(), active);
        if let Some(changed) = changed {
            prop_assert_eq!(changed.digest(), Some(&digest));
            prop_assert!(changed.parts().updated >= record.parts().updated);
        }
        let removed = record.clone().remove(now);
        prop_assert_eq!(removed.is_some(), active);
        if let Some(removed) = removed {
            prop_assert!(removed.digest().is_none() && removed.clone().remove(now).is_none());
            // A clock that went back still leaves a record that can be read.
            prop_assert!(keys_core::PasswordRecord::from_parts(removed.into_parts()).is_ok());
        }
    }
}

// ---- judging a session ----------------------------------------------------------------------------------------------

fn account(kind: AccountKind, state: AccountState) -> AccountRecord {
    let mut parts: AccountParts = person().into_parts();
    parts.kind = kind;
    parts.state = state;
    AccountRecord::from_parts(parts).unwrap()
}

fn person() -> AccountRecord {
    let new = keys_core::NewAccount {
        uuid: "person".parse().unwrap(),
        kind: AccountKind::User,
        state: AccountState::Active,
        name: None,
        description: None,
        created: at(0),
    };
    new.into_record("1a7".parse().unwrap(), Revision::new(3))
}

fn session(kind: SessionKind) -> SessionRecord {
    let token: SessionToken = TOKEN.parse().unwrap();
    let new = NewSession { hash: token.hash(), account: "1a7".parse().unwrap(), kind, created: at(0) };
    new.into_record("1s1".parse().unwrap(), Revision::new(4))
}

fn reason(
    session: &SessionRecord,
    account: Option<&AccountRecord>,
    now: Timestamp,
) -> Option<SessionDenyReason> {
    match judge_session(Some(session), account, true, &SessionPolicy::STANDARD, now) {
        SessionVerdict::Allow(_) => None,
        SessionVerdict::Deny(reason) => Some(reason),
    }
}

#[test]
fn a_session_ends_by_age_and_a_cookie_by_idleness_as_well() {
    const HOUR: i64 = 3_600_000;
    let ended = Some(SessionDenyReason::Ended);
    let bearer = session(SessionKind::Bearer);
    assert_eq!(reason(&bearer, Some(&person()), at(16 * HOUR - 1)), None);
    assert_eq!(reason(&bearer, Some(&person()), at(16 * HOUR)), ended);
    let cookie = session(SessionKind::Cookie);
    assert_eq!(reason(&cookie, Some(&person()), at(HOUR - 1)), None);
    assert_eq!(reason(&cookie, Some(&person()), at(HOUR)), ended);
    // Use keeps it alive, but not beyond its age.
    let mut used = cookie;
    for hour in 1..16 {
        used = used.seen(at(hour * HOUR - 1));
        assert_eq!(reason(&used, Some(&person()), at(hour * HOUR)), None, "{hour}");
    }
    assert_eq!(reason(&used.seen(at(16 * HOUR - 1)), Some(&person()), at(16 * HOUR)), ended);
}

#[test]
fn a_session_is_as_good_as_its_account_is_now() {
    let session = session(SessionKind::Cookie);
    for kind in AccountKind::ALL {
        for state in [AccountState::Active, AccountState::Inactive, AccountState::Removed { at: at(0) }] {
            let account = account(kind, state);
            let person = matches!(kind, AccountKind::Admin | AccountKind::User);
            let good = person && state == AccountState::Active;
            assert_eq!(may_log_in(&account), good, "{kind} {state}");
            let expected = (!good).then_some(SessionDenyReason::AccountInactive);
            assert_eq!(reason(&session, Some(&account), at(1)), expected, "{kind} {state}");
        }
    }
    assert_eq!(reason(&session, None, at(1)), Some(SessionDenyReason::AccountInactive));
    let mut parts = person().into_parts();
    parts.id = AccountId::ADMIN;
    let another = AccountRecord::from_parts(parts).unwrap();
    assert_eq!(reason(&session, Some(&another), at(1)), Some(SessionDenyReason::AccountInactive));

    let policy = SessionPolicy::STANDARD;
    let verdict = judge_session(Some(&session), Some(&person()), false, &policy, at(1));
    assert_eq!(verdict, SessionVerdict::Deny(SessionDenyReason::NotAdmitted));
    let verdict = judge_session(None, Some(&person()), true, &policy, at(1));
    assert_eq!(verdict, SessionVerdict::Deny(SessionDenyReason::Unknown));
}

#[test]
fn a_use_is_noted_once_a_minute() {
    let wants = |now| match judge_session(
        Some(&session(SessionKind::Cookie)),
        Some(&person()),
        true,
        &SessionPolicy::STANDARD,
        now,
    ) {
        SessionVerdict::Allow(grant) => grant.wants_touch(),
        SessionVerdict::Deny(reason) => panic!("{reason}"),
    };
    assert_eq!([at(0), at(59_999), at(60_000)].map(wants), [false, false, true]);
}

// ---- soft locks -----------------------------------------------------------------------------------------------------

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn waits_double_from_a_second_to_an_hour_and_reach_a_day_after_a_hundred_failures() {
    let mut lock = SoftLock::OPEN;
    let mut waits = Vec::new();
    for _ in 0..102 {
        let begun = lock.until().max(at(0));
        lock.begin(begun).unwrap();
        waits.push(lock.until().since(begun));
        // A millisecond early is too early, and trying changes nothing.
        let before = lock;
        let early = Timestamp::from_millis(lock.until().as_millis() - 1).unwrap();
        assert_eq!(lock.begin(early).unwrap_err().until, before.until());
        assert_eq!(lock, before);
    }
    let doubling: Vec<Duration> = (0..12).map(|power| seconds(1 << power)).collect();
    assert_eq!(waits.iter().take(12).copied().collect::<Vec<_>>(), doubling);
    assert!(waits.iter().skip(12).take(87).all(|wait| *wait == seconds(3_600)));
    assert!(waits.iter().skip(99).all(|wait| *wait == seconds(24 * 3_600)), "and never longer");
    assert_eq!(lock.failures(), 102);
}

proptest! {
    #[test]
    fn a_success_forgets_everything_and_nobody_waits_longer_than_a_day(
        mut lock in strategies::soft_lock(),
        now in strategies::timestamp(),
    ) {
        if lock.check(now).is_ok() && lock.begin(now).is_ok() && now < at(10_000) {
            prop_assert!(lock.until().since(now) <= SoftLock::LONGEST_WAIT);
            prop_assert!(lock.until() > now);
        }
        // Whatever happened, and whatever the clock does, the wait is bounded.
        if let Some(later) = now.checked_add(SoftLock::LONGEST_WAIT) {
            prop_assert!(lock.check(later).is_ok() || lock.until() > later);
        }
        lock.succeed();
        prop_assert_eq!(lock, SoftLock::OPEN);
        prop_assert!(lock.check(now).is_ok());
    }

    #[test]
    fn a_clock_that_went_back_locks_nobody_out(failures in 1u32..110, back in 86_400_001i64..1_000_000_000) {
        let mut lock = SoftLock::OPEN;
        for _ in 0..failures {
            lock.begin(lock.until().max(at(0))).unwrap();
        }
        let earlier = Timestamp::from_millis(lock.until().as_millis() - back).unwrap();
        prop_assert!(lock.check(earlier).is_ok(), "a wait longer than any failure earns is the clock's fault");
    }
}

#[test]
fn a_thousand_attempts_at_once_are_one_attempt() {
    let mut lock = SoftLock::OPEN;
    assert_eq!((0..1_000).filter(|_| lock.begin(at(0)).is_ok()).count(), 1);
    let refused = lock.begin(at(0)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "too many failures: the next attempt may begin at 2026-11-23T18:30:01.000Z"
    );
}
