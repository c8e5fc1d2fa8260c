//! Every text form: no text makes a parser panic, and what is read has one spelling that is read as the same again.

#![no_main]

use std::fmt::Display;
use std::str::FromStr;

use keys_core::{
    AccessControl, AccessKey, AccountId, AccountKind, AccountTransition, Action, AssetUrl, AuditId,
    AuditLink, Creator, Credential, Description, Digest, EnvironmentId, EnvironmentTransition, KeyId,
    Keyring, LifecycleState, LoginName, Name, Owner, Pepper, PepperId, RequestId, Revision, Role,
    SealedSecret, SecretKey, SessionKind, SettingName, Shape, Tagged, Target, Timestamp, Transition, Uuid,
    Via,
};
use keys_http::{Network, PublicUrl};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    one_spelling::<AccessControl>(text);
    one_spelling::<AccessKey>(text);
    one_spelling::<AccountId>(text);
    one_spelling::<AccountKind>(text);
    one_spelling::<AccountTransition>(text);
    one_spelling::<AssetUrl>(text);
    one_spelling::<Action>(text);
    one_spelling::<AuditId>(text);
    one_spelling::<AuditLink>(text);
    one_spelling::<Creator>(text);
    one_spelling::<Description>(text);
    one_spelling::<Digest>(text);
    one_spelling::<EnvironmentId>(text);
    one_spelling::<EnvironmentTransition>(text);
    one_spelling::<KeyId>(text);
    one_spelling::<LifecycleState>(text);
    one_spelling::<LoginName>(text);
    one_spelling::<Name>(text);
    one_spelling::<Network>(text);
    one_spelling::<Owner>(text);
    one_spelling::<PepperId>(text);
    one_spelling::<PublicUrl>(text);
    one_spelling::<RequestId>(text);
    one_spelling::<Revision>(text);
    one_spelling::<Role>(text);
    one_spelling::<SealedSecret>(text);
    one_spelling::<SessionKind>(text);
    one_spelling::<SettingName>(text);
    one_spelling::<Tagged>(text);
    one_spelling::<Target>(text);
    one_spelling::<Timestamp>(text);
    one_spelling::<Transition>(text);
    one_spelling::<Uuid>(text);
    one_spelling::<Via>(text);
    secrets(text);
});

/// What is read is written in a form that is read as the same.
fn one_spelling<T: FromStr + Display>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        let written = read.to_string();
        let again =
            written.parse::<T>().unwrap_or_else(|_| panic!("{written:?}, of {text:?}, is not read again"));
        assert_eq!(again.to_string(), written, "of {text:?}");
    }
}

/// Those that are never written but on purpose.
fn secrets(text: &str) {
    if let Ok(pepper) = text.parse::<Pepper>() {
        assert_eq!(*pepper.expose_text(), *text.trim());
    }
    if let Ok(keyring) = text.parse::<Keyring>() {
        assert!(keyring.ids().all(|id| keyring.knows(id)));
    }
    for shape in [Shape::Native, Shape::Rancher] {
        if let Ok(secret_key) = SecretKey::parse_shape(text, shape) {
            assert_eq!(secret_key.expose(), text);
        }
    }
    if let Ok(credential) = Credential::parse_joined(text) {
        assert_eq!(*credential.expose_joined(), *text);
    }
    if let Some((access_key, secret_key)) = text.split_once(':')
        && let Ok(credential) = Credential::parse(access_key, secret_key)
    {
        assert_eq!(credential.secret_key().expose(), secret_key);
    }
}
