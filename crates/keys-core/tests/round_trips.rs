//! Any text at all is read as it stands or refused, without a panic and without repeating a secret; any value comes
//! back from its text form.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

use std::error::Error;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use keys_core::{
    AccessKey, AccountId, AccountState, AssetUrl, AuditId, AuditLink, Creator, Credential, Description,
    Digest, EnvironmentId, EnvironmentState, Fingerprint, IdempotencyHash, IdempotencyKey, KeyId, Keyring,
    LifecycleState, MemberId, Name, Owner, Pepper, PepperId, RequestId, Revision, Role, SealedSecret,
    SecretKey, SettingName, SettingValue, Shape, Tagged, Target, Uuid, Via, strategies,
};
use proptest::prelude::*;

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        said = format!("{said}: {error}");
        next = error.source();
    }
    said
}

/// Reads a text as a `T`, and what is read writes as it stood: no text form has a second spelling.
fn try_any<T: FromStr<Err: Error> + Display>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text);
    }
}

/// No ten neighbouring letters and digits of a refused text may be repeated, be it shown or debugged.
fn assert_silent_about(text: &str, error: &(dyn Error + 'static)) {
    let said = format!("{} {error:?}", chain(error));
    for part in text.as_bytes().windows(10).filter(|part| part.iter().all(u8::is_ascii_alphanumeric)) {
        let part = String::from_utf8_lossy(part);
        assert!(!said.contains(&*part), "{said:?} repeats {part:?}");
    }
}

fn silent_refusal<T: FromStr<Err: Error + 'static>>(text: &str) {
    if let Err(error) = text.parse::<T>() {
        assert_silent_about(text, &error);
    }
}

