//! Passwords, sessions, devices and soft locks.

use alloc::string::String;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::records::in_order;
use super::secrets::digest;
use super::words::{account_id, name, password_id, revision, session_id, timestamp};
use crate::base64url;
use crate::password::PasswordParts;
use crate::session::SessionParts;
use crate::{
    DeviceHash, DeviceRecord, DeviceToken, LoginName, NewPassword, NewSession, Password, PasswordRecord,
    PasswordState, SessionHash, SessionKind, SessionRecord, SessionToken, SoftLock, Timestamp,
};

/// Passwords: of words, of every script, of the least and the greatest length.
pub fn password() -> impl Strategy<Value = Password> {
    let chars = |length| vec(any::<char>(), length).prop_map(String::from_iter);
    let ends =
        prop_oneof![chars(Password::MIN_CHARS..=Password::MIN_CHARS), chars(250..=Password::MAX_CHARS)];
    prop_oneof![4 => "[ -~]{8,40}", 2 => chars(8..=24), 1 => ends]
        .prop_filter_map("within the bounds", |text| Password::new(&text).ok())
        .boxed()
}

/// Log-in names, some of which differ from others in letter case only.
pub fn login_name() -> impl Strategy<Value = LoginName> + Clone {
    let any = name().prop_filter_map("a log-in name", |name| LoginName::new(name.as_str()).ok());
    let close = "[aA][dDÅå][aAſsS]".prop_filter_map("a log-in name", |text| LoginName::new(text).ok());
    prop_oneof![2 => close, 1 => any].boxed()
}

/// Passwords that no store has numbered. Nobody knows the passwords of their digests.
pub fn new_password() -> impl Strategy<Value = NewPassword> + Clone {
    (account_id(), login_name(), digest(), timestamp())
        .prop_map(|(account, login, digest, created)| NewPassword { account, login, digest, created })
        .boxed()
}

/// States of a password with what they hold.
pub fn password_state() -> impl Strategy<Value = PasswordState> + Clone {
    prop_oneof![
        digest().prop_map(PasswordState::Active),
        timestamp().prop_map(|at| PasswordState::Removed { at }),
    ]
    .boxed()
}

/// Passwords in both states, at every age.
pub fn password_record() -> impl Strategy<Value = PasswordRecord> + Clone {
    (password_id(), account_id(), login_name(), password_state(), (timestamp(), timestamp()), revision())
        .prop_filter_map("times in order", |(id, account, login, state, (one, other), revision)| {
            let (created, updated) = in_order(one, other);
            let state = match state {
                PasswordState::Active(digest) => PasswordState::Active(digest),
                PasswordState::Removed { .. } => PasswordState::Removed { at: updated },
            };
            let parts = PasswordParts { id, account, login, state, created, updated, revision };
            PasswordRecord::from_parts(parts).ok()
        })
        .boxed()
}

/// Session tokens.
pub fn session_token() -> impl Strategy<Value = SessionToken> {
    any::<[u8; SessionToken::BYTES]>()
        .prop_filter_map("a token's text form", |bytes| base64url::write(&bytes).parse().ok())
        .boxed()
}

/// Device tokens.
pub fn device_token() -> impl Strategy<Value = DeviceToken> {
    any::<[u8; DeviceToken::BYTES]>()
        .prop_filter_map("a token's text form", |bytes| base64url::write(&bytes).parse().ok())
        .boxed()
}

/// Hashes of no session's token.
pub fn session_hash() -> impl Strategy<Value = SessionHash> + Clone {
    any::<[u8; SessionHash::LENGTH]>().prop_map(SessionHash::from_bytes).boxed()
}

/// Hashes of no device's token.
pub fn device_hash() -> impl Strategy<Value = DeviceHash> + Clone {
    any::<[u8; DeviceHash::LENGTH]>().prop_map(DeviceHash::from_bytes).boxed()
}

/// Kinds of sessions.
pub fn session_kind() -> impl Strategy<Value = SessionKind> + Clone {
    select(SessionKind::ALL.as_slice())
}

/// Sessions that no store has numbered.
pub fn new_session() -> impl Strategy<Value = NewSession> + Clone {
    (session_hash(), account_id(), session_kind(), timestamp())
        .prop_map(|(hash, account, kind, created)| NewSession { hash, account, kind, created })
        .boxed()
}

/// Sessions of both kinds, at every age.
pub fn session_record() -> impl Strategy<Value = SessionRecord> + Clone {
    (new_session(), session_id(), revision(), timestamp())
        .prop_map(|(new, id, revision, time)| {
            let (created, last_seen) = in_order(new.created, time);
            let parts = new.into_record(id, revision).into_parts();
            SessionRecord::from_parts(SessionParts { created, last_seen, ..parts })
        })
        .boxed()
}

/// Devices of every age.
pub fn device_record() -> impl Strategy<Value = DeviceRecord> + Clone {
    (device_hash(), account_id(), timestamp())
        .prop_map(|(hash, account, last_seen)| DeviceRecord { hash, account, last_seen })
        .boxed()
}

/// Soft locks after some failures, up to more than [`SoftLock::MANY`], each begun as soon as it might.
pub fn soft_lock() -> impl Strategy<Value = SoftLock> + Clone {
    (timestamp(), 0..=SoftLock::MANY + 3)
        .prop_map(|(start, failures)| {
            let mut lock = SoftLock::OPEN;
            for _ in 0..failures {
                let now: Timestamp = lock.until().max(start);
                // At the end of time an attempt may be refused; the lock is as good a value then.
                let _refused = lock.begin(now);
            }
            lock
        })
        .boxed()
}