/// Texts near the edge of some syntax: random ones hardly come near any.
fn near_misses() -> impl Strategy<Value = String> {
    let base = prop_oneof![
        strategies::credential().prop_map(|pair| pair.expose_joined().to_string()),
        strategies::credential().prop_map(|pair| pair.secret_key().expose().to_owned()),
        strategies::access_key().prop_map(|key| key.to_string()),
        strategies::digest().prop_map(|digest| digest.to_string()),
        strategies::tagged().prop_map(|tagged| tagged.to_string()),
        strategies::pepper().prop_map(|pepper| pepper.expose_text().to_string()),
        strategies::timestamp().prop_map(|instant| instant.to_string()),
        strategies::creator().prop_map(|creator| creator.to_string()),
        strategies::target().prop_map(|target| target.to_string()),
        strategies::sealed_secret().prop_map(|sealed| sealed.to_string()),
        strategies::idempotency_key().prop_map(|key| key.expose().to_owned()),
    ];
    (base, any::<prop::sample::Index>(), any::<char>(), 0..3u8).prop_map(|(text, at, character, change)| {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        match change {
            0 => drop(characters.remove(at)),
            1 => characters.insert(at, character),
            _ => drop(characters.splice(at..=at, [character])),
        }
        String::from_iter(characters)
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![1 => any::<String>(), 1 => "[ -~]{0,100}", 3 => near_misses()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_text_makes_a_parser_panic_and_none_has_two_spellings(text in any_text()) {
        try_any::<AccessKey>(&text);
        try_any::<Digest>(&text);
        try_any::<Tagged>(&text);
        try_any::<PepperId>(&text);
        try_any::<AuditLink>(&text);
        try_any::<SealedSecret>(&text);
        try_any::<IdempotencyHash>(&text);
        try_any::<Fingerprint>(&text);
        try_any::<Uuid>(&text);
        try_any::<RequestId>(&text);
        try_any::<AccountId>(&text);
        try_any::<EnvironmentId>(&text);
        try_any::<KeyId>(&text);
        try_any::<MemberId>(&text);
        try_any::<Role>(&text);
        try_any::<AuditId>(&text);
        try_any::<Revision>(&text);
        try_any::<Owner>(&text);
        try_any::<Creator>(&text);
        try_any::<Via>(&text);
        try_any::<Target>(&text);
        try_any::<LifecycleState>(&text);
        try_any::<SettingName>(&text);
        try_any::<AssetUrl>(&text);
        try_any::<Name>(&text);
        try_any::<Description>(&text);
    }

    #[test]
    fn no_secret_is_repeated_when_it_is_refused(text in any_text()) {
        for shape in [Shape::Native, Shape::Rancher] {
            match SecretKey::parse_shape(&text, shape) {
                Ok(secret) => prop_assert_eq!(secret.expose(), &text),
                Err(error) => assert_silent_about(&text, &error),
            }
        }
        match Credential::parse_joined(&text) {
            Ok(pair) => prop_assert!(*pair.expose_joined() == text),
            Err(error) => assert_silent_about(&text, &error),
        }
        silent_refusal::<AccessKey>(&text);
        silent_refusal::<Pepper>(&text);
        silent_refusal::<Keyring>(&text);
        silent_refusal::<Tagged>(&text);
        silent_refusal::<Digest>(&text);
        silent_refusal::<SealedSecret>(&text);
        match text.parse::<IdempotencyKey>() {
            Ok(key) => prop_assert_eq!(key.expose(), &text),
            Err(error) => assert_silent_about(&text, &error),
        }
        if let Err(error) = Credential::parse(&text, &text) {
            assert_silent_about(&text, &error);
        }
    }

    #[test]
    fn a_timestamp_is_read_with_and_without_decimals(instant in strategies::timestamp()) {
        let text = instant.to_string();
        prop_assert_eq!(text.parse(), Ok(instant));
        prop_assert_eq!(text.len(), 24);
        if let Some(whole) = text.strip_suffix(".000Z") {
            prop_assert_eq!(format!("{whole}Z").parse(), Ok(instant));
        }
        // Text sorts as time does.
        let later = instant.checked_add(std::time::Duration::from_millis(1));
        prop_assert!(later.is_none_or(|later| later.to_string() > text));
    }
}

/// Writes a value, reads it, and finds it is the same.
fn round_trip<T: FromStr<Err: Error> + Display + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    prop_assert_eq!(&value.to_string().parse::<T>().unwrap(), value);
    Ok(())
}

proptest! {
    #[test]
    fn every_value_comes_back_from_its_text_form(
        event in strategies::audit_event(),
        key in strategies::key_record(),
        environment in strategies::environment_record(),
        account in strategies::account_record(),
        member in strategies::member_record(),
        link in strategies::audit_link(),
        setting in strategies::access_control(),
        receipt in strategies::receipt(),
    ) {
        round_trip(&event.id)?;
        round_trip(&event.at)?;
        round_trip(&event.origin.principal)?;
        round_trip(&event.origin.via)?;
        round_trip(&event.origin.request_id)?;
        round_trip(&event.owner)?;
        round_trip(&event.action)?;
        round_trip(&event.target)?;
        round_trip(&event.after)?;
        round_trip(&key.parts().id)?;
        round_trip(&key.parts().access_key)?;
        round_trip(&key.parts().creator)?;
        round_trip(&key.parts().lifecycle.state())?;
        key.parts().name.as_ref().map_or(Ok(()), round_trip)?;
        key.parts().description.as_ref().map_or(Ok(()), round_trip)?;
        if let Some(secret) = key.parts().lifecycle.secret() {
            round_trip(&secret.digest)?;
            let tagged: Tagged = secret.tagged.to_string().parse().unwrap();
            prop_assert!(tagged.tag.matches(&secret.tagged.tag) && tagged.pepper == secret.tagged.pepper);
            round_trip(&secret.tagged.pepper)?;
        }
        round_trip(&environment.parts().id)?;
        round_trip(&environment.parts().uuid)?;
        let state = environment.parts().state;
        prop_assert_eq!(EnvironmentState::from_kept(state.as_str(), state.removed_at()), Ok(state));
        round_trip(&account.parts().id)?;
        round_trip(&account.parts().kind)?;
        let state = account.parts().state;
        prop_assert_eq!(AccountState::from_kept(state.as_str(), state.removed_at()), Ok(state));
        round_trip(&member.id)?;
        round_trip(&member.role)?;
        round_trip(&link)?;
        round_trip(&setting)?;
        round_trip(&receipt.name.hash)?;
        round_trip(&receipt.fingerprint)?;
        receipt.secret.as_ref().map_or(Ok(()), round_trip)?;
    }

    #[test]
    fn a_pair_comes_back_from_both_its_forms(pair in strategies::credential()) {
        let (access_key, secret_key) = (pair.access_key().to_string(), pair.secret_key().expose());
        prop_assert_eq!((access_key.len(), secret_key.len()), (AccessKey::LENGTH, SecretKey::LENGTH));
        let joined = pair.expose_joined();
        prop_assert_eq!(joined.len(), Credential::JOINED_LENGTH);
        for read in [Credential::parse(&access_key, secret_key), Credential::parse_joined(&joined)] {
            let read = read.unwrap();
            prop_assert_eq!(read.access_key(), pair.access_key());
            prop_assert_eq!(read.secret_key().expose(), secret_key);
            let (access_key, secret_key) = read.into_parts();
            prop_assert_eq!(access_key, pair.access_key());
            prop_assert_eq!(secret_key.expose(), pair.secret_key().expose());
        }
        // Nothing in a pair needs quoting in a shell, a URL, YAML or .netrc.
        prop_assert!(joined.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
    }

    #[test]
    fn a_pepper_and_a_keyring_come_back_from_their_text(peppers in proptest::collection::vec(strategies::pepper(), 1..4)) {
        let file: String = peppers.iter().map(|pepper| pepper.expose_text().to_string() + "\n").collect();
        let keyring: Keyring = file.parse().unwrap();
        let ids: Vec<PepperId> = peppers.iter().map(Pepper::id).collect();
        prop_assert_eq!(keyring.ids().collect::<Vec<_>>(), ids.clone());
        prop_assert!(ids.iter().all(|id| keyring.knows(*id)));
        let first: Keyring = peppers.first().unwrap().expose_text().parse().unwrap();
        prop_assert!(ids.iter().skip(1).all(|id| !first.knows(*id)));
    }
}

/// What is shown in a table is padded, cut and aligned as asked.
fn stands_in_a_column(value: &dyn Display) {
    let text = value.to_string();
    let width = text.chars().count() + 3;
    assert_eq!(format!("{value:width$}"), format!("{text}   "));
    assert_eq!(format!("{value:>width$}"), format!("   {text}"));
    assert_eq!(format!("{value:.3}"), text.chars().take(3).collect::<String>());
}

proptest! {
    #[test]
    fn every_text_form_can_stand_in_a_column(
        event in strategies::audit_event(),
        key in strategies::key_record(),
        environment in strategies::environment_record(),
        account in strategies::account_record(),
        secret in strategies::stored_secret(),
        link in strategies::audit_link(),
    ) {
        let (key, environment, account) = (key.into_parts(), environment.into_parts(), account.into_parts());
        let columns: [&dyn Display; 22] = [
            &event.id, &event.at, &event.origin.principal, &event.origin.via, &event.origin.request_id,
            &event.action, &event.target, &link, &key.id, &key.owner, &key.access_key, &key.creator,
            &key.lifecycle.state(), &environment.id, &environment.uuid, &environment.state, &account.id,
            &account.kind, &account.state, &secret.digest, &secret.tagged, &secret.tagged.pepper,
        ];
        columns.into_iter().for_each(stands_in_a_column);
        key.name.iter().for_each(|name| stands_in_a_column(name));
        key.description.iter().for_each(|description| stands_in_a_column(description));
        keys_core::Transition::ALL.iter().for_each(|transition| stands_in_a_column(transition));
        keys_core::AccountTransition::ALL.iter().for_each(|transition| stands_in_a_column(transition));
        Role::ALL.iter().for_each(|role| stands_in_a_column(role));
        keys_core::EnvironmentTransition::ALL.iter().for_each(|transition| stands_in_a_column(transition));
        keys_core::DenyReason::ALL.iter().for_each(|reason| stands_in_a_column(reason));
        SettingName::ALL.iter().for_each(|name| stands_in_a_column(name));
        stands_in_a_column(&keys_core::AccessControl::On);
        stands_in_a_column(&"/ui.js".parse::<AssetUrl>().unwrap());
        stands_in_a_column(&SettingValue::default_of(SettingName::AccessControl));
        // A revision is a number, and aligned as numbers are.
        prop_assert_eq!(format!("{:25}", event.after), format!("{:25}", event.after.number()));
    }
}
